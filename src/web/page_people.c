/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts: who there is, what he may and sees, whether his second factor is set, where he is in. One page for all, one for
 * each, with the forms.
 */
#include "trust/login.h"
#include "web/page.h"

#define ACCOUNTS                                                                                             \
	"select a.id, a.name, a.title, a.state, a.password <> '', (select coalesce(group_concat(role, ' "    \
	"'), '') from "                                                                                      \
	"(select role from main.account_role r where r.account = a.id order by role)), coalesce(a.entered, " \
	"0), (select count(*) from "                                                                         \
	"main.session s where s.account = a.id and s.until > ?1 and s.used > ?2), coalesce(a.reset, 0), "    \
	"coalesce(a.reset_by, ''), a.made, "                                                                 \
	"a.made_by, (select count(*) from main.recovery c where c.account = a.id and c.used is null), "      \
	"(select "                                                                                           \
	"coalesce(group_concat(value, ' '), '') from main.scope o where o.person = a.name and o.kind = "     \
	"'sector'), (select "                                                                                \
	"coalesce(group_concat(value, ' '), '') from main.scope o where o.person = a.name and o.kind = "     \
	"'owner') from main.account a "

enum {
	ID,
	NAME,
	TITLE,
	STATE,
	ENROLLED,
	ROLES,
	ENTERED,
	VISITS,
	RESET,
	RESET_BY,
	MADE,
	MADE_BY,
	CODES,
	SECTORS,
	OWNERS
};

static void bind(struct query *q, const struct page_ask *p)
{
	query_i64(q, p->now);
	query_i64(q, p->now - SESSION_IDLE_US);
}

static enum word factor(const struct query *q)
{
	return query_get_u64(q, ENROLLED) != 0 ? W_PEOPLE_FACTOR_SET : W_PEOPLE_FACTOR_NONE;
}

/* An approver counts a day after he was made or reset; 0: he is none, or counts. */
static int64_t counts_from(const struct query *q, int64_t now)
{
	struct str roles = query_get_text(q, ROLES);
	int64_t made = query_get_i64(q, MADE), reset = query_get_i64(q, RESET);
	int64_t from = (reset > made ? reset : made) + ACCOUNT_NEW_US;
	bool approver = (role_rights(roles) & RIGHT_APPROVE) != 0;

	return approver && from > now ? from : 0;
}

static void person_link(struct html *h, struct str name)
{
	struct link l;

	html_open(h, "a");
	link_begin(&l, "/people");
	link_part(&l, name);
	html_link(h, "href", &l);
	html_text(h, name);
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct str sectors = query_get_text(q, SECTORS), owners = query_get_text(q, OWNERS);

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	person_link(h, query_get_text(q, NAME));
	html_close(h);
	page_cell(h, query_get_text(q, TITLE));
	page_cell(h, query_get_text(q, ROLES));
	html_open(h, "td");
	if (sectors.len + owners.len == 0)
		page_say(p, h, W_PEOPLE_ALL);
	else
		html_printf(h, "%.*s %.*s", STR_ARG(sectors), STR_ARG(owners));
	html_close(h);
	page_cell_tag(p, h, "account", query_get_text(q, STATE));
	page_cell(h, page_word(p, factor(q)));
	page_cell_time(h, query_get_i64(q, ENTERED));
	page_cell_u64(h, query_get_u64(q, VISITS));
	html_close(h);
}

/* ---- forms --------------------------------------------------------------------------------------- */

static void role_boxes(const struct page_ask *p, struct html *h, struct str has)
{
	html_open(h, "fieldset");
	page_line(p, h, "legend", NULL, W_ACCOUNT_ROLES);
	for (unsigned i = 0; i < ROLE_END; i++) {
		struct str id = arena_printf(p->ask->arena, "role-%s", role_table[i].name);
		html_open(h, "p");
		html_empty(h, "input");
		html_attr(h, "type", STR("checkbox"));
		html_attr(h, "id", id);
		html_attr(h, "name", STR("roles"));
		html_attr(h, "value", str_from(role_table[i].name));
		if (str_has_word(has, str_from(role_table[i].name)))
			html_flag(h, "checked");
		html_open(h, "label");
		html_attr(h, "for", id);
		html_line(h, "strong", NULL, str_from(role_table[i].name));
		html_text(h, STR(" "));
		page_english(p, h, str_from(role_table[i].about));
		html_close(h);
		html_close(h);
	}
	html_close(h);
}

static void scope_fields(const struct page_ask *p, struct html *h, struct str sectors, struct str owners)
{
	page_line(p, h, "p", "note", W_PEOPLE_SCOPE_WHAT);
	page_field(p, h,
	        &(struct page_field){
	                .name = "sectors", .label = W_PEOPLE_SECTORS, .value = sectors, .limit = 512});
	page_field(p, h,
	        &(struct page_field){
	                .name = "owners", .label = W_PEOPLE_OWNERS, .value = owners, .limit = 512});
}

static void add_form(const struct page_ask *p, struct html *h)
{
	page_section(p, h, "h-add", W_PEOPLE_ADD);
	page_line(p, h, "p", NULL, W_PEOPLE_ADD_WHAT);
	page_form(p, h, "/people/add", "enter");
	page_field(p, h,
	        &(struct page_field){.name = "id",
	                .label = W_LOGIN_NAME,
	                .limit = 32,
	                .required = true,
	                .autocomplete = "off"});
	page_field(p, h,
	        &(struct page_field){
	                .name = "name", .label = W_ACCOUNT_TITLE, .limit = 100, .autocomplete = "off"});
	role_boxes(p, h, STR("analyst"));
	scope_fields(p, h, STR(""), STR(""));
	page_button(p, h, W_PEOPLE_ADD);
	html_close(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_COL_NAME, W_ACCOUNT_TITLE, W_ACCOUNT_ROLES, W_PEOPLE_SEES,
	        W_COL_STATE, W_PEOPLE_FACTOR, W_ACCOUNT_ENTERED, W_VISITS, WORD_END};
	struct query q = db_query(p->ask->state, ACCOUNTS "order by a.name");
	unsigned n = 0;

	page_line(p, h, "h1", NULL, W_PEOPLE);
	page_resets(p, h);
	bind(&q, p);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_PEOPLE_TABLE, head);
		draw_row(p, h, &q);
	}
	if (n > 0)
		page_table_end(h);
	else
		page_line(p, h, "p", NULL, W_PEOPLE_NONE);
	add_form(p, h);
	return query_done(&q, e);
}

const struct page page_people = {
        .path = "/people", .title = W_PEOPLE, .group = PAGE_NODE, .right = RIGHT_PEOPLE, .draw = draw};

/* ---- one ----------------------------------------------------------------------------------------- */

static void fact_time(const struct page_ask *p, struct html *h, enum word what, int64_t t, struct str by)
{
	page_line(p, h, "dt", NULL, what);
	html_open(h, "dd");
	page_time(h, t);
	if (by.len != 0) {
		html_text(h, STR(" "));
		page_sayf(p, h, W_PEOPLE_BY, by);
	}
	html_close(h);
}

static void draw_facts(const struct page_ask *p, struct html *h, const struct query *q)
{
	int64_t counts = counts_from(q, p->now);

	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	page_line(p, h, "dt", NULL, W_COL_STATE);
	html_open(h, "dd");
	page_tag(p, h, "account", query_get_text(q, STATE));
	html_close(h);
	page_line(p, h, "dt", NULL, W_PEOPLE_FACTOR);
	page_line(p, h, "dd", NULL, factor(q));
	page_line(p, h, "dt", NULL, W_ACCOUNT_CODES);
	html_open(h, "dd");
	html_u64(h, query_get_u64(q, CODES));
	html_close(h);
	fact_time(p, h, W_ACCOUNT_ENTERED, query_get_i64(q, ENTERED), STR(""));
	fact_time(p, h, W_PEOPLE_MADE, query_get_i64(q, MADE), query_get_text(q, MADE_BY));
	if (query_get_i64(q, RESET) != 0)
		fact_time(p, h, W_PEOPLE_RESET_AT, query_get_i64(q, RESET), query_get_text(q, RESET_BY));
	if (counts != 0)
		fact_time(p, h, W_PEOPLE_COUNTS, counts, STR(""));
	html_close(h);
}

static void one_button(
        const struct page_ask *p, struct html *h, const char *path, struct str name, enum word w)
{
	page_form(p, h, path, "act");
	page_hidden(h, "id", name);
	page_button(p, h, w);
	html_close(h);
}

static void draw_forms(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct str name = query_get_text(q, NAME);
	bool active = str_eq(query_get_text(q, STATE), STR("active"));

	page_section(p, h, "h-roles", W_ACCOUNT_ROLES);
	page_form(p, h, "/people/roles", "enter");
	page_hidden(h, "id", name);
	role_boxes(p, h, query_get_text(q, ROLES));
	page_button(p, h, W_SAVE);
	html_close(h);
	html_close(h);
	page_section(p, h, "h-sees", W_PEOPLE_SEES);
	page_form(p, h, "/people/scope", "enter");
	page_hidden(h, "id", name);
	scope_fields(p, h, query_get_text(q, SECTORS), query_get_text(q, OWNERS));
	page_button(p, h, W_SAVE);
	html_close(h);
	html_close(h);
	page_section(p, h, "h-in", W_PEOPLE_IN);
	page_line(p, h, "p", "note", W_PEOPLE_RESET_WHAT);
	if (active)
		one_button(p, h, "/people/reset", name, W_PEOPLE_RESET);
	if (query_get_u64(q, VISITS) > 0)
		one_button(p, h, "/people/end", name, W_PEOPLE_END);
	one_button(p, h, active ? "/people/disable" : "/people/enable", name,
	        active ? W_PEOPLE_DISABLE : W_PEOPLE_ENABLE);
	html_close(h);
}

static int draw_person(const struct page_ask *p, struct html *h, struct err *e)
{
	struct query q = db_query(p->ask->state, ACCOUNTS "where a.name = ?3");
	char shown[64];

	bind(&q, p);
	query_text(&q, p->ask->id);
	bool found = query_next(&q) == 1;
	if (found) {
		html_open(h, "h1");
		html_printf(h, "%.*s: %.*s", STR_ARG(query_get_text(&q, NAME)),
		        STR_ARG(query_get_text(&q, TITLE)));
		html_close(h);
		draw_facts(p, h, &q);
		if (str_eq(query_get_text(&q, NAME), p->who->person))
			page_line(p, h, "p", "note", W_PEOPLE_SELF);
		else
			draw_forms(p, h, &q);
	}
	int rc = query_done(&q, e);
	if (rc == 0 && !found)
		rc = err_set(e, ERR_MISSING, "there is no account '%s'",
		        err_quote(shown, sizeof(shown), p->ask->id).p);
	return rc;
}

const struct page page_person = {
        .path = "/people", .title = W_PEOPLE, .id = true, .right = RIGHT_PEOPLE, .draw = draw_person};

/* ---- shown to everybody -------------------------------------------------------------------------- */

void page_resets(const struct page_ask *p, struct html *h)
{
	struct query q = db_query(p->ask->state,
	        "select name, reset, reset_by from main.account where reset > ? and state = 'active' order "
	        "by reset desc limit 20");

	query_i64(&q, p->now - ACCOUNT_SHOWN_US);
	while (query_next(&q) == 1) {
		html_open(h, "p");
		html_attr(h, "class", STR("note"));
		page_sayf(p, h, W_PEOPLE_WAS_RESET, query_get_text(&q, 0), query_get_text(&q, 2));
		html_text(h, STR(" "));
		page_time(h, query_get_i64(&q, 1));
		html_close(h);
	}
	query_done(&q, NULL);
}
