/* SPDX-License-Identifier: Apache-2.0
 *
 * From two texts to the operations between them. Clauses are known by their ids, so nothing is guessed: what stays in order
 * stays, what stands in both and left the order moved, and everything that is put somewhere hangs on the last clause before it
 * that stayed. The clauses that stay are the longest row that is ascending in both, the title being its first.
 */
#include "agree/amend.h"
#include "agree/ascend.h"

struct between {
	struct arena *a;
	const struct agree_text *from, *to;
	unsigned *place; /* of each clause of to in from; from->n: new */
	bool *stays;     /* of each clause of to */
	struct amendment *ret;
};

static struct op *add(struct between *b, enum op_kind kind, const struct clause *of)
{
	struct op *op = &b->ret->op[b->ret->n++];
	char hex[2 * DIGEST_LEN + 1];

	op->kind = kind;
	if (of != NULL) {
		str_hex_print(hex, of->sha256, DIGEST_LEN);
		op->id = of->id;
		op->base = arena_str(b->a, str_make(hex, 2 * DIGEST_LEN));
	}
	return op;
}

static void add_clause(struct between *b, unsigned i, struct str anchor)
{
	const struct clause *c = &b->to->clause[i];
	const struct clause *old = b->place[i] < b->from->n ? &b->from->clause[b->place[i]] : NULL;

	if (old == NULL) {
		struct op *op = add(b, OP_INSERT, NULL);
		op->after = anchor;
		op->text = c->source;
		return;
	}
	if (!b->stays[i])
		add(b, OP_MOVE, old)->after = anchor;
	if (!str_eq(old->source, c->source))
		add(b, OP_REPLACE, old)->text = c->source;
}

bool amend_between(
        struct arena *a, const struct agree_text *from, const struct agree_text *to, struct amendment *ret)
{
	struct between b = {.a = a, .from = from, .to = to, .ret = ret};
	struct str anchor = from->clause[0].id;

	if (!str_eq(anchor, to->clause[0].id))
		return false;
	*ret = (struct amendment){.op = arena_array(a, from->n + 2 * to->n, sizeof(*ret->op))};
	b.place = arena_array(a, to->n, sizeof(*b.place));
	b.stays = arena_array(a, to->n, sizeof(*b.stays));
	for (unsigned i = 0; i < to->n; i++)
		b.place[i] = agree_text_place(from, to->clause[i].id);
	/* the title is the first of both, so it is in the longest row */
	agree_ascend(a, b.place, to->n, from->n, b.stays);
	for (unsigned i = 0; i < to->n; i++) {
		add_clause(&b, i, anchor);
		if (b.stays[i])
			anchor = to->clause[i].id;
	}
	for (unsigned i = 0; i < from->n; i++)
		if (agree_text_find(to, from->clause[i].id) == NULL)
			add(&b, OP_DELETE, &from->clause[i]);
	return true;
}
