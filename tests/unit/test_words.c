/* SPDX-License-Identifier: Apache-2.0
 *
 * Words of pages: ids, values, and which language a browser gets.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "web/words.h"
#include <cmocka.h>

static void ids(void **state)
{
	char id[64];

	(void)state;
	for (unsigned i = 0; i < WORD_END; i++) {
		struct str name = word_id(i, id);
		/* a symbol that is there twice would not compile; one too long would be cut */
		assert_int_equal(word_find(name), i);
		assert_true(word_english(i).len > 0);
	}
	assert_int_equal(word_find(STR("no-such-word")), WORD_END);
	assert_int_equal(word_find(STR("severity-critical")), W_SEVERITY_CRITICAL);
}

static void filled(const char *text, const char *wanted)
{
	auto_buf struct buf b = {0};
	const struct str values[] = {STR("one"), STR("{1}")};

	word_fill(&b, str_from(text), values, 2);
	assert_int_equal(str_eq(buf_str(&b), str_from(wanted)), 1);
}

static void single(const char *text, const char *wanted)
{
	const struct str values[2] = {STR_INIT("1"), STR_INIT("2")};
	auto_buf struct buf b = {0};

	word_fill(&b, str_from(text), values, 2);
	assert_int_equal(str_eq(buf_str(&b), str_from(wanted)), 1);
}

/* Sentences of the program in another language. */
static void said(void **state)
{
	struct words *w = mem_zero(1, sizeof(*w));
	auto_buf struct buf b = {0};

	(void)state;
	for (unsigned i = 0; i < WORD_END; i++)
		w->text[i] = word_english(i);
	w->text[W_REFUSED_CLOSED] = STR("<{1}> zu");
	w->text[W_REFUSED_MERGE_OWNERS] = STR("{2}/{1}");
	w->text[W_REFUSED_LETTER_STATE] = STR("{4}{3}{2}{1}");
	assert_int_equal(words_said(w, STR("F12 is closed already\n"), &b), 0);
	assert_int_equal(words_said(w,
	                         STR("F1 and F2 are of different owners: only findings of one owner are "
	                             "merged"),
	                         &b),
	        0);
	assert_int_equal(words_said(w, STR("N1 is sent: only a letter that is due can be held"), &b), 0);
	assert_int_equal(str_eq(buf_str(&b), STR("<F12> zuF2/F1heldduesentN1")), 1);
	/* more than the sentence, less, and what is no value */
	assert_int_equal(words_said(w, STR("F12 is closed already, and more"), &b), -1);
	assert_int_equal(words_said(w, STR(" is closed already"), &b), -1);
	assert_int_equal(words_said(w, STR("F12 is clos"), &b), -1);
	assert_int_equal(words_said(w, STR(""), &b), -1);
	assert_int_equal(words_said(w, STR("line 1: x; F12 is closed already"), &b), -1);
	/* behind what it is about; a key by its word; a digest by its first digits */
	buf_clear(&b);
	w->text[W_SAID_LETTER] = STR("{1} {2} {3}");
	w->text[W_SAID_CASE_TASK_DONE] = STR("<{1}>");
	w->text[W_SAID_SIGNED] = STR("{1}/{2}");
	w->text[W_RKIND_POSITION] = STR("P");
	w->text[W_CSTATE_ACCEPTED] = STR("ja");
	w->text[W_STATE_DUE_AGAIN] = STR("D");
	w->text[W_STATE_HELD] = STR("H");
	assert_int_equal(words_said(w, STR("K1 LA-2026-1: task 7 is done\n"), &b), 0);
	assert_int_equal(words_said(w, STR("K1 LA-2026-1: accepted"), &b), 0);
	assert_int_equal(
	        words_said(w,
	                STR("agree.position "
	                    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef is signed "
	                    "and goes to all parties of the round"),
	                &b),
	        0);
	assert_int_equal(words_said(w, STR("N1 is due again; it was held"), &b), 0);
	w->text[W_SAID_TEXT] = STR(" {1} T");
	assert_int_equal(words_said(w, STR("1 clause, the authentic text"), &b), 0);
	assert_int_equal(words_said(w, STR("2 clauses, the authentic text"), &b), 0);
	assert_int_equal(words_said(w, STR("2 clause, the authentic text"), &b), -1);
	assert_int_equal(words_said(w, STR("K1 two words: task 7 is done"), &b), -1);
	assert_int_equal(words_said(w, STR("L1: accepted"), &b), -1);
	assert_int_equal(
	        str_eq(buf_str(&b), STR("K1 LA-2026-1: <7>K1 LA-2026-1: jaP/0123456789abN1 D H 1 T 2 T")), 1);
	free(w);
}

static void values(void **state)
{
	(void)state;
	filled("{1} and {2}", "one and {1}");
	filled("{2}{1}{1}", "{1}oneone");
	filled("{3} {0} {x} {1", "{3} {0} {x} {1");
	filled("", "");
	single("{1} clauses, {2} letters are due", "1 clause, 2 letters are due");
	single("{2} clauses {1}, {1} letters are due", "2 clauses 1, 1 letter is due");
}

static void wanted(void **state)
{
	struct words v[3] = {{.code = STR("en")}, {.code = STR("lo")}, {.code = STR("vi")}};
	struct languages l = {.v = v, .n = 3};

	(void)state;
	assert_ptr_equal(languages_wanted(&l, (struct str){0}), &v[0]);
	assert_ptr_equal(languages_wanted(&l, STR("lo-LA,lo;q=0.9,en;q=0.8")), &v[1]);
	assert_ptr_equal(languages_wanted(&l, STR("fr, VI;q=0.5, en;q=0.1")), &v[2]);
	assert_ptr_equal(languages_wanted(&l, STR("*")), &v[0]);
	assert_ptr_equal(languages_wanted(&l, STR(",,;-")), &v[0]);
	assert_ptr_equal(languages_find(&l, STR("vi")), &v[2]);
	assert_ptr_equal(languages_find(&l, STR("xx")), &v[0]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(ids), cmocka_unit_test(values),
	        cmocka_unit_test(said), cmocka_unit_test(wanted)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
