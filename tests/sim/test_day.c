/* SPDX-License-Identifier: Apache-2.0
 *
 * A day of a node (days by argument): forty feeds of all kinds that come late, fail, repeat themselves and break; a disk
 * that is full for a while, a mail server that is away. Each alarm that should come does, none that should not; each letter
 * goes once, none is lost; what is kept agrees with itself, and memory does not grow with time.
 *
 *   test_day [DAYS [SEED]]
 */
#include "base/digest.h"
#include "see/deep.h"
#include "see/fetch.h"
#include "story.h"
#include "web/figure.h"
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

#define SECOND ((int64_t)1000000)
#define MINUTE (60 * SECOND)
#define BASE 1767571200
#define FEEDS 40
#define MORE                                                                                                 \
	(768 << 10) /* the file of a second day is open with buffers of its own, letters have been longer */

static char folder[64], conf[80];
static unsigned days = 1;
static uint64_t seed = 1;
static struct story s;
static struct err e;

/* What the test itself knows of a feed. */
static struct feed {
	char name[8];
	bool dropped; /* somebody brings its reports; else the node fetches them */
	bool silent;  /* nothing comes for eight hours of the first day */
	int64_t cadence, good, next;
	struct buf bytes; /* of its newest report */
	uint8_t token[RECEIPT_TOKEN];
	bool pending; /* brought, and not taken yet */
} feeds[FEEDS];
static unsigned broken, late, refusals, accepted;

static unsigned dice(unsigned n)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (unsigned)((z >> 33) % n);
}

static void write_file(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", conf, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void make_feed(unsigned i)
{
	static const char *const kinds[] = {"log", "snapshot", "delta"};
	static const unsigned cadences[] = {10, 15, 30, 60, 120, 240};
	struct feed *f = &feeds[i];
	char text[256], name[32];

	snprintf(f->name, sizeof(f->name), "f%02u", i);
	f->dropped = i % 4 == 3;
	f->silent = i == 6 || i == 17 || i == 23;
	f->cadence = cadences[i % 6] * MINUTE;
	f->good = os_fake.now;
	f->next = os_fake.now + (int64_t)dice((unsigned)(f->cadence / MINUTE)) * MINUTE;
	snprintf(name, sizeof(name), "feeds/f%02u.yaml", i);
	snprintf(text, sizeof(text), "name: Feed %u\nkind: %s\ncadence: %um\nenabled: yes\n%s", i,
	        kinds[i % 3], cadences[i % 6], f->dropped ? "" : "url: https://feeds.example/list\n");
	write_file(name, text);
}

static int set_up(void **state)
{
	static const char *const folders[] = {"", "/rules", "/feeds"};
	char path[128];

	(void)state;
	os_fake_reset(seed);
	os_fake.now = BASE * SECOND;
	story_folder("day", folder, sizeof(folder));
	snprintf(conf, sizeof(conf), "%s.conf", folder);
	story_remove(folder);
	story_remove(conf);
	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", conf, folders[i]);
		mkdir(path, 0700);
	}
	write_file("weir.yaml",
	        "country: XA\nname: Example CERT\nmail:\n  from: cert@cert.example\n  delay: 5m\n");
	write_file("owners.csv",
	        "id,name,sector,prefixes,contacts,language\n"
	        "a,Owner A,telecom,192.0.2.0/25,one@a.example,en\n"
	        "b,Owner B,energy,192.0.2.128/26,bad@b.example two@b.example,en\n"
	        "c,Owner C,finance,192.0.2.192/26,one@c.example,en\n");
	write_file("rules/10-all.yaml",
	        "- rule: digest\n  if: { owner.sector: finance }\n  then: { notify: owner, digest: \"daily "
	        "07:00\" }\n"
	        "- rule: all\n  if: {}\n  then: { notify: owner, within: 1h }\n  repeat: { after: 12h }\n");
	for (unsigned i = 0; i < FEEDS; i++)
		make_feed(i);
	story_make(&s, folder);
	s.conf = conf;
	s.no = "bad@b.example";
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	story_end(&s);
	for (unsigned i = 0; i < FEEDS; i++)
		buf_done(&feeds[i].bytes);
	buf_done(&s.sent);
	story_remove(folder);
	story_remove(conf);
	return 0;
}

/* ---- what feeds give ----------------------------------------------------------------------------- */

static void make_report(struct feed *f)
{
	unsigned lines = 1 + dice(30);
	long long minute = (long long)((os_fake.now / SECOND - BASE) / 60);

	/* the same as last time */
	if (f->bytes.len != 0 && dice(6) == 0)
		return;
	buf_clear(&f->bytes);
	if (dice(60) == 0)
		buf_printf(&f->bytes, "BROKEN %s %lld\n", f->name, minute);
	for (unsigned i = 0; i < lines; i++) {
		if (dice(30) == 0)
			buf_add(&f->bytes, STR("what is this\n"));
		else
			buf_printf(&f->bytes, "192.0.2.%u %u %lld\n", 1 + dice(250), 80 + dice(2), minute);
	}
}

static int minute_of_run(void)
{
	return (int)((os_fake.now / SECOND - BASE) / 60);
}

static bool is_silent(const struct feed *f)
{
	return f->silent && minute_of_run() >= 480 && minute_of_run() < 960;
}

/* True: the node cannot go on this minute. A process that must end is started again. */
static bool cut_off(int rc)
{
	if (rc >= 0)
		return false;
	if (!os_fake.full)
		print_error("%s\n", e.text);
	assert_true(os_fake.full);
	refusals++;
	if (node_dead(&s.node))
		story_end(&s);
	return true;
}

static void count_taken(const struct feed *f, int rc)
{
	accepted += rc == SEE_NEW;
	broken += rc == SEE_NEW && str_starts(buf_str(&f->bytes), STR("BROKEN"));
}

static bool bring(struct feed *f)
{
	auto_arena struct arena a = {0};
	struct receipt got, d = {.name = STR("report.txt"), .via = STR("take"), .feed = str_from(f->name)};

	arena_init(&a, 0);
	if (!f->pending && os_fake.now >= f->next) {
		f->next += f->cadence;
		if (is_silent(f) || dice(20) == 0)
			return true;
		make_report(f);
		os_random(f->token, sizeof(f->token));
		f->pending = true;
	}
	if (!f->pending)
		return true;
	memcpy(d.token, f->token, sizeof(d.token));
	d.size = f->bytes.len;
	digest_of(buf_str(&f->bytes), d.sha256);
	int rc = story_spool(&s, d.token, buf_str(&f->bytes), &e);
	if (rc == 0)
		rc = see_accept(&s.node, &d, &a, &got, &e);
	if (cut_off(rc))
		return false;
	f->pending = false;
	count_taken(f, rc);
	if (rc == SEE_NEW)
		f->good = os_fake.now;
	return true;
}

static bool answer(struct feed *f)
{
	struct fetch_result r = {.feed = str_from(f->name), .name = STR("list")};
	unsigned what = dice(10);

	if (is_silent(f) || what == 0) {
		r.sentence = STR("no connection");
	} else if (what < 3) {
		r.code = 304;
	} else {
		r.code = 200;
		make_report(f);
		os_random(r.token, sizeof(r.token));
		r.size = f->bytes.len;
		digest_of(buf_str(&f->bytes), r.sha256);
		if (cut_off(story_spool(&s, r.token, buf_str(&f->bytes), &e)))
			return false;
	}
	struct query q = db_query(s.node.state, "select count(*) from receipt");
	uint64_t had = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	if (cut_off(fetch_done(&s.node, &r, &e)))
		return false;
	if (r.code != 0)
		f->good = os_fake.now;
	if (r.code == 200) {
		struct query now = db_query(s.node.state, "select count(*) from receipt");
		bool new = query_next(&now) == 1 && query_get_u64(&now, 0) > had;
		query_done(&now, NULL);
		count_taken(f, new ? SEE_NEW : SEE_SAME);
	}
	return true;
}

static bool fetch(void)
{
	for (unsigned i = 0; i < FEEDS; i++) {
		auto_arena struct arena a = {0};
		struct fetch_due due;
		int64_t next;
		arena_init(&a, 0);
		int rc = fetch_next(&s.node, &a, &due, &next, &e);
		assert_true(rc >= 0);
		if (rc == 0)
			return true;
		uint32_t number;
		assert_true(str_u32(str_skip(due.feed->id, 1), &number));
		if (!answer(&feeds[number]))
			return false;
	}
	return true;
}

/* ---- a minute ------------------------------------------------------------------------------------ */

static void minute(void)
{
	os_fake.now += MINUTE;
	os_fake.ticks += MINUTE;
	if (cut_off(story_open(&s, &e)) || !fetch())
		return;
	for (unsigned i = 0; i < FEEDS; i++)
		if (feeds[i].dropped && !bring(&feeds[i]))
			return;
	if (!cut_off(story_read(&s, &e)))
		(void)cut_off(story_work(&s, &e));
}

static int64_t number_of(const char *sql)
{
	struct query q = db_query_text(s.node.state, str_from(sql));
	int64_t v = query_next(&q) == 1 ? query_get_i64(&q, 0) : -1;

	assert_int_equal(query_done(&q, &e), 0);
	return v;
}

/* ---- alarms -------------------------------------------------------------------------------------- */

static const struct figure_samples *figure(const struct figure_samples *all, const char *name)
{
	for (unsigned i = 0; i < figure_count; i++)
		if (str_eq(str_from(figure_table[i].name), str_from(name)))
			return &all[i];
	fail_msg("no figure %s", name);
	return NULL;
}

static int64_t value(const struct figure_samples *all, const char *name)
{
	const struct figure_samples *f = figure(all, name);

	assert_int_equal(f->list.n, 1);
	return f->list.v[0].value;
}

static void check_feeds(const struct figure_samples *f)
{
	assert_int_equal(f->list.n, FEEDS);
	for (size_t i = 0; i < f->list.n; i++) {
		const struct feed *own = &feeds[i];
		bool is = os_fake.now - own->good > own->cadence * 3 / 2;
		assert_true(str_eq(f->list.v[i].labels[0], str_from(own->name)));
		if (f->list.v[i].value != is)
			fail_msg(
			        "minute %d: feed %s is %slate", minute_of_run(), own->name, is ? "" : "not ");
		late += is && own->silent;
	}
}

static struct str no_param(const void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (struct str){0};
}

static void check_alarms(void)
{
	auto_arena struct arena a = {0};
	struct figure_samples *all;

	arena_init(&a, 0);
	struct ask ask = {.state = s.node.state, .folder = folder, .arena = &a, .param = no_param};
	assert_int_equal(figures_find(&ask, &all, &e), 0);
	check_feeds(figure(all, "weir_feed_late"));
	assert_int_equal(value(all, "weir_receipts_aside_recent"), broken);
	assert_int_equal(value(all, "weir_clock_doubtful"), 0);
	assert_int_equal(value(all, "weir_receipts_oldest_wait_seconds"), 0);
	figures_done(all);
}

/* ---- the day ------------------------------------------------------------------------------------- */

/* Without the pages that SQLite keeps, which have a bound of their own, and what the test remembers. */
static size_t memory(void)
{
	assert_int_equal(db_exec(s.node.state, "pragma shrink_memory", &e), 0);
	for (unsigned i = 0; i < NODE_DAYS; i++)
		if (s.node.days[i] != NULL)
			assert_int_equal(db_exec(day_db(s.node.days[i]), "pragma shrink_memory", &e), 0);
	struct mallinfo2 m = mallinfo2();
	size_t all = m.uordblks + m.hblkhd, other = s.sent.cap;

	/* a sanitizer has an allocator of its own, which tells nothing */
	return all > other ? all - other : 0;
}

static void check_end(void)
{
	auto_buf struct buf out = {0};
	struct deep_counts n;
	int64_t lines = 0;

	for (size_t i = 0; i < s.sent.len; i++)
		lines += s.sent.p[i] == '\n';
	assert_int_equal(number_of("select count(*) from notice where state = 'sent'"), lines);
	assert_int_equal(number_of("select count(*) from notice where state = 'ready'"), 0);
	/* what nobody was told of stands in a letter that is due, or was shown by what came just now */
	assert_int_equal(
	        number_of(
	                "select count(*) from finding where told is null and decision in ('notify', 'digest')"
	                " and state = 'open' and id not in (select finding from notice_item i join notice n"
	                " on n.id = i.notice where n.state = 'due')"),
	        0);
	assert_int_equal(number_of("select count(*) from receipt where state in ('accepted', 'reading')"), 0);
	assert_int_equal(number_of("select count(*) from receipt"), accepted);
	assert_true(number_of("select count(*) from notice where state = 'refused'") > 0);
	assert_int_equal(number_of("select count(*) from contact where broken is not null"), 1);
	story_end(&s);
	if (deep_check(folder, &out, &n, &e) != 0)
		fail_msg("%s", e.text);
	if (n.problems != 0)
		fail_msg("%.*s", STR_ARG(buf_str(&out)));
	print_message("%u reports, %u broken, %llu events, %llu findings, %lld letters\n", accepted, broken,
	        (unsigned long long)n.events, (unsigned long long)n.findings, (long long)lines);
}

static void day(void **state)
{
	size_t early = 0;
	bool waited = false, filled = false;

	(void)state;
	for (unsigned m = 1; m <= days * 1440; m++) {
		unsigned of_day = m % 1440;
		os_fake.full = of_day >= 300 && of_day < 325;
		s.away = of_day >= 600 && of_day < 720;
		minute();
		filled |= os_fake.full && refusals > 0;
		if (os_fake.full || !s.open)
			continue;
		if (s.away)
			waited |=
			        number_of("select count(*) from notice where state = 'ready' and tries > 0") >
			        0;
		/* what waited for room is read by now */
		if (m % 5 == 0 && (of_day < 300 || of_day > 330))
			check_alarms();
		if (m == 360)
			early = memory();
	}
	print_message("memory: %zu KiB at 06:00, %zu KiB at the end\n", early / 1024, memory() / 1024);
	assert_true(memory() <= early + MORE);
	assert_true(late > 0);
	assert_true(waited);
	assert_true(filled);
	check_end();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(day, set_up, tear_down)};

	if (argc > 1)
		days = (unsigned)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		seed = strtoull(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
