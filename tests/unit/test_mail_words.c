/* SPDX-License-Identifier: Apache-2.0
 *
 * Words of header fields of mails, as mailers write them and as nobody should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "read/mail_part.h"
#include "read/mail_words.h"
#include <cmocka.h>
#include <gmime/gmime.h>

static void same(struct str got, const char *wanted)
{
	if (!str_eq(got, str_from(wanted)))
		print_error("[%.*s] is not [%s]\n", STR_ARG(got), wanted);
	assert_true(str_eq(got, str_from(wanted)));
	assert_int_equal(got.p == NULL ? 0 : got.p[got.len], 0);
}

static void joins(const char *raw, const char *wanted)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	same(mail_words_join(&a, str_from(raw)), wanted);
}

static void reads(const char *raw, const char *wanted)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	same(mail_words_text(&a, str_from(raw)), wanted);
}

static void names(const char *disposition, const char *wanted)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	same(mail_words_file(&a, STR(""), str_from(disposition)), wanted);
	/* the same words where a mailer writes them into the type alone */
	if (str_starts(str_from(disposition), STR("attachment; filename")) &&
	        strstr(disposition, "; filename*1") == NULL) {
		struct str type = arena_printf(&a, "text/plain; name%s", disposition + 20);
		same(mail_words_file(&a, type, STR("")), wanted);
		same(mail_words_file(&a, STR("text/plain; name=other.txt"), str_from(disposition)), wanted);
	}
}

static void joined(void **state)
{
	(void)state;
	joins("", "");
	joins("plain", "plain");
	joins("=?utf-8?B?YQ==?=", "=?utf-8?B?YQ==?=");
	joins("=?utf-8?B?YQ==?= =?UTF-8*lo?q?b_=63?= <x>", "=?utf-8?B?YWIgYw==?= <x>");
	joins("z =?utf-8?B?YQ==?==?utf-8?B?Yg==?= y =?utf-8?B?YQ==?=\r\n\t=?utf-8?B?Yg==?=",
	        "z =?utf-8?B?YWI=?= y =?utf-8?B?YWI=?=");
	/* of two charsets, and what is no word */
	joins("=?utf-8?B?YQ==?= =?tis-620?B?oQ==?=", "=?utf-8?B?YQ==?= =?tis-620?B?oQ==?=");
	joins("=?utf-8?X?YQ?= =?utf-8?X?YQ?=", "=?utf-8?X?YQ?= =?utf-8?X?YQ?=");
	joins("=?utf-8?Q?a b?= =?utf-8?Q?c d?=", "=?utf-8?Q?a b?= =?utf-8?Q?c d?=");
	joins("=?=?=?=?\?B?\?= =?\?B?\?= =?u?B?", "=?=?=?=?\?B?\?= =?\?B?\?= =?u?B?");
	joins("=?utf-8?B?\?= =?utf-8?B?\?=", "=?utf-8?B?\?= =?utf-8?B?\?=");
}

static void texts(void **state)
{
	(void)state;
	reads("", "");
	reads("plain\r\n text", "plain text");
	reads("=?utf-8?B?YQ==?= =?utf-8?B?Yg==?=\r\n =?utf-8?Q?c?= d", "abc d");
	/* a character that was cut between two words, and between two ways to write them */
	reads("=?utf-8?B?4LqK4Lo=?= =?utf-8?B?t+C7iA==?=", "\u0e8a\u0eb7\u0ec8");
	reads("=?utf-8?Q?=E0=BA?= =?utf-8?B?gQ==?=", "\u0e81");
	/* bytes of no charset; Burmese in the way of Zawgyi stays as it is */
	reads("\u0e81 caf\u00e9", "\u0e81 caf\u00e9");
	reads("caf\xe9", "caf\u00e9");
	reads("=?utf-8?B?4YCX4YCa4YC54YC4?= =?utf-8?B?4YGP?=", "\u1017\u101a\u1039\u1038\u104f");
}

static void files(void **state)
{
	(void)state;
	names("attachment", "");
	names("attachment; filename=\"=?utf-8?B?YQ==?=\r\n =?utf-8?B?Yi50eHQ=?=\"", "ab.txt");
	names("attachment; filename==?utf-8?B?YQ==?= =?utf-8?B?Yi50eHQ=?=", "ab.txt");
	names("attachment; filename=\"=?utf-8?B?4Lo=?= =?utf-8?B?gS50eHQ=?=\"", "\u0e81.txt");
	/* RFC 2231: in pieces, out of order, with a character cut between two, of an older charset */
	names("attachment; filename*0*=utf-8''%E0%BA; filename*1*=%81.txt", "\u0e81.txt");
	names("attachment; filename*1=b.txt; filename*0=a", "ab.txt");
	names("attachment; filename*=windows-874''%a1.txt", "\u0e01.txt");
	names("attachment; filename*=utf-8''%E0%BA.txt", "\u00e0\u00ba.txt");
	/* bytes of no charset */
	names("attachment; filename=\"\u0e81.txt\"", "\u0e81.txt");
	names("attachment; filename=\"caf\xe9.txt\"", "caf\u00e9.txt");
	names("attachment; filename=\"a\\\"b.txt\"", "a\"b.txt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(joined), cmocka_unit_test(texts), cmocka_unit_test(files)};

	/* without what mail_prepare keeps open for the sandbox, which who looks for leaks would find */
	g_mime_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
