/* SPDX-License-Identifier: Apache-2.0
 *
 * Summaries on the pages of consultations: what a round says in plain words, always marked as not the text.
 */
#include "agree/summary.h"
#include "web/page_round.h"

static void draw_one(const struct page_ask *p, struct html *h, const struct summary *s)
{
	html_open(h, "p");
	html_attr(h, "class", STR("note"));
	html_line(h, "strong", "tag", page_word(p, W_AGREE_NOT_THE_TEXT));
	html_text(h, STR(" "));
	page_say(p, h, W_AGREE_SUMMARY_WHAT);
	html_close(h);
	html_open(h, "p");
	html_attr(h, "class", STR("lines"));
	html_attr(h, "lang", s->lang);
	html_text(h, str_trim(s->bytes));
	html_close(h);
}

void round_summary(const struct page_ask *p, struct html *h, const struct item *opening)
{
	struct summary all[SUMMARIES];
	unsigned n = summaries_of(p->ask->arena, p->ask->folder, opening, all);
	const struct summary *own = summary_for(all, n, p->words->code);

	if (n == 0)
		return;
	page_section(p, h, "h-summary", W_AGREE_SUMMARY);
	draw_one(p, h, own);
	for (unsigned i = 0; i < n; i++) {
		if (&all[i] == own)
			continue;
		html_open(h, "details");
		html_line(h, "summary", NULL, all[i].lang);
		draw_one(p, h, &all[i]);
		html_close(h);
	}
	html_close(h);
}

/* ---- of the next round --------------------------------------------------------------------------- */

static void draw_form(const struct page_ask *p, struct html *h, const char *prefix, struct str instrument,
        struct str lang, struct str text)
{
	struct link back;

	page_form(p, h, "/agree/summary", "fields");
	page_hidden(h, "instrument", instrument);
	link_begin(&back, "/agree-draft");
	link_part(&back, instrument);
	page_hidden(h, "back", buf_str(&back.text));
	link_done(&back);
	round_field(p, h, prefix, "lang", W_LANGUAGE, lang, 5, true);
	round_area(p, h, prefix, "text", W_AGREE_SUMMARY, text, 6, false);
	page_button(p, h, W_SAVE);
	html_close(h);
}

void round_summary_drafts(const struct page_ask *p, struct html *h, struct str instrument)
{
	struct summary_draft *d;
	unsigned n = summary_drafts(p->ask->state, p->ask->arena, instrument, &d);
	char prefix[16];

	if (n == 0 && !page_may(p, RIGHT_CONSULT))
		return;
	page_section(p, h, "h-summary", W_AGREE_SUMMARY);
	html_open(h, "p");
	html_attr(h, "class", STR("note"));
	html_line(h, "strong", "tag", page_word(p, W_AGREE_NOT_THE_TEXT));
	html_text(h, STR(" "));
	page_say(p, h, W_AGREE_SUMMARY_NEXT);
	html_close(h);
	for (unsigned i = 0; i < n; i++) {
		snprintf(prefix, sizeof(prefix), "s%u-", i);
		if (page_may(p, RIGHT_CONSULT))
			draw_form(p, h, prefix, instrument, d[i].lang, d[i].text);
		else
			html_line(h, "p", "lines", d[i].text);
	}
	if (page_may(p, RIGHT_CONSULT) && n < SUMMARIES)
		draw_form(p, h, "s-", instrument, (struct str){0}, (struct str){0});
	html_close(h);
}
