/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/delegation.h"
#include "agree/change_in.h"
#include "base/os.h"

#define SECOND ((int64_t)1000000)

/* ---- which hold ---------------------------------------------------------------------------------- */

#define BINDS(account)                                                                                       \
	"exists (select 1 from main.account b join main.account_role r on r.account = b.id and r.role = "    \
	"'may-bind' where b.id = " account " and b.state = 'active')"
/* Of agree_delegation d, at the time ?1. */
#define HOLDS                                                                                                \
	"(d.ended is null and d.until > ?1 and (d.giver_account is null or " BINDS(                          \
	        "d.giver_account") ") and exists (select 1 from main.account p where p.id = d.account and "  \
	                           "p.state = 'active'))"
#define INSTRUMENTS                                                                                          \
	"(select group_concat(instrument, ' ') from (select instrument from main.agree_delegated where "     \
	"delegation = d.id order by instrument))"

unsigned delegations(struct db *db, struct arena *a, int64_t now, struct delegation **ret)
{
	struct query q = db_query(db,
	        "select d.id, d.giver, p.name, d.why, coalesce(d.ended_by, ''), " INSTRUMENTS
	        ", d.at, d.until, coalesce(d.ended, 0), case when " HOLDS " then 'holds' when d.ended is "
	        "null and d.until <= ?1 then 'over' else 'ended' end from main.agree_delegation d join "
	        "main.account p on p.id = d.account order by " HOLDS " desc, d.id desc");
	VEC(struct delegation) all = {0};

	query_i64(&q, now);
	while (query_next(&q) == 1)
		*(struct delegation *)vec_add(&all) = (struct delegation){.id = query_get_u64(&q, 0),
		        .giver = arena_str(a, query_get_text(&q, 1)),
		        .person = arena_str(a, query_get_text(&q, 2)),
		        .why = arena_str(a, query_get_text(&q, 3)),
		        .ended_by = arena_str(a, query_get_text(&q, 4)),
		        .instruments = arena_str(a, query_get_text(&q, 5)),
		        .at = query_get_i64(&q, 6),
		        .until = query_get_i64(&q, 7),
		        .ended = query_get_i64(&q, 8),
		        .state = arena_str(a, query_get_text(&q, 9))};
	query_done(&q, NULL);
	unsigned n = (unsigned)all.n;
	*ret = arena_copy(a, all.v, n, sizeof(**ret));
	vec_done(&all);
	return n;
}

struct str delegation_instruments(struct db *db, struct arena *a, struct str person, int64_t now)
{
	struct query q = db_query(db,
	        "select coalesce(group_concat(instrument, ' '), '') from (select distinct i.instrument from "
	        "main.agree_delegated i join main.agree_delegation d on d.id = i.delegation join "
	        "main.account k on k.id = d.account where k.name = ?2 and " HOLDS " order by i.instrument)");
	struct str ret = STR("");

	query_i64(&q, now);
	query_text(&q, person);
	if (query_next(&q) == 1)
		ret = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return ret;
}

struct str delegation_people(struct db *db, struct arena *a)
{
	struct query q = db_query(db,
	        "select coalesce(group_concat(name, ' '), '') from (select name from main.account k where "
	        "k.state = 'active' and not " BINDS("k.id") " and not exists (select 1 from main.scope s "
	                                                    "where s.person = k.name) order by name)");
	struct str ret = STR("");

	if (query_next(&q) == 1)
		ret = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return ret;
}

/* ---- who asks ------------------------------------------------------------------------------------ */

struct asker {
	uint64_t account; /* of the visit; 0: he sits at the machine, or in the sample country */
	bool binds;       /* by himself */
};

/* The desk puts the visit of an account there, and nobody else does. */
static int find_asker(struct change *c, struct asker *ret, struct err *e)
{
	uint8_t session[DIGEST_LEN];

	*ret = (struct asker){.binds = true};
	if (change_param(c, "session").p == NULL)
		return 0;
	struct query q = db_query(c->db,
	        "select a.id, " BINDS("a.id") " from session s join account a on a.id = s.account where s.id "
	                                      "= ? and a.name = ? and a.state = 'active'");
	query_blob(&q,
	        str_hex(change_param(c, "session"), session, sizeof(session))
	                ? str_make((const char *)session, sizeof(session))
	                : STR(""));
	query_text(&q, c->person);
	if (query_next(&q) == 1) {
		ret->account = query_get_u64(&q, 0);
		ret->binds = query_get_u64(&q, 1) != 0;
	}
	query_done(&q, NULL);
	return ret->account != 0 ? 0 : err_set(e, ERR_DENIED, "this visit has ended; log in again");
}

int delegation_check(struct change *c, struct str instrument, struct err *e)
{
	struct asker who;

	if (find_asker(c, &who, e) != 0)
		return e->code;
	if (who.binds)
		return 0;
	struct query q = db_query(c->db,
	        "select d.id, d.giver from agree_delegation d join agree_delegated i on i.delegation = d.id "
	        "where d.account = ?2 and i.instrument = ?3 and " HOLDS " order by d.id limit 1");
	query_i64(&q, os_now());
	query_u64(&q, who.account);
	query_text(&q, instrument);
	bool may = query_next(&q) == 1;
	if (may) {
		size_t n = strlen(c->detail);
		snprintf(c->detail + n, sizeof(c->detail) - n, "%sby delegation %llu of %.*s",
		        n > 0 ? "; " : "", (unsigned long long)query_get_u64(&q, 0),
		        STR_ARG(query_get_text(&q, 1)));
	}
	query_done(&q, NULL);
	return may
	        ? 0
	        : err_set(e, ERR_DENIED,
	                  "'%.*s' may not bind the party in '%.*s': no delegation of that instrument holds "
	                  "now",
	                  STR_ARG(c->person), STR_ARG(instrument));
}

int delegation_still(struct change *c, struct str person, struct str instrument, struct err *e)
{
	struct query q = db_query(c->db,
	        "select 1 from account a where a.name = ?2 and not " BINDS(
	                "a.id") " and not exists (select 1 from agree_delegation d join agree_delegated i on "
	                        "i.delegation = d.id where d.account = a.id and i.instrument = ?3 and " HOLDS
	                        ")");

	query_i64(&q, os_now());
	query_text(&q, person);
	query_text(&q, instrument);
	bool lost = query_next(&q) == 1;
	query_done(&q, NULL);
	return !lost
	        ? 0
	        : err_set(e, ERR_DENIED,
	                  "'%.*s' has written it, and may no longer bind the party in '%.*s': drop it (weir "
	                  "agree drop), and somebody who may writes it again",
	                  STR_ARG(person), STR_ARG(instrument));
}

/* ---- giving -------------------------------------------------------------------------------------- */

static int find_delegate(struct change *c, const struct asker *by, uint64_t *ret, struct err *e)
{
	struct str name = agree_param(c, "id");
	struct query q = db_query(c->db,
	        "select k.id, k.state = 'active', " BINDS("k.id") ", exists (select 1 from scope s where "
	                                                          "s.person = k.name) from account k where "
	                                                          "k.name = ?");
	bool there, active = false, binds = false, narrow = false;
	char shown[64];

	query_text(&q, name);
	there = query_next(&q) == 1;
	if (there) {
		*ret = query_get_u64(&q, 0);
		active = query_get_u64(&q, 1) != 0;
		binds = query_get_u64(&q, 2) != 0;
		narrow = query_get_u64(&q, 3) != 0;
	}
	query_done(&q, NULL);
	err_quote(shown, sizeof(shown), name);
	if (!there)
		return err_set(e, ERR_MISSING, "there is no account '%s'; 'weir people' lists them", shown);
	if (*ret == by->account || str_eq(name, c->person))
		return err_set(e, ERR_DENIED, "nobody delegates to himself");
	if (!active)
		return err_set(e, ERR_VALUE, "%s is disabled", shown);
	if (binds)
		return err_set(e, ERR_VALUE, "%s may bind the party already, by a role", shown);
	return narrow ? err_set(e, ERR_VALUE, "%s sees some owners only, and no consultations", shown) : 0;
}

/* A name that is not known here is a slip of the pen, and would hold for nothing. */
static bool is_known(struct change *c, struct str instrument)
{
	struct query q = db_query(c->db,
	        "select 1 from agree_round where instrument = ?1 union all select 1 from agree_draft where "
	        "instrument = ?1 limit 1");

	query_text(&q, instrument);
	bool is = query_next(&q) == 1;
	query_done(&q, NULL);
	return is;
}

static int put_instruments(struct change *c, uint64_t id, struct err *e)
{
	struct str rest = agree_param(c, "instruments"), word;
	char shown[80];
	unsigned n = 0;

	for (; (word = str_next_word(&rest)).len > 0; n++) {
		if (!is_known(c, word))
			return err_set(e, ERR_MISSING,
			        "instruments: no text and no round here is of '%s'; weir agree list and weir "
			        "agree texts name them",
			        err_quote(shown, sizeof(shown), word).p);
		struct query q = db_query(
		        c->db, "insert or ignore into agree_delegated(delegation, instrument) values (?, ?)");
		query_u64(&q, id);
		query_text(&q, word);
		query_run(&q);
	}
	return n > 0
	        ? 0
	        : err_set(e, ERR_USAGE, "instruments: which, by name and with blanks or commas between them");
}

static int find_until(struct change *c, int64_t *ret, struct err *e)
{
	int64_t now = os_now() / SECOND;

	if (agree_time(c, "until", now, ret, e) != 0)
		return e->code;
	if (*ret > now && *ret <= now + (int64_t)DELEGATION_DAYS * 86400)
		return 0;
	return err_set(e, ERR_VALUE, "until: a date to come, at most a year away");
}

static uint64_t put(struct change *c, const struct asker *by, uint64_t account, int64_t until, struct str why)
{
	struct query q = db_query(c->db,
	        "insert into agree_delegation(giver, giver_account, account, why, at, until) values (?, "
	        "nullif(?, 0), ?, ?, ?, ?)");

	query_text(&q, c->person);
	query_u64(&q, by->account);
	query_u64(&q, account);
	query_text(&q, why);
	query_i64(&q, os_now());
	query_i64(&q, until * SECOND);
	query_run(&q);
	return db_last_id(c->db);
}

int change_agree_delegate(struct change *c, struct err *e)
{
	auto_buf struct buf why = {0};
	struct asker by;
	uint64_t account = 0;
	int64_t until = 0;
	char at[24];
	int rc = find_asker(c, &by, e);

	if (rc == 0 && !by.binds)
		rc = err_set(
		        e, ERR_DENIED, "what was delegated is not given on: only the role itself gives it");
	if (rc == 0)
		rc = find_delegate(c, &by, &account, e);
	if (rc == 0)
		rc = find_until(c, &until, e);
	if (rc == 0)
		rc = change_lines(c, "why", 512, &why, e);
	if (rc == 0 && str_trim(buf_str(&why)).len == 0)
		rc = err_set(e, ERR_USAGE, "why: say why");
	if (rc != 0)
		return rc;
	uint64_t id = put(c, &by, account, until, str_trim(buf_str(&why)));
	rc = put_instruments(c, id, e);
	stamp_print(at, until);
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(agree_param(c, "id")));
	snprintf(c->detail, sizeof(c->detail), "delegation %llu: %.*s, until %s; %.*s",
	        (unsigned long long)id, STR_ARG(agree_param(c, "instruments")), at,
	        STR_ARG(str_trim(buf_str(&why))));
	buf_printf(c->said, "%s may bind the party in %.*s until %s (delegation %llu)\n", c->object,
	        STR_ARG(agree_param(c, "instruments")), at, (unsigned long long)id);
	return rc;
}

int change_agree_delegate_end(struct change *c, struct err *e)
{
	struct asker by;
	uint64_t id;

	if (find_asker(c, &by, e) != 0)
		return e->code;
	if (!by.binds)
		return err_set(e, ERR_DENIED, "this is for whoever may bind the party by a role");
	if (!str_u64(agree_param(c, "id"), &id) || id > INT64_MAX)
		return err_set(e, ERR_USAGE, "id: the number of a delegation (weir agree delegations)");
	struct query q = db_query(c->db,
	        "update agree_delegation set ended = ?1, ended_by = ?2 where id = ?3 and ended is null and "
	        "until > ?1");
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_u64(&q, id);
	query_run(&q);
	if (db_changes(c->db) == 0)
		return err_set(e, ERR_MISSING, "no delegation of that number holds");
	snprintf(c->object, sizeof(c->object), "delegation %llu", (unsigned long long)id);
	buf_printf(c->said, "delegation %llu has ended\n", (unsigned long long)id);
	return 0;
}
