/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments on the wire, one part a call, so that statements go before each of them: what our statements lack is fetched from
 * their parties, and what a peer lacks, who cannot reach us, is handed in to him.
 */
#include "base/os.h"
#include "link/range.h"
#include "proc/core_link_in.h"
#include <stdio.h>
#include <unistd.h>

#define SECOND ((int64_t)1000000)
#define PART_FIRST (1u << 20)
#define PART_LEAST (64u << 10)

static void say_later(struct core *c, struct peer *p, unsigned seconds, const char *word)
{
	struct err e;

	p->putting = false;
	core_link_begin(c);
	blob_later(&c->link->self, str_from(p->name), p->blob.sha256, seconds, word);
	(void)db_commit(c->node->state, &e);
}

static void path_of(const struct peer *p, char ret[128])
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, p->blob.sha256, DIGEST_LEN);
	snprintf(ret, 128, "blobs/%s", hex);
}

/* ---- fetched ------------------------------------------------------------------------------------- */

static uint64_t part_end(const struct peer *p)
{
	uint64_t left = p->blob.size - p->blob.held, part = p->part > 0 ? p->part : PART_FIRST;

	return p->blob.held + (left < part ? left : part);
}

static bool fetch(struct core *c, struct peer *p)
{
	char path[128], range[64];

	path_of(p, path);
	snprintf(range, sizeof(range), "Range: bytes=%llu-%llu\n", (unsigned long long)p->blob.held,
	        (unsigned long long)(part_end(p) - 1));
	p->part_at = os_ticks();
	return core_link_call(c, p, CALL_BLOB_GET, "GET", path, range, str_make(NULL, 0));
}

/* Parts take some seconds: what is urgent waits no longer than that for its turn. */
static void fit_part(struct peer *p)
{
	int64_t took = os_ticks() - p->part_at;
	uint32_t part = p->part > 0 ? p->part : PART_FIRST;

	if (took < 2 * SECOND && part < BLOB_PART)
		part *= 2;
	else if (took > 8 * SECOND && part > PART_LEAST)
		part /= 2;
	p->part = part;
}

/* Where the bytes stand, by his word; what he says of a part that was not asked for is no answer. */
static bool stands(const struct peer *p, const struct channel_message *m, struct str body)
{
	uint64_t first, until, total;

	if (m->code == 200)
		return p->blob.held == 0 && body.len == p->blob.size;
	for (struct str_cut line = str_cut(str_from(m->text), '\n'); line.head.len > 0;
	        line = str_cut(line.tail, '\n')) {
		struct str_cut pair = str_cut(line.head, ':');
		if (str_ieq(pair.head, STR("content-range")))
			return range_content(pair.tail, &first, &until, &total) && first == p->blob.held &&
			        until - first == body.len && total == p->blob.size;
	}
	return false;
}

static void fetched(struct core *c, struct peer *p, const struct channel_message *m, struct str body)
{
	struct blob_brought b = {.carrier = str_from(p->name),
	        .sha256 = p->blob.sha256,
	        .total = p->blob.size,
	        .offset = p->blob.held,
	        .bytes = body};
	struct err e = {0};

	if ((m->code != 200 && m->code != 206) || !stands(p, m, body)) {
		say_later(c, p, m->code == 404 ? 600 : 3600, m->code == 404 ? "not-here" : "range");
		return;
	}
	fit_part(p);
	core_link_begin(c);
	enum blob_word word = blob_take(&c->link->self, &b, &e);
	if (word == BLOB_FAILED)
		log_say(&c->log, LOG_ERR, "an attachment of %s: %s", p->name, e.text);
	if (word == BLOB_SPOILT)
		log_say(&c->log, LOG_WARN,
		        "%s gives other bytes than its statement names; they are dropped and asked for anew",
		        p->name);
	if (word == BLOB_QUOTA)
		log_say(&c->log, LOG_WARN,
		        "attachments of %s are more than its link may bring (weir peer quota --blob-bytes)",
		        p->name);
	if (word != BLOB_TAKEN && word != BLOB_WHOLE)
		blob_later(&c->link->self, b.carrier, b.sha256, word == BLOB_QUOTA ? 3600 : 600, "refused");
	(void)db_commit(c->node->state, &e);
}

/* ---- handed in ----------------------------------------------------------------------------------- */

static bool ask_how_far(struct core *c, struct peer *p)
{
	char path[128];

	path_of(p, path);
	return core_link_call(c, p, CALL_BLOB_HEAD, "HEAD", path, NULL, str_make(NULL, 0));
}

static bool hand_in(struct core *c, struct peer *p)
{
	auto_buf struct buf body = {0};
	char path[128], range[96];
	struct err e = {0};
	uint64_t until = part_end(p);
	size_t size = (size_t)(until - p->blob.held);

	auto_fd int fd = blob_open(&c->link->self, p->blob.sha256, &e);
	if (fd < 0 || os_read_at(fd, buf_room(&body, size), size, p->blob.held) != (ssize_t)size) {
		log_say(&c->log, LOG_ERR, "an attachment for %s cannot be read", p->name);
		say_later(c, p, 3600, "unread");
		return false;
	}
	body.len = size;
	path_of(p, path);
	snprintf(range, sizeof(range), "Content-Range: bytes %llu-%llu/%llu\n",
	        (unsigned long long)p->blob.held, (unsigned long long)(until - 1),
	        (unsigned long long)p->blob.size);
	p->part_at = os_ticks();
	return core_link_call(c, p, CALL_BLOB_PUT, "PUT", path, range, buf_str(&body));
}

/* He has said how far he is, or that he has it. */
static void told(struct core *c, struct peer *p, enum call what, const struct channel_message *m)
{
	uint64_t held = core_link_header(m, "Weir-Held", UINT64_MAX);

	if (what == CALL_BLOB_PUT && m->code == 200)
		fit_part(p);
	bool goes_on = held < p->blob.size &&
	        (what == CALL_BLOB_HEAD ? m->code == 404 : m->code == 200 || m->code == 416);
	/* what he takes and does not keep would go round for ever */
	if (goes_on && what == CALL_BLOB_PUT && m->code == 200 && held <= p->blob.held)
		goes_on = false;
	if (!goes_on) {
		say_later(c, p, m->code == 200 ? 600 : 3600, m->code == 200 ? "whole" : "refused");
		return;
	}
	p->blob.held = held;
	p->putting = true;
}

/* ---- both ---------------------------------------------------------------------------------------- */

bool core_blob_step(struct core *c, struct peer *p)
{
	struct str name = str_from(p->name);

	c->link->self.now = os_now();
	if (p->putting)
		return hand_in(c, p);
	if (blob_wanted(&c->link->self, name, &p->blob))
		return fetch(c, p);
	return blob_offered(&c->link->self, name, &p->blob) && ask_how_far(c, p);
}

void core_blob_answer(
        struct core *c, struct peer *p, enum call what, const struct channel_message *m, struct str body)
{
	if (what == CALL_BLOB_GET)
		fetched(c, p, m, body);
	else
		told(c, p, what, m);
}

int core_blob_work(struct core *c, struct err *e)
{
	struct core_link *l = c->link;

	if (!l->checking) {
		struct query q = db_query(c->node->state, "select 1 from blob_part where whole = 1 limit 1");
		l->checking = query_next(&q) == 1;
		query_done(&q, NULL);
	}
	if (!l->checking)
		return 0;
	core_link_begin(c);
	l->checking = blob_work(&l->self, &l->check);
	return db_commit(c->node->state, e);
}
