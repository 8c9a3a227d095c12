/* SPDX-License-Identifier: Apache-2.0
 *
 * The papers, as pages that are printed: the survey in its four parts, and the action plan as a table. Above them, not printed, stand
 * the choice of whom one is for and what is left out of it. A paper carries its own label at its head and at its foot; the frame of
 * the staff's pages, which says another one, is not printed with it (ui/print.css).
 */
#include "web/norm_papers.h"
#include "web/page_norm.h"

/* ---- above the paper ----------------------------------------------------------------------------- */

static void draw_choice(
        const struct page_ask *p, struct html *h, const char *path, const struct norm_print *print)
{
	static const struct {
		const char *label;
		enum word word;
	} whom[] = {{"", W_NORM_FOR_ME}, {"CLEAR", W_NORM_FOR_CLEAR}, {"GREEN", W_NORM_FOR_GREEN},
	        {"AMBER", W_NORM_FOR_AMBER}, {"AMBER+STRICT", W_NORM_FOR_STRICT}};

	page_filter(h, path, "act");
	page_select(p, h, NULL, "label", W_NORM_FOR);
	for (unsigned i = 0; i < sizeof(whom) / sizeof(whom[0]); i++)
		page_option(h, str_from(whom[i].label), page_word(p, whom[i].word),
		        tlp_find(str_from(whom[i].label)) == print->paper.label);
	html_close(h);
	page_field(p, h,
	        &(struct page_field){.name = "group",
	                .label = W_NORM_GROUP,
	                .value = print->paper.group,
	                .limit = 63,
	                .size = 12});
	page_button(p, h, W_LANGUAGE_SET);
	html_close(h);
	if (print->left > 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("act note"));
		page_sayf(p, h, W_NORM_LEFT, page_number(p, print->left));
		html_close(h);
	}
}

static void draw_csv(
        const struct page_ask *p, struct html *h, const char *path, const struct norm_print *print)
{
	struct link l;

	html_open(h, "p");
	html_attr(h, "class", STR("act"));
	html_open(h, "a");
	link_begin(&l, path);
	if (print->paper.label != TLP_NONE)
		link_param(&l, "label", tlp_name(print->paper.label));
	if (print->paper.group.len > 0)
		link_param(&l, "group", print->paper.group);
	link_param(&l, "language", p->words->code);
	html_link(h, "href", &l);
	page_say(p, h, W_NORM_CSV);
	html_close(h);
	html_close(h);
}

/* ---- the paper's frame --------------------------------------------------------------------------- */

/* On paper the last one stands at the foot of each sheet. */
static void draw_label(const struct page_ask *p, struct html *h, const struct norm_print *print, bool last)
{
	html_open(h, last ? "div" : "p");
	if (last)
		html_attr(h, "class", STR("foot"));
	html_open(h, "span");
	html_attr(h, "class", STR("tag"));
	html_attr(h, "data-tlp", tlp_name(print->label));
	html_printf(h, "TLP:%.*s", STR_ARG(tlp_name(print->label)));
	html_close(h);
	html_text(h, STR(" "));
	if (print->group.len > 0) {
		html_text(h, print->group);
		html_text(h, STR(" "));
	}
	page_time(h, p->now);
	html_close(h);
}

static void begin(const struct page_ask *p, struct html *h, enum word title, const struct norm_print *print)
{
	html_open(h, "article");
	html_attr(h, "class", STR("paper"));
	draw_label(p, h, print, false);
	page_line(p, h, "h1", NULL, title);
	page_line(p, h, "p", "note", W_NORM_SELF);
}

static void end(const struct page_ask *p, struct html *h, const struct norm_print *print)
{
	draw_label(p, h, print, true);
	html_close(h);
}

/* ---- the survey ---------------------------------------------------------------------------------- */

/* A field that nobody has filled in leaves room to write. */
static void fact(const struct page_ask *p, struct html *h, enum word name, struct str text)
{
	page_line(p, h, "dt", NULL, name);
	html_line(h, "dd", "lines", text.len > 0 ? text : STR("\xe2\x80\x94"));
}

static void draw_evidence(
        const struct page_ask *p, struct html *h, const struct norm_print *print, const struct norm *n)
{
	bool any = false;

	for (unsigned i = 0; i < print->nconfirmed && norm_print_shows(print, n); i++) {
		const struct norm_confirmed *c = &print->confirmed[i];
		if (!str_eq(c->norm, n->key))
			continue;
		if (!any)
			page_line(p, h, "dt", NULL, W_NORMS_EVIDENCE);
		any = true;
		html_open(h, "dd");
		html_text(h, page_key(p, "nfigure", c->figure));
		html_text(h, STR(": "));
		norm_page_value(p, h, &c->value);
		html_text(h, STR(" "));
		page_time(h, c->value.until);
		html_close(h);
	}
}

static void draw_actions(
        const struct page_ask *p, struct html *h, const struct norm_print *print, const struct norm *n)
{
	bool any = false;

	for (unsigned i = 0; i < print->nactions && norm_print_shows(print, n); i++) {
		const struct norm_action *x = &print->actions[i];
		if (!str_eq(x->norm, n->key))
			continue;
		if (!any)
			page_line(p, h, "dt", NULL, W_NORM_MORE);
		any = true;
		html_open(h, "dd");
		page_tag(p, h, "nstatus", x->status);
		html_text(h, STR(" "));
		html_text(h, x->action);
		html_close(h);
	}
}

static void draw_norm(
        const struct page_ask *p, struct html *h, const struct norm_print *print, const struct norm *n)
{
	static const enum norm_field fields[] = {
	        NORM_MEASURES, NORM_CHALLENGES, NORM_NEEDS, NORM_LEAD, NORM_PARTNERS, NORM_FRAME, NORM_LINKS};
	char day[16];

	html_open(h, "h3");
	html_text(h, n->key);
	html_text(h, STR(" "));
	html_text(h, n->title);
	html_close(h);
	html_line(h, "p", NULL, n->text);
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	page_line(p, h, "dt", NULL, W_NORMS_STATUS);
	html_open(h, "dd");
	page_tag(p, h, "nstatus", n->status);
	html_close(h);
	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		fact(p, h, norm_page_field(fields[i]), n->field[fields[i]]);
	draw_evidence(p, h, print, n);
	draw_actions(p, h, print, n);
	fact(p, h, W_NORMS_REVIEW, norm_day(day, n->review));
	html_close(h);
}

static int draw_survey(const struct page_ask *p, struct html *h, struct err *e)
{
	struct norm_print print;
	int rc = norm_print_of(p->ask, p->words->code, &print, e);

	if (rc != 0)
		return rc;
	draw_choice(p, h, "/norm-survey", &print);
	draw_csv(p, h, "/norm-survey.csv", &print);
	begin(p, h, W_NORM_SURVEY, &print);
	for (unsigned i = 0; i < print.n; i++) {
		if (i == 0 || !str_eq(print.norms[i].part, print.norms[i - 1].part))
			html_line(h, "h2", NULL, page_key(p, "npart", print.norms[i].part));
		draw_norm(p, h, &print, &print.norms[i]);
	}
	end(p, h, &print);
	return 0;
}

const struct page page_norm_survey = {
        .path = "/norm-survey", .title = W_NORM_SURVEY, .right = RIGHT_READ, .draw = draw_survey};

/* ---- the action plan ----------------------------------------------------------------------------- */

static int draw_plan(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_NORM, W_NORM_PLAN, W_NORM_ACTIVITIES, W_NORM_INITIATIVES,
	        W_NORM_CHALLENGES, W_NORM_CAPACITIES, W_NORMS_FRAME, W_NORM_COUNTRY, W_NORM_INTERESTED,
	        WORD_END};
	struct norm_print print;
	int rc = norm_print_of(p->ask, p->words->code, &print, e);

	if (rc != 0)
		return rc;
	draw_choice(p, h, "/norm-plan", &print);
	draw_csv(p, h, "/norm-plan.csv", &print);
	begin(p, h, W_NORM_PLAN, &print);
	page_table(p, h, W_NORM_PLAN, head);
	for (unsigned i = 0; i < print.n; i++) {
		const struct norm *n = &print.norms[i];
		if (!norm_in_plan(n))
			continue;
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, n->key);
		html_text(h, STR(" "));
		html_text(h, n->title);
		html_close(h);
		for (unsigned k = 0; k < NORM_PLAN_FIELDS; k++) {
			html_open(h, "td");
			html_line(h, "p", "lines", n->field[norm_plan_fields[k]]);
			html_close(h);
		}
		html_close(h);
	}
	page_table_end(h);
	end(p, h, &print);
	return 0;
}

const struct page page_norm_plan = {
        .path = "/norm-plan", .title = W_NORM_PLAN, .right = RIGHT_READ, .draw = draw_plan};
