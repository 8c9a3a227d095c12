/* SPDX-License-Identifier: Apache-2.0
 *
 * The core's side of fetching: one feed at a time. A fetch whose answer was lost with a process is done again; what it
 * had brought lies in the spool under a token that no receipt has, and is swept, or written over by the same report.
 */
#include "base/log.h"
#include "base/os.h"
#include "proc/core_in.h"
#include "see/change.h"
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
	else if (m->code == 207 && m->text[0] != 0)
		log_say(&c->log, LOG_WARN, "feed %s: %s", m->feed, m->text);
	/* what became no receipt has no place in the spool */
	auto_arena struct arena a = {0};
	struct receipt got;
	arena_init(&a, 0);
	if (m->code == 200 && receipt_get_token(c->node->state, r.token, &a, &got, NULL) == 0) {
		node_spool(c->node, r.token, path);
		(void)os_delete(path, NULL);
	}
	return rc;
}

/* ---- one report of many -------------------------------------------------------------------------- */

static struct fetch_item item_of(const struct channel_message *m)
{
	struct fetch_item d = {.feed = str_from(m->feed),
	        .item = str_from(m->text),
	        .name = str_from(m->name),
	        .via = str_from(m->via),
	        .size = m->size};

	memcpy(d.token, m->token, sizeof(d.token));
	memcpy(d.sha256, m->sha256, sizeof(d.sha256));
	return d;
}

static void answer(struct core *c, const struct channel_message *m, int code, const char *sentence)
{
	struct channel_message a = {.verb = CHANNEL_ANSWER, .id = m->id, .code = code};

	channel_put(a.text, sizeof(a.text), str_from(sentence));
	(void)channel_send(c->fetch, &a, false, NULL);
}

static void hear_offer(struct core *c, const struct channel_message *m)
{
	struct fetch_item d = item_of(m);

	if (fetch_has(c->node, &d))
		answer(c, m, 1, "");
	else if (os_disk_used(c->node->folder.p, NULL) >= ROOM_PULLS)
		answer(c, m, ERR_LIMIT,
		        "the disk is nearly full; nothing is fetched until there is room again");
	else
		answer(c, m, 0, "");
}

static int hear_item(struct core *c, const struct channel_message *m, struct err *e)
{
	auto_arena struct arena a = {0};
	struct fetch_item d = item_of(m);
	struct receipt got = {0};
	char path[NODE_PATH];

	arena_init(&a, 0);
	int rc = fetch_take(c->node, &d, &a, &got, e);
	if (rc == ERR_LIMIT && room_release(c->node))
		rc = fetch_take(c->node, &d, &a, &got, e);
	/* what is there already, or can have no receipt, has no place in the spool */
	bool ended = rc == SEE_AGAIN && (got.state == RECEIPT_DONE || got.state == RECEIPT_ASIDE);
	if (rc == SEE_SAME || rc == ERR_VALUE || ended) {
		node_spool(c->node, d.token, path);
		(void)os_delete(path, NULL);
	}
	answer(c, m, rc < 0 ? rc : 0, rc < 0 ? e->text : "");
	return rc < 0 && rc != ERR_VALUE ? rc : 0;
}

/* ---- trying -------------------------------------------------------------------------------------- */

static void tried(struct core *c, int code, const char *sentence)
{
	struct channel_message a = {.verb = CHANNEL_ANSWER, .id = c->trying, .code = code};

	channel_put(a.text, sizeof(a.text), str_from(sentence));
	c->trying = 0;
	c->try_sent = false;
	(void)channel_send(c->desk, &a, true, NULL);
}

void core_fetch_try(struct core *c, const struct channel_message *m)
{
	struct change asked = {.params = str_from(m->text)};
	struct str id = change_param(&asked, "id");
	const struct node_feed *f = node_feed(c->node, id);
	struct channel_message a = {.verb = CHANNEL_ANSWER, .id = m->id};
	struct err e = {0};

	/* asked again, since the core has started: it was in the pair */
	if (c->trying != 0 && c->trying == m->id && str_eq(id, str_from(c->try_feed)))
		return;
	if (f == NULL)
		a.code = err_set(
		        &e, ERR_MISSING, "there is no feed '%.*s'; weir feed list names them", STR_ARG(id));
	else if (!node_fetched(&f->file))
		a.code = err_set(&e, ERR_VALUE, "the feed '%.*s' has no url to be fetched from", STR_ARG(id));
	else if (c->fetch < 0)
		a.code =
		        err_set(&e, ERR_VALUE, "the node was started with --dry-run and opens no connection");
	else if (c->trying != 0)
		a.code = err_set(&e, ERR_VALUE,
		        "the feed '%s' is being tried just now; ask again when that is done", c->try_feed);
	if (a.code != 0) {
		channel_put(a.text, sizeof(a.text), str_from(e.text));
		(void)channel_send(c->desk, &a, true, NULL);
		return;
	}
	c->trying = m->id;
	channel_put(c->try_feed, sizeof(c->try_feed), id);
}

static void ask_try(struct core *c)
{
	struct channel_message m = {.verb = CHANNEL_TRY, .id = c->trying};

	channel_put(m.feed, sizeof(m.feed), str_from(c->try_feed));
	c->fetching = c->try_sent = channel_send(c->fetch, &m, false, NULL) == 0;
}

static void hear_tried(struct core *c, const struct channel_message *m)
{
	c->fetching = false;
	/* whatever it is that went wrong, the question was no mistake */
	if (c->trying != 0 && m->id == c->trying)
		tried(c, m->code < 0 ? ERR_SYS : 0, m->text);
}

/* ---- all ----------------------------------------------------------------------------------------- */

static int ask_next(struct core *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct fetch_due due;
	int64_t next;

	arena_init(&a, 0);
	int rc = fetch_next(c->node, &a, &due, &next, e);
	if (rc != 1)
		return rc;
	struct channel_message m = {.verb = CHANNEL_FETCH, .size = (uint64_t)due.good};
	channel_put(m.feed, sizeof(m.feed), due.feed->id);
	snprintf(m.text, sizeof(m.text), "%.*s\n%.*s", STR_ARG(due.etag), STR_ARG(due.modified));
	c->fetching = channel_send(c->fetch, &m, false, NULL) == 0;
	return 0;
}

static int hear(struct core *c, const struct channel_message *m, struct err *e)
{
	int rc = 0;

	switch (m->verb) {
	case CHANNEL_HELLO:
		if (c->try_sent)
			tried(c, ERR_SYS, "the process that was trying ended; ask again");
		ask_sync(c);
		break;
	case CHANNEL_SYNC:
		c->fetch_synced |= m->id == c->fetch_sync;
		c->fetching &= m->id != c->fetch_sync;
		break;
	case CHANNEL_OFFER:
		hear_offer(c, m);
		break;
	case CHANNEL_ITEM:
		rc = hear_item(c, m, e);
		break;
	case CHANNEL_TRIED:
		hear_tried(c, m);
		break;
	case CHANNEL_FETCHED:
		c->fetching = false;
		c->fetch_at = 0;
		rc = take(c, m, e);
		break;
	default:
		break;
	}
	return rc;
}

int core_fetch(struct core *c, struct err *e)
{
	struct channel_message m;
	int rc;

	if (c->fetch < 0)
		return 0;
	while ((rc = channel_receive(c->fetch, &m, false, e)) != 0) {
		if (rc < 0)
			log_say(&c->log, LOG_ERR, "fetching: %s", e->text);
		else if ((rc = hear(c, &m, e)) != 0)
			return rc;
	}
	if (!c->fetch_synced || c->fetching)
		return 0;
	if (c->trying != 0) {
		ask_try(c);
		return 0;
	}
	if (c->fetch_at > os_ticks())
		return 0;
	c->fetch_at = os_ticks() + LOOK_US;
	return os_disk_used(c->node->folder.p, NULL) < ROOM_PULLS ? ask_next(c, e) : 0;
}
