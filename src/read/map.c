/* SPDX-License-Identifier: Apache-2.0 */
#include "read/map.h"

static int parse_target(
        struct arena *a, const struct conf *c, enum field *ret_field, struct str *ret_extra, struct err *e)
{
	struct str name = c->text;

	if (str_eq(name, STR("ignore")))
		return 0;
	if (str_starts(name, STR("extra.")) && name.len > 6) {
		*ret_extra = arena_str(a, str_skip(name, 6));
		return 0;
	}
	*ret_field = field_find(name);
	if (*ret_field != FIELD_NONE)
		return 0;
	enum field near = field_nearest(name);
	if (near != FIELD_NONE)
		return conf_err(c, e, "no field '%.*s'; did you mean '%.*s'?", STR_ARG(name),
		        STR_ARG(field_table[near].name));
	return conf_err(c, e, "no field '%.*s' (a name of your own is extra.NAME)", STR_ARG(name));
}

static int parse_field(struct arena *a, const struct conf *c, struct map_row *row, struct err *e)
{
	row->indicator = str_eq(c->text, STR("indicator"));
	return row->indicator ? 0 : parse_target(a, c, &row->to, &row->extra, e);
}

static unsigned count_entries(const struct conf *c)
{
	unsigned n = 0;

	for (const struct conf *k = c->first; k != NULL; k = k->next)
		n++;
	return n;
}

static int parse_words(struct arena *a, const struct conf *c, struct map_row *row, struct err *e)
{
	if (c->kind != CONF_MAP)
		return conf_err(c, e, "words are entries 'WORD: VALUE'");
	struct map_word *w = arena_array(a, count_entries(c), sizeof(*w));
	row->words = w;
	for (const struct conf *k = c->first; k != NULL; k = k->next)
		w[row->nwords++] = (struct map_word){k->key, k->text};
	return 0;
}

static int parse_long_row(struct arena *a, const struct conf *c, struct map_row *row, struct err *e)
{
	static const char *const keys[] = {
	        "field", "after", "before", "format", "prefix", "split", "words", "else", NULL};
	const struct conf *field = conf_find(c, "field"), *words = conf_find(c, "words");
	struct str bad;

	if (conf_only(c, keys, e) != 0 || conf_str(c, "format", &row->format, e) != 0 ||
	        conf_str(c, "prefix", &row->prefix, e) != 0 || conf_str(c, "split", &row->split, e) != 0 ||
	        conf_str(c, "after", &row->after, e) != 0 || conf_str(c, "before", &row->before, e) != 0 ||
	        conf_str(c, "else", &row->other, e) != 0)
		return ERR_VALUE;
	row->has_other = conf_find(c, "else") != NULL;
	if (row->has_other && words == NULL)
		return conf_err(conf_find(c, "else"), e, "else is for words that 'words' does not have");
	if (field == NULL)
		return conf_err(c, e, "the column needs 'field: NAME'");
	if (row->format.len != 0 && value_time_format_bad(row->format, &bad))
		return conf_err(
		        conf_find(c, "format"), e, "'%.*s' in a time format is not known", STR_ARG(bad));
	if (parse_field(a, field, row, e) != 0)
		return ERR_VALUE;
	return words == NULL ? 0 : parse_words(a, words, row, e);
}

static int parse_row(struct arena *a, const struct conf *c, struct map_row *row, struct err *e)
{
	if (c->kind == CONF_MAP)
		return parse_long_row(a, c, row, e);
	if (c->kind == CONF_SCALAR)
		return parse_field(a, c, row, e);
	return conf_err(c, e, "a column is a field, a map, or a list of these");
}

/* Rows of all columns; a column with a list goes to several fields. */
static unsigned count_rows(const struct conf *c)
{
	unsigned n = 0;

	for (const struct conf *k = c->first; k != NULL; k = k->next)
		n += k->kind == CONF_LIST ? count_entries(k) : 1;
	return n;
}

static int parse_columns(struct arena *a, const struct conf *c, struct read_map *map, struct err *e)
{
	struct map_row *rows = arena_array(a, count_rows(c), sizeof(*rows));
	unsigned at = 0;

	if (c->kind == CONF_SCALAR)
		return conf_err(c, e, "columns are entries 'NAME: FIELD', or a list of fields");
	for (const struct conf *k = c->first; k != NULL; k = k->next) {
		struct str from = c->kind == CONF_MAP ? k->key : arena_printf(a, "%u", ++at);
		const struct conf *one = k->kind == CONF_LIST ? k->first : k;
		for (; one != NULL; one = k->kind == CONF_LIST ? one->next : NULL) {
			rows[map->nrows].from = from;
			rows[map->nrows].alone = k->kind != CONF_LIST || k->first->next == NULL;
			if (parse_row(a, one, &rows[map->nrows++], e) != 0)
				return ERR_VALUE;
		}
	}
	map->rows = rows;
	return 0;
}

/* where: {COLUMN: VALUE, COLUMN: [VALUE, ...]} */
static int parse_where(struct arena *a, const struct conf *c, struct read_map *map, struct err *e)
{
	struct map_where *where = arena_array(a, count_entries(c), sizeof(*where));

	if (c->kind != CONF_MAP)
		return conf_err(c, e, "where has entries 'COLUMN: VALUE' or 'COLUMN: [VALUE, ...]'");
	for (const struct conf *k = c->first; k != NULL; k = k->next) {
		struct str *values = arena_array(a, count_entries(k) + 1, sizeof(*values));
		struct map_where *w = &where[map->nwhere++];
		*w = (struct map_where){.from = k->key, .values = values};
		if (k->kind == CONF_SCALAR)
			values[w->nvalues++] = k->text;
		for (const struct conf *v = k->first; v != NULL; v = v->next) {
			if (k->kind != CONF_LIST || v->kind != CONF_SCALAR)
				return conf_err(v, e, "where has entries 'COLUMN: [VALUE, ...]'");
			values[w->nvalues++] = v->text;
		}
	}
	map->where = where;
	return 0;
}

static int parse_constants(struct arena *a, const struct conf *c, struct read_map *map, struct err *e)
{
	struct map_const *consts = arena_array(a, count_entries(c), sizeof(*consts));
	unsigned n = 0;

	if (c->kind != CONF_MAP)
		return conf_err(c, e, "constants are entries 'FIELD: VALUE'");
	for (const struct conf *k = c->first; k != NULL; k = k->next, n++) {
		struct conf key = {
		        .text = k->key, .line = k->key_line, .column = k->key_column, .file = k->file};
		if (parse_target(a, &key, &consts[n].to, &consts[n].extra, e) != 0)
			return ERR_VALUE;
		consts[n].value = k->text;
	}
	map->consts = consts;
	map->nconsts = n;
	return 0;
}

static int parse_shape(const struct conf *c, struct read_map *map, struct err *e)
{
	struct str header = {0}, delimiter = {0}, quote = {0};
	uint64_t skip = 0;

	if (conf_str(c, "header", &header, e) != 0 || conf_str(c, "delimiter", &delimiter, e) != 0 ||
	        conf_str(c, "quote", &quote, e) != 0 || conf_str(c, "comment", &map->comment, e) != 0 ||
	        conf_u64(c, "skip", 0, 1000, &skip, e) != 0 || conf_bool(c, "only", &map->only, e) != 0 ||
	        conf_str(c, "records", &map->records, e) != 0 || conf_str(c, "each", &map->each, e) != 0 ||
	        conf_str(c, "surplus", &map->surplus, e) != 0 ||
	        conf_str(c, "options", &map->options, e) != 0)
		return ERR_VALUE;
	map->skip = (unsigned)skip;
	map->header = -1;
	map->header_comment = str_eq(header, STR("comment"));
	if (str_eq(header, STR("no")) || str_eq(header, STR("false")))
		map->header = 0;
	else if (str_eq(header, STR("yes")) || str_eq(header, STR("true")) || map->header_comment)
		map->header = 1;
	else if (header.len != 0)
		return conf_err(conf_find(c, "header"), e, "header is yes, no or comment");
	if (str_eq(delimiter, STR("tab")) || str_eq(delimiter, STR("\\t")))
		delimiter = STR("\t");
	if (delimiter.len > 1 && !str_eq(delimiter, STR("blanks")))
		return conf_err(conf_find(c, "delimiter"), e, "a delimiter is one character, tab or blanks");
	map->delimiter = delimiter;
	if (quote.len > 1 && !str_eq(quote, STR("none")))
		return conf_err(conf_find(c, "quote"), e, "a quote is one character or none");
	map->quote = quote;
	if (map->surplus.len != 0 && !str_eq(quote, STR("none")) && !str_eq(delimiter, STR("blanks")))
		return conf_err(conf_find(c, "surplus"), e,
		        "a surplus needs 'quote: none': where values are quoted there is none");
	return 0;
}

static int parse_time(const struct conf *c, struct read_mapping *ret, struct err *e)
{
	static const char *const keys[] = {"comment", "format", "zone", NULL};
	struct str bad;

	if (c->kind != CONF_MAP)
		return conf_err(c, e, "time is a map with format and zone");
	if (conf_only(c, keys, e) != 0 || conf_str(c, "format", &ret->time_format, e) != 0 ||
	        conf_str(c, "comment", &ret->map.time_comment, e) != 0 ||
	        conf_str(c, "zone", &ret->time_zone, e) != 0)
		return ERR_VALUE;
	if (ret->time_format.len != 0 && value_time_format_bad(ret->time_format, &bad))
		return conf_err(
		        conf_find(c, "format"), e, "'%.*s' in a time format is not known", STR_ARG(bad));
	ret->map.time_format = ret->time_format;
	return 0;
}

int map_parse(struct arena *a, const struct conf *c, struct read_mapping *ret, struct err *e)
{
	static const char *const keys[] = {"header", "delimiter", "quote", "comment", "skip", "records",
	        "each", "only", "surplus", "where", "options", "time", "columns", "constants", NULL};
	struct read_mapping m = {0};
	const struct conf *time = conf_find(c, "time"), *columns = conf_find(c, "columns"),
	                  *constants = conf_find(c, "constants"), *where = conf_find(c, "where");

	if (c->kind != CONF_MAP)
		return conf_err(c, e, "a mapping is a map with columns, constants, ...");
	if (conf_only(c, keys, e) != 0 || parse_shape(c, &m.map, e) != 0)
		return ERR_VALUE;
	if (time != NULL && parse_time(time, &m, e) != 0)
		return ERR_VALUE;
	if (where != NULL && parse_where(a, where, &m.map, e) != 0)
		return ERR_VALUE;
	if (columns != NULL && parse_columns(a, columns, &m.map, e) != 0)
		return ERR_VALUE;
	if (constants != NULL && parse_constants(a, constants, &m.map, e) != 0)
		return ERR_VALUE;
	*ret = m;
	return 0;
}

int map_read(struct arena *a, const char *path, struct read_mapping *ret, struct err *e)
{
	struct conf *c;
	int rc = conf_read(a, path, &c, e);

	return rc != 0 ? rc : map_parse(a, c, ret, e);
}
