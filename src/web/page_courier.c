/* SPDX-License-Identifier: Apache-2.0
 *
 * One courier. Of what was packed the files, with what is read to the other side on the telephone; of what was brought what
 * came of it, why something of it has no effect, and what goes back.
 */
#include "base/digest.h"
#include "trust/statement.h"
#include "web/page_couriers.h"

struct courier_row {
	uint64_t id;
	bool out;
	struct str party, state;
};

static void fact_u64(const struct page_ask *p, struct html *h, enum word name, uint64_t n)
{
	peer_fact(p, h, name, page_number(p, n));
}

/* In groups of four, as it is read aloud. */
static void draw_digest(struct html *h, struct str hex)
{
	html_open(h, "code");
	for (size_t i = 0; i < hex.len; i += 4)
		html_printf(
		        h, "%s%.*s", i > 0 ? " " : "", (int)(hex.len - i < 4 ? hex.len - i : 4), hex.p + i);
	html_close(h);
}

/* ---- packed -------------------------------------------------------------------------------------- */

static void draw_file(const struct page_ask *p, struct html *h, const struct query *q)
{
	struct link l;

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_open(h, "a");
	link_begin(&l, "/api/v1/courier-file");
	link_part(&l, query_get_text(q, 1));
	html_link(h, "href", &l);
	html_text(h, query_get_text(q, 1));
	html_close(h);
	html_close(h);
	page_cell(h, courier_bytes(p, query_get_u64(q, 2)));
	html_open(h, "td");
	draw_digest(h, query_get_text(q, 3));
	html_close(h);
	html_close(h);
}

static int draw_files(const struct page_ask *p, struct html *h, const struct courier_row *c,
        uint64_t statements, struct err *e)
{
	static const enum word head[] = {W_COURIERS_FILE, W_COURIERS_SIZE, W_COURIER_DIGEST, WORD_END};
	struct query q = couriers_files(p->ask->state, c->id);
	uint64_t n = 0;

	page_section(p, h, "h-files", W_COURIER_FILES);
	for (; query_next(&q) == 1; n++) {
		if (n == 0) {
			page_line(p, h, "p", NULL, W_COURIER_FILES_WHAT);
			page_table(p, h, W_COURIER_FILES, head);
		}
		draw_file(p, h, &q);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, statements > 0 ? W_COURIER_GONE : W_COURIER_NOTHING);
	html_close(h);
	return rc;
}

/* ---- brought ------------------------------------------------------------------------------------- */

static void draw_came(const struct page_ask *p, struct html *h, const struct query *q)
{
	page_section(p, h, "h-came", W_COURIER_CAME);
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	fact_u64(p, h, W_COURIER_STATEMENTS, query_get_u64(q, COURIER_STATEMENTS));
	fact_u64(p, h, W_COURIER_NEW, query_get_u64(q, COURIER_NEW));
	fact_u64(p, h, W_COURIER_HAD, query_get_u64(q, COURIER_HAD));
	fact_u64(p, h, W_COURIER_REFUSED, query_get_u64(q, COURIER_REFUSED));
	fact_u64(p, h, W_COURIER_PARTS, query_get_u64(q, COURIER_PARTS));
	if (query_get_u64(q, COURIER_UNKNOWN) > 0)
		fact_u64(p, h, W_COURIER_UNKNOWN, query_get_u64(q, COURIER_UNKNOWN));
	html_close(h);
	if (query_get_text(q, COURIER_CUT).len > 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("error"));
		page_say(p, h, W_COURIER_CUT);
		html_text(h, STR(" "));
		page_english(p, h, query_get_text(q, COURIER_CUT));
		html_close(h);
	}
}

/* Behind draw_came, whose section it ends. */
static int draw_judged(const struct page_ask *p, struct html *h, uint64_t id, struct err *e)
{
	static const enum word head[] = {W_PEER_VERDICT, W_COL_REASON, W_COURIER_COUNT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select verdict, n from courier_verdict where courier = ? order by n desc, verdict");
	uint64_t n = 0;

	query_u64(&q, id);
	for (; query_next(&q) == 1; n++) {
		enum statement_verdict v = verdict_find(query_get_text(&q, 0));
		if (n == 0)
			page_table(p, h, W_COURIER_JUDGED, head);
		html_open(h, "tr");
		page_cell(h, query_get_text(&q, 0));
		html_open(h, "td");
		page_english(p, h, v < VERDICT_END ? str_from(verdict_table[v].about) : STR(""));
		html_close(h);
		page_cell_u64(h, query_get_u64(&q, 1));
		html_close(h);
	}
	int rc = query_done(&q, e);
	if (n > 0)
		page_table_end(h);
	html_close(h);
	return rc;
}

/* ---- what waits ---------------------------------------------------------------------------------- */

static void draw_next(const struct page_ask *p, struct html *h, const struct courier_row *c)
{
	struct courier_waits w;

	if (c->party.len == 0 || !courier_may(p->ask->state, c->party))
		return;
	courier_waits(p->ask->state, c->party, &w);
	page_section(p, h, "h-next", c->out ? W_COURIER_STILL : W_COURIER_BACK);
	page_line(p, h, "p", NULL, c->out ? W_COURIER_STILL_WHAT : W_COURIER_BACK_WHAT);
	html_open(h, "p");
	html_line(h, "strong", NULL, c->party);
	html_text(h, STR(": "));
	page_sayf(p, h, W_COURIER_WAITING, page_number(p, w.statements), page_number(p, w.receipts),
	        page_number(p, w.attachments), courier_bytes(p, w.bytes));
	if (w.signing > 0) {
		html_text(h, STR(" "));
		page_sayf(p, h, W_COURIER_SIGNING, page_number(p, w.signing));
	}
	html_close(h);
	courier_form(p, h, c->party);
	html_close(h);
}

/* ---- the page ------------------------------------------------------------------------------------ */

static void draw_again(const struct page_ask *p, struct html *h, const struct courier_row *c)
{
	page_line(p, h, "p", NULL, W_COURIER_BUSY);
	html_open(h, "p");
	page_link(h, arena_printf(p->ask->arena, "/couriers/X%llu", (unsigned long long)c->id).p,
	        page_word(p, W_COURIER_AGAIN));
	html_close(h);
}

static void draw_facts(const struct page_ask *p, struct html *h, const struct query *q)
{
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	page_line(p, h, "dt", NULL, W_COL_STATE);
	html_open(h, "dd");
	html_text(h, page_key(p, "carried", query_get_text(q, COURIER_DIRECTION)));
	html_text(h, STR(", "));
	page_tag(p, h, "courier", query_get_text(q, COURIER_STATE));
	html_close(h);
	peer_fact(p, h, W_PEERS_PARTY, query_get_text(q, COURIER_PARTY));
	peer_fact(p, h, W_COL_NAME, query_get_text(q, COURIER_NAMED));
	page_line(p, h, "dt", NULL, W_COL_WHEN);
	html_open(h, "dd");
	page_time(h, query_get_i64(q, COURIER_AT));
	html_text(h, STR(" "));
	html_text(h, query_get_text(q, COURIER_PERSON));
	html_close(h);
	if (query_get_text(q, COURIER_SHA256).len > 0) {
		peer_fact(p, h, W_COURIERS_SIZE, courier_bytes(p, query_get_u64(q, COURIER_SIZE)));
		page_line(p, h, "dt", NULL, W_COURIER_DIGEST);
		html_open(h, "dd");
		draw_digest(h, query_get_text(q, COURIER_SHA256));
		html_close(h);
	} else {
		fact_u64(p, h, W_COURIER_STATEMENTS, query_get_u64(q, COURIER_STATEMENTS));
		fact_u64(p, h, W_COURIER_PARTS, query_get_u64(q, COURIER_PARTS));
	}
	html_close(h);
	if (query_get_text(q, COURIER_WHY).len > 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("error"));
		page_english(p, h, query_get_text(q, COURIER_WHY));
		html_close(h);
	}
}

static int draw_one(const struct page_ask *p, struct html *h, const struct query *q, struct err *e)
{
	struct courier_row c = {.id = query_get_u64(q, COURIER_ID),
	        .out = str_eq(query_get_text(q, COURIER_DIRECTION), STR("out")),
	        .party = arena_str(p->ask->arena, query_get_text(q, COURIER_PARTY)),
	        .state = arena_str(p->ask->arena, query_get_text(q, COURIER_STATE))};
	int rc = 0;

	html_line(h, "h1", NULL, page_id(p, 'X', c.id));
	draw_facts(p, h, q);
	if (str_eq(c.state, STR("wanted"))) {
		draw_again(p, h, &c);
		return 0;
	}
	if (str_eq(c.state, STR("ready")) && c.out) {
		rc = draw_files(p, h, &c, query_get_u64(q, COURIER_STATEMENTS), e);
	} else if (str_eq(c.state, STR("ready"))) {
		draw_came(p, h, q);
		rc = draw_judged(p, h, c.id, e);
	}
	draw_next(p, h, &c);
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	uint64_t id;

	page_line(p, h, "p", NULL, W_COURIER);
	if (ask_id(p->ask->id, 'X', &id, e) != 0)
		return ERR_USAGE;
	struct query q = couriers_row(p->ask->state, id);
	bool there = query_next(&q) == 1;
	int rc = there ? draw_one(p, h, &q, e) : 0, done = query_done(&q, e);
	if (rc != 0 || done != 0)
		return rc != 0 ? rc : done;
	return there ? 0 : err_set(e, ERR_MISSING, "there is no courier X%llu", (unsigned long long)id);
}

const struct page page_courier = {
        .path = "/couriers", .title = W_COURIER, .id = true, .right = RIGHT_LINK, .draw = draw};
