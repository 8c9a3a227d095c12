/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"
#include "see/grown.h"
#include "see/message.h"
#include "see/reading_in.h"
#include "see/reread_in.h"

/* Rows of one transaction while what was seen is moved. */
#define SLICE 4096
#define DAY_US (24 * (int64_t)3600 * 1000000)

int see_reading_new(struct node *n, uint64_t receipt, struct see_reading **ret, struct err *e)
{
	struct see_reading *r = mem_zero(1, sizeof(*r));

	r->n = n;
	arena_init(&r->arena, 0);
	int rc = receipt_get(n->state, receipt, &r->arena, &r->r, e);
	if (rc == 0)
		rc = err_set(e, ERR_MISSING, "there is no receipt R%llu", (unsigned long long)receipt);
	if (rc == 1)
		rc = grown_begin(n, &r->r, e);
	if (rc == 0)
		rc = node_day(n, (uint32_t)r->r.day, &r->day, e);
	if (rc != 0) {
		see_reading_free(r);
		return rc;
	}
	r->feed = node_feed(n, r->r.feed);
	r->args = (struct decide_args){.rules = n->country.rules,
	        .know = n->country.know,
	        .feed = r->feed != NULL ? &r->feed->facts : NULL};
	memcpy(r->args.secret, n->secret, sizeof(r->args.secret));
	*ret = r;
	return 0;
}

void see_reading_free(struct see_reading *r)
{
	if (r == NULL)
		return;
	reading_undo(r);
	fresh_free(r->fresh);
	if (r->in_day)
		db_rollback(day_db(r->day));
	reread_free(r->again);
	seen_done(&r->seen);
	hits_done(&r->hits);
	vec_done(&r->undo);
	arena_done(&r->arena);
	free(r);
}

const struct receipt *see_receipt(const struct see_reading *r)
{
	return &r->r;
}

const struct node_feed *see_feed(const struct see_reading *r)
{
	return r->feed;
}

/* One transaction of state.db with nothing but the receipt's row in it. */
static int commit_receipt(struct see_reading *r, struct err *e)
{
	db_begin(r->n->state);
	if (r->again != NULL)
		reread_attempt(r);
	else
		receipt_update(r->n->state, &r->r);
	return db_commit(r->n->state, e);
}

int reading_begin_day(struct see_reading *r, struct err *e)
{
	if (r->in_day)
		return 0;
	int rc = node_day(r->n, r->r.day, &r->day, e);
	if (rc != 0)
		return rc;
	db_begin(day_db(r->day));
	r->in_day = true;
	return 0;
}

int reading_commit_day(struct see_reading *r, struct err *e)
{
	int rc = r->in_day ? db_commit(day_db(r->day), e) : 0;

	r->in_day = false;
	if (rc == 0 && r->again == NULL)
		r->r.raw = r->piece > r->r.raw ? r->piece : r->r.raw;
	return rc;
}

int see_raw(struct see_reading *r, struct str bytes, struct err *e)
{
	if (r->piece++ < r->r.raw || r->again != NULL)
		return 0;
	int rc = reading_begin_day(r, e);
	if (rc == 0)
		day_raw_put(r->day, r->r.id, r->piece - 1, bytes);
	return rc;
}

int see_raw_packed(struct see_reading *r, struct str z, size_t len, struct err *e)
{
	if (r->piece++ < r->r.raw)
		return 0;
	int rc = reading_begin_day(r, e);
	if (rc == 0)
		day_raw_put_packed(r->day, r->r.id, r->piece - 1, z, len);
	return rc;
}

int see_raw_end(struct see_reading *r, struct err *e)
{
	return reading_commit_day(r, e);
}

int64_t reading_when(const struct see_reading *r, const struct batch_row *row)
{
	if (row->time_source == INT64_MIN || row->time_source > r->r.received + DAY_US)
		return r->r.received;
	return row->time_source;
}

/* ---- the end ------------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	uint32_t x = ((const struct finding_seen *)a)->id, y = ((const struct finding_seen *)b)->id;

	return x < y ? -1 : x > y;
}

static void sort_seen(struct see_reading *r)
{
	if (!r->sorted && r->seen.list.n > 0)
		qsort(r->seen.list.v, r->seen.list.n, sizeof(r->seen.list.v[0]), by_id);
	r->sorted = true;
}

bool reading_is_list(const struct see_reading *r)
{
	return r->feed != NULL && r->feed->file.kind == FEED_SNAPSHOT;
}

/* A list that has it says that it was there when the list came. */
static void put_seen(struct see_reading *r, struct finding_seen *s)
{
	if (reading_is_list(r)) {
		s->last = r->r.received;
		finding_listed(r->n->state, s->id, r->feed->id, r->r.root);
	}
	finding_seen(r->n->state, s, r->r.root, r->r.id);
}

/* The findings of one slice, in the transaction that is open. */
static void put_slice(struct see_reading *r)
{
	for (unsigned i = 0; i < SLICE && r->r.settled < r->seen.list.n; i++)
		put_seen(r, &r->seen.list.v[r->r.settled++]);
}

int see_settle(struct see_reading *r, struct err *e)
{
	uint32_t before = r->r.settled;

	if (r->again != NULL)
		return reread_compare(r, e);
	int rc = see_flush(r, e);
	if (rc != 0)
		return rc;
	sort_seen(r);
	if (r->seen.list.n - r->r.settled <= SLICE)
		return 0; /* the last slice goes with the end */
	db_begin(r->n->state);
	put_slice(r);
	receipt_update(r->n->state, &r->r);
	rc = db_commit(r->n->state, e);
	if (rc != 0)
		r->r.settled = before;
	return rc != 0 ? rc : 1;
}

static int last_slice(struct see_reading *r, struct err *e)
{
	uint32_t before = r->r.settled;

	db_begin(r->n->state);
	put_slice(r);
	receipt_update(r->n->state, &r->r);
	int rc = db_commit(r->n->state, e);
	if (rc != 0)
		r->r.settled = before;
	return rc;
}

/* True if all of the delivery could be read, and there was something in it: an empty list is a mistake of its sender
 * more often than good news. */
static bool is_whole(struct see_reading *r)
{
	struct query q = db_query(r->n->state,
	        "select sum(state = 'aside'), sum(records) from receipt where root = ?1 and root <> id");
	uint64_t aside = 0, records = r->r.records;

	query_u64(&q, r->r.id);
	if (query_next(&q) == 1) {
		aside = query_get_u64(&q, 0);
		records += query_get_u64(&q, 1);
	}
	query_done(&q, NULL);
	return aside == 0 && records > 0;
}

/* Findings that the list before this one had and this one lacks: one slice. 1: perhaps there are more. */
static int close_slice(struct see_reading *r, struct err *e)
{
	uint8_t keys[SLICE / 8][16], key[16];
	size_t n = 0;
	int rc = 2;

	db_begin(r->n->state);
	for (unsigned i = 0; i < SLICE / 8 && rc > 0; i++) {
		rc = finding_gone(r->n->state, r->feed->id, r->r.root, os_now(), key);
		if (rc == 1)
			memcpy(keys[n++], key, sizeof(key));
	}
	int bad = db_commit(r->n->state, e);
	for (size_t i = 0; bad == 0 && i < n; i++) {
		struct known *k = known_find(&r->n->known, keys[i]);
		if (k != NULL)
			k->state = FINDING_CLOSED;
	}
	return bad != 0 ? bad : rc > 0;
}

static int close_gone(struct see_reading *r, struct err *e)
{
	int rc = 1;

	if (r->r.parent != 0 || !reading_is_list(r) || !is_whole(r))
		return 0;
	while (rc == 1)
		rc = close_slice(r, e);
	return rc;
}

int see_finish(struct see_reading *r, const struct see_outcome *o, struct err *e)
{
	char path[NODE_PATH];

	if (r->again != NULL)
		return reread_finish(r, o, e);
	int rc = see_flush(r, e);

	if (rc == 0)
		rc = reading_commit_day(r, e);
	if (rc == 0)
		rc = 1;
	while (rc == 1)
		rc = see_settle(r, e);
	if (rc < 0)
		return rc;
	/* the last slice says what the list has; then what it lacks is gone; only then is it done */
	if (reading_is_list(r) && !o->aside) {
		rc = last_slice(r, e);
		if (rc == 0)
			rc = close_gone(r, e);
		if (rc != 0)
			return rc;
	}
	struct receipt before = r->r;
	db_begin(r->n->state);
	put_slice(r);
	r->r.state = o->aside ? RECEIPT_ASIDE : RECEIPT_DONE;
	r->r.done = os_now();
	r->r.reader = o->reader.p != NULL ? o->reader : STR("");
	r->r.sentence = arena_str(&r->arena, o->sentence);
	receipt_update(r->n->state, &r->r);
	if (o->message != NULL)
		message_put(r->n, &r->r, o->message);
	rc = db_commit(r->n->state, e);
	if (rc != 0) {
		r->r = before;
		return rc;
	}
	node_spool(r->n, r->r.token, path);
	return os_delete(path, e);
}

int see_cut_off(struct see_reading *r, struct err *e)
{
	int rc = see_flush(r, e);

	if (rc != 0)
		return rc;
	r->r.attempts++;
	return commit_receipt(r, e);
}
