/* SPDX-License-Identifier: Apache-2.0 */
#include "state/kept.h"
#include "event/value.h"

int kept_get(struct db *db, uint32_t date, struct kept *ret, struct err *e)
{
	struct query q = db_query(db,
	        "select coalesce(sealed, 0), coalesce(events_gone, 0), coalesce(raw_gone, 0), "
	        "coalesce(masked, 0),"
	        " raw_why is 'masked', work from day where date = ?");
	struct kept k = {.date = date};

	query_u64(&q, date);
	if (query_next(&q) == 1)
		k = (struct kept){.date = date,
		        .sealed = query_get_i64(&q, 0),
		        .events_gone = query_get_i64(&q, 1),
		        .raw_gone = query_get_i64(&q, 2),
		        .masked = query_get_i64(&q, 3),
		        .raw_masked = query_get_u64(&q, 4) != 0,
		        .work = query_get_u64(&q, 5) != 0};
	int rc = query_done(&q, e);
	if (rc == 0)
		*ret = k;
	return rc;
}

static void time_or_null(struct query *q, int64_t t)
{
	if (t == 0)
		query_null(q);
	else
		query_i64(q, t);
}

void kept_put(struct db *db, const struct kept *k)
{
	struct query q = db_query(db,
	        "insert or replace into day(date, sealed, events_gone, raw_gone, masked, raw_why, work)"
	        " values (?, ?, ?, ?, ?, ?, ?)");

	query_u64(&q, k->date);
	time_or_null(&q, k->sealed);
	time_or_null(&q, k->events_gone);
	time_or_null(&q, k->raw_gone);
	time_or_null(&q, k->masked);
	query_text(&q, k->raw_gone == 0 ? (struct str){0} : k->raw_masked ? STR("masked") : STR("retention"));
	query_u64(&q, k->work);
	query_run(&q);
}

static struct str gone_text(const char *how, int64_t when, char *ret)
{
	char text[TIME_TEXT];

	value_time_print(text, when);
	return str_make(ret, (size_t)snprintf(ret, KEPT_TEXT, "%s on %.10s", how, text));
}

struct str kept_raw_text(const struct kept *k, char *ret)
{
	return gone_text(k->raw_masked ? "masked with its day" : "deleted by retention", k->raw_gone, ret);
}

struct str kept_events_text(const struct kept *k, char *ret)
{
	return gone_text("deleted by retention", k->events_gone, ret);
}

/* ---- what keeps a day ---------------------------------------------------------------------------- */

static int is_any(struct query *q, uint32_t date, bool *ret, struct err *e)
{
	query_u64(q, date);
	bool any = query_next(q) == 1;
	int rc = query_done(q, e);
	if (rc == 0)
		*ret = any;
	return rc;
}

int kept_held(struct db *db, uint32_t date, bool *ret, struct err *e)
{
	struct query q =
	        db_query(db, "select 1 from hold where ?1 between first and last and released is null");

	return is_any(&q, date, ret, e);
}

int kept_open(struct db *db, uint32_t date, bool *ret, struct err *e)
{
	struct query q = db_query(db,
	        "select 1 from receipt where day = ?1 and state in ('accepted', 'reading') union all"
	        " select 1 from reread w join receipt r on r.id = w.receipt where r.day = ?1 and w.dropped "
	        "is null");

	return is_any(&q, date, ret, e);
}

int kept_due(struct db *db, uint32_t date, bool *ret, struct err *e)
{
	struct query q = db_query(db,
	        "select 1 from notice n join notice_item i on i.notice = n.id join receipt r on r.id = "
	        "i.receipt"
	        " where n.state = 'due' and r.day = ? limit 1");

	return is_any(&q, date, ret, e);
}

int kept_last(struct db *db, uint32_t date, int64_t *ret, struct err *e)
{
	struct query q = db_query(db,
	        "select max(coalesce((select max(done) from receipt where day = ?1), 0), coalesce((select "
	        "max(w.dropped) from "
	        "reread w join receipt r on r.id = w.receipt where r.day = ?1), 0))");
	int64_t last = 0;

	query_u64(&q, date);
	if (query_next(&q) == 1)
		last = query_get_i64(&q, 0);
	int rc = query_done(&q, e);
	if (rc == 0)
		*ret = last;
	return rc;
}

/* ---- dates --------------------------------------------------------------------------------------- */

bool kept_date(struct str text, uint32_t *ret)
{
	char canonical[TIME_TEXT];
	uint32_t date = 0;
	int64_t t;

	if (text.len != 10 || !value_time(text, NULL, &t))
		return false;
	value_time_print(canonical, t);
	if (!str_eq(text, str_make(canonical, 10)))
		return false;
	for (unsigned i = 0; i < 10; i++)
		if (char_digit(text.p[i]))
			date = date * 10 + (uint32_t)(text.p[i] - '0');
	*ret = date;
	return true;
}

struct str kept_date_print(char *ret, uint32_t date)
{
	return str_make(ret,
	        (size_t)snprintf(
	                ret, 11, "%04u-%02u-%02u", date / 10000 % 10000, date / 100 % 100, date % 100));
}
