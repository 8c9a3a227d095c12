/* SPDX-License-Identifier: Apache-2.0
 *
 * Feeds: where reports come from, and which of them is late.
 */
#include "base/os.h"
#include "see/fetch.h"
#include "web/route.h"

static const struct list_column columns[] = {
        {"feed", "feed", LIST_STRING, "its file in feeds/"},
        {"title", NULL, LIST_STRING, "feed.name"},
        {"kind", "kind", LIST_STRING, "log, snapshot or delta"},
        {"enabled", "enabled", LIST_STRING, "yes or no"},
        {"fetched", "fetched", LIST_STRING, "yes: the node fetches it by itself"},
        {"cadence", "cadence s", LIST_NUMBER, "seconds; 0: not said"},
        {"expected", "expected", LIST_STRING,
                "days and time by which a report is to be there; null: not said"},
        {"received", "last came", LIST_TIME, "when its last report came"},
        {"good", "last good", LIST_TIME, "when the server last gave it, or said that nothing is new"},
        {"next", NULL, LIST_TIME, "when it is fetched again"},
        {"late", "late", LIST_STRING,
                "yes: nothing came by the time that it was expected, else for one and a half times its "
                "cadence; of a file that is fetched: the server gave nothing"},
        {"late_since", "late since", LIST_TIME, "since when; null: it is not late"},
        {"failures", "failures", LIST_NUMBER, "since it was good"},
        {"sentence", "what went wrong", LIST_STRING, "at the last failure, or with single reports"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

static void yes_no(struct list *l, uint64_t v)
{
	list_text(l, v ? STR("yes") : STR("no"));
}

static void put_row(struct list *l, const struct query *q)
{
	for (int i = 0; i < 3; i++)
		list_text(l, query_get_text(q, i));
	yes_no(l, query_get_u64(q, 3));
	yes_no(l, query_get_u64(q, 4));
	list_u64(l, query_get_u64(q, 5));
	list_text(l, query_get_text(q, 6).len != 0 ? query_get_text(q, 6) : (struct str){0});
	for (int i = 7; i < 10; i++)
		list_time(l, query_get_i64(q, i));
	yes_no(l, !query_is_null(q, 10));
	list_time(l, query_get_i64(q, 10));
	list_u64(l, query_get_u64(q, 11));
	list_text(l, query_get_text(q, 12));
}

static const struct list_table table = {"feeds", columns, NCOLUMNS, 0, put_row};

static int load(const struct ask *a, struct reply *r, struct err *e)
{
#define SELECT                                                                                               \
	"select name, title, kind, enabled, fetched, cadence, expected, (select max(received) from receipt " \
	"where feed = f.name), good, next, " FEEDS_LATE_SINCE ", failures, sentence from feed f"
	bool only = a->only.p != NULL;
	struct query q = only
	        ? db_query(a->state,
	                  SELECT " where name in (select n.name from feed_number n where n.id in "
	                         "(select value from json_each(?2))) order by name")
	        : db_query(a->state, SELECT " order by enabled desc, name");
#undef SELECT

	query_i64(&q, os_now());
	if (only)
		query_text(&q, a->only);
	return list_rows(&r->body, a->form, &table, &q, 0, e);
}

const struct route route_feeds = {.path = "/feeds",
        .about = "where reports come from",
        .load = load,
        .right = RIGHT_READ,
        .list = &table,
        .kind = CHANGES_FEED};
