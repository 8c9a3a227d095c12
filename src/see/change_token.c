/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens of the API: of an account, for some routes, until a day. Who makes one keeps it; its SHA-256 comes here.
 */
#include "base/os.h"
#include "base/plural.h"
#include "see/change_people.h"

#define DAY_US ((int64_t)24 * 3600 * 1000000)
#define DAYS_MAX 365
#define TITLE_MAX 100

/* Words of a-z and '-', as the routes are. */
static bool is_scope(struct str s)
{
	bool word = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == ' ' && !word)
			return false;
		if (s.p[i] != ' ' && s.p[i] != '-' && s.p[i] != '/' && !(s.p[i] >= 'a' && s.p[i] <= 'z'))
			return false;
		word = s.p[i] != ' ';
	}
	return word && s.len <= 512;
}

/* On a page one's own, on the machine that of the parameter id. */
static int whose(struct change *c, uint64_t *ret, struct err *e)
{
	struct account a;
	struct by by;

	if (change_by(c, &by, e) != 0)
		return e->code;
	*ret = by.account;
	if (by.account != 0)
		return 0;
	if (account_find(c, &a, e) != 0)
		return e->code;
	*ret = a.id;
	return a.active ? 0 : err_set(e, ERR_VALUE, "%.*s is disabled", STR_ARG(a.name));
}

int change_token_add(struct change *c, struct err *e)
{
	struct str name = str_trim(change_param(c, "name")), scope = change_param(c, "scope");
	struct str text = change_param(c, "days");
	int64_t now = os_now();
	uint64_t account = 0, days = 90;
	uint8_t digest[32];

	if (whose(c, &account, e) != 0 || change_digest(c, "token", digest, e) != 0)
		return e->code;
	if (name.len == 0 || name.len > TITLE_MAX)
		return err_set(e, ERR_USAGE,
		        "a token has a name that says what it is for, of %d bytes at most", TITLE_MAX);
	if (!is_scope(scope))
		return err_set(e, ERR_USAGE,
		        "a scope is what the token may ask for, such as 'findings events', or all");
	if (text.p != NULL && (!str_u64(text, &days) || days < 1 || days > DAYS_MAX))
		return err_set(e, ERR_USAGE, "a token is good for 1 to %d days", DAYS_MAX);
	struct query q = db_query(c->node->state,
	        "insert into api_token(digest, account, name, scope, made, made_by, until) values (?, ?, ?, "
	        "?, ?, ?, ?)");
	query_blob(&q, change_blob(digest));
	query_u64(&q, account);
	query_text(&q, name);
	query_text(&q, scope);
	query_i64(&q, now);
	query_text(&q, c->person);
	query_i64(&q, now + (int64_t)days * DAY_US);
	query_run(&q);
	change_about(c, 'T', db_last_id(c->node->state), name);
	snprintf(c->detail, sizeof(c->detail), "%.*s: %.*s, for %llu days", STR_ARG(name), STR_ARG(scope),
	        (unsigned long long)days);
	plural_printf(c->said, "%s is good for %llu days\n", c->object, (unsigned long long)days);
	return 0;
}

int change_token_end(struct change *c, struct err *e)
{
	uint64_t id;
	struct by by;

	if (change_id(c, 'T', &id, e) != 0 || change_by(c, &by, e) != 0)
		return e->code;
	struct query q = db_query(c->node->state,
	        "update api_token set ended = ?1 where id = ?2 and ended is null and (?3 = 0 or account = "
	        "?3)");
	query_i64(&q, os_now());
	query_u64(&q, id);
	query_u64(&q, by.account);
	query_run(&q);
	if (db_changes(c->node->state) == 0)
		return err_set(
		        e, ERR_MISSING, "there is no token T%llu that is still good", (unsigned long long)id);
	change_about(c, 'T', id, STR(""));
	buf_printf(c->said, "T%llu has ended\n", (unsigned long long)id);
	return 0;
}

/* To the minute. */
int change_token_used(struct change *c, struct err *e)
{
	uint64_t id;

	if (change_id(c, 'T', &id, e) != 0)
		return e->code;
	struct query q = db_query(
	        c->node->state, "update api_token set used = ?1 where id = ?2 and coalesce(used, 0) < ?3");
	int64_t now = os_now();
	query_i64(&q, now);
	query_u64(&q, id);
	query_i64(&q, now - SESSION_USED_US / 2);
	query_run(&q);
	c->unseen = true;
	return 0;
}
