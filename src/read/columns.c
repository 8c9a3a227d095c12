/* SPDX-License-Identifier: Apache-2.0 */
#include "read/columns.h"
#include "base/vec.h"

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

const struct map_row *columns_map_row(const struct read_map *map, struct str name, uint32_t at)
{
	uint32_t number;

	for (uint32_t i = 0; map != NULL && i < map->nrows; i++)
		if (str_ieq(map->rows[i].from, name) ||
		        (str_u32(map->rows[i].from, &number) && number == at + 1))
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
	bool plain = row->format.len == 0 && row->prefix.len == 0 && row->split.len == 0 && row->nwords == 0;
	struct event_column col = {.at = at, .to = row->to};

	if (col.to == FIELD_NONE && row->extra.len == 0)
		return;
	if (col.to == FIELD_NONE)
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
	const struct map_row *row = columns_map_row(map, name, c->width);

	if (row != NULL) {
		columns_add_mapped(r, c, col.at, row);
		return;
	}
	if (map != NULL && map->only)
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

	c.plan.v = arena_array(r->arena, n + 1, sizeof(*c.plan.v));
	c.mapped = arena_array(r->arena, n + 1, sizeof(*c.mapped));
	c.maps = arena_array(r->arena, n + 1, sizeof(*c.maps));
	return c;
}

struct columns columns_plan(
        struct reading *r, const struct str *names, uint32_t n, const struct read_map *map)
{
	struct columns c = columns_new(r, n);

	for (uint32_t i = 0; i < n; i++, c.width++)
		plan_column(r, &c, names[i], map);
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
	return value;
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
		value = translate(map, value);
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

void columns_constants(struct reading *r)
{
	const struct read_map *map = r->options->map;

	for (uint32_t i = 0; map != NULL && i < map->nconsts; i++)
		if (map->consts[i].to == FIELD_NONE)
			event_extra_name(r->w, map->consts[i].extra, map->consts[i].value);
		else if (!event_has(r->w, map->consts[i].to))
			event_put(r->w, map->consts[i].to, map->consts[i].value);
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
	columns_constants(r);
	event_end(r->w);
}

void columns_row(struct reading *r, struct columns *c, const struct str *values, uint32_t n)
{
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
