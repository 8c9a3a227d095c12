/* SPDX-License-Identifier: Apache-2.0
 *
 * Where we stand: the text with its code, what a position does before it is signed, and the same read back. Nothing carries over from a
 * round before: "as before" fills the form, and a person signs again.
 */
#include "agree/code.h"
#include "agree/preview.h"
#include "web/page_round.h"

static const char *const positions[] = {"support", "no-objection", "acknowledged", "objection", "reservation",
        "disassociation", "comment", "abstain", NULL};
static const char *const fields[] = {"position", "text", "lang", "clauses", "cure", NULL};

static struct str param(const struct page_ask *p, const char *name)
{
	struct str s = ask_param(p->ask, name);

	return s.p != NULL ? s : STR("");
}

/* ---- what we have said --------------------------------------------------------------------------- */

/* Seen: some other party has it, or it counts for nothing. */
static bool is_seen(const struct round_view *v, const struct said *s)
{
	const struct sifted *x = round_find(&v->o.round, s->id);

	return x != NULL && x->seen != ROUND_NEVER;
}

/* An objection that lacks its reason or its cure: its party is asked for it as long as it stands. */
static bool is_incomplete(const struct manifest *m, const struct said *s)
{
	struct item text = item_get(&s->body, STR("text")), cure = item_get(&s->body, STR("cure"));

	return agree_position_read(m, position_find(item_text(&s->body, "position"))) == POSITION_OBJECTION &&
	        (text.type != BODY_OBJECT || cure.type != BODY_OBJECT);
}

static void draw_now(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	struct agree_notes notes;
	bool waits = false;
	char code[VOICE_CODE_LEN];

	agree_notes_load(p->ask->arena, p->ask->state, &v->r, NULL, &notes);
	const struct said *s = agree_own_position(&notes, v->me, &waits);
	if (s == NULL)
		return;
	struct item text = item_get(&s->body, STR("text"));
	struct str position = item_text(&s->body, "position");
	page_section(p, h, "h-now", W_AGREE_NOW);
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	round_fact(p, h, W_AGREE_POSITION,
	        page_key(p, "position", position.len > 0 ? position : STR("amendment")));
	round_fact(p, h, W_AGREE_CLAUSES, item_text(&s->body, "scope"));
	round_fact_time(p, h, W_COL_WHEN, s->created, NULL);
	round_fact(p, h, W_AGREE_BY, agree_persons(p->ask->arena, &s->body));
	voice_code(s->id, code);
	if (!waits)
		round_fact(p, h, W_AGREE_VOICE_CODE, str_from(code));
	html_close(h);
	round_words(p, h, "p", "lines", &text);
	if (is_incomplete(&v->r.manifest, s))
		page_line(p, h, "p", "error", W_AGREE_INCOMPLETE_WHAT);
	if (waits || !is_seen(v, s))
		page_line(p, h, "p", "error", W_AGREE_NOT_SEEN);
	page_line(p, h, "p", "note", W_AGREE_VOICE_WHAT);
	if (page_binds(p, v->r.manifest.instrument) && v->now <= v->closes) {
		round_form(p, h, "/agree/retract", v, ROUND_POSITION);
		page_hidden(h, "id", round_id(p, s->id));
		round_area(p, h, "r-", "reason", W_REASON, (struct str){0}, 2, true);
		page_button(p, h, W_AGREE_RETRACT);
		html_close(h);
	}
	html_close(h);
}

/* ---- as before ----------------------------------------------------------------------------------- */

static void hidden_words(
        const struct page_ask *p, struct html *h, const char *name, const struct said *s, bool language)
{
	struct item words = item_get(&s->body, str_from(name));
	struct str lang = STR(""), text = agree_words_of(&words, p->words->code, &lang);

	if (text.len == 0)
		return;
	page_hidden(h, name, text);
	if (language)
		page_hidden(h, "lang", lang);
}

static void draw_before(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	const struct said *s =
	        agree_position_before(p->ask->arena, p->ask->state, p->ask->folder, &v->r.manifest, v->me);

	if (s == NULL)
		return;
	html_open(h, "p");
	page_sayf(p, h, W_AGREE_BEFORE, page_key(p, "position", item_text(&s->body, "position")));
	html_close(h);
	round_form(p, h, "/agree/position-preview", v, ROUND_POSITION);
	page_hidden(h, "preview", STR("1"));
	page_hidden(h, "position", item_text(&s->body, "position"));
	page_hidden(h, "clauses", item_text(&s->body, "scope"));
	hidden_words(p, h, "text", s, true);
	hidden_words(p, h, "cure", s, false);
	page_button(p, h, W_AGREE_REPEAT);
	html_close(h);
}

/* ---- the form ------------------------------------------------------------------------------------ */

static void draw_form(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	page_section_act(p, h, "h-say", W_AGREE_SAY);
	round_full_text(p, h, v);
	draw_before(p, h, v);
	round_fields(p, h, "/agree/position-preview", v, ROUND_POSITION);
	page_hidden(h, "preview", STR("1"));
	round_choice(p, h, NULL, "position", W_AGREE_POSITION, "position", positions, param(p, "position"));
	round_area(p, h, NULL, "text", W_AGREE_WORDS_OF, param(p, "text"), 4, false);
	round_area(p, h, NULL, "cure", W_AGREE_CURE, param(p, "cure"), 3, false);
	round_field(p, h, NULL, "clauses", W_AGREE_CLAUSES, param(p, "clauses"), 20, false);
	round_languages(p, h, "p-", &v->r.manifest, param(p, "lang"));
	page_button(p, h, W_AGREE_READ_BACK);
	html_close(h);
	html_close(h);
}

/* ---- read back ----------------------------------------------------------------------------------- */

static void draw_read_back(
        const struct page_ask *p, struct html *h, const struct round_view *v, enum position at)
{
	unsigned persons = agree_position_persons(&v->r.manifest, at);

	page_section(p, h, "h-read", W_AGREE_READ_BACK);
	round_read_back(p, h, v,
	        &(struct round_saying){.at = at,
	                .clauses = param(p, "clauses"),
	                .text = param(p, "text"),
	                .cure = param(p, "cure"),
	                .lang = param(p, "lang")});
	if (round_clauses_there(v, param(p, "clauses"))) {
		html_open(h, "p");
		page_sayf(p, h, W_AGREE_PERSONS, page_number(p, persons));
		html_close(h);
		round_form(p, h, "/agree/position", v, ROUND_POSITION);
		round_carry(p, h, fields);
		page_button(p, h, persons > 1 ? W_AGREE_WRITE_FOR_SECOND : W_AGREE_SIGN_GO);
		html_close(h);
	}
	html_close(h);
}

/* ---- the page ------------------------------------------------------------------------------------ */

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	enum position at = position_find(param(p, "position"));
	struct round_view v;
	int rc = round_view_whole(p, &v, e);

	if (rc != 0)
		return rc;
	round_head(p, h, &v, ROUND_POSITION);
	draw_now(p, h, &v);
	if (!v.member || !agree_takes_words(v.state, v.closes, v.now) ||
	        !page_binds(p, v.r.manifest.instrument)) {
		page_line(p, h, "p", NULL, v.member ? W_AGREE_CLOSED_NOW : W_AGREE_OBSERVER);
		return 0;
	}
	if (param(p, "preview").len > 0 && at != POSITION_END && at != POSITION_NONE)
		draw_read_back(p, h, &v, at);
	draw_form(p, h, &v);
	return 0;
}

const struct page page_position = {
        .path = "/agree-position", .title = W_AGREE_POSITION, .id = true, .right = RIGHT_READ, .draw = draw};
