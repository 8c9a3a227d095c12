/* SPDX-License-Identifier: Apache-2.0
 *
 * A part of the page of a round: what of ours the round before has carried, and the button that says it again.
 */
#include "agree/repeat.h"
#include "web/page_round.h"

static void draw_button(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct agree_note *n)
{
	bool amends = n->said->kind == KIND_AGREE_AMENDMENT, binds = page_binds(p, v->r.manifest.instrument);

	if (!binds && (amends || !page_may(p, RIGHT_CONSULT)))
		return;
	round_form(p, h, binds ? "/agree/repeat" : "/agree/repeat-comment", v, ROUND_TEXT);
	page_hidden(h, "id", round_id(p, n->said->id));
	page_button(p, h, W_AGREE_SAY_AGAIN);
	html_close(h);
}

static void draw_one(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct agree_carried *k)
{
	struct item text = item_get(&k->note->said->body, STR("text"));

	html_open(h, "li");
	html_open(h, "p");
	html_text(h, page_key(p, "rkind", str_skip(str_from(kind_table[k->note->said->kind].name), 6)));
	for (unsigned i = 0; i < k->note->clauses; i++) {
		html_text(h, STR(" "));
		html_line(h, "code", NULL, k->note->clause[i]);
	}
	html_close(h);
	round_words(p, h, "p", "lines", &text);
	if (k->note->said->kind == KIND_AGREE_AMENDMENT)
		round_ops(p, h, v, &k->note->amendment);
	if (k->clause.len == 0) {
		draw_button(p, h, v, k->note);
	} else {
		html_open(h, "p");
		html_attr(h, "class", STR("note"));
		page_sayf(p, h, W_AGREE_CARRIED_CHANGED, k->clause);
		html_close(h);
	}
	html_close(h);
}

void round_carried(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct agree_notes *notes)
{
	struct agree_carried *all;

	if (v->now > v->closes || str_eq(v->state, STR("withdrawn")))
		return;
	unsigned n = agree_carried(p->ask->state, p->ask->folder, p->ask->arena, &v->r, notes, &all);
	if (n == 0)
		return;
	page_section(p, h, "h-carried", W_AGREE_CARRIED_BEFORE);
	page_line(p, h, "p", NULL, W_AGREE_CARRIED_WHAT);
	html_open(h, "ul");
	for (unsigned i = 0; i < n; i++)
		draw_one(p, h, v, &all[i]);
	html_close(h);
	html_close(h);
}
