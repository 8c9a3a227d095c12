/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of mails to partners without a node, in each language that the sample has.
 */
#include "see/country.h"
#include "see/partner_letter.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void write_letter(
        const struct partner_letter *l, const char *code, struct buf *subject, struct buf *text)
{
	auto_arena struct arena a = {0};
	struct country_paths paths = {.sample = SOURCE_ROOT "/examples"};
	struct country c = {0};
	struct lang en, other;
	struct err e = {0};

	arena_init(&a, 0);
	if (lang_read(&paths, &c, &a, STR("en"), NULL, &en, &e) != 0 ||
	        lang_read(&paths, &c, &a, str_from(code), &en, &other, &e) != 0)
		fail_msg("%s", e.text);
	buf_clear(subject);
	buf_clear(text);
	partner_letter_write(l, &other, subject, text);
}

static void has(const struct buf *b, const char *s)
{
	if (str_find_str(buf_str(b), 0, str_from(s)) == SIZE_MAX)
		fail_msg("'%s' is not in: %.*s", s, STR_ARG(buf_str(b)));
}

/* What an observer of a round is told later: every word that there can be has its sentence in every language. */
static void test_told(void **state)
{
	static const char *const codes[] = {"en", "lo", "km", "my", "vi"};
	static const char *const words[] = {"taken", "taken-changed", "joined", "not-taken", "out-of-scope",
	        "carried", "withdrawn", NULL};
	static const char *const states[] = {"adopted", "adopted-except", "adopted-provisional", "broken",
	        "held", "lapsed", "disputed", NULL};
	auto_buf struct buf subject = {0}, text = {0};
	char key[64];

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		for (unsigned w = 0; words[w] != NULL; w++) {
			struct partner_letter_answer v = {
			        STR_INIT("Whose hours?\n{list}"), str_from(words[w]), STR_INIT("the desk's")};
			write_letter(&(struct partner_letter){.tag = STR_INIT("la-1"),
			                     .team = STR_INIT("Example CERT"),
			                     .answer = &v,
			                     .answers = 1},
			        codes[i], &subject, &text);
			has(&text, "\n> Whose hours?\n> {list}\n");
			has(&text, "\nthe desk's\n");
			snprintf(key, sizeof(key), "answer-%s", words[w]);
			assert_true(str_find_str(buf_str(&text), 0, str_from(key)) == SIZE_MAX);
			assert_true(
			        i == 0 || str_find_str(buf_str(&text), 0, str_from(words[w])) == SIZE_MAX);
		}
		for (unsigned k = 0; states[k] != NULL; k++) {
			write_letter(&(struct partner_letter){.tag = STR_INIT("la-1"),
			                     .result = str_from(states[k]),
			                     .adopted = 1767600000 * (int64_t)1000000,
			                     .sha256 = STR_INIT("00000000111111112222222233333333444444445555"
			                                        "55556666666677777777"),
			                     .certificate = true},
			        codes[i], &subject, &text);
			has(&text, "2026-01-05 08:00 UTC");
			has(&text,
			        "\n  00000000 11111111 22222222 33333333\n  44444444 55555555 66666666 "
			        "77777777\n");
			has(&text, "certificate.txt");
			assert_true(str_find(buf_str(&text), 0, '{') == SIZE_MAX);
			assert_true(
			        i == 0 || str_find_str(buf_str(&text), 0, str_from(states[k])) == SIZE_MAX);
		}
	}
}

static void test_letter(void **state)
{
	static const char *const codes[] = {"en", "lo", "km", "my", "vi"};
	auto_buf struct buf subject = {0}, text = {0};
	struct partner_letter l = {.label = TLP_GREEN,
	        .tag = STR_INIT("la-845b3c06a1"),
	        .title = STR_INIT("a phish\r\nBcc: x@y.example"),
	        .ask = STR_INIT("takedown-request"),
	        .text = STR_INIT("our words"),
	        .list = STR_INIT("  evil[.]example\n"),
	        .team = STR_INIT("Example CERT"),
	        .by = 1767600000 * (int64_t)1000000,
	        .by_hand = true};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		write_letter(&l, codes[i], &subject, &text);
		assert_true(str_eq(buf_str(&subject), STR("[weir la-845b3c06a1] a phish  Bcc: x@y.example")));
		assert_true(str_starts(buf_str(&text), STR("TLP:GREEN\n\nour words\n\n")));
		has(&text, "2026-01-05 08:00 UTC");
		has(&text, "[weir la-845b3c06a1]");
		has(&text, "  evil[.]example");
		has(&text, "Example CERT");
		has(&text, "details.csv");
		/* each variable stands for something, and each word has its translation */
		assert_true(str_find(buf_str(&text), 0, '{') == SIZE_MAX);
		assert_true(str_find_str(buf_str(&text), 0, STR("takedown-request")) == SIZE_MAX);
	}
	l.sealed = true;
	l.exercise = STR("la/monsoon");
	write_letter(&l, "en", &subject, &text);
	assert_true(str_eq(buf_str(&subject), STR("EXERCISE EXERCISE EXERCISE [weir la-845b3c06a1] ...")));
	assert_true(str_starts(buf_str(&text), STR("TLP:GREEN\n\nThis is an exercise (la/monsoon).")));
	has(&text, "a phish");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_told), cmocka_unit_test(test_letter)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
