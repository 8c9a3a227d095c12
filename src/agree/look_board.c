/* SPDX-License-Identifier: Apache-2.0
 *
 * The board of service: what shows that a member has the texts of a round, by whose word, and since when. Which of it counts is for
 * round_stand to say; the board shows all of it.
 */
#include "agree/code.h"
#include "agree/look.h"

static int64_t least(int64_t have, int64_t at)
{
	return have == 0 || at < have ? at : have;
}

static void earlier(int64_t *have, const struct said **by, int64_t at, const struct said *s)
{
	if (*have != 0 && at >= *have)
		return;
	*have = at;
	*by = s;
}

static bool is_of(const struct said *s, struct str party)
{
	return str_eq(item_text(&s->body, "party"), party);
}

/* When we have handed the opening over; we see that of what we have said ourselves. */
static int64_t find_sent(struct db *db, const struct round_loaded *r, struct str party)
{
	struct query q = db_query(db,
	        "select coalesce(d.pushed, 0) / 1000000 from delivery d where d.statement = ? and d.party = "
	        "?");
	int64_t at = 0;

	query_u64(&q, r->open.n);
	query_text(&q, party);
	if (query_next(&q) == 1)
		at = query_get_i64(&q, 0);
	query_done(&q, NULL);
	return at;
}

/* Where the chair did not bring it: whom we gave it when he asked, and who brought it to us. */
static void find_relay(struct db *db, struct arena *a, const struct round_loaded *r, struct board_member *b)
{
	struct query q = db_query(db,
	        "select x.at, p.name from relayed x, party p where x.statement = ?1 and x.party = ?2 and "
	        "p.own = 1 "
	        "union all select s.received / 1000000, s.carrier from statement s, party p where s.n = "
	        "?1 and p.own = 1 and p.name = ?2 and s.carrier not in ('', s.sender)");

	query_u64(&q, r->open.n);
	query_text(&q, b->party);
	if (query_next(&q) == 1) {
		b->relayed = query_get_i64(&q, 0);
		b->relay = arena_str(a, query_get_text(&q, 1));
	}
	query_done(&q, NULL);
}

static void find_receipts(const struct outcome *o, struct board_member *b)
{
	const struct said *part_by = NULL;

	for (size_t i = 0; i < o->round.opening.n; i++) {
		const struct round_receipt *e = &o->round.opening.v[i];
		if (!str_eq(e->from->sender, b->party))
			continue;
		if (e->complete && e->good)
			earlier(&b->node, &b->node_by, e->at, e->from);
		else
			earlier(&b->part, &part_by, e->at, e->from);
	}
	if (b->node != 0)
		b->part = 0;
	else
		b->node_by = part_by;
}

/* By what a person of the member has said. */
static void find_human(const struct round_loaded *r, const struct outcome *o, struct board_member *b)
{
	for (size_t i = 0; i < o->round.n; i++) {
		const struct sifted *s = &o->round.s[i];
		enum kind k = s->s->kind;
		if (!str_eq(s->s->sender, b->party) || s->dropped)
			continue;
		if (k == KIND_ACK ? memcmp(s->s->reply, r->open.id, DIGEST_LEN) == 0 &&
		                        kind_people(&s->s->body) > 0
		                  : s->mine &&
		                        (k == KIND_AGREE_POSITION || k == KIND_AGREE_COMMENT ||
		                                k == KIND_AGREE_AMENDMENT))
			earlier(&b->human, &b->human_by, s->s->created, s->s);
	}
}

/* By another channel, as chair or deputy say, unless the member has said since that nobody reached it. */
static void find_other(const struct outcome *o, struct arena *a, struct board_member *b)
{
	const struct manifest *m = o->round.in->m;

	for (size_t i = 0; i < o->round.n; i++) {
		const struct said *s = o->round.s[i].s;
		if (o->round.s[i].mine && s->kind == KIND_AGREE_SERVICE && is_of(s, b->party) &&
		        str_eq(s->sender, b->party) && kind_people(&s->body) >= 2 && s->created > b->denied) {
			b->denied = s->created;
			b->denied_by = s;
		}
	}
	for (size_t i = 0; i < o->round.n; i++) {
		const struct said *s = o->round.s[i].s;
		bool office =
		        str_eq(s->sender, m->chair) || (m->deputy.len > 0 && str_eq(s->sender, m->deputy));
		int64_t at;
		if (!o->round.s[i].mine || s->kind != KIND_AGREE_SERVICE || !office || !is_of(s, b->party) ||
		        str_eq(item_text(&s->body, "level"), STR("none")) || s->created <= b->denied ||
		        kind_people(&s->body) < 2 || !said_time(s, "at", &at) ||
		        (b->other != 0 && b->other <= at))
			continue;
		b->other = at;
		b->other_by = s;
		b->level = item_text(&s->body, "level");
		b->by = agree_persons(a, &s->body);
	}
}

/* A code stands for a position: it is here if one of the member has it. */
static bool code_is_here(const struct outcome *o, struct str party, struct str code)
{
	for (size_t i = 0; i < o->round.n; i++) {
		char text[VOICE_CODE_LEN];
		const struct said *s = o->round.s[i].s;
		if (!str_eq(s->sender, party) || !o->round.s[i].mine)
			continue;
		voice_code(s->id, text);
		if (agree_code_eq(code, text))
			return true;
	}
	return false;
}

static void find_voices(const struct outcome *o, struct board_member *b)
{
	for (size_t i = 0; i < o->round.n; i++) {
		const struct said *s = o->round.s[i].s;
		if (!o->round.s[i].mine || s->kind != KIND_AGREE_VOICE || !is_of(s, b->party))
			continue;
		b->voices++;
		b->voice_open |= !code_is_here(o, b->party, item_text(&s->body, "code"));
	}
}

static void find_notice(const struct manifest *m, int64_t closes, int64_t now, struct board_member *b)
{
	bool node = b->node != 0 && !m->human;
	const int64_t at[] = {node ? b->node : 0, b->human, b->other};

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (at[i] != 0)
			b->t = least(b->t, at[i]);
	/* a consult round has no level: the texts are there, or they are not */
	if (m->rule == RULE_NONE && b->t == 0)
		b->t = b->node;
	int64_t from = b->t != 0 ? b->t : now;
	b->notice = closes - from;
	b->enough = b->notice >= manifest_seconds(m->min_notice) &&
	        manifest_working_days(m, from, closes, m->working_days);
}

void agree_board(struct db *db, struct arena *a, const struct round_loaded *r, const struct outcome *o,
        int64_t now, struct board_member *ret)
{
	const struct manifest *m = &r->manifest;

	for (unsigned i = 0; i < m->members; i++) {
		struct board_member *b = &ret[i];
		*b = (struct board_member){.party = m->member[i].party};
		b->opened = str_eq(b->party, r->open.h.sender);
		b->service = m->rule == RULE_NONE ? SERVICE_RECORDED : o->member[i].service;
		b->sent = find_sent(db, r, b->party);
		find_relay(db, a, r, b);
		find_receipts(o, b);
		find_human(r, o, b);
		find_other(o, a, b);
		find_voices(o, b);
		find_notice(m, o->round.closes, now, b);
	}
}
