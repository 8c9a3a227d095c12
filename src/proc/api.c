/* SPDX-License-Identifier: Apache-2.0
 *
 * The API on the staff listener (web/api.h). Who asks is known by a token, or for looking by the session of the pages; a change
 * with that needs the session's token of forms in the header Weir-CSRF as well, since a browser sends a cookie by itself. A list
 * is drawn while the socket takes it (web/stream.h).
 */
#include "web/api.h"
#include "base/log.h"
#include "base/os.h"
#include "proc/census.h"
#include "proc/pages_in.h"
#include "see/see.h"
#include "web/openapi.h"

#define BLOCK 32768 /* of a list on its way out */

struct api_request {
	struct api_params params;
	bool bearer, settled; /* settled: an answer is known before the body is there */
	int status;
	char sentence[1024];
};

/* A list on its way: it belongs to the answer, which may outlive the request by a moment. */
struct sending {
	struct stream stream;
	struct arena arena;
	struct request *r;
};

/* ---- answers ------------------------------------------------------------------------------------- */

static void headers_of(struct MHD_Response *m, int status)
{
	http_headers(m, "no-store");
	MHD_add_response_header(m, "Vary", "Accept, Authorization, Cookie");
	if (status == 401)
		MHD_add_response_header(m, "WWW-Authenticate", "Bearer realm=\"weir\"");
	if (status == 405)
		MHD_add_response_header(m, "Allow", "GET, HEAD");
	if (status == 503 || status == 429)
		MHD_add_response_header(m, "Retry-After", "30");
}

static enum MHD_Result send_reply(struct request *r, struct reply *reply, const char *name, const char *value)
{
	struct MHD_Response *m =
	        MHD_create_response_from_buffer(reply->body.len, reply->body.p, MHD_RESPMEM_MUST_COPY);

	buf_done(&reply->body);
	if (m == NULL)
		return MHD_NO;
	headers_of(m, reply->status);
	if (reply->type != NULL)
		MHD_add_response_header(m, "Content-Type", reply->type);
	if (name != NULL)
		MHD_add_response_header(m, name, value);
	enum MHD_Result rc = MHD_queue_response(r->connection, (unsigned)reply->status, m);
	MHD_destroy_response(m);
	return rc;
}

static enum MHD_Result problem(struct request *r, int status, const char *sentence)
{
	struct reply reply = {0};

	api_problem(&reply, status, str_from(sentence));
	return send_reply(r, &reply, NULL, NULL);
}

enum MHD_Result api_refuse(struct request *r, enum http_fault fault)
{
	const struct http_refusal *row = http_refusal(fault);
	struct reply reply = {0};

	api_problem(&reply, row->status, str_from(row->sentence));
	return pages_refused(r, row, &reply);
}

/* ---- who asks ------------------------------------------------------------------------------------ */

static int settle(struct request *r, int status, const char *sentence)
{
	struct api_request *q = r->visit->api;

	if (!q->settled) {
		q->settled = true;
		q->status = status;
		snprintf(q->sentence, sizeof(q->sentence), "%s", sentence);
	}
	return -1;
}

#define NO_TOKEN                                                                                             \
	"this needs a token, as 'Authorization: Bearer TOKEN', or the session of the pages; a person makes " \
	"tokens for himself"

static int by_token(struct request *r, struct str header, struct err *e)
{
	struct visit *v = r->visit;

	v->api->bearer = true;
	if (!str_istarts(header, STR("Bearer ")))
		return settle(r, 401, "Authorization is of another kind; only 'Bearer TOKEN' is known here");
	int rc = session_of_token(
	        r->desk->state, str_trim(str_skip(header, 7)), os_now(), &v->arena, &v->who, e);
	if (rc < 0)
		return settle(r, 503, e->text);
	v->in = rc == 1;
	if (v->in)
		pages_used(r);
	return v->in
	        ? 0
	        : settle(r, 401, "this token opens nothing: it is unknown, has run out or was taken back");
}

/* 0, or -1 and it is settled. */
static int find_who(struct request *r)
{
	struct visit *v = r->visit;
	struct str header = http_value(r->connection, "Authorization");
	struct err e = {0};

	if (v->in)
		return 0;
	if (desk_state(r->desk, &e) != 0)
		return settle(r, 503, e.text);
	if (header.p != NULL && by_token(r, header, &e) != 0)
		return -1;
	if (header.p == NULL && pages_session(r, &e) != 0)
		return settle(r, 503, e.text);
	if (!v->in)
		return settle(r, 401, NO_TOKEN);
	if (v->post && !v->api->bearer && !session_form_ok(&v->who, http_value(r->connection, "Weir-CSRF")))
		return settle(r, 403,
		        "a change by the session of the pages needs its token of forms in the header "
		        "Weir-CSRF");
	channel_put(r->take.person, sizeof(r->take.person), v->who.person);
	return 0;
}

/* ---- lists --------------------------------------------------------------------------------------- */

static struct db *open_seen(void *arg, struct err *e)
{
	struct sending *s = arg;

	/* what the piece before has left */
	arena_reset(&s->arena);
	struct db *seen = pages_seen(s->r, e);
	s->stream.ask.whole = s->r->desk->state;
	return seen;
}

static ssize_t read_list(void *arg, uint64_t at, char *to, size_t max)
{
	struct sending *s = arg;
	ssize_t n = stream_take(&s->stream, to, max);

	(void)at;
	if (n < 0)
		log_say(&s->r->desk->log, LOG_ERR, "a list broke off: %s", s->stream.e.text);
	return n > 0 ? n : n == 0 ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void free_list(void *arg)
{
	struct sending *s = arg;

	stream_done(&s->stream);
	arena_done(&s->arena);
	free(s);
}

static const char *type_of(enum stream_form form)
{
	static const char *const types[] = {
	        [STREAM_JSON] = "application/json",
	        [STREAM_LINES] = "application/x-ndjson",
	        [STREAM_CSV] = "text/csv; charset=utf-8; header=present",
	};

	return types[form];
}

/* "findings.csv": what a browser saves it as. */
static enum MHD_Result send_list(struct request *r, struct sending *s, const char *etag, const char *file)
{
	struct MHD_Response *m =
	        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_list, s, free_list);
	char shown[128];

	if (m == NULL) {
		free_list(s);
		return MHD_NO;
	}
	headers_of(m, 200);
	MHD_add_response_header(m, "Content-Type", type_of(s->stream.form));
	if (etag != NULL)
		MHD_add_response_header(m, "ETag", etag);
	if (file != NULL) {
		snprintf(shown, sizeof(shown), "attachment; filename=\"%.80s\"", file);
		MHD_add_response_header(m, "Content-Disposition", shown);
	}
	http_clock_stream(pages_clock(r->connection));
	enum MHD_Result rc = MHD_queue_response(r->connection, 200, m);
	MHD_destroy_response(m);
	return rc;
}

static struct sending *sending_new(
        struct request *r, const struct route *route, const struct ask *a, enum stream_form form)
{
	struct sending *s = mem_zero(1, sizeof(*s));

	s->r = r;
	arena_init(&s->arena, 0);
	s->stream = (struct stream){.route = route, .form = form, .ask = *a, .open = open_seen, .arg = s};
	s->stream.ask.arena = &s->arena;
	return s;
}

static enum MHD_Result error_of(struct request *r, int rc, const struct err *e)
{
	if (api_status(rc) == 500)
		pages_unseen(r);
	return problem(r, api_status(rc), e->text);
}

static enum MHD_Result start_list(struct request *r, struct sending *s, uint64_t limit, struct str cursor,
        const char *etag, const char *file)
{
	struct err e = {0};

	stream_begin(&s->stream, limit, cursor);
	int rc = stream_first(&s->stream, &e);
	if (rc == 0)
		return send_list(r, s, etag, file);
	free_list(s);
	return error_of(r, rc, &e);
}

static enum stream_form form_of(struct request *r)
{
	struct str accept = http_value(r->connection, "Accept");

	if (str_find_str(accept, 0, STR("text/csv")) != SIZE_MAX)
		return STREAM_CSV;
	return str_find_str(accept, 0, STR("application/x-ndjson")) != SIZE_MAX ? STREAM_LINES : STREAM_JSON;
}

/* What the log of changes says is the same is the same, but for lists that depend on the clock. */
static bool make_etag(
        struct request *r, const struct route *route, const char *url, struct str cursor, char ret[96])
{
	auto_buf struct buf all = {0};
	const struct api_params *p = &r->visit->api->params;

	if (route->kind == CHANGES_NONE || route->kind == CHANGES_FEED || route->kind == CHANGES_QUIET ||
	        r->visit->who.narrow)
		return false;
	buf_printf(&all, "%s\n%d\n%.*s\n", url, form_of(r), STR_ARG(r->visit->who.person));
	for (unsigned i = 0; i < p->n; i++)
		buf_printf(&all, "%.*s=%.*s\n", STR_ARG(p->v[i].name), STR_ARG(p->v[i].value));
	snprintf(ret, 96, "W/\"%.*s-%016llx\"", STR_ARG(cursor), (unsigned long long)str_hash(buf_str(&all)));
	return true;
}

static enum MHD_Result list(struct request *r, const struct route *route, struct ask *a, const char *url)
{
	uint64_t limit;
	struct str cursor = {0};
	char etag[96];
	struct err e = {0};
	int rc = api_limit(a, 100, &limit, &e);

	if (rc == 0)
		rc = api_cursor(a, &cursor, &e);
	if (rc != 0)
		return error_of(r, rc, &e);
	bool has = make_etag(r, route, url, cursor, etag);
	struct str known = http_value(r->connection, "If-None-Match");
	if (has && str_find_str(known, 0, str_from(etag)) != SIZE_MAX) {
		struct reply same = {.status = 304};
		return send_reply(r, &same, "ETag", etag);
	}
	struct sending *s = sending_new(r, route, a, form_of(r));
	return start_list(
	        r, s, limit, route->kind != CHANGES_NONE ? cursor : STR(""), has ? etag : NULL, NULL);
}

/* ---- questions ----------------------------------------------------------------------------------- */

static enum MHD_Result add_param(
        void *arg, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value, size_t len)
{
	struct api_params *p = arg;

	(void)kind;
	if (p->n < sizeof(p->v) / sizeof(p->v[0]))
		p->v[p->n++] = (struct api_param){str_make(name, name_len), str_make(value, len)};
	else
		p->more = true;
	return MHD_YES;
}

static struct ask ask_of(struct request *r, const char *url, struct db *db)
{
	struct visit *v = r->visit;

	(void)MHD_get_connection_values_n(r->connection, MHD_GET_ARGUMENT_KIND, add_param, &v->api->params);
	return (struct ask){.path = str_skip(str_from(url), sizeof(API_ROOT) - 1),
	        .form = LIST_JSON,
	        .param = api_param_find,
	        .arg = &v->api->params,
	        .state = db,
	        .folder = r->desk->o->state,
	        .processes = census_last(r->desk->census),
	        .arena = &v->arena,
	        .sheet = r->desk->staff->sheet,
	        .whole = r->desk->state};
}

static enum MHD_Result openapi(struct request *r)
{
	struct reply reply = {.status = 200, .type = "application/json"};

	openapi_print(&reply.body);
	return send_reply(r, &reply, NULL, NULL);
}

/* Of an id what cannot be misread in a header. */
static void file_name(const struct route *route, const struct ask *a, char *ret, size_t size)
{
	size_t n = (size_t)snprintf(ret, size, "attachment; filename=\"%s%s",
	        route->named ? "" : route->path + 1, a->id.len > 0 && !route->named ? "-" : "");

	for (size_t i = 0; i < a->id.len && n + 16 < size; i++)
		ret[n++] = char_alnum(a->id.p[i]) || str_has(STR("-."), a->id.p[i]) ? a->id.p[i] : '_';
	snprintf(ret + n, size - n, "%s\"", route->suffix != NULL ? route->suffix : "");
}

/* A change of a list, or one thing: answers that are whole. */
static enum MHD_Result answer(struct request *r,
        int (*load)(const struct route *, struct ask *, struct str, struct reply *, struct err *),
        const struct route *route, struct ask *a, struct str cursor)
{
	struct reply reply = {.status = 200};
	struct err e = {0};
	int rc = load(route, a, cursor, &reply, &e);
	char file[200];

	if (rc == 0 && route->media != NULL && reply.type == route->media) {
		file_name(route, a, file, sizeof(file));
		return send_reply(r, &reply, "Content-Disposition", file);
	}
	if (rc == 0)
		return send_reply(r, &reply, NULL, NULL);
	buf_done(&reply.body);
	return error_of(r, rc, &e);
}

static int load_one(
        const struct route *route, struct ask *a, struct str cursor, struct reply *reply, struct err *e)
{
	(void)cursor;
	return api_one(route, a, reply, e);
}

static enum MHD_Result changes_of_kind(struct request *r, struct ask *a)
{
	struct reply reply = {.status = 200};
	struct err e = {0};
	int rc = api_changes_of_kind(a, &r->visit->who, &reply, &e);

	if (rc == 0)
		return send_reply(r, &reply, NULL, NULL);
	buf_done(&reply.body);
	return error_of(r, rc, &e);
}

/* A report on its way in, by the key that its sender gave it. */
static enum MHD_Result upload(struct request *r, struct str key)
{
	struct reply reply = {.status = 200, .type = "application/json"};
	uint8_t token[16];
	struct err e = {0};

	if (right_check(&r->visit->who, RIGHT_WORK, false, &e) != 0 ||
	        right_scope(&r->visit->who, STR("reports"), &e) != 0)
		return problem(r, 403, e.text);
	if (!str_hex(key, token, sizeof(token)))
		return problem(r, 404, "the key of a report on its way in is 32 hexadecimal digits");
	desk_upload_say(r, token, &reply.body);
	return send_reply(r, &reply, NULL, NULL);
}

static enum MHD_Result get(struct request *r, const char *url)
{
	const struct route *route;
	struct err e = {0};
	struct db *db = pages_seen(r, &e);

	if (db == NULL)
		return problem(r, 503, e.text);
	struct ask a = ask_of(r, url, db);
	if (str_eq(a.path, STR("/openapi.json")))
		return openapi(r);
	if (str_eq(a.path, STR("/changes")))
		return changes_of_kind(r, &a);
	if (str_starts(a.path, STR("/uploads/")))
		return upload(r, str_skip(a.path, 9));
	int rc = api_find(&a, &r->visit->who, &route, &e);
	if (rc == 0)
		rc = api_check(route, &r->visit->api->params, &e);
	if (rc != 0)
		return error_of(r, rc, &e);
	struct str cursor = ask_param(&a, "changed_since");
	if (cursor.p != NULL)
		return answer(r, api_changes, route, &a, cursor);
	if (route->list != NULL && !ask_has(&a, "count"))
		return list(r, route, &a, url);
	return answer(r, load_one, route, &a, (struct str){0});
}

/* ---- what is posted ------------------------------------------------------------------------------ */

bool api_takes_report(const char *url)
{
	return str_eq(str_from(url), STR(API_ROOT "/reports"));
}

enum http_fault api_media(struct request *r, const char *url)
{
	struct str type = http_value(r->connection, "Content-Type");

	/* the bytes of a report are what they are */
	if (api_takes_report(url) || http_is_media(type, STR("application/json")) ||
	        http_is_media(type, STR("application/x-www-form-urlencoded")))
		return HTTP_GOOD;
	return HTTP_MEDIA;
}

/* Before the first byte of a report is kept. */
static int begin_report(struct request *r)
{
	struct err e = {0};

	if (find_who(r) != 0)
		return -1;
	if (right_check(&r->visit->who, RIGHT_WORK, false, &e) != 0 ||
	        right_scope(&r->visit->who, STR("reports"), &e) != 0)
		return settle(r, 403, e.text);
	if (desk_report_begin(r, desk_param(r, "name"), desk_param(r, "feed")) != 0)
		return settle(r, r->status, r->sentence);
	return 0;
}

void api_piece(struct request *r, struct str piece)
{
	struct visit *v = r->visit;

	if (!v->upload) {
		buf_add(&v->body, piece);
		return;
	}
	if (v->api->settled || (r->fd < 0 && begin_report(r) != 0))
		return;
	desk_report_add(r, piece);
}

static enum MHD_Result report_taken(struct request *r)
{
	struct reply reply = {.status = 202, .type = "application/json"};
	char location[64];

	snprintf(location, sizeof(location), API_ROOT "/receipts/R%llu", (unsigned long long)r->receipt);
	buf_printf(&reply.body, "{\"version\": 1, \"receipt\": \"R%llu\", \"same\": %s}\n",
	        (unsigned long long)r->receipt, r->take.code == SEE_SAME ? "true" : "false");
	return send_reply(r, &reply, "Location", location);
}

static enum MHD_Result changed(struct request *r)
{
	struct reply reply = {.status = 200, .type = "application/json"};

	buf_add(&reply.body, STR("{\"version\": 1, \"said\": "));
	buf_json(&reply.body, str_trim(str_from(r->take.text)));
	buf_add(&reply.body, STR("}\n"));
	return send_reply(r, &reply, NULL, NULL);
}

static int read_form(struct request *r, struct buf *params, struct err *e)
{
	struct http_form f = {.n = 0};
	enum http_fault fault = http_form(buf_str(&r->visit->body), &r->visit->arena, &f);
	int rc = 0;

	if (fault != HTTP_GOOD)
		return err_set(e, ERR_SYNTAX, "%s", http_refusal(fault)->sentence);
	for (unsigned i = 0; rc == 0 && i < f.n; i++)
		rc = api_put_param(params, f.fields[i].name, f.fields[i].value, e);
	return rc;
}

static int ask_change(struct request *r, const char *name)
{
	const struct change_row *row = api_change_find(str_from(name));
	auto_buf struct buf params = {0};
	struct err e = {0};

	if (row == NULL)
		return settle(r, 404, "there is no such change; " API_ROOT "/openapi.json lists them");
	/* first, so that no parameter of that name can stand before it */
	if (r->visit->who.account && !r->visit->api->bearer)
		pages_field(&params, "session", str_from(r->visit->who.id));
	int rc = http_is_media(http_value(r->connection, "Content-Type"), STR("application/json"))
	        ? api_body_json(buf_str(&r->visit->body), &params, &e)
	        : read_form(r, &params, &e);
	struct db *db = rc == 0 ? pages_seen(r, &e) : NULL;
	if (db == NULL)
		return settle(r, rc != 0 ? api_status(rc) : 503, e.text);
	struct change c = {.params = buf_str(&params)};
	rc = right_scope(&r->visit->who, STR("changes"), &e);
	if (rc == 0)
		rc = right_change(&r->visit->who, row, change_param(&c, "id"), db, &e);
	if (rc != 0)
		return settle(r, api_status(rc), e.text);
	return desk_change(r, row->name, buf_str(&params));
}

static int ask_core(struct request *r, const char *url)
{
	struct str path = str_skip(str_from(url), sizeof(API_ROOT) - 1);

	if (find_who(r) != 0)
		return -1;
	if (r->visit->upload)
		return r->fd >= 0 ? desk_report_end(r) : settle(r, 400, "the report is empty");
	if (str_starts(path, STR("/changes/")))
		return ask_change(r, url + sizeof(API_ROOT "/changes/") - 1);
	struct ask a = {.path = path};
	return route_find(&a) != NULL ? settle(r, 405, "this path is for looking: GET")
	                              : settle(r, 404, "nothing is posted under this path");
}

enum MHD_Result api_last(struct request *r, const char *url)
{
	struct api_request *q = r->visit->api;

	if (!r->visit->post && str_eq(str_from(url), STR("/events")))
		return api_events(r, url);
	if (!r->visit->post)
		return find_who(r) != 0 ? problem(r, q->status, q->sentence) : get(r, url);
	if (!q->settled && !r->told && r->status == 0) {
		http_clock_whole(pages_clock(r->connection), os_ticks());
		if (ask_core(r, url) == 0)
			return MHD_YES;
	}
	if (q->settled)
		return problem(r, q->status, q->sentence);
	if (r->status != 0)
		return problem(r, r->status, r->sentence);
	return r->visit->upload ? report_taken(r) : changed(r);
}

/* ---- live pages ---------------------------------------------------------------------------------- */

bool api_again(struct request *r)
{
	auto_arena struct arena a = {0};
	struct visit *v = r->visit;
	struct session now = {0};
	struct str token = {0};
	struct err e = {0};

	arena_init(&a, 0);
	if (desk_state(r->desk, &e) != 0)
		return false;
	int rc = v->api->bearer ? session_of_token(r->desk->state,
	                                  str_trim(str_skip(http_value(r->connection, "Authorization"), 7)),
	                                  os_now(), &a, &now, &e)
	        : http_cookie(r->connection,
	                  r->desk->staff->rules.tls ? HTTP_COOKIE_NAME_TLS : HTTP_COOKIE_NAME,
	                  &token) == HTTP_GOOD &&
	                token.p != NULL
	        ? session_find(r->desk->state, token, os_now(), &a, &now, &e)
	        : 0;
	/* whose rights are others comes again with these */
	return rc == 1 && str_eq(now.person, v->who.person) && now.rights == v->who.rights &&
	        now.narrow == v->who.narrow;
}

enum MHD_Result api_events(struct request *r, const char *url)
{
	struct err e = {0};

	(void)url;
	if (find_who(r) != 0)
		return problem(r, r->visit->api->status, r->visit->api->sentence);
	struct db *db = pages_seen(r, &e);
	if (db == NULL)
		return problem(r, 503, e.text);
	struct ask a = ask_of(r, API_ROOT "/events", db);
	return live_open(r, &a);
}

enum MHD_Result api_say(struct request *r, int status, const char *sentence)
{
	return problem(r, status, sentence);
}

/* ---- beginning and end --------------------------------------------------------------------------- */

bool api_begin(struct request *r, const char *url)
{
	if (!str_starts(str_from(url), STR(API_ROOT "/")) && !str_eq(str_from(url), STR(API_ROOT)) &&
	        !str_eq(str_from(url), STR("/events")))
		return false;
	r->visit->api = mem_zero(1, sizeof(*r->visit->api));
	return true;
}

void api_forget(struct request *r)
{
	if (r->visit->live != NULL)
		live_forget(r);
	free(r->visit->api);
	r->visit->api = NULL;
}

/* ---- exports of pages ---------------------------------------------------------------------------- */

/* Pages that have another name than their list. */
static const struct {
	const char *page, *list;
} names[] = {{"/letters", "/notices"}, {"/reports", "/receipts"}, {"/incoming", "/mails"}};

static const struct route *export_of(struct str path, enum stream_form *ret)
{
	struct str_cut cut = str_rcut(path, '.');
	struct ask a = {.path = cut.head};

	*ret = str_eq(cut.tail, STR("csv")) ? STREAM_CSV : STREAM_JSON;
	if (!cut.ok || (*ret == STREAM_JSON && !str_eq(cut.tail, STR("json"))))
		return NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(cut.head, str_from(names[i].page)))
			a.path = str_from(names[i].list);
	const struct route *route = route_find(&a);
	return route != NULL && route->list != NULL && !route->id && route->right != RIGHT_NONE ? route
	                                                                                        : NULL;
}

bool api_is_export(struct str path)
{
	enum stream_form form;

	return export_of(path, &form) != NULL;
}

/* A field of a filter that is left empty is not there. */
static struct str filter(const void *arg, const char *name)
{
	struct str value = api_param_find(arg, name);

	return value.len != 0 ? value : (struct str){0};
}

enum MHD_Result api_export(struct request *r, const char *url)
{
	enum stream_form form;
	const struct route *route = export_of(str_from(url), &form);
	struct err e = {0};
	uint64_t limit = API_ROWS;

	r->visit->api = mem_zero(1, sizeof(*r->visit->api));
	struct ask a = ask_of(r, url, NULL);
	a.param = filter;
	int rc = right_check(&r->visit->who, route->right, route->narrow, &e);
	if (rc == 0)
		rc = api_limit(&a, API_ROWS, &limit, &e);
	if (rc != 0)
		return error_of(r, rc, &e);
	return start_list(r, sending_new(r, route, &a, form), limit, STR(""), NULL, url + 1);
}
