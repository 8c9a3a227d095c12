/* SPDX-License-Identifier: Apache-2.0
 *
 * Objections and other positions of a round that have a reason: the clause, why, what would remove it, what was proposed there since, talks about it, and what
 * the rule says happens next. Only its author takes one back.
 */
#include "agree/preview.h"
#include "web/page_round.h"

struct objecting {
	const struct page_ask *p;
	struct html *h;
	struct round_view v;
	struct agree_notes notes;
	struct str *number;
};

static const struct standing_member *member_of(const struct objecting *o, struct str party)
{
	unsigned i = manifest_member(&o->v.r.manifest, party);

	return i < o->v.r.manifest.members && o->v.o.block.len > 0 ? &o->v.o.member[i] : NULL;
}

static void draw_clauses(struct objecting *o, const struct agree_note *n)
{
	if (n->clauses == 0)
		page_line(o->p, o->h, "p", NULL, W_AGREE_WHOLE);
	for (unsigned i = 0; i < n->clauses; i++) {
		unsigned at = o->v.there ? agree_text_place(&o->v.text, n->clause[i]) : 0;
		bool there = o->v.there && at < o->v.text.n;
		html_open(o->h, "p");
		round_clause_link(o->h, &o->v, there ? o->number[at] : STR(""), n->clause[i]);
		html_text(o->h, STR(" "));
		if (there)
			round_clause(o->h, &o->v.text.clause[at]);
		html_close(o->h);
	}
}

/* Amendments and comments about the same clauses: what the others would do about it. */
static void draw_proposals(struct objecting *o, const struct agree_note *n)
{
	bool any = false;

	for (unsigned i = 0; i < o->notes.n; i++) {
		const struct agree_note *x = &o->notes.note[i];
		bool about = n->clauses == 0 && x->clauses == 0;
		for (unsigned k = 0; k < n->clauses; k++)
			about |= agree_note_about(x, n->clause[k]);
		if (x == n || !about || x->said->kind == KIND_AGREE_POSITION)
			continue;
		if (!any)
			page_line(o->p, o->h, "h3", NULL, W_AGREE_PROPOSALS);
		any = true;
		round_note(o->p, o->h, &o->v, &o->notes, x);
	}
}

static void draw_retract(struct objecting *o, const struct agree_note *n)
{
	const struct page_ask *p = o->p;

	if (!str_eq(n->said->sender, o->v.me)) {
		html_open(o->h, "p");
		html_attr(o->h, "class", STR("note"));
		page_sayf(p, o->h, W_AGREE_ONLY_AUTHOR, n->said->sender);
		html_close(o->h);
		return;
	}
	if (!page_binds(p, o->v.r.manifest.instrument) || o->v.now > o->v.closes)
		return;
	round_form(p, o->h, "/agree/retract", &o->v, ROUND_OBJECTION);
	page_hidden(o->h, "id", round_id(p, n->said->id));
	round_area(p, o->h, "r-", "reason", W_REASON, (struct str){0}, 2, true);
	page_button(p, o->h, W_AGREE_RETRACT);
	html_close(o->h);
}

/* An objection has to have both; of another position what it has. */
static void draw_part(struct objecting *o, enum word head, const struct item *words, bool needed)
{
	if (words->type != BODY_OBJECT && !needed)
		return;
	page_line(o->p, o->h, "h3", NULL, head);
	if (words->type == BODY_OBJECT)
		round_words(o->p, o->h, "p", "lines", words);
	else
		page_line(o->p, o->h, "p", "error", W_AGREE_INCOMPLETE);
}

static void draw_reason(struct objecting *o, const struct agree_note *n)
{
	struct item text = item_get(&n->said->body, STR("text")),
	            cure = item_get(&n->said->body, STR("cure"));
	enum position at = position_find(item_text(&n->said->body, "position"));
	bool objects = agree_position_read(&o->v.r.manifest, at) == POSITION_OBJECTION;

	draw_part(o, W_REASON, &text, objects);
	draw_part(o, W_AGREE_CURE, &cure, objects);
}

/* It is what stops adoption, which an amendment may be as well. */
static bool stops(const struct objecting *o, const struct agree_note *n)
{
	const struct standing_member *m = member_of(o, n->said->sender);

	return m != NULL && m->breaks && m->said != NULL && memcmp(m->said->id, n->said->id, DIGEST_LEN) == 0;
}

static void draw_one(struct objecting *o, const struct agree_note *n)
{
	struct str position = item_text(&n->said->body, "position");
	const char *id = arena_printf(o->p->ask->arena, "h-%.*s", STR_ARG(round_id(o->p, n->said->id))).p;

	html_open(o->h, "section");
	html_attr(o->h, "aria-labelledby", str_from(id));
	html_open(o->h, "h2");
	html_attr(o->h, "id", str_from(id));
	html_text(o->h, n->said->sender);
	html_text(o->h, STR(": "));
	html_text(o->h, page_key(o->p, "position", position.len > 0 ? position : STR("amendment")));
	html_close(o->h);
	html_open(o->h, "p");
	html_text(o->h, n->by);
	html_text(o->h, STR(" \xc2\xb7 "));
	round_time(o->p, o->h, n->said->created, &o->v.r.manifest);
	html_close(o->h);
	if (stops(o, n))
		page_line(o->p, o->h, "p", "error", W_AGREE_STOPS);
	draw_clauses(o, n);
	if (position.len == 0)
		round_note(o->p, o->h, &o->v, &o->notes, n);
	else
		draw_reason(o, n);
	draw_proposals(o, n);
	round_talks(o->p, o->h, &o->v, n->said);
	draw_retract(o, n);
	html_close(o->h);
}

/* By the state as it is now. */
static void draw_next(struct objecting *o)
{
	const struct manifest *m = &o->v.r.manifest;

	page_section(o->p, o->h, "h-next", W_AGREE_WHAT_NEXT);
	bool consult = m->rule == RULE_NONE && str_eq(o->v.state, STR("open"));
	html_line(o->h, "p", NULL, page_key(o->p, "rnext", consult ? STR("consult") : o->v.state));
	if (str_eq(o->v.state, STR("broken")) && o->v.now <= o->v.o.round.grace && m->rule != RULE_NONE) {
		html_open(o->h, "p");
		page_say(o->p, o->h, W_AGREE_GRACE_UNTIL);
		html_text(o->h, STR(" "));
		round_time(o->p, o->h, o->v.o.round.grace, m);
		html_close(o->h);
	}
	html_close(o->h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct objecting o = {.p = p, .h = h};
	unsigned n = 0;
	int rc = round_view_whole(p, &o.v, e);

	if (rc != 0)
		return rc;
	if (o.v.there)
		o.number = agree_numbers(p->ask->arena, &o.v.text);
	agree_notes_load(p->ask->arena, p->ask->state, &o.v.r, o.v.there ? &o.v.text : NULL, &o.notes);
	round_head(p, h, &o.v, ROUND_OBJECTION);
	for (unsigned i = 0; i < o.notes.n; i++)
		if (o.notes.note[i].said->kind == KIND_AGREE_POSITION || stops(&o, &o.notes.note[i])) {
			draw_one(&o, &o.notes.note[i]);
			n++;
		}
	if (n == 0)
		page_line(p, h, "p", NULL, W_AGREE_NO_OBJECTION);
	draw_next(&o);
	return 0;
}

const struct page page_objections = {.path = "/agree-objections",
        .title = W_AGREE_OBJECTIONS,
        .id = true,
        .right = RIGHT_READ,
        .draw = draw};
