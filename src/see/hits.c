/* SPDX-License-Identifier: Apache-2.0 */
#include "see/hits.h"

void hits_add(struct hits *h, const struct rules *rules, const struct verdict *v, uint32_t rows)
{
	uint32_t red = 0;

	if (h->count == NULL) {
		h->n = rules_count(rules) + 1;
		h->count = mem_zero(h->n, sizeof(*h->count));
	}
	for (uint32_t i = 0; i < rows; i++) {
		h->count[v[i].rule < h->n ? v[i].rule : 0]++;
		red |= v[i].tlp == TLP_RED;
	}
	h->red |= red != 0;
}

void hits_fresh(struct hits *h, uint64_t finding)
{
	h->fresh_from = h->fresh_from == 0 ? finding : h->fresh_from;
	h->fresh_to = finding;
}

static void put_fresh(const struct hits *h, struct db *db, const struct receipt *r)
{
	struct query q = db_query(db,
	        "update receipt set fresh_from = case when fresh_from = 0 then ?1 else fresh_from end, "
	        "fresh_to = ?2 "
	        "where id = ?3");

	query_u64(&q, h->fresh_from);
	query_u64(&q, h->fresh_to);
	query_u64(&q, r->id);
	query_run(&q);
}

static void put_red(struct db *db, const struct receipt *r)
{
	/* what it came in has the same bytes */
	struct query q = db_query(db,
	        "with recursive up(id) as (select ?1 union select r.parent from receipt r join up on r.id = "
	        "up.id "
	        "where r.parent is not null) update receipt set red = 1 where id in (select id from up) and "
	        "red = 0");

	query_u64(&q, r->id);
	query_run(&q);
}

void hits_put(struct hits *h, struct db *db, uint32_t ruleset, const struct receipt *r)
{
	for (uint32_t i = 0; i < h->n; i++) {
		if (h->count[i] == 0)
			continue;
		struct query q = db_query(db,
		        "insert into rule_hit(ruleset, rule, day, hits) values (?, ?, ?, ?)"
		        " on conflict(day, ruleset, rule) do update set hits = hits + excluded.hits");
		query_u64(&q, ruleset);
		query_u64(&q, i);
		query_u64(&q, r->day);
		query_u64(&q, h->count[i]);
		query_run(&q);
	}
	if (h->red)
		put_red(db, r);
	if (h->fresh_from != 0)
		put_fresh(h, db, r);
	hits_clear(h);
}

void hits_clear(struct hits *h)
{
	if (h->count != NULL)
		memset(h->count, 0, h->n * sizeof(*h->count));
	h->red = false;
	h->fresh_from = h->fresh_to = 0;
}

void hits_done(struct hits *h)
{
	free(h->count);
}
