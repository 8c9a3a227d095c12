/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers of clauses. Headings and paragraphs count together below the heading that they stand under: 2, 2.1, 2.2, and a
 * heading 2.3 with its paragraph 2.3.1; what stands before the first heading of level 2 is P1, P2. Items append to what they
 * stand under: (a), (i), (A), (1) by level.
 */
#include "agree/text.h"

#define HEADINGS 5 /* places for levels 1 to 4 */
#define ITEMS 4

struct counting {
	struct arena *a;
	struct str section[HEADINGS]; /* number of the heading of that level that we are under */
	unsigned children[HEADINGS];  /* below it */
	unsigned level; /* of the heading that we are under; 0: none of level 2 or more was there */
	unsigned preamble;
	struct str parent; /* of items */
	unsigned item[ITEMS];
};

/* a ... z, aa, ab: counting with 26 signs and no zero. */
static void letters(struct buf *out, unsigned n, char first)
{
	char text[8];
	size_t at = sizeof(text);

	for (; n > 0; n = (n - 1) / 26)
		text[--at] = (char)(first + (char)((n - 1) % 26));
	buf_add(out, str_make(text + at, sizeof(text) - at));
}

static void roman(struct buf *out, unsigned n)
{
	static const struct {
		unsigned value;
		struct str sign;
	} row[] = {{1000, STR_INIT("m")}, {900, STR_INIT("cm")}, {500, STR_INIT("d")}, {400, STR_INIT("cd")},
	        {100, STR_INIT("c")}, {90, STR_INIT("xc")}, {50, STR_INIT("l")}, {40, STR_INIT("xl")},
	        {10, STR_INIT("x")}, {9, STR_INIT("ix")}, {5, STR_INIT("v")}, {4, STR_INIT("iv")},
	        {1, STR_INIT("i")}};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		for (; n >= row[i].value; n -= row[i].value)
			buf_add(out, row[i].sign);
}

static struct str item_number(struct counting *c, const struct clause *clause)
{
	auto_buf struct buf out = {0};

	c->item[clause->level]++;
	for (unsigned i = clause->level + 1u; i < ITEMS; i++)
		c->item[i] = 0;
	buf_add(&out, c->parent);
	for (unsigned i = 0; i <= clause->level; i++) {
		buf_char(&out, '(');
		if (i == 1)
			roman(&out, c->item[i]);
		else if (i == 3)
			buf_u64(&out, c->item[i]);
		else
			letters(&out, c->item[i], i == 0 ? 'a' : 'A');
		buf_char(&out, ')');
	}
	return arena_str(c->a, buf_str(&out));
}

/* The next number below the heading of that level. */
static struct str below(struct counting *c, unsigned level)
{
	struct str over = c->section[level];

	c->children[level]++;
	return arena_printf(c->a, "%.*s%s%u", STR_ARG(over), over.len > 0 ? "." : "", c->children[level]);
}

static struct str line_number(struct counting *c, const struct clause *clause)
{
	if (clause->kind == CLAUSE_PARAGRAPH)
		return c->level > 0 ? below(c, c->level) : arena_printf(c->a, "P%u", ++c->preamble);
	if (clause->level == 1)
		return (struct str){"", 0};
	struct str number = below(c, clause->level - 1u);
	c->level = clause->level;
	c->section[c->level] = number;
	c->children[c->level] = 0;
	return number;
}

struct str *agree_numbers(struct arena *a, const struct agree_text *t)
{
	struct str *number = arena_array(a, t->n + 1, sizeof(*number));
	struct counting c = {.a = a, .parent = {"", 0}};

	for (unsigned i = 0; i < t->n; i++) {
		if (t->clause[i].kind == CLAUSE_ITEM) {
			number[i] = item_number(&c, &t->clause[i]);
			continue;
		}
		memset(c.item, 0, sizeof(c.item));
		number[i] = c.parent = line_number(&c, &t->clause[i]);
	}
	return number;
}
