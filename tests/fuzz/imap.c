/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers of an IMAP server: what is found lies within the answer, and a decoded field has its bounds.
 */
#include "proc/imap_text.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	auto_buf struct buf field = {0};
	imap_uids uids = {0};
	struct imap_mail m;
	struct err e;
	uint32_t v;
	uint64_t n;

	if (imap_fetch(s, &m, &e) == 1 && m.body.len > 0)
		assert(m.body.p >= s.p && m.body.p + m.body.len <= s.p + s.len);
	(void)imap_search(s, 100, &uids, &e);
	assert(uids.n <= 100);
	(void)imap_literal(s, &n);
	(void)imap_code(s, "UIDVALIDITY", &v);
	(void)imap_has(s, "MOVE");
	imap_field(s, "Subject", &field);
	assert(field.len <= IMAP_FIELD);
	(void)imap_address(buf_str(&field));
	(void)imap_address(s);
	vec_done(&uids);
	return 0;
}
