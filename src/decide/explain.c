/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a record is decided as it is, for people: each rule up to the one that decides, with the first
 * condition in the order of the file that does not hold and what the record has there.
 */
#include "decide/rules.h"

static bool earlier(const struct cond *a, const struct cond *b)
{
	return a->line != b->line ? a->line < b->line : a->column < b->column;
}

/* Conditions are sorted by cost, people read by place. NULL: all hold. */
static const struct cond *first_failing(struct look *l, const struct cond *conds, uint32_t n)
{
	const struct cond *found = NULL;

	for (uint32_t i = 0; i < n; i++) {
		if (!match_cond(l, &conds[i]) && (found == NULL || earlier(&conds[i], found)))
			found = &conds[i];
	}
	return found;
}

static void put_value(struct look *l, const struct cond *c, struct buf *out)
{
	char buf[64], shown[128];
	struct str s = look_text(l, c->what, buf);

	if (s.len == 0)
		buf_printf(out, "%.*s is not there", STR_ARG(c->name));
	else
		buf_printf(
		        out, "%.*s is '%.*s'", STR_ARG(c->name), STR_ARG(err_quote(shown, sizeof(shown), s)));
}

static void put_group(struct look *l, const struct group *g, struct buf *out)
{
	buf_add(out, STR("no, excluded: "));
	for (uint32_t i = 0; i < g->n; i++) {
		buf_add(out, i ? STR(" and ") : STR(""));
		put_value(l, &g->conds[i], out);
	}
}

/* True if the rule matches. */
static bool explain_rule(struct look *l, const struct rule *rule, struct buf *out)
{
	const struct cond *c = first_failing(l, rule->conds, rule->nconds);

	buf_printf(out, "%.*s:%u %.*s: ", STR_ARG(rule->file), rule->line, STR_ARG(rule->name));
	if (c != NULL) {
		buf_add(out, STR("no, "));
		put_value(l, c, out);
		buf_printf(out, ", wanted %.*s (line %u)\n", STR_ARG(c->wanted), c->line);
		return false;
	}
	for (uint32_t g = 0; g < rule->nnots; g++) {
		if (first_failing(l, rule->nots[g].conds, rule->nots[g].n) != NULL)
			continue;
		put_group(l, &rule->nots[g], out);
		buf_char(out, '\n');
		return false;
	}
	buf_add(out, STR("decides\n"));
	return true;
}

void decide_explain(
        const struct decide_args *args, const struct batch *b, const struct batch_row *row, struct buf *out)
{
	const struct know_leaf *leaf =
	        args->know != NULL && !addr_none(&row->src) ? know_addr(args->know, &row->src) : NULL;
	struct facts f;
	struct look l;

	look_batch(&f, args, b);
	look_row(&l, &f, row, leaf);
	if (look_exploited(&l))
		buf_add(out,
		        STR("it names a vulnerability that is known to be exploited: a step more severe\n"));
	for (uint32_t i = 0; i < args->rules->n; i++) {
		if (explain_rule(&l, &args->rules->rules[i], out))
			return;
	}
	buf_add(out, STR("no rule matches\n"));
}
