/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom to reach, and when: our own card, the cards of peers, and what people here have written down of others. What was not
 * confirmed for long is shown with its age; constituents whose contacts nobody has confirmed for 90 days are to be asked.
 */
#include "web/page_peer.h"

#define DAY_US ((int64_t)86400 * 1000000)
#define STALE 180
#define REMIND 90
#define REMIND_AGAIN 150
#define ASK_AGAIN 30
#define ROWS 1000

static const char *const kinds[] = {
        "duty-24x7", "technical", "diplomatic", "cvd", "leo-liaison", "press", "other"};

static uint64_t days_since(const struct page_ask *p, int64_t seconds)
{
	int64_t us = p->now - seconds * 1000000;

	return us > 0 ? (uint64_t)(us / DAY_US) : 0;
}

static void draw_channels(const struct page_ask *p, struct html *h, uint64_t contact)
{
	struct query q = db_query(p->ask->state,
	        "select type, address, pgp, hours, bounced is not null from contact_channel where contact = "
	        "? order by id");

	html_open(h, "td");
	query_u64(&q, contact);
	while (query_next(&q) == 1) {
		html_open(h, "p");
		for (int i = 0; i < 4; i++) {
			html_text(h, i > 0 ? STR(" ") : STR(""));
			html_text(h, query_get_text(&q, i));
		}
		if (query_get_u64(&q, 4) != 0) {
			html_text(h, STR(" "));
			page_tag(p, h, "contact", STR("broken"));
		}
		html_close(h);
	}
	query_done(&q, NULL);
	html_close(h);
}

static void draw_age(const struct page_ask *p, struct html *h, int64_t confirmed, struct str by)
{
	uint64_t days = days_since(p, confirmed);

	html_open(h, "td");
	peer_when(h, confirmed);
	html_text(h, STR(" "));
	html_text(h, by);
	if (days >= STALE) {
		html_text(h, STR(" "));
		html_open(h, "strong");
		page_sayf(p, h, W_CONTACTS_STALE, page_number(p, days));
		html_close(h);
	}
	html_close(h);
}

static void draw_acts(
        const struct page_ask *p, struct html *h, uint64_t id, struct str source, struct str party)
{
	html_open(h, "td");
	if (!str_eq(source, STR("card")) && page_may(p, RIGHT_LINK)) {
		if (!str_eq(source, STR("own"))) {
			page_form(p, h, "/contacts/confirm", "act");
			page_hidden(h, "id", party);
			page_button(p, h, W_CONTACTS_CONFIRM);
			html_close(h);
		}
		page_form(p, h, "/contacts/drop", "act");
		page_hidden(h, "id", page_id(p, 'L', id));
		page_button(p, h, W_CONTACTS_DROP);
		html_close(h);
	}
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	uint64_t id = query_get_u64(q, 0);
	struct str party = arena_str(p->ask->arena, query_get_text(q, 1));
	struct str source = arena_str(p->ask->arena, query_get_text(q, 9));

	html_open(h, "tr");
	peer_head(h, party);
	html_open(h, "td");
	html_line(h, "span", "word", query_get_text(q, 2));
	html_text(h, STR(" "));
	html_text(h, query_get_text(q, 3));
	html_text(h, STR(" "));
	html_text(h, query_get_text(q, 4));
	html_close(h);
	draw_channels(p, h, id);
	page_cell(h, query_get_text(q, 5));
	html_open(h, "td");
	html_text(h, query_get_text(q, 6));
	html_text(h, STR(" "));
	html_text(h, query_get_text(q, 10));
	html_close(h);
	draw_age(p, h, query_get_i64(q, 7), query_get_text(q, 8));
	draw_acts(p, h, id, source, party);
	html_close(h);
}

static int draw_list(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_PEERS_PARTY, W_CONTACTS_OFFICE, W_CONTACTS_REACH,
	        W_CONTACTS_LANGUAGES, W_CONTACTS_HOURS, W_CONTACTS_CONFIRMED, W_COL_ACT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select c.id, c.party, c.kind, c.office, c.person, c.languages, c.hours, c.confirmed, "
	        "c.confirmed_by, "
	        "c.source, coalesce(k.zone, '') from party_contact c left join contact_card k on k.party = "
	        "c.party and "
	        "k.serial = (select max(serial) from contact_card where party = c.party) where ?1 is null or "
	        "c.party = ?1 "
	        "order by c.party, c.id limit ?2");
	uint64_t n = 0;

	query_text(&q, ask_param(p->ask, "party"));
	query_u64(&q, ROWS);
	for (; query_next(&q) == 1; n++) {
		if (n == 0)
			page_table(p, h, W_CONTACTS_TABLE, head);
		draw_row(p, h, &q);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_NONE);
	return rc;
}

/* ---- our own card -------------------------------------------------------------------------------- */

static void draw_own(const struct page_ask *p, struct html *h)
{
	struct query q = db_query(p->ask->state,
	        "select coalesce(min(c.confirmed), 0), coalesce((select max(serial) from contact_card k "
	        "where k.party = "
	        "c.party), 0) from party_contact c join party p on p.name = c.party where p.own = 1");
	int64_t confirmed = 0;

	if (query_next(&q) == 1)
		confirmed = query_get_i64(&q, 0);
	query_done(&q, NULL);
	if (confirmed == 0 || !page_may(p, RIGHT_LINK))
		return;
	uint64_t days = days_since(p, confirmed);
	page_section(p, h, "h-own", W_CONTACTS_OWN);
	if (days >= REMIND) {
		html_open(h, "p");
		html_attr(h, "class", str_from(days >= REMIND_AGAIN ? "error" : "note"));
		page_sayf(p, h, W_CONTACTS_REMIND, page_number(p, days));
		html_close(h);
	}
	page_line(p, h, "p", NULL, W_CONTACTS_OWN_WHAT);
	page_form(p, h, "/contacts/send", "act");
	page_button(p, h, W_CONTACTS_SEND);
	html_close(h);
	html_close(h);
}

static void draw_add(const struct page_ask *p, struct html *h)
{
	static const struct page_field fields[] = {
	        {.name = "id", .label = W_PEERS_PARTY, .limit = 63, .size = 12},
	        {.name = "office", .label = W_CONTACTS_OFFICE, .limit = 200, .size = 20, .required = true},
	        {.name = "languages", .label = W_CONTACTS_LANGUAGES, .limit = 60, .size = 8},
	        {.name = "hours", .label = W_CONTACTS_HOURS, .limit = 100, .size = 16},
	        {.name = "email", .label = W_CONTACTS_EMAIL, .limit = 254, .size = 20},
	        {.name = "phone", .label = W_CONTACTS_PHONE, .limit = 60, .size = 14},
	};

	if (!page_may(p, RIGHT_LINK))
		return;
	page_section(p, h, "h-add", W_CONTACTS_ADD);
	page_line(p, h, "p", NULL, W_CONTACTS_ADD_WHAT);
	page_form(p, h, "/contacts/add", "act");
	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		page_field(p, h, &fields[i]);
	page_select(p, h, NULL, "kind", W_PEER_KIND);
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		page_option(h, str_from(kinds[i]), str_from(kinds[i]), i == 0);
	html_close(h);
	page_button(p, h, W_CONTACTS_ADD);
	html_close(h);
	html_close(h);
}

/* ---- constituents -------------------------------------------------------------------------------- */

static void draw_asked(const struct page_ask *p, struct html *h, uint64_t times, bool waits)
{
	html_open(h, "td");
	if (waits)
		page_line(p, h, "strong", NULL, W_CONTACTS_ASK_WAITS);
	else if (times > 0)
		page_sayf(p, h, W_CONTACTS_ASK_TIMES, page_number(p, times));
	html_close(h);
}

/* Asked after 90 days, then after 30 more: by a letter, if weir.yaml has "contacts: ask". */
static int draw_asks(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {
	        W_COL_OWNER, W_CONTACTS_EMAIL, W_CONTACTS_CONFIRMED, W_COL_STATE, W_COL_ACT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select c.id, o.ref, o.name, c.email, coalesce(k.confirmed, 0), k.times, k.waits is not null "
	        "from contact c join owner o on o.id = c.owner join contact_asked k on k.contact = c.id "
	        "where c.gone is null and o.gone is null and (k.waits is not null or (k.confirmed < ?1 and "
	        "(k.asked is null or k.asked < ?2))) order by k.waits is null, k.confirmed, c.id limit 200");
	uint64_t n = 0;

	query_i64(&q, p->now - REMIND * DAY_US);
	query_i64(&q, p->now - ASK_AGAIN * DAY_US);
	for (; query_next(&q) == 1; n++) {
		if (n == 0) {
			page_section(p, h, "h-ask", W_CONTACTS_ASK);
			page_table(p, h, W_CONTACTS_ASK, head);
		}
		html_open(h, "tr");
		page_cell_owner(h, query_get_text(&q, 1), query_get_text(&q, 2));
		page_cell(h, query_get_text(&q, 3));
		page_cell_time(h, query_get_i64(&q, 4));
		draw_asked(p, h, query_get_u64(&q, 5), query_get_u64(&q, 6) != 0);
		html_open(h, "td");
		if (page_may(p, RIGHT_REGISTER)) {
			page_form(p, h, "/contacts/asked", "act");
			page_hidden(h, "id", page_number(p, query_get_u64(&q, 0)));
			page_button(p, h, W_CONTACTS_ASK_DONE);
			html_close(h);
		}
		html_close(h);
		html_close(h);
	}
	int rc = query_done(&q, e);
	if (n > 0) {
		page_table_end(h);
		html_close(h);
	}
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	page_line(p, h, "h1", NULL, W_CONTACTS);
	draw_own(p, h);
	int rc = draw_list(p, h, e);
	if (rc == 0)
		rc = draw_asks(p, h, e);
	draw_add(p, h);
	return rc;
}

const struct page page_contacts = {
        .path = "/contacts", .title = W_CONTACTS, .group = PAGE_LINK, .right = RIGHT_READ, .draw = draw};
