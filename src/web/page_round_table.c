/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of comments, as delegates know it: clause by clause what was said, conflicts side by side, the answer, the words of the next text,
 * and what nothing explains. The chair and the secretariat answer here; all others see the same.
 */
#include "web/page_round.h"

struct summing {
	const struct page_ask *p;
	struct html *h;
	struct round_view v;
	struct agree_notes notes;
	struct str *number, party; /* party: of the filter */
	struct agree_text next;    /* the authentic draft of the next round */
	bool has_next;
	struct freeze freeze; /* between the two */
};

/* ---- the next text ------------------------------------------------------------------------------- */

static void load_next(struct summing *s)
{
	const struct manifest *m = &s->v.r.manifest;
	struct agree_draft_look *d;
	struct agree_fault fault;
	unsigned n = agree_drafts(s->p->ask->state, s->p->ask->folder, s->p->ask->arena, m->instrument, &d);

	for (unsigned i = 0; i < n && s->v.there; i++)
		if (d[i].authentic)
			s->has_next = agree_text_parse(s->p->ask->arena, d[i].text, false, &s->next, &fault);
	if (s->v.there)
		(void)freeze_check(s->p->ask->arena, &s->v.text, s->has_next ? &s->next : &s->v.text,
		        s->notes.proposal, s->notes.proposals, s->notes.list, s->notes.lists, &s->freeze);
}

static bool is_unexplained(const struct summing *s, struct str id)
{
	for (unsigned i = 0; i < s->freeze.changes; i++)
		if (str_eq(s->freeze.unexplained[i], id))
			return true;
	return false;
}

static void draw_next(struct summing *s, const struct clause *old)
{
	const struct clause *new = s->has_next ? agree_text_find(&s->next, old->id) : NULL;

	if (!s->has_next || (new != NULL &&memcmp(new->sha256, old->sha256, DIGEST_LEN) == 0))
		return;
	html_open(s->h, "div");
	if (is_unexplained(s, old->id)) {
		html_attr(s->h, "class", STR("error"));
		page_line(s->p, s->h, "p", NULL, W_AGREE_UNEXPLAINED);
	}
	page_line(s->p, s->h, "p", NULL, W_AGREE_NEXT_WORDS);
	round_word_differences(s->p, s->h, "w", old->source, new != NULL ? new->source : STR(""),
	        manifest_authentic(&s->v.r.manifest)->lang);
	html_close(s->h);
}

/* What the next text has and this one has not, and clauses out of place. */
static void draw_other_changes(struct summing *s)
{
	bool any = false;

	for (unsigned i = 0; i < s->freeze.changes; i++) {
		const struct clause *k = agree_text_find(&s->next, s->freeze.unexplained[i]);
		if (agree_text_find(&s->v.text, s->freeze.unexplained[i]) != NULL || k == NULL)
			continue;
		if (!any)
			page_section(s->p, s->h, "h-other", W_AGREE_UNEXPLAINED);
		any = true;
		html_open(s->h, "p");
		html_attr(s->h, "class", STR("error"));
		html_line(s->h, "code", NULL, k->id);
		html_text(s->h, STR(" "));
		html_text(s->h, k->words);
		html_close(s->h);
	}
	if (any)
		html_close(s->h);
}

/* ---- answers ------------------------------------------------------------------------------------- */

static bool may_answer(const struct summing *s)
{
	return s->v.officer && page_may(s->p, RIGHT_CONSULT);
}

static void draw_answer(struct summing *s, const struct agree_note *n, const char *prefix)
{
	static const char *const words[] = {"taken", "taken-changed", "joined", "not-taken", "carried",
	        "out-of-scope", "withdrawn", NULL};
	auto_buf struct buf clauses = {0};
	const struct page_ask *p = s->p;

	for (unsigned i = 0; i < n->clauses; i++) {
		buf_add(&clauses, i > 0 ? STR(" ") : STR(""));
		buf_add(&clauses, n->clause[i]);
	}
	html_open(s->h, "details");
	if (n->word == DISPOSITION_END)
		html_flag(s->h, "open");
	page_line(p, s->h, "summary", NULL, W_AGREE_ANSWER);
	round_form(p, s->h, "/agree/answer", &s->v, ROUND_TABLE);
	page_hidden(s->h, "of", round_id(p, n->said->id));
	round_choice(p, s->h, prefix, "word", W_AGREE_ANSWER, "rdis", words,
	        n->word != DISPOSITION_END ? disposition_table[n->word].word : STR(""));
	round_field(p, s->h, prefix, "clauses", W_AGREE_CLAUSES, buf_str(&clauses), 12, false);
	round_field(p, s->h, prefix, "with", W_AGREE_WITH, (struct str){0}, 14, false);
	round_area(p, s->h, prefix, "text", W_REASON, (struct str){0}, 2, false);
	round_languages(p, s->h, prefix, &s->v.r.manifest, STR(""));
	page_button(p, s->h, W_AGREE_ANSWER_GO);
	html_close(s->h);
	html_close(s->h);
}

/* A change that nobody asked for, which the secretariat proposes. */
static void draw_proposal(struct summing *s)
{
	const struct page_ask *p = s->p;

	if (!may_answer(s))
		return;
	page_section_act(p, s->h, "h-proposal", W_AGREE_PROPOSAL);
	page_line(p, s->h, "p", NULL, W_AGREE_PROPOSAL_WHAT);
	round_form(p, s->h, "/agree/answer", &s->v, ROUND_TABLE);
	page_hidden(s->h, "word", STR("secretariat-proposal"));
	round_field(p, s->h, "x-", "clauses", W_AGREE_CLAUSES, (struct str){0}, 20, true);
	round_area(p, s->h, "x-", "text", W_REASON, (struct str){0}, 2, true);
	round_languages(p, s->h, "x-", &s->v.r.manifest, STR(""));
	page_button(p, s->h, W_AGREE_ANSWER_GO);
	html_close(s->h);
	html_close(s->h);
}

/* ---- notes --------------------------------------------------------------------------------------- */

static bool is_shown(const struct summing *s, const struct agree_note *n)
{
	if (ask_has(s->p->ask, "open") &&
	        (n->word != DISPOSITION_END || n->withdrawn || n->said->kind == KIND_AGREE_POSITION))
		return false;
	return s->party.len == 0 || str_eq(n->via.from.len > 0 ? n->via.from : n->said->sender, s->party);
}

static void draw_note(struct summing *s, unsigned i)
{
	const struct agree_note *n = &s->notes.note[i];

	round_note(s->p, s->h, &s->v, &s->notes, n);
	if (may_answer(s) && n->said->kind != KIND_AGREE_POSITION && !n->late)
		draw_answer(s, n, arena_printf(s->p->ask->arena, "n%u-", i).p);
}

/* A note about several clauses stands at the first of them. */
static bool stands_at(const struct agree_note *n, struct str id)
{
	return n->clauses > 0 && str_eq(n->clause[0], id);
}

static bool has_notes(const struct summing *s, struct str id)
{
	for (unsigned i = 0; i < s->notes.n; i++)
		if (stands_at(&s->notes.note[i], id) && is_shown(s, &s->notes.note[i]))
			return true;
	return false;
}

static bool has_change(const struct summing *s, const struct clause *k)
{
	const struct clause *new = s->has_next ? agree_text_find(&s->next, k->id) : k;

	return s->party.len == 0 && (new == NULL || memcmp(new->sha256, k->sha256, DIGEST_LEN) != 0);
}

static void draw_clause(struct summing *s, unsigned at)
{
	const struct clause *k = &s->v.text.clause[at];
	const char *id = arena_printf(s->p->ask->arena, "k-%.*s", STR_ARG(k->id)).p;

	html_open(s->h, "section");
	html_attr(s->h, "aria-labelledby", str_from(id));
	html_open(s->h, "h2");
	html_attr(s->h, "id", str_from(id));
	round_clause_link(s->h, &s->v, s->number[at], k->id);
	html_close(s->h);
	html_open(s->h, "p");
	html_attr(s->h, "lang", manifest_authentic(&s->v.r.manifest)->lang);
	round_clause(s->h, k);
	html_close(s->h);
	html_open(s->h, "div");
	html_attr(s->h, "class", STR("beside"));
	for (unsigned i = 0; i < s->notes.n; i++)
		if (stands_at(&s->notes.note[i], k->id) && is_shown(s, &s->notes.note[i])) {
			html_open(s->h, "div");
			draw_note(s, i);
			html_close(s->h);
		}
	html_close(s->h);
	draw_next(s, k);
	html_close(s->h);
}

/* About no clause, or about one that the text does not have. */
static void draw_whole(struct summing *s)
{
	bool any = false;

	for (unsigned i = 0; i < s->notes.n; i++) {
		const struct agree_note *n = &s->notes.note[i];
		if ((n->clauses > 0 && agree_text_find(&s->v.text, n->clause[0]) != NULL) || !is_shown(s, n))
			continue;
		if (!any)
			page_section(s->p, s->h, "h-whole", W_AGREE_WHOLE);
		any = true;
		draw_note(s, i);
	}
	if (any)
		html_close(s->h);
}

/* ---- the head ------------------------------------------------------------------------------------ */

static void figure(struct summing *s, uint64_t n, enum word w, bool open)
{
	struct link l;

	round_address(&l, ROUND_TABLE, &s->v);
	if (open)
		link_param(&l, "open", STR("1"));
	page_figure(s->p, s->h, n, w, &l);
}

static void draw_figures(struct summing *s)
{
	html_open(s->h, "ul");
	html_attr(s->h, "class", STR("figures"));
	figure(s, s->notes.open, W_AGREE_UNANSWERED, true);
	figure(s, s->notes.comments, W_AGREE_COMMENTS, false);
	figure(s, s->notes.amendments, W_AGREE_AMENDMENTS, false);
	figure(s, s->notes.conflicts, W_AGREE_CONFLICTS, false);
	if (s->has_next)
		figure(s, s->freeze.changes, W_AGREE_UNEXPLAINED, false);
	html_close(s->h);
	if (s->has_next && freeze_ok(&s->freeze))
		page_line(s->p, s->h, "p", NULL, W_AGREE_MAY_FREEZE);
}

static void draw_filter(struct summing *s)
{
	struct str party[MANIFEST_PARTIES];
	unsigned n = manifest_parties(&s->v.r.manifest, party);
	struct link l;

	html_open(s->h, "form");
	html_attr(s->h, "class", STR("act"));
	round_address(&l, ROUND_TABLE, &s->v);
	html_link(s->h, "action", &l);
	page_select(s->p, s->h, "f-", "party", W_AGREE_MEMBER);
	page_option(s->h, STR(""), page_word(s->p, W_AGREE_ALL), s->party.len == 0);
	for (unsigned i = 0; i < n; i++)
		page_option(s->h, party[i], party[i], str_eq(party[i], s->party));
	html_close(s->h);
	page_button(s->p, s->h, W_FILTER);
	html_close(s->h);
	html_open(s->h, "p");
	html_open(s->h, "a");
	link_begin(&l, "/agree-table.csv");
	link_param(&l, "round", s->v.ref);
	html_link(s->h, "href", &l);
	page_say(s->p, s->h, W_AGREE_CSV);
	html_close(s->h);
	html_close(s->h);
}

static int open_all(const struct page_ask *p, struct summing *s, struct err *e)
{
	int rc = round_view_open(p, &s->v, e);

	if (rc != 0)
		return rc;
	if (!s->v.there)
		return err_set(e, ERR_MISSING, "the texts of the round are not here yet");
	s->p = p;
	s->number = agree_numbers(p->ask->arena, &s->v.text);
	s->party = ask_param(p->ask, "party");
	agree_notes_load(p->ask->arena, p->ask->state, &s->v.r, &s->v.text, &s->notes);
	load_next(s);
	return 0;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct summing s = {.h = h};
	int rc = open_all(p, &s, e);

	if (rc != 0)
		return rc;
	round_head(p, h, &s.v, ROUND_TABLE);
	draw_figures(&s);
	draw_filter(&s);
	draw_whole(&s);
	for (unsigned i = 0; i < s.v.text.n; i++)
		if (has_notes(&s, s.v.text.clause[i].id) || has_change(&s, &s.v.text.clause[i]))
			draw_clause(&s, i);
	draw_other_changes(&s);
	draw_proposal(&s);
	return 0;
}

/* ---- as a file ----------------------------------------------------------------------------------- */

static void put(struct buf *out, struct str cell, bool last)
{
	buf_csv_inert(out, cell);
	buf_add(out, last ? STR("\r\n") : STR(","));
}

static struct str kind_of(const struct agree_note *n)
{
	struct str kind = item_text(&n->said->body, "kind"), position = item_text(&n->said->body, "position");

	return n->said->kind == KIND_AGREE_COMMENT ? STR("comment")
	        : position.len > 0                 ? position
	        : kind.len > 0                     ? kind
	                                           : STR("amendment");
}

static void put_note(struct summing *s, struct buf *out, const struct agree_note *n)
{
	struct item text = item_get(&n->said->body, STR("text"));
	struct str lang = STR("");
	auto_buf struct buf clauses = {0}, words = {0}, answer = {0};

	for (unsigned i = 0; i < n->clauses; i++)
		buf_printf(&clauses, "%s%.*s", i > 0 ? " " : "", STR_ARG(n->clause[i]));
	for (unsigned i = 0; i < n->amendment.n; i++)
		buf_printf(&words, "%s%.*s", i > 0 ? "\n" : "", STR_ARG(n->amendment.op[i].text));
	if (n->word != DISPOSITION_END)
		buf_printf(&answer, "%.*s: %.*s", STR_ARG(disposition_table[n->word].word),
		        STR_ARG(agree_words_of(&n->answer, s->p->words->code, &lang)));
	put(out, agree_via_words(s->p->ask->arena, &n->via, n->said->sender), false);
	put(out, buf_str(&clauses), false);
	put(out, kind_of(n), false);
	put(out,
	        n->said->kind == KIND_AGREE_AMENDMENT ? item_text(&n->said->body, "reason")
	                                              : agree_words_of(&text, s->p->words->code, &lang),
	        false);
	put(out, buf_str(&words), false);
	put(out, buf_str(&answer), true);
}

static int csv(const struct page_ask *p, struct buf *out, struct err *e)
{
	struct summing s = {0};
	int rc = open_all(p, &s, e);

	if (rc != 0)
		return rc;
	buf_add(out, STR("party,clause,kind,comment,proposed text,answer\r\n"));
	for (unsigned i = 0; i < s.notes.n; i++)
		put_note(&s, out, &s.notes.note[i]);
	return 0;
}

const struct page page_round_table = {.path = "/agree-table",
        .title = W_AGREE_TABLE,
        .id = true,
        .right = RIGHT_READ,
        .draw = draw,
        .csv = csv};
