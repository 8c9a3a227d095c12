/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts and tokens as lists of the machine's control socket.
 */
#include "base/os.h"
#include "trust/login.h"
#include "web/route.h"

static const struct list_column people_columns[] = {
        {"name", "name", LIST_STRING, "what is typed at the login"},
        {"title", NULL, LIST_STRING, "the person's name"},
        {"roles", "roles", LIST_STRING, "with blanks between them"},
        {"state", "state", LIST_STRING, "active or disabled"},
        {"second_factor", "second factor", LIST_STRING, "set, or none: the link was not used yet"},
        {"recovery_codes", NULL, LIST_NUMBER, "that are left"},
        {"sees", "sees", LIST_STRING, "sectors and owners; empty: all of the country"},
        {"entered", "last login", LIST_TIME, "when the person logged in last"},
        {"visits", "visits", LIST_NUMBER, "where the person is in now"},
        {"made", NULL, LIST_TIME, "when the account was made"},
        {"made_by", NULL, LIST_STRING, "by whom"},
        {"reset", "reset", LIST_TIME, "when it was reset last"},
        {"reset_by", NULL, LIST_STRING, "by whom"},
};
#define NPEOPLE (sizeof(people_columns) / sizeof(people_columns[0]))

static int load_people(const struct ask *a, struct reply *r, struct err *e)
{
	int64_t now = os_now();
	struct query q = db_query(a->state,
	        "select name, title, (select coalesce(group_concat(role, ' '), '') from (select role from "
	        "account_role r where "
	        "r.account = a.id order by role)), state, case when password <> '' then 'set' else 'none' "
	        "end, (select count(*) from "
	        "recovery c where c.account = a.id and used is null), (select coalesce(group_concat(value, ' "
	        "'), '') from (select value "
	        "from scope o where o.person = a.name order by kind desc, value)), coalesce(entered, 0), "
	        "(select count(*) from session s where s.account = a.id and s.until > ?1 and s.used > "
	        "?2), made, made_by, coalesce(reset, 0), reset_by from account a order by name");
	struct list l;

	query_i64(&q, now);
	query_i64(&q, now - SESSION_IDLE_US);
	list_begin(&l, &r->body, a->form, people_columns, NPEOPLE, "people");
	while (query_next(&q) == 1) {
		for (int i = 0; i < (int)NPEOPLE; i++)
			if (people_columns[i].kind == LIST_STRING)
				list_text(&l, query_get_text(&q, i));
			else if (people_columns[i].kind == LIST_NUMBER)
				list_u64(&l, query_get_u64(&q, i));
			else
				list_time(&l, query_get_i64(&q, i));
	}
	int rc = query_done(&q, e);
	list_end(&l);
	return rc;
}

const struct route route_people = {"/people", "accounts, by name", false, load_people};

static const struct list_column token_columns[] = {
        {"token", "token", LIST_STRING, "its id"},
        {"account", "account", LIST_STRING, "whose it is"},
        {"name", "for", LIST_STRING, "what it is for"},
        {"scope", "scope", LIST_STRING, "what it may ask for"},
        {"made", NULL, LIST_TIME, "when"},
        {"made_by", NULL, LIST_STRING, "by whom"},
        {"until", "until", LIST_TIME, "when it ends by itself"},
        {"used", "last used", LIST_TIME, "to the minute"},
        {"ended", "ended", LIST_TIME, "when it was ended before its time"},
};
#define NTOKENS (sizeof(token_columns) / sizeof(token_columns[0]))

static int load_tokens(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state,
	        "select t.id, a.name, t.name, t.scope, t.made, t.made_by, t.until, coalesce(t.used, 0), "
	        "coalesce(t.ended, 0) from "
	        "api_token t join account a on a.id = t.account where ?1 or (t.ended is null and t.until > "
	        "?2) order by t.id");
	struct list l;

	query_u64(&q, ask_has(a, "all"));
	query_i64(&q, os_now());
	list_begin(&l, &r->body, a->form, token_columns, NTOKENS, "tokens");
	while (query_next(&q) == 1) {
		list_id(&l, 'T', query_get_u64(&q, 0));
		for (int i = 1; i < (int)NTOKENS; i++)
			if (token_columns[i].kind == LIST_STRING)
				list_text(&l, query_get_text(&q, i));
			else
				list_time(&l, query_get_i64(&q, i));
	}
	int rc = query_done(&q, e);
	list_end(&l);
	return rc;
}

const struct route route_tokens = {"/tokens", "tokens of the API", false, load_tokens};
