/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of addresses out of files: lines, tables with and without a head, and what is wrong by its line.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "web/targets.h"
#include <cmocka.h>

static void good(const char *file, const char *wanted)
{
	auto_buf struct buf b = {0};
	struct err e = {0};

	assert_int_equal(targets_read(str_from(file), &b, &e), 0);
	buf_char(&b, 0);
	assert_string_equal(b.p, wanted);
}

static void bad(const char *file, const char *sentence)
{
	auto_buf struct buf b = {0};
	struct err e = {0};

	assert_true(targets_read(str_from(file), &b, &e) < 0);
	assert_string_equal(e.text, sentence);
}

static void lists(void **state)
{
	(void)state;
	good("192.0.2.1\r\n\r\n# a note\n2001:db8::/32\nwww.bank.example",
	        "192.0.2.1 2001:db8::/32 www.bank.example ");
	good("\xef\xbb\xbf"
	     "192.0.2.1\n",
	        "192.0.2.1 ");
	good("# made today\nname;ip\nServer;192.0.2.1\nx.example;\n", "192.0.2.1 x.example ");
	good("When,Source.IP,\"What\"\n2026-01-05,192.0.2.1,\"a,\nb\"\n2026-01-05,192.0.2.2,c\n",
	        "192.0.2.1 192.0.2.2 ");
	good("192.0.2.1\tBank A\n192.0.2.2\tBank B\n", "192.0.2.1 192.0.2.2 ");
}

static void refused(void **state)
{
	(void)state;
	bad("", "the file has no address, prefix or name");
	bad("ip\n", "the file has no address, prefix or name");
	bad("\xff\xfe"
	    "1",
	        "the file is no text in UTF-8; save it as lines of text or as CSV (UTF-8)");
	bad("# a\n# b\nip\nx y\n",
	        "line 4: 'x y' is no address, prefix or name; nothing of the list was taken");
	bad("192.0.2.1\n\nnot one\n192.0.2.2\n<b>\n",
	        "line 3: 'not one' is no address, prefix or name; line 5: '<b>' is no address, prefix or "
	        "name; "
	        "nothing of the list was taken");
	bad("!\n!\n!\n!\n!\n!\n!\n",
	        "line 1: '!' is no address, prefix or name; line 2: '!' is no address, prefix or name; line "
	        "3: "
	        "'!' is no address, prefix or name; line 4: '!' is no address, prefix or name; line 5: '!' "
	        "is "
	        "no address, prefix or name; and 2 more; nothing of the list was taken");
}

static void most(void **state)
{
	auto_buf struct buf file = {0}, b = {0};
	struct err e = {0};

	(void)state;
	for (unsigned i = 0; i < TARGETS_MOST; i++)
		buf_printf(&file, "10.%u.%u.%u\n", i >> 16, i >> 8 & 255, i & 255);
	assert_int_equal(targets_read(buf_str(&file), &b, &e), 0);
	buf_add(&file, STR("192.0.2.1\n"));
	assert_int_equal(targets_read(buf_str(&file), &b, &e), ERR_LIMIT);
	assert_non_null(strstr(e.text, "line 50001"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(lists), cmocka_unit_test(refused), cmocka_unit_test(most)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
