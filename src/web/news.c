/* SPDX-License-Identifier: Apache-2.0 */
#include "web/news.h"
#include "state/finding.h"

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
	int64_t since = (int64_t)ret->looked;
	struct {
		const char *sql;
		int64_t value;
		uint64_t *ret;
	} const counts[] = {
	        {"select coalesce(max(id), 0) from finding where id > ?", 0, &ret->newest},
	        {"select count(*) from (select 1 from finding where id > ? and state <> 'closed' limit "
	         "10001)",
	                since, &ret->fresh},
	        {"select count(*) from (select 1 from finding where id > ? and " FINDING_RANK(
	                 "") " = 0 and " FINDING_ACTIVE("") " limit 10001)",
	                since, &ret->critical},
	        {"select count(*) from (select 1 from finding where id > ? and " FINDING_RANK(
	                 "") " = 1 and " FINDING_ACTIVE("") " limit 10001)",
	                since, &ret->high},
	        {FINDING_LATE, now, &ret->late},
	};
	for (size_t i = 0; rc == 0 && i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct query n = db_query(db, counts[i].sql);
		query_i64(&n, counts[i].value);
		if (query_next(&n) == 1)
			*counts[i].ret = query_get_u64(&n, 0);
		rc = query_done(&n, e);
	}
	if (rc != 0)
		return rc;
	struct query mine = db_query(db,
	        "select count(*) from finding where assigned = ? and assigned <> '' and " FINDING_ACTIVE(""));
	query_text(&mine, person);
	if (query_next(&mine) == 1)
		ret->mine = query_get_u64(&mine, 0);
	return query_done(&mine, e);
}
