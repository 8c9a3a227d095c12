/* SPDX-License-Identifier: Apache-2.0
 *
 * The problems at owners.
 */
#include "web/route.h"

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
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

#define WHERE                                                                                                \
	" from finding f join owner o on o.id = f.owner where (?1 is null or o.ref = ?1) and (?2 is null "   \
	"or f.class = ?2)"                                                                                   \
	" and (?3 is null or f.severity = ?3) and (?4 is null or f.state = ?4 or f.stage = ?4 or (?4 = "     \
	"'escalated' and "                                                                                   \
	"f.escalated is not null and f.state <> 'closed')) and (?5 is null or f.place "                      \
	"= ?5)"                                                                                              \
	" and (?6 = 0 or f.last >= ?6) and (?7 = 0 or f.last < ?7) and (?8 = 0 or f.id < ?8)"

struct filter {
	struct str owner, class, severity, state, place;
	struct ask_page page;
};

static void bind(struct query *q, const struct filter *f)
{
	query_text(q, f->owner);
	query_text(q, f->class);
	query_text(q, f->severity);
	query_text(q, f->state);
	query_text(q, f->place);
	ask_page_bind(q, &f->page);
}

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
}

static const struct list_table table = {"findings", columns, NCOLUMNS, 'F', put_row};

static int read_filter(const struct ask *a, struct filter *ret, struct err *e)
{
	struct filter f = {.owner = ask_param(a, "owner"),
	        .class = ask_param(a, "class"),
	        .severity = ask_param(a, "severity"),
	        .state = ask_param(a, "state"),
	        .place = ask_has(a, "ip") ? ask_param(a, "ip") : ask_param(a, "name")};

	if (ask_page(a, 'F', &f.page, e) != 0)
		return ERR_USAGE;
	*ret = f;
	return 0;
}

/* One row more than the page has, if there is one. */
static struct query rows_of(const struct ask *a, const struct filter *f)
{
#define SELECT                                                                                               \
	"select f.id, o.ref, f.class, f.ident, f.malware, f.place, f.port, f.severity, f.criticality, "      \
	"f.label, f.stage, f.decision, f.first, f.last, f.events, f.receipts, f.due, case when f.misread "   \
	"is null then f.why else 'misread' end, f.letters, f.told, f.next, f.escalated" WHERE
	struct query q = a->only.p != NULL
	        ? db_query(a->state,
	                  SELECT
	                  " and f.id in (select value from json_each(?10)) order by f.id desc limit ?9")
	        : db_query(a->state, SELECT " order by f.id desc limit ?9");
#undef SELECT
	bind(&q, f);
	query_u64(&q, f->page.limit + 1);
	if (a->only.p != NULL)
		query_text(&q, a->only);
	return q;
}

int findings_query(const struct ask *a, struct query *ret, uint64_t *ret_limit, struct err *e)
{
	struct filter f;

	if (read_filter(a, &f, e) != 0)
		return ERR_USAGE;
	*ret = rows_of(a, &f);
	*ret_limit = f.page.limit;
	return 0;
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct filter f;

	if (read_filter(a, &f, e) != 0)
		return ERR_USAGE;
	if (ask_has(a, "count")) {
		struct query q = db_query(a->state, "select count(*)" WHERE);
		bind(&q, &f);
		return list_count(&r->body, &q, e);
	}
	struct query q = rows_of(a, &f);
	return list_rows(&r->body, a->form, &table, &q, f.page.limit, e);
}

static const struct route_param params[] = {
        {"owner", PARAM_TEXT, "id of the owner in the register"},
        {"class", PARAM_TEXT, "classification.type"},
        {"severity", PARAM_TEXT, "critical, high, medium, low or info"},
        {"state", PARAM_TEXT, "open, seen-again, told, told-again, quiet, closed or escalated"},
        {"ip", PARAM_TEXT, "address"},
        {"name", PARAM_TEXT, "name, URL or account"},
        ROUTE_SINCE("last seen"),
        ROUTE_UNTIL("last seen"),
        ROUTE_AFTER("F12"),
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
