/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is to be telephoned, and when somebody is woken since a known finding became worse: once each, whatever the clock does,
 * and not where an answer came, all is closed or somebody has called.
 */
#include "see/alert.h"
#include "stage.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct stage g;

static void rules(const char *then)
{
	char text[256];

	snprintf(text, sizeof(text),
	        "- rule: all\n  if: {}\n  then: { %s }\n  repeat: { per: [source.ip] }\n", then);
	stage_write(&g, "rules/10-all.yaml", text);
}

static int set_up(void **state)
{
	(void)state;
	stage_set(&g, "call");
	stage_write(&g, "weir.yaml",
	        "country: XA\nname: Example CERT\ntimezone: Europe/Berlin\n"
	        "mail:\n  from: cert@cert.example\n  delay: 0s\nalerts:\n  severity: high\n");
	stage_write(&g, "owners.csv",
	        "id,name,sector,prefixes,contacts,language,phone\n"
	        "a,Owner A,telecom,192.0.2.0/25,one@a.example,en,+856 21 555 0100\n"
	        "b,Owner B,telecom,192.0.2.128/25,one@b.example,en,\n"
	        "b,,,,two@b.example,en,+856 21 555 0199\n");
	rules("severity: critical, notify: owner, call-if-unread: 30m");
	stage_make(&g);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	stage_end(&g);
	return 0;
}

static void look(void)
{
	int64_t next;

	assert_int_equal(alert_look(&g.s.node, &next, &g.e), 0);
}

static void pass(int64_t time)
{
	for (int64_t t = 0; t < time; t += MINUTE) {
		os_fake.now += MINUTE;
		os_fake.ticks += MINUTE;
		stage_work(&g);
		look();
	}
}

static void seen(const char *ip)
{
	stage_seen(&g, ip, os_fake.now);
	stage_work(&g);
	look();
}

#define number_of(sql) stage_number(&g, sql)
#define CALLS "select count(*) from alert where topic = 'call'"
#define OPEN "select count(*) from alert where topic = 'call' and ended is null"
#define WAITS "select count(*) from notice where call_at is not null and call_due is not null"

static bool sentence_has(const char *topic, const char *words)
{
	char text[512], sql[128];

	snprintf(sql, sizeof(sql), "select sentence from alert where topic = '%s' order by id desc limit 1",
	        topic);
	stage_text(&g, sql, text, sizeof(text));
	return str_find_str(str_from(text), 0, str_from(words)) != SIZE_MAX;
}

/* A mail of that kind about a letter, as see/message.c keeps it. */
static void message(const char *kind, const char *receipt, const char *notice)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
	        "insert into message(receipt, received, kind, notice) values (%s, %lld, '%s', %s)", receipt,
	        (long long)os_fake.now, kind, notice);
	db_begin(g.s.node.state);
	struct query q = db_query_text(g.s.node.state, str_from(sql));
	query_run(&q);
	assert_int_equal(db_commit(g.s.node.state, &g.e), 0);
}

static void unread(void **state)
{
	(void)state;
	seen("192.0.2.1");
	assert_int_equal(
	        number_of("select count(*) from notice where state = 'sent' and call_at = sent + 1800000000"),
	        1);
	pass(29 * MINUTE);
	assert_int_equal(number_of(CALLS), 0);
	pass(2 * MINUTE);
	assert_int_equal(number_of(OPEN), 1);
	assert_int_equal(number_of(WAITS), 1);
	assert_true(sentence_has("call", "nobody at a has answered the letter N1 within 30 minutes"));
	assert_true(sentence_has("call", "telephone +856 21 555 0100"));
	assert_int_equal(number_of("select severity = 'critical' from alert where topic = 'call'"), 1);
	/* once, also after a start, and also when somebody has it, who has not called yet */
	pass(HOUR);
	story_end(&g.s);
	assert_int_equal(story_open(&g.s, &g.e), 0);
	pass(HOUR);
	assert_int_equal(stage_ask(&g, "ack", "id=A1\n"), 0);
	pass(HOUR);
	assert_int_equal(number_of(CALLS), 1);
	assert_int_equal(number_of(WAITS), 1);
	assert_int_equal(stage_ask(&g, "notice-called", "id=N1\n"), ERR_USAGE);
	assert_int_equal(stage_ask(&g, "notice-called", "id=N9\nnote=x\n"), ERR_MISSING);
	assert_int_equal(stage_ask(&g, "notice-called", "id=N1\nnote=the night desk\n"), 0);
	assert_int_equal(stage_ask(&g, "notice-called", "id=N1\nnote=once more\n"), ERR_VALUE);
	pass(HOUR);
	assert_int_equal(number_of(WAITS), 0);
	assert_int_equal(number_of(OPEN), 0);
	assert_int_equal(number_of("select count(*) from notice where called_by = 'somebody' and call_note = "
	                           "'the night desk'"),
	        1);
	assert_int_equal(
	        number_of("select count(*) from audit where verb = 'notice-called' and object = 'N1'"), 1);
}

/* Called before anybody asked for it: nobody asks. */
static void early(void **state)
{
	(void)state;
	seen("192.0.2.1");
	assert_int_equal(stage_ask(&g, "notice-called", "id=N1\nnote=met them\n"), 0);
	pass(2 * HOUR);
	assert_int_equal(number_of(CALLS), 0);
	/* a letter that did not go cannot have been read */
	g.s.away = true;
	seen("192.0.2.2");
	pass(2 * HOUR);
	assert_int_equal(stage_ask(&g, "notice-called", "id=N2\nnote=x\n"), ERR_VALUE);
	assert_int_equal(number_of(CALLS), 0);
}

static void answered(void **state)
{
	(void)state;
	seen("192.0.2.1");
	/* a machine has not read it */
	message("auto", "1", "1");
	pass(31 * MINUTE);
	assert_int_equal(number_of(OPEN), 1);
	seen("192.0.2.2");
	message("answer", "2", "2");
	pass(31 * MINUTE);
	assert_int_equal(number_of(CALLS), 1);
	/* late, but before anybody has called */
	seen("192.0.2.3");
	message("answer", "3", "1");
	pass(2 * MINUTE);
	assert_int_equal(number_of(OPEN), 0);
	assert_int_equal(number_of(WAITS), 0);
}

/* What one contact answers, the other need not be asked. */
static void two_contacts(void **state)
{
	(void)state;
	seen("192.0.2.200");
	assert_int_equal(
	        number_of("select count(*) from notice where state = 'sent' and call_at is not null"), 2);
	message("answer", "1", "2");
	pass(2 * HOUR);
	assert_int_equal(number_of(CALLS), 0);
	seen("192.0.2.201");
	pass(2 * HOUR);
	assert_int_equal(number_of(OPEN), 2);
	assert_int_equal(
	        number_of(
	                "select count(*) from alert where sentence like '%whose number the register lacks%'"),
	        1);
}

/* Many at one time are one alert, which ends when none waits any more. */
static void many(void **state)
{
	char line[80];

	(void)state;
	for (int i = 1; i <= 9; i++) {
		snprintf(line, sizeof(line), "192.0.2.%d", i);
		seen(line);
	}
	assert_int_equal(number_of("select count(*) from notice where state = 'sent'"), 9);
	pass(31 * MINUTE);
	assert_int_equal(number_of(CALLS), 1);
	assert_int_equal(number_of(WAITS), 9);
	assert_true(sentence_has("call", "9 letters have no answer in the time of their rule"));
	for (int i = 1; i <= 9; i++) {
		assert_int_equal(number_of(OPEN), 1);
		snprintf(line, sizeof(line), "id=N%d\nnote=x\n", i);
		assert_int_equal(stage_ask(&g, "notice-called", line), 0);
		look();
	}
	assert_int_equal(number_of(OPEN), 0);
	assert_int_equal(number_of(CALLS), 1);
}

static void settled(void **state)
{
	(void)state;
	seen("192.0.2.1");
	assert_int_equal(stage_ask(&g, "finding-close", "id=F1\nwhy=fixed\n"), 0);
	pass(2 * HOUR);
	assert_int_equal(number_of(CALLS), 0);
	seen("192.0.2.2");
	assert_int_equal(stage_ask(&g, "quiet", "ip=192.0.2.2\nuntil=2026-02-01\nwhy=a survey\n"), 0);
	pass(2 * HOUR);
	assert_int_equal(number_of(CALLS), 0);
	seen("192.0.2.3");
	pass(31 * MINUTE);
	assert_int_equal(number_of(OPEN), 1);
	assert_int_equal(stage_ask(&g, "finding-close", "id=F3\nwhy=false-positive\n"), 0);
	pass(MINUTE);
	assert_int_equal(number_of(OPEN), 0);
}

/* A letter that came back was read by nobody: its contact is not called, the next one's letter has the time. */
static void came_back(void **state)
{
	(void)state;
	g.s.no = "one@b.example";
	seen("192.0.2.200");
	pass(2 * HOUR);
	assert_int_equal(number_of(CALLS), 1);
	assert_true(sentence_has("call", "+856 21 555 0199"));
	assert_int_equal(
	        number_of("select count(*) from notice where state = 'refused' and call_at is not null"), 0);
}

static void set(int64_t step)
{
	os_fake.now += step;
	stage_work(&g);
	look();
}

/* A clock that is forty days ahead for a while makes nobody call, and what was sent meanwhile has its half hour. */
static void clock_ahead(void **state)
{
	(void)state;
	seen("192.0.2.1");
	pass(5 * MINUTE);
	set(40 * DAY);
	assert_true(clock_doubtful(&g.s.node));
	pass(5 * MINUTE);
	seen("192.0.2.2");
	assert_int_equal(number_of(CALLS), 0);
	set(-40 * DAY);
	assert_int_equal(
	        number_of("select count(*) from notice where state = 'sent' and call_at = sent + 1800000000"),
	        2);
	pass(19 * MINUTE);
	assert_int_equal(number_of(CALLS), 0);
	pass(2 * MINUTE);
	assert_int_equal(number_of(CALLS), 1);
	pass(3 * HOUR);
	assert_int_equal(number_of(CALLS), 2);
}

/* And one that was set back when all had gone calls nobody twice. */
static void clock_back(void **state)
{
	(void)state;
	seen("192.0.2.1");
	pass(40 * MINUTE);
	assert_int_equal(number_of(CALLS), 1);
	set(-2 * HOUR);
	pass(5 * HOUR);
	assert_int_equal(number_of(CALLS), 1);
}

/* The hour that a zone leaves out is no hour. */
static void summer(void **state)
{
	(void)state;
	os_fake.now = INT64_C(1774745100) *
	        SECOND; /* 2026-03-29 00:45 UTC; at 01:00 the clocks of Berlin go to 03:00 */
	seen("192.0.2.1");
	pass(29 * MINUTE);
	assert_int_equal(number_of(CALLS), 0);
	pass(2 * MINUTE);
	assert_int_equal(number_of(CALLS), 1);
}

/* Rules that are other ones from now on; the same line a minute later is another report. */
static void other_rules(const char *then)
{
	pass(MINUTE);
	story_end(&g.s);
	rules(then);
	assert_int_equal(story_open(&g.s, &g.e), 0);
}

/* New and mild, and worse before anybody looked: told of as new. */
static void worse_at_once(void **state)
{
	(void)state;
	rules("severity: low, notify: owner");
	assert_int_equal(story_open(&g.s, &g.e), 0);
	look();
	look();
	stage_seen(&g, "192.0.2.1", os_fake.now);
	assert_int_equal(db_exec(g.s.node.state, "update finding set severity = 'critical'", &g.e), 0);
	look();
	assert_int_equal(number_of("select count(*) from alert where topic = 'findings'"), 1);
	assert_int_equal(number_of("select count(*) from alert where topic = 'worse'"), 0);
}

static void worse(void **state)
{
	(void)state;
	rules("severity: low, notify: owner");
	assert_int_equal(story_open(&g.s, &g.e), 0);
	look();
	seen("192.0.2.1");
	seen("192.0.2.2");
	assert_int_equal(number_of("select count(*) from alert"), 0);
	/* a step below what wakes */
	other_rules("severity: medium, notify: owner");
	seen("192.0.2.1");
	assert_int_equal(number_of("select count(*) from finding where severity = 'medium'"), 1);
	assert_int_equal(number_of("select count(*) from alert"), 0);
	other_rules("severity: high, notify: owner");
	seen("192.0.2.1");
	assert_int_equal(number_of("select count(*) from alert where topic = 'worse'"), 1);
	assert_true(sentence_has(
	        "worse", "1 known findings have become severity high or worse; the first is F1"));
	assert_int_equal(stage_ask(&g, "ack", "id=A1\n"), 0);
	pass(MINUTE);
	/* the same once more is no news; the next step is, and what is new is told of as new */
	seen("192.0.2.1");
	assert_int_equal(number_of("select count(*) from alert"), 1);
	other_rules("severity: critical, notify: owner");
	seen("192.0.2.1");
	seen("192.0.2.3");
	assert_int_equal(number_of("select count(*) from alert where topic = 'worse'"), 2);
	assert_int_equal(number_of("select count(*) from alert where topic = 'findings'"), 1);
	assert_int_equal(stage_ask(&g, "ack", "id=A2\n"), 0);
	/* better is not worse, and what was as bad before is no step */
	other_rules("severity: low, notify: owner");
	seen("192.0.2.1");
	other_rules("severity: critical, notify: owner");
	seen("192.0.2.1");
	assert_int_equal(number_of("select count(*) from alert where topic = 'worse'"), 2);
	/* quiet stays quiet */
	assert_int_equal(stage_ask(&g, "quiet", "ip=192.0.2.2\nuntil=2026-02-01\nwhy=a survey\n"), 0);
	seen("192.0.2.2");
	assert_int_equal(number_of("select count(*) from alert where topic = 'worse'"), 2);
	assert_int_equal(number_of("select severity = 'critical' from finding where id = 2"), 1);
}

/* Where findings wake nobody, one that becomes worse does not either. */
static void worse_for_nobody(void **state)
{
	(void)state;
	stage_write(&g, "weir.yaml",
	        "country: XA\nname: Example CERT\nmail:\n  from: cert@cert.example\n  delay: 0s\nalerts:\n  "
	        "severity: none\n");
	rules("severity: low, notify: owner");
	assert_int_equal(story_open(&g.s, &g.e), 0);
	look();
	seen("192.0.2.1");
	other_rules("severity: critical, notify: owner");
	seen("192.0.2.1");
	assert_int_equal(number_of("select count(*) from alert"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(unread, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(early, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(answered, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(two_contacts, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(many, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(settled, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(came_back, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(clock_ahead, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(clock_back, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(summer, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(worse_at_once, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(worse, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(worse_for_nobody, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
