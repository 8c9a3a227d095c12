/* SPDX-License-Identifier: Apache-2.0 */
#include "web/api.h"
#include "text/json.h"
#include "web/verbs.h"

/* ---- what is wrong ------------------------------------------------------------------------------- */

static const char *title_of(int status)
{
	static const struct {
		int status;
		const char *title;
	} titles[] = {{400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
	        {405, "Method Not Allowed"}, {408, "Request Timeout"}, {410, "Gone"},
	        {411, "Length Required"}, {413, "Content Too Large"}, {414, "URI Too Long"},
	        {415, "Unsupported Media Type"}, {421, "Misdirected Request"}, {429, "Too Many Requests"},
	        {431, "Request Header Fields Too Large"}, {503, "Service Unavailable"}};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return status < 500 ? "Bad Request" : "Internal Server Error";
}

void api_problem(struct reply *r, int status, struct str sentence)
{
	r->status = status;
	r->type = "application/problem+json";
	buf_clear(&r->body);
	buf_printf(&r->body, "{\"type\": \"about:blank\", \"title\": \"%s\", \"status\": %d, \"detail\": ",
	        title_of(status), status);
	buf_json(&r->body, sentence);
	buf_add(&r->body, STR("}\n"));
}

int api_status(int code)
{
	return code == ERR_MISSING                                             ? 404
	        : code == ERR_DENIED                                           ? 403
	        : code == ERR_USAGE || code == ERR_VALUE || code == ERR_SYNTAX ? 400
	        : code == ERR_LIMIT                                            ? 503
	                                                                       : 500;
}

/* ---- what is asked ------------------------------------------------------------------------------- */

struct str api_param_find(const void *arg, const char *name)
{
	const struct api_params *p = arg;

	for (unsigned i = 0; i < p->n; i++)
		if (str_eq(p->v[i].name, str_from(name)))
			return p->v[i].value.p != NULL ? p->v[i].value : STR("");
	return (struct str){0};
}

int api_find(struct ask *a, const struct session *who, const struct route **ret, struct err *e)
{
	const struct route *route = route_find(a);

	if (route == NULL || route->right == RIGHT_NONE)
		return err_set(e, ERR_MISSING,
		        "there is nothing under this path; " API_ROOT "/openapi.json says what there is");
	int rc = right_route(who, route, e);
	if (rc == 0)
		*ret = route;
	return rc;
}

/* The parameters of a route, and of every list in the log that of changes. */
static const char *param_name(const struct route *route, unsigned i)
{
	unsigned n = 0;

	while (route->params != NULL && route->params[n].name != NULL)
		n++;
	if (i < n)
		return route->params[i].name;
	return i == n && route->list != NULL && route->kind != CHANGES_NONE ? "changed_since" : NULL;
}

static int unknown(const struct route *route, struct str name, struct err *e)
{
	const char *near = NULL, *one;
	unsigned best = 3;
	char shown[64];

	for (unsigned i = 0; (one = param_name(route, i)) != NULL; i++) {
		unsigned far = str_distance(name, str_from(one));
		if (far < best) {
			best = far;
			near = one;
		}
	}
	(void)err_quote(shown, sizeof(shown), name);
	if (near != NULL)
		return err_set(
		        e, ERR_USAGE, "there is no parameter '%s' here; did you mean '%s'?", shown, near);
	return err_set(
	        e, ERR_USAGE, "there is no parameter '%s' here; " API_ROOT "/openapi.json lists them", shown);
}

/* The first parameter that the route needs and nobody named. */
static const struct route_param *left_out(const struct route *route, const struct api_params *p)
{
	const struct route_param *one = route->params;

	for (; one != NULL && one->name != NULL; one++) {
		unsigned i = 0;
		while (i < p->n && !str_eq(p->v[i].name, str_from(one->name)))
			i++;
		if (one->needed && i == p->n)
			return one;
	}
	return NULL;
}

int api_check(const struct route *route, const struct api_params *p, struct err *e)
{
	const struct route_param *none = left_out(route, p);
	const char *one;
	char shown[64];

	if (p->more)
		return err_set(e, ERR_USAGE, "these are too many parameters");
	for (unsigned i = 0; i < p->n; i++) {
		bool known = false;
		for (unsigned k = 0; !known && (one = param_name(route, k)) != NULL; k++)
			known = str_eq(p->v[i].name, str_from(one));
		if (!known)
			return unknown(route, p->v[i].name, e);
		for (unsigned k = 0; k < i; k++)
			if (str_eq(p->v[i].name, p->v[k].name))
				return err_set(e, ERR_USAGE, "the parameter '%s' is there twice",
				        err_quote(shown, sizeof(shown), p->v[i].name).p);
	}
	if (none != NULL)
		return err_set(e, ERR_USAGE, "the parameter '%s' is needed: %s", none->name, none->about);
	return 0;
}

int api_limit(const struct ask *a, uint64_t otherwise, uint64_t *ret, struct err *e)
{
	struct str s = ask_param(a, "limit");

	*ret = otherwise;
	if (s.p == NULL || (str_u64(s, ret) && *ret > 0 && *ret <= API_ROWS))
		return 0;
	return err_set(e, ERR_USAGE, "a limit is a number from 1 to %d", API_ROWS);
}

/* ---- answers ------------------------------------------------------------------------------------- */

/* What a route says as text alone is that text. */
static void wrap(struct reply *r, bool count)
{
	struct buf inner = r->body;
	struct str text = str_trim(buf_str(&inner));

	r->body = (struct buf){0};
	r->type = "application/json";
	buf_add(&r->body, STR("{\"version\": 1, "));
	if (count) {
		buf_printf(&r->body, "\"count\": %.*s", STR_ARG(text));
	} else {
		buf_add(&r->body, STR("\"text\": "));
		buf_json(&r->body, buf_str(&inner));
	}
	buf_add(&r->body, STR("}\n"));
	buf_done(&inner);
}

int api_one(const struct route *route, struct ask *a, struct reply *r, struct err *e)
{
	bool count = ask_has(a, "count");

	a->form = LIST_JSON;
	r->status = 200;
	r->type = NULL;
	int rc = route->load(a, r, e);
	if (rc < 0)
		return rc;
	if (route->media != NULL && !count) {
		r->type = route->media;
		return 0;
	}
	if (count || r->body.len == 0 || r->body.p[0] != '{')
		wrap(r, count);
	r->type = "application/json";
	return 0;
}

int api_cursor(const struct ask *a, struct str *ret, struct err *e)
{
	struct changes_cursor c;
	char text[CHANGES_CURSOR];
	int rc = changes_head(a->state, &c, e);

	if (rc == 0)
		*ret = arena_str(a->arena, changes_cursor_print(text, &c));
	return rc;
}

/* ---- what has changed ---------------------------------------------------------------------------- */

/* "F12", or the name of what has one; p NULL: it has none any more. In the arena. */
static struct str key_of(const struct ask *a, enum changes_kind kind, uint64_t id, struct err *e)
{
	const struct changes_row *row = &changes_table[kind];
	struct str key = {0};

	if (row->letter != 0)
		return arena_printf(a->arena, "%c%llu", row->letter, (unsigned long long)id);
	struct query q = db_query(a->state, row->key);
	query_u64(&q, id);
	if (query_next(&q) == 1)
		key = arena_str(a->arena, query_get_text(&q, 0));
	(void)query_done(&q, e);
	return key;
}

/* The keys of the rows that a list has drawn, each at the begin of a line: {"finding": "F12", ... */
static bool has_row(struct str rows, struct str column, struct str key)
{
	auto_buf struct buf head = {0};

	buf_char(&head, '{');
	buf_json(&head, column);
	buf_add(&head, STR(": "));
	buf_json(&head, key);
	buf_char(&head, ',');
	if (str_starts(rows, buf_str(&head)))
		return true;
	for (size_t at = 0; (at = str_find_str(rows, at, buf_str(&head))) != SIZE_MAX; at++)
		if (at > 0 && rows.p[at - 1] == '\n')
			return true;
	return false;
}

/* The filters of the list as they were asked, without what is about changes. */
struct filtered {
	const struct ask *ask;
	bool kind; /* asked by kind: there are no filters */
	char limit[16];
};

static struct str filter_param(const void *arg, const char *name)
{
	const struct filtered *f = arg;

	if (strcmp(name, "limit") == 0)
		return str_from(f->limit);
	if (strcmp(name, "after") == 0 || strcmp(name, "count") == 0 || f->kind)
		return (struct str){0};
	return ask_param(f->ask, name);
}

/* Rows of the objects as they are now, without head and tail. */
static int draw_rows(const struct route *route, const struct ask *a, bool kind, const struct changes_read *c,
        struct reply *ret, struct err *e)
{
	auto_buf struct buf only = {0};
	struct filtered f = {.ask = a, .kind = kind};
	struct ask inner = *a;

	buf_char(&only, '[');
	for (size_t i = 0; i < c->ids.n; i++)
		buf_printf(&only, "%s%llu", i > 0 ? "," : "", (unsigned long long)c->ids.v[i].id);
	buf_char(&only, ']');
	snprintf(f.limit, sizeof(f.limit), "%d", API_CHANGES);
	inner.only = buf_str(&only);
	inner.form = LIST_ROWS_JSON;
	inner.param = filter_param;
	inner.arg = &f;
	int rc = c->ids.n > 0 ? route->load(&inner, ret, e) : 0;
	if (rc == 0)
		ret->body.len = str_rcut(buf_str(&ret->body), 0).head.len;
	return rc;
}

static int put_gone(struct buf *out, const struct route *route, const struct ask *a,
        const struct changes_read *c, struct str rows, struct err *e)
{
	struct str column = str_from(route->list->columns[0].name);
	bool any = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->ids.n; i++) {
		struct err why = {0};
		struct str key = key_of(a, route->kind, c->ids.v[i].id, &why);
		rc = why.code;
		if (rc != 0 && e != NULL)
			*e = why;
		if (rc != 0 || key.p == NULL || has_row(rows, column, key))
			continue;
		buf_add(out, any ? STR(", ") : STR(""));
		buf_json(out, key);
		any = true;
	}
	return rc;
}

static int changes_answer(const struct route *route, struct ask *a, bool kind, struct changes_read *c,
        struct reply *r, struct err *e)
{
	struct reply rows = {0};
	char next[CHANGES_CURSOR];
	int rc = draw_rows(route, a, kind, c, &rows, e);

	if (rc == 0) {
		buf_printf(&r->body, "{\"version\": 1, \"kind\": \"%s\", \"%s\": [",
		        changes_table[route->kind].name, route->list->name);
		buf_add(&r->body, rows.body.len > 0 ? STR("\n") : STR(""));
		buf_add(&r->body, buf_str(&rows.body));
		buf_add(&r->body, rows.body.len > 0 ? STR("\n], \"gone\": [") : STR("], \"gone\": ["));
		rc = put_gone(&r->body, route, a, c, buf_str(&rows.body), e);
		buf_printf(&r->body, "], \"more\": %s, \"cursor\": \"%s\"}\n", c->more ? "true" : "false",
		        changes_cursor_print(next, &c->next).p);
	}
	buf_done(&rows.body);
	return rc;
}

static int changes_of(
        const struct route *route, struct ask *a, struct str text, bool kind, struct reply *r, struct err *e)
{
	struct changes_cursor from;
	struct changes_read c = {0};
	uint64_t limit;

	r->status = 200;
	r->type = "application/json";
	if (ask_has(a, "after") || ask_has(a, "count"))
		return err_set(
		        e, ERR_USAGE, "what has changed goes on by its cursor; leave out after and count");
	if (changes_cursor_read(text, &from, e) != 0 || api_limit(a, API_CHANGES, &limit, e) != 0)
		return ERR_USAGE;
	limit = limit < API_CHANGES ? limit : API_CHANGES;
	int rc = changes_read(a->state, route->kind, &from, (size_t)limit, &c, e);
	if (rc == ERR_MISSING)
		api_problem(r, 410, str_from(e->text));
	else if (rc == 0)
		rc = changes_answer(route, a, kind, &c, r, e);
	changes_read_done(&c);
	return rc == ERR_MISSING && r->status == 410 ? 0 : rc;
}

int api_changes(const struct route *route, struct ask *a, struct str cursor, struct reply *r, struct err *e)
{
	return changes_of(route, a, cursor, false, r, e);
}

static const struct route *route_of_kind(enum changes_kind kind)
{
	for (unsigned i = 0; i < route_count && kind != CHANGES_NONE; i++)
		if (route_table[i]->kind == kind && route_table[i]->list != NULL &&
		        route_table[i]->right != RIGHT_NONE)
			return route_table[i];
	return NULL;
}

static int no_kind(struct str kind, struct err *e)
{
	auto_buf struct buf all = {0};
	char shown[64];

	for (unsigned k = 1; k < CHANGES_KINDS; k++)
		if (route_of_kind((enum changes_kind)k) != NULL)
			buf_printf(&all, "%s%s", all.len > 0 ? ", " : "", changes_table[k].name);
	if (kind.p == NULL)
		return err_set(e, ERR_USAGE, "kind says of which objects: %.*s", STR_ARG(buf_str(&all)));
	return err_set(e, ERR_USAGE, "there is no kind '%s'; there are %.*s",
	        err_quote(shown, sizeof(shown), kind).p, STR_ARG(buf_str(&all)));
}

int api_changes_of_kind(struct ask *a, const struct session *who, struct reply *r, struct err *e)
{
	static const struct route_param params[] = {{"kind", PARAM_TEXT, ""}, {"since", PARAM_TEXT, ""},
	        {"limit", PARAM_NUMBER, ""}, {NULL, 0, NULL}};
	static const struct route self = {.path = "/changes", .params = params};
	struct str kind = ask_param(a, "kind"), since = ask_param(a, "since");
	const struct route *route = route_of_kind(kind.p != NULL ? changes_kind_find(kind) : CHANGES_NONE);
	int rc = api_check(&self, a->arg, e);

	if (rc != 0)
		return rc;
	if (route == NULL)
		return no_kind(kind, e);
	rc = right_route(who, route, e);
	if (rc != 0)
		return rc;
	if (since.p == NULL)
		return err_set(e, ERR_USAGE,
		        "since is the cursor of the answer before; begin with the whole list, " API_ROOT
		        "%s, whose answer has the first one",
		        route->path);
	return changes_of(route, a, since, true, r, e);
}

/* ---- changes by hand ----------------------------------------------------------------------------- */

const struct change_row *api_change_find(struct str name)
{
	const struct change_row *row = verb_find(name);

	/* what has no right is about the pages' own sessions; bytes come by the pages and the command line */
	return row != NULL && row->right != RIGHT_NONE && !row->file ? row : NULL;
}

int api_put_param(struct buf *params, struct str name, struct str value, struct err *e)
{
	char shown[64];

	for (size_t i = 0; i < name.len; i++)
		if (!char_alnum(name.p[i]) && name.p[i] != '-' && name.p[i] != '_')
			name.len = 0;
	if (name.len == 0)
		return err_set(e, ERR_VALUE, "the name of a parameter is letters and digits");
	if (memchr(value.len > 0 ? value.p : "x", 0, value.len > 0 ? value.len : 1) != NULL)
		return err_set(
		        e, ERR_VALUE, "'%s' has a NUL character", err_quote(shown, sizeof(shown), name).p);
	buf_add(params, name);
	buf_char(params, '=');
	/* a line each; a line feed within is written as a vertical tab (change.h) */
	for (size_t i = 0; i < value.len; i++)
		buf_char(params, value.p[i] == '\n' ? '\v' : value.p[i]);
	buf_char(params, '\n');
	return 0;
}

static int put_json(struct buf *params, struct str key, const struct json_token *v, struct err *e)
{
	auto_buf struct buf text = {0};
	char shown[64];

	switch (v->kind) {
	case JSON_STRING:
		return api_put_param(params, key, json_text(buf_room(&text, v->text.len + 1), v), e);
	case JSON_NUMBER:
		return api_put_param(params, key, v->text, e);
	case JSON_TRUE:
		return api_put_param(params, key, STR("1"), e);
	case JSON_FALSE:
	case JSON_NULL:
		return 0;
	default:
		return err_set(e, ERR_VALUE, "'%s' is a text, a number, true or false",
		        err_quote(shown, sizeof(shown), key).p);
	}
}

int api_body_json(struct str body, struct buf *params, struct err *e)
{
	struct json j;
	struct json_token key, value;
	int rc;

	json_init(&j, body);
	rc = json_next(&j, &key);
	if (rc == 1 && key.kind != JSON_OBJECT)
		return err_set(e, ERR_VALUE,
		        "the body is a JSON object, such as {\"id\": \"F12\", \"why\": \"fixed\"}");
	while (rc == 1 && (rc = json_next(&j, &key)) == 1 && key.kind == JSON_KEY) {
		auto_buf struct buf name = {0};
		rc = json_next(&j, &value);
		if (rc != 1)
			break;
		struct str text = json_text(buf_room(&name, key.text.len + 1), &key);
		if (put_json(params, text, &value, e) != 0)
			return ERR_VALUE;
	}
	if (rc < 0) {
		(void)json_err(&j, e);
		return err_add(e, "the body");
	}
	if (!json_done(&j))
		return err_set(e, ERR_SYNTAX, "something stands behind the JSON object of the body");
	return 0;
}
