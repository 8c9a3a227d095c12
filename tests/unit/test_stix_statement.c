/* SPDX-License-Identifier: Apache-2.0
 *
 * A statement as a STIX object: what is written reads as what it was; each member that says another thing than the bytes
 * is found.
 */
#include "form/stix_statement.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct stix_statement sample(void)
{
	struct stix_statement s = {.bytes = STR_INIT("the exact bytes"),
	        .created = 1790000000,
	        .tlp = 3,
	        .kind = STR_INIT("case.note"),
	        .sender = STR_INIT("aa"),
	        .to = {STR_INIT("bb"), STR_INIT("cc")},
	        .n = 2,
	        .description = STR_INIT("words \"quoted\""),
	        .created_by = STR_INIT("identity--00000000-0000-4000-8000-000000000000")};

	memset(s.id, 7, sizeof(s.id));
	memset(s.case_, 8, sizeof(s.case_));
	return s;
}

static void names(void **state)
{
	char id[STIX_STATEMENT_ID];
	uint8_t bytes[32];

	(void)state;
	/* python3: uuid.uuid5(uuid.UUID("6f0e7562-6e50-4dde-ba41-cd3134c72dd4"), "07" * 32) */
	memset(bytes, 7, sizeof(bytes));
	stix_statement_id(bytes, id);
	assert_string_equal(id, "weir-statement--ddd1ac15-a651-5b3c-864e-737741319fae");
}

static void both_ways(void **state)
{
	struct stix_statement s = sample();
	auto_buf struct buf out = {0}, bytes = {0};
	struct err e;

	(void)state;
	assert_true(stix_statement_write(&s, &out));
	assert_int_equal(stix_statement_bytes(buf_str(&out), &bytes, &e), 0);
	assert_true(str_eq(buf_str(&bytes), s.bytes));
	assert_int_equal(stix_statement_check(buf_str(&out), &s, &e), 0);
	assert_true(str_find_str(buf_str(&out), 0, STR("\"2026-09-21T14:13:20.000Z\"")) != SIZE_MAX);
	/* members that are not known pass */
	out.len--;
	buf_add(&out, STR(",\"x\":1}"));
	assert_int_equal(stix_statement_check(buf_str(&out), &s, &e), 0);
	s.tlp = 5;
	assert_false(stix_statement_write(&s, &out));
	assert_int_equal(stix_statement_check(buf_str(&out), &s, &e), ERR_DENIED);
	s.tlp = 0;
	assert_false(stix_statement_write(&s, &out));
	s.tlp = 1;
	s.kind = STR("\xff");
	assert_false(stix_statement_write(&s, &out));
}

static void differing(void **state)
{
	struct stix_statement s = sample(), other;
	auto_buf struct buf out = {0};
	struct err e;

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		other = s;
		buf_clear(&out);
		switch (i) {
		case 0:
			other.id[0]++;
			break;
		case 1:
			other.case_[0]++;
			break;
		case 2:
			other.created++;
			break;
		case 3:
			other.tlp--;
			break;
		case 4:
			other.kind = STR("case.open");
			break;
		case 5:
			other.sender = STR("dd");
			break;
		case 6:
			other.n--;
			break;
		case 7:
			other.bytes = STR("other bytes");
			break;
		default:
			other.description = STR("kind words");
			break;
		}
		assert_true(stix_statement_write(&other, &out));
		assert_int_equal(stix_statement_check(buf_str(&out), &s, &e), ERR_DENIED);
		assert_non_null(strstr(e.text, "neither is trusted"));
	}
	/* a case where there is none */
	buf_clear(&out);
	assert_true(stix_statement_write(&s, &out));
	memset(s.case_, 0, sizeof(s.case_));
	assert_int_equal(stix_statement_check(buf_str(&out), &s, &e), ERR_DENIED);
}

static void not_one(void **state)
{
	static const char *const bad[] = {"", "[]", "{", "{}", "{\"type\":\"weir-statement\"}",
	        "{\"type\":\"weir-statement\",\"statement\":\"AAA\"}",
	        "{\"type\":\"indicator\",\"statement\":\"AAAA\"}",
	        "{\"type\":\"weir-statement\",\"statement\":7}",
	        "{\"type\":\"weir-statement\",\"statement\":\"AAAA\",\"statement\":\"AAAB\"}"};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		auto_buf struct buf bytes = {0};
		assert_int_equal(stix_statement_bytes(str_from(bad[i]), &bytes, &e), ERR_SYNTAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names),
	        cmocka_unit_test(both_ways),
	        cmocka_unit_test(differing),
	        cmocka_unit_test(not_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
