/* SPDX-License-Identifier: Apache-2.0
 *
 * From lines to blocks: headings, paragraphs with their tables, items. What CommonMark lets people write in many ways is read in all of
 * them and is one thing here; a line that is a clause already, with its mark, is taken as it is.
 */
#include "agree/entry_in.h"
#include "base/utf8.h"
#include "text/breaks.h"

#define LONG 120 /* characters of a line that nobody breaks by hand */

static struct str skip_blanks(struct str s)
{
	while (s.len > 0 && (s.p[0] == ' ' || str_starts(s, STR("\xc2\xa0"))))
		s = str_skip(s, s.p[0] == ' ' ? 1 : 2);
	return s;
}

static struct str drop_blanks(struct str s)
{
	for (;;) {
		if (s.len > 0 && s.p[s.len - 1] == ' ')
			s.len--;
		else if (str_ends(s, STR("\xc2\xa0")))
			s.len -= 2;
		else
			return s;
	}
}

/* ---- the block that is being read ---------------------------------------------------------------- */

static struct block *last(struct draft *d)
{
	return d->n > 0 ? &d->block[d->n - 1] : NULL;
}

static void close_block(struct draft *d)
{
	struct block *b = last(d);

	if (b != NULL && d->words.len > 0)
		b->words = arena_str(d->a, buf_str(&d->words));
	if (b != NULL && d->rows.len > 0)
		b->table = arena_str(d->a, buf_str(&d->rows));
	buf_clear(&d->words);
	buf_clear(&d->rows);
	d->row = false;
}

/* NULL: there are too many. */
static struct block *open_block(struct draft *d, enum clause_kind kind, unsigned number)
{
	close_block(d);
	if (d->n > AGREE_CLAUSES) {
		d->full = true;
		return NULL;
	}
	struct block *b = &d->block[d->n++];
	*b = (struct block){.kind = kind,
	        .line = number,
	        .words = STR(""),
	        .table = STR(""),
	        .id = STR(""),
	        .base = STR("")};
	if (kind != CLAUSE_ITEM)
		d->depth = 0;
	return b;
}

static uint32_t last_char(struct str s)
{
	size_t at = s.len - 1, len;

	while (at > 0 && ((unsigned char)s.p[at] & 0xc0) == 0x80)
		at--;
	return utf8_get(s, at, &len);
}

/* "1.1 Words", "2. Words": in the middle of a paragraph a number, or a clause whose empty line was forgotten. */
static void look_joined(struct draft *d, struct str line, unsigned number)
{
	size_t n = 0;
	bool point = false;

	while (n < line.len && (char_digit(line.p[n]) || (n > 0 && line.p[n] == '.')))
		point |= line.p[n++] == '.';
	if (point && n < 12 && n < line.len && line.p[n] == ' ')
		entry_note(d, ENTRY_JOINED_NUMBER, number, str_sub(line, 0, n), STR(""));
}

/* Puts a line behind the words of the block, as one line. */
static void join(struct draft *d, struct str line, unsigned number)
{
	struct str words = buf_str(&d->words);
	size_t len;

	if (words.len > 0 && breaks_unspaced(last_char(words)) && breaks_unspaced(utf8_get(line, 0, &len)))
		entry_note_plain(d, ENTRY_UNSPACED, number);
	else if (words.len > 1 && words.p[words.len - 1] == '-' && words.p[words.len - 2] != ' ')
		entry_note_plain(d, ENTRY_HYPHEN, number);
	else if (words.len > 0)
		buf_char(&d->words, ' ');
	if (words.len > 0) {
		entry_note_plain(d, ENTRY_JOINED, number);
		look_joined(d, line, number);
	}
	buf_add(&d->words, line);
}

/* Words of a new block, and the mark behind them. */
static void begin(struct draft *d, struct block *b, struct str words)
{
	entry_take_mark(d, &words, b, b->line);
	buf_add(&d->words, drop_blanks(words));
}

/* ---- what a line is ------------------------------------------------------------------------------ */

static size_t signs(struct str s, char c)
{
	size_t n = 0;

	while (n < s.len && s.p[n] == c)
		n++;
	return n;
}

static bool all_of(struct str s, char c, bool blanks, size_t least)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != c && !(blanks && s.p[i] == ' '))
			return false;
		n += s.p[i] == c;
	}
	return n >= least;
}

static bool is_rule(struct str s)
{
	return all_of(s, '-', true, 3) || all_of(s, '*', true, 3) || all_of(s, '_', true, 3);
}

/* Bullets of word processors; two of them stand in the private area, where the font Symbol has its own. */
static bool is_bullet(uint32_t c)
{
	static const uint32_t bullets[] = {0xb7, 0x2022, 0x2023, 0x2043, 0x25a0, 0x25a1, 0x25aa, 0x25ab,
	        0x25cb, 0x25cf, 0x25e6, 0x2713, 0x2756, 0x27a2, 0xf0a7, 0xf0b7};

	for (size_t i = 0; i < sizeof(bullets) / sizeof(bullets[0]); i++)
		if (bullets[i] == c)
			return true;
	return false;
}

/* Bytes of the start of an item; 0: it is none. */
static size_t bullet(struct str s)
{
	size_t len;
	uint32_t c = s.len > 0 ? utf8_get(s, 0, &len) : 0;

	if (c == 0)
		return 0;
	bool dash = c == '-' || c == '*' || c == '+' || c == 0x2013 || c == 0x2014;
	if (!dash && !is_bullet(c))
		return 0;
	struct str rest = str_skip(s, len), words = skip_blanks(rest);
	return dash && words.len == rest.len ? 0 : (size_t)(words.p - s.p);
}

static bool is_digit(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 0xed0 && c <= 0xed9) || (c >= 0x17e0 && c <= 0x17e9) ||
	        (c >= 0x1040 && c <= 0x1049);
}

/* Up to three digits, in any of the scripts; bytes. */
static size_t digits(struct str s, unsigned *ret_n)
{
	size_t at = 0, len;

	for (*ret_n = 0; at < s.len && is_digit(utf8_get(s, at, &len)); ++*ret_n)
		at += len;
	return at;
}

/* "a", "iv", one letter of another script; bytes. */
static size_t letter(struct str s)
{
	size_t n = 0, len;

	while (n < s.len && str_has(STR("ivx"), char_lower(s.p[n])))
		n++;
	if (n > 0 && n <= 4)
		return n;
	uint32_t c = s.len > 0 ? utf8_get(s, 0, &len) : 0;
	return (c < 0x80 && char_alnum((char)c) && !is_digit(c)) || breaks_unspaced(c) ? (c == 0 ? 0 : len)
	                                                                               : 0;
}

/* "1. ", "2) ", "(3) ", "(a) ", "iv) "; letters only where a list may begin: loose. */
static size_t number_start(struct str s, bool loose)
{
	bool open = str_starts(s, STR("("));
	struct str in = str_skip(s, open);
	unsigned n = 0;
	size_t len = digits(in, &n);

	if (n > 3 || (n == 0 && !loose))
		return 0;
	len = n == 0 ? letter(in) : len;
	struct str rest = str_skip(in, len);
	bool end = str_starts(rest, STR(")")) || (n > 0 && !open && str_starts(rest, STR(".")));
	struct str words = skip_blanks(str_skip(rest, end));
	return len > 0 && end && words.len < rest.len - 1 && words.len > 0 ? (size_t)(words.p - s.p) : 0;
}

/* ---- kinds of lines ------------------------------------------------------------------------------ */

static bool open_words(const struct draft *d)
{
	return d->n > 0 && !d->blank && !d->whole && d->block[d->n - 1].kind == CLAUSE_PARAGRAPH &&
	        d->block[d->n - 1].state == MARK_NONE && d->rows.len == 0;
}

/* The line before was broken, if this one is words and no more. */
static bool goes_on(const struct draft *d)
{
	const struct block *b = d->n > 0 ? &d->block[d->n - 1] : NULL;

	return b != NULL && !d->blank && !d->whole && !d->long_line && b->state == MARK_NONE &&
	        b->kind != CLAUSE_HEADING && d->rows.len == 0;
}

/* "===" below a line of words makes it a heading. */
static bool take_setext(struct draft *d, struct str line)
{
	struct block *b = last(d);

	if (b == NULL || d->blank || b->kind != CLAUSE_PARAGRAPH || d->rows.len > 0 ||
	        (!all_of(line, '=', false, 2) && !all_of(line, '-', false, 2)))
		return false;
	b->kind = CLAUSE_HEADING;
	b->level = line.p[0] == '=' ? 1 : 2;
	d->cut = true;
	entry_note_plain(d, ENTRY_SETEXT, b->line);
	return true;
}

static bool take_heading(struct draft *d, struct str line, unsigned number)
{
	size_t n = signs(line, '#');
	struct str words = skip_blanks(str_skip(line, n));

	if (n == 0 || n > 6)
		return false;
	if (words.len > 0 && n + words.len == line.len)
		entry_note(d, ENTRY_NO_BLANK, number, str_sub(line, 0, n), STR(""));
	struct block mark = {0};
	bool marked = entry_take_mark(d, &words, &mark, number);
	struct str closed = drop_blanks(words);
	while (closed.len > 0 && closed.p[closed.len - 1] == '#')
		closed.len--;
	if (closed.len < words.len && (closed.len == 0 || closed.p[closed.len - 1] == ' '))
		entry_note_plain(d, ENTRY_CLOSING, number);
	else
		closed = words;
	closed = drop_blanks(closed);
	if (closed.len == 0)
		return true;
	struct block *b = open_block(d, CLAUSE_HEADING, number);
	if (b == NULL)
		return true;
	if (marked) {
		b->id = mark.id;
		b->base = mark.base;
		b->state = mark.state;
	}
	b->level = (uint8_t)n;
	buf_add(&d->words, closed);
	return true;
}

static uint8_t item_level(struct draft *d, unsigned column, unsigned number)
{
	while (d->depth > 1 && column < d->column[d->depth - 1])
		d->depth--;
	if (d->depth == 0 || (column >= d->column[d->depth - 1] + 2 && d->depth < 4))
		d->column[d->depth++] = column;
	else if (column >= d->column[d->depth - 1] + 2)
		entry_note_plain(d, ENTRY_ITEM_LEVEL, number);
	return (uint8_t)(d->depth - 1);
}

static bool take_item(struct draft *d, struct str line, unsigned column, unsigned number)
{
	/* a number in the middle of a broken paragraph is a number, but for the first of a list (CommonMark 5.3) */
	bool middle = open_words(d) && !str_ends(buf_str(&d->words), STR(":"));
	size_t dot = bullet(line), one = dot == 0 ? number_start(line, !middle) : 0;

	if (middle && !str_starts(line, STR("1. ")) && !str_starts(line, STR("1) ")))
		one = 0;
	if (dot + one == 0)
		return false;
	struct str words = str_skip(line, dot + one);
	if (words.len == 0)
		return true;
	struct block *b = open_block(d, CLAUSE_ITEM, number);
	if (b == NULL)
		return true;
	b->ordered = one > 0;
	b->level = item_level(d, column, number);
	if (!str_starts(line, STR("- ")) && dot > 0)
		entry_note_plain(d, ENTRY_BULLET, number);
	if (!str_starts(line, STR("1. ")) && one > 0)
		entry_note_plain(d, ENTRY_NUMBER, number);
	begin(d, b, words);
	return true;
}

static bool take_row(struct draft *d, struct str line, unsigned number)
{
	struct block *b = last(d);

	if (line.p[0] != '|')
		return false;
	if (b == NULL || b->kind != CLAUSE_PARAGRAPH || (d->rows.len > 0 && !d->row)) {
		entry_note_plain(d, ENTRY_NO_CAPTION, number);
		return true;
	}
	if (d->rows.len == 0 && !d->blank)
		entry_note_plain(d, ENTRY_EMPTY, number);
	if (d->rows.len > 0)
		buf_char(&d->rows, '\n');
	buf_add(&d->rows, line);
	if (line.len < 3 || line.p[line.len - 1] != '|') {
		buf_add(&d->rows, STR(" |"));
		entry_note_plain(d, ENTRY_ROW, number);
	}
	d->row = true;
	return true;
}

static void take_words(struct draft *d, struct str line, unsigned column, unsigned number)
{
	struct block *b = last(d);
	bool free_end = b != NULL && b->state == MARK_NONE && d->rows.len == 0;
	bool more = free_end && b->kind == CLAUSE_ITEM && d->blank && column >= 2;
	bool mark_only = str_starts(line, STR("{#"));

	if (d->whole && free_end && !mark_only)
		entry_note_plain(d, ENTRY_WHOLE_LINES, 0);
	if (goes_on(d) || (free_end && b->kind != CLAUSE_HEADING && (more || mark_only))) {
		if (more)
			entry_note_plain(d, ENTRY_ITEM_MORE, number);
		entry_take_mark(d, &line, b, number);
		line = drop_blanks(line);
		if (line.len > 0)
			join(d, line, number);
		return;
	}
	b = open_block(d, CLAUSE_PARAGRAPH, number);
	if (b != NULL)
		begin(d, b, line);
}

/* A clause with its mark stays what it is. */
static bool take_as_is(struct draft *d, struct str line, unsigned number)
{
	struct clause c;

	if (clause_read_line(line, d->args->of != NULL, &c) != NULL ||
	        (c.kind == CLAUSE_PARAGRAPH && goes_on(d)))
		return false;
	struct block *b = open_block(d, c.kind, number);
	if (b == NULL)
		return true;
	b->level = c.level;
	b->ordered = c.ordered;
	b->state = MARK_PLAIN;
	b->as_is = true;
	b->id = arena_str(d->a, c.id);
	b->base = arena_str(d->a, c.base);
	b->source = arena_str(d->a, c.source);
	buf_add(&d->words, c.words);
	if (c.kind == CLAUSE_ITEM) {
		d->depth = c.level + 1u;
		for (unsigned i = 0; i <= c.level; i++)
			d->column[i] = 4 * i;
	}
	return true;
}

static bool take_special(struct draft *d, struct str line, unsigned column, unsigned number)
{
	if (str_starts(line, STR("```")) || str_starts(line, STR("~~~"))) {
		entry_note_plain(d, ENTRY_FENCE, number);
		d->cut = true;
		return true;
	}
	if (d->args->of != NULL && str_starts(line, STR("%%"))) {
		entry_note_plain(d, ENTRY_REMARK, number);
		return true;
	}
	if (take_row(d, line, number) || take_setext(d, line))
		return true;
	if (is_rule(line)) {
		entry_note_plain(d, ENTRY_RULE, number);
		d->cut = true;
		return true;
	}
	return take_heading(d, line, number) || take_item(d, line, column, number);
}

static void take_full(struct draft *d, struct str line, unsigned column, unsigned number)
{
	if (line.p[0] == '>') {
		entry_note_plain(d, ENTRY_QUOTE, number);
		while (line.len > 0 && (line.p[0] == '>' || line.p[0] == ' '))
			line = str_skip(line, 1);
	}
	if (line.len == 0)
		d->cut = true;
	else if (!take_special(d, line, column, number))
		take_words(d, line, column, number);
}

static size_t characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

void entry_line(struct draft *d, struct str line, unsigned number)
{
	struct str trimmed = drop_blanks(line);

	if (trimmed.len < line.len)
		entry_note_plain(d, ENTRY_BLANKS, number);
	d->cut = trimmed.len == 0;
	if (!d->cut && !d->full && !take_as_is(d, trimmed, number)) {
		struct str words = skip_blanks(trimmed);
		/* a backslash at the end breaks a line that is none any more */
		if (words.len > 1 && words.p[words.len - 1] == '\\' && words.p[words.len - 2] != '\\')
			words = drop_blanks(str_sub(words, 0, words.len - 1));
		take_full(d, words, (unsigned)(words.p - trimmed.p), number);
		d->row = words.p[0] == '|';
	} else {
		d->row = false;
	}
	d->blank = d->cut;
	d->long_line = characters(trimmed) > LONG;
}

/* ---- behind the last line ------------------------------------------------------------------------ */

/* The title is alone on its level, and no level is left out. */
static void set_levels(struct draft *d)
{
	uint8_t shift = 0, before = 1;

	for (unsigned i = 1; i < d->n; i++)
		shift |= d->block[i].kind == CLAUSE_HEADING && d->block[i].level == 1;
	for (unsigned i = 1; i < d->n; i++) {
		struct block *b = &d->block[i];
		if (b->kind != CLAUSE_HEADING)
			continue;
		uint8_t level = b->level + shift, most = before < 4 ? before + 1 : 4;
		level = level > most ? most : level;
		if (level != b->level) {
			entry_note(d, ENTRY_LEVEL, b->line, arena_printf(d->a, "%u", b->level),
			        arena_printf(d->a, "%u", level));
			b->as_is = false;
		}
		b->level = before = level;
	}
}

static void set_title(struct draft *d)
{
	struct block *b = &d->block[0];

	if (b->kind == CLAUSE_PARAGRAPH && b->table.len == 0) {
		b->kind = CLAUSE_HEADING;
		entry_note_plain(d, ENTRY_TITLE, b->line);
	} else if (b->kind != CLAUSE_HEADING) {
		entry_note_plain(d, ENTRY_NO_TITLE, b->line);
		return;
	} else if (b->level != 1) {
		entry_note_plain(d, ENTRY_TITLE_LEVEL, b->line);
	} else {
		return;
	}
	b->level = 1;
	b->as_is = false;
}

void entry_blocks(struct draft *d)
{
	close_block(d);
	for (unsigned i = 0; i < d->n; i++)
		if (str_find_str(d->block[i].words, 0, STR("{#")) != SIZE_MAX ||
		        str_find_str(d->block[i].table, 0, STR("{#")) != SIZE_MAX)
			entry_note_plain(d, ENTRY_MARK_INSIDE, d->block[i].line);
	if (d->full)
		entry_note(d, ENTRY_OTHER, d->block[AGREE_CLAUSES].line,
		        STR("a text has at most 500 clauses"), STR(""));
	if (d->n == 0 && !d->bad)
		entry_note_plain(d, ENTRY_NO_WORDS, 0);
	if (d->n == 0 || d->args->of != NULL)
		return;
	set_title(d);
	set_levels(d);
}
