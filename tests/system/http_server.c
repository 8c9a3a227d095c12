/* SPDX-License-Identifier: Apache-2.0
 *
 * A server of nothing but src/web/http*, on a port of loopback that it prints: what tests/system/http_attacks.py attacks.
 *
 *   GET anything       "ok", the path and the cookie
 *   POST /form         the form's fields; a page of the own origin only
 *   POST /upload       a multipart form with a file, at most 64 MiB: its fields, name and bytes
 *   GET /clocks        connections, and how many of them wait for a head
 *
 * Wired as the node's own listener is: one thread, the library's epoll descriptor, clocks beside the connections.
 */
#include "base/os.h"
#include "web/http_clock.h"
#include "web/http_form.h"
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#define CONNECTIONS 256u
#define WAITING 128u
#define UPLOAD ((uint64_t)64 << 20)

struct server {
	struct MHD_Daemon *daemon;
	struct http_clocks clocks;
	struct str hosts[2];
	char host[2][32];
	struct http_rules rules;
	unsigned connections;
};

struct request {
	struct http_target target;
	enum http_fault fault;
	bool seen, upload;
	struct http_upload file;
	struct buf body;
};

static struct http_clock *clock_of(struct MHD_Connection *c)
{
	return MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void end_late(struct server *s)
{
	struct http_clock *c;

	while ((c = http_clocks_over(&s->clocks, os_ticks())) != NULL)
		(void)shutdown(c->fd, SHUT_RDWR);
}

static void on_connection(
        void *arg, struct MHD_Connection *c, void **memory, enum MHD_ConnectionNotificationCode what)
{
	struct server *s = arg;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*memory = mem_zero(1, sizeof(struct http_clock));
		http_clock_open(&s->clocks, *memory,
		        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
		        os_ticks());
		s->connections++;
		end_late(s);
	} else {
		http_clock_close(&s->clocks, *memory);
		free(*memory);
		s->connections--;
	}
}

static void *on_target(void *arg, const char *uri, struct MHD_Connection *c)
{
	struct request *r = mem_zero(1, sizeof(*r));

	(void)arg;
	(void)c;
	http_target(&r->target, uri);
	return r;
}

static enum MHD_Result answer(
        struct MHD_Connection *c, int status, struct str text, const struct http_refusal *refusal)
{
	struct MHD_Response *m =
	        MHD_create_response_from_buffer(text.len, (void *)(uintptr_t)text.p, MHD_RESPMEM_MUST_COPY);

	http_headers(m, "no-store");
	MHD_add_response_header(m, "Content-Type", "text/plain; charset=utf-8");
	if (refusal != NULL)
		http_headers_refused(m, refusal);
	enum MHD_Result rc = MHD_queue_response(c, (unsigned)status, m);
	MHD_destroy_response(m);
	return rc;
}

static enum MHD_Result refuse(struct MHD_Connection *c, enum http_fault fault)
{
	const struct http_refusal *row = http_refusal(fault);
	auto_buf struct buf b = {0};

	buf_printf(&b, "%s\n", row->sentence);
	return answer(c, row->status, buf_str(&b), row);
}

static int take_piece(void *arg, const struct http_upload *u, struct str piece)
{
	(void)arg;
	(void)u;
	(void)piece;
	return 0;
}

static void show_form(struct buf *b, const struct http_form *f)
{
	for (size_t i = 0; i < f->n; i++)
		buf_printf(b, "%.*s=%.*s\n", STR_ARG(f->fields[i].name), STR_ARG(f->fields[i].value));
}

static enum http_fault first_call(struct server *s, struct request *r, struct MHD_Connection *c,
        const char *url, const char *method, const char *version)
{
	enum http_fault fault = http_check(c, &r->target, method, version, &s->rules), large;
	bool post = str_eq(str_from(method), STR("POST"));

	r->upload = post && str_eq(str_from(url), STR("/upload"));
	large = http_clock_head(&s->clocks, clock_of(c), r->upload, r->upload ? UPLOAD : HTTP_FORM,
	        http_value(c, "Content-Length"), os_ticks());
	if (fault == HTTP_GOOD && post)
		fault = http_check_origin(c, &s->rules);
	if (fault == HTTP_GOOD)
		fault = large;
	if (fault == HTTP_GOOD && r->upload)
		fault = http_upload_begin(&r->file, c, take_piece, r);
	if (fault == HTTP_GOOD && post && !r->upload &&
	        !http_is_media(http_value(c, "Content-Type"), STR("application/x-www-form-urlencoded")))
		fault = HTTP_MEDIA;
	return fault;
}

/* The library lets nobody answer before the body is whole: what is too much is dropped till then, but not for ever. */
static enum MHD_Result more(struct request *r, struct MHD_Connection *c, struct str piece)
{
	struct http_clock *clock = clock_of(c);
	enum http_fault fault = http_clock_body(clock, piece.len, os_ticks());

	if (r->fault == HTTP_GOOD)
		r->fault = fault;
	if (r->fault == HTTP_GOOD && r->upload)
		(void)http_upload_body(&r->file, piece);
	else if (r->fault == HTTP_GOOD)
		buf_add(&r->body, piece);
	return http_clock_hopeless(clock) ? MHD_NO : MHD_YES;
}

static enum MHD_Result last_call(
        struct server *s, struct request *r, struct MHD_Connection *c, const char *url, bool post)
{
	auto_buf struct buf b = {0};
	auto_arena struct arena a = {0};
	struct http_form form = {.n = 0};
	struct str cookie = {0};
	enum http_fault fault = r->fault;

	arena_init(&a, 0);
	http_clock_whole(clock_of(c), os_ticks());
	if (fault == HTTP_GOOD)
		fault = http_cookie(c, HTTP_COOKIE_NAME, &cookie);
	if (fault == HTTP_GOOD && r->upload)
		fault = http_upload_end(&r->file);
	else if (fault == HTTP_GOOD && post)
		fault = http_form(buf_str(&r->body), &a, &form);
	if (fault != HTTP_GOOD)
		return refuse(c, fault);
	show_form(&b, r->upload ? &r->file.form : &form);
	if (r->upload)
		buf_printf(&b, "%s %llu\n", r->file.name, (unsigned long long)r->file.size);
	else if (str_eq(str_from(url), STR("/clocks")))
		buf_printf(&b, "%u %u\n", s->connections, s->clocks.waiting);
	else
		buf_printf(&b, "ok %s %.*s\n", url, STR_ARG(cookie));
	return answer(c, 200, buf_str(&b), NULL);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
        const char *version, const char *bytes, size_t *len, void **memory)
{
	struct request *r = *memory;

	if (!r->seen) {
		r->seen = true;
		r->fault = first_call(arg, r, c, url, method, version);
		return r->fault != HTTP_GOOD ? refuse(c, r->fault) : MHD_YES;
	}
	if (*len > 0) {
		struct str piece = str_make(bytes, *len);
		*len = 0;
		return more(r, c, piece);
	}
	return last_call(arg, r, c, url, str_eq(str_from(method), STR("POST")));
}

static void on_end(void *arg, struct MHD_Connection *c, void **memory, enum MHD_RequestTerminationCode why)
{
	struct request *r = *memory;
	struct server *s = arg;

	(void)why;
	if (r == NULL)
		return;
	if (r->seen)
		http_clock_kept(&s->clocks, clock_of(c), os_ticks());
	http_upload_done(&r->file);
	buf_done(&r->body);
	free(r);
	*memory = NULL;
}

static int listen_on_loopback(struct server *s)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 || listen(fd, 1024) != 0 ||
	        getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		return -1;
	snprintf(s->host[0], sizeof(s->host[0]), "127.0.0.1:%u", ntohs(a.sin_port));
	snprintf(s->host[1], sizeof(s->host[1]), "localhost:%u", ntohs(a.sin_port));
	for (int i = 0; i < 2; i++)
		s->hosts[i] = str_from(s->host[i]);
	s->rules = (struct http_rules){.hosts = s->hosts, .n_hosts = 2};
	printf("%u\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

int main(void)
{
	struct server s = {.clocks.limit = WAITING};
	int fd = listen_on_loopback(&s);

	signal(SIGPIPE, SIG_IGN);
	s.daemon = fd < 0
	        ? NULL
	        : MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, &s, MHD_OPTION_LISTEN_SOCKET, fd,
	                  MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, 120u,
	                  MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)65536, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	                  MHD_OPTION_URI_LOG_CALLBACK, on_target, &s, MHD_OPTION_NOTIFY_COMPLETED, on_end, &s,
	                  MHD_OPTION_NOTIFY_CONNECTION, on_connection, &s, MHD_OPTION_END);
	if (s.daemon == NULL)
		return 1;
	for (;;) {
		MHD_UNSIGNED_LONG_LONG ms = 0;
		struct pollfd p = {
		        MHD_get_daemon_info(s.daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, POLLIN, 0};
		int wait = MHD_get_timeout(s.daemon, &ms) == MHD_YES && ms < 200 ? (int)ms : 200;
		(void)poll(&p, 1, wait);
		end_late(&s);
		MHD_run(s.daemon);
	}
}
