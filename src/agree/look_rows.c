/* SPDX-License-Identifier: Apache-2.0
 *
 * Drafts, what waits for a second person, commitments.
 */
#include "agree/look.h"
#include <stdlib.h>

/* ---- words --------------------------------------------------------------------------------------- */

struct str agree_words_of(const struct item *words, struct str lang, struct str *ret_lang)
{
	struct str best = STR(""), best_lang = STR("");

	if (words->type != BODY_OBJECT)
		return best;
	for (struct item_each e = item_each(words); item_next(&e);) {
		bool wanted = str_eq(e.name, lang), english = str_eq(e.name, STR("en"));
		if (e.item.type != BODY_TEXT || (best_lang.len > 0 && !wanted && !english) ||
		        (english && str_eq(best_lang, lang)))
			continue;
		best = e.item.text;
		best_lang = e.name;
	}
	*ret_lang = best_lang;
	return best;
}

struct str agree_persons(struct arena *a, const struct item *body)
{
	struct item by = item_get(body, STR("by"));
	auto_buf struct buf out = {0};

	if (by.type != BODY_LIST)
		return STR("");
	for (struct item_each e = item_each(&by); item_next(&e);) {
		if (e.item.type != BODY_OBJECT)
			continue;
		buf_add(&out, out.len > 0 ? STR(", ") : STR(""));
		buf_add(&out, item_text(&e.item, "id"));
	}
	return arena_str(a, buf_str(&out));
}

/* ---- drafts -------------------------------------------------------------------------------------- */

unsigned agree_drafts(struct db *db, struct arena *a, struct str instrument, struct agree_draft_look **ret)
{
	struct query q = db_query(db,
	        "select instrument, lang, authentic, text, at, person from agree_draft where ?1 is null or "
	        "instrument = ?1 order by instrument, authentic desc, lang collate binary");
	VEC(struct agree_draft_look) all = {0};

	query_text(&q, instrument);
	while (query_next(&q) == 1)
		*(struct agree_draft_look *)vec_add(&all) =
		        (struct agree_draft_look){.instrument = arena_str(a, query_get_text(&q, 0)),
		                .lang = arena_str(a, query_get_text(&q, 1)),
		                .authentic = query_get_u64(&q, 2) != 0,
		                .text = arena_str(a, query_get_blob(&q, 3)),
		                .at = query_get_i64(&q, 4),
		                .person = arena_str(a, query_get_text(&q, 5))};
	query_done(&q, NULL);
	unsigned n = (unsigned)all.n;
	*ret = arena_array(a, n + 1, sizeof(**ret));
	if (n > 0)
		memcpy(*ret, all.v, n * sizeof(**ret));
	vec_done(&all);
	return n;
}

/* ---- two persons --------------------------------------------------------------------------------- */

unsigned agree_waitings(struct db *db, struct arena *a, uint64_t round, struct agree_waiting **ret)
{
	struct query q = db_query(db,
	        "select p.id, coalesce(p.round, 0), p.kind, p.instrument, p.members, p.manifest, p.label, "
	        "p.role, "
	        "p.person, coalesce(r.number, 0), p.at from agree_pending p left join agree_round r on r.id "
	        "= "
	        "p.round where ?1 = 0 or p.round = ?1 order by p.id");
	VEC(struct agree_waiting) all = {0};

	query_u64(&q, round);
	while (query_next(&q) == 1)
		*(struct agree_waiting *)vec_add(&all) = (struct agree_waiting){.id = query_get_u64(&q, 0),
		        .round = query_get_u64(&q, 1),
		        .kind = arena_str(a, query_get_text(&q, 2)),
		        .instrument = arena_str(a, query_get_text(&q, 3)),
		        .members = arena_str(a, query_get_text(&q, 4)),
		        .manifest = arena_str(a, query_get_text(&q, 5)),
		        .label = arena_str(a, query_get_text(&q, 6)),
		        .role = arena_str(a, query_get_text(&q, 7)),
		        .person = arena_str(a, query_get_text(&q, 8)),
		        .number = (uint32_t)query_get_u64(&q, 9),
		        .at = query_get_i64(&q, 10)};
	query_done(&q, NULL);
	unsigned n = (unsigned)all.n;
	*ret = arena_array(a, n + 1, sizeof(**ret));
	if (n > 0)
		memcpy(*ret, all.v, n * sizeof(**ret));
	vec_done(&all);
	return n;
}

/* ---- commitments --------------------------------------------------------------------------------- */

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

/* The newest word that its own party has said about it. */
static void read_progress(struct db *db, struct arena *a, struct agree_commitment *c)
{
	struct query q = db_query(db,
	        "select n from statement where reply = ?1 and sender = ?2 and kind = 'agree.progress' and "
	        "signature "
	        "is not null and verdict in ('ok', 'gap', 'fork') order by seq desc, id desc limit 1");
	struct stored *s = arena_new(a, struct stored);
	uint64_t n = 0;

	query_blob(&q, str_make((const char *)c->id, DIGEST_LEN));
	query_text(&q, c->party);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_done(&q, NULL);
	if (n == 0 || !store_find_n(db, n, a, s))
		return;
	struct item body = stored_body(s, a);
	c->moved = s->h.created;
	c->status = item_text(&body, "status");
	c->words = item_get(&body, STR("text"));
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
	read_progress(db, a, ret);
	if (ret->due < now && is_open(ret->status))
		ret->status = STR("late");
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
