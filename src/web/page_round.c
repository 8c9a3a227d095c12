/* SPDX-License-Identifier: Apache-2.0
 *
 * The text of a round: clauses with number and id, languages side by side, what was said beside the clause that it is about. The code of
 * the text stands in its head, so that a printed page can be told from that of another round.
 */
#include "web/page_round.h"

#define LONG 100 /* clauses; a longer text is drawn as several tables */
#define PART 20  /* of each at least */

struct column {
	const struct manifest_text *of;
	struct agree_text text;
	enum translation_state state[AGREE_CLAUSES]; /* of translations, by clauses of the authentic text */
	const struct clause *clause[AGREE_CLAUSES];  /* the same clause here; NULL: there is none */
	bool there;
	unsigned stale, missing;
};
struct table {
	const struct page_ask *p;
	struct html *h;
	const struct round_view *v;
	struct column *column[MANIFEST_TEXTS];
	unsigned columns;
	struct agree_notes notes;
	struct str *number; /* of each clause of the authentic text */
	struct str chosen;  /* clause of the address */
};

/* ---- columns ------------------------------------------------------------------------------------- */

/* The authentic text, and that of the page's language; "all" shows all, a language itself. */
static bool is_wanted(const struct page_ask *p, const struct manifest_text *t)
{
	struct str lang = ask_param(p->ask, "lang");

	if (t->authentic || str_eq(lang, STR("all")))
		return true;
	return str_eq(t->lang, lang.len > 0 ? lang : p->words->code);
}

static void match(const struct round_view *v, struct column *c)
{
	unsigned k = 0, bad;

	c->there = translation_states(&v->text, &c->text, c->state, &bad);
	for (unsigned i = 0; c->there && i < v->text.n; i++) {
		if (c->state[i] != TRANSLATION_MISSING)
			c->clause[i] = &c->text.clause[k++];
		c->stale += c->state[i] == TRANSLATION_STALE;
		c->missing += c->state[i] == TRANSLATION_MISSING;
	}
}

static void add_column(struct table *t, const struct manifest_text *of)
{
	struct column *c = arena_new(t->p->ask->arena, struct column);

	c->of = of;
	if (of->authentic) {
		c->text = t->v->text;
		c->there = true;
		for (unsigned i = 0; i < c->text.n; i++)
			c->clause[i] = &c->text.clause[i];
	} else if (round_text(t->p->ask->arena, t->p->ask->folder, &t->v->r.manifest, of->lang, &c->text,
	                   NULL) == 0) {
		match(t->v, c);
	}
	t->column[t->columns++] = c;
}

/* The authentic one stands first. */
static void add_columns(struct table *t)
{
	const struct manifest *m = &t->v->r.manifest;

	add_column(t, manifest_authentic(m));
	for (unsigned i = 0; i < m->texts; i++)
		if (!m->text[i].authentic && is_wanted(t->p, &m->text[i]))
			add_column(t, &m->text[i]);
}

/* ---- the table ----------------------------------------------------------------------------------- */

/* One table of the text, from that clause to the one before end. */
static void open_table(struct table *t, unsigned first, unsigned end)
{
	struct str name = page_word(t->p, W_AGREE_TEXT_TABLE);

	if (first > 0 || end < t->v->text.n)
		name = arena_printf(t->p->ask->arena, "%.*s (%.*s \xe2\x80\x93 %.*s)", STR_ARG(name),
		        STR_ARG(t->v->text.clause[first].id), STR_ARG(t->v->text.clause[end - 1].id));
	html_open(t->h, "div");
	html_attr(t->h, "class", STR("table"));
	html_attr(t->h, "role", STR("group"));
	html_attr(t->h, "tabindex", STR("0"));
	html_attr(t->h, "aria-label", name);
	html_open(t->h, "table");
	html_line(t->h, "caption", NULL, name);
	html_open(t->h, "thead");
	html_open(t->h, "tr");
}

static void draw_head(struct table *t, unsigned first, unsigned end)
{
	const struct page_ask *p = t->p;

	open_table(t, first, end);
	html_open(t->h, "th");
	html_attr(t->h, "scope", STR("col"));
	page_say(p, t->h, W_AGREE_CLAUSE);
	html_close(t->h);
	for (unsigned i = 0; i < t->columns; i++) {
		const struct column *c = t->column[i];
		html_open(t->h, "th");
		html_attr(t->h, "scope", STR("col"));
		html_text(t->h, c->of->lang);
		if (c->of->authentic) {
			html_text(t->h, STR(" "));
			html_line(t->h, "span", "tag", page_word(p, W_AGREE_AUTHENTIC));
		}
		if (c->stale + c->missing > 0) {
			html_text(t->h, STR(" "));
			page_sayf(p, t->h, W_AGREE_STALE_COUNT, page_number(p, c->stale),
			        page_number(p, c->missing));
		}
		html_close(t->h);
	}
	html_open(t->h, "th");
	html_attr(t->h, "scope", STR("col"));
	page_say(p, t->h, W_AGREE_NOTES);
	html_close(t->h);
	page_table_rows(t->h);
}

static void draw_mark(struct table *t, enum word w)
{
	html_open(t->h, "span");
	html_attr(t->h, "class", STR("tag"));
	html_attr(t->h, "data-severity", STR("high"));
	page_say(t->p, t->h, w);
	html_close(t->h);
	html_text(t->h, STR(" "));
}

static void draw_cell(struct table *t, const struct column *c, unsigned i)
{
	html_open(t->h, "td");
	html_attr(t->h, "lang", c->of->lang);
	if (c->clause[i] == NULL) {
		draw_mark(t, c->there ? W_AGREE_MISSING : W_AGREE_NOT_HERE);
	} else {
		if (!c->of->authentic && c->state[i] == TRANSLATION_STALE)
			draw_mark(t, W_AGREE_STALE);
		round_clause(t->h, c->clause[i]);
	}
	html_close(t->h);
}

static void draw_notes(struct table *t, struct str id)
{
	for (unsigned i = 0; i < t->notes.n; i++)
		if (agree_note_about(&t->notes.note[i], id))
			round_note(t->p, t->h, t->v, &t->notes, &t->notes.note[i]);
}

static void draw_clause_head(struct table *t, unsigned i)
{
	const struct clause *k = &t->v->text.clause[i];

	html_open(t->h, "th");
	html_attr(t->h, "scope", STR("row"));
	html_attr(t->h, "id", arena_printf(t->p->ask->arena, "c-%.*s", STR_ARG(k->id)));
	round_clause_link(t->h, t->v, t->number[i], k->id);
	html_close(t->h);
}

static void draw_row(struct table *t, unsigned i)
{
	html_open(t->h, "tr");
	html_attr(t->h, "data-clause", clause_kind_name(t->v->text.clause[i].kind));
	draw_clause_head(t, i);
	for (unsigned k = 0; k < t->columns; k++)
		draw_cell(t, t->column[k], i);
	html_open(t->h, "td");
	draw_notes(t, t->v->text.clause[i].id);
	html_close(t->h);
	html_close(t->h);
}

/* Where the table that begins there ends: a long text is several, before a heading where one is near, so that a browser lays out no more than
 * what is looked at (ui/agree.css). */
static unsigned table_end(const struct agree_text *text, unsigned first)
{
	if (text->n <= LONG)
		return text->n;
	for (unsigned i = first + PART; i < text->n && i < first + 2 * PART; i++)
		if (text->clause[i].kind == CLAUSE_HEADING)
			return i;
	return first + 2 * PART < text->n ? first + 2 * PART : text->n;
}

static void draw_table(struct table *t)
{
	html_open(t->h, "div");
	html_attr(t->h, "class", STR("text"));
	if (t->columns > 3)
		html_flag(t->h, "data-wide");
	for (unsigned i = 0, end; i < t->v->text.n; i = end) {
		end = table_end(&t->v->text, i);
		draw_head(t, i, end);
		for (unsigned k = i; k < end; k++)
			draw_row(t, k);
		page_table_end(t->h);
	}
	html_close(t->h);
}

/* ---- about the whole text ------------------------------------------------------------------------ */

static void draw_whole(struct table *t)
{
	bool any = false;

	for (unsigned i = 0; i < t->notes.n; i++) {
		const struct agree_note *n = &t->notes.note[i];
		if (n->clauses > 0)
			continue;
		if (!any)
			page_section(t->p, t->h, "h-whole", W_AGREE_WHOLE);
		any = true;
		round_note(t->p, t->h, t->v, &t->notes, n);
	}
	if (any)
		html_close(t->h);
}

/* Conflicts are said before the text too, by clause, with all that want something there. */
static void draw_conflicts(struct table *t)
{
	if (t->notes.conflicts == 0)
		return;
	page_section(t->p, t->h, "h-conflicts", W_AGREE_CONFLICTS);
	html_open(t->h, "ul");
	for (unsigned i = 0; i < t->notes.conflicts; i++) {
		const struct amend_conflict *c = &t->notes.conflict[i];
		unsigned at = agree_text_place(&t->v->text, c->clause);
		html_open(t->h, "li");
		round_clause_link(t->h, t->v, at < t->v->text.n ? t->number[at] : STR(""), c->clause);
		for (unsigned k = 0; k < c->n; k++) {
			const struct agree_note *n = &t->notes.note[c->op[k].amendment];
			html_text(t->h, k > 0 ? STR("; ") : STR(": "));
			html_text(t->h, n->said->sender);
			html_text(t->h, STR(" "));
			html_text(t->h, round_op_word(t->p, n->amendment.op[c->op[k].op].kind));
		}
		html_close(t->h);
	}
	html_close(t->h);
	html_close(t->h);
}

static void language_link(struct table *t, struct str lang, struct str text)
{
	struct link l;

	html_open(t->h, "a");
	round_address(&l, ROUND_TEXT, t->v);
	link_param(&l, "lang", lang);
	html_link(t->h, "href", &l);
	html_text(t->h, text);
	html_close(t->h);
	html_text(t->h, STR(" "));
}

static void draw_languages(struct table *t)
{
	const struct manifest *m = &t->v->r.manifest;

	if (m->texts < 2)
		return;
	html_open(t->h, "p");
	html_attr(t->h, "class", STR("links"));
	page_say(t->p, t->h, W_AGREE_BESIDE);
	html_text(t->h, STR(" "));
	for (unsigned i = 0; i < m->texts; i++)
		if (!m->text[i].authentic)
			language_link(t, m->text[i].lang, m->text[i].lang);
	language_link(t, STR("all"), page_word(t->p, W_AGREE_ALL));
	html_close(t->h);
}

/* ---- what can be done ---------------------------------------------------------------------------- */

static bool may_speak(const struct table *t, enum right right)
{
	bool may =
	        right == RIGHT_BIND ? page_binds(t->p, t->v->r.manifest.instrument) : page_may(t->p, right);

	return may && agree_takes_words(t->v->state, t->v->closes, t->v->now) &&
	        manifest_party(&t->v->r.manifest, t->v->me);
}

/* Of which mail it is, where observers without a node have written to us. */
static void draw_mails(struct table *t)
{
	struct agree_mail *v;
	unsigned n = agree_mails(t->p->ask->state, t->p->ask->arena, t->v->r.open.id, &v);
	bool any = false;

	for (unsigned i = 0; i < n; i++) {
		if (!v[i].fresh || !v[i].kept)
			continue;
		if (!any) {
			page_line(t->p, t->h, "p", NULL, W_AGREE_HOSTED_WHAT);
			round_pair(t->h);
			page_select(t->p, t->h, "o-", "mail", W_CASE_NOTE_MAIL);
			page_option(t->h, STR(""), STR("-"), true);
		}
		any = true;
		struct str name = arena_printf(t->p->ask->arena, "M%llu", (unsigned long long)v[i].id);
		page_option(t->h, name,
		        arena_printf(t->p->ask->arena, "%.*s %.*s%s", STR_ARG(name), STR_ARG(v[i].party),
		                v[i].signed_by_it ? " (OpenPGP)" : ""),
		        false);
	}
	if (!any)
		return;
	html_close(t->h);
	html_close(t->h);
}

static void draw_comment(struct table *t)
{
	if (!may_speak(t, RIGHT_CONSULT))
		return;
	page_section_act(t->p, t->h, "h-comment", W_AGREE_COMMENT_GO);
	round_fields(t->p, t->h, "/agree/comment", t->v, ROUND_TEXT);
	round_area(t->p, t->h, NULL, "text", W_AGREE_WORDS, (struct str){0}, 4, true);
	round_field(t->p, t->h, NULL, "clauses", W_AGREE_CLAUSES, t->chosen, 20, false);
	round_languages(t->p, t->h, "o-", &t->v->r.manifest, STR(""));
	draw_mails(t);
	page_button(t->p, t->h, W_AGREE_COMMENT_GO);
	html_close(t->h);
	html_close(t->h);
}

static void amend_link(struct table *t, const char *op, enum word w)
{
	struct link l;

	html_open(t->h, "a");
	round_path(&l, "/agree-amendment", t->v);
	link_param(&l, "clause", t->chosen);
	link_param(&l, "op", str_from(op));
	html_link(t->h, "href", &l);
	page_say(t->p, t->h, w);
	html_close(t->h);
	html_text(t->h, STR(" "));
}

/* One clause with all that was said about it, and what can be done with it. */
static void draw_chosen(struct table *t)
{
	unsigned at = t->chosen.len > 0 ? agree_text_place(&t->v->text, t->chosen) : t->v->text.n;

	if (at == t->v->text.n)
		return;
	html_open(t->h, "section");
	html_attr(t->h, "aria-labelledby", STR("h-clause"));
	html_open(t->h, "h2");
	html_attr(t->h, "id", STR("h-clause"));
	page_say(t->p, t->h, W_AGREE_CLAUSE);
	html_text(t->h, STR(" "));
	html_text(t->h, t->number[at]);
	html_text(t->h, STR(" "));
	html_line(t->h, "code", NULL, t->chosen);
	html_close(t->h);
	for (unsigned k = 0; k < t->columns; k++) {
		if (t->column[k]->clause[at] == NULL)
			continue;
		html_open(t->h, "div");
		html_attr(t->h, "lang", t->column[k]->of->lang);
		round_clause(t->h, t->column[k]->clause[at]);
		html_close(t->h);
	}
	draw_notes(t, t->chosen);
	if (may_speak(t, RIGHT_BIND) && t->v->member) {
		html_open(t->h, "p");
		html_attr(t->h, "class", STR("links"));
		amend_link(t, "replace", W_AGREE_REPLACE);
		amend_link(t, "insert", W_AGREE_INSERT);
		amend_link(t, "delete", W_AGREE_DELETE);
		amend_link(t, "move", W_AGREE_MOVE);
		html_close(t->h);
	}
	html_close(t->h);
}

/* Service at level human: a person here says that the text is before him. */
static void draw_ack(struct table *t, const struct agree_look *l)
{
	if (l->owed == OWED_NOTHING)
		return;
	page_section(t->p, t->h, "h-owed", W_AGREE_OWED);
	html_open(t->h, "p");
	round_owed(t->p, t->h, l);
	if (l->until != 0) {
		html_text(t->h, STR(" \xc2\xb7 "));
		round_time(t->p, t->h, l->until, &t->v->r.manifest);
	}
	html_close(t->h);
	if (l->owed == OWED_ACK && page_may(t->p, RIGHT_CONSULT)) {
		round_form(t->p, t->h, "/agree/ack", t->v, ROUND_TEXT);
		page_button(t->p, t->h, W_AGREE_ACK);
		html_close(t->h);
	}
	html_close(t->h);
}

/* ---- the page ------------------------------------------------------------------------------------ */

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct round_view v;
	struct table t = {.p = p, .h = h, .v = &v};
	struct agree_look look;
	int rc = round_view_open(p, &v, e);

	if (rc != 0)
		return rc;
	round_head(p, h, &v, ROUND_TEXT);
	if (!v.there) {
		page_line(p, h, "p", "error", W_AGREE_NOT_HERE);
		return 0;
	}
	t.chosen = ask_param(p->ask, "clause");
	t.number = agree_numbers(p->ask->arena, &v.text);
	agree_notes_load(p->ask->arena, p->ask->state, &v.r, &v.text, &t.notes);
	add_columns(&t);
	if (agree_look_row(p->ask->state, p->ask->arena, v.r.id, v.now, &look)) {
		agree_owes(p->ask->state, p->ask->arena, &v.r, &t.notes, v.now, &look);
		look.open = t.notes.open;
		draw_ack(&t, &look);
	}
	round_carried(p, h, &v, &t.notes);
	round_summary(p, h, &v.r.open_body);
	draw_languages(&t);
	draw_chosen(&t);
	draw_conflicts(&t);
	draw_whole(&t);
	draw_table(&t);
	draw_comment(&t);
	return 0;
}

const struct page page_round = {
        .path = "/agree", .title = W_AGREE_TEXT, .id = true, .right = RIGHT_READ, .draw = draw};
