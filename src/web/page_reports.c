/* SPDX-License-Identifier: Apache-2.0
 *
 * What came in: deliveries, newest first, each with its parts below it. Asked for a state, it lists parts as deliveries, since
 * what could not be read is a part more often than not.
 */
#include "web/page.h"
#include "web/page_receipt.h"

#define ROWS 50
#define PARTS 40 /* of one delivery; its own page has the others */

static const struct str states[] = {
        STR_INIT("accepted"), STR_INIT("reading"), STR_INIT("done"), STR_INIT("aside")};

static void draw_feeds(const struct page_ask *p, struct html *h)
{
	struct query q = db_query(p->ask->state, "select name, title from feed order by name");

	page_select(p, h, NULL, "feed", W_REPORTS_FEED);
	page_option(h, STR(""), page_word(p, W_ANY), false);
	while (query_next(&q) == 1)
		page_option(h, query_get_text(&q, 0), query_get_text(&q, 0),
		        str_eq(query_get_text(&q, 0), ask_param(p->ask, "feed")));
	query_done(&q, NULL);
	html_close(h);
}

static void draw_filter(const struct page_ask *p, struct html *h)
{
	page_filter(h, "/reports", "act");
	draw_feeds(p, h);
	page_select(p, h, NULL, "state", W_FINDINGS_STATE);
	page_option(h, STR(""), page_word(p, W_ANY), false);
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		page_option(h, states[i], page_key(p, "state", states[i]),
		        str_eq(states[i], ask_param(p->ask, "state")));
	html_close(h);
	page_field(p, h,
	        &(struct page_field){.name = "since",
	                .type = "date",
	                .label = W_FINDINGS_SINCE,
	                .value = ask_param(p->ask, "since")});
	page_button(p, h, W_FILTER);
	html_close(h);
}

#define COLUMNS                                                                                              \
	"select id, path, feed, state, records, events, new_findings, asides, received, sentence, root, "    \
	"parent from receipt "

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q, unsigned depth)
{
	uint64_t id = query_get_u64(q, 0);

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	if (depth > 0)
		html_attr(h, "class", STR("part"));
	page_thing(h, 'R', id);
	html_close(h);
	html_open(h, "td");
	html_text(h, page_report(p, query_get_text(q, 1)));
	if (str_eq(query_get_text(q, 3), STR("aside"))) {
		html_open(h, "p");
		html_attr(h, "class", STR("note"));
		page_english(p, h, query_get_text(q, 9));
		html_close(h);
	}
	html_close(h);
	page_cell(h, query_get_text(q, 2));
	page_cell_tag(p, h, "state", query_get_text(q, 3));
	for (int i = 4; i < 7; i++)
		page_cell_u64(h, query_get_u64(q, i));
	html_open(h, "td");
	html_attr(h, "class", STR("number"));
	page_asides_link(p, h, id, query_get_u64(q, 7));
	html_close(h);
	page_cell_time(h, query_get_i64(q, 8));
	html_close(h);
}

static void draw_parts(const struct page_ask *p, struct html *h, uint64_t root)
{
	struct query q =
	        db_query(p->ask->state, COLUMNS "where root = ?1 and root <> id order by id limit ?2");

	query_u64(&q, root);
	query_u64(&q, PARTS);
	while (query_next(&q) == 1)
		draw_row(p, h, &q, 1);
	query_done(&q, NULL);
}

static struct query ask_rows(const struct page_ask *p, int64_t since, uint64_t after, bool flat)
{
	bool feed = ask_has(p->ask, "feed");
	struct query q = feed
	        ? db_query(p->ask->state,
	                  COLUMNS "where feed = ?1 and (?2 is null or state = ?2) and (?3 or parent is null)"
	                          " and received >= ?4 and (?5 = 0 or id < ?5) order by id desc limit ?6")
	        : db_query(p->ask->state,
	                  COLUMNS "where ?1 is null and (?2 is null or state = ?2) and (?3 or parent is null)"
	                          " and received >= ?4 and (?5 = 0 or id < ?5) order by id desc limit ?6");

	query_text(&q, ask_param(p->ask, "feed"));
	query_text(&q, ask_param(p->ask, "state"));
	query_u64(&q, flat);
	query_i64(&q, since);
	query_u64(&q, after);
	query_u64(&q, ROWS + 1);
	return q;
}

static void draw_next(const struct page_ask *p, struct html *h, uint64_t last)
{
	static const char *const names[] = {"feed", "state", "since"};
	struct link l;

	link_begin(&l, "/reports");
	for (unsigned i = 0; i < 3; i++)
		if (ask_has(p->ask, names[i]))
			link_param(&l, names[i], ask_param(p->ask, names[i]));
	link_param(&l, "after", page_id(p, 'R', last));
	page_next(p, h, &l);
}

static int draw_table(const struct page_ask *p, struct html *h, const struct ask_page *at, struct err *e)
{
	static const enum word head[] = {W_COL_REPORT, W_COL_NAME, W_COL_FEED, W_COL_STATE, W_COL_RECORDS,
	        W_COL_EVENTS, W_COL_NEW, W_COL_NOT_READ, W_COL_CAME, WORD_END};
	bool flat = ask_has(p->ask, "state");
	struct query q = ask_rows(p, at->since, at->after, flat);
	uint64_t n = 0, last = 0;
	bool more = false;

	while (query_next(&q) == 1) {
		more = n == ROWS;
		if (more)
			break;
		if (n++ == 0)
			page_table(p, h, W_REPORTS_TABLE, head);
		last = query_get_u64(&q, 0);
		draw_row(p, h, &q, flat && !query_is_null(&q, 11));
		if (!flat)
			draw_parts(p, h, last);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_REPORTS_NONE);
	if (more)
		draw_next(p, h, last);
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct ask_page at;

	page_line(p, h, "h1", NULL, W_REPORTS);
	if (ask_page(p->ask, 'R', &at, e) != 0)
		return ERR_USAGE;
	if (page_may(p, RIGHT_WORK))
		page_drop(p, h);
	draw_filter(p, h);
	return draw_table(p, h, &at, e);
}

const struct page page_reports = {
        .path = "/reports", .title = W_REPORTS, .group = PAGE_SEE, .right = RIGHT_READ, .draw = draw};
