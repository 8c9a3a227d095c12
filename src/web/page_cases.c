/* SPDX-License-Identifier: Apache-2.0
 *
 * Cases: what is overdue stands first; and a form that opens one.
 */
#include "event/field.h"
#include "web/cases.h"
#include "web/page.h"

#define ROWS 100

/* Each counted by a statement of its own: for the filter of the list no index serves. */
static const struct {
	const char *key;
	enum word word;
	const char *count;
	bool timed; /* ?1 of it is the time */
} tabs[] = {{"open", W_CASES_OPEN, "select count(*) from case_ c where c.ended is null", false},
        {"overdue", W_CASES_OVERDUE, "select count(*) from case_ c where " CASE_OVERDUE("c", "?1"), true},
        {"draft", W_CASES_DRAFT, "select count(*) from case_ c where c.state = 'draft'", false},
        {"ended", W_CASES_ENDED, "select count(*) from case_ c where c.ended is not null", false}};

static uint64_t count(const struct page_ask *p, unsigned tab)
{
	struct query q = db_query(p->ask->state, tabs[tab].count);

	if (tabs[tab].timed)
		query_i64(&q, p->now);
	uint64_t n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return n;
}

static void draw_tabs(const struct page_ask *p, struct html *h)
{
	html_open(h, "ul");
	html_attr(h, "class", STR("figures"));
	for (unsigned i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		struct link l;
		link_begin(&l, "/cases");
		link_param(&l, "state", str_from(tabs[i].key));
		page_figure(p, h, count(p, i), tabs[i].word, &l);
	}
	html_close(h);
}

static void text(const struct page_ask *p, struct html *h, const char *name, enum word label, unsigned size)
{
	html_open(h, "span");
	html_attr(h, "class", STR("pair"));
	page_field(p, h,
	        &(struct page_field){.prefix = "f-",
	                .name = name,
	                .label = label,
	                .type = "text",
	                .size = size,
	                .value = ask_param(p->ask, name)});
	html_close(h);
}

static void choose(const struct page_ask *p, struct html *h, const char *name, enum word label,
        const char *kind, const char *const *values)
{
	html_open(h, "span");
	html_attr(h, "class", STR("pair"));
	page_select(p, h, "f-", name, label);
	page_option(h, STR(""), page_word(p, W_FINDINGS_ANY), !ask_has(p->ask, name));
	for (; *values != NULL; values++)
		page_option(h, str_from(*values), page_key(p, kind, str_from(*values)),
		        str_eq(ask_param(p->ask, name), str_from(*values)));
	html_close(h);
	html_close(h);
}

static const char *const severities[] = {"c1", "c2", "c3", "c4", "c5", "c6", NULL};

static void draw_filter(const struct page_ask *p, struct html *h)
{
	static const char *const kinds[] = {"incident", "request", "old", NULL};
	const char *states[CASE_STATES + 4] = {"open", "overdue", "ended"};

	for (unsigned i = 0; i < CASE_STATES; i++)
		states[i + 3] = case_state_table[i].name;
	page_filter(h, "/cases", "act");
	text(p, h, "q", W_FINDINGS_TEXT, 12);
	choose(p, h, "state", W_FINDINGS_STATE, "cstate", states);
	choose(p, h, "kind", W_CASE_KIND, "ckind", kinds);
	choose(p, h, "severity", W_FINDINGS_SEVERITY, "csev", severities);
	text(p, h, "peer", W_CASE_PEER, 8);
	text(p, h, "touches", W_CASE_TOUCHES, 4);
	text(p, h, "assigned", W_FINDINGS_ASSIGNED, 10);
	page_button(p, h, W_FILTER);
	html_close(h);
}

/* ---- the list ------------------------------------------------------------------------------------ */

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	bool overdue = query_get_u64(q, 6) != 0;

	page_row(h, 'K', query_get_u64(q, 0), overdue ? STR("critical") : (struct str){0});
	page_cell(h, query_get_text(q, 1));
	page_cell_tag(p, h, "cstate", query_get_text(q, 2));
	page_cell(h, query_get_text(q, 3));
	page_cell(h, query_get_text(q, 4));
	page_cell(h, query_get_text(q, 5));
	html_open(h, "td");
	if (overdue) {
		page_line(p, h, "strong", NULL, W_CASES_OVERDUE);
		html_text(h, STR(" "));
	}
	if (query_get_i64(q, 7) != 0)
		page_time(h, query_get_i64(q, 7));
	html_close(h);
	page_cell(h, query_get_text(q, 8));
	page_cell(h, query_get_text(q, 9));
	page_cell(h, query_get_text(q, 10));
	html_close(h);
}

/* now: N of ?N. */
static void put_rows(struct buf *sql, unsigned now, struct str where, const char *order)
{
	buf_printf(sql,
	        "select c.id, c.number, c.state, c.severity, c.title, c.ask, coalesce(" CASE_OVERDUE("c",
	                "?%u") ", 0), coalesce(" CASE_NEXT("c") ", 0), c.peer, coalesce((select "
	                                                        "group_concat(cc, ' ') from (select cc from "
	                                                        "case_touches t where t.case_ = c.id order "
	                                                        "by cc)), ''), c.assigned from case_ c where "
	                                                        "1",
	        now, now, now, now);
	buf_add(sql, where);
	buf_add(sql, str_from(order));
}

/* Those that have not ended, what is overdue first; or those that have, which are most, in the order of their index. */
static int draw_some(const struct page_ask *p, struct html *h, const struct cases_filter *f, bool ended,
        uint64_t *n, struct err *e)
{
	static const enum word head[] = {W_CASE, W_COL_NAME, W_COL_STATE, W_COL_SEVERITY, W_CASE_TITLE,
	        W_CASE_ASK, W_CASE_NEXT, W_CASE_PEER, W_CASE_TOUCHES, W_FINDINGS_ASSIGNED, WORD_END};
	struct cases_where w;
	auto_buf struct buf sql = {0};

	cases_where(p->ask, f, p->now, &w);
	unsigned now = cases_value(&w, p->now);
	buf_add(&w.where, ended ? STR(" and c.ended is not null") : STR(" and c.ended is null"));
	put_rows(&sql, now, buf_str(&w.where),
	        ended ? " order by c.severity, c.id desc" : " order by 7 desc, c.severity, c.id desc");
	buf_done(&w.where);
	buf_printf(&sql, " limit ?%u", cases_value(&w, (int64_t)(ROWS - *n)));
	struct query q = cases_query(p->ask, &w, buf_str(&sql));
	while (query_next(&q) == 1) {
		if ((*n)++ == 0)
			page_table(p, h, W_CASES, head);
		draw_row(p, h, &q);
	}
	return query_done(&q, e);
}

/* What has ended follows by itself from what is asked for. */
static bool of_open(struct str state)
{
	static const char *const words[] = {"open", "overdue", "held", "draft"};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq(state, str_from(words[i])))
			return true;
	return false;
}

static int draw_list(const struct page_ask *p, struct html *h, struct err *e)
{
	struct cases_filter f;
	uint64_t n = 0;

	if (cases_filter(p->ask, p->who->person, &f, e) != 0)
		return ERR_USAGE;
	if (!ask_has(p->ask, "state") && !ask_has(p->ask, "q"))
		f.state = STR("open");
	int rc = str_eq(f.state, STR("ended")) ? 0 : draw_some(p, h, &f, false, &n, e);
	if (rc == 0 && n < ROWS && !of_open(f.state))
		rc = draw_some(p, h, &f, true, &n, e);
	page_table_over(p, h, n, W_FINDINGS_NONE);
	return rc;
}

/* ---- a new one ----------------------------------------------------------------------------------- */

static void field(const struct page_ask *p, struct html *h, const char *name, enum word label, unsigned size,
        bool required)
{
	page_field(p, h,
	        &(struct page_field){.prefix = "n-",
	                .name = name,
	                .label = label,
	                .type = "text",
	                .limit = 300,
	                .size = size,
	                .required = required});
}

static void words(const struct page_ask *p, struct html *h, const char *name, enum word label,
        const char *const *values, const char *chosen)
{
	page_select(p, h, "n-", name, label);
	for (; *values != NULL; values++)
		page_option(h, str_from(*values), str_from(*values), strcmp(*values, chosen) == 0);
	html_close(h);
}

static void draw_new(const struct page_ask *p, struct html *h)
{
	static const char *const labels[] = {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", NULL};

	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_CASES_NEW);
	page_form(p, h, "/cases/new", "act");
	field(p, h, "title", W_CASE_TITLE, 40, true);
	words(p, h, "severity", W_COL_SEVERITY, severities, "c4");
	words(p, h, "label", W_LETTERS_LABEL, labels, "AMBER");
	field(p, h, "owner", W_COL_OWNER, 16, false);
	field(p, h, "peer", W_CASE_PEER, 8, false);
	page_select(p, h, "n-", "ask", W_CASE_ASK);
	page_option(h, STR(""), page_word(p, W_CASE_OWN), true);
	for (unsigned i = 0; ask_words[i] != NULL; i++)
		page_option(h, str_from(ask_words[i]), str_from(ask_words[i]), false);
	html_close(h);
	field(p, h, "for", W_CASE_FOR, 16, false);
	page_area(p, h,
	        &(struct page_field){.prefix = "n-", .name = "text", .label = W_CASE_TEXT, .limit = 4000}, 4);
	page_button(p, h, W_CASES_NEW);
	html_close(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct link l;

	page_line(p, h, "h1", NULL, W_CASES);
	draw_tabs(p, h);
	draw_filter(p, h);
	int rc = draw_list(p, h, e);
	if (rc != 0)
		return rc;
	if (page_may(p, RIGHT_WORK) && !p->who->narrow)
		draw_new(p, h);
	html_open(h, "p");
	html_open(h, "a");
	link_begin(&l, "/api/v1/case-calendar");
	html_link(h, "href", &l);
	page_say(p, h, W_CASES_CALENDAR);
	html_close(h);
	html_close(h);
	return 0;
}

const struct page page_cases = {.path = "/cases",
        .title = W_CASES,
        .group = PAGE_TELL,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw};
