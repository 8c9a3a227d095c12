/* SPDX-License-Identifier: Apache-2.0
 *
 * Norms and what a survey asks beside them, part by part: where we say that we stand. Then the survey as a whole, and the lists of
 * further actions.
 */
#include "web/page_norm.h"

#define DAY_US ((int64_t)86400 * 1000000)
#define REMIND (14 * DAY_US) /* before a review */

int norm_page_read(
        const struct page_ask *p, struct str key, struct norm **ret, unsigned *ret_n, struct err *e)
{
	return norms_read(p->ask->state, key, p->words->code, p->ask->arena, ret, ret_n, e);
}

void norm_page_head(struct html *h, struct str key)
{
	struct link l;

	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_open(h, "a");
	link_begin(&l, "/norms");
	link_part(&l, key);
	html_link(h, "href", &l);
	html_text(h, key);
	html_close(h);
	html_close(h);
}

void norm_page_form(
        const struct page_ask *p, struct html *h, const char *action, const char *class, struct str key)
{
	page_form(p, h, action, class);
	page_hidden(h, "back", arena_printf(p->ask->arena, "/norms/%.*s", STR_ARG(key)));
	page_hidden(h, "id", key);
}

void norm_page_day(struct html *h, int64_t at)
{
	char day[16];
	struct str text = norm_day(day, at);

	html_text(h, text.len > 0 ? text : STR("-"));
}

void norm_page_status(const struct page_ask *p, struct html *h, const char *prefix, struct str chosen)
{
	page_select(p, h, prefix, "status", W_NORMS_STATUS);
	for (unsigned i = 0; i < NORM_STATES; i++) {
		struct str one = str_from(norm_states[i]);
		page_option(h, one, page_key(p, "nstatus", one), str_eq(one, chosen));
	}
	html_close(h);
}

/* ---- the parts ----------------------------------------------------------------------------------- */

static void draw_status(const struct page_ask *p, struct html *h, const struct norm *n, uint64_t survey)
{
	struct str then = survey != 0 ? norm_then(p->ask->state, survey, n->key, p->ask->arena) : STR("");

	html_open(h, "td");
	if (n->hidden) {
		page_say(p, h, W_NORMS_HIDDEN);
	} else {
		page_tag(p, h, "nstatus", n->status);
		if (then.len > 0 && !str_eq(then, n->status)) {
			html_text(h, STR(" "));
			page_sayf(p, h, W_NORM_SINCE, page_key(p, "nstatus", then));
		}
	}
	html_close(h);
}

static void draw_review(const struct page_ask *p, struct html *h, const struct norm *n)
{
	html_open(h, "td");
	norm_page_day(h, n->review);
	if (n->review != 0 && n->review < p->now + REMIND) {
		html_text(h, STR(" "));
		html_line(h, "strong", NULL, page_word(p, W_NORMS_DUE));
	}
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct norm *n, uint64_t survey,
        const struct norm_confirmed *all, unsigned nall)
{
	uint64_t evidence = 0;

	for (unsigned i = 0; i < nall; i++)
		evidence += str_eq(all[i].norm, n->key);
	html_open(h, "tr");
	norm_page_head(h, n->key);
	page_cell(h, n->title);
	draw_status(p, h, n, survey);
	page_cell(h, n->field[NORM_LEAD]);
	page_cell(h, n->field[NORM_FRAME]);
	page_cell_u64(h, evidence);
	draw_review(p, h, n);
	if (n->label.len > 0)
		page_cell_tag(p, h, "tlp", n->label);
	else
		page_cell(h, STR("-"));
	html_close(h);
}

static int draw_parts(const struct page_ask *p, struct html *h, uint64_t survey, struct err *e)
{
	static const enum word head[] = {W_NORM, W_COL_ABOUT, W_NORMS_STATUS, W_NORMS_LEAD, W_NORMS_FRAME,
	        W_NORMS_EVIDENCE, W_NORMS_REVIEW, W_LETTERS_LABEL, WORD_END};
	static const enum word parts[NORM_PARTS] = {
	        W_NPART_LAW, W_NPART_NORMS, W_NPART_CONFIDENCE, W_NPART_CAPACITY};
	struct norm_confirmed *all;
	struct norm *norms;
	unsigned n, nall;
	int rc = norm_page_read(p, (struct str){0}, &norms, &n, e);

	if (rc == 0)
		rc = norm_confirmed_read(p->ask->state, (struct str){0}, p->ask->arena, &all, &nall, e);
	for (unsigned part = 0; part < NORM_PARTS && rc == 0; part++) {
		uint64_t rows = 0;
		for (unsigned i = 0; i < n; i++) {
			if (!str_eq(norms[i].part, str_from(norm_parts[part])))
				continue;
			if (rows++ == 0)
				page_table(p, h, parts[part], head);
			draw_row(p, h, &norms[i], survey, all, nall);
		}
		if (rows > 0)
			page_table_end(h);
	}
	return rc;
}

/* ---- the survey ---------------------------------------------------------------------------------- */

static void draw_paper(const struct page_ask *p, struct html *h, const char *path, enum word w)
{
	html_open(h, "li");
	page_link(h, path, page_word(p, w));
	html_close(h);
}

static void draw_survey(const struct page_ask *p, struct html *h, const struct norm_last *last)
{
	static const struct page_field months = {.name = "months",
	        .label = W_NORMS_MONTHS,
	        .type = "number",
	        .size = 3,
	        .value = STR_INIT("12")};
	static const struct page_field note = {.name = "note", .label = W_NOTE, .limit = 500, .size = 30};
	char at[16], due[16];

	page_section(p, h, "h-survey", W_NORMS_SURVEY);
	html_open(h, "ul");
	draw_paper(p, h, "/norm-survey", W_NORM_SURVEY);
	draw_paper(p, h, "/norm-plan", W_NORM_PLAN);
	html_close(h);
	html_open(h, "p");
	html_attr(h, "class", str_from(last->id != 0 && last->due < p->now + 60 * DAY_US ? "error" : "note"));
	if (last->id == 0)
		page_say(p, h, W_NORMS_NEVER);
	else
		page_sayf(p, h, W_NORMS_LAST, norm_day(at, last->at), norm_day(due, last->due));
	html_close(h);
	if (page_may(p, RIGHT_CONSULT)) {
		page_form(p, h, "/norms/done", "act");
		page_field(p, h, &months);
		page_field(p, h, &note);
		page_button(p, h, W_NORMS_DONE);
		html_close(h);
	}
	html_close(h);
}

/* ---- lists --------------------------------------------------------------------------------------- */

static void draw_load(const struct page_ask *p, struct html *h)
{
	page_line(p, h, "p", "note", W_NORMS_LOAD_WHAT);
	page_form(p, h, "/norms/import", "act");
	page_field(p, h,
	        &(struct page_field){
	                .name = "list", .label = W_NORMS_LIST, .limit = 63, .size = 16, .required = true});
	page_area(p, h,
	        &(struct page_field){.name = "rows", .label = W_NORMS_ROWS, .limit = 60000, .required = true},
	        4);
	page_button(p, h, W_NORMS_LOAD);
	html_close(h);
}

static int draw_lists(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_NORMS_LIST, W_NORMS_ACTIONS, W_COL_ACT, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select list, count(*) from norm_action group by list order by list limit 200");
	uint64_t n = 0;

	page_section(p, h, "h-lists", W_NORMS_LISTS);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_NORMS_LISTS, head);
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, query_get_text(&q, 0));
		html_close(h);
		page_cell_u64(h, query_get_u64(&q, 1));
		html_open(h, "td");
		if (page_may(p, RIGHT_CONSULT)) {
			page_form(p, h, "/norms/drop", "act");
			page_hidden(h, "list", query_get_text(&q, 0));
			page_button(p, h, W_NORMS_DROP);
			html_close(h);
		}
		html_close(h);
		html_close(h);
	}
	page_table_over(p, h, n, W_NONE);
	if (page_may(p, RIGHT_CONSULT))
		draw_load(p, h);
	html_close(h);
	return query_done(&q, e);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct norm_last last = norm_last(p->ask->state, p->ask->arena);

	page_line(p, h, "h1", NULL, W_NORMS);
	page_line(p, h, "p", "note", W_NORMS_WHAT);
	int rc = draw_parts(p, h, last.id, e);
	if (rc != 0)
		return rc;
	draw_survey(p, h, &last);
	return draw_lists(p, h, e);
}

const struct page page_norms = {
        .path = "/norms", .title = W_NORMS, .group = PAGE_COUNTRY, .right = RIGHT_READ, .draw = draw};
