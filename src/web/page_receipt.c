/* SPDX-License-Identifier: Apache-2.0
 *
 * One report and what became of it: how its records add up, what is new, what was known, whom it made us write to, its parts, and
 * what could not be read.
 */
#include "web/page_receipt.h"
#include "state/receipt.h"
#include "web/page_live.h"

#define ASIDES 20

static void fact(const struct page_ask *p, struct html *h, enum word name, struct str text)
{
	if (text.len == 0)
		return;
	page_line(p, h, "dt", NULL, name);
	html_line(h, "dd", NULL, text);
}

static void draw_facts(const struct page_ask *p, struct html *h, const struct receipt *r)
{
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	fact(p, h, W_COL_NAME, page_report(p, r->path));
	page_line(p, h, "dt", NULL, W_COL_STATE);
	html_open(h, "dd");
	page_tag(p, h, "state", receipt_state_name(r->state));
	html_text(h, STR(" "));
	page_english(p, h, r->sentence);
	html_close(h);
	page_line(p, h, "dt", NULL, W_COL_CAME);
	html_open(h, "dd");
	page_time(h, r->received);
	html_close(h);
	if (r->done != 0) {
		page_line(p, h, "dt", NULL, W_REPORT_READ_BY);
		html_open(h, "dd");
		page_time(h, r->done);
		html_close(h);
	}
	fact(p, h, W_COL_FEED, r->feed);
	fact(p, h, W_REPORT_PERSON, r->person);
	fact(p, h, W_REPORT_FORMAT, r->reader);
	fact(p, h, W_REPORT_BYTES, page_number(p, r->size));
	if (r->parent != 0) {
		page_line(p, h, "dt", NULL, W_REPORT_PART_OF);
		html_open(h, "dd");
		page_thing(h, 'R', r->parent);
		html_close(h);
	}
	html_close(h);
}

static void number(const struct page_ask *p, struct html *h, uint64_t n, enum word w)
{
	page_line(p, h, "dt", NULL, w);
	html_open(h, "dd");
	html_u64(h, n);
	html_close(h);
}

/* The three kinds of records add up to all of them. */
static void draw_sums(const struct page_ask *p, struct html *h, const struct receipt *r)
{
	page_section(p, h, "h-sums", W_REPORT_SUMS);
	page_line(p, h, "p", NULL, W_REPORT_SUMS_ARE);
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	number(p, h, r->records, W_REPORT_RECORDS);
	number(p, h, r->with_events, W_REPORT_WITH_EVENTS);
	page_line(p, h, "dt", NULL, W_REPORT_ASIDE);
	html_open(h, "dd");
	page_asides_link(p, h, r->id, r->asides);
	html_close(h);
	number(p, h, r->none, W_REPORT_BY_RULE);
	number(p, h, r->events, W_REPORT_EVENTS);
	html_close(h);
	char text[RECEIPT_TEXT];
	struct str grown = receipt_grown_text(r, text);
	if (grown.len != 0) {
		html_open(h, "p");
		page_english(p, h, grown);
		html_close(h);
	}
	html_close(h);
}

static int draw_parts(const struct page_ask *p, struct html *h, uint64_t id, struct err *e)
{
	static const enum word head[] = {W_COL_REPORT, W_COL_NAME, W_COL_STATE, W_COL_RECORDS, W_COL_EVENTS,
	        W_COL_NEW, W_COL_NOT_READ, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select id, name, state, records, events, new_findings, asides from receipt where parent = ? "
	        "order by part "
	        "limit 500");
	unsigned n = 0;

	query_u64(&q, id);
	while (query_next(&q) == 1) {
		if (n++ == 0) {
			page_section(p, h, "h-parts", W_REPORT_PARTS);
			page_table(p, h, W_REPORT_PARTS_TABLE, head);
		}
		page_row(h, 'R', query_get_u64(&q, 0), (struct str){0});
		page_cell_report(p, h, query_get_text(&q, 1));
		page_cell_tag(p, h, "state", query_get_text(&q, 2));
		for (int i = 3; i < 6; i++)
			page_cell_u64(h, query_get_u64(&q, i));
		html_open(h, "td");
		html_attr(h, "class", STR("number"));
		page_asides_link(p, h, query_get_u64(&q, 0), query_get_u64(&q, 6));
		html_close(h);
		html_close(h);
	}
	int rc = query_done(&q, e);
	if (n > 0) {
		page_table_end(h);
		html_close(h);
	}
	return rc;
}

static int draw_asides(const struct page_ask *p, struct html *h, const struct receipt *r, struct err *e)
{
	struct str more;

	if (r->asides == 0 && r->state != RECEIPT_ASIDE)
		return 0;
	page_section(p, h, "h-asides", W_REPORT_ASIDES);
	page_retry(p, h, r->id);
	int rc = page_asides(p, h, page_id(p, 'R', r->id), (struct str){0}, ASIDES, &more, e);
	if (rc == 0 && more.len != 0) {
		html_open(h, "p");
		struct link l;
		link_begin(&l, "/asides");
		link_param(&l, "receipt", page_id(p, 'R', r->id));
		html_open(h, "a");
		html_link(h, "href", &l);
		page_say(p, h, W_REPORT_ASIDES_ALL);
		html_close(h);
		html_close(h);
	}
	html_close(h);
	return rc;
}

/* What it came to when it was read again last. */
static void draw_reread(const struct page_ask *p, struct html *h, uint64_t id)
{
	struct query q = db_query(p->ask->state,
	        "select asked, person, done, kept, sentence, found, lost, changed from reread where receipt "
	        "= ?");

	query_u64(&q, id);
	if (query_next(&q) == 1) {
		html_open(h, "p");
		html_attr(h, "class", STR("note"));
		if (query_is_null(&q, 2)) {
			page_sayf(p, h, W_REPORT_REREAD_WAITS, query_get_text(&q, 1));
		} else {
			page_sayf(p, h, query_get_u64(&q, 3) ? W_REPORT_REREAD_KEPT : W_REPORT_REREAD,
			        query_get_text(&q, 1), page_number(p, query_get_u64(&q, 5)),
			        page_number(p, query_get_u64(&q, 6)), page_number(p, query_get_u64(&q, 7)));
			html_text(h, STR(" "));
			page_english(p, h, query_get_text(&q, 4));
		}
		html_close(h);
	}
	query_done(&q, NULL);
}

/* It may still be read. */
static void draw_live(const struct page_ask *p, struct html *h, uint64_t id)
{
	struct link l;

	link_begin(&l, "/events");
	link_param(&l, "receipt", page_id(p, 'R', id));
	page_live(p, h, &l, NULL, false);
}

static int draw_receipt(const struct page_ask *p, struct html *h, struct err *e)
{
	struct receipt r;
	uint64_t id;
	int rc = ask_id(p->ask->id, 'R', &id, e);

	if (rc == 0) {
		rc = receipt_get(p->ask->state, id, p->ask->arena, &r, e);
		if (rc == 0)
			return err_set(e, ERR_MISSING, "there is no receipt R%llu", (unsigned long long)id);
	}
	if (rc < 0)
		return rc;
	html_open(h, "h1");
	page_sayf(p, h, W_REPORT_HEAD, page_id(p, 'R', id));
	html_close(h);
	draw_live(p, h, id);
	draw_facts(p, h, &r);
	draw_reread(p, h, id);
	draw_sums(p, h, &r);
	rc = page_receipt_findings(p, h, id, e);
	if (rc == 0)
		rc = draw_parts(p, h, id, e);
	return rc == 0 ? draw_asides(p, h, &r, e) : rc;
}

const struct page page_receipt = {
        .path = "/reports", .title = W_REPORT, .id = true, .right = RIGHT_READ, .draw = draw_receipt};
