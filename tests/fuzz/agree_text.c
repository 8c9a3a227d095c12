/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts: one that is taken prints back to its bytes, each of its clauses is read alone as well, and it is parallel to itself; one
 * that is refused has a line that it has, and words.
 */
#include "agree/text.h"
#include <assert.h>

static void taken(struct arena *a, const struct agree_text *t)
{
	auto_buf struct buf out = {0};
	struct str *number = agree_numbers(a, t);
	enum translation_state state[AGREE_CLAUSES];
	struct clause alone;
	unsigned bad;

	assert(t->n >= 1 && t->n <= AGREE_CLAUSES && number[0].len == 0);
	for (unsigned i = 0; i < t->n; i++) {
		assert(clause_read(t->clause[i].source, t->translation, &alone) == NULL);
		assert(str_eq(alone.id, t->clause[i].id) && str_eq(alone.table, t->clause[i].table));
		assert(agree_text_place(t, alone.id) == i && (i == 0 || number[i].len > 0));
		agree_text_add(&out, i > 0 ? t->clause[i - 1].source : (struct str){0}, t->clause[i].source);
	}
	agree_text_end(&out);
	assert(str_eq(buf_str(&out), t->bytes));
	assert(translation_states(t, t, state, &bad));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = str_make((const char *)data, size);
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	for (int translation = 0; translation < 2; translation++) {
		struct agree_text t;
		struct agree_fault fault;
		if (agree_text_parse(&a, bytes, translation == 1, &t, &fault)) {
			taken(&a, &t);
			continue;
		}
		size_t lines = 1;
		for (size_t i = 0; i < size; i++)
			lines += data[i] == '\n';
		assert(fault.why != NULL && fault.line <= lines);
	}
	return 0;
}
