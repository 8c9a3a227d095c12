/* SPDX-License-Identifier: Apache-2.0
 *
 * Amendments: one that somebody has proposed, with its rivals beside it; and the editor of our own, which shows it as the others will see
 * it before it is signed.
 */
#include "agree/preview.h"
#include "web/page_round.h"

struct editing {
	const struct page_ask *p;
	struct html *h;
	struct round_view v;
	struct agree_text text; /* in the language of the amendment */
	struct str lang, *number;
	struct agree_notes notes;
};

static const char *const fields[] = {"op", "clause", "after", "words", "lang", "kind", "reason",
        "in-place-of", "supported-by", "meaning", NULL};

static struct str param(const struct editing *d, const char *name)
{
	struct str s = ask_param(d->p->ask, name);

	return s.p != NULL ? s : STR("");
}

static struct str number_of(const struct editing *d, struct str id)
{
	unsigned at = agree_text_place(&d->text, id);

	return at < d->text.n ? d->number[at] : STR("");
}

/* ---- one operation ------------------------------------------------------------------------------- */

static void draw_op(struct editing *d, const struct op *op, const char *name)
{
	const struct clause *k = agree_text_find(&d->text, op->kind == OP_INSERT ? op->after : op->id);
	struct html *h = d->h;

	html_open(h, "h3");
	html_text(h, round_op_word(d->p, op->kind));
	html_text(h, STR(" "));
	if (k != NULL)
		round_clause_link(h, &d->v, number_of(d, k->id), k->id);
	if (op->kind == OP_MOVE) {
		html_text(h, STR(" "));
		page_say(d->p, h, W_ROP_AFTER);
		html_text(h, STR(" "));
		round_clause_link(h, &d->v, number_of(d, op->after), op->after);
	}
	html_close(h);
	if (op->kind == OP_REPLACE && k != NULL)
		round_word_differences(d->p, h, name, k->source, op->text, d->lang);
	else if (op->kind == OP_INSERT)
		round_word_differences(d->p, h, name, STR(""), op->text, d->lang);
	else if (op->kind == OP_DELETE && k != NULL)
		round_word_differences(d->p, h, name, k->source, STR(""), d->lang);
}

static void draw_ops(struct editing *d, const struct amendment *am, const char *name)
{
	for (unsigned i = 0; i < am->n; i++)
		draw_op(d, &am->op[i], name);
}

/* ---- one that was proposed ----------------------------------------------------------------------- */

static void draw_rivals(struct editing *d, const struct agree_note *n)
{
	bool any = false;

	for (unsigned i = 0; i < d->notes.n; i++) {
		const struct agree_note *o = &d->notes.note[i];
		bool shared = false;
		for (unsigned k = 0; k < n->clauses && o != n && o->conflict && n->conflict; k++)
			shared |= agree_note_about(o, n->clause[k]);
		if (!shared)
			continue;
		if (!any)
			page_section(d->p, d->h, "h-rivals", W_AGREE_CONFLICT_WITH);
		any = true;
		round_note(d->p, d->h, &d->v, &d->notes, o);
		draw_ops(d, &o->amendment, "r");
	}
	if (any)
		html_close(d->h);
}

static int draw_one(struct editing *d, struct err *e)
{
	const struct agree_note *n = agree_note_find(&d->notes, param(d, "of"));

	if (n == NULL)
		return err_set(e, ERR_MISSING, "the round has no such comment or amendment");
	page_section(d->p, d->h, "h-one", W_AGREE_AMENDMENT);
	html_open(d->h, "dl");
	html_attr(d->h, "class", STR("facts"));
	round_fact(d->p, d->h, W_AGREE_ID, round_id(d->p, n->said->id));
	round_fact(d->p, d->h, W_AGREE_BY, n->by);
	round_fact_time(d->p, d->h, W_COL_WHEN, n->said->created, NULL);
	html_close(d->h);
	round_note(d->p, d->h, &d->v, &d->notes, n);
	draw_ops(d, &n->amendment, "o");
	html_close(d->h);
	draw_rivals(d, n);
	return 0;
}

/* ---- the editor ---------------------------------------------------------------------------------- */

/* The old words stay in sight while the new ones are written. */
static void draw_old(struct editing *d)
{
	const struct clause *k = agree_text_find(&d->text, param(d, "clause"));

	if (k == NULL)
		return;
	page_line(d->p, d->h, "h3", NULL, W_DIFF_OLD);
	html_open(d->h, "p");
	round_clause_link(d->h, &d->v, number_of(d, k->id), k->id);
	html_close(d->h);
	html_open(d->h, "pre");
	html_attr(d->h, "class", STR("raw"));
	html_attr(d->h, "lang", d->lang);
	html_text(d->h, k->source);
	html_close(d->h);
}

/* The source without its mark, which stays the clause's; of a translation with it, since it says what was translated. */
static struct str start_words(const struct editing *d)
{
	const struct clause *k = agree_text_find(&d->text, param(d, "clause"));
	struct str given = param(d, "words");

	if (given.len > 0 || k == NULL ||
	        !(str_eq(param(d, "op"), STR("replace")) || param(d, "op").len == 0))
		return given;
	if (d->text.translation || k->table.len > 0)
		return k->source;
	size_t mark = str_find_str(k->source, 0, STR(" {#"));
	return mark == SIZE_MAX ? k->source : str_sub(k->source, 0, mark);
}

static void draw_form(struct editing *d)
{
	static const char *const ops[] = {"replace", "insert", "delete", "move", NULL};
	static const char *const kinds[] = {"substantive", "editorial", "translation", NULL};
	const struct page_ask *p = d->p;
	struct html *h = d->h;

	page_section(p, h, "h-edit", W_AGREE_AMEND);
	page_line(p, h, "p", NULL, W_AGREE_AMEND_WHAT);
	draw_old(d);
	round_fields(p, h, "/agree/amend-preview", &d->v, ROUND_TEXT);
	page_hidden(h, "preview", STR("1"));
	round_choice(p, h, NULL, "op", W_COL_WHAT, "rop", ops, param(d, "op"));
	round_field(p, h, NULL, "clause", W_AGREE_CLAUSE, param(d, "clause"), 5, false);
	round_field(p, h, NULL, "after", W_ROP_AFTER,
	        str_eq(param(d, "op"), STR("insert")) && param(d, "after").len == 0 ? param(d, "clause")
	                                                                            : param(d, "after"),
	        5, false);
	round_area(p, h, NULL, "words", W_DIFF_NEW, start_words(d), 5, false);
	round_languages(p, h, "a-", &d->v.r.manifest, d->lang);
	round_choice(p, h, NULL, "kind", W_AGREE_KIND, "ramend", kinds, param(d, "kind"));
	round_area(p, h, NULL, "reason", W_REASON, param(d, "reason"), 3, false);
	round_field(p, h, NULL, "in-place-of", W_AGREE_IN_PLACE, param(d, "in-place-of"), 14, false);
	round_field(p, h, NULL, "supported-by", W_AGREE_SUPPORTED_BY, param(d, "supported-by"), 20, false);
	round_pair(h);
	page_select(p, h, NULL, "meaning", W_AGREE_MEANING);
	page_option(h, STR("no"), STR("-"), !str_eq(param(d, "meaning"), STR("yes")));
	page_option(
	        h, STR("yes"), page_word(p, W_AGREE_MEANING_SAME), str_eq(param(d, "meaning"), STR("yes")));
	html_close(h);
	html_close(h);
	page_button(p, h, W_AGREE_PREVIEW);
	html_close(h);
	html_close(h);
}

/* ---- as the others will see it ------------------------------------------------------------------- */

/* Others that want something else of the same clauses. */
static void draw_conflicts(struct editing *d, const struct amendment *am)
{
	struct amendment all[2] = {*am};
	bool any = false;

	for (unsigned i = 0; i < d->notes.n; i++) {
		const struct agree_note *o = &d->notes.note[i];
		struct amend_result res;
		if (o->said->kind != KIND_AGREE_AMENDMENT || !o->authentic || o->withdrawn || o->late ||
		        o->problem != OP_GOOD)
			continue;
		all[1] = o->amendment;
		amend_apply(d->p->ask->arena, &d->text, all, 2, &res);
		if (res.outcome != AMEND_CONFLICT)
			continue;
		if (!any)
			page_line(d->p, d->h, "h3", NULL, W_AGREE_CONFLICT_WITH);
		any = true;
		round_note(d->p, d->h, &d->v, &d->notes, o);
	}
}

/* What was previewed is what is said: a clause that was put in keeps the mark that it was given here. */
static void carry(struct editing *d, const struct amendment *am)
{
	static const char *const same[] = {
	        "op", "clause", "after", "lang", "kind", "reason", "in-place-of", "supported-by", NULL};

	round_carry(d->p, d->h, same);
	if (am->n == 1 && am->op[0].text.len > 0)
		page_hidden(d->h, "words", am->op[0].text);
}

static int draw_preview(struct editing *d, struct err *e)
{
	struct change_here here;
	struct change c = round_change(d->p, &here, d->v.me, fields);
	struct amendment am;
	bool editorial = str_eq(param(d, "kind"), STR("editorial"));
	auto_buf struct buf details = {0};
	int rc = agree_amendment(&c, d->p->ask->arena, &d->v.r, &d->text, &am, &details, e);

	page_section(d->p, d->h, "h-preview", W_AGREE_PREVIEW_TITLE);
	if (rc != 0) {
		html_open(d->h, "p");
		html_attr(d->h, "class", STR("error"));
		page_english(d->p, d->h, str_from(e->text));
		html_close(d->h);
		html_close(d->h);
		return 0;
	}
	html_open(d->h, "p");
	page_sayf(d->p, d->h, W_AGREE_APPLIES, d->v.name);
	html_close(d->h);
	draw_ops(d, &am, "n");
	if (!d->text.translation)
		draw_conflicts(d, &am);
	if (editorial && !str_eq(param(d, "meaning"), STR("yes"))) {
		page_line(d->p, d->h, "p", "error", W_AGREE_MEANING_ASK);
	} else {
		round_form(d->p, d->h, "/agree/amend", &d->v, ROUND_TEXT);
		carry(d, &am);
		page_button(d->p, d->h, W_AGREE_AMEND_GO);
		html_close(d->h);
	}
	html_close(d->h);
	return 0;
}

/* ---- the page ------------------------------------------------------------------------------------ */

static int open_text(struct editing *d, struct err *e)
{
	struct str lang = param(d, "lang");

	if (lang.len == 0 && param(d, "of").len >= 8) {
		const struct agree_note *n = agree_note_find(&d->notes, param(d, "of"));
		lang = n != NULL ? item_text(&n->said->body, "lang") : STR("");
	}
	d->lang = lang.len > 0 ? lang : manifest_authentic(&d->v.r.manifest)->lang;
	int rc = round_text(d->p->ask->arena, d->p->ask->folder, &d->v.r.manifest, d->lang, &d->text, e);
	if (rc == 0)
		d->number = agree_numbers(d->p->ask->arena, &d->text);
	return rc;
}

static bool may_amend(const struct editing *d)
{
	return page_binds(d->p, d->v.r.manifest.instrument) && d->v.member &&
	        agree_takes_words(d->v.state, d->v.closes, d->v.now);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct editing d = {.p = p, .h = h};
	int rc = round_view_open(p, &d.v, e);

	if (rc != 0)
		return rc;
	agree_notes_load(p->ask->arena, p->ask->state, &d.v.r, d.v.there ? &d.v.text : NULL, &d.notes);
	rc = open_text(&d, e);
	if (rc != 0)
		return rc;
	round_head(p, h, &d.v, ROUND_TEXT);
	if (param(&d, "of").len > 0)
		return draw_one(&d, e);
	if (!may_amend(&d)) {
		page_line(p, h, "p", NULL, d.v.member ? W_AGREE_CLOSED_NOW : W_AGREE_OBSERVER);
		return 0;
	}
	if (param(&d, "preview").len > 0)
		rc = draw_preview(&d, e);
	if (rc == 0)
		draw_form(&d);
	return rc;
}

const struct page page_amendment = {.path = "/agree-amendment",
        .title = W_AGREE_AMENDMENT,
        .id = true,
        .right = RIGHT_READ,
        .draw = draw};
