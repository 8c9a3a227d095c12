/* SPDX-License-Identifier: Apache-2.0
 *
 * Amendments: the body {"lists": [ops, ...]} applied to a text. What comes out is a text again, and the way back leads to the first;
 * a conflict or a refusal names operations that there are.
 */
#include "agree/amend.h"
#include <assert.h>

#define BASE                                                                                                 \
	"# Title {#a3bd}\n\nFirst. {#c4ds}\n\n## Two {#d5e3}\n\nWords. {#k7qm}\n\n- one {#e6fa}\n    1. "    \
	"deep {#f7gh}\n- two "                                                                               \
	"{#g8hr}\n\nTable: {#h9jz}\n\n| a | b |\n|---|---|\n"

static void back(struct arena *a, const struct agree_text *base, const struct agree_text *new)
{
	struct amendment ops;
	struct amend_result r;

	if (!amend_between(a, new, base, &ops))
		return;
	amend_apply(a, new, &ops, 1, &r);
	assert(r.outcome == AMEND_OK && str_eq(r.text.bytes, base->bytes));
}

static void apply(struct arena *a, const struct agree_text *base, const struct item *lists)
{
	struct amendment list[8];
	struct amend_result r;
	unsigned n = 0;

	for (struct item_each e = item_each(lists); n < 8 && item_next(&e);)
		list[n++] = amendment_read(a, &e.item);
	amend_apply(a, base, list, n, &r);
	for (unsigned i = 0; i < r.problems; i++)
		assert(r.problem[i].amendment < n && r.problem[i].op < list[r.problem[i].amendment].n);
	for (unsigned i = 0; i < r.conflicts; i++)
		assert(r.conflict[i].n > 1 && agree_text_find(base, r.conflict[i].clause) != NULL);
	assert((r.outcome == AMEND_REFUSED) == (r.problems > 0) &&
	        (r.outcome == AMEND_CONFLICT) == (r.conflicts > 0));
	assert(r.outcome != AMEND_BREAKS || r.fault.why != NULL);
	if (r.outcome == AMEND_OK)
		back(a, base, &r.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf struct buf items = {0};
	auto_arena struct arena a = {0};
	struct agree_text base;
	struct agree_fault fault;
	const char *why;

	if (!body_read(str_make((const char *)data, size), &items, &why))
		return 0;
	struct item body = item_root(buf_str(&items)), lists = item_get(&body, STR("lists"));
	if (lists.type != BODY_LIST)
		return 0;
	arena_init(&a, 0);
	assert(agree_text_parse(&a, STR(BASE), false, &base, &fault));
	apply(&a, &base, &lists);
	return 0;
}
