/* SPDX-License-Identifier: Apache-2.0
 *
 * Heads and frames of statements: what is written is read back, and every way to be malformed is found. Times, names and the
 * tables of kinds and members.
 */
#include "event/civil.h"
#include "trust/kind.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct head example(void)
{
	struct head h = {
	        .key = {1, 2, 3, 4, 5, 6, 7, 8},
	        .seq = 1,
	        .created = 1795489200,
	        .body_len = 2,
	        .tlp = STATEMENT_AMBER,
	        .pap = 3,
	        .kind = STR("case.open"),
	        .media = STR("application/json"),
	        .exercise = STR(""),
	        .sender = STR("la"),
	        .to_count = 2,
	        .to = {STR("gate1.provider.example"), STR("kh")},
	};
	memset(h.commit, 7, DIGEST_LEN);
	return h;
}

static struct str written(struct buf *out, const struct head *h)
{
	buf_clear(out);
	head_write(out, h);
	return buf_str(out);
}

static void round_trip(void **state)
{
	static const uint64_t seqs[] = {1, 2, 1ull << 31, 1ull << 53, INT64_MAX, 1ull << 63, UINT64_MAX};
	static const int64_t times[][2] = {
	        {0, 0}, {0, 1}, {1795489200, 0}, {253402300798, 253402300799}, {253402300799, 0}};
	auto_buf struct buf b = {0}, again = {0};
	struct head h, r;

	(void)state;
	for (unsigned i = 0; i < 7 * 5 * 5 * 4; i++) {
		h = example();
		h.seq = seqs[i % 7];
		if (h.seq > 1)
			memset(h.prev, 9, DIGEST_LEN);
		h.created = times[i / 7 % 5][0];
		h.expires = times[i / 7 % 5][1];
		h.tlp = (uint8_t)(1 + i / 35 % 5);
		h.pap = (uint8_t)(1 + i / 175);
		h.exercise = i % 2 ? STR("la/river-2027") : STR("");
		assert_int_equal(head_read(written(&b, &h), &r), VERDICT_OK);
		assert_true(r.seq == h.seq && r.created == h.created && r.expires == h.expires &&
		        r.tlp == h.tlp && r.pap == h.pap);
		assert_true(str_eq(r.exercise, h.exercise) && str_eq(r.kind, h.kind) &&
		        str_eq(r.sender, h.sender));
		assert_true(r.to_count == 2 && str_eq(r.to[0], h.to[0]) && str_eq(r.to[1], h.to[1]));
		assert_true(head_same_to(&r, &r) && head_names(&r, STR("kh")) && !head_names(&r, STR("la")) &&
		        head_member(&r, STR("la")));
		assert_true(str_eq(written(&again, &r), buf_str(&b)));
	}
}

/* The example with bytes from at on replaced. */
static enum statement_verdict with(size_t at, const void *bytes, size_t n)
{
	auto_buf struct buf b = {0};
	struct head h = example(), r;

	written(&b, &h);
	memcpy(b.p + at, bytes, n);
	return head_read(buf_str(&b), &r);
}

static void malformed(void **state)
{
	static const uint8_t ones[32] = {1}, late[8] = {0, 0, 0, 0x3a, 0xff, 0xf4, 0x41, 0x80},
	                     all[8] = {255, 255, 255, 255, 255, 255, 255, 255};
	auto_buf struct buf b = {0};
	struct head h = example(), r;
	struct str s = written(&b, &h);

	(void)state;
	assert_int_equal(with(15, "2", 1), VERDICT_WRONG_CONTEXT);
	assert_int_equal(with(24, "\0\0\0\0\0\0\0\0", 8), VERDICT_MALFORMED); /* seq 0 */
	assert_int_equal(with(24, "\0\0\0\0\0\0\0\2", 8), VERDICT_MALFORMED); /* seq 2 without prev */
	assert_int_equal(with(32, ones, 32), VERDICT_MALFORMED);              /* seq 1 with one */
	assert_int_equal(with(64, late, 8), VERDICT_MALFORMED); /* created beyond the year 9999 */
	assert_int_equal(with(64, all, 8), VERDICT_MALFORMED);
	assert_int_equal(with(72, late, 8), VERDICT_MALFORMED); /* expires */
	assert_int_equal(with(72, all, 8), VERDICT_MALFORMED);
	assert_int_equal(with(72, s.p + 64, 8), VERDICT_MALFORMED); /* expires when it was created */
	assert_int_equal(with(176, "\0\4\0\0", 4), VERDICT_OK);     /* a body of 262144 bytes */
	assert_int_equal(with(176, "\0\4\0\1", 4), VERDICT_MALFORMED);
	for (unsigned n = 0; n < 256; n++) {
		uint8_t label = (uint8_t)n;
		assert_int_equal(with(180, &label, 1), n >= 1 && n <= 5 ? VERDICT_OK : VERDICT_MALFORMED);
		assert_int_equal(with(181, &label, 1), n >= 1 && n <= 4 ? VERDICT_OK : VERDICT_MALFORMED);
		assert_int_equal(with(183, &label, 1),
		        n >= 'a' && n <= 'z' ? VERDICT_OK : VERDICT_MALFORMED); /* kind */
		assert_int_equal(with(193, &label, 1),
		        n >= 0x21 && n <= 0x7e ? VERDICT_OK : VERDICT_MALFORMED); /* media */
	}
	/* every shorter head, and longer ones */
	for (size_t n = 0; n < s.len; n++)
		assert_int_equal(
		        head_read(str_sub(s, 0, n), &r), n < 16 ? VERDICT_WRONG_CONTEXT : VERDICT_MALFORMED);
	buf_char(&b, 0);
	assert_int_equal(head_read(buf_str(&b), &r), VERDICT_MALFORMED);
}

/* The fixed part of the example and these strings: kind, media, exercise, sender, count, recipients. */
static enum statement_verdict strings(const char *kind, const char *media, const char *exercise,
        const char *sender, unsigned count, const char *const *to)
{
	const char *before[] = {kind, media, exercise, sender};
	auto_buf struct buf b = {0};
	struct head h = example(), r;

	written(&b, &h);
	b.len = 182;
	for (unsigned i = 0; i < 4 + count; i++) {
		struct str s = str_from(i < 4 ? before[i] : to[i - 4]);
		if (i == 4)
			buf_char(&b, (char)count);
		buf_char(&b, (char)s.len);
		buf_add(&b, s);
	}
	return head_read(buf_str(&b), &r);
}

static void recipients(void **state)
{
	static const char *const kh[] = {"kh"}, *const la[] = {"la"}, *const twice[] = {"kh", "kh"},
	                         *const down[] = {"mm", "kh"};
	static const char *const self[] = {"kh", "la"}, *const bad[] = {"kh", "zz9"},
	                         *const two[] = {"kh", "mm"};
	const char *many[65];
	char names[65][24];

	(void)state;
	for (unsigned i = 0; i < 65; i++) {
		snprintf(names[i], sizeof(names[i]), "p%02u.example", i);
		many[i] = names[i];
	}
	assert_int_equal(strings("a", "m", "", "la", 1, kh), VERDICT_OK);
	assert_int_equal(strings("a", "m", "", "la", 1, la), VERDICT_OK); /* a note to self */
	assert_int_equal(strings("a", "m", "", "la", 2, two), VERDICT_OK);
	assert_int_equal(strings("a", "m", "", "la", 2, twice), VERDICT_MALFORMED);
	assert_int_equal(strings("a", "m", "", "la", 2, down), VERDICT_MALFORMED);
	assert_int_equal(strings("a", "m", "", "la", 2, self), VERDICT_MALFORMED);
	assert_int_equal(strings("a", "m", "", "la", 2, bad), VERDICT_MALFORMED);
	assert_int_equal(strings("a", "m", "", "la", 64, many), VERDICT_OK);
	assert_int_equal(strings("a", "m", "", "la", 65, many), VERDICT_MALFORMED);
	assert_int_equal(strings("a", "", "", "la", 1, kh), VERDICT_MALFORMED);
	assert_int_equal(strings("", "m", "", "la", 1, kh), VERDICT_MALFORMED);
	assert_int_equal(strings("a", "m", "", "", 1, kh), VERDICT_MALFORMED);
	assert_int_equal(strings("a", "m", "la", "la", 1, kh), VERDICT_MALFORMED);
	assert_int_equal(strings("abcdefghijklmnopabcdefghijklmnop", "m", "", "la", 1, kh), VERDICT_OK);
	assert_int_equal(
	        strings("abcdefghijklmnopabcdefghijklmnopq", "m", "", "la", 1, kh), VERDICT_MALFORMED);
	assert_int_equal(strings("a.b-c", "m", "", "la", 1, kh), VERDICT_OK);
	assert_int_equal(strings("a.-c", "m", "", "la", 1, kh), VERDICT_MALFORMED);
	assert_int_equal(strings(".a", "m", "", "la", 1, kh), VERDICT_MALFORMED);
	assert_int_equal(strings("a.", "m", "", "la", 1, kh), VERDICT_MALFORMED);
}

static void frames(void **state)
{
	auto_buf struct buf head = {0}, b = {0};
	struct head h = example();
	struct statement s;
	static const uint8_t signature[STATEMENT_SIGNATURE] = {3};

	(void)state;
	written(&head, &h);
	statement_write(&b, buf_str(&head), signature, STR("salt and body"));
	size_t len = b.len;
	buf_add(&b, STR("more"));
	assert_int_equal(statement_frame(buf_str(&b), &s), VERDICT_OK);
	assert_true(s.bytes.len == len && str_eq(s.head, buf_str(&head)) &&
	        str_eq(s.content, STR("salt and body")));
	for (size_t n = 0; n < len; n++)
		assert_int_equal(statement_frame(str_make(b.p, n), &s), VERDICT_TRUNCATED);
	/* lengths are judged before their bytes are there */
	assert_int_equal(statement_frame(STR("\x20\x01"), &s), VERDICT_TOO_LARGE);
	assert_int_equal(statement_frame(STR("\x20\x00"), &s), VERDICT_TRUNCATED);
	memcpy(b.p + 2 + head.len + 64, "\0\4\0\x21", 4);
	assert_int_equal(statement_frame(str_make(b.p, 70 + head.len), &s), VERDICT_TOO_LARGE);
	memcpy(b.p + 2 + head.len + 64, "\0\4\0\x20", 4);
	assert_int_equal(statement_frame(str_make(b.p, 70 + head.len), &s), VERDICT_TRUNCATED);
	assert_int_equal(statement_frame(str_make(NULL, 0), &s), VERDICT_TRUNCATED);
}

#define A60 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void names(void **state)
{
	static const char *const parties[] = {"la", "zz", "a.b", "apcert.org", "gate1.provider.example",
	        "1.2", "xn--abc.de", "a-b.c", A60 ".bc"};
	static const char *const no_parties[] = {"", "l", "LA", "l1", "1l", "abc", "a b", ".ab", "ab.",
	        "a..b", "-a.b", "a-.b", "a.-b", "a.b-", "A.b", "a_b.c", "la\n", "a.b\n", A60 ".bcd", "a/b",
	        "\xc3\xa9.b"};
	static const char *const groups[] = {"abc", "clmv", "asean.org", "a..", "a--", "a12", A60 "bcd"};
	static const char *const no_groups[] = {
	        "", "ab", "Abc", "1ab", ".ab", "ab_", "a b", "abc\n", A60 "bcde", "\303\251bc"};
	static const char *const drills[] = {
	        "", "la/river-2027", "la/a", "la/1", "a.b/x-", "la/abcdefghijklmnopabcdefghijklmnop"};
	static const char *const no_drills[] = {"/", "la", "la/", "/x", "la/-x", "la/X", "la/x/y", "la//x",
	        "LA/x", "la/x y", "la/x.y", "la/abcdefghijklmnopabcdefghijklmnopq"};

	(void)state;
#define EACH(list, check, want)                                                                              \
	for (size_t i = 0; i < sizeof(list) / sizeof((list)[0]); i++)                                        \
		if (check(str_from((list)[i])) != (want))                                                    \
			fail_msg("%s(\"%s\")", #check, (list)[i]);
	EACH(parties, party_id_good, true)
	EACH(no_parties, party_id_good, false)
	EACH(groups, group_ok, true)
	EACH(no_groups, group_ok, false)
	EACH(drills, exercise_ok, true)
	EACH(no_drills, exercise_ok, false)
	assert_false(party_id_good(str_make("l\0", 2)));
	assert_false(party_id_good(str_make("a.b\0", 4)));
	assert_true(str_eq(exercise_party(STR("kh/x")), STR("kh")));
	assert_int_equal(statement_tlp_find(STR("AMBER+STRICT")), STATEMENT_STRICT);
	assert_int_equal(statement_tlp_find(STR("")), 0);
	assert_int_equal(statement_pap_find(STR("AMBER+STRICT")), 0);
	assert_int_equal(
	        statement_tlp_name(6).len + statement_pap_name(5).len + statement_tlp_name(0).len, 0);
	for (enum statement_verdict v = 0; v < VERDICT_END; v++)
		assert_int_equal(verdict_find(str_from(verdict_table[v].word)), v);
	assert_int_equal(verdict_find(STR("")), VERDICT_END);
}

static bool is_time(struct str s)
{
	int64_t t;

	return stamp_read(s, &t);
}

/* Each fifth day of years 1000 to 9999, and seconds around it, there and back. */
static void times(void **state)
{
	static const char *const no_times[] = {"", "2026-11-24T03:00:00", "2026-11-24T03:00:00z",
	        "2026-11-24t03:00:00Z", "2026-11-24 03:00:00Z", "2026-11-24T03:00:60Z",
	        "2026-11-24T03:60:00Z", "2026-11-24T24:00:00Z", "2026-11-31T00:00:00Z",
	        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
	        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "0999-12-31T23:59:59Z",
	        "2026-11-24T03:00:00ZZ", "2026-11-24T03:00:0 Z", "+026-11-24T03:00:00Z",
	        "2026-11-24T03:00:00+00:00"};
	int64_t t, first = civil_days(1000, 1, 1) * DAY_SECONDS,
	           last = civil_days(9999, 12, 31) * DAY_SECONDS + DAY_SECONDS - 1;
	char s[21], before[21] = "";

	(void)state;
	EACH(no_times, is_time, false)
	for (int64_t day = first; day <= last; day += 5 * DAY_SECONDS) {
		int64_t at = day + day / DAY_SECONDS * 7919 % DAY_SECONDS;
		at += at < day ? DAY_SECONDS : 0;
		stamp_print(s, at);
		if (!stamp_read(str_from(s), &t) || t != at)
			fail_msg("%lld is printed as %s and read as %lld", (long long)at, s, (long long)t);
		assert_true(strcmp(before, s) < 0); /* texts of times stand in the order of times */
		memcpy(before, s, sizeof(s));
	}
	stamp_print(s, last);
	assert_string_equal(s, "9999-12-31T23:59:59Z");
	stamp_print(s, 0);
	assert_string_equal(s, "1970-01-01T00:00:00Z");
	stamp_print(s, -1);
	assert_string_equal(s, "1969-12-31T23:59:59Z");
	stamp_print(s, 951782400);
	assert_string_equal(s, "2000-02-29T00:00:00Z");
	/* beyond the years that there are: some text of twenty bytes, no fault */
	stamp_print(s, INT64_MAX / 4);
	stamp_print(s, INT64_MIN / 4);
	assert_true(strlen(s) <= 20);
}

/* ---- tables -------------------------------------------------------------------------------------- */

static bool among(const char *words, struct str word)
{
	struct str rest = str_from(words);

	while (rest.len > 0) {
		struct str_cut cut = str_cut(rest, ' ');
		if (str_eq(cut.head, word))
			return true;
		rest = cut.tail;
	}
	return false;
}

static void kinds(void **state)
{
	(void)state;
	for (enum kind k = 0; k < KIND_END; k++) {
		const struct kind_row *row = &kind_table[k];
		const char *lists[] = {row->required, row->optional};
		assert_int_equal(kind_find(str_from(row->name)), k);
		assert_true(row->senders != 0 && row->people <= 2 && strlen(row->name) <= 32);
		for (unsigned i = 0; i < 2; i++) {
			struct str rest = str_from(lists[i]);
			while (rest.len > 0) {
				struct str_cut cut = str_cut(rest, ' ');
				assert_true(cut.head.len > 0); /* one blank between */
				assert_false(among(cut.tail.len > 0 ? cut.tail.p : "", cut.head));
				assert_false(i == 0 && among(row->optional, cut.head));
				rest = cut.tail;
			}
		}
	}
	assert_int_equal(kind_find(STR("")), KIND_END);
	assert_int_equal(kind_find(STR("case")), KIND_END);
}

static void members(void **state)
{
	static const struct {
		enum member_type type;
		const char *names;
	} rows[] = {
#define MEMBER(type, names) {MEMBER_##type, names},
#include "trust/members.tbl"
#undef MEMBER
	};
	const unsigned count = sizeof(rows) / sizeof(rows[0]);

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		struct str rest = str_from(rows[i].names);
		while (rest.len > 0) {
			struct str_cut cut = str_cut(rest, ' ');
			bool used = among(member_common, cut.head) ||
			        among("size total in_force lifted complete opens", cut.head);
			assert_true(cut.head.len > 0);
			assert_int_equal(member_type(cut.head), rows[i].type);
			for (unsigned k = i + 1; k < count; k++)
				if (among(rows[k].names, cut.head))
					fail_msg("%.*s stands in two rows", STR_ARG(cut.head));
			for (enum kind k = 0; k < KIND_END && !used; k++)
				used = among(kind_table[k].required, cut.head) ||
				        among(kind_table[k].optional, cut.head);
			if (!used)
				fail_msg("no kind has the member %.*s", STR_ARG(cut.head));
			rest = cut.tail;
		}
	}
	assert_int_equal(member_type(STR("title")), MEMBER_TEXT);
	assert_int_equal(member_type(STR("")), MEMBER_TEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(round_trip),
	        cmocka_unit_test(malformed),
	        cmocka_unit_test(recipients),
	        cmocka_unit_test(frames),
	        cmocka_unit_test(names),
	        cmocka_unit_test(times),
	        cmocka_unit_test(kinds),
	        cmocka_unit_test(members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
