/* SPDX-License-Identifier: Apache-2.0
 *
 * Consultations: what we owe and until when, what is wrong, what waits for a second signature, texts that are being written.
 */
#include "web/page_round.h"

#define SECOND ((int64_t)1000000)

/* ---- two persons --------------------------------------------------------------------------------- */

static void draw_waiting(const struct page_ask *p, struct html *h)
{
	static const enum word head[] = {
	        W_AGREE_WHAT, W_AGREE_ROUND, W_AGREE_BY, W_COL_WHEN, W_AGREE_COUNTS_UNTIL, WORD_END};
	struct agree_waiting *w;
	unsigned n = agree_waitings(p->ask->state, p->ask->arena, 0, &w);

	if (n == 0)
		return;
	page_section(p, h, "h-second", W_AGREE_SECOND);
	page_table(p, h, W_AGREE_SECOND, head);
	for (unsigned i = 0; i < n; i++) {
		struct link l;
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_open(h, "a");
		link_begin(&l, "/agree-sign");
		link_part(&l, page_number(p, w[i].id));
		html_link(h, "href", &l);
		html_text(h, page_key(p, "rkind", str_skip(w[i].kind, 6)));
		html_close(h);
		html_close(h);
		html_open(h, "td");
		html_text(h, w[i].instrument);
		if (w[i].number > 0)
			html_printf(h, "/%u", w[i].number);
		html_close(h);
		page_cell(h, w[i].person);
		page_cell_time(h, w[i].at);
		html_open(h, "td");
		round_time(p, h, w[i].until, NULL);
		html_close(h);
		html_close(h);
	}
	page_table_end(h);
	html_close(h);
}

/* ---- rounds -------------------------------------------------------------------------------------- */

static void cell_until(const struct page_ask *p, struct html *h, int64_t seconds)
{
	html_open(h, "td");
	if (seconds != 0)
		round_time(p, h, seconds, NULL);
	html_close(h);
}

static void cell_count(struct html *h, bool shown, unsigned n)
{
	html_open(h, "td");
	html_attr(h, "class", STR("number"));
	if (shown)
		html_u64(h, n);
	html_close(h);
}

static void cell_served(struct html *h, const struct agree_look *l)
{
	html_open(h, "td");
	html_attr(h, "class", STR("number"));
	if (l->members > 0)
		html_printf(h, "%u / %u", l->served, l->members);
	html_close(h);
}

static void cell_state(const struct page_ask *p, struct html *h, const struct agree_look *l)
{
	html_open(h, "td");
	page_tag(p, h, "round", l->shown);
	if (round_because(p, l->because).len > 0) {
		html_text(h, STR(" "));
		html_text(h, round_because(p, l->because));
	}
	if (l->why.len > 0) {
		html_text(h, STR(" "));
		page_english(p, h, l->why);
	}
	if (l->unexplained.len > 0) {
		html_open(h, "span");
		html_attr(h, "class", STR("error"));
		page_sayf(p, h, W_AGREE_UNEXPLAINED_SHORT, l->unexplained);
		html_close(h);
	}
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct agree_look *l)
{
	bool wrong = l->live && agree_is_wrong(l->shown);
	html_open(h, "tr");
	if (wrong || l->pressing || l->unexplained.len > 0)
		html_attr(h, "data-severity", STR("critical"));
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	round_link(h, l->ref, arena_printf(p->ask->arena, "%.*s/%u", STR_ARG(l->instrument), l->number));
	if (!str_cut(l->ref, '/').ok) {
		html_text(h, STR(" "));
		html_line(h, "code", NULL, str_sub(l->ref, 0, 12));
	}
	html_close(h);
	page_cell(h, l->title);
	cell_state(p, h, l);
	html_open(h, "td");
	round_owed(p, h, l);
	if (l->until != 0) {
		html_text(h, STR(" \xc2\xb7 "));
		round_time(p, h, l->until, NULL);
	}
	if (l->carried > 0) {
		html_open(h, "div");
		page_sayf(p, h, W_AGREE_CARRIED_COUNT, page_number(p, l->carried));
		html_close(h);
	}
	html_close(h);
	cell_until(p, h, l->closes);
	cell_served(h, l);
	cell_count(h, l->open > 0, l->open);
	cell_count(h, l->stale > 0, l->stale);
	cell_count(h, l->voices > 0, l->voices);
	page_cell(h, l->chair);
	html_close(h);
}

static void draw_rounds(const struct page_ask *p, struct html *h)
{
	static const enum word head[] = {W_AGREE_ROUND, W_AGREE_TITLE, W_COL_STATE, W_AGREE_OWED,
	        W_AGREE_CLOSES, W_AGREE_SERVED, W_AGREE_UNANSWERED, W_AGREE_STALE_CLAUSES, W_AGREE_VOICES,
	        W_AGREE_CHAIR, WORD_END};
	struct agree_look *all;
	unsigned n = agree_looks(p->ask->state, p->ask->folder, p->ask->arena, p->now / SECOND, &all);

	page_section(p, h, "h-rounds", W_AGREE_ROUNDS);
	html_open(h, "div");
	html_attr(h, "class", STR("rows prose"));
	if (n > 0)
		page_table(p, h, W_AGREE_ROUNDS, head);
	for (unsigned i = 0; i < n; i++)
		draw_row(p, h, &all[i]);
	page_table_over(p, h, n, W_NONE);
	html_close(h);
	html_close(h);
}

/* ---- commitments --------------------------------------------------------------------------------- */

static void draw_commitments(const struct page_ask *p, struct html *h)
{
	struct agree_commitment *c;
	unsigned n = agree_commitments(p->ask->state, p->ask->arena, 0, p->now / SECOND, &c), late = 0;
	struct link l;

	for (unsigned i = 0; i < n; i++)
		late += str_eq(c[i].status, STR("late"));
	html_open(h, "ul");
	html_attr(h, "class", STR("figures"));
	link_begin(&l, "/agree-commitments");
	page_figure(p, h, late, W_AGREE_LATE_COMMITMENTS, &l);
	link_begin(&l, "/agree-commitments");
	page_figure(p, h, n, W_AGREE_COMMITMENTS, &l);
	html_close(h);
}

/* ---- drafts -------------------------------------------------------------------------------------- */

static void link_to(struct html *h, const char *path, struct str part, struct str text)
{
	struct link l;

	html_open(h, "a");
	link_begin(&l, path);
	if (part.len > 0)
		link_part(&l, part);
	html_link(h, "href", &l);
	html_text(h, text);
	html_close(h);
}

/* The languages of one instrument, from that row on; the row of the next instrument. */
static unsigned draw_draft(
        const struct page_ask *p, struct html *h, const struct agree_draft_look *d, unsigned i, unsigned n)
{
	struct str instrument = d[i].instrument;
	const struct agree_draft_look *of = &d[i];
	int64_t at = 0;

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	link_to(h, "/agree-draft", instrument, instrument);
	html_close(h);
	html_open(h, "td");
	for (unsigned first = i; i < n && str_eq(d[i].instrument, instrument); i++) {
		html_text(h, i > first ? STR(", ") : STR(""));
		html_text(h, d[i].lang);
		if (d[i].authentic) {
			html_text(h, STR(" "));
			html_line(h, "span", "tag", page_word(p, W_AGREE_AUTHENTIC));
		}
		at = d[i].at > at ? d[i].at : at;
		of = d[i].number == 0 ? &d[i] : of;
	}
	html_close(h);
	page_cell_time(h, at);
	html_open(h, "td");
	if (of->number > 0)
		round_draft_of(p, h, of);
	else
		link_to(h, "/agree-plan", instrument, page_word(p, W_AGREE_PLAN));
	html_close(h);
	html_close(h);
	return i;
}

static void draw_drafts(const struct page_ask *p, struct html *h)
{
	static const enum word head[] = {
	        W_AGREE_INSTRUMENT, W_AGREE_LANGUAGES, W_COL_WHEN, W_AGREE_NEXT, WORD_END};
	struct agree_draft_look *d;
	unsigned n = agree_drafts(p->ask->state, p->ask->folder, p->ask->arena, (struct str){0}, &d);

	page_section(p, h, "h-drafts", W_AGREE_DRAFTS);
	if (n > 0)
		page_table(p, h, W_AGREE_DRAFTS, head);
	for (unsigned i = 0; i < n;)
		i = draw_draft(p, h, d, i, n);
	page_table_over(p, h, n, W_NONE);
	if (page_may(p, RIGHT_CONSULT)) {
		html_open(h, "p");
		link_to(h, "/agree-draft", STR("new"), page_word(p, W_AGREE_DRAFT_NEW));
		html_close(h);
	}
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	(void)e;
	page_line(p, h, "h1", NULL, W_AGREE);
	draw_waiting(p, h);
	draw_rounds(p, h);
	draw_commitments(p, h);
	draw_drafts(p, h);
	rounds_delegations(p, h);
	return 0;
}

const struct page page_rounds = {
        .path = "/agree", .title = W_AGREE, .group = PAGE_LINK, .right = RIGHT_READ, .draw = draw};
