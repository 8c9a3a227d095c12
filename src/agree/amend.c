/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/amend.h"

enum { HAS_ID = 1, HAS_BASE = 2, HAS_AFTER = 4, HAS_TEXT = 8 };
static const struct {
	struct str word;
	unsigned has;
} kinds[OP_END] = {
        [OP_REPLACE] = {STR_INIT("replace"), HAS_ID | HAS_BASE | HAS_TEXT},
        [OP_DELETE] = {STR_INIT("delete"), HAS_ID | HAS_BASE},
        [OP_MOVE] = {STR_INIT("move"), HAS_ID | HAS_BASE | HAS_AFTER},
        [OP_INSERT] = {STR_INIT("insert"), HAS_AFTER | HAS_TEXT},
};

static const struct {
	struct str word;
	const char *about;
} problems[OP_PROBLEMS] = {
        [OP_GOOD] = {STR_INIT("ok"), "it applies"},
        [OP_IS_BAD] = {STR_INIT("bad-op"),
                "it is no operation, or its text is not one whole clause with its mark"},
        [OP_NO_CLAUSE] = {STR_INIT("no-clause"), "the base text has no clause of that id"},
        [OP_BASE_DIFFERS] = {STR_INIT("base-differs"),
                "the clause has other words than those that it was made for"},
        [OP_ID_DIFFERS] = {STR_INIT("id-differs"), "the new words carry the mark of another clause"},
        [OP_ID_USED] = {STR_INIT("id-used"),
                "the id of the new clause is in use; a new clause needs a new id"},
};

struct str op_problem_name(enum op_problem p)
{
	return problems[p].word;
}

const char *op_problem_about(enum op_problem p)
{
	return problems[p].about;
}

struct str amend_outcome_name(enum amend_outcome o)
{
	static const struct str name[] = {
	        [AMEND_OK] = STR_INIT("ok"),
	        [AMEND_REFUSED] = STR_INIT("refused"),
	        [AMEND_CONFLICT] = STR_INIT("conflict"),
	        [AMEND_BREAKS] = STR_INIT("breaks-structure"),
	};

	return name[o];
}

/* ---- reading and writing ------------------------------------------------------------------------- */

static bool take_member(const struct item *op, unsigned has, unsigned which, struct str name, struct str *ret)
{
	if ((has & which) == 0)
		return true;
	struct item i = item_get(op, name);
	*ret = i.text;
	return i.type == BODY_TEXT;
}

static struct op op_read(const struct item *item)
{
	struct item word = item_get(item, STR("op"));
	struct op op = {0};

	if (item->type != BODY_OBJECT || word.type != BODY_TEXT)
		return op;
	for (unsigned k = OP_BAD + 1; k < OP_END; k++)
		if (str_eq(word.text, kinds[k].word))
			op.kind = (enum op_kind)k;
	unsigned has = kinds[op.kind].has;
	if (take_member(item, has, HAS_ID, STR("id"), &op.id) &&
	        take_member(item, has, HAS_BASE, STR("base"), &op.base) &&
	        take_member(item, has, HAS_AFTER, STR("after"), &op.after) &&
	        take_member(item, has, HAS_TEXT, STR("text"), &op.text))
		return op;
	return (struct op){0};
}

struct amendment amendment_read(struct arena *a, const struct item *ops)
{
	unsigned n = ops->type == BODY_LIST ? item_count(ops) : 0;
	struct amendment ret = {.op = arena_array(a, n + 1, sizeof(*ret.op))};

	if (n == 0)
		return ret;
	for (struct item_each e = item_each(ops); ret.n < n && item_next(&e); ret.n++)
		ret.op[ret.n] = op_read(&e.item);
	return ret;
}

static void write_member(struct buf *out, unsigned has, unsigned which, const char *name, struct str value)
{
	if ((has & which) == 0)
		return;
	buf_printf(out, ",\"%s\":", name);
	buf_json(out, value);
}

void amendment_write(struct buf *out, const struct amendment *amendment)
{
	buf_char(out, '[');
	for (unsigned i = 0; i < amendment->n; i++) {
		const struct op *op = &amendment->op[i];
		unsigned has = kinds[op->kind].has;
		buf_add(out, i > 0 ? STR(",{\"op\":") : STR("{\"op\":"));
		buf_json(out, kinds[op->kind].word);
		write_member(out, has, HAS_ID, "id", op->id);
		write_member(out, has, HAS_BASE, "base", op->base);
		write_member(out, has, HAS_AFTER, "after", op->after);
		write_member(out, has, HAS_TEXT, "text", op->text);
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

/* ---- applying ------------------------------------------------------------------------------------ */

/* An operation that passed. */
struct standing {
	struct op_place at;
	const struct op *op;
	struct str id;                  /* of the clause that an insert brings */
	unsigned clause, after;         /* places in the base text; its n: none */
	struct standing *same, *beside; /* the next one that touches this clause, that hangs at that place */
};
/* What is wanted of one clause of the base text, in the order of the list. */
struct chain {
	struct standing *first, *last;
};
struct applying {
	struct arena *a;
	const struct agree_text *base;
	struct standing *op;
	unsigned n;
	struct chain *touch, *hang; /* one for each clause, and one behind them for none */
	struct amend_result *ret;
};

static bool base_fits(const struct clause *c, struct str base)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, c->sha256, DIGEST_LEN);
	return str_eq(base, str_make(hex, 2 * DIGEST_LEN));
}

static bool id_used(const struct applying *ap, struct str id)
{
	/* Inserts touch no clause, so they stand in the chain behind all. */
	for (const struct standing *s = ap->touch[ap->base->n].first; s != NULL; s = s->same)
		if (str_eq(s->id, id))
			return true;
	return agree_text_find(ap->base, id) != NULL;
}

static enum op_problem judge(const struct applying *ap, const struct op *op, struct standing *ret)
{
	const struct agree_text *base = ap->base;
	unsigned has = kinds[op->kind].has;
	struct clause new;

	if (op->kind == OP_BAD ||
	        ((has & HAS_TEXT) != 0 && clause_read(op->text, base->translation, &new) != NULL))
		return OP_IS_BAD;
	ret->clause = (has & HAS_ID) != 0 ? agree_text_place(base, op->id) : base->n;
	ret->after = (has & HAS_AFTER) != 0 ? agree_text_place(base, op->after) : base->n;
	if (((has & HAS_ID) != 0 && ret->clause == base->n) ||
	        ((has & HAS_AFTER) != 0 && ret->after == base->n))
		return OP_NO_CLAUSE;
	if ((has & HAS_BASE) != 0 && !base_fits(&base->clause[ret->clause], op->base))
		return OP_BASE_DIFFERS;
	if (op->kind == OP_REPLACE && !str_eq(new.id, op->id))
		return OP_ID_DIFFERS;
	if (op->kind == OP_INSERT) {
		ret->id = new.id;
		return id_used(ap, new.id) ? OP_ID_USED : OP_GOOD;
	}
	return OP_GOOD;
}

static bool same_op(const struct op *a, const struct op *b)
{
	return a->kind == b->kind && str_eq(a->id, b->id) && str_eq(a->base, b->base) &&
	        str_eq(a->after, b->after) && str_eq(a->text, b->text);
}

/* Two parties that want the same want it once. */
static bool said_before(const struct applying *ap, const struct standing *s)
{
	for (const struct standing *o = ap->touch[s->clause].first; o != NULL; o = o->same)
		if (o->at.amendment != s->at.amendment && same_op(o->op, s->op))
			return true;
	return false;
}

static void stand(struct applying *ap, const struct standing *s)
{
	struct standing *o = &ap->op[ap->n++];
	struct chain *touch = &ap->touch[s->clause], *hang = &ap->hang[s->after];

	*o = *s;
	*(touch->first == NULL ? &touch->first : &touch->last->same) = o;
	touch->last = o;
	*(hang->first == NULL ? &hang->first : &hang->last->beside) = o;
	hang->last = o;
}

static void judge_all(struct applying *ap, const struct amendment *amendments, unsigned n)
{
	for (unsigned k = 0; k < n; k++)
		for (unsigned i = 0; i < amendments[k].n; i++) {
			struct standing s = {.at = {.amendment = k, .op = i}, .op = &amendments[k].op[i]};
			s.at.problem = judge(ap, s.op, &s);
			if (s.at.problem != OP_GOOD)
				ap->ret->problem[ap->ret->problems++] = s.at;
			else if (!said_before(ap, &s))
				stand(ap, &s);
		}
}

struct wanted {
	const struct standing *replace, *drop, *move;
	unsigned touched;
	bool hung;
};

static struct wanted wanted(const struct applying *ap, unsigned clause)
{
	struct wanted w = {.hung = ap->hang[clause].first != NULL};

	for (const struct standing *s = ap->touch[clause].first; s != NULL; s = s->same) {
		w.touched++;
		if (s->op->kind == OP_REPLACE)
			w.replace = s;
		else if (s->op->kind == OP_MOVE)
			w.move = s;
		else
			w.drop = s;
	}
	return w;
}

static bool conflicting(const struct wanted *w)
{
	bool pair = w->touched == 2 && w->replace != NULL && w->move != NULL &&
	        w->replace->at.amendment == w->move->at.amendment;

	return (w->touched > 1 && !pair) || (w->hung && (w->drop != NULL || w->move != NULL));
}

static bool before(const struct standing *a, const struct standing *b)
{
	return b == NULL || (a != NULL && a < b);
}

/* Both chains are in the order of the list; what stands in both is named once. */
static void add_conflict(struct applying *ap, unsigned clause)
{
	struct amend_conflict *c = &ap->ret->conflict[ap->ret->conflicts++];
	const struct standing *t = ap->touch[clause].first, *h = ap->hang[clause].first;
	unsigned most = 0;

	for (const struct standing *s = t; s != NULL; s = s->same)
		most++;
	for (const struct standing *s = h; s != NULL; s = s->beside)
		most++;
	c->clause = ap->base->clause[clause].id;
	c->op = arena_array(ap->a, most, sizeof(*c->op));
	while (t != NULL || h != NULL) {
		const struct standing *next = before(t, h) ? t : h;
		c->op[c->n++] = next->at;
		t = t == next ? t->same : t;
		h = h == next ? h->beside : h;
	}
}

struct printing {
	struct buf out;
	struct str before;
};

static void put(struct printing *p, struct str source)
{
	agree_text_add(&p->out, p->before, source);
	p->before = source;
}

static void put_clause(struct printing *p, const struct applying *ap, unsigned clause, const struct wanted *w)
{
	if (w->drop == NULL && w->move == NULL)
		put(p, w->replace != NULL ? w->replace->op->text : ap->base->clause[clause].source);
	for (const struct standing *s = ap->hang[clause].first; s != NULL; s = s->beside) {
		if (s->op->kind == OP_INSERT) {
			put(p, s->op->text);
			continue;
		}
		struct wanted moved = wanted(ap, s->clause);
		put(p, moved.replace != NULL ? moved.replace->op->text : ap->base->clause[s->clause].source);
	}
}

static void print(struct applying *ap, const struct wanted *w)
{
	struct printing p = {0};

	for (unsigned i = 0; i < ap->base->n; i++)
		put_clause(&p, ap, i, &w[i]);
	agree_text_end(&p.out);
	struct str bytes = arena_str(ap->a, buf_str(&p.out));
	buf_done(&p.out);
	bool good = agree_text_parse(ap->a, bytes, ap->base->translation, &ap->ret->text, &ap->ret->fault);
	ap->ret->outcome = good ? AMEND_OK : AMEND_BREAKS;
}

void amend_apply(struct arena *a, const struct agree_text *base, const struct amendment *amendments,
        unsigned n, struct amend_result *ret)
{
	struct applying ap = {.a = a, .base = base, .ret = ret};
	unsigned ops = 0;

	*ret = (struct amend_result){.outcome = AMEND_REFUSED};
	for (unsigned i = 0; i < n; i++)
		ops += amendments[i].n;
	ret->problem = arena_array(a, ops + 1, sizeof(*ret->problem));
	ap.op = arena_array(a, ops + 1, sizeof(*ap.op));
	ap.touch = arena_array(a, base->n + 1, sizeof(*ap.touch));
	ap.hang = arena_array(a, base->n + 1, sizeof(*ap.hang));
	judge_all(&ap, amendments, n);
	if (ret->problems > 0)
		return;
	struct wanted *w = arena_array(a, base->n + 1, sizeof(*w));
	ret->conflict = arena_array(a, base->n + 1, sizeof(*ret->conflict));
	ret->outcome = AMEND_CONFLICT;
	for (unsigned i = 0; i < base->n; i++) {
		w[i] = wanted(&ap, i);
		if (conflicting(&w[i]))
			add_conflict(&ap, i);
	}
	if (ret->conflicts == 0)
		print(&ap, w);
}
