/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/utf8.h"
#include <errno.h>

static void err_mark_cut(char *text, size_t size, int wanted)
{
	if (wanted >= (int)size)
		memcpy(text + size - 4, "...", 4);
}

int err_setv(struct err *e, int code, const char *fmt, va_list ap)
{
	if (e == NULL)
		return code;
	e->code = code;
	err_mark_cut(e->text, sizeof(e->text), vsnprintf(e->text, sizeof(e->text), fmt, ap));
	return code;
}

int err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_setv(e, code, fmt, ap);
	va_end(ap);
	return code;
}

int err_sys(struct err *e, const char *fmt, ...)
{
	int no = errno;
	va_list ap;

	if (e == NULL)
		return ERR_SYS;
	va_start(ap, fmt);
	err_setv(e, ERR_SYS, fmt, ap);
	va_end(ap);
	size_t used = strlen(e->text);
	err_mark_cut(e->text, sizeof(e->text),
	        (int)used + snprintf(e->text + used, sizeof(e->text) - used, ": %s", strerrordesc_np(no)));
	errno = no;
	return ERR_SYS;
}

int err_add(struct err *e, const char *fmt, ...)
{
	char inner[sizeof(e->text)];
	va_list ap;

	if (e == NULL)
		return ERR_VALUE;
	memcpy(inner, e->text, sizeof(inner));
	va_start(ap, fmt);
	err_setv(e, e->code, fmt, ap);
	va_end(ap);
	size_t used = strlen(e->text);
	err_mark_cut(e->text, sizeof(e->text),
	        (int)used + snprintf(e->text + used, sizeof(e->text) - used, ": %s", inner));
	return e->code;
}

/* Length of the printable ASCII that s has from i on, as far as it fits into room bytes with 4 to spare. */
static size_t plain_run(struct str s, size_t i, size_t room)
{
	size_t n = 0;

	while (i + n < s.len && n + 4 < room && s.p[i + n] >= 0x20 && s.p[i + n] < 0x7f)
		n++;
	return n;
}

/* C1 controls; marks that reorder or break text (U+200E, U+200F, U+2028 to 202E, U+2060 to 206F). What has no width
 * but joins or parts letters (U+200B to 200D) is part of the text in Khmer and Burmese, and hidden behind ASCII. */
static bool is_hidden(struct str s, size_t i, size_t step)
{
	const unsigned char *p = (const unsigned char *)s.p + i;

	if (step == 2)
		return p[0] == 0xc2 && p[1] < 0xa0;
	if (step != 3 || p[0] != 0xe2)
		return false;
	if (p[1] == 0x80 && p[2] >= 0x8b && p[2] <= 0x8d)
		return i == 0 || (unsigned char)s.p[i - 1] < 0x80;
	return (p[1] == 0x80 && ((p[2] >= 0x8e && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae))) ||
	        (p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf);
}

struct str err_quote(char *dst, size_t size, struct str src)
{
	size_t out = 0, i = 0;

	while (i < src.len) {
		size_t run = plain_run(src, i, size - out);
		if (run != 0) {
			memcpy(dst + out, src.p + i, run);
			out += run;
			i += run;
			continue;
		}
		size_t step = utf8_step(src, i);
		unsigned char c = (unsigned char)src.p[i];
		bool plain = step > 0 && (c >= 0x20 || step > 1) && c != 0x7f;
		plain = plain && !(step > 1 && is_hidden(src, i, step));
		size_t need = plain ? step : 4;
		if (out + need + 4 > size) {
			memcpy(dst + out, "...", 4);
			return str_make(dst, out + 3);
		}
		if (plain) {
			memcpy(dst + out, src.p + i, step);
			out += step;
			i += step;
		} else {
			static const char hex[] = "0123456789abcdef";
			dst[out++] = '\\';
			dst[out++] = 'x';
			dst[out++] = hex[c >> 4];
			dst[out++] = hex[c & 15];
			i++;
		}
	}
	dst[out] = 0;
	return str_make(dst, out);
}
