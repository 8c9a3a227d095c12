/* SPDX-License-Identifier: Apache-2.0
 *
 * One owner: what is open there, who is written to and whether anybody reads it, how long a fix takes, and what it has.
 */
#include "web/page_owner.h"

#define ROWS 20
#define CLAIMS 200

int owner_find(const struct page_ask *p, struct str ref, struct owner_row *o, struct err *e)
{
	char shown[100];
	struct query q = db_query(p->ask->state,
	        "select id, ref, name, sector, cc, coalesce(gone, 0) from owner where ref = ? order by id "
	        "limit 1");

	query_text(&q, ref);
	bool there = query_next(&q) == 1;
	if (there) {
		o->id = query_get_u64(&q, 0);
		o->ref = arena_str(p->ask->arena, query_get_text(&q, 1));
		o->name = arena_str(p->ask->arena, query_get_text(&q, 2));
		o->sector = arena_str(p->ask->arena, query_get_text(&q, 3));
		o->cc = arena_str(p->ask->arena, query_get_text(&q, 4));
		o->gone = query_get_i64(&q, 5);
	}
	int rc = query_done(&q, e);
	if (rc == 0 && !there)
		rc = err_set(
		        e, ERR_MISSING, "there is no owner '%s'", err_quote(shown, sizeof(shown), ref).p);
	return rc;
}

/* ---- head ---------------------------------------------------------------------------------------- */

static void figure(const struct page_ask *p, struct html *h, const struct owner_row *o, const char *path,
        const char *state, const char *sql, enum word what)
{
	struct query q = db_query(p->ask->state, sql);
	uint64_t n = 0;
	struct link l;

	query_u64(&q, o->id);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_done(&q, NULL);
	link_begin(&l, path);
	link_param(&l, "owner", o->ref);
	if (state != NULL)
		link_param(&l, "state", str_from(state));
	page_figure(p, h, n, what, &l);
}

#define LETTERS "select count(*) from notice where contact in (select id from contact where owner = ?)"

static void draw_head(const struct page_ask *p, struct html *h, const struct owner_row *o)
{
	html_line(h, "h1", NULL, o->name);
	html_open(h, "p");
	html_line(h, "code", NULL, o->ref);
	if (o->sector.len != 0) {
		html_text(h, STR(" "));
		html_text(h, o->sector);
	}
	if (o->cc.len != 0) {
		html_text(h, STR(" "));
		page_sayf(p, h, W_OWNER_COUNTRY, o->cc);
	}
	if (page_may(p, RIGHT_REGISTER) && !p->who->narrow && o->gone == 0) {
		struct link l;
		html_text(h, STR(" "));
		html_open(h, "a");
		link_begin(&l, "/edit-owner");
		link_part(&l, o->ref);
		html_link(h, "href", &l);
		page_say(p, h, W_OWNER_EDIT);
		html_close(h);
	}
	html_close(h);
	if (o->gone != 0)
		page_line(p, h, "p", "note", W_OWNER_GONE);
	html_open(h, "ul");
	html_attr(h, "class", STR("figures"));
	figure(p, h, o, "/findings", NULL,
	        "select count(*) from finding where owner = ? and state in " OPEN_STATES, W_OWNERS_OPEN);
	figure(p, h, o, "/findings", "open",
	        "select count(*) from finding where owner = ? and state = 'open'", W_OWNER_UNTOLD);
	figure(p, h, o, "/letters", NULL, LETTERS, W_LETTERS);
	figure(p, h, o, "/letters", "held", LETTERS " and state = 'held'", W_OWNER_HELD);
	html_close(h);
}

/* ---- contacts ------------------------------------------------------------------------------------ */

static void draw_mend(const struct page_ask *p, struct html *h, const struct owner_row *o, struct str email)
{
	page_form(p, h, "/contacts/mend", NULL);
	page_hidden(h, "id", email);
	page_hidden(h, "back", arena_printf(p->ask->arena, "/owners/%.*s", STR_ARG(o->ref)));
	page_button(p, h, W_OWNER_MEND);
	html_close(h);
}

static void draw_contact(
        const struct page_ask *p, struct html *h, const struct owner_row *o, const struct query *q)
{
	int64_t broken = query_get_i64(q, 7);

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, query_get_text(q, 0));
	html_close(h);
	html_open(h, "td");
	if (broken != 0) {
		page_tag(p, h, "contact", STR("broken"));
		html_text(h, STR(" "));
		page_time(h, broken);
		if (page_may(p, RIGHT_REGISTER) && !p->who->narrow)
			draw_mend(p, h, o, query_get_text(q, 0));
	} else if (query_get_u64(q, 10) != 0) {
		page_line(p, h, "strong", NULL, W_CONTACTS_UNCONFIRMED);
	}
	html_close(h);
	for (int i = 1; i < 7; i++)
		page_cell(h, query_get_text(q, i));
	page_cell_time(h, query_get_i64(q, 8));
	page_cell_time(h, query_get_i64(q, 9));
	html_close(h);
}

static void draw_contacts(const struct page_ask *p, struct html *h, const struct owner_row *o)
{
	static const enum word head[] = {W_OWNER_ADDRESS, W_COL_STATE, W_LANGUAGE, W_OWNER_PHONE,
	        W_OWNER_CLASSES, W_OWNER_FORMATS, W_OWNER_ZONE, W_OWNER_KEY, W_OWNERS_LETTER,
	        W_OWNER_ANSWERED, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select c.email, c.language, c.phone, c.classes, c.formats, c.timezone, c.pgp, "
	        "coalesce(c.broken, 0), (select max(sent) "
	        "from notice where contact = c.id), (select max(m.received) from notice n join message m on "
	        "m.notice = n.id where n.contact "
	        "= c.id and m.kind = 'answer'), exists (select 1 from contact_asked k where k.contact = c.id "
	        "and (k.waits is not null or (k.times >= 2 and k.asked < ?2))) from contact c where c.owner "
	        "= "
	        "?1 and c.gone is null order by c.position, c.id");
	unsigned n = 0;

	page_section(p, h, "h-contacts", W_OWNERS_CONTACTS);
	query_u64(&q, o->id);
	query_i64(&q, p->now - 30 * (int64_t)86400 * 1000000);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_OWNERS_CONTACTS, head);
		draw_contact(p, h, o, &q);
	}
	query_done(&q, NULL);
	if (n == 0)
		page_line(p, h, "p", "note", W_OWNER_NOBODY);
	else
		page_table_end(h);
	html_close(h);
}

/* ---- findings and letters ------------------------------------------------------------------------ */

static void draw_findings(const struct page_ask *p, struct html *h, const struct owner_row *o)
{
	static const enum word head[] = {
	        W_COL_FINDING, W_COL_SEVERITY, W_COL_CLASS, W_COL_WHERE, W_COL_LAST, W_COL_STATE, WORD_END};
	static const char *const severities[] = {"critical", "high", "medium", "low", "info"};
	unsigned n = 0;

	page_section(p, h, "h-open", W_OWNER_WORST);
	for (unsigned i = 0; i < 5 && n < ROWS; i++) {
		struct query q = db_query(p->ask->state,
		        "select id, severity, class, place, port, last, stage from finding where owner = ? "
		        "and state in " OPEN_STATES " and severity = ? limit ?");
		query_u64(&q, o->id);
		query_text(&q, str_from(severities[i]));
		query_u64(&q, ROWS - n);
		while (query_next(&q) == 1) {
			if (n++ == 0)
				page_table(p, h, W_OWNER_WORST, head);
			page_row(h, 'F', query_get_u64(&q, 0), query_get_text(&q, 1));
			page_cell_tag(p, h, "severity", query_get_text(&q, 1));
			page_cell(h, query_get_text(&q, 2));
			page_cell_place(p, h, query_get_text(&q, 3), query_get_u64(&q, 4));
			page_cell_time(h, query_get_i64(&q, 5));
			page_cell_tag(p, h, "state", query_get_text(&q, 6));
			html_close(h);
		}
		query_done(&q, NULL);
	}
	page_table_over(p, h, n, W_MORNING_NOTHING);
	html_close(h);
}

static void draw_letters(const struct page_ask *p, struct html *h, const struct owner_row *o)
{
	static const enum word head[] = {
	        W_COL_LETTER, W_COL_STATE, W_COL_TO, W_COL_ABOUT, W_COL_ROWS, W_COL_GOES, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select n.id, n.state, c.email, n.class, n.findings, coalesce(n.sent, n.send_at) from notice "
	        "n join contact c on c.id = "
	        "n.contact where n.contact in (select id from contact where owner = ?) order by n.id desc "
	        "limit ?");
	unsigned n = 0;

	page_section(p, h, "h-letters", W_LETTERS);
	query_u64(&q, o->id);
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_OWNER_LETTERS, head);
		page_row(h, 'N', query_get_u64(&q, 0), (struct str){0});
		page_cell_tag(p, h, "state", query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		page_cell(h, query_get_text(&q, 3));
		page_cell_u64(h, query_get_u64(&q, 4));
		page_cell_time(h, query_get_i64(&q, 5));
		html_close(h);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_NONE);
	html_close(h);
}

/* ---- what it has --------------------------------------------------------------------------------- */

void owner_draw_claims(const struct page_ask *p, struct html *h, const struct owner_row *o)
{
	static const enum word head[] = {W_OWNER_WHAT, W_OWNER_VALUE, W_OWNER_ASSET, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select kind, value, asset from claim where owner = ? order by asset, kind, value limit ?");
	unsigned n = 0;

	page_section(p, h, "h-claims", W_OWNER_CLAIMS);
	query_u64(&q, o->id);
	query_u64(&q, CLAIMS + 1);
	while (n <= CLAIMS && query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_OWNER_CLAIMS, head);
		if (n > CLAIMS)
			break;
		html_open(h, "tr");
		page_cell(h, page_key(p, "claim", query_get_text(&q, 0)));
		page_cell(h, query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		html_close(h);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_NONE);
	if (n > CLAIMS)
		page_line(p, h, "p", NULL, W_LETTER_MORE_ROWS);
	html_close(h);
}

static void draw_assets(const struct page_ask *p, struct html *h, const struct owner_row *o)
{
	static const enum word head[] = {W_OWNER_ASSET, W_OWNER_KIND, W_OWNER_CRITICALITY, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select name, kind, criticality from asset where owner = ? order by position limit 200");
	unsigned n = 0;

	query_u64(&q, o->id);
	while (query_next(&q) == 1) {
		if (n++ == 0) {
			page_section(p, h, "h-assets", W_OWNER_ASSETS);
			page_table(p, h, W_OWNER_ASSETS, head);
		}
		html_open(h, "tr");
		page_cell(h, query_get_text(&q, 0));
		page_cell(h, query_get_text(&q, 1));
		page_cell_u64(h, query_get_u64(&q, 2));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		return;
	page_table_end(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct owner_row o = {0};
	int rc = owner_find(p, p->ask->id, &o, e);

	if (rc != 0)
		return rc;
	draw_head(p, h, &o);
	draw_contacts(p, h, &o);
	draw_findings(p, h, &o);
	owner_draw_times(p, h, &o);
	draw_letters(p, h, &o);
	owner_draw_claims(p, h, &o);
	draw_assets(p, h, &o);
	return 0;
}

const struct page page_one_owner = {
        .path = "/owners", .title = W_OWNER, .id = true, .right = RIGHT_READ, .narrow = true, .draw = draw};
