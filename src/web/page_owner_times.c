/* SPDX-License-Identifier: Apache-2.0
 *
 * How it goes at an owner: by weeks, and how long a fix takes, beside the owners of the same sector.
 */
#include "web/chart.h"
#include "web/page_owner.h"

#define WEEKS 12
#define WEEK ((int64_t)7 * 86400 * 1000000)
#define HOUR ((int64_t)3600 * 1000000)

struct weeks {
	uint64_t fresh[WEEKS], closed[WEEKS];
	int64_t begin;
};

/* Weeks that end now; the last is the newest. */
static void count(const struct page_ask *p, uint64_t owner, struct weeks *w)
{
	struct query q = db_query(p->ask->state,
	        "select (first - ?1) / ?2, (closed - ?1) / ?2, count(*) from finding where owner = ?3 and "
	        "(first >= ?1 or closed >= ?1) "
	        "group by 1, 2");

	w->begin = p->now - WEEKS * WEEK;
	query_i64(&q, w->begin);
	query_i64(&q, WEEK);
	query_u64(&q, owner);
	while (query_next(&q) == 1) {
		int64_t first = query_get_i64(&q, 0),
		        closed = query_is_null(&q, 1) ? -1 : query_get_i64(&q, 1);
		if (first >= 0 && first < WEEKS)
			w->fresh[first] += query_get_u64(&q, 2);
		if (closed >= 0 && closed < WEEKS)
			w->closed[closed] += query_get_u64(&q, 2);
	}
	query_done(&q, NULL);
}

static void draw_weeks(const struct page_ask *p, struct html *h, const struct weeks *w)
{
	static const enum word head[] = {W_OWNER_WEEK, W_OWNER_NEW, W_OWNER_CLOSED, WORD_END};

	page_table(p, h, W_OWNER_WEEKS, head);
	for (unsigned i = WEEKS; i > 0; i--) {
		char when[32];
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, str_sub(list_when(when, w->begin + (i - 1) * WEEK), 0, 10));
		html_close(h);
		page_cell_u64(h, w->fresh[i - 1]);
		page_cell_u64(h, w->closed[i - 1]);
		html_close(h);
	}
	page_table_end(h);
}

/* The new ones; the sentence has those that were closed as well. */
static void draw_trend(const struct page_ask *p, struct html *h, const struct weeks *w)
{
	struct str labels[WEEKS];
	uint64_t fresh = 0, closed = 0;

	for (unsigned i = 0; i < WEEKS; i++) {
		char when[32];
		labels[i] = arena_str(p->ask->arena, str_sub(list_when(when, w->begin + i * WEEK), 0, 10));
		fresh += w->fresh[i];
		closed += w->closed[i];
	}
	const struct str said[] = {page_number(p, fresh), page_number(p, closed)};
	chart_bars(p, h,
	        &(struct chart){.sentence = page_filled(p, W_OWNER_TREND, said, 2),
	                .label = W_OWNER_WEEK,
	                .value = W_OWNER_NEW,
	                .labels = labels,
	                .values = w->fresh,
	                .n = WEEKS});
}

/* ---- time to the fix ----------------------------------------------------------------------------- */

#define FIXED                                                                                                \
	" from finding where state = 'closed' and told is not null and closed >= told and (why = 'fixed' "   \
	"or why = 'gone')"
#define OF_OWNER " and owner = ?1"
#define OF_SECTOR " and owner in (select id from owner where sector = ?1 and gone is null)"

struct fix {
	uint64_t n;
	int64_t median;
};

/* sql: the number of them, and the one in their middle. */
static void find_median(const struct page_ask *p, const char *number, const char *middle,
        const struct owner_row *o, bool sector, struct fix *ret)
{
	*ret = (struct fix){0};
	for (int i = 0; i < 2; i++) {
		struct query q = db_query(p->ask->state, i == 0 ? number : middle);
		if (sector)
			query_text(&q, o->sector);
		else
			query_u64(&q, o->id);
		if (i == 1)
			query_u64(&q, ret->n / 2);
		if (query_next(&q) == 1 && i == 0)
			ret->n = query_get_u64(&q, 0);
		else if (i == 1)
			ret->median = query_get_i64(&q, 0);
		query_done(&q, NULL);
		if (ret->n == 0)
			return;
	}
}

static void draw_fix(const struct page_ask *p, struct html *h, const struct fix *f, enum word w)
{
	if (f->n == 0)
		return;
	html_open(h, "p");
	page_sayf(p, h, w, page_number(p, (uint64_t)(f->median / HOUR)), page_number(p, f->n));
	html_close(h);
}

void owner_draw_times(const struct page_ask *p, struct html *h, const struct owner_row *o)
{
	struct weeks w = {.begin = 0};
	struct fix own, sector = {0};

	count(p, o->id, &w);
	find_median(p, "select count(*)" FIXED OF_OWNER,
	        "select closed - told" FIXED OF_OWNER " order by 1 limit 1 offset ?2", o, false, &own);
	/* an account for some owners sees no median of others */
	if (o->sector.len != 0 && !p->who->narrow)
		find_median(p, "select count(*)" FIXED OF_SECTOR,
		        "select closed - told" FIXED OF_SECTOR " order by 1 limit 1 offset ?2", o, true,
		        &sector);
	page_section(p, h, "h-times", W_OWNER_TIMES);
	draw_trend(p, h, &w);
	if (own.n == 0)
		page_line(p, h, "p", NULL, W_OWNER_NO_FIX);
	draw_fix(p, h, &own, W_OWNER_FIX);
	draw_fix(p, h, &sector, W_OWNER_FIX_SECTOR);
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_OWNER_WEEKS);
	draw_weeks(p, h, &w);
	html_close(h);
	html_close(h);
}
