/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody was woken for, or should be.
 */
#include "web/route.h"

static const struct list_column columns[] = {
        {"alert", "alert", LIST_STRING, "its id"},
        {"state", "state", LIST_STRING, "open, acked (somebody has it) or ended (its cause is gone)"},
        {"severity", "severity", LIST_STRING, "how bad"},
        {"topic", NULL, LIST_STRING,
                "findings, worse, call, escalated, feed, disk, letters, partners, case, test"},
        {"opened", "opened", LIST_TIME, "since when"},
        {"sentence", "what", LIST_STRING, "in words"},
        {"told", "told", LIST_STRING, "who was told, and what came of it"},
        {"next", "next", LIST_TIME, "when the next one is told"},
        {"person", "has it", LIST_STRING, "who has acknowledged it"},
        {"acked", NULL, LIST_TIME, "when"},
        {"ended", NULL, LIST_TIME, "since when its cause is gone"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

static void put_row(struct list *l, const struct query *q)
{
	list_id(l, 'A', query_get_u64(q, 0));
	for (int i = 1; i < 4; i++)
		list_text(l, query_get_text(q, i));
	list_time(l, query_get_i64(q, 4));
	list_text(l, query_get_text(q, 5));
	list_text(l, query_get_text(q, 6));
	list_time(l, query_get_i64(q, 7));
	list_text(l, query_get_text(q, 8));
	list_time(l, query_get_i64(q, 9));
	list_time(l, query_get_i64(q, 10));
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	uint64_t limit;
	struct list l;

	if (ask_limit(a, &limit, e) != 0)
		return ERR_USAGE;
#define SELECT                                                                                               \
	"select id, case when acked is not null then 'acked' when ended is not null then 'ended' else "      \
	"'open' end, severity, topic, opened, sentence, (select group_concat(person || ' by ' || way || "    \
	"': ' || state || case when answer = '' or state = 'sent' then '' else ' (' || answer || ')' end, "  \
	"', ') from alert_message where alert = alert.id), next, person, acked, ended from alert where "     \
	"(?1 or (acked is null and ended is null))"
	bool only = a->only.p != NULL;
	struct query q = only
	        ? db_query(a->state,
	                  SELECT " and id in (select value from json_each(?3)) order by id desc limit ?2")
	        : db_query(a->state, SELECT " order by id desc limit ?2");
#undef SELECT
	query_u64(&q, ask_has(a, "all") || only);
	query_u64(&q, limit);
	if (only)
		query_text(&q, a->only);
	list_begin(&l, &r->body, a->form, columns, NCOLUMNS, "alerts");
	while (query_next(&q) == 1)
		put_row(&l, &q);
	int rc = query_done(&q, e);
	list_end(&l);
	return rc;
}

static const struct list_table table = {"alerts", columns, NCOLUMNS, 'A', put_row};
static const struct route_param params[] = {
        {"all", PARAM_FLAG, "also those of the past"},
        ROUTE_LIMIT,
        {NULL, 0, NULL},
};

const struct route route_alerts = {.path = "/alerts",
        .about = "what somebody was woken for",
        .load = load,
        .right = RIGHT_READ,
        .params = params,
        .list = &table,
        .kind = CHANGES_ALERT};
