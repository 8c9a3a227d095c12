/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages that stay open: one answer without an end for each (web/live.h). Those that have nothing to say are suspended and cost
 * their memory; the core says when the log of changes has grown, and then each looks for itself, not more often than every half
 * second, so that a report of a hundred thousand rows is a few events. All of it runs on the desk's one thread.
 */
#include "web/live.h"
#include "base/log.h"
#include "base/os.h"
#include "proc/pages_in.h"
#include <poll.h>
#include <sys/socket.h>

#define STREAMS 200
#define BLOCK 4096
#define SECOND ((int64_t)1000000)
#define BEAT_US (15 * SECOND)   /* a line of comment, so that what stands between knows that we live */
#define LOOK_US (SECOND / 2)    /* between two looks */
#define MORNING_US (2 * SECOND) /* of figures, which cost more */

struct live_stream {
	struct live_stream *next;
	struct request *r;
	struct live_look look;
	struct ask ask;
	struct buf out;
	size_t sent;
	bool suspended, check; /* check: whether the session is still there */
	uint64_t seq;          /* the log as far as was looked */
	int64_t beat_at, look_at;
};
struct live {
	struct live_stream *first;
	int64_t left_at; /* when it is looked who has left */
	unsigned n;
	uint64_t seq; /* as far as the core has said */
};

static struct live *live_of(struct desk *d)
{
	if (d->staff->live == NULL)
		d->staff->live = mem_zero(1, sizeof(*d->staff->live));
	return d->staff->live;
}

/* ---- one stream ---------------------------------------------------------------------------------- */

/* False once it has ended: what was shown to it is no longer its to see. */
static bool still_in(struct live_stream *s)
{
	s->check = false;
	return api_again(s->r);
}

static int look(struct live_stream *s)
{
	auto_arena struct arena a = {0};
	struct err e = {0};

	arena_init(&a, 0);
	s->ask.arena = &a;
	s->ask.state = pages_seen(s->r, &e);
	s->seq = live_of(s->r->desk)->seq;
	s->look_at = os_ticks() + (s->look.list == LIVE_MORNING ? MORNING_US : LOOK_US);
	if (s->ask.state == NULL)
		return ERR_SYS;
	int rc = live_next(&s->look, &s->ask, &s->r->visit->who, os_now(), &s->out, &e);
	s->ask.arena = NULL;
	if (rc != 0) {
		log_say(&s->r->desk->log, LOG_WARN, "a live page ends, and comes again by itself: %s",
		        e.text);
		pages_unseen(s->r);
	}
	return rc;
}

static bool wants_look(const struct live_stream *s, int64_t now)
{
	return s->seq != s->r->desk->staff->live->seq && now >= s->look_at;
}

/* Something to say, if there is anything. False: it ends. */
static bool fill(struct live_stream *s)
{
	int64_t now = os_ticks();

	/* most of the time there is nothing, and it costs nothing */
	buf_done(&s->out);
	s->sent = 0;
	/* who may no longer look is not told another word */
	if ((s->check || now >= s->beat_at || wants_look(s, now)) && !still_in(s))
		return false;
	if (wants_look(s, now) && look(s) != 0)
		return false;
	if (s->out.len == 0 && now >= s->beat_at)
		buf_add(&s->out, STR(":\n\n"));
	if (s->out.len > 0)
		s->beat_at = now + BEAT_US;
	return true;
}

static ssize_t take(void *arg, uint64_t at, char *to, size_t max)
{
	struct live_stream *s = arg;

	(void)at;
	if (s->sent == s->out.len && !fill(s))
		return MHD_CONTENT_READER_END_OF_STREAM;
	size_t n = s->out.len - s->sent < max ? s->out.len - s->sent : max;
	/* the library has room for more, of which every page that is written to stays in memory */
	n = n < BLOCK ? n : BLOCK;
	if (n == 0) {
		s->suspended = true;
		MHD_suspend_connection(s->r->connection);
		return 0;
	}
	memcpy(to, s->out.p + s->sent, n);
	s->sent += n;
	return (ssize_t)n;
}

static void end_stream(void *arg)
{
	struct live_stream *s = arg;

	buf_done(&s->out);
	free(s);
}

/* ---- beginning and end --------------------------------------------------------------------------- */

static enum MHD_Result begin(struct request *r, struct live_stream *s)
{
	struct MHD_Response *m =
	        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 512, take, s, end_stream);
	struct live *all = live_of(r->desk);

	if (m == NULL) {
		end_stream(s);
		return MHD_NO;
	}
	http_headers(m, "no-store");
	MHD_add_response_header(m, "Content-Type", "text/event-stream; charset=utf-8");
	MHD_add_response_header(m, "X-Accel-Buffering", "no");
	http_clock_stream(pages_clock(r->connection));
	s->next = all->first;
	all->first = s;
	all->n++;
	r->visit->live = s;
	enum MHD_Result rc = MHD_queue_response(r->connection, 200, m);
	MHD_destroy_response(m);
	return rc;
}

enum MHD_Result live_open(struct request *r, const struct ask *a)
{
	struct live_stream *s;
	struct err e = {0};

	if (live_of(r->desk)->n >= STREAMS)
		return api_say(r, 429, "200 pages are live already; close one, or load this one again later");
	s = mem_zero(1, sizeof(*s));
	s->r = r;
	s->ask = *a;
	int rc = live_begin(&s->look, a, &r->visit->who, http_value(r->connection, "Last-Event-ID"), &e);
	if (rc != 0) {
		end_stream(s);
		return api_say(r, rc == ERR_MISSING ? 410 : api_status(rc), e.text);
	}
	live_hello(&s->look, &s->out);
	s->beat_at = os_ticks() + BEAT_US;
	/* what came between the page and this is looked for at once */
	s->seq = UINT64_MAX;
	return begin(r, s);
}

/* The request has ended; the answer, which has the rest, ends by itself. */
void live_forget(struct request *r)
{
	struct live *all = r->desk->staff->live;

	for (struct live_stream **at = &all->first; *at != NULL; at = &(*at)->next)
		if (*at == r->visit->live) {
			*at = (*at)->next;
			all->n--;
			break;
		}
	r->visit->live = NULL;
}

/* ---- all of them --------------------------------------------------------------------------------- */

void live_grown(struct desk *d, uint64_t seq)
{
	if (d->staff != NULL)
		live_of(d)->seq = seq;
}

void live_check(struct desk *d)
{
	struct live *all = d->staff != NULL ? d->staff->live : NULL;

	for (struct live_stream *s = all != NULL ? all->first : NULL; s != NULL; s = s->next)
		s->check = true;
}

/* The library does not look at connections that are suspended: who has gone away is found here. */
static void find_left(struct live *all)
{
	struct pollfd p[STREAMS];
	struct live_stream *who[STREAMS];
	unsigned n = 0;

	for (struct live_stream *s = all->first; s != NULL && n < STREAMS; s = s->next)
		if (s->suspended) {
			who[n] = s;
			p[n++] = (struct pollfd){.fd = MHD_get_connection_info(
			                                 s->r->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
			                                       ->connect_fd,
			        .events = POLLRDHUP};
		}
	if (poll(p, n, 0) <= 0)
		return;
	for (unsigned i = 0; i < n; i++)
		if (p[i].revents != 0) {
			(void)shutdown(p[i].fd, SHUT_RDWR);
			who[i]->beat_at = 0;
		}
}

int live_run(struct desk *d, int longest)
{
	struct live *all = d->staff != NULL ? d->staff->live : NULL;
	int64_t now = os_ticks();

	if (all != NULL && all->first != NULL && now >= all->left_at) {
		all->left_at = now + SECOND;
		find_left(all);
	}
	if (all != NULL && all->first != NULL && longest > (int)(SECOND / 1000))
		longest = (int)(SECOND / 1000);

	for (struct live_stream *s = all != NULL ? all->first : NULL; s != NULL; s = s->next) {
		int64_t due = s->check                                  ? now
		        : s->seq != all->seq && s->look_at < s->beat_at ? s->look_at
		                                                        : s->beat_at;
		if (!s->suspended)
			continue;
		if (due <= now) {
			s->suspended = false;
			MHD_resume_connection(s->r->connection);
			longest = 0;
		} else if ((due - now) / 1000 + 1 < longest) {
			longest = (int)((due - now) / 1000 + 1);
		}
	}
	return longest;
}
