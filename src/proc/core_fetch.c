/* SPDX-License-Identifier: Apache-2.0
 *
 * The core's side of fetching: one feed at a time. A fetch whose answer was lost with a process is done again; what it
 * had brought lies in the spool under a token that no receipt has, and is swept.
 */
#include "base/log.h"
#include "base/os.h"
#include "proc/core_in.h"
#include "see/fetch.h"
#include "see/room.h"

#define LOOK_US (5 * (int64_t)1000000)

static void ask_sync(struct core *c)
{
	c->fetch_synced = false;
	(void)channel_send(c->fetch, &(struct channel_message){.verb = CHANNEL_SYNC, .id = ++c->fetch_sync},
	        false, NULL);
}

void core_fetch_start(struct core *c)
{
	if (c->fetch >= 0)
		ask_sync(c);
}

static int take(struct core *c, const struct channel_message *m, struct err *e)
{
	struct str_cut version = str_cut(str_from(m->text), '\n');
	struct fetch_result r = {.feed = str_from(m->feed),
	        .name = str_from(m->name),
	        .code = m->code,
	        .etag = version.head,
	        .modified = version.tail,
	        .sentence = str_from(m->text),
	        .size = m->size};
	char path[NODE_PATH];

	memcpy(r.token, m->token, sizeof(r.token));
	memcpy(r.sha256, m->sha256, sizeof(r.sha256));
	int rc = fetch_done(c->node, &r, e);
	if (m->code == 0)
		log_say(&c->log, LOG_WARN, "feed %s: %s", m->feed, m->text);
	/* what became no receipt has no place in the spool */
	auto_arena struct arena a;
	struct receipt got;
	arena_init(&a, 0);
	if (m->code == 200 && receipt_get_token(c->node->state, r.token, &a, &got, NULL) == 0) {
		node_spool(c->node, r.token, path);
		(void)os_delete(path, NULL);
	}
	return rc;
}

static int ask_next(struct core *c, struct err *e)
{
	auto_arena struct arena a;
	struct fetch_due due;
	int64_t next;

	arena_init(&a, 0);
	int rc = fetch_next(c->node, &a, &due, &next, e);
	if (rc != 1)
		return rc;
	struct channel_message m = {.verb = CHANNEL_FETCH};
	channel_put(m.feed, sizeof(m.feed), due.feed->id);
	snprintf(m.text, sizeof(m.text), "%.*s\n%.*s", STR_ARG(due.etag), STR_ARG(due.modified));
	c->fetching = channel_send(c->fetch, &m, false, NULL) == 0;
	return 0;
}

int core_fetch(struct core *c, struct err *e)
{
	struct channel_message m;
	int rc;

	if (c->fetch < 0)
		return 0;
	while ((rc = channel_receive(c->fetch, &m, false, e)) != 0) {
		if (rc < 0) {
			log_say(&c->log, LOG_ERR, "fetching: %s", e->text);
			continue;
		}
		if (m.verb == CHANNEL_HELLO) {
			ask_sync(c);
		} else if (m.verb == CHANNEL_SYNC && m.id == c->fetch_sync) {
			c->fetch_synced = true;
			c->fetching = false;
		} else if (m.verb == CHANNEL_FETCHED) {
			c->fetching = false;
			c->fetch_at = 0;
			if ((rc = take(c, &m, e)) != 0)
				return rc;
		}
	}
	if (!c->fetch_synced || c->fetching || c->fetch_at > os_ticks())
		return 0;
	c->fetch_at = os_ticks() + LOOK_US;
	return os_disk_used(c->node->folder.p, NULL) < ROOM_PULLS ? ask_next(c, e) : 0;
}
