/* SPDX-License-Identifier: Apache-2.0
 *
 * Entry of drafts: what people write and paste becomes the text that they meant, everything that was done is said, and what comes out
 * does not change when it is entered again.
 */
#include "agree/entry.h"
#include "agree/translate.h"
#include "base/os.h"
#include "text/nfc.h"
#include "text/zawgyi.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

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

/* Always the same bytes: ids are then 3333, 334., 335. ... in order of need. */
static void zeros(void *p, size_t len)
{
	memset(p, 0, len);
}

static const struct entry_args plain = {.random = zeros};

static struct entry make(struct arena *a, const char *draft, const struct entry_args *args)
{
	struct entry ret;

	entry_make(a, str_from(draft), args, &ret);
	return ret;
}

/* The bytes without their marks. */
static const char *unmarked(struct arena *a, struct str bytes)
{
	auto_buf struct buf out = {0};

	while (bytes.len > 0) {
		size_t at = str_find_str(bytes, 0, STR(" {#"));
		if (at == SIZE_MAX)
			at = bytes.len;
		buf_add(&out, str_sub(bytes, 0, at));
		bytes = str_skip(bytes, at);
		bytes = str_cut(bytes, '}').tail;
	}
	return arena_str(a, buf_str(&out)).p;
}

static void gives(const char *draft, const char *want)
{
	struct arena a;

	arena_init(&a, 0);
	struct entry e = make(&a, draft, &plain);
	for (unsigned i = 0; i < e.n && !e.good; i++) {
		auto_buf struct buf b = {0};
		entry_say(&b, &e.note[i]);
		print_message("%u: %.*s\n", e.note[i].line, STR_ARG(buf_str(&b)));
	}
	assert_true(e.good);
	assert_string_equal(unmarked(&a, e.bytes), want);
	arena_done(&a);
}

static const struct entry_note *noted(const struct entry *e, enum entry_what what)
{
	for (unsigned i = 0; i < e->n; i++)
		if (e->note[i].what == what)
			return &e->note[i];
	return NULL;
}

static void says(const char *draft, const struct entry_args *args, enum entry_what what, unsigned line,
        const char *one, const char *two)
{
	struct arena a;

	arena_init(&a, 0);
	struct entry e = make(&a, draft, args);
	const struct entry_note *n = noted(&e, what);
	if (n == NULL)
		print_message("'%s': %u notes, not %u\n", draft, e.n, what);
	assert_non_null(n);
	assert_int_equal(n->line, line);
	assert_true(one == NULL || str_eq(n->value[0], str_from(one)));
	assert_true(two == NULL || str_eq(n->value[1], str_from(two)));
	assert_int_equal(e.good, entry_grade(what) != ENTRY_MEND);
	arena_done(&a);
}

/* ---- forms --------------------------------------------------------------------------------------- */

static void forms(void **state)
{
	(void)state;
	gives("# T\n\nWords\n", "# T\n\nWords\n");
	gives("\xef\xbb\xbf# T\r\n\r\n\r\nWords  \r\nthat go on\r\n", "# T\n\nWords that go on\n");
	gives("T\n===\n\nS\n---\n\nwords\n", "# T\n\n## S\n\nwords\n");
	gives("# T #\n\n## S ##\n\nC# and F#\n", "# T\n\n## S\n\nC# and F#\n");
	gives("# T\n\n* a\n* b\n  - c\n  - d\n    + e\n* f\n",
	        "# T\n\n- a\n- b\n    - c\n    - d\n        - e\n- f\n");
	gives("# T\n\n\u2022 a\n\u2022\tb\n\to\tc\n\n\uf0b7\u00a0 d\n\u2013 e\n",
	        "# T\n\n- a\n- b\n    - c\n- d\n- e\n");
	gives("# T\n\n1. a\n2. b\n10) c\n(d) d\nii) e\n", "# T\n\n1. a\n1. b\n1. c\n1. d\n1. e\n");
	gives("# T\n\n\u17e1. a\n(\u1791) b\n\u1042) c\n\u0ed3. d\n", "# T\n\n1. a\n1. b\n1. c\n1. d\n");
	/* a line that was broken before a number is no item */
	gives("# T\n\nIt was in\n2019. Then it ended, and\n5) is a number too.\n",
	        "# T\n\nIt was in 2019. Then it ended, and 5) is a number too.\n");
	gives("# T\n\nas in\n(5) of\n10. and\n1. item\n", "# T\n\nas in (5) of 10. and\n\n1. item\n");
	gives("# T\n\nA list:\n1. a\n2. b\n", "# T\n\nA list:\n\n1. a\n1. b\n");
	gives("# T\n\n- a\n  goes on\n\n  and on\n- b\n", "# T\n\n- a goes on and on\n- b\n");
	gives("# T\n\nA table:\n| a | b\n|---|---|\n| 1 | 2 |\nMore.\n",
	        "# T\n\nA table:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nMore.\n");
	gives("# T\n\n> quoted\n> words\n\n***\n\n```\ncode\n```\n", "# T\n\nquoted words\n\ncode\n");
	gives("# T\n\n-5 degrees\n\n~ about\n\n`x`\n", "# T\n\n\\-5 degrees\n\n\\~ about\n\n\\`x`\n");
	gives("# T\n\none\\\ntwo\n\na\vb\n", "# T\n\none two\n\na b\n");
	gives("# T\n\n#### Deep\n\n# Other\n", "# T\n\n## Deep\n\n## Other\n");
	gives("Title\n\nWords\n", "# Title\n\nWords\n");
	/* a paste of a word processor: a line is a paragraph */
	gives("Title\nOne paragraph.\nAnother one.\n\u2022 item\n",
	        "# Title\n\nOne paragraph.\n\nAnother one.\n\n- item\n");
}

static void html(void **state)
{
	(void)state;
	gives("# T\n\nA <b>bold</b><!-- hidden\nfor ever --> word<br/>and more\n",
	        "# T\n\nA bold word and more\n");
	gives("<h1>T</h1><p>One</p><p class=\"x\">Two</p><ul><li>a<li>b</ul><script>alert(1)</script>End",
	        "# T\n\nOne\n\nTwo\n\n- a\n- b\n\nEnd\n");
	gives("# T\n\nSee <https://cert.example/a> and <duty@cert.example>, x <y, 3 < 4 ![a](b)\n",
	        "# T\n\nSee [https://cert.example/a](https://cert.example/a) and duty@cert.example, x < y, 3 "
	        "< 4 [a](b)\n");
	says("# T\n\nA <b>word</b>\n", &plain, ENTRY_HTML, 3, "<b>", NULL);
	says("# T\n\nx <y\n", &plain, ENTRY_LESS, 3, NULL, NULL);
	says("# T\n\na&nbsp;b &amp;\n", &plain, ENTRY_ENTITY, 3, "&nbsp;", NULL);
	says("# T\n\n<!-- a\nb\nc --> d\n\ne &lt; f\n", &plain, ENTRY_ENTITY, 7, "&lt;", NULL);
}

/* Scripts without blanks: a broken line is joined without one. */
static void unspaced(void **state)
{
	(void)state;
	gives("# T\n\n\u0e82\u0ecd\u0ec9\n\u0e95\u0ebb\u0e81\n\nA\n\u0e95\u0ebb\u0e81\n",
	        "# T\n\n\u0e82\u0ecd\u0ec9\u0e95\u0ebb\u0e81\n\nA \u0e95\u0ebb\u0e81\n");
	says("# T\n\n\u1780\n\u1781\n", &plain, ENTRY_UNSPACED, 4, NULL, NULL);
	says("# T\n\nself-\nevident\n", &plain, ENTRY_HYPHEN, 4, NULL, NULL);
}

/* ---- what is said -------------------------------------------------------------------------------- */

static void looked_at(void **state)
{
	(void)state;
	says("# T\n\na\u200fb\n", &plain, ENTRY_DIRECTION, 3, "U+200F", NULL);
	says("# T\n\na\u202eb\n", &plain, ENTRY_BIDI, 3, "U+202E", NULL);
	says("# T\n\nx\n\nab\ufeff\n", &plain, ENTRY_BIDI, 5, "U+FEFF", NULL);
	says("# T\n\na\u00adb\n", &plain, ENTRY_INVISIBLE, 3, "U+00AD", NULL);
	says("# T\n\na\u200bb\n", &plain, ENTRY_INVISIBLE, 3, "U+200B", NULL);
	says("# T\n\na\x01"
	     "b\n",
	        &plain, ENTRY_CONTROL, 3, "U+0001", NULL);
	says("# T\n\ne\u0301\n", &plain, ENTRY_NOT_NFC, 3, NULL, NULL);
	says("# T\n\n2.1 Words\n", &plain, ENTRY_TYPED_NUMBER, 3, "2.1", NULL);
	says("# T\n\n1. One\n1.1 Words\n", &plain, ENTRY_JOINED_NUMBER, 4, "1.1", NULL);
	says("# T\n\n## 3 Words\n", &plain, ENTRY_TYPED_NUMBER, 3, "3", NULL);
	says("# T\n\n\u1031\u1000\u1039 \u1031\u1014\u1039\n", &plain, ENTRY_ZAWGYI, 3, NULL, NULL);
	says("\xff\xfeT", &plain, ENTRY_UTF16, 0, NULL, NULL);
	says("# T\n\na\xff\n", &plain, ENTRY_UTF8, 3, NULL, NULL);
	says("\n \n", &plain, ENTRY_NO_WORDS, 0, NULL, NULL);
	says("- a\n", &plain, ENTRY_NO_TITLE, 1, NULL, NULL);
	says("# T\n\n| a |\n", &plain, ENTRY_NO_CAPTION, 3, NULL, NULL);
	/* ZWSP between letters of Khmer is how people break words there */
	struct arena a;
	arena_init(&a, 0);
	struct entry e = make(&a, "# T {#3333}\n\n\u1780\u200b\u1781 2027 is a year {#3449}\n", &plain);
	assert_true(e.good && e.n == 0);
	arena_done(&a);
}

static void marks(void **state)
{
	static const struct str used[] = {STR_INIT("k7qm"), STR_INIT("3333")};
	struct entry_args args = {.random = zeros, .used = used, .nused = 2};
	struct arena a;

	(void)state;
	says("# T\n\nw {#k7qn}\n", &args, ENTRY_MISTYPED, 3, "k7qn", "the nearest known one is 'k7qm'");
	says("# T\n\nw {#7kqm}\n", &args, ENTRY_MISTYPED, 3, "7kqm", "the nearest known one is 'k7qm'");
	says("# T\n\nw {#k7q}\n", &args, ENTRY_MISTYPED, 3, "k7q", "the nearest known one is 'k7qm'");
	says("# T\n\nw {#yyyy}\n", &args, ENTRY_MISTYPED, 3, "yyyy", "'yyyj' would be one");
	says("# T\n\nw {#oooo}\n", &args, ENTRY_MISTYPED, 3, "oooo",
	        "no known one is near it; without its mark the clause gets a new one");
	says("# T {#K7QM}\n", &args, ENTRY_LOWERED, 1, NULL, NULL);
	says("# T {#scope-of-it}\n", &args, ENTRY_OTHER_MARK, 1, "{#scope-of-it}", NULL);
	says("# T {#k7qm}\n\nw {#k7qm}\n", &args, ENTRY_TWICE, 3, "k7qm", "1");
	says("# T\n\na {#k7qm} b\n", &args, ENTRY_MARK_INSIDE, 3, NULL, NULL);
	says("# T {#k7qm:0123456789abcdef}\n", &args, ENTRY_TRANSLATED, 1, NULL, NULL);
	says("# T {#3449}\n", &args, ENTRY_BY_HAND, 1, "3449", NULL);
	/* an id that was ever given is not given again, and one that stands there is kept */
	arena_init(&a, 0);
	struct entry e = make(&a, "# T\n\nw {#3449}\n\nx\n", &args);
	assert_true(e.good);
	assert_true(str_eq(e.bytes, STR("# T {#355f}\n\nw {#3449}\n\nx {#366n}\n")) ||
	        str_eq(e.bytes, STR("# T {#334a}\n\nw {#3449}\n\nx {#335b}\n")) || e.text.n == 3);
	assert_true(!str_eq(e.text.clause[0].id, STR("3333")) && str_eq(e.text.clause[1].id, STR("3449")));
	/* a mark below its paragraph is its mark, and a broken paragraph may have it at its end */
	e = make(&a, "# T\n\nw\n{#3449}\n\nbroken\nline {#355f}\nnext\n", &plain);
	assert_true(e.good && e.text.n == 4);
	assert_true(str_eq(e.text.clause[1].id, STR("3449")) && str_eq(e.text.clause[1].words, STR("w")));
	assert_true(str_eq(e.text.clause[2].words, STR("broken line")) &&
	        str_eq(e.text.clause[2].id, STR("355f")));
	arena_done(&a);
}

static void all_ids_used(void **state)
{
	struct arena a;
	struct str *used;
	struct entry_args args = {.random = zeros};

	(void)state;
	arena_init(&a, 0);
	used = arena_array(&a, CLAUSE_IDS, sizeof(*used));
	for (unsigned i = 0; i < CLAUSE_IDS; i++) {
		char id[CLAUSE_ID];
		clause_id_make(i, id);
		assert_int_equal(clause_id_number(str_make(id, CLAUSE_ID)), i);
		used[i] = arena_str(&a, str_make(id, CLAUSE_ID));
	}
	args.used = used;
	args.nused = CLAUSE_IDS;
	struct entry e = make(&a, "# T\n", &args);
	assert_true(!e.good && noted(&e, ENTRY_IDS_GONE) != NULL);
	args.nused--;
	e = make(&a, "# T\n", &args);
	assert_true(e.good && str_eq(e.text.clause[0].id, used[CLAUSE_IDS - 1]));
	arena_done(&a);
}

static void too_much(void **state)
{
	auto_buf struct buf b = {0};
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	buf_add(&b, STR("# T\n"));
	for (unsigned i = 0; i < 600; i++)
		buf_printf(&b, "\nclause %u\n", i);
	buf_char(&b, 0);
	struct entry e = make(&a, b.p, &plain);
	assert_true(!e.good && noted(&e, ENTRY_OTHER) != NULL);
	assert_int_equal(noted(&e, ENTRY_OTHER)->line, 1001);
	buf_clear(&b);
	for (unsigned i = 0; i < 300000; i++)
		buf_add(&b, STR("word "));
	entry_make(&a, buf_str(&b), &plain, &e);
	assert_true(!e.good && noted(&e, ENTRY_SIZE) != NULL);
	entry_make(&a, str_sub(buf_str(&b), 0, 300000), &plain, &e);
	assert_true(!e.good && noted(&e, ENTRY_OTHER) != NULL);
	arena_done(&a);
}

/* ---- laws ---------------------------------------------------------------------------------------- */

static const char *const pieces[] = {"# T\n", "\n", "\n\n", "words and\nmore words\n", "words", " {#k7qm}\n",
        " {#3449}", "- a\n", "    - b\n", "  * c\n", "1. d\n", "2) e\n", "(f) g\n", "| r | s |\n", "|t\n",
        "## S\n", "#### D ####\n", "===\n", "---\n", "> q\n", "```\n", "\t", "  ", "\r\n", "<b>x</b>\n",
        "<li>", "\u1780\n\u1781\n", "\u200f", "-5\n", "~\n", "+\n", "\\\n", "%% r\n", "e\u0301\n",
        "<a@b.example>", "![i](u)\n", "\u00a0", "a\x01", "\u2028", "{#", "}\n", "9. \n", "[x](y) *b*\n",
        "same\n\n", "same\n\n"};

static void random_draft(struct random *r, struct buf *out)
{
	buf_add(out, draw(r, 4) > 0 ? STR("# Title\n\n") : STR(""));
	for (unsigned n = draw(r, 20); n > 0; n--)
		buf_add(out, str_from(pieces[draw(r, sizeof(pieces) / sizeof(pieces[0]))]));
}

/* What came out is a text; entered again it stays, alone and against itself; and the same draft against it gives it again. */
static void stays(void **state)
{
	struct random r = {88172645463325252u};
	unsigned good = 0;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (unsigned i = 0; i < 3000; i++) {
		auto_buf struct buf draft = {0};
		struct entry one, two;
		struct agree_text t;
		struct agree_fault fault;
		random_draft(&r, &draft);
		entry_make(&a, buf_str(&draft), &(struct entry_args){.random = os_random, .nfc = i % 2 == 1},
		        &one);
		if (one.good) {
			good++;
			assert_true(agree_text_parse(&a, one.bytes, false, &t, &fault));
			entry_make(&a, one.bytes, &plain, &two);
			assert_true(two.good && str_eq(two.bytes, one.bytes));
			for (unsigned k = 0; k < two.n; k++)
				assert_int_equal(entry_grade(two.note[k].what), ENTRY_LOOK);
			entry_make(&a, buf_str(&draft),
			        &(struct entry_args){.random = os_random, .base = &t, .nfc = i % 2 == 1},
			        &two);
			assert_true(two.good && str_eq(two.bytes, one.bytes));
		} else {
			bool why = false;
			for (unsigned k = 0; k < one.n; k++)
				why = why || entry_grade(one.note[k].what) == ENTRY_MEND;
			assert_true(why);
		}
		arena_reset(&a);
	}
	assert_true(good > 750);
	arena_done(&a);
}

/* A clause that was rewritten keeps its mark; one whose mark was lost finds it by its words, also where the same words stand twice. */
static void against_base(void **state)
{
	static const char before[] = "# T {#3333}\n\nSame. {#3449}\n\nSame. {#355f}\n\nOther. {#366n}\n";
	struct agree_text base = {0};
	struct agree_fault fault;
	struct entry_args args = {.random = zeros, .base = &base};
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	assert_true(agree_text_parse(&a, str_from(before), false, &base, &fault));
	struct entry e = make(&a, "# T\n\nSame.\n\nNew.\n\nSame.\n\nOther words. {#366n}\n", &args);
	assert_true(e.good && e.text.n == 5);
	assert_true(str_eq(e.text.clause[1].id, STR("3449")) && str_eq(e.text.clause[3].id, STR("355f")));
	assert_true(agree_text_find(&base, e.text.clause[2].id) == NULL);
	assert_int_equal(noted(&e, ENTRY_FROM_BASE)->count, 3);
	/* without the sentence "GONE" a clause that was deleted would come back unseen */
	static const struct str used[] = {STR_INIT("377v")};
	args.used = used;
	args.nused = 1;
	e = make(&a, "# T {#3333}\n\nBack. {#377v}\n", &args);
	assert_true(e.good && noted(&e, ENTRY_GONE_ID) != NULL);
	arena_done(&a);
}

/* ---- translations -------------------------------------------------------------------------------- */

static const char authentic[] = "# Procedure {#3333}\n\nEach party names an office. {#3449}\n\n- first "
                                "{#355f}\n    1. deeper {#366n}\n\n"
                                "With a table: {#377v}\n\n| a |\n|---|\n";

static struct agree_text authentic_text(struct arena *a)
{
	struct agree_text ret = {0};
	struct agree_fault fault;

	assert_true(agree_text_parse(a, str_from(authentic), false, &ret, &fault));
	return ret;
}

static unsigned count_state(
        const struct agree_text *of, const struct agree_text *t, enum translation_state want)
{
	enum translation_state state[AGREE_CLAUSES];
	unsigned bad, n = 0;

	assert_true(translation_states(of, t, state, &bad));
	for (unsigned i = 0; i < of->n; i++)
		n += state[i] == want;
	return n;
}

static void by_place(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	struct agree_text of = authentic_text(&a);
	struct entry_args args = {.random = zeros, .of = &of};
	struct entry e = make(&a,
	        "# Th\u1ee7 t\u1ee5c\n\nM\u1ed7i b\u00ean.\n\n* m\u1ed9t\n* hai\n\nB\u1ea3ng:\n| x |\n",
	        &args);
	assert_true(e.good && count_state(&of, &e.text, TRANSLATION_OK) == 5);
	assert_true(
	        str_eq(e.text.clause[3].source, STR("    1. hai {#366n:")) || e.text.clause[3].level == 1);
	/* the same bytes again, and what came out again */
	struct entry again = make(&a, e.bytes.p, &args);
	assert_true(again.good && str_eq(again.bytes, e.bytes) && again.n == 0);
	/* a paste that has lost what was a heading and an item */
	e = make(&a, "Th\u1ee7 t\u1ee5c\n\nM\u1ed7i b\u00ean.\n\nm\u1ed9t\n\nhai\n\nB\u1ea3ng:\n", &args);
	assert_true(e.good && count_state(&of, &e.text, TRANSLATION_OK) == 5);
	/* between marks as many must stand as there; without any, as many as in all */
	e = make(&a, "# Th\n\nM {#3449}\n\n- a\n- b\n- c\n\nB {#377v}\n", &args);
	assert_true(!e.good && noted(&e, ENTRY_NOT_PARALLEL)->line == 5);
	says("# Th\n\nB {#377v}\n\nM {#3449}\n", &args, ENTRY_NOT_PARALLEL, 5, "there the order is another",
	        NULL);
	says("# Th\n\nB {#k7qm}\n", &args, ENTRY_NOT_PARALLEL, 3, "it has no clause of that id", NULL);
	says("# Th {#3333:12}\n", &args, ENTRY_BAD_BASE, 1, "12", NULL);
	arena_done(&a);
}

/* A sheet that nobody worked on gives the old translation again; one that is done, a translation that is whole. */
static void sheet(void **state)
{
	static const char old_words[] = "# Th {#3333:BASE}\n\nM {#3449:0123456789abcdef}\n\nB "
	                                "{#377v:fedcba9876543210}\n\n| c |\n|---|\n";
	auto_buf struct buf old_bytes = {0}, out = {0}, done = {0};
	struct translate_counts n;
	struct agree_text old;
	struct agree_fault fault;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	struct agree_text of = authentic_text(&a);
	struct entry_args args = {.random = zeros, .of = &of};
	char hex[2 * DIGEST_LEN + 1];
	str_hex_print(hex, of.clause[0].sha256, DIGEST_LEN);
	struct str_cut cut = {.head = str_from(old_words)};
	size_t at = str_find_str(cut.head, 0, STR("BASE"));
	buf_printf(&old_bytes, "%.*s%.16s%.*s", (int)at, old_words, hex,
	        (int)(sizeof(old_words) - 1 - at - 4), old_words + at + 4);
	assert_true(agree_text_parse(&a, buf_str(&old_bytes), true, &old, &fault));
	translate_sheet(&out, &of, &old, &n);
	assert_true(n.ok == 1 && n.stale == 2 && n.missing == 2 && n.gone == 0);
	assert_false(agree_text_parse(&a, buf_str(&out), true, &(struct agree_text){0}, &fault));
	struct entry e;
	entry_make(&a, buf_str(&out), &args, &e);
	assert_true(e.good && str_eq(e.bytes, old.bytes));
	assert_true(noted(&e, ENTRY_STILL_STALE) != NULL && noted(&e, ENTRY_STILL_MISSING) != NULL);
	/* all marks up to their colon */
	for (struct str rest = buf_str(&out); rest.len > 0;) {
		struct str_cut line = str_cut(rest, '\n');
		size_t mark = str_find_str(line.head, 0, STR("{#"));
		bool todo = mark != SIZE_MAX &&
		        (str_find_str(line.head, mark, STR(":stale-")) != SIZE_MAX ||
		                str_ends(line.head, STR(":missing}")));
		buf_add(&done, todo ? str_sub(line.head, 0, mark + 2 + CLAUSE_ID) : line.head);
		buf_add(&done, todo ? STR("}\n") : STR("\n"));
		rest = line.tail;
	}
	entry_make(&a, buf_str(&done), &args, &e);
	assert_true(e.good && count_state(&of, &e.text, TRANSLATION_OK) == of.n);
	/* a first translation */
	buf_clear(&out);
	translate_sheet(&out, &of, NULL, &n);
	assert_int_equal(n.missing, of.n);
	arena_done(&a);
}

/* ---- letters ------------------------------------------------------------------------------------- */

static void zawgyi(void **state)
{
	/* the same words in Unicode and in Zawgyi */
	static const char *const both[][2] = {
	        {"\u1019\u103c\u1014\u103a\u1019\u102c\u1014\u102d\u102f\u1004\u103a\u1004\u1036",
	                "\u103b\u1019\u1014\u1039\u1019\u102c\u108f\u102d\u102f\u1004\u1039\u1004\u1036"},
	        {"\u1014\u1031\u102c\u1000\u103a\u101e\u102d\u102f\u1037",
	                "\u1031\u1014\u102c\u1000\u1039\u101e\u102d\u102f\u1094"},
	        {"\u1019\u103e\u1010\u103a\u1001\u103b\u1000\u103a",
	                "\u1019\u103d\u1010\u1039\u1001\u103a\u1000\u1039"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		assert_false(zawgyi_likely(str_from(both[i][0])));
		assert_true(zawgyi_likely(str_from(both[i][1])));
	}
	/* in "I" a killed consonant has a vowel sign; Mon has U+1033 for a vowel */
	assert_false(zawgyi_likely(STR("\u1000\u103b\u103d\u1014\u103a\u102f\u1015\u103a")));
	assert_false(zawgyi_likely(STR("\u1012\u1033\u101e\u102e\u1017\u102c")));
	assert_false(zawgyi_likely(STR("")));
	assert_false(zawgyi_likely(STR("Latin \u17a2\u0e81")));
}

static void composed(void **state)
{
	auto_buf struct buf b = {0};

	(void)state;
	assert_true(nfc_is(STR("abc")) && nfc_is(STR("\u1ec7")) && nfc_is(STR("")));
	assert_false(nfc_is(STR("e\u0323\u0302")));
	nfc_add(&b, STR("e\u0323\u0302 \u0958 x"));
	/* U+0958 is composed and yet taken apart by NFC */
	assert_true(str_eq(buf_str(&b), STR("\u1ec7 \u0915\u093c x")));
	assert_true(nfc_is(buf_str(&b)));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(forms),
	        cmocka_unit_test(html),
	        cmocka_unit_test(unspaced),
	        cmocka_unit_test(looked_at),
	        cmocka_unit_test(marks),
	        cmocka_unit_test(all_ids_used),
	        cmocka_unit_test(too_much),
	        cmocka_unit_test(stays),
	        cmocka_unit_test(against_base),
	        cmocka_unit_test(by_place),
	        cmocka_unit_test(sheet),
	        cmocka_unit_test(zawgyi),
	        cmocka_unit_test(composed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
