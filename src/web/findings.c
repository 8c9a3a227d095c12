/* SPDX-License-Identifier: Apache-2.0
 *
 * The problems at owners.
 */
#include "web/findings.h"

static const struct list_column columns[] = {
        {"finding", "finding", LIST_STRING, "its id"},
        {"owner", "owner", LIST_STRING, "id of the owner in the register"},
        {"class", "class", LIST_STRING, "classification.type"},
        {"identifier", "identifier", LIST_STRING, "classification.identifier"},
        {"malware", "malware", LIST_STRING, "malware.name"},
        {"place", "where", LIST_STRING, "address, name, URL or account"},
        {"port", "port", LIST_NUMBER, "0: none"},
        {"severity", "severity", LIST_STRING, "of the rule, else of the sender, else of the class"},
        {"criticality", NULL, LIST_NUMBER, "of the asset, 1 to 5; 0: unknown"},
        {"label", NULL, LIST_STRING, "TLP"},
        {"state", "state", LIST_STRING,
                "open, seen-again (said to be fixed), told, told-again, quiet or closed"},
        {"decision", "decision", LIST_STRING, "what the rule says is to be done"},
        {"first", "first seen", LIST_TIME, "time of the first event"},
        {"last", "last seen", LIST_TIME, "time of the last event"},
        {"events", "events", LIST_NUMBER, "events that showed it"},
        {"receipts", NULL, LIST_NUMBER, "receipts that showed it"},
        {"due", NULL, LIST_TIME, "by when somebody must be told"},
        {"why", NULL, LIST_STRING,
                "closed because: gone, fixed, false-positive, accepted-risk or misread (no report shows it "
                "any more)"},
        {"letters", NULL, LIST_NUMBER, "rounds of letters that went out about it"},
        {"told", NULL, LIST_TIME, "when the mail server last took one"},
        {"next", NULL, LIST_TIME, "when it is looked at again: told again, or quiet no longer"},
        {"escalated", NULL, LIST_TIME, "since when its letters had no effect and a person is needed"},
        {"assigned", NULL, LIST_STRING, "the person who works on it"},
        {"owner_name", NULL, LIST_STRING, "as the register calls the owner"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

static void put_row(struct list *l, const struct query *q)
{
	list_id(l, 'F', query_get_u64(q, 0));
	for (int i = 1; i < 6; i++)
		list_text(l, query_get_text(q, i));
	list_u64(l, query_get_u64(q, 6));
	list_text(l, query_get_text(q, 7));
	list_u64(l, query_get_u64(q, 8));
	for (int i = 9; i < 12; i++)
		list_text(l, query_get_text(q, i));
	list_time(l, query_get_i64(q, 12));
	list_time(l, query_get_i64(q, 13));
	list_u64(l, query_get_u64(q, 14));
	list_u64(l, query_get_u64(q, 15));
	list_time(l, query_get_i64(q, 16));
	list_text(l, query_get_text(q, 17));
	list_u64(l, query_get_u64(q, 18));
	for (int i = 19; i < 22; i++)
		list_time(l, query_get_i64(q, i));
	list_text(l, query_get_text(q, 22));
	list_text(l, query_get_text(q, 23));
}

static const struct list_table table = {"findings", columns, NCOLUMNS, 'F', put_row};

static int count(const struct ask *a, struct buf *out, struct err *e)
{
	uint64_t n = 0;
	int rc = findings_count(a, (struct str){0}, 0, &n, e);

	if (rc == 0)
		buf_printf(out, "%llu\n", (unsigned long long)n);
	return rc;
}

static int rows(const struct ask *a, struct buf *out, struct err *e)
{
	struct findings_found f;
	struct list l;
	int rc = findings_find(a, (struct str){0}, false, &f, e);

	if (rc != 0)
		return rc;
	list_begin(&l, out, a->form, columns, NCOLUMNS, table.name);
	struct query q = findings_rows(a, &f);
	while (query_next(&q) == 1)
		table.put(&l, &q);
	rc = query_done(&q, e);
	if (f.next.p != NULL)
		list_next(&l, f.next);
	list_end(&l);
	return rc;
}

/* A file is made of many lists, one after the other: what one needs goes with it. */
static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct ask own = *a;
	struct arena arena;

	arena_init(&arena, 0);
	own.arena = &arena;
	int rc = ask_has(a, "count") ? count(&own, &r->body, e) : rows(&own, &r->body, e);
	arena_done(&arena);
	return rc;
}

static const struct route_param params[] = {
        {"owner", PARAM_TEXT, "id of the owner in the register, else a part of a name or an id"},
        {"sector", PARAM_TEXT, "of owners of this sector"},
        {"country", PARAM_TEXT, "of owners that stand for this country"},
        {"class", PARAM_TEXT, "classification.type"},
        {"severity", PARAM_TEXT, "critical, high, medium, low or info"},
        {"state", PARAM_TEXT,
                "open, seen-again, told, told-again, active (one of these), late, escalated, quiet or "
                "closed"},
        {"place", PARAM_TEXT, "address, prefix, name or what lies below it, URL, account"},
        {"ip", PARAM_TEXT, "the same"},
        {"name", PARAM_TEXT, "the same"},
        {"q", PARAM_TEXT, "text in place, malware, identifier, class, owner or notes"},
        {"assigned", PARAM_TEXT, "that this person works on; me, or nobody"},
        {"newer", PARAM_ID, "that came after this one"},
        ROUTE_SINCE("last seen"),
        ROUTE_UNTIL("last seen"),
        {"sort", PARAM_TEXT,
                "finding, severity, class, owner, place, first, last, events, state, due, criticality or "
                "assigned"},
        {"dir", PARAM_TEXT, "asc or desc"},
        {"after", PARAM_TEXT,
                "where the answer goes on: next of the answer before, such as F12 or F12~VALUE"},
        {"before", PARAM_TEXT, "the same backwards"},
        ROUTE_LIMIT,
        ROUTE_COUNT,
        {NULL, 0, NULL},
};

const struct route route_findings = {.path = "/findings",
        .about = "problems at owners, newest first",
        .load = load,
        .right = RIGHT_READ,
        .narrow = true,
        .params = params,
        .list = &table,
        .kind = CHANGES_FINDING};
