/* SPDX-License-Identifier: Apache-2.0
 *
 * All problems, newest first. What is filtered is the address, in the words of "weir findings".
 */
#include "web/page_live.h"

static const struct {
	const char *name;
	enum word label;
} filters[] = {
        {"owner", W_FINDINGS_OWNER},
        {"class", W_FINDINGS_CLASS},
        {"severity", W_FINDINGS_SEVERITY},
        {"state", W_FINDINGS_STATE},
        {"ip", W_FINDINGS_IP},
        {"since", W_FINDINGS_SINCE},
        {"until", W_FINDINGS_UNTIL},
};
#define NFILTERS (sizeof(filters) / sizeof(filters[0]))

static void draw_filter(const struct page_ask *p, struct html *h)
{
	page_filter(h, "/findings", "act");
	for (size_t i = 0; i < NFILTERS; i++) {
		struct page_field f = {.name = filters[i].name, .label = filters[i].label, .size = 12};
		f.value = ask_param(p->ask, filters[i].name);
		page_field(p, h, &f);
	}
	page_button(p, h, W_FILTER);
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	page_row(h, 'F', query_get_u64(q, 0), query_get_text(q, 7));
	page_cell_tag(p, h, "severity", query_get_text(q, 7));
	page_cell(h, query_get_text(q, 2));
	page_cell(h, query_get_text(q, 1));
	page_cell_place(p, h, query_get_text(q, 5), query_get_u64(q, 6));
	page_cell_time(h, query_get_i64(q, 12));
	page_cell_time(h, query_get_i64(q, 13));
	page_cell_u64(h, query_get_u64(q, 14));
	page_cell_tag(p, h, "state", query_get_text(q, 10));
	html_close(h);
}

/* The same filter from there on. */
static void draw_next(const struct page_ask *p, struct html *h, uint64_t last)
{
	struct link l;
	char id[24];

	snprintf(id, sizeof(id), "F%llu", (unsigned long long)last);
	link_begin(&l, "/findings");
	for (size_t i = 0; i < NFILTERS; i++)
		if (ask_has(p->ask, filters[i].name))
			link_param(&l, filters[i].name, ask_param(p->ask, filters[i].name));
	link_param(&l, "after", str_from(id));
	html_open(h, "p");
	html_open(h, "a");
	html_link(h, "href", &l);
	html_attr(h, "rel", STR("next"));
	page_say(p, h, W_OLDER);
	html_close(h);
	html_close(h);
}

static void draw_live(const struct page_ask *p, struct html *h)
{
	static const enum page_live_cell cells[] = {PAGE_LIVE_SEVERITY, PAGE_LIVE_CLASS, PAGE_LIVE_OWNER,
	        PAGE_LIVE_PLACE, PAGE_LIVE_FIRST, PAGE_LIVE_LAST, PAGE_LIVE_EVENTS, PAGE_LIVE_STATE,
	        PAGE_LIVE_END};
	struct link l;

	link_begin(&l, "/events");
	link_param(&l, "list", STR("findings"));
	/* since is the cursor there; what comes in is newer than any day that is asked for */
	for (size_t i = 0; i < NFILTERS; i++)
		if (ask_has(p->ask, filters[i].name) && strcmp(filters[i].name, "since") != 0)
			link_param(&l, filters[i].name, ask_param(p->ask, filters[i].name));
	page_live(p, h, &l, cells, !ask_has(p->ask, "after"));
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_COL_FINDING, W_COL_SEVERITY, W_COL_CLASS, W_COL_OWNER, W_COL_WHERE,
	        W_COL_FIRST, W_COL_LAST, W_COL_EVENTS, W_COL_STATE, WORD_END};
	struct query q;
	uint64_t limit, n = 0, last = 0;
	bool more = false;

	page_line(p, h, "h1", NULL, W_FINDINGS);
	int rc = findings_query(p->ask, &q, &limit, e);
	if (rc != 0)
		return rc;
	draw_filter(p, h);
	draw_live(p, h);
	while (query_next(&q) == 1) {
		more = n == limit;
		if (more)
			break;
		if (n++ == 0)
			page_table(p, h, W_FINDINGS_TABLE, head);
		last = query_get_u64(&q, 0);
		draw_row(p, h, &q);
	}
	rc = query_done(&q, e);
	if (n == 0)
		page_line(p, h, "p", NULL, W_FINDINGS_NONE);
	else
		page_table_end(h);
	if (more)
		draw_next(p, h, last);
	return rc;
}

const struct page page_findings = {.path = "/findings",
        .title = W_FINDINGS,
        .group = PAGE_SEE,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw};
