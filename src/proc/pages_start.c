/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the pages listen, for whom they speak, and with which certificate (proc/tls.h).
 */
#include "agree/diff.h"
#include "base/log.h"
#include "form/mime.h"
#include "proc/pages_in.h"
#include "web/sheet.h"
#include <arpa/inet.h>
#include <sodium.h>
#include <sys/socket.h>

#define CONNECTIONS 600 /* of them 200 are pages that stay open (live.c) */
#define WAITING 100
#define IDLE_SECONDS 60
/* Of a connection, for heads and buffers: a page that stays open has written to half of it. */
#define MEMORY 49152
#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

static void add_host(struct pages *p, const char *name, unsigned port, bool tls)
{
	bool six = strchr(name, ':') != NULL;

	for (int bare = 0; bare < (tls && port == 443 ? 2 : 1); bare++) {
		char *to = p->host[p->rules.n_hosts];
		size_t n = (size_t)snprintf(
		        to, sizeof(p->host[0]), "%s%s%s", six ? "[" : "", name, six ? "]" : "");
		if (bare == 0)
			snprintf(to + n, sizeof(p->host[0]) - n, ":%u", port);
		p->hosts[p->rules.n_hosts++] = str_from(to);
	}
}

/* Whom the pages speak for: nobody else's name, so that no page elsewhere can make itself one of ours (DNS rebinding). */
static void add_hosts(struct desk *d, struct pages *p)
{
	const struct pages_plan *plan = d->plan;

	p->rules.hosts = p->hosts;
	p->rules.tls = plan->on && plan->tls;
	if (!plan->on || str_starts(str_from(plan->address), STR("127."))) {
		add_host(p, "127.0.0.1", d->port, p->rules.tls);
		add_host(p, "localhost", d->port, p->rules.tls);
	}
	/* several nodes on one machine have an address of 127.0.0.0/8 each */
	if (plan->on && !str_eq(str_from(plan->address), STR("127.0.0.1")))
		add_host(p, plan->address, d->port, p->rules.tls);
	for (unsigned i = 0; plan->on && i < plan->nnames; i++)
		add_host(p, plan->names[i], d->port, p->rules.tls);
}

/* The library copies both while it starts. */
static bool start_daemon(struct desk *d, int listener)
{
	auto_buf struct buf certificate = {0}, key = {0};
	struct err e;
	bool tls = d->staff->rules.tls;

	if (tls && tls_read(d->plan, &certificate, &key, &e) != 0) {
		log_say(&d->log, LOG_ERR, "%s", e.text);
		return false;
	}
	struct MHD_OptionItem secure[] = {
	        {MHD_OPTION_HTTPS_MEM_CERT, 0, certificate.p},
	        {MHD_OPTION_HTTPS_MEM_KEY, 0, key.p},
	        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
	        {MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
	d->pages = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (tls ? MHD_USE_TLS : 0), 0,
	        NULL, NULL, pages_on_request, d, MHD_OPTION_LISTEN_SOCKET, listener,
	        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
	        (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
	        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, pages_on_target, d,
	        MHD_OPTION_NOTIFY_COMPLETED, desk_end, NULL, MHD_OPTION_NOTIFY_CONNECTION,
	        pages_on_connection, d, MHD_OPTION_ARRAY, tls ? secure : plain, MHD_OPTION_END);
	if (key.p != NULL)
		sodium_memzero(key.p, key.cap);
	return d->pages != NULL;
}

/* What weir.yaml says; a node that cannot read it does not start, and says so itself. */
static struct country *read_country(struct desk *d)
{
	struct country *c = mem_zero(1, sizeof(*c));
	struct err e;

	if (country_open(&d->o->paths, c, &e) == 0)
		return c;
	country_done(c);
	free(c);
	return NULL;
}

struct sheet *pages_sheet(const struct desk *d)
{
	return d->staff != NULL ? d->staff->sheet : NULL;
}

void pages_start(struct desk *d, int listener)
{
	struct sockaddr_storage at = {0};
	socklen_t len = sizeof(at);
	struct err e;

	if (listener < 0 || getsockname(listener, (struct sockaddr *)&at, &len) != 0)
		return;
	struct pages *p = mem_zero(1, sizeof(*p));
	/* at the same place in both families */
	d->port = ntohs(((const struct sockaddr_in *)(const void *)&at)->sin_port);
	d->staff = p;
	p->clocks.limit = WAITING;
	p->sheet = sheet_new();
	mime_init();
	add_hosts(d, p);
	auto_buf struct buf notes = {0};
	languages_load(&d->o->paths, &p->languages, &notes);
	p->country = read_country(d);
	if (p->country != NULL)
		tongues_load(&d->o->paths, p->country, &p->tongues, &notes);
	p->differ = differ_new(&e);
	if (p->differ == NULL)
		log_say(&d->log, LOG_WARN, "%s: the words of texts are not compared", e.text);
	if (notes.len != 0)
		log_say(&d->log, LOG_WARN, "%.*s", STR_ARG(str_trim(buf_str(&notes))));
	if (!start_daemon(d, listener))
		log_say(&d->log, LOG_ERR, "the pages cannot be served");
}
