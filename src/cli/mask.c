/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/mask.h"

bool mask_is_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!char_alnum(s.p[i]) && !str_has(STR("-_/+"), s.p[i]))
			return false;
	return s.len > 0 && s.len <= 40;
}

/* Small letters alone, or a number of at most five digits. */
static bool is_harmless(struct str word)
{
	bool letters = true, digits = true;

	for (size_t i = 0; i < word.len; i++) {
		letters &= word.p[i] >= 'a' && word.p[i] <= 'z';
		digits &= char_digit(word.p[i]);
	}
	return letters || (digits && word.len <= 5);
}

static void put_word(struct buf *out, struct str word)
{
	static const struct str marks = STR_INIT(",;:()");
	size_t from = 0, to = word.len;

	while (from < to && str_has(marks, word.p[from]))
		from++;
	while (to > from && str_has(marks, word.p[to - 1]))
		to--;
	buf_add(out, str_sub(word, 0, from));
	struct str inner = str_sub(word, from, to - from);
	buf_add(out, is_harmless(inner) ? inner : STR("***"));
	buf_add(out, str_skip(word, to));
}

static void put_words(struct buf *out, struct str text)
{
	struct str_cut word = {.ok = true};

	for (struct str rest = text; word.ok; rest = word.tail) {
		word = str_cut(rest, ' ');
		if (word.head.len != 0)
			put_word(out, word.head);
		if (word.ok)
			buf_char(out, ' ');
	}
}

/* Where the text begins behind a place such as "owners.csv:3:" or "rules/10-x.yaml:7:9:". A name may have blanks in
 * it, so its end is the first number, or else the first ": ". */
static size_t end_of_name(struct str s)
{
	for (size_t i = 0; i + 1 < s.len; i++)
		if (s.p[i] == ':' && (char_digit(s.p[i + 1]) || s.p[i + 1] == ' '))
			return i;
	return s.len;
}

/* s begins behind "FOLDER/". Returns what is left. */
static struct str put_place(struct buf *out, struct str s)
{
	static const char *const names[] = {"weir.yaml", "owners.csv", "owners.yaml", "rules", "feeds",
	        "lang", "know", "letters", "day", "gen"};
	size_t end = end_of_name(s);
	struct str_cut path = str_cut(str_sub(s, 0, end), '/');
	bool known = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		known |= str_eq(path.head, str_from(names[i]));
	buf_add(out, known ? path.head : STR("***"));
	if (path.ok)
		buf_add(out, STR("/***"));
	size_t at = end;
	while (at < s.len && (s.p[at] == ':' || char_digit(s.p[at])))
		at++;
	buf_add(out, str_sub(s, end, at - end));
	return str_skip(s, at);
}

static bool put_folder(struct buf *out, struct str *line, struct str folder, struct str name)
{
	if (folder.len == 0 || !str_starts(*line, folder))
		return false;
	*line = str_skip(*line, folder.len);
	buf_add(out, name);
	if (line->len != 0 && line->p[0] == '/') {
		buf_char(out, '/');
		*line = put_place(out, str_skip(*line, 1));
	}
	return true;
}

void mask_sentence(struct buf *out, const struct mask *m, struct str line)
{
	if (str_starts(line, STR("remark: "))) {
		buf_add(out, STR("remark: "));
		line = str_skip(line, 8);
	}
	if (!put_folder(out, &line, m->conf, STR("CONF")))
		(void)put_folder(out, &line, m->state, STR("STATE"));
	struct str_cut head = str_cut(line, '\''), tail = str_rcut(line, '\'');
	put_words(out, head.head);
	if (!head.ok)
		return;
	buf_add(out, STR("'***'"));
	/* a sentence that was cut has a quote that does not end */
	if (tail.head.len != head.head.len)
		put_words(out, tail.tail);
}
