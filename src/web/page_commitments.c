/* SPDX-License-Identifier: Apache-2.0
 *
 * Commitments of all parties: by owner and due date. Late is computed from the date; nobody types it. Counts by status and no ranking; and
 * of each instrument what has changed since it was reviewed last here, or else since it was adopted.
 */
#include "agree/figure.h"
#include "web/page_round.h"
#include "web/rounds.h"
#include <stdlib.h>

#define SECOND ((int64_t)1000000)

static const char *const statuses[] = {"planned", "under-way", "done", "dropped", NULL};

static void draw_counts(
        const struct page_ask *p, struct html *h, const struct agree_commitment *c, unsigned n)
{
	static const char *const all[] = {"late", "planned", "under-way", "done", "dropped", NULL};

	html_open(h, "ul");
	html_attr(h, "class", STR("figures"));
	for (unsigned s = 0; all[s] != NULL; s++) {
		uint64_t k = 0;
		for (unsigned i = 0; i < n; i++)
			k += str_eq(c[i].status, str_from(all[s]));
		html_open(h, "li");
		html_open(h, "p");
		html_open(h, "strong");
		html_u64(h, k);
		html_close(h);
		html_text(h, STR(" "));
		html_text(h, page_key(p, "rstatus", str_from(all[s])));
		html_close(h);
		html_close(h);
	}
	html_close(h);
}

/* ---- since the last review ------------------------------------------------------------------------- */

static unsigned count_changed(const struct agree_commitment *c, unsigned n, struct str word)
{
	unsigned k = 0;

	for (unsigned i = 0; i < n; i++)
		k += str_eq(word, STR("new")) ? c[i].is_new
		                              : c[i].changed.len > 0 && str_eq(c[i].status, word);
	return k;
}

static void draw_since(const struct page_ask *p, struct html *h, const struct agree_commitment *c, unsigned n)
{
	static const char *const words[] = {"new", "done", "late", "dropped", NULL};

	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	struct str ref = arena_printf(p->ask->arena, "%.*s/%u", STR_ARG(c->instrument), c->number);
	round_link(h, ref, ref);
	html_close(h);
	html_open(h, "td");
	page_say(p, h, c->reviewed ? W_AGREE_SINCE_REVIEW : W_AGREE_SINCE_ADOPTED);
	html_text(h, STR(" "));
	page_time(h, c->since * SECOND);
	html_close(h);
	for (unsigned i = 0; words[i] != NULL; i++) {
		html_open(h, "td");
		html_attr(h, "class", STR("number"));
		html_u64(h, count_changed(c, n, str_from(words[i])));
		html_close(h);
	}
	html_close(h);
}

static int by_round(const void *a, const void *b)
{
	const struct agree_commitment *x = a, *y = b;
	int order = str_cmp(x->instrument, y->instrument);

	if (order == 0)
		order = x->number < y->number ? -1 : x->number > y->number;
	return order;
}

static void draw_changes(
        const struct page_ask *p, struct html *h, const struct agree_commitment *all, unsigned n)
{
	static const enum word head[] = {W_AGREE_ROUND, W_AGREE_REVIEW_SINCE, W_RSTATUS_NEW, W_RSTATUS_DONE,
	        W_RSTATUS_LATE, W_RSTATUS_DROPPED, WORD_END};
	struct agree_commitment *c = arena_array(p->ask->arena, n + 1, sizeof(*c));

	if (n == 0)
		return;
	memcpy(c, all, n * sizeof(*c));
	qsort(c, n, sizeof(*c), by_round);
	page_section(p, h, "h-changes", W_AGREE_REVIEW_CHANGES);
	page_table(p, h, W_AGREE_REVIEW_CHANGES, head);
	for (unsigned i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && by_round(&c[i], &c[k]) == 0;)
			k++;
		draw_since(p, h, &c[i], k - i);
	}
	page_table_end(h);
	html_close(h);
}

/* "new late": a tag for each word. */
static void cell_changed(const struct page_ask *p, struct html *h, struct str words)
{
	html_open(h, "td");
	for (struct str_cut w = {.tail = words}; w.tail.len > 0;) {
		w = str_cut(w.tail, ' ');
		page_tag(p, h, "rstatus", w.head);
		html_text(h, STR(" "));
	}
	html_close(h);
}

/* ---- the figures ----------------------------------------------------------------------------------- */

static void as_of(const struct page_ask *p, struct html *h, int64_t at)
{
	html_text(h, STR(" "));
	page_say(p, h, W_AGREE_AS_OF);
	html_text(h, STR(" "));
	page_time(h, at);
}

/* What our own records say that it was at the last review. */
static void draw_then(const struct page_ask *p, struct html *h, const struct agree_commitment *c,
        const struct agree_figure *f)
{
	struct agree_measured m = {0};
	char then[48];

	if (f == NULL || !f->past || !c->reviewed || c->is_new ||
	        agree_measure(p->ask->state, f, c->since * SECOND, &m, NULL) != 0 || m.of == 0)
		return;
	html_text(h, STR(" "));
	page_say(p, h, W_AGREE_AT_REVIEW);
	html_text(h, STR(" "));
	html_text(h, agree_measured_text(then, f, &m));
	html_text(h, STR(" "));
}

/* What it was, and of our own what it is. */
static void draw_measured(
        const struct page_ask *p, struct html *h, const struct agree_commitment *c, struct str me)
{
	const struct agree_figure *f = str_eq(c->party, me) ? agree_figure_find(c->figure) : NULL;
	struct agree_measured m = {0};
	char now[48];
	bool has = f != NULL && agree_measure(p->ask->state, f, p->now, &m, NULL) == 0 && m.of > 0;

	if (c->base.len > 0 || has)
		html_empty(h, "br");
	if (c->base.len > 0) {
		page_say(p, h, W_AGREE_AT_FIRST);
		html_printf(h, " %.*s %.*s ", STR_ARG(c->base), STR_ARG(c->unit));
	}
	draw_then(p, h, c, f);
	if (!has)
		return;
	page_say(p, h, W_AGREE_MEASURED_NOW);
	html_text(h, STR(" "));
	html_open(h, "strong");
	if (!agree_measured_holds(&m, c->is, c->target))
		html_attr(h, "class", STR("error"));
	html_text(h, agree_measured_text(now, f, &m));
	html_close(h);
	as_of(p, h, p->now);
}

static void draw_indicator(
        const struct page_ask *p, struct html *h, const struct agree_commitment *c, struct str me)
{
	html_open(h, "td");
	if (c->figure.len > 0) {
		html_line(h, "code", NULL, c->figure);
		html_text(h, STR(" "));
		html_text(h, c->is);
		html_printf(h, " %lld ", (long long)c->target);
		html_text(h, c->unit);
		draw_measured(p, h, c, me);
	}
	html_close(h);
}

/* ---- evidence -------------------------------------------------------------------------------------- */

static void file_link(const struct page_ask *p, struct html *h, const struct agree_commitment *c,
        const struct agree_evidence *v)
{
	struct link l;

	html_open(h, "a");
	link_begin(&l, "/api/v1/round-evidence");
	link_param(&l, "round", arena_printf(p->ask->arena, "%.*s/%u", STR_ARG(c->instrument), c->number));
	/* whole: another party may name a file whose digest begins alike */
	link_param(&l, "of", rounds_hex(p->ask->arena, v->sha256));
	html_link(h, "href", &l);
	html_text(h, v->name.len > 0 ? v->name : STR("evidence"));
	html_close(h);
	html_text(h, STR(" "));
	html_line(h, "code", NULL, round_id(p, v->sha256));
}

/* An address that another party has said is text: nobody follows it by a slip. */
static void draw_evidence(const struct page_ask *p, struct html *h, const struct agree_commitment *c)
{
	if (c->evidences == 0)
		return;
	page_line(p, h, "p", NULL, W_AGREE_EVIDENCE);
	html_open(h, "ul");
	for (unsigned i = 0; i < c->evidences; i++) {
		const struct agree_evidence *v = &c->evidence[i];
		html_open(h, "li");
		if (v->file)
			file_link(p, h, c, v);
		else if (v->link.len > 0)
			html_line(h, "code", NULL, v->link);
		else
			html_printf(
			        h, "%.*s %.*s %.*s", STR_ARG(v->figure), STR_ARG(v->value), STR_ARG(v->unit));
		if (!v->file && v->link.len == 0)
			as_of(p, h, v->at * SECOND);
		html_close(h);
	}
	html_close(h);
}

static void evidence_fields(
        const struct page_ask *p, struct html *h, const struct agree_commitment *c, unsigned i)
{
	struct str file = arena_printf(p->ask->arena, "g%u-file", i),
	           figure = arena_printf(p->ask->arena, "g%u-figure", i);

	html_open(h, "p");
	html_open(h, "label");
	html_attr(h, "for", file);
	page_say(p, h, W_AGREE_EVIDENCE_FILE);
	html_close(h);
	html_text(h, STR(" "));
	html_empty(h, "input");
	html_attr(h, "type", STR("file"));
	html_attr(h, "id", file);
	html_attr(h, "name", STR("file"));
	html_close(h);
	round_field(p, h, arena_printf(p->ask->arena, "g%u-", i).p, "evidence-link", W_AGREE_EVIDENCE_LINK,
	        (struct str){0}, 12, false);
	if (agree_figure_find(c->figure) == NULL)
		return;
	html_open(h, "p");
	html_empty(h, "input");
	html_attr(h, "type", STR("checkbox"));
	html_attr(h, "id", figure);
	html_attr(h, "name", STR("evidence-figure"));
	html_attr(h, "value", STR("yes"));
	html_open(h, "label");
	html_attr(h, "for", figure);
	page_say(p, h, W_AGREE_EVIDENCE_FIGURE);
	html_close(h);
	html_close(h);
}

static void draw_progress(
        const struct page_ask *p, struct html *h, const struct agree_commitment *c, unsigned i)
{
	const char *prefix = arena_printf(p->ask->arena, "g%u-", i).p;

	page_form_with_file(p, h, "/agree/progress", "act");
	page_hidden(h, "round", arena_printf(p->ask->arena, "%.*s/%u", STR_ARG(c->instrument), c->number));
	page_hidden(h, "id", round_id(p, c->id));
	round_choice(p, h, prefix, "status", W_COL_STATE, "rstatus", statuses, c->status);
	round_field(p, h, prefix, "text", W_NOTE, (struct str){0}, 12, false);
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_AGREE_EVIDENCE);
	evidence_fields(p, h, c, i);
	html_close(h);
	page_button(p, h, W_SAVE);
	html_close(h);
}

static void draw_row(
        const struct page_ask *p, struct html *h, const struct agree_commitment *c, unsigned i, struct str me)
{
	html_open(h, "tr");
	if (str_eq(c->status, STR("late")))
		html_attr(h, "data-severity", STR("high"));
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, c->party);
	html_close(h);
	page_cell(h, c->owner);
	html_open(h, "td");
	html_attr(h, "class", STR("lines"));
	html_text(h, c->what);
	round_words(p, h, "p", "note", &c->words);
	draw_evidence(p, h, c);
	html_close(h);
	html_open(h, "td");
	struct str ref = arena_printf(p->ask->arena, "%.*s/%u", STR_ARG(c->instrument), c->number);
	html_open(h, "p");
	round_link(h, ref, ref);
	if (c->clause.len > 0) {
		html_text(h, STR(" "));
		html_line(h, "code", NULL, c->clause);
	}
	html_close(h);
	html_close(h);
	page_cell_time(h, c->due * SECOND);
	page_cell_tag(p, h, "rstatus", c->status);
	cell_changed(p, h, c->changed);
	page_cell_time(h, (c->moved != 0 ? c->moved : c->said) * SECOND);
	draw_indicator(p, h, c, me);
	html_open(h, "td");
	if (str_eq(c->party, me) && page_may(p, RIGHT_CONSULT))
		draw_progress(p, h, c, i);
	html_close(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_AGREE_MEMBER, W_AGREE_OWNER, W_COL_WHAT, W_AGREE_ROUND,
	        W_AGREE_DUE, W_COL_STATE, W_AGREE_CHANGED, W_AGREE_MOVED, W_AGREE_INDICATOR, W_COL_ACT,
	        WORD_END};
	struct agree_commitment *c;
	unsigned n = agree_commitments(p->ask->state, p->ask->arena, 0, p->now / SECOND, &c);
	struct str me = agree_party(p->ask->state, p->ask->arena);

	(void)e;
	page_line(p, h, "h1", NULL, W_AGREE_COMMITMENTS);
	draw_counts(p, h, c, n);
	draw_changes(p, h, c, n);
	if (n > 0)
		page_table(p, h, W_AGREE_COMMITMENTS, head);
	for (unsigned i = 0; i < n; i++)
		draw_row(p, h, &c[i], i, me);
	page_table_over(p, h, n, W_NONE);
	page_line(p, h, "p", "note", W_AGREE_MEASURED);
	page_line(p, h, "p", "note", W_AGREE_COMMIT_WHERE);
	return 0;
}

const struct page page_commitments = {
        .path = "/agree-commitments", .title = W_AGREE_COMMITMENTS, .right = RIGHT_READ, .draw = draw};
