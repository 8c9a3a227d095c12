/* SPDX-License-Identifier: Apache-2.0 */
#include "event/personal.h"
#include <stddef.h>

static const bool fields[FIELD_END] = {
#define PERSONAL_FIELD(symbol) [FIELD_##symbol] = true,
#define PERSONAL_WORD(word)
#include "event/personal.tbl"
#undef PERSONAL_FIELD
#undef PERSONAL_WORD
};
static const struct str words[] = {
#define PERSONAL_FIELD(symbol)
#define PERSONAL_WORD(word) STR_INIT(#word),
#include "event/personal.tbl"
#undef PERSONAL_FIELD
#undef PERSONAL_WORD
};

bool personal_field(enum field id)
{
	return id < FIELD_END && fields[id];
}

static bool is_word(struct str s)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq(s, words[i]))
			return true;
	return false;
}

bool personal_name(struct str name)
{
	size_t from = 0;

	for (size_t i = 0; i <= name.len; i++)
		if (i == name.len || name.p[i] == '.' || name.p[i] == '_') {
			/* a browser is no person */
			if (is_word(str_sub(name, from, i - from)) &&
			        !str_starts(str_skip(name, i), STR("_agent")))
				return true;
			from = i + 1;
		}
	return false;
}

bool personal_value(const struct batch *b, const struct batch_row *row, struct str value)
{
	for (unsigned i = 1; value.p != NULL && i < FIELD_END; i++)
		if (fields[i] && batch_find(b, row, (enum field)i).p == value.p)
			return true;
	return false;
}

/* The bytes are the caller's own; the view of them is read-only for everybody else. */
static void cover(const char *p, size_t len)
{
	memset((char *)(uintptr_t)p, 'x', len);
}

static uint32_t mask_row(const struct batch *b, const struct batch_row *row)
{
	struct batch_iter it = batch_vars(b, row);
	struct batch_value v;
	uint32_t n = 0;

	while (batch_var_next(&it, &v))
		if (v.id >= FIELD_EXTRA ? personal_name(v.name) : personal_field((enum field)v.id)) {
			cover(v.value.p, v.value.len);
			n++;
		}
	return n;
}

/* 'what the record said' in a sentence of ours. */
static uint32_t mask_sentence(struct str s)
{
	size_t open = str_find(s, 0, '\''), last = s.len;

	while (last > 0 && s.p[last - 1] != '\'')
		last--;
	if (open == SIZE_MAX || last <= open + 2)
		return 0;
	cover(s.p + open + 1, last - open - 2);
	return 1;
}

uint32_t personal_mask(struct batch *b)
{
	struct batch_head *head = (void *)(uintptr_t)b->head;
	uint32_t n = 0;

	for (uint32_t i = 0; i < head->rows; i++)
		n += mask_row(b, &b->rows[i]);
	for (uint32_t i = 0; i < head->asides; i++)
		n += mask_sentence(batch_aside_text(b, &b->asides[i]));
	if (head->body_crc != 0) {
		head->body_crc = crc32c(0, head + 1, batch_len(b) - sizeof(*head));
		head->head_crc = crc32c(0, head, offsetof(struct batch_head, head_crc));
	}
	return n;
}
