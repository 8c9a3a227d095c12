/* SPDX-License-Identifier: Apache-2.0
 *
 * What nobody is told of for a while.
 */
#include "base/os.h"
#include "web/route.h"

static const struct list_column columns[] = {
        {"quiet", "quiet", LIST_STRING, "its id"},
        {"class", "class", LIST_STRING, "classification.type; empty: any"},
        {"place", "where", LIST_STRING, "address, prefix or name; empty: any"},
        {"contact", "contact", LIST_STRING, "address that is not written to; empty: any"},
        {"until", "until", LIST_TIME, "when it ends"},
        {"findings", "findings", LIST_NUMBER, "that are quiet because of it"},
        {"why", "why", LIST_STRING, "the person's reason"},
        {"person", "person", LIST_STRING, "who asked for it"},
        {"made", NULL, LIST_TIME, "when"},
        {"lifted", NULL, LIST_TIME, "when it was ended by hand"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

static void put_row(struct list *l, const struct query *q)
{
	list_id(l, 'Q', query_get_u64(q, 0));
	for (int i = 1; i < 4; i++)
		list_text(l, query_get_text(q, i));
	list_time(l, query_get_i64(q, 4));
	list_u64(l, query_get_u64(q, 5));
	list_text(l, query_get_text(q, 6));
	list_text(l, query_get_text(q, 7));
	list_time(l, query_get_i64(q, 8));
	list_time(l, query_get_i64(q, 9));
}

static const struct list_table table = {"quiets", columns, NCOLUMNS, 'Q', put_row};

/* Those that hold; with all, also those of the past. */
static int load(const struct ask *a, struct reply *r, struct err *e)
{
#define SELECT                                                                                               \
	"select id, class, place, contact, until, (select count(*) from finding where quiet = q.id and "     \
	"state = 'quiet'), why, person, made, lifted from quiet q where (?1 or (lifted is null and until "   \
	"> ?2))"
	bool only = a->only.p != NULL;
	struct query q = only
	        ? db_query(a->state, SELECT " and id in (select value from json_each(?3)) order by id desc")
	        : db_query(a->state, SELECT " order by id desc");
#undef SELECT

	query_u64(&q, ask_has(a, "all") || only);
	query_i64(&q, os_now());
	if (only)
		query_text(&q, a->only);
	return list_rows(&r->body, a->form, &table, &q, 0, e);
}

static const struct route_param params[] = {
        {"all", PARAM_FLAG, "also those of the past"},
        {NULL, 0, NULL},
};

const struct route route_quiets = {.path = "/quiets",
        .about = "what nobody is told of for a while",
        .load = load,
        .right = RIGHT_READ,
        .params = params,
        .list = &table,
        .kind = CHANGES_QUIET};
