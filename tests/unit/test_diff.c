/* SPDX-License-Identifier: Apache-2.0
 *
 * Diffs: whatever was done to a text, the runs give back both to the byte and cut no letter of any script; and what comes out for edits that
 * people make is what they would mark by hand.
 */
#include "agree/diff.h"
#include "base/utf8.h"
#include "proc/reach.h"
#include "proc/sandbox.h"
#include "text/breaks.h"
#include "web/diff.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unicode/ubrk.h>
#include <unistd.h>

#include <cmocka.h>

static const struct str sentences[] = {
        STR_INIT("Each party names an office that answers at any hour. It tells the others when it changes."),
        STR_INIT("M\u1ed7i b\u00ean ch\u1ec9 \u0111\u1ecbnh m\u1ed9t c\u01a1 quan tr\u1ea3 l\u1eddi b\u1ea5t "
                 "c\u1ee9 l\u00fac "
                 "n\u00e0o v\u00e0 b\u00e1o cho c\u00e1c b\u00ean kh\u00e1c."),
        STR_INIT("ແຕ່ລະຝ່າຍແຕ່ງຕັ້ງຫ້ອງການທີ່ຕອບໄດ້ທຸກເວລາ ແລະ ແຈ້ງໃຫ້ຝ່າຍອື່ນຮູ້ເມື່ອມີການປ່ຽນແປງ"),
        STR_INIT("ភាគីនីមួយៗចាត់តាំងការិយាល័យមួយដែលឆ្លើយតបគ្រប់ពេលវេលា ហើយប្រាប់ភាគីផ្សេងទៀតនៅពេលមានការផ្លាស់ប្តូរ"),
        STR_INIT("အဖွဲ့တိုင်းသည် အချိန်မရွေးဖြေကြားနိုင်သောရုံးတစ်ခုကို သတ်မှတ်ပြီး ပြောင်းလဲမှုရှိလျှင် အခြားအဖွဲ့များသို့ အသိပေးရမည်"),
        STR_INIT("Th\u00e0nh vi\u00ean: e\u0301 \U0001f469\u200d\U0001f4bb \U0001f1f1\U0001f1e6 n\u0303, "
                 "C\r\nD \u0600 12 {#k7qm}"),
};
#define SENTENCES (sizeof(sentences) / sizeof(sentences[0]))

struct random {
	uint64_t state;
};

static unsigned draw(struct random *r, unsigned below)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return (unsigned)(r->state >> 33) % below;
}

static struct differ *differ(void)
{
	struct err e = {0};
	struct differ *d = differ_new(&e);

	assert_non_null(d);
	return d;
}

/* ---- laws ---------------------------------------------------------------------------------------- */

/* 1 where a letter begins, as UAX #29 has it and the two signs that stack consonants want. */
static void letters(struct str s, char *ret)
{
	UErrorCode code = U_ZERO_ERROR;
	UBreakIterator *b = ubrk_open(UBRK_CHARACTER, "", NULL, 0, &code);
	UText *text = utext_openUTF8(NULL, s.p, (int64_t)s.len, &code);

	memset(ret, 0, s.len + 1);
	ubrk_setUText(b, text, &code);
	assert_true(U_SUCCESS(code));
	for (int32_t at = ubrk_first(b); at != UBRK_DONE; at = ubrk_next(b)) {
		bool stacked = at >= 3 &&
		        (memcmp(s.p + at - 3, "\xe1\x80\xb9", 3) == 0 ||
		                memcmp(s.p + at - 3, "\xe1\x9f\x92", 3) == 0);
		ret[at] = !stacked || (size_t)at == s.len;
	}
	ret[0] = 1;
	utext_close(text);
	ubrk_close(b);
}

static void holds(struct str old, struct str new, const struct diff_words *d, bool utf8)
{
	auto_buf struct buf o = {0}, n = {0};
	char *in_old = test_malloc(old.len + 1), *in_new = test_malloc(new.len + 1);

	letters(old, in_old);
	letters(new, in_new);
	for (unsigned i = 0; i < d->n; i++) {
		const struct diff_run *r = &d->run[i];
		assert_true(r->len > 0 && r->old_at == o.len && r->new_at == n.len);
		assert_true(i == 0 || r->kind != r[-1].kind);
		assert_false(i > 0 && r->kind == DIFF_OLD && r[-1].kind == DIFF_NEW);
		assert_true(!utf8 || (in_old[r->old_at] && in_new[r->new_at]));
		if (r->kind != DIFF_NEW)
			buf_add(&o, str_sub(old, r->old_at, r->len));
		if (r->kind != DIFF_OLD)
			buf_add(&n, str_sub(new, r->new_at, r->len));
	}
	assert_true(str_eq(buf_str(&o), old) && str_eq(buf_str(&n), new));
	assert_true(!d->heavy || d->n == 2);
	assert_true(!str_eq(old, new) || d->n == (old.len > 0));
	test_free(in_old);
	test_free(in_new);
}

/* A code point's beginning in s. */
static size_t place(struct random *r, struct str s)
{
	size_t at = draw(r, (unsigned)s.len + 1);

	while (at < s.len && ((unsigned char)s.p[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* Takes out, doubles, moves or puts in code points, anywhere: also inside letters. */
static void edit(struct random *r, struct buf *text)
{
	auto_buf struct buf out = {0};
	struct str s = buf_str(text), other = sentences[draw(r, SENTENCES)];
	size_t from = place(r, s), to = place(r, s), at = place(r, s), x = place(r, other),
	       y = place(r, other);
	unsigned what = draw(r, 3);

	if (to < from) {
		size_t swap = from;
		from = to;
		to = swap;
	}
	to = to - from > 40 ? from + place(r, str_sub(s, from, 40)) : to;
	while (to > from && to < s.len && ((unsigned char)s.p[to] & 0xc0) == 0x80)
		to--;
	buf_add(&out, str_sub(s, 0, what == 0 ? from : at));
	if (what == 0)
		buf_add(&out, str_skip(s, to));
	if (what == 1)
		buf_add(&out, str_sub(s, from, to - from));
	if (what == 2 && x < y)
		buf_add(&out, str_sub(other, x, y - x));
	if (what != 0)
		buf_add(&out, str_skip(s, at));
	buf_clear(text);
	buf_add(text, buf_str(&out));
}

static void any_edit(void **state)
{
	struct random r = {88172645463325252u};
	struct differ *d = differ();
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (unsigned i = 0; i < 600; i++) {
		auto_buf struct buf old = {0}, new = {0};
		struct diff_words words;
		for (unsigned k = 0; k <= i % 4; k++)
			buf_add(&old, sentences[(i + k * (i % 3)) % SENTENCES]);
		buf_add(&new, buf_str(&old));
		for (unsigned k = draw(&r, 6); k > 0; k--)
			edit(&r, &new);
		bool utf8 = utf8_valid(buf_str(&new));
		assert_true(utf8);
		diff_words(d, &a, buf_str(&old), buf_str(&new), &words);
		holds(buf_str(&old), buf_str(&new), &words, true);
		diff_words(d, &a, buf_str(&new), buf_str(&old), &words);
		holds(buf_str(&new), buf_str(&old), &words, true);
		arena_reset(&a);
	}
	arena_done(&a);
	differ_free(d);
}

/* Also of what is no text. */
static void any_bytes(void **state)
{
	struct random r = {1181783497276652981u};
	struct differ *d = differ();
	struct arena a;
	char old[64], new[64];

	(void)state;
	arena_init(&a, 0);
	for (unsigned i = 0; i < 1000; i++) {
		struct str o = {old, draw(&r, sizeof(old))}, n = {new, draw(&r, sizeof(new))};
		struct diff_words words;
		for (unsigned k = 0; k < sizeof(old); k++) {
			old[k] = "a b\xe1\x80\x80\xe1\x80\xb9\n\xf0\xff\0."[draw(&r, 14)];
			new[k] = draw(&r, 3) > 0 ? old[k] : "ab\xe1\x9f\x92\xe1\x9e\x80"[draw(&r, 8)];
		}
		diff_words(d, &a, o, n, &words);
		holds(o, n, &words, false);
		arena_reset(&a);
	}
	arena_done(&a);
	differ_free(d);
}

/* Two whole texts that share their letters and nothing else; under a sanitizer a second is enough for a bounded search, and a day is not for
 * one that has no bound. */
static void nothing_common(void **state)
{
	struct random r = {5};
	struct differ *d = differ();
	struct arena a;
	auto_buf struct buf old = {0}, new = {0};
	struct diff_words words;

	(void)state;
	arena_init(&a, 0);
	for (unsigned i = 0; i < 16384; i++) {
		buf_char(&old, "!#$%&()*"[draw(&r, 8)]);
		buf_char(&new, "!#$%&()*"[draw(&r, 8)]);
	}
	diff_words(d, &a, buf_str(&old), buf_str(&new), &words);
	holds(buf_str(&old), buf_str(&new), &words, true);
	arena_done(&a);
	differ_free(d);
}

/* ---- words --------------------------------------------------------------------------------------- */

static void shows(struct differ *d, const char *old, const char *new, const char *want)
{
	struct arena a;
	struct diff_words words;
	auto_buf struct buf out = {0};

	arena_init(&a, 0);
	diff_words(d, &a, str_from(old), str_from(new), &words);
	diff_print(&out, str_from(old), str_from(new), &words);
	buf_char(&out, 0);
	assert_string_equal(out.p, want);
	arena_done(&a);
}

static void as_by_hand(void **state)
{
	struct differ *d = differ();

	(void)state;
	shows(d, "", "", "");
	shows(d, "the same", "the same", "the same");
	shows(d, "", "new", "{+new+}");
	shows(d, "the parties shall act", "the parties should act", "the parties [-shall-]{+should+} act");
	shows(d, "One is here. Two is there.", "One is here. Zero is here. Two is there.",
	        "One is here. {+Zero is here. +}Two is there.");
	shows(d, "a big old red house stands", "a house stands", "a [-big old red -]house stands");
	/* the blank and the comma in the middle are in both, and no reader wants to know */
	shows(d, "in the first case, after hearing all parties, it acts at once",
	        "in the second instance, after hearing all parties, it acts at once",
	        "in the [-first case-]{+second instance+}, after hearing all parties, it acts at once");
	shows(d, "within 24 hours", "within 48 hours", "within [-24-]{+48+} hours");
	shows(d, "one two three four", "five six seven four",
	        "[-one two three four-]\n{+five six seven four+}");
	shows(d, "a\u202eb c d", "a\u202eb c e", "a\\xe2\\x80\\xaeb c [-d-]{+e+}");
	shows(d, "a\x1b[2Jb c d", "a\x1b[2Jb c e", "a\\x1b[2Jb c [-d-]{+e+}");
	differ_free(d);
}

/* One word of a sentence without blanks; what the dictionary finds was looked at by itself. */
static void without_blanks(void **state)
{
	struct differ *d = differ();

	(void)state;
	shows(d, "ຫ້ອງການທີ່ຕອບໄດ້ທຸກເວລາ", "ຫ້ອງການທີ່ຕອບໄດ້ທຸກມື້", "ຫ້ອງການທີ່ຕອບໄດ້[-ທຸກເວລາ-]{+ທຸກມື້+}");
	shows(d, "ការិយាល័យមួយដែលឆ្លើយតបគ្រប់ពេល", "ការិយាល័យពីរដែលឆ្លើយតបគ្រប់ពេល",
	        "ការិយាល័យ[-មួយ-]{+ពីរ+}ដែលឆ្លើយតបគ្រប់ពេល");
	shows(d, "အဖွဲ့တိုင်းသည် ရုံးတစ်ခုကို သတ်မှတ်ရမည်", "အဖွဲ့တိုင်းသည် ဌာနတစ်ခုကို သတ်မှတ်ရမည်", "အဖွဲ့တိုင်းသည် [-ရုံး-]{+ဌာန+}တစ်ခုကို သတ်မှတ်ရမည်");
	/* scripts that no dictionary is for, here Tai Tham: by letters */
	auto_buf struct buf old = {0}, new = {0};
	for (unsigned i = 0; i < 60; i++) {
		char letter[] = {
		        '\xe1', '\xa8', (char)(0xa0 + i % 20), '\xe1', '\xa9', '\xae'}; /* with a vowel */
		buf_add(&old, str_make(letter, sizeof(letter)));
		letter[2] = i == 30 ? (char)0xb8 : letter[2];
		buf_add(&new, str_make(letter, sizeof(letter)));
	}
	struct arena a;
	struct diff_words words;
	arena_init(&a, 0);
	diff_words(d, &a, buf_str(&old), buf_str(&new), &words);
	assert_int_equal(words.n, 4);
	assert_int_equal(words.run[1].len, 6);
	assert_int_equal(words.run[2].len, 6);
	arena_done(&a);
	differ_free(d);
}

/* ---- clauses ------------------------------------------------------------------------------------- */

static struct agree_text text(struct arena *a, const char *bytes, bool translation)
{
	struct agree_text ret = {0};
	struct agree_fault fault = {0};

	assert_true(agree_text_parse(a, str_from(bytes), translation, &ret, &fault));
	return ret;
}

static void row_is(const struct diff_row *row, enum clause_change change, bool moved, const char *id,
        const char *old, const char *new)
{
	const struct clause *c = row->new != NULL ? row->new : row->old;

	assert_int_equal(row->change, change);
	assert_int_equal(row->moved, moved);
	assert_true(str_eq(c->id, str_from(id)));
	assert_true(str_eq(row->old_number, str_from(old)) && str_eq(row->new_number, str_from(new)));
}

static void clause_list(void **state)
{
	static const char old[] = "# T {#3333}\n\n## One {#3449}\n\nFirst. {#355f}\n\nSecond. "
	                          "{#366n}\n\nThird. {#377v}\n\nFourth. {#3884}\n";
	static const char new[] = "# T {#3333}\n\n## One {#3449}\n\nFourth. {#3884}\n\nFirst of all. "
	                          "{#355f}\n\nNew. {#399a}\n\nThird. {#377v}\n";
	struct arena a;
	struct diff_list list;

	(void)state;
	arena_init(&a, 0);
	struct agree_text o = text(&a, old, false), n = text(&a, new, false);
	diff_texts(&a, &o, &n, &list);
	assert_int_equal(list.n, 7);
	row_is(&list.row[0], CLAUSE_SAME, false, "3333", "", "");
	row_is(&list.row[1], CLAUSE_SAME, false, "3449", "1", "1");
	row_is(&list.row[2], CLAUSE_SAME, true, "3884", "1.4", "1.1");
	row_is(&list.row[3], CLAUSE_CHANGED, false, "355f", "1.1", "1.2");
	row_is(&list.row[4], CLAUSE_GONE, false, "366n", "1.2", "");
	row_is(&list.row[5], CLAUSE_NEW, false, "399a", "", "1.3");
	row_is(&list.row[6], CLAUSE_SAME, false, "377v", "1.3", "1.4");
	assert_int_equal(list.count[CLAUSE_SAME], 4);
	assert_int_equal(list.moved, 1);
	arena_done(&a);
}

static void only_the_mark(void **state)
{
	struct arena a;
	struct diff_list list;

	(void)state;
	arena_init(&a, 0);
	struct agree_text o = text(&a, "# T {#3333:0123456789abcdef}\n", true),
	                  n = text(&a, "# T {#3333:0123456789abcdee}\n", true);
	diff_texts(&a, &o, &n, &list);
	assert_true(list.n == 1 && list.row[0].change == CLAUSE_CHANGED && list.row[0].mark);
	n = text(&a, "# U {#3333:0123456789abcdee}\n", true);
	diff_texts(&a, &o, &n, &list);
	assert_true(list.n == 1 && list.row[0].change == CLAUSE_CHANGED && !list.row[0].mark);
	arena_done(&a);
}

static unsigned times(struct str s, const char *what)
{
	unsigned n = 0;

	for (size_t at = 0; (at = str_find_str(s, at, str_from(what))) != SIZE_MAX; at++)
		n++;
	return n;
}

/* The list leads to each clause; each ins and del says where it begins and ends; what is mostly other words stands side by side. */
static void as_a_page(void **state)
{
	static const char old[] = "# T {#3333}\n\nThe parties shall act at once. {#3449}\n\nA mail goes out. "
	                          "{#355f}\n\nGone. {#366n}\n";
	static const char new[] = "# T {#3333}\n\nThe parties <should> act at once. {#3449}\n\nWhoever asks "
	                          "says why. {#355f}\n";
	struct differ *d = differ();
	auto_buf struct buf out = {0};
	struct arena a;
	struct diff_list list;

	(void)state;
	arena_init(&a, 0);
	struct agree_text o = text(&a, old, false), n = {0};
	struct agree_fault fault;
	assert_false(agree_text_parse(&a, str_from(new), false, &n, &fault)); /* HTML in a text */
	n = text(&a,
	        "# T {#3333}\n\nThe parties < & should act at once. {#3449}\n\nWhoever asks says why. "
	        "{#355f}\n",
	        false);
	diff_texts(&a, &o, &n, &list);
	diff_document(&out, d, &a, &list, o.bytes, n.bytes);
	struct str page = buf_str(&out);
	assert_int_equal(times(page, "<li>"), 3);
	assert_int_equal(times(page, "href=\"#diff-3449\""), 1);
	assert_int_equal(times(page, "id=\"diff-3449\""), 1);
	assert_int_equal(times(page, "2 changed, 0 new, 1 gone, 0 moved, 1 unchanged"), 1);
	assert_int_equal(times(page,
	                         "<del><span class=\"unseen\">removed: </span>shall<span class=\"unseen\"> "
	                         "end of what was removed </span></del>"),
	        1);
	assert_int_equal(times(page, "<ins><span class=\"unseen\">inserted: </span>&lt; &amp; should<"), 1);
	assert_int_equal(times(page, "<del>"), 2);
	assert_int_equal(times(page, "<ins>"), 1);
	assert_int_equal(times(page, "class=\"sides\""), 1);
	assert_int_equal(times(page, "A mail goes out."), 1);
	arena_done(&a);
	differ_free(d);
}

/* More pairs than are remembered: each gives what it gave, and the last ones are there. */
static void remembered(void **state)
{
	struct differ *d = differ();
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < DIFF_CACHE + 100; i++) {
			struct clause old = {0}, new = {0};
			struct diff_words words;
			old.source = STR("one two three four {#3333}");
			new.source = arena_printf(&a, "one two %u four {#3333}", i);
			clause_digest(&old);
			clause_digest(&new);
			diff_clauses(d, &a, &old, &new, &words);
			holds(old.source, new.source, &words, true);
			uint64_t hits = differ_hits(d);
			diff_clauses(d, &a, &old, &new, &words);
			assert_int_equal(differ_hits(d), hits + 1);
			holds(old.source, new.source, &words, true);
		}
	/* going round a ring that is too small finds nothing again but the pair that was just put */
	assert_int_equal(differ_hits(d), 2 * (DIFF_CACHE + 100));
	arena_done(&a);
	differ_free(d);
}

/* ---- the walls ----------------------------------------------------------------------------------- */

/* As the desk stands: no file may be opened, and no socket. Rules and dictionaries are used for the first time behind that. */
static void behind_the_walls(void **state)
{
	int status = -1;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err e = {0};
		struct reach *f = reach_new();
		if (reach_close(f, &e) < 0 || sandbox_process(SANDBOX_DESK, &e) != 0)
			_exit(2);
		bool closed = !reach_can_close() || access("/etc/passwd", R_OK) != 0 ||
		        fopen("/etc/passwd", "r") == NULL;
		struct breaks *b = breaks_open(&e);
		if (b == NULL || !closed)
			_exit(3);
		for (unsigned i = 2; i < 5; i++) {
			struct pieces p = {0};
			breaks_words(b, sentences[i], &p);
			/* without a dictionary each stretch between blanks would be one piece */
			if (p.all.n < 15)
				_exit(4);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(behind_the_walls),
	        cmocka_unit_test(any_edit),
	        cmocka_unit_test(any_bytes),
	        cmocka_unit_test(nothing_common),
	        cmocka_unit_test(as_by_hand),
	        cmocka_unit_test(without_blanks),
	        cmocka_unit_test(clause_list),
	        cmocka_unit_test(only_the_mark),
	        cmocka_unit_test(as_a_page),
	        cmocka_unit_test(remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
