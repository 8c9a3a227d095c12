/* SPDX-License-Identifier: Apache-2.0
 *
 * What was said about a clause, beside it: comments, amendments as chips, objections. A conflict is said in words wherever an amendment is
 * shown, so that paper has it too.
 */
#include "web/page_round.h"

static const enum word op_word[OP_END] = {[OP_BAD] = W_ROP_BAD,
        [OP_REPLACE] = W_ROP_REPLACE,
        [OP_DELETE] = W_ROP_DELETE,
        [OP_MOVE] = W_ROP_MOVE,
        [OP_INSERT] = W_ROP_INSERT};

struct str round_op_word(const struct page_ask *p, enum op_kind kind)
{
	return page_word(p, op_word[kind]);
}

/* ---- operations ---------------------------------------------------------------------------------- */

/* The words of a source of an operation, without its start and mark where it is one clause. */
static struct str words_of(struct str source, bool translation)
{
	struct clause k;

	return clause_read(source, translation, &k) == NULL ? k.words : source;
}

static void put_op(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct op *op, bool words)
{
	struct str about = op->kind == OP_INSERT ? op->after : op->id;
	bool translation = str_eq(words_of(op->text, false), op->text);

	html_text(h, round_op_word(p, op->kind));
	html_text(h, STR(" "));
	round_clause_link(h, v, STR(""), about);
	if (op->kind == OP_MOVE) {
		html_text(h, STR(" "));
		page_say(p, h, W_ROP_AFTER);
		html_text(h, STR(" "));
		round_clause_link(h, v, STR(""), op->after);
	}
	if (!words || op->text.len == 0)
		return;
	html_text(h, STR(": "));
	html_line(h, "q", NULL, words_of(op->text, translation));
}

void round_ops(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct amendment *am)
{
	html_open(h, "ul");
	html_attr(h, "class", STR("plain"));
	for (unsigned i = 0; i < am->n; i++) {
		html_open(h, "li");
		put_op(p, h, v, &am->op[i], true);
		html_close(h);
	}
	html_close(h);
}

/* ---- notes --------------------------------------------------------------------------------------- */

static void put_mark(const struct page_ask *p, struct html *h, const char *severity, enum word w)
{
	html_text(h, STR(" "));
	html_open(h, "span");
	html_attr(h, "class", STR("tag"));
	html_attr(h, "data-severity", str_from(severity));
	page_say(p, h, w);
	html_close(h);
}

/* Whose, as it is named elsewhere on the page: "vn 12ab34cd56ef". */
static void put_joined(
        const struct page_ask *p, struct html *h, const struct agree_notes *all, const struct agree_note *n)
{
	bool first = true;

	if (!str_eq(disposition_table[n->word].word, STR("joined")) || n->with.type != BODY_LIST)
		return;
	html_text(h, STR(" "));
	page_say(p, h, W_AGREE_JOINED_WITH);
	for (struct item_each e = item_each(&n->with); item_next(&e); first = false) {
		const struct agree_note *o = agree_note_find(all, e.item.text);
		html_text(h, first ? STR(" ") : STR(", "));
		if (o != NULL) {
			html_text(h, o->via.from.len > 0 ? o->via.from : o->said->sender);
			html_text(h, STR(" "));
		}
		html_line(h, "code", NULL, str_sub(e.item.text, 0, 12));
	}
}

static void put_state(
        const struct page_ask *p, struct html *h, const struct agree_notes *all, const struct agree_note *n)
{
	if (n->conflict)
		put_mark(p, h, "high", W_AGREE_CONFLICT);
	if (n->problem != OP_GOOD)
		put_mark(p, h, "high", W_AGREE_NOT_APPLICABLE);
	if (n->withdrawn)
		put_mark(p, h, "info", W_AGREE_WITHDRAWN);
	if (n->late)
		put_mark(p, h, "info", W_AGREE_LATE);
	if (n->word == DISPOSITION_END)
		return;
	html_text(h, STR(" "));
	page_tag(p, h, "rdis", disposition_table[n->word].word);
	put_joined(p, h, all, n);
}

static bool shares(const struct agree_note *n, const struct agree_note *o)
{
	for (unsigned k = 0; k < n->clauses && o != n && o->conflict; k++)
		if (agree_note_about(o, n->clause[k]))
			return true;
	return false;
}

/* With whom: the others at the same clauses, each party once. */
static void put_rivals(
        const struct page_ask *p, struct html *h, const struct agree_notes *all, const struct agree_note *n)
{
	bool any = false;

	for (unsigned i = 0; i < all->n; i++) {
		bool again = false;
		if (!shares(n, &all->note[i]))
			continue;
		for (unsigned k = 0; k < i; k++)
			again |= shares(n, &all->note[k]) &&
			        str_eq(all->note[k].said->sender, all->note[i].said->sender);
		if (again)
			continue;
		html_text(h, any ? STR(", ") : STR(" "));
		if (!any) {
			page_say(p, h, W_AGREE_CONFLICT_WITH);
			html_text(h, STR(" "));
		}
		html_text(h, all->note[i].said->sender);
		any = true;
	}
}

/* The amendment that it stands for, where that is here. */
static void put_in_place(const struct page_ask *p, struct html *h, const struct round_view *v,
        const struct agree_notes *all, const struct agree_note *n)
{
	const struct agree_note *other = agree_note_find(all, n->in_place_of);
	struct link l;

	if (n->in_place_of.len < 12)
		return;
	html_text(h, STR(" "));
	page_say(p, h, W_AGREE_STANDS_FOR);
	html_text(h, STR(" "));
	html_open(h, "a");
	round_path(&l, "/agree-amendment", v);
	link_param(&l, "of", str_sub(n->in_place_of, 0, 12));
	html_link(h, "href", &l);
	if (other != NULL) {
		html_text(h, other->said->sender);
		html_text(h, STR(" "));
	}
	html_line(h, "code", NULL, str_sub(n->in_place_of, 0, 12));
	html_close(h);
}

static void put_amendment(const struct page_ask *p, struct html *h, const struct round_view *v,
        const struct agree_notes *all, const struct agree_note *n)
{
	struct str kind = item_text(&n->said->body, "kind"), reason = item_text(&n->said->body, "reason");
	struct link l;

	html_open(h, "a");
	html_attr(h, "class", STR("chip"));
	round_path(&l, "/agree-amendment", v);
	link_param(&l, "of", round_id(p, n->said->id));
	html_link(h, "href", &l);
	html_line(h, "strong", NULL, n->said->sender);
	html_text(h, STR(" "));
	html_text(h, kind.len > 0 ? page_key(p, "ramend", kind) : page_word(p, W_AGREE_AMENDMENT));
	html_close(h);
	if (!n->authentic) {
		html_text(h, STR(" "));
		html_text(h, item_text(&n->said->body, "lang"));
	}
	put_in_place(p, h, v, all, n);
	if (n->supporters.len > 0) {
		html_text(h, STR(" "));
		page_sayf(p, h, W_AGREE_SUPPORTED, n->supporters);
	}
	put_state(p, h, all, n);
	if (n->conflict)
		put_rivals(p, h, all, n);
	round_ops(p, h, v, &n->amendment);
	if (reason.len > 0)
		html_line(h, "p", "lines", reason);
}

/* How it came of an observer without a node, by whom, and the mail itself. */
static void put_via(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct agree_note *n)
{
	struct link l;

	page_say(p, h, n->via.proven ? W_AGREE_BY_MAIL_SIGNED : W_AGREE_BY_MAIL);
	html_text(h, STR(", "));
	page_sayf(p, h, W_AGREE_ENTERED, n->said->sender);
	html_text(h, STR(" ("));
	html_open(h, "a");
	link_begin(&l, "/api/v1/round-mail");
	link_param(&l, "round", v->ref);
	link_param(&l, "of", round_id(p, n->said->id));
	html_link(h, "href", &l);
	page_say(p, h, W_AGREE_WHOLE_MAIL);
	html_close(h);
	html_text(h, STR(") "));
}

static void put_comment(const struct page_ask *p, struct html *h, const struct round_view *v,
        const struct agree_notes *all, const struct agree_note *n)
{
	struct str position = item_text(&n->said->body, "position");
	struct item text = item_get(&n->said->body, STR("text"));

	html_line(h, "strong", NULL, n->via.from.len > 0 ? n->via.from : n->said->sender);
	html_text(h, STR(" "));
	if (n->via.from.len > 0)
		put_via(p, h, v, n);
	html_text(h, position.len > 0 ? page_key(p, "position", position) : page_word(p, W_AGREE_COMMENT));
	put_state(p, h, all, n);
	round_words(p, h, "p", "lines", &text);
}

void round_note(const struct page_ask *p, struct html *h, const struct round_view *v,
        const struct agree_notes *all, const struct agree_note *n)
{
	html_open(h, "div");
	html_attr(h, "class", STR("margin"));
	if (n->withdrawn)
		html_attr(h, "data-gone", STR("yes"));
	if (n->said->kind == KIND_AGREE_AMENDMENT)
		put_amendment(p, h, v, all, n);
	else
		put_comment(p, h, v, all, n);
	round_words(p, h, "p", "lines answer", &n->answer);
	html_close(h);
}
