/* SPDX-License-Identifier: Apache-2.0
 *
 * The publisher's own schema, a JSON document that says for each report type where its columns go:
 *
 *   {"scan_new": {"file_name": "scan_new", "constant_fields": {"classification.type": "..."},
 *                 "required_fields": [["source.ip", "ip", "validate_ip"], ...],
 *                 "optional_fields": [["extra.", "tag"], ["source.asn", "asn", "invalidate_zero"], ...]}}
 *
 * Its names of functions say how a value is brought into form. Forms are the business of the fields here, so
 * only those are heeded that make a value of more than one column. Only the entry of the report at hand is
 * kept. Keys that are not known are passed over: the publisher adds some now and then.
 */
#include "base/vec.h"
#include "read/shadowserver.h"
#include "text/json.h"

#define RULES 1024
#define CONSTANTS 64

static struct str text_of(struct arena *a, const struct json_token *t)
{
	return t->escaped ? json_text(arena_get(a, t->text.len + 1), t) : t->text;
}

/* The string behind a key of an object that stands whole in text; empty if there is none. */
static struct str string_of(struct arena *a, struct str text, struct str key)
{
	struct json j;
	struct json_token t;

	json_init(&j, text);
	if (json_next(&j, &t) <= 0 || t.kind != JSON_OBJECT)
		return (struct str){0};
	while (json_next(&j, &t) > 0 && t.kind == JSON_KEY) {
		if (str_eq(t.text, key))
			return json_next(&j, &t) > 0 && t.kind == JSON_STRING ? text_of(a, &t)
			                                                      : (struct str){0};
		if (json_skip(&j, NULL) <= 0)
			break;
	}
	return (struct str){0};
}

/* 2: the name of the file has this name in it; 1: but for the address family; 0: it has not. */
static int match(struct str file, struct str name)
{
	char want[SHADOW_TYPE_MAX], have[SHADOW_TYPE_MAX];
	struct str word, plain = shadow_plain_type(name, want);
	int best = 0;

	for (size_t at = 0; plain.len > 0 && shadow_next_word(file, &at, &word);) {
		if (str_ieq(word, name))
			return 2;
		if (str_eq(shadow_plain_type(word, have), plain))
			best = 1;
	}
	return best;
}

/* The entry that suits the file best, as it stands. */
static int find_entry(struct arena *a, struct str text, struct str file, struct shadow_map *map,
        struct str *ret, struct err *e)
{
	struct json j;
	struct json_token t;
	struct str value;
	int best = 0, rc;

	json_init(&j, text);
	if ((rc = json_next(&j, &t)) > 0 && t.kind != JSON_OBJECT)
		return err_set(e, ERR_VALUE, "the publisher's schema is no JSON object");
	while (rc > 0 && (rc = json_next(&j, &t)) > 0 && t.kind == JSON_KEY) {
		struct str key = text_of(a, &t);
		if ((rc = json_skip(&j, &value)) <= 0)
			break;
		struct str file_name = string_of(a, value, STR("file_name"));
		int m = match(file, key), n = match(file, file_name);
		if (m > best || n > best) {
			best = m > n ? m : n;
			map->type = m >= n ? key : file_name;
			*ret = value;
		}
	}
	if (rc < 0) {
		json_err(&j, e);
		return err_add(e, "the publisher's schema");
	}
	return best > 0;
}

/* ---- one entry --------------------------------------------------------------------------------- */

/* "extra." is the column's own name; what the data format has a field for today goes there. */
static void take_target(struct arena *a, struct str to, struct str column, struct shadow_rule *ret)
{
	ret->column = column;
	ret->to = field_find(to);
	if (ret->to == FIELD_NONE && str_starts(to, STR("extra.")))
		to = to.len == 6 ? column : str_skip(to, 6);
	if (ret->to == FIELD_NONE && str_starts(to, STR("product.")))
		ret->to = field_find(to);
	ret->extra = arena_str(a, to);
}

static enum shadow_how how_of(struct str function)
{
	static const struct {
		struct str name;
		enum shadow_how how;
	} functions[] = {
	        {STR_INIT("convert_http_host_and_url"), SHADOW_URL},
	        {STR_INIT("extract_cve_from_tag"), SHADOW_CVES},
	        {STR_INIT("scan_exchange_taxonomy"), SHADOW_EXCHANGE},
	        {STR_INIT("scan_exchange_type"), SHADOW_EXCHANGE},
	        {STR_INIT("scan_exchange_identifier"), SHADOW_EXCHANGE},
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (str_eq(function, functions[i].name))
			return functions[i].how;
	return SHADOW_PLAIN;
}

static void add_rule(struct shadow_map *map, const struct shadow_rule *rule)
{
	for (uint32_t i = 0; i < map->nrules; i++) {
		const struct shadow_rule *r = &map->rules[i];
		if (str_ieq(r->column, rule->column) && r->to == rule->to && str_eq(r->extra, rule->extra))
			return;
	}
	if (map->nrules < RULES)
		map->rules[map->nrules++] = *rule;
}

/* ["source.ip", "ip", "validate_ip"]; its bracket has been taken. */
static int take_rule(struct arena *a, struct json *j, struct shadow_map *map)
{
	struct str words[3] = {{0}};
	struct shadow_rule rule;
	struct json_token t;
	int n = 0, rc;

	while ((rc = json_next(j, &t)) > 0 && t.kind != JSON_ARRAY_END) {
		if (t.kind == JSON_STRING && n < 3)
			words[n] = text_of(a, &t);
		else if ((rc = json_skip_rest(j, &t, NULL)) <= 0)
			break;
		n++;
	}
	if (rc <= 0)
		return -1;
	if (words[0].len == 0 || words[1].len == 0 || str_eq(words[0], STR("classification.taxonomy")))
		return 0;
	take_target(a, words[0], words[1], &rule);
	rule.how = how_of(words[2]);
	add_rule(map, &rule);
	return 0;
}

static int take_rules(struct arena *a, struct json *j, struct shadow_map *map)
{
	struct json_token t;
	int rc;

	if (json_next(j, &t) <= 0)
		return -1;
	if (t.kind != JSON_ARRAY)
		return json_skip_rest(j, &t, NULL) > 0 ? 0 : -1;
	while ((rc = json_next(j, &t)) > 0 && t.kind != JSON_ARRAY_END)
		if (t.kind == JSON_ARRAY ? take_rule(a, j, map) < 0 : json_skip_rest(j, &t, NULL) <= 0)
			return -1;
	return rc > 0 ? 0 : -1;
}

static int take_constants(struct arena *a, struct json *j, struct shadow_map *map)
{
	struct json_token t;
	int rc;

	if (json_next(j, &t) <= 0)
		return -1;
	if (t.kind != JSON_OBJECT)
		return json_skip_rest(j, &t, NULL) > 0 ? 0 : -1;
	while ((rc = json_next(j, &t)) > 0 && t.kind == JSON_KEY) {
		struct str name = text_of(a, &t);
		struct shadow_rule rule = {0};
		if (json_next(j, &t) <= 0)
			return -1;
		if (t.kind != JSON_STRING && t.kind != JSON_NUMBER) {
			if (json_skip_rest(j, &t, NULL) <= 0)
				return -1;
		} else if (map->nconstants < CONSTANTS && !str_eq(name, STR("classification.taxonomy"))) {
			take_target(a, name, name, &rule);
			rule.value = shadow_text(a, text_of(a, &t));
			map->constants[map->nconstants++] = rule;
		}
	}
	return rc > 0 ? 0 : -1;
}

static int take_entry(struct arena *a, struct json *j, struct shadow_map *map)
{
	struct json_token t;
	int rc;

	while ((rc = json_next(j, &t)) > 0 && t.kind == JSON_KEY) {
		if (str_eq(t.text, STR("required_fields")) || str_eq(t.text, STR("optional_fields")))
			rc = take_rules(a, j, map);
		else if (str_eq(t.text, STR("constant_fields")))
			rc = take_constants(a, j, map);
		else
			rc = json_skip(j, NULL) > 0 ? 0 : -1;
		if (rc < 0)
			return rc;
	}
	return rc > 0 ? 0 : -1;
}

int shadow_map_find(struct arena *a, struct str text, struct str file, struct shadow_map *ret, struct err *e)
{
	struct shadow_map map = {.rules = arena_array(a, RULES, sizeof(*map.rules)),
	        .constants = arena_array(a, CONSTANTS, sizeof(*map.constants))};
	struct str entry;
	struct json j;
	struct json_token t;
	int rc = find_entry(a, text, file, &map, &entry, e);

	if (rc <= 0)
		return rc;
	json_init(&j, entry);
	if (json_next(&j, &t) <= 0 || t.kind != JSON_OBJECT)
		return err_set(e, ERR_VALUE, "the publisher's schema: the entry '%.*s' is no object",
		        STR_ARG(map.type));
	if (take_entry(a, &j, &map) < 0) {
		json_err(&j, e);
		return err_add(e, "the publisher's schema, entry '%.*s'", STR_ARG(map.type));
	}
	*ret = map;
	return 1;
}
