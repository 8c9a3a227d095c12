/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts, by who looks after them: on the pages an admin, on the machine whoever may use its control socket. A change that
 * comes from a page names its session (parameter session, which the desk puts there), and then nobody changes his own roles or
 * resets himself. There is always an admin, once there was one.
 */
#include "base/os.h"
#include "base/plural.h"
#include "see/change_people.h"

#define TITLE_MAX 100

static bool is_name(struct str s)
{
	/* what the audit says of the node itself, and of who has the machine */
	static const struct str taken[] = {STR_INIT("sample"), STR_INIT("link"), STR_INIT("api"),
	        STR_INIT("weir"), STR_INIT("start"), STR_INIT("retention"), STR_INIT("root")};
	bool good = s.len >= 2 && s.len <= 32 && s.p[0] >= 'a' && s.p[0] <= 'z';

	for (size_t i = 0; i < s.len && good; i++)
		good = (s.p[i] >= 'a' && s.p[i] <= 'z') || char_digit(s.p[i]) || s.p[i] == '.' ||
		        s.p[i] == '-';
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		good = good && !str_eq(s, taken[i]);
	return good;
}

int account_find(struct change *c, struct account *ret, struct err *e)
{
	struct str name = change_param(c, "id");
	struct query q =
	        db_query(c->node->state, "select id, state, password <> '' from account where name = ?");
	char shown[64];

	*ret = (struct account){.name = name};
	query_text(&q, name);
	if (query_next(&q) == 1) {
		ret->id = query_get_u64(&q, 0);
		ret->active = str_eq(query_get_text(&q, 1), STR("active"));
		ret->enrolled = query_get_u64(&q, 2) != 0;
	}
	query_run(&q);
	if (ret->id != 0)
		return 0;
	return err_set(e, ERR_MISSING, "there is no account '%s'; 'weir people' lists them",
	        err_quote(shown, sizeof(shown), name).p);
}

int change_digest(struct change *c, const char *name, uint8_t ret[32], struct err *e)
{
	if (str_hex(change_param(c, name), ret, 32))
		return 0;
	return err_set(e, ERR_USAGE, "%s is 64 hexadecimal digits", name);
}

struct str change_blob(const uint8_t id[32])
{
	return str_make((const char *)id, 32);
}

int change_by(struct change *c, struct by *ret, struct err *e)
{
	*ret = (struct by){0};
	if (change_param(c, "session").p == NULL)
		return 0;
	if (change_digest(c, "session", ret->session, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(c->node->state,
	        "select a.id, s.sure from session s join account a on a.id = s.account where s.id = ? and "
	        "a.name = ? and a.state = "
	        "'active'");
	query_blob(&q, change_blob(ret->session));
	query_text(&q, c->person);
	if (query_next(&q) == 1) {
		ret->account = query_get_u64(&q, 0);
		ret->sure = query_get_i64(&q, 1);
	}
	query_run(&q);
	return ret->account != 0 ? 0 : err_set(e, ERR_DENIED, "this visit has ended; log in again");
}

int change_sure(struct change *c, struct err *e)
{
	int64_t now = os_now();
	struct by by;

	if (change_by(c, &by, e) != 0)
		return e->code;
	/* the machine itself, or the sample country */
	if (by.account == 0)
		return 0;
	if (by.sure <= now && now - by.sure < SESSION_SURE_US)
		return 0;
	return err_set(e, ERR_DENIED, "password and code are asked for again before this");
}

static int not_oneself(struct change *c, const struct account *a, const char *what, struct err *e)
{
	struct by by;

	if (change_by(c, &by, e) != 0)
		return e->code;
	if (by.account != a->id)
		return 0;
	return err_set(e, ERR_DENIED, "nobody %s; another admin does, or 'weir people' on the machine", what);
}

/* What somebody lets others do (agree/delegation.h) ends with what lets him, and with whom he lets: it does not come back with it. */
static void end_delegations(struct change *c)
{
	struct query q = db_query(c->node->state,
	        "update agree_delegation set ended = ?1, ended_by = ?2 where ended is null and "
	        "((giver_account "
	        "is not null and not exists (select 1 from account a join account_role r on r.account = a.id "
	        "and r.role = 'may-bind' where a.id = giver_account and a.state = 'active')) or not exists "
	        "(select 1 from account a where a.id = agree_delegation.account and a.state = 'active'))");

	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
}

static void run_u64(struct change *c, const char *sql, uint64_t id)
{
	struct query q = db_query(c->node->state, sql);

	query_u64(&q, id);
	query_run(&q);
}

static uint64_t admins(struct change *c)
{
	struct query q = db_query(c->node->state,
	        "select count(*) from account a join account_role r on r.account = a.id where a.state = "
	        "'active' and a.password <> ''"
	        " and r.role = 'admin'");
	uint64_t n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;

	query_run(&q);
	return n;
}

static int still_admin(struct change *c, uint64_t before, struct err *e)
{
	if (before == 0 || admins(c) != 0)
		return 0;
	return err_set(e, ERR_DENIED, "this is the last admin; give the role to somebody else first");
}

void account_end_sessions(struct change *c, uint64_t account)
{
	run_u64(c, "delete from session where account = ?", account);
}

/* ---- parts --------------------------------------------------------------------------------------- */

static int put_roles(struct change *c, uint64_t account, struct str names, struct err *e)
{
	struct str rest = names, word;
	unsigned n = 0;
	char shown[64];

	run_u64(c, "delete from account_role where account = ?", account);
	while ((word = str_next_word(&rest)).len != 0) {
		if (role_find(word) == ROLE_END)
			return err_set(e, ERR_VALUE,
			        "there is no role '%s'; roles are viewer, analyst, coordinator, approver, "
			        "may-bind, excon, auditor, admin, "
			        "constituent",
			        err_quote(shown, sizeof(shown), word).p);
		struct query q = db_query(c->node->state,
		        "insert or ignore into account_role(account, role, at, by) values (?, ?, ?, ?)");
		query_u64(&q, account);
		query_text(&q, word);
		query_i64(&q, os_now());
		query_text(&q, c->person);
		query_run(&q);
		n++;
	}
	return n > 0 ? 0 : err_set(e, ERR_USAGE, "an account has a role at least, such as analyst");
}

static bool scope_is_known(struct change *c, const char *kind, struct str value)
{
	bool owner = str_eq(str_from(kind), STR("owner"));
	struct query q = owner ? db_query(c->node->state, "select 1 from owner where ref = ?")
	                       : db_query(c->node->state, "select 1 from owner where sector = ?");

	query_text(&q, value);
	bool found = query_next(&q) == 1;
	query_run(&q);
	return found;
}

static int put_scope(struct change *c, struct str person, const char *kind, struct str values, struct err *e)
{
	struct str word;
	char shown[64];

	while ((word = str_next_word(&values)).len != 0) {
		if (!scope_is_known(c, kind, word))
			return err_set(e, ERR_VALUE, "the register has no %s '%s'", kind,
			        err_quote(shown, sizeof(shown), word).p);
		struct query q = db_query(
		        c->node->state, "insert or ignore into scope(person, kind, value) values (?, ?, ?)");
		query_text(&q, person);
		query_text(&q, str_from(kind));
		query_text(&q, word);
		query_run(&q);
	}
	return 0;
}

static int put_scopes(struct change *c, struct str person, struct err *e)
{
	struct query q = db_query(c->node->state, "delete from scope where person = ?");

	query_text(&q, person);
	query_run(&q);
	int rc = put_scope(c, person, "sector", change_param(c, "sectors"), e);
	return rc != 0 ? rc : put_scope(c, person, "owner", change_param(c, "owners"), e);
}

/* A link for the person to choose a password; one that was made before is used up. */
static int put_link(struct change *c, uint64_t account, struct str name, struct err *e)
{
	int64_t now = os_now();
	uint8_t link[32];

	if (change_digest(c, "link", link, e) != 0)
		return ERR_USAGE;
	run_u64(c, "delete from link where account = ?", account);
	struct query q = db_query(c->node->state,
	        "insert into link(id, person, role, made, until, account) values (?, ?, '', ?, ?, ?)");
	query_blob(&q, change_blob(link));
	query_text(&q, name);
	query_i64(&q, now);
	query_i64(&q, now + SESSION_LINK_US);
	query_u64(&q, account);
	query_run(&q);
	return 0;
}

static void about(struct change *c, struct str name, const char *detail)
{
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(name));
	snprintf(c->detail, sizeof(c->detail), "%s", detail);
}

/* Not within a character. */
static struct str cut(struct str s, size_t max)
{
	if (s.len <= max)
		return s;
	while (max > 0 && ((unsigned char)s.p[max] & 0xc0) == 0x80)
		max--;
	return str_sub(s, 0, max);
}

/* ---- changes ------------------------------------------------------------------------------------- */

int change_account_add(struct change *c, struct err *e)
{
	struct str name = change_param(c, "id"), title = str_trim(change_param(c, "name"));
	struct str roles = change_param(c, "roles");

	if (!is_name(name))
		return err_set(e, ERR_VALUE,
		        "an account's name is 2 to 32 of a-z, 0-9, '.' and '-', from a letter on, and none "
		        "of those that the node uses itself");
	struct query there = db_query(c->node->state, "select 1 from account where name = ?");
	query_text(&there, name);
	bool taken = query_next(&there) == 1;
	query_run(&there);
	if (taken)
		return err_set(e, ERR_VALUE,
		        "there is an account '%.*s' already; 'weir people reset %.*s' makes a new link for "
		        "it",
		        STR_ARG(name), STR_ARG(name));
	struct query q = db_query(c->node->state,
	        "insert into account(name, title, state, made, made_by) values (?, ?, 'active', ?, ?)");
	query_text(&q, name);
	query_text(&q, title.len != 0 ? cut(title, TITLE_MAX) : name);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
	uint64_t id = db_last_id(c->node->state);
	if (put_roles(c, id, roles, e) != 0 || put_scopes(c, name, e) != 0 || put_link(c, id, name, e) != 0)
		return e->code;
	about(c, name, "");
	snprintf(c->detail, sizeof(c->detail), "roles: %.*s", STR_ARG(roles));
	buf_printf(c->said, "%.*s is added; the link is good once, for 15 minutes\n", STR_ARG(name));
	return 0;
}

int change_account_roles(struct change *c, struct err *e)
{
	struct str roles = change_param(c, "roles");
	uint64_t before = admins(c);
	struct account a;

	if (account_find(c, &a, e) != 0 || not_oneself(c, &a, "changes his own roles", e) != 0 ||
	        put_roles(c, a.id, roles, e) != 0 || still_admin(c, before, e) != 0)
		return e->code;
	end_delegations(c);
	about(c, a.name, "");
	snprintf(c->detail, sizeof(c->detail), "roles: %.*s", STR_ARG(roles));
	buf_printf(c->said, "%.*s has these roles now: %.*s\n", STR_ARG(a.name), STR_ARG(roles));
	return 0;
}

int change_account_scope(struct change *c, struct err *e)
{
	struct str sectors = change_param(c, "sectors"), owners = change_param(c, "owners");
	struct account a;

	if (account_find(c, &a, e) != 0 || not_oneself(c, &a, "changes what he sees himself", e) != 0 ||
	        put_scopes(c, a.name, e) != 0)
		return e->code;
	about(c, a.name, "");
	if (sectors.len == 0 && owners.len == 0)
		snprintf(c->detail, sizeof(c->detail), "sees all of the country");
	else
		snprintf(c->detail, sizeof(c->detail), "sees sectors: %.*s; owners: %.*s", STR_ARG(sectors),
		        STR_ARG(owners));
	buf_printf(c->said, "%.*s %s\n", STR_ARG(a.name), c->detail);
	return 0;
}

int change_account_disable(struct change *c, struct err *e)
{
	uint64_t before = admins(c);
	struct account a;

	if (account_find(c, &a, e) != 0 || not_oneself(c, &a, "disables himself", e) != 0)
		return e->code;
	if (!a.active)
		return err_set(e, ERR_VALUE, "%.*s is disabled already", STR_ARG(a.name));
	run_u64(c, "update account set state = 'disabled' where id = ?", a.id);
	end_delegations(c);
	account_end_sessions(c, a.id);
	run_u64(c, "delete from link where account = ?", a.id);
	struct query tokens = db_query(
	        c->node->state, "update api_token set ended = ? where account = ? and ended is null");
	query_i64(&tokens, os_now());
	query_u64(&tokens, a.id);
	query_run(&tokens);
	if (still_admin(c, before, e) != 0)
		return e->code;
	about(c, a.name, "");
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(change_param(c, "note")));
	buf_printf(c->said, "%.*s is disabled, its visits and tokens have ended\n", STR_ARG(a.name));
	return 0;
}

int change_account_enable(struct change *c, struct err *e)
{
	struct account a;

	if (account_find(c, &a, e) != 0)
		return e->code;
	if (a.active)
		return err_set(e, ERR_VALUE, "%.*s is not disabled", STR_ARG(a.name));
	run_u64(c, "update account set state = 'active' where id = ?", a.id);
	about(c, a.name, "");
	buf_printf(c->said, "%.*s may log in again\n", STR_ARG(a.name));
	return 0;
}

/* All that let the person in is gone at once; the new link lets him choose anew. */
int change_account_reset(struct change *c, struct err *e)
{
	struct account a;

	if (account_find(c, &a, e) != 0 || not_oneself(c, &a, "resets himself", e) != 0)
		return e->code;
	if (!a.active)
		return err_set(e, ERR_VALUE, "%.*s is disabled; 'weir people enable %.*s' first",
		        STR_ARG(a.name), STR_ARG(a.name));
	struct query q = db_query(c->node->state,
	        "update account set password = '', totp = null, reset = ?, reset_by = ? where id = ?");
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_u64(&q, a.id);
	query_run(&q);
	run_u64(c, "delete from recovery where account = ?", a.id);
	run_u64(c, "delete from device where account = ?", a.id);
	account_end_sessions(c, a.id);
	if (put_link(c, a.id, a.name, e) != 0)
		return e->code;
	about(c, a.name, "a new link; everybody is shown this");
	buf_printf(c->said,
	        "%.*s chooses a password anew: the link is good once, for 15 minutes; the old password is "
	        "gone, and everybody is shown the "
	        "reset\n",
	        STR_ARG(a.name));
	return 0;
}

int change_account_end(struct change *c, struct err *e)
{
	struct account a;

	if (account_find(c, &a, e) != 0)
		return e->code;
	account_end_sessions(c, a.id);
	uint64_t n = db_changes(c->node->state);
	about(c, a.name, "");
	snprintf(c->detail, sizeof(c->detail), "%llu visits", (unsigned long long)n);
	plural_printf(c->said, "ended: %llu visits of %.*s\n", (unsigned long long)n, STR_ARG(a.name));
	return 0;
}
