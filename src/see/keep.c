/* SPDX-License-Identifier: Apache-2.0 */
#include "see/keep.h"
#include "base/os.h"
#include "day/keys.h"
#include "event/value.h"
#include "see/change_in.h"
#include "see/prune.h"
#include "see/room.h"
#include "state/kept.h"

#define MINUTE_US (60 * (int64_t)1000000)
#define HOUR_US (3600 * (int64_t)1000000)
#define DAY_US (24 * HOUR_US)
/* Of one step: rows and pages that go. */
#define ROWS_GO 64
#define PIECES_GO 8
#define PAGES_GO 512

enum doing { LOOKING, DROPPING, MASKING, RAW_GOES, SHRINKING, DELETING, SEALING };

struct keep {
	int64_t next;           /* when days are looked at again */
	struct day_dates dates; /* those of this look, newest first; n is how many are left */
	bool walking;
	bool tended; /* what was due of the day at hand was done: sealing comes next */
	enum doing doing;
	struct kept at; /* the day at hand */
	struct day_index *index;
	uint64_t cursor;
};

struct keep *keep_new(void)
{
	return mem_zero(1, sizeof(struct keep));
}

/* What is at hand is given up. */
static void leave(struct keep *k)
{
	day_index_free(k->index);
	k->index = NULL;
	k->doing = LOOKING;
}

void keep_free(struct keep *k)
{
	if (k == NULL)
		return;
	leave(k);
	vec_done(&k->dates);
	free(k);
}

/* ---- when ---------------------------------------------------------------------------------------- */

/* When the day has passed, by its own clock (UTC) and by that of the node's people. */
static int64_t end_of(const struct node *n, uint32_t date)
{
	char text[11];
	int64_t begin = 0;

	(void)value_time(kept_date_print(text, date), NULL, &begin);
	int64_t utc = begin + DAY_US, local = zone_to_utc(n->country.zone, utc / 1000000) * 1000000;
	return utc > local ? utc : local;
}

static bool is_past(const struct node *n, uint32_t date, uint32_t days)
{
	return os_now() >= end_of(n, date) + days * DAY_US;
}

static bool is_due(const struct node *n, uint32_t date, uint32_t days, int64_t done)
{
	return days != 0 && done == 0 && is_past(n, date, days);
}

/* ---- marks --------------------------------------------------------------------------------------- */

/* What is to go now; false if nothing is. */
static bool mark(const struct node *n, struct kept *k, char *ret, size_t size)
{
	const struct retention *r = &n->country.retention;
	bool events = is_due(n, k->date, r->events, k->events_gone);
	bool raw = is_due(n, k->date, r->raw, k->raw_gone);
	bool mask = k->events_gone == 0 && !events && is_due(n, k->date, r->mask, k->masked);

	if (events)
		k->events_gone = os_now();
	if (mask)
		k->masked = os_now();
	/* personal data stands in the reports too, in forms that nobody can list */
	if ((raw || mask) && k->raw_gone == 0) {
		k->raw_gone = os_now();
		k->raw_masked = !raw;
	}
	k->work |= events || raw || mask;
	snprintf(ret, size, "%s%s%s", events ? "events " : "", raw ? "reports " : "", mask ? "masked " : "");
	return events || raw || mask;
}

/* Whether something needs the day as it is. */
static int is_needed(struct node *n, uint32_t date, bool *ret, struct err *e)
{
	bool held = false, open = false, due = false;
	int rc = kept_held(n->state, date, &held, e);

	if (rc == 0)
		rc = kept_open(n->state, date, &open, e);
	if (rc == 0)
		rc = kept_due(n->state, date, &due, e);
	if (rc == 0)
		*ret = held || open || due;
	return rc;
}

static int put_mark(struct node *n, const struct kept *k, const char *what, struct err *e)
{
	struct change c = {.node = n, .person = STR("retention")};

	kept_date_print(c.object, k->date);
	snprintf(c.detail, sizeof(c.detail), "%.*s", STR_ARG(str_trim(str_from(what))));
	db_begin(n->state);
	kept_put(n->state, k);
	if (k->masked != 0)
		keep_mask_quiets(n, end_of(n, k->date));
	change_audit(c.node, c.person, "day-keep", c.object, c.detail);
	return db_commit(n->state, e);
}

static void begin_work(struct keep *k)
{
	k->cursor = UINT64_MAX;
	k->doing = k->at.events_gone != 0 && k->at.raw_gone != 0 ? DELETING
	        : k->at.events_gone != 0                         ? DROPPING
	        : k->at.masked != 0                              ? MASKING
	                                                         : RAW_GOES;
}

/* Retention and masking of the day at hand. 1: work was begun. */
static int tend(struct keep *k, struct node *n, struct err *e)
{
	struct kept now = k->at;
	bool needed = true;
	char what[64];

	if (now.work) {
		/* marked before: what is gone for everybody is not kept any longer, but a report that is being read is */
		int rc = kept_open(n->state, now.date, &needed, e);
		if (rc != 0 || needed)
			return rc;
	} else {
		if (!mark(n, &now, what, sizeof(what)))
			return 0;
		int rc = is_needed(n, now.date, &needed, e);
		if (rc == 0 && !needed)
			rc = put_mark(n, &now, what, e);
		if (rc != 0 || needed)
			return rc;
		k->at = now;
	}
	begin_work(k);
	return 1;
}

/* 1: sealing was begun. */
static int seal(struct keep *k, struct node *n, struct err *e)
{
	char path[NODE_PATH], date[11];
	int64_t last = 0;
	bool open = true;

	/* an index needs as much room again while it is made */
	if (k->at.events_gone != 0 || !is_past(n, k->at.date, 0) ||
	        os_disk_used(n->folder.p, NULL) >= ROOM_UPLOADS)
		return 0;
	int rc = kept_open(n->state, k->at.date, &open, e);
	if (rc == 0)
		rc = kept_last(n->state, k->at.date, &last, e);
	if (rc != 0 || open || (k->at.sealed != 0 && last <= k->at.sealed))
		return rc;
	snprintf(path, sizeof(path), "%.*s/day/%.*s.index", STR_ARG(n->folder),
	        STR_ARG(kept_date_print(date, k->at.date)));
	rc = day_index_new(path, &k->index, e);
	if (rc != 0)
		return rc;
	k->doing = SEALING;
	return 1;
}

/* ---- looking ------------------------------------------------------------------------------------- */

/* Files that are there, and those whose deleting was cut off at its very end. */
static int list_days(struct keep *k, struct node *n, struct err *e)
{
	vec_done(&k->dates);
	int rc = day_sweep(n->folder.p, e);
	if (rc == 0)
		rc = day_dates(n->folder.p, &k->dates, e);
	if (rc != 0)
		return rc;
	struct query q = db_query(n->state,
	        "select date from day where work = 1 and events_gone is not null and raw_gone is not null");
	while (query_next(&q) == 1)
		*vec_add(&k->dates) = (uint32_t)query_get_u64(&q, 0);
	return query_done(&q, e);
}

static int look(struct keep *k, struct node *n, int64_t *ret_next, struct err *e)
{
	int rc;

	/* nothing goes for its age by a clock that may be wrong; what was begun is ended */
	if (clock_doubtful(n)) {
		k->walking = false;
		k->next = 0;
		*ret_next = os_now() + MINUTE_US;
		return 0;
	}
	if (!k->walking) {
		*ret_next = k->next;
		if (k->next > os_now())
			return 0;
		k->next = os_now() + HOUR_US;
		rc = list_days(k, n, e);
		k->walking = rc == 0;
		k->tended = false;
		return rc != 0 ? rc : 1;
	}
	if (k->dates.n == 0) {
		rc = prune_step(n, e);
		k->walking = rc == 1;
		*ret_next = k->next;
		return rc;
	}
	rc = kept_get(n->state, k->dates.v[k->dates.n - 1], &k->at, e);
	if (rc == 0)
		rc = k->tended ? seal(k, n, e) : tend(k, n, e);
	if (rc == 0) {
		k->dates.n -= k->tended;
		k->tended = !k->tended;
	}
	return rc < 0 ? rc : 1;
}

/* ---- working ------------------------------------------------------------------------------------- */

/* The file is as its marks say: it is closed without a WAL, and state.db says so. */
static int end_work(struct keep *k, struct node *n, struct buf *said, struct err *e)
{
	char date[11], why[KEPT_TEXT];
	struct kept now = k->at;
	int rc = node_day_done(n, now.date, e);

	if (rc != 0)
		return rc;
	now.work = false;
	if (k->doing == SEALING)
		now.sealed = os_now();
	db_begin(n->state);
	kept_put(n->state, &now);
	rc = db_commit(n->state, e);
	if (rc != 0)
		return rc;
	kept_date_print(date, now.date);
	if (k->doing == SEALING)
		buf_printf(said, "day %s is sealed\n", date);
	else if (k->doing == DELETING)
		buf_printf(said, "day %s is deleted\n", date);
	else if (now.events_gone != 0)
		buf_printf(said, "day %s: events %.*s\n", date, STR_ARG(kept_events_text(&now, why)));
	else
		buf_printf(said, "day %s: reports %.*s\n", date, STR_ARG(kept_raw_text(&now, why)));
	k->tended = true;
	if (k->doing == SEALING) {
		k->dates.n--;
		k->tended = false;
	}
	leave(k);
	return 1;
}

static int work(struct keep *k, struct node *n, struct buf *said, struct err *e)
{
	struct day *d;
	int rc;

	if (k->doing == DELETING) {
		rc = node_day_done(n, k->at.date, e);
		if (rc == 0)
			rc = day_delete(n->folder.p, k->at.date, e);
		return rc != 0 ? rc : end_work(k, n, said, e);
	}
	rc = node_day(n, k->at.date, &d, e);
	if (rc != 0)
		return rc;
	switch (k->doing) {
	case DROPPING:
		rc = day_drop(d, DAY_EVENTS, ROWS_GO, e);
		k->doing = rc == 0 ? SHRINKING : DROPPING;
		break;
	case MASKING:
		rc = keep_mask_chunk(n, d, &k->cursor, e);
		k->doing = rc == 0 ? RAW_GOES : MASKING;
		break;
	case RAW_GOES:
		rc = day_drop(d, DAY_RAW, PIECES_GO, e);
		k->doing = rc == 0 ? SHRINKING : RAW_GOES;
		break;
	case SHRINKING:
		rc = day_shrink(d, PAGES_GO, e);
		return rc != 0 ? rc : end_work(k, n, said, e);
	default:
		rc = day_index_step(k->index, d, e);
		return rc != 0 ? rc : end_work(k, n, said, e);
	}
	return rc < 0 ? rc : 1;
}

int keep_step(struct keep *k, struct node *n, int64_t *ret_next, struct buf *said, struct err *e)
{
	int rc = k->doing == LOOKING ? look(k, n, ret_next, e) : work(k, n, said, e);

	if (rc >= 0)
		return rc;
	/* the next day's turn; this one's comes with the next look */
	leave(k);
	k->dates.n -= k->walking && k->dates.n > 0;
	k->tended = false;
	return rc;
}
