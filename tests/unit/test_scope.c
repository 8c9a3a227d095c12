/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person sees of state.db: RED for those who are named, and an account's owners alone.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "base/os.h"
#include "state/scope.h"
#include "trust/role.h"
#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/weir-scope-XXXXXX";

static const char rows[] =
        "insert into owner(id, ref, name, sector) values (1, 'bank', 'Bank', 'finance'), (2, 'isp', 'ISP', "
        "'telecom'), (3, 'min', 'Ministry', 'government');"
        "insert into contact(id, owner, email, language) values (1, 1, 'a@bank.example', 'en'), (2, 2, "
        "'a@isp.example', 'en');"
        "insert into feed(name, title, kind, enabled, fetched, cadence, label) values ('open', 'Open', "
        "'log', 1, 0, 0, 'GREEN'), ('secret', 'Secret', 'log', 1, 0, 0, 'RED'), ('named', 'Named', 'log', "
        "1, 0, 0, 'RED');"
        "insert into receipt(id, token, root, day, received, feed, name, path, via, sha256, size, lane) "
        "values (1, x'01', 1, 20260105, 1, 'open', 'a', 'a', 'take', x'00', 1, 'bulk'),"
        "(2, x'02', 2, 20260105, 1, 'secret', 'b', 'b', 'take', x'00', 1, 'bulk'),"
        "(3, x'03', 3, 20260105, 1, 'named', 'c', 'c', 'take', x'00', 1, 'bulk');"
        "insert into finding(id, key, owner, class, first, last, receipt, event, severity, label, decision, "
        "ruleset, rule, last_receipt) values"
        "(1, x'01', 1, 'phishing', 1, 1, 1, 0, 'high', 'GREEN', 'notify', 1, 1, 1),"
        "(2, x'02', 1, 'phishing', 1, 1, 2, 0, 'high', 'RED', 'record', 1, 1, 2),"
        "(3, x'03', 2, 'phishing', 1, 1, 3, 0, 'high', 'RED', 'record', 1, 1, 3),"
        "(4, x'04', 2, 'phishing', 1, 1, 1, 0, 'high', 'AMBER', 'notify', 1, 1, 1),"
        /* the first report is anybody's to read, the last one is not */
        "(5, x'05', 3, 'phishing', 1, 1, 1, 0, 'high', 'RED', 'record', 1, 1, 3);"
        "insert into red_reader values ('', 'dara'), ('named', 'chan'), ('named', 'both'), ('', 'both');"
        "insert into scope values ('ministry', 'sector', 'finance'), ('ministry', 'owner', 'min'), ('chan', "
        "'owner', 'isp');"
        "insert into notice(id, ticket, message_id, contact, class, opened, send_at, last_receipt) values "
        "(1, 'T1', 'm1', 1, 'phishing', 1, 1, 1), (2, 'T2', 'm2', 2, 'phishing', 1, 1, 1);"
        "insert into message(id, receipt, received, kind, notice) values (1, 1, 1, 'answer', 1), (2, 2, 1, "
        "'answer', 2), (3, 3, 1, 'incoming', null);"
        "insert into case_(id, number, kind, title, severity, label, state, opened, opened_by) values (1, "
        "'K1', 'incident', 'x', 'c4', 'RED', 'received', 1, 'x'), (2, 'K2', 'incident', 'x', 'c4', 'AMBER', "
        "'received', 1, 'x');"
        "insert into case_person values (1, 'both');"
        "update message set case_ = 2 where id = 1;"
        "update message set case_ = 1 where id = 2;"
        "insert into audit(at, person, verb, object, detail, prev) values (1, 'x', 'y', 'z', '', x'00');"
        "insert into note(id, finding, at, person, text) values (1, 1, 1, 'x', 'a'), (2, 2, 1, 'x', 'b'), "
        "(3, 4, 1, 'x', "
        "'c');"
        "insert into handover(at, person, text) values (1, 'x', 'y');"
        "insert into saved(person, name, query, shared, made) values ('x', 'y', '', 1, 1);"
        "insert into alert(topic, severity, sentence, opened) values ('test', 'info', 'a test', 1);"
        "insert into stream(id, sender, recipients) values (1, 'kh', 'la');"
        "insert into statement(n, id, stream, seq, prev, sender, kind, tlp, pap, created, expires, head, "
        "verdict, effect, "
        "received) values (1, x'01', 1, 1, x'00', 'kh', 'need', 5, 1, 1, 0, x'00', 'ok', 1, 1), (2, x'02', "
        "1, 2, x'01', "
        "'kh', 'need', 3, 1, 1, 0, x'00', 'ok', 1, 1);"
        "insert into learn(id, statement, said, kind, party, ours, title, area, created, heard, label) "
        "values (1, 1, "
        "x'01', 'need', 'kh', 0, 'a', 'tools', 1, 1, 'RED'), (2, 2, x'02', 'need', 'kh', 0, 'b', 'tools', 1, "
        "1, 'AMBER');"
        "insert into learn_text values (1, 'en', 'secret'), (2, 'en', 'open');"
        "insert into learn_person values (1, 'both');"
        "insert into learn_draft(id, kind, at, person) values (1, 'need', 1, 'x');"
        "insert into sim3_level(id, level, at, person) values ('T-4', 1, 1, 'x');";

static void ids(struct db *db, struct str table, const char *wanted)
{
	auto_buf struct buf got = {0}, sql = {0};
	struct err e;

	buf_printf(&sql, "select id from %.*s order by id", STR_ARG(table));
	struct query q = db_query_text(db, buf_str(&sql));
	while (query_next(&q) == 1)
		buf_printf(&got, "%llu ", (unsigned long long)query_get_u64(&q, 0));
	assert_int_equal(query_done(&q, &e), 0);
	if (!str_eq(str_trim(buf_str(&got)), str_from(wanted)))
		fail_msg("%.*s: '%.*s', wanted '%s'", STR_ARG(table), STR_ARG(buf_str(&got)), wanted);
}

static uint64_t count(struct db *db, const char *sql)
{
	struct query q = db_query(db, sql);
	struct err e;

	assert_int_equal(query_next(&q), 1);
	uint64_t n = query_get_u64(&q, 0);
	assert_int_equal(query_done(&q, &e), 0);
	return n;
}

static void red(void **state)
{
	struct db *db;
	struct err e;

	(void)state;
	assert_int_equal(scope_open(folder, false, &db, &e), 0);
	/* nobody yet: nothing was set, and RED is not told */
	assert_int_equal(scope_set(db, STR("anybody"), &e), 0);
	ids(db, STR("finding"), "1 4");
	ids(db, STR("note"), "1 3");
	ids(db, STR("receipt"), "1");
	assert_false(scope_reads_red(db, STR("open")));
	/* those of weir.yaml read what names nobody itself */
	assert_int_equal(scope_set(db, STR("dara"), &e), 0);
	ids(db, STR("finding"), "1 2 4");
	ids(db, STR("receipt"), "1 2");
	assert_true(scope_reads_red(db, STR("open")));
	assert_false(scope_reads_red(db, STR("named")));
	assert_int_equal(scope_set(db, STR("chan"), &e), 0);
	ids(db, STR("finding"), "1 3 4");
	assert_int_equal(scope_set(db, STR("both"), &e), 0);
	ids(db, STR("finding"), "1 2 3 4 5");
	ids(db, STR("receipt"), "1 2 3");
	ids(db, STR("message"), "1 2 3");
	/* a need that names persons is theirs */
	ids(db, STR("learn"), "1 2");
	assert_int_equal(count(db, "select count(*) from learn_text"), 2);
	assert_int_equal(scope_set(db, STR("anybody"), &e), 0);
	ids(db, STR("finding"), "1 4");
	/* a mail of a case that is RED is for whom the case is for */
	ids(db, STR("message"), "1 3");
	ids(db, STR("learn"), "2");
	assert_int_equal(count(db, "select count(*) from learn_text"), 1);
	/* the file itself cannot be written over this connection */
	assert_int_not_equal(db_exec(db, "delete from main.finding", &e), 0);
	db_close(db);
}

/* What belongs to one case is found by it, however many cases there are. */
static void plans(void **state)
{
	static const char *const sql[] = {
	        "explain query plan select text from case_entry where case_ = 1",
	        "explain query plan select text from case_entry order by id desc limit 10",
	        "explain query plan select cc from case_touches where case_ = 1",
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(sql) / sizeof(sql[0]) * 2; i++) {
		struct db *db;
		struct err e;
		assert_int_equal(scope_open(folder, i % 2 == 0, &db, &e), 0);
		struct query q = db_query_text(db, str_from(sql[i / 2]));
		while (query_next(&q) == 1)
			if (str_eq(query_get_text(&q, 3), STR("SCAN c")))
				fail_msg("%s: all cases", sql[i / 2]);
		assert_int_equal(query_done(&q, &e), 0);
		db_close(db);
	}
}

static void narrow(void **state)
{
	struct db *db;
	struct err e;

	(void)state;
	assert_int_equal(scope_open(folder, true, &db, &e), 0);
	ids(db, STR("finding"), "");
	ids(db, STR("owner"), "");
	assert_true(scope_is_narrow(db, STR("ministry")));
	assert_false(scope_is_narrow(db, STR("dara")));
	assert_int_equal(scope_set(db, STR("ministry"), &e), 0);
	ids(db, STR("owner"), "1 3");
	ids(db, STR("finding"), "1");
	ids(db, STR("note"), "1");
	ids(db, STR("handover"), "");
	ids(db, STR("saved"), ""); /* another's, though for the team */
	ids(db, STR("contact"), "1");
	ids(db, STR("notice"), "1");
	ids(db, STR("message"), "1");
	ids(db, STR("alert"), "");
	ids(db, STR("learn"), "");
	ids(db, STR("learn_draft"), "");
	assert_int_equal(count(db, "select count(*) from learn_text"), 0);
	assert_int_equal(count(db, "select count(*) from sim3_level"), 0);
	assert_int_equal(count(db, "select count(*) from audit"), 0);
	assert_int_equal(scope_set(db, STR("chan"), &e), 0);
	ids(db, STR("owner"), "2");
	ids(db, STR("finding"), "3 4");
	ids(db, STR("notice"), "2");
	ids(db, STR("message"), "");
	/* who is narrowed to nothing sees nothing */
	assert_int_equal(scope_set(db, STR("nobody"), &e), 0);
	ids(db, STR("finding"), "");
	db_close(db);
}

static void roles(void **state)
{
	(void)state;
	assert_int_equal(role_rights(STR("")), 0);
	assert_int_equal(role_rights(STR("nothing such")), 0);
	assert_int_equal(role_rights(STR("viewer")), RIGHT_READ);
	assert_int_equal(role_rights(STR("viewer auditor")), RIGHT_READ | RIGHT_ACTIVITY);
	assert_int_equal(role_rights(STR("constituent")), 0);
	/* who looks after the machine lets no letter go and agrees to no block */
	assert_int_equal(
	        role_rights(STR("admin")) & (RIGHT_RELEASE | RIGHT_APPROVE | RIGHT_LETTERS | RIGHT_BIND), 0);
	for (unsigned i = 0; i < ROLE_END; i++)
		assert_int_equal(role_find(str_from(role_table[i].name)), i);
	assert_int_equal(role_with(RIGHT_PEOPLE), ROLE_ADMIN);
	assert_int_equal(role_with(RIGHT_PEOPLE | RIGHT_APPROVE), ROLE_END);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(red), cmocka_unit_test(narrow),
	        cmocka_unit_test(plans), cmocka_unit_test(roles)};
	struct db *db;
	struct err e;

	if (mkdtemp(folder) == NULL || state_open(folder, DB_WRITE, &db, &e) != 0 ||
	        db_exec(db, rows, &e) != 0) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	db_close(db);
	char path[sizeof(folder) + 16];
	snprintf(path, sizeof(path), "%s/state.db", folder);
	(void)unlink(path);
	(void)rmdir(folder);
	return rc;
}
