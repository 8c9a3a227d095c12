/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/translate.h"

static void put_remark(struct buf *out, const struct clause *c)
{
	struct str_cut row = {.tail = c->table};

	buf_printf(out, "%%%% The words are now: %.*s\n", STR_ARG(c->words));
	while (row.tail.len > 0) {
		row = str_cut(row.tail, '\n');
		buf_printf(out, "%%%% %.*s\n", STR_ARG(row.head));
	}
}

/* The words of one, with the start of the other. */
static void put_clause(struct buf *out, const struct clause *of, const struct clause *words,
        const char *state, struct str base)
{
	buf_add(out, str_make(of->source.p, (size_t)(of->words.p - of->source.p)));
	buf_printf(
	        out, "%.*s {#%.*s:%s%.*s}\n", STR_ARG(words->words), STR_ARG(of->id), state, STR_ARG(base));
	if (words->table.len > 0)
		buf_printf(out, "\n%.*s\n", STR_ARG(words->table));
}

static void put_one(
        struct buf *out, const struct clause *of, const struct clause *old, struct translate_counts *ret)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, of->sha256, DIGEST_LEN);
	if (old == NULL) {
		put_clause(out, of, of, "missing", STR(""));
		ret->missing++;
	} else if (str_eq(old->base, str_make(hex, CLAUSE_BASE))) {
		put_clause(out, old, old, "", old->base);
		ret->ok++;
	} else {
		put_remark(out, of);
		put_clause(out, of, old, "stale-", old->base);
		ret->stale++;
	}
}

void translate_sheet(struct buf *out, const struct agree_text *of, const struct agree_text *old,
        struct translate_counts *ret)
{
	*ret = (struct translate_counts){.gone = old != NULL ? old->n : 0};
	buf_add(out,
	        STR("%% Clauses with ':stale-...' or ':missing' in their marks are to be translated. Take "
	            "all from the colon\n"
	            "%% on out of the mark of each one that is done. Lines like this one are dropped.\n\n"));
	for (unsigned i = 0; i < of->n; i++) {
		const struct clause *c = &of->clause[i],
		                    *was = old != NULL ? agree_text_find(old, c->id) : NULL;
		bool both = i > 0 && c->kind == CLAUSE_ITEM && of->clause[i - 1].kind == CLAUSE_ITEM;
		if (i > 0 && !both)
			buf_char(out, '\n');
		ret->gone -= was != NULL;
		put_one(out, c, was, ret);
	}
}
