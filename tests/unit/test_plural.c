/* SPDX-License-Identifier: Apache-2.0
 *
 * Sentences with numbers in them: one and several.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "base/plural.h"
#include <cmocka.h>

#define says(wanted, ...)                                                                                    \
	do {                                                                                                 \
		auto_buf struct buf b_ = {0};                                                                \
		plural_printf(&b_, __VA_ARGS__);                                                             \
		assert_int_equal(str_eq(buf_str(&b_), str_from(wanted)), 1);                                 \
	} while (0)

static void one_and_several(void **state)
{
	(void)state;
	says("1 clause, 2 letters", "%u clauses, %llu letters", 1u, 2ull);
	says("0 clauses, 1 letter is due", "%zu clauses, %d letters are due", (size_t)0, 1);
	says("11 clauses", "%u clauses", 11u);
	says("Q1: 1 finding is quiet, 1 letter that was due does not go",
	        "Q%llu: %llu findings are quiet, %llu letters that were due do not go", 1ull, 1ull, 1ull);
	says("1 finding, 1 findingsome, 1 sheep", "%u findings, %u findingsome, %u sheep", 1u, 1u, 1u);
	/* numbers that are no count, values, widths */
	says("ab 1%  1 letter 7", "%.*s %lld%% %*d letters %c", 2, "abc", 1ll, 2, 1, '7');
	says("1 clauses are 1 clause", "%s %u clauses", "1 clauses are", 1u);
	says("", "%s", "");
}

static void found(void **state)
{
	struct str one;

	(void)state;
	assert_int_equal(plural_find(STR(" clauses"), &one), 8);
	assert_int_equal(str_eq(one, STR(" clause")), 1);
	assert_int_equal(plural_find(STR("clauses"), &one), 0);
	assert_int_equal(plural_find(STR(" clausesx"), &one), 0);
	assert_int_equal(plural_find(STR(""), &one), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(one_and_several), cmocka_unit_test(found)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
