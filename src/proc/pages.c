/* SPDX-License-Identifier: Apache-2.0
 *
 * The staff's pages over HTTP on this machine's own address: what the desk process serves beside the control socket. A page
 * is drawn from what is stored (web/page.h); a form becomes a change, which the core runs, and leads back to a page (303), so
 * that a reload repeats nothing. Without a session there is the link that opens one, and nothing else.
 */
#include "base/log.h"
#include "base/os.h"
#include "proc/pages_in.h"
#include "see/room.h"
#include "web/asset.h"
#include <arpa/inet.h>
#include <sys/socket.h>

#define CONNECTIONS 600 /* of them 200 are pages that stay open (live.c) */
#define WAITING 100
#define IDLE_SECONDS 60
/* Of a connection, for heads and buffers: a page that stays open has written to half of it. */
#define MEMORY 49152
#define UPLOAD ((uint64_t)2 << 30)

#define FIELDS 8

/* A form = a row: its path, the change that it asks for, the fields that the change gets, and where it leads. */
struct form {
	const char *path, *change;
	const char *fields[FIELDS];
	const char *back; /* NULL: to the finding that field id names */
};
static const struct form forms[] = {
        {"/looked", "looked", {"id"}, "/"},
        {"/close", "finding-close", {"id", "why", "note"}, NULL},
        {"/reopen", "finding-reopen", {"id"}, NULL},
};

/* ---- answers ------------------------------------------------------------------------------------- */

static enum MHD_Result reply_with(
        struct request *r, struct reply *reply, const char *location, const char *cookie)
{
	struct MHD_Response *m =
	        MHD_create_response_from_buffer(reply->body.len, reply->body.p, MHD_RESPMEM_MUST_COPY);

	if (m == NULL)
		return MHD_NO;
	http_headers(m, "no-store");
	MHD_add_response_header(
	        m, "Content-Type", reply->type != NULL ? reply->type : "text/html; charset=utf-8");
	if (location != NULL)
		MHD_add_response_header(m, "Location", location);
	if (cookie != NULL)
		MHD_add_response_header(m, "Set-Cookie", cookie);
	enum MHD_Result rc = MHD_queue_response(r->connection, (unsigned)reply->status, m);
	MHD_destroy_response(m);
	buf_done(&reply->body);
	return rc;
}

/* The language of who asks: his own, else one that his browser wants. */
static const struct words *words_of(struct request *r)
{
	const struct languages *all = &r->desk->staff->languages;

	if (r->visit->in && r->visit->who.language.len != 0)
		return languages_find(all, r->visit->who.language);
	return languages_wanted(all, http_value(r->connection, "Accept-Language"));
}

static enum MHD_Result say(struct request *r, int status, enum word title, const char *sentence)
{
	struct reply reply = {0};

	page_sentence(&reply, words_of(r), status, title, str_from(sentence));
	return reply_with(r, &reply, NULL, NULL);
}

static enum MHD_Result go_to(struct request *r, const char *path, const char *cookie)
{
	struct reply reply = {.status = 303};

	return reply_with(r, &reply, path, cookie);
}

static enum MHD_Result refuse(struct request *r, enum http_fault fault)
{
	const struct http_refusal *row = http_refusal(fault);
	struct reply reply = {0};

	if (r->visit->api != NULL)
		return api_refuse(r, fault);
	page_sentence(&reply, words_of(r), row->status, W_NOT_TAKEN, str_from(row->sentence));
	struct MHD_Response *m =
	        MHD_create_response_from_buffer(reply.body.len, reply.body.p, MHD_RESPMEM_MUST_COPY);
	buf_done(&reply.body);
	if (m == NULL)
		return MHD_NO;
	http_headers(m, "no-store");
	http_headers_refused(m, row);
	MHD_add_response_header(m, "Content-Type", "text/html; charset=utf-8");
	enum MHD_Result rc = MHD_queue_response(r->connection, (unsigned)row->status, m);
	MHD_destroy_response(m);
	return rc;
}

#define NO_SESSION "you are not in: type 'weir people link' on the node and open the address that it prints"
#define OLD_FORM "this form is of another visit; load its page again"

/* ---- what is part of the program ----------------------------------------------------------------- */

static enum MHD_Result asset(struct request *r, struct str path)
{
	bool font = str_starts(path, STR("/f/"));
	struct str_cut cut =
	        font ? (struct str_cut){.tail = str_skip(path, 3)} : str_cut(str_skip(path, 3), '/');
	const struct asset *a = asset_find(cut.head.p != NULL ? cut.head : STR(""), cut.tail);

	if (a == NULL)
		return say(r, 404, W_NOT_FOUND, "there is no such file");
	struct str wants = http_value(r->connection, "Accept-Encoding");
	bool packed = a->gzip != NULL && str_find_str(wants, 0, STR("gzip")) != SIZE_MAX;
	struct MHD_Response *m = MHD_create_response_from_buffer(packed ? a->gzip_len : a->len,
	        (void *)(uintptr_t)(packed ? a->gzip : a->bytes), MHD_RESPMEM_PERSISTENT);
	if (m == NULL)
		return MHD_NO;
	http_headers(m, font ? "public, max-age=86400" : "public, max-age=31536000, immutable");
	MHD_add_response_header(m, "Content-Type", a->type);
	MHD_add_response_header(m, "Vary", "Accept-Encoding");
	if (packed)
		MHD_add_response_header(m, "Content-Encoding", "gzip");
	enum MHD_Result rc = MHD_queue_response(r->connection, 200, m);
	MHD_destroy_response(m);
	return rc;
}

/* ---- pages --------------------------------------------------------------------------------------- */

/* A field of a filter that is left empty is not there. */
static struct str param(const void *arg, const char *name)
{
	const struct request *r = arg;
	const char *value = NULL;
	size_t len = 0;

	if (MHD_lookup_connection_value_n(
	            r->connection, MHD_GET_ARGUMENT_KIND, name, strlen(name), &value, &len) != MHD_YES)
		return (struct str){0};
	return value != NULL && len > 0 ? str_make(value, len) : (struct str){0};
}

int pages_session(struct request *r, struct err *e)
{
	struct visit *v = r->visit;
	struct str token = {0};

	if (desk_state(r->desk, e) != 0)
		return ERR_SYS;
	if (http_cookie(r->connection, HTTP_COOKIE_NAME, &token) != HTTP_GOOD || token.p == NULL)
		return 0;
	int rc = session_find(r->desk->state, token, os_now(), &v->arena, &v->who, e);
	v->in = rc == 1;
	if (v->in)
		channel_put(r->take.person, sizeof(r->take.person), v->who.person);
	return rc < 0 ? rc : 0;
}

/* The store as the person of the session sees it now. */
struct db *pages_seen(struct request *r, struct err *e)
{
	struct db **db = &r->desk->staff->seen[r->visit->who.narrow];

	if (*db == NULL && scope_open(r->desk->o->state, r->visit->who.narrow, db, e) != 0)
		return NULL;
	if (scope_set(*db, r->visit->who.person, e) == 0)
		return *db;
	db_close(*db);
	*db = NULL;
	return NULL;
}

void pages_unseen(struct request *r)
{
	db_close(r->desk->staff->seen[r->visit->who.narrow]);
	r->desk->staff->seen[r->visit->who.narrow] = NULL;
}

static enum MHD_Result draw(struct request *r, const char *url)
{
	auto_buf struct buf said = {0};
	struct err e = {0};
	struct reply reply = {0};
	struct ask ask = {.path = str_from(url),
	        .form = LIST_TEXT,
	        .param = param,
	        .arg = r,
	        .state = pages_seen(r, &e),
	        .folder = r->desk->o->state,
	        .supervisor = (int)getppid(),
	        .arena = &r->visit->arena};
	int64_t sample = 0;
	struct page_ask p = {.who = &r->visit->who,
	        .words = words_of(r),
	        .languages = &r->desk->staff->languages,
	        .now = os_now()};

	if (ask.state == NULL)
		return say(r, 503, W_CANNOT_ANSWER, e.text);
	(void)state_meta_number_find(r->desk->state, "now.sample", &sample);
	p.sample = sample != 0;
	if (said_take(&r->desk->staff->said, str_from(p.who->id), os_ticks(), &said))
		p.said = str_trim(buf_str(&said));
	page_get(&p, &ask, &reply);
	if (reply.status == 500)
		pages_unseen(r);
	return reply_with(r, &reply, NULL, NULL);
}

static enum MHD_Result get(struct request *r, const char *url)
{
	struct str path = str_from(url);
	struct reply reply = {0};
	struct err e = {0};

	if (str_starts(path, STR("/a/")) || str_starts(path, STR("/f/")))
		return asset(r, path);
	if (str_starts(path, STR("/enter/"))) {
		page_enter(&reply, words_of(r), str_skip(path, 7));
		return reply_with(r, &reply, NULL, NULL);
	}
	if (pages_session(r, &e) != 0)
		return say(r, 503, W_CANNOT_ANSWER, e.text);
	if (!r->visit->in)
		return say(r, 403, W_NOT_IN, NO_SESSION);
	return api_is_export(path) ? api_export(r, url) : draw(r, url);
}

/* ---- forms --------------------------------------------------------------------------------------- */

static void add_field(struct buf *b, const char *name, struct str value)
{
	buf_printf(b, "%s=", name);
	/* a line each; a line feed within is written as a vertical tab (change.h) */
	for (size_t i = 0; i < value.len; i++)
		buf_char(b, value.p[i] == '\n' ? '\v' : value.p[i]);
	buf_char(b, '\n');
}

/* The browser gets a token that nobody else has seen; the core hears its digest alone. */
static int ask_enter(struct request *r, const struct http_form *f)
{
	auto_buf struct buf params = {0};
	char link[SESSION_TOKEN + 1], session[SESSION_TOKEN + 1];

	if (!session_id(http_form_find(f, "link", 0), link))
		return desk_settle(r, 403, "this is no link of 'weir people link'");
	session_token(r->visit->token);
	(void)session_id(str_from(r->visit->token), session);
	add_field(&params, "link", str_from(link));
	add_field(&params, "session", str_from(session));
	channel_put(r->take.person, sizeof(r->take.person), STR("link"));
	snprintf(r->visit->back, sizeof(r->visit->back), "/");
	return desk_change(r, "session-open", buf_str(&params));
}

/* 0, or -1 and it is settled: the person may not, or what it is about is out of sight. */
static int may_change(struct request *r, const char *name, struct str id)
{
	const struct change_row *row = change_find(str_from(name));
	struct err e = {0};
	struct db *db = pages_seen(r, &e);

	if (db == NULL)
		return desk_settle(r, 503, e.text);
	if (row == NULL)
		return desk_settle(r, 404, "there is no such change");
	int rc = right_change(&r->visit->who, row, id, db, &e);
	return rc == 0 ? 0 : desk_settle(r, desk_status(rc), e.text);
}

static int ask_form(struct request *r, const struct form *form, const struct http_form *f)
{
	auto_buf struct buf params = {0};
	struct str id = http_form_find(f, "id", 0);

	if (may_change(r, form->change, id) != 0)
		return -1;
	for (unsigned i = 0; i < FIELDS && form->fields[i] != NULL; i++) {
		struct str value = http_form_find(f, form->fields[i], 0);
		if (value.len != 0)
			add_field(&params, form->fields[i], value);
	}
	bool plain = id.len > 1 && id.len < 20;
	for (size_t i = 0; i < id.len; i++)
		plain = plain && char_alnum(id.p[i]);
	if (form->back != NULL)
		snprintf(r->visit->back, sizeof(r->visit->back), "%s", form->back);
	else
		snprintf(r->visit->back, sizeof(r->visit->back), "/findings%s%.*s", plain ? "/" : "",
		        plain ? (int)id.len : 0, id.p);
	return desk_change(r, form->change, buf_str(&params));
}

/* About the session itself. */
static int ask_session(struct request *r, const char *change, struct str language)
{
	auto_buf struct buf params = {0};

	add_field(&params, "session", str_from(r->visit->who.id));
	if (language.len != 0)
		add_field(&params, "language", languages_find(&r->desk->staff->languages, language)->code);
	snprintf(r->visit->back, sizeof(r->visit->back), "/");
	return desk_change(r, change, buf_str(&params));
}

/* A body is whole: what it asks for goes to the core. 0, or -1 and it is settled. */
static int ask_core(struct request *r, const char *url, enum http_fault *ret)
{
	struct visit *v = r->visit;
	struct http_form f = {.n = 0};
	struct err e = {0};

	*ret = http_form(buf_str(&v->body), &v->arena, &f);
	if (*ret != HTTP_GOOD)
		return -1;
	if (str_eq(str_from(url), STR("/enter")))
		return ask_enter(r, &f);
	if (pages_session(r, &e) != 0)
		return desk_settle(r, 503, e.text);
	if (!v->in)
		return desk_settle(r, 403, NO_SESSION);
	if (!session_form_ok(&v->who, http_form_find(&f, "csrf", 0)))
		return desk_settle(r, 403, OLD_FORM);
	if (str_eq(str_from(url), STR("/leave")))
		return ask_session(r, "session-end", STR(""));
	if (str_eq(str_from(url), STR("/language")))
		return ask_session(r, "session-language", http_form_find(&f, "language", 0));
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (str_eq(str_from(url), str_from(forms[i].path)))
			return ask_form(r, &forms[i], &f);
	return desk_settle(r, 404, "nothing is posted under this path");
}

/* A form that did nothing: why, and the way back to where it stood. */
static enum MHD_Result fail(struct request *r)
{
	struct reply reply = {0};

	page_failed(&reply, words_of(r), r->status, str_from(r->sentence),
	        r->visit->back[0] != 0 ? r->visit->back : NULL);
	return reply_with(r, &reply, NULL, NULL);
}

/* The core's words about a change. */
static struct str said_of(const struct request *r)
{
	return r->words.len != 0 ? buf_str(&r->words) : str_from(r->take.text);
}

/* What the core has said about it. */
static enum MHD_Result after(struct request *r, const char *url)
{
	struct visit *v = r->visit;
	auto_buf struct buf cookie = {0};

	if (r->status != 0)
		return fail(r);
	if (v->upload) {
		snprintf(v->back, sizeof(v->back), "/reports/R%llu", (unsigned long long)r->receipt);
		return go_to(r, v->back, NULL);
	}
	bool left = str_eq(str_from(url), STR("/leave"));
	if (v->token[0] == 0 && !left) {
		said_put(&r->desk->staff->said, str_from(v->who.id), said_of(r), os_ticks());
		return go_to(r, v->back, NULL);
	}
	/* the cookie of the visit, or its end */
	http_cookie_set(&cookie, str_from(v->token), false);
	buf_char(&cookie, 0);
	if (!left)
		return go_to(r, v->back, cookie.p);
	struct reply reply = {0};
	page_sentence(&reply, words_of(r), 200, W_LEFT, STR(NO_SESSION));
	return reply_with(r, &reply, NULL, cookie.p);
}

/* ---- a report ------------------------------------------------------------------------------------ */

/* Fields stand before the file, so who sends it is known before its first byte is kept. */
static int take_piece(void *arg, const struct http_upload *u, struct str piece)
{
	struct request *r = arg;
	struct visit *v = r->visit;
	struct err e = {0};

	if (r->fd < 0 && r->status == 0) {
		if (pages_session(r, &e) != 0)
			desk_settle(r, 503, e.text);
		else if (!v->in)
			desk_settle(r, 403, NO_SESSION);
		else if (!session_form_ok(&v->who, http_form_find(&u->form, "csrf", 0)))
			desk_settle(r, 403, OLD_FORM);
		else if (right_check(&v->who, RIGHT_WORK, false, &e) != 0)
			desk_settle(r, 403, e.text);
		else
			(void)desk_report_begin(r, str_from(u->name), STR(""));
	}
	if (r->status == 0)
		desk_report_add(r, piece);
	return r->status;
}

/* ---- requests ------------------------------------------------------------------------------------ */

struct http_clock *pages_clock(struct MHD_Connection *c)
{
	return MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void end_late(struct pages *p)
{
	struct http_clock *c;

	while ((c = http_clocks_over(&p->clocks, os_ticks())) != NULL)
		(void)shutdown(c->fd, SHUT_RDWR);
}

static void on_connection(
        void *arg, struct MHD_Connection *c, void **memory, enum MHD_ConnectionNotificationCode what)
{
	struct desk *d = arg;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*memory = mem_zero(1, sizeof(struct http_clock));
		http_clock_open(&d->staff->clocks, *memory,
		        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
		        os_ticks());
		end_late(d->staff);
	} else {
		http_clock_close(&d->staff->clocks, *memory);
		free(*memory);
	}
}

static void *on_target(void *arg, const char *uri, struct MHD_Connection *c)
{
	struct request *r = desk_request(arg, c);

	r->visit = mem_zero(1, sizeof(*r->visit));
	arena_init(&r->visit->arena, 0);
	http_target(&r->visit->target, uri);
	return r;
}

static enum http_fault first_call(struct request *r, const char *url, const char *method, const char *version)
{
	struct MHD_Connection *c = r->connection;
	struct visit *v = r->visit;
	const struct http_rules *rules = &r->desk->staff->rules;
	enum http_fault fault = http_check(c, &v->target, method, version, rules), large;

	v->post = str_eq(str_from(method), STR("POST"));
	bool api = api_begin(r, url);
	v->upload = v->post && (api ? api_takes_report(url) : str_eq(str_from(url), STR("/reports")));
	large = http_clock_head(&r->desk->staff->clocks, pages_clock(c), v->upload,
	        v->upload ? UPLOAD : HTTP_FORM, http_value(c, "Content-Length"), os_ticks());
	if (fault == HTTP_GOOD && v->post)
		fault = http_check_origin(c, rules);
	if (fault == HTTP_GOOD)
		fault = large;
	if (api)
		return fault == HTTP_GOOD && v->post ? api_media(r, url) : fault;
	if (fault == HTTP_GOOD && v->upload) {
		v->file = mem_zero(1, sizeof(*v->file));
		fault = http_upload_begin(v->file, c, take_piece, r);
	}
	if (fault == HTTP_GOOD && v->post && !v->upload &&
	        !http_is_media(http_value(c, "Content-Type"), STR("application/x-www-form-urlencoded")))
		fault = HTTP_MEDIA;
	return fault;
}

static enum MHD_Result more(struct request *r, struct str piece)
{
	enum http_fault fault = http_clock_body(pages_clock(r->connection), piece.len, os_ticks());

	if (fault != HTTP_GOOD)
		return refuse(r, fault);
	if (r->visit->api != NULL)
		api_piece(r, piece);
	else if (r->visit->upload)
		(void)http_upload_body(r->visit->file, piece);
	else
		buf_add(&r->visit->body, piece);
	return MHD_YES;
}

static enum MHD_Result last_call(struct request *r, const char *url)
{
	struct visit *v = r->visit;
	enum http_fault fault = HTTP_GOOD;
	int rc;

	if (v->api != NULL)
		return api_last(r, url);
	if (!v->post)
		return get(r, url);
	if (r->told || r->status != 0)
		return after(r, url);
	http_clock_whole(pages_clock(r->connection), os_ticks());
	if (v->upload) {
		fault = http_upload_end(v->file);
		rc = fault == HTTP_GOOD ? desk_report_end(r) : -1;
	} else {
		rc = ask_core(r, url, &fault);
	}
	if (fault != HTTP_GOOD)
		return refuse(r, fault);
	return rc == 0 ? MHD_YES : after(r, url);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
        const char *version, const char *bytes, size_t *len, void **memory)
{
	struct request *r = *memory;

	(void)arg;
	(void)c;
	if (!r->visit->seen) {
		r->visit->seen = true;
		enum http_fault fault = first_call(r, url, method, version);
		return fault != HTTP_GOOD ? refuse(r, fault) : MHD_YES;
	}
	if (*len > 0) {
		struct str piece = str_make(bytes, *len);
		*len = 0;
		return more(r, piece);
	}
	return last_call(r, url);
}

void pages_forget(struct request *r)
{
	struct visit *v = r->visit;

	if (v == NULL)
		return;
	if (v->seen)
		http_clock_kept(&r->desk->staff->clocks, pages_clock(r->connection), os_ticks());
	api_forget(r);
	if (v->file != NULL)
		http_upload_done(v->file);
	free(v->file);
	buf_done(&v->body);
	arena_done(&v->arena);
	free(v);
}

/* ---- starting ------------------------------------------------------------------------------------ */

void pages_start(struct desk *d, int listener)
{
	struct sockaddr_in at = {0};
	socklen_t len = sizeof(at);

	if (listener < 0 || getsockname(listener, (struct sockaddr *)&at, &len) != 0)
		return;
	struct pages *p = mem_zero(1, sizeof(*p));
	d->port = ntohs(at.sin_port);
	d->staff = p;
	p->clocks.limit = WAITING;
	snprintf(p->host[0], sizeof(p->host[0]), "127.0.0.1:%u", d->port);
	snprintf(p->host[1], sizeof(p->host[1]), "localhost:%u", d->port);
	for (unsigned i = 0; i < 2; i++)
		p->hosts[i] = str_from(p->host[i]);
	auto_buf struct buf notes = {0};
	languages_load(&d->o->paths, &p->languages, &notes);
	if (notes.len != 0)
		log_say(&d->log, LOG_WARN, "%.*s", STR_ARG(str_trim(buf_str(&notes))));
	p->rules = (struct http_rules){.hosts = p->hosts, .n_hosts = 2};
	d->pages = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, d,
	        MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	        (size_t)MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_target, d,
	        MHD_OPTION_NOTIFY_COMPLETED, desk_end, NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection, d,
	        MHD_OPTION_END);
	if (d->pages == NULL)
		log_say(&d->log, LOG_ERR, "the pages cannot be served");
}

void pages_run(struct desk *d)
{
	if (d->pages == NULL)
		return;
	end_late(d->staff);
	MHD_run(d->pages);
}
