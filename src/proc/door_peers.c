/* SPDX-License-Identifier: Apache-2.0
 *
 * For peers: the calls below /weir/v1/. The door knows nobody: it hands the key of the caller's certificate and the request to
 * the core, which says what is answered. A caller who waits for his queue (wait=S) is kept, and asked for again when the core
 * says that something has come for his key.
 */
#include "base/os.h"
#include "link/wire.h"
#include "proc/door_in.h"
#include "proc/memory.h"
#include <fcntl.h>
#include <unistd.h>

extern const struct door_handler door_blobs;

#define AT "/weir/v1/"
#define WAIT_MAX 25
#define SECOND ((int64_t)1000000)

struct peer_request {
	struct buf body;
	int64_t until; /* os_ticks: it waits for its queue so long; 0: it does not */
	bool idle;     /* the core has nothing for it; it is asked again when it has */
};

static int no_body(struct door_request *r, int status, const char *word)
{
	return door_text(r, status, word);
}

/* The value of "wait" in seconds; 0: none. */
static unsigned wait_of(const struct door_request *r)
{
	struct str rest = r->query;
	uint32_t seconds = 0;

	while (rest.len > 0) {
		struct str_cut pair = str_cut(rest, '&'), value = str_cut(pair.head, '=');
		if (str_eq(value.head, STR("wait")) && str_u32(value.tail, &seconds))
			return seconds < WAIT_MAX ? seconds : WAIT_MAX;
		rest = pair.tail;
	}
	return 0;
}

static int peers_begin(struct door_request *r)
{
	if (!r->has_pin)
		return no_body(r, 401, "no-certificate");
	r->own = arena_new(&r->arena, struct peer_request);
	return 0;
}

static int peers_piece(struct door_request *r, struct str piece)
{
	struct peer_request *p = r->own;

	/* what the core would refuse for its length is not gathered */
	if (p->body.len + piece.len > (r->handler == &door_blobs ? WIRE_BLOB : WIRE_BODY))
		return no_body(r, 413, "too-large");
	buf_add(&p->body, piece);
	return 0;
}

/* Longer than any that is good: none, so that all of it is wanted, or nothing is taken. */
static struct str range_of(struct door_request *r)
{
	bool put = str_eq(r->method, STR("PUT"));
	struct str s = http_value(r->connection, put ? "Content-Range" : "Range");

	return s.len < 64 ? s : put ? STR("too long") : STR("");
}

static int ask(struct door_request *r)
{
	struct peer_request *p = r->own;
	struct channel_message m = {.verb = CHANNEL_PEER, .size = p->body.len};
	struct str path = str_skip(r->path, strlen(AT));
	struct err e = {0};

	if (path.len + r->query.len + 2 > sizeof(m.name) + sizeof(m.text))
		return no_body(r, 414, "too-long");
	memcpy(m.sha256, r->pin, sizeof(m.sha256));
	channel_put(m.feed, sizeof(m.feed), r->method);
	channel_put(m.name, sizeof(m.name), path);
	channel_put(m.text, sizeof(m.text), r->query);
	channel_put(m.person, sizeof(m.person), range_of(r));
	auto_fd int fd = p->body.len > 0 ? memory_of(buf_str(&p->body), &e) : -1;
	return e.code != 0 ? no_body(r, 503, "no-room") : door_ask_fd(r, &m, fd);
}

static int peers_end(struct door_request *r)
{
	struct peer_request *p = r->own;
	unsigned wait = wait_of(r);

	p->until = wait > 0 ? os_ticks() + wait * SECOND : 0;
	return ask(r);
}

/* Lines "Weir-U: 5" become headers. */
static void add_headers(struct door_request *r, struct str lines)
{
	while (lines.len > 0 && r->reply.nheaders < 4) {
		struct str_cut line = str_cut(lines, '\n'), pair = str_cut(line.head, ':');
		lines = line.tail;
		if (!pair.ok)
			continue;
		struct http_field *f = &r->reply.headers[r->reply.nheaders++];
		f->name = arena_str(&r->arena, pair.head);
		f->value = arena_str(&r->arena, str_trim(pair.tail));
	}
}

static int peers_heard(struct door_request *r, const struct channel_message *m, int fd)
{
	struct peer_request *p = r->own;
	struct err e = {0};

	/* an empty queue, and he waits */
	if (m->code == 200 && m->size == 1 && m->via[0] == 0 && p->until > os_ticks()) {
		p->idle = true;
		r->until = p->until;
		return DOOR_WAITS;
	}
	r->reply.status = m->code;
	r->reply.type = arena_printf(&r->arena, "%s", m->name).p;
	add_headers(r, str_from(m->text));
	if (fd >= 0 && strcmp(m->via, "file") == 0) {
		r->reply.file = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		r->reply.first = m->receipt;
		r->reply.size = m->size;
		return r->reply.file > 0 ? 1 : no_body(r, 503, "no-room");
	}
	if (fd >= 0 && memory_read(fd, WIRE_ANSWER, &r->reply.body, &e) != 0)
		return no_body(r, 503, "no-room");
	return 1;
}

/* Something came for that key: those who wait for it ask again. */
static void peers_news(struct door_request *r, const struct channel_message *m)
{
	struct peer_request *p = r->own;

	if (!p->idle || memcmp(r->pin, m->sha256, sizeof(r->pin)) != 0)
		return;
	p->idle = false;
	p->until = 0;
	(void)ask(r);
}

/* His time is over: he is told what there is, which is nothing. */
static void peers_late(struct door_request *r)
{
	struct peer_request *p = r->own;

	if (p->idle) {
		r->reply.status = 200;
		r->reply.type = "application/octet-stream";
	} else {
		r->reply.retry = 60;
		(void)no_body(r, 503, "busy");
	}
}

static void peers_forget(struct door_request *r)
{
	struct peer_request *p = r->own;

	if (p != NULL)
		buf_done(&p->body);
}

const struct door_handler door_peers = {.path = AT,
        .limit = WIRE_BODY,
        .upload = true,
        .begin = peers_begin,
        .piece = peers_piece,
        .end = peers_end,
        .heard = peers_heard,
        .news = peers_news,
        .late = peers_late,
        .forget = peers_forget};

/* Parts of attachments are longer. */
const struct door_handler door_blobs = {.path = AT "blobs/",
        .limit = WIRE_BLOB,
        .upload = true,
        .begin = peers_begin,
        .piece = peers_piece,
        .end = peers_end,
        .heard = peers_heard,
        .late = peers_late,
        .forget = peers_forget};
