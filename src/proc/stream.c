/* SPDX-License-Identifier: Apache-2.0
 *
 * Drawing a page, also in steps: then the answer is written while it is drawn. The desk has one thread, so that a step is small,
 * and between two slices of them every other request has its turn. The library asks for more when the reader's socket has
 * room: who does not read holds up nothing, and who has gone away ends the work. Each slice asks again who the person is and what
 * he may see.
 */
#include "base/os.h"
#include "proc/census.h"
#include "proc/pages_in.h"

/* At once, for all persons: one turn of each of them is what any other page waits. */
#define STREAMS 4
#define SLICE_US 3000
#define LONGEST_US                                                                                           \
	(600 * (int64_t)1000000) /* however slowly somebody reads, his place is somebody else's then */
#define BLOCK ((size_t)16384)
#define BUSY "as many searches run as may at once; load this page again in a moment"

/* A page and what it is drawn from, which both live as long as the request. */
struct page_stream {
	struct ask ask;
	struct page_ask p;
	struct page_more more;
	struct buf out; /* drawn, and so much of it sent */
	size_t sent;
	int64_t until; /* of os_ticks; it ends then */
	bool open;     /* counted among those that run */
};

/* All zero, in the memory of the request. */
static struct page_stream *stream_new(struct request *r)
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
	s->ask.whole = r->desk->state;
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

/* Answers with what was drawn, and then with the steps of s->more, each when the reader has taken what there is. */
static enum MHD_Result stream_open(struct request *r, struct reply *reply)
{
	struct page_stream *s = r->visit->stream;

	if (r->desk->staff->streams >= STREAMS) {
		page_stop(&s->more);
		buf_clear(&reply->body);
		page_failed(reply, s->p.words, 503, STR(BUSY), NULL, NULL);
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

/* ---- drawing ------------------------------------------------------------------------------------- */

/* A field of a filter that is left empty is not there. */
static struct str param(const void *arg, const char *name)
{
	struct str value = desk_param(arg, name);

	return value.len > 0 ? value : (struct str){0};
}

enum MHD_Result pages_draw(struct request *r, const char *url)
{
	struct page_stream *s = stream_new(r);
	auto_buf struct buf said = {0};
	struct err e = {0};
	struct reply reply = {0};
	int64_t sample = 0;

	s->ask = (struct ask){.path = str_from(url),
	        .form = LIST_TEXT,
	        .param = r->visit->show != NULL ? tell_param : param,
	        .arg = r,
	        .state = pages_seen(r, &e),
	        .folder = r->desk->o->state,
	        .processes = census_last(r->desk->census),
	        .arena = &r->visit->arena,
	        .sheet = r->desk->staff->sheet,
	        .whole = r->desk->state};
	s->p = (struct page_ask){.who = &r->visit->who,
	        .words = pages_words(r),
	        .languages = &r->desk->staff->languages,
	        .tongues = &r->desk->staff->tongues,
	        .country = r->desk->staff->country,
	        .differ = r->desk->staff->differ,
	        .answer = buf_str(&r->words),
	        .once = &r->visit->once,
	        .tls = r->desk->staff->rules.tls,
	        .now = os_now()};
	if (s->ask.state == NULL)
		return pages_say(r, 503, W_CANNOT_ANSWER, e.text);
	(void)state_meta_number_find(r->desk->state, "now.sample", &sample);
	s->p.sample = sample != 0;
	if (said_take(&r->desk->staff->said, str_from(s->p.who->id), os_ticks(), &said))
		s->p.said = str_trim(buf_str(&said));
	if (s->p.once->what != ONCE_NOTHING)
		page_show(&s->p, &page_shown_once, &s->ask, &reply, &s->more);
	else if (r->visit->show != NULL)
		page_show(&s->p, r->visit->show, &s->ask, &reply, &s->more);
	else
		page_get(&s->p, &s->ask, &reply, &s->more);
	if (reply.status == 200 && r->visit->show == NULL)
		pages_read(r, str_from(url));
	if (reply.status == 500)
		pages_unseen(r);
	if (reply.status == 303)
		return pages_go(r, s->p.to, NULL);
	s->p.said = (struct str){0};
	return s->more.work != NULL ? stream_open(r, &reply) : pages_reply(r, &reply, NULL, NULL);
}
