/* SPDX-License-Identifier: Apache-2.0 */
#include "see/expected.h"
#include "base/os.h"
#include "see/fetch.h"

/* The last report, or since when the feed is on; false if it has missed one already. */
static bool counts_from(struct node *n, struct str feed, int64_t *ret)
{
	struct query q = db_query(n->state,
	        "select max(coalesce((select max(received) from receipt where feed = f.name and parent is "
	        "null), 0),"
	        " f.since, coalesce((select value from meta where key = 'born'), 0)) from feed f"
	        " where name = ? and missed is null");

	query_text(&q, feed);
	bool there = query_next(&q) == 1;
	if (there)
		*ret = query_get_i64(&q, 0);
	query_run(&q);
	return there;
}

static void miss(struct node *n, struct str feed, int64_t at)
{
	struct query q = db_query(n->state, "update feed set missed = ? where name = ?");

	query_i64(&q, at);
	query_text(&q, feed);
	query_run(&q);
}

/* The second expected time since then; what came at the very moment of one was in time for it. */
static int64_t second_since(const struct node *n, const struct week_time *expected, int64_t from)
{
	int64_t first = holidays_next(&n->country.holidays, n->country.zone, expected, from - 1);

	return holidays_next(&n->country.holidays, n->country.zone, expected, first);
}

void expected_look(struct node *n)
{
	int64_t from, now = os_now();

	if (clock_doubtful(n) || os_ticks() - n->clock.began < EXPECTED_SETTLES)
		return;
	for (size_t i = 0; i < n->nfeeds; i++) {
		const struct node_feed *f = &n->feeds[i];
		if (!f->file.enabled || f->file.expected.days == 0 || !counts_from(n, f->id, &from))
			continue;
		int64_t at = second_since(n, &f->file.expected, from);
		if (at <= now)
			miss(n, f->id, at);
	}
}
