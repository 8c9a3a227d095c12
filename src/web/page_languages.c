/* SPDX-License-Identifier: Apache-2.0
 *
 * The languages that pages and letters are in: what is missing, who has looked at it, and how one looks.
 */
#include "web/page.h"

#define SHOWN 40 /* words that are missing */

static bool is_missing(const struct words *w, enum word i)
{
	return w->missing > 0 && str_eq(w->text[i], word_english(i));
}

static void draw_missing(const struct page_ask *p, struct html *h, const struct words *w)
{
	char id[64];
	unsigned n = 0;

	if (w->missing == 0) {
		html_text(h, STR("0"));
		return;
	}
	html_open(h, "details");
	html_open(h, "summary");
	html_u64(h, w->missing);
	html_close(h);
	for (unsigned i = 0; i < WORD_END && n < SHOWN; i++) {
		if (!is_missing(w, i))
			continue;
		html_text(h, n++ > 0 ? STR(", ") : STR(""));
		html_line(h, "code", NULL, word_id(i, id));
	}
	if (w->missing > n)
		page_line(p, h, "p", "note", W_LANGUAGES_MORE);
	html_close(h);
}

static void draw_language(const struct page_ask *p, struct html *h, const struct words *w)
{
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_attr(h, "lang", w->code);
	html_text(h, w->name);
	html_close(h);
	html_line(h, "td", "word", w->code);
	html_open(h, "td");
	html_attr(h, "class", STR("number"));
	draw_missing(p, h, w);
	html_close(h);
	page_line(p, h, "td", NULL,
	        str_eq(w->code, STR("en")) ? W_LANGUAGES_SOURCE
	                : w->review        ? W_LANGUAGES_REVIEW
	                                   : W_LANGUAGES_REVIEWED);
	html_open(h, "td");
	html_line(h, "code", NULL, arena_printf(p->ask->arena, "lang/%.*s/pages.yaml", STR_ARG(w->code)));
	html_close(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_LANGUAGES_NAME, W_LANGUAGES_CODE, W_LANGUAGES_MISSING,
	        W_LANGUAGES_STATE, W_LANGUAGES_FILE, WORD_END};
	static const enum word steps[] = {
	        W_LANGUAGES_STEP_1, W_LANGUAGES_STEP_2, W_LANGUAGES_STEP_3, W_LANGUAGES_STEP_4};

	(void)e;
	page_line(p, h, "h1", NULL, W_LANGUAGES);
	page_table(p, h, W_LANGUAGES_TABLE, head);
	for (unsigned i = 0; i < p->languages->n; i++)
		draw_language(p, h, &p->languages->v[i]);
	page_table_end(h);
	page_section(p, h, "h-review", W_LANGUAGES_HOW);
	html_open(h, "ol");
	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		page_line(p, h, "li", NULL, steps[i]);
	html_close(h);
	html_close(h);
	return 0;
}

const struct page page_languages = {.path = "/languages",
        .title = W_LANGUAGES,
        .group = PAGE_NODE,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw};
