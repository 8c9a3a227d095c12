/* SPDX-License-Identifier: Apache-2.0
 *
 * The first page of the day: what is new, whose, what first, and why; which letters go; what somebody must look at.
 */
#include "web/figure.h"
#include "web/page.h"

#define ROWS 12

struct news {
	uint64_t looked, newest, fresh, critical, high, late;
	int64_t when; /* of the last look; 0: never */
};

static uint64_t number(const struct page_ask *p, const char *sql, uint64_t a)
{
	struct query q = db_query(p->ask->state, sql);
	uint64_t n = 0;

	query_u64(&q, a);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return n;
}

static void find_news(const struct page_ask *p, struct news *ret)
{
	struct query q = db_query(p->ask->state, "select finding, at from looked where person = ?");

	query_text(&q, p->who->person);
	if (query_next(&q) == 1) {
		ret->looked = query_get_u64(&q, 0);
		ret->when = query_get_i64(&q, 1);
	}
	query_done(&q, NULL);
	/* one walk through what came since */
	struct query n = db_query(p->ask->state,
	        "select coalesce(max(id), ?1), count(*) filter (where state <> 'closed'),"
	        " count(*) filter (where state <> 'closed' and severity = 'critical'),"
	        " count(*) filter (where state <> 'closed' and severity = 'high') from finding where id > "
	        "?1");
	query_u64(&n, ret->looked);
	if (query_next(&n) == 1) {
		ret->newest = query_get_u64(&n, 0);
		ret->fresh = query_get_u64(&n, 1);
		ret->critical = query_get_u64(&n, 2);
		ret->high = query_get_u64(&n, 3);
	}
	query_done(&n, NULL);
	ret->late =
	        number(p, "select count(*) from finding where due < ? and told is null and state = 'open'",
	                (uint64_t)p->now);
}

static void figure(struct html *h, uint64_t n, const char *what, const char *name, const char *value)
{
	struct link l;

	html_open(h, "li");
	html_open(h, "a");
	link_begin(&l, "/findings");
	link_param(&l, name, str_from(value));
	html_link(h, "href", &l);
	html_open(h, "strong");
	html_u64(h, n);
	html_close(h);
	html_text(h, STR(" "));
	html_line(h, "span", NULL, str_from(what));
	html_close(h);
	html_close(h);
}

static void draw_news(const struct page_ask *p, struct html *h, const struct news *n)
{
	char id[24];

	page_section(h, "h-new", n->when == 0 ? "New" : "New since you last looked");
	html_open(h, "ul");
	html_attr(h, "class", STR("figures"));
	figure(h, n->fresh, "problems, all told", "state", "open");
	figure(h, n->critical, "of them critical", "severity", "critical");
	figure(h, n->high, "of them high", "severity", "high");
	figure(h, n->late, "whose owners should have been told by now", "state", "open");
	html_close(h);
	if (n->fresh > 0) {
		snprintf(id, sizeof(id), "F%llu", (unsigned long long)n->newest);
		page_form(p, h, "/looked", "act");
		page_hidden(h, "id", str_from(id));
		page_button(h, "I have looked at these");
		html_close(h);
	}
	html_close(h);
}

/* ---- what first ---------------------------------------------------------------------------------- */

/* The worst come first, then what must be told soonest. The order is the sentence under the heading. */
static void draw_first(const struct page_ask *p, struct html *h)
{
	static const char *const head[] = {
	        "problem", "severity", "class", "owner", "where", "first seen", "tell by", "state", NULL};
	struct query q = db_query(p->ask->state,
	        "select f.id, f.severity, f.class, o.name, f.place, f.port, f.first, coalesce(f.due, 0), "
	        "f.stage"
	        " from finding f join owner o on o.id = f.owner where f.state in ('open', 'told', "
	        "'told-again') and f.owner <> 0"
	        " order by case f.severity when 'critical' then 0 when 'high' then 1 when 'medium' then 2 "
	        "when 'low' then 3 else 4"
	        " end, f.told is not null, coalesce(f.due, 9223372036854775807), f.criticality desc, f.id "
	        "desc limit ?");
	unsigned n = 0;

	page_section(h, "h-first", "What first");
	html_line(h, "p", NULL,
	        STR("The most severe first; among these, owners who were not told yet, by when they must be; "
	            "the most critical assets before others."));
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(h, "Open problems, the first ones", head);
		page_row(h, 'F', query_get_u64(&q, 0), query_get_text(&q, 1));
		page_cell_tag(h, "data-severity", query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		page_cell(h, query_get_text(&q, 3));
		page_cell_place(h, query_get_text(&q, 4), query_get_u64(&q, 5));
		page_cell_time(h, query_get_i64(&q, 6));
		page_cell_time(h, query_get_i64(&q, 7));
		page_cell_tag(h, "data-state", query_get_text(&q, 8));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		html_line(h, "p", NULL, STR("Nothing is open."));
	else
		page_table_end(h);
	html_close(h);
}

/* ---- letters ------------------------------------------------------------------------------------- */

/* The worst of a letter's problems is its reason. */
#define OF_LETTER                                                                                            \
	" from notice_item i join finding f on f.id = i.finding join rule r on r.ruleset = f.ruleset and "   \
	"r.number = f.rule"                                                                                  \
	" where i.notice = n.id order by case f.severity when 'critical' then 0 when 'high' then 1 when "    \
	"'medium' then 2"                                                                                    \
	" when 'low' then 3 else 4 end, f.id limit 1"

static void draw_letters(const struct page_ask *p, struct html *h)
{
	static const char *const head[] = {
	        "letter", "to", "owner", "about", "rows", "state", "goes", "reason", NULL};
	struct query q = db_query(p->ask->state,
	        "select n.ticket, c.email, o.name, n.class, n.findings, n.state, n.send_at, (select r.file "
	        "|| ':' || r.line || ' ' ||"
	        " r.name" OF_LETTER "), (select f.id" OF_LETTER ")"
	        " from notice n join contact c on c.id = n.contact join owner o on o.id = c.owner"
	        " where n.state in ('due', 'held', 'ready') and n.id > ? order by n.send_at, n.id limit 12");
	unsigned n = 0;

	page_section(h, "h-letters", "Letters that wait");
	query_u64(&q, 0);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(h, "Letters by the time at which they go", head);
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, query_get_text(&q, 0));
		html_close(h);
		page_cell(h, query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		page_cell(h, query_get_text(&q, 3));
		page_cell_u64(h, query_get_u64(&q, 4));
		page_cell_tag(h, "data-state", query_get_text(&q, 5));
		page_cell_time(h, query_get_i64(&q, 6));
		html_open(h, "td");
		html_text(h, query_get_text(&q, 7));
		if (query_get_u64(&q, 8) != 0) {
			html_text(h, STR("; see "));
			page_thing(h, 'F', query_get_u64(&q, 8));
		}
		html_close(h);
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		html_line(h, "p", NULL, STR("None."));
	else
		page_table_end(h);
	html_close(h);
}

/* ---- what somebody must look at ------------------------------------------------------------------ */

static int draw_look(const struct page_ask *p, struct html *h, struct err *e)
{
	struct figure_samples *all;
	unsigned n = 0;

	if (figures_find(p->ask, &all, e) != 0)
		return e->code;
	page_section(h, "h-look", "Somebody must look");
	html_open(h, "ul");
	for (unsigned i = 0; i < figure_count; i++)
		for (const struct figure_line *line = figure_table[i].line;
		        line != NULL && line->name != NULL; line++) {
			struct figure_shown v;
			figure_show(&figure_table[i], line, &all[i], &v);
			if (!v.look)
				continue;
			n++;
			html_open(h, "li");
			html_printf(h, "%s: %lld", line->name, (long long)v.value);
			if (v.names.len != 0)
				html_printf(h, " (%.*s)", STR_ARG(v.names));
			if (line->hint != NULL) {
				html_text(h, STR("; "));
				html_line(h, "code", NULL, str_from(line->hint));
			}
			html_close(h);
		}
	if (n == 0)
		html_line(
		        h, "li", NULL, STR("nothing: feeds, letters, disk and clock are as they should be"));
	html_close(h);
	html_close(h);
	figures_done(all);
	return 0;
}

/* ---- reports ------------------------------------------------------------------------------------- */

static void draw_drop(const struct page_ask *p, struct html *h)
{
	html_open(h, "form");
	html_attr(h, "method", STR("post"));
	html_attr(h, "class", STR("drop"));
	html_attr(h, "enctype", STR("multipart/form-data"));
	struct link l;
	link_begin(&l, "/reports");
	html_link(h, "action", &l);
	page_hidden(h, "csrf", str_from(p->who->csrf));
	html_open(h, "label");
	html_attr(h, "for", STR("file"));
	html_text(h, STR("A report of your own: CSV, JSON, a mail, an archive"));
	html_close(h);
	html_empty(h, "input");
	html_attr(h, "type", STR("file"));
	html_attr(h, "id", STR("file"));
	html_attr(h, "name", STR("file"));
	html_flag(h, "required");
	page_button(h, "Read it");
	html_close(h);
}

static void draw_reports(const struct page_ask *p, struct html *h)
{
	static const char *const head[] = {
	        "report", "name", "state", "records", "events", "new problems", "not read", "came", NULL};
	struct query q = db_query(p->ask->state,
	        "select id, name, state, records, events, new_findings, asides, received, size from receipt "
	        "where id > ?"
	        " order by id desc limit 8");
	unsigned n = 0;

	page_section(h, "h-reports", "Reports");
	draw_drop(p, h);
	query_u64(&q, 0);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(h, "The newest reports", head);
		page_row(h, 'R', query_get_u64(&q, 0), (struct str){0});
		page_cell(h, query_get_text(&q, 1));
		page_cell_tag(h, "data-state", query_get_text(&q, 2));
		for (int i = 3; i < 7; i++) {
			page_cell_u64(h, query_get_u64(&q, i));
		}
		page_cell_time(h, query_get_i64(&q, 7));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		html_line(h, "p", NULL, STR("None has come yet."));
	else
		page_table_end(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct news n = {0};

	html_line(h, "h1", NULL, STR("Morning"));
	find_news(p, &n);
	draw_news(p, h, &n);
	draw_first(p, h);
	draw_letters(p, h);
	int rc = draw_look(p, h, e);
	if (rc == 0)
		draw_reports(p, h);
	return rc;
}

const struct page page_morning = {.path = "/", .title = "Morning", .draw = draw};
