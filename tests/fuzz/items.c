/* SPDX-License-Identifier: Apache-2.0
 *
 * Items as a process without rights might send them: what passes the check can be walked, and nothing in it is out of bounds.
 */
#include "base/arena.h"
#include "base/utf8.h"
#include "trust/kind.h"
#include <assert.h>

static void walk(struct str all, const struct item *i, unsigned depth)
{
	assert(i->text.p >= all.p && i->text.p + i->text.len <= all.p + all.len && i->type < BODY_TYPES);
	assert(i->n <= BODY_INT_MAX && i->n >= -BODY_INT_MAX &&
	        (i->type != BODY_BOOL || i->n == 0 || i->n == 1));
	assert(i->type < BODY_LIST || depth <= BODY_DEPTH);
	if (i->type == BODY_TEXT)
		assert(utf8_valid(i->text) && !str_has(i->text, '\0'));
	size_t used = 0;
	for (struct item_each e = item_each(i); item_next(&e);) {
		used += 5 + e.item.text.len + (i->type == BODY_OBJECT ? 4 + e.name.len : 0);
		walk(all, &e.item, depth + 1);
	}
	assert(i->type < BODY_LIST || used == i->text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str items = str_make((const char *)data, size);
	struct head h = {.sender = STR("la"), .to_count = 1, .to = {STR("kh")}};

	if (!items_check(items))
		return 0;
	struct item body = item_root(items);
	walk(items, &body, 1);
	for (enum kind k = 0; k < KIND_END; k++) {
		struct check c = {.h = &h, .body = body, .now = 1795489200};
		kind_types_ok(&c, k);
	}
	return 0;
}
