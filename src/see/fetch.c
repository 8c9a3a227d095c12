/* SPDX-License-Identifier: Apache-2.0 */
#include "see/fetch.h"
#include "base/os.h"

#define SECOND ((int64_t)1000000)
#define CADENCE (24 * 3600) /* of a feed that says none */
#define TOUCH (30 * 24 * 3600 * SECOND)

/* From one look at the source to the next. */
static int64_t period(const struct node_feed *f)
{
	uint64_t seconds = f->file.poll != 0 ? f->file.poll : f->file.cadence;

	return (int64_t)(seconds != 0 ? seconds : CADENCE) * SECOND;
}

/* When the feed is due; 0 if it was never tried. */
static int64_t due_at(struct node *n, const struct node_feed *f, struct arena *a, struct fetch_due *ret)
{
	struct query q = db_query(n->state, "select next, etag, modified, good from feed where name = ?");
	int64_t at = 0;

	query_text(&q, f->id);
	*ret = (struct fetch_due){.feed = f};
	if (query_next(&q) == 1) {
		at = query_get_i64(&q, 0);
		ret->etag = arena_str(a, query_get_text(&q, 1));
		ret->modified = arena_str(a, query_get_text(&q, 2));
		ret->good = query_get_i64(&q, 3);
	}
	query_done(&q, NULL);
	return at;
}

int fetch_next(struct node *n, struct arena *a, struct fetch_due *ret, int64_t *ret_next, struct err *e)
{
	struct fetch_due best = {0};

	(void)e;
	*ret_next = INT64_MAX;
	for (size_t i = 0; i < n->nfeeds; i++) {
		struct fetch_due one;
		if (!n->feeds[i].file.enabled || !node_fetched(&n->feeds[i].file))
			continue;
		int64_t at = due_at(n, &n->feeds[i], a, &one);
		if (at < *ret_next) {
			*ret_next = at;
			best = one;
		}
	}
	if (*ret_next > os_now())
		return 0;
	*ret = best;
	return 1;
}

/* 1, 2, 4, ... minutes, at most until it is looked at anyway; a login that fails often would lock the account, so that no less
 * than an hour is the most there. */
static int64_t again_after(const struct node_feed *f, unsigned failures)
{
	int64_t wait = (failures < 10 ? (int64_t)1 << failures : 1024) * 60 * SECOND, most = period(f);

	if (f->file.source != FEED_HTTP && most < 3600 * SECOND)
		most = 3600 * SECOND;
	return wait < most ? wait : most;
}

static unsigned failures_of(struct node *n, struct str feed)
{
	struct query q = db_query(n->state, "select failures from feed where name = ?");
	unsigned v = 0;

	query_text(&q, feed);
	if (query_next(&q) == 1)
		v = (unsigned)query_get_u64(&q, 0);
	query_run(&q);
	return v;
}

static void put_failure(struct node *n, const struct node_feed *f, struct str sentence)
{
	unsigned failures = failures_of(n, f->id);
	struct query q = db_query(n->state,
	        "update feed set next = ?2, tried = ?3, failures = failures + 1, sentence = ?4 where name = "
	        "?1");

	query_text(&q, f->id);
	query_i64(&q, os_now() + again_after(f, failures));
	query_i64(&q, os_now());
	query_text(&q, sentence);
	query_run(&q);
}

static void put_good(
        struct node *n, const struct node_feed *f, const struct fetch_result *r, uint64_t receipt)
{
	struct query q = db_query(n->state,
	        "update feed set next = ?2, tried = ?3, good = ?3, failures = 0, sentence = ?7,"
	        " receipt = coalesce(nullif(?4, 0), receipt), etag = case when ?4 = 0 then etag else ?5 end,"
	        " modified = case when ?4 = 0 then modified else ?6 end where name = ?1");

	query_text(&q, f->id);
	query_i64(&q, os_now() + period(f));
	query_i64(&q, os_now());
	query_u64(&q, receipt);
	query_text(&q, r->etag.p != NULL ? r->etag : STR(""));
	query_text(&q, r->modified.p != NULL ? r->modified : STR(""));
	query_text(&q, r->code == 207 ? r->sentence : STR(""));
	query_run(&q);
}

struct together {
	struct node *n;
	const struct node_feed *feed;
	const struct fetch_result *result;
};

static void with_receipt(void *arg, uint64_t receipt)
{
	struct together *t = arg;

	put_good(t->n, t->feed, t->result, receipt);
}

int fetch_done(struct node *n, const struct fetch_result *r, struct err *e)
{
	const struct node_feed *f = node_feed(n, r->feed);
	auto_arena struct arena a = {0};
	struct receipt got, d = {.name = r->name, .feed = r->feed, .via = STR("fetch"), .size = r->size};
	struct together t = {n, f, r};

	if (f == NULL)
		return 0;
	arena_init(&a, 0);
	if (r->code == 200) {
		memcpy(d.token, r->token, sizeof(d.token));
		memcpy(d.sha256, r->sha256, sizeof(d.sha256));
		int rc = see_accept_with(n, &d, with_receipt, &t, &a, &got, e);
		return rc < 0 ? rc : 0;
	}
	db_begin(n->state);
	if (r->code == 304 || r->code == 207)
		put_good(n, f, r, 0);
	else
		put_failure(n, f, r->sentence);
	return db_commit(n->state, e);
}

/* ---- one report of many -------------------------------------------------------------------------- */

/* The source has it still: its row stays (see/prune.h). If this is lost, it is said again at the next look. */
static void touch(struct node *n, const struct fetch_item *d)
{
	struct query q = db_query(n->state, "update feed_item set at = ? where feed = ? and item = ?");

	db_begin(n->state);
	query_i64(&q, os_now());
	query_text(&q, d->feed);
	query_text(&q, d->item);
	query_run(&q);
	(void)db_commit(n->state, NULL);
}

bool fetch_has(struct node *n, const struct fetch_item *d)
{
	struct query q = db_query(n->state,
	        "select at from feed_item where feed = ?1 and item = ?2 union all select ?4 from receipt "
	        "where "
	        "token = ?3");
	int64_t at = 0;

	query_text(&q, d->feed);
	query_text(&q, d->item);
	query_blob(&q, str_make((const char *)d->token, sizeof(d->token)));
	query_i64(&q, os_now());
	bool there = query_next(&q) == 1;
	if (there)
		at = query_get_i64(&q, 0);
	query_done(&q, NULL);
	if (there && at < os_now() - TOUCH)
		touch(n, d);
	return there;
}

struct item_together {
	struct node *n;
	const struct fetch_item *item;
};

static void with_item(void *arg, uint64_t receipt)
{
	const struct item_together *t = arg;
	struct query q = db_query(
	        t->n->state, "insert or ignore into feed_item(feed, item, receipt, at) values (?, ?, ?, ?)");

	query_text(&q, t->item->feed);
	query_text(&q, t->item->item);
	query_u64(&q, receipt);
	query_i64(&q, os_now());
	query_run(&q);
	struct query last = db_query(t->n->state, "update feed set receipt = ? where name = ?");
	query_u64(&last, receipt);
	query_text(&last, t->item->feed);
	query_run(&last);
}

int fetch_take(
        struct node *n, const struct fetch_item *d, struct arena *a, struct receipt *ret, struct err *e)
{
	struct receipt r = {.name = d->name, .feed = d->feed, .via = d->via, .size = d->size};
	struct item_together t = {n, d};

	memcpy(r.token, d->token, sizeof(r.token));
	memcpy(r.sha256, d->sha256, sizeof(r.sha256));
	return see_accept_with(n, &r, with_item, &t, a, ret, e);
}

void fetch_soon(struct node *n, struct str feed)
{
	struct query q = db_query(n->state, "update feed set next = 0 where name = ?");

	query_text(&q, feed);
	query_run(&q);
}
