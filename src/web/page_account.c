/* SPDX-License-Identifier: Apache-2.0
 *
 * One's own account: what lets in, where one is in, tokens for scripts. And what is shown once.
 */
#include "base/os.h"
#include "trust/password.h"
#include "web/page_enter.h"

struct own {
	uint64_t id;
	struct str title;
	int64_t entered, made;
	uint64_t codes; /* recovery codes that are left */
};

static int find_own(const struct page_ask *p, struct own *ret, struct err *e)
{
	struct query q = db_query(p->ask->state,
	        "select id, title, coalesce(entered, 0), made, (select count(*) from main.recovery r where "
	        "r.account = a.id and r.used is "
	        "null) from main.account a where name = ?");

	*ret = (struct own){0};
	query_text(&q, p->who->person);
	if (query_next(&q) == 1) {
		ret->id = query_get_u64(&q, 0);
		ret->title = arena_str(p->ask->arena, query_get_text(&q, 1));
		ret->entered = query_get_i64(&q, 2);
		ret->made = query_get_i64(&q, 3);
		ret->codes = query_get_u64(&q, 4);
	}
	return query_done(&q, e);
}

static void fact(const struct page_ask *p, struct html *h, enum word what, struct str text)
{
	page_line(p, h, "dt", NULL, what);
	html_line(h, "dd", NULL, text);
}

static void draw_facts(const struct page_ask *p, struct html *h, const struct own *o)
{
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	fact(p, h, W_COL_NAME, p->who->person);
	fact(p, h, W_ACCOUNT_TITLE, o->title);
	fact(p, h, W_ACCOUNT_ROLES, p->who->role);
	page_line(p, h, "dt", NULL, W_ACCOUNT_ENTERED);
	html_open(h, "dd");
	page_time(h, o->entered);
	html_close(h);
	page_line(p, h, "dt", NULL, W_ACCOUNT_CODES);
	html_open(h, "dd");
	html_u64(h, o->codes);
	html_close(h);
	html_close(h);
}

static void new_password(const struct page_ask *p, struct html *h)
{
	page_section(p, h, "h-password", W_ACCOUNT_PASSWORD);
	page_form(p, h, "/account/password", "enter");
	page_whose(h, p->who->person);
	page_field(p, h,
	        &(struct page_field){.name = "new",
	                .type = "password",
	                .label = W_ENROL_PASSWORD,
	                .limit = PASSWORD_MAX,
	                .autocomplete = "new-password",
	                .required = true});
	page_field(p, h,
	        &(struct page_field){.name = "repeat",
	                .type = "password",
	                .label = W_ENROL_REPEAT,
	                .limit = PASSWORD_MAX,
	                .autocomplete = "new-password",
	                .required = true});
	page_button(p, h, W_SAVE);
	html_close(h);
	html_close(h);
}

static void new_factor(const struct page_ask *p, struct html *h)
{
	uint8_t secret[TOTP_SECRET];

	os_random(secret, sizeof(secret));
	page_section(p, h, "h-factor", W_ACCOUNT_FACTOR);
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_ACCOUNT_FACTOR_NEW);
	page_form(p, h, "/account/totp", "enter");
	page_secret(p, h, p->who->person, secret);
	page_button(p, h, W_SAVE);
	html_close(h);
	html_close(h);
	page_form(p, h, "/account/recovery", "act");
	page_button(p, h, W_ACCOUNT_CODES_NEW);
	html_close(h);
	html_close(h);
}

static int draw_visits(const struct page_ask *p, struct html *h, const struct own *o, struct err *e)
{
	static const enum word head[] = {
	        W_VISIT_OPENED, W_VISIT_USED, W_VISIT_ADDRESS, W_VISIT_AGENT, W_VISIT_END, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select id, opened, used, address, agent from main.session where account = ? and until > ? "
	        "order by used desc");
	unsigned n = 0;

	page_section(p, h, "h-visits", W_VISITS);
	page_table(p, h, W_VISITS_TABLE, head);
	query_u64(&q, o->id);
	query_i64(&q, p->now);
	while (query_next(&q) == 1) {
		char hex[SESSION_TOKEN + 1];
		struct str id = query_get_blob(&q, 0);
		if (id.len != SESSION_TOKEN / 2)
			continue;
		str_hex_print(hex, (const uint8_t *)id.p, id.len);
		n++;
		html_open(h, "tr");
		for (int i = 1; i < 3; i++)
			page_cell_time(h, query_get_i64(&q, i));
		page_cell(h, query_get_text(&q, 3));
		html_line(h, "td", "agent", query_get_text(&q, 4));
		html_open(h, "td");
		if (str_eq(str_from(hex), str_from(p->who->id))) {
			page_say(p, h, W_VISIT_THIS);
		} else {
			page_form(p, h, "/account/close", NULL);
			page_hidden(h, "id", str_from(hex));
			page_button(p, h, W_VISIT_END);
			html_close(h);
		}
		html_close(h);
		html_close(h);
	}
	page_table_end(h);
	if (n > 1) {
		page_form(p, h, "/account/close", "act");
		page_hidden(h, "id", STR("others"));
		page_button(p, h, W_VISIT_END_OTHERS);
		html_close(h);
	}
	html_close(h);
	return query_done(&q, e);
}

static void token_form(const struct page_ask *p, struct html *h)
{
	page_form(p, h, "/account/token", "act");
	page_field(p, h,
	        &(struct page_field){.prefix = "token-",
	                .name = "name",
	                .label = W_TOKEN_NAME,
	                .limit = 100,
	                .required = true});
	page_field(p, h,
	        &(struct page_field){.prefix = "token-",
	                .name = "scope",
	                .label = W_TOKEN_SCOPE,
	                .value = STR("findings events"),
	                .limit = 512,
	                .required = true});
	page_field(p, h,
	        &(struct page_field){.prefix = "token-",
	                .name = "days",
	                .type = "number",
	                .label = W_TOKEN_DAYS,
	                .value = STR("90"),
	                .size = 4,
	                .required = true});
	page_button(p, h, W_TOKEN_ADD);
	html_close(h);
}

static int draw_tokens(const struct page_ask *p, struct html *h, const struct own *o, struct err *e)
{
	static const enum word head[] = {
	        W_TOKEN, W_TOKEN_NAME, W_TOKEN_SCOPE, W_TOKEN_UNTIL, W_VISIT_USED, W_VISIT_END, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select id, name, scope, until, coalesce(used, 0) from main.api_token where account = ? and "
	        "until > ? and ended is null "
	        "order by id");
	unsigned n = 0;

	page_section(p, h, "h-tokens", W_TOKENS);
	page_line(p, h, "p", NULL, W_TOKENS_WHAT);
	query_u64(&q, o->id);
	query_i64(&q, p->now);
	while (query_next(&q) == 1) {
		struct str id = page_id(p, 'T', query_get_u64(&q, 0));
		if (n++ == 0)
			page_table(p, h, W_TOKENS, head);
		html_open(h, "tr");
		page_cell(h, id);
		page_cell(h, query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		page_cell_time(h, query_get_i64(&q, 3));
		page_cell_time(h, query_get_i64(&q, 4));
		html_open(h, "td");
		page_form(p, h, "/account/token-end", NULL);
		page_hidden(h, "id", id);
		page_button(p, h, W_VISIT_END);
		html_close(h);
		html_close(h);
		html_close(h);
	}
	if (n > 0)
		page_table_end(h);
	token_form(p, h);
	html_close(h);
	return query_done(&q, e);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct own o;

	page_line(p, h, "h1", NULL, W_ACCOUNT);
	if (!p->who->account) {
		page_line(p, h, "p", NULL, W_ACCOUNT_NONE);
		return 0;
	}
	if (find_own(p, &o, e) != 0)
		return e->code;
	draw_facts(p, h, &o);
	new_password(p, h);
	new_factor(p, h);
	int rc = draw_visits(p, h, &o, e);
	return rc != 0 ? rc : draw_tokens(p, h, &o, e);
}

const struct page page_account = {
        .path = "/account", .title = W_ACCOUNT, .right = RIGHT_NONE, .narrow = true, .draw = draw};

/* ---- shown once ---------------------------------------------------------------------------------- */

static int draw_once(const struct page_ask *p, struct html *h, struct err *e)
{
	static const struct {
		enum word title, what;
	} words[] = {[ONCE_LINK] = {W_ONCE_LINK, W_ONCE_LINK_WHAT},
	        [ONCE_CODES] = {W_CODES, W_CODES_WHAT},
	        [ONCE_TOKEN] = {W_ONCE_TOKEN, W_ONCE_TOKEN_WHAT}};
	const struct page_once *once = p->once;

	(void)e;
	html_open(h, "h1");
	page_sayf(p, h, words[once->what].title, once->name);
	html_close(h);
	html_open(h, "p");
	page_sayf(p, h, words[once->what].what, once->name);
	html_close(h);
	if (once->what == ONCE_CODES)
		page_code_list(h, once->text);
	else
		html_line(h, "pre", "raw once", once->text);
	html_open(h, "p");
	page_link(h, once->what == ONCE_LINK ? "/people" : "/account", page_word(p, W_ONCE_GO));
	html_close(h);
	return 0;
}

const struct page page_shown_once = {
        .path = "/once", .title = W_ONCE, .right = RIGHT_NONE, .narrow = true, .draw = draw_once};
