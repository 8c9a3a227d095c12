/* SPDX-License-Identifier: Apache-2.0 */
#include "event/personal.h"
#include "see/keep.h"

#define DAY_US (24 * (int64_t)3600 * 1000000)

/* Where a finding is, if that is an account, unless a later day has shown it again: that day tells it when it is masked
 * itself. A record's time is at most a day after its receipt (see/reading.c). */
static void mask_places(struct node *n, const struct day_view *v)
{
	const struct batch *b = &v->batch;
	struct str place;
	char buf[64];

	for (uint32_t i = 0; i < b->head->rows; i++) {
		if (v->verdicts[i].finding == 0)
			continue;
		(void)decide_place(b, &b->rows[i], buf, &place);
		if (!personal_value(b, &b->rows[i], place))
			continue;
		struct query q = db_query(n->state,
		        "update finding set place = 'masked' where id = ? and last < ? and place <> "
		        "'masked'");
		query_u64(&q, v->verdicts[i].finding);
		query_i64(&q, v->chunk.received + 2 * DAY_US);
		query_run(&q);
	}
}

/* One machine, a name or an account. */
static bool is_network(struct str place)
{
	struct prefix p;
	bool host;

	return prefix_parse(place, &p, &host) && p.len < 128;
}

void keep_mask_quiets(struct node *n, int64_t until)
{
	VEC(uint64_t) ids = {0};
	struct query q = db_query(n->state,
	        "select id, place from quiet where place not in ('', 'masked') and coalesce(lifted, until) < "
	        "?");

	query_i64(&q, until);
	while (query_next(&q) == 1)
		if (!is_network(query_get_text(&q, 1)))
			*vec_add(&ids) = query_get_u64(&q, 0);
	query_run(&q);
	for (size_t i = 0; i < ids.n; i++) {
		struct query up = db_query(n->state, "update quiet set place = 'masked' where id = ?");
		query_u64(&up, ids.v[i]);
		query_run(&up);
	}
	vec_done(&ids);
}

int keep_mask_chunk(struct node *n, struct day *d, uint64_t *cursor, struct err *e)
{
	struct day_info c;
	struct day_view v;
	int rc = day_chunk_before(d, cursor, &c, e);

	if (rc != 1)
		return rc;
	rc = day_get(d, c.receipt, c.edition, c.chunk, &v, e);
	if (rc != 0)
		return rc;
	/* as long as the chunk is not masked, it can be told which findings are at accounts */
	db_begin(n->state);
	mask_places(n, &v);
	rc = db_commit(n->state, e);
	if (rc == 0 && personal_mask(&v.batch) > 0) {
		rc = db_exec(day_db(d), "pragma secure_delete = on", e);
		db_begin(day_db(d));
		day_rest_put(d, &v);
		int bad = db_commit(day_db(d), e);
		rc = rc != 0 ? rc : bad;
	}
	day_view_done(&v);
	return rc != 0 ? rc : 1;
}
