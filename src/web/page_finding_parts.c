/* SPDX-License-Identifier: Apache-2.0 */
#include "web/page_finding_in.h"
#include "web/page_findings_in.h"

/* ---- beside it ----------------------------------------------------------------------------------- */

static void draw_neighbour(
        const struct page_ask *p, struct html *h, uint64_t id, enum word word, const char *rel)
{
	struct link l;

	if (id == 0)
		return;
	findings_thing(p, &l, id);
	html_open(h, "a");
	html_link(h, "href", &l);
	html_attr(h, "rel", str_from(rel));
	page_sayf(p, h, word, page_id(p, 'F', id));
	html_close(h);
	html_text(h, STR(" "));
}

int finding_beside(const struct page_ask *p, struct html *h, const struct finding_row *f, struct err *e)
{
	uint64_t before, behind;
	struct link l;

	if (!findings_listed(p))
		return 0;
	int rc = findings_beside(p->ask, p->who->person, f->id, &before, &behind, e);
	if (rc != 0)
		return rc;
	html_open(h, "p");
	html_attr(h, "class", STR("links"));
	findings_link(p, &l, "/findings", true);
	html_open(h, "a");
	html_link(h, "href", &l);
	page_say(p, h, W_FINDING_LIST);
	html_close(h);
	html_text(h, STR(" "));
	draw_neighbour(p, h, before, W_FINDING_BEFORE, "prev");
	draw_neighbour(p, h, behind, W_FINDING_BEHIND, "next");
	html_close(h);
	return 0;
}

/* ---- what can be done ---------------------------------------------------------------------------- */

static void begin(const struct page_ask *p, struct html *h, const char *action, const struct finding_row *f)
{
	page_form(p, h, action, "act");
	page_hidden(h, "id", page_id(p, 'F', f->id));
	if (!findings_listed(p))
		return;
	/* and then it still stands in its list */
	struct link l;
	findings_thing(p, &l, f->id);
	page_hidden(h, "back", buf_str(&l.text));
	link_done(&l);
}

static void draw_close(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	static const char *const reasons[] = {"fixed", "false-positive", "accepted-risk"};

	begin(p, h, f->closed ? "/reopen" : "/close", f);
	if (!f->closed) {
		page_select(p, h, "c-", "why", W_FINDING_CLOSE_WHY);
		for (unsigned i = 0; i < 3; i++)
			page_option(h, str_from(reasons[i]), page_key(p, "why", str_from(reasons[i])), false);
		html_close(h);
		page_field(p, h,
		        &(struct page_field){.prefix = "c-",
		                .name = "note",
		                .label = W_NOTE,
		                .type = "text",
		                .limit = 1000});
	}
	page_button(p, h, f->closed ? W_FINDING_REOPEN : W_FINDING_CLOSE);
	html_close(h);
}

static void draw_assign(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	struct people l = {0};

	people_find(p, &l);
	begin(p, h, "/assign", f);
	page_select(p, h, "a-", "to", W_FINDINGS_ASSIGN_TO);
	for (size_t i = 0; i < l.n; i++)
		page_option(h, l.v[i], l.v[i],
		        str_eq(l.v[i], f->assigned.len != 0 ? f->assigned : p->who->person));
	page_option(h, STR("nobody"), page_word(p, W_FINDINGS_NOBODY), false);
	html_close(h);
	page_button(p, h, W_FINDINGS_ASSIGN);
	html_close(h);
	vec_done(&l);
}

void finding_forms(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	draw_assign(p, h, f);
	if (f->merged == 0)
		draw_close(p, h, f);
	begin(p, h, "/note", f);
	page_area(p, h,
	        &(struct page_field){
	                .prefix = "n-", .name = "note", .label = W_NOTE, .limit = 4000, .required = true},
	        2);
	page_button(p, h, W_FINDINGS_NOTE);
	html_close(h);
	if (f->merged != 0)
		return;
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_FINDING_MERGE_MORE);
	begin(p, h, "/merge", f);
	page_field(p, h,
	        &(struct page_field){.prefix = "m-",
	                .name = "into",
	                .label = W_FINDING_MERGE_INTO,
	                .type = "text",
	                .limit = 12,
	                .size = 8,
	                .required = true});
	page_button(p, h, W_FINDING_MERGE);
	html_close(h);
	html_close(h);
}

/* ---- what was done ------------------------------------------------------------------------------- */

static void draw_entry(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct str kind = query_get_text(q, 1), state = query_get_text(q, 5);
	bool letter = str_eq(kind, STR("letter")), answer = str_eq(kind, STR("answer"));

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	page_time(h, query_get_i64(q, 0));
	html_close(h);
	html_open(h, "td");
	html_text(h, page_key(p, "entry", kind));
	if (letter || answer) {
		html_text(h, STR(" "));
		page_thing(h, letter ? 'N' : 'M', query_get_u64(q, 4));
	}
	html_close(h);
	page_cell(h, query_get_text(q, 2));
	html_open(h, "td");
	if (letter) {
		page_tag(p, h, "state", state);
		html_text(h, STR(" "));
	}
	/* what was said of this one on the letter's page */
	if (answer && state.len != 0)
		html_line(h, "p", NULL, page_key(p, "why", state));
	if (str_eq(kind, STR("closed")))
		html_text(h, page_key(p, "why", query_get_text(q, 3)));
	else
		html_line(h, "span", "lines", query_get_text(q, 3));
	html_close(h);
	html_close(h);
}

void finding_history(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	static const enum word head[] = {W_COL_WHEN, W_COL_WHAT, W_COL_WHO, W_COL_TEXT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select at, 'note', person, text, id, '' from note where finding = ?1 union all"
	        " select coalesce(n.sent, n.sealed, n.send_at), 'letter', c.email, n.ticket, n.id, n.state "
	        "from notice_item i "
	        "join notice n on n.id = i.notice join contact c on c.id = n.contact where i.finding = ?1 "
	        "union all"
	        " select m.received, 'answer', m.sender, substr(m.words, 1, 1000), m.id, coalesce((select "
	        "says from "
	        "answer_row where receipt = m.receipt and finding = ?1), '') from "
	        "notice_item i join "
	        "message m on m.notice = i.notice where i.finding = ?1 union all"
	        " select closed, 'closed', person, coalesce(why, ''), id, '' from finding where id = ?1 and "
	        "closed is not null"
	        " order by 1 desc limit 200");
	unsigned n = 0;

	page_section(p, h, "h-history", W_FINDING_HISTORY);
	query_u64(&q, f->id);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_FINDING_HISTORY, head);
		draw_entry(p, h, &q);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_FINDING_NO_HISTORY);
	html_close(h);
}

/* ---- its cases ---------------------------------------------------------------------------------- */

void finding_cases(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	static const enum word head[] = {
	        W_CASE, W_COL_NAME, W_COL_STATE, W_COL_SEVERITY, W_CASE_TITLE, W_CASE_PEER, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select c.id, c.number, c.state, c.severity, c.title, c.peer from case_finding l join case_ "
	        "c on c.id = l.case_ where "
	        "l.finding = ? order by c.id desc limit 50");
	unsigned n = 0;

	query_u64(&q, f->id);
	while (query_next(&q) == 1) {
		if (n++ == 0) {
			page_section(p, h, "h-cases", W_CASES);
			page_table(p, h, W_CASES, head);
		}
		page_row(h, 'K', query_get_u64(&q, 0), (struct str){0});
		page_cell(h, query_get_text(&q, 1));
		page_cell_tag(p, h, "cstate", query_get_text(&q, 2));
		for (int i = 3; i < 6; i++)
			page_cell(h, query_get_text(&q, i));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n > 0) {
		page_table_end(h);
		html_close(h);
	}
	if (!page_may(p, RIGHT_WORK))
		return;
	begin(p, h, "/cases/open", f);
	page_button(p, h, W_CASES_NEW);
	html_close(h);
}

/* ---- its class ----------------------------------------------------------------------------------- */

void finding_class(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	enum event_type type = type_find(f->class);
	static const enum lang_class_part parts[] = {LANG_WHAT, LANG_DO, LANG_CHECK};
	static const enum word names[] = {W_FINDING_IS, W_FINDING_DO, W_FINDING_CHECK};

	if (type == TYPE_NONE)
		return;
	page_section(p, h, "h-class", W_FINDING_CLASS);
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	for (unsigned i = 0; i < 3; i++) {
		page_line(p, h, "dt", NULL, names[i]);
		html_line(h, "dd", NULL, lang_class(&p->words->classes, type, parts[i]));
	}
	html_close(h);
	html_close(h);
}

/* ---- related ------------------------------------------------------------------------------------- */

/* Among so many of the newest findings the same malware is looked for: no index is kept for that alone. */
#define NEWEST "20000"

static void draw_relative(const struct page_ask *p, struct html *h, const struct query *q)
{
	static const enum word same[] = {W_RELATED_MALWARE, W_RELATED_HASH, W_RELATED_PLACE};

	page_row(h, 'F', query_get_u64(q, 0), (struct str){0});
	html_open(h, "td");
	page_say(p, h, same[query_get_u64(q, 6) % 3]);
	html_close(h);
	html_line(h, "td", "word", query_get_text(q, 1));
	page_cell_tag(p, h, "severity", query_get_text(q, 2));
	page_cell_owner(h, query_get_text(q, 8), query_get_text(q, 3));
	page_cell(h, query_get_text(q, 7));
	page_cell_time(h, query_get_i64(q, 4));
	page_cell_tag(p, h, "state", query_get_text(q, 5));
	html_close(h);
}

/* The same place, the same file, the same program at its owner: each finding once, by what tells most. */
static struct query find_related(const struct page_ask *p, const struct finding_row *f)
{
	struct query q = db_query(p->ask->state,
	        "select f.id, f.class, f.severity, o.name, f.last, f.stage, max(w.same), f.place, o.ref from "
	        "(select * from (select id, 2 as same from finding where place = ?1 and place <> '' and id "
	        "<> ?2 order by id desc limit 20) union all "
	        "select * from (select x.finding, 1 from finding_hash h cross join finding_hash x on x.hash "
	        "= "
	        "h.hash where h.finding = ?2 and x.finding <> ?2 order by x.finding desc limit 20) union all "
	        "select * from (select id, 0 from finding where malware = ?3 and malware <> '' and owner = "
	        "?4 "
	        "and id <> ?2 and id > (select max(id) - " NEWEST
	        " from finding) order by id desc limit 40)) w cross join finding f on f.id = w.id join owner "
	        "o on o.id = f.owner group by f.id order by 7 desc, f.id desc limit 40");

	query_text(&q, f->place);
	query_u64(&q, f->id);
	query_text(&q, f->malware);
	query_u64(&q, f->owner_id);
	return q;
}

void finding_related(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	static const enum word head[] = {W_COL_FINDING, W_COL_SAME, W_COL_CLASS, W_COL_SEVERITY, W_COL_OWNER,
	        W_COL_WHERE, W_COL_LAST, W_COL_STATE, WORD_END};
	struct query q = find_related(p, f);
	unsigned n = 0;

	page_section(p, h, "h-related", W_FINDING_RELATED);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_FINDING_RELATED_TABLE, head);
		draw_relative(p, h, &q);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_NONE);
	struct link l;
	link_begin(&l, "/search");
	link_param(&l, "q", f->place);
	html_open(h, "p");
	html_open(h, "a");
	html_link(h, "href", &l);
	page_say(p, h, W_FINDING_SEARCH);
	html_close(h);
	html_close(h);
	html_close(h);
}
