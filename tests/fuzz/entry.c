/* SPDX-License-Identifier: Apache-2.0
 *
 * Drafts: whatever bytes they are, what comes out is a text that does not change when it is entered again, and the same draft against it gives it
 * once more; or there is a sentence that says what to mend. The first byte chooses how it is entered.
 */
#include "agree/entry.h"
#include <assert.h>

static void some(void *p, size_t len)
{
	memset(p, 0x5a, len);
}

static void again(struct arena *a, struct str draft, const struct entry_args *args, const struct entry *one)
{
	struct entry_args more = *args;
	struct entry two;
	auto_buf struct buf say = {0};

	entry_make(a, one->bytes, args, &two);
	assert(two.good && str_eq(two.bytes, one->bytes));
	for (unsigned i = 0; i < two.n; i++) {
		assert(entry_grade(two.note[i].what) == ENTRY_LOOK);
		entry_say(&say, &two.note[i]);
	}
	if (args->of != NULL)
		return;
	more.base = &one->text;
	entry_make(a, draft, &more, &two);
	assert(two.good && str_eq(two.bytes, one->bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char authentic[] =
	        "# T {#3333}\n\nWords. {#3449}\n\n- a {#355f}\n    1. b {#366n}\n\nTable: {#377v}\n\n| x |\n";
	struct str draft = size > 0 ? str_make((const char *)data + 1, size - 1) : str_make("", 0);
	struct entry_args args = {.random = some, .nfc = size > 0 && (data[0] & 2)};
	auto_arena struct arena a = {0};
	struct agree_text of;
	struct agree_fault fault;
	struct entry one;

	arena_init(&a, 0);
	if (size > 0 && (data[0] & 1)) {
		assert(agree_text_parse(&a, str_from(authentic), false, &of, &fault));
		args.of = &of;
	}
	entry_make(&a, draft, &args, &one);
	if (one.good)
		again(&a, draft, &args, &one);
	else
		assert(one.n > 0 && entry_grade(one.note[0].what) == ENTRY_MEND &&
		        one.note[0].line <= size + 1);
	return 0;
}
