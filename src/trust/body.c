/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies are read token by token (text/json.h), straight into items. What that reader leaves to its caller is refused here: a name
 * twice, lone surrogates, U+0000, numbers that are no integers of 53 bits, depth, and what stands behind the object.
 */
#include "trust/body.h"

#include "base/utf8.h"
#include "text/json.h"
#include <stdlib.h>

#define FEW 12 /* members of an object that are compared each with each */

/* ---- out of JSON --------------------------------------------------------------------------------- */

static void put_u32(char *to, size_t v)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (char)(v >> 8 * i);
}

static void add_u32(struct buf *out, uint32_t v)
{
	put_u32(buf_room(out, 4), v);
	out->len += 4;
}

/* Begins an item; end_item writes its length when the payload is there. */
static size_t begin_item(struct buf *out, enum item_type type)
{
	char *head = buf_room(out, 5);

	head[0] = (char)type;
	put_u32(head + 1, 0);
	out->len += 5;
	return out->len;
}

static void end_item(struct buf *out, size_t from)
{
	put_u32(out->p + from - 4, out->len - from);
}

static bool refuse(const char **why, const char *sentence)
{
	*why = sentence;
	return false;
}

/* What the reader found, in words that do not depend on it. */
static bool no_json(const struct json *j, const char **why)
{
	return refuse(why,
	        j->error != NULL && strstr(j->error, "UTF-8") != NULL ? "bytes that are not UTF-8"
	                                                              : "no JSON");
}

/* Escapes that stand for no character: half of a pair, and U+0000, which texts here do not have. */
static bool escapes_ok(struct str s, const char **why)
{
	bool high = false; /* the escape before was the first half of a pair */

	for (size_t i = 0; i < s.len;) {
		uint8_t b[2];
		bool unicode = s.p[i] == '\\' && s.p[i + 1] == 'u' && str_hex(str_sub(s, i + 2, 4), b, 2);
		bool low = unicode && b[0] >= 0xdc && b[0] <= 0xdf;
		if (low != high)
			return refuse(why, "no JSON");
		high = unicode && b[0] >= 0xd8 && b[0] <= 0xdb;
		if (unicode && b[0] == 0 && b[1] == 0)
			return refuse(why, "U+0000 in a text");
		i += unicode ? 6 : s.p[i] == '\\' ? 2 : 1;
	}
	return !high || refuse(why, "no JSON");
}

static bool add_text(struct buf *out, const struct json_token *t, const char **why)
{
	if (!t->escaped) {
		buf_add(out, t->text);
		return true;
	}
	if (!escapes_ok(t->text, why))
		return false;
	out->len += json_text(buf_room(out, t->text.len), t).len;
	return true;
}

static bool add_integer(struct buf *out, struct str digits, const char **why)
{
	bool negative = digits.p[0] == '-';
	uint64_t n;

	for (size_t i = 0; i < digits.len; i++)
		if (digits.p[i] != '-' && !char_digit(digits.p[i]))
			return refuse(why, "a number with a fraction or an exponent");
	if (!str_u64(str_skip(digits, negative), &n) || n > BODY_INT_MAX)
		return refuse(why, "a number beyond 2^53 - 1");
	n = negative ? 0 - n : n;
	put_u32(buf_room(out, 8), n);
	put_u32(out->p + out->len + 4, n >> 32);
	out->len += 8;
	return true;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* A stranger chooses how many members there are, so that many are sorted. */
static bool names_differ(const struct item *object, unsigned n, const char **why)
{
	struct str few[FEW], *name = n <= FEW ? few : mem_zero(n, sizeof(*name));
	bool twice = false;
	unsigned k = 0;

	for (struct item_each e = item_each(object); k < n && item_next(&e); k++) {
		name[k] = e.name;
		for (unsigned i = 0; i < k && n <= FEW; i++)
			twice |= str_eq(name[i], e.name);
	}
	if (n > FEW) {
		qsort(name, n, sizeof(*name), by_name);
		for (unsigned i = 1; i < n; i++)
			twice |= str_eq(name[i - 1], name[i]);
		free(name);
	}
	return !twice || refuse(why, "a name stands twice in one object");
}

static bool add_value(
        struct buf *out, struct json *j, const struct json_token *t, unsigned depth, const char **why);

static bool add_object(struct buf *out, struct json *j, unsigned depth, const char **why)
{
	size_t from = out->len;
	struct json_token t;
	unsigned n = 0;
	int rc;

	for (; (rc = json_next(j, &t)) > 0 && t.kind != JSON_OBJECT_END; n++) {
		size_t name = out->len;
		add_u32(out, 0);
		if (!add_text(out, &t, why))
			return false;
		put_u32(out->p + name, out->len - name - 4);
		if (json_next(j, &t) <= 0)
			return no_json(j, why);
		if (!add_value(out, j, &t, depth + 1, why))
			return false;
	}
	if (rc <= 0)
		return no_json(j, why);
	struct item all = {.type = BODY_OBJECT, .text = str_make(out->p + from, out->len - from)};
	return n < 2 || names_differ(&all, n, why);
}

static bool add_list(struct buf *out, struct json *j, unsigned depth, const char **why)
{
	struct json_token t;
	int rc;

	while ((rc = json_next(j, &t)) > 0 && t.kind != JSON_ARRAY_END)
		if (!add_value(out, j, &t, depth + 1, why))
			return false;
	return rc > 0 || no_json(j, why);
}

static enum item_type type_of(enum json_kind kind)
{
	switch (kind) {
	case JSON_OBJECT:
		return BODY_OBJECT;
	case JSON_ARRAY:
		return BODY_LIST;
	case JSON_STRING:
		return BODY_TEXT;
	case JSON_NUMBER:
		return BODY_INT;
	case JSON_TRUE:
	case JSON_FALSE:
		return BODY_BOOL;
	default:
		return BODY_NULL;
	}
}

static bool add_value(
        struct buf *out, struct json *j, const struct json_token *t, unsigned depth, const char **why)
{
	enum item_type type = type_of(t->kind);
	size_t from = begin_item(out, type);
	bool good = true;

	if (type >= BODY_LIST && depth > BODY_DEPTH)
		good = refuse(why, "more than 16 levels deep");
	else if (type == BODY_OBJECT)
		good = add_object(out, j, depth, why);
	else if (type == BODY_LIST)
		good = add_list(out, j, depth, why);
	else if (type == BODY_INT)
		good = add_integer(out, t->text, why);
	else if (type == BODY_BOOL)
		buf_char(out, t->kind == JSON_TRUE ? 1 : 0);
	else if (type == BODY_TEXT)
		good = add_text(out, t, why);
	end_item(out, from);
	return good;
}

bool body_read(struct str text, struct buf *items, const char **ret_why)
{
	size_t from = items->len;
	struct json_token t;
	struct json j;
	bool good;

	json_init(&j, text);
	if (json_next(&j, &t) <= 0)
		good = no_json(&j, ret_why);
	else if (t.kind != JSON_OBJECT)
		good = refuse(ret_why, "no object");
	else
		good = add_value(items, &j, &t, 1, ret_why) &&
		        (json_done(&j) || refuse(ret_why, "something stands behind the object"));
	if (!good)
		items->len = from;
	return good;
}

/* ---- items --------------------------------------------------------------------------------------- */

static uint32_t u32_at(const char *p)
{
	const uint8_t *b = (const uint8_t *)p;

	return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

/* The item at the front of *rest, which is moved behind it. False: no whole item. */
static bool take_item(struct str *rest, struct item *ret)
{
	if (rest->len < 5 || (uint8_t)rest->p[0] >= BODY_TYPES || u32_at(rest->p + 1) > rest->len - 5)
		return false;
	*ret = (struct item){
	        .type = (enum item_type)rest->p[0], .text = str_make(rest->p + 5, u32_at(rest->p + 1))};
	*rest = str_skip(*rest, 5 + ret->text.len);
	if (ret->type == BODY_BOOL && ret->text.len == 1)
		ret->n = ret->text.p[0] != 0;
	if (ret->type == BODY_INT && ret->text.len == 8) {
		uint64_t n = 0;
		for (unsigned i = 8; i-- > 0;)
			n = n << 8 | (uint8_t)ret->text.p[i];
		ret->n = (int64_t)n;
	}
	return true;
}

static bool take_name(struct str *rest, struct str *ret)
{
	if (rest->len < 4 || u32_at(rest->p) > rest->len - 4)
		return false;
	*ret = str_make(rest->p + 4, u32_at(rest->p));
	*rest = str_skip(*rest, 4 + ret->len);
	return true;
}

static bool text_ok(struct str s)
{
	return utf8_valid(s) && !str_has(s, '\0');
}

static bool inside_ok(const struct item *list, unsigned depth);

static bool item_ok(const struct item *i, unsigned depth)
{
	switch (i->type) {
	case BODY_NULL:
		return i->text.len == 0;
	case BODY_BOOL:
		return i->text.len == 1 && (uint8_t)i->text.p[0] <= 1;
	case BODY_INT:
		return i->text.len == 8 && i->n <= BODY_INT_MAX && i->n >= -BODY_INT_MAX;
	case BODY_TEXT:
		return text_ok(i->text);
	default:
		return depth <= BODY_DEPTH && inside_ok(i, depth);
	}
}

static bool inside_ok(const struct item *list, unsigned depth)
{
	struct str rest = list->text, name;
	struct item i;

	while (rest.len > 0) {
		if (list->type == BODY_OBJECT && (!take_name(&rest, &name) || !text_ok(name)))
			return false;
		if (!take_item(&rest, &i) || !item_ok(&i, depth + 1))
			return false;
	}
	return true;
}

bool items_check(struct str items)
{
	struct item root;

	return take_item(&items, &root) && items.len == 0 && root.type == BODY_OBJECT && item_ok(&root, 1);
}

struct item item_root(struct str items)
{
	struct item root = {0};

	take_item(&items, &root);
	return root;
}

struct item_each item_each(const struct item *list)
{
	bool walks = list->type == BODY_LIST || list->type == BODY_OBJECT;

	return (struct item_each){
	        .rest = walks ? list->text : str_make("", 0), .object = list->type == BODY_OBJECT};
}

bool item_next(struct item_each *e)
{
	if (e->rest.len == 0 || (e->object && !take_name(&e->rest, &e->name)))
		return false;
	return take_item(&e->rest, &e->item);
}

struct item item_get(const struct item *object, struct str name)
{
	if (object->type == BODY_OBJECT)
		for (struct item_each e = item_each(object); item_next(&e);)
			if (str_eq(e.name, name))
				return e.item;
	return (struct item){0};
}

struct str item_text(const struct item *object, const char *name)
{
	struct item i = item_get(object, str_from(name));

	return i.type == BODY_TEXT ? i.text : str_make("", 0);
}

unsigned item_count(const struct item *list)
{
	unsigned n = 0;

	for (struct item_each e = item_each(list); item_next(&e);)
		n++;
	return n;
}
