/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/entry_in.h"
#include "base/utf8.h"
#include "text/breaks.h"
#include "text/nfc.h"
#include "text/zawgyi.h"

static const struct {
	enum entry_grade grade;
	struct str sentence;
} notes[] = {
#define NOTE(symbol, grade, sentence) {ENTRY_##grade, STR_INIT(sentence)},
#include "agree/entry.tbl"
#undef NOTE
};

enum entry_grade entry_grade(enum entry_what what)
{
	return notes[what].grade;
}

void entry_say(struct buf *out, const struct entry_note *note)
{
	struct str rest = notes[note->what].sentence;

	for (size_t at; (at = str_find(rest, 0, '{')) != SIZE_MAX; rest = str_skip(rest, at + 3)) {
		char shown[256];
		buf_add(out, str_sub(rest, 0, at));
		if (rest.p[at + 1] != '1' && rest.p[at + 1] != '2') {
			buf_add(out, str_sub(rest, at, 3));
			continue;
		}
		buf_add(out, err_quote(shown, sizeof(shown), note->value[rest.p[at + 1] - '1']));
	}
	buf_add(out, rest);
}

/* What is done to many lines is said once, and twice the same of one line is once. */
static struct entry_note *same_note(struct draft *d, enum entry_what what, unsigned line, struct str one)
{
	bool done = notes[what].grade == ENTRY_DONE;

	for (unsigned i = d->ret->n; i-- > 0;) {
		struct entry_note *n = &d->ret->note[i];
		if (n->what == what && (done || (n->line == line && str_eq(n->value[0], one))))
			return n;
		if (!done && n->line + 1 < line && notes[n->what].grade != ENTRY_DONE)
			return NULL;
	}
	return NULL;
}

void entry_note(struct draft *d, enum entry_what what, unsigned line, struct str one, struct str two)
{
	struct entry_note *n = same_note(d, what, line, one);

	d->bad = d->bad || notes[what].grade == ENTRY_MEND;
	if (n != NULL) {
		n->count += notes[what].grade == ENTRY_DONE;
		return;
	}
	if (d->ret->n == ENTRY_NOTES) {
		d->ret->more++;
		return;
	}
	d->ret->note[d->ret->n++] =
	        (struct entry_note){what, line, 1, {arena_str(d->a, one), arena_str(d->a, two)}};
}

void entry_note_plain(struct draft *d, enum entry_what what, unsigned line)
{
	entry_note(d, what, line, STR(""), STR(""));
}

/* ---- what people should look at ------------------------------------------------------------------ */

static void look_char(struct draft *d, uint32_t before, uint32_t c, uint32_t after, unsigned line)
{
	bool joins = c == 0x200b || c == 0x200d;

	if (!breaks_invisible(c) ||
	        (joins && (breaks_unspaced(before) || breaks_unspaced(after) || before > 0xffff)))
		return;
	entry_note(d, c == 0x200e || c == 0x200f || c == 0x61c ? ENTRY_DIRECTION : ENTRY_INVISIBLE, line,
	        arena_printf(d->a, "U+%04X", c), STR(""));
}

static void look_chars(struct draft *d, struct str s, unsigned line)
{
	uint32_t before = 0, c = 0;

	if (s.len == 0 || utf8_plain(s))
		return;
	for (size_t i = 0, len; i <= s.len; i += len) {
		uint32_t after = 0;
		len = 1;
		if (i < s.len)
			after = utf8_get(s, i, &len);
		if (c >= 0x80)
			look_char(d, before, c, after, line);
		before = c;
		c = after;
	}
	if (!nfc_is(s))
		entry_note_plain(d, ENTRY_NOT_NFC, line);
	if (zawgyi_likely(s))
		entry_note_plain(d, ENTRY_ZAWGYI, line);
}

/* "2.1 Words", and of a heading also "2 Words", "2. Words". */
static void look_number(struct draft *d, const struct block *b)
{
	size_t n = 0;
	bool point = b->kind == CLAUSE_HEADING;

	while (n < b->words.len && (char_digit(b->words.p[n]) || (n > 0 && b->words.p[n] == '.'))) {
		point = point || b->words.p[n] == '.';
		n++;
	}
	if (point && n > 0 && n < 12 && n < b->words.len && b->words.p[n] == ' ')
		entry_note(d, ENTRY_TYPED_NUMBER, b->line, str_sub(b->words, 0, n), STR(""));
}

void entry_look_block(struct draft *d, const struct block *b)
{
	look_number(d, b);
	look_chars(d, b->words, b->line);
	look_chars(d, b->table, b->line);
}

static void begin(struct draft *d, struct arena *a, const struct entry_args *args, struct entry *ret)
{
	*ret = (struct entry){.note = arena_array(a, ENTRY_NOTES, sizeof(*ret->note))};
	*d = (struct draft){.a = a, .args = args, .ret = ret};
}

static void look_all(struct draft *d, const struct agree_text *text)
{
	for (unsigned i = 0; i < text->n; i++) {
		const struct clause *c = &text->clause[i];
		struct block b = {.kind = c->kind, .words = c->words, .table = c->table, .line = c->line};
		entry_look_block(d, &b);
	}
}

void entry_look(struct arena *a, const struct agree_text *text, struct entry *ret)
{
	static const struct entry_args none = {.random = NULL};
	struct draft d;

	begin(&d, a, &none, ret);
	look_all(&d, text);
	ret->good = true;
	ret->bytes = text->bytes;
	ret->text = *text;
}

/* ---- print --------------------------------------------------------------------------------------- */

static void put_start(struct buf *out, const struct block *b)
{
	for (unsigned i = 0; b->kind == CLAUSE_ITEM && i < b->level; i++)
		buf_add(out, STR("    "));
	for (unsigned i = 0; b->kind == CLAUSE_HEADING && i < b->level; i++)
		buf_char(out, '#');
	if (b->kind == CLAUSE_HEADING)
		buf_char(out, ' ');
	if (b->kind == CLAUSE_ITEM)
		buf_add(out, b->ordered ? STR("1. ") : STR("- "));
}

static void put_line(struct buf *out, const struct block *b)
{
	put_start(out, b);
	buf_add(out, b->words);
	buf_printf(out, " {#%.*s", STR_ARG(b->id));
	if (b->base.len > 0)
		buf_printf(out, ":%.*s", STR_ARG(b->base));
	buf_char(out, '}');
}

static struct str source_of(struct draft *d, const struct block *b)
{
	auto_buf struct buf out = {0};

	if (b->as_is)
		buf_add(&out, b->source);
	else
		put_line(&out, b);
	if (b->table.len > 0) {
		buf_add(&out, STR("\n\n"));
		buf_add(&out, b->table);
	}
	return arena_str(d->a, buf_str(&out));
}

/* A paragraph that begins as something else does gets a backslash. */
static void escape(struct draft *d, struct block *b)
{
	struct str line = arena_printf(d->a, "%.*s {#3333}", STR_ARG(b->words));
	struct clause c;

	if (b->as_is || b->kind != CLAUSE_PARAGRAPH || b->words.len == 0 ||
	        (clause_read_line(line, false, &c) == NULL && c.kind == CLAUSE_PARAGRAPH))
		return;
	b->words = arena_printf(d->a, "\\%.*s", STR_ARG(b->words));
	entry_note_plain(d, ENTRY_ESCAPED, b->line);
}

static struct str composed(struct draft *d, struct block *b, struct str s)
{
	auto_buf struct buf out = {0};

	if (nfc_is(s))
		return s;
	nfc_add(&out, s);
	b->as_is = false;
	entry_note_plain(d, ENTRY_NFC, b->line);
	return arena_str(d->a, buf_str(&out));
}

static void compose(struct draft *d)
{
	for (unsigned i = 0; d->args->nfc && i < d->n; i++) {
		d->block[i].words = composed(d, &d->block[i], d->block[i].words);
		d->block[i].table = composed(d, &d->block[i], d->block[i].table);
	}
}

static unsigned line_feeds(struct str s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == '\n';
	return n;
}

/* Prints all, and lets the text's own rules say whether it is one. */
static void print(struct draft *d)
{
	auto_buf struct buf out = {0};
	unsigned *line = arena_array(d->a, d->n + 1, sizeof(*line)), k = 0;
	struct str before = {0};
	struct agree_fault fault;

	for (unsigned i = 0; i < d->n; i++) {
		struct str source = source_of(d, &d->block[i]);
		agree_text_add(&out, before, source);
		line[i] = line_feeds(buf_str(&out)) + 1 - line_feeds(source);
		before = source;
	}
	agree_text_end(&out);
	d->ret->bytes = arena_str(d->a, buf_str(&out));
	if (agree_text_parse(d->a, d->ret->bytes, d->args->of != NULL, &d->ret->text, &fault))
		return;
	while (k + 1 < d->n && line[k + 1] <= fault.line)
		k++;
	entry_note(d, ENTRY_OTHER, fault.line > 0 ? d->block[k].line : 0, str_from(fault.why), STR(""));
}

/* ---- all of it ----------------------------------------------------------------------------------- */

/* True: the draft is a text already, of which nothing is changed. */
static bool is_text(struct draft *d, struct str bytes)
{
	struct agree_fault fault;
	unsigned bad;
	enum translation_state state[AGREE_CLAUSES];

	if (!agree_text_parse(d->a, bytes, d->args->of != NULL, &d->ret->text, &fault))
		return false;
	if (d->args->of != NULL && !translation_states(d->args->of, &d->ret->text, state, &bad))
		return false;
	for (unsigned i = 0; d->args->nfc && i < d->ret->text.n; i++)
		if (!nfc_is(d->ret->text.clause[i].source))
			return false;
	return true;
}

static void make(struct draft *d, struct str bytes)
{
	d->block = arena_array(d->a, AGREE_CLAUSES + 1, sizeof(*d->block));
	entry_lines(d, bytes);
	entry_blocks(d);
	compose(d);
	for (unsigned i = 0; i < d->n; i++)
		escape(d, &d->block[i]);
	if (!d->bad)
		entry_marks(d);
	for (unsigned i = 0; i < d->n; i++)
		entry_look_block(d, &d->block[i]);
	if (!d->bad)
		print(d);
	if (!d->bad && d->ret->n == 0 && !str_eq(d->ret->bytes, bytes))
		entry_note_plain(d, ENTRY_EMPTY, 0);
	buf_done(&d->words);
	buf_done(&d->rows);
}

/* What stops a text first, then what is to be looked at, then what was done; each from the first line on. */
static void sort_notes(struct entry *ret)
{
	for (unsigned i = 1; i < ret->n; i++) {
		struct entry_note n = ret->note[i];
		unsigned k = i;
		for (; k > 0; k--) {
			const struct entry_note *before = &ret->note[k - 1];
			int by = (int)notes[before->what].grade - (int)notes[n.what].grade;
			if (by > 0 || (by == 0 && before->line <= n.line))
				break;
			ret->note[k] = *before;
		}
		ret->note[k] = n;
	}
}

void entry_make(struct arena *a, struct str bytes, const struct entry_args *args, struct entry *ret)
{
	struct draft d;

	begin(&d, a, args, ret);
	if (bytes.len > ENTRY_MAX) {
		entry_note_plain(&d, ENTRY_SIZE, 0);
	} else if (is_text(&d, bytes)) {
		ret->bytes = bytes;
		entry_origins(&d, &ret->text);
		look_all(&d, &ret->text);
	} else {
		make(&d, bytes);
	}
	sort_notes(ret);
	ret->good = !d.bad;
}
