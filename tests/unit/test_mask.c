/* SPDX-License-Identifier: Apache-2.0
 *
 * What of a sentence may go to somebody outside.
 */
#include "cli/mask.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void becomes(const char *line, const char *wanted)
{
	const struct mask m = {STR("/opt/anna/conf"), STR("/srv/weir")};
	auto_buf struct buf out = {0};

	mask_sentence(&out, &m, str_from(line));
	buf_char(&out, 0);
	assert_string_equal(out.p, wanted);
}

static void words(void **state)
{
	(void)state;
	becomes("a mode is live, hold or shadow", "a mode is live, hold or shadow");
	becomes("line 12 (of 99999) of 123456", "line 12 (of 99999) of ***");
	becomes("AS64496 of Example Bank at 192.0.2.7", "*** of *** *** at ***");
	becomes("write to a@b.example, or b.example", "write to ***, or ***");
	becomes("\xc3\xa9 bank-of-x", "*** ***");
	becomes("", "");
}

static void quotes(void **state)
{
	(void)state;
	becomes("owner 'bank of x' has no contact", "owner '***' has no contact");
	becomes("prefix 192.0.2.0/24 of 'a' is also that of 'b' (line 3), who keeps it",
	        "prefix *** of '***' (line 3), who keeps it");
	/* a name with a quote of its own does not get out */
	becomes("owner 'bank's secret' lacks it", "owner '***' lacks it");
	becomes("owner 'cut off", "owner '***'");
}

static void places(void **state)
{
	(void)state;
	becomes("/opt/anna/conf/owners.csv:3: no contact", "CONF/owners.csv:3: no contact");
	becomes("remark: /opt/anna/conf/rules/10 bank of x.yaml:7:9: no field 'x'",
	        "remark: CONF/rules/***:7:9: no field '***'");
	becomes("/opt/anna/conf/bank of x: is no feed", "CONF/***: is no feed");
	becomes("/opt/anna/conf: 4 owners, 8 rules", "CONF: 4 owners, 8 rules");
	becomes("/srv/weir/state.db: damaged", "STATE/***: damaged");
	becomes("/opt/bert/x: damaged", "***: damaged");
}

static void single(void **state)
{
	(void)state;
	assert_true(mask_is_word(STR("Asia/Vientiane")));
	assert_false(mask_is_word(STR("a@b")));
	assert_false(mask_is_word(STR("a b")));
	assert_false(mask_is_word(STR("192.0.2.1")));
	assert_false(mask_is_word(STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(words), cmocka_unit_test(quotes),
	        cmocka_unit_test(places), cmocka_unit_test(single)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
