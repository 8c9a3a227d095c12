/* SPDX-License-Identifier: Apache-2.0 */
#include "web/qr.h"
#include <qrencode.h>
#include <stdlib.h>

#define QUIET 4 /* modules of margin, as the standard wants */

/* Runs of dark modules in a row, as one path. */
static void put_path(struct html *h, const QRcode *code)
{
	auto_buf struct buf d = {0};

	for (int y = 0; y < code->width; y++)
		for (int x = 0, n; x < code->width; x += n) {
			const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
			for (n = 0; x + n < code->width && (row[x + n] & 1); n++) {
			}
			if (n > 0)
				buf_printf(&d, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, n, n);
			n += n == 0;
		}
	html_empty(h, "path");
	html_attr(h, "d", buf_str(&d));
}

bool qr_draw(struct html *h, const char *text, struct str label)
{
	QRcode *code = strlen(text) <= 1024 ? QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) : NULL;
	char box[64];

	if (code == NULL)
		return false;
	snprintf(box, sizeof(box), "0 0 %d %d", code->width + 2 * QUIET, code->width + 2 * QUIET);
	html_open(h, "svg");
	html_attr(h, "class", STR("qr"));
	html_attr(h, "role", STR("img"));
	html_attr(h, "aria-label", label);
	html_attr(h, "viewbox", str_from(box));
	put_path(h, code);
	html_close(h);
	QRcode_free(code);
	return true;
}
