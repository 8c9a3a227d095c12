/* SPDX-License-Identifier: Apache-2.0
 *
 * A position as it is read back: to the person who writes it, and to the one who signs it second.
 */
#include "agree/code.h"
#include "agree/preview.h"
#include "web/page_round.h"

void round_full_text(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	const struct manifest *m = &v->r.manifest;
	struct agree_text own;

	if (!v->there)
		return;
	html_open(h, "details");
	html_open(h, "summary");
	page_say(p, h, W_AGREE_FULL_TEXT);
	html_close(h);
	round_whole_text(p, h, &v->text, manifest_authentic(m)->lang);
	if (!str_eq(manifest_authentic(m)->lang, p->words->code) &&
	        round_text(p->ask->arena, p->ask->folder, m, p->words->code, &own, NULL) == 0)
		round_whole_text(p, h, &own, p->words->code);
	html_close(h);
}

static void draw_scope(const struct page_ask *p, struct html *h, const struct round_view *v, struct str list)
{
	struct str *number = agree_numbers(p->ask->arena, &v->text);

	for (struct str_cut cut = {.tail = list}; cut.tail.len > 0;) {
		cut = str_cut(cut.tail, ' ');
		unsigned at = agree_text_place(&v->text, cut.head);
		if (cut.head.len == 0)
			continue;
		html_open(h, "p");
		round_clause_link(h, v, at < v->text.n ? number[at] : STR(""), cut.head);
		html_text(h, STR(" "));
		if (at < v->text.n)
			round_clause(h, &v->text.clause[at]);
		else
			page_line(p, h, "strong", "error", W_AGREE_NO_CLAUSE);
		html_close(h);
	}
}

bool round_clauses_there(const struct round_view *v, struct str list)
{
	for (struct str_cut cut = {.tail = list}; v->there && cut.tail.len > 0;) {
		cut = str_cut(cut.tail, ' ');
		if (cut.head.len > 0 && agree_text_place(&v->text, cut.head) == v->text.n)
			return false;
	}
	return true;
}

/* Words of a party, in the language that they are said to be in. */
static void draw_words(struct html *h, struct str words, struct str lang)
{
	html_open(h, "p");
	html_attr(h, "class", STR("lines"));
	if (lang.len > 0)
		html_attr(h, "lang", lang);
	html_text(h, words);
	html_close(h);
}

/* What an objection has to have; what the rule reads as one, too. */
static bool is_incomplete(const struct manifest *m, const struct round_saying *s)
{
	return agree_position_read(m, s->at) == POSITION_OBJECTION && (s->text.len == 0 || s->cure.len == 0);
}

void round_read_back(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct round_saying *s)
{
	const struct manifest *m = &v->r.manifest;
	char code[TEXT_CODE_LEN];

	text_code(m->sha256, code);
	html_open(h, "p");
	page_sayf(p, h, W_AGREE_WE_SAY, v->me, page_key(p, "position", position_name(s->at)), v->name,
	        str_from(code));
	html_close(h);
	round_effect(p, h, m, s->at);
	if (is_incomplete(m, s))
		page_line(p, h, "p", "error", W_AGREE_INCOMPLETE_WHAT);
	if (s->clauses.len > 0 && v->there)
		draw_scope(p, h, v, s->clauses);
	if (s->text.len > 0)
		draw_words(h, s->text, s->lang);
	if (s->cure.len > 0) {
		page_line(p, h, "h3", NULL, W_AGREE_CURE);
		draw_words(h, s->cure, s->lang);
	}
	round_full_text(p, h, v);
}
