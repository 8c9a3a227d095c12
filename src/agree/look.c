/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/look.h"
#include "agree/repeat.h"
#include "agree/review.h"
#include <stdlib.h>

#define DAY 86400
#define ROUNDS 1000 /* of a list, the newest */

struct str agree_owed_name(enum agree_owed owed)
{
	static const struct str name[OWED_END] = {
	        [OWED_NOTHING] = STR_INIT(""),
	        [OWED_ACK] = STR_INIT("acknowledge"),
	        [OWED_POSITION] = STR_INIT("position"),
	        [OWED_OBJECT] = STR_INIT("object-or-silence"),
	        [OWED_MINUTES] = STR_INIT("minutes"),
	        [OWED_RECORD] = STR_INIT("record"),
	        [OWED_COMMENT] = STR_INIT("comment"),
	        [OWED_ANSWERS] = STR_INIT("answers"),
	        [OWED_REVIEW] = STR_INIT("review"),
	};

	return name[owed];
}

bool agree_is_wrong(struct str shown)
{
	enum outcome_state s = outcome_state_find(shown);

	return s == OUTCOME_HELD || s == OUTCOME_BROKEN || s == OUTCOME_DISPUTED;
}

bool agree_takes_words(struct str shown, int64_t closes, int64_t now)
{
	return now <= closes && outcome_state_find(shown) != OUTCOME_WITHDRAWN;
}

struct str agree_party(struct db *db, struct arena *a)
{
	struct query q = db_query(db, "select name from party where own = 1 limit 1");
	struct str s = STR("");

	if (query_next(&q) == 1)
		s = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return s;
}

int64_t round_serve_by(const struct manifest *m, int64_t closes)
{
	int64_t t = closes - manifest_seconds(m->min_notice);

	if (m->rule == RULE_NONE || m->rule == RULE_RECORDED)
		return 0;
	/* whole days count, so an earlier moment of a day is as good as any other of it: its beginning, by the clock of the round */
	for (unsigned i = 0; i < 400 && !manifest_working_days(m, t, closes, m->working_days); i++) {
		int64_t local = t + m->zone - 1;
		t = local - local % DAY - m->zone;
	}
	return t;
}

/* ---- what we owe --------------------------------------------------------------------------------- */

/* Whether we have said such a thing to the opening, or in its case. */
static bool have_said(struct db *db, const struct round_loaded *r, struct str me, struct str kind)
{
	struct query q = db_query(db,
	        "select 1 where exists (select 1 from statement where case_id = ?1 and sender = ?2 and "
	        "+kind = ?3) or exists (select 1 from statement where reply = ?1 and sender = ?2 and +kind = "
	        "?3)");

	query_blob(&q, str_make((const char *)r->open.id, DIGEST_LEN));
	query_text(&q, me);
	query_text(&q, kind);
	bool yes = query_next(&q) == 1;
	query_done(&q, NULL);
	return yes;
}

/* Chair or deputy say that we were reached by another channel. */
static bool attested(struct db *db, struct arena *a, const struct round_loaded *r, struct str me)
{
	struct query q = db_query(db,
	        "select n from statement where case_id = ? and +kind = 'agree.service' and sender <> ? and "
	        "signature "
	        "is not null and verdict in ('ok', 'gap', 'fork') limit 64");
	uint64_t n[64];
	unsigned k = 0;
	bool yes = false;

	query_blob(&q, str_make((const char *)r->open.id, DIGEST_LEN));
	query_text(&q, me);
	while (k < 64 && query_next(&q) == 1)
		n[k++] = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (unsigned i = 0; i < k && !yes; i++) {
		struct stored s;
		struct item body;
		if (!store_find_n(db, n[i], a, &s))
			continue;
		body = stored_body(&s, a);
		yes = str_eq(item_text(&body, "party"), me);
	}
	return yes;
}

static bool have_spoken(const struct agree_notes *n, struct str me)
{
	for (size_t i = 0; i < n->saids; i++)
		if (str_eq(n->said[i].sender, me) &&
		        (n->said[i].kind == KIND_AGREE_COMMENT || n->said[i].kind == KIND_AGREE_AMENDMENT ||
		                n->said[i].kind == KIND_AGREE_POSITION))
			return true;
	return false;
}

static enum position position_of(const struct said *s)
{
	if (s == NULL)
		return POSITION_NONE;
	return s->kind == KIND_AGREE_AMENDMENT ? POSITION_AMENDMENT
	                                       : position_find(item_text(&s->body, "position"));
}

/* While it is open, of a rule that asks for service. */
static enum agree_owed owes_member(struct db *db, struct arena *a, const struct round_loaded *r,
        const struct agree_notes *n, struct str me)
{
	const struct manifest *m = &r->manifest;
	bool waits, spoken = have_spoken(n, me), opened = str_eq(r->open.h.sender, me);
	enum position p = position_of(agree_own_position(n, me, &waits));
	bool silent = p == POSITION_NONE || p == POSITION_ACKNOWLEDGED || p == POSITION_COMMENT;

	if (m->human && !opened && !spoken && !have_said(db, r, me, STR("ack")) && !attested(db, a, r, me))
		return OWED_ACK;
	if (m->rule == RULE_ASSENT && silent)
		return OWED_POSITION;
	if (m->rule == RULE_MEETING && !have_said(db, r, me, STR("agree.minutes")))
		return OWED_MINUTES;
	return m->rule == RULE_SILENCE && silent ? OWED_OBJECT : OWED_NOTHING;
}

static void owes_round(struct db *db, struct arena *a, const struct round_loaded *r,
        const struct agree_notes *n, struct str me, int64_t now, struct agree_look *l)
{
	const struct manifest *m = &r->manifest;

	l->member = manifest_member(m, me) < m->members;
	l->officer = str_eq(me, m->chair) || str_eq(me, m->secretariat);
	l->owed = OWED_NOTHING;
	l->until = 0;
	/* two manifests: nothing comes of it, whatever is said */
	if (!agree_takes_words(l->shown, l->closes, now) ||
	        outcome_state_find(l->shown) == OUTCOME_DISPUTED) {
		if (l->officer && l->newest && n->open > 0)
			l->owed = OWED_ANSWERS;
		return;
	}
	if (m->rule == RULE_NONE)
		l->owed = have_spoken(n, me) || str_eq(me, m->chair) || !manifest_party(m, me) ? OWED_NOTHING
		                                                                               : OWED_COMMENT;
	else if (m->rule == RULE_RECORDED)
		l->owed = str_eq(me, m->chair) && !have_said(db, r, me, STR("agree.minutes")) ? OWED_RECORD
		                                                                              : OWED_NOTHING;
	else if (l->member)
		l->owed = owes_member(db, a, r, n, me);
	if (l->owed != OWED_NOTHING)
		l->until = l->owed == OWED_ACK ? round_serve_by(m, l->closes) : l->closes;
}

/* Of what was adopted, whether or not its round still changes. */
static void owe_review(struct agree_look *l, struct str me, int64_t now)
{
	if (l->owed == OWED_NOTHING && l->newest && l->review != 0 && now >= l->review - REVIEW_FIRST &&
	        str_eq(l->chair, me)) {
		l->owed = OWED_REVIEW;
		l->until = l->review;
	}
	l->pressing = l->until != 0 && now >= l->until - (l->owed == OWED_REVIEW ? REVIEW_LAST : 0);
}

void agree_owes(struct db *db, struct arena *a, const struct round_loaded *r, const struct agree_notes *n,
        int64_t now, struct agree_look *l)
{
	struct str me = agree_party(db, a);

	owes_round(db, a, r, n, me, now, l);
	owe_review(l, me, now);
}

/* ---- figures ------------------------------------------------------------------------------------- */

struct looking {
	struct db *db;
	const char *folder;
	struct arena *a;
	int64_t now;
	const struct round_loaded *r;
	struct outcome o;
	struct agree_notes notes;
	struct agree_look *ret;
};

static bool service_good(enum service s)
{
	return s == SERVICE_OPENED || s == SERVICE_SPOKEN || s == SERVICE_SERVED;
}

/* A consult round asks for no level: who has the texts is served. */
static void count_served(struct looking *l)
{
	const struct manifest *m = &l->r->manifest;
	struct board_member *b = arena_array(l->a, m->members + 1, sizeof(*b));

	agree_board(l->db, l->a, l->r, &l->o, l->now, b);
	for (unsigned i = 0; i < m->members; i++) {
		l->ret->served += m->rule == RULE_NONE || m->rule == RULE_RECORDED
		        ? b[i].opened || b[i].t != 0
		        : service_good(b[i].service);
		l->ret->voices += b[i].voice_open;
	}
}

static void count_stale(struct looking *l, const struct agree_text *authentic)
{
	const struct manifest *m = &l->r->manifest;

	for (unsigned i = 0; i < m->texts; i++) {
		enum translation_state state[AGREE_CLAUSES];
		struct agree_text t;
		unsigned bad;
		if (m->text[i].authentic || round_text(l->a, l->folder, m, m->text[i].lang, &t, NULL) != 0 ||
		        !translation_states(authentic, &t, state, &bad))
			continue;
		for (unsigned k = 0; k < authentic->n; k++)
			l->ret->stale += state[k] != TRANSLATION_OK;
	}
}

static void look_closer(struct looking *l)
{
	const struct manifest *m = &l->r->manifest;
	struct agree_text text;
	struct agree_frozen frozen;
	bool there = round_text(l->a, l->folder, m, (struct str){0}, &text, NULL) == 0;

	outcome_make(l->a, &l->r->in, l->now, &l->o);
	agree_notes_load(l->a, l->db, l->r, there ? &text : NULL, &l->notes);
	l->ret->shown = outcome_state_name(l->o.shown);
	l->ret->because = l->o.because;
	l->ret->closes = l->o.round.closes;
	l->ret->grace = l->o.round.grace;
	l->ret->members = m->members;
	l->ret->open = l->notes.open;
	count_served(l);
	if (there)
		count_stale(l, &text);
	agree_frozen_look(l->a, l->db, l->folder, l->r, &frozen);
	l->ret->unexplained = agree_frozen_words(l->a, &frozen);
	agree_owes(l->db, l->a, l->r, &l->notes, l->now, l->ret);
	struct agree_carried *carried;
	if (l->now <= l->ret->closes && !l->o.round.withdrawn)
		l->ret->carried = agree_carried(l->db, l->folder, l->a, l->r, &l->notes, &carried);
}

/* ---- rows ---------------------------------------------------------------------------------------- */

#define COLUMNS                                                                                              \
	"r.id, r.instrument, r.number, r.chair, r.bad, r.title, r.rule, r.closes, r.grace, r.shown, "        \
	"r.because, coalesce(r.adopted, 0), coalesce(r.in_force, 0), not exists (select 1 from agree_round " \
	"n where n.instrument = r.instrument and n.number > r.number), coalesce(r.review, 0), "              \
	"lower(hex(r.open)), " ROUND_REF

static void read_row(const struct query *q, struct arena *a, int64_t now, struct agree_look *l)
{
	*l = (struct agree_look){.id = query_get_u64(q, 0),
	        .instrument = arena_str(a, query_get_text(q, 1)),
	        .number = (uint32_t)query_get_u64(q, 2),
	        .chair = arena_str(a, query_get_text(q, 3)),
	        .why = arena_str(a, query_get_text(q, 4)),
	        .unexplained = STR(""),
	        .title = arena_str(a, query_get_text(q, 5)),
	        .rule = arena_str(a, query_get_text(q, 6)),
	        .closes = query_get_i64(q, 7),
	        .grace = query_get_i64(q, 8),
	        .shown = arena_str(a, query_get_text(q, 9)),
	        .because = arena_str(a, query_get_text(q, 10)),
	        .adopted = query_get_i64(q, 11),
	        .in_force = query_get_i64(q, 12),
	        .newest = query_get_u64(q, 13) != 0,
	        .review = query_get_i64(q, 14),
	        .statement = arena_str(a, query_get_text(q, 15)),
	        .ref = arena_str(a, query_get_text(q, 16))};
	if (str_eq(l->rule, STR("none")))
		l->live = l->newest;
	else
		l->live = l->rule.len == 0 || now <= l->grace + OUTCOME_WINDOW ||
		        (l->newest && agree_is_wrong(l->shown));
}

static void fill(struct db *db, const char *folder, struct arena *a, int64_t now, struct agree_look *ret)
{
	struct looking l = {.db = db, .folder = folder, .a = a, .now = now, .ret = ret};
	struct round_loaded *r = arena_new(a, struct round_loaded);

	if (!ret->live || round_load(a, db, folder, ret->id, r, NULL) != 0)
		return;
	l.r = r;
	if (r->why != NULL)
		ret->why = str_from(r->why);
	else
		look_closer(&l);
}

static int rank(const struct agree_look *l)
{
	if (l->live && agree_is_wrong(l->shown))
		return 0;
	if (l->owed != OWED_NOTHING)
		return 1;
	return l->live ? 2 : 3;
}

static int by_need(const void *a, const void *b)
{
	const struct agree_look *x = a, *y = b;
	int64_t xt = x->until != 0 ? x->until : INT64_MAX, yt = y->until != 0 ? y->until : INT64_MAX;

	if (rank(x) != rank(y))
		return rank(x) - rank(y);
	if (rank(x) == 1 && xt != yt)
		return xt < yt ? -1 : 1;
	if (x->closes != y->closes)
		return x->closes > y->closes ? -1 : 1;
	return x->id > y->id ? -1 : 1;
}

unsigned agree_looks(struct db *db, const char *folder, struct arena *a, int64_t now, struct agree_look **ret)
{
	struct query q = db_query(db, "select " COLUMNS " from agree_round r order by r.id desc limit ?1");
	struct agree_look *all = arena_array(a, ROUNDS, sizeof(*all));
	struct str me = agree_party(db, a);
	unsigned n = 0;

	query_u64(&q, ROUNDS);
	while (n < ROUNDS && query_next(&q) == 1)
		read_row(&q, a, now, &all[n++]);
	query_done(&q, NULL);
	for (unsigned i = 0; i < n; i++) {
		fill(db, folder, a, now, &all[i]);
		owe_review(&all[i], me, now);
	}
	qsort(all, n, sizeof(*all), by_need);
	*ret = all;
	return n;
}

bool agree_look_row(struct db *db, struct arena *a, uint64_t id, int64_t now, struct agree_look *ret)
{
	struct query q = db_query(db, "select " COLUMNS " from agree_round r where r.id = ?1");
	bool there;

	query_u64(&q, id);
	there = query_next(&q) == 1;
	if (there)
		read_row(&q, a, now, ret);
	query_done(&q, NULL);
	return there;
}

static unsigned reviews_owed(struct db *db, struct arena *a, int64_t now)
{
	struct query q = db_query(db,
	        "select count(*) from agree_round r where r.review <= ?1 and r.chair = ?2 and not exists "
	        "(select 1 "
	        "from agree_round n where n.instrument = r.instrument and n.number > r.number)");
	unsigned n = 0;

	query_i64(&q, now + REVIEW_FIRST);
	query_text(&q, agree_party(db, a));
	if (query_next(&q) == 1)
		n = (unsigned)query_get_u64(&q, 0);
	query_done(&q, NULL);
	return n;
}

unsigned agree_owed_count(struct db *db, const char *folder, struct arena *a, int64_t now)
{
	struct query q = db_query(db,
	        "select " COLUMNS
	        " from agree_round r where r.shown in ('open', 'consolidating', 'broken', 'held', "
	        "'lapsed') and r.rule <> '' order by r.id desc limit ?1");
	struct agree_look *all = arena_array(a, ROUNDS, sizeof(*all));
	unsigned n = 0, owed = 0;

	query_u64(&q, ROUNDS);
	while (n < ROUNDS && query_next(&q) == 1)
		read_row(&q, a, now, &all[n++]);
	query_done(&q, NULL);
	for (unsigned i = 0; i < n; i++) {
		struct round_loaded *r = arena_new(a, struct round_loaded);
		struct agree_notes notes;
		if (!all[i].live || round_load_opening(a, db, folder, all[i].id, r, NULL) != 0 ||
		        r->why != NULL)
			continue;
		agree_notes_load(a, db, r, NULL, &notes);
		agree_owes(db, a, r, &notes, now, &all[i]);
		owed += all[i].owed != OWED_NOTHING;
	}
	return owed + reviews_owed(db, a, now);
}
