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
	struct query q = db_query(a->state,
	        "select id, first, last, person, at, coalesce(released, 0), released_by, why from hold"
	        " where ?1 or released is null order by id desc");
	struct list l;

	query_u64(&q, ask_has(a, "all"));
	list_begin(&l, &r->body, a->form, columns, NCOLUMNS, "holds");
	while (query_next(&q) == 1)
		put_row(&l, &q);
	int rc = query_done(&q, e);
	list_end(&l);
	return rc;
}

const struct route route_holds = {"/holds", "days that stay as they are", false, load};
