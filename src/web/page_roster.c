/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is on duty now and who is next, and what somebody was woken for: who was told, and what came of it.
 */
#include "see/country.h"
#include "web/page.h"

#define ROWS 60
#define STEP_US (15 * 60 * (int64_t)1000000)
#define STEPS (7 * 24 * 4)

/* ---- duty ---------------------------------------------------------------------------------------- */

static void draw_when(struct html *h, const struct roster_person *one)
{
	static const char *const names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	bool any = false;

	for (unsigned i = 0; i < 7; i++)
		if (one->days >> i & 1) {
			html_printf(h, "%s%s", any ? " " : "", names[i]);
			any = true;
		}
	if (one->from != one->to)
		html_printf(h, ", %02u:%02u-%02u:%02u", one->from / 60U, one->from % 60U, one->to / 60U,
		        one->to % 60U);
}

static void draw_person(const struct page_ask *p, struct html *h, const struct roster *r, unsigned i)
{
	const struct roster_person *one = &r->people[i];
	bool now = roster_next(r, i, p->country->zone, p->now) == i;

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, one->person);
	html_close(h);
	html_open(h, "td");
	draw_when(h, one);
	html_close(h);
	page_line(p, h, "td", NULL, now ? W_ROSTER_ON : W_ROSTER_OFF);
	html_open(h, "td");
	html_text(h, one->mail);
	if (one->webhook_file.len != 0) {
		html_text(h, one->mail.len != 0 ? STR(", ") : STR(""));
		page_say(p, h, W_ROSTER_WEBHOOK);
	}
	html_close(h);
	html_close(h);
}

static struct str name_of(const struct page_ask *p, const struct roster *r, unsigned i)
{
	return i < r->n ? r->people[i].person : page_word(p, W_ROSTER_NOBODY);
}

/* When another one is told first: the next quarter of an hour in which that is so, within a week. */
static void draw_next(const struct page_ask *p, struct html *h, const struct roster *r)
{
	unsigned first = roster_next(r, 0, p->country->zone, p->now), then = first;
	int64_t at = p->now - p->now % STEP_US;

	for (unsigned i = 0; i < STEPS && then == first; i++) {
		at += STEP_US;
		then = roster_next(r, 0, p->country->zone, at);
	}
	html_open(h, "p");
	page_sayf(p, h, W_ROSTER_NOW, name_of(p, r, first));
	html_text(h, STR(" "));
	if (then == first) {
		page_say(p, h, W_ROSTER_ALWAYS);
	} else {
		page_sayf(p, h, W_ROSTER_NEXT, name_of(p, r, then));
		html_text(h, STR(" "));
		page_time(h, at);
	}
	html_close(h);
}

static void draw_duty(const struct page_ask *p, struct html *h)
{
	static const enum word head[] = {
	        W_ROSTER_PERSON, W_ROSTER_WHEN, W_ROSTER_DUTY, W_ROSTER_WAY, WORD_END};
	const struct roster *r = p->country != NULL ? &p->country->roster : NULL;

	page_section(p, h, "h-duty", W_ROSTER_WHO);
	if (r == NULL || r->n == 0) {
		page_line(p, h, "p", "error", W_ROSTER_EMPTY);
	} else {
		draw_next(p, h, r);
		page_table(p, h, W_ROSTER_TABLE, head);
		for (unsigned i = 0; i < r->n; i++)
			draw_person(p, h, r, i);
		page_table_end(h);
		struct str zone = p->country->timezone;
		html_open(h, "p");
		html_attr(h, "class", STR("note"));
		page_sayf(p, h, W_ROSTER_CLOCK, zone.len != 0 ? zone : STR("UTC"));
		html_close(h);
	}
	if (r != NULL && r->n > 0 && page_may(p, RIGHT_WORK)) {
		page_form(p, h, "/roster/test", "act");
		page_button(p, h, W_ROSTER_TEST);
		html_close(h);
	}
	html_close(h);
}

/* ---- alerts -------------------------------------------------------------------------------------- */

static void draw_told(const struct page_ask *p, struct html *h, uint64_t alert)
{
	struct query q = db_query(p->ask->state,
	        "select person, way, state, coalesce(sent, 0), answer from alert_message where alert = ? "
	        "order by id");
	unsigned n = 0;

	html_open(h, "td");
	query_u64(&q, alert);
	while (query_next(&q) == 1) {
		html_open(h, "p");
		html_printf(
		        h, "%.*s, %.*s: ", STR_ARG(query_get_text(&q, 0)), STR_ARG(query_get_text(&q, 1)));
		page_tag(p, h, "state", query_get_text(&q, 2));
		if (query_get_i64(&q, 3) != 0) {
			html_text(h, STR(" "));
			page_time(h, query_get_i64(&q, 3));
		}
		if (query_get_text(&q, 4).len != 0) {
			html_text(h, STR(" "));
			page_english(p, h, query_get_text(&q, 4));
		}
		html_close(h);
		n++;
	}
	query_done(&q, NULL);
	if (n == 0)
		page_say(p, h, W_ROSTER_NOBODY);
	html_close(h);
}

static void draw_outcome(const struct page_ask *p, struct html *h, const struct query *q, struct str id)
{
	int64_t acked = query_get_i64(q, 6), ended = query_get_i64(q, 8);

	html_open(h, "td");
	if (acked != 0) {
		page_sayf(p, h, W_ROSTER_ACKED, query_get_text(q, 7));
		html_text(h, STR(" "));
		page_time(h, acked);
	} else if (ended != 0) {
		page_say(p, h, W_ROSTER_ENDED);
		html_text(h, STR(" "));
		page_time(h, ended);
	} else if (page_may(p, RIGHT_WORK)) {
		page_form(p, h, "/roster/ack", "act");
		page_hidden(h, "id", id);
		page_field(p, h,
		        &(struct page_field){
		                .prefix = id.p, .name = "note", .label = W_NOTE, .limit = 200, .size = 12});
		page_button(p, h, W_ROSTER_ACK);
		html_close(h);
	} else {
		page_say(p, h, W_ROSTER_OPEN);
	}
	html_close(h);
}

static void draw_alert(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct str id = page_id(p, 'A', query_get_u64(q, 0));

	html_open(h, "tr");
	html_attr(h, "data-severity", query_get_text(q, 3));
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, id);
	html_close(h);
	page_cell_tag(p, h, "severity", query_get_text(q, 3));
	html_open(h, "td");
	html_line(h, "span", "word", query_get_text(q, 1));
	html_text(h, STR(" "));
	html_text(h, query_get_text(q, 2));
	html_text(h, STR(" "));
	page_english(p, h, query_get_text(q, 4));
	html_close(h);
	page_cell_time(h, query_get_i64(q, 5));
	draw_told(p, h, query_get_u64(q, 0));
	draw_outcome(p, h, q, id);
	html_close(h);
}

static int draw_alerts(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_ROSTER_ALERT, W_COL_SEVERITY, W_COL_ABOUT, W_ROSTER_OPENED,
	        W_ROSTER_TOLD, W_ROSTER_OUTCOME, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select id, topic, object, severity, sentence, opened, coalesce(acked, 0), person, "
	        "coalesce(ended, 0) from alert "
	        "order by acked is not null or ended is not null, id desc limit ?");
	unsigned n = 0;

	page_section(p, h, "h-alerts", W_ROSTER_ALERTS);
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_ROSTER_ALERTS_TABLE, head);
		draw_alert(p, h, &q);
	}
	int rc = query_done(&q, e);
	if (n > 0)
		page_table_end(h);
	else
		page_line(p, h, "p", NULL, W_NONE);
	html_close(h);
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	page_line(p, h, "h1", NULL, W_ROSTER);
	draw_duty(p, h);
	return draw_alerts(p, h, e);
}

const struct page page_roster = {
        .path = "/roster", .title = W_ROSTER, .group = PAGE_NODE, .right = RIGHT_READ, .draw = draw};
