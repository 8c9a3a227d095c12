/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests are checked as those of the pages are (web/http.h), find their handler by their path, and wait suspended for the core
 * where it is asked. Certificates are asked for and never demanded: whose key is a peer's is the handler's question, the handshake
 * has proven that who shows it holds it. Everybody who is not known is counted by his address.
 */
#include "base/os.h"
#include "event/addr.h"
#include "exit/shelf.h"
#include "proc/door_in.h"
#include "proc/reach.h"
#include "proc/sandbox.h"
#include <dirent.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 400
#define PER_ADDRESS 40
#define WAITING 100
#define IDLE_SECONDS 60
#define MEMORY 32768 /* of a connection */
/* One kind of protocol for people and peers; 1.3 has no renegotiation and no old ciphers. */
#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3"

static const struct door_handler *handler_of(struct str path)
{
	for (size_t i = 0; i < door_handler_count; i++) {
		struct str own = str_from(door_handlers[i]->path);
		bool below = str_ends(own, STR("/"));
		if (below ? str_starts(path, own) : str_eq(path, own))
			return door_handlers[i];
	}
	return NULL;
}

/* ---- answers ------------------------------------------------------------------------------------- */

int door_text(struct door_request *r, int status, const char *text)
{
	r->reply.status = status;
	r->reply.type = "text/plain; charset=utf-8";
	buf_clear(&r->reply.body);
	buf_printf(&r->reply.body, "%s\n", text);
	return 1;
}

static const struct lang *wanted(struct door_request *r)
{
	struct str accept = http_value(r->connection, "Accept-Language");

	for (struct str_cut cut = str_cut(accept, ','); accept.len > 0; cut = str_cut(accept, ',')) {
		struct str code = str_cut(str_cut(str_trim(cut.head), ';').head, '-').head;
		for (unsigned i = 0; i < r->door->nlangs; i++)
			if (str_ieq(code, r->door->langs[i].code))
				return &r->door->langs[i];
		accept = cut.tail;
	}
	return &r->door->langs[0];
}

int door_say(struct door_request *r, int status, enum lang_door which)
{
	r->reply.status = status;
	r->reply.type = "text/html; charset=utf-8";
	buf_clear(&r->reply.body);
	answer_page_say(wanted(r), r->door->country.name, which, &r->reply.body);
	return 1;
}

static enum MHD_Result reply(struct door_request *r, const struct http_refusal *row)
{
	struct door_reply *y = &r->reply;
	struct MHD_Response *m = y->file > 0
	        ? MHD_create_response_from_fd_at_offset64(y->size, y->file, y->first)
	        : MHD_create_response_from_buffer(y->body.len, y->body.p, MHD_RESPMEM_MUST_COPY);
	char seconds[16];

	if (m == NULL)
		return MHD_NO;
	y->file = 0;
	http_headers(m, y->cache != NULL ? y->cache : "no-store");
	if (y->type != NULL)
		MHD_add_response_header(m, "Content-Type", y->type);
	if (y->location != NULL)
		MHD_add_response_header(m, "Location", y->location);
	for (unsigned i = 0; i < y->nheaders; i++)
		MHD_add_response_header(m, y->headers[i].name.p, y->headers[i].value.p);
	if (row != NULL)
		http_headers_refused(m, row);
	else if (y->retry != 0) {
		snprintf(seconds, sizeof(seconds), "%u", y->retry);
		MHD_add_response_header(m, "Retry-After", seconds);
	}
	enum MHD_Result rc = MHD_queue_response(r->connection, (unsigned)y->status, m);
	MHD_destroy_response(m);
	return rc;
}

static enum MHD_Result refuse(struct door_request *r, enum http_fault fault)
{
	const struct http_refusal *row = http_refusal(fault);

	(void)door_text(r, row->status, row->sentence);
	return reply(r, row);
}

/* ---- the shelf ----------------------------------------------------------------------------------- */

static int unavailable(struct door_request *r)
{
	r->reply.retry = 60;
	return door_say(r, 503, DOOR_FAILED);
}

struct db *door_shelf(struct door_request *r)
{
	struct door *d = r->door;
	struct err e;

	if (d->shelf == NULL && shelf_open(d->state, DB_READ, &d->shelf, NULL, &e) != 0) {
		log_say(&d->log, LOG_ERR, "%s", e.text);
		d->shelf = NULL;
		(void)unavailable(r);
	}
	return d->shelf;
}

int door_unread(struct door_request *r, const struct err *e)
{
	log_say(&r->door->log, LOG_ERR, "%s", e->text);
	db_close(r->door->shelf);
	r->door->shelf = NULL;
	return unavailable(r);
}

/* ---- the core ------------------------------------------------------------------------------------ */

int door_ask(struct door_request *r, struct channel_message *m)
{
	return door_ask_fd(r, m, -1);
}

int door_ask_fd(struct door_request *r, struct channel_message *m, int fd)
{
	struct door *d = r->door;
	struct err e;

	m->id = r->id = ++d->next_id;
	/* a core that has no room for questions is busy */
	if (channel_send_fd(d->core, m, fd, false, &e) != 0)
		return unavailable(r);
	r->until = os_ticks() + DOOR_WAIT_US;
	return DOOR_WAITS;
}

static void wait_for_it(struct door_request *r)
{
	r->waits = true;
	r->next = r->door->waiting;
	r->door->waiting = r;
	MHD_suspend_connection(r->connection);
}

static void go_on(struct door_request *r)
{
	for (struct door_request **at = &r->door->waiting; *at != NULL; at = &(*at)->next)
		if (*at == r) {
			*at = r->next;
			break;
		}
	r->waits = false;
	r->ended = true;
	MHD_resume_connection(r->connection);
}

static void hear(struct door *d, const struct channel_message *m, int fd)
{
	struct door_request *r = d->waiting;

	if (m->verb == CHANNEL_PEER_NEWS)
		for (struct door_request *w = r; w != NULL; w = w->next)
			if (w->handler->news != NULL)
				w->handler->news(w, m);
	while (r != NULL && r->id != m->id)
		r = r->next;
	if (r == NULL || m->verb != CHANNEL_ANSWER)
		return;
	if (r->handler->heard(r, m, fd) != DOOR_WAITS)
		go_on(r);
}

static void hear_core(struct door *d)
{
	struct channel_message m;
	struct err e;
	int rc;

	for (;;) {
		auto_fd int fd = -1;
		rc = channel_receive_fd(d->core, &m, &fd, false, &e);
		if (rc <= 0)
			break;
		hear(d, &m, fd);
	}
	if (rc < 0)
		log_say(&d->log, LOG_ERR, "the core: %s", e.text);
}

static void end_late(struct door *d)
{
	struct http_clock *c;
	struct door_request *next;

	for (struct door_request *r = d->waiting; r != NULL; r = next) {
		next = r->next;
		if (r->until > os_ticks())
			continue;
		if (r->handler->late != NULL)
			r->handler->late(r);
		else
			(void)unavailable(r);
		go_on(r);
	}
	while ((c = http_clocks_over(&d->clocks, os_ticks())) != NULL)
		(void)shutdown(c->fd, SHUT_RDWR);
}

/* ---- connections --------------------------------------------------------------------------------- */

static struct http_clock *clock_of(struct MHD_Connection *c)
{
	return MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static gnutls_session_t session_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	return info != NULL ? (gnutls_session_t)info->tls_session : NULL;
}

static void on_connection(
        void *arg, struct MHD_Connection *c, void **memory, enum MHD_ConnectionNotificationCode what)
{
	struct door *d = arg;

	if (what != MHD_CONNECTION_NOTIFY_STARTED) {
		http_clock_close(&d->clocks, *memory);
		free(*memory);
		return;
	}
	/* no list of issuers goes with it: a peer signs for itself */
	if (session_of(c) != NULL)
		gnutls_certificate_server_set_request(session_of(c), GNUTLS_CERT_REQUEST);
	*memory = mem_zero(1, sizeof(struct http_clock));
	http_clock_open(&d->clocks, *memory,
	        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd, os_ticks());
	end_late(d);
}

/* Names, dates and issuers are not looked at: the key is all that counts, and the handshake has proven it. */
static bool pin_of(struct MHD_Connection *c, uint8_t ret[32])
{
	gnutls_session_t session = session_of(c);
	unsigned n = 0;
	const gnutls_datum_t *list = session != NULL ? gnutls_certificate_get_peers(session, &n) : NULL;
	gnutls_x509_crt_t crt;
	size_t len = 32;

	if (list == NULL || n == 0 || gnutls_x509_crt_init(&crt) != 0)
		return false;
	bool good = gnutls_x509_crt_import(crt, &list[0], GNUTLS_X509_FMT_DER) == 0 &&
	        gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, ret, &len) == 0 && len == 32;
	gnutls_x509_crt_deinit(crt);
	return good;
}

/* ---- requests ------------------------------------------------------------------------------------ */

static void *on_target(void *arg, const char *uri, struct MHD_Connection *c)
{
	struct door_request *r = mem_zero(1, sizeof(*r));

	r->door = arg;
	r->connection = c;
	arena_init(&r->arena, 0);
	http_target(&r->target, uri);
	if (r->target.fault == HTTP_GOOD)
		r->query = arena_str(&r->arena, str_cut(str_from(uri), '?').tail);
	return r;
}

static const struct sockaddr *from(const struct door_request *r)
{
	return MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
}

static struct str address_of(struct door_request *r)
{
	const struct sockaddr *at = from(r);
	struct addr a = {0};
	char text[64];

	if (at->sa_family == AF_INET6) {
		memcpy(a.b, &((const struct sockaddr_in6 *)(const void *)at)->sin6_addr, 16);
	} else {
		a.b[10] = a.b[11] = 0xff;
		memcpy(a.b + 12, &((const struct sockaddr_in *)(const void *)at)->sin_addr, 4);
	}
	return arena_str(&r->arena, str_make(text, addr_print(text, &a)));
}

/* 0: the body comes, or the end; 1: r->reply; a fault in *ret. */
static int first_call(struct door_request *r, const char *url, const char *method, const char *version,
        enum http_fault *ret)
{
	struct door *d = r->door;
	struct http_clock *clock = clock_of(r->connection);

	r->method = str_from(method);
	r->path = str_from(url);
	*ret = http_check(r->connection, &r->target, method, version, &d->rules);
	r->handler = *ret == HTTP_GOOD ? handler_of(r->path) : NULL;
	uint64_t limit = r->handler == NULL ? 0 : r->handler->whole ? HTTP_FORM : r->handler->limit;
	enum http_fault large = http_clock_head(&d->clocks, clock, r->handler != NULL && r->handler->upload,
	        limit, http_value(r->connection, "Content-Length"), os_ticks());
	if (*ret == HTTP_GOOD)
		*ret = large;
	if (*ret != HTTP_GOOD)
		return 0;
	if ((r->handler == NULL || r->handler->limited) && !door_often_may(d->often, from(r), os_ticks())) {
		r->reply.retry = 60;
		return door_say(r, 429, DOOR_OFTEN);
	}
	if (r->handler == NULL)
		return door_say(r, 404, DOOR_GONE);
	r->address = address_of(r);
	r->has_pin = pin_of(r->connection, r->pin);
	r->begun = true;
	return r->handler->begin(r);
}

static enum MHD_Result more(struct door_request *r, struct str piece)
{
	enum http_fault fault = http_clock_body(clock_of(r->connection), piece.len, os_ticks());

	if (fault != HTTP_GOOD)
		return refuse(r, fault);
	/* nothing is said while a body is on its way: what is left of it is dropped */
	if (r->reply.status != 0)
		return MHD_YES;
	if (r->handler->whole)
		buf_add(&r->body, piece);
	else if (r->handler->piece != NULL)
		(void)r->handler->piece(r, piece);
	return MHD_YES;
}

static enum MHD_Result last_call(struct door_request *r)
{
	if (r->reply.status == 0 && !r->ended) {
		http_clock_whole(clock_of(r->connection), os_ticks());
		if (r->handler->end(r) == DOOR_WAITS) {
			wait_for_it(r);
			return MHD_YES;
		}
	}
	return reply(r, NULL);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
        const char *version, const char *bytes, size_t *len, void **memory)
{
	struct door_request *r = *memory;
	enum http_fault fault = HTTP_GOOD;

	(void)arg;
	(void)c;
	if (!r->seen) {
		r->seen = true;
		int rc = first_call(r, url, method, version, &fault);
		if (fault != HTTP_GOOD)
			return refuse(r, fault);
		/* before a body there is time to say no */
		return rc != 0 ? reply(r, NULL) : MHD_YES;
	}
	if (*len > 0) {
		struct str piece = str_make(bytes, *len);
		*len = 0;
		return more(r, piece);
	}
	return last_call(r);
}

static void on_end(void *arg, struct MHD_Connection *c, void **memory, enum MHD_RequestTerminationCode why)
{
	struct door_request *r = *memory;
	struct door *d = arg;

	(void)why;
	if (r == NULL)
		return;
	if (r->seen)
		http_clock_kept(&d->clocks, clock_of(c), os_ticks());
	if (r->begun && r->handler->forget != NULL)
		r->handler->forget(r);
	buf_done(&r->body);
	buf_done(&r->reply.body);
	if (r->reply.file > 0)
		close(r->reply.file);
	arena_done(&r->arena);
	free(r);
	*memory = NULL;
}

/* ---- the process --------------------------------------------------------------------------------- */

static void add_host(struct door *d, struct str name, bool port)
{
	char *to = d->host[d->rules.n_hosts];
	bool six = str_has(name, ':') && name.p[0] != '[' && port;

	if (name.len == 0 || d->rules.n_hosts == DOOR_HOSTS)
		return;
	if (port)
		snprintf(to, sizeof(d->host[0]), "%s%.*s%s:%u", six ? "[" : "", STR_ARG(name), six ? "]" : "",
		        d->plan->port);
	else
		snprintf(to, sizeof(d->host[0]), "%.*s", STR_ARG(name));
	d->hosts[d->rules.n_hosts++] = str_from(to);
}

/* Whom it speaks for. */
static void add_hosts(struct door *d)
{
	d->rules = (struct http_rules){.hosts = d->hosts, .tls = true, .put = true};
	add_host(d, str_from(d->plan->address), true);
	for (unsigned i = 0; i < d->plan->nnames; i++) {
		add_host(d, str_from(d->plan->names[i]), true);
		if (d->plan->port == 443)
			add_host(d, str_from(d->plan->names[i]), false);
	}
	if (str_starts(str_from(d->plan->address), STR("127.")))
		add_host(d, STR("localhost"), true);
	/* as it is written in letters; behind a forwarded port that is another one */
	add_host(d, str_skip(d->country.door.url, 8), false);
}

static void read_langs(struct door *d, const struct country_paths *p, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *one;
	struct err e;

	while (dir != NULL && d->nlangs < DOOR_LANGS && (one = readdir(dir)) != NULL) {
		struct str code = str_from(one->d_name);
		bool known = one->d_name[0] == '.';
		for (unsigned i = 0; i < d->nlangs && !known; i++)
			known = str_eq(d->langs[i].code, code);
		if (!known &&
		        lang_read(p, &d->country, &d->country.arena, code, &d->langs[0], &d->langs[d->nlangs],
		                &e) == 0)
			d->nlangs++;
	}
	if (dir != NULL)
		closedir(dir);
}

/* What it says itself: read before files are closed off. */
static int read_words(struct door *d, const struct country_paths *p, struct err *e)
{
	if (country_open(p, &d->country, e) != 0 ||
	        lang_read(p, &d->country, &d->country.arena, STR("en"), NULL, &d->langs[0], e) != 0)
		return ERR_VALUE;
	d->nlangs = 1;
	read_langs(d, p, arena_printf(&d->country.arena, "%.*s/lang", STR_ARG(d->country.folder)).p);
	read_langs(d, p, country_sample(p, &d->country.arena, "../conf/lang"));
	return 0;
}

static int start(struct door *d, int listener, struct err *e)
{
	auto_buf struct buf certificate = {0}, key = {0};

	if (tls_read(d->plan, &certificate, &key, e) != 0)
		return e->code;
	d->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TLS, 0, NULL, NULL,
	        on_request, d, MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT,
	        (unsigned)CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)PER_ADDRESS,
	        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	        (size_t)MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_target, d,
	        MHD_OPTION_NOTIFY_COMPLETED, on_end, d, MHD_OPTION_NOTIFY_CONNECTION, on_connection, d,
	        MHD_OPTION_HTTPS_MEM_CERT, certificate.p, MHD_OPTION_HTTPS_MEM_KEY, key.p,
	        MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES, MHD_OPTION_END);
	sodium_memzero(key.p, key.cap);
	return d->daemon != NULL ? 0 : err_set(e, ERR_SYS, "the door cannot be served");
}

struct reach *door_files(const char *state)
{
	char shelf[4096];
	struct reach *f = reach_new();

	snprintf(shelf, sizeof(shelf), "%s/" SHELF_FOLDER, state);
	reach_add(f, shelf, REACH_READ);
	reach_add(f, "/dev/urandom", REACH_READ);
	return f;
}

static void loop(struct door *d)
{
	int epoll = MHD_get_daemon_info(d->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;

	for (;;) {
		MHD_UNSIGNED_LONG_LONG ms = 0;
		int longest = d->waiting != NULL ? 200 : 1000;
		struct pollfd p[2] = {{.fd = epoll, .events = POLLIN}, {.fd = d->core, .events = POLLIN}};
		if (MHD_get_timeout(d->daemon, &ms) == MHD_YES && ms < (unsigned)longest)
			longest = (int)ms;
		int n = poll(p, 2, longest);
		if (n > 0 && p[1].revents != 0)
			hear_core(d);
		end_late(d);
		MHD_run(d->daemon);
	}
}

int door_main(const struct serve_options *o, int listener, const struct pages_plan *plan, int core)
{
	struct door *d = mem_zero(1, sizeof(*d));
	struct err e = {0};

	*d = (struct door){.log = {o->log, "door"}, .state = o->state, .plan = plan, .core = core};
	signal(SIGINT, SIG_IGN);
	d->clocks.limit = WAITING;
	d->often = door_often_new();
	int rc = read_words(d, &o->paths, &e);
	if (rc == 0) {
		add_hosts(d);
		rc = start(d, listener, &e);
	}
	struct reach *files = door_files(o->state);
	if (rc == 0 && (reach_close(files, &e) < 0 || sandbox_process(SANDBOX_DOOR, &e) != 0))
		rc = ERR_SYS;
	reach_free(files);
	if (rc != 0) {
		log_say(&d->log, LOG_ERR, "%s", e.text);
		return 1;
	}
	loop(d);
	return 0;
}
