/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is on duty when, and what a roster that is wrong is told.
 */
#include "see/roster.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DAY ((int64_t)86400 * 1000000)
#define MINUTE ((int64_t)60 * 1000000)
#define MONDAY (1767571200 * (int64_t)1000000) /* 2026-01-05 */

static struct arena arena;
static struct err e;

static int read_roster(const char *text, struct roster *ret)
{
	struct conf *c;
	int rc = conf_parse(&arena, STR("weir.yaml"), str_from(text), &c, &e);

	return rc != 0 ? rc : roster_options(conf_find(c, "alerts"), ret, &e);
}

#define ROSTER(people) "alerts:\n  roster:\n" people

static void hours(void **state)
{
	struct roster r;

	(void)state;
	assert_int_equal(
	        read_roster(ROSTER("    - { person: a, mail: a@x.example, when: \"mon-fri 08:00-18:00\" }\n"
	                           "    - { person: b, mail: b@x.example, when: \"fri-mon 22:00-06:00\" }\n"
	                           "    - { person: c, mail: c@x.example, when: \"sun\" }\n"),
	                &r),
	        0);
	assert_int_equal(r.severity, SEVERITY_CRITICAL);
	assert_int_equal(r.ack_within, 900);
	assert_int_equal(roster_next(&r, 0, NULL, MONDAY + 7 * 60 * MINUTE), ROSTER_PEOPLE);
	assert_int_equal(roster_next(&r, 0, NULL, MONDAY + 8 * 60 * MINUTE), 0);
	assert_int_equal(roster_next(&r, 1, NULL, MONDAY + 8 * 60 * MINUTE), ROSTER_PEOPLE);
	assert_int_equal(roster_next(&r, 0, NULL, MONDAY + 18 * 60 * MINUTE), ROSTER_PEOPLE);
	assert_int_equal(roster_next(&r, 0, NULL, MONDAY + 22 * 60 * MINUTE), 1);
	/* the hours after midnight belong to the evening before: Tuesday's are Monday's, Wednesday's nobody's */
	assert_int_equal(roster_next(&r, 0, NULL, MONDAY + DAY + 5 * 60 * MINUTE), 1);
	assert_int_equal(roster_next(&r, 0, NULL, MONDAY + 2 * DAY + 5 * 60 * MINUTE), ROSTER_PEOPLE);
	assert_int_equal(roster_next(&r, 0, NULL, MONDAY + 6 * DAY + 12 * 60 * MINUTE), 2);
	assert_int_equal(roster_next(&r, 0, NULL, MONDAY + 6 * DAY + 5 * 60 * MINUTE), 1);
}

static void zones(void **state)
{
	struct roster r;
	struct zone *zone;

	(void)state;
	assert_int_equal(zone_open(&arena, STR("Asia/Vientiane"), &zone, &e), 0);
	assert_int_equal(
	        read_roster(
	                ROSTER("    - { person: a, mail: a@x.example, when: \"mon 08:00-09:00\" }\n"), &r),
	        0);
	assert_int_equal(roster_next(&r, 0, zone, MONDAY + 60 * MINUTE), 0);
	assert_int_equal(roster_next(&r, 0, zone, MONDAY + 8 * 60 * MINUTE), ROSTER_PEOPLE);
}

static void wrong(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
	        {ROSTER("    - { mail: a@x.example }\n"), "'person' is missing"},
	        {ROSTER("    - { person: a }\n"), "how is 'a' reached?"},
	        {ROSTER("    - { person: a, mail: nowhere }\n"), "'mail' is an address"},
	        {ROSTER("    - { person: a, mail: a@x.example, when: \"mon-frii\" }\n"),
	                "'when' is days, hours"},
	        {ROSTER("    - { person: a, mail: a@x.example, when: \"mon 8-18\" }\n"),
	                "'when' is days, hours"},
	        {ROSTER("    - { person: a, mail: a@x.example, phone: 1 }\n"), "phone"},
	        {"alerts: { severity: awful }\n", "critical, high"},
	        {"alerts: { ack-within: 5s }\n", "a minute or more"},
	        {"alerts: { roster: duty }\n", "the roster is a list"},
	};
	struct roster r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read_roster(cases[i].text, &r), ERR_VALUE);
		if (strstr(e.text, cases[i].says) == NULL)
			print_error("%s\n", e.text);
		assert_non_null(strstr(e.text, cases[i].says));
	}
	assert_int_equal(read_roster("alerts: { severity: none }\n", &r), 0);
	assert_int_equal(r.severity, SEVERITY_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(hours), cmocka_unit_test(zones), cmocka_unit_test(wrong)};

	arena_init(&arena, 0);
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return rc;
}
