/* SPDX-License-Identifier: Apache-2.0 */
#include "web/openapi.h"
#include "web/api.h"
#include "web/verbs.h"

#define OBJECT                                                                                               \
	"{\"type\": \"object\", \"required\": [\"version\"], \"properties\": {\"version\": {\"const\": 1}"

static void text(struct buf *out, const char *s)
{
	buf_json(out, str_from(s));
}

/* The answers that every request may get. */
static void problems(struct buf *out, const char *codes)
{
	static const struct {
		const char *code, *about;
	} all[] = {{"304", "nothing of it has changed since the ETag of If-None-Match"},
	        {"400", "the request cannot be understood; the sentence says what is wrong"},
	        {"401", "no token, or one that opens nothing"}, {"403", "not for this account"},
	        {"404", "there is no such thing, or none that this account can see"},
	        {"410", "the cursor is too old: begin again without one"}, {"413", "the body is too large"},
	        {"415", "the body is of another media type"}, {"503", "not now; Retry-After says when"}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (str_find_str(str_from(codes), 0, str_from(all[i].code)) == SIZE_MAX)
			continue;
		buf_printf(out, ", \"%s\": {\"description\": ", all[i].code);
		text(out, all[i].about);
		if (all[i].code[0] != '3')
			buf_add(out,
			        STR(", \"content\": {\"application/problem+json\": {\"schema\": {\"$ref\": "
			            "\"#/components/schemas/problem\"}}}"));
		buf_char(out, '}');
	}
}

/* ---- parameters ---------------------------------------------------------------------------------- */

static const char *schema_of(const struct route_param *p)
{
	if (strcmp(p->name, "limit") == 0)
		return "{\"type\": \"integer\", \"minimum\": 1, \"maximum\": 10000000, \"default\": 100}";
	switch (p->kind) {
	case PARAM_NUMBER:
		return "{\"type\": \"integer\", \"minimum\": 0}";
	case PARAM_TIME:
		return "{\"type\": \"string\", \"examples\": [\"2026-01-05\", \"2026-01-05T08:00\"]}";
	case PARAM_FLAG:
		return "{\"type\": \"string\", \"examples\": [\"1\"]}";
	case PARAM_ID:
	case PARAM_TEXT:
	default:
		return "{\"type\": \"string\"}";
	}
}

static void param(struct buf *out, bool *any, const char *in, const struct route_param *p)
{
	buf_printf(out, "%s\n      {\"name\": \"%s\", \"in\": \"%s\"%s, \"description\": ", *any ? "," : "",
	        p->name, in, in[0] == 'p' || p->needed ? ", \"required\": true" : "");
	text(out, p->about);
	buf_printf(out, ", \"schema\": %s}", schema_of(p));
	*any = true;
}

static void params_of(struct buf *out, const struct route *r)
{
	static const struct route_param
	        id = {"id", PARAM_ID, "of the thing, as lists name it"},
	        since = {"changed_since", PARAM_TEXT,
	                "a cursor: what of the list has changed behind it, at most 1000 objects, and "
	                "what is gone from it"};
	bool any = false;

	buf_add(out, STR("\"parameters\": ["));
	if (r->id)
		param(out, &any, "path", &id);
	for (const struct route_param *p = r->params; p != NULL && p->name != NULL; p++)
		param(out, &any, "query", p);
	if (r->list != NULL && r->kind != CHANGES_NONE)
		param(out, &any, "query", &since);
	buf_char(out, ']');
}

/* ---- answers ------------------------------------------------------------------------------------- */

static void column(struct buf *out, const struct list_column *c)
{
	static const char *const types[] = {
	        [LIST_STRING] = "\"type\": [\"string\", \"null\"]",
	        [LIST_NUMBER] = "\"type\": [\"integer\", \"null\"]",
	        [LIST_TIME] = "\"type\": [\"string\", \"null\"], \"format\": \"date-time\"",
	};

	text(out, c->name);
	buf_printf(out, ": {%s, \"description\": ", types[c->kind]);
	text(out, c->about);
	buf_char(out, '}');
}

/* A row of each list, under the list's name. */
static void row_schema(struct buf *out, const struct list_table *t)
{
	buf_printf(out, ",\n    \"%s\": {\"type\": \"object\", \"properties\": {", t->name);
	for (unsigned i = 0; i < t->ncolumns; i++) {
		buf_add(out, i > 0 ? STR(",\n      ") : STR("\n      "));
		column(out, &t->columns[i]);
	}
	buf_add(out, STR("}}"));
}

/* False for a list whose rows another route of the table has as well. */
static bool is_first(unsigned i)
{
	unsigned k = 0;

	while (k < i && (route_table[k]->right == RIGHT_NONE || route_table[k]->list != route_table[i]->list))
		k++;
	return k == i;
}

static void list_answer(struct buf *out, const struct route *r)
{
	const char *name = r->list->name;

	buf_printf(out,
	        "{\"description\": \"the list; next is there if it goes on; cursor is where the log of "
	        "changes stood "
	        "before it; with changed_since: what has changed, gone (keys) and more\", \"content\": "
	        "{\"application/json\": {\"schema\": " OBJECT
	        ", \"%s\": {\"type\": \"array\", \"items\": {\"$ref\": \"#/components/schemas/%s\"}}, "
	        "\"next\": "
	        "{\"type\": \"string\"}, \"cursor\": {\"type\": \"string\"}, \"kind\": {\"type\": "
	        "\"string\"}, "
	        "\"gone\": {\"type\": \"array\", \"items\": {\"type\": \"string\"}}, \"more\": {\"type\": "
	        "\"boolean\"}, \"count\": {\"type\": \"integer\"}}}}, \"application/x-ndjson\": {\"schema\": "
	        "{\"type\": \"string\"}}, \"text/csv\": {\"schema\": {\"type\": \"string\"}}}}",
	        name, name);
}

static void one_answer(struct buf *out, const struct route *r)
{
	if (r->media != NULL) {
		buf_printf(out,
		        "{\"description\": \"a file, to be kept\", \"content\": {\"%.*s\": {\"schema\": "
		        "{\"type\": "
		        "\"string\", \"format\": \"binary\"}}}}",
		        STR_ARG(str_cut(str_from(r->media), ';').head));
		return;
	}
	buf_add(out,
	        STR("{\"description\": \"the thing, or what it says as text\", \"content\": "
	            "{\"application/json\": {\"schema\": " OBJECT ", \"text\": {\"type\": \"string\"}}}}}}"));
}

/* ---- paths --------------------------------------------------------------------------------------- */

static void path_begin(
        struct buf *out, bool *any, const char *path, const char *method, const char *about, enum right right)
{
	buf_printf(out, "%s\n  \"%s\": {\"%s\": {\"summary\": ", *any ? "," : "", path, method);
	text(out, about);
	*any = true;
	for (unsigned i = 0; i < RIGHT_END; i++)
		if ((uint32_t)right == UINT32_C(1) << i) {
			buf_add(out, STR(", \"description\": "));
			auto_buf struct buf b = {0};
			buf_printf(&b, "Needs the right %s: %s.", right_table[i].name, right_table[i].about);
			buf_json(out, buf_str(&b));
		}
	buf_add(out, STR(",\n    "));
}

static void route_path(struct buf *out, bool *any, const struct route *r)
{
	char path[128];

	(void)route_name(path, r, "{id}");
	path_begin(out, any, path, "get", r->about, r->right);
	params_of(out, r);
	buf_add(out, STR(",\n    \"responses\": {\"200\": "));
	if (r->list != NULL)
		list_answer(out, r);
	else
		one_answer(out, r);
	problems(out,
	        r->list != NULL && r->kind != CHANGES_NONE ? "304 400 401 403 404 410 503"
	                                                   : "400 401 403 404 503");
	buf_add(out, STR("}}}"));
}

/* The names of what a change needs stand in its sentence, behind the first semicolon: "closes a finding; id, why, note". What
 * stands behind a colon are values. */
static void change_params(struct buf *out, struct str about)
{
	bool any = false, values = false;
	size_t i = str_find(about, 0, ';');

	for (i = i == SIZE_MAX ? about.len : i + 1; i < about.len;) {
		size_t from = i;
		while (i < about.len && (char_alnum(about.p[i]) || about.p[i] == '-'))
			i++;
		struct str word = str_sub(about, from, i - from);
		if (word.len != 0 && !values && !str_eq(word, STR("or"))) {
			buf_add(out, any ? STR(", ") : STR(""));
			buf_json(out, word);
			buf_add(out, STR(": {\"type\": [\"string\", \"integer\", \"boolean\", \"null\"]}"));
			any = true;
		}
		values |= i < about.len && about.p[i] == ':';
		values &= i >= about.len || about.p[i] != ';';
		i += i < about.len && word.len == 0;
		if (word.len != 0 && i < about.len && !char_alnum(about.p[i]))
			i++;
	}
}

static void change_path(struct buf *out, bool *any, const struct change_row *c)
{
	char path[128];

	snprintf(path, sizeof(path), "/changes/%s", c->name);
	path_begin(out, any, path, "post", c->about, c->right);
	buf_add(out, STR("\"requestBody\": {\"required\": true, \"content\": {"));
	for (unsigned i = 0; i < 2; i++) {
		buf_printf(out, "%s\"%s\": {\"schema\": {\"type\": \"object\", \"properties\": {",
		        i > 0 ? ", " : "", i == 0 ? "application/json" : "application/x-www-form-urlencoded");
		change_params(out, str_from(c->about));
		buf_add(out, STR("}}}"));
	}
	buf_add(out,
	        STR("}},\n    \"responses\": {\"200\": {\"description\": \"done; said is a sentence\", "
	            "\"content\": {\"application/json\": {\"schema\": " OBJECT
	            ", \"said\": {\"type\": \"string\"}}}}}}"));
	problems(out, "400 401 403 404 413 415 503");
	buf_add(out, STR("}}}"));
}

static void changes_path(struct buf *out, bool *any)
{
	static const struct route_param
	        since = {"since", PARAM_TEXT,
	                "the cursor of the answer before; the first stands in the answer of a whole list"},
	        limit = {"limit", PARAM_NUMBER, "objects at most; never more than 1000"};
	bool some = false;

	path_begin(out, any, "/changes", "get",
	        "objects of a kind that were made, changed or deleted behind a cursor, as they are now",
	        RIGHT_READ);
	buf_add(out,
	        STR("\"parameters\": [\n      {\"name\": \"kind\", \"in\": \"query\", \"required\": true, "
	            "\"schema\": {\"enum\": ["));
	for (unsigned k = 1; k < CHANGES_KINDS; k++)
		for (unsigned i = 0; i < route_count; i++)
			if (route_table[i]->kind == k && route_table[i]->right != RIGHT_NONE) {
				buf_printf(out, "%s\"%s\"", some ? ", " : "", changes_table[k].name);
				some = true;
			}
	buf_add(out, STR("]}}"));
	some = true;
	param(out, &some, "query", &since);
	param(out, &some, "query", &limit);
	buf_add(out,
	        STR("],\n    \"responses\": {\"200\": {\"description\": \"rows under the name of their list, "
	            "gone: keys "
	            "of what is deleted or out of sight, more: there is more at once, cursor: the next "
	            "since\", "
	            "\"content\": {\"application/json\": {\"schema\": " OBJECT
	            ", \"kind\": {\"type\": \"string\"}, \"gone\": {\"type\": \"array\", \"items\": "
	            "{\"type\": "
	            "\"string\"}}, \"more\": {\"type\": \"boolean\"}, \"cursor\": {\"type\": "
	            "\"string\"}}}}}}"));
	problems(out, "400 401 403 410 503");
	buf_add(out, STR("}}}"));
}

static void reports_path(struct buf *out, bool *any)
{
	static const struct route_param name = {"name", PARAM_TEXT, "of the report's file"},
	                                feed = {"feed", PARAM_TEXT, "file of the feed in conf/feeds"};
	bool some = false;

	path_begin(out, any, "/reports", "post", "a report: its bytes are the body", RIGHT_WORK);
	buf_add(out, STR("\"parameters\": ["));
	param(out, &some, "query", &name);
	param(out, &some, "query", &feed);
	buf_add(out,
	        STR(",\n      {\"name\": \"Idempotency-Key\", \"in\": \"header\", \"description\": \"32 "
	            "hexadecimal digits "
	            "of the sender's own: sent twice, taken once\", \"schema\": {\"type\": \"string\"}}],\n  "
	            "  "
	            "\"requestBody\": {\"required\": true, \"content\": {\"application/octet-stream\": "
	            "{}}},\n    "
	            "\"responses\": {\"202\": {\"description\": \"it is on the disk; Location is its "
	            "receipt\", "
	            "\"content\": {\"application/json\": {\"schema\": " OBJECT
	            ", \"receipt\": {\"type\": \"string\"}, \"same\": {\"type\": \"boolean\"}}}}}}"));
	problems(out, "400 401 403 413 503");
	buf_add(out, STR("}}}"));
}

static void uploads_path(struct buf *out, bool *any)
{
	static const struct route_param key = {
	        "key", PARAM_TEXT, "Idempotency-Key of a report that is being sent"};
	bool some = false;

	path_begin(out, any, "/uploads/{key}", "get",
	        "how far a report is that the same session or token is sending, and what its first part "
	        "shows",
	        RIGHT_WORK);
	buf_add(out, STR("\"parameters\": ["));
	param(out, &some, "path", &key);
	buf_add(out,
	        STR("],\n    \"responses\": {\"200\": {\"description\": \"received: bytes that are here, "
	            "null: no "
	            "report of that key is on its way; look: what a reader has found in the first of them, "
	            "null "
	            "until one has looked\", "
	            "\"content\": {\"application/json\": {\"schema\": " OBJECT
	            ", \"name\": {\"type\": [\"string\", \"null\"]}, \"received\": {\"type\": [\"integer\", "
	            "\"null\"]}, \"look\": {\"type\": [\"object\", \"null\"]}}}}}}"));
	problems(out, "401 403 404");
	buf_add(out, STR("}}}"));
}

static void paths(struct buf *out)
{
	bool any = false;

	for (unsigned i = 0; i < route_count; i++)
		if (route_table[i]->right != RIGHT_NONE)
			route_path(out, &any, route_table[i]);
	changes_path(out, &any);
	const struct change_row *row;
	for (unsigned i = 0; (row = verb_at(i)) != NULL; i++)
		if (api_change_find(str_from(row->name)) != NULL)
			change_path(out, &any, row);
	reports_path(out, &any);
	uploads_path(out, &any);
}

void openapi_print(struct buf *out)
{
	buf_add(out,
	        STR("{\"openapi\": \"3.1.0\",\n\"info\": {\"title\": \"Weir\", \"version\": \"1\", "
	            "\"summary\": \"The API "
	            "of a Weir node\", \"license\": {\"name\": \"Apache-2.0\", \"identifier\": "
	            "\"Apache-2.0\"}},\n\"servers\": [{\"url\": \"" API_ROOT
	            "\"}],\n\"security\": [{\"token\": []}, "
	            "{\"session\": []}],\n\"paths\": {"));
	paths(out);
	buf_add(out,
	        STR("\n},\n\"components\": {\n  \"securitySchemes\": {\"token\": {\"type\": \"http\", "
	            "\"scheme\": "
	            "\"bearer\"}, \"session\": {\"type\": \"apiKey\", \"in\": \"cookie\", \"name\": "
	            "\"weir\", "
	            "\"description\": \"the session of the pages: for looking; what is posted needs the "
	            "header "
	            "Weir-CSRF as well\"}},\n  \"schemas\": {\n    \"problem\": {\"type\": \"object\", "
	            "\"description\": "
	            "\"RFC 9457\", \"required\": [\"type\", \"title\", \"status\", \"detail\"], "
	            "\"properties\": {\"type\": "
	            "{\"type\": \"string\"}, \"title\": {\"type\": \"string\"}, \"status\": {\"type\": "
	            "\"integer\"}, "
	            "\"detail\": {\"type\": \"string\", \"description\": \"a sentence that says what to "
	            "do\"}}}"));
	for (unsigned i = 0; i < route_count; i++)
		if (route_table[i]->right != RIGHT_NONE && route_table[i]->list != NULL && is_first(i))
			row_schema(out, route_table[i]->list);
	buf_add(out, STR("\n  }\n}}\n"));
}
