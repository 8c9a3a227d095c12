/* SPDX-License-Identifier: Apache-2.0
 *
 * state.db made at once is what the numbered schemas make of an older one, whichever it is; and what must not grow in it.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "base/os.h"
#include "state/finding.h"
#include "state/state.h"
#include <cmocka.h>
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/weir-state-XXXXXX";

/* All files of a folder. */
static void empty(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			assert_int_equal(unlinkat(dirfd(dir), entry->d_name, 0), 0);
	closedir(dir);
}

/* A state as a program knew it whose newest schema was that. */
static void make(unsigned version)
{
	char path[sizeof(folder) + 32], text[64];
	struct db *db;
	struct err e;

	snprintf(path, sizeof(path), "%s/state.db", folder);
	assert_int_equal(db_open(path, DB_WRITE, 1024, &db, &e), 0);
	for (unsigned i = 1; i <= version; i++) {
		auto_buf struct buf sql = {0};
		char file[256];
		snprintf(file, sizeof(file), SOURCE_ROOT "/src/state/schema/%03u.sql", i);
		assert_int_equal(os_read_file(file, 1u << 20, &sql, &e), 0);
		buf_char(&sql, '\0');
		if (db_exec(db, sql.p, &e) != 0)
			fail_msg("%s: %s", file, e.text);
	}
	snprintf(text, sizeof(text), "pragma user_version = %u", version);
	assert_int_equal(db_exec(db, text, &e), 0);
	db_close(db);
}

/* Opens it, and says what is in it. */
static void tables(struct buf *ret)
{
	struct db *db;
	struct err e;

	if (state_open(folder, DB_WRITE, &db, &e) != 0)
		fail_msg("%s", e.text);
	struct query q = db_query(
	        db, "select type, name, tbl_name, coalesce(sql, '') from sqlite_master order by type, name");
	while (query_next(&q) == 1) {
		for (int i = 0; i < 4; i++) {
			buf_add(ret, query_get_text(&q, i));
			buf_char(ret, '\n');
		}
	}
	assert_int_equal(query_done(&q, &e), 0);
	struct query v = db_query(db, "pragma user_version");
	assert_int_equal(query_next(&v), 1);
	assert_int_equal(query_get_u64(&v, 0), state_version());
	query_done(&v, NULL);
	db_close(db);
}

static void the_same(void **state)
{
	(void)state;
	auto_buf struct buf new = {0};
	assert_non_null(mkdtemp(folder));
	tables(&new);
	assert_true(new.len > 10000);
	for (unsigned version = 1; version < state_version(); version += version < 4 ? 1 : 9) {
		auto_buf struct buf old = {0};
		empty(folder);
		make(version);
		tables(&old);
		if (!str_eq(buf_str(&old), buf_str(&new)))
			fail_msg("from version %u it becomes something else", version);
	}
	empty(folder);
	assert_int_equal(rmdir(folder), 0);
}

/* A feed of samples has another hash in each line: a finding has the first of them, and the table does not grow with events. */
static void hashes(void **state)
{
	struct db *db;
	struct err e;
	char folder_of[] = "/tmp/weir-state-XXXXXX", hash[40];

	(void)state;
	assert_non_null(mkdtemp(folder_of));
	assert_int_equal(state_open(folder_of, DB_WRITE, &db, &e), 0);
	assert_int_equal(db_exec(db, "pragma foreign_keys = off", &e), 0);
	for (unsigned i = 0; i < 3 * FINDING_HASHES; i++) {
		snprintf(hash, sizeof(hash), "%031X%X", i / 2, 0xAu);
		finding_hash(db, 7 + i % 2, str_from(hash));
	}
	struct query q = db_query(db,
	        "select count(*), count(distinct finding), sum(hash <> lower(hash)), min(n), max(n) from "
	        "(select "
	        "*, count(*) over (partition by finding) as n from finding_hash)");
	assert_int_equal(query_next(&q), 1);
	assert_int_equal(query_get_u64(&q, 0), 2 * FINDING_HASHES);
	assert_int_equal(query_get_u64(&q, 1), 2);
	assert_int_equal(query_get_u64(&q, 2), 0);
	assert_int_equal(query_get_u64(&q, 3), FINDING_HASHES);
	assert_int_equal(query_get_u64(&q, 4), FINDING_HASHES);
	query_done(&q, NULL);
	db_close(db);
	empty(folder_of);
	assert_int_equal(rmdir(folder_of), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_same), cmocka_unit_test(hashes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
