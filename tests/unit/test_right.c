/* SPDX-License-Identifier: Apache-2.0
 *
 * Whose contact is asked "is this still right?" when: 90 days after it was confirmed, 30 days after the first letter, and then no
 * more; never while a person, a broken address or a letter stands before it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include "see/right.h"
#include <cmocka.h>

#define NEVER INT64_MAX
#define DAY(n) ((n)*RIGHT_DAY)

static void due(void **state)
{
	static const struct {
		struct right_state s;
		int64_t when;
	} rows[] = {
	        {{.confirmed = DAY(100)}, DAY(190)},
	        /* of an older node, which did not write it down */
	        {{.confirmed = 0}, DAY(90)},
	        /* the second */
	        {{.confirmed = DAY(100), .asked = DAY(191), .opened = DAY(190), .times = 1}, DAY(221)},
	        /* by a person, before it was due by itself */
	        {{.confirmed = DAY(100), .asked = DAY(110), .times = 1}, DAY(190)},
	        /* that is all */
	        {{.confirmed = DAY(100), .asked = DAY(222), .opened = DAY(221), .times = 2}, NEVER},
	        {{.confirmed = DAY(100), .asked = DAY(900), .times = 7}, NEVER},
	        /* confirmed since: from there on */
	        {{.confirmed = DAY(300), .opened = DAY(221)}, DAY(390)},
	        /* a letter that was taken back asks again after a while */
	        {{.confirmed = DAY(100), .opened = DAY(190)}, DAY(220)},
	        {{.confirmed = DAY(100), .waits = true}, NEVER},
	        {{.confirmed = DAY(100), .unwritable = true}, NEVER},
	        {{.confirmed = DAY(100), .under_way = true, .opened = DAY(190)}, NEVER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(right_when(&rows[i].s), rows[i].when);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(due)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
