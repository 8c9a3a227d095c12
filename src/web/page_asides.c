/* SPDX-License-Identifier: Apache-2.0
 *
 * What could not be read: reports that have such records, and of one report each record with its line and the reason. The line is
 * cut: all of it is a page away.
 */
#include "state/receipt.h"
#include "web/asides.h"
#include "web/page_receipt.h"

#define LINE 300
#define ROWS 50

/* ---- records ------------------------------------------------------------------------------------- */

struct drawing {
	const struct page_ask *p;
	struct html *h;
	struct str receipt, after, limit;
	uint64_t n;
};

static struct str of_drawing(const void *arg, const char *name)
{
	const struct drawing *d = arg;
	struct str s = str_from(name);

	return str_eq(s, STR("receipt"))  ? d->receipt
	        : str_eq(s, STR("after")) ? d->after
	        : str_eq(s, STR("limit")) ? d->limit
	                                  : (struct str){0};
}

static void draw_record(void *arg, const struct asides_found *f)
{
	static const enum word head[] = {
	        W_COL_RECORD, W_COL_LINE_NUMBER, W_COL_REASON, W_COL_FIELD, W_COL_LINE, WORD_END};
	struct drawing *d = arg;
	const struct batch_aside *x = f->aside;
	auto_buf struct buf line = {0};

	if (d->n++ == 0)
		page_table(d->p, d->h, W_ASIDES_TABLE, head);
	html_open(d->h, "tr");
	html_open(d->h, "th");
	html_attr(d->h, "scope", STR("row"));
	page_event_link(d->p, d->h, f->receipt->id, x->ordinal, 0);
	html_close(d->h);
	page_cell_u64(d->h, x->line);
	html_open(d->h, "td");
	html_line(d->h, "span", "word", aside_table[x->reason & ~ASIDE_PARTIAL].name);
	html_text(d->h, STR(" "));
	struct str words = batch_aside_text(f->batch, x);
	page_english(
	        d->p, d->h, words.len != 0 ? words : str_from(aside_table[x->reason & ~ASIDE_PARTIAL].about));
	html_close(d->h);
	page_cell(d->h, x->field != 0 ? field_table[x->field].name : STR(""));
	html_open(d->h, "td");
	asides_line(d->p->ask, f, LINE, &line);
	html_line(d->h, "code", NULL, str_trim(buf_str(&line)));
	if (x->raw_len > LINE)
		html_text(d->h, STR(" \xe2\x80\xa6"));
	html_close(d->h);
	html_close(d->h);
}

int page_asides(const struct page_ask *p, struct html *h, struct str receipt, struct str after,
        unsigned limit, struct str *ret_more, struct err *e)
{
	struct drawing d = {
	        .p = p, .h = h, .receipt = receipt, .after = after, .limit = page_number(p, limit)};
	struct ask ask = *p->ask;
	struct asides_end end;

	ask.param = of_drawing;
	ask.arg = &d;
	int rc = asides_find(&ask, &(struct asides_sink){draw_record, &d}, &end, e);
	if (d.n > 0)
		page_table_end(h);
	*ret_more = (struct str){0};
	if (rc == 0 && end.more)
		*ret_more = arena_printf(
		        p->ask->arena, "E%llu.%u.0", (unsigned long long)end.last.receipt, end.last.ordinal);
	return rc;
}

void page_asides_link(const struct page_ask *p, struct html *h, uint64_t receipt, uint64_t n)
{
	struct link l;

	if (n == 0) {
		html_u64(h, 0);
		return;
	}
	link_begin(&l, "/asides");
	link_param(&l, "receipt", page_id(p, 'R', receipt));
	html_open(h, "a");
	html_link(h, "href", &l);
	html_u64(h, n);
	html_close(h);
}

static void draw_button(
        const struct page_ask *p, struct html *h, const char *path, uint64_t receipt, enum word w)
{
	page_form(p, h, path, "act");
	page_hidden(h, "id", page_id(p, 'R', receipt));
	page_button(p, h, w);
	html_close(h);
}

void page_retry(const struct page_ask *p, struct html *h, uint64_t receipt)
{
	if (page_may(p, RIGHT_WORK))
		draw_button(p, h, "/reports/retry", receipt, W_ASIDES_RETRY);
	if (page_may(p, RIGHT_STOP))
		draw_button(p, h, "/reports/reread", receipt, W_ASIDES_REREAD);
}

/* ---- reports that have some ---------------------------------------------------------------------- */

static void draw_report(const struct page_ask *p, struct html *h, const struct query *q)
{
	uint64_t id = query_get_u64(q, 0);

	page_row(h, 'R', id, (struct str){0});
	page_cell(h, query_get_text(q, 1));
	page_cell(h, query_get_text(q, 2));
	html_open(h, "td");
	html_attr(h, "class", STR("number"));
	page_asides_link(p, h, id, query_get_u64(q, 3));
	html_close(h);
	page_cell_u64(h, query_get_u64(q, 4));
	html_open(h, "td");
	page_english(p, h, query_get_text(q, 5));
	html_close(h);
	page_cell_time(h, query_get_i64(q, 6));
	html_open(h, "td");
	if (page_may(p, RIGHT_WORK))
		draw_button(p, h, "/reports/retry", id, W_ASIDES_RETRY);
	html_close(h);
	html_close(h);
}

static void draw_all_again(const struct page_ask *p, struct html *h)
{
	struct str feed = ask_param(p->ask, "feed");

	if (!page_may(p, RIGHT_WORK))
		return;
	page_form(p, h, "/asides/retry", "act");
	if (feed.len != 0)
		page_hidden(h, "feed", feed);
	page_button(p, h, feed.len != 0 ? W_ASIDES_RETRY_FEED : W_ASIDES_RETRY_ALL);
	html_close(h);
}

static int draw_reports(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_COL_REPORT, W_COL_NAME, W_COL_FEED, W_COL_NOT_READ, W_COL_RECORDS,
	        W_COL_REASON, W_COL_CAME, W_COL_ACT, WORD_END};
	struct ask_page at;

	if (ask_page(p->ask, 'R', &at, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(p->ask->state,
	        "select id, path, feed, asides, records, case when state = 'aside' then sentence else '' "
	        "end, received from "
	        "receipt where (asides > 0 or state = 'aside') and (?1 is null or feed = ?1) and (?2 = 0 or "
	        "id < ?2) order "
	        "by id desc limit ?3");
	uint64_t n = 0, last = 0;
	query_text(&q, ask_param(p->ask, "feed"));
	query_u64(&q, at.after);
	query_u64(&q, ROWS + 1);
	while (query_next(&q) == 1 && n++ < ROWS) {
		if (n == 1) {
			draw_all_again(p, h);
			page_table(p, h, W_ASIDES_REPORTS_TABLE, head);
		}
		last = query_get_u64(&q, 0);
		draw_report(p, h, &q);
	}
	int rc = query_done(&q, e);
	if (n == 0) {
		page_line(p, h, "p", NULL, W_ASIDES_NONE);
		return rc;
	}
	page_table_end(h);
	if (n > ROWS) {
		struct link l;
		link_begin(&l, "/asides");
		if (ask_has(p->ask, "feed"))
			link_param(&l, "feed", ask_param(p->ask, "feed"));
		link_param(&l, "after", page_id(p, 'R', last));
		page_next(p, h, &l);
	}
	return rc;
}

static int draw_one(const struct page_ask *p, struct html *h, uint64_t id, struct err *e)
{
	struct str more, text = page_id(p, 'R', id);
	struct receipt r;
	int rc = receipt_get(p->ask->state, id, p->ask->arena, &r, e);

	if (rc == 0)
		rc = err_set(e, ERR_MISSING, "there is no receipt R%llu", (unsigned long long)id);
	if (rc < 0)
		return rc;
	html_open(h, "p");
	page_thing(h, 'R', id);
	html_text(h, STR(": "));
	html_text(h, page_report(p, r.path));
	html_close(h);
	if (r.state == RECEIPT_ASIDE) {
		html_open(h, "p");
		page_english(p, h, r.sentence);
		html_close(h);
	}
	if (r.asides == 0 && r.state != RECEIPT_ASIDE) {
		page_line(p, h, "p", NULL, W_ASIDES_NONE);
		return 0;
	}
	page_retry(p, h, id);
	rc = page_asides(p, h, text, ask_param(p->ask, "after"), ROWS, &more, e);
	if (rc == 0 && more.len != 0) {
		struct link l;
		link_begin(&l, "/asides");
		link_param(&l, "receipt", text);
		link_param(&l, "after", more);
		page_next(p, h, &l);
	}
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	uint64_t id;

	page_line(p, h, "h1", NULL, W_ASIDES);
	if (!ask_has(p->ask, "receipt"))
		return draw_reports(p, h, e);
	if (ask_id(ask_param(p->ask, "receipt"), 'R', &id, e) != 0)
		return ERR_USAGE;
	return draw_one(p, h, id, e);
}

const struct page page_asides_all = {
        .path = "/asides", .title = W_ASIDES, .group = PAGE_SEE, .right = RIGHT_READ, .draw = draw};
