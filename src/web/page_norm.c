/* SPDX-License-Identifier: Apache-2.0
 *
 * One norm: our words for it, what we say, what the records show, further actions. The forms stand on the same page, all fields of
 * an answer in one: nothing of it has to be filled in.
 */
#include "web/page_norm.h"

enum word norm_page_field(enum norm_field f)
{
	static const enum word words[NORM_FIELDS] = {
	        [NORM_MEASURES] = W_NORM_MEASURES,
	        [NORM_CHALLENGES] = W_NORM_CHALLENGES,
	        [NORM_NEEDS] = W_NORM_NEEDS,
	        [NORM_LEAD] = W_NORMS_LEAD,
	        [NORM_PARTNERS] = W_NORM_PARTNERS,
	        [NORM_FRAME] = W_NORMS_FRAME,
	        [NORM_LINKS] = W_NORM_LINKS,
	        [NORM_PLAN] = W_NORM_PLAN,
	        [NORM_ACTIVITIES] = W_NORM_ACTIVITIES,
	        [NORM_INITIATIVES] = W_NORM_INITIATIVES,
	        [NORM_COUNTRY] = W_NORM_COUNTRY,
	};

	return words[f];
}

/* ---- what is asked ------------------------------------------------------------------------------- */

static void draw_asked(const struct page_ask *p, struct html *h, const struct norm *n)
{
	html_line(h, "p", NULL, n->text);
	html_open(h, "p");
	html_attr(h, "class", STR("note"));
	if (n->source.len > 0)
		page_sayf(p, h, W_NORM_OURS, n->source);
	else
		page_say(p, h, W_NORM_OURS_ALONE);
	if (n->machine) {
		html_text(h, STR(" "));
		page_say(p, h, W_NORM_MACHINE);
	}
	html_close(h);
}

/* ---- what we say --------------------------------------------------------------------------------- */

static void fact(const struct page_ask *p, struct html *h, enum word name, struct str text)
{
	if (text.len == 0)
		return;
	page_line(p, h, "dt", NULL, name);
	html_line(h, "dd", "lines", text);
}

static void draw_answer(const struct page_ask *p, struct html *h, const struct norm *n)
{
	char day[16];

	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	page_line(p, h, "dt", NULL, W_NORMS_STATUS);
	html_open(h, "dd");
	page_tag(p, h, "nstatus", n->status);
	html_close(h);
	for (unsigned i = 0; i < NORM_FIELDS; i++)
		fact(p, h, norm_page_field(i), n->field[i]);
	fact(p, h, W_NORMS_REVIEW, norm_day(day, n->review));
	if (n->label.len > 0) {
		page_line(p, h, "dt", NULL, W_LETTERS_LABEL);
		html_open(h, "dd");
		page_tag(p, h, "tlp", n->label);
		html_close(h);
	}
	fact(p, h, W_NORM_GROUP, n->group);
	fact(p, h, W_NORM_READERS, n->readers);
	if (n->changed != 0) {
		page_line(p, h, "dt", NULL, W_NORM_CHANGED);
		html_open(h, "dd");
		page_time(h, n->changed);
		html_text(h, STR(" "));
		html_text(h, n->person);
		html_close(h);
	}
	html_close(h);
}

/* ---- the form ------------------------------------------------------------------------------------ */

static void draw_fields(const struct page_ask *p, struct html *h, const struct norm *n)
{
	for (unsigned i = 0; i < NORM_FIELDS; i++) {
		struct page_field f = {.prefix = "s-",
		        .name = norm_fields[i].name,
		        .label = norm_page_field(i),
		        .value = n->field[i],
		        .limit = NORM_LETTERS};
		html_open(h, "p");
		if (norm_fields[i].lines)
			page_area(p, h, &f, 3);
		else
			page_field(p, h, &f);
		html_close(h);
	}
}

static void draw_sight(const struct page_ask *p, struct html *h, const struct norm *n)
{
	static const char *const labels[] = {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"};
	struct str label = n->label.len > 0 ? n->label : STR("AMBER+STRICT");
	char day[16];

	html_open(h, "p");
	page_field(p, h,
	        &(struct page_field){.prefix = "s-",
	                .name = "review",
	                .type = "date",
	                .label = W_NORMS_REVIEW,
	                .value = norm_day(day, n->review)});
	html_close(h);
	html_open(h, "p");
	page_select(p, h, "s-", "label", W_LETTERS_LABEL);
	for (unsigned i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		page_option(h, str_from(labels[i]), str_from(labels[i]), str_eq(label, str_from(labels[i])));
	html_close(h);
	html_close(h);
	html_open(h, "p");
	page_field(p, h,
	        &(struct page_field){.prefix = "s-",
	                .name = "group",
	                .label = W_NORM_GROUP,
	                .value = n->group,
	                .limit = 63,
	                .size = 16});
	html_close(h);
	html_open(h, "p");
	page_field(p, h,
	        &(struct page_field){.prefix = "s-",
	                .name = "readers",
	                .label = W_NORM_READERS,
	                .value = n->readers,
	                .limit = 500,
	                .size = 30});
	html_close(h);
}

static void draw_form(const struct page_ask *p, struct html *h, const struct norm *n)
{
	page_section(p, h, "h-say", W_NORM_SAY);
	norm_page_form(p, h, "/norms/set", "act long", n->key);
	html_open(h, "p");
	norm_page_status(p, h, "s-", n->status);
	html_close(h);
	draw_fields(p, h, n);
	draw_sight(p, h, n);
	page_button(p, h, W_SAVE);
	html_close(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct norm n;
	int rc = norm_find(p->ask->state, p->ask->id, p->words->code, p->ask->arena, &n, e);

	if (rc != 0)
		return rc;
	html_open(h, "p");
	page_link(h, "/norms", page_word(p, W_NORMS));
	html_text(h, STR(" "));
	html_text(h, n.key);
	html_close(h);
	html_line(h, "h1", NULL, n.title);
	draw_asked(p, h, &n);
	if (n.hidden) {
		page_line(p, h, "p", "note", W_NORMS_HIDDEN);
		return 0;
	}
	page_section(p, h, "h-answer", W_NORM_ANSWER);
	draw_answer(p, h, &n);
	html_close(h);
	rc = norm_page_evidence(p, h, &n, e);
	if (rc == 0)
		rc = norm_page_actions(p, h, &n, e);
	if (rc == 0 && page_may(p, RIGHT_CONSULT))
		draw_form(p, h, &n);
	return rc;
}

const struct page page_norm = {
        .path = "/norms", .title = W_NORM, .id = true, .right = RIGHT_READ, .draw = draw};
