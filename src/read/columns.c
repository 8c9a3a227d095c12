/* SPDX-License-Identifier: Apache-2.0 */
#include "read/columns.h"
#include "base/vec.h"
#include "read/indicator.h"
#include <stdio.h>

static const struct {
	struct str name;
	enum field id;
} aliases[] = {
#define ALIAS(name, symbol) {STR_INIT(name), FIELD_##symbol},
#include "read/aliases.tbl"
#undef ALIAS
};

enum field columns_field(struct str name)
{
	char text[64];
	enum field id = field_find(name);

	if (id != FIELD_NONE || name.len > sizeof(text))
		return id;
	name = str_trim(name);
	for (size_t i = 0; i < name.len; i++)
		text[i] = char_alnum(name.p[i]) || name.p[i] == '.' ? char_lower(name.p[i]) : '_';
	name = str_make(text, name.len);
	id = field_find(name);
	for (size_t i = 0; id == FIELD_NONE && i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (str_eq(aliases[i].name, name))
			id = aliases[i].id;
	return id;
}

uint32_t columns_known(const struct str *names, uint32_t n)
{
	uint32_t known = 0;

	for (uint32_t i = 0; i < n; i++)
		known += columns_field(names[i]) != FIELD_NONE ||
		        str_istarts(str_trim(names[i]), STR("extra."));
	return known;
}

static bool is_column(struct str wanted, struct str name, uint32_t at)
{
	uint32_t number;

	return str_ieq(wanted, name) || (str_u32(wanted, &number) && number == at + 1);
}

bool columns_is_row(const struct map_row *row, struct str name, uint32_t at)
{
	return is_column(row->from, name, at);
}

const struct map_row *columns_map_row(const struct read_map *map, struct str name, uint32_t at)
{
	for (uint32_t i = 0; map != NULL && i < map->nrows; i++)
		if (is_column(map->rows[i].from, name, at))
			return &map->rows[i];
	return NULL;
}

bool columns_taken(const struct columns *c, enum field id)
{
	for (uint32_t i = 0; i < c->plan.n; i++)
		if (c->plan.v[i].to == id)
			return true;
	for (uint32_t i = 0; i < c->nmapped; i++)
		if (c->mapped[i].to == id)
			return true;
	return false;
}

void columns_add(struct columns *c, const struct event_column *col)
{
	if (col->to != FIELD_NONE || col->key.name.len != 0)
		c->plan.v[c->plan.n++] = *col;
}

void columns_add_mapped(struct reading *r, struct columns *c, uint32_t at, const struct map_row *row)
{
	bool plain = row->format.len == 0 && row->prefix.len == 0 && row->split.len == 0 &&
	        row->nwords == 0 && row->after.len == 0 && row->before.len == 0 && !row->indicator;
	struct event_column col = {.at = at, .to = row->to};

	if (col.to == FIELD_NONE && row->extra.len == 0 && !row->indicator)
		return;
	if (col.to == FIELD_NONE && !row->indicator)
		col.key = event_key(r->arena, row->extra);
	if (row->split.len != 0) {
		c->split = row;
		c->split_at = at;
	}
	if (plain) {
		columns_add(c, &col);
		return;
	}
	c->maps[c->nmapped] = row;
	c->mapped[c->nmapped++] = col;
}

static void plan_column(struct reading *r, struct columns *c, struct str name, const struct read_map *map)
{
	struct event_column col = {.at = c->width};
	bool found = false;

	for (uint32_t i = 0; map != NULL && i < map->nrows; i++)
		if (is_column(map->rows[i].from, name, col.at)) {
			columns_add_mapped(r, c, col.at, &map->rows[i]);
			found = true;
		}
	if (found || (map != NULL && map->only))
		return;
	/* a mapping that takes a field names its column; an alias does not fight with it */
	if (map == NULL || map->nrows == 0)
		col.to = columns_field(name);
	/* the first of two columns for one field has it, the other stays under its own name */
	if (col.to != FIELD_NONE && columns_taken(c, col.to))
		col.to = FIELD_NONE;
	if (col.to == FIELD_NONE && name.len != 0)
		col.key = event_key(r->arena, name);
	columns_add(c, &col);
}

void columns_sort(struct columns *c)
{
	event_plan_init(&c->plan);
}

struct columns columns_new(struct reading *r, uint32_t n)
{
	struct columns c = {0};

	c.surplus = COLUMN_NONE;
	c.plan.v = arena_array(r->arena, n + 1, sizeof(*c.plan.v));
	c.mapped = arena_array(r->arena, n + 1, sizeof(*c.mapped));
	c.maps = arena_array(r->arena, n + 1, sizeof(*c.maps));
	return c;
}

/* ---- what a mapping says of columns by their names ---------------------------------------------- */

static uint32_t find_column(struct columns *c, const struct str *names, uint32_t n, struct str wanted)
{
	for (uint32_t i = 0; i < n; i++)
		if (is_column(wanted, names[i], i))
			return i;
	c->missing = wanted;
	return COLUMN_NONE;
}

/* "http://{Host}{Path}" in pieces; NULL if it has no column. */
static void plan_const(struct reading *r, struct columns *c, const struct str *names, uint32_t n,
        const struct map_const *from, struct column_const *ret)
{
	struct str rest = from->value;
	uint32_t most = 1;

	for (size_t i = 0; i < rest.len; i++)
		most += rest.p[i] == '{';
	struct column_piece *pieces = arena_array(r->arena, most, sizeof(*pieces));
	ret->from = from;
	while (rest.len > 0) {
		struct str_cut open = str_cut(rest, '{'), close = str_cut(open.tail, '}');
		bool column = open.ok && close.ok && close.head.len > 0;
		pieces[ret->npieces++] = (struct column_piece){.text = column ? open.head : rest,
		        .at = column ? find_column(c, names, n, close.head) : COLUMN_NONE};
		if (column)
			ret->pieces = pieces;
		rest = column ? close.tail : (struct str){0};
	}
}

static void plan_names(
        struct reading *r, struct columns *c, const struct str *names, uint32_t n, const struct read_map *map)
{
	uint32_t *where = arena_array(r->arena, map->nwhere, sizeof(*where));

	for (uint32_t i = 0; i < map->nwhere; i++)
		where[i] = find_column(c, names, n, map->where[i].from);
	c->where = where;
	if (map->surplus.len != 0)
		c->surplus = find_column(c, names, n, map->surplus);
	c->consts = arena_array(r->arena, map->nconsts, sizeof(*c->consts));
	for (uint32_t i = 0; i < map->nconsts; i++)
		plan_const(r, c, names, n, &map->consts[i], &c->consts[i]);
}

struct columns columns_plan(
        struct reading *r, const struct str *names, uint32_t n, const struct read_map *map)
{
	struct columns c = columns_new(r, n + (map != NULL ? map->nrows : 0));

	for (uint32_t i = 0; i < n; i++, c.width++)
		plan_column(r, &c, names[i], map);
	if (map != NULL)
		plan_names(r, &c, names, n, map);
	columns_sort(&c);
	return c;
}

/* ---- values ------------------------------------------------------------------------------------- */

static struct str translate(const struct map_row *map, struct str value)
{
	struct str word = str_trim(value);

	for (uint32_t i = 0; i < map->nwords; i++)
		if (str_ieq(map->words[i].from, word))
			return map->words[i].to;
	return map->has_other ? map->other : value;
}

/* What stands between the marks; false if the first one is not there. */
static bool cut_marks(const struct map_row *map, struct str *value)
{
	size_t from = 0, to = SIZE_MAX;

	if (map->after.len != 0) {
		from = str_find_str(*value, 0, map->after);
		if (from == SIZE_MAX)
			return false;
		from += map->after.len;
	}
	if (map->before.len != 0)
		to = str_find_str(*value, from, map->before);
	*value = str_trim(str_sub(*value, from, (to == SIZE_MAX ? value->len : to) - from));
	return true;
}

/* Under the name that the column has in the report. */
static void put_as_it_is(struct reading *r, struct str name, struct str value)
{
	uint32_t number;
	char text[24];

	if (str_u32(name, &number))
		name = str_make(text, (size_t)snprintf(text, sizeof(text), "column_%u", number));
	event_extra_name(r->w, name, value);
}

static void put_indicator(struct reading *r, const struct map_row *map, struct str value)
{
	struct indicator i;
	char armed[2048];

	indicator_parse(value_refang(str_trim(value), armed, sizeof(armed)), &i);
	if (i.kind == INDICATOR_NONE)
		put_as_it_is(r, map->from, value);
	else
		indicator_put(r->w, &i);
}

static void put_prefixed(
        struct reading *r, const struct map_row *map, enum field to, struct event_key *key, struct str value)
{
	auto_buf struct buf b = {0};

	buf_add(&b, map->prefix);
	buf_add(&b, value);
	if (to != FIELD_NONE)
		event_put(r->w, to, buf_str(&b));
	else
		event_extra(r->w, key, buf_str(&b));
}

void columns_put(
        struct reading *r, const struct map_row *map, enum field to, struct event_key *key, struct str value)
{
	if (map != NULL) {
		if (str_trim(value).len == 0)
			return;
		if (!cut_marks(map, &value)) {
			if (map->alone)
				put_as_it_is(r, map->from, value);
			return;
		}
		value = translate(map, value);
		if (map->indicator) {
			put_indicator(r, map, value);
			return;
		}
		if (map->prefix.len != 0 && str_trim(value).len != 0 && !str_istarts(value, map->prefix)) {
			put_prefixed(r, map, to, key, value);
			return;
		}
		if (map->format.len != 0 && to != FIELD_NONE) {
			event_put_format(r->w, to, value, map->format);
			return;
		}
	}
	if (to != FIELD_NONE)
		event_put(r->w, to, value);
	else
		event_extra(r->w, key, value);
}

static void put_const(struct reading *r, const struct map_const *c, struct str value)
{
	if (c->to == FIELD_NONE)
		event_extra_name(r->w, c->extra, value);
	else if (!event_has(r->w, c->to))
		event_put(r->w, c->to, value);
}

static void put_list_time(struct reading *r)
{
	if (r->list_time.len != 0 && !event_has(r->w, FIELD_TIME_SOURCE))
		event_put(r->w, FIELD_TIME_SOURCE, r->list_time);
}

void columns_constants(struct reading *r)
{
	const struct read_map *map = r->options->map;

	for (uint32_t i = 0; map != NULL && i < map->nconsts; i++)
		put_const(r, &map->consts[i], map->consts[i].value);
	put_list_time(r);
}

/* A constant with columns is only there if all of them are. */
static void put_pieces(struct reading *r, const struct column_const *c, const struct str *values, uint32_t n)
{
	auto_buf struct buf b = {0};

	for (uint32_t i = 0; i < c->npieces; i++) {
		const struct column_piece *piece = &c->pieces[i];
		struct str value = piece->at < n ? str_trim(values[piece->at]) : (struct str){0};
		buf_add(&b, piece->text);
		buf_add(&b, value);
		if (piece->at != COLUMN_NONE && value.len == 0)
			return;
	}
	put_const(r, c->from, buf_str(&b));
}

static void put_constants(struct reading *r, struct columns *c, const struct str *values, uint32_t n)
{
	const struct read_map *map = r->options->map;

	if (c->consts == NULL || map == NULL) {
		columns_constants(r);
		return;
	}
	for (uint32_t i = 0; i < map->nconsts; i++)
		if (c->consts[i].pieces != NULL)
			put_pieces(r, &c->consts[i], values, n);
		else
			put_const(r, &map->consts[i], map->consts[i].value);
	put_list_time(r);
}

/* "2026-01-05 (a Monday)" */
static bool is_time(const struct read_map *map, struct str s)
{
	int64_t t;

	return map->time_format.len != 0 ? value_time_format(s, map->time_format, NULL, &t)
	                                 : value_time(s, NULL, &t);
}

void columns_comment(struct reading *r, struct str comment)
{
	const struct read_map *map = r->options->map;
	size_t at = map == NULL || map->time_comment.len == 0 ? SIZE_MAX
	                                                      : str_find_str(comment, 0, map->time_comment);

	if (at == SIZE_MAX)
		return;
	struct str s = str_trim(str_skip(comment, at + map->time_comment.len));
	while (s.len > 0 && (s.p[s.len - 1] == '#' || char_space(s.p[s.len - 1])))
		s.len--;
	struct str shorter = str_trim(str_cut(s, '(').head);
	if (!is_time(map, s))
		s = shorter;
	if (is_time(map, s))
		r->list_time = arena_str(r->arena, s);
}

int columns_no_table(struct reading *r)
{
	const struct read_map *map = r->options->map;
	const char *what = map == NULL ? NULL
	        : map->nwhere > 0      ? "where"
	        : map->surplus.len     ? "surplus"
	                               : NULL;

	for (uint32_t i = 0; map != NULL && i < map->nrows && what == NULL; i++)
		what = map->rows[i].split.len != 0 ? "split" : NULL;
	return what == NULL
	        ? 0
	        : err_set(&r->err, ERR_VALUE, "the mapping has '%s', which is for tables (format csv)", what);
}

static bool is_wanted(struct reading *r, struct columns *c, const struct str *values, uint32_t n)
{
	const struct read_map *map = r->options->map;

	for (uint32_t i = 0; c->where != NULL && map != NULL && i < map->nwhere; i++) {
		const struct map_where *where = &map->where[i];
		if (c->where[i] >= n) /* a row that ends before the column says nothing of it */
			continue;
		struct str value = str_trim(values[c->where[i]]);
		uint32_t k = 0;
		while (k < where->nvalues && !str_ieq(where->values[k], value))
			k++;
		if (k == where->nvalues)
			return false;
	}
	return true;
}

static void put_row(
        struct reading *r, struct columns *c, const struct str *values, uint32_t n, struct str piece)
{
	event_begin(r->w);
	event_fill(r->w, &c->plan, values, n);
	for (uint32_t i = 0; i < c->nmapped; i++) {
		struct event_column *col = &c->mapped[i];
		bool split = c->split != NULL && col->at == c->split_at;
		struct str value = split ? piece : col->at < n ? values[col->at] : (struct str){0};
		if (value.len != 0)
			columns_put(r, c->maps[i], col->to, &col->key, value);
	}
	put_constants(r, c, values, n);
	event_end(r->w);
}

void columns_row(struct reading *r, struct columns *c, const struct str *values, uint32_t n)
{
	if (!is_wanted(r, c, values, n))
		return;
	if (c->split == NULL || c->split_at >= n) {
		put_row(r, c, values, n, (struct str){0});
		return;
	}
	struct str rest = values[c->split_at];
	do {
		size_t at = str_find_str(rest, 0, c->split->split);
		struct str piece = at == SIZE_MAX ? rest : str_sub(rest, 0, at);
		if (str_trim(piece).len != 0 || at == SIZE_MAX)
			put_row(r, c, values, n, piece);
		rest = at == SIZE_MAX ? (struct str){0} : str_skip(rest, at + c->split->split.len);
	} while (str_trim(rest).len != 0);
}
