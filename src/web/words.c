/* SPDX-License-Identifier: Apache-2.0 */
#include "web/words.h"
#include "base/plural.h"
#include <dirent.h>
#include <sys/stat.h>

static const struct {
	const char *symbol, *text;
} english[WORD_END] = {
#define WORD(symbol, text) {#symbol, text},
#include "web/words.tbl"
#undef WORD
};

struct str word_id(enum word w, char *ret)
{
	size_t n = 0;

	for (const char *s = english[w].symbol; *s != 0 && n < 63; s++)
		ret[n++] = *s == '_' ? '-' : char_lower(*s);
	ret[n] = 0;
	return str_make(ret, n);
}

struct str word_english(enum word w)
{
	return str_from(english[w].text);
}

static bool is_id(struct str id, const char *symbol)
{
	size_t n = strlen(symbol);

	if (n != id.len)
		return false;
	for (size_t i = 0; i < n; i++)
		if (char_lower(id.p[i]) != (symbol[i] == '_' ? '-' : char_lower(symbol[i])))
			return false;
	return true;
}

enum word word_find(struct str id)
{
	unsigned i = 0;

	while (i < WORD_END && !is_id(id, english[i].symbol))
		i++;
	return i;
}

/* "{1}" at that place: its number, else 0. */
static unsigned variable(struct str text, size_t at)
{
	if (at + 2 < text.len && text.p[at] == '{' && text.p[at + 2] == '}' && text.p[at + 1] >= '1' &&
	        text.p[at + 1] <= '9')
		return (unsigned)(text.p[at + 1] - '0');
	return 0;
}

void word_fill(struct buf *out, struct str text, const struct str *values, unsigned n)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned v = variable(text, i);
		if (v > 0 && v <= n) {
			struct str one;
			bool single = str_eq(values[v - 1], STR("1"));
			size_t many = single ? plural_find(str_skip(text, i + 3), &one) : 0;
			buf_add(out, values[v - 1]);
			if (many > 0)
				buf_add(out, one);
			i += 2 + many;
		} else {
			buf_char(out, text.p[i]);
		}
	}
}

/* ---- sentences of the program -------------------------------------------------------------------- */

#define VALUES 9

/* A value is an id, a name, a number: no half of another sentence. */
static bool is_value(struct str s)
{
	return s.len > 0 && s.len <= 300 && str_find(s, 0, ';') == SIZE_MAX &&
	        str_find_str(s, 0, STR(", ")) == SIZE_MAX;
}

/* "1 clause", where the pattern has "{1} clauses". */
static bool is_single(struct str text, struct str one)
{
	return str_starts(text, STR("1")) && str_starts(str_skip(text, 1), one) &&
	        (text.len == 1 + one.len || !char_alnum(text.p[1 + one.len]));
}

/* The text as the pattern has it: a value reaches to where the words behind it begin. */
static bool fits(struct str pattern, struct str text, struct str values[VALUES])
{
	size_t at = 0;

	for (size_t i = 0; i < pattern.len;) {
		unsigned v = variable(pattern, i);
		if (v == 0) {
			if (at == text.len || text.p[at++] != pattern.p[i++])
				return false;
			continue;
		}
		size_t next = i += 3;
		while (next < pattern.len && variable(pattern, next) == 0)
			next++;
		struct str behind = str_sub(pattern, i, next - i), one;
		size_t many = plural_find(behind, &one);
		if (many > 0 && is_single(str_skip(text, at), one)) {
			values[v - 1] = str_sub(text, at, 1);
			at += 1 + one.len;
			i += many;
			continue;
		}
		size_t end = behind.len == 0 ? text.len : str_find_str(text, at, behind);
		/* the last words stand at the end */
		if (end != SIZE_MAX && next == pattern.len)
			end = text.len - behind.len;
		if (end == SIZE_MAX || end < at || !is_value(str_sub(text, at, end - at)))
			return false;
		values[v - 1] = str_sub(text, at, end - at);
		at = end;
	}
	return at == text.len;
}

/* Values that are keys of the program: which sentence, which of its values, and the kind of key (page_key). */
static const struct {
	enum word said;
	unsigned value;
	const char *kind;
} key_values[] = {
        {W_SAID_SIGNED, 1, "rkind"},
        {W_SAID_SIGNED_TWO, 1, "rkind"},
        {W_SAID_FORBIDDEN, 1, "position"},
        {W_SAID_MEETING_CARD, 2, "mstate"},
        {W_SAID_CLOSED, 3, "state"},
        {W_SAID_LETTER, 2, "state"},
        {W_SAID_LETTER, 3, "state"},
        {W_SAID_LETTERS, 2, "state"},
};
#define KEYS (sizeof(key_values) / sizeof(key_values[0]))

/* The word of a key, such as "mstate", "open"; the key itself if there is none. */
static struct str key_word(const struct words *w, const char *kind, struct str key)
{
	char id[96];
	struct str bare = str_starts(key, STR("agree.")) ? str_skip(key, 6) : key;
	int n = snprintf(id, sizeof(id), "%s-%.*s", kind, STR_ARG(str_sub(bare, 0, 64)));

	for (int i = 0; i < n; i++)
		id[i] = id[i] == ' ' ? '-' : id[i];
	enum word found = word_find(str_from(id));
	return found != WORD_END ? w->text[found] : key;
}

#define DIGEST_DIGITS 64
#define DIGEST_SHOWN 12 /* as pages show a statement */

static bool is_digest(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!str_has(STR("0123456789abcdef"), s.p[i]))
			return false;
	return s.len == DIGEST_DIGITS;
}

static void fill_said(const struct words *w, enum word said, struct str values[VALUES], struct buf *ret)
{
	for (unsigned i = 0; i < VALUES; i++)
		if (is_digest(values[i]))
			values[i] = str_sub(values[i], 0, DIGEST_SHOWN);
	for (unsigned i = 0; i < KEYS; i++)
		if (key_values[i].said == said)
			values[key_values[i].value - 1] =
			        key_word(w, key_values[i].kind, values[key_values[i].value - 1]);
	word_fill(ret, w->text[said], values, VALUES);
}

static int one_said(const struct words *w, struct str text, struct buf *ret)
{
	struct str values[VALUES] = {0};

	for (unsigned i = 0; i < WORD_END; i++) {
		struct str symbol = str_from(english[i].symbol);
		if (!str_starts(symbol, STR("REFUSED_")) && !str_starts(symbol, STR("SAID_")))
			continue;
		if (!fits(str_from(english[i].text), text, values))
			continue;
		fill_said(w, i, values, ret);
		return 0;
	}
	return -1;
}

/* Of "K12 LA-2026-3: told", how much is before what is said of it: with its colon and blank. 0: nothing. */
static size_t head_of(struct str text)
{
	size_t at = str_find_str(text, 0, STR(": ")), blanks = 0;

	if (at == SIZE_MAX || at < 2 || text.p[0] < 'A' || text.p[0] > 'Z' || !char_digit(text.p[1]))
		return 0;
	for (size_t i = 0; i < at; i++)
		blanks += text.p[i] == ' ';
	return blanks <= 1 ? at + 2 : 0;
}

int words_said(const struct words *w, struct str sentence, struct buf *ret)
{
	struct str text = str_trim(sentence);
	size_t head = head_of(text);
	auto_buf struct buf said = {0};

	if (one_said(w, text, ret) == 0)
		return 0;
	if (head == 0)
		return -1;
	struct str tail = str_skip(text, head), state = key_word(w, "cstate", tail);
	if (one_said(w, tail, &said) != 0) {
		if (text.p[0] != 'K' || state.p == tail.p)
			return -1;
		buf_add(&said, state);
	}
	buf_add(ret, str_sub(text, 0, head));
	buf_add(ret, buf_str(&said));
	return 0;
}

static unsigned variables(struct str text)
{
	unsigned set = 0;

	for (size_t i = 0; i < text.len; i++)
		set |= variable(text, i) > 0 ? 1u << variable(text, i) : 0;
	return set;
}

/* ---- files --------------------------------------------------------------------------------------- */

static int take_word(struct words *w, const struct conf *c, struct err *e)
{
	enum word id = word_find(c->key);

	if (id == WORD_END)
		return conf_err_key(c, e,
		        "there is no word '%.*s' on the pages; 'weir docs words' lists them",
		        STR_ARG(c->key));
	if (c->kind != CONF_SCALAR)
		return conf_err(c, e, "a word is a text");
	/* an empty one waits for its translation */
	if (c->text.len == 0)
		return 0;
	if (variables(c->text) != variables(str_from(english[id].text)))
		return conf_err(
		        c, e, "the variables are not those of the English text, \"%s\"", english[id].text);
	if (w->text[id].p != NULL)
		return 0;
	w->text[id] = c->text;
	return 0;
}

static int read_pages(struct arena *a, const char *path, struct words *w, struct err *e)
{
	static const char *const keys[] = {"name", "review", "words", NULL};
	struct str review = {0}, name = {0};
	struct conf *c;
	int rc = conf_read(a, path, &c, e);

	if (rc == 0 && c->kind != CONF_MAP)
		rc = conf_err(c, e, "the words of pages are a map with name and words");
	if (rc != 0 || conf_only(c, keys, e) != 0 || conf_str(c, "name", &name, e) != 0 ||
	        conf_str(c, "review", &review, e) != 0)
		return ERR_VALUE;
	const struct conf *list = conf_find(c, "words");
	for (const struct conf *k = list != NULL ? list->first : NULL; k != NULL && rc == 0; k = k->next)
		rc = take_word(w, k, e);
	w->review |= str_eq(review, STR("needed"));
	if (w->name.len == 0)
		w->name = name;
	return rc;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static struct str in(struct arena *a, struct str folder, struct str code)
{
	return arena_printf(a, "%.*s/lang/%.*s/pages.yaml", STR_ARG(folder), STR_ARG(code));
}

static void fill_up(struct words *w)
{
	for (unsigned i = 0; i < WORD_END; i++) {
		w->missing += w->text[i].p == NULL;
		if (w->text[i].p == NULL)
			w->text[i] = str_from(english[i].text);
	}
}

/* What has no word of its own yet; English has none to take. */
static bool load_language(struct languages *l, const struct country_paths *p, const struct country *c,
        const char *defaults, struct str code, struct buf *notes)
{
	const struct str folders[] = {c->folder, str_from(defaults)};
	struct words w = {.code = arena_str(&l->arena, code)};
	struct err e = {0};
	bool is_english = str_eq(code, STR("en"));
	int rc = 0;

	for (unsigned i = 0; i < 2 && rc == 0; i++) {
		struct str path = in(&l->arena, folders[i], code);
		if (folders[i].len != 0 && is_file(path.p))
			rc = read_pages(&l->arena, path.p, &w, &e);
	}
	if (rc == 0)
		rc = lang_read(p, c, &l->arena, code, is_english ? NULL : &l->v[0].classes, &w.classes, &e);
	if (rc != 0) {
		buf_printf(notes, "%s\n", e.text);
		if (!is_english)
			return false;
	}
	if (is_english)
		w.name = STR("English");
	fill_up(&w);
	w.missing = is_english ? 0 : w.missing;
	if (w.name.len == 0)
		w.name = w.code;
	l->v[l->n++] = w;
	return true;
}

#define LANGUAGES_MAX 16

static bool is_there(const struct languages *l, struct str code)
{
	for (unsigned i = 0; i < l->n; i++)
		if (str_eq(l->v[i].code, code))
			return true;
	return false;
}

static void load_folder(struct languages *l, const struct country_paths *p, const struct country *c,
        const char *defaults, struct str folder, struct buf *notes)
{
	struct dirent **names = NULL;
	int n = scandir(arena_printf(&l->arena, "%.*s/lang", STR_ARG(folder)).p, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		struct str code = str_from(names[i]->d_name);
		if (code.p[0] != '.' && !is_there(l, code) && l->n < LANGUAGES_MAX &&
		        is_file(in(&l->arena, folder, code).p))
			(void)load_language(l, p, c, defaults, code, notes);
		free(names[i]);
	}
	free(names);
}

void languages_load(const struct country_paths *p, struct languages *ret, struct buf *notes)
{
	struct languages l = {.n = 0};
	struct country c = {.folder = p->conf != NULL ? str_from(p->conf) : STR("")};

	arena_init(&l.arena, 0);
	l.v = arena_array(&l.arena, LANGUAGES_MAX, sizeof(*l.v));
	if (c.folder.len == 0)
		c.folder = str_from(country_sample(p, &l.arena, "country"));
	const char *defaults = country_sample(p, &l.arena, "../conf");
	(void)load_language(&l, p, &c, defaults, STR("en"), notes);
	load_folder(&l, p, &c, defaults, c.folder, notes);
	load_folder(&l, p, &c, defaults, str_from(defaults), notes);
	*ret = l;
}

void languages_done(struct languages *l)
{
	arena_done(&l->arena);
}

const struct words *languages_find(const struct languages *l, struct str code)
{
	for (unsigned i = 0; i < l->n; i++)
		if (str_eq(l->v[i].code, code))
			return &l->v[i];
	return &l->v[0];
}

/* Weights are passed over: a browser writes its languages in the order in which it wants them. */
const struct words *languages_wanted(const struct languages *l, struct str accept)
{
	while (accept.len > 0) {
		struct str_cut cut = str_cut(accept, ',');
		struct str tag = str_trim(str_cut(cut.head, ';').head);
		struct str code = str_cut(tag, '-').head;
		accept = cut.tail;
		for (unsigned i = 0; i < l->n; i++)
			if (code.len != 0 && str_ieq(l->v[i].code, code))
				return &l->v[i];
	}
	return &l->v[0];
}
