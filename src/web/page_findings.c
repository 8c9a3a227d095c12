/* SPDX-License-Identifier: Apache-2.0
 *
 * All problems, newest first. What is filtered is the address, in the words of "weir findings".
 */
#include "web/page.h"

static const char *const filters[] = {"owner", "class", "severity", "state", "ip", "since", "until"};
#define NFILTERS (sizeof(filters) / sizeof(filters[0]))

static void draw_filter(const struct page_ask *p, struct html *h)
{
	struct link l;

	html_open(h, "form");
	html_attr(h, "method", STR("get"));
	html_attr(h, "class", STR("act"));
	link_begin(&l, "/findings");
	html_link(h, "action", &l);
	for (size_t i = 0; i < NFILTERS; i++) {
		struct str value = ask_param(p->ask, filters[i]);
		html_open(h, "label");
		html_attr(h, "for", str_from(filters[i]));
		html_text(h, str_from(filters[i]));
		html_close(h);
		html_empty(h, "input");
		html_attr(h, "id", str_from(filters[i]));
		html_attr(h, "name", str_from(filters[i]));
		html_attr(h, "size", STR("12"));
		html_attr(h, "value", value.p != NULL ? value : STR(""));
	}
	page_button(h, "Filter");
	html_close(h);
}

static void draw_row(struct html *h, const struct query *q)
{
	page_row(h, 'F', query_get_u64(q, 0), query_get_text(q, 7));
	page_cell_tag(h, "data-severity", query_get_text(q, 7));
	page_cell(h, query_get_text(q, 2));
	page_cell(h, query_get_text(q, 1));
	page_cell_place(h, query_get_text(q, 5), query_get_u64(q, 6));
	page_cell_time(h, query_get_i64(q, 12));
	page_cell_time(h, query_get_i64(q, 13));
	page_cell_u64(h, query_get_u64(q, 14));
	page_cell_tag(h, "data-state", query_get_text(q, 10));
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
		if (ask_has(p->ask, filters[i]))
			link_param(&l, filters[i], ask_param(p->ask, filters[i]));
	link_param(&l, "after", str_from(id));
	html_open(h, "p");
	html_open(h, "a");
	html_link(h, "href", &l);
	html_attr(h, "rel", STR("next"));
	html_text(h, STR("Older ones"));
	html_close(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	static const char *const head[] = {"problem", "severity", "class", "owner", "where", "first seen",
	        "last seen", "events", "state", NULL};
	struct query q;
	uint64_t limit, n = 0, last = 0;
	bool more = false;

	html_line(h, "h1", NULL, STR("Findings"));
	int rc = findings_query(p->ask, &q, &limit, e);
	if (rc != 0)
		return rc;
	draw_filter(p, h);
	while (query_next(&q) == 1) {
		more = n == limit;
		if (more)
			break;
		if (n++ == 0)
			page_table(h, "Problems at owners, newest first", head);
		last = query_get_u64(&q, 0);
		draw_row(h, &q);
	}
	rc = query_done(&q, e);
	if (n == 0)
		html_line(h, "p", NULL, STR("None is like that."));
	else
		page_table_end(h);
	if (more)
		draw_next(p, h, last);
	return rc;
}

const struct page page_findings = {.path = "/findings", .title = "Findings", .draw = draw};
