/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies: the items of each JSON text that is taken pass their check, and what is asked of them stays within them.
 */
#include "base/arena.h"
#include "trust/kind.h"
#include <assert.h>

static void kinds(const struct item *body)
{
	struct head h = {.sender = STR("la"), .to_count = 1, .to = {STR("kh")}, .tlp = STATEMENT_GREEN};

	assert(kind_people(body) <= 8);
	for (enum kind k = 0; k < KIND_END; k++) {
		struct check c = {.h = &h, .body = *body, .now = 1795489200};
		assert(kind_types_ok(&c, k) == (c.why[0] == 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf struct buf items = {0};
	const char *why = NULL;

	if (!body_read(str_make((const char *)data, size), &items, &why)) {
		assert(items.len == 0 && why != NULL && why[0] != 0);
		return 0;
	}
	assert(items_check(buf_str(&items)));
	struct item body = item_root(buf_str(&items));
	unsigned n = 0;
	for (struct item_each e = item_each(&body); item_next(&e); n++) {
		struct item i = item_get(&body, e.name);
		assert(i.text.p == e.item.text.p); /* no name stands twice */
	}
	assert(n == item_count(&body));
	kinds(&body);
	return 0;
}
