/* SPDX-License-Identifier: Apache-2.0
 *
 * What a form did, until it is shown: once, to its visit alone, not for ever, and never more than there is room for. And the chain of
 * the audit.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "state/audit.h"
#include "state/state.h"
#include "web/said.h"
#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#define SECOND ((int64_t)1000000)

static bool shown(struct said *s, const char *session, int64_t now, const char *wanted)
{
	auto_buf struct buf b = {0};
	bool there = said_take(s, str_from(session), now, &b);

	return there && str_eq(buf_str(&b), str_from(wanted));
}

static void once(void **state)
{
	struct said s = {.next = 0};

	(void)state;
	said_put(&s, STR("a"), STR("F1 closed"), 0);
	assert_false(shown(&s, "b", 1, "F1 closed"));
	assert_true(shown(&s, "a", 1, "F1 closed"));
	assert_false(shown(&s, "a", 1, "F1 closed"));
	/* the newest takes the place of the one that nobody has seen */
	said_put(&s, STR("a"), STR("one"), 0);
	said_put(&s, STR("a"), STR("two"), 0);
	assert_true(shown(&s, "a", 1, "two"));
	assert_false(shown(&s, "a", 1, "one"));
}

static void not_for_ever(void **state)
{
	struct said s = {.next = 0};

	(void)state;
	said_put(&s, STR("a"), STR("old"), 0);
	assert_false(shown(&s, "a", SAID_SECONDS * SECOND + 1, "old"));
	said_put(&s, STR("a"), STR("just so"), 0);
	assert_true(shown(&s, "a", SAID_SECONDS * SECOND, "just so"));
}

static void bounded(void **state)
{
	struct said s = {.next = 0};
	auto_buf struct buf b = {0}, ret = {0};
	char id[16];

	(void)state;
	for (unsigned i = 0; i <= SAID_VISITS; i++) {
		snprintf(id, sizeof(id), "s%u", i);
		said_put(&s, str_from(id), str_from(id), 0);
	}
	assert_false(shown(&s, "s0", 1, "s0"));
	assert_true(shown(&s, "s1", 1, "s1"));
	assert_true(shown(&s, id, 1, id));
	/* cut between characters */
	for (unsigned i = 0; i < 1000; i++)
		buf_add(&b, STR("\xe0\xba\xa5"));
	said_put(&s, STR("long"), buf_str(&b), 0);
	assert_true(said_take(&s, STR("long"), 1, &ret));
	assert_int_equal(ret.len % 3, 0);
	assert_in_range(ret.len, 1000, 1023);
	said_put(&s, STR(""), STR("nobody"), 0);
	assert_false(shown(&s, "", 1, "nobody"));
}

/* ---- the audit ----------------------------------------------------------------------------------- */

static void put(struct db *db, const char *person)
{
	struct query last = db_query(db, "select " AUDIT_COLUMNS " from audit order by seq desc limit 1");
	uint8_t prev[32] = {0};

	if (query_next(&last) == 1)
		audit_digest(&last, prev);
	query_run(&last);
	struct query q = db_query(db,
	        "insert into audit(at, person, verb, object, detail, prev) values (1, ?, 'v', 'o', 'd', ?)");
	query_text(&q, str_from(person));
	query_blob(&q, str_make((const char *)prev, sizeof(prev)));
	query_run(&q);
}

static uint64_t broken_at(struct db *db, unsigned most, uint64_t wanted_rows)
{
	uint64_t rows, bad;

	assert_int_equal(audit_check(db, most, &rows, &bad, NULL), 0);
	assert_int_equal(rows, wanted_rows);
	return bad;
}

static void change(struct db *db, const char *sql)
{
	db_begin(db);
	assert_int_equal(db_exec(db, sql, NULL), 0);
	assert_int_equal(db_commit(db, NULL), 0);
}

static void chain(void **state)
{
	char folder[] = "/tmp/weir-said-XXXXXX", command[64];
	struct db *db;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(state_open(folder, DB_WRITE, &db, NULL), 0);
	assert_int_equal(broken_at(db, 100, 0), 0);
	db_begin(db);
	for (unsigned i = 0; i < 50; i++)
		put(db, i % 2 ? "one" : "two");
	assert_int_equal(db_commit(db, NULL), 0);
	assert_int_equal(broken_at(db, 100, 50), 0);
	/* of the oldest that is looked at nobody knows what stood before it */
	assert_int_equal(broken_at(db, 10, 10), 0);
	change(db, "update audit set detail = 'x' where seq = 20");
	assert_int_equal(broken_at(db, 100, 50), 21);
	assert_int_equal(broken_at(db, 10, 10), 0);
	change(db, "update audit set detail = 'd' where seq = 20");
	assert_int_equal(broken_at(db, 100, 50), 0);
	change(db, "delete from audit where seq = 30");
	assert_int_equal(broken_at(db, 100, 49), 31);
	change(db, "delete from audit where seq = 1");
	assert_int_equal(broken_at(db, 100, 48), 31);
	db_close(db);
	snprintf(command, sizeof(command), "%s/state.db", folder);
	unlink(command);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(once), cmocka_unit_test(not_for_ever),
	        cmocka_unit_test(bounded), cmocka_unit_test(chain)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
