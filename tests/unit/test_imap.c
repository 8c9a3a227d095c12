/* SPDX-License-Identifier: Apache-2.0
 *
 * What an IMAP server answers, as servers do it and as nobody should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "proc/imap_text.h"
#include "read/feed_source.h"
#include <cmocka.h>

static struct str copy(char **hold, const char *text)
{
	size_t n = strlen(text);

	/* exactly as long, so that a byte too far is seen */
	*hold = mem_get(n + 1);
	memcpy(*hold, text, n);
	return str_make(*hold, n);
}

static void fetches(void **state)
{
	static const struct {
		const char *answer;
		int rc;
		uint32_t uid;
		uint64_t size;
		const char *body; /* NULL: none */
	} rows[] = {
	        {"* 1 FETCH (UID 7 RFC822.SIZE 99)\r\n", 1, 7, 99, NULL},
	        {"* 1 fetch (rfc822.size 99 uid 7)\r\n", 1, 7, 99, NULL},
	        {"* 12 FETCH (UID 7 FLAGS (\\Seen $x) RFC822.SIZE 99 BODY[HEADER.FIELDS (SUBJECT FROM)] "
	         "{5}\r\na)\r\nb)\r\n",
	                1, 7, 99, "a)\r\nb"},
	        {"* 12 FETCH (BODY[] {0}\r\n UID 7)\r\n", 1, 7, 0, ""},
	        {"* 12 FETCH (BODY[] NIL UID 7)\r\n", 1, 7, 0, ""},
	        {"* 12 FETCH (UID 7 BODY[] \"a \\\"b\\\" )\")\r\n", 1, 7, 0, "a \\\"b\\\" )"},
	        {"* 3 FETCH (X (a (b \"(\") {3}\r\n(((  c ()) UID 9)\r\n", 1, 9, 0, NULL},
	        {"* 3 FETCH ()\r\n", 1, 0, 0, NULL},
	        {"* 3 EXISTS\r\n", 0, 0, 0, NULL},
	        {"* OK FETCH (UID 1)\r\n", 0, 0, 0, NULL},
	        {"* 3 FETCH (UID 0)\r\n", -1, 0, 0, NULL},
	        {"* 3 FETCH (UID -1)\r\n", -1, 0, 0, NULL},
	        {"* 3 FETCH (UID 4294967296)\r\n", -1, 0, 0, NULL},
	        {"* 3 FETCH (UID 1 RFC822.SIZE 99999999999999999999)\r\n", -1, 0, 0, NULL},
	        {"* 3 FETCH (UID 1 BODY[] {9}\r\nabc)\r\n", -1, 0, 0, NULL},
	        {"* 3 FETCH (UID 1 BODY[] \"abc)\r\n", -1, 0, 0, NULL},
	        {"* 3 FETCH (UID 1 X (((\r\n", -1, 0, 0, NULL},
	        {"* 3 FETCH (UID\r\n", -1, 0, 0, NULL},
	        {"* 3 FETCH (UID 1) more\r\n", -1, 0, 0, NULL},
	        {"* 3 FETCH (UID 1", -1, 0, 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct imap_mail m = {0};
		struct err e = {0};
		char *hold;
		int rc = imap_fetch(copy(&hold, rows[i].answer), &m, &e);
		if ((rc < 0 ? -1 : rc) != rows[i].rc || (rc < 0 && e.text[0] == 0))
			fail_msg("%s: %d %s", rows[i].answer, rc, e.text);
		if (rc == 1) {
			assert_int_equal(m.uid, rows[i].uid);
			assert_int_equal(m.size, rows[i].size);
			assert_int_equal(m.has_body, rows[i].body != NULL);
			assert_true(rows[i].body == NULL || str_eq(m.body, str_from(rows[i].body)));
		}
		free(hold);
	}
}

static void others(void **state)
{
	imap_uids uids = {0};
	struct err e;
	uint64_t n = 0;
	uint32_t v = 0;

	(void)state;
	assert_true(imap_literal(STR("* 1 FETCH (BODY[] {123}\r\n"), &n) && n == 123);
	assert_true(imap_literal(STR("x {7+}\r\n"), &n) && n == 7);
	assert_false(imap_literal(STR("x {7}\n"), &n));
	assert_false(imap_literal(STR("x {}\r\n"), &n));
	assert_false(imap_literal(STR("x {99999999999999999999}\r\n"), &n));
	/* only what answers a FETCH has literals: a text that ends so is a text */
	assert_false(imap_is_fetch(STR("* OK try {123}\r\n")));
	assert_int_equal(imap_search(STR("* SEARCH\r\n"), 9, &uids, &e), 1);
	assert_int_equal(imap_search(STR("* SEARCH 3 4294967295 5\r\n"), 9, &uids, &e), 1);
	assert_int_equal(uids.n, 3);
	assert_int_equal(uids.v[1], UINT32_MAX);
	assert_int_equal(imap_search(STR("* SEARCH 1 x\r\n"), 9, &uids, &e), ERR_SYNTAX);
	assert_int_equal(imap_search(STR("* SEARCH 1 2 3 4 5 6 7 8\r\n"), 9, &uids, &e), ERR_LIMIT);
	assert_int_equal(imap_search(STR("* FLAGS ()\r\n"), 9, &uids, &e), 0);
	vec_done(&uids);
	assert_true(imap_code(STR("* OK [UIDVALIDITY 77] good\r\n"), "UIDVALIDITY", &v) && v == 77);
	assert_false(imap_code(STR("* OK [UIDNEXT 78] good\r\n"), "UIDVALIDITY", &v));
	assert_false(imap_code(STR("* NO [UIDVALIDITY 79]\r\n"), "UIDVALIDITY", &v));
	assert_true(imap_has(STR("* CAPABILITY IMAP4rev1 UIDPLUS move\r\n"), "MOVE"));
	assert_false(imap_has(STR("* CAPABILITY IMAP4rev1 XMOVE\r\n"), "MOVE"));
	auto_buf struct buf b = {0};
	imap_quote(&b, STR("a \"b\" \\c"));
	assert_true(str_eq(buf_str(&b), STR("\"a \\\"b\\\" \\\\c\"")));
}

static void fields(void **state)
{
	static const struct {
		const char *header, *want;
	} rows[] = {
	        {"Subject: one\r\nSubject: two\r\n\r\n", "one"},
	        {"X: 1\r\nsubject:one\r\n two\r\n\tthree\r\nFrom: x\r\n\r\n", "one two three"},
	        {"From: x\r\n\r\n", ""},
	        {"Subjects: x\r\n\r\n", ""},
	        {"Subject: =?utf-8?q?f=C3=BCr_dich?= and =?UTF-8?B?w7xiZWw=?=\r\n\r\n", "für dich and übel"},
	        {"Subject: =?utf-8?q?a?=\r\n =?utf-8?q?b?=\r\n\r\n", "ab"},
	        {"Subject: =?iso-8859-1*de?Q?=FCbel?=\r\n\r\n", "übel"},
	        {"Subject: =?koi8-r?Q?=FC?= =?utf-8?x?y?= =?utf-8?q?z\r\n\r\n",
	                "=?koi8-r?Q?=FC?= =?utf-8?x?y?= =?utf-8?q?z"},
	        {"Subject: =?utf-8?q?a=0D=0AX:_b=?=\r\n\r\n", "a  X: b="},
	        {"Subject: a\x01"
	         "b\r\n\r\n",
	                "a b"},
	};
	static const struct {
		const char *from, *want;
	} addresses[] = {
	        {"Feeds <out@a.example>", "out@a.example"},
	        {"out@a.example", "out@a.example"},
	        {"\"x@b.example <x@b.example>\" <out@a.example>", "out@a.example"},
	        {"\"a \\\" <x@b.example>\" <out@a.example>", "out@a.example"},
	        {"x@b.example <out@a.example", ""},
	        {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		auto_buf struct buf b = {0};
		char *hold;
		imap_field(copy(&hold, rows[i].header), "Subject", &b);
		if (!str_eq(buf_str(&b), str_from(rows[i].want)))
			fail_msg("%s: '%.*s'", rows[i].header, STR_ARG(buf_str(&b)));
		free(hold);
	}
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		if (!str_eq(imap_address(str_from(addresses[i].from)), str_from(addresses[i].want)))
			fail_msg("%s", addresses[i].from);
}

static void patterns(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool fits;
	} rows[] = {
	        {"*[Report]*", "the [report] of", true},
	        {"*[Report]*", "the rep of", false},
	        {"a?c", "abc", true},
	        {"a?c", "ac", false},
	        {"*", "", true},
	        {"*a*b*c", "xxaxxbxxbc", true},
	        {"*a*b*c", "xxaxxbxxbcd", false},
	        {"*@x.example", "Y@X.EXAMPLE", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_patterns p = {.v = {str_from(rows[i].pattern)}, .n = 1};
		assert_int_equal(feed_fits(&p, str_from(rows[i].text)), rows[i].fits);
	}
	assert_true(feed_fits(&(struct feed_patterns){0}, STR("anything")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(fetches),
	        cmocka_unit_test(others),
	        cmocka_unit_test(fields),
	        cmocka_unit_test(patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
