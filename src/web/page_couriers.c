/* SPDX-License-Identifier: Apache-2.0
 *
 * Couriers, for the night when the cable is cut: what waits for whom and how much that is, a file that was brought, and what
 * became of all of them.
 */
#include "web/page_couriers.h"

#define ROWS 50
#define PARTIES 100

struct str courier_bytes(const struct page_ask *p, uint64_t bytes)
{
	const uint64_t kib = 1024, mib = kib * kib;

	if (bytes < kib)
		return arena_printf(p->ask->arena, "%llu B", (unsigned long long)bytes);
	if (bytes < mib)
		return arena_printf(p->ask->arena, "%llu KiB", (unsigned long long)((bytes + kib - 1) / kib));
	return arena_printf(p->ask->arena, "%llu.%llu MiB", (unsigned long long)(bytes / mib),
	        (unsigned long long)(bytes % mib * 10 / mib));
}

void courier_form(const struct page_ask *p, struct html *h, struct str party)
{
	page_form(p, h, "/couriers/pack", "act");
	page_hidden(h, "id", party);
	page_button(p, h, W_COURIERS_DO);
	html_close(h);
}

/* ---- what waits ---------------------------------------------------------------------------------- */

static void draw_waits(const struct page_ask *p, struct html *h, struct str party)
{
	struct courier_waits w;

	courier_waits(p->ask->state, party, &w);
	html_open(h, "tr");
	peer_head(h, party);
	page_cell_u64(h, w.statements);
	page_cell_u64(h, w.receipts);
	page_cell_u64(h, w.attachments);
	page_cell(h, courier_bytes(p, w.bytes));
	peer_cell_when(h, w.oldest);
	html_open(h, "td");
	courier_form(p, h, party);
	html_close(h);
	html_close(h);
}

static int draw_parties(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_PEERS_PARTY, W_COURIERS_STATEMENTS, W_COURIERS_RECEIPTS,
	        W_COURIERS_PARTS, W_COURIERS_SIZE, W_COURIERS_OLDEST, W_COL_ACT, WORD_END};
	struct query q = db_query(p->ask->state, "select name from party where own = 0 order by name");
	VEC(struct str) parties = {0};
	uint64_t n = 0;

	while (parties.n < PARTIES && query_next(&q) == 1)
		*vec_add(&parties) = arena_str(p->ask->arena, query_get_text(&q, 0));
	int rc = query_done(&q, e);
	page_section(p, h, "h-waits", W_COURIERS_WAITS);
	for (size_t i = 0; i < parties.n; i++) {
		if (!courier_may(p->ask->state, parties.v[i]))
			continue;
		if (n++ == 0)
			page_table(p, h, W_COURIERS_WAITS, head);
		draw_waits(p, h, parties.v[i]);
	}
	vec_done(&parties);
	page_table_over(p, h, n, W_COURIERS_NOBODY);
	html_close(h);
	return rc;
}

static void draw_bring(const struct page_ask *p, struct html *h)
{
	page_section(p, h, "h-bring", W_COURIERS_BRING);
	page_line(p, h, "p", NULL, W_COURIERS_BRING_WHAT);
	page_form_with_file(p, h, "/couriers/open", "act");
	page_file_field(p, h, W_COURIERS_FILE);
	page_button(p, h, W_COURIERS_OPEN);
	html_close(h);
	html_close(h);
}

/* ---- what there was ------------------------------------------------------------------------------ */

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	page_thing(h, 'X', query_get_u64(q, COURIER_ID));
	html_close(h);
	page_cell(h, page_key(p, "carried", query_get_text(q, COURIER_DIRECTION)));
	page_cell(h, query_get_text(q, COURIER_PARTY));
	html_open(h, "td");
	page_tag(p, h, "courier", query_get_text(q, COURIER_STATE));
	if (query_get_text(q, COURIER_WHY).len > 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("note"));
		page_english(p, h, query_get_text(q, COURIER_WHY));
		html_close(h);
	}
	html_close(h);
	page_cell(h, query_get_text(q, COURIER_NAMED));
	for (int i = COURIER_STATEMENTS; i <= COURIER_REFUSED; i++)
		page_cell_u64(h, query_get_u64(q, i));
	page_cell_time(h, query_get_i64(q, COURIER_AT));
	page_cell(h, query_get_text(q, COURIER_PERSON));
	html_close(h);
}

static int draw_table(const struct page_ask *p, struct html *h, const struct ask_page *at, struct err *e)
{
	static const enum word head[] = {W_COURIER, W_COURIERS_WAY, W_PEERS_PARTY, W_COL_STATE, W_COL_NAME,
	        W_COURIER_STATEMENTS, W_COURIER_PARTS, W_COURIER_NEW, W_COURIER_HAD, W_COURIER_REFUSED,
	        W_COL_WHEN, W_COL_WHO, WORD_END};
	struct query q = couriers_rows(p->ask->state, at);
	uint64_t n = 0, last = 0;
	bool more = false;

	page_section(p, h, "h-couriers", W_COURIERS_TABLE);
	while (!more && query_next(&q) == 1) {
		more = n == at->limit;
		if (more)
			break;
		if (n++ == 0)
			page_table(p, h, W_COURIERS_TABLE, head);
		last = query_get_u64(&q, COURIER_ID);
		draw_row(p, h, &q);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_NONE);
	if (more) {
		struct link l;
		link_begin(&l, "/couriers");
		link_param(&l, "after", page_id(p, 'X', last));
		page_next(p, h, &l);
	}
	html_close(h);
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct ask_page at;

	page_line(p, h, "h1", NULL, W_COURIERS);
	if (ask_page(p->ask, 'X', &at, e) != 0)
		return ERR_USAGE;
	at.limit = at.limit < ROWS ? at.limit : ROWS;
	page_line(p, h, "p", NULL, W_COURIERS_WHAT);
	int rc = draw_parties(p, h, e);
	draw_bring(p, h);
	return rc == 0 ? draw_table(p, h, &at, e) : rc;
}

const struct page page_couriers = {
        .path = "/couriers", .title = W_COURIERS, .group = PAGE_LINK, .right = RIGHT_LINK, .draw = draw};
