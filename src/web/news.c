/* SPDX-License-Identifier: Apache-2.0 */
#include "web/news.h"
#include "state/finding.h"
#include "web/findings_in.h"

/* The same as the statements below, in one walk. */
static void count_memory(
        const struct ask *a, const struct sheet_want *w, struct str person, int64_t now, struct news *ret)
{
	struct news n = {0};
	uint16_t mine = 0;
	size_t rows;
	const struct sheet_row *row = sheet_rows(a->sheet, &rows);
	bool some = person.len != 0 && sheet_assigned_find(a->sheet, person, &mine);

	for (size_t i = 0; i < rows; i++) {
		const struct sheet_row *r = &row[i];
		if (r->state == SHEET_CLOSED || !sheet_fits(w, r))
			continue;
		bool active = (SHEET_ACTIVE >> r->state & 1) != 0, fresh = r->id > ret->looked;
		n.fresh += fresh;
		n.critical += fresh && active && r->severity == 0;
		n.high += fresh && active && r->severity == 1;
		n.late += r->state == SHEET_OPEN && r->due < now;
		n.mine += active && some && r->assigned == mine;
	}
	for (size_t i = rows; i > 0 && ret->newest == 0; i--)
		ret->newest = sheet_fits(w, &row[i - 1]) ? row[i - 1].id : 0;
	uint64_t most = NEWS_MOST + 1;
	ret->fresh = n.fresh < most ? n.fresh : most;
	ret->critical = n.critical < most ? n.critical : most;
	ret->high = n.high < most ? n.high : most;
	ret->late = n.late < most ? n.late : most;
	ret->mine = n.mine;
}

int news_find(const struct ask *a, struct str person, int64_t now, struct news *ret, struct err *e)
{
	struct db *db = a->state;
	struct sheet_want want;
	struct query q = db_query(db, "select finding, at from looked where person = ?");

	*ret = (struct news){0};
	query_text(&q, person);
	if (query_next(&q) == 1) {
		ret->looked = query_get_u64(&q, 0);
		ret->when = query_get_i64(&q, 1);
	}
	int rc = query_done(&q, e);
	int memory = rc == 0 ? findings_want_all(a, &want, e) : rc;
	if (memory == 1)
		count_memory(a, &want, person, now, ret);
	if (memory != 0)
		return memory < 0 ? memory : 0;
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
