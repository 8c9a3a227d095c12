/* SPDX-License-Identifier: Apache-2.0
 *
 * Holds: days that stay as they are.
 */
#include "state/kept.h"
#include "web/route.h"

static const struct list_column columns[] = {
        {"hold", "hold", LIST_STRING, "its id"},
        {"first", "from", LIST_STRING, "the first day that stays"},
        {"last", "until", LIST_STRING, "the last"},
        {"person", "by", LIST_STRING, "who asked for it"},
        {"at", "at", LIST_TIME, "when"},
        {"released", "released", LIST_TIME, "when it was ended"},
        {"released_by", NULL, LIST_STRING, "who ended it"},
        {"why", "why", LIST_STRING, "in that person's words"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

static void put_row(struct list *l, const struct query *q)
{
	char date[11];

	list_id(l, 'H', query_get_u64(q, 0));
	list_text(l, kept_date_print(date, (uint32_t)query_get_u64(q, 1)));
	list_text(l, kept_date_print(date, (uint32_t)query_get_u64(q, 2)));
	list_text(l, query_get_text(q, 3));
	list_time(l, query_get_i64(q, 4));
	list_time(l, query_get_i64(q, 5));
	list_text(l, query_get_text(q, 6));
	list_text(l, query_get_text(q, 7));
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
#define SELECT                                                                                               \
	"select id, first, last, person, at, coalesce(released, 0), released_by, why from hold where (?1 "   \
	"or released is null)"
	bool only = a->only.p != NULL;
	struct query q = only
	        ? db_query(a->state, SELECT " and id in (select value from json_each(?2)) order by id desc")
	        : db_query(a->state, SELECT " order by id desc");
#undef SELECT
	struct list l;

	query_u64(&q, ask_has(a, "all") || only);
	if (only)
		query_text(&q, a->only);
	list_begin(&l, &r->body, a->form, columns, NCOLUMNS, "holds");
	while (query_next(&q) == 1)
		put_row(&l, &q);
	int rc = query_done(&q, e);
	list_end(&l);
	return rc;
}

static const struct list_table table = {"holds", columns, NCOLUMNS, 'H', put_row};
static const struct route_param params[] = {
        {"all", PARAM_FLAG, "also those of the past"},
        {NULL, 0, NULL},
};

const struct route route_holds = {.path = "/holds",
        .about = "days that stay as they are",
        .load = load,
        .right = RIGHT_READ,
        .params = params,
        .list = &table,
        .kind = CHANGES_HOLD};
