/* SPDX-License-Identifier: Apache-2.0
 *
 * One thread: the library's epoll descriptor and the pair to the core are waited for together. A request that
 * waits (for the core to accept, for a receipt to be done) is suspended and holds nothing but its memory.
 *
 * A report on its way in is written to spool/TOKEN.part while it comes, synced, renamed; only then is the core
 * told. Until the core has answered, the deliverer has no 202 and keeps his bytes.
 */
#include "proc/desk.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/os.h"
#include "proc/census.h"
#include "proc/desk_in.h"
#include "proc/reach.h"
#include "proc/sandbox.h"
#include "see/room.h"
#include "see/see.h"
#include "web/route.h"
#include "web/verbs.h"
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 256
#define NO_ROOM "the disk of the node is nearly full; nothing is taken until there is room again"
#define IDLE_SECONDS 120
/* A request that waits for a receipt is answered by then, and asks again. */
#define WAIT_US (25 * (int64_t)1000000)

/* ---- answers ------------------------------------------------------------------------------------- */

enum MHD_Result desk_answer(struct request *r, struct reply *reply, const char *location)
{
	struct MHD_Response *m =
	        MHD_create_response_from_buffer(reply->body.len, reply->body.p, MHD_RESPMEM_MUST_COPY);

	if (m == NULL)
		return MHD_NO;
	MHD_add_response_header(m, "Content-Type", reply->type);
	MHD_add_response_header(m, "Cache-Control", "no-store");
	if (reply->state != NULL)
		MHD_add_response_header(m, "Weir-State", reply->state);
	if (location != NULL)
		MHD_add_response_header(m, "Location", location);
	if (reply->status == 503)
		MHD_add_response_header(m, "Retry-After", "60");
	enum MHD_Result rc = MHD_queue_response(r->connection, (unsigned)reply->status, m);
	MHD_destroy_response(m);
	buf_done(&reply->body);
	return rc;
}

static enum list_form form_of(struct MHD_Connection *c)
{
	const char *accept = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Accept");
	struct str s = str_from(accept);

	if (str_find_str(s, 0, STR("application/json")) != SIZE_MAX)
		return LIST_JSON;
	return str_find_str(s, 0, STR("text/csv")) != SIZE_MAX ? LIST_CSV : LIST_TEXT;
}

enum MHD_Result desk_refuse(struct request *r, int status, const char *sentence)
{
	struct reply reply = {0};

	reply_error(&reply, form_of(r->connection), status, str_from(sentence));
	return desk_answer(r, &reply, NULL);
}

struct str desk_param(const void *arg, const char *name)
{
	const struct request *r = arg;
	const char *value = NULL;
	size_t len = 0;

	if (MHD_lookup_connection_value_n(
	            r->connection, MHD_GET_ARGUMENT_KIND, name, strlen(name), &value, &len) != MHD_YES)
		return (struct str){0};
	return value != NULL ? str_make(value, len) : STR("");
}

/* ---- waiting ------------------------------------------------------------------------------------- */

void desk_suspend(struct request *r)
{
	r->next = r->desk->suspended;
	r->desk->suspended = r;
	r->suspended = true;
	MHD_suspend_connection(r->connection);
}

void desk_resume(struct request *r)
{
	for (struct request **at = &r->desk->suspended; *at != NULL; at = &(*at)->next)
		if (*at == r) {
			*at = r->next;
			break;
		}
	r->suspended = false;
	MHD_resume_connection(r->connection);
}

/* Bytes that come with a change are posted under this and its name. */
#define FILES "/files/"

/* ---- a report in --------------------------------------------------------------------------------- */

int desk_settle(struct request *r, int status, const char *sentence)
{
	if (r->status == 0) {
		r->status = status;
		snprintf(r->sentence, sizeof(r->sentence), "%s", sentence);
	}
	return -1;
}

static void settle_disk(struct request *r, const struct err *e)
{
	if (errno == ENOSPC || errno == EDQUOT)
		desk_settle(r, 503, NO_ROOM);
	else
		desk_settle(r, 500, e->text);
}

/* "Idempotency-Key: 32 hexadecimal digits", or a token of our own. */
static bool take_token(struct request *r)
{
	const char *key = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Idempotency-Key");

	if (key == NULL) {
		os_random(r->take.token, sizeof(r->take.token));
		return true;
	}
	return str_hex(str_from(key), r->take.token, sizeof(r->take.token));
}

/* The desk may not read who has that number; the core puts the name. */
static void take_person(struct request *r)
{
	const union MHD_ConnectionInfo *info =
	        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t len = sizeof(peer);

	if (info != NULL)
		(void)getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	snprintf(r->take.person, sizeof(r->take.person), CHANNEL_UID "%u", (unsigned)peer.uid);
}

int desk_report_begin(struct request *r, struct str name, struct str feed)
{
	const char *folder = r->desk->o->state;
	struct err e;

	if (r->status != 0)
		return -1;
	if (os_disk_used(folder, NULL) >= ROOM_UPLOADS)
		return desk_settle(r, 503, NO_ROOM);
	if (!take_token(r))
		return desk_settle(r, 400, "an Idempotency-Key is 32 hexadecimal digits");
	if (name.len == 0 || name.len >= sizeof(r->take.name) || feed.len >= sizeof(r->take.feed))
		return desk_settle(r, 400,
		        "the parameter name is needed, the name of the report's file, shorter than 1024 "
		        "bytes");
	channel_put(r->take.name, sizeof(r->take.name), name);
	channel_put(r->take.feed, sizeof(r->take.feed), feed);
	channel_put(r->take.via, sizeof(r->take.via), STR("take"));
	node_spool(&(struct node){.folder = str_from(folder)}, r->take.token, r->path);
	snprintf(r->part, sizeof(r->part), "%s.part", r->path);
	desk_upload_begin(r);
	(void)os_delete(r->part, NULL); /* of a try that was cut off */
	r->fd = os_create(r->part, &e);
	if (r->fd < 0)
		return desk_settle(r, 500, e.text);
	r->digest = digest_new();
	return 0;
}

#define SYNC_PIECE ((uint64_t)4 << 20)
#define SYNC_BEHIND 8

void desk_report_add(struct request *r, struct str bytes)
{
	struct err e;

	if (r->status != 0)
		return;
	if (r->take.size / (1 << 20) != (r->take.size + bytes.len) / (1 << 20) &&
	        os_disk_used(r->desk->o->state, NULL) >= ROOM_UPLOADS) {
		desk_settle(r, 503, NO_ROOM);
		return;
	}
	uint64_t window = r->take.size / SYNC_PIECE;
	r->take.size += bytes.len;
	digest_add(r->digest, bytes);
	if (os_write_all(r->fd, bytes, &e) != 0)
		settle_disk(r, &e);
	/* one sync of all of it in the end would keep every other page waiting */
	else if (window != r->take.size / SYNC_PIECE)
		os_sync_begin(r->fd, window >= SYNC_BEHIND ? (window - SYNC_BEHIND) * SYNC_PIECE : UINT64_MAX,
		        window * SYNC_PIECE, (window + 1) * SYNC_PIECE);
}

/* All bytes are here: on the disk with them, then ask the core. */
int desk_report_end(struct request *r)
{
	struct err e;

	desk_upload_end(r);
	digest_done(r->digest, r->take.sha256);
	r->digest = NULL;
	if (os_sync(r->fd, r->part, &e) != 0) {
		log_say(&r->desk->log, LOG_ERR, "%s; the desk ends", e.text);
		_exit(1);
	}
	if (os_rename(r->part, r->path, &e) != 0)
		return desk_settle(r, 500, e.text);
	r->take.verb = r->owners ? CHANNEL_OWNERS : r->params || r->with ? CHANNEL_CHANGE : CHANNEL_TAKE;
	r->take.id = ++r->desk->next_id;
	if (channel_send(r->desk->core, &r->take, true, &e) != 0)
		return desk_settle(r, 500, e.text);
	r->told = true;
	desk_suspend(r);
	return 0;
}

static enum MHD_Result add_param(void *arg, enum MHD_ValueKind kind, const char *name, const char *value);

/* Of a script or a command: the name is a parameter, the person who he is on this machine. */
static void begin_report(struct request *r, const char *url)
{
	auto_buf struct buf params = {0};

	take_person(r);
	if (str_starts(str_from(url), STR(FILES))) {
		MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, add_param, &params);
		(void)desk_file_begin(r, url + sizeof(FILES) - 1, buf_str(&params));
		return;
	}
	(void)desk_report_begin(r, desk_param(r, "name"), desk_param(r, "feed"));
	if (r->owners && desk_param(r, "yes").p != NULL)
		channel_put(r->take.text, sizeof(r->take.text), STR("yes=1\n"));
}

static enum MHD_Result accepted(struct request *r)
{
	struct reply reply = {.status = 202, .type = "text/plain; charset=utf-8"};
	char location[64];
	char shown[1100];

	if (form_of(r->connection) == LIST_JSON) {
		reply.type = "application/json";
		buf_printf(&reply.body, "{\"version\": 1, \"receipt\": \"R%llu\", \"same\": %s}\n",
		        (unsigned long long)r->receipt, r->take.code == SEE_SAME ? "true" : "false");
	} else {
		buf_printf(&reply.body, "R%llu %s: %s\n", (unsigned long long)r->receipt,
		        r->take.code == SEE_SAME ? "has these bytes already" : "accepted",
		        err_quote(shown, sizeof(shown), str_from(r->take.name)).p);
	}
	snprintf(location, sizeof(location), "/receipts/R%llu", (unsigned long long)r->receipt);
	return desk_answer(r, &reply, location);
}

static enum MHD_Result in_words(struct request *r)
{
	struct reply reply = {.status = 200, .type = "text/plain; charset=utf-8"};

	buf_add(&reply.body, buf_str(&r->words));
	return desk_answer(r, &reply, NULL);
}

/* True if what is posted there is a body that the core takes from the spool. */
static bool is_delivery(const char *url)
{
	return str_eq(str_from(url), STR("/receipts")) || str_eq(str_from(url), STR("/owners")) ||
	        str_starts(str_from(url), STR(FILES));
}

static enum MHD_Result post_report(struct request *r, const char *bytes, size_t *len)
{
	if (*len > 0) {
		desk_report_add(r, str_make(bytes, *len));
		*len = 0;
		return MHD_YES;
	}
	if (r->status == 0 && !r->told)
		return desk_report_end(r) == 0 ? MHD_YES : desk_refuse(r, r->status, r->sentence);
	if (r->status != 0)
		return desk_refuse(r, r->status, r->sentence);
	if (r->with)
		buf_add(&r->words, str_from(r->take.text));
	return r->owners || r->with ? in_words(r) : accepted(r);
}

/* ---- questions ----------------------------------------------------------------------------------- */

/* A writer that has gone leaves a file that a reader cannot always go on with: it is opened again. */
int desk_state(struct desk *d, struct err *e)
{
	if (d->state != NULL)
		return 0;
	return state_open(d->o->state, DB_READ, &d->state, e);
}

static enum MHD_Result get(struct request *r, const char *url)
{
	struct reply reply = {0};
	auto_arena struct arena a = {0};
	struct err e = {0};
	struct ask ask = {.path = str_from(url),
	        .form = form_of(r->connection),
	        .param = desk_param,
	        .arg = r,
	        .folder = r->desk->o->state,
	        .processes = census_last(r->desk->census),
	        .arena = &a};
	bool waits = desk_param(r, "wait").p != NULL;

	arena_init(&a, 0);
	if (str_eq(ask.path, STR("/pages")))
		return desk_where_pages_are(r);
	if (desk_state(r->desk, &e) != 0)
		return desk_refuse(r, 503, e.text);
	ask.state = ask.whole = r->desk->state;
	ask.sheet = pages_sheet(r->desk);
	route_get(&ask, &reply);
	if (reply.status == 500) {
		db_close(r->desk->state);
		r->desk->state = NULL;
	}
	if (!waits || reply.status != 202)
		return desk_answer(r, &reply, NULL);
	if (r->until == 0)
		r->until = os_ticks() + WAIT_US;
	if (os_ticks() >= r->until)
		return desk_answer(r, &reply, NULL);
	buf_done(&reply.body);
	desk_suspend(r);
	return MHD_YES;
}

/* ---- changes ------------------------------------------------------------------------------------- */

static enum MHD_Result add_param(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct buf *b = arg;

	(void)kind;
	/* a line each; a line feed within is written as a vertical tab (change.h) */
	if (value == NULL || str_has(str_from(name), '\n'))
		return MHD_YES;
	buf_printf(b, "%s=", name);
	for (; *value != 0; value++)
		buf_char(b, *value == '\n' ? '\v' : *value);
	buf_char(b, '\n');
	return MHD_YES;
}

/* Parameters that are longer than a message between processes lie in the spool. */
static int change_in_spool(struct request *r, const char *name, struct str params)
{
	if (desk_report_begin(r, str_from(name), STR("")) != 0)
		return -1;
	desk_report_add(r, params);
	r->params = true;
	return r->status != 0 ? -1 : desk_report_end(r);
}

int desk_change(struct request *r, const char *name, struct str params)
{
	struct err e;

	if (strlen(name) >= sizeof(r->take.name))
		return desk_settle(r, 404, "there is no such change");
	if (params.len >= sizeof(r->take.text))
		return change_in_spool(r, name, params);
	if (!take_token(r))
		return desk_settle(r, 400, "an Idempotency-Key is 32 hexadecimal digits");
	channel_put(r->take.name, sizeof(r->take.name), str_from(name));
	channel_put(r->take.text, sizeof(r->take.text), params);
	r->take.verb = CHANNEL_CHANGE;
	r->take.id = ++r->desk->next_id;
	if (channel_send(r->desk->core, &r->take, true, &e) != 0)
		return desk_settle(r, 500, e.text);
	r->told = true;
	desk_suspend(r);
	return 0;
}

static int ask_change(struct request *r, const char *name)
{
	auto_buf struct buf params = {0};

	take_person(r);
	MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, add_param, &params);
	return desk_change(r, name, buf_str(&params));
}

static enum MHD_Result post_change(struct request *r, const char *name, size_t *len)
{
	struct reply reply = {.status = 200, .type = "text/plain; charset=utf-8"};

	if (*len > 0) {
		*len = 0; /* there is nothing to be said in a body */
		return MHD_YES;
	}
	if (r->status == 0 && !r->told)
		return ask_change(r, name) == 0 ? MHD_YES : desk_refuse(r, r->status, r->sentence);
	if (r->status != 0)
		return desk_refuse(r, r->status, r->sentence);
	buf_add(&reply.body, str_from(r->take.text));
	return desk_answer(r, &reply, NULL);
}

struct request *desk_request(struct desk *d, struct MHD_Connection *c)
{
	struct request *r = mem_zero(1, sizeof(*r));

	r->desk = d;
	r->connection = c;
	r->fd = -1;
	return r;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
        const char *version, const char *bytes, size_t *len, void **memory)
{
	struct request *r = *memory;

	(void)version;
	if (r == NULL) {
		*memory = r = desk_request(arg, c);
		r->post = str_eq(str_from(method), STR("POST"));
		r->owners = str_eq(str_from(url), STR("/owners"));
		if (r->post && is_delivery(url))
			begin_report(r, url);
		return r->status != 0 ? desk_refuse(r, r->status, r->sentence) : MHD_YES;
	}
	if (r->post && is_delivery(url))
		return post_report(r, bytes, len);
	if (r->post && str_starts(str_from(url), STR("/changes/")))
		return post_change(r, url + 9, len);
	if (r->post) {
		*len = 0;
		return desk_refuse(r, 404, "there is nothing under this path");
	}
	if (!str_eq(str_from(method), STR("GET")) && !str_eq(str_from(method), STR("HEAD")))
		return desk_refuse(r, 405, "GET and POST are what this path knows");
	return get(r, url);
}

void desk_end(void *arg, struct MHD_Connection *c, void **memory, enum MHD_RequestTerminationCode why)
{
	struct request *r = *memory;

	(void)arg;
	(void)c;
	(void)why;
	if (r == NULL)
		return;
	/* cut off before the core was asked: nobody was promised anything */
	if (r->fd >= 0 && !r->told)
		(void)os_delete(r->part, NULL);
	os_close_fd(&r->fd);
	desk_upload_end(r);
	pages_forget(r);
	buf_done(&r->words);
	digest_done(r->digest, NULL);
	free(r);
	*memory = NULL;
}

/* ---- the core ------------------------------------------------------------------------------------ */

static struct request *by_number(struct desk *d, uint32_t id)
{
	for (struct request *r = d->suspended; r != NULL; r = r->next)
		if (r->told && r->take.id == id)
			return r;
	return NULL;
}

int desk_status(int code)
{
	switch (code) {
	case ERR_VALUE:
	case ERR_USAGE:
		return 400;
	case ERR_DENIED:
		return 403;
	case ERR_MISSING:
		return 404;
	case ERR_LIMIT:
		return 503;
	default:
		return 500;
	}
}

#define WORDS_MAX ((size_t)64 << 20)

/* The words of a long answer; a file without a name that only core and desk have. */
static int read_words(struct request *r, int fd, struct err *e)
{
	uint64_t at = 0;

	for (;;) {
		ssize_t n = os_read_at(fd, buf_room(&r->words, 65536), 65536, at);
		if (n < 0)
			return err_sys(e, "cannot read the node's answer");
		r->words.len += (size_t)n;
		at += (uint64_t)n;
		if (n == 0 || at > WORDS_MAX)
			return 0;
	}
}

static void hear_answer(struct desk *d, const struct channel_message *m, int fd)
{
	struct request *r = by_number(d, m->id);
	struct err e;

	if (r == NULL)
		return;
	if (fd >= 0 && read_words(r, fd, &e) != 0)
		desk_settle(r, 500, e.text);
	r->take.code = m->code;
	r->receipt = m->receipt;
	if (m->code < 0)
		desk_settle(r, desk_status(m->code), m->text);
	else if (m->code == 0)
		channel_put(r->take.text, sizeof(r->take.text), str_from(m->text));
	if (r->take.verb == CHANNEL_CHANGE)
		live_check(d);
	desk_resume(r);
}

/* What was asked of a core that has died is asked again; the tokens make that harmless. */
static void ask_again(struct desk *d)
{
	for (struct request *r = d->suspended; r != NULL; r = r->next)
		if (r->told)
			(void)channel_send(d->core, &r->take, true, NULL);
	desk_look_again(d);
}

/* Those that wait for a receipt look again: at each end of one, and when their time is over. */
static void wake_waiting(struct desk *d, bool all)
{
	struct request *next;

	for (struct request *r = d->suspended; r != NULL; r = next) {
		next = r->next;
		if (!r->told && !r->hashing && (all || os_ticks() >= r->until))
			desk_resume(r);
	}
}

static void hear_core(struct desk *d)
{
	struct channel_message m;
	struct err e;
	bool ended = false;
	int rc;

	for (;;) {
		auto_fd int fd = -1;
		rc = channel_receive_fd(d->core, &m, &fd, false, &e);
		if (rc == 0)
			break;
		if (rc < 0) {
			log_say(&d->log, LOG_ERR, "the core: %s", e.text);
			return;
		}
		if (m.verb == CHANNEL_ANSWER)
			hear_answer(d, &m, fd);
		else if (m.verb == CHANNEL_HELLO)
			ask_again(d);
		else if (m.verb == CHANNEL_CHANGED)
			live_grown(d, m.size);
		else if (m.verb == CHANNEL_LOOKED)
			desk_looked(d, &m);
		ended |= m.verb == CHANNEL_DONE || m.verb == CHANNEL_HELLO;
	}
	if (ended)
		wake_waiting(d, true);
}

static int patience(struct desk *d)
{
	MHD_UNSIGNED_LONG_LONG ms = 0;
	int longest = d->suspended != NULL ? 200 : 60000;

	if (MHD_get_timeout(d->daemon, &ms) == MHD_YES && ms < (unsigned)longest)
		longest = (int)ms;
	if (d->pages != NULL && MHD_get_timeout(d->pages, &ms) == MHD_YES && ms < (unsigned)longest)
		longest = (int)ms;
	return live_run(d, longest);
}

static void loop(struct desk *d)
{
	int epoll = MHD_get_daemon_info(d->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	int pages = d->pages != NULL ? MHD_get_daemon_info(d->pages, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd : -1;

	for (;;) {
		struct pollfd p[4] = {{.fd = epoll, .events = POLLIN}, {.fd = d->core, .events = POLLIN},
		        {.fd = pages, .events = POLLIN}, {.fd = pages_fd(d), .events = POLLIN}};
		int n = poll(p, 4, patience(d));
		if (n > 0 && p[1].revents != 0)
			hear_core(d);
		wake_waiting(d, n == 0);
		desk_turn(d->daemon);
		pages_run(d);
		desk_figures(d);
	}
}

/* The state is read; SQLite makes and writes the files in which readers of a WAL meet, whose names come and go. What is
 * taken in is written in the spool. */
struct reach *desk_files(const struct serve_options *o)
{
	char spool[NODE_PATH];
	struct reach *f = reach_new();

	snprintf(spool, sizeof(spool), "%s/spool", o->state);
	reach_add(f, o->state, REACH_READ | REACH_WRITE);
	reach_add(f, spool, REACH_READ | REACH_WRITE | REACH_REMOVE);
	reach_add(f, "/usr/share/zoneinfo", REACH_READ);
	reach_add(f, "/etc/localtime", REACH_READ);
	reach_add(f, "/dev/urandom", REACH_READ);
	return f;
}

/* A country that cannot be read is complained of by the core. */
static bool has_figures(const struct serve_options *o)
{
	struct country c;

	bool has = country_open(&o->paths, &c, NULL) == 0 && c.door.at.listen.len != 0 && c.door.figures;
	country_done(&c);
	return has;
}

int desk_main(const struct serve_options *o, int listener, int staff, const struct pages_plan *plan,
        const struct census *census, int core)
{
	struct desk d = {.log = {o->log, "desk"}, .o = o, .plan = plan, .census = census, .core = core};

	signal(SIGINT, SIG_IGN);
	d.daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, &d,
	        MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	        (size_t)65536, MHD_OPTION_NOTIFY_COMPLETED, desk_end, NULL, MHD_OPTION_END);
	if (d.daemon == NULL) {
		log_say(&d.log, LOG_ERR, "the control socket cannot be served");
		return 1;
	}
	pages_start(&d, staff);
	d.figures = has_figures(o);
	struct err e;
	struct reach *files = desk_files(o);
	bool closed = reach_close(files, &e) >= 0 && sandbox_process(SANDBOX_DESK, &e) == 0;
	reach_free(files);
	if (!closed) {
		log_say(&d.log, LOG_ERR, "the desk: %s", e.text);
		return 1;
	}
	/* its thread has the same rights as this one */
	pages_started(&d);
	loop(&d);
	return 0;
}
