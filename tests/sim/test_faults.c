/* SPDX-License-Identifier: Apache-2.0
 *
 * Each step to the disk fails in turn, while a node takes reports in and reads them: an error of the device, no
 * room, a write cut short. What was going on ends with a sentence; what the disk refused for good ends the process;
 * played again, all is there, once.
 *
 * test_faults [EVERY]: each EVERY-th step (default 23; 1 takes minutes).
 */
#include "see/deep.h"
#include "story.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static unsigned every = 23;
static struct buf wanted;
static char folder[64];

/* Plays to the end, through whatever comes, as the processes would. */
static unsigned play_through(struct story *s)
{
	unsigned cuts = 0;
	struct err e = {0};

	while (story_play(s, &e) != 0) {
		assert_true(e.text[0] != 0);
		/* no room: the same process goes on; all else ends it */
		if (e.code != ERR_LIMIT || !s->open || node_dead(&s->node))
			story_end(s);
		assert_true(++cuts < 20);
	}
	story_end(s);
	assert_true(story_repeats(s) <= cuts);
	return cuts;
}

static void check_told(const char *what, uint64_t at)
{
	auto_buf struct buf got = {0};

	os_fake_reset(1);
	story_tell(folder, &got);
	if (!str_eq(buf_str(&got), buf_str(&wanted))) {
		char text[512];
		story_differ(buf_str(&got), buf_str(&wanted), text, sizeof(text));
		print_error("%s at step %llu: %s\n", what, (unsigned long long)at, text);
		fail();
	}
	story_remove(folder);
}

static void undisturbed(void **state)
{
	struct story s;

	(void)state;
	os_fake_reset(1);
	story_make(&s, folder);
	assert_int_equal(play_through(&s), 0);
	os_fake_reset(1);
	story_tell(folder, &wanted);
	assert_true(wanted.len > 1000);
	assert_true(str_find_str(buf_str(&wanted), 0, STR("an error")) == SIZE_MAX);
	assert_true(str_find_str(buf_str(&wanted), 0, STR(" sent ")) != SIZE_MAX);
	story_remove(folder);
}

static void faults(int code, bool sticky, size_t longest, const char *what)
{
	uint64_t at = 1;
	unsigned tried = 0, cut = 0;

	for (bool reached = true; reached; at += every) {
		struct story s;
		os_fake_reset(1);
		os_fake.fail_at = at;
		os_fake.code = code;
		os_fake.longest = longest;
		story_make(&s, folder);
		if (sticky) {
			/* the disk is full for a while */
			struct err e;
			os_fake.sticky = true;
			(void)story_play(&s, &e);
			os_fake.sticky = false;
			os_fake.fail_at = 0;
		}
		cut += play_through(&s) > 0;
		reached = os_fake.failed;
		tried++;
		check_told(what, at);
	}
	assert_true(tried > 10);
	assert_true(cut > 0 || sticky);
	print_message("%s: %u of about %llu steps\n", what, tried, (unsigned long long)at);
}

static void device(void **state)
{
	(void)state;
	faults(EIO, false, 0, "an error of the device");
}

static void no_room(void **state)
{
	(void)state;
	faults(ENOSPC, false, 0, "no room");
}

static void no_room_for_a_while(void **state)
{
	(void)state;
	faults(ENOSPC, true, 0, "no room for a while");
}

/* Where the disk may have lost some of a delivery, nothing is taken, and nobody asks it a second time. */
static void cannot_be_synced(int code)
{
	struct story s;
	struct err e = {0};
	unsigned taken = 0;
	char path[128];

	os_fake_reset(1);
	story_make(&s, folder);
	assert_int_equal(story_open(&s, &e), 0);
	snprintf(path, sizeof(path), "%s/in/first.csv", s.folder);
	assert_int_equal(os_write_file(path, STR("a report\n"), &e), 0);
	bool found = false;
	for (uint64_t at = 1; at < 10 && !found; at++) {
		auto_buf struct buf said = {0};
		os_fake.fail_at = os_fake.steps + at;
		os_fake.code = code;
		int rc = see_drop(&s.node, &said, &taken, &e);
		os_fake.fail_at = 0;
		found = str_find_str(str_from(e.text), 0, STR("cannot sync '")) != SIZE_MAX;
		assert_int_equal(taken, 0);
		assert_int_equal(rc, found ? ERR_SYS : 0);
		assert_true(!found || said.len == 0);
	}
	assert_true(found);
	story_end(&s);
	story_remove(folder);
}

static void delivery(void **state)
{
	(void)state;
	cannot_be_synced(EIO);
	cannot_be_synced(ENOSPC);
}

/* ---- beside a node that works ---------------------------------------------------------------------- */

struct meanwhile {
	struct story *s;
	unsigned opens; /* of a day's file, until it is read again */
};

static void read_again(void *arg, const struct os_step *step)
{
	struct meanwhile *m = arg;
	struct err e = {0};

	if (m->opens == 0 || step->call != OS_OPEN || step->path == NULL ||
	        !str_ends(str_from(step->path), STR(".db")) || strstr(step->path, "/day/") == NULL)
		return;
	if (--m->opens == 0 && story_reread(m->s, &e) != 0)
		fail_msg("%s", e.text);
}

static void take_report(struct story *s, uint8_t number)
{
	auto_buf struct buf lines = {0};
	struct err e = {0};

	for (unsigned i = 0; i < 60; i++)
		if (i % 20 == 19)
			buf_add(&lines, STR("what is this\n"));
		else
			buf_printf(&lines, "192.0.2.%u 80 %u\n", i * number % 50 + 1, number);
	assert_true(story_take(s, number, buf_str(&lines), &e) >= 0);
}

/* Reports are read again while it reads the first of two days, or the second: no problem is named that is none. */
static void looked_at_meanwhile(void **state)
{
	(void)state;
	for (unsigned opens = 1; opens <= 2; opens++) {
		struct story s;
		auto_buf struct buf said = {0};
		struct deep_counts n;
		struct err e = {0};
		os_fake_reset(1);
		story_make(&s, folder);
		assert_int_equal(story_open(&s, &e), 0);
		take_report(&s, 1);
		os_fake.now += (int64_t)86400 * 1000000;
		take_report(&s, 2);
		struct meanwhile m = {&s, opens};
		os_fake.seen = read_again;
		os_fake.arg = &m;
		assert_int_equal(deep_check(s.folder, &said, &n, &e), 0);
		os_fake.seen = NULL;
		assert_int_equal(m.opens, 0);
		if (n.problems != 0)
			fail_msg("%u: %.*s", opens, STR_ARG(buf_str(&said)));
		assert_int_equal(n.receipts, 2);
		assert_int_equal(deep_check(s.folder, &said, &n, &e), 0);
		assert_int_equal(n.problems, 0);
		story_end(&s);
		story_remove(folder);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(undisturbed), cmocka_unit_test(device),
	        cmocka_unit_test(no_room), cmocka_unit_test(no_room_for_a_while), cmocka_unit_test(delivery),
	        cmocka_unit_test(looked_at_meanwhile)};

	if (argc > 1)
		every = (unsigned)strtoul(argv[1], NULL, 10);
	story_folder("faults", folder, sizeof(folder));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
