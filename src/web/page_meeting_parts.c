/* SPDX-License-Identifier: Apache-2.0
 *
 * Sections of the page of a meeting that cards, answers and notes make.
 */
#include "web/page_meeting_in.h"

/* ---- who ----------------------------------------------------------------------------------------- */

static void draw_comes(const struct meeting_drawn *d, const struct meeting_member *v)
{
	html_open(d->h, "td");
	if (str_eq(v->as, STR("chair"))) {
		html_text(d->h, STR("-"));
	} else if (str_eq(v->comes, STR("yes"))) {
		page_sayf(d->p, d->h, W_MEETING_COMES_CARD, page_number(d->p, (uint64_t)v->serial));
		if (v->by.len > 0)
			html_printf(d->h, ", %.*s", STR_ARG(v->by));
	} else if (str_eq(v->comes, STR("sender"))) {
		page_say(d->p, d->h, W_MEETING_COMES_CALLS);
	} else if (d->m.ours || str_eq(v->party, d->m.us)) {
		page_say(d->p, d->h, W_MEETING_COMES_NOT);
	} else {
		html_text(d->h, STR("-"));
	}
	html_close(d->h);
}

static void draw_assent(const struct meeting_drawn *d, const struct meeting_member *v)
{
	bool yes = str_eq(v->assent, STR("yes")), earlier = str_eq(v->assent, STR("earlier"));

	html_open(d->h, "td");
	if (v->assent.len == 0 || str_eq(v->as, STR("chair")))
		html_text(d->h, STR("-"));
	else
		page_say(d->p, d->h,
		        yes               ? W_MEETING_ASSENT_YES
		                : earlier ? W_MEETING_ASSENT_EARLIER
		                          : W_MEETING_ASSENT_WROTE);
	if ((yes || earlier) && v->assent_by.len > 0)
		html_printf(d->h, ", %.*s", STR_ARG(v->assent_by));
	html_close(d->h);
}

void meeting_draw_who(const struct meeting_drawn *d, struct err *e)
{
	static const enum word head[] = {W_MEETING_PARTY, W_MEETING_AS, W_MEETING_COMES, W_MEETING_PRESENT,
	        W_MEETING_ASSENT, WORD_END};
	struct meeting_member *v;
	unsigned n = meeting_members(d->p->ask, &d->m, &v, e);

	page_section(d->p, d->h, "h-who", W_MEETING_WHO);
	page_table(d->p, d->h, W_MEETING_WHO, head);
	for (unsigned i = 0; i < n; i++) {
		html_open(d->h, "tr");
		html_open(d->h, "th");
		html_attr(d->h, "scope", STR("row"));
		html_text(d->h, v[i].party);
		html_close(d->h);
		page_cell(d->h, page_key(d->p, "mas", v[i].as));
		draw_comes(d, &v[i]);
		page_cell(d->h,
		        v[i].present.len > 0      ? v[i].present
		                : v[i].is_present ? v[i].party
		                                  : STR("-"));
		draw_assent(d, &v[i]);
		html_close(d->h);
	}
	page_table_end(d->h);
	if (!d->m.ours)
		page_line(d->p, d->h, "p", "note", W_MEETING_ANSWERS);
	html_close(d->h);
}

/* ---- agenda -------------------------------------------------------------------------------------- */

void meeting_draw_agenda(const struct meeting_drawn *d)
{
	static const enum word head[] = {
	        W_MEETING_ITEM, W_COL_ABOUT, W_MEETING_WHEN, W_MEETING_PAPERS, WORD_END};
	struct query q = db_query(d->p->ask->state,
	        "select place + 1, title, start, until, papers from meeting_item where meeting = ? order by "
	        "place");
	uint64_t n = 0;

	page_section(d->p, d->h, "h-agenda", W_MEETING_AGENDA);
	query_u64(&q, d->m.id);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(d->p, d->h, W_MEETING_AGENDA, head);
		html_open(d->h, "tr");
		page_cell_u64(d->h, query_get_u64(&q, 0));
		page_cell(d->h, query_get_text(&q, 1));
		html_open(d->h, "td");
		meeting_when(d->p, d->h, d->clocks, query_get_i64(&q, 2), query_get_i64(&q, 3));
		html_close(d->h);
		page_cell(d->h, meeting_item_papers(d->p->ask, d->m.id, query_get_u64(&q, 4)));
		html_close(d->h);
	}
	query_done(&q, NULL);
	page_table_over(d->p, d->h, n, W_NONE);
	html_close(d->h);
}

/* ---- papers -------------------------------------------------------------------------------------- */

static void draw_paper(const struct meeting_drawn *d, const struct query *q)
{
	html_open(d->h, "tr");
	html_open(d->h, "th");
	html_attr(d->h, "scope", STR("row"));
	html_text(d->h, query_get_text(q, 0));
	html_close(d->h);
	html_open(d->h, "td");
	if (query_get_u64(q, 4) != 0) {
		meeting_file_link(d, query_get_text(q, 3), query_get_text(q, 1), query_get_text(q, 5));
	} else {
		html_text(d->h, query_get_text(q, 1));
		html_text(d->h, STR(" "));
		page_line(d->p, d->h, "span", "note", W_MEETING_PAPER_WAY);
	}
	if (d->m.ours && d->may && !str_eq(d->m.state, STR("cancelled"))) {
		meeting_form(d, "/meetings/paper-drop");
		page_hidden(d->h, "paper", query_get_text(q, 0));
		page_button(d->p, d->h, W_MEETING_PAPER_DROP);
		html_close(d->h);
	}
	html_close(d->h);
	page_cell_u64(d->h, query_get_u64(q, 2));
	html_open(d->h, "td");
	html_line(d->h, "code", NULL, query_get_text(q, 3));
	html_close(d->h);
	html_close(d->h);
}

static void draw_paper_form(const struct meeting_drawn *d)
{
	meeting_details(d, W_MEETING_PAPER_ADD);
	meeting_form_file(d, "/meetings/paper");
	meeting_field(d, "p-", "item", W_MEETING_PAPER_ITEM, 3, false);
	html_open(d->h, "label");
	html_empty(d->h, "input");
	html_attr(d->h, "type", STR("checkbox"));
	html_attr(d->h, "name", STR("outcome"));
	html_attr(d->h, "value", STR("1"));
	page_say(d->p, d->h, W_MEETING_PAPER_OUTCOME);
	html_close(d->h);
	meeting_file_end(d, "p-file", W_MEETING_PAPER_ADD);
	html_close(d->h);
}

void meeting_draw_papers(const struct meeting_drawn *d)
{
	static const enum word head[] = {
	        W_MEETING_PAPER, W_COL_NAME, W_MEETING_BYTES, W_MEETING_DIGEST, WORD_END};
	struct query q = db_query(d->p->ask->state,
	        "select symbol, name, size, lower(hex(sha256)), coalesce((select f.here from meeting m "
	        "join attachment f on f.statement = m.card and f.sha256 = p.sha256 where m.id = p.meeting), "
	        "0), media from meeting_paper p where meeting = ? order by place");
	uint64_t n = 0;

	page_section(d->p, d->h, "h-papers", W_MEETING_PAPERS);
	query_u64(&q, d->m.id);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(d->p, d->h, W_MEETING_PAPERS, head);
		draw_paper(d, &q);
	}
	query_done(&q, NULL);
	page_table_over(d->p, d->h, n, W_NONE);
	if (d->m.ours && d->may && !str_eq(d->m.state, STR("cancelled")))
		draw_paper_form(d);
	html_close(d->h);
}

/* ---- what came of it ----------------------------------------------------------------------------- */

void meeting_draw_outcome(const struct meeting_drawn *d)
{
	struct query q = db_query(d->p->ask->state,
	        "select r.number, r.instrument, r.title, r.shown from meeting_see x join agree_round r on "
	        "r.open = x.id where x.meeting = ?1 order by r.id");
	unsigned n = 0;

	if (str_eq(d->m.state, STR("planned")) || str_eq(d->m.state, STR("cancelled"))) {
		query_done(&q, NULL);
		return;
	}
	page_section(d->p, d->h, "h-outcome", W_MEETING_OUTCOME);
	html_open(d->h, "ul");
	query_u64(&q, d->m.id);
	for (; query_next(&q) == 1; n++) {
		html_open(d->h, "li");
		page_sayf(d->p, d->h, W_MEETING_OUTCOME_ROUND, page_number(d->p, query_get_u64(&q, 0)),
		        arena_str(d->p->ask->arena, query_get_text(&q, 1)));
		html_printf(
		        d->h, " %.*s (%.*s)", STR_ARG(query_get_text(&q, 2)), STR_ARG(query_get_text(&q, 3)));
		html_close(d->h);
	}
	query_done(&q, NULL);
	q = db_query(d->p->ask->state,
	        "select symbol || ' ' || name from meeting_paper where meeting = ? and symbol like 'OUT.%' "
	        "order by place");
	query_u64(&q, d->m.id);
	for (; query_next(&q) == 1; n++)
		html_line(d->h, "li", NULL, query_get_text(&q, 0));
	query_done(&q, NULL);
	if (n == 0)
		page_line(d->p, d->h, "li", NULL, W_NONE);
	html_close(d->h);
	if (d->m.ours && d->may) {
		meeting_details(d, W_MEETING_OUTCOME_ADD);
		meeting_form(d, "/meetings/outcome");
		meeting_field(d, "o-", "round", W_MEETING_OUTCOME_FIELD, 30, true);
		page_button(d->p, d->h, W_MEETING_OUTCOME_ADD);
		html_close(d->h);
		html_close(d->h);
	}
	html_close(d->h);
}

/* ---- what was said ------------------------------------------------------------------------------- */

void meeting_draw_said(const struct meeting_drawn *d)
{
	struct query q = db_query(d->p->ask->state,
	        "select n.said * 1000000, n.party, n.person, n.words from meeting_note n where n.meeting = "
	        "?1 "
	        "and " MEETING_COUNTS("n") " order by n.said, n.statement limit 500");

	page_section(d->p, d->h, "h-said", W_MEETING_SAID);
	query_u64(&q, d->m.id);
	while (query_next(&q) == 1) {
		html_open(d->h, "p");
		html_attr(d->h, "class", STR("note"));
		html_printf(
		        d->h, "%.*s, %.*s, ", STR_ARG(query_get_text(&q, 1)), STR_ARG(query_get_text(&q, 2)));
		page_time(d->h, query_get_i64(&q, 0));
		html_close(d->h);
		html_line(d->h, "p", "lines", query_get_text(&q, 3));
	}
	query_done(&q, NULL);
	if (d->may) {
		meeting_form(d, "/meetings/note");
		meeting_area(d, "s-", W_NOTE, 3, true);
		meeting_tongue(d, "s-");
		page_button(d->p, d->h, W_MEETING_SAY_GO);
		html_close(d->h);
	}
	html_close(d->h);
}

/* All that came of who called it, also those that do not stand. */
void meeting_draw_cards(const struct meeting_drawn *d)
{
	struct query q = db_query(d->p->ask->state,
	        "select c.serial, c.state, c.said * 1000000, c.statement = m.card from meeting_card c join "
	        "meeting m on m.id = c.meeting where m.id = ?1 and c.sender = m.sender order by c.serial "
	        "desc, "
	        "c.said desc limit 100");

	html_open(d->h, "details");
	page_line(d->p, d->h, "summary", NULL, W_MEETING_CARDS);
	html_open(d->h, "ul");
	query_u64(&q, d->m.id);
	while (query_next(&q) == 1) {
		html_open(d->h, "li");
		if (query_get_u64(&q, 3) != 0)
			html_open(d->h, "strong");
		page_sayf(d->p, d->h, W_MEETING_CARD, page_number(d->p, query_get_u64(&q, 0)), d->m.sender);
		if (query_get_u64(&q, 3) != 0)
			html_close(d->h);
		html_text(d->h, STR(" "));
		page_tag(d->p, d->h, "mstate", query_get_text(&q, 1));
		html_text(d->h, STR(" "));
		page_time(d->h, query_get_i64(&q, 2));
		html_close(d->h);
	}
	query_done(&q, NULL);
	html_close(d->h);
	html_close(d->h);
}
