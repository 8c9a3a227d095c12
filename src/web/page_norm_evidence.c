/* SPDX-License-Identifier: Apache-2.0
 *
 * On the page of a norm: what the records show now beside what a person has confirmed; and further actions.
 */
#include "web/page_norm.h"

void norm_page_value(const struct page_ask *p, struct html *h, const struct norm_value *v)
{
	if (v->counts)
		html_u64(h, v->good);
	else
		page_sayf(p, h, W_NORM_OF, page_number(p, v->good), page_number(p, v->total));
}

/* ---- evidence ------------------------------------------------------------------------------------ */

static void draw_now(const struct page_ask *p, struct html *h, const struct norm_value *now)
{
	html_open(h, "td");
	if (norm_shows(now)) {
		norm_page_value(p, h, now);
		html_text(h, STR(" "));
		page_time(h, now->until);
	} else {
		page_say(p, h, W_NORM_NOTHING);
	}
	html_close(h);
}

static void draw_was(const struct page_ask *p, struct html *h, const struct norm_confirmed *was)
{
	html_open(h, "td");
	if (was == NULL) {
		html_text(h, STR("-"));
	} else {
		norm_page_value(p, h, &was->value);
		html_text(h, STR(" "));
		page_time(h, was->value.until);
		html_text(h, STR(" "));
		html_text(h, was->person);
		if (was->note.len > 0)
			html_line(h, "p", NULL, was->note);
	}
	html_close(h);
}

static void draw_forms(const struct page_ask *p, struct html *h, const struct norm *n,
        const struct norm_figure *f, const struct norm_value *now, bool was)
{
	char seen[48];

	html_open(h, "td");
	if (page_may(p, RIGHT_CONSULT) && norm_shows(now)) {
		norm_page_form(p, h, "/norms/confirm", "act", n->key);
		page_hidden(h, "figure", str_from(f->name));
		page_hidden(h, "seen", norm_value_text(seen, now));
		page_field(p, h,
		        &(struct page_field){.prefix = arena_printf(p->ask->arena, "%s-", f->name).p,
		                .name = "note",
		                .label = W_NOTE,
		                .limit = 500,
		                .size = 16});
		page_button(p, h, W_NORM_CONFIRM);
		html_close(h);
	}
	if (page_may(p, RIGHT_CONSULT) && was) {
		norm_page_form(p, h, "/norms/withdraw", "act", n->key);
		page_hidden(h, "figure", str_from(f->name));
		page_button(p, h, W_NORM_WITHDRAW);
		html_close(h);
	}
	html_close(h);
}

static int draw_figure(const struct page_ask *p, struct html *h, const struct norm *n,
        const struct norm_figure *f, const struct norm_confirmed *was, struct err *e)
{
	struct norm_value now;
	int rc = norm_measure(p->ask->state, f, p->now, &now, e);

	if (rc != 0)
		return rc;
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, page_key(p, "nfigure", str_from(f->name)));
	html_close(h);
	draw_now(p, h, &now);
	draw_was(p, h, was);
	draw_forms(p, h, n, f, &now, was != NULL);
	html_close(h);
	return 0;
}

static int draw_figures(
        const struct page_ask *p, struct html *h, const struct norm *n, uint64_t *ret_rows, struct err *e)
{
	static const enum word head[] = {W_NORM_FIGURE, W_NORM_NOW, W_NORM_THEN, W_COL_ACT, WORD_END};
	struct norm_confirmed *all;
	unsigned nall;
	int rc = norm_confirmed_read(p->ask->state, n->key, p->ask->arena, &all, &nall, e);

	for (struct str rest = n->figures; rest.len > 0 && rc == 0;) {
		struct str_cut cut = str_cut(rest, ' ');
		const struct norm_figure *f = norm_figure_find(cut.head);
		rest = cut.tail;
		if (f == NULL || f->query == NULL)
			continue;
		if ((*ret_rows)++ == 0)
			page_table(p, h, W_NORM_RECORDS, head);
		rc = draw_figure(p, h, n, f, norm_confirmed_of(all, nall, n->key, cut.head), e);
	}
	if (*ret_rows > 0)
		page_table_end(h);
	return rc;
}

int norm_page_evidence(const struct page_ask *p, struct html *h, const struct norm *n, struct err *e)
{
	uint64_t rows = 0;

	page_section(p, h, "h-records", W_NORM_RECORDS);
	page_line(p, h, "p", "note", W_NORM_RECORDS_WHAT);
	int rc = draw_figures(p, h, n, &rows, e);
	if (str_find_str(n->figures, 0, STR("never-block")) != SIZE_MAX)
		page_line(p, h, "p", NULL, W_NORM_NO_RECORDS);
	else if (rows == 0)
		page_line(p, h, "p", NULL, W_NORM_NO_FIGURES);
	html_close(h);
	return rc;
}

/* ---- further actions ----------------------------------------------------------------------------- */

static void draw_act(const struct page_ask *p, struct html *h, const struct norm_action *x)
{
	const char *prefix = arena_printf(p->ask->arena, "x%llu-", (unsigned long long)x->id).p;

	html_open(h, "td");
	if (page_may(p, RIGHT_CONSULT)) {
		norm_page_form(p, h, "/norms/act", "act", x->norm);
		page_hidden(h, "action", page_number(p, x->id));
		norm_page_status(p, h, prefix, x->status);
		page_field(p, h,
		        &(struct page_field){.prefix = prefix,
		                .name = "note",
		                .label = W_NOTE,
		                .value = x->note,
		                .limit = 500,
		                .size = 16});
		page_button(p, h, W_SAVE);
		html_close(h);
	}
	html_close(h);
}

int norm_page_actions(const struct page_ask *p, struct html *h, const struct norm *n, struct err *e)
{
	static const enum word head[] = {
	        W_COL_ABOUT, W_NORMS_LIST, W_NORMS_STATUS, W_NOTE, W_COL_ACT, WORD_END};
	struct norm_action *v;
	unsigned count;
	int rc = norm_actions_read(p->ask->state, n->key, p->ask->arena, &v, &count, e);

	if (rc != 0 || count == 0)
		return rc;
	page_section(p, h, "h-more", W_NORM_MORE);
	page_table(p, h, W_NORM_MORE, head);
	for (unsigned i = 0; i < count; i++) {
		html_open(h, "tr");
		page_cell(h, v[i].action);
		page_cell(h, v[i].list);
		page_cell_tag(p, h, "nstatus", v[i].status);
		page_cell(h, v[i].note);
		draw_act(p, h, &v[i]);
		html_close(h);
	}
	page_table_end(h);
	html_close(h);
	return 0;
}
