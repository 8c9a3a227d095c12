/* SPDX-License-Identifier: Apache-2.0
 *
 * The first page of the day: what is new, whose, what first, and why; which letters go; what somebody must look at.
 */
#include "web/figure.h"
#include "web/news.h"
#include "web/page_live.h"

#define ROWS 12

static void figure(const struct page_ask *p, struct html *h, uint64_t n, enum word what, const char *name,
        const char *value)
{
	struct link l;

	link_begin(&l, "/findings");
	link_param(&l, name, str_from(value));
	page_figure(p, h, n, what, &l);
}

static void draw_news(const struct page_ask *p, struct html *h, const struct news *n)
{
	char id[24];

	struct link l;

	page_section(p, h, "h-new", n->when == 0 ? W_MORNING_NEW : W_MORNING_SINCE);
	link_begin(&l, "/events");
	link_param(&l, "list", STR("morning"));
	page_live(p, h, &l, NULL, false);
	html_open(h, "ul");
	html_attr(h, "class", STR("figures"));
	html_attr(h, "data-figures", STR("fresh critical high late"));
	figure(p, h, n->fresh, W_MORNING_ALL, "state", "open");
	figure(p, h, n->critical, W_MORNING_CRITICAL, "severity", "critical");
	figure(p, h, n->high, W_MORNING_HIGH, "severity", "high");
	figure(p, h, n->late, W_MORNING_LATE, "state", "open");
	html_close(h);
	if (n->fresh > 0) {
		snprintf(id, sizeof(id), "F%llu", (unsigned long long)n->newest);
		page_form(p, h, "/looked", "act");
		page_hidden(h, "id", str_from(id));
		page_button(p, h, W_MORNING_LOOKED);
		html_close(h);
	}
	html_close(h);
}

/* ---- what first ---------------------------------------------------------------------------------- */

/* The worst come first, then what must be told soonest. The order is the sentence under the heading. */
static void draw_first(const struct page_ask *p, struct html *h)
{
	static const enum word head[] = {W_COL_FINDING, W_COL_SEVERITY, W_COL_CLASS, W_COL_OWNER, W_COL_WHERE,
	        W_COL_FIRST, W_COL_TELL_BY, W_COL_STATE, WORD_END};
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

	page_section(p, h, "h-first", W_MORNING_FIRST);
	page_line(p, h, "p", NULL, W_MORNING_ORDER);
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_MORNING_FIRST_TABLE, head);
		page_row(h, 'F', query_get_u64(&q, 0), query_get_text(&q, 1));
		page_cell_tag(p, h, "severity", query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		page_cell(h, query_get_text(&q, 3));
		page_cell_place(p, h, query_get_text(&q, 4), query_get_u64(&q, 5));
		page_cell_time(h, query_get_i64(&q, 6));
		page_cell_time(h, query_get_i64(&q, 7));
		page_cell_tag(p, h, "state", query_get_text(&q, 8));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		page_line(p, h, "p", NULL, W_MORNING_NOTHING);
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
	static const enum word head[] = {W_COL_LETTER, W_COL_TO, W_COL_OWNER, W_COL_ABOUT, W_COL_ROWS,
	        W_COL_STATE, W_COL_GOES, W_COL_REASON, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select n.ticket, c.email, o.name, n.class, n.findings, n.state, n.send_at, (select r.file "
	        "|| ':' || r.line || ' ' ||"
	        " r.name" OF_LETTER "), (select f.id" OF_LETTER ")"
	        " from notice n join contact c on c.id = n.contact join owner o on o.id = c.owner"
	        " where n.state in ('due', 'held', 'ready') and n.id > ? order by n.send_at, n.id limit 12");
	unsigned n = 0;

	page_section(p, h, "h-letters", W_MORNING_LETTERS);
	query_u64(&q, 0);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_MORNING_LETTERS_TABLE, head);
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, query_get_text(&q, 0));
		html_close(h);
		page_cell(h, query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		page_cell(h, query_get_text(&q, 3));
		page_cell_u64(h, query_get_u64(&q, 4));
		page_cell_tag(p, h, "state", query_get_text(&q, 5));
		page_cell_time(h, query_get_i64(&q, 6));
		html_open(h, "td");
		html_text(h, query_get_text(&q, 7));
		if (query_get_u64(&q, 8) != 0) {
			html_text(h, STR("; "));
			page_say(p, h, W_MORNING_SEE);
			html_text(h, STR(" "));
			page_thing(h, 'F', query_get_u64(&q, 8));
		}
		html_close(h);
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		page_line(p, h, "p", NULL, W_NONE);
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
	page_section(p, h, "h-look", W_MORNING_LOOK);
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
		page_line(p, h, "li", NULL, W_MORNING_FINE);
	html_close(h);
	html_close(h);
	figures_done(all);
	return 0;
}

/* ---- reports ------------------------------------------------------------------------------------- */

static void draw_reports(const struct page_ask *p, struct html *h)
{
	static const enum word head[] = {W_COL_REPORT, W_COL_NAME, W_COL_STATE, W_COL_RECORDS, W_COL_EVENTS,
	        W_COL_NEW, W_COL_NOT_READ, W_COL_CAME, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select id, name, state, records, events, new_findings, asides, received, size from receipt "
	        "where id > ?"
	        " order by id desc limit 8");
	unsigned n = 0;

	page_section(p, h, "h-reports", W_MORNING_REPORTS);
	page_drop(p, h);
	query_u64(&q, 0);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_MORNING_REPORTS_TABLE, head);
		page_row(h, 'R', query_get_u64(&q, 0), (struct str){0});
		page_cell(h, query_get_text(&q, 1));
		page_cell_tag(p, h, "state", query_get_text(&q, 2));
		for (int i = 3; i < 7; i++) {
			page_cell_u64(h, query_get_u64(&q, i));
		}
		page_cell_time(h, query_get_i64(&q, 7));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		page_line(p, h, "p", NULL, W_MORNING_NO_REPORTS);
	else
		page_table_end(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct news n;
	int rc = news_find(p->ask->state, p->who->person, p->now, &n, e);

	if (rc != 0)
		return rc;
	page_line(p, h, "h1", NULL, W_MORNING);
	page_resets(p, h);
	draw_news(p, h, &n);
	draw_first(p, h);
	draw_letters(p, h);
	rc = draw_look(p, h, e);
	if (rc == 0)
		draw_reports(p, h);
	return rc;
}

const struct page page_morning = {.path = "/",
        .title = W_MORNING,
        .group = PAGE_SEE,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw};
