/* SPDX-License-Identifier: Apache-2.0
 *
 * Differences: the two halves of any bytes, cut where the first two say. The runs give back both; printed they are well-formed UTF-8.
 */
#include "agree/diff.h"
#include "base/utf8.h"
#include <assert.h>

static void whole(struct str old, struct str new, const struct diff_words *d)
{
	auto_buf struct buf o = {0}, n = {0}, shown = {0};

	for (unsigned i = 0; i < d->n; i++) {
		const struct diff_run *r = &d->run[i];
		assert(r->len > 0 && r->old_at == o.len && r->new_at == n.len);
		assert(i == 0 || r->kind != r[-1].kind);
		if (r->kind != DIFF_NEW)
			buf_add(&o, str_sub(old, r->old_at, r->len));
		if (r->kind != DIFF_OLD)
			buf_add(&n, str_sub(new, r->new_at, r->len));
	}
	assert(str_eq(buf_str(&o), old) && str_eq(buf_str(&n), new));
	diff_print(&shown, old, new, d);
	assert(utf8_valid(buf_str(&shown)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct differ *d;
	struct err e = {0};
	auto_arena struct arena a = {0};
	struct diff_words words;
	struct agree_text t[2];
	struct agree_fault fault;
	struct diff_list list;

	if (d == NULL)
		d = differ_new(&e);
	assert(d != NULL);
	if (size < 2)
		return 0;
	struct str all = str_make((const char *)data + 2, size - 2);
	size_t at = all.len > 0 ? (data[0] << 8 | data[1]) % (all.len + 1) : 0;
	struct str old = str_sub(all, 0, at), new = str_skip(all, at);
	arena_init(&a, 0);
	diff_words(d, &a, old, new, &words);
	whole(old, new, &words);
	if (!agree_text_parse(&a, old, false, &t[0], &fault) ||
	        !agree_text_parse(&a, new, false, &t[1], &fault))
		return 0;
	diff_texts(&a, &t[0], &t[1], &list);
	assert(list.count[CLAUSE_SAME] + list.count[CLAUSE_CHANGED] + list.count[CLAUSE_NEW] == t[1].n);
	assert(list.count[CLAUSE_SAME] + list.count[CLAUSE_CHANGED] + list.count[CLAUSE_GONE] == t[0].n);
	return 0;
}
