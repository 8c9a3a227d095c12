/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames and heads: all parts lie within the bytes, and the fields of a good head make the same head again.
 */
#include "trust/statement.h"
#include "base/arena.h"
#include <assert.h>

static bool inside(struct str all, struct str part)
{
	return part.p >= all.p && part.p + part.len <= all.p + all.len;
}

static void head(struct str s)
{
	struct head h;
	auto_buf struct buf again = {0};

	if (head_read(s, &h) != VERDICT_OK)
		return;
	assert(inside(s, h.kind) && inside(s, h.media) && inside(s, h.exercise) && inside(s, h.sender) &&
	        inside(s, h.to_bytes));
	assert(h.to_count >= 1 && h.to_count <= STATEMENT_TO_MAX && party_id_good(h.sender) &&
	        exercise_ok(h.exercise));
	for (unsigned i = 0; i < h.to_count; i++)
		assert(inside(s, h.to[i]) && party_id_good(h.to[i]) &&
		        (i == 0 || str_cmp(h.to[i - 1], h.to[i]) < 0));
	assert(h.created >= 0 && (h.expires == 0 || h.expires > h.created) &&
	        statement_tlp_name(h.tlp).len > 0);
	head_write(&again, &h);
	assert(str_eq(buf_str(&again), s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = str_make((const char *)data, size);
	struct statement s;

	head(all);
	while (statement_frame(all, &s) == VERDICT_OK) {
		auto_buf struct buf again = {0};
		assert(inside(all, s.head) && inside(all, s.content) && s.bytes.p == all.p &&
		        s.bytes.len >= 70 && s.bytes.len <= all.len);
		head(s.head);
		statement_write(&again, s.head, (const uint8_t *)s.signature.p, s.content);
		assert(str_eq(buf_str(&again), s.bytes));
		all = str_skip(all, s.bytes.len);
	}
	return 0;
}
