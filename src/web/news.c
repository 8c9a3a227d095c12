/* SPDX-License-Identifier: Apache-2.0 */
#include "web/news.h"

int news_find(struct db *db, struct str person, int64_t now, struct news *ret, struct err *e)
{
	struct query q = db_query(db, "select finding, at from looked where person = ?");

	*ret = (struct news){0};
	query_text(&q, person);
	if (query_next(&q) == 1) {
		ret->looked = query_get_u64(&q, 0);
		ret->when = query_get_i64(&q, 1);
	}
	int rc = query_done(&q, e);
	if (rc != 0)
		return rc;
	/* one walk through what came since */
	struct query n = db_query(db,
	        "select coalesce(max(id), ?1), count(*) filter (where state <> 'closed'),"
	        " count(*) filter (where state <> 'closed' and severity = 'critical'),"
	        " count(*) filter (where state <> 'closed' and severity = 'high') from finding where id > "
	        "?1");
	query_u64(&n, ret->looked);
	if (query_next(&n) == 1) {
		ret->newest = query_get_u64(&n, 0);
		ret->fresh = query_get_u64(&n, 1);
		ret->critical = query_get_u64(&n, 2);
		ret->high = query_get_u64(&n, 3);
	}
	rc = query_done(&n, e);
	if (rc != 0)
		return rc;
	struct query late = db_query(
	        db, "select count(*) from finding where due < ? and told is null and state = 'open'");
	query_i64(&late, now);
	if (query_next(&late) == 1)
		ret->late = query_get_u64(&late, 0);
	return query_done(&late, e);
}
