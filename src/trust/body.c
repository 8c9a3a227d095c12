/* SPDX-License-Identifier: Apache-2.0
 *
 * jansson does the parsing: it refuses a name twice (after unescaping), bytes that are not UTF-8, lone surrogates, U+0000 and
 * what stands behind the object. Depth and numbers are ours.
 */
#include "trust/body.h"

#include "base/utf8.h"
#include <jansson.h>

/* ---- out of JSON --------------------------------------------------------------------------------- */

static void add_u32(struct buf *out, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		buf_char(out, (char)(v >> 8 * i));
}

/* Begins an item; end_item writes its length when the payload is there. */
static size_t begin_item(struct buf *out, enum item_type type)
{
	buf_char(out, (char)type);
	add_u32(out, 0);
	return out->len;
}

static void end_item(struct buf *out, size_t from)
{
	for (unsigned i = 0; i < 4; i++)
		out->p[from - 4 + i] = (char)((out->len - from) >> 8 * i);
}

static bool add_value(struct buf *out, const json_t *v, unsigned depth, const char **why);

static bool add_object(struct buf *out, const json_t *v, unsigned depth, const char **why)
{
	const char *name;
	size_t len;
	json_t *member;

	for (void *i = json_object_iter((json_t *)v); i != NULL; i = json_object_iter_next((json_t *)v, i)) {
		name = json_object_iter_key(i);
		len = strlen(name);
		member = json_object_iter_value(i);
		add_u32(out, (uint32_t)len);
		buf_add(out, str_make(name, len));
		if (!add_value(out, member, depth + 1, why))
			return false;
	}
	return true;
}

static bool add_list(struct buf *out, const json_t *v, unsigned depth, const char **why)
{
	for (size_t i = 0; i < json_array_size(v); i++)
		if (!add_value(out, json_array_get(v, i), depth + 1, why))
			return false;
	return true;
}

static bool add_integer(struct buf *out, const json_t *v, const char **why)
{
	int64_t n = json_integer_value(v);

	if (n > BODY_INT_MAX || n < -BODY_INT_MAX) {
		*why = "a number beyond 2^53 - 1";
		return false;
	}
	for (unsigned i = 0; i < 8; i++)
		buf_char(out, (char)((uint64_t)n >> 8 * i));
	return true;
}

static enum item_type type_of(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return BODY_OBJECT;
	case JSON_ARRAY:
		return BODY_LIST;
	case JSON_STRING:
		return BODY_TEXT;
	case JSON_INTEGER:
		return BODY_INT;
	case JSON_TRUE:
	case JSON_FALSE:
		return BODY_BOOL;
	default:
		return BODY_NULL;
	}
}

static bool add_value(struct buf *out, const json_t *v, unsigned depth, const char **why)
{
	enum item_type type = type_of(v);
	size_t from = begin_item(out, type);
	bool good = true;

	if (json_is_real(v))
		*why = "a number with a fraction or an exponent", good = false;
	else if (type >= BODY_LIST && depth > BODY_DEPTH)
		*why = "more than 16 levels deep", good = false;
	else if (type == BODY_OBJECT)
		good = add_object(out, v, depth, why);
	else if (type == BODY_LIST)
		good = add_list(out, v, depth, why);
	else if (type == BODY_INT)
		good = add_integer(out, v, why);
	else if (type == BODY_BOOL)
		buf_char(out, json_is_true(v) ? 1 : 0);
	else if (type == BODY_TEXT)
		buf_add(out, str_make(json_string_value(v), json_string_length(v)));
	end_item(out, from);
	return good;
}

/* What jansson's parser found, in words that do not depend on its version. */
static const char *why_of(const json_error_t *e)
{
	switch (json_error_code(e)) {
	case json_error_duplicate_key:
		return "a name stands twice in one object";
	case json_error_invalid_utf8:
		return "bytes that are not UTF-8";
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return "U+0000 in a text";
	case json_error_numeric_overflow:
		return "a number beyond 2^53 - 1";
	case json_error_stack_overflow:
		return "more than 16 levels deep";
	case json_error_end_of_input_expected:
		return "something stands behind the object";
	default:
		return "no JSON";
	}
}

bool body_read(struct str json, struct buf *items, const char **ret_why)
{
	json_error_t e;
	size_t from = items->len;
	bool good = false;

	json_t *v = json_loadb(json.p != NULL ? json.p : "", json.len, JSON_REJECT_DUPLICATES, &e);
	if (v == NULL) {
		*ret_why = why_of(&e);
		return false;
	}
	if (!json_is_object(v))
		*ret_why = "no object";
	else
		good = add_value(items, v, 1, ret_why);
	json_decref(v);
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
