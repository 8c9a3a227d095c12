/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts that are turned into columns come back as they were, whatever bytes they have; damage is noticed and goes nowhere.
 */
#include "day/lines.h"
#include "day/pack.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static uint64_t seed;
static struct err e;

static unsigned dice(unsigned n)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (unsigned)((z >> 33) % n);
}

static void comes_back(char separator, unsigned columns, struct str text)
{
	auto_buf struct buf turned = {0}, back = {0};
	struct lines l = {.separator = separator, .columns = columns};

	lines_turn(&l, text, &turned);
	lines_done(&l);
	assert_int_equal(lines_end(buf_str(&turned), columns + 1), turned.len);
	assert_int_equal(lines_back(buf_str(&turned), text.len, &back, &e), 0);
	assert_true(str_eq(buf_str(&back), text));
	if (text.len > 0)
		assert_int_equal(lines_back(buf_str(&turned), text.len - 1, &back, &e), ERR_FORMAT);
}

static void any_text(struct buf *ret)
{
	static const char bytes[] = ",,,,,\n\n\"\r;\t|abc012\0\xff";
	unsigned n = dice(dice(4) ? 300 : 5000), run = 1 + dice(40);

	buf_clear(ret);
	for (unsigned i = 0; i < n; i++)
		buf_char(ret, dice(run) ? 'x' : bytes[dice(sizeof(bytes))]);
}

static void chance(void **state)
{
	auto_buf struct buf text = {0};

	(void)state;
	for (seed = 1; seed < 4000;) {
		uint64_t next = seed + 1;
		char separator = dice(2) ? ',' : "\n\0;"[dice(3)];
		any_text(&text);
		comes_back(separator, 1 + dice(dice(2) ? 5 : LINES_COLUMNS), buf_str(&text));
		seed = next;
	}
}

static void edges(void **state)
{
	static const char *const texts[] = {
	        "", ",", "\n", "a", "a,", "a\n", ",\n,", "\n\n", "a,b\nc", "a,b,c,d\n,\n\n1,2,3,4,5,6"};

	(void)state;
	for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (unsigned n = 1; n < 6; n++)
			comes_back(',', n, str_from(texts[i]));
}

static void table(struct buf *ret, char separator, unsigned lines)
{
	for (unsigned i = 0; i < lines; i++)
		buf_printf(ret,
		        "2026-01-05 "
		        "%02u:%02u:%02u%c\"198.51.%u.%u\"%ctcp%c%u%c\"host-%u.example.net\"%c\"AS64500\"\n",
		        i / 3600, i / 60 % 60, i % 60, separator, dice(256), dice(256), separator, separator,
		        dice(65536), separator, dice(1u << 30), separator);
}

/* One that is a table gets smaller, one that is none stays as it is; both come back. */
static void packed(void **state)
{
	static const char separators[] = ",;\t|";
	size_t plain, turned;

	(void)state;
	seed = 1;
	for (unsigned i = 0; i < 5; i++) {
		auto_buf struct buf text = {0}, back = {0};
		struct pack *p = pack_new();
		if (i < 4)
			table(&text, separators[i], 9000);
		else
			for (unsigned k = 0; k < 200000; k++)
				buf_char(&text, (char)dice(256));
		plain = pack_blob(p, buf_str(&text), 0, PACK_RAW).len;
		struct str z = pack_text(p, buf_str(&text), PACK_RAW);
		turned = z.len;
		assert_int_equal(pack_open(p, z, 0, text.len, &back, &e), 0);
		assert_true(str_eq(buf_str(&back), buf_str(&text)));
		assert_int_equal(pack_open(p, z, 0, text.len - 1, &back, &e), ERR_FORMAT);
		if (i < 4)
			assert_true(turned * 10 < plain * 9);
		else
			assert_int_equal(turned, plain);
		pack_free(p);
	}
}

/* Whatever byte is another one: an error, or a text of the same length. */
static void damaged(void **state)
{
	auto_buf struct buf text = {0}, turned = {0}, back = {0};
	struct lines l = {.separator = ',', .columns = 7};
	unsigned errors = 0;

	(void)state;
	seed = 1;
	table(&text, ',', 20);
	lines_turn(&l, buf_str(&text), &turned);
	lines_done(&l);
	for (size_t i = 0; i < turned.len; i++) {
		char was = turned.p[i];
		turned.p[i] = (char)(was ^ (1 << dice(8)));
		buf_clear(&back);
		int rc = lines_back(buf_str(&turned), text.len, &back, &e);
		assert_true(rc == 0 ? back.len == text.len : rc == ERR_FORMAT);
		errors += rc != 0;
		turned.p[i] = was;
	}
	for (size_t i = 0; i < turned.len; i++)
		assert_int_not_equal(lines_back(str_make(turned.p, i), text.len, &back, &e), 0);
	assert_true(errors > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(chance), cmocka_unit_test(edges),
	        cmocka_unit_test(packed), cmocka_unit_test(damaged)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
