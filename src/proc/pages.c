/* SPDX-License-Identifier: Apache-2.0
 *
 * The staff's pages over HTTP on this machine's own address: what the desk process serves beside the control socket. A page
 * is drawn from what is stored (web/page.h); a form becomes a change, which the core runs, and leads back to a page (303), so
 * that a reload repeats nothing. Without a session there is the link that opens one, and nothing else.
 */
#include "base/log.h"
#include "base/os.h"
#include "link/case.h"
#include "proc/pages_in.h"
#include "see/room.h"
#include "web/asset.h"
#include "web/page_enter.h"
#include "web/verbs.h"
#include <sodium.h>
#include <sys/socket.h>

#define UPLOAD ((uint64_t)2 << 30)

/* ---- answers ------------------------------------------------------------------------------------- */

/* The browser is known from now on, once its person is in; or when it may try again. */
void pages_device(struct request *r, struct MHD_Response *m, int status)
{
	struct visit *v = r->visit;
	auto_buf struct buf value = {0};
	char seconds[16];

	if (v->device[0] != 0 && status < 400) {
		http_cookie_keep(&value, str_from(v->device), r->desk->staff->rules.tls);
		buf_char(&value, 0);
		MHD_add_response_header(m, "Set-Cookie", value.p);
	}
	/* one that the node has made is another one next year, and a browser that was told so could not be talked out of it */
	if (r->desk->staff->rules.tls && !r->desk->plan->own)
		MHD_add_response_header(m, "Strict-Transport-Security", "max-age=31536000");
	if (v->retry == 0)
		return;
	snprintf(seconds, sizeof(seconds), "%u", v->retry);
	MHD_add_response_header(m, "Retry-After", seconds);
}

void pages_headers(struct MHD_Response *m, const struct reply *reply)
{
	http_headers(m, "no-store");
	MHD_add_response_header(
	        m, "Content-Type", reply->type != NULL ? reply->type : "text/html; charset=utf-8");
}

enum MHD_Result pages_reply(struct request *r, struct reply *reply, const char *location, const char *cookie)
{
	struct MHD_Response *m =
	        MHD_create_response_from_buffer(reply->body.len, reply->body.p, MHD_RESPMEM_MUST_COPY);

	if (m == NULL)
		return MHD_NO;
	pages_headers(m, reply);
	if (location != NULL)
		MHD_add_response_header(m, "Location", location);
	if (cookie != NULL)
		MHD_add_response_header(m, "Set-Cookie", cookie);
	pages_device(r, m, reply->status);
	enum MHD_Result rc = MHD_queue_response(r->connection, (unsigned)reply->status, m);
	MHD_destroy_response(m);
	buf_done(&reply->body);
	return rc;
}

/* The language of who asks: his own, else the country's, else one that his browser wants. */
const struct words *pages_words(struct request *r)
{
	const struct languages *all = &r->desk->staff->languages;

	if (r->visit->in && r->visit->who.language.len != 0)
		return languages_find(all, r->visit->who.language);
	if (r->desk->staff->country != NULL && r->desk->staff->country->language.len != 0)
		return languages_find(all, r->desk->staff->country->language);
	return languages_wanted(all, http_value(r->connection, "Accept-Language"));
}

enum MHD_Result pages_say(struct request *r, int status, enum word title, const char *sentence)
{
	struct reply reply = {0};

	page_sentence(&reply, pages_words(r), status, title, str_from(sentence));
	return pages_reply(r, &reply, NULL, NULL);
}

enum MHD_Result pages_go(struct request *r, const char *path, const char *cookie)
{
	struct reply reply = {.status = 303};

	return pages_reply(r, &reply, path, cookie);
}

enum MHD_Result pages_refused(struct request *r, const struct http_refusal *row, struct reply *reply)
{
	struct MHD_Response *m =
	        MHD_create_response_from_buffer(reply->body.len, reply->body.p, MHD_RESPMEM_MUST_COPY);

	buf_done(&reply->body);
	if (m == NULL)
		return MHD_NO;
	http_headers(m, "no-store");
	http_headers_refused(m, row);
	MHD_add_response_header(m, "Content-Type", reply->type);
	enum MHD_Result rc = MHD_queue_response(r->connection, (unsigned)row->status, m);
	MHD_destroy_response(m);
	return rc;
}

static enum MHD_Result refuse(struct request *r, enum http_fault fault)
{
	const struct http_refusal *row = http_refusal(fault);
	struct reply reply = {0};

	if (r->visit->api != NULL)
		return api_refuse(r, fault);
	if (!pages_plainly(r, row->status, str_from(row->sentence), &reply))
		page_sentence(&reply, pages_words(r), row->status, W_NOT_TAKEN, str_from(row->sentence));
	return pages_refused(r, row, &reply);
}

#define NO_SESSION "this visit has ended: load the page again"
#define OLD_FORM "this form is of another visit; load its page again"

/* ---- what is part of the program ----------------------------------------------------------------- */

static enum MHD_Result asset(struct request *r, struct str path)
{
	bool font = str_starts(path, STR("/f/"));
	struct str_cut cut =
	        font ? (struct str_cut){.tail = str_skip(path, 3)} : str_cut(str_skip(path, 3), '/');
	const struct asset *a = asset_find(cut.head.p != NULL ? cut.head : STR(""), cut.tail);

	if (a == NULL)
		return pages_say(r, 404, W_NOT_FOUND, "there is no such file");
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

void pages_used(struct request *r)
{
	const struct session *s = &r->visit->who;
	struct channel_message m = {.verb = CHANNEL_CHANGE};

	if (!s->account || os_now() - s->used < SESSION_USED_US)
		return;
	channel_put(m.name, sizeof(m.name), s->token != 0 ? STR("token-used") : STR("session-used"));
	channel_put(m.person, sizeof(m.person), s->person);
	if (s->token != 0)
		snprintf(m.text, sizeof(m.text), "id=T%llu\n", (unsigned long long)s->token);
	else
		snprintf(m.text, sizeof(m.text), "session=%s\n", s->id);
	(void)channel_send(r->desk->core, &m, false, NULL);
}

int pages_session(struct request *r, struct err *e)
{
	struct visit *v = r->visit;
	struct str token = {0};
	const char *name = r->desk->staff->rules.tls ? HTTP_COOKIE_NAME_TLS : HTTP_COOKIE_NAME;

	if (desk_state(r->desk, e) != 0)
		return ERR_SYS;
	if (http_cookie(r->connection, name, &token) != HTTP_GOOD || token.p == NULL)
		return 0;
	int rc = session_find(r->desk->state, token, os_now(), &v->arena, &v->who, e);
	v->in = rc == 1;
	if (v->in)
		channel_put(r->take.person, sizeof(r->take.person), v->who.person);
	if (v->in)
		pages_used(r);
	return rc < 0 ? rc : 0;
}

/* A person looks at what another CERT asks: its node is told so, once. */
void pages_read(struct request *r, struct str url)
{
	struct channel_message m = {.verb = CHANNEL_CHANGE};
	struct str name = str_starts(url, STR("/cases/")) ? str_skip(url, 7) : STR("");
	uint64_t id = name.len > 0 ? case_find(r->desk->state, name) : 0;
	struct query q = db_query(r->desk->state,
	        "select 1 from case_ c where c.id = ? and c.direction = 'theirs' and c.statement is not null "
	        "and not "
	        "exists (select 1 from statement s where s.reply = c.statement and +s.kind = 'read')");

	query_u64(&q, id);
	bool news = query_next(&q) == 1;
	query_done(&q, NULL);
	if (!news)
		return;
	channel_put(m.name, sizeof(m.name), STR("case-read"));
	channel_put(m.person, sizeof(m.person), r->visit->who.person);
	snprintf(m.text, sizeof(m.text), "id=K%llu\n", (unsigned long long)id);
	(void)channel_send(r->desk->core, &m, false, NULL);
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

static enum MHD_Result get(struct request *r, const char *url)
{
	struct str path = str_from(url);
	struct err e = {0};

	if (str_starts(path, STR("/a/")) || str_starts(path, STR("/f/")))
		return asset(r, path);
	if (pages_session(r, &e) != 0)
		return pages_say(r, 503, W_CANNOT_ANSWER, e.text);
	if (str_eq(path, STR("/enter")) || str_starts(path, STR("/enter/")))
		return enter_get(r, str_skip(path, 7));
	if (!r->visit->in)
		return enter_not_in(r, url);
	return api_is_export(path) ? api_export(r, url) : pages_draw(r, url);
}

/* ---- forms --------------------------------------------------------------------------------------- */

void pages_field(struct buf *b, const char *name, struct str value)
{
	buf_printf(b, "%s=", name);
	/* a line each; a line feed within is written as a vertical tab (change.h) */
	for (size_t i = 0; i < value.len; i++)
		buf_char(b, value.p[i] == '\n' ? '\v' : value.p[i]);
	buf_char(b, '\n');
}

int pages_hash(struct request *r, struct str password, struct str hash, bool make)
{
	struct hash_job *job = &r->visit->job;

	job->owner = r;
	job->make = make;
	snprintf(job->hash, sizeof(job->hash), "%.*s", STR_ARG(hash));
	buf_clear(&job->password);
	buf_add(&job->password, password);
	if (r->desk->staff->hash == NULL || !hash_ask(r->desk->staff->hash, job)) {
		r->visit->retry = 5;
		return desk_settle(
		        r, 503, "too many people log in at this moment; try again in some seconds");
	}
	r->hashing = true;
	desk_suspend(r);
	return 0;
}

/* 0, or -1 and it is settled: the person may not, or what it is about is out of sight. */
int pages_may(struct request *r, const char *name, struct str id)
{
	const struct change_row *row = verb_find(str_from(name));
	struct err e = {0};
	struct db *db = pages_seen(r, &e);

	if (db == NULL)
		return desk_settle(r, 503, e.text);
	if (row == NULL)
		return desk_settle(r, 404, "there is no such change");
	int rc = right_change(&r->visit->who, row, id, db, &e);
	return rc == 0 ? 0 : desk_settle(r, desk_status(rc), e.text);
}

/* The fields that the form's row names, several of one name with blanks between them, and whose visit it is. */
static void put_fields(struct request *r, const struct form *form, struct buf *params)
{
	struct visit *v = r->visit;

	for (unsigned i = 0; i < FIELDS && form->fields[i] != NULL; i++) {
		struct str value = http_form_find(v->fields, form->fields[i], 0), more;
		for (size_t n = 1; (more = http_form_find(v->fields, form->fields[i], n)).p != NULL; n++)
			value = arena_printf(&v->arena, "%.*s %.*s", STR_ARG(value), STR_ARG(more));
		if (value.len != 0)
			pages_field(params, form->fields[i], value);
	}
	if (v->who.account)
		pages_field(params, "session", str_from(v->who.id));
}

int pages_ask(struct request *r, const struct form *form)
{
	auto_buf struct buf params = {0};
	struct visit *v = r->visit;
	struct str id = pages_ids(r);

	v->form = form;
	if (pages_may(r, form->change, id) != 0)
		return -1;
	if (verb_find(str_from(form->change))->again && !session_is_sure(&v->who, os_now())) {
		v->again = true;
		return desk_settle(r, 403, "password and code are asked for again before this");
	}
	put_fields(r, form, &params);
	int rc = form->prepare != NULL ? form->prepare(r, &params) : 0;
	if (rc != 0)
		return rc > 0 ? 0 : -1;
	pages_lead_back(r, form, id);
	return desk_change(r, form->change, buf_str(&params));
}

/* About the session itself. */
static int ask_session(struct request *r, const char *change, struct str language)
{
	auto_buf struct buf params = {0};

	pages_field(&params, "session", str_from(r->visit->who.id));
	if (language.len != 0)
		pages_field(&params, "language", languages_find(&r->desk->staff->languages, language)->code);
	snprintf(r->visit->back, sizeof(r->visit->back), "/");
	return desk_change(r, change, buf_str(&params));
}

/* Of who is in. */
static int ask_in(struct request *r, struct str path)
{
	struct visit *v = r->visit;
	struct err e = {0};

	if (pages_session(r, &e) != 0)
		return desk_settle(r, 503, e.text);
	if (!v->in)
		return desk_settle(r, 403, NO_SESSION);
	if (!session_form_ok(&v->who, http_form_find(v->fields, "csrf", 0)))
		return desk_settle(r, 403, OLD_FORM);
	if (str_eq(path, STR("/leave")))
		return ask_session(r, "session-end", STR(""));
	if (str_eq(path, STR("/language")))
		return ask_session(r, "session-language", http_form_find(v->fields, "language", 0));
	if (str_eq(path, STR("/again")))
		return enter_again(r);
	if (str_eq(path, STR("/owners/change")))
		return tell_owner(r);
	if (str_eq(path, STR("/campaign/propose")))
		return tell_campaign(r);
	if (str_eq(path, STR("/findings/new")))
		return pages_by_hand(r);
	int rc = agree_form(r, path);
	if (rc <= 0)
		return rc;
	const struct form *form = pages_form(path);
	return form != NULL ? pages_ask(r, form) : desk_settle(r, 404, "nothing is posted under this path");
}

/* A body is whole: what it asks for goes to the core. 0, or -1 and it is settled. */
static int ask_core(struct request *r, const char *url, enum http_fault *ret)
{
	struct visit *v = r->visit;
	struct str path = str_from(url);

	v->fields = arena_new(&v->arena, struct http_form);
	*ret = http_form(buf_str(&v->body), &v->arena, v->fields);
	if (*ret != HTTP_GOOD)
		return -1;
	if (str_eq(path, STR("/enter")))
		return enter_login(r);
	return str_eq(path, STR("/enrol")) ? enter_enrol(r) : ask_in(r, path);
}

/* A form that did nothing: why, the way back to where it stood, and its words; those of a form that is not ours are nobody's. */
enum MHD_Result pages_fail(struct request *r)
{
	const struct visit *v = r->visit;
	struct reply reply = {0};

	if (pages_plainly(r, r->status, str_from(r->sentence), &reply))
		return pages_reply(r, &reply, NULL, NULL);
	bool ours =
	        v->in && v->fields != NULL && session_form_ok(&v->who, http_form_find(v->fields, "csrf", 0));
	page_failed(&reply, pages_words(r), r->status, str_from(r->sentence),
	        v->back[0] != 0 ? v->back : NULL, ours ? v->fields : NULL);
	return pages_reply(r, &reply, NULL, NULL);
}

/* The core's words about a change. */
static struct str said_of(const struct request *r)
{
	return r->words.len != 0 ? buf_str(&r->words) : str_from(r->take.text);
}

/* Where the form leads, or what it shows once. */
static enum MHD_Result after_form(struct request *r)
{
	struct visit *v = r->visit;

	if (v->again)
		return enter_ask_again(r, NULL);
	bool made = pages_lead_to_made(r, said_of(r));
	if (r->status != 0)
		return pages_fail(r);
	if (v->once.what != ONCE_NOTHING || v->show != NULL)
		return pages_draw(r, "/once");
	if (!made)
		said_put(&r->desk->staff->said, str_from(v->who.id), said_of(r), os_ticks());
	return pages_go(r, v->back, NULL);
}

/* What the core has said about it. */
static enum MHD_Result after(struct request *r, const char *url)
{
	struct visit *v = r->visit;
	auto_buf struct buf cookie = {0};

	if (v->kind != VISIT_FORM)
		return enter_answer(r);
	if (r->status == 0 && (v->upload || v->report) && !r->with) {
		snprintf(v->back, sizeof(v->back), "/reports/R%llu", (unsigned long long)r->receipt);
		return pages_go(r, v->back, NULL);
	}
	if (r->status != 0 || !str_eq(str_from(url), STR("/leave")))
		return after_form(r);
	http_cookie_set(&cookie, STR(""), r->desk->staff->rules.tls);
	buf_char(&cookie, 0);
	struct reply reply = {0};
	page_left(&reply, pages_words(r));
	return pages_reply(r, &reply, NULL, cookie.p);
}

/* ---- a report ------------------------------------------------------------------------------------ */

int pages_file_of(struct request *r, const struct http_upload *u, enum right right)
{
	struct visit *v = r->visit;
	struct err e = {0};

	if (pages_session(r, &e) != 0)
		return desk_settle(r, 503, e.text);
	if (!v->in)
		return desk_settle(r, 403, NO_SESSION);
	if (!session_form_ok(&v->who, http_form_find(&u->form, "csrf", 0)))
		return desk_settle(r, 403, OLD_FORM);
	/* for which instrument, its change asks */
	if (right == RIGHT_BIND && v->who.lent.len > 0)
		return 0;
	return right_check(&v->who, right, false, &e) == 0 ? 0 : desk_settle(r, 403, e.text);
}

/* Fields stand before the file, so who sends it is known before its first byte is kept. */
static int take_piece(void *arg, const struct http_upload *u, struct str piece)
{
	struct request *r = arg;

	if (r->fd < 0 && r->status == 0 && r->visit->attach != NULL) {
		/* the right of its change is asked there */
		if (pages_file_of(r, u, RIGHT_READ) == 0)
			(void)pages_attach(r, u);
	} else if (r->fd < 0 && r->status == 0 && pages_file_of(r, u, RIGHT_WORK) == 0) {
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

void pages_on_connection(
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

void *pages_on_target(void *arg, const char *uri, struct MHD_Connection *c)
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
	v->upload = v->post && (api ? api_takes_report(url) : pages_takes_file(str_from(url)));
	if (v->post && http_is_media(http_value(c, "Content-Type"), STR("multipart/form-data")))
		v->tell = tell_form(str_from(url));
	large = http_clock_head(&r->desk->staff->clocks, pages_clock(c), v->upload || v->tell != NULL,
	        v->upload                 ? UPLOAD
	                : v->tell != NULL ? TELL_BODY
	                                  : HTTP_FORM,
	        http_value(c, "Content-Length"), os_ticks());
	if (fault == HTTP_GOOD && v->post)
		fault = http_check_origin(c, rules);
	if (fault == HTTP_GOOD)
		fault = large;
	if (api)
		return fault == HTTP_GOOD && v->post ? api_media(r, url) : fault;
	v->attach = v->upload ? pages_file_form(str_from(url)) : NULL;
	if (fault == HTTP_GOOD && v->upload) {
		v->file = mem_zero(1, sizeof(*v->file));
		fault = http_upload_begin(v->file, c, take_piece, r);
	}
	if (fault == HTTP_GOOD && v->tell != NULL) {
		v->file = mem_zero(1, sizeof(*v->file));
		fault = http_upload_begin(v->file, c, tell_piece, r);
		http_upload_roomy(v->file, v->tell->fields);
	}
	if (fault == HTTP_GOOD && v->post && !v->upload && v->tell == NULL &&
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
	else if (r->visit->file != NULL)
		(void)http_upload_body(r->visit->file, piece);
	else
		buf_add(&r->visit->body, piece);
	return MHD_YES;
}

/* A form that waited for a password to be hashed goes on. */
static int hashed(struct request *r)
{
	return r->visit->kind != VISIT_FORM ? enter_hashed(r) : pages_ask(r, r->visit->form);
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
	if (v->hashed) {
		v->hashed = false;
		return hashed(r) == 0 ? MHD_YES : after(r, url);
	}
	if (r->told || r->status != 0)
		return after(r, url);
	http_clock_whole(pages_clock(r->connection), os_ticks());
	if (v->upload) {
		fault = http_upload_end(v->file);
		rc = fault == HTTP_GOOD ? desk_report_end(r) : -1;
	} else if (v->tell != NULL) {
		fault = http_upload_end(v->file);
		v->fields = &v->file->form;
		rc = fault == HTTP_GOOD && r->status == 0 ? ask_in(r, str_from(url)) : -1;
	} else {
		rc = ask_core(r, url, &fault);
	}
	if (fault != HTTP_GOOD)
		return refuse(r, fault);
	return rc == 0 ? MHD_YES : after(r, url);
}

enum MHD_Result pages_on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
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
	stream_forget(r);
	if (v->file != NULL)
		http_upload_done(v->file);
	free(v->file);
	/* passwords were in there */
	if (v->body.p != NULL)
		sodium_memzero(v->body.p, v->body.cap);
	buf_done(&v->body);
	buf_done(&v->job.password);
	arena_done(&v->arena);
	free(v);
}

/* ---- starting ------------------------------------------------------------------------------------ */

void pages_run(struct desk *d)
{
	if (d->pages == NULL)
		return;
	end_late(d->staff);
	if (d->staff->hash != NULL)
		for (struct hash_job *job; (job = hash_done(d->staff->hash)) != NULL;) {
			struct request *r = job->owner;
			r->hashing = false;
			r->visit->hashed = true;
			desk_resume(r);
		}
	desk_turn(d->pages);
}

void pages_started(struct desk *d)
{
	struct err e;

	if (d->pages != NULL && hash_start(&d->staff->hash, &e) != 0)
		log_say(&d->log, LOG_ERR, "%s: nobody can log in", e.text);
}

int pages_fd(const struct desk *d)
{
	return d->pages != NULL && d->staff->hash != NULL ? hash_fd(d->staff->hash) : -1;
}
