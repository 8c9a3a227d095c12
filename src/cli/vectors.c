/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/vectors.h"

#include "base/base64.h"
#include "base/log.h"
#include "base/os.h"
#include "base/utf8.h"
#include <stdlib.h>

#define FILE_MAX ((size_t)256 << 20)
#define SHOW 160                      /* bytes of a value in a line */
#define LARGEST "9223372036854775807" /* of 63 bits */

/* ---- the file ------------------------------------------------------------------------------------ */

/* Jansson refuses a whole file for one integer of 64 bits, which a sequence number may be. */
static void quote_large(struct str text, struct buf *out)
{
	bool quoted = false;
	size_t from = 0;

	for (size_t i = 0, n; i < text.len; i += n) {
		n = quoted && text.p[i] == '\\' ? 2 : 1;
		quoted ^= text.p[i] == '"';
		if (quoted || !char_digit(text.p[i]))
			continue;
		while (i + n < text.len && char_digit(text.p[i + n]))
			n++;
		bool whole = i + n >= text.len || !str_has(STR(".eE"), text.p[i + n]);
		bool alone = i == 0 || !str_has(STR("-.+eE"), text.p[i - 1]);
		struct str digits = str_sub(text, i, n), largest = STR(LARGEST);
		bool fits = n < largest.len || (n == largest.len && str_cmp(digits, largest) <= 0);
		if (fits || !whole || !alone)
			continue;
		buf_add(out, str_sub(text, from, i - from));
		buf_printf(out, "\"%.*s\"", STR_ARG(digits));
		from = i + n;
	}
	buf_add(out, str_skip(text, from));
}

bool vectors_open(struct vectors *v, struct cli *c)
{
	const char *path = c->operands.v[0];
	auto_buf struct buf text = {0}, easy = {0};
	struct err e = {0};
	json_error_t je;

	*v = (struct vectors){.c = c};
	if (os_read_file(path, FILE_MAX, &text, &e) < 0) {
		log_error("%s", e.text);
		return false;
	}
	quote_large(buf_str(&text), &easy);
	v->doc = json_loadb(
	        easy.len > 0 ? easy.p : "", easy.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &je);
	if (json_is_object(v->doc)) {
		arena_init(&v->a, 0);
		return true;
	}
	log_error("%s:%d: %s", path, v->doc == NULL ? je.line : 1, v->doc == NULL ? je.text : "no object");
	json_decref(v->doc);
	return false;
}

static bool is_named(const char *names, struct str name)
{
	for (struct str rest = str_from(names), word; (word = str_next_word(&rest)).len > 0;) {
		bool begins = str_ends(word, STR("*"));
		if (begins ? str_starts(name, str_sub(word, 0, word.len - 1)) : str_eq(name, word))
			return true;
	}
	return false;
}

void vectors_index(json_t *index, const json_t *list)
{
	for (size_t i = json_array_size(list); i-- > 0;) {
		json_t *item = json_array_get(list, i);
		const char *name = json_string_value(json_object_get(item, "name"));
		if (name != NULL)
			json_object_set(index, name, item);
	}
}

void vectors_unknown(const struct vectors *v, const char *names)
{
	const char *name;
	json_t *value;

	json_object_foreach(v->doc, name, value)
	{
		auto_buf struct buf shown = {0};
		vectors_print(&shown, str_from(name));
		if (!is_named(names, str_from(name)))
			log_warn("'%.*s' is no family that this command knows; it was not judged",
			        STR_ARG(buf_str(&shown)));
	}
}

int vectors_close(struct vectors *v, const char *families)
{
	unsigned good = v->good, bad = v->bad;

	json_decref(v->doc);
	arena_done(&v->a);
	if (good + bad == 0) {
		log_error("no member of the file has anything to judge: %s", families);
		return CLI_FAIL;
	}
	buf_printf(&v->c->out, "%u as wanted, %u not\n", good, bad);
	return bad == 0 ? CLI_OK : CLI_FAIL;
}

static json_t *family(struct vectors *v, const char *name, bool is_object)
{
	json_t *value = json_object_get(v->doc, name);

	if (value == NULL || (is_object ? json_is_object(value) : json_is_array(value)))
		return value;
	vectors_compare(v, name, "as a whole", "", value, json_object(),
	        is_object ? "it must be an object of named cases" : "it must be a list of cases");
	return NULL;
}

json_t *vectors_list(struct vectors *v, const char *name)
{
	return family(v, name, false);
}

json_t *vectors_object(struct vectors *v, const char *name)
{
	return family(v, name, true);
}

/* ---- values -------------------------------------------------------------------------------------- */

const char *vectors_name(const json_t *item)
{
	const char *name = json_string_value(json_object_get(item, "name"));

	return name != NULL ? name : "(without a name)";
}

void vectors_print(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_char(out, (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? '?' : s.p[i]);
}

struct str vectors_text(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v)) : str_make("", 0);
}

struct str vectors_base64(struct vectors *v, const json_t *object, const char *name, bool *ret_good)
{
	auto_buf struct buf b = {0};

	*ret_good =
	        json_is_string(json_object_get(object, name)) && base64_add(vectors_text(object, name), &b);
	return arena_str(&v->a, buf_str(&b));
}

struct str vectors_bytes(struct vectors *v, const json_t *object, const char *name, bool *ret_good)
{
	struct str hex = vectors_text(object, name);
	uint8_t *bytes = arena_get(&v->a, hex.len / 2 + 1);

	*ret_good = json_is_string(json_object_get(object, name)) && hex.len % 2 == 0 &&
	        str_hex(hex, bytes, hex.len / 2);
	return *ret_good ? str_make((char *)bytes, hex.len / 2) : str_make("", 0);
}

json_t *vectors_string(struct str s)
{
	json_t *text = json_stringn(s.len > 0 ? s.p : "", s.len);

	/* What is no text cannot be what a text of the file wants. */
	return text != NULL ? text : json_null();
}

json_t *vectors_hex(const uint8_t *bytes, size_t n)
{
	auto_buf struct buf b = {0};

	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%02x", bytes[i]);
	return vectors_string(buf_str(&b));
}

/* ---- comparing ----------------------------------------------------------------------------------- */

/* Of two long texts the first line that differs. */
static struct str first_line(const json_t *value, const json_t *other, struct buf *room)
{
	struct str_cut a = {.tail = str_make(json_string_value(value), json_string_length(value))},
	               b = {.tail = str_make(json_string_value(other), json_string_length(other))};

	do {
		a = str_cut(a.tail, '\n');
		b = str_cut(b.tail, '\n');
	} while (str_eq(a.head, b.head) && (a.tail.len > 0 || b.tail.len > 0));
	buf_json(room, a.head);
	return buf_str(room);
}

static void show(struct buf *out, const json_t *value, const json_t *other)
{
	auto_buf struct buf room = {0};
	struct str text;

	if (json_is_string(value) && json_is_string(other)) {
		text = first_line(value, other, &room);
	} else {
		char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		buf_add(&room, str_from(dump != NULL ? dump : "nothing"));
		free(dump);
		text = buf_str(&room);
	}
	buf_add(out, str_sub(text, 0, SHOW));
	if (text.len > SHOW)
		buf_add(out, STR("..."));
}

unsigned vectors_differ(const json_t *want, json_t *got, struct buf *out)
{
	unsigned n = 0;
	const char *name;
	json_t *value;

	json_object_foreach(got, name, value)
	{
		const json_t *wanted = json_object_get(want, name);
		if (wanted == NULL)
			continue;
		n++;
		if (json_equal(wanted, value))
			continue;
		buf_printf(out, "%s%s wanted ", out->len > 0 ? "; " : "", name);
		show(out, wanted, value);
		buf_add(out, STR(", got "));
		show(out, value, wanted);
	}
	return n;
}

void vectors_compare(struct vectors *v, const char *section, const char *name, const char *head,
        const json_t *want, json_t *got, const char *why)
{
	auto_buf struct buf text = {0};
	unsigned n = vectors_differ(want, got, &text);
	struct buf *out = &v->c->out;

	if (n == 0 && why == NULL)
		why = "the file says nothing to compare with";
	if (why != NULL)
		buf_printf(&text, "%s%s", text.len > 0 ? "; " : "", why);
	bool good = text.len == 0;
	buf_printf(out, "%-5s %s%s", good ? "ok" : "WRONG", section, section[0] != 0 ? " " : "");
	vectors_print(out, str_from(name));
	buf_add(out, STR(": "));
	if (good)
		show(out, json_object_get(got, head), NULL);
	else
		vectors_print(out, buf_str(&text));
	buf_char(out, '\n');
	v->good += good;
	v->bad += !good;
	json_decref(got);
	arena_reset(&v->a);
}
