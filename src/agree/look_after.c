/* SPDX-License-Identifier: Apache-2.0
 *
 * Commitments as they are, and what has changed of them since the round was reviewed last. A review is a word of this node alone (review.h), so
 * on a node that reviews nothing it is what has changed since adoption.
 */
#include "agree/look.h"
#include <stdlib.h>

#define EVIDENCES 16 /* of one commitment are shown */

/* ---- one ------------------------------------------------------------------------------------------- */

static bool is_open(struct str status)
{
	return !str_eq(status, STR("done")) && !str_eq(status, STR("dropped"));
}

static void read_commitment(const struct said *s, struct agree_commitment *c)
{
	struct item indicator = item_get(&s->body, STR("indicator"));

	memcpy(c->id, s->id, DIGEST_LEN);
	c->party = s->sender;
	c->said = s->created;
	c->what = item_text(&s->body, "what");
	c->owner = item_text(&s->body, "owner");
	c->clause = item_text(&s->body, "clause");
	c->status = STR("planned");
	(void)said_time(s, "due", &c->due);
	if (indicator.type != BODY_OBJECT)
		return;
	c->figure = item_text(&indicator, "figure");
	c->is = item_text(&indicator, "is");
	c->unit = item_text(&indicator, "unit");
	c->base = item_text(&indicator, "base");
	c->target = item_get(&indicator, STR("target")).n;
}

/* The newest word that its own party has said about it until then. */
static bool read_progress(
        struct db *db, struct arena *a, const struct agree_commitment *c, int64_t until, struct stored *ret)
{
	struct query q = db_query(db,
	        "select n from statement where reply = ?1 and sender = ?2 and +kind = 'agree.progress' and "
	        "signature "
	        "is not null and verdict in ('ok', 'gap', 'fork') and created <= ?3 order by seq desc, id "
	        "desc "
	        "limit 1");
	uint64_t n = 0;

	query_blob(&q, str_make((const char *)c->id, DIGEST_LEN));
	query_text(&q, c->party);
	query_i64(&q, until);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return n != 0 && store_find_n(db, n, a, ret);
}

/* Of all that its own party has said about it. */
static void read_evidence(struct db *db, struct arena *a, struct agree_commitment *c)
{
	struct query q = db_query(db,
	        "select n from statement where reply = ?1 and sender = ?2 and +kind = 'agree.progress' and "
	        "signature is not null and verdict in ('ok', 'gap', 'fork') order by seq desc, id desc limit "
	        "?3");
	uint64_t n[EVIDENCES];
	unsigned k = 0;

	c->evidence = arena_array(a, EVIDENCES, sizeof(*c->evidence));
	query_blob(&q, str_make((const char *)c->id, DIGEST_LEN));
	query_text(&q, c->party);
	query_u64(&q, EVIDENCES);
	while (k < EVIDENCES && query_next(&q) == 1)
		n[k++] = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (unsigned i = 0; i < k; i++) {
		struct stored *s = arena_new(a, struct stored);
		if (store_find_n(db, n[i], a, s))
			c->evidences = evidence_of(
			        stored_body(s, a), s->h.created, c->evidence, c->evidences, EVIDENCES);
	}
}

static void read_moved(struct db *db, struct arena *a, struct agree_commitment *c)
{
	struct stored *s = arena_new(a, struct stored);

	if (!read_progress(db, a, c, INT64_MAX, s))
		return;
	struct item body = stored_body(s, a);
	c->moved = s->h.created;
	c->status = item_text(&body, "status");
	c->words = item_get(&body, STR("text"));
}

/* With late as it is computed at that time. */
static struct str status_at(struct str status, int64_t due, int64_t at)
{
	return due < at && is_open(status) ? STR("late") : status;
}

/* ---- what has changed of it ------------------------------------------------------------------------ */

static void read_since(struct db *db, struct agree_commitment *c)
{
	struct query q = db_query(db,
	        "select coalesce(max(v.at) / 1000000, r.adopted, 0), max(v.at) is not null from agree_round "
	        "r left join agree_review v on v.round = r.id where r.id = ?");

	query_u64(&q, c->round);
	if (query_next(&q) == 1) {
		c->since = query_get_i64(&q, 0);
		c->reviewed = query_get_u64(&q, 1) != 0;
	}
	query_done(&q, NULL);
}

static void read_changed(struct db *db, struct arena *a, struct agree_commitment *c)
{
	struct stored *s = arena_new(a, struct stored);
	struct str then = STR("planned");

	read_since(db, c);
	c->is_new = c->said > c->since;
	c->was = c->changed = STR("");
	if (!c->is_new && read_progress(db, a, c, c->since, s)) {
		struct item body = stored_body(s, a);
		then = item_text(&body, "status");
	}
	if (!c->is_new)
		c->was = status_at(then, c->due, c->since);
	bool moved = !str_eq(c->status, c->is_new ? then : c->was);
	if (c->is_new)
		c->changed = moved ? arena_printf(a, "new %.*s", STR_ARG(c->status)) : STR("new");
	else if (moved)
		c->changed = c->status;
}

static int by_owner(const void *a, const void *b)
{
	const struct agree_commitment *x = a, *y = b;
	int order = str_cmp(x->party, y->party);

	if (order == 0)
		order = str_cmp(x->owner, y->owner);
	if (order == 0)
		order = x->due < y->due ? -1 : x->due > y->due;
	return order != 0 ? order : memcmp(x->id, y->id, DIGEST_LEN);
}

struct promise {
	uint64_t n, round;
	struct str instrument;
	uint32_t number;
};

static bool fill(
        struct db *db, struct arena *a, const struct promise *p, int64_t now, struct agree_commitment *ret)
{
	struct stored *s = arena_new(a, struct stored);

	if (!store_find_n(db, p->n, a, s))
		return false;
	struct said said = said_make(s->id, &s->h, stored_body(s, a));
	*ret = (struct agree_commitment){.round = p->round, .instrument = p->instrument, .number = p->number};
	read_commitment(&said, ret);
	read_moved(db, a, ret);
	read_evidence(db, a, ret);
	ret->status = status_at(ret->status, ret->due, now);
	read_changed(db, a, ret);
	return true;
}

unsigned agree_commitments(
        struct db *db, struct arena *a, uint64_t round, int64_t now, struct agree_commitment **ret)
{
	struct query q = db_query(db,
	        "select s.n, r.id, r.instrument, r.number from statement s join agree_round r on r.open = "
	        "s.case_id "
	        "where s.kind = 'agree.commitment' and s.signature is not null and s.verdict in ('ok', "
	        "'gap', 'fork') "
	        "and (?1 = 0 or r.id = ?1) order by s.n");
	VEC(struct promise) all = {0};
	unsigned n = 0;

	query_u64(&q, round);
	while (query_next(&q) == 1)
		*(struct promise *)vec_add(&all) = (struct promise){.n = query_get_u64(&q, 0),
		        .round = query_get_u64(&q, 1),
		        .instrument = arena_str(a, query_get_text(&q, 2)),
		        .number = (uint32_t)query_get_u64(&q, 3)};
	query_done(&q, NULL);
	*ret = arena_array(a, all.n + 1, sizeof(**ret));
	for (size_t i = 0; i < all.n; i++)
		n += fill(db, a, &all.v[i], now, &(*ret)[n]);
	vec_done(&all);
	qsort(*ret, n, sizeof(**ret), by_owner);
	return n;
}

unsigned agree_late(struct db *db, struct arena *a, struct str party, int64_t now)
{
	struct query q = db_query(db,
	        "select s.n from statement s join agree_round r on r.open = s.case_id where s.kind = "
	        "'agree.commitment' and s.sender = ? and s.signature is not null and s.verdict in ('ok', "
	        "'gap', 'fork')");
	unsigned late = 0;

	query_text(&q, party);
	while (query_next(&q) == 1) {
		struct stored *s = arena_new(a, struct stored);
		struct agree_commitment c = {0};
		if (!store_find_n(db, query_get_u64(&q, 0), a, s))
			continue;
		struct said said = said_make(s->id, &s->h, stored_body(s, a));
		read_commitment(&said, &c);
		read_moved(db, a, &c);
		late += str_eq(status_at(c.status, c.due, now), STR("late"));
	}
	query_done(&q, NULL);
	return late;
}

/* ---- who joins and leaves ------------------------------------------------------------------------ */

bool agree_joined(struct db *db, const struct round_loaded *r, struct str party)
{
	struct query q = db_query(db,
	        "select kind from statement where case_id = ?1 and sender = ?2 and +kind in ('agree.accede', "
	        "'agree.leave') and verdict in ('ok', 'gap', 'fork') order by seq desc limit 1");
	bool joined = manifest_member(&r->manifest, party) < r->manifest.members;

	query_blob(&q, str_make((const char *)r->open.id, DIGEST_LEN));
	query_text(&q, party);
	if (query_next(&q) == 1)
		joined = str_eq(query_get_text(&q, 0), STR("agree.accede"));
	query_done(&q, NULL);
	return joined;
}
