/* SPDX-License-Identifier: Apache-2.0
 *
 * One pass over the text, a row at a time. A field without doubled quotes is a part of the text; only one
 * with them is copied.
 */
#include "know/csv.h"

static char delimiter_find(struct str text)
{
	static const char candidates[] = ",;\t";
	unsigned count[3] = {0};
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		if (c == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (c == '\n' || c == '\r')
			break;
		for (unsigned k = 0; k < 3; k++)
			count[k] += c == candidates[k];
	}
	unsigned best = 0;
	for (unsigned k = 1; k < 3; k++)
		if (count[k] > count[best])
			best = k;
	return candidates[best];
}

void csv_init(struct csv *c, struct arena *arena, struct str text)
{
	*c = (struct csv){.text = text, .line = 1, .arena = arena};
	if (str_starts(text, STR("\xef\xbb\xbf")))
		c->text = str_skip(text, 3);
	if (str_istarts(c->text, STR("sep=")) && c->text.len > 5 &&
	        (c->text.p[5] == '\n' || c->text.p[5] == '\r')) {
		c->delimiter = c->text.p[4];
		c->at = 5;
		return;
	}
	c->delimiter = delimiter_find(c->text);
}

/* The text between quotes, from the position behind the first one; leaves c->at behind the last. */
static struct str quoted_take(struct csv *c)
{
	size_t start = c->at, doubled = 0;

	for (;; c->at++) {
		if (c->at >= c->text.len) {
			c->open_quote = true;
			break;
		}
		char ch = c->text.p[c->at];
		if (ch == '\n' || (ch == '\r' && !str_starts(str_skip(c->text, c->at + 1), STR("\n")))) {
			c->line++;
			c->line_start = c->at + 1;
		}
		if (ch != '"')
			continue;
		if (c->at + 1 >= c->text.len || c->text.p[c->at + 1] != '"')
			break;
		doubled++;
		c->at++;
	}
	struct str raw = str_sub(c->text, start, c->at - start);
	c->at += c->at < c->text.len;
	if (doubled == 0)
		return raw;
	char *p = arena_get(c->arena, raw.len);
	size_t len = 0;
	for (size_t i = 0; i < raw.len && p != NULL; i++) {
		p[len++] = raw.p[i];
		i += raw.p[i] == '"';
	}
	return str_make(p, len);
}

static bool at_end_of_field(const struct csv *c)
{
	return c->at >= c->text.len || c->text.p[c->at] == c->delimiter || c->text.p[c->at] == '\n' ||
	        c->text.p[c->at] == '\r';
}

static struct str field_take(struct csv *c)
{
	struct str value;
	size_t start = c->at;

	if (c->at < c->text.len && c->text.p[c->at] == '"') {
		c->at++;
		value = quoted_take(c);
		while (!at_end_of_field(c)) /* text behind the closing quote is nobody's */
			c->at++;
		return str_trim(value);
	}
	while (!at_end_of_field(c))
		c->at++;
	return str_trim(str_sub(c->text, start, c->at - start));
}

static void line_end_take(struct csv *c)
{
	if (c->at >= c->text.len)
		return;
	if (c->text.p[c->at] == '\r')
		c->at++;
	if (c->at < c->text.len && c->text.p[c->at] == '\n')
		c->at++;
	c->line++;
	c->line_start = c->at;
}

int csv_next(struct csv *c)
{
	while (c->at < c->text.len) {
		bool any = false;
		c->cells = 0;
		c->too_many = c->open_quote = false;
		c->row_line = c->line;
		for (;;) {
			unsigned line = c->line, column = (unsigned)(c->at - c->line_start) + 1;
			struct str value = field_take(c);
			any |= value.len != 0;
			if (c->cells < CSV_COLUMNS) {
				c->cell_at[c->cells].line = line;
				c->cell_at[c->cells].column = column;
				c->cell[c->cells++] = value;
			} else {
				c->too_many = true;
			}
			if (c->at >= c->text.len || c->text.p[c->at] != c->delimiter)
				break;
			c->at++;
		}
		line_end_take(c);
		if (any)
			return 1;
	}
	return 0;
}
