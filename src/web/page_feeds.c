/* SPDX-License-Identifier: Apache-2.0
 *
 * Feeds: which of them are late or in trouble and what to do, and what each was worth in the last 30 days. A feed that shows
 * nothing which another does not show, or that is wrong often, costs more than it gives; this is where that is seen.
 */
#include "see/fetch.h"
#include "web/page_receipt.h"

#define DAYS 30
#define DAY_US (24 * (int64_t)3600 * 1000000)
/* Findings come in the order of their reports, but for what is read at the same time. */
#define SLACK 4096

struct worth {
	struct str feed;
	uint64_t reports, fresh, only, wrong, asides;
};
struct worths {
	VEC(struct worth) list;
	VEC(uint64_t) receipts; /* of the time, ascending, and the place of their feed in the list */
	VEC(uint32_t) of;
};

static struct worth *worth_of(struct worths *w, struct arena *a, struct str feed)
{
	for (size_t i = 0; i < w->list.n; i++)
		if (str_eq(w->list.v[i].feed, feed))
			return &w->list.v[i];
	struct worth *one = vec_add(&w->list);
	*one = (struct worth){.feed = arena_str(a, feed)};
	return one;
}

/* UINT32_MAX: it came before. */
static uint32_t feed_of(const struct worths *w, uint64_t receipt)
{
	size_t low = 0, high = w->receipts.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (w->receipts.v[mid] < receipt)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->receipts.n && w->receipts.v[low] == receipt ? w->of.v[low] : UINT32_MAX;
}

static int take_receipts(const struct page_ask *p, struct worths *w, struct err *e)
{
	struct query q = db_query(p->ask->state,
	        "select id, feed, new_findings, asides + (state = 'aside'), parent is null from receipt "
	        "where id >= (select "
	        "coalesce(min(id), 0) from (select id, received from receipt order by id desc limit 100000) "
	        "where received >= "
	        "?1) and received >= ?1 order by id");

	query_i64(&q, p->now - DAYS * DAY_US);
	while (query_next(&q) == 1) {
		struct worth *one = worth_of(w, p->ask->arena, query_get_text(&q, 1));
		*vec_add(&w->receipts) = query_get_u64(&q, 0);
		*vec_add(&w->of) = (uint32_t)(one - w->list.v);
		one->fresh += query_get_u64(&q, 2);
		one->asides += query_get_u64(&q, 3);
		one->reports += query_get_u64(&q, 4);
	}
	return query_done(&q, e);
}

/* One walk through the findings that are new, from the newest on. */
static int take_findings(const struct page_ask *p, struct worths *w, struct err *e)
{
	struct query q = db_query(p->ask->state,
	        "select receipt, last_receipt, why = 'false-positive' from finding order by id desc");
	unsigned old = 0;

	while (w->receipts.n > 0 && old < SLACK && query_next(&q) == 1) {
		uint32_t first = feed_of(w, query_get_u64(&q, 0));
		uint64_t last = query_get_u64(&q, 1);
		old = first == UINT32_MAX ? old + 1 : 0;
		if (first == UINT32_MAX)
			continue;
		w->list.v[first].only += last == 0 || feed_of(w, last) == first;
		w->list.v[first].wrong += query_get_u64(&q, 2) == 1;
	}
	return query_done(&q, e);
}

/* ---- how they do --------------------------------------------------------------------------------- */

static void draw_trouble(const struct page_ask *p, struct html *h, const struct query *q)
{
	bool late = !query_is_null(q, 9);
	uint64_t failures = query_get_u64(q, 10);

	html_open(h, "td");
	if (late) {
		html_open(h, "p");
		html_attr(h, "class", STR("error"));
		page_say(p, h, W_FEEDS_LATE);
		html_text(h, STR(" "));
		page_time(h, query_get_i64(q, 9));
		html_close(h);
	}
	if (failures > 0) {
		html_open(h, "p");
		page_sayf(p, h, W_FEEDS_FAILED, page_number(p, failures));
		html_close(h);
	}
	if (query_get_text(q, 11).len != 0) {
		html_open(h, "p");
		page_english(p, h, query_get_text(q, 11));
		html_close(h);
	}
	if (late || failures > 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("note"));
		page_sayf(p, h, W_FEEDS_RUNBOOK, STR("docs/runbooks/late-feed.md"));
		html_close(h);
	}
	html_close(h);
}

static void draw_cadence(const struct page_ask *p, struct html *h, const struct query *q)
{
	uint64_t s = query_get_u64(q, 5);

	html_open(h, "td");
	if (query_get_text(q, 6).len != 0)
		html_text(h, query_get_text(q, 6));
	else if (s >= 86400 && s % 86400 == 0)
		page_sayf(p, h, W_FEEDS_DAYS, page_number(p, s / 86400));
	else if (s >= 3600 && s % 3600 == 0)
		page_sayf(p, h, W_FEEDS_HOURS, page_number(p, s / 3600));
	else if (s > 0)
		page_sayf(p, h, W_FEEDS_MINUTES, page_number(p, s / 60));
	else
		html_text(h, STR("-"));
	html_close(h);
}

static void draw_feed(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct str name = query_get_text(q, 0);
	bool on = query_get_u64(q, 3) != 0, fetched = query_get_u64(q, 4) != 0;

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	struct link l;
	link_begin(&l, "/reports");
	link_param(&l, "feed", name);
	html_open(h, "a");
	html_link(h, "href", &l);
	html_text(h, name);
	html_close(h);
	html_close(h);
	page_cell(h, query_get_text(q, 1));
	page_cell(h, query_get_text(q, 2));
	draw_cadence(p, h, q);
	page_cell_time(h, query_get_i64(q, 7));
	if (on && fetched)
		page_cell_time(h, query_get_i64(q, 8));
	else
		html_line(h, "td", "note", page_word(p, on ? W_FEEDS_BROUGHT : W_FEEDS_OFF));
	draw_trouble(p, h, q);
	html_open(h, "td");
	if (on && fetched && page_may(p, RIGHT_STOP)) {
		page_form(p, h, "/feeds/fetch", "act");
		page_hidden(h, "id", name);
		page_button(p, h, W_FEEDS_FETCH);
		html_close(h);
	}
	html_close(h);
	html_close(h);
}

static int draw_feeds(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_COL_FEED, W_COL_NAME, W_FEEDS_KIND, W_FEEDS_CADENCE, W_FEEDS_LAST,
	        W_FEEDS_NEXT, W_FEEDS_TROUBLE, W_COL_ACT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select name, title, kind, enabled, fetched, cadence, expected, coalesce(" FEEDS_GOOD
	        ", 0), next, " FEEDS_LATE_SINCE
	        ", failures, sentence from feed f order by enabled desc, (" FEEDS_LATE_SINCE
	        ") is null, failures = 0, name");
	unsigned n = 0;

	query_i64(&q, p->now);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_FEEDS_TABLE, head);
		draw_feed(p, h, &q);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_FEEDS_NONE);
	return rc;
}

/* ---- what they are worth ------------------------------------------------------------------------- */

/* Days of the last ones on which a report was to come, by its cadence, and did not; of a file that is fetched nobody can tell,
 * since its server may say that nothing is new. */
static bool late_days(const struct page_ask *p, struct str feed, uint64_t *ret)
{
	struct query q = db_query(p->ask->state,
	        "with f as (select cadence * 1500000 as late, fetched, max(since, ?1) as base, enabled from "
	        "feed where name = "
	        "?2), t(at) as (select base from f union select received from receipt where feed = ?2 and "
	        "received >= ?1 and "
	        "parent is null union select ?3), g as (select at - lag(at) over (order by at) as gap from "
	        "t) select f.enabled "
	        "and f.late > 0 and f.fetched <> 1, coalesce((select sum(max(0, gap - f.late)) from g where "
	        "gap is not null), 0) "
	        "/ 86400000000 from f");
	bool known = false;

	query_i64(&q, p->now - DAYS * DAY_US);
	query_text(&q, feed);
	query_i64(&q, p->now);
	if (query_next(&q) == 1) {
		known = query_get_u64(&q, 0) != 0;
		*ret = query_get_u64(&q, 1);
	}
	query_done(&q, NULL);
	return known;
}

static void draw_worth(const struct page_ask *p, struct html *h, const struct worth *w)
{
	uint64_t late = 0;

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, w->feed.len != 0 ? w->feed : page_word(p, W_FEEDS_BY_HAND));
	html_close(h);
	page_cell_u64(h, w->reports);
	page_cell_u64(h, w->fresh);
	page_cell_u64(h, w->only);
	page_cell_u64(h, w->wrong);
	if (late_days(p, w->feed, &late))
		page_cell_u64(h, late);
	else
		page_cell(h, STR("-"));
	html_open(h, "td");
	html_attr(h, "class", STR("number"));
	struct link l;
	link_begin(&l, "/asides");
	link_param(&l, "feed", w->feed);
	html_open(h, "a");
	html_link(h, "href", &l);
	html_u64(h, w->asides);
	html_close(h);
	html_close(h);
	html_close(h);
}

static int draw_worths(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_COL_FEED, W_FEEDS_REPORTS, W_COL_NEW, W_FEEDS_ONLY, W_FEEDS_FALSE,
	        W_FEEDS_LATE_DAYS, W_COL_NOT_READ, WORD_END};
	struct worths w = {0};
	int rc = take_receipts(p, &w, e);

	if (rc == 0)
		rc = take_findings(p, &w, e);
	page_section(p, h, "h-worth", W_FEEDS_WORTH);
	page_line(p, h, "p", NULL, W_FEEDS_WORTH_IS);
	for (size_t i = 0; rc == 0 && i < w.list.n; i++) {
		if (i == 0)
			page_table(p, h, W_FEEDS_WORTH, head);
		draw_worth(p, h, &w.list.v[i]);
	}
	if (w.list.n > 0)
		page_table_end(h);
	else
		page_line(p, h, "p", NULL, W_REPORTS_NONE);
	html_close(h);
	vec_done(&w.list);
	vec_done(&w.receipts);
	vec_done(&w.of);
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	page_line(p, h, "h1", NULL, W_FEEDS);
	int rc = draw_feeds(p, h, e);
	return rc == 0 ? draw_worths(p, h, e) : rc;
}

const struct page page_feeds = {
        .path = "/feeds", .title = W_FEEDS, .group = PAGE_SEE, .right = RIGHT_READ, .draw = draw};
