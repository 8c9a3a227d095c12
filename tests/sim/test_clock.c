/* SPDX-License-Identifier: Apache-2.0
 *
 * A clock that is set: back two hours, forward three days, within a start, and by the rule of a zone. What was decided
 * goes, once and at its time; what age alone would do waits; the doubt is shown and ends.
 */
#include "event/value.h"
#include "see/change.h"
#include "see/fetch.h"
#include "see/keep.h"
#include "stage.h"
#include "state/kept.h"
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct stage g;

static int set_up(void **state)
{
	(void)state;
	stage_set(&g, "clock");
	stage_write(&g, "weir.yaml",
	        "country: XA\nname: Example CERT\ntimezone: Europe/Berlin\n"
	        "mail:\n  from: cert@cert.example\n  delay: 10m\n");
	stage_write(&g, "owners.csv",
	        "id,name,sector,prefixes,contacts,language\n"
	        "a,Owner A,telecom,192.0.2.0/25,one@a.example,en\n"
	        "b,Owner B,energy,192.0.2.128/25,one@b.example,en\n");
	stage_write(&g, "rules/10-all.yaml",
	        "- rule: digest\n  if: { owner.sector: energy }\n  then: { notify: owner, digest: \"daily "
	        "08:00\" }\n"
	        "- rule: all\n  if: {}\n  then: { notify: owner, within: 1h }\n  repeat: { after: 1d }\n");
	stage_make(&g);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_int_equal(story_repeats(&g.s), 0);
	stage_end(&g);
	return 0;
}

/* An address is seen; the sender's clock is right, whatever ours shows. */
static void seen(const char *ip, int64_t when)
{
	stage_seen(&g, ip, when);
}

/* Both clocks go on, the node looks each minute. */
static void pass(int64_t time)
{
	for (int64_t t = 0; t < time; t += MINUTE) {
		os_fake.now += MINUTE;
		os_fake.ticks += MINUTE;
		assert_int_equal(story_work(&g.s, &g.e), 0);
	}
}

static void set(int64_t step)
{
	os_fake.now += step;
	assert_int_equal(story_work(&g.s, &g.e), 0);
}

static int64_t number_of(const char *sql)
{
	return stage_number(&g, sql);
}

#define SENT "select count(*) from notice where state = 'sent'"
#define TOLD "select max(told) from finding"
#define SHOWN "select value from meta where key = 'clock.doubtful'"
#define OFF "select value from meta where key = 'clock.off'"

static int confirm(void)
{
	return stage_ask(&g, "clock-confirm", "note=by telephone\n");
}

static void back(void **state)
{
	(void)state;
	seen("192.0.2.1", os_fake.now);
	pass(5 * MINUTE);
	set(-2 * HOUR);
	assert_true(clock_doubtful(&g.s.node));
	assert_true(g.s.clock.log && g.s.clock.stepped);
	assert_int_equal(number_of(SHOWN), 1);
	assert_int_equal(number_of(OFF), -7200);
	/* the letter goes within the delay that it had, not two hours late */
	assert_int_equal(number_of(SENT), 0);
	pass(11 * MINUTE);
	assert_int_equal(number_of(SENT), 1);
	/* what comes meanwhile is told as well */
	seen("192.0.2.2", os_fake.now + 2 * HOUR);
	pass(15 * MINUTE);
	assert_int_equal(number_of(SENT), 2);
	/* found out: both were told just now, and the deadline of the second is where it belongs */
	int64_t told = number_of(TOLD),
	        due = number_of("select max(due) from finding where told is not null");
	set(2 * HOUR);
	assert_true(clock_doubtful(&g.s.node));
	assert_int_equal(number_of(TOLD), told + 2 * HOUR);
	assert_true(due < os_fake.now + HOUR);
	pass(9 * MINUTE);
	assert_true(clock_doubtful(&g.s.node));
	pass(2 * MINUTE);
	assert_false(clock_doubtful(&g.s.node));
	assert_int_equal(number_of(SHOWN), 0);
	assert_int_equal(number_of(OFF), 0);
	/* and a day later again, not two hours before */
	seen("192.0.2.2", os_fake.now);
	pass(22 * HOUR);
	assert_int_equal(number_of(SENT), 2);
	pass(3 * HOUR);
	assert_int_equal(number_of(SENT), 3);
}

/* A computer without a battery begins in 1970 and learns the time later. */
static void long_ago(void **state)
{
	(void)state;
	seen("192.0.2.1", os_fake.now);
	pass(15 * MINUTE);
	assert_int_equal(number_of(SENT), 1);
	int64_t right = os_fake.now;
	story_end(&g.s);
	os_fake.now = 3 * MINUTE;
	os_fake.ticks = 0;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	assert_true(clock_doubtful(&g.s.node));
	seen("192.0.2.2", right);
	pass(15 * MINUTE);
	assert_int_equal(number_of(SENT), 2);
	set(right + 20 * MINUTE - os_fake.now);
	pass(11 * MINUTE);
	assert_false(clock_doubtful(&g.s.node));
	/* neither was told in 1970 */
	assert_int_equal(number_of("select count(*) from finding where told > 1000000000000000"), 2);
	seen("192.0.2.2", os_fake.now);
	pass(12 * HOUR);
	assert_int_equal(number_of(SENT), 2);
}

static void forward(void **state)
{
	(void)state;
	seen("192.0.2.1", os_fake.now);
	seen("192.0.2.200", os_fake.now);
	pass(15 * MINUTE);
	assert_int_equal(number_of(SENT), 1);
	int64_t wait = number_of("select send_at from notice where state = 'due'");
	pass(MINUTE);
	set(3 * DAY);
	assert_true(clock_doubtful(&g.s.node));
	assert_int_equal(number_of(OFF), 3 * 86400);
	/* a day has not passed: it is told to nobody again. The digest was decided, and goes */
	seen("192.0.2.1", os_fake.now - 3 * DAY);
	assert_true(wait <= os_fake.now);
	pass(2 * HOUR);
	assert_int_equal(number_of(SENT), 2);
	seen("192.0.2.3", os_fake.now - 3 * DAY);
	seen("192.0.2.201", os_fake.now - 3 * DAY);
	pass(15 * MINUTE);
	assert_int_equal(number_of(SENT), 3);
	/* a second report of this kind is due by a deadline of three days hence */
	seen("192.0.2.4", os_fake.now - 3 * DAY);
	set(-3 * DAY);
	pass(11 * MINUTE);
	assert_false(clock_doubtful(&g.s.node));
	assert_true(number_of(TOLD) <= os_fake.now);
	assert_true(number_of("select max(due) from finding") <= os_fake.now + HOUR);
	assert_true(number_of("select max(received) from receipt") <= os_fake.now);
	assert_int_equal(number_of(SENT), 4);
	/* the digest that was opened three days ahead has come back to the next 08:00 of Berlin */
	assert_int_equal(
	        number_of("select send_at from notice where state = 'due'"), STAGE_BASE * SECOND + 7 * HOUR);
	pass(6 * HOUR);
	assert_int_equal(number_of(SENT), 5);
	assert_int_equal(number_of("select count(*) from finding where told is null"), 0);
}

/* The longest step that is believed, and undone. */
static void undone(void **state)
{
	(void)state;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	pass(20 * MINUTE);
	set(23 * HOUR);
	assert_false(clock_doubtful(&g.s.node));
	assert_true(g.s.clock.stepped);
	pass(HOUR);
	set(-23 * HOUR);
	assert_true(clock_doubtful(&g.s.node));
	pass(11 * MINUTE);
	assert_false(clock_doubtful(&g.s.node));
	/* a clock that is steered is none that steps */
	for (int i = 0; i < 600; i++) {
		os_fake.now -= SECOND;
		pass(MINUTE);
		assert_false(clock_doubtful(&g.s.node));
	}
	os_fake.now -= 6 * SECOND;
	pass(MINUTE);
	assert_true(clock_doubtful(&g.s.node));
}

static void starts(void **state)
{
	(void)state;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	pass(3 * MINUTE);
	story_end(&g.s);
	os_fake.ticks = SECOND;
	os_fake.now += 20 * DAY;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	assert_false(clock_doubtful(&g.s.node));
	/* the time is heard soon after the start */
	set(9 * DAY);
	assert_false(clock_doubtful(&g.s.node));
	pass(15 * MINUTE);
	story_end(&g.s);
	os_fake.now += 40 * DAY;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	assert_true(clock_doubtful(&g.s.node));
	/* one start more does not make it right, whatever is written down meanwhile */
	pass(5 * MINUTE);
	story_end(&g.s);
	assert_int_equal(story_open(&g.s, &g.e), 0);
	assert_true(clock_doubtful(&g.s.node));
	pass(HOUR);
	assert_true(clock_doubtful(&g.s.node));
	assert_int_equal(confirm(), 0);
	assert_false(clock_doubtful(&g.s.node));
	assert_int_equal(confirm(), ERR_VALUE);
	assert_int_equal(number_of("select count(*) from audit where verb = 'clock-confirm' and detail = 'by "
	                           "telephone'"),
	        1);
	pass(5 * MINUTE);
	story_end(&g.s);
	os_fake.now -= 2 * MINUTE;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	assert_true(clock_doubtful(&g.s.node));
	assert_int_equal(confirm(), 0);
	assert_int_equal(story_work(&g.s, &g.e), 0);
	assert_false(clock_doubtful(&g.s.node));
}

/* Days of a zone have 23 and 25 hours; a digest has its hour on each of them, once. */
static void zone_of(const char *first, int days, unsigned digest_minute, const int *utc_minutes)
{
	int64_t day;

	assert_int_equal(story_open(&g.s, &g.e), 0);
	assert_true(value_time(str_from(first), NULL, &day));
	for (int i = 0; i < days; i++, day += DAY) {
		int64_t at = notice_digest(g.s.node.country.zone, NULL, day - 2 * HOUR, 8, digest_minute);
		assert_int_equal((at - day) / MINUTE, utc_minutes[i]);
		/* not once more at the same wall clock */
		assert_true(
		        notice_digest(g.s.node.country.zone, NULL, at, 8, digest_minute) > at + 20 * HOUR);
	}
}

static void summer(void **state)
{
	(void)state;
	zone_of("2026-03-28", 3, 8 * 60, (const int[]){7 * 60, 6 * 60, 6 * 60});
	zone_of("2026-10-24", 3, 8 * 60, (const int[]){6 * 60, 7 * 60, 7 * 60});
	/* an hour that is not there, and one that is there twice */
	zone_of("2026-03-28", 3, 2 * 60 + 30, (const int[]){90, 90, 30});
	zone_of("2026-10-24", 3, 2 * 60 + 30, (const int[]){30, 30, 90});
}

static void summer_letters(void **state)
{
	(void)state;
	os_fake.now = (int64_t)1774616400 * SECOND; /* 2026-03-27 13:00 UTC */
	for (int i = 0; i < 4; i++) {
		char ip[32];
		snprintf(ip, sizeof(ip), "192.0.2.%d", 200 + i);
		seen(ip, os_fake.now);
		pass(DAY);
		assert_int_equal(number_of(SENT), i + 1);
		assert_false(clock_doubtful(&g.s.node));
	}
	assert_int_equal(number_of("select count(*) from notice where sent % 86400000000 = 25200000000"), 1);
	assert_int_equal(number_of("select count(*) from notice where sent % 86400000000 = 21600000000"), 3);
}

/* The country's holidays, and the clock of each contact; a deadline waits for neither. */
static void workdays(void **state)
{
	const int64_t friday = (int64_t)1770984000 * SECOND; /* 2026-02-13 12:00 UTC, before Tet */
	const int64_t monday = friday + 10 * DAY - 12 * HOUR;

	(void)state;
	stage_write(&g, "weir.yaml",
	        "country: VN\nname: Example CERT\ntimezone: Europe/Berlin\n"
	        "mail:\n  from: cert@cert.example\n  delay: 10m\n");
	stage_write(&g, "owners.csv",
	        "id,name,sector,prefixes,contacts,language,timezone\n"
	        "a,Owner A,telecom,192.0.2.0/25,one@a.example,en,\n"
	        "b,Owner B,energy,192.0.2.128/26,one@b.example,en,Asia/Ho_Chi_Minh\n"
	        "c,Owner C,energy,192.0.2.192/26,one@c.example,en,\n");
	stage_write(&g, "rules/10-all.yaml",
	        "- rule: digest\n  if: { owner.sector: energy }\n  then: { notify: owner, digest: \"workday "
	        "08:00\" }\n"
	        "- rule: all\n  if: {}\n  then: { notify: owner, within: 1h }\n");
	os_fake.now = friday;
	seen("192.0.2.130", os_fake.now);
	seen("192.0.2.200", os_fake.now);
	assert_int_equal(number_of("select send_at from notice n join contact c on c.id = n.contact"
	                           " where c.email = 'one@b.example'"),
	        monday + HOUR);
	assert_int_equal(number_of("select send_at from notice n join contact c on c.id = n.contact"
	                           " where c.email = 'one@c.example'"),
	        monday + 7 * HOUR);
	pass(5 * DAY);
	assert_int_equal(number_of(SENT), 0);
	seen("192.0.2.1", os_fake.now);
	pass(HOUR);
	assert_int_equal(number_of(SENT), 1);
	pass(5 * DAY);
	assert_int_equal(number_of(SENT), 3);
	/* Saturday, a holiday on a Thursday, one that makes a long weekend */
	const struct holidays *h = &g.s.node.country.holidays;
	assert_int_equal(notice_digest(NULL, h, friday, 9, 720 + 1), friday + MINUTE);
	assert_int_equal(notice_digest(NULL, h, friday + 71 * DAY, 9, 720), friday + 74 * DAY);
	assert_int_equal(notice_digest(NULL, h, friday + 75 * DAY, 9, 720), friday + 80 * DAY);
	/* a Monday digest is not asked for holidays */
	assert_int_equal(notice_digest(NULL, h, friday, 1, 720), friday + 3 * DAY);
}

static int64_t keep(void)
{
	auto_buf struct buf said = {0};
	struct keep *k = keep_new();
	struct kept day = {0};
	int64_t next;
	int rc = 1;

	while (rc > 0)
		rc = keep_step(k, &g.s.node, &next, &said, &g.e);
	assert_int_equal(rc, 0);
	assert_true(next > os_fake.now);
	keep_free(k);
	assert_int_equal(kept_get(g.s.node.state, 20260105, &day, &g.e), 0);
	return day.events_gone;
}

/* What goes for its age does not go by a clock that may be wrong. */
static void aging(void **state)
{
	(void)state;
	stage_write(&g, "weir.yaml",
	        "country: XA\nname: Example CERT\nretention:\n  events: 30d\n"
	        "mail:\n  from: cert@cert.example\n  delay: 10m\n");
	seen("192.0.2.1", os_fake.now);
	pass(20 * MINUTE);
	assert_int_equal(number_of(SENT), 1);
	set(60 * DAY);
	assert_true(clock_doubtful(&g.s.node));
	assert_int_equal(keep(), 0);
	assert_int_equal(confirm(), 0);
	assert_true(keep() != 0);
}

/* ---- feeds that are late ------------------------------------------------------------------------- */

static bool is_late(const char *feed)
{
	struct query q = db_query(g.s.node.state, "select " FEEDS_LATE " from feed f where f.name = ?2");

	query_i64(&q, os_fake.now);
	query_text(&q, str_from(feed));
	assert_int_equal(query_next(&q), 1);
	bool late = query_get_u64(&q, 0) != 0;
	assert_int_equal(query_done(&q, &g.e), 0);
	return late;
}

/* The server gives the feed now. */
static void came(const char *feed)
{
	struct query q = db_query(g.s.node.state, "update feed set good = ? where name = ?");

	db_begin(g.s.node.state);
	query_i64(&q, os_fake.now);
	query_text(&q, str_from(feed));
	query_run(&q);
	assert_int_equal(db_commit(g.s.node.state, &g.e), 0);
}

static void feed_file(const char *name, const char *enabled)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "feeds/%s.yaml", name);
	snprintf(text, sizeof(text), "name: %s\nurl: https://feeds.example/%s\ncadence: 1d\nenabled: %s\n",
	        name, name, enabled);
	stage_write(&g, path, text);
}

static void started_again(void)
{
	story_end(&g.s);
	assert_int_equal(story_open(&g.s, &g.e), 0);
}

static void late_feeds(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/feeds", g.conf);
	mkdir(path, 0700);
	feed_file("x", "yes");
	feed_file("y", "no");
	assert_int_equal(story_open(&g.s, &g.e), 0);
	pass(35 * HOUR);
	assert_false(is_late("x"));
	pass(2 * HOUR);
	assert_true(is_late("x"));
	assert_false(is_late("y"));
	/* one that is switched on now has not been silent since the node is there; a start more changes nothing */
	feed_file("y", "yes");
	started_again();
	assert_false(is_late("y"));
	assert_true(is_late("x"));
	pass(20 * HOUR);
	started_again();
	pass(15 * HOUR);
	assert_false(is_late("y"));
	pass(2 * HOUR);
	assert_true(is_late("y"));
	/* off and on again */
	feed_file("y", "no");
	started_again();
	assert_false(is_late("y"));
	feed_file("y", "yes");
	started_again();
	assert_false(is_late("y"));
	/* days that did not pass make nobody late */
	pass(HOUR);
	came("x");
	set(3 * DAY);
	assert_true(clock_doubtful(&g.s.node));
	assert_false(is_late("x"));
	pass(37 * HOUR);
	assert_true(is_late("x"));
	came("x");
	set(-3 * DAY);
	pass(11 * MINUTE);
	assert_false(clock_doubtful(&g.s.node));
	assert_false(is_late("x"));
	pass(37 * HOUR);
	assert_true(is_late("x"));
	/* behind: what comes meanwhile is not late, nor after it */
	set(-5 * HOUR);
	assert_true(clock_doubtful(&g.s.node));
	came("x");
	pass(HOUR);
	assert_false(is_late("x"));
	set(5 * HOUR);
	pass(11 * MINUTE);
	assert_false(clock_doubtful(&g.s.node));
	assert_false(is_late("x"));
	/* they did pass after all, and a person says so */
	set(3 * DAY);
	assert_false(is_late("x"));
	assert_int_equal(confirm(), 0);
	assert_true(is_late("x"));
}

/* ---- what neighbours say --------------------------------------------------------------------------- */

static int64_t others(unsigned n, const int64_t *said)
{
	int64_t copy[8];

	memcpy(copy, said, n * sizeof(*said));
	return clock_others(copy, n);
}

static void who_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(clock_others(NULL, 0), 0);
	/* one other says nothing: who of two is right? */
	assert_int_equal(others(1, (int64_t[]){7200}), 0);
	assert_int_equal(others(2, (int64_t[]){7200, 7000}), 7200);
	assert_int_equal(others(2, (int64_t[]){-7000, -7200}), -7000);
	/* not with each other */
	assert_int_equal(others(2, (int64_t[]){7200, -7200}), 0);
	assert_int_equal(others(4, (int64_t[]){7200, 7200, 0, 3}), 0);
	assert_int_equal(others(5, (int64_t[]){7200, 1, 7201, 0, 7202}), 7201);
	/* as far as two clocks may be, and a second more */
	assert_int_equal(others(2, (int64_t[]){300, 310}), 0);
	assert_int_equal(others(2, (int64_t[]){301, 310}), 310);
	assert_int_equal(others(3, (int64_t[]){-301, -601, 0}), -301);
	assert_int_equal(others(3, (int64_t[]){-301, -602, 0}), 0);
}

/* By so many seconds each neighbour's clock is from ours. */
static void heard(unsigned n, const int64_t *said)
{
	int64_t copy[8];

	if (n > 0)
		memcpy(copy, said, n * sizeof(*said));
	db_begin(g.s.node.state);
	clock_heard(&g.s.node, copy, n, os_fake.ticks, &g.s.clock);
	assert_int_equal(db_commit(g.s.node.state, &g.e), 0);
}

#define HEARD(...) heard(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})
#define APART "select value from meta where key = 'clock.apart'"

static void neighbours(void **state)
{
	(void)state;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	HEARD(-7200, -7200);
	assert_true(clock_doubtful(&g.s.node) && g.s.clock.log);
	assert_int_equal(number_of(OFF), 7200);
	assert_int_equal(number_of(APART), -7200);
	HEARD(-7201, -7201);
	assert_true(clock_doubtful(&g.s.node) && !g.s.clock.log);
	/* time that passes changes nothing of it, they do */
	pass(30 * MINUTE);
	assert_true(clock_doubtful(&g.s.node));
	HEARD(0, -7200);
	assert_true(!clock_doubtful(&g.s.node) && g.s.clock.log);
	assert_int_equal(number_of(OFF), 0);
	/* nor do they for good: those that say it and fall silent are forgotten */
	HEARD(7200, 7200);
	pass(119 * MINUTE);
	assert_true(clock_doubtful(&g.s.node));
	pass(MINUTE);
	assert_true(!clock_doubtful(&g.s.node) && g.s.clock.log);
	assert_int_equal(number_of(APART), 0);
	/* or they are linked no longer */
	HEARD(7200, 7200);
	heard(0, NULL);
	assert_true(!clock_doubtful(&g.s.node) && g.s.clock.log);
}

/* A start, or a step that is believed, does not wash away what they have said: one that answers first is not all. */
static void neighbours_after_a_start(void **state)
{
	(void)state;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	HEARD(7200, 7200, 0);
	started_again();
	assert_true(clock_doubtful(&g.s.node) && g.s.clock.log);
	assert_int_equal(number_of(OFF), -7200);
	heard(0, NULL);
	HEARD(0);
	HEARD(0, 7200);
	assert_true(clock_doubtful(&g.s.node));
	HEARD(0, 7200, 7200);
	assert_true(clock_doubtful(&g.s.node));
	started_again();
	/* as many as then, or two that agree with us */
	HEARD(0, 7200, -7200);
	assert_false(clock_doubtful(&g.s.node));
	HEARD(7200, 7200, 7200, 7200);
	started_again();
	HEARD(0, 1);
	assert_false(clock_doubtful(&g.s.node));
	/* silence ends it however often the node starts, and whatever its clock shows */
	HEARD(7200, 7200);
	pass(HOUR);
	started_again();
	pass(30 * MINUTE);
	started_again();
	pass(28 * MINUTE);
	assert_true(clock_doubtful(&g.s.node));
	pass(3 * MINUTE);
	assert_false(clock_doubtful(&g.s.node));
	/* set, not far enough; then to where they are */
	HEARD(7200, 7200);
	set(HOUR);
	heard(0, NULL);
	assert_true(clock_doubtful(&g.s.node));
	assert_int_equal(number_of(OFF), -3600);
	set(HOUR);
	assert_true(!clock_doubtful(&g.s.node) && g.s.clock.log);
}

/* A person knows better, for a day. */
static void person_knows_better(void **state)
{
	(void)state;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	HEARD(7200, 7200);
	assert_int_equal(confirm(), 0);
	assert_false(clock_doubtful(&g.s.node));
	HEARD(7200, 7200);
	assert_false(clock_doubtful(&g.s.node));
	/* which a start does not end, nor make longer */
	for (int i = 0; i < 4; i++) {
		pass(6 * HOUR - 5 * MINUTE);
		story_end(&g.s);
		os_fake.now += 4 * MINUTE;
		os_fake.ticks = SECOND;
		assert_int_equal(story_open(&g.s, &g.e), 0);
		HEARD(7200, 7200);
		assert_false(clock_doubtful(&g.s.node));
	}
	pass(5 * MINUTE);
	HEARD(7200, 7200);
	assert_true(clock_doubtful(&g.s.node));
	/* but one of a node that was off, and a clock that jumps: neither is what was compared */
	assert_int_equal(confirm(), 0);
	story_end(&g.s);
	os_fake.now += 12 * MINUTE;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	HEARD(7200, 7200);
	assert_true(clock_doubtful(&g.s.node));
	assert_int_equal(confirm(), 0);
	set(HOUR);
	assert_false(clock_doubtful(&g.s.node));
	HEARD(3600, 3600);
	assert_true(clock_doubtful(&g.s.node));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(who_is_wrong),
	        cmocka_unit_test_setup_teardown(neighbours, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(neighbours_after_a_start, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(person_knows_better, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(late_feeds, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(back, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(long_ago, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(forward, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(undone, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(starts, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(workdays, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(aging, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(summer, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(summer_letters, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
