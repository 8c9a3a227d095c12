/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of age: the header by itself, then the whole with a key, in one piece and byte by byte: the same comes out, and the
 * same is said.
 */
#include "form/age.h"
#include <assert.h>

static int collect(void *arg, struct str plain, struct err *e)
{
	(void)e;
	buf_add(arg, plain);
	return 0;
}

static int open_in(struct str s, size_t piece, struct buf *out)
{
	static const uint8_t secret[1][AGE_KEY] = {{2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}};
	struct age_open *o = age_open_new(secret, 1);
	struct err e = {0};
	int rc = 0;

	for (; s.len > 0 && rc == 0; s = str_skip(s, piece))
		rc = age_open_add(o, str_sub(s, 0, piece), collect, out, &e);
	if (rc == 0)
		rc = age_open_end(o, collect, out, &e);
	assert(rc == 0 || e.text[0] != 0);
	age_open_free(o);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	auto_buf struct buf a = {0}, b = {0};
	uint8_t key[AGE_KEY];
	char text[AGE_TEXT];
	struct err e;

	(void)age_header(s, &e);
	int rc = open_in(s, size + 1, &a);
	if (size < 4096)
		assert(open_in(s, 1, &b) == rc && str_eq(buf_str(&a), buf_str(&b)));
	if (age_recipient_read(s, key)) {
		age_recipient_print(key, text);
		assert(str_eq(str_from(text), s));
	}
	return 0;
}
