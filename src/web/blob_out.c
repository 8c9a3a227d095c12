/* SPDX-License-Identifier: Apache-2.0 */
#include "web/blob_out.h"
#include "form/evidence.h"
#include "trust/say.h"

/* What is taken out at once; larger files are copied from the folder of the node. */
#define OUT_MAX ((size_t)128 << 20)

int blob_out(const struct ask *a, const struct blob_out *b, struct reply *r, struct err *e)
{
	auto_buf struct buf bytes = {0};
	uint8_t digest[DIGEST_LEN];
	char now[2 * DIGEST_LEN + 1];

	if (blob_read(a->folder, b->sha256, OUT_MAX, &bytes, e) != 0)
		return e->code;
	digest_of(buf_str(&bytes), digest);
	str_hex_print(now, digest, DIGEST_LEN);
	if (memcmp(digest, b->sha256, DIGEST_LEN) != 0)
		return err_set(e, ERR_FORMAT,
		        "the bytes of %.*s are not those that were kept: their digest is %s",
		        STR_ARG(b->what), now);
	r->type = "application/zip";
	return evidence_zip(b->name, buf_str(&bytes), b->at, &r->body, e);
}
