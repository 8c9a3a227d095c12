/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines are read one by one and need no memory; an array is a document and is held whole, up to the limit for
 * documents. A report that begins with '[', or whose first object does not end on its first line, is a
 * document.
 */
#include "read/lines_json.h"
#include "read/input.h"

struct lines_json {
	struct flat *flat;
	void (*object)(struct reading *r, void *arg, struct str object);
	void *arg;
	bool document, elements; /* elements: of any kind */
	size_t limit;            /* bytes of an object */
	struct str text;         /* of the document */
	struct json json;        /* stands before the next element */
	uint64_t base;           /* offset of text in the report */
	size_t counted;          /* bytes of text whose line feeds are in line */
	uint32_t line;
	bool single; /* the document is one record, or several that follow each other */
};

static void put_flat(struct reading *r, void *arg, struct str object)
{
	struct flat_each each = {0};
	struct err e;
	int rc;

	do {
		event_begin(r->w);
		rc = flat_put_row(r, arg, object, &e);
		if (rc == 0)
			rc = flat_put_element(r, arg, object, &each, &e);
		if (rc < 0) {
			record_aside(
			        r->w, rc == ERR_LIMIT ? ASIDE_LIMIT : ASIDE_SYNTAX, FIELD_NONE, "%s", e.text);
			return;
		}
		columns_constants(r);
		event_end(r->w);
	} while (rc == 1 && !record_is_aside(r->w));
}

/* ---- documents ---------------------------------------------------------------------------------- */

static bool is_document(struct reading *r)
{
	struct str head = input_peek(r->in, 65536), s = str_trim(head);
	struct json j;
	struct json_token t;

	if (r->options->map != NULL && r->options->map->records.len != 0)
		return true;
	if (s.len == 0 || s.p[0] == '[')
		return s.len != 0;
	struct str line = str_cut(s, '\n').head;
	if (s.p[0] != '{' || line.len == s.len)
		return false;
	json_init(&j, line);
	if (json_next(&j, &t) <= 0 || t.kind != JSON_OBJECT)
		return false;
	/* the object goes on behind the line: it ended where the line did, not by a fault in it */
	return json_skip_rest(&j, &t, NULL) < 0 && j.error_at >= str_trim(line).len;
}

/* Goes down the dotted path of the mapping to the array with the records. */
static int go_to_records(struct reading *r, struct lines_json *l, struct str path)
{
	struct json_token t;
	char key[256];

	while (path.len != 0) {
		struct str_cut cut = str_cut(path, '.');
		if (json_next(&l->json, &t) <= 0 || t.kind != JSON_OBJECT)
			return err_set(
			        &r->err, ERR_SYNTAX, "there is no object that has '%.*s'", STR_ARG(cut.head));
		for (;;) {
			if (json_next(&l->json, &t) <= 0)
				return json_err(&l->json, &r->err);
			if (t.kind == JSON_OBJECT_END)
				return err_set(&r->err, ERR_SYNTAX, "there is no '%.*s'", STR_ARG(cut.head));
			if (t.text.len < sizeof(key) && str_eq(json_text(key, &t), cut.head))
				break;
			if (json_skip(&l->json, NULL) < 0)
				return json_err(&l->json, &r->err);
		}
		path = cut.tail;
	}
	return 0;
}

static int open_document(struct reading *r, struct lines_json *l, struct str path)
{
	struct json look;
	struct json_token t;

	l->base = input_offset(r->in);
	l->line = input_line_number(r->in);
	if (input_all(r->in, LIMIT_DOCUMENT, &l->text, &r->err) != 0)
		return ERR_LIMIT;
	json_init(&l->json, l->text);
	if (go_to_records(r, l, path) != 0)
		return ERR_SYNTAX;
	look = l->json;
	if (json_next(&look, &t) <= 0)
		return json_err(&look, &r->err);
	l->single = t.kind != JSON_ARRAY;
	if (!l->single)
		l->json = look;
	return 0;
}

static uint32_t line_of(struct lines_json *l, size_t at)
{
	while (l->counted < at) {
		size_t hit = str_find(l->text, l->counted, '\n');
		if (hit >= at)
			break;
		l->line++;
		l->counted = hit + 1;
	}
	return l->line;
}

static int next_element(struct reading *r, struct lines_json *l)
{
	struct str object;
	int rc;

	if (l->single && l->json.at > 0) {
		if (json_done(&l->json) || l->json.depth != 0)
			return 0;
		json_again(&l->json);
	}
	rc = json_skip(&l->json, &object);
	if (rc < 0) {
		/* the rest cannot be taken apart: one record that says so */
		size_t at = l->json.error_at < l->text.len ? l->json.error_at : l->text.len;
		record_begin(r->w, l->base + at, 0, line_of(l, at));
		record_aside(r->w, at >= str_trim(l->text).len ? ASIDE_CUT : ASIDE_SYNTAX, FIELD_NONE,
		        "not JSON at byte %zu: %s; the rest of the report is not read", l->json.error_at,
		        l->json.error);
		record_end(r->w);
		return 0;
	}
	if (rc == 0)
		return 0;
	size_t at = (size_t)(object.p - l->text.p);
	record_begin(r->w, l->base + at, object.len, line_of(l, at));
	if (object.len > l->limit)
		record_aside(r->w, ASIDE_LIMIT, FIELD_NONE, "an object of %zu bytes; a record may have %zu",
		        object.len, l->limit);
	else if (object.p[0] != '{' && !l->elements)
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE, "an element is no JSON object");
	else
		l->object(r, l->arg, object);
	record_end(r->w);
	return 1;
}

/* ---- lines -------------------------------------------------------------------------------------- */

static int next_line(struct reading *r, struct lines_json *l)
{
	struct input_line line;
	int rc = input_next_line(r->in, &line, &r->err);

	if (rc <= 0)
		return rc;
	struct str s = str_trim(line.text);
	if (s.len == 0)
		return 1;
	record_begin(r->w, line.offset, line.length, line.line);
	if (line.too_long)
		record_aside(r->w, ASIDE_LIMIT, FIELD_NONE, "a line of %llu bytes; a record may have %d",
		        (unsigned long long)line.length, LIMIT_RECORD);
	else if (line.unended && s.p[0] == '{' && s.p[s.len - 1] != '}')
		record_aside(r->w, ASIDE_CUT, FIELD_NONE, "the report ends in the middle of this object");
	else if (s.p[0] != '{')
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE, "the line is no JSON object");
	else
		l->object(r, l->arg, s);
	record_end(r->w);
	return 1;
}

int lines_json_next(struct reading *r)
{
	struct lines_json *l = r->state;

	return l->document ? next_element(r, l) : next_line(r, l);
}

static struct str path_of(const struct reading *r)
{
	return r->options->map != NULL ? r->options->map->records : (struct str){0};
}

int lines_json_start_with(
        struct reading *r, void (*object)(struct reading *r, void *arg, struct str object), void *arg)
{
	struct lines_json *l = arena_new(r->arena, struct lines_json);

	l->object = object;
	l->arg = arg;
	l->limit = LIMIT_RECORD;
	r->state = l;
	l->document = is_document(r);
	return l->document ? open_document(r, l, path_of(r)) : 0;
}

int lines_json_start_document(
        struct reading *r, void (*object)(struct reading *r, void *arg, struct str object), void *arg)
{
	struct lines_json *l = arena_new(r->arena, struct lines_json);

	*l = (struct lines_json){.object = object, .arg = arg, .limit = LIMIT_DOCUMENT, .document = true};
	r->state = l;
	return open_document(r, l, path_of(r));
}

int lines_json_start_elements(struct reading *r, struct str path,
        void (*element)(struct reading *r, void *arg, struct str text), void *arg)
{
	struct lines_json *l = arena_new(r->arena, struct lines_json);

	*l = (struct lines_json){
	        .object = element, .arg = arg, .limit = LIMIT_RECORD, .document = true, .elements = true};
	r->state = l;
	return open_document(r, l, path);
}

int lines_json_start(struct reading *r, struct flat *flat)
{
	if (columns_no_table(r) != 0)
		return ERR_VALUE;
	return lines_json_start_with(r, put_flat, flat);
}
