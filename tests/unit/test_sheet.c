/* SPDX-License-Identifier: Apache-2.0
 *
 * The columns of findings in memory are what the table has, whatever was done to it.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "base/os.h"
#include "state/state.h"
#include "web/figure.h"
#include "web/sheet.h"
#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/weir-sheet-XXXXXX";

static void run(struct db *db, const char *sql)
{
	struct err e;

	db_begin(db);
	db_exec(db, sql, NULL);
	if (db_commit(db, &e) != 0)
		fail_msg("%s: %s", sql, e.text);
}

static void is(struct str got, struct str wanted)
{
	if (!str_eq(got, wanted))
		fail_msg("'%.*s', wanted '%.*s'", STR_ARG(got), STR_ARG(wanted));
}

/* Free text and names against what the database finds. */
static void same_text(
        struct sheet *s, struct db *db, const char *sql, const struct sheet_want *w, struct str text)
{
	size_t n;
	const struct sheet_row *r = sheet_rows(s, &n);
	struct query q = db_query(db, sql);

	query_text(&q, text);
	for (size_t i = 0; i < n; i++) {
		if (!sheet_fits(w, &r[i]))
			continue;
		if (query_next(&q) != 1 || query_get_u64(&q, 0) != r[i].id)
			fail_msg("'%.*s': not F%llu: %s: %.*s %.*s", STR_ARG(text),
			        (unsigned long long)r[i].id, sql, STR_ARG(sheet_class(s, &r[i])),
			        STR_ARG(sheet_place(s, &r[i])));
	}
	assert_int_equal(query_next(&q), 0);
	query_done(&q, NULL);
}

static void texts(struct sheet *s, struct db *db)
{
	static const char *const all[] = {
	        "CLASS3", "2.1", "long.", "mal7", "Mal", "cve-1", "nothing", "example", "long.7.example"};
	auto_arena struct arena arena = {0};

	arena_init(&arena, 0);
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct sheet_text t = {.sheet = s, .place = str_from(all[i])};
		struct sheet_want w = {.states = SHEET_ALL, .text = &t};
		assert_true(sheet_words_find(s, t.place, false, &arena, &t.words));
		same_text(s, db,
		        "select id from finding where has(?1, place, malware, ident, class) order by id", &w,
		        t.place);
		assert_true(sheet_words_find(s, str_from(all[i]), true, &arena, &t.words));
		t.place = (struct str){0};
		same_text(s, db,
		        "select id from finding where lower(?1) in (lower(malware), lower(ident), "
		        "lower(class)) order by id",
		        &w, str_from(all[i]));
		w = (struct sheet_want){.states = SHEET_ALL, .sheet = s, .below = str_from(all[i])};
		same_text(s, db, "select id from finding where inside(place, ?1) order by id", &w,
		        str_from(all[i]));
	}
}

static struct str nothing(const void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (struct str){0};
}

/* Figures out of memory are those of their statements. */
static void figures(struct sheet *s, struct db *db)
{
	auto_arena struct arena arena = {0};
	struct figure_samples *stored, *kept;
	struct err e;

	arena_init(&arena, 0);
	struct ask a = {.param = nothing, .state = db, .folder = folder, .arena = &arena};
	assert_int_equal(figures_find(&a, &stored, &e), 0);
	a.sheet = s;
	a.whole = db;
	assert_int_equal(figures_find(&a, &kept, &e), 0);
	for (unsigned i = 0; i < figure_count; i++) {
		if (figure_table[i].memory == NULL)
			continue;
		assert_int_equal(stored[i].list.n, kept[i].list.n);
		for (size_t k = 0; k < stored[i].list.n; k++) {
			struct figure_sample one = stored[i].list.v[k];
			size_t at = 0;
			while (at < kept[i].list.n &&
			        !(str_eq(kept[i].list.v[at].labels[0], one.labels[0]) &&
			                str_eq(kept[i].list.v[at].labels[1], one.labels[1])))
				at++;
			if (at == kept[i].list.n || kept[i].list.v[at].value != one.value)
				fail_msg("%s{%.*s,%.*s}: %lld", figure_table[i].name, STR_ARG(one.labels[0]),
				        STR_ARG(one.labels[1]), (long long)one.value);
		}
	}
	figures_done(stored);
	figures_done(kept);
}

/* Row by row against the table. */
static void same(struct sheet *s, struct db *db)
{
	struct err e;
	size_t n, at = 0;

	assert_int_equal(sheet_sync(s, db, &e), 1);
	const struct sheet_row *r = sheet_rows(s, &n);
	struct query q = db_query(db,
	        "select id, owner, class, severity, stage, criticality, coalesce(due, 0), assigned, place, "
	        "first, "
	        "last, events, escalated is not null from finding order by id");
	while (query_next(&q) == 1) {
		while (at < n && r[at].gone)
			at++;
		assert_true(at < n);
		assert_int_equal(r[at].id, query_get_u64(&q, 0));
		assert_int_equal(r[at].owner, query_get_u64(&q, 1));
		is(sheet_class(s, &r[at]), query_get_text(&q, 2));
		assert_int_equal(r[at].severity, sheet_severity(query_get_text(&q, 3)));
		is(sheet_stage(&r[at]), query_get_text(&q, 4));
		assert_int_equal(r[at].criticality, query_get_u64(&q, 5));
		assert_int_equal(r[at].due == SHEET_NEVER ? 0 : r[at].due, query_get_i64(&q, 6));
		is(sheet_assigned(s, &r[at]), query_get_text(&q, 7));
		is(sheet_place(s, &r[at]), query_get_text(&q, 8));
		assert_int_equal(r[at].first, query_get_i64(&q, 9));
		assert_int_equal(r[at].last, query_get_i64(&q, 10));
		assert_int_equal(r[at].events, query_get_u64(&q, 11));
		assert_int_equal(r[at].escalated, query_get_u64(&q, 12));
		at++;
	}
	assert_int_equal(query_done(&q, &e), 0);
	while (at < n && r[at].gone)
		at++;
	assert_int_equal(at, n);
	texts(s, db);
	figures(s, db);
}

#define ROWS                                                                                                 \
	"insert into finding(key, owner, class, place, first, last, events, receipt, event, severity, "      \
	"label, decision, ruleset, rule, state, due, malware, ident) with recursive n(i) as (select 1 "      \
	"union all select i + "                                                                              \
	"1 from n where i < 300) select x'00', 1 + i % 2, 'class' || i % 7, '192.0.2.' || i, i, i * 3, i % " \
	"5, 1, 0, case i % 4 when 0 then 'critical' when 1 then 'high' when 2 then 'low' else 'info' end, "  \
	"'GREEN', case i % 3 when 0 then 'person' when 1 then 'nobody' else 'notify' end, 1, 1, case i % 3 " \
	"when 0 then 'open' when 1 then 'told' else 'quiet' end, case "                                      \
	"when i % 5 = 0 then i end, case i % 9 when 2 then 'mal' || i else '' end, case i % 50 when 3 then " \
	"'CVE-' || i else '' end from n"

static void test_follows(void **unused)
{
	struct sheet *s = sheet_new();
	struct db *db, *reader;
	struct err e;
	uint64_t random = 7;

	(void)unused;
	assert_int_equal(state_open(folder, DB_WRITE, &db, &e), 0);
	assert_int_equal(state_open(folder, DB_READ, &reader, &e), 0);
	same(s, reader);
	run(db,
	        "insert into owner(id, ref, name) values (1, 'a', 'A'), (2, 'b', 'B'); insert into "
	        "receipt(id, "
	        "token, root, day, received, feed, name, path, via, sha256, size, lane) values (1, x'01', 1, "
	        "20260105, 1, '', 'a', 'a', 'take', x'00', 1, 'bulk')");
	for (int i = 0; i < 60; i++) {
		char sql[512];
		random = random * 6364136223846793005u + 1442695040888963407u;
		unsigned id = random >> 33 & 255;
		snprintf(sql, sizeof(sql),
		        "update finding set last = last + %u, events = events + 1 where id %% 7 = %u;"
		        "update finding set state = 'open', back = 5, assigned = 'p%u', escalated = 6 where "
		        "id = "
		        "%u;"
		        "update finding set state = 'closed', why = case when id %% 2 then 'fixed' else "
		        "'gone' end, due = null, place = "
		        "'long.%u.example' "
		        "where id = %u;"
		        "delete from finding where id = %u",
		        i, id % 7, i % 3, id, i, id + 1, id + 2);
		run(db, sql);
		if (i % 20 == 0)
			run(db, ROWS);
		same(s, reader);
	}
	/* the last one goes, and its number is given again */
	run(db, "delete from finding where id = (select max(id) from finding)");
	same(s, reader);
	run(db, ROWS);
	same(s, reader);
	/* the log no longer reaches back */
	run(db,
	        "update finding set events = 77; delete from changes where seq < (select max(seq) from "
	        "changes)");
	same(s, reader);
	run(db, "update finding set place = place || '.example'");
	run(db, "update finding set place = place || '.example'");
	same(s, reader);
	sheet_free(s);
	db_close(reader);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_follows)};

	if (mkdtemp(folder) == NULL)
		return 1;
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	char path[sizeof(folder) + 16];
	snprintf(path, sizeof(path), "%s/state.db", folder);
	(void)unlink(path);
	(void)rmdir(folder);
	return rc;
}
