/* SPDX-License-Identifier: Apache-2.0
 *
 * New findings by another hand are the same rows, and an error of it is the transaction's. What a report showed of a known one is in
 * its row, whether its first event came earlier or not.
 */
#include "see/fresh.h"
#include "state/state.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static struct err e;

static struct db *open_db(void)
{
	struct db *db;

	snprintf(folder, sizeof(folder), "/tmp/weir-fresh-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(state_open(folder, DB_WRITE, &db, &e), 0);
	assert_int_equal(db_exec(db, "insert into owner(id, ref, name) values (1, 'bank', 'Bank')", &e), 0);
	return db;
}

static void close_db(struct db *db)
{
	static const char *const files[] = {"state.db", "state.db-wal", "state.db-shm"};
	char path[128];

	db_close(db);
	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
}

static int64_t number(struct db *db, const char *sql)
{
	struct query q = db_query(db, sql);
	int64_t n = -1;

	if (query_next(&q) == 1)
		n = query_get_i64(&q, 0);
	assert_int_equal(query_done(&q, &e), 0);
	return n;
}

/* The texts are gone when it is put. */
static void add(struct fresh *f, uint64_t id, uint64_t owner)
{
	char place[32];

	snprintf(place, sizeof(place), "host%llu.example", (unsigned long long)id);
	struct finding one = {.id = id,
	        .owner = owner,
	        .receipt = 1,
	        .root = 1,
	        .event = id << 8,
	        .class = STR("open"),
	        .ident = STR(""),
	        .malware = STR(""),
	        .place = str_from(place),
	        .severity = STR("low"),
	        .label = STR("GREEN"),
	        .decision = STR("nobody"),
	        .first = 1000,
	        .last = 1000,
	        .counted = true};
	memcpy(one.key, &id, sizeof(id));
	fresh_add(f, &one);
	memset(place, 'x', sizeof(place));
}

static void rows(void **state)
{
	(void)state;
	for (int threaded = 0; threaded < 2; threaded++) {
		struct db *db = open_db();
		struct fresh *f = fresh_new(db, threaded);
		db_begin(db);
		/* each chunk is added while the one before is put */
		for (uint64_t id = 1; id <= 5000; id++) {
			add(f, id, 1);
			if (id % 1000 == 0)
				fresh_start(f);
		}
		fresh_wait(f);
		assert_int_equal(db_commit(db, &e), 0);
		assert_int_equal(
		        number(db,
		                "select count(*) from finding where place = 'host' || id || '.example' "
		                "and event = id << 8 and events = 1 and last_event = event"),
		        5000);
		fresh_free(f);
		close_db(db);
	}
}

static void error(void **state)
{
	(void)state;
	struct db *db = open_db();
	struct fresh *f = fresh_new(db, true);

	db_begin(db);
	add(f, 1, 1);
	fresh_start(f);
	/* there is no such owner */
	add(f, 2, 7);
	fresh_start(f);
	fresh_wait(f);
	assert_int_not_equal(db_commit(db, &e), 0);
	assert_int_equal(number(db, "select count(*) from finding"), 0);
	fresh_free(f);
	close_db(db);
}

static void seen(void **state)
{
	(void)state;
	struct db *db = open_db();
	struct fresh *f = fresh_new(db, false);

	db_begin(db);
	add(f, 1, 1);
	add(f, 2, 1);
	fresh_start(f);
	fresh_wait(f);
	finding_seen(db, &(struct finding_seen){.id = 1, .events = 3, .first = 900, .last = 990, .event = 5},
	        2, 2);
	finding_seen(db,
	        &(struct finding_seen){
	                .id = 2, .events = 4, .first = 1000, .last = 1100, .event = 6, .counted = true},
	        2, 2);
	assert_int_equal(db_commit(db, &e), 0);
	assert_int_equal(number(db,
	                         "select count(*) from finding where id = 1 and first = 900 and last = 1000 "
	                         "and events = 4 and receipts = 2 and last_root = 2 and last_event = 5"),
	        1);
	assert_int_equal(number(db,
	                         "select count(*) from finding where id = 2 and first = 1000 and last = 1100 "
	                         "and events = 5 and receipts = 1 and last_receipt = 2 and last_event = 6"),
	        1);
	fresh_free(f);
	close_db(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(rows), cmocka_unit_test(error), cmocka_unit_test(seen)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
