/* SPDX-License-Identifier: Apache-2.0
 *
 * The events of a finding. They lie in the days' files, which are looked through: the sieve and the index of a day tell quickly
 * which of its chunks may have the finding's place. What a day cannot tell so is opened, and the chart ends where CHUNKS were:
 * a table of (finding, day, events) would cost each report as much as its findings do.
 */
#include "web/chart.h"
#include "web/events.h"
#include "web/page_finding_in.h"

#define DAYS 30
#define CHUNKS 48

/* ---- as a question ------------------------------------------------------------------------------- */

struct asked {
	const struct ask *ask;
	struct str finding;
};

static struct str param(const void *arg, const char *name)
{
	const struct asked *a = arg;

	if (strcmp(name, "finding") == 0)
		return a->finding;
	if (strcmp(name, "limit") == 0)
		return STR("50");
	return strcmp(name, "after") == 0 && a->ask != NULL ? ask_param(a->ask, name) : (struct str){0};
}

/* ---- days ---------------------------------------------------------------------------------------- */

static uint32_t day_of_receipt(const struct page_ask *p, uint64_t receipt)
{
	struct query q = db_query(p->ask->state, "select day from receipt where id = ?");
	uint32_t day = 0;

	query_u64(&q, receipt);
	if (query_next(&q) == 1)
		day = (uint32_t)query_get_u64(&q, 0);
	query_done(&q, NULL);
	return day;
}

/* The day that many days before: noon has the same date in every calendar of days. */
static int64_t noon_of(uint32_t date)
{
	int64_t t = 0;
	char text[32];

	snprintf(text, sizeof(text), "%04u-%02u-%02uT12:00:00Z", date / 10000, date / 100 % 100, date % 100);
	return value_time(str_from(text), NULL, &t) ? t : 0;
}

static void draw_chart(
        const struct page_ask *p, struct html *h, const struct events_day *days, size_t n, bool all)
{
	struct str labels[DAYS];
	uint64_t values[DAYS] = {0}, total = 0, most = 0;
	int64_t last = noon_of(days[0].date), first = noon_of(days[n - 1].date);
	size_t points = (size_t)((last - first) / ((int64_t)86400 * 1000000)) + 1, top = 0;
	char when[32];

	points = points > DAYS ? DAYS : points;
	for (size_t i = 0; i < points; i++) {
		int64_t t = last - (int64_t)(points - 1 - i) * 86400 * 1000000;
		labels[i] = arena_str(p->ask->arena, str_sub(list_when(when, t), 0, 10));
		for (size_t k = 0; k < n; k++)
			if (days[k].date == day_of(t))
				values[i] = days[k].events;
		total += values[i];
		top = values[i] > most ? i : top;
		most = values[i] > most ? values[i] : most;
	}
	const struct str said[] = {page_number(p, total), labels[0], labels[points - 1], labels[top]};
	chart_bars(p, h,
	        &(struct chart){.sentence = page_filled(p, W_FINDING_DAYS, said, 4),
	                .label = W_COL_DAY,
	                .value = W_COL_EVENTS,
	                .labels = labels,
	                .values = values,
	                .n = points});
	if (!all)
		page_line(p, h, "p", "note", W_FINDING_DAYS_LESS);
}

int finding_days(const struct page_ask *p, struct html *h, const struct finding_row *f, struct err *e)
{
	struct ask ask = *p->ask;
	struct asked asked = {.finding = page_id(p, 'F', f->id)};
	struct events_day days[DAYS];
	uint32_t last = day_of_receipt(p, f->last_receipt), first = day_of_receipt(p, f->receipt),
	         oldest = day_of(p->now - (int64_t)(DAYS - 1) * 86400 * 1000000);
	size_t n = 0;
	bool all = true;
	struct link l;

	ask.param = param;
	ask.arg = &asked;
	/* of a finding that was seen long ago, its last days */
	if (last != 0 && last < oldest)
		oldest = day_of(noon_of(last) - (int64_t)(DAYS - 1) * 86400 * 1000000);
	int rc = last == 0
	        ? 0
	        : events_days(&ask, first > oldest ? first : oldest, last, CHUNKS, days, DAYS, &n, &all, e);
	if (rc != 0)
		return rc;
	page_section(p, h, "h-days", W_FINDING_EVENTS);
	if (n > 0)
		draw_chart(p, h, days, n, all);
	link_begin(&l, "/findings");
	link_part(&l, page_id(p, 'F', f->id));
	link_part(&l, STR("events"));
	html_open(h, "p");
	html_open(h, "a");
	html_link(h, "href", &l);
	page_say(p, h, W_FINDING_ALL_EVENTS);
	html_close(h);
	html_close(h);
	html_close(h);
	return 0;
}

/* ---- all of them --------------------------------------------------------------------------------- */

static void draw_event(const struct page_ask *p, struct html *h, const struct str *cell)
{
	struct link l;

	(void)p;
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	link_begin(&l, "/events");
	link_part(&l, cell[EVENTS_ID]);
	html_open(h, "a");
	html_link(h, "href", &l);
	html_text(h, cell[EVENTS_ID]);
	html_close(h);
	html_close(h);
	page_cell(h, cell[EVENTS_TIME]);
	page_cell(h,
	        cell[EVENTS_IP].len != 0            ? cell[EVENTS_IP]
	                : cell[EVENTS_URL].len != 0 ? cell[EVENTS_URL]
	                                            : cell[EVENTS_FQDN]);
	html_line(h, "td", "number", str_eq(cell[EVENTS_PORT], STR("0")) ? STR("") : cell[EVENTS_PORT]);
	page_cell(h, cell[EVENTS_MALWARE].len != 0 ? cell[EVENTS_MALWARE] : cell[EVENTS_IDENT]);
	page_cell(h, cell[EVENTS_FEED]);
	html_line(h, "td", "number", cell[EVENTS_LINE]);
	html_close(h);
}

static void draw_events(const struct page_ask *p, struct html *h, const struct list *l)
{
	static const enum word head[] = {W_COL_EVENT, W_COL_WHEN, W_COL_WHERE, W_COL_PORT, W_COL_MALWARE,
	        W_COL_FEED, W_COL_LINE, WORD_END};

	if (l->cells.n == 0) {
		page_line(p, h, "p", NULL, W_NONE);
		return;
	}
	page_table(p, h, W_FINDING_EVENTS, head);
	for (size_t i = 0; i + EVENTS_COLUMNS <= l->cells.n; i += EVENTS_COLUMNS)
		draw_event(p, h, &l->cells.v[i]);
	page_table_end(h);
}

int finding_events(const struct page_ask *p, struct html *h, struct err *e)
{
	struct str id = str_cut(p->ask->id, '/').head;
	struct ask ask = *p->ask;
	struct asked asked = {.ask = p->ask, .finding = id};
	struct list l = {0};
	uint64_t number;
	struct link to;

	ask.param = param;
	ask.arg = &asked;
	int rc = ask_id(id, 'F', &number, e);
	if (rc == 0)
		rc = events_find(&ask, &l, e);
	if (rc == 0) {
		html_open(h, "h1");
		page_sayf(p, h, W_FINDING_EVENTS_OF, page_id(p, 'F', number));
		html_close(h);
		html_open(h, "p");
		page_thing(h, 'F', number);
		html_close(h);
		draw_events(p, h, &l);
	}
	if (rc == 0 && l.next.len != 0) {
		link_begin(&to, "/findings");
		link_part(&to, page_id(p, 'F', number));
		link_part(&to, STR("events"));
		link_param(&to, "after", l.next);
		html_open(h, "p");
		html_open(h, "a");
		html_link(h, "href", &to);
		html_attr(h, "rel", STR("next"));
		page_say(p, h, W_OLDER);
		html_close(h);
		html_close(h);
	}
	list_done(&l);
	return rc;
}
