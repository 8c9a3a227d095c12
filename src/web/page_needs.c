/* SPDX-License-Identifier: Apache-2.0
 *
 * Needs and offers, matched: each need with what fits it, ours beside those of others; offers and how they stand; what has ended is
 * folded away.
 */
#include "web/page_learn.h"

#define ROWS 200

/* ---- the filter ---------------------------------------------------------------------------------- */

static void draw_filter(const struct page_ask *p, struct html *h)
{
	page_filter(h, "/needs", "act");
	learn_areas_select(p, h, "f-", ask_param(p->ask, "area"), W_FINDINGS_ANY);
	learn_field(p, h, "f-", "sim3", W_LEARN_SIM3, ask_param(p->ask, "sim3"), 5);
	learn_field(p, h, "f-", "party", W_LEARN_PARTY, ask_param(p->ask, "party"), 6);
	learn_field(p, h, "f-", "q", W_FINDINGS_TEXT, ask_param(p->ask, "q"), 12);
	page_button(p, h, W_FILTER);
	html_close(h);
}

/* ---- needs --------------------------------------------------------------------------------------- */

struct fit {
	uint64_t id, why;
	struct str sim3, party, title;
	bool ours;
};
#define FITS 20 /* as LEARN_FITS has at most */

static void draw_fit(const struct page_ask *p, struct html *h, const struct fit *f)
{
	html_open(h, "li");
	learn_link(p, h, f->id, f->title);
	html_text(h, STR(" ("));
	html_text(h, f->party);
	html_text(h, STR("; "));
	if (f->why == 1)
		html_text(h, f->sim3);
	else
		page_say(p, h, f->why == 0 ? W_FITS_ANSWERS : W_FITS_AREA);
	html_text(h, STR(")"));
	html_close(h);
}

static int find_fits(const struct page_ask *p, uint64_t need, struct fit *ret, unsigned *ret_n, struct err *e)
{
	struct arena *a = p->ask->arena;
	struct query q = db_query(p->ask->state,
	        "select f.*, o.party, o.title, o.ours from (" LEARN_FITS ") f join learn o on o.id = f.id");

	*ret_n = 0;
	query_u64(&q, need);
	query_i64(&q, p->now / 1000000);
	while (*ret_n < FITS && query_next(&q) == 1)
		ret[(*ret_n)++] = (struct fit){query_get_u64(&q, 0), query_get_u64(&q, 1),
		        arena_str(a, query_get_text(&q, 2)), arena_str(a, query_get_text(&q, 3)),
		        arena_str(a, query_get_text(&q, 4)), query_get_u64(&q, 5) != 0};
	return query_done(&q, e);
}

/* The offers that fit, ours or those of others, in a cell. */
static void draw_fits(const struct page_ask *p, struct html *h, const struct fit *f, unsigned n, bool ours)
{
	unsigned shown = 0;

	html_open(h, "td");
	for (unsigned i = 0; i < n; i++) {
		if (f[i].ours != ours)
			continue;
		if (shown++ == 0)
			html_open(h, "ul");
		draw_fit(p, h, &f[i]);
	}
	if (shown > 0)
		html_close(h);
	html_close(h);
}

static void draw_offer_form(const struct page_ask *p, struct html *h, uint64_t need)
{
	html_open(h, "td");
	if (page_may(p, RIGHT_WORK)) {
		page_form(p, h, "/needs/new", "act");
		page_hidden(h, "kind", STR("offer"));
		page_hidden(h, "reply", page_id(p, 'G', need));
		page_button(p, h, W_NEEDS_OFFER);
		html_close(h);
	}
	html_close(h);
}

static int draw_need(
        const struct page_ask *p, struct html *h, const struct query *q, bool ours, struct err *e)
{
	struct fit fits[FITS];
	unsigned n;
	uint64_t id = query_get_u64(q, 0);
	int rc = find_fits(p, id, fits, &n, e);

	learn_row(p, h, id, query_get_text(q, 1));
	if (!ours)
		page_cell(h, query_get_text(q, 2));
	learn_area(p, h, query_get_text(q, 3));
	page_cell(h, query_get_text(q, 4));
	learn_cell_when(h, query_get_i64(q, 5));
	if (!ours)
		draw_fits(p, h, fits, n, true);
	draw_fits(p, h, fits, n, false);
	if (!ours)
		draw_offer_form(p, h, id);
	html_close(h);
	return rc;
}

/* ?9: ours or theirs. */
#define OPEN_ONES(columns)                                                                                   \
	"select l.id, l.title, l.party, l.area, " LEARN_SIM3("l") ", coalesce(l.until, 0)" columns           \
	                                                          " from learn l" LEARN_WHERE                \
	                                                          " and l.ours = ?9 order by l.id desc "     \
	                                                          "limit ?10"

static struct query open_ones(const struct page_ask *p, const char *sql, enum learn_kind kind, bool ours)
{
	struct learn_filter f = learn_filter(p->ask, kind);
	struct query q = db_query(p->ask->state, sql);

	f.state = STR("open");
	learn_bind(&q, &f, p->now);
	query_u64(&q, ours);
	query_u64(&q, ROWS);
	return q;
}

static int draw_needs(const struct page_ask *p, struct html *h, bool ours, struct err *e)
{
	static const enum word head_ours[] = {
	        W_LEARN_NEED, W_LEARN_AREA, W_LEARN_SIM3, W_LEARN_UNTIL, W_NEEDS_FIT, WORD_END};
	static const enum word head_theirs[] = {W_LEARN_NEED, W_LEARN_PARTY, W_LEARN_AREA, W_LEARN_SIM3,
	        W_LEARN_UNTIL, W_NEEDS_FIT_OURS, W_NEEDS_FIT, W_COL_ACT, WORD_END};
	enum word title = ours ? W_NEEDS_OURS : W_NEEDS_THEIRS;
	struct query q = open_ones(p, OPEN_ONES(""), LEARN_NEED, ours);
	uint64_t n = 0;
	int rc = 0;

	page_section(p, h, ours ? "h-ours" : "h-theirs", title);
	while (rc == 0 && query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, title, ours ? head_ours : head_theirs);
		rc = draw_need(p, h, &q, ours, e);
	}
	int end = query_done(&q, e);
	page_table_over(p, h, n, W_NONE);
	html_close(h);
	return rc != 0 ? rc : end;
}

/* ---- offers -------------------------------------------------------------------------------------- */

#define OFFER                                                                                                \
	", coalesce((select n.id from learn n where n.said = l.reply), 0), l.reply is not null, "            \
	"coalesce(l.acked, 0), l.heard, (select count(*) from delivery d where d.statement = l.statement), " \
	"(select count(*) from delivery d where d.statement = l.statement and d.acked is not null)"

static void draw_answers(const struct page_ask *p, struct html *h, const struct query *q)
{
	html_open(h, "td");
	if (query_get_u64(q, 6) != 0)
		learn_link(p, h, query_get_u64(q, 6), STR(""));
	else if (query_get_u64(q, 7) != 0)
		page_say(p, h, W_OFFER_AWAY);
	html_close(h);
}

static void draw_offer(const struct page_ask *p, struct html *h, const struct query *q, bool ours)
{
	struct learn_offer o = {.ours = ours,
	        .open = true,
	        .acked = query_get_i64(q, 8),
	        .heard = query_get_i64(q, 9),
	        .told = query_get_u64(q, 10),
	        .taken = query_get_u64(q, 11)};

	learn_row(p, h, query_get_u64(q, 0), query_get_text(q, 1));
	if (!ours)
		page_cell(h, query_get_text(q, 2));
	learn_area(p, h, query_get_text(q, 3));
	page_cell(h, query_get_text(q, 4));
	learn_cell_when(h, query_get_i64(q, 5));
	draw_answers(p, h, q);
	html_open(h, "td");
	learn_offer_state(p, h, &o);
	if (!ours && o.acked == 0 && page_may(p, RIGHT_RELEASE))
		learn_press(p, h, "/needs/ack", NULL, 'G', query_get_u64(q, 0), W_OFFER_ACK);
	html_close(h);
	html_close(h);
}

static int draw_offers(const struct page_ask *p, struct html *h, bool ours, struct err *e)
{
	static const enum word head_ours[] = {W_LEARN_OFFER, W_LEARN_AREA, W_LEARN_SIM3, W_LEARN_UNTIL,
	        W_OFFER_ANSWERS, W_COL_STATE, WORD_END};
	static const enum word head_theirs[] = {W_LEARN_OFFER, W_LEARN_PARTY, W_LEARN_AREA, W_LEARN_SIM3,
	        W_LEARN_UNTIL, W_OFFER_ANSWERS, W_COL_STATE, WORD_END};
	enum word title = ours ? W_OFFERS_OURS : W_OFFERS_THEIRS;
	struct query q = open_ones(p, OPEN_ONES(OFFER), LEARN_OFFER, ours);
	uint64_t n = 0;

	page_section(p, h, ours ? "h-offers" : "h-offers-theirs", title);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, title, ours ? head_ours : head_theirs);
		draw_offer(p, h, &q, ours);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_NONE);
	html_close(h);
	return rc;
}

/* ---- what has ended ------------------------------------------------------------------------------ */

#define ENDED " from learn l where l.kind <> 'practice' and not " LEARN_OPEN("l", "?1")

static uint64_t count_ended(const struct page_ask *p)
{
	struct query q = db_query(p->ask->state, "select count(*)" ENDED);
	uint64_t n = 0;

	query_i64(&q, p->now / 1000000);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return n;
}

static int draw_ended(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {
	        W_COL_NAME, W_COL_WHAT, W_LEARN_PARTY, W_COL_STATE, W_REASON, W_COL_WHEN, WORD_END};
	uint64_t n = count_ended(p);

	if (n == 0)
		return 0;
	struct query q = db_query(p->ask->state,
	        "select l.id, l.title, l.kind, l.party, " LEARN_STATE(
	                "l", "?1") ", l.reason, coalesce(l.withdrawn, l.until)" ENDED
	                           " order by coalesce(l.withdrawn, l.until) desc, l.id desc limit ?2");
	html_open(h, "details");
	html_open(h, "summary");
	page_sayf(p, h, W_NEEDS_ENDED, page_number(p, n));
	html_close(h);
	page_table(p, h, W_NEEDS, head);
	query_i64(&q, p->now / 1000000);
	query_u64(&q, ROWS);
	while (query_next(&q) == 1) {
		learn_row(p, h, query_get_u64(&q, 0), query_get_text(&q, 1));
		page_cell(h, page_key(p, "learn", query_get_text(&q, 2)));
		page_cell(h, query_get_text(&q, 3));
		page_cell_tag(p, h, "lstate", query_get_text(&q, 4));
		page_cell(h, query_get_text(&q, 5));
		learn_cell_when(h, query_get_i64(&q, 6));
		html_close(h);
	}
	page_table_end(h);
	html_close(h);
	return query_done(&q, e);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	page_line(p, h, "h1", NULL, W_NEEDS);
	page_line(p, h, "p", "note", W_NEEDS_WHAT);
	learn_drafts(p, h, false);
	draw_filter(p, h);
	int rc = draw_needs(p, h, true, e);
	if (rc == 0)
		rc = draw_needs(p, h, false, e);
	if (rc == 0)
		rc = draw_offers(p, h, true, e);
	if (rc == 0)
		rc = draw_offers(p, h, false, e);
	if (rc == 0)
		rc = draw_ended(p, h, e);
	if (rc == 0 && page_may(p, RIGHT_WORK)) {
		learn_new(p, h, LEARN_NEED, W_NEEDS_NEW);
		learn_new(p, h, LEARN_OFFER, W_NEEDS_OFFER);
	}
	return rc;
}

const struct page page_needs = {
        .path = "/needs", .title = W_NEEDS, .group = PAGE_LINK, .right = RIGHT_READ, .draw = draw};
