/* SPDX-License-Identifier: Apache-2.0
 *
 * From the bytes of any program to lines of a text: what ends a line elsewhere ends one here, and what has no place in a text is
 * taken out.
 */
#include "agree/entry_in.h"
#include "base/utf8.h"
#include "text/breaks.h"

#define TAG_MAX 4096 /* bytes of a tag */

struct reading {
	struct draft *d;
	struct str all;
	struct buf line;
	unsigned number; /* of the line that is read */
	unsigned begun;  /* where what stands in line began */
	bool blank;      /* nothing but blanks stands in it */
	uint32_t before; /* the character before */
};

static void end_line(struct reading *r)
{
	entry_line(r->d, buf_str(&r->line), r->begun);
	buf_clear(&r->line);
	r->blank = true;
	r->begun = r->number;
}

static void put(struct reading *r, struct str s)
{
	buf_add(&r->line, s);
	r->blank = r->blank && str_trim(s).len == 0;
}

/* ---- HTML ---------------------------------------------------------------------------------------- */

static const struct {
	struct str name;
	struct str begin; /* what its opening becomes */
	bool line;        /* it ends a line only, no paragraph */
} tags[] = {
        {STR_INIT("br"), {"", 0}, true},
        {STR_INIT("p"), {"", 0}, false},
        {STR_INIT("div"), {"", 0}, false},
        {STR_INIT("ul"), {"", 0}, false},
        {STR_INIT("ol"), {"", 0}, false},
        {STR_INIT("li"), STR_INIT("- "), false},
        {STR_INIT("tr"), {"", 0}, false},
        {STR_INIT("table"), {"", 0}, false},
        {STR_INIT("h1"), STR_INIT("# "), false},
        {STR_INIT("h2"), STR_INIT("## "), false},
        {STR_INIT("h3"), STR_INIT("### "), false},
        {STR_INIT("h4"), STR_INIT("#### "), false},
};

static struct str tag_name(struct str inner)
{
	size_t n = 0;

	inner = str_starts(inner, STR("/")) ? str_skip(inner, 1) : inner;
	while (n < inner.len && char_alnum(inner.p[n]))
		n++;
	return str_sub(inner, 0, n);
}

static void break_at(struct reading *r, struct str name, bool closes)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (!str_ieq(tags[i].name, name))
			continue;
		end_line(r);
		if (!tags[i].line)
			end_line(r);
		if (!closes && tags[i].begin.len > 0)
			put(r, tags[i].begin);
	}
}

static void count_lines(struct reading *r, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		r->number += s.p[i] == '\n';
}

/* "<https://example.org>", "<duty@cert.example>" */
static bool take_address(struct reading *r, struct str inner)
{
	bool link = str_find_str(inner, 0, STR("://")) != SIZE_MAX;

	if (str_has(inner, ' ') || str_has(inner, '\n') || str_has(inner, '"') ||
	        (!link && !str_has(inner, '@')) || (!link && str_has(inner, '/')) || !utf8_valid(inner) ||
	        str_has(inner, '<'))
		return false;
	put(r, link ? STR("[") : STR(""));
	put(r, inner);
	if (link) {
		put(r, STR("]("));
		put(r, inner);
		put(r, STR(")"));
	}
	entry_note_plain(r->d, ENTRY_AUTOLINK, r->number);
	return true;
}

/* All of a comment, of a script or a style: where it ends. */
static size_t whole_end(struct str all, size_t at, struct str name)
{
	size_t end = SIZE_MAX;

	if (str_starts(str_skip(all, at), STR("<!--")))
		end = str_find_str(all, at + 4, STR("-->"));
	else if (str_ieq(name, STR("script")) || str_ieq(name, STR("style")))
		end = str_find_str(all, at + 1, STR("</"));
	return end == SIZE_MAX ? SIZE_MAX : str_find(all, end, '>');
}

/* From '<' on; returns where reading goes on. */
static size_t take_html(struct reading *r, size_t at)
{
	size_t end = str_find(str_sub(r->all, 0, at + TAG_MAX), at, '>');
	struct str inner = end == SIZE_MAX ? (struct str){"", 0} : str_sub(r->all, at + 1, end - at - 1),
	           name = tag_name(inner);
	size_t whole = whole_end(r->all, at, name);

	end = whole != SIZE_MAX ? whole : end;
	if (end == SIZE_MAX) {
		put(r, STR("< "));
		entry_note_plain(r->d, ENTRY_LESS, r->number);
		return at + 1;
	}
	if (take_address(r, inner))
		return end + 1;
	entry_note(r->d, ENTRY_HTML, r->number,
	        name.len > 0 ? arena_printf(r->d->a, "<%.*s>", STR_ARG(name)) : STR("a comment"), STR(""));
	count_lines(r, str_sub(r->all, at, end - at));
	break_at(r, name, str_starts(inner, STR("/")));
	return end + 1;
}

static bool is_html(struct str s, size_t at)
{
	char next = at + 1 < s.len ? char_lower(s.p[at + 1]) : 0;

	return s.p[at] == '<' && ((next >= 'a' && next <= 'z') || next == '/' || next == '!' || next == '?');
}

static void see_entity(struct reading *r, size_t at)
{
	size_t end = at + 1;

	while (end < r->all.len && end < at + 10 && (char_alnum(r->all.p[end]) || r->all.p[end] == '#'))
		end++;
	if (end > at + 2 && end < r->all.len && r->all.p[end] == ';')
		entry_note(r->d, ENTRY_ENTITY, r->number, str_sub(r->all, at, end + 1 - at), STR(""));
}

/* ---- characters ---------------------------------------------------------------------------------- */

static struct str name_of(struct draft *d, uint32_t c)
{
	return arena_printf(d->a, "U+%04X", c);
}

/* True: c is not taken over. */
static bool is_dropped(struct reading *r, uint32_t c)
{
	bool control = c < 0x20 || (c >= 0x7f && c < 0xa0),
	     turns = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;

	if (control || turns)
		entry_note(r->d, control ? ENTRY_CONTROL : ENTRY_BIDI, r->number, name_of(r->d, c), STR(""));
	return control || turns;
}

static void put_char(struct reading *r, uint32_t c, struct str s)
{
	bool first = r->blank;

	if (c == '\t') {
		/* a word processor's bullet of the second level */
		if (str_eq(str_trim(buf_str(&r->line)), STR("o")))
			r->line.p[r->line.len - 1] = '+';
		put(r, first ? str_sub(STR("    "), 0, 4 - r->line.len % 4) : STR(" "));
		entry_note_plain(r->d, ENTRY_TAB, r->number);
	} else if (first && c == 0xa0) {
		put(r, STR(" "));
	} else if (!is_dropped(r, c)) {
		put(r, s);
	}
}

/* True: it ends a line, in one system or another. */
static bool ends_line(uint32_t c)
{
	return c == '\n' || c == '\r' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* Returns the bytes that were taken. */
static size_t take(struct reading *r, size_t at)
{
	size_t len;
	uint32_t c = utf8_get(r->all, at, &len);

	if (ends_line(c)) {
		if (c != '\n')
			entry_note_plain(r->d, ENTRY_LINE_ENDS, r->number);
		len += c == '\r' && at + 1 < r->all.len && r->all.p[at + 1] == '\n';
		r->number += c == '\n' || c == '\r';
		end_line(r);
		return len;
	}
	if (is_html(r->all, at))
		return take_html(r, at) - at;
	if (c == '!' && at + 1 < r->all.len && r->all.p[at + 1] == '[') {
		entry_note_plain(r->d, ENTRY_IMAGE, r->number);
		return 1;
	}
	if (c == '&')
		see_entity(r, at);
	put_char(r, c, str_sub(r->all, at, len));
	return len;
}

static bool is_utf8(struct draft *d, struct str bytes)
{
	unsigned line = 1;

	if (bytes.len > 1 && ((unsigned char)bytes.p[0] ^ (unsigned char)bytes.p[1]) == (0xff ^ 0xfe) &&
	        ((unsigned char)bytes.p[0] | 1) == 0xff) {
		entry_note_plain(d, ENTRY_UTF16, 0);
		return false;
	}
	for (size_t i = 0, step; i < bytes.len; i += step) {
		step = utf8_step(bytes, i);
		if (step == 0) {
			entry_note_plain(d, ENTRY_UTF8, line);
			return false;
		}
		line += bytes.p[i] == '\n';
	}
	return true;
}

/* No empty line between others, and more than one of these. */
static bool without_empty(struct str s)
{
	unsigned lines = 0;
	bool words = false, empty = false;

	for (size_t i = 0; i < s.len; i++) {
		bool end = s.p[i] == '\n' || (s.p[i] == '\r' && (i + 1 == s.len || s.p[i + 1] != '\n'));
		if (end && !words && lines > 0)
			empty = true;
		if (!end && !char_space(s.p[i])) {
			if (empty)
				return false;
			lines += !words;
			words = true;
		}
		words = words && !end;
	}
	return lines > 1;
}

void entry_lines(struct draft *d, struct str bytes)
{
	struct reading r = {.d = d, .all = bytes, .number = 1, .begun = 1, .blank = true};

	if (!is_utf8(d, bytes))
		return;
	if (str_starts(bytes, STR("\xef\xbb\xbf"))) {
		entry_note_plain(d, ENTRY_BOM, 1);
		r.all = str_skip(bytes, 3);
	}
	d->whole = without_empty(bytes);
	for (size_t at = 0; at < r.all.len && !d->full;)
		at += take(&r, at);
	if (r.line.len > 0)
		end_line(&r);
	buf_done(&r.line);
}
