/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/norm_file.h"
#include "agree/norm.h"

#define LANGS 16 /* of a text */
#define TITLE 200
#define TEXT 2000

struct file {
	struct arena *a;
	struct db *db;              /* NULL: it is looked at alone */
	const struct conf *machine; /* NULL: none */
	struct str instrument, source, part;
	unsigned *place;
};

bool norm_key_good(struct str key)
{
	unsigned dots = 0;

	for (size_t i = 0; i < key.len; i++) {
		char c = key.p[i];
		dots += c == '.';
		if (!(c >= 'a' && c <= 'z') && !char_digit(c) && c != '-' && c != '_' && c != '.')
			return false;
		if (c == '.' && (i == 0 || i + 1 == key.len))
			return false;
	}
	return key.len > 0 && key.len <= NORM_KEY && dots <= 1;
}

static bool is_word(struct str s)
{
	return norm_key_good(s) && !str_has(s, '.');
}

static bool is_part(struct str s)
{
	for (unsigned i = 0; i < NORM_PARTS; i++)
		if (str_eq(s, str_from(norm_parts[i])))
			return true;
	return false;
}

/* ---- texts --------------------------------------------------------------------------------------- */

static bool has_scalar(const struct conf *list, struct str text)
{
	for (const struct conf *c = list != NULL ? list->first : NULL; c != NULL; c = c->next)
		if (str_eq(c->text, text))
			return true;
	return false;
}

/* A map from languages to texts, English among them. */
static int check_texts(
        const struct conf *of, const char *name, size_t most, const struct conf **ret, struct err *e)
{
	const struct conf *c = conf_find(of, name);
	unsigned n = 0;

	*ret = c;
	if (c == NULL || c->kind != CONF_MAP || conf_find(c, "en") == NULL)
		return conf_err(of, e, "'%s' is a map from languages to texts, 'en' among them", name);
	for (const struct conf *t = c->first; t != NULL; t = t->next) {
		if (t->kind != CONF_SCALAR || t->text.len == 0)
			return conf_err(t, e, "'%s' is a text", name);
		if (t->text.len > most)
			return conf_err(t, e, "'%s' is longer than %zu bytes", name, most);
		if (t->key.len == 0 || t->key.len > 20 || ++n > LANGS)
			return conf_err_key(t, e, "this is no language, or there are more than %d", LANGS);
	}
	return 0;
}

static void put_text(const struct file *f, struct str key, const struct conf *title, const struct conf *text)
{
	const struct conf *of =
	        text != NULL ? conf_find(text, arena_printf(f->a, "%.*s", STR_ARG(title->key)).p) : NULL;
	struct query q = db_query(
	        f->db, "insert into norm_text(key, lang, title, text, machine) values (?, ?, ?, ?, ?)");

	query_text(&q, key);
	query_text(&q, title->key);
	query_text(&q, title->text);
	query_text(&q, of != NULL ? of->text : STR(""));
	query_u64(&q, has_scalar(f->machine, title->key));
	query_run(&q);
}

static void put_texts(
        const struct file *f, struct str key, const struct conf *titles, const struct conf *texts)
{
	for (const struct conf *t = f->db != NULL ? titles->first : NULL; t != NULL; t = t->next)
		put_text(f, key, t, texts);
}

/* A language that has a title has a text, else half of a norm would be in another one. */
static int check_pairs(const struct conf *titles, const struct conf *texts, struct err *e)
{
	for (const struct conf *t = texts->first; t != NULL; t = t->next) {
		const struct conf *k = titles->first;
		while (k != NULL && !str_eq(k->key, t->key))
			k = k->next;
		if (k == NULL)
			return conf_err_key(t, e, "'%.*s' has a text and no title", STR_ARG(t->key));
	}
	for (const struct conf *k = titles->first; k != NULL; k = k->next) {
		const struct conf *t = texts->first;
		while (t != NULL && !str_eq(k->key, t->key))
			t = t->next;
		if (t == NULL)
			return conf_err_key(k, e, "'%.*s' has a title and no text", STR_ARG(k->key));
	}
	return 0;
}

/* ---- entries ------------------------------------------------------------------------------------- */

static int read_figures(const struct conf *c, struct buf *ret, struct err *e)
{
	const struct conf *list = conf_find(c, "evidence");

	if (list != NULL && list->kind != CONF_LIST)
		return conf_err(list, e, "'evidence' is a list of figures, such as [requests-answered]");
	for (const struct conf *f = list != NULL ? list->first : NULL; f != NULL; f = f->next) {
		if (f->kind != CONF_SCALAR || norm_figure_find(f->text) == NULL)
			return conf_err(f, e, "'%.*s' is no figure of this node; docs/norms.md lists them",
			        STR_ARG(f->text));
		buf_printf(ret, "%s%.*s", ret->len > 0 ? " " : "", STR_ARG(f->text));
	}
	return 0;
}

static void put_item(const struct file *f, struct str key, struct str part, struct str figures)
{
	struct query q = db_query(f->db,
	        "insert into norm_item(key, instrument, part, place, source, figures) values (?, ?, ?, ?, ?, "
	        "?)");

	query_text(&q, key);
	query_text(&q, f->instrument);
	query_text(&q, part);
	query_u64(&q, ++*f->place);
	query_text(&q, f->source);
	query_text(&q, figures);
	query_run(&q);
}

static int take_entry(const struct file *f, const struct conf *c, struct err *e)
{
	static const char *const keys[] = {"part", "evidence", "title", "text", NULL};
	struct str part = f->part,
	           key = arena_printf(f->a, "%.*s.%.*s", STR_ARG(f->instrument), STR_ARG(c->key));
	const struct conf *titles, *texts;
	auto_buf struct buf figures = {0};

	if (!is_word(c->key) || !norm_key_good(key))
		return conf_err_key(
		        c, e, "'%.*s' is no key: small letters, digits, '-' and '_'", STR_ARG(c->key));
	if (c->kind != CONF_MAP || conf_only(c, keys, e) != 0)
		return c->kind != CONF_MAP ? conf_err(c, e, "an entry has 'title' and 'text'") : ERR_VALUE;
	if (conf_str(c, "part", &part, e) != 0)
		return ERR_VALUE;
	if (!is_part(part))
		return conf_err(c, e, "'part' is law, norms, confidence or capacity");
	if (check_texts(c, "title", TITLE, &titles, e) != 0 || check_texts(c, "text", TEXT, &texts, e) != 0 ||
	        check_pairs(titles, texts, e) != 0 || read_figures(c, &figures, e) != 0)
		return ERR_VALUE;
	if (f->db != NULL)
		put_item(f, key, part, figures.len > 0 ? buf_str(&figures) : STR(""));
	put_texts(f, key, titles, texts);
	return 0;
}

/* ---- the file ------------------------------------------------------------------------------------ */

static int read_machine(struct file *f, const struct conf *c, struct err *e)
{
	f->machine = conf_find(c, "machine");
	if (f->machine != NULL && f->machine->kind != CONF_LIST)
		return conf_err(f->machine, e, "'machine' is a list of languages");
	return 0;
}

static int take_entries(const struct file *f, const struct conf *c, struct err *e)
{
	const struct conf *list = conf_find(c, "entries");
	unsigned n = 0;
	int rc = 0;

	if (list == NULL || list->kind != CONF_MAP)
		return conf_err(c, e, "'entries' is a map from keys to what is asked");
	for (const struct conf *k = list->first; k != NULL && rc == 0; k = k->next)
		rc = ++n > NORM_ENTRIES ? conf_err_key(k, e, "a file has %d entries at most", NORM_ENTRIES)
		                        : take_entry(f, k, e);
	return rc;
}

static bool is_there(struct db *db, struct str instrument)
{
	struct query q = db_query(db, "select 1 from norm_text where key = ?");

	query_text(&q, instrument);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

int norm_file_take(struct arena *a, const char *path, struct db *db, unsigned *place, struct err *e)
{
	static const char *const keys[] = {
	        "instrument", "part", "source", "machine", "title", "entries", NULL};
	struct file f = {.a = a, .db = db, .place = place, .source = STR("")};
	const struct conf *titles;
	struct conf *c;

	if (conf_read(a, path, &c, e) != 0)
		return ERR_VALUE;
	if (c->kind != CONF_MAP)
		return conf_err(c, e, "a file of norms has 'instrument', 'title' and 'entries'");
	if (conf_only(c, keys, e) != 0 || conf_str(c, "instrument", &f.instrument, e) != 0 ||
	        conf_str(c, "part", &f.part, e) != 0 || conf_str(c, "source", &f.source, e) != 0 ||
	        read_machine(&f, c, e) != 0 || check_texts(c, "title", TITLE, &titles, e) != 0)
		return ERR_VALUE;
	if (!is_word(f.instrument))
		return conf_err(c, e, "'instrument' is a word, such as gge2015");
	if (f.source.len > 0 && !str_starts(f.source, STR("https://")))
		return conf_err(conf_find(c, "source"), e, "'source' is an https address");
	if (db != NULL && is_there(db, f.instrument))
		return conf_err(
		        c, e, "the instrument '%.*s' stands in another file too", STR_ARG(f.instrument));
	put_texts(&f, f.instrument, titles, NULL);
	return take_entries(&f, c, e);
}

void norm_files_begin(struct db *db)
{
	struct query texts = db_query(db, "delete from norm_text"),
	             items = db_query(db, "delete from norm_item");

	query_run(&texts);
	query_run(&items);
}
