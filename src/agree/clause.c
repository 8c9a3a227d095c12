/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/clause.h"
#include "base/utf8.h"

#define LETTERS 29
#define LEVELS 4 /* of headings, and of items */

static const char alphabet[LETTERS + 1] = "3456789abcdefghjkmnpqrstvwxyz";

struct str clause_kind_name(enum clause_kind kind)
{
	static const struct str name[] = {
	        [CLAUSE_HEADING] = STR_INIT("heading"),
	        [CLAUSE_PARAGRAPH] = STR_INIT("paragraph"),
	        [CLAUSE_ITEM] = STR_INIT("item"),
	};

	return name[kind];
}

/* ---- ids ----------------------------------------------------------------------------------------- */

static int letter_value(char c)
{
	for (int i = 0; i < LETTERS; i++)
		if (alphabet[i] == c)
			return i;
	return -1;
}

/* 29 is prime, and no two of 1, 2, 4 and -1 are equal modulo 29: a changed character changes the sum, and so do two that
 * change places. */
static int check_value(int a, int b, int c)
{
	return (a + 2 * b + 4 * c) % LETTERS;
}

bool clause_id_ok(struct str id)
{
	int v[CLAUSE_ID];

	if (id.len != CLAUSE_ID)
		return false;
	for (unsigned i = 0; i < CLAUSE_ID; i++) {
		v[i] = letter_value(id.p[i]);
		if (v[i] < 0)
			return false;
	}
	return check_value(v[0], v[1], v[2]) == v[3];
}

void clause_id_make(unsigned n, char ret[CLAUSE_ID])
{
	int a = (int)(n / (LETTERS * LETTERS) % LETTERS), b = (int)(n / LETTERS % LETTERS),
	    c = (int)(n % LETTERS);

	ret[0] = alphabet[a];
	ret[1] = alphabet[b];
	ret[2] = alphabet[c];
	ret[3] = alphabet[check_value(a, b, c)];
}

unsigned clause_id_number(struct str id)
{
	return (unsigned)((letter_value(id.p[0]) * LETTERS + letter_value(id.p[1])) * LETTERS +
	        letter_value(id.p[2]));
}

/* ---- characters ---------------------------------------------------------------------------------- */

/* U+2028 to U+202E, U+2066 to U+2069, U+FEFF: three bytes each. */
static bool bad_three(const unsigned char *p)
{
	return (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) ||
	        (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9) ||
	        (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf);
}

bool agree_chars_ok(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i < s.len; i++) {
		if (p[i] < 0x20 || p[i] == 0x7f)
			return false;
		if (p[i] == 0xc2 && i + 1 < s.len && p[i + 1] < 0xa0)
			return false;
		if (p[i] >= 0xe0 && i + 2 < s.len && bad_three(p + i))
			return false;
	}
	return true;
}

/* HTML and images, which would show on one machine what they do not on another. */
static bool has_markup(struct str s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		char next = s.p[i + 1], low = char_lower(next);
		if (s.p[i] == '<' &&
		        ((low >= 'a' && low <= 'z') || next == '/' || next == '!' || next == '?'))
			return true;
		if (s.p[i] == '!' && next == '[')
			return true;
	}
	return false;
}

const char *clause_chars(struct str line)
{
	if (!agree_chars_ok(line))
		return "a control character, or an invisible one that turns letters round, stands in it";
	return has_markup(line) ? "HTML and images are not allowed" : NULL;
}

/* ---- a line -------------------------------------------------------------------------------------- */

bool clause_row_ok(struct str line)
{
	return line.len >= 3 && line.p[0] == '|' && line.p[line.len - 1] == '|';
}

static bool small_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!char_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	return true;
}

/* Where the mark begins, at its blank; SIZE_MAX: the line ends in none. */
static size_t mark_find(struct str line, bool translation, struct clause *ret)
{
	size_t len = CLAUSE_ID + 4 + (translation ? 1 + CLAUSE_BASE : 0);

	if (line.len < len)
		return SIZE_MAX;
	struct str mark = str_skip(line, line.len - len);
	if (!str_starts(mark, STR(" {#")) || mark.p[len - 1] != '}')
		return SIZE_MAX;
	ret->id = str_sub(mark, 3, CLAUSE_ID);
	ret->base = translation ? str_sub(mark, 3 + CLAUSE_ID + 1, CLAUSE_BASE) : (struct str){"", 0};
	if (translation && (mark.p[3 + CLAUSE_ID] != ':' || !small_hex(ret->base)))
		return SIZE_MAX;
	return line.len - len;
}

static size_t count(struct str s, char c)
{
	size_t n = 0;

	while (n < s.len && s.p[n] == c)
		n++;
	return n;
}

/* What no paragraph begins with, because another program would show a list, a quotation or code. */
static bool looks_like_another(struct str line)
{
	size_t digits = 0;

	if (line.len == 0 || str_has(STR(" #>|+`~-"), line.p[0]) || str_starts(line, STR("* ")))
		return true;
	while (digits < line.len && char_digit(line.p[digits]))
		digits++;
	return digits > 0 && digits + 1 < line.len && (line.p[digits] == '.' || line.p[digits] == ')') &&
	        line.p[digits + 1] == ' ';
}

/* Kind and level; the bytes of its start, or SIZE_MAX. */
static size_t start_read(struct str line, struct clause *ret)
{
	size_t signs = count(line, '#'), blanks = count(line, ' ');
	struct str behind = str_skip(line, blanks);
	bool dash = str_starts(behind, STR("- ")), one = str_starts(behind, STR("1. "));

	ret->ordered = one;
	if (signs >= 1 && signs <= LEVELS && signs < line.len && line.p[signs] == ' ') {
		ret->kind = CLAUSE_HEADING;
		ret->level = (uint8_t)signs;
		return signs + 1;
	}
	if ((dash || one) && blanks % 4 == 0 && blanks / 4 < LEVELS) {
		ret->kind = CLAUSE_ITEM;
		ret->level = (uint8_t)(blanks / 4);
		return blanks + (dash ? 2 : 3);
	}
	ret->kind = CLAUSE_PARAGRAPH;
	ret->level = 0;
	return looks_like_another(line) ? SIZE_MAX : 0;
}

const char *clause_read_line(struct str line, bool translation, struct clause *ret)
{
	const char *why = clause_chars(line);

	*ret = (struct clause){.source = line};
	if (why != NULL)
		return why;
	size_t end = mark_find(line, translation, ret);
	if (end == SIZE_MAX)
		return translation ? "it does not end in a blank and a mark {#ID:BASE}, BASE being 16 digits"
		                   : "it does not end in a blank and a mark {#ID}";
	if (!clause_id_ok(ret->id))
		return "the id of its mark is none: a character is wrong or two are swapped";
	size_t start = start_read(line, ret);
	if (start == SIZE_MAX)
		return "it begins as neither heading, item nor paragraph does";
	ret->words = start < end ? str_sub(line, start, end - start) : (struct str){"", 0};
	if (ret->words.len == 0 || ret->words.p[0] == ' ' || ret->words.p[ret->words.len - 1] == ' ')
		return "there are no words, or a blank too many before or behind them";
	return str_find_str(ret->words, 0, STR("{#")) != SIZE_MAX ? "a second mark stands in the words"
	                                                          : NULL;
}

const char *clause_read(struct str source, bool translation, struct clause *ret)
{
	struct str_cut first = str_cut(source, '\n');

	*ret = (struct clause){.source = source};
	if (!utf8_valid(source))
		return "it is not UTF-8";
	const char *why = clause_read_line(first.head, translation, ret);
	ret->source = source;
	if (why != NULL || !first.ok)
		return why;
	struct str_cut second = str_cut(first.tail, '\n');
	if (ret->kind != CLAUSE_PARAGRAPH || second.head.len > 0 || !second.ok)
		return "only a paragraph goes on, with an empty line and the rows of a table";
	ret->table = second.tail;
	for (struct str rest = second.tail, more = rest; more.p != NULL; rest = more) {
		struct str_cut row = str_cut(rest, '\n');
		more = row.ok ? row.tail : (struct str){0};
		if (!clause_row_ok(row.head) || clause_chars(row.head) != NULL)
			return "what follows the paragraph is no row of a table";
	}
	return NULL;
}

void clause_digest(struct clause *c)
{
	digest_of(c->source, c->sha256);
}
