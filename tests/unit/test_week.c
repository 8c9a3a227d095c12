/* SPDX-License-Identifier: Apache-2.0
 *
 * By when a feed is expected: what is understood, and what a feed that is wrong is told, with its place.
 */
#include "read/feed.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena arena;
static struct err e;

static int read_feed(const char *text, struct feed_file *ret)
{
	struct conf *c;
	int rc = conf_parse(&arena, STR("feeds/x.yaml"), str_from(text), &c, &e);

	return rc != 0 ? rc : feed_parse(&arena, c, ret, &e);
}

static void right(void **state)
{
	static const struct {
		const char *text;
		unsigned days, minute;
	} rows[] = {
	        {"06:30", 0x7f, 390},
	        {"00:00", 0x7f, 0},
	        {"daily 23:59", 0x7f, 1439},
	        {"mon-fri 08:00", 0x1f, 480},
	        {"Monday-Friday  08:00", 0x1f, 480},
	        {"sat-mon 08:00", 0x61, 480},
	        {"sun 08:00", 0x40, 480},
	        {"wednesday 08:00", 0x04, 480},
	        {" workday 08:00 ", 0x1f | WEEK_NO_HOLIDAY, 480},
	};
	struct feed_file f;
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "name: X\ncadence: 1h\nexpected: \"%s\"\n", rows[i].text);
		assert_int_equal(read_feed(text, &f), 0);
		assert_int_equal(f.expected.days, rows[i].days);
		assert_int_equal(f.expected.minute, rows[i].minute);
		assert_int_equal(f.cadence, 3600);
		assert_true(str_eq(f.expected_text, str_trim(str_from(rows[i].text))));
	}
	assert_int_equal(read_feed("name: X\n", &f), 0);
	assert_int_equal(f.expected.days, 0);
	assert_int_equal(f.expected_text.len, 0);
}

static void wrong(void **state)
{
	static const char *const rows[] = {"", "8:00", "24:00", "12:60", "mon", "mon-fri", "mon-fri 8:00",
	        "mo 08:00", "fri- 08:00", "mon,tue 08:00", "mon-fri 08:00-18:00", "08:00 mon-fri", "+8:00",
	        "weekday 08:00"};
	struct feed_file f;
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "name: X\nexpected: \"%s\"\n", rows[i]);
		assert_int_equal(read_feed(text, &f), ERR_VALUE);
		assert_string_equal(e.text,
		        "feeds/x.yaml:2:11: 'expected' is days and a time, or a time, such as \"mon-fri "
		        "08:00\", "
		        "\"workday 08:00\" or \"06:30\"");
	}
	assert_int_equal(read_feed("name: X\nexpected: [\"08:00\"]\n", &f), ERR_VALUE);
	assert_non_null(strstr(e.text, "feeds/x.yaml:2:"));
	assert_non_null(strstr(e.text, "'expected' is a single value"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(right),
	        cmocka_unit_test(wrong),
	};

	arena_init(&arena, 0);
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return rc;
}
