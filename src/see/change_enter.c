/* SPDX-License-Identifier: Apache-2.0
 *
 * Logins. The desk has hashed the password, which takes too long here, and says against which stored hash it was right
 * (parameter hash; none: it was wrong); what is decided is decided here, in one transaction: whether somebody may try at all,
 * the code, that no code is used twice, the new visit. So two logins at once with one code are one login.
 *
 * A wrong login says one sentence, whatever was wrong with it.
 */
#include "base/os.h"
#include "see/change_people.h"
#include "trust/password.h"
#include "trust/totp.h"

#define VISITS 20  /* of one account; the oldest goes */
#define DEVICES 20 /* the same */
#define AGENT_MAX 200

#define WRONG                                                                                                \
	"that did not let you in: name, password or code is wrong, or the account is not in use. A code is " \
	"good once; "                                                                                        \
	"wait for the next one"

/* ---- who tries ----------------------------------------------------------------------------------- */

struct entry {
	uint64_t account; /* 0: there is none */
	bool good;        /* it is in use, and this is its password */
	struct str name;
	uint8_t secret[TOTP_SECRET];
	bool has_secret;
	uint64_t step;
	uint8_t device[32];
	struct login_try try;
};

static void read_entry(struct change *c, const struct query *q, struct entry *t)
{
	struct str hash = change_param(c, "hash"), stored = query_get_text(q, 2),
	           secret = query_get_blob(q, 3);

	t->account = query_get_u64(q, 0);
	t->good = str_eq(query_get_text(q, 1), STR("active")) && stored.len != 0 && str_eq(hash, stored);
	t->has_secret = secret.len == TOTP_SECRET;
	if (t->has_secret)
		memcpy(t->secret, secret.p, TOTP_SECRET);
	t->step = query_get_u64(q, 4);
}

/* A browser of that account. */
static void find_device(struct change *c, struct entry *t)
{
	if (!str_hex(change_param(c, "device"), t->device, sizeof(t->device)))
		return;
	struct query q = db_query(c->node->state, "select 1 from device where id = ? and account = ?");
	query_blob(&q, change_blob(t->device));
	query_u64(&q, t->account);
	if (query_next(&q) == 1)
		t->try.device = t->device;
	query_run(&q);
}

static void find_entry(struct change *c, struct str name, struct entry *ret)
{
	struct query q = db_query(
	        c->node->state, "select id, state, password, totp, step from account where name = ?");

	*ret = (struct entry){.name = name, .try = {.name = name}};
	query_text(&q, name);
	if (query_next(&q) == 1)
		read_entry(c, &q, ret);
	query_run(&q);
	login_network(change_param(c, "address"), ret->try.network);
	find_device(c, ret);
}

static int too_often(unsigned seconds, struct err *e)
{
	return err_set(e, ERR_LIMIT, "too many logins have failed; try again in %u seconds", seconds);
}

/* What was tried stays counted, and the answer is the one sentence. */
static int refuse(struct change *c, const struct entry *t, bool code)
{
	login_failed(c->node->state, &t->try, code, os_now());
	c->refused = WRONG;
	/* what somebody typed as a name may be his password */
	c->unseen = t->account == 0;
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(t->name));
	snprintf(c->detail, sizeof(c->detail), "refused, from %s%s", t->try.network,
	        code ? ": the password was right, the code was not" : "");
	return 0;
}

/* One of the person's codes, which is then used up. */
static bool use_code(struct change *c, const struct entry *t)
{
	struct str code = change_param(c, "code");
	uint8_t digest[32];
	uint64_t step = t->has_secret ? totp_step(t->secret, code, os_now(), t->step) : 0;

	if (step != 0) {
		struct query q = db_query(c->node->state, "update account set step = ? where id = ?");
		query_u64(&q, step);
		query_u64(&q, t->account);
		query_run(&q);
		return true;
	}
	if (!recovery_digest(code, digest))
		return false;
	struct query q = db_query(c->node->state,
	        "update recovery set used = ? where account = ? and code = ? and used is null");
	query_i64(&q, os_now());
	query_u64(&q, t->account);
	query_blob(&q, change_blob(digest));
	query_run(&q);
	return db_changes(c->node->state) == 1;
}

/* 1: it is that person; 0: refused, and that is said; negative: a code. */
static int is_person(struct change *c, const struct entry *t, struct err *e)
{
	int64_t now = os_now();
	unsigned wait = login_wait(c->node->state, &t->try, now);

	if (wait > 0)
		return too_often(wait, e);
	/* that there is a delay would say that the password was right */
	if (!t->good || login_wait_code(c->node->state, &t->try, now) > 0)
		return refuse(c, t, false);
	if (!use_code(c, t))
		return refuse(c, t, true);
	login_good(c->node->state, &t->try);
	return 1;
}

/* ---- visits -------------------------------------------------------------------------------------- */

static void keep_newest(struct change *c, const char *sql, uint64_t account, uint64_t n)
{
	struct query q = db_query(c->node->state, sql);

	query_u64(&q, account);
	query_u64(&q, n);
	query_run(&q);
}

/* The browser that it comes from is known from now on. */
static int put_device(struct change *c, uint64_t account, const uint8_t *known, struct err *e)
{
	uint8_t fresh[32];

	if (known == NULL && change_digest(c, "fresh", fresh, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(c->node->state,
	        "insert into device(id, account, made, last) values (?1, ?2, ?3, ?3) on conflict(id) do "
	        "update set last = ?3");
	query_blob(&q, change_blob(known != NULL ? known : fresh));
	query_u64(&q, account);
	query_i64(&q, os_now());
	query_run(&q);
	keep_newest(c,
	        "delete from device where account = ?1 and id not in (select id from device where account = "
	        "?1 order by last desc limit "
	        "?2)",
	        account, DEVICES);
	return 0;
}

static struct str short_agent(struct str s)
{
	return s.len > AGENT_MAX ? str_sub(s, 0, AGENT_MAX) : s;
}

/* known: digest of the browser's cookie; NULL: parameter fresh is that of a new one. */
static int open_session(
        struct change *c, uint64_t account, struct str name, const uint8_t *known, struct err *e)
{
	uint8_t id[32];
	int64_t now = os_now();

	if (change_digest(c, "visit", id, e) != 0 || put_device(c, account, known, e) != 0)
		return e->code;
	struct query old = db_query(c->node->state, "delete from session where until < ?");
	query_i64(&old, now);
	query_run(&old);
	struct query q = db_query(c->node->state,
	        "insert into session(id, person, role, opened, until, account, used, sure, address, agent, "
	        "device) values (?1, ?2, '', ?3, "
	        "?4, ?5, ?3, ?3, ?6, ?7, ?8)");
	uint8_t fresh[32];
	(void)str_hex(change_param(c, "fresh"), fresh, sizeof(fresh));
	query_blob(&q, change_blob(id));
	query_text(&q, name);
	query_i64(&q, now);
	query_i64(&q, now + SESSION_US);
	query_u64(&q, account);
	query_text(&q, change_param(c, "address"));
	query_text(&q, short_agent(change_param(c, "agent")));
	query_blob(&q, change_blob(known != NULL ? known : fresh));
	query_run(&q);
	keep_newest(c,
	        "delete from session where account = ?1 and id not in (select id from session where account "
	        "= ?1 order by opened desc "
	        "limit ?2)",
	        account, VISITS);
	struct query entered = db_query(c->node->state, "update account set entered = ? where id = ?");
	query_i64(&entered, now);
	query_u64(&entered, account);
	query_run(&entered);
	return 0;
}

int change_session_enter(struct change *c, struct err *e)
{
	struct entry t;

	find_entry(c, change_param(c, "id"), &t);
	int rc = is_person(c, &t, e);
	if (rc <= 0)
		return rc;
	rc = open_session(c, t.account, t.name, t.try.device, e);
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(t.name));
	snprintf(c->detail, sizeof(c->detail), "from %s", t.try.network);
	buf_printf(c->said, "welcome\n");
	return rc;
}

/* Password and code once more, in the visit that there is. */
int change_session_sure(struct change *c, struct err *e)
{
	struct entry t;
	struct by by;

	if (change_by(c, &by, e) != 0)
		return e->code;
	if (by.account == 0)
		return err_set(e, ERR_USAGE, "session is 64 hexadecimal digits");
	find_entry(c, c->person, &t);
	int rc = is_person(c, &t, e);
	if (rc <= 0)
		return rc;
	struct query q = db_query(c->node->state, "update session set sure = ? where id = ?");
	query_i64(&q, os_now());
	query_blob(&q, change_blob(by.session));
	query_run(&q);
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(c->person));
	buf_printf(c->said, "good for 10 minutes\n");
	return 0;
}

/* To the minute; no row of the audit says that somebody looks at pages. */
int change_session_used(struct change *c, struct err *e)
{
	uint8_t id[32];
	int64_t now = os_now();

	if (change_digest(c, "session", id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(c->node->state, "update session set used = ?1 where id = ?2 and used < ?3");
	query_i64(&q, now);
	query_blob(&q, change_blob(id));
	query_i64(&q, now - SESSION_USED_US / 2);
	query_run(&q);
	c->unseen = true;
	return 0;
}

/* Another visit of the same person, or all but this one. */
int change_session_close(struct change *c, struct err *e)
{
	struct str which = change_param(c, "id");
	uint8_t id[32];
	struct by by;

	if (change_by(c, &by, e) != 0)
		return e->code;
	bool others = str_eq(which, STR("others"));
	if (by.account == 0 || (!others && !str_hex(which, id, sizeof(id))))
		return err_set(e, ERR_USAGE, "id is one of your visits, or others");
	struct query q = db_query(c->node->state,
	        "delete from session where account = ?1 and case when ?2 is null then id <> ?3 else id = ?2 "
	        "end");
	query_u64(&q, by.account);
	if (others)
		query_null(&q);
	else
		query_blob(&q, change_blob(id));
	query_blob(&q, change_blob(by.session));
	query_run(&q);
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(c->person));
	snprintf(c->detail, sizeof(c->detail), "%llu visits", (unsigned long long)db_changes(c->node->state));
	buf_printf(c->said, "ended: %s\n", c->detail);
	return 0;
}

/* ---- what lets in -------------------------------------------------------------------------------- */

/* Ten digests, with blanks between them. */
static int put_recovery(struct change *c, uint64_t account, struct err *e)
{
	struct str rest = change_param(c, "codes");
	struct query old = db_query(c->node->state, "delete from recovery where account = ?");

	query_u64(&old, account);
	query_run(&old);
	for (unsigned i = 0; i < RECOVERY_CODES; i++) {
		struct str_cut cut = str_cut(rest, ' ');
		uint8_t digest[32];
		if (!str_hex(cut.head, digest, sizeof(digest)))
			return err_set(
			        e, ERR_USAGE, "codes are %d times 64 hexadecimal digits", RECOVERY_CODES);
		struct query q =
		        db_query(c->node->state, "insert into recovery(account, code) values (?, ?)");
		query_u64(&q, account);
		query_blob(&q, change_blob(digest));
		query_run(&q);
		rest = cut.tail;
	}
	return 0;
}

static int put_password(struct change *c, uint64_t account, struct err *e)
{
	struct str hash = change_param(c, "hash");

	if (!str_starts(hash, STR("$argon2id$")) || hash.len >= PASSWORD_HASH)
		return err_set(e, ERR_USAGE, "hash is a password as Argon2id keeps it");
	struct query q = db_query(c->node->state, "update account set password = ? where id = ?");
	query_text(&q, hash);
	query_u64(&q, account);
	query_run(&q);
	return 0;
}

/* The code proves that the telephone has the secret, and is used up by it. */
static int put_secret(struct change *c, uint64_t account, struct err *e)
{
	uint8_t secret[TOTP_SECRET];

	if (!str_hex(change_param(c, "secret"), secret, sizeof(secret)))
		return err_set(e, ERR_USAGE, "secret is %d hexadecimal digits", 2 * TOTP_SECRET);
	uint64_t step = totp_step(secret, change_param(c, "code"), os_now(), 0);
	if (step == 0)
		return err_set(e, ERR_VALUE,
		        "this is not the code that belongs to the secret now; look whether the telephone's "
		        "clock is right, and type "
		        "the code that it shows");
	struct query q = db_query(c->node->state, "update account set totp = ?, step = ? where id = ?");
	query_blob(&q, str_make((const char *)secret, sizeof(secret)));
	query_u64(&q, step);
	query_u64(&q, account);
	query_run(&q);
	return 0;
}

/* Whose link it is; it is used up. */
static int use_link(struct change *c, uint64_t *ret, char name[64], struct err *e)
{
	uint8_t link[32];
	int64_t now = os_now();

	if (change_digest(c, "link", link, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(c->node->state,
	        "update link set used = ?1 where id = ?2 and used is null and until > ?1 and account is not "
	        "null");
	query_i64(&q, now);
	query_blob(&q, change_blob(link));
	query_run(&q);
	if (db_changes(c->node->state) == 0)
		return err_set(e, ERR_DENIED,
		        "this link was used, or its 15 minutes are over; who looks after accounts makes "
		        "another ('weir people reset')");
	struct query find = db_query(c->node->state,
	        "select a.id, a.name from link l join account a on a.id = l.account where l.id = ?");
	query_blob(&find, change_blob(link));
	if (query_next(&find) == 1) {
		*ret = query_get_u64(&find, 0);
		snprintf(name, 64, "%.*s", STR_ARG(query_get_text(&find, 1)));
	}
	query_run(&find);
	return 0;
}

int change_session_enrol(struct change *c, struct err *e)
{
	uint64_t account = 0;
	char name[64] = "";

	if (use_link(c, &account, name, e) != 0 || put_password(c, account, e) != 0 ||
	        put_secret(c, account, e) != 0 || put_recovery(c, account, e) != 0)
		return e->code;
	account_end_sessions(c, account);
	if (open_session(c, account, str_from(name), NULL, e) != 0)
		return e->code;
	snprintf(c->object, sizeof(c->object), "%s", name);
	snprintf(c->detail, sizeof(c->detail), "password, second factor and recovery codes are set");
	buf_printf(c->said, "welcome\n");
	return 0;
}

static int own(struct change *c, struct by *ret, struct err *e)
{
	int rc = change_by(c, ret, e);

	if (rc == 0 && ret->account == 0)
		rc = err_set(e, ERR_USAGE, "this is done on the page of one's account");
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(c->person));
	return rc;
}

int change_account_password(struct change *c, struct err *e)
{
	struct by by;

	if (own(c, &by, e) != 0 || put_password(c, by.account, e) != 0)
		return e->code;
	struct query q = db_query(c->node->state, "delete from session where account = ? and id <> ?");
	query_u64(&q, by.account);
	query_blob(&q, change_blob(by.session));
	query_run(&q);
	buf_printf(c->said, "the password is another now; other visits have ended\n");
	return 0;
}

int change_account_totp(struct change *c, struct err *e)
{
	struct by by;

	if (own(c, &by, e) != 0 || put_secret(c, by.account, e) != 0)
		return e->code;
	buf_printf(c->said, "the second factor is another now\n");
	return 0;
}

int change_account_recovery(struct change *c, struct err *e)
{
	struct by by;

	if (own(c, &by, e) != 0 || put_recovery(c, by.account, e) != 0)
		return e->code;
	buf_printf(c->said, "there are new recovery codes; the old ones are no longer good\n");
	return 0;
}
