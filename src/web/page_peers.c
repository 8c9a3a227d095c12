/* SPDX-License-Identifier: Apache-2.0
 *
 * Links with other parties: how each stands, both directions apart, and what is next; checks of communication; parties that
 * have no link.
 */
#include "web/page_peer.h"

#define CHECKS_SHOWN 40

void peer_when(struct html *h, int64_t seconds)
{
	if (seconds != 0)
		page_time(h, seconds * 1000000);
}

void peer_cell_when(struct html *h, int64_t seconds)
{
	html_open(h, "td");
	peer_when(h, seconds);
	html_close(h);
}

void peer_head(struct html *h, struct str party)
{
	struct link l;

	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_open(h, "a");
	link_begin(&l, "/peers");
	link_part(&l, party);
	html_link(h, "href", &l);
	html_text(h, party);
	html_close(h);
	html_close(h);
}

void peer_form(const struct page_ask *p, struct html *h, const char *action, struct str party)
{
	page_form(p, h, action, "act");
	page_hidden(h, "id", party);
	page_hidden(h, "back", arena_printf(p->ask->arena, "/peers/%.*s", STR_ARG(party)));
}

void peer_fact(const struct page_ask *p, struct html *h, enum word name, struct str text)
{
	if (text.len == 0)
		return;
	page_line(p, h, "dt", NULL, name);
	html_line(h, "dd", NULL, text);
}

/* ---- links --------------------------------------------------------------------------------------- */

/* Who must do something, and what. */
static void draw_next(const struct page_ask *p, struct html *h, struct str party, struct str link, bool them)
{
	enum word w = WORD_END;

	if (str_eq(link, STR("unverified")))
		w = W_PEERS_NEXT_TYPE;
	else if (str_eq(link, STR("typed")))
		w = W_PEERS_NEXT_CONFIRM;
	else if (str_eq(link, STR("linked")))
		w = them                                    ? W_PEERS_NEXT_THEM
		        : check_green(p->ask->state, party) ? W_PEERS_GREEN
		                                            : W_PEERS_NEXT_CHECK;
	html_open(h, "td");
	if (w != WORD_END)
		page_say(p, h, w);
	html_close(h);
}

static void draw_link(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct str party = arena_str(p->ask->arena, query_get_text(q, 0));
	struct str link = arena_str(p->ask->arena, query_get_text(q, 2));

	html_open(h, "tr");
	peer_head(h, party);
	page_cell(h, query_get_text(q, 1));
	page_cell_tag(p, h, "link", link);
	page_cell(h, query_get_text(q, 3));
	page_cell_time(h, query_get_i64(q, 4));
	page_cell_time(h, query_get_i64(q, 5));
	page_cell_u64(h, query_get_u64(q, 6));
	page_cell_u64(h, query_get_u64(q, 7));
	peer_cell_when(h, query_get_i64(q, 8));
	draw_next(p, h, party, link, query_get_u64(q, 9) != 0);
	html_close(h);
}

static int draw_links(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_PEERS_PARTY, W_PEERS_TITLE, W_PEERS_LINK, W_PEERS_ROLE,
	        W_PEERS_WE_REACH, W_PEERS_THEY_REACH, W_PEERS_WAITS, W_PEERS_HELD, W_PEERS_UNTIL,
	        W_PEERS_NEXT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select p.name, p.title, p.link, p.role, coalesce(p.reached, 0), coalesce(p.reaches, 0), "
	        "(select "
	        "count(*) from delivery d where d.party = p.name and d.waits = 1), (select count(*) from "
	        "statement s "
	        "where s.effect = 0 and s.sender = p.name), case p.list_until when 0 then 0 else "
	        "p.list_until + "
	        "p.extended end, p.failed like '%not-linked%' from party p where p.link <> 'none' and p.role "
	        "<> 'mail' "
	        "and p.own = 0 order by p.link = 'ended', p.name");
	uint64_t n = 0;

	for (; query_next(&q) == 1; n++) {
		if (n == 0)
			page_table(p, h, W_PEERS_TABLE, head);
		draw_link(p, h, &q);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_NONE);
	if (n > 0 && page_may(p, RIGHT_LINK)) {
		html_open(h, "p");
		page_link(h, "/couriers", page_word(p, W_PEER_COURIER));
		html_close(h);
	}
	return rc;
}

static void draw_import(const struct page_ask *p, struct html *h)
{
	static const struct page_field list = {
	        .name = "list", .label = W_PEERS_IMPORT, .limit = 8192, .required = true};

	if (!page_may(p, RIGHT_LINK))
		return;
	page_section(p, h, "h-import", W_PEERS_IMPORT);
	page_line(p, h, "p", NULL, W_PEERS_IMPORT_WHAT);
	page_form(p, h, "/peers/import", "act");
	page_area(p, h, &list, 6);
	page_button(p, h, W_PEERS_IMPORT_DO);
	html_close(h);
	html_close(h);
}

/* ---- checks -------------------------------------------------------------------------------------- */

static void draw_answer(const struct page_ask *p, struct html *h, uint64_t id, struct str party)
{
	struct str shown = page_id(p, 'C', id);

	page_form(p, h, "/checks/answer", "act");
	page_hidden(h, "id", shown);
	if (party.p != NULL)
		page_hidden(h, "back", arena_printf(p->ask->arena, "/peers/%.*s", STR_ARG(party)));
	page_field(p, h,
	        &(struct page_field){
	                .prefix = shown.p, .name = "token", .label = W_CHECKS_TOKEN, .limit = 8, .size = 8});
	page_field(p, h,
	        &(struct page_field){
	                .prefix = shown.p, .name = "note", .label = W_NOTE, .limit = 200, .size = 12});
	page_button(p, h, W_CHECKS_ANSWER);
	html_close(h);
}

static void draw_check(const struct page_ask *p, struct html *h, const struct query *q, struct str party)
{
	bool ours = query_get_u64(q, 2) != 0, answered = query_get_i64(q, 7) != 0;

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, page_id(p, 'C', query_get_u64(q, 0)));
	html_close(h);
	page_cell(h, query_get_text(q, 1));
	page_line(p, h, "td", NULL, ours ? W_CHECKS_WE : W_CHECKS_THEY);
	page_cell(h, query_get_text(q, 3));
	peer_cell_when(h, query_get_i64(q, 4));
	peer_cell_when(h, query_get_i64(q, 5));
	page_cell_tag(p, h, "check", query_get_text(q, 6));
	html_open(h, "td");
	if (answered) {
		peer_when(h, query_get_i64(q, 7));
		html_text(h, STR(" "));
		html_text(h, query_get_text(q, 8));
	} else if (!ours && page_may(p, RIGHT_WORK)) {
		draw_answer(p, h, query_get_u64(q, 0), party);
	}
	html_close(h);
	html_close(h);
}

int peer_checks(const struct page_ask *p, struct html *h, struct str party, struct err *e)
{
	static const enum word head[] = {W_CHECKS_CHECK, W_PEERS_PARTY, W_CHECKS_WHO, W_CHECKS_CHANNEL,
	        W_COL_WHEN, W_CHECKS_DUE, W_CHECKS_RESULT, W_CHECKS_ANSWERED, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select id, party, ours, channel, asked, due, result, coalesce(answered, 0), by from "
	        "comm_check where ?1 "
	        "is null or party = ?1 order by (answered is null and ours = 0) desc, id desc limit ?2");
	uint64_t n = 0;

	page_section(p, h, "h-checks", W_CHECKS);
	query_text(&q, party);
	query_u64(&q, CHECKS_SHOWN);
	for (; query_next(&q) == 1; n++) {
		if (n == 0)
			page_table(p, h, W_CHECKS_TABLE, head);
		draw_check(p, h, &q, party);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_NONE);
	html_close(h);
	return rc;
}

static int draw_years(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_CHECKS_YEAR, W_PEERS_PARTY, W_CHECKS_CHANNEL, W_CHECKS_YEAR_ASKED,
	        W_CHECK_OK, W_CHECK_LATE, W_CHECK_WRONG_TOKEN, W_CHECK_NO_ANSWER, W_CHECK_BOUNCED,
	        W_CHECK_WRONG_KEY, WORD_END};
#define OF(result) "sum(result = '" result "')"
	struct query q = db_query(p->ask->state,
	        "select strftime('%Y', asked, 'unixepoch'), party, channel, "
	        "count(*), " OF("ok") ", " OF("late") ", " OF("wrong-token") ", " OF("no-answer") ", " OF(
	                "bounced") ", " OF("wrong-key") " from "
	                                                "comm_"
	                                                "check "
	                                                "where "
	                                                "ours = "
	                                                "1 "
	                                                "group "
	                                                "by 1, "
	                                                "2, 3 "
	                                                "order "
	                                                "by 1 "
	                                                "desc, "
	                                                "2, 3 "
	                                                "limit "
	                                                "200");
#undef OF
	uint64_t n = 0;

	for (; query_next(&q) == 1; n++) {
		if (n == 0) {
			page_section(p, h, "h-years", W_CHECKS_YEAR);
			page_table(p, h, W_CHECKS_YEAR, head);
		}
		html_open(h, "tr");
		for (int i = 0; i < 3; i++)
			page_cell(h, query_get_text(&q, i));
		for (int i = 3; i < 10; i++)
			page_cell_u64(h, query_get_u64(&q, i));
		html_close(h);
	}
	int rc = query_done(&q, e);
	if (n > 0) {
		page_table_end(h);
		html_close(h);
	}
	return rc;
}

/* ---- without a link ------------------------------------------------------------------------------ */

static void draw_add(const struct page_ask *p, struct html *h)
{
	static const struct page_field fields[] = {
	        {.prefix = "add-",
	                .name = "id",
	                .label = W_PEERS_PARTY,
	                .limit = 63,
	                .size = 20,
	                .required = true},
	        {.prefix = "add-", .name = "title", .label = W_PEERS_TITLE, .limit = 200, .size = 20},
	        {.prefix = "add-", .name = "email", .label = W_CONTACTS_EMAIL, .limit = 254, .size = 20},
	};

	if (!page_may(p, RIGHT_LINK))
		return;
	page_form(p, h, "/parties/add", "act");
	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		page_field(p, h, &fields[i]);
	page_select(p, h, "add-", "mail", W_PEERS_MAIL);
	page_option(h, STR("no"), STR("-"), true);
	page_option(h, STR("yes"), page_word(p, W_PEERS_MAIL), false);
	html_close(h);
	page_button(p, h, W_PEERS_ADD);
	html_close(h);
}

static int draw_others(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {
	        W_PEERS_PARTY, W_PEERS_TITLE, W_PEERS_ROLE, W_CONTACTS_EMAIL, W_CONTACTS_LANGUAGES, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select name, title, role, email, language, failed <> '' and role = 'mail' from party where "
	        "own = 0 and (link = 'none' or "
	        "role = 'mail') "
	        "order by name limit 500");
	uint64_t n = 0;

	page_section(p, h, "h-others", W_PEERS_OTHERS);
	for (; query_next(&q) == 1; n++) {
		if (n == 0)
			page_table(p, h, W_PEERS_OTHERS, head);
		html_open(h, "tr");
		peer_head(h, query_get_text(&q, 0));
		for (int i = 1; i < 3; i++)
			page_cell(h, query_get_text(&q, i));
		html_open(h, "td");
		html_text(h, query_get_text(&q, 3));
		if (query_get_u64(&q, 5) != 0) {
			html_text(h, STR(" "));
			page_tag(p, h, "contact", STR("broken"));
		}
		html_close(h);
		page_cell(h, query_get_text(&q, 4));
		html_close(h);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_NONE);
	draw_add(p, h);
	html_close(h);
	return rc;
}

static void draw_silent(const struct page_ask *p, struct html *h)
{
	if (!recover_silent(p->ask->state))
		return;
	page_line(p, h, "p", "error", W_PEERS_SILENT);
	if (!page_may(p, RIGHT_LINK))
		return;
	page_form(p, h, "/recover", "act");
	page_field(p, h,
	        &(struct page_field){
	                .prefix = "recover-", .name = "why", .label = W_REASON, .limit = 300, .size = 30});
	page_button(p, h, W_PEERS_SILENT_END);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	page_line(p, h, "h1", NULL, W_PEERS);
	draw_silent(p, h);
	int rc = draw_links(p, h, e);
	if (rc == 0)
		rc = peer_checks(p, h, (struct str){0}, e);
	if (rc == 0)
		rc = draw_years(p, h, e);
	draw_import(p, h);
	return rc == 0 ? draw_others(p, h, e) : rc;
}

const struct page page_peers = {
        .path = "/peers", .title = W_PEERS, .group = PAGE_LINK, .right = RIGHT_READ, .draw = draw};
