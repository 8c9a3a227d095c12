/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"
#include "base/vec.h"
#include "read/stix_pattern.h"
#include "text/json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* The things as "path=value" joined by "&", one after the other with "|"; NULL if it is not well-formed. */
static const char *things(const char *pattern)
{
	static char out[4096];
	char path[128], value[256];
	struct stix_things t;
	struct buf b = {0};
	struct err e;

	/* in memory of exactly its size */
	size_t len = strlen(pattern);
	char *exact = mem_get(len + 1);
	memcpy(exact, pattern, len);
	char *copy = mem_resize(exact, len ? len : 1);
	int rc = stix_pattern_parse(str_make(copy, len), &t, &e);
	for (size_t i = 0; i < t.n; i++)
		for (uint32_t k = 0; k < t.v[i].n; k++) {
			struct stix_test *test = &t.v[i].tests[k];
			struct str p = stix_path(path, sizeof(path), test->path);
			struct str v = test->text ? stix_text(value, test->value) : test->value;
			buf_printf(&b, "%s%.*s=%.*s", k ? "&" : i ? "|" : "", STR_ARG(p), STR_ARG(v));
		}
	assert_true(b.len < sizeof(out));
	memcpy(out, b.len ? b.p : "", b.len);
	out[b.len] = 0;
	buf_done(&b);
	stix_things_done(&t);
	free(copy);
	return rc == 0 ? out : NULL;
}

static void shapes(void **state)
{
	static const char *const rows[][2] = {
	        {"[ipv4-addr:value = '192.0.2.1']", "ipv4-addr:value=192.0.2.1"},
	        {"[ipv4-addr:value='192.0.2.1' OR ipv4-addr:value == '192.0.2.2']",
	                "ipv4-addr:value=192.0.2.1|ipv4-addr:value=192.0.2.2"},
	        {"[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]",
	                "ipv4-addr:value=192.0.2.1|ipv4-addr:value=192.0.2.2"},
	        {"[ipv4-addr:value ISSUBSET '192.0.2.0/24']", "ipv4-addr:value=192.0.2.0/24"},
	        {"[ipv4-addr:value ISSUPERSET '192.0.2.0/24']", ""},
	        {"[ipv4-addr:value NOT = '192.0.2.1']", ""},
	        {"[ipv4-addr:value != '192.0.2.1']", ""},
	        {"[domain-name:value LIKE '%.example']", ""},
	        {"[a:b = 1 AND c:d = 'x']", "a:b=1&c:d=x"},
	        {"[a:b = 1 AND (c:d = 'x' OR c:d = 'y')]", "a:b=1&c:d=x|a:b=1&c:d=y"},
	        {"[a:b = 1 AND c:d > 5]", ""},
	        {"[a:b = 1 OR c:d > 5]", "a:b=1"},
	        {"[a:b = 1 OR a:b = 2 AND c:d = 3]", "a:b=1|a:b=2&c:d=3"},
	        {"[a:b = 1] OR [a:b = 2]", "a:b=1|a:b=2"},
	        {"[a:b = 1] AND [a:b = 2]", ""},
	        {"[a:b = 1] AND [a:b = 2] OR [a:b = 3]", "a:b=3"},
	        {"[a:b = 1] FOLLOWEDBY [a:b = 2]", ""},
	        {"([a:b = 1] OR [a:b = 2]) WITHIN 300 SECONDS", "a:b=1|a:b=2"},
	        {"[a:b = 1] REPEATS 5 TIMES", "a:b=1"},
	        {"[a:b = 1] START t'2026-01-05T00:00:00Z' STOP t'2026-01-06T00:00:00.5Z'", "a:b=1"},
	        {"[file:hashes.'SHA-256' = 'ab' AND file:size = 25]", "file:hashes.sha-256=ab&file:size=25"},
	        {"[x:y[*].z[0] = 'a']", "x:y.z=a"},
	        {"[a:b = 'it\\'s \\\\ fine']", "a:b=it's \\ fine"},
	        {"/* note */ [a:b /* in */ = 1] // end", "a:b=1"},
	        {"[EXISTS a:b]", ""},
	        {"[a:b = h'00ff' OR a:b = true OR a:b = t'2026-01-05T00:00:00Z']", ""},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *have = things(rows[i][0]);
		if (have == NULL)
			fail_msg("refused: %s", rows[i][0]);
		assert_string_equal(have, rows[i][1]);
	}
}

static void faults(void **state)
{
	static const char *const rows[] = {"", "[", "[]", "[a = 1]", "[a:b]", "[a:b =]", "[a:b = 1",
	        "a:b = 1", "[a:b = 1] AND", "[a:b = 1]]", "[a:b = 'x]", "[a:b = 'a\\n']", "[a:b > true]",
	        "[a:b LIKE 1]", "[a:b IN 1]", "[a:b IN ('x' 'y')]", "[a:b-c = 1]", "[1a:b = 1]", "[a:b = 01]",
	        "[a:b = -]", "[a:b = t'2026']", "[a:b = h'0']", "[a:b = 1] WITHIN -1 SECONDS",
	        "[a:b = 1] REPEATS 1.5 TIMES", "[a:b = 1] START '2026' STOP '2027'", "[AND:b = 1]",
	        "[a:b = 1 and c:d = 2]", "[a:b[x] = 1]", "[a:b. = 1]", "[a:b = \"x\"]", "[a:b = 1] /* open"};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (things(rows[i]) != NULL)
			fail_msg("taken: %s", rows[i]);
}

static int many(const char *head, const char *piece, unsigned n, const char *tail)
{
	struct buf b = {0};
	struct stix_things t;
	struct err e;

	buf_add(&b, str_from(head));
	for (unsigned i = 0; i < n; i++)
		buf_add(&b, str_from(piece));
	buf_add(&b, str_from(tail));
	int rc = stix_pattern_parse(buf_str(&b), &t, &e);
	int things = rc == 0 ? (int)t.n : rc;
	stix_things_done(&t);
	buf_done(&b);
	return things;
}

static void bounds(void **state)
{
	(void)state;
	assert_int_equal(many("[a:b = 1", " OR a:b = 1", 4095, "]"), 4096);
	assert_int_equal(many("[a:b = 1", " OR a:b = 1", 4096, "]"), ERR_LIMIT);
	assert_int_equal(many("[a:b = 1", " AND a:b = 1", 11, "]"), 1);
	assert_int_equal(many("[a:b = 1", " AND a:b = 1", 12, "]"), ERR_LIMIT);
	assert_int_equal(many("[(a:b = 1 OR a:b = 2)", " AND (a:b = 1 OR a:b = 2)", 11, "]"), 4096);
	assert_int_equal(many("", "(", 10000, "[a:b = 1]"), ERR_LIMIT);
	assert_int_equal(many("[", "(", 10000, "a:b = 1"), ERR_LIMIT);
	assert_int_equal(many("[a:b IN (1", ", 1", 100000, ")]"), ERR_LIMIT);
	assert_int_equal(many("[a:b NOT IN (1", ", 1", 100000, ")]"), 0);
}

/* Patterns of other programs' tests: what they refuse for its grammar is refused, what they take is taken. The
 * few that they refuse for their sense (an AND of two types, a hash of a wrong length, a qualifier twice) are
 * well-formed. */
static void corpus(void **state)
{
	struct buf text = {0};
	struct err e;
	char key[32];
	struct str name, raw;
	unsigned taken = 0, lax = 0;

	(void)state;
	if (os_read_file(SOURCE_ROOT "/../shared/data/stix-patterns/stix_pattern_cases.jsonl", 1 << 26, &text,
	            &e) != 0)
		skip();
	for (struct str_cut cut = {.tail = buf_str(&text), .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, '\n');
		struct str pattern = {0}, expect = {0};
		struct json j;
		json_init(&j, cut.head);
		while (cut.head.len > 0 && json_pair(&j, key, sizeof(key), &name, &raw) == 1)
			if (str_eq(name, STR("pattern")))
				pattern = raw;
			else if (str_eq(name, STR("expect")))
				expect = raw;
		if (pattern.len == 0)
			continue;
		char *buf = mem_get(pattern.len + 1);
		struct str p = json_scalar(buf, pattern.len, pattern);
		struct stix_things t;
		int rc = stix_pattern_parse(p, &t, &e);
		stix_things_done(&t);
		bool refused = str_eq(expect, STR("\"invalid\""));
		if (!refused && rc != 0)
			fail_msg("refused: %.*s: %s", STR_ARG(p), e.text);
		taken += !refused;
		if (refused && rc == 0) {
			lax++;
			print_message("well-formed: %.*s\n", STR_ARG(p));
		}
		free(buf);
	}
	assert_true(taken > 400);
	assert_true(lax <= 4);
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(shapes), cmocka_unit_test(faults),
	        cmocka_unit_test(bounds), cmocka_unit_test(corpus)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
