/* SPDX-License-Identifier: Apache-2.0
 *
 * What was said about clauses. Only the statements that say it are read, so that a page of texts does not wait for thousands of receipts;
 * what came of the round is for outcome.h.
 */
#include "agree/look.h"
#include <stdlib.h>

static bool same_id(const uint8_t a[DIGEST_LEN], const uint8_t b[DIGEST_LEN])
{
	return memcmp(a, b, DIGEST_LEN) == 0;
}

/* ---- statements ---------------------------------------------------------------------------------- */

static const char notes_sql[] =
        "select n from statement where case_id = ?1 and +kind in ('agree.comment', 'agree.amendment', "
        "'agree.position', 'agree.retract', 'agree.disposition') and verdict in "
        "('ok', 'gap', 'fork') union select w.n from statement c join statement w on w.reply = c.id and "
        "+w.kind = 'withdraw' and w.verdict in ('ok', 'gap', 'fork') where c.case_id = "
        "?1 "
        "order by 1";

static void load_said(struct arena *a, struct db *db, const struct round_loaded *r, struct agree_notes *ret)
{
	struct query q = db_query(db, notes_sql);
	VEC(uint64_t) n = {0};

	query_blob(&q, str_make((const char *)r->open.id, DIGEST_LEN));
	while (query_next(&q) == 1)
		*(uint64_t *)vec_add(&n) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	ret->said = arena_array(a, n.n + 1, sizeof(*ret->said));
	ret->waits = arena_array(a, n.n + 1, sizeof(*ret->waits));
	for (size_t i = 0; i < n.n; i++) {
		struct stored *s = arena_new(a, struct stored);
		if (!store_find_n(db, n.v[i], a, s))
			continue;
		ret->waits[ret->saids] = s->signature.len == 0;
		ret->said[ret->saids++] = said_make(s->id, &s->h, stored_body(s, a));
	}
	vec_done(&n);
}

/* As round_sift has it: of this manifest, and to all other parties of the round. */
struct hearing {
	const struct manifest *m;
	char round[2 * DIGEST_LEN + 1];
	struct str party[MANIFEST_PARTIES];
	unsigned parties;
	int64_t closes;
};

static bool to_all(const struct hearing *h, const struct said *s)
{
	auto_buf struct buf to = {0};

	for (unsigned i = 0; i < h->parties; i++) {
		if (str_eq(h->party[i], s->sender))
			continue;
		buf_char(&to, (char)h->party[i].len);
		buf_add(&to, h->party[i]);
	}
	return str_eq(buf_str(&to), s->to) || (h->parties == 1 && str_skip(s->to, 1).len == s->sender.len);
}

static bool concerns(const struct hearing *h, const struct said *s)
{
	return manifest_party(h->m, s->sender) && to_all(h, s) &&
	        (s->kind == KIND_AGREE_RETRACT || s->kind == KIND_WITHDRAW ||
	                str_eq(item_text(&s->body, "round_sha256"), str_from(h->round)));
}

static void begin(struct hearing *h, struct db *db, const struct round_loaded *r)
{
	struct query q = db_query(db, "select closes from agree_round where id = ?");

	*h = (struct hearing){.m = &r->manifest, .closes = r->manifest.closes};
	str_hex_print(h->round, r->manifest.sha256, DIGEST_LEN);
	h->parties = manifest_parties(h->m, h->party);
	query_u64(&q, r->id);
	if (query_next(&q) == 1 && query_get_i64(&q, 0) > h->closes)
		h->closes = query_get_i64(&q, 0);
	query_done(&q, NULL);
}

static bool taken_back(const struct hearing *h, const struct agree_notes *n, const struct said *s)
{
	for (size_t i = 0; i < n->saids; i++)
		if ((n->said[i].kind == KIND_AGREE_RETRACT || n->said[i].kind == KIND_WITHDRAW) &&
		        same_id(n->said[i].reply, s->id) && str_eq(n->said[i].sender, s->sender) &&
		        concerns(h, &n->said[i]))
			return true;
	return false;
}

/* ---- what it is about ---------------------------------------------------------------------------- */

static void add_clause(struct agree_note *n, struct str id)
{
	for (unsigned i = 0; i < n->clauses; i++)
		if (str_eq(n->clause[i], id))
			return;
	n->clause[n->clauses++] = id;
}

static void read_scope(struct arena *a, struct agree_note *n)
{
	struct str scope = item_text(&n->said->body, "scope");

	n->clause = arena_array(a, scope.len / 2 + 1, sizeof(*n->clause));
	while (scope.len > 0) {
		struct str_cut cut = str_cut(scope, ' ');
		if (clause_id_ok(cut.head))
			add_clause(n, cut.head);
		scope = cut.tail;
	}
}

/* Its author says it of others: only who takes part in the round stands there, once, and itself does not. */
static struct str read_supporters(struct arena *a, const struct manifest *m, const struct said *s)
{
	struct item list = item_get(&s->body, STR("supported_by"));
	struct str party[MANIFEST_PARTIES];
	bool named[MANIFEST_PARTIES] = {0};
	unsigned n = manifest_parties(m, party), items = 0;
	auto_buf struct buf out = {0};

	if (list.type != BODY_LIST)
		return STR("");
	for (struct item_each e = item_each(&list); items++ < MANIFEST_PARTIES && item_next(&e);)
		for (unsigned i = 0; i < n && e.item.type == BODY_TEXT; i++)
			named[i] |= str_eq(party[i], e.item.text) && !str_eq(party[i], s->sender);
	for (unsigned i = 0; i < n; i++)
		if (named[i])
			buf_printf(&out, "%s%.*s", out.len > 0 ? ", " : "", STR_ARG(party[i]));
	return arena_str(a, buf_str(&out));
}

static void read_amendment(struct arena *a, const struct manifest *m, struct agree_note *n)
{
	struct item ops = item_get(&n->said->body, STR("ops"));

	n->amendment = amendment_read(a, &ops);
	n->in_place_of = item_text(&n->said->body, "in_place_of");
	n->supporters = read_supporters(a, m, n->said);
	n->authentic = str_eq(item_text(&n->said->body, "lang"), manifest_authentic(m)->lang);
	n->clause = arena_array(a, (size_t)n->amendment.n * 2 + 1, sizeof(*n->clause));
	for (unsigned i = 0; i < n->amendment.n; i++) {
		const struct op *op = &n->amendment.op[i];
		add_clause(n, op->kind == OP_INSERT ? op->after : op->id);
	}
}

/* Of a party's positions the newest that it has not taken back; without words, clauses or effect it stands on no page of texts. */
static bool is_note(const struct hearing *h, const struct agree_notes *all, const struct said *s)
{
	enum position p = position_find(item_text(&s->body, "position"));

	if (s->kind == KIND_AGREE_COMMENT || s->kind == KIND_AGREE_AMENDMENT)
		return true;
	if (s->kind != KIND_AGREE_POSITION || taken_back(h, all, s) ||
	        (p != POSITION_OBJECTION && p != POSITION_RESERVATION && p != POSITION_DISASSOCIATION &&
	                p != POSITION_COMMENT))
		return false;
	for (size_t i = 0; i < all->saids; i++) {
		const struct said *o = &all->said[i];
		if (o->kind == KIND_AGREE_POSITION && str_eq(o->sender, s->sender) && concerns(h, o) &&
		        o->seq > s->seq)
			return false;
	}
	return true;
}

static void add_note(struct arena *a, const struct round_loaded *r, const struct hearing *h,
        struct agree_notes *all, const struct said *s)
{
	struct agree_note *n = &all->note[all->n++];

	*n = (struct agree_note){.said = s, .word = DISPOSITION_END};
	n->withdrawn = taken_back(h, all, s);
	n->late = s->created > h->closes;
	n->by = agree_persons(a, &s->body);
	n->via = agree_via_of(r, s);
	if (s->kind == KIND_AGREE_AMENDMENT)
		read_amendment(a, h->m, n);
	else
		read_scope(a, n);
	all->comments += s->kind == KIND_AGREE_COMMENT;
	all->amendments += s->kind == KIND_AGREE_AMENDMENT;
	all->positions += s->kind == KIND_AGREE_POSITION;
}

/* ---- conflicts ----------------------------------------------------------------------------------- */

static bool in_play(const struct agree_note *n)
{
	return n->said->kind == KIND_AGREE_AMENDMENT && n->authentic && !n->withdrawn && !n->late &&
	        n->problem == OP_GOOD;
}

/* Applies all that can be applied together; at[i]: the place in note of the i-th of them. */
static void apply(struct arena *a, struct agree_notes *all, const struct agree_text *base, unsigned *at,
        struct amend_result *res)
{
	struct amendment *am = arena_array(a, all->n + 1, sizeof(*am));
	unsigned n = 0;

	for (unsigned i = 0; i < all->n; i++)
		if (in_play(&all->note[i])) {
			at[n] = i;
			am[n++] = all->note[i].amendment;
		}
	amend_apply(a, base, am, n, res);
}

static void judge(struct arena *a, struct agree_notes *all, const struct agree_text *base)
{
	unsigned *at = arena_array(a, all->n + 1, sizeof(*at));
	struct amend_result res;

	apply(a, all, base, at, &res);
	if (res.outcome == AMEND_REFUSED) {
		for (unsigned i = 0; i < res.problems; i++) {
			struct agree_note *n = &all->note[at[res.problem[i].amendment]];
			if (n->problem == OP_GOOD)
				n->problem = res.problem[i].problem;
		}
		apply(a, all, base, at, &res);
	}
	if (res.outcome != AMEND_CONFLICT)
		return;
	all->conflict = res.conflict;
	all->conflicts = res.conflicts;
	for (unsigned i = 0; i < res.conflicts; i++)
		for (unsigned k = 0; k < res.conflict[i].n; k++) {
			struct op_place *p = &res.conflict[i].op[k];
			p->amendment = at[p->amendment];
			all->note[p->amendment].conflict = true;
		}
}

/* ---- answers ------------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
	const struct said *const *x = a, *const *y = b;
	int order = str_cmp((*x)->sender, (*y)->sender);

	if ((*x)->created != (*y)->created)
		return (*x)->created < (*y)->created ? -1 : 1;
	if (order == 0)
		order = (*x)->seq < (*y)->seq ? -1 : (*x)->seq > (*y)->seq;
	return order;
}

/* Of the chair and the secretariat; nobody else answers for them. */
static void load_lists(struct arena *a, const struct hearing *h, struct agree_notes *all)
{
	const struct said **s = arena_array(a, all->saids + 1, sizeof(const struct said *));

	all->list = arena_array(a, all->saids + 1, sizeof(*all->list));
	for (size_t i = 0; i < all->saids; i++) {
		const struct said *one = &all->said[i];
		if (one->kind == KIND_AGREE_DISPOSITION && concerns(h, one) &&
		        (str_eq(one->sender, h->m->chair) || str_eq(one->sender, h->m->secretariat)))
			s[all->lists++] = one;
	}
	qsort(s, all->lists, sizeof(const struct said *), by_time);
	for (unsigned i = 0; i < all->lists; i++)
		all->list[i].items = item_get(&s[i]->body, STR("items"));
}

static void load_proposals(struct arena *a, struct agree_notes *all)
{
	all->proposal = arena_array(a, all->n + 1, sizeof(*all->proposal));
	for (unsigned i = 0; i < all->n; i++) {
		if (all->note[i].said->kind == KIND_AGREE_POSITION || all->note[i].late)
			continue;
		struct proposal *p = &all->proposal[all->proposals++];
		memcpy(p->id, all->note[i].said->id, DIGEST_LEN);
		p->withdrawn = all->note[i].withdrawn;
	}
}

static bool is_bad(const struct freeze *f, unsigned list, unsigned item)
{
	for (unsigned i = 0; i < f->bads; i++)
		if (f->bad[i].list == list && f->bad[i].item == item)
			return true;
	return false;
}

static enum disposition_word word_of(const struct item *item)
{
	for (unsigned w = 0; w < DISPOSITION_END; w++)
		if (str_eq(disposition_table[w].word, item_text(item, "word")))
			return (enum disposition_word)w;
	return DISPOSITION_END;
}

static void read_cited(struct arena *a, const struct item *item, struct agree_note *n)
{
	struct item list = item_get(item, STR("clauses"));

	n->cites = 0;
	if (list.type != BODY_LIST)
		return;
	n->cited = arena_array(a, item_count(&list) + 1, sizeof(*n->cited));
	for (struct item_each e = item_each(&list); item_next(&e);)
		n->cited[n->cites++] = e.item.text;
}

static void answer(struct arena *a, struct agree_notes *all, const struct item *item)
{
	uint8_t id[DIGEST_LEN];

	if (!str_hex(item_text(item, "of"), id, DIGEST_LEN))
		return;
	for (unsigned i = 0; i < all->n; i++) {
		struct agree_note *n = &all->note[i];
		if (!same_id(n->said->id, id) || n->said->kind == KIND_AGREE_POSITION)
			continue;
		n->word = word_of(item);
		n->answer = item_get(item, STR("text"));
		n->with = item_get(item, STR("with"));
		read_cited(a, item, n);
	}
}

/* The newest good item of each stands. */
static void answer_all(struct arena *a, struct agree_notes *all)
{
	struct agree_text none = {0};
	struct freeze f;

	(void)freeze_check(a, &none, &none, all->proposal, all->proposals, all->list, all->lists, &f);
	all->open = f.opens;
	for (unsigned l = 0; l < all->lists; l++) {
		unsigned at = 0;
		if (all->list[l].items.type != BODY_LIST)
			continue;
		for (struct item_each e = item_each(&all->list[l].items); item_next(&e); at++)
			if (!is_bad(&f, l, at))
				answer(a, all, &e.item);
	}
}

/* ---- all of it ----------------------------------------------------------------------------------- */

void agree_notes_load(struct arena *a, struct db *db, const struct round_loaded *r,
        const struct agree_text *base, struct agree_notes *ret)
{
	struct hearing h;

	*ret = (struct agree_notes){0};
	begin(&h, db, r);
	load_said(a, db, r, ret);
	ret->note = arena_array(a, ret->saids + 1, sizeof(*ret->note));
	for (size_t i = 0; i < ret->saids; i++)
		if (concerns(&h, &ret->said[i]) && is_note(&h, ret, &ret->said[i]))
			add_note(a, r, &h, ret, &ret->said[i]);
	load_lists(a, &h, ret);
	load_proposals(a, ret);
	answer_all(a, ret);
	if (base != NULL)
		judge(a, ret, base);
}

/* A position, or what takes one back: what takes back a comment leaves the party where it stood. */
static bool stands_by(const struct agree_notes *n, const struct said *s)
{
	if (s->kind == KIND_AGREE_POSITION || s->kind == KIND_AGREE_AMENDMENT)
		return true;
	for (size_t i = 0; s->kind == KIND_AGREE_RETRACT && i < n->saids; i++)
		if (same_id(n->said[i].id, s->reply) && str_eq(n->said[i].sender, s->sender))
			return n->said[i].kind == KIND_AGREE_POSITION ||
			        n->said[i].kind == KIND_AGREE_AMENDMENT;
	return false;
}

const struct said *agree_own_position(const struct agree_notes *n, struct str me, bool *ret_waits)
{
	const struct said *best = NULL;

	for (size_t i = 0; i < n->saids; i++) {
		const struct said *s = &n->said[i];
		if (!str_eq(s->sender, me) || (best != NULL && s->seq <= best->seq) || !stands_by(n, s))
			continue;
		best = s;
		*ret_waits = n->waits[i];
	}
	return best != NULL && best->kind != KIND_AGREE_RETRACT ? best : NULL;
}

const struct said *agree_position_before(
        struct arena *a, struct db *db, const char *folder, const struct manifest *m, struct str me)
{
	struct round_loaded *r = arena_new(a, struct round_loaded);
	uint64_t id = digest_zero(m->previous) ? 0 : round_before(db, m);
	struct agree_notes notes;
	bool waits;

	if (id == 0 || round_load_opening(a, db, folder, id, r, NULL) != 0 || r->why != NULL)
		return NULL;
	agree_notes_load(a, db, r, NULL, &notes);
	const struct said *s = agree_own_position(&notes, me, &waits);
	return s != NULL && s->kind == KIND_AGREE_POSITION ? s : NULL;
}

bool agree_lacks_wording(const struct agree_notes *all, const struct agree_note *one)
{
	char hex[2 * DIGEST_LEN + 1];

	if (one->said->kind != KIND_AGREE_AMENDMENT || one->authentic ||
	        str_eq(item_text(&one->said->body, "kind"), STR("translation")))
		return false;
	str_hex_print(hex, one->said->id, DIGEST_LEN);
	for (unsigned i = 0; i < all->n; i++) {
		const struct agree_note *n = &all->note[i];
		if (n->said->kind == KIND_AGREE_AMENDMENT && n->authentic && !n->withdrawn && !n->late &&
		        str_eq(n->said->sender, one->said->sender) &&
		        str_eq(n->in_place_of, str_make(hex, 2 * DIGEST_LEN)))
			return false;
	}
	return true;
}

bool agree_note_about(const struct agree_note *n, struct str clause)
{
	for (unsigned i = 0; i < n->clauses; i++)
		if (str_eq(n->clause[i], clause))
			return true;
	return false;
}

const struct agree_note *agree_note_find(const struct agree_notes *all, struct str words)
{
	char hex[2 * DIGEST_LEN + 1];

	for (unsigned i = 0; i < all->n && words.len >= 8; i++) {
		str_hex_print(hex, all->note[i].said->id, DIGEST_LEN);
		if (str_starts(str_make(hex, 2 * DIGEST_LEN), words))
			return &all->note[i];
	}
	return NULL;
}
