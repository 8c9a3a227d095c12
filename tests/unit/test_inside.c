/* SPDX-License-Identifier: Apache-2.0
 *
 * What lies in a prefix or below a name, and that the range of texts in which it is looked for holds all of it.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "event/addr.h"
#include "state/db.h"
#include "state/inside.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/weir-inside-XXXXXX";
static struct db *db;

static bool inside(const char *place, const char *what)
{
	struct query q = db_query(db, "select inside(?, ?)");
	struct err e;

	query_text(&q, str_from(place));
	query_text(&q, str_from(what));
	bool is = query_next(&q) == 1 && query_get_u64(&q, 0) != 0;
	assert_int_equal(query_done(&q, &e), 0);
	return is;
}

static void places(void **state)
{
	(void)state;
	assert_true(inside("192.0.2.1", "192.0.2.0/24"));
	assert_true(inside("192.0.2.1", "192.0.2.1"));
	assert_false(inside("192.0.2.10", "192.0.2.1"));
	assert_false(inside("192.0.3.1", "192.0.2.0/24"));
	assert_true(inside("http://192.0.2.1:8080/a@b", "192.0.2.0/24"));
	assert_true(inside("http://u@[2001:db8::1]/x", "2001:db8::/32"));
	assert_false(inside("bad.example", "b000::/4"));
	assert_true(inside("bank.example", "bank.example"));
	assert_true(inside("WWW.bank.example", "Bank.Example"));
	assert_false(inside("notbank.example", "bank.example"));
	assert_true(inside("https://www.bank.example:8443?x", "bank.example"));
	assert_true(inside("someone@bank.example", "bank.example"));
	assert_false(inside("https://bank.example.evil.example/", "bank.example"));
	assert_false(inside("", "192.0.2.0/24"));
	assert_false(inside("", "bank.example"));
}

/* Addresses at random in prefixes at random: whatever lies inside stands in the range. */
static void ranges(void **state)
{
	unsigned seed = 20260105, in = 0;
	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		struct addr a = {0};
		struct prefix p;
		char text[64], what[80], from[64], to[64];
		bool four = i % 2, host;
		if (four) {
			addr_from4((uint32_t)rand_r(&seed) << 16 ^ (uint32_t)rand_r(&seed), &a);
		} else {
			/* many zeros, since these are what may be left out */
			char *at = text;
			for (unsigned k = 0; k < 8; k++)
				at += snprintf(at, 8, "%s%x", k > 0 ? ":" : "",
				        k == 0                      ? 0x2001u
				                : rand_r(&seed) % 3 ? 0
				                                    : (unsigned)rand_r(&seed) & 0xffffu);
			assert_true(addr_parse(str_from(text), &a));
		}
		size_t n = addr_print(text, &a);
		text[n] = 0;
		snprintf(
		        what, sizeof(what), "%s/%u", text, 1 + (unsigned)rand_r(&seed) % (four ? 32u : 128u));
		assert_true(prefix_parse(str_from(what), &p, &host));
		if (!inside_range(str_from(what), from, to))
			continue;
		in++;
		assert_true(strcmp(text, from) >= 0);
		assert_true(strcmp(text, to) < 0);
	}
	assert_true(in > 1000);
}

static int begin(void **state)
{
	char path[64];
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.db", folder);
	return db_open(path, DB_WRITE, 100, &db, &e);
}

static int end(void **state)
{
	static const char *const names[] = {"a.db", "a.db-wal", "a.db-shm"};
	char path[64];

	(void)state;
	db_close(db);
	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(places), cmocka_unit_test(ranges)};

	return cmocka_run_group_tests(tests, begin, end);
}
