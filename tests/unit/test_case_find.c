/* SPDX-License-Identifier: Apache-2.0
 *
 * Cases by a part of their text: what the index leads to is what a look at all of them finds, also in a state of the schema before the
 * index and for who may not see all; and what was erased is no longer in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/os.h"
#include "link/case.h"
#include "state/scope.h"
#include "state/state.h"
#include "web/route.h"
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

/* Enough that a text of all of them counts as one that many have. */
#define CASES 3300
#define BEFORE 46

static char folder[] = "/tmp/weir-case-find-XXXXXX";

static void run(struct db *db, const char *sql)
{
	struct err e;

	db_begin(db);
	db_exec(db, sql, NULL);
	if (db_commit(db, &e) != 0)
		fail_msg("%s: %s", sql, e.text);
}

/* A state of the schema before the index, with cases in it. */
static void make(void)
{
	char path[sizeof(folder) + 32];
	struct db *db;
	struct err e;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/state.db", folder);
	assert_int_equal(db_open(path, DB_WRITE, 1024, &db, &e), 0);
	for (unsigned i = 1; i <= BEFORE; i++) {
		auto_buf struct buf sql = {0};
		char file[256];
		snprintf(file, sizeof(file), SOURCE_ROOT "/src/state/schema/%03u.sql", i);
		assert_int_equal(os_read_file(file, 1u << 20, &sql, &e), 0);
		buf_char(&sql, '\0');
		assert_int_equal(db_exec(db, sql.p, &e), 0);
	}
	run(db,
	        "insert into case_(id, number, kind, title, text, severity, label, state, their_ref, opened, "
	        "opened_by, "
	        "ended, peer, assigned) with recursive n(i) as (select 1 union all select i + 1 from n where "
	        "i "
	        "< 3300) select i, 'LA-2026-' || i, case i % 3 when 0 then 'request' else 'incident' end, "
	        "'A \"quoted\" Server ' || i, case i % 500 when 7 then 'ເຄື່ອງແມ່ຂ່າຍ ຖືກໂຈມຕີ' else 'about a "
	        "bank' end, "
	        "'c' || (1 + i % 6), case i % 400 when 9 then 'RED' else 'AMBER' end, case i % 4 when 0 then "
	        "'draft' else 'closed' end, 'kh-' || i, i, 'x', case i % 4 when 0 then null else i end, case "
	        "i "
	        "% 3 when 0 then 'kh' else '' end, case i % 2 when 0 then 'dara' else '' end from n;"
	        "insert into case_entry(case_, at, made, kind, label, text, party, subject, state) select "
	        "id, id, id, "
	        "'note', 'AMBER', 'the Provider said ' || id || case id % 700 when 5 then ' zebra fish' else "
	        "'' "
	        "end, 'vn', 'Re: it', case id % 5 when 0 then 'sent' else '' end from case_;"
	        "insert into case_touches select id, case id % 1000 when 3 then 'MM' else 'VN' end, 'hand', "
	        "0 from case_;"
	        "pragma user_version = 46");
	db_close(db);
}

struct params {
	struct {
		const char *name;
		struct str value;
	} v[4];
};

static struct str param(const void *arg, const char *name)
{
	const struct params *p = arg;

	for (unsigned i = 0; i < 4 && p->v[i].name != NULL; i++)
		if (strcmp(p->v[i].name, name) == 0)
			return p->v[i].value;
	return (struct str){0};
}

static uint64_t counted(struct db *db, const char *path, const struct params *p)
{
	auto_arena struct arena arena = {0};
	struct reply r = {0};
	uint64_t n = 0;

	arena_init(&arena, 0);
	struct ask a = {.path = str_from(path),
	        .form = LIST_TEXT,
	        .param = param,
	        .arg = p,
	        .state = db,
	        .folder = folder,
	        .arena = &arena};
	route_get(&a, &r);
	if (r.status != 200)
		fail_msg("%s: %.*s", path, STR_ARG(buf_str(&r.body)));
	assert_true(str_u64(str_trim(buf_str(&r.body)), &n));
	buf_done(&r.body);
	return n;
}

/* The ids of the list, and whether they are those that a look at all rows gives. */
static void same_list(struct db *db, const struct params *p, struct str q, const char *where)
{
	auto_arena struct arena arena = {0};
	struct reply r = {0};

	arena_init(&arena, 0);
	struct ask a = {.path = STR("/cases"),
	        .form = LIST_JSON,
	        .param = param,
	        .arg = p,
	        .state = db,
	        .folder = folder,
	        .arena = &arena};
	route_get(&a, &r);
	assert_int_equal(r.status, 200);
	struct query all = db_query_text(db,
	        arena_printf(&arena,
	                "select c.id from case_ c where (instr(lower(c.title || char(10) || c.text || "
	                "char(10) || c.number "
	                "|| char(10) || c.their_ref), lower(?1)) > 0 or exists (select 1 from case_entry n "
	                "where "
	                "n.case_ = c.id and instr(lower(n.text || char(10) || n.party || char(10) || "
	                "n.subject), "
	                "lower(?1)) > 0)) and %s order by c.id desc limit 100",
	                where));
	struct str left = buf_str(&r.body);
	query_text(&all, q);
	while (query_next(&all) == 1) {
		struct str id = arena_printf(
		        &arena, "{\"case\": \"K%llu\"", (unsigned long long)query_get_u64(&all, 0));
		size_t at = str_find_str(left, 0, id);
		if (at == SIZE_MAX)
			fail_msg("'%.*s': %.*s is missing in %.300s", STR_ARG(q), STR_ARG(id), left.p);
		left = str_skip(left, at + id.len);
	}
	assert_int_equal(query_done(&all, NULL), 0);
	assert_true(str_find_str(left, 0, STR("{\"case\"")) == SIZE_MAX);
	buf_done(&r.body);
}

static const char *const texts[] = {"provider", "PROVIDER", "zebra fish", "zebra  fish", "qzx", "\"quoted\"",
        "a \"quo", "LA-2026-77", "kh-331", "server 12", "ແມ່ຂ່າຍ", "ແມ", "vn", "v", "bank", "0 zebra", "Re: it",
        "\"", "a\" OR b"};

static void same(struct db *db)
{
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct str q = str_from(texts[i]);
		same_list(db, &(struct params){{{"q", q}}}, q, "1");
		same_list(db, &(struct params){{{"q", q}, {"state", STR("ended")}, {"peer", STR("kh")}}}, q,
		        "c.ended is not null and c.peer = 'kh'");
		same_list(db,
		        &(struct params){{{"q", q}, {"touches", STR("mm")}, {"assigned", STR("nobody")}}}, q,
		        "c.assigned = '' and exists (select 1 from case_touches t where t.case_ = c.id and "
		        "t.cc = 'MM')");
	}
}

static void from_before(void **unused)
{
	struct db *db;
	struct err e;

	(void)unused;
	make();
	if (state_open(folder, DB_WRITE, &db, &e) != 0)
		fail_msg("%s", e.text);
	same(db);
	assert_int_equal(
	        counted(db, "/cases", &(struct params){{{"count", STR("")}, {"q", STR("zebra")}}}), 5);
	assert_int_equal(
	        counted(db, "/cases", &(struct params){{{"count", STR("")}, {"q", STR("provider")}}}), CASES);
	assert_int_equal(counted(db, "/case-entries", &(struct params){{{"count", STR("")}}}), CASES);
	assert_int_equal(
	        counted(db, "/case-entries", &(struct params){{{"count", STR("")}, {"state", STR("sent")}}}),
	        CASES / 5);
	db_close(db);
}

static void new_ones(void **unused)
{
	struct db *db;
	struct err e;

	(void)unused;
	assert_int_equal(state_open(folder, DB_WRITE, &db, &e), 0);
	db_begin(db);
	case_entry_put(db, 12, &(struct case_entry){.kind = "note", .text = STR("a new Okapi came")});
	case_index_drop(db, 13);
	db_exec(db, "update case_ set title = 'the axolotl' where id = 13", NULL);
	case_index_add(db, 13);
	assert_int_equal(db_commit(db, &e), 0);
	assert_int_equal(
	        counted(db, "/cases", &(struct params){{{"count", STR("")}, {"q", STR("OKAPI")}}}), 1);
	assert_int_equal(
	        counted(db, "/cases", &(struct params){{{"count", STR("")}, {"q", STR("axolotl")}}}), 1);
	assert_int_equal(
	        counted(db, "/cases", &(struct params){{{"count", STR("")}, {"q", STR("Server 13")}}}),
	        111 - 1);
	same(db);
	db_close(db);
}

/* Nine are TLP:RED and name others. */
static void red_ones(void **unused)
{
	struct db *db;
	struct err e;

	(void)unused;
	assert_int_equal(scope_open(folder, false, &db, &e), 0);
	assert_int_equal(scope_set(db, STR("dara"), &e), 0);
	struct query n = db_query(db, "select count(*) from main.case_entry");
	assert_int_equal(query_next(&n), 1);
	uint64_t all = query_get_u64(&n, 0);
	query_done(&n, NULL);
	assert_int_equal(counted(db, "/case-entries", &(struct params){{{"count", STR("")}}}), all - 9);
	assert_int_equal(
	        counted(db, "/case-entries", &(struct params){{{"count", STR("")}, {"case", STR("K10")}}}),
	        1);
	assert_int_equal(
	        counted(db, "/cases", &(struct params){{{"count", STR("")}, {"q", STR("said 409")}}}), 0);
	assert_int_equal(
	        counted(db, "/cases", &(struct params){{{"count", STR("")}, {"q", STR("said 408")}}}), 1);
	same(db);
	db_close(db);
}

static unsigned in_index(struct db *db, const char *text)
{
	unsigned n = 0;
	struct query q = db_query(db, "select block from case_entry_find_data");

	while (query_next(&q) == 1)
		n += str_find_str(query_get_blob(&q, 0), 0, str_from(text)) != SIZE_MAX;
	query_done(&q, NULL);
	return n;
}

/* "oka" stands in no other text; what follows it in the index is shortened by what both begin with. */
static void erased(void **unused)
{
	struct db *db;
	struct err e;

	(void)unused;
	assert_int_equal(state_open(folder, DB_WRITE, &db, &e), 0);
	assert_true(in_index(db, "oka") > 0);
	struct query one = db_query(db, "select id from case_entry where text = 'a new Okapi came'");
	assert_int_equal(query_next(&one), 1);
	uint64_t id = query_get_u64(&one, 0);
	query_done(&one, NULL);
	db_begin(db);
	case_index_entry_drop(db, id);
	struct query erase = db_query(db, "update case_entry set text = '' where id = ?");
	query_u64(&erase, id);
	query_run(&erase);
	case_index_entry_add(db, id);
	case_index_settle(db);
	assert_int_equal(db_commit(db, &e), 0);
	assert_int_equal(in_index(db, "oka"), 0);
	assert_int_equal(
	        counted(db, "/cases", &(struct params){{{"count", STR("")}, {"q", STR("okapi")}}}), 0);
	same(db);
	db_close(db);
}

static int away(void **unused)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	(void)unused;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			assert_int_equal(unlinkat(dirfd(dir), entry->d_name, 0), 0);
	closedir(dir);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(from_before),
	        cmocka_unit_test(new_ones),
	        cmocka_unit_test(red_ones),
	        cmocka_unit_test(erased),
	};

	return cmocka_run_group_tests(tests, NULL, away);
}
