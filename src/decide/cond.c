/* SPDX-License-Identifier: Apache-2.0
 *
 * One entry of "if": the name says what is asked and of what type it is, the type says how it is compared
 * (values.c).
 */
#include "decide/cond.h"

struct attr_row {
	struct str name;
	int type;
};
static const struct attr_row attr_table[] = {
#define TEXT FT_STRING
#define HOW TYPE_HOW
#define ATTR(symbol, name, kind, about) {STR_INIT(name), kind},
#include "decide/attrs.tbl"
#undef ATTR
#undef TEXT
#undef HOW
};
#define ATTRS (sizeof(attr_table) / sizeof(attr_table[0]))

struct quoted quote(struct str s)
{
	struct quoted q;

	err_quote(q.text, sizeof(q.text), s);
	return q;
}

void compile_fault(struct compile *c, const struct err *e)
{
	c->nfaults++;
	buf_printf(c->faults, "%s\n", e->text);
}

/* ---- names ---------------------------------------------------------------------------------------- */

static struct str nearest(struct str name)
{
	enum field f = field_nearest(name);
	struct str best = f != FIELD_NONE ? field_table[f].name : (struct str){0};
	unsigned least = f != FIELD_NONE ? str_distance(name, best) : 4;

	for (size_t i = 0; i < ATTRS; i++) {
		unsigned d = str_distance(name, attr_table[i].name);
		if (d < least) {
			least = d;
			best = attr_table[i].name;
		}
	}
	return best;
}

static bool no_field(struct compile *c, const struct conf *entry)
{
	struct str near = nearest(entry->key);
	struct err e;

	if (near.p != NULL)
		conf_err_key(entry, &e, "no field '%s'; did you mean '%.*s'?", quote(entry->key).text,
		        STR_ARG(near));
	else
		conf_err_key(entry, &e, "no field '%s'", quote(entry->key).text);
	compile_fault(c, &e);
	return false;
}

/* A name of the sender's own gets a number in this set of rules. */
static bool extra_find(struct compile *c, const struct conf *entry, uint16_t *ret)
{
	struct rules *r = c->rules;
	struct str name = str_skip(entry->key, 6);
	struct err e;
	bool good = name.len > 0 && name.len <= BATCH_KEY_MAX;

	for (size_t i = 0; i < name.len; i++)
		good = good &&
		        ((char_alnum(name.p[i]) && name.p[i] == char_lower(name.p[i])) || name.p[i] == '_' ||
		                name.p[i] == '.');
	if (!good) {
		conf_err_key(entry, &e,
		        "bad name '%s': behind 'extra.' stand small letters, digits, '_' and '.'",
		        quote(entry->key).text);
		compile_fault(c, &e);
		return false;
	}
	for (unsigned i = 0; i < r->nextras; i++) {
		*ret = (uint16_t)(WHAT_EXTRA + i);
		if (str_eq(r->extras[i], name))
			return true;
	}
	if (r->nextras == RULES_EXTRAS) {
		conf_err_key(
		        entry, &e, "more than %d different names of 'extra.' in all rules", RULES_EXTRAS);
		compile_fault(c, &e);
		return false;
	}
	*ret = (uint16_t)(WHAT_EXTRA + r->nextras);
	r->extras[r->nextras++] = arena_str(&r->arena, name);
	return true;
}

static bool what_find(struct compile *c, const struct conf *entry, uint16_t *ret_what, int *ret_type)
{
	enum field f = field_find(entry->key);
	struct err e;

	if (f != FIELD_NONE && field_table[f].type == FT_TIME) {
		conf_err_key(entry, &e, "'%s' is a time; rules do not compare times", quote(entry->key).text);
		compile_fault(c, &e);
		return false;
	}
	if (f != FIELD_NONE) {
		*ret_what = (uint16_t)f;
		*ret_type = field_table[f].type;
		return true;
	}
	for (size_t i = 0; i < ATTRS; i++) {
		if (!str_eq(entry->key, attr_table[i].name))
			continue;
		*ret_what = (uint16_t)(WHAT_ATTR + 1 + i);
		*ret_type = attr_table[i].type;
		return true;
	}
	*ret_type = FT_STRING;
	if (str_starts(entry->key, STR("extra.")))
		return extra_find(c, entry, ret_what);
	return no_field(c, entry);
}

enum cond_kind cond_kind_of(int type)
{
	switch (type) {
	case FT_TYPE:
	case FT_TAXONOMY:
	case FT_TLP:
	case FT_PAP:
	case FT_SEVERITY:
	case FT_BOOL:
	case TYPE_HOW:
		return COND_MASK;
	case FT_PORT:
	case FT_ASN:
	case FT_INT:
	case FT_COUNT:
	case FT_FLOAT:
	case FT_ACCURACY:
	case FT_TRANSPORT:
		return COND_NUMBER;
	case FT_CC:
		return COND_COUNTRY;
	case FT_IP:
	case FT_IP_TEXT:
		return COND_ADDRESS;
	case FT_NETWORK:
		return COND_NETWORK;
	case FT_FQDN:
		return COND_NAME;
	case FT_CVES:
		return COND_LIST;
	default:
		return COND_TEXT;
	}
}

/* ---- all of it ------------------------------------------------------------------------------------ */

static bool add_values(struct values *v, const struct conf *entry)
{
	bool good = true;
	unsigned n = 0;

	if (entry->kind != CONF_LIST)
		return value_add(v, entry);
	if (entry->first == NULL)
		FAULT(v, entry, "'%.*s' has an empty list", STR_ARG(v->cond->name));
	for (const struct conf *at = entry->first; at != NULL; at = at->next) {
		if (n++ == RULES_VALUES)
			FAULT(v, at, "more than %d values in one list", RULES_VALUES);
		good = value_add(v, at) && good;
	}
	return good;
}

static void *keep(struct arena *a, const void *list, size_t n, size_t size)
{
	void *p = arena_array(a, n, size);

	if (n > 0)
		memcpy(p, list, n * size);
	return p;
}

static void values_keep(struct values *v)
{
	struct arena *a = &v->c->rules->arena;
	struct cond *c = v->cond;

	switch (c->kind) {
	case COND_MASK:
		break;
	case COND_NUMBER:
		c->n = (uint32_t)v->ranges.n;
		c->ranges = keep(a, v->ranges.v, v->ranges.n, sizeof(*v->ranges.v));
		break;
	case COND_COUNTRY:
		c->n = (uint32_t)v->countries.n;
		c->countries = keep(a, v->countries.v, v->countries.n, sizeof(*v->countries.v));
		break;
	case COND_ADDRESS:
	case COND_NETWORK:
		c->n = (uint32_t)v->nets.n;
		c->nets = keep(a, v->nets.v, v->nets.n, sizeof(*v->nets.v));
		break;
	default:
		c->n = (uint32_t)v->texts.n;
		c->texts = keep(a, v->texts.v, v->texts.n, sizeof(*v->texts.v));
	}
}

/* The values as they stand in the file, for people. */
static struct str wanted_text(struct arena *a, const struct conf *entry)
{
	struct quoted q;
	auto_buf struct buf b = {0};

	if (entry->kind != CONF_LIST)
		return arena_str(a, str_from(quote(entry->text).text));
	for (const struct conf *at = entry->first; at != NULL && b.len < 60; at = at->next) {
		q = quote(at->text);
		buf_printf(&b, "%s%s", b.len ? ", " : "", q.text);
		if (b.len >= 60 && at->next != NULL)
			buf_add(&b, STR(", ..."));
	}
	return arena_str(a, buf_str(&b));
}

bool cond_compile(struct compile *c, const struct conf *entry, struct cond *ret)
{
	struct values v = {.c = c, .cond = ret};

	*ret = (struct cond){.line = entry->key_line, .column = entry->key_column};
	if (!what_find(c, entry, &ret->what, &v.type))
		return false;
	ret->name = arena_str(&c->rules->arena, entry->key);
	ret->kind = (uint8_t)cond_kind_of(v.type);
	bool good = add_values(&v, entry);
	if (good) {
		values_keep(&v);
		ret->wanted = wanted_text(&c->rules->arena, entry);
	}
	vec_done(&v.ranges);
	vec_done(&v.nets);
	vec_done(&v.texts);
	vec_done(&v.countries);
	return good;
}
