/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/login.h"
#include "base/digest.h"
#include "event/addr.h"

#define SECOND ((int64_t)1000000)
#define FORGET_US (24 * 3600 * SECOND)
/* Rows that are kept; the oldest go. */
#define ROWS 20000

void login_network(struct str address, char ret[64])
{
	struct addr a;

	if (!addr_parse(address, &a)) {
		snprintf(ret, 64, "unknown");
		return;
	}
	char text[ADDR_TEXT];
	unsigned whole = addr_is4(&a) ? 15 : 7;
	memset(a.b + whole, 0, sizeof(a.b) - whole);
	(void)addr_print(text, &a);
	snprintf(ret, 64, "%s/%u", text, whole == 15 ? 24u : 56u);
}

static const struct {
	const char *name;
	unsigned free, first,
	        longest; /* failures without a delay; seconds of the first one and of the longest */
} kinds[] = {
        [LOGIN_PERSON] = {"person", 3, 5, 900},
        [LOGIN_NETWORK] = {"network", 30, 2, 60},
        [LOGIN_DEVICE] = {"device", 5, 5, 300},
        [LOGIN_CODE] = {"code", 10, 5, 900},
};

unsigned login_delay(enum login_kind kind, uint64_t failures)
{
	unsigned delay = kinds[kind].first;

	if (failures < kinds[kind].free)
		return 0;
	for (uint64_t i = kinds[kind].free; i < failures && delay < kinds[kind].longest; i++)
		delay *= 2;
	return delay < kinds[kind].longest ? delay : kinds[kind].longest;
}

static void who(const struct login_try *t, enum login_kind kind, uint8_t ret[DIGEST_LEN])
{
	struct digest *d;

	if (kind == LOGIN_DEVICE) {
		memcpy(ret, t->device, DIGEST_LEN);
		return;
	}
	d = digest_new();
	if (kind != LOGIN_NETWORK)
		digest_add(d, t->name);
	digest_add(d, STR("\n"));
	if (kind != LOGIN_CODE)
		digest_add(d, str_from(t->network));
	digest_done(d, ret);
}

static unsigned wait_of(struct db *db, const struct login_try *t, enum login_kind kind, int64_t now)
{
	struct query q = db_query(db, "select failures, last from login_failure where kind = ? and who = ?");
	uint8_t digest[DIGEST_LEN];
	int64_t until = 0;

	who(t, kind, digest);
	query_text(&q, str_from(kinds[kind].name));
	query_blob(&q, str_make((const char *)digest, sizeof(digest)));
	if (query_next(&q) == 1) {
		int64_t last = query_get_i64(&q, 1);
		/* a clock that was set back does not keep anybody out */
		if (last <= now && now - last < FORGET_US)
			until = last + login_delay(kind, query_get_u64(&q, 0)) * SECOND;
	}
	query_done(&q, NULL);
	return until > now ? (unsigned)((until - now + SECOND - 1) / SECOND) : 0;
}

unsigned login_wait(struct db *db, const struct login_try *t, int64_t now)
{
	if (t->device != NULL)
		return wait_of(db, t, LOGIN_DEVICE, now);
	unsigned person = wait_of(db, t, LOGIN_PERSON, now), network = wait_of(db, t, LOGIN_NETWORK, now);
	return person > network ? person : network;
}

unsigned login_wait_code(struct db *db, const struct login_try *t, int64_t now)
{
	return t->device == NULL ? wait_of(db, t, LOGIN_CODE, now) : 0;
}

static void count(struct db *db, const struct login_try *t, enum login_kind kind, int64_t now)
{
	struct query q = db_query(db,
	        "insert into login_failure(kind, who, failures, last) values (?1, ?2, 1, ?3) on "
	        "conflict(kind, who) do update set"
	        " failures = case when ?3 - last between 0 and ?4 then failures + 1 else 1 end, last = ?3");
	uint8_t digest[DIGEST_LEN];

	who(t, kind, digest);
	query_text(&q, str_from(kinds[kind].name));
	query_blob(&q, str_make((const char *)digest, sizeof(digest)));
	query_i64(&q, now);
	query_i64(&q, FORGET_US);
	query_run(&q);
}

/* Old ones, and the oldest of too many. */
static void prune(struct db *db, int64_t now)
{
	struct query old = db_query(db, "delete from login_failure where last < ?");
	query_i64(&old, now - FORGET_US);
	query_run(&old);
	struct query many = db_query(db,
	        "delete from login_failure where last <= (select last from login_failure order by last desc "
	        "limit 1 offset ?)");
	query_u64(&many, ROWS);
	query_run(&many);
}

void login_failed(struct db *db, const struct login_try *t, bool code, int64_t now)
{
	if (t->device != NULL) {
		count(db, t, LOGIN_DEVICE, now);
	} else {
		count(db, t, LOGIN_PERSON, now);
		count(db, t, LOGIN_NETWORK, now);
		if (code)
			count(db, t, LOGIN_CODE, now);
	}
	prune(db, now);
}

static void forget(struct db *db, const struct login_try *t, enum login_kind kind)
{
	struct query q = db_query(db, "delete from login_failure where kind = ? and who = ?");
	uint8_t digest[DIGEST_LEN];

	who(t, kind, digest);
	query_text(&q, str_from(kinds[kind].name));
	query_blob(&q, str_make((const char *)digest, sizeof(digest)));
	query_run(&q);
}

void login_good(struct db *db, const struct login_try *t)
{
	if (t->device != NULL)
		forget(db, t, LOGIN_DEVICE);
	else
		forget(db, t, LOGIN_PERSON);
	forget(db, t, LOGIN_CODE);
}
