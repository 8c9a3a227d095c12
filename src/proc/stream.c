/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages that are drawn in steps: the answer is written while it is drawn. The desk has one thread, so that a step is small, and
 * between two slices of them every other request has its turn. The library asks for more when the reader's socket has room: who
 * does not read holds up nothing, and who has gone away ends the work. Each slice asks again who the person is and what he may
 * see.
 */
#include "base/os.h"
#include "proc/pages_in.h"

/* At once, for all persons: one turn of each of them is what any other page waits. */
#define STREAMS 4
#define SLICE_US 3000
#define LONGEST_US                                                                                           \
	(600 * (int64_t)1000000) /* however slowly somebody reads, his place is somebody else's then */
#define BLOCK ((size_t)16384)
#define BUSY "as many searches run as may at once; load this page again in a moment"

struct page_stream *stream_new(struct request *r)
{
	struct page_stream *s = arena_array(&r->visit->arena, 1, sizeof(*s));

	memset(s, 0, sizeof(*s));
	r->visit->stream = s;
	return s;
}

/* True if the person is still in; then what he sees is what he may see now. */
static bool look_again(struct request *r, struct page_stream *s)
{
	struct err e;

	if (pages_session(r, &e) != 0 || !r->visit->in)
		return false;
	s->ask.state = pages_seen(r, &e);
	return s->ask.state != NULL;
}

/* Some steps. Something is drawn in any case: a reader who gets nothing would not be asked again. */
static bool slice(struct request *r, struct page_stream *s)
{
	int64_t now = os_ticks(), until = now + SLICE_US;

	http_clock_piece(pages_clock(r->connection), now);
	buf_clear(&s->out);
	s->sent = 0;
	if (now > s->until || !look_again(r, s)) {
		page_stop(&s->more);
		return false;
	}
	while (page_go_on(&s->p, &s->more) && os_ticks() < until && s->out.len < BLOCK) {
	}
	if (s->out.len == 0)
		buf_char(&s->out, '\n');
	return true;
}

static ssize_t give(void *arg, uint64_t at, char *to, size_t max)
{
	struct request *r = arg;
	struct page_stream *s = r->visit->stream;

	(void)at;
	if (s->sent == s->out.len) {
		if (s->more.work == NULL)
			return MHD_CONTENT_READER_END_OF_STREAM;
		if (!slice(r, s))
			return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	size_t n = s->out.len - s->sent < max ? s->out.len - s->sent : max;
	memcpy(to, s->out.p + s->sent, n);
	s->sent += n;
	return (ssize_t)n;
}

enum MHD_Result stream_open(struct request *r, struct reply *reply)
{
	struct page_stream *s = r->visit->stream;

	if (r->desk->staff->streams >= STREAMS) {
		page_stop(&s->more);
		buf_clear(&reply->body);
		page_failed(reply, s->p.words, 503, STR(BUSY), NULL);
		return pages_reply(r, reply, NULL, NULL);
	}
	s->out = reply->body;
	s->more.h.out = &s->out;
	struct MHD_Response *m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, give, r, NULL);
	if (m == NULL)
		return MHD_NO;
	s->open = true;
	s->until = os_ticks() + LONGEST_US;
	r->desk->staff->streams++;
	pages_headers(m, reply);
	pages_device(r, m, reply->status);
	enum MHD_Result rc = MHD_queue_response(r->connection, (unsigned)reply->status, m);
	MHD_destroy_response(m);
	return rc;
}

void stream_forget(struct request *r)
{
	struct page_stream *s = r->visit->stream;

	if (s == NULL)
		return;
	if (s->open)
		r->desk->staff->streams--;
	page_stop(&s->more);
	buf_done(&s->out);
}
