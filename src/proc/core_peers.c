/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls of peers that the door hands in: whose key it is, what is answered (link/wire.h), in one transaction. The answer leaves
 * when that is committed, so that a peer never holds a verdict on what is not on the disk.
 */
#include "proc/core_link_in.h"

#include "base/os.h"
#include "link/blob.h"
#include "proc/memory.h"
#include <stdio.h>

struct wire_quota *core_link_quota(struct core_link *l, struct str party)
{
	for (size_t i = 0; i < l->quotas.n; i++)
		if (str_eq(str_from(l->quotas.v[i].name), party))
			return &l->quotas.v[i].quota;
	struct link_quota *q = vec_add(&l->quotas);
	snprintf(q->name, sizeof(q->name), "%.*s", STR_ARG(party));
	return &q->quota;
}

/* The door sends the file itself: where it begins, how long it is. */
static int file_of(struct core *c, struct channel_message *a, const struct wire_answer *w)
{
	size_t at = strlen(a->text);
	struct err e = {0};
	int fd = blob_open(&c->link->self, w->sha256, &e);

	if (fd < 0) {
		log_say(&c->log, LOG_ERR, "%s", e.text);
		a->code = 503;
		return -1;
	}
	channel_put(a->via, sizeof(a->via), STR("file"));
	a->receipt = w->first;
	a->size = w->until - w->first;
	at += (size_t)snprintf(a->text + at, sizeof(a->text) - at, "Accept-Ranges: bytes\n");
	if (w->status == 206)
		snprintf(a->text + at, sizeof(a->text) - at, "Content-Range: bytes %llu-%llu/%llu\n",
		        (unsigned long long)w->first, (unsigned long long)(w->until - 1),
		        (unsigned long long)w->size);
	return fd;
}

static void answer(struct core *c, const struct channel_message *m, const struct wire_answer *w)
{
	struct channel_message a = {
	        .verb = CHANNEL_ANSWER, .id = m->id, .code = w->status, .size = w->empty ? 1 : 0};
	struct err e = {0};
	size_t at = 0;

	channel_put(a.name, sizeof(a.name), str_from(w->type));
	if (w->positions)
		at = (size_t)snprintf(a.text, sizeof(a.text), "Weir-U: %llu\nWeir-N: %llu\nWeir-More: %d\n",
		        (unsigned long long)w->u, (unsigned long long)w->n, w->more);
	if (w->retry > 0)
		snprintf(a.text + at, sizeof(a.text) - at, "Retry-After: %u\n", w->retry);
	at = strlen(a.text);
	if (w->says_held)
		snprintf(a.text + at, sizeof(a.text) - at, "Weir-Held: %llu\n", (unsigned long long)w->held);
	auto_fd int fd = w->file  ? file_of(c, &a, w)
	        : w->body.len > 0 ? memory_of(buf_str(&w->body), &e)
	                          : -1;
	(void)channel_send_fd(c->door, &a, fd, false, NULL);
}

static void serve(struct core *c, const struct channel_message *m, struct str body, struct wire_answer *w)
{
	auto_arena struct arena a = {0};
	struct str party = STR("");
	struct wire_request r = {.method = str_from(m->feed),
	        .path = str_from(m->name),
	        .query = str_from(m->text),
	        .range = str_from(m->person),
	        .body = body};

	arena_init(&a, 0);
	c->link->self.now = os_now();
	c->link->self.no_clock = c->link->self.doubts = clock_doubtful(c->node);
	if (!wire_party(&c->link->self, m->sha256, &a, &party))
		party = STR("");
	wire_serve(&c->link->self, party, core_link_quota(c->link, party), &r, w);
}

/* A peer that calls is there: what waits for it need not wait longer. */
static void wake(struct core *c, const struct channel_message *m)
{
	auto_arena struct arena a = {0};
	struct str party;

	arena_init(&a, 0);
	if (!wire_party(&c->link->self, m->sha256, &a, &party))
		return;
	for (size_t i = 0; i < c->link->peers.n; i++) {
		struct peer *p = &c->link->peers.v[i];
		if (str_eq(str_from(p->name), party) && p->fails > 0)
			p->next = 0;
	}
	if (strcmp(m->feed, "POST") == 0)
		core_log_shown(c, party);
}

/* Our line as its witness: what it says is saved, now the keeper signs. True: that is the answer. */
static bool later(struct core *c, const struct channel_message *m, struct wire_answer *w)
{
	if (core_log_answer(c, m->id, w))
		return true;
	w->status = 503;
	w->retry = 60;
	return false;
}

int core_peer(struct core *c, const struct channel_message *m, int fd, struct err *e)
{
	struct wire_answer w = {.status = 503, .type = "text/plain", .retry = 60};
	auto_buf struct buf body = {0};
	int rc = 0;

	if (c->link != NULL && (fd < 0 || memory_read(fd, WIRE_BLOB, &body, e) == 0)) {
		db_begin(c->node->state);
		serve(c, m, buf_str(&body), &w);
		rc = db_commit(c->node->state, e);
		if (rc != 0) {
			buf_clear(&w.body);
			buf_done(&w.cosign.text);
			w = (struct wire_answer){.status = rc == ERR_LIMIT ? 507 : 503,
			        .type = "text/plain",
			        .retry = 60,
			        .body = w.body};
		} else {
			wake(c, m);
		}
	}
	if (!w.sign || !later(c, m, &w))
		answer(c, m, &w);
	buf_done(&w.body);
	buf_done(&w.cosign.text);
	return rc == ERR_LIMIT && !node_dead(c->node) ? 0 : rc;
}

void core_peer_news(struct core *c)
{
	struct query q = db_query(c->node->state,
	        "select distinct k.public from delivery d join party_key k on k.party = d.party and k.duty = "
	        "'tls' "
	        "and k.revoked is null where d.waits = 1 and d.pushed is null");
	struct channel_message m = {.verb = CHANNEL_PEER_NEWS};

	if (c->door < 0) {
		query_done(&q, NULL);
		return;
	}
	while (query_next(&q) == 1 && query_get_blob(&q, 0).len == sizeof(m.sha256)) {
		memcpy(m.sha256, query_get_blob(&q, 0).p, sizeof(m.sha256));
		(void)channel_send(c->door, &m, false, NULL);
	}
	query_done(&q, NULL);
}
