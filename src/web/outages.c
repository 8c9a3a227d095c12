/* SPDX-License-Identifier: Apache-2.0
 *
 * Outages, ours and those that neighbours tell of: as a list, and as a page with the forms by which ours are told.
 */
#include "web/page.h"
#include "web/route.h"

/* ---- the list ------------------------------------------------------------------------------------ */

static const struct list_column columns[] = {
        {"outage", "outage", LIST_STRING, "its id"},
        {"party", "party", LIST_STRING, "who tells of it"},
        {"service", "service", LIST_STRING, "what is hit"},
        {"state", "state", LIST_STRING, "suspected, confirmed, restoring, restored or false-alarm"},
        {"start", "start", LIST_TIME, "since when"},
        {"expected_end", "expected end", LIST_TIME, "until when, as is thought"},
        {"exits_left", "exits left", LIST_STRING, "how many ways out are left; empty: not said"},
        {"text", "text", LIST_STRING, "in words"},
        {"label", NULL, LIST_STRING, "TLP"},
        {"said", NULL, LIST_TIME, "when the newest word was signed"},
};

#define SELECT                                                                                               \
	"select id, party, service, state, start, coalesce(expected_end, 0), coalesce(cast(exits_left as "   \
	"text), ''), "                                                                                       \
	"text, "                                                                                             \
	"label, said, ours from outage where (?1 = 0 or state not in ('restored', 'false-alarm')) order by " \
	"id "                                                                                                \
	"desc "                                                                                              \
	"limit 200"

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state, SELECT);
	struct list l;

	query_u64(&q, ask_has(a, "open"));
	list_begin(&l, &r->body, a->form, columns, sizeof(columns) / sizeof(columns[0]), "outages");
	while (query_next(&q) == 1) {
		list_id(&l, 'O', query_get_u64(&q, 0));
		for (int i = 1; i < 4; i++)
			list_text(&l, query_get_text(&q, i));
		list_time(&l, query_get_i64(&q, 4));
		list_time(&l, query_get_i64(&q, 5));
		for (int i = 6; i < 9; i++)
			list_text(&l, query_get_text(&q, i));
		list_time(&l, query_get_i64(&q, 9));
	}
	list_end(&l);
	return query_done(&q, e);
}

static const struct route_param params[] = {
        {"open", PARAM_FLAG, "those that have not ended"},
        {NULL, 0, NULL},
};
static const struct list_table table = {"outages", columns, sizeof(columns) / sizeof(columns[0]), 0, NULL};

const struct route route_outages = {.path = "/outages",
        .about = "outages, ours and those that neighbours tell of, newest first",
        .load = load,
        .right = RIGHT_READ,
        .params = params,
        .list = &table};

/* ---- the page ------------------------------------------------------------------------------------ */

static const char *const services[] = {"internet-international", "internet-domestic", "mobile", "fixed",
        "dns", "power", "payments", "other"};
static const char *const states[] = {"suspected", "confirmed", "restoring", "restored", "false-alarm"};

static void field(const struct page_ask *p, struct html *h, const char *prefix, const char *name,
        enum word label, unsigned size)
{
	page_field(p, h,
	        &(struct page_field){.prefix = prefix,
	                .name = name,
	                .label = label,
	                .type = "text",
	                .limit = 64,
	                .size = size});
}

static void draw_rest(const struct page_ask *p, struct html *h, const char *prefix)
{
	page_select(p, h, prefix, "stands", W_COL_STATE);
	for (unsigned i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		page_option(h, str_from(states[i]), page_key(p, "ostate", str_from(states[i])), i == 0);
	html_close(h);
	field(p, h, prefix, "expected-end", W_OUTAGE_END, 16);
	field(p, h, prefix, "exits-left", W_OUTAGE_LEFT, 4);
	page_area(p, h,
	        &(struct page_field){.prefix = prefix,
	                .name = "text",
	                .label = W_COL_TEXT,
	                .limit = 2000,
	                .required = true},
	        3);
	page_button(p, h, W_OUTAGE_GO);
	html_close(h);
}

static void draw_new(const struct page_ask *p, struct html *h)
{
	page_section(p, h, "h-new", W_OUTAGE_NEW);
	page_line(p, h, "p", "note", W_OUTAGE_WHAT);
	page_form(p, h, "/outages/new", "act");
	page_select(p, h, "n-", "service", W_OUTAGE_SERVICE);
	for (unsigned i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		page_option(h, str_from(services[i]), page_key(p, "service", str_from(services[i])), i == 0);
	html_close(h);
	field(p, h, "n-", "start", W_OUTAGE_START, 16);
	field(p, h, "n-", "group", W_OUTAGE_GROUP, 12);
	field(p, h, "n-", "to", W_OUTAGE_TO, 20);
	draw_rest(p, h, "n-");
	html_close(h);
}

static void draw_set(const struct page_ask *p, struct html *h, uint64_t id)
{
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_OUTAGE_SET);
	page_form(p, h, "/outages/set", "act");
	page_hidden(h, "id", page_id(p, 'O', id));
	draw_rest(p, h, arena_printf(p->ask->arena, "o%llu-", (unsigned long long)id).p);
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q, bool ours)
{
	html_open(h, "tr");
	page_cell(h, query_get_text(q, 1));
	page_cell(h, page_key(p, "service", query_get_text(q, 2)));
	page_cell_tag(p, h, "ostate", query_get_text(q, 3));
	page_cell_time(h, query_get_i64(q, 4));
	page_cell_time(h, query_get_i64(q, 5));
	page_cell(h, query_get_text(q, 6));
	html_open(h, "td");
	html_line(h, "p", "lines", query_get_text(q, 7));
	if (ours && page_may(p, RIGHT_RELEASE) && !str_eq(query_get_text(q, 3), STR("restored")) &&
	        !str_eq(query_get_text(q, 3), STR("false-alarm")))
		draw_set(p, h, query_get_u64(q, 0));
	html_close(h);
	page_cell_tag(p, h, "tlp", query_get_text(q, 8));
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_CASE_PEER, W_OUTAGE_SERVICE, W_COL_STATE, W_OUTAGE_START,
	        W_OUTAGE_END, W_OUTAGE_LEFT, W_COL_TEXT, W_LETTERS_LABEL, WORD_END};
	struct query q = db_query(p->ask->state, SELECT);
	uint64_t n = 0;

	page_line(p, h, "h1", NULL, W_OUTAGES);
	query_u64(&q, 0);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_OUTAGES, head);
		draw_row(p, h, &q, query_get_u64(&q, 10) != 0);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_NONE);
	if (page_may(p, RIGHT_RELEASE))
		draw_new(p, h);
	return rc;
}

const struct page page_outages = {
        .path = "/outages", .title = W_OUTAGES, .group = PAGE_TELL, .right = RIGHT_READ, .draw = draw};
