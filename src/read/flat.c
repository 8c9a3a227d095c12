/* SPDX-License-Identifier: Apache-2.0
 *
 * Most lines of a report have the same names in the same order. So each name remembers which one followed it,
 * and an object of nothing but scalars is taken as a row of a table with a column for each name: values are
 * gathered first and put by a plan, in the order of the batch. What is no such object goes the long way,
 * token by token.
 *
 * A path longer than a name of the sender's own may be is cut, and what is met after FLAT_NAMES different
 * paths is prepared each time, so a report of ever new names costs time but no memory.
 */
#include "read/flat.h"
#include "base/utf8.h"
#include "text/json_flat.h"

#define FLAT_NAMES 2048
#define FLAT_SLOTS 4096
#define FLAT_PATH 512
#define FLAT_ELEMENT 8192
#define FLAT_ROW 192 /* names that a table may have */

struct flat {
	void (*plan)(struct reading *r, void *arg, struct flat_name *name);
	void *arg;
	struct flat_name names[FLAT_NAMES];
	uint32_t n;
	uint16_t slots[FLAT_SLOTS]; /* index + 1 */
	struct flat_name once;
	char *scratch; /* a key or value without its escapes */
	size_t scratch_len;
	struct str each, elements; /* path of the array that makes several events; its text in this object */

	/* objects as rows */
	struct json_flat *pairs;     /* NULL until the first one */
	uint16_t next[FLAT_ROW + 1]; /* of a name, the one that followed last; of FLAT_ROW the first one */
	uint16_t at[JSON_FLAT_GAPS]; /* columns of the last object, in its order */
	uint32_t last;               /* column of the pair before */
	uint32_t planned;            /* names that the plan has */
	bool no_row;                 /* a name takes more than a plan can */
	struct event_plan row;
	struct event_column columns[FLAT_ROW];
	struct str values[FLAT_ROW];
};

struct flat *flat_new(
        struct reading *r, void (*plan)(struct reading *r, void *arg, struct flat_name *name), void *arg)
{
	struct flat *f = arena_new(r->arena, struct flat);

	f->plan = plan;
	f->arg = arg;
	if (r->options->map != NULL)
		f->each = r->options->map->each;
	return f;
}

void flat_plan(struct reading *r, struct flat_name *name)
{
	const struct str one[] = {name->path};
	struct columns c = columns_plan(r, one, 1, r->options->map);

	name->to = FIELD_NONE;
	name->key = (struct event_key){0};
	name->map = NULL;
	if (c.plan.n + c.nmapped > 1) {
		struct columns *more = arena_new(r->arena, struct columns);
		*more = c;
		name->more = more;
		name->map = columns_map_row(r->options->map, name->path, 0);
		name->to = c.plan.n > 0 ? c.plan.v[0].to : c.mapped[0].to;
	} else if (c.plan.n == 1) {
		name->to = c.plan.v[0].to;
		name->key = c.plan.v[0].key;
	} else if (c.nmapped == 1) {
		name->to = c.mapped[0].to;
		name->key = c.mapped[0].key;
		name->map = c.maps[0];
	}
}

static void ask_plan(struct reading *r, struct flat *f, struct flat_name *name)
{
	if (f->plan != NULL)
		f->plan(r, f->arg, name);
	else
		flat_plan(r, name);
}

static struct flat_name *find_name(struct reading *r, struct flat *f, struct str path)
{
	uint32_t at = (uint32_t)str_hash(path) & (FLAT_SLOTS - 1);

	for (; f->slots[at] != 0; at = (at + 1) & (FLAT_SLOTS - 1))
		if (str_eq(f->names[f->slots[at] - 1].path, path))
			return &f->names[f->slots[at] - 1];
	if (f->n == FLAT_NAMES) {
		/* not kept: extra under its name; a plan would take memory each time */
		f->once = (struct flat_name){.path = path, .to = field_find(path)};
		return &f->once;
	}
	struct flat_name *name = &f->names[f->n++];
	name->path = arena_str(r->arena, path);
	ask_plan(r, f, name);
	f->slots[at] = (uint16_t)f->n;
	return name;
}

static char *scratch_for(struct reading *r, struct flat *f, size_t len)
{
	if (len > f->scratch_len) {
		/* a reader may hold many of these, and few records are long */
		f->scratch_len = len < 8192 ? 16384 : 2 * len;
		f->scratch = arena_get(r->arena, f->scratch_len + 64);
	}
	return f->scratch;
}

/* What a key or value means. One with escapes that is longer than a record may be is not taken apart: a
 * document can hold some that are nearly as long as itself, and a copy would not fit into the reader. */
static struct str text_of(struct reading *r, struct flat *f, const struct json_token *t)
{
	if (!t->escaped)
		return t->text;
	if (t->text.len > LIMIT_RECORD) {
		record_aside(r->w, ASIDE_LIMIT, FIELD_NONE, "a text of %zu bytes; a record may have %d",
		        t->text.len, LIMIT_RECORD);
		return (struct str){0};
	}
	return json_text(scratch_for(r, f, t->text.len), t);
}

static void put_several(struct reading *r, const struct columns *c, struct str value)
{
	for (uint32_t i = 0; i < c->plan.n; i++)
		columns_put(r, NULL, c->plan.v[i].to, &c->plan.v[i].key, value);
	for (uint32_t i = 0; i < c->nmapped; i++)
		columns_put(r, c->maps[i], c->mapped[i].to, &c->mapped[i].key, value);
}

void flat_put_value(struct reading *r, struct flat *f, struct str path, struct str value)
{
	struct flat_name *name = find_name(r, f, path);

	if (name == &f->once && name->to == FIELD_NONE)
		event_extra_name(r->w, path, value);
	else if (name->more != NULL)
		put_several(r, name->more, value);
	else if (name->to != FIELD_NONE || name->key.name.len != 0 || name->map != NULL)
		columns_put(r, name->map, name->to, &name->key, value);
}

/* "[1, 2]" as "1,2" if it holds only scalars and the name is a field's; else the text as it stands. */
static struct str join_scalars(struct reading *r, struct flat *f, struct str array)
{
	char text[256];
	struct json j;
	struct json_token t;
	size_t n = 0;

	if (array.len > LIMIT_RECORD)
		return array;
	char *out = scratch_for(r, f, array.len);
	json_init(&j, array);
	json_next(&j, &t);
	while (json_next(&j, &t) > 0 && t.kind != JSON_ARRAY_END) {
		if (t.kind == JSON_OBJECT || t.kind == JSON_ARRAY || t.text.len > sizeof(text))
			return array;
		struct str s = json_text(text, &t);
		if (t.kind == JSON_NULL)
			continue;
		if (n > 0)
			out[n++] = ',';
		memcpy(out + n, s.p, s.len);
		n += s.len;
	}
	return str_make(out, n);
}

static int put_array(
        struct reading *r, struct flat *f, struct json *j, const struct json_token *t, struct str path)
{
	struct str raw;

	if (json_skip_rest(j, t, &raw) < 0)
		return ERR_SYNTAX;
	if (f->each.len != 0 && str_eq(path, f->each)) {
		f->elements = raw;
		return 1;
	}
	struct flat_name *name = find_name(r, f, path);
	bool field = name->to != FIELD_NONE && field_table[name->to].type != FT_JSON;
	if (raw.len > 2)
		flat_put_value(r, f, path, field ? join_scalars(r, f, raw) : raw);
	return 1;
}

static size_t join_path(char *path, size_t prefix, struct str key)
{
	size_t n = prefix + key.len > FLAT_PATH ? FLAT_PATH - prefix : key.len;

	memcpy(path + prefix, key.p, n);
	return prefix + n;
}

int flat_put_rest(struct reading *r, struct flat *f, struct json *j, struct str prefix, struct err *e)
{
	char path[FLAT_PATH + 1];
	uint16_t ends[JSON_DEPTH + 1]; /* length of the path at each level */
	unsigned base = j->depth;
	struct json_token t;
	size_t len = join_path(path, 0, prefix);

	ends[0] = (uint16_t)len;
	while (j->depth >= base) {
		if (json_next(j, &t) <= 0)
			return json_err(j, e);
		unsigned level = j->depth - base;
		if (t.kind == JSON_OBJECT_END)
			continue;
		if (t.kind == JSON_KEY) {
			len = join_path(path, ends[level], text_of(r, f, &t));
			continue;
		}
		if (t.kind == JSON_OBJECT) {
			if (len < FLAT_PATH)
				path[len++] = '.';
			ends[level] = (uint16_t)len;
			continue;
		}
		struct str at = str_make(path, len);
		if (t.kind == JSON_ARRAY) {
			if (put_array(r, f, j, &t, at) < 0)
				return json_err(j, e);
		} else if (t.kind != JSON_NULL) {
			flat_put_value(r, f, at, text_of(r, f, &t));
		}
	}
	return 0;
}

/* ---- objects as rows ------------------------------------------------------------------------------ */

/* The column of a key, by what followed the last one or by its name; FLAT_ROW if there is no room for it. */
static inline uint32_t column_of(struct reading *r, struct flat *f, uint32_t last, struct str key)
{
	uint32_t i = f->next[last];

	if (__builtin_expect(i < f->n && str_eq(f->names[i].path, key), 1))
		return i;
	if (key.len > FLAT_PATH)
		return FLAT_ROW;
	struct flat_name *name = find_name(r, f, key);
	i = name == &f->once ? FLAT_ROW : (uint32_t)(name - f->names);
	if (i >= FLAT_ROW)
		return FLAT_ROW;
	f->next[last] = (uint16_t)i;
	return i;
}

static void plan_row(struct flat *f)
{
	f->row = (struct event_plan){.v = f->columns};
	for (uint32_t i = 0; i < f->n; i++) {
		const struct flat_name *name = &f->names[i];
		f->no_row |= name->map != NULL;
		if (name->to != FIELD_NONE || name->key.name.len != 0)
			f->columns[f->row.n++] =
			        (struct event_column){.at = i, .to = name->to, .key = name->key};
	}
	event_plan_init(&f->row);
	f->planned = f->n;
}

/* What a name without a value points to: a plan looks at 64 bytes of it. */
static const char nothing[64];

/* One pair, the one at place k of its object. 0 if the object is no row. */
static int gather_pair(struct reading *r, struct flat *f, uint32_t k, const struct json_pair *pair,
        char **scratch, bool *plain)
{
	uint32_t known = f->n, at = FLAT_ROW;
	struct str text = pair->value.text;

	if (k < JSON_FLAT_GAPS)
		f->at[k] = JSON_FLAT_NOWHERE;
	if (pair->value.kind != JSON_OBJECT && pair->value.kind != JSON_ARRAY && !pair->key.escaped)
		at = column_of(r, f, f->last, pair->key.text);
	if (at == FLAT_ROW)
		return 0;
	if (f->n > known)
		f->values[at] = str_make(nothing, 0);
	if (f->values[at].p != nothing)
		return 0; /* twice the same name */
	if (k < JSON_FLAT_GAPS)
		f->at[k] = (uint16_t)at;
	f->last = at;
	if (pair->value.escaped) {
		text = json_text(*scratch, &pair->value);
		*scratch += text.len;
		*plain = *plain && utf8_plain(text);
	}
	f->values[at] = str_make(text.p, pair->value.kind == JSON_NULL ? 0 : text.len);
	return 1;
}

/* Gathers the values of an object. 1; 0 if it is none of scalars with a name each; negative if it is not
 * JSON. */
static int gather(struct reading *r, struct flat *f, struct str object, bool *ret_plain)
{
	struct json_pair pair;
	char *scratch = f->scratch;

	json_flat_start(f->pairs, object);
	for (uint32_t i = 0; i < f->n; i++)
		f->values[i] = str_make(nothing, 0);
	*ret_plain = json_flat_plain(f->pairs);
	f->last = FLAT_ROW;
	for (;;) {
		uint32_t k = json_flat_same(f->pairs, f->at, f->values);
		int rc = json_flat_next(f->pairs, &pair);
		if (k > 0)
			f->last = k <= JSON_FLAT_GAPS && f->at[k - 1] != JSON_FLAT_NOWHERE ? f->at[k - 1]
			                                                                   : FLAT_ROW;
		if (rc <= 0)
			return rc < 0 ? rc : 1;
		if (!gather_pair(r, f, k, &pair, &scratch, ret_plain))
			return 0;
	}
}

int flat_put_row(struct reading *r, struct flat *f, struct str object, struct err *e)
{
	bool plain;

	f->elements = (struct str){0};
	if (f->no_row || f->n > FLAT_ROW)
		return flat_put(r, f, object, e);
	if (f->pairs == NULL) {
		f->pairs = arena_new(r->arena, struct json_flat);
		json_flat_init(f->pairs);
		memset(f->at, 0xff, sizeof(f->at));
	}
	scratch_for(r, f, object.len);
	int rc = gather(r, f, object, &plain);
	if (rc < 0)
		return json_err(&f->pairs->json, e);
	if (f->planned != f->n && f->n <= FLAT_ROW)
		plan_row(f);
	if (rc == 0 || f->no_row || f->n > FLAT_ROW)
		return flat_put(r, f, object, e);
	record_plain(r->w, plain);
	event_fill(r->w, &f->row, f->values, f->n);
	return 0;
}

/* ---- several events of one object ------------------------------------------------------------------ */

static int put_element(struct reading *r, struct flat *f, struct str text, struct err *e)
{
	char prefix[FLAT_PATH + 1], scalar[FLAT_ELEMENT];
	struct json j;
	struct json_token t;

	json_init(&j, text);
	if (json_next(&j, &t) <= 0)
		return json_err(&j, e);
	if (t.kind != JSON_OBJECT) {
		struct str s = t.kind == JSON_ARRAY ? text : json_scalar(scalar, sizeof(scalar), text);
		flat_put_value(r, f, f->each, s);
		return 0;
	}
	size_t n = join_path(prefix, 0, f->each);
	if (n < FLAT_PATH)
		prefix[n++] = '.';
	return flat_put_rest(r, f, &j, str_make(prefix, n), e);
}

int flat_put_element(
        struct reading *r, struct flat *f, struct str object, struct flat_each *each, struct err *e)
{
	struct json_token t;
	struct str text = each->next;

	if (f->elements.len == 0)
		return 0;
	if (each->n++ == 0) {
		json_init(&each->json, f->elements);
		json_next(&each->json, &t);
		if (json_skip(&each->json, &text) <= 0)
			text = (struct str){0};
	}
	/* each event costs another look at the whole object */
	if (each->n * object.len > LIMIT_DOCUMENT)
		return err_set(e, ERR_LIMIT,
		        "an object of %zu bytes with an event for each of many elements of '%.*s'",
		        object.len, STR_ARG(f->each));
	f->elements = (struct str){0};
	if (text.len != 0 && put_element(r, f, text, e) != 0)
		return ERR_SYNTAX;
	return text.len != 0 && each->n <= LIMIT_SUBS && json_skip(&each->json, &each->next) > 0;
}

/* ---- objects as they are --------------------------------------------------------------------------- */

int flat_put(struct reading *r, struct flat *f, struct str object, struct err *e)
{
	struct json j;
	struct json_token t;

	f->elements = (struct str){0};
	json_init(&j, object);
	if (json_next(&j, &t) <= 0)
		return json_err(&j, e);
	if (t.kind != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, "it is no JSON object");
	if (flat_put_rest(r, f, &j, STR(""), e) != 0)
		return ERR_SYNTAX;
	return json_done(&j)
	        ? 0
	        : err_set(e, ERR_SYNTAX, "not JSON at byte %zu: something follows the object", j.at);
}
