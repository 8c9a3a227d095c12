/* SPDX-License-Identifier: Apache-2.0
 *
 * What the bytes of texts and manifests must hold to, tried on many made at random: what is taken is written again as it came, and
 * what is refused is refused in the first line at fault, whatever stands behind it.
 */
#include "agree/manifest.h"
#include "agree/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static unsigned draw(uint64_t *state, unsigned below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (unsigned)(*state >> 33) % below;
}

/* ---- manifests ----------------------------------------------------------------------------------- */

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TEN "aaaaaaaaaa"
#define SIXTY TEN TEN TEN TEN TEN TEN
#define VALUES 10

/* Lines in their order: for which rules (letters as in the table of the formats), values at the edges of what is allowed, and
 * just beyond. */
static const struct row {
	const char *rules, *word, *good[VALUES], *bad[VALUES];
} rows[] = {
        {"SAMRC", "instrument", {"a", "0.-", SIXTY "abc"}, {"", "-a", "A", "a_b", "a b", SIXTY "abcd"}},
        {"SAMRC", "title", {"t", "\u0e81\u0ebb", "a  b", "\u00a0x\u200b", SIXTY SIXTY SIXTY TEN TEN},
                {"", " t", "t ", SIXTY SIXTY SIXTY TEN TEN "x", "a\u202eb", "a\tb", "a\r", "\ufeff",
                        "a\xc2\x85"}},
        {"SAMRC", "round", {"2", "999", "10"}, {"0", "1000", "02", "+2", "2 ", ""}},
        {"SAMRC", "previous", {HEX}, {"-", "", HEX "0", "ABCDEF" HEX}},
        {"SAMRC", "member", {"kh 1 " HEX, "kh 999999999 " HEX},
                {"kh 0 " HEX, "kh 1000000000 " HEX, "KH 1 " HEX, "kh 1", "kh 1 " HEX " x", "kh  1 " HEX,
                        "x 1 " HEX}},
        {"SAMRC", "member", {"la 1 " HEX, "la-x.example 2 " HEX}, {"kh 1 " HEX, "aa 1 " HEX}},
        {"SAMRC", "member", {"vn 1 " HEX}, {"kh 2 " HEX, ""}},
        {"SAMRC", "observer", {"mm", "org.example", "zz"}, {"vn", "kh", "a..b", "", "mm "}},
        {"SAMRC", "chair", {"kh", "vn"}, {"sg", "-", ""}},
        {"SAMRC", "deputy", {"-"}, {"sg", "", "- "}},
        {"SAMRC", "secretariat", {"vn", "kh"}, {"sg", "-"}},
        {"SAMRC", "text", {"en " HEX " authentic", "km-Khmr-KH " HEX " authentic"},
                {"e " HEX, "engl " HEX, "en- " HEX, "en-abcdefghi " HEX, "EN " HEX, "en",
                        "en " HEX " Authentic"}},
        {"SAMRC", "text", {"lo " HEX, "vi " HEX},
                {"aa " HEX, "en " HEX " authentic", "lo " HEX " authentic"}},
        {"SAMRC", "opens", {"2027-03-01T02:00:00Z"},
                {"2027-02-29T02:00:00Z", "2027-03-01T02:00:00+00:00", ""}},
        {"SAMRC", "closes", {"2027-03-15T02:00:00Z", "2028-02-29T02:00:00Z"},
                {"2028-02-29T02:00:01Z", "2027-03-01T02:59:59Z", "2026-03-01T02:00:00Z",
                        "2027-03-15T24:00:00Z"}},
        {"SAMRC", "zone", {"+00:00", "-00:00", "+14:45", "-14:45", "+06:30"},
                {"+15:00", "+07:10", "07:00", "+7:00", "+07:60", "Z"}},
        {"SAMRC", "off", {"2027-03-08", "2028-02-29", "1999-12-31"},
                {"2027-02-29", "2027-3-8", "2027-03-08 "}},
        {"S", "rule", {"silence"}, {"quorum", "Silence", ""}},
        {"A", "rule", {"assent"}, {"assent "}},
        {"M", "rule", {"meeting"}, {"meetings"}},
        {"R", "rule", {"recorded"}, {"record"}},
        {"C", "rule", {"none"}, {"consult"}},
        {"AM", "needs", {"1", "3"}, {"0", "4", "ALL", "01"}},
        {"SAM", "level", {"node", "human"}, {"sent", "relay", ""}},
        {"SAM", "min-notice", {"24h", "14d", "336h"}, {"23h", "0h", "61d", "1441h", "024h", "3", "3w"}},
        {"SAM", "working-days", {"0", "5"}, {"31", "-1", "00", "5 "}},
        {"SAM", "breaks", {"none", "comment", "amendment objection", "comment amendment objection"},
                {"", "objection amendment", "none none", "support", "comment  objection",
                        "objection objection"}},
        {"SAM", "extend", {"0 1h", "5 30d", "2 720h"}, {"6 1d", "1 31d", "1 721h", "1 0h", "1", "1 1d 1"}},
        {"SAM", "grace", {"0h", "0d", "7d", "168h"}, {"169h", "8d", "-1h", "1", ""}},
        {"SAM", "unserved", {"hold", "except"}, {"none", "hold "}},
        {"SAM", "confirm", {"1", "3"}, {"0", "4"}},
        {"SAM", "reservation", {"forbidden", "allowed"}, {"yes"}},
        {"SAM", "disassociation", {"forbidden", "allowed"}, {"no"}},
        {"SAM", "persons", {"1 1", "3 3", "1 2"}, {"0 1", "1 4", "1", "1 1 1"}},
        {"SAMR", "statements", {"0h", "365d", "8760h"}, {"366d", "8761h", "1mo"}},
        {"SAMR", "in-force", {"adopted+0h", "adopted+3650d", "9999-12-31T23:59:59Z", "1000-01-01T00:00:00Z"},
                {"adopted+3651d", "adopted", "adopted+", "adopted +1h", "now", "0999-01-01T00:00:00Z"}},
        {"SAMR", "review", {"none", "1mo", "60mo"}, {"0mo", "61mo", "01mo", "12", "mo"}},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const char *one_of(uint64_t *r, const char *const values[VALUES])
{
	unsigned n = 0;

	while (n < VALUES && values[n] != NULL)
		n++;
	return values[draw(r, n)];
}

static bool stands(const struct row *row, char rule)
{
	return strchr(row->rules, rule) != NULL;
}

/* wrong: the row that has a value beyond; ROWS: none. Returns its line. */
static unsigned make(uint64_t *r, char rule, unsigned wrong, struct buf *out)
{
	unsigned line = 1, ret = 0;

	buf_clear(out);
	buf_add(out, STR("weir-round-1\n"));
	for (unsigned i = 0; i < ROWS; i++) {
		if (!stands(&rows[i], rule))
			continue;
		buf_printf(out, "%s %s\n", rows[i].word, one_of(r, i == wrong ? rows[i].bad : rows[i].good));
		line++;
		if (i == wrong)
			ret = line;
	}
	return ret;
}

static void refused(const struct buf *bytes, unsigned line)
{
	struct manifest m;
	struct agree_fault fault;

	if (manifest_read(buf_str(bytes), &m, &fault))
		fail_msg("taken, wrong in line %u:\n%.*s", line, (int)bytes->len, bytes->p);
	if (fault.line != line)
		fail_msg("line %u, not %u: %s\n%.*s", fault.line, line, fault.why, (int)bytes->len, bytes->p);
}

static void manifests(void **state)
{
	static const char rules[] = "SAMRC";
	auto_buf struct buf bytes = {0}, again = {0};
	uint64_t r = 20270301;

	(void)state;
	for (unsigned k = 0; k < 3000; k++) {
		char rule = rules[k % 5];
		struct manifest m;
		struct agree_fault fault;
		make(&r, rule, ROWS, &bytes);
		if (!manifest_read(buf_str(&bytes), &m, &fault))
			fail_msg("line %u: %s\n%.*s", fault.line, fault.why, (int)bytes.len, bytes.p);
		buf_clear(&again);
		manifest_write(&again, &m);
		if (!str_eq(buf_str(&again), buf_str(&bytes)))
			fail_msg("%.*s\nis written %.*s", (int)bytes.len, bytes.p, (int)again.len, again.p);
		unsigned wrong = draw(&r, ROWS);
		if (stands(&rows[wrong], rule))
			refused(&bytes, make(&r, rule, wrong, &bytes));
	}
}

/* ---- texts --------------------------------------------------------------------------------------- */

#define LINES 16

static void add_line(uint64_t *r, struct buf *out, unsigned *id)
{
	static const char *const start[] = {"# ", "## ", "### ", "#### ", "", "", "- ", "- ", "    - ",
	        "    1. ", "        - ", "##### ", "  - ", "* ", "1) ", "\u1041. ", "+"};
	static const char *const bare[] = {"|a|", "|a|b|", "| |", "||", "a", "<b>", "\u202e", " "};
	char mark[CLAUSE_ID];
	unsigned what = draw(r, 20);

	if (what < 8) {
		buf_char(out, '\n');
		return;
	}
	if (what < 10) {
		buf_printf(out, "%s\n", bare[draw(r, what == 8 ? 2 : sizeof(bare) / sizeof(bare[0]))]);
		return;
	}
	*id += draw(r, 30) > 0;
	clause_id_make(*id * 97 % CLAUSE_IDS, mark);
	buf_printf(out, "%sw {#%.*s}\n", start[draw(r, what < 18 ? 9 : sizeof(start) / sizeof(start[0]))],
	        CLAUSE_ID, mark);
}

/* Its first n lines. */
static struct str first_lines(struct str text, unsigned n)
{
	size_t at = 0;

	for (; n > 0; n--)
		at = str_find_str(text, at, STR("\n")) + 1;
	return str_sub(text, 0, at);
}

static void taken(struct arena *a, const struct agree_text *t)
{
	auto_buf struct buf out = {0};
	struct str *number = agree_numbers(a, t);

	for (unsigned i = 0; i < t->n; i++) {
		agree_text_add(&out, i > 0 ? t->clause[i - 1].source : (struct str){0}, t->clause[i].source);
		for (unsigned k = 0; k < i; k++)
			assert_false(str_eq(number[i], number[k]));
	}
	agree_text_end(&out);
	assert_true(str_eq(buf_str(&out), t->bytes));
}

/* The lines before the one at fault are a text, but for an empty one at their end; behind it may stand what will. */
static void at_fault(struct arena *a, uint64_t *r, struct str text, unsigned line, unsigned lines)
{
	auto_buf struct buf other = {0};
	struct str before = first_lines(text, line - 1);
	struct agree_text t;
	struct agree_fault fault;
	unsigned id = 200;

	if (str_ends(before, STR("\n\n")))
		before = str_sub(before, 0, before.len - 1);
	if (before.len > 1)
		assert_true(agree_text_parse(a, before, false, &t, &fault));
	if (line == lines)
		return;
	buf_add(&other, first_lines(text, line));
	for (unsigned i = 0; i < 4; i++)
		add_line(r, &other, &id);
	assert_false(agree_text_parse(a, buf_str(&other), false, &t, &fault));
	assert_int_equal(fault.line, line);
}

static void texts(void **state)
{
	struct arena a;
	uint64_t r = 8;
	unsigned good = 0;

	(void)state;
	arena_init(&a, 0);
	for (unsigned k = 0; k < 20000; k++) {
		auto_buf struct buf text = {0};
		struct agree_text t;
		struct agree_fault fault;
		unsigned lines = 1 + draw(&r, LINES), id = 1;
		buf_add(&text, STR("# T {#a3bd}\n"));
		for (unsigned i = 1; i < lines; i++)
			add_line(&r, &text, &id);
		if (agree_text_parse(&a, buf_str(&text), false, &t, &fault)) {
			good++;
			taken(&a, &t);
		} else {
			assert_in_range(fault.line, 1, lines);
			at_fault(&a, &r, buf_str(&text), fault.line, lines);
		}
		arena_reset(&a);
	}
	arena_done(&a);
	assert_true(good > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(manifests),
	        cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
