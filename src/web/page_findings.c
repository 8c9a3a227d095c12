/* SPDX-License-Identifier: Apache-2.0
 *
 * All problems, in any order. What is filtered and sorted is the address, in the words of "weir findings"; rows that are ticked are
 * worked on together.
 */
#include "web/page_findings_in.h"
#include "web/page_live.h"

#define ROWS 50

/* ---- the table ----------------------------------------------------------------------------------- */

static const struct {
	enum word word;
	const char *sort;
} heads[] = {
        {W_COL_FINDING, "finding"},
        {W_COL_SEVERITY, "severity"},
        {W_COL_STATE, "state"},
        {W_COL_CLASS, "class"},
        {W_COL_OWNER, "owner"},
        {W_COL_WHERE, "place"},
        {W_COL_TELL_BY, "due"},
        {W_COL_LAST, "last"},
        {W_COL_EVENTS, "events"},
        {W_COL_ASSIGNED, "assigned"},
        {W_COL_FIRST, "first"},
};
#define NHEADS (sizeof(heads) / sizeof(heads[0]))

static const struct findings_order *order_of(const char *name)
{
	const struct findings_order *o = findings_orders;

	while (strcmp(o->name, name) != 0)
		o++;
	return o;
}

/* The column that sorts now leads to the other direction. */
static void draw_head(const struct page_ask *p, struct html *h, const struct findings_found *f, size_t i)
{
	bool now = strcmp(f->order->name, heads[i].sort) == 0;
	bool down = now ? !f->down : order_of(heads[i].sort)->down;
	struct link l;

	html_open(h, "th");
	html_attr(h, "scope", STR("col"));
	if (now)
		html_attr(h, "aria-sort", f->down ? STR("descending") : STR("ascending"));
	findings_link(p, &l, "/findings", false);
	link_param(&l, "sort", str_from(heads[i].sort));
	link_param(&l, "dir", down ? STR("desc") : STR("asc"));
	html_open(h, "a");
	html_link(h, "href", &l);
	page_say(p, h, heads[i].word);
	html_close(h);
	html_close(h);
}

static void draw_tick(const struct page_ask *p, struct html *h, uint64_t id)
{
	html_open(h, "td");
	html_empty(h, "input");
	html_attr(h, "type", STR("checkbox"));
	html_attr(h, "name", STR("id"));
	html_attr(h, "value", page_id(p, 'F', id));
	html_attr(h, "aria-label", page_id(p, 'F', id));
	if (ask_has(p->ask, "ticked"))
		html_flag(h, "checked");
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q, bool ticks)
{
	uint64_t id = query_get_u64(q, FINDINGS_ID);
	struct link l;

	html_open(h, "tr");
	html_attr(h, "data-severity", query_get_text(q, FINDINGS_SEVERITY));
	if (ticks)
		draw_tick(p, h, id);
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	findings_thing(p, &l, id);
	html_open(h, "a");
	html_link(h, "href", &l);
	html_text(h, page_id(p, 'F', id));
	html_close(h);
	html_close(h);
	page_cell_tag(p, h, "severity", query_get_text(q, FINDINGS_SEVERITY));
	page_cell_tag(p, h, "state", query_get_text(q, FINDINGS_STAGE));
	html_open(h, "td");
	html_line(h, "span", "word", query_get_text(q, FINDINGS_CLASS));
	if (query_get_text(q, FINDINGS_MALWARE).len != 0) {
		html_text(h, STR(" "));
		html_text(h, query_get_text(q, FINDINGS_MALWARE));
	}
	html_close(h);
	page_cell_owner(h, query_get_text(q, FINDINGS_REF), query_get_text(q, FINDINGS_OWNER));
	page_cell_place(p, h, query_get_text(q, FINDINGS_PLACE), query_get_u64(q, FINDINGS_PORT));
	page_cell_time(h, query_get_i64(q, FINDINGS_TOLD) == 0 ? query_get_i64(q, FINDINGS_DUE) : 0);
	page_cell_time(h, query_get_i64(q, FINDINGS_LAST));
	page_cell_u64(h, query_get_u64(q, FINDINGS_EVENTS));
	page_cell(h, query_get_text(q, FINDINGS_ASSIGNED));
	page_cell_time(h, query_get_i64(q, FINDINGS_FIRST));
	html_close(h);
}

static int draw_rows(const struct page_ask *p, struct html *h, const struct findings_found *f, struct err *e)
{
	bool ticks = page_may(p, RIGHT_WORK);
	struct query q = findings_rows(p->ask, f);

	page_table_open(p, h, W_FINDINGS_TABLE);
	if (ticks)
		page_line(p, h, "td", NULL, W_FINDINGS_TICK);
	for (size_t i = 0; i < NHEADS; i++)
		draw_head(p, h, f, i);
	page_table_rows(h);
	while (query_next(&q) == 1)
		draw_row(p, h, &q, ticks);
	page_table_end(h);
	return query_done(&q, e);
}

/* ---- around it ----------------------------------------------------------------------------------- */

static void draw_count(const struct page_ask *p, struct html *h, const struct findings_found *f)
{
	bool more = f->counted > FINDINGS_COUNTED;

	html_open(h, "p");
	html_attr(h, "class", STR("counted"));
	page_sayf(p, h, more ? W_FINDINGS_MORE_THAN : W_FINDINGS_SHOWN, page_number(p, f->n),
	        page_number(p, more ? FINDINGS_COUNTED : f->counted));
	html_close(h);
}

static void draw_link(const struct page_ask *p, struct html *h, struct link *l, enum word w, const char *rel)
{
	html_open(h, "a");
	html_link(h, "href", l);
	if (rel != NULL)
		html_attr(h, "rel", str_from(rel));
	page_say(p, h, w);
	html_close(h);
	html_text(h, STR(" "));
}

/* Rows that come in stand at the top of the newest ones; in another order they are counted, and the page is drawn again by who
 * asks for it. */
static void draw_live(const struct page_ask *p, struct html *h, const struct findings_found *f)
{
	static const enum page_live_cell cells[] = {PAGE_LIVE_TICK, PAGE_LIVE_SEVERITY, PAGE_LIVE_STATE,
	        PAGE_LIVE_CLASS, PAGE_LIVE_OWNER, PAGE_LIVE_PLACE, PAGE_LIVE_DUE, PAGE_LIVE_LAST,
	        PAGE_LIVE_EVENTS, PAGE_LIVE_ASSIGNED, PAGE_LIVE_FIRST, PAGE_LIVE_END};
	bool first = !ask_has(p->ask, "after") && !ask_has(p->ask, "before");
	struct link l;

	link_begin(&l, "/events");
	link_param(&l, "list", STR("findings"));
	/* since is the cursor there; what comes in is newer than any day that is asked for */
	for (unsigned i = 0; i < findings_filter_count; i++)
		if (ask_has(p->ask, findings_filters[i]) && strcmp(findings_filters[i], "since") != 0)
			link_param(&l, findings_filters[i], ask_param(p->ask, findings_filters[i]));
	page_live(p, h, &l, cells + !page_may(p, RIGHT_WORK),
	        first && f->order == &findings_orders[0] && f->down);
}

/* All of the list, not this page of it. */
static void draw_exports(const struct page_ask *p, struct html *h)
{
	struct link l;

	html_open(h, "p");
	html_attr(h, "class", STR("links"));
	findings_link(p, &l, "/findings.csv", true);
	draw_link(p, h, &l, W_FINDINGS_CSV, NULL);
	findings_link(p, &l, "/findings.json", true);
	draw_link(p, h, &l, W_FINDINGS_JSON, NULL);
	if (page_may(p, RIGHT_WORK)) {
		link_begin(&l, "/findings/new");
		draw_link(p, h, &l, W_FINDINGS_BY_HAND, NULL);
	}
	html_close(h);
}

static void draw_pages(const struct page_ask *p, struct html *h, const struct findings_found *f)
{
	struct link l;

	html_open(h, "p");
	html_attr(h, "class", STR("links"));
	if (f->prev.p != NULL) {
		findings_link(p, &l, "/findings", true);
		draw_link(p, h, &l, W_FINDINGS_FIRST, "first");
		findings_link(p, &l, "/findings", true);
		link_param(&l, "before", f->prev);
		draw_link(p, h, &l, W_FINDINGS_BEFORE, "prev");
	}
	if (f->next.p != NULL) {
		findings_link(p, &l, "/findings", true);
		link_param(&l, "after", f->next);
		draw_link(p, h, &l, W_FINDINGS_BEHIND, "next");
	}
	html_close(h);
}

/* The page as it is, all of its rows ticked. */
static void draw_tick_all(const struct page_ask *p, struct html *h)
{
	static const char *const places[] = {"after", "before"};
	struct link l;

	findings_link(p, &l, "/findings", true);
	for (unsigned i = 0; i < 2; i++)
		if (ask_has(p->ask, places[i]))
			link_param(&l, places[i], ask_param(p->ask, places[i]));
	if (!ask_has(p->ask, "ticked"))
		link_param(&l, "ticked", STR("all"));
	html_open(h, "p");
	html_attr(h, "class", STR("links"));
	draw_link(p, h, &l, ask_has(p->ask, "ticked") ? W_FINDINGS_TICK_NONE : W_FINDINGS_TICK_ALL, NULL);
	html_close(h);
}

static int draw_list(const struct page_ask *p, struct html *h, const struct findings_found *f, struct err *e)
{
	if (f->n == 0) {
		page_line(p, h, "p", NULL, W_FINDINGS_NONE);
		return 0;
	}
	bool ticks = page_may(p, RIGHT_WORK);
	if (ticks) {
		page_form(p, h, "/assign", "rows");
		draw_tick_all(p, h);
	}
	if (!ticks) {
		html_open(h, "div");
		html_attr(h, "class", STR("rows"));
	}
	int rc = draw_rows(p, h, f, e);
	draw_pages(p, h, f);
	if (ticks)
		findings_actions(p, h);
	html_close(h);
	return rc;
}

/* ROWS, whatever the address says: the API has pages of other sizes. */
static struct str param_of(const void *arg, const char *name)
{
	const struct ask *a = arg;

	return strcmp(name, "limit") == 0 ? STR("50") : ask_param(a, name);
}
_Static_assert(ROWS == 50, "as param_of says");

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct ask ask = *p->ask;
	struct findings_found f;

	ask.param = param_of;
	ask.arg = p->ask;
	int rc = findings_find(&ask, p->who->person, true, &f, e);
	if (rc != 0)
		return rc;
	page_line(p, h, "h1", NULL, W_FINDINGS);
	rc = saved_draw(p, h, e);
	if (rc != 0)
		return rc;
	findings_form(p, h);
	draw_count(p, h, &f);
	draw_exports(p, h);
	draw_live(p, h, &f);
	rc = draw_list(p, h, &f, e);
	saved_form(p, h);
	return rc;
}

const struct page page_findings = {.path = "/findings",
        .title = W_FINDINGS,
        .group = PAGE_SEE,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw};
