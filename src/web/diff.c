/* SPDX-License-Identifier: Apache-2.0 */
#include "web/diff.h"

#define EXCERPT 60 /* characters of a clause in the list */

/* ---- words --------------------------------------------------------------------------------------- */

static void hidden(struct html *h, const struct diff_view *v, enum word w, bool before)
{
	html_open(h, "span");
	html_attr(h, "class", STR("unseen"));
	html_text(h, before ? STR("") : STR(" "));
	html_text(h, v->words->text[w]);
	html_text(h, before ? STR(": ") : STR(" "));
	html_close(h);
}

/* Lines of a table stand on lines of their own. */
static void put_lines(struct html *h, struct str s)
{
	for (;;) {
		struct str_cut cut = str_cut(s, '\n');
		html_text(h, cut.head);
		if (!cut.ok)
			return;
		html_empty(h, "br");
		s = cut.tail;
	}
}

static void put_run(struct html *h, const struct diff_view *v, enum diff_kind kind, struct str s)
{
	if (kind == DIFF_SAME) {
		put_lines(h, s);
		return;
	}
	html_open(h, kind == DIFF_NEW ? "ins" : "del");
	hidden(h, v, kind == DIFF_NEW ? W_DIFF_INSERTED : W_DIFF_REMOVED, true);
	put_lines(h, s);
	hidden(h, v, kind == DIFF_NEW ? W_DIFF_INSERTED_END : W_DIFF_REMOVED_END, false);
	html_close(h);
}

static void open_text(struct html *h, const struct diff_view *v, const char *name, const char *class)
{
	html_open(h, name);
	html_attr(h, "class", str_from(class));
	if (v->lang.len > 0)
		html_attr(h, "lang", v->lang);
}

static void put_side(struct html *h, const struct diff_view *v, enum word head, struct str s)
{
	html_open(h, "div");
	html_line(h, "p", NULL, v->words->text[head]);
	open_text(h, v, "p", "diff");
	put_lines(h, s);
	html_close(h);
	html_close(h);
}

void diff_draw_words(
        struct html *h, const struct diff_view *v, struct str old, struct str new, const struct diff_words *d)
{
	if (d->heavy) {
		html_open(h, "div");
		html_attr(h, "class", STR("sides"));
		put_side(h, v, W_DIFF_OLD, old);
		put_side(h, v, W_DIFF_NEW, new);
		html_close(h);
		return;
	}
	open_text(h, v, "p", "diff");
	for (unsigned i = 0; i < d->n; i++) {
		const struct diff_run *r = &d->run[i];
		put_run(h, v, r->kind,
		        r->kind == DIFF_NEW ? str_sub(new, r->new_at, r->len)
		                            : str_sub(old, r->old_at, r->len));
	}
	html_close(h);
}

/* ---- clauses ------------------------------------------------------------------------------------- */

static const struct clause *clause_of(const struct diff_row *row)
{
	return row->new != NULL ? row->new : row->old;
}

static bool is_shown(const struct diff_row *row)
{
	return row->change != CLAUSE_SAME || row->moved;
}

/* "changed and moved, it was 2.3" */
static void put_change(struct html *h, const struct diff_view *v, const struct diff_row *row)
{
	static const enum word name[CLAUSE_CHANGES] = {[CLAUSE_SAME] = W_DIFF_SAME,
	        [CLAUSE_CHANGED] = W_DIFF_CHANGED,
	        [CLAUSE_NEW] = W_DIFF_ADDED,
	        [CLAUSE_GONE] = W_DIFF_GONE};
	auto_buf struct buf b = {0};

	if (row->change != CLAUSE_SAME || !row->moved)
		buf_add(&b, v->words->text[row->mark ? W_DIFF_MARK : name[row->change]]);
	if (row->moved) {
		buf_add(&b, b.len > 0 ? STR("; ") : STR(""));
		word_fill(&b, v->words->text[W_DIFF_MOVED],
		        row->old_number.len > 0 ? &row->old_number : &v->words->text[W_DIFF_TITLE], 1);
	}
	html_text(h, buf_str(&b));
}

static void put_number(struct html *h, const struct diff_view *v, const struct diff_row *row)
{
	struct str number = row->new != NULL ? row->new_number : row->old_number;

	html_text(h, number.len > 0 ? number : v->words->text[W_DIFF_TITLE]);
	html_text(h, STR(" "));
	html_line(h, "code", NULL, clause_of(row)->id);
}

/* The name of its place: the id of the clause has letters and digits only. */
static const char *place(const struct diff_view *v, const struct diff_row *row)
{
	return arena_printf(v->arena, "%s-%.*s", v->name, STR_ARG(clause_of(row)->id)).p;
}

static struct str excerpt(struct str words)
{
	size_t at = 0;

	for (unsigned n = 0; at < words.len && n < EXCERPT; n++)
		do
			at++;
		while (at < words.len && ((unsigned char)words.p[at] & 0xc0) == 0x80);
	/* back to a blank, if there is one, so that no letter is cut */
	while (at < words.len && at > 0 && words.p[at] != ' ')
		at--;
	return at == 0 ? words : str_sub(words, 0, at);
}

static void put_item(struct html *h, const struct diff_view *v, const struct diff_row *row, bool links)
{
	struct str words = clause_of(row)->words, cut = excerpt(words);

	html_open(h, "li");
	if (links) {
		html_open(h, "a");
		html_fragment(h, "href", place(v, row));
	}
	put_number(h, v, row);
	if (links)
		html_close(h);
	html_text(h, STR(" "));
	put_change(h, v, row);
	html_text(h, STR(": "));
	open_text(h, v, "q", "excerpt");
	html_text(h, cut);
	html_text(h, cut.len < words.len ? STR(" …") : STR(""));
	html_close(h);
	html_close(h);
}

void diff_draw_list(struct html *h, const struct diff_view *v, const struct diff_list *list, bool links)
{
	auto_buf struct buf b = {0};
	char number[5][16];
	struct str values[5];
	const unsigned counts[5] = {list->count[CLAUSE_CHANGED], list->count[CLAUSE_NEW],
	        list->count[CLAUSE_GONE], list->moved, list->count[CLAUSE_SAME]};
	bool any = false;

	for (unsigned i = 0; i < 5; i++)
		values[i] =
		        str_make(number[i], (size_t)snprintf(number[i], sizeof(number[i]), "%u", counts[i]));
	word_fill(&b, v->words->text[W_DIFF_COUNTS], values, 5);
	html_line(h, "p", NULL, buf_str(&b));
	for (unsigned i = 0; i < list->n; i++) {
		if (!is_shown(&list->row[i]))
			continue;
		if (!any) {
			html_open(h, "ul");
			html_attr(h, "class", STR("changes"));
		}
		any = true;
		put_item(h, v, &list->row[i], links);
	}
	if (any)
		html_close(h);
}

static void put_clause(struct html *h, const struct diff_view *v, const struct diff_row *row)
{
	struct str old = row->old != NULL ? row->old->source : STR(""),
	           new = row->new != NULL ? row->new->source : STR("");
	struct diff_words d;

	html_open(h, "section");
	html_attr(h, "id", str_from(place(v, row)));
	html_open(h, "h3");
	put_number(h, v, row);
	html_text(h, STR(" "));
	put_change(h, v, row);
	html_close(h);
	if (row->old != NULL && row->new != NULL)
		diff_clauses(v->differ, v->arena, row->old, row->new, &d);
	else
		diff_words(v->differ, v->arena, old, new, &d);
	diff_draw_words(h, v, old, new, &d);
	html_close(h);
}

void diff_draw(struct html *h, const struct diff_view *v, const struct diff_list *list)
{
	diff_draw_list(h, v, list, true);
	for (unsigned i = 0; i < list->n; i++)
		if (is_shown(&list->row[i]))
			put_clause(h, v, &list->row[i]);
}

/* ---- a page of its own --------------------------------------------------------------------------- */

static void english(struct words *w)
{
	*w = (struct words){.code = STR("en"), .name = STR("English")};
	for (unsigned i = 0; i < WORD_END; i++)
		w->text[i] = word_english((enum word)i);
}

static void put_head(struct html *h, struct str title)
{
	html_open(h, "head");
	html_empty(h, "meta");
	html_attr(h, "charset", STR("utf-8"));
	html_line(h, "title", NULL, title);
	/* of ui/diff.css what a page on its own needs; nothing here that would have to be escaped */
	html_line(h, "style", NULL,
	        STR("body { font-family: sans-serif; line-height: 1.8; margin: 2rem auto; max-width: 60rem; "
	            "padding: 0 1rem } "
	            "ins { text-decoration: underline } del { text-decoration: line-through } .diff { "
	            "overflow-wrap: anywhere } "
	            ".sides { display: grid; gap: 2rem; grid-template-columns: 1fr 1fr } "
	            ".unseen { clip-path: inset(50%); height: 1px; overflow: hidden; position: absolute; "
	            "white-space: nowrap; "
	            "width: 1px }"));
	html_close(h);
}

void diff_document(struct buf *out, struct differ *d, struct arena *a, const struct diff_list *list,
        struct str old, struct str new)
{
	struct words *words = arena_new(a, struct words);
	struct diff_view v = {.words = words, .differ = d, .arena = a, .name = "diff"};
	struct html h;
	struct diff_words all;

	english(words);
	html_begin(&h, out, STR("en"));
	put_head(&h, words->text[W_DIFF_DOCUMENT]);
	html_open(&h, "body");
	html_line(&h, "h1", NULL, words->text[W_DIFF_DOCUMENT]);
	if (list != NULL) {
		diff_draw(&h, &v, list);
	} else {
		diff_words(d, a, old, new, &all);
		diff_draw_words(&h, &v, old, new, &all);
	}
	html_close(&h);
	html_end(&h);
	buf_char(out, '\n');
}
