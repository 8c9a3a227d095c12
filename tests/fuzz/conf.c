/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf.h"
#include <assert.h>

/* libfyaml 0.7 keeps a kilobyte when it refuses some quoted texts; that is not ours to mend. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml";
}

/* Every node has a place; a map has no key twice (by a second, naive look). */
static void walk(const struct conf *c, unsigned depth)
{
	assert(depth <= 64 && c->line > 0 && c->column > 0 && c->text.p[c->text.len] == 0);
	for (const struct conf *at = c->first; at != NULL; at = at->next) {
		walk(at, depth + 1);
		if (c->kind == CONF_MAP)
			assert(at->key.len > 0 && at->key_line > 0);
		unsigned left = 50;
		for (const struct conf *b = at->next; c->kind == CONF_MAP && b != NULL && left > 0;
		        b = b->next, left--)
			assert(!str_eq(at->key, b->key));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_arena struct arena a = {0};
	struct err e = {0};
	struct conf *c = NULL;
	int rc = conf_parse(&a, STR("f"), str_make((const char *)data, size), &c, &e);

	assert(rc == 0 ? c != NULL : c == NULL && e.text[0] != 0);
	if (rc == 0)
		walk(c, 0);
	return 0;
}
