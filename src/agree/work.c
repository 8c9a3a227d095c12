/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/work.h"

#include "agree/review.h"
#include "agree/say.h"
#include "agree/told.h"

#define SECOND ((int64_t)1000000)
#define ONCE 8        /* rounds in one transaction */
#define BACKDATED 301 /* seconds after closing from which a checkpoint proves something */
#define AGAIN 3600    /* a checkpoint of a member is still looked for */

bool agree_due(struct db *db, int64_t now)
{
	struct query q = db_query(db,
	        "select 1 where exists (select 1 from agree_round where stale = 1) or exists (select 1 from "
	        "agree_round where "
	        "next <= ?)");

	query_i64(&q, now / SECOND);
	bool due = query_next(&q) == 1;
	query_done(&q, NULL);
	return due;
}

/* ---- what is kept of a round --------------------------------------------------------------------- */

static bool ended(const struct outcome *o, int64_t now)
{
	return o->round.in->m->rule == RULE_NONE ? now >= o->round.closes
	                                         : now > o->round.grace + OUTCOME_WINDOW;
}

static int64_t next_of(const struct outcome *o, int64_t now)
{
	const int64_t at[] = {o->round.closes, o->round.grace, o->round.closes + BACKDATED,
	        o->round.grace + OUTCOME_WINDOW + 1, o->in_force, ended(o, now) ? 0 : now + AGAIN};
	int64_t next = 0;

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (at[i] > now && (next == 0 || at[i] < next))
			next = at[i];
	return next;
}

static void put_outcome(struct db *db, uint64_t id, const struct outcome *o, int64_t now)
{
	struct query q = db_query(db,
	        "update agree_round set stale = 0, title = ?2, rule = ?3, closes = ?4, grace = ?5, shown = "
	        "?6, state = ?7, because "
	        "= ?8, adopted = nullif(?9, 0), in_force = nullif(?10, 0), block = ?11, next = nullif(?12, "
	        "0), review = nullif(?13, 0) where id = ?1");
	const struct manifest *m = o->round.in->m;
	uint8_t block[DIGEST_LEN];

	digest_of(o->block, block);
	query_u64(&q, id);
	query_text(&q, m->title);
	query_text(&q, manifest_rule_name(m->rule));
	query_i64(&q, o->round.closes);
	query_i64(&q, o->round.grace);
	query_text(&q, outcome_state_name(o->shown));
	query_text(&q, m->rule == RULE_NONE ? STR("") : outcome_state_name(o->state));
	query_text(&q, o->because);
	query_i64(&q, outcome_adopted(o) ? o->adopted : 0);
	query_i64(&q, outcome_adopted(o) ? o->in_force : 0);
	if (o->block.len > 0)
		query_blob(&q, str_make((const char *)block, DIGEST_LEN));
	else
		query_null(&q);
	query_i64(&q, next_of(o, now));
	query_i64(&q, review_due(db, id, o));
	query_run(&q);
}

/* ---- policy -------------------------------------------------------------------------------------- */

/* Until enough outcomes are equal nobody is bound by anything. */
static struct str policy_state(const struct outcome *o)
{
	return outcome_state_name(o->shown);
}

static void put_policy(
        struct db *db, const struct outcome *o, struct str party, struct str bound, int64_t ended)
{
	struct query q = db_query(db,
	        "insert into policy(instrument, number, party, state, bound, in_force, ended) values (?1, "
	        "?2, ?3, ?4, ?5, ?6, "
	        "nullif(?7, 0)) on conflict(instrument, number, party) do update set state = excluded.state, "
	        "bound = "
	        "excluded.bound, in_force = excluded.in_force, ended = excluded.ended");
	bool in_force = o->shown == OUTCOME_ADOPTED || o->shown == OUTCOME_ADOPTED_EXCEPT;

	query_text(&q, o->round.in->m->instrument);
	query_u64(&q, o->round.in->m->round);
	query_text(&q, party);
	query_text(&q, policy_state(o));
	query_text(&q, bound);
	query_i64(&q, in_force ? o->in_force : 0);
	query_i64(&q, ended);
	query_run(&q);
}

/* When the party left what was adopted; 0: it has not, or has joined again since. */
static int64_t left(const struct outcome *o, struct str party)
{
	const struct sifted *s = round_newest(&o->round, KIND_AGREE_LEAVE, party, false);

	const struct sifted *again = round_newest(&o->round, KIND_AGREE_ACCEDE, party, false);

	return s != NULL && (again == NULL || again->s->seq < s->s->seq) ? s->s->created : 0;
}

static void put_policies(struct db *db, const struct outcome *o)
{
	const struct manifest *m = o->round.in->m;

	for (unsigned i = 0; o->block.len > 0 && i < m->members; i++) {
		auto_buf struct buf bound = {0};
		outcome_bound_put(&bound, &o->member[i]);
		put_policy(db, o, m->member[i].party, buf_str(&bound), left(o, m->member[i].party));
	}
	for (unsigned i = 0; o->block.len > 0 && i < m->observers; i++)
		if (round_newest(&o->round, KIND_AGREE_ACCEDE, m->observer[i], false) != NULL)
			put_policy(db, o, m->observer[i], STR("bound"), left(o, m->observer[i]));
}

/* ---- witnesses ----------------------------------------------------------------------------------- */

/* Signed before the round was here; while it is here a trigger notes them (schema 045). */
static void see_checkpoints(struct db *db, uint64_t id, const struct outcome *o)
{
	for (unsigned i = 0; i < o->round.in->m->members; i++) {
		struct query q = db_query(db,
		        "insert into agree_witness(round, party, size, time) select ?1, party, size, at / "
		        "1000000 "
		        "from log_peer where party = ?2 and at / 1000000 >= ?3 and root is not null "
		        "on conflict(round, party) do update set size = excluded.size, time = excluded.time "
		        "where time < ?3");
		query_u64(&q, id);
		query_text(&q, o->round.in->m->member[i].party);
		query_i64(&q, o->round.closes + BACKDATED);
		query_run(&q);
	}
}

/* ---- our outcome --------------------------------------------------------------------------------- */

static bool said_already(struct db *db, uint64_t id, const uint8_t block[DIGEST_LEN])
{
	struct query q = db_query(db, "select 1 from agree_round where id = ? and said = ?");

	query_u64(&q, id);
	query_blob(&q, str_make((const char *)block, DIGEST_LEN));
	bool yes = query_next(&q) == 1;
	query_done(&q, NULL);
	return yes;
}

/* An office speaks here, not a person: it says what was computed. */
static void say_outcome(const struct change_here *here, struct db *db, const struct round_loaded *r,
        const struct outcome *o, int64_t now)
{
	struct by by = {.person = here->party, .role = "may-bind", .at = now};
	auto_buf struct buf members = {0};
	struct voice v = {.kind = KIND_AGREE_OUTCOME, .persons = 1, .role = "may-bind"};
	uint8_t block[DIGEST_LEN], id[DIGEST_LEN];

	digest_of(o->block, block);
	if (said_already(db, r->id, block))
		return;
	round_put(&members, &r->manifest);
	text_put(&members, "state", outcome_state_name(o->state));
	text_put(&members, "block", o->block);
	v.members = buf_str(&members);
	if (round_say(here, db, r, &v, &by, 1, id, NULL) != 0)
		return;
	struct query q = db_query(db, "update agree_round set said = ? where id = ?");
	query_blob(&q, str_make((const char *)block, DIGEST_LEN));
	query_u64(&q, r->id);
	query_run(&q);
}

static bool ours_to_say(const struct change_here *here, const struct outcome *o, int64_t now)
{
	return here->ways != NULL && o->block.len > 0 && now >= o->round.grace &&
	        now <= o->round.grace + OUTCOME_WINDOW &&
	        manifest_member(o->round.in->m, here->party) < o->round.in->m->members;
}

/* ---- the work ------------------------------------------------------------------------------------ */

static void without_manifest(struct db *db, uint64_t id)
{
	struct query q = db_query(db, "update agree_round set stale = 0, next = null where id = ?");

	query_u64(&q, id);
	query_run(&q);
}

void round_refresh(const struct change_here *here, struct db *db, uint64_t id, int64_t now, bool doubts)
{
	auto_arena struct arena a = {0};
	struct round_loaded r;
	struct outcome o;

	arena_init(&a, 0);
	if (round_load(&a, db, here->folder.p, id, &r, NULL) != 0 || r.why != NULL) {
		without_manifest(db, id);
		return;
	}
	outcome_make(&a, &r.in, now / SECOND, &o);
	put_outcome(db, id, &o, now / SECOND);
	put_policies(db, &o);
	see_checkpoints(db, id, &o);
	agree_tell(db, &r, &o, here->party, now / SECOND);
	if (!doubts && ours_to_say(here, &o, now / SECOND))
		say_outcome(here, db, &r, &o, now);
}

void agree_work(const struct change_here *here, struct db *db, int64_t now, bool doubts)
{
	uint64_t id[ONCE];
	unsigned n = 0;
	struct query q = db_query(db,
	        "select id from agree_round where stale = 1 union select id from agree_round where next <= "
	        "?1 limit 8");

	query_i64(&q, now / SECOND);
	while (n < ONCE && query_next(&q) == 1)
		id[n++] = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (unsigned i = 0; i < n; i++)
		round_refresh(here, db, id[i], now, doubts);
}
