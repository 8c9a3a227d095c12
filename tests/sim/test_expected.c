/* SPDX-License-Identifier: Apache-2.0
 *
 * Feeds that are expected by a time: late at that moment, on such days only, once whatever the clock on the wall does, until a
 * report comes.
 */
#include "event/value.h"
#include "see/alert.h"
#include "see/change.h"
#include "see/expected.h"
#include "see/fetch.h"
#include "stage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

#define STEP (10 * MINUTE)

static struct stage g;

static int set_up(void **state)
{
	char path[128];

	(void)state;
	stage_set(&g, "expected");
	snprintf(path, sizeof(path), "%s/feeds", g.conf);
	mkdir(path, 0700);
	stage_write(&g, "weir.yaml", "country: VN\nname: Example CERT\ntimezone: Europe/Berlin\n");
	stage_write(&g, "owners.csv",
	        "id,name,sector,prefixes,contacts,language\na,Owner "
	        "A,telecom,192.0.2.0/25,one@a.example,en\n");
	stage_write(&g, "rules/10-all.yaml", "- rule: all\n  if: {}\n  then: { notify: nobody }\n");
	stage_make(&g);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	stage_end(&g);
	return 0;
}

static void feed_file(const char *name, const char *keys)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "feeds/%s.yaml", name);
	snprintf(text, sizeof(text), "name: %s\nkind: delta\n%s\n", name, keys);
	stage_write(&g, path, text);
}

static void started_again(void)
{
	story_end(&g.s);
	assert_int_equal(story_open(&g.s, &g.e), 0);
}

static int64_t at(const char *time)
{
	int64_t t;

	assert_true(value_time(str_from(time), NULL, &t));
	return t;
}

static void look(void)
{
	int64_t next;

	assert_int_equal(story_work(&g.s, &g.e), 0);
	assert_int_equal(alert_look(&g.s.node, &next, &g.e), 0);
}

static void move(int64_t time)
{
	os_fake.now += time;
	os_fake.ticks += time;
}

/* Both clocks go on up to that moment; the node looks on the way and then. */
static void until(const char *time)
{
	int64_t end = at(time);

	assert_true(os_fake.now < end);
	while (os_fake.now < end) {
		move(end - os_fake.now < STEP ? end - os_fake.now : STEP);
		look();
	}
}

/* A report of the feed; part of the one before if that is not 0. */
static uint64_t came_in(const char *feed, uint64_t parent)
{
	static uint8_t number;
	struct receipt got,
	        r = {.name = STR("report.csv"), .feed = str_from(feed), .via = STR("take"), .parent = parent};
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	r.root = parent;
	r.token[0] = ++number;
	r.sha256[0] = number;
	assert_int_equal(see_accept(&g.s.node, &r, &a, &got, &g.e), SEE_NEW);
	return got.id;
}

static uint64_t came(const char *feed)
{
	return came_in(feed, 0);
}

static int64_t late_since(const char *feed)
{
	struct query q = db_query(g.s.node.state,
	        "select coalesce(" FEEDS_LATE_SINCE ", 0), " FEEDS_LATE " from feed f where f.name = ?2");

	query_i64(&q, os_fake.now);
	query_text(&q, str_from(feed));
	assert_int_equal(query_next(&q), 1);
	int64_t since = query_get_i64(&q, 0);
	assert_int_equal(query_get_u64(&q, 1), since != 0);
	assert_int_equal(query_done(&q, &g.e), 0);
	return since;
}

static bool is_late(const char *feed)
{
	return late_since(feed) != 0;
}

#define ALERTS "select count(*) from alert where topic = 'feed'"
#define OPEN ALERTS " and ended is null"

static void week(void **state)
{
	(void)state;
	feed_file("x", "enabled: yes\nexpected: \"mon-fri 08:00\"\ncadence: 1h");
	feed_file("y", "enabled: no\nexpected: \"daily 08:00\"");
	assert_int_equal(story_open(&g.s, &g.e), 0);
	/* the first Monday was half over when the node was made; a cadence does not count beside it */
	until("2026-01-06T07:59:59+01:00");
	assert_false(is_late("x"));
	until("2026-01-06T08:00:00+01:00");
	assert_int_equal(late_since("x"), at("2026-01-06T08:00:00+01:00"));
	assert_int_equal(stage_number(&g, OPEN), 1);
	/* it goes on, as one alert, until something comes, and is over with the receipt */
	until("2026-01-07T12:00:00+01:00");
	assert_int_equal(late_since("x"), at("2026-01-06T08:00:00+01:00"));
	came("x");
	assert_false(is_late("x"));
	look();
	assert_int_equal(stage_number(&g, OPEN), 0);
	/* what came late is something since then */
	until("2026-01-08T09:00:00+01:00");
	assert_false(is_late("x"));
	came("x");
	/* in time to the very moment; over the weekend nothing is expected */
	until("2026-01-09T08:00:00+01:00");
	came("x");
	until("2026-01-12T07:59:59+01:00");
	assert_false(is_late("x"));
	until("2026-01-12T08:00:00+01:00");
	assert_int_equal(late_since("x"), at("2026-01-12T08:00:00+01:00"));
	/* one of a Saturday is that of Monday */
	came("x");
	until("2026-01-17T12:00:00+01:00");
	came("x");
	until("2026-01-20T07:59:59+01:00");
	assert_false(is_late("x"));
	until("2026-01-20T08:00:00+01:00");
	assert_true(is_late("x"));
	assert_int_equal(stage_number(&g, ALERTS), 4);
	assert_false(is_late("y"));
}

static void parts(void **state)
{
	(void)state;
	feed_file("x", "enabled: yes\nexpected: \"08:00\"");
	assert_int_equal(story_open(&g.s, &g.e), 0);
	uint64_t id = came("x");
	until("2026-01-06T08:00:00+01:00");
	assert_true(is_late("x"));
	/* a part of an archive that came long before is no report */
	came_in("x", id);
	assert_true(is_late("x"));
	came("x");
	assert_false(is_late("x"));
}

/* 02:30 is not there on 29 March, and there twice on 25 October. */
static void summer(void **state)
{
	(void)state;
	feed_file("x", "enabled: yes\nexpected: \"daily 02:30\"");
	feed_file("y", "enabled: yes\nexpected: \"02:30\"");
	assert_int_equal(story_open(&g.s, &g.e), 0);
	move(at("2026-03-28T02:00:00+01:00") - os_fake.now);
	came("x");
	came("y");
	until("2026-03-29T01:29:59Z");
	assert_false(is_late("x"));
	came("y");
	until("2026-03-29T01:30:00Z");
	assert_int_equal(late_since("x"), at("2026-03-29T01:30:00Z"));
	until("2026-03-29T02:00:00Z");
	came("x");
	until("2026-03-30T00:29:59Z");
	assert_false(is_late("x"));
	assert_false(is_late("y"));
	until("2026-03-30T00:30:00Z");
	assert_false(is_late("x"));
	assert_int_equal(late_since("y"), at("2026-03-30T00:30:00Z"));
	until("2026-03-31T00:30:00Z");
	assert_int_equal(late_since("x"), at("2026-03-31T00:30:00Z"));
	assert_int_equal(stage_number(&g, ALERTS), 3);

	move(at("2026-10-24T00:00:00Z") - os_fake.now);
	came("x");
	came("y");
	look();
	until("2026-10-25T00:20:00Z");
	came("y");
	until("2026-10-25T00:30:00Z");
	assert_int_equal(late_since("x"), at("2026-10-25T00:30:00Z"));
	until("2026-10-25T00:45:00Z");
	came("x");
	until("2026-10-26T01:29:59Z");
	assert_false(is_late("x"));
	assert_false(is_late("y"));
	until("2026-10-26T01:30:00Z");
	assert_false(is_late("x"));
	assert_int_equal(late_since("y"), at("2026-10-26T01:30:00Z"));
	until("2026-10-27T01:30:00Z");
	assert_int_equal(late_since("x"), at("2026-10-27T01:30:00Z"));
	assert_int_equal(stage_number(&g, ALERTS), 6);
}

/* Two days off, then a weekend. */
static void workdays(void **state)
{
	(void)state;
	feed_file("x", "enabled: yes\nexpected: \"workday 08:00\"");
	feed_file("y", "enabled: yes\nexpected: \"mon-fri 08:00\"");
	assert_int_equal(story_open(&g.s, &g.e), 0);
	move(at("2026-04-29T07:00:00+02:00") - os_fake.now);
	came("x");
	came("y");
	until("2026-05-04T07:59:59+02:00");
	assert_false(is_late("x"));
	assert_int_equal(late_since("y"), at("2026-04-30T08:00:00+02:00"));
	until("2026-05-04T08:00:00+02:00");
	assert_int_equal(late_since("x"), at("2026-05-04T08:00:00+02:00"));
}

static void switched(void **state)
{
	(void)state;
	feed_file("x", "enabled: no\nexpected: \"daily 08:00\"");
	assert_int_equal(story_open(&g.s, &g.e), 0);
	until("2026-01-07T10:00:00+01:00");
	assert_false(is_late("x"));
	/* what was not asked for is not late */
	feed_file("x", "enabled: yes\nexpected: \"daily 08:00\"");
	started_again();
	until("2026-01-09T07:59:59+01:00");
	assert_false(is_late("x"));
	until("2026-01-09T08:00:00+01:00");
	assert_true(is_late("x"));
	/* a start more changes nothing; off and on again it begins anew */
	started_again();
	assert_int_equal(late_since("x"), at("2026-01-09T08:00:00+01:00"));
	until("2026-01-09T09:00:00+01:00");
	assert_int_equal(stage_number(&g, ALERTS), 1);
	feed_file("x", "enabled: no\nexpected: \"daily 08:00\"");
	started_again();
	assert_false(is_late("x"));
	feed_file("x", "enabled: yes\nexpected: \"daily 08:00\"");
	started_again();
	until("2026-01-11T07:59:59+01:00");
	assert_false(is_late("x"));
	until("2026-01-11T08:00:00+01:00");
	assert_true(is_late("x"));
	/* another time counts at once, and none leaves it to the cadence */
	until("2026-01-11T09:00:00+01:00");
	came("x");
	until("2026-01-13T08:30:00+01:00");
	assert_int_equal(late_since("x"), at("2026-01-13T08:00:00+01:00"));
	feed_file("x", "enabled: yes\nexpected: \"daily 12:00\"");
	started_again();
	until("2026-01-13T11:59:59+01:00");
	assert_int_equal(late_since("x"), at("2026-01-12T12:00:00+01:00"));
	feed_file("x", "enabled: yes\nexpected: \"daily 20:00\"");
	started_again();
	until("2026-01-13T12:59:59+01:00");
	assert_int_equal(late_since("x"), at("2026-01-12T20:00:00+01:00"));
	feed_file("x", "enabled: yes\ncadence: 3d");
	started_again();
	assert_false(is_late("x"));
}

/* What waited while the node was off is taken first. */
static void starts(void **state)
{
	(void)state;
	feed_file("x", "enabled: yes\nexpected: \"08:00\"");
	assert_int_equal(story_open(&g.s, &g.e), 0);
	until("2026-01-06T07:00:00+01:00");
	story_end(&g.s);
	move(at("2026-01-06T08:30:00+01:00") - os_fake.now);
	look();
	until("2026-01-06T08:39:59+01:00");
	assert_false(is_late("x"));
	until("2026-01-06T08:40:00+01:00");
	assert_int_equal(late_since("x"), at("2026-01-06T08:00:00+01:00"));
}

static void doubtful(void **state)
{
	(void)state;
	feed_file("x", "enabled: yes\nexpected: \"08:00\"");
	feed_file("y", "enabled: yes\nexpected: \"20:00\"");
	assert_int_equal(story_open(&g.s, &g.e), 0);
	until("2026-01-06T12:00:00+01:00");
	assert_true(is_late("x"));
	assert_false(is_late("y"));
	/* days that did not pass: what is late stays late, nothing else becomes it */
	os_fake.now += 3 * DAY;
	look();
	assert_true(clock_doubtful(&g.s.node));
	assert_true(is_late("x"));
	assert_false(is_late("y"));
	/* nor by the time that does pass, since nobody knows the hour; what comes is there */
	until("2026-01-10T12:00:00+01:00");
	assert_false(is_late("y"));
	came("x");
	assert_false(is_late("x"));
	look();
	assert_false(is_late("x"));
	os_fake.now -= 3 * DAY;
	until("2026-01-07T12:09:00+01:00");
	assert_true(clock_doubtful(&g.s.node));
	assert_false(is_late("y"));
	/* right again: what should have come meanwhile */
	until("2026-01-07T12:30:00+01:00");
	assert_false(clock_doubtful(&g.s.node));
	assert_int_equal(late_since("y"), at("2026-01-06T20:00:00+01:00"));
	/* the receipt of then came today, in the hands of the clock that was wrong */
	assert_false(is_late("x"));
	/* a step forward that was believed, and was wrong: the time that was missed has not come */
	came("y");
	os_fake.now += 23 * HOUR;
	look();
	assert_false(clock_doubtful(&g.s.node));
	until("2026-01-08T20:30:00+01:00");
	assert_true(is_late("y"));
	os_fake.now -= 23 * HOUR;
	look();
	until("2026-01-08T11:00:00+01:00");
	assert_false(clock_doubtful(&g.s.node));
	assert_false(is_late("y"));
	until("2026-01-08T20:00:00+01:00");
	assert_int_equal(late_since("y"), at("2026-01-08T20:00:00+01:00"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(week, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(parts, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(summer, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(workdays, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(switched, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(starts, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(doubtful, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
