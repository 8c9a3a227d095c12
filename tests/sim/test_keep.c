/* SPDX-License-Identifier: Apache-2.0
 *
 * Each step to the disk fails in turn while days are sealed, masked and deleted, under a clock that is moved from one to
 * the next: an error of the device ends the process, no room does not; either way, played on, the day ends as an
 * undisturbed one does.
 *
 * test_keep [EVERY]: each EVERY-th step (default 3).
 */
#include "day/keys.h"
#include "day/look.h"
#include "see/fetch.h"
#include "see/keep.h"
#include "state/kept.h"
#include "story.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HOUR ((int64_t)3600 * 1000000)
#define DATE 20260105

static unsigned every = 3;
static struct buf wanted;
static char folder[64];

/* All that can be kept now, through whatever comes. */
static void keep_through(struct story *s, struct keep **k)
{
	auto_buf struct buf said = {0};
	struct err e = {0};
	int64_t next = 0;
	unsigned cuts = 0;
	int rc = 1;

	while (rc != 0) {
		if (!s->open && story_play(s, &e) != 0) {
			story_end(s);
			assert_true(++cuts < 10);
			continue;
		}
		rc = keep_step(*k, &s->node, &next, &said, &e);
		if (rc >= 0)
			continue;
		assert_true(e.text[0] != 0);
		assert_true(++cuts < 10);
		if (node_dead(&s->node)) {
			story_end(s);
			keep_free(*k);
			*k = keep_new();
		}
	}
	/* what was given up comes with the next look */
	if (cuts > 0) {
		os_fake.now += 2 * HOUR;
		keep_through(s, k);
	}
}

static void play_story(struct story *s)
{
	struct err e = {0};

	story_make(s, folder);
	if (story_play(s, &e) != 0)
		fail_msg("%s", e.text);
}

static struct kept kept_of(struct story *s)
{
	struct kept k = {0};
	struct err e = {0};

	assert_int_equal(kept_get(s->node.state, DATE, &k, &e), 0);
	assert_false(k.work);
	return k;
}

/* Chunks that have the address: those that a look at all of them finds. */
static void check_find(struct day *d, const char *text)
{
	struct prefix p;
	struct day_hits hits = {0};
	struct day_info c;
	struct err e = {0};
	uint64_t cursor = UINT64_MAX;
	size_t left;

	assert_true(prefix_parse(str_from(text), &p, NULL));
	assert_int_equal(day_find(d, &p, (struct str){0}, &hits, &e), 1);
	left = hits.n;
	while (day_chunk_before(d, &cursor, &c, &e) == 1) {
		struct day_columns columns = {0};
		assert_int_equal(day_columns_open(d, &c, &columns, &e), 0);
		bool has = day_columns_prefix(&columns, &p) > 0;
		day_columns_done(&columns);
		bool hit = left > 0 && hits.v[left - 1] == cursor;
		assert_int_equal(hit, has);
		left -= hit;
	}
	assert_int_equal(left, 0);
	vec_done(&hits);
}

/* Looking is no part of the story. */
static uint64_t disarm(uint64_t *ret_steps)
{
	uint64_t at = os_fake.fail_at;

	*ret_steps = os_fake.steps;
	os_fake.fail_at = 0;
	return at;
}

/* Time passes while the node runs, and it has noticed. */
static void pass(struct story *s, int64_t time)
{
	uint64_t steps, at = disarm(&steps);
	struct clock_said said;
	struct err e;

	os_fake.now += time;
	os_fake.ticks += time;
	assert_int_equal(clock_look(&s->node, &said, &e), 0);
	os_fake.steps = steps;
	os_fake.fail_at = at;
}

static void checked(void (*check)(struct story *s), struct story *s)
{
	uint64_t steps, at = disarm(&steps);

	check(s);
	os_fake.steps = steps;
	os_fake.fail_at = at;
}

static void check_sealed(struct story *s)
{
	static const char *const asked[] = {"192.0.2.1", "192.0.2.7", "192.0.2.150", "192.0.2.200",
	        "192.0.2.201", "192.0.2.0/24", "192.0.2.64/27", "192.0.3.0/24"};
	struct day *d;
	struct err e = {0};
	bool sealed = false;

	assert_true(kept_of(s).sealed != 0);
	assert_int_equal(node_day(&s->node, DATE, &d, &e), 0);
	assert_int_equal(day_sealed(d, &sealed, &e), 0);
	assert_true(sealed);
	for (unsigned i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		check_find(d, asked[i]);
}

static void check_told(const char *what, uint64_t at)
{
	auto_buf struct buf got = {0};
	char text[512];

	story_tell(folder, &got);
	if (str_eq(buf_str(&got), buf_str(&wanted)))
		return;
	story_differ(buf_str(&got), buf_str(&wanted), text, sizeof(text));
	fail_msg("%s at step %llu: %s", what, (unsigned long long)at, text);
}

static uint64_t count_in(struct db *db, const char *sql)
{
	struct query q = db_query(db, sql);
	uint64_t n = query_next(&q) == 1 ? query_get_u64(&q, 0) : UINT64_MAX;

	query_run(&q);
	return n;
}

static uint64_t count(struct day *d, const char *sql)
{
	return count_in(day_db(d), sql);
}

static void check_dropped(struct story *s)
{
	struct day *d;
	struct err e = {0};

	assert_true(kept_of(s).events_gone != 0);
	assert_int_equal(kept_of(s).raw_gone, 0);
	assert_int_equal(node_day(&s->node, DATE, &d, &e), 0);
	assert_int_equal(
	        count(d,
	                "select (select count(*) from batch) + (select count(*) from events) + (select "
	                "count(*) from rest) + (select count(*) from verdicts) + (select count(*) from key)"),
	        0);
	assert_int_equal(count(d, "select count(*) from raw"), STORY_REPORTS);
	assert_int_equal(count(d, "pragma freelist_count"), 0);
}

static void check_deleted(struct story *s)
{
	struct day_dates dates;
	struct err e = {0};

	assert_true(kept_of(s).raw_gone != 0);
	assert_int_equal(day_dates(folder, &dates, &e), 0);
	assert_int_equal(dates.n, 0);
	vec_done(&dates);
}

/* True if the fault came to pass. */
static bool one(uint64_t at, int code)
{
	struct keep *k = keep_new();
	struct story s;
	struct err e = {0};

	os_fake_reset(1);
	play_story(&s);
	os_fake.steps = 0;
	os_fake.fail_at = at;
	os_fake.code = code;
	pass(&s, 48 * HOUR);
	keep_through(&s, &k);
	checked(check_sealed, &s);
	/* letters that wait for their day are due by then; until they are sealed the day stays */
	pass(&s, 95 * 24 * HOUR);
	while (story_play(&s, &e) != 0)
		if (e.code != ERR_LIMIT || !s.open || node_dead(&s.node))
			story_end(&s);
	keep_through(&s, &k);
	checked(check_dropped, &s);
	pass(&s, 300 * 24 * HOUR);
	keep_through(&s, &k);
	checked(check_deleted, &s);
	bool failed = os_fake.failed;
	story_end(&s);
	(void)story_repeats(&s);
	keep_free(k);
	story_remove(folder);
	return failed;
}

static void faults(int code, const char *what)
{
	uint64_t at = 1;
	unsigned tried = 0;

	for (; one(at, code); at += every)
		tried++;
	assert_true(tried > 10);
	print_message("%s: %u of about %llu steps\n", what, tried, (unsigned long long)at);
}

static void device(void **state)
{
	(void)state;
	faults(EIO, "an error of the device");
}

static void no_room(void **state)
{
	(void)state;
	faults(ENOSPC, "no room");
}

/* Sealing changes nothing of what a day says. */
static void sealing(void **state)
{
	struct keep *k = keep_new();
	struct story s;

	(void)state;
	os_fake_reset(1);
	play_story(&s);
	story_end(&s);
	story_tell(folder, &wanted);
	os_fake.now += 48 * HOUR;
	keep_through(&s, &k);
	check_sealed(&s);
	story_end(&s);
	check_told("sealed", 0);
	(void)story_repeats(&s);
	keep_free(k);
	buf_done(&wanted);
	story_remove(folder);
}

/* A chunk that comes when the day is sealed is found: the index is none, and is made again. */
static void late(void **state)
{
	struct keep *k = keep_new();
	struct story s;
	struct day *d;
	struct err e = {0};
	bool sealed = true;

	(void)state;
	os_fake_reset(1);
	play_story(&s);
	os_fake.now += 48 * HOUR;
	keep_through(&s, &k);
	/* the clock goes back, and the same chunk is put again */
	uint64_t cursor = UINT64_MAX;
	struct day_info c;
	struct day_view v;
	assert_int_equal(node_day(&s.node, DATE, &d, &e), 0);
	assert_int_equal(day_chunk_before(d, &cursor, &c, &e), 1);
	assert_int_equal(day_get(d, c.receipt, c.edition, c.chunk, &v, &e), 0);
	db_begin(day_db(d));
	day_put(d, &v.chunk, &v.batch, v.verdicts);
	assert_int_equal(db_commit(day_db(d), &e), 0);
	day_view_done(&v);
	assert_int_equal(day_sealed(d, &sealed, &e), 0);
	assert_false(sealed);
	db_begin(s.node.state);
	struct query q = db_query(s.node.state, "update receipt set done = ? where id = ?");
	query_i64(&q, os_fake.now + 1);
	query_u64(&q, c.receipt);
	query_run(&q);
	assert_int_equal(db_commit(s.node.state, &e), 0);
	os_fake.now += 2 * HOUR;
	keep_through(&s, &k);
	check_sealed(&s);
	story_end(&s);
	(void)story_repeats(&s);
	keep_free(k);
	story_remove(folder);
}

/* ---- books that are cut -------------------------------------------------------------------------- */

static void put(struct story *s, const char *sql, int64_t at, int64_t other)
{
	struct err e = {0};
	struct query q = db_query(s->node.state, sql);

	db_begin(s->node.state);
	query_i64(&q, at);
	query_i64(&q, other);
	query_run(&q);
	if (db_commit(s->node.state, &e) != 0)
		fail_msg("%s: %s", sql, e.text);
}

/* Items 0, 1, ... of a feed, and alerts over at that time (0: not over), each with a message. */
static void put_books(struct story *s)
{
	put(s,
	        "insert into feed(name, title, kind, enabled, fetched, cadence, good) values ('mails', '', "
	        "'log', 1, 2, 0, "
	        "?1), ('away', '', 'log', 1, 2, ?2, 1000000)",
	        os_fake.now, 0);
	/* more than one step takes */
	put(s,
	        "with recursive c(i) as (select 0 union all select i + 1 from c where i < 1199) insert into "
	        "feed_item(feed, "
	        "item, receipt, at) select 'mails', 'old' || i, 1, ?1 from c where ?2 = 0",
	        os_fake.now - 181 * 24 * HOUR, 0);
	put(s,
	        "insert into feed_item(feed, item, receipt, at) values ('mails', 'young', 1, ?1), ('away', "
	        "'old', 1, ?2), "
	        "('gone', 'old', 1, ?2)",
	        os_fake.now - 179 * 24 * HOUR, os_fake.now - 400 * 24 * HOUR);
	put(s,
	        "insert into clearance(id, at, object, recipient, label, rule, sha256, until) values (9001, "
	        "?1, '', '', '', "
	        "'', x'', ?2)",
	        0, 0);
	for (int i = 0; i < 4; i++) {
		put(s,
		        "insert into alert(topic, object, severity, sentence, opened, ended) values ('test', "
		        "?2, 'low', '', "
		        "0, nullif(?1, 0))",
		        i == 0           ? os_fake.now - 364 * 24 * HOUR
		                : i == 1 ? 0
		                         : os_fake.now - 366 * 24 * HOUR,
		        i);
		put(s,
		        "insert into alert_message(alert, person, way, recipient, bytes, clearance, made) "
		        "values ((select "
		        "max(id) from alert), '', 'mail', '', x'', 9001, ?1 + ?2)",
		        0, 0);
	}
}

static void old_rows(void **state)
{
	struct keep *k = keep_new();
	struct story s;
	struct db *db;
	static const uint8_t token[RECEIPT_TOKEN] = {77};
	struct fetch_item named = {.feed = STR("mails"), .item = STR("old7")};

	(void)state;
	os_fake_reset(1);
	play_story(&s);
	put_books(&s);
	memcpy(named.token, token, sizeof(token));
	/* what its source still has stays */
	assert_true(fetch_has(&s.node, &named));
	os_fake.now += 2 * HOUR;
	db = s.node.state;
	/* a clock that may be wrong makes nothing old */
	s.node.clock.doubtful = true;
	keep_through(&s, &k);
	assert_int_equal(count_in(db, "select count(*) from feed_item"), 1203);
	s.node.clock.doubtful = false;
	os_fake.now += 2 * HOUR;
	keep_through(&s, &k);
	assert_int_equal(count_in(db, "select count(*) from feed_item where feed = 'mails'"), 2);
	assert_int_equal(count_in(db, "select count(*) from feed_item where item in ('old7', 'young')"), 2);
	/* of a source that was not reached since, or is there no more, nothing goes */
	assert_int_equal(count_in(db, "select count(*) from feed_item where feed in ('away', 'gone')"), 2);
	/* 1: young, 2: not over, 3: old, 4: old and the newest */
	assert_int_equal(count_in(db, "select count(*) from alert"), 3);
	assert_int_equal(
	        count_in(db, "select count(*) from alert_message m join alert a on a.id = m.alert"), 3);
	assert_int_equal(count_in(db, "select count(*) from alert_message"), 3);
	assert_int_equal(count_in(db, "select max(id) from alert"), 4);
	assert_true(fetch_has(&s.node, &named));
	named.item = STR("old8");
	assert_false(fetch_has(&s.node, &named));
	assert_int_equal(db_failed(db), 0);
	story_end(&s);
	(void)story_repeats(&s);
	keep_free(k);
	story_remove(folder);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sealing), cmocka_unit_test(late),
	        cmocka_unit_test(old_rows), cmocka_unit_test(device), cmocka_unit_test(no_room)};

	if (argc > 1)
		every = (unsigned)strtoul(argv[1], NULL, 10);
	story_folder("keep", folder, sizeof(folder));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
