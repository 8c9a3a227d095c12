/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON of abuse.ch: an array of objects, an object that holds under each number an array of objects
 * (ThreatFox and URLhaus), or an answer with its objects under "data". Members are columns, lists of words
 * are joined with commas as the CSV has them, and what is nested deeper is kept as JSON text.
 *
 * The document is held whole. A member beside the arrays (the status of an answer) is no record.
 */
#include "read/abusech.h"
#include "read/input.h"
#include "text/json.h"

#define MEMBERS 256

struct abusech_json {
	struct str text;
	struct json json; /* inside an array of records, or before the next member of the top object */
	bool top_object, in_array;
	struct str number; /* of the records in this array; empty: they have none */
	uint64_t base;
	size_t counted;
	uint32_t line;
	char *scratch; /* LIMIT_RECORD bytes for values without their escapes */
	struct abusech_plan plan;
	struct str names[MEMBERS], values[MEMBERS];
};

enum sniff abusech_json_sniff(struct str head)
{
	static const struct {
		struct str a, b;
	} marks[] = {{STR_INIT("\"ioc_value\""), STR_INIT("\"ioc_type\"")},
	        {STR_INIT("\"ioc\""), STR_INIT("\"ioc_type\"")},
	        {STR_INIT("\"urlhaus_link\""), STR_INIT("\"url_status\"")},
	        {STR_INIT("\"urlhaus_reference\""), STR_INIT("\"url_status\"")},
	        {STR_INIT("\"ip_address\""), STR_INIT("\"last_online\"")},
	        {STR_INIT("\"sha256_hash\""), STR_INIT("\"file_type_mime\"")}};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_find_str(head, 0, marks[i].a) != SIZE_MAX &&
		        str_find_str(head, 0, marks[i].b) != SIZE_MAX)
			return SNIFF_SURE;
	return SNIFF_NO;
}

int abusech_json_open(struct reading *r, struct abusech_json **ret)
{
	struct abusech_json *a = arena_new(r->arena, struct abusech_json);
	struct json_token t;

	a->base = input_offset(r->in);
	a->line = input_line_number(r->in);
	if (input_all(r->in, LIMIT_DOCUMENT, &a->text, &r->err) != 0)
		return ERR_LIMIT;
	json_init(&a->json, a->text);
	if (json_next(&a->json, &t) <= 0)
		return json_err(&a->json, &r->err);
	a->top_object = t.kind == JSON_OBJECT;
	a->in_array = t.kind == JSON_ARRAY;
	if (!a->top_object && !a->in_array)
		return err_set(&r->err, ERR_SYNTAX, "the document is neither an object nor an array");
	a->scratch = arena_get(r->arena, LIMIT_RECORD + 64);
	a->plan.columns = arena_array(r->arena, MEMBERS, sizeof(a->plan.columns[0]));
	*ret = a;
	return 0;
}

static uint32_t line_of(struct abusech_json *a, size_t at)
{
	while (a->counted < at) {
		size_t hit = str_find(a->text, a->counted, '\n');
		if (hit >= at)
			break;
		a->line++;
		a->counted = hit + 1;
	}
	return a->line;
}

/* ["elf", "mirai"] is "elf,mirai" in dst; a list of anything but scalars stays as it stands. */
static struct str join_list(struct str list, char *dst)
{
	struct json j;
	struct json_token t;
	size_t n = 0;

	json_init(&j, list);
	json_next(&j, &t);
	while (json_next(&j, &t) > 0 && t.kind != JSON_ARRAY_END) {
		if (t.kind == JSON_OBJECT || t.kind == JSON_ARRAY)
			return list;
		if (t.kind == JSON_NULL)
			continue;
		if (n > 0)
			dst[n++] = ',';
		struct str s = json_text(dst + n, &t);
		memmove(dst + n, s.p, s.len);
		n += s.len;
	}
	return str_make(dst, n);
}

/* The members of an object that has been checked already. False if there are too many. */
static bool take_members(struct abusech_json *a, struct str object, uint32_t *ret_n)
{
	struct json j;
	struct json_token t;
	char *at = a->scratch;
	uint32_t n = 0;

	json_init(&j, object);
	json_next(&j, &t);
	while (json_next(&j, &t) > 0 && t.kind == JSON_KEY) {
		if (n == MEMBERS)
			return false;
		a->names[n] = json_text(at, &t);
		at += t.escaped ? t.text.len : 0;
		json_next(&j, &t);
		struct str value = json_text(at, &t);
		if (t.kind == JSON_OBJECT || t.kind == JSON_ARRAY) {
			json_skip_rest(&j, &t, &value);
			if (t.kind == JSON_ARRAY) {
				struct str joined = join_list(value, at);
				at += joined.p == at ? joined.len : 0;
				value = joined;
			}
		} else if (t.escaped) {
			at += t.text.len;
		}
		if (t.kind != JSON_NULL && value.len > 0)
			a->values[n++] = value;
	}
	*ret_n = n;
	return true;
}

static void put_object(struct reading *r, struct abusech_json *a, struct str object)
{
	uint32_t n = 0;

	if (object.len > LIMIT_RECORD) {
		record_aside(r->w, ASIDE_LIMIT, FIELD_NONE, "an object of %zu bytes; a record may have %d",
		        object.len, LIMIT_RECORD);
	} else if (object.p[0] != '{') {
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE, "an element is no JSON object");
	} else if (!take_members(a, object, &n) || (n == MEMBERS && a->number.len > 0)) {
		record_aside(r->w, ASIDE_LIMIT, FIELD_NONE, "an object of more than %d members", MEMBERS);
	} else {
		if (a->number.len > 0) {
			a->names[n] = STR("id");
			a->values[n++] = a->number;
		}
		abusech_plan(&a->plan, a->names, n);
		abusech_put(r, &a->plan, a->values, n);
	}
}

/* The next array of records. 1; 0 at the end of the document; negative: not JSON. */
static int next_array(struct abusech_json *a)
{
	struct json_token t;
	uint64_t number;
	int rc;

	while ((rc = json_next(&a->json, &t)) > 0 && t.kind == JSON_KEY) {
		a->number = !t.escaped && str_u64(t.text, &number) ? t.text : (struct str){0};
		if ((rc = json_next(&a->json, &t)) <= 0)
			return rc;
		if (t.kind == JSON_ARRAY) {
			a->in_array = true;
			return 1;
		}
		if (json_skip_rest(&a->json, &t, NULL) < 0)
			return ERR_SYNTAX;
	}
	return rc < 0 ? rc : 0;
}

/* What follows cannot be taken apart: one record that says so. */
static int give_up(struct reading *r, struct abusech_json *a)
{
	size_t at = a->json.error_at < a->text.len ? a->json.error_at : a->text.len;

	record_begin(r->w, a->base + at, 0, line_of(a, at));
	record_aside(r->w, at >= str_trim(a->text).len ? ASIDE_CUT : ASIDE_SYNTAX, FIELD_NONE,
	        "not JSON at byte %zu: %s; the rest of the report is not read", a->json.error_at,
	        a->json.error);
	record_end(r->w);
	return 0;
}

int abusech_json_next(struct reading *r, struct abusech_json *a)
{
	struct str object;
	int rc;

	if (!a->in_array) {
		rc = a->top_object ? next_array(a) : 0;
		return rc < 0 ? give_up(r, a) : rc;
	}
	rc = json_skip(&a->json, &object);
	if (rc < 0)
		return give_up(r, a);
	if (rc == 0) {
		a->in_array = false;
		return 1;
	}
	size_t at = (size_t)(object.p - a->text.p);
	record_begin(r->w, a->base + at, object.len, line_of(a, at));
	put_object(r, a, object);
	record_end(r->w);
	return 1;
}
