/* SPDX-License-Identifier: Apache-2.0
 *
 * What a round has come to: the block that every node computes alike, who confirms it, and what was said of it since. Before closing it is
 * how the round would end if nothing more came.
 */
#include "agree/figure.h"
#include "agree/review.h"
#include "web/page_round.h"
#include "web/rounds.h"

static void cell_bound(
        const struct page_ask *p, struct html *h, const struct standing_member *s, bool adopted)
{
	static const enum word words[] = {[BOUND_NOT] = W_BOUND_NOT,
	        [BOUND_WHOLE] = W_BOUND_WHOLE,
	        [BOUND_EXCEPT] = W_BOUND_EXCEPT,
	        [BOUND_RESERVED] = W_BOUND_RESERVED};
	enum word w = s->bound == BOUND_RESERVED && s->scopes > 0 ? W_BOUND_RESERVED_FOR : words[s->bound];
	auto_buf struct buf ids = {0};

	for (unsigned i = 0; i < s->scopes; i++)
		buf_printf(&ids, "%s%.*s", i > 0 ? ", " : "", STR_ARG(s->scope[i]));
	html_open(h, "td");
	if (adopted)
		page_sayf(p, h, w, buf_str(&ids));
	html_close(h);
}

static void draw_members(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	static const enum word head[] = {
	        W_AGREE_MEMBER, W_AGREE_SERVICE, W_AGREE_POSITION, W_AGREE_BOUND, W_AGREE_CONFIRMS, WORD_END};
	const struct manifest *m = &v->r.manifest;
	bool adopted = v->o.state == OUTCOME_ADOPTED || v->o.state == OUTCOME_ADOPTED_EXCEPT;

	page_table(p, h, W_AGREE_MEMBERS, head);
	for (unsigned i = 0; i < m->members; i++) {
		const struct standing_member *s = &v->o.member[i];
		const struct said *said = outcome_said(&v->o, s->party);
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, s->party);
		html_close(h);
		page_cell(h, page_key(p, "serving", service_name(s->service)));
		page_cell(h, page_key(p, "position", position_name(s->position)));
		cell_bound(p, h, s, adopted);
		html_open(h, "td");
		if (said != NULL)
			page_say(p, h,
			        str_eq(item_text(&said->body, "block"), v->o.block) ? W_AGREE_EQUAL
			                                                            : W_AGREE_DIFFERS);
		html_close(h);
		html_close(h);
	}
	page_table_end(h);
}

/* Both lists, where members have computed different ones. */
static void draw_differing(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	if (!v->o.against)
		return;
	page_section(p, h, "h-differ", W_AGREE_DISPUTE);
	page_line(p, h, "p", "error", W_AGREE_DISPUTE_WHAT);
	for (unsigned i = 0; i < v->r.manifest.members; i++) {
		struct str party = v->r.manifest.member[i].party;
		const struct said *s = outcome_said(&v->o, party);
		if (s == NULL || str_eq(item_text(&s->body, "block"), v->o.block))
			continue;
		html_line(h, "h3", NULL, party);
		round_word_differences(p, h, "b", v->o.block, item_text(&s->body, "block"), STR("en"));
	}
	html_close(h);
}

static void draw_block(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	auto_buf struct buf certificate = {0};
	const struct manifest *m = &v->r.manifest;
	uint8_t digest[DIGEST_LEN];

	outcome_certificate(&v->o, &certificate);
	page_section(p, h, "h-block", v->now < v->closes ? W_AGREE_IF_NOTHING : W_AGREE_CERTIFICATE);
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	if (v->o.shown == OUTCOME_PROVISIONAL || v->now < v->o.round.grace)
		round_fact_time(p, h, W_AGREE_GRACE_UNTIL, v->o.round.grace, m);
	if (v->o.state == OUTCOME_ADOPTED || v->o.state == OUTCOME_ADOPTED_EXCEPT) {
		round_fact_time(p, h, W_AGREE_ADOPTED, v->o.adopted, m);
		round_fact_time(p, h, W_AGREE_IN_FORCE, v->o.in_force, m);
		round_fact_time(p, h, W_AGREE_REVIEW, manifest_review(m, v->o.adopted), m);
	}
	if (v->now >= v->o.round.grace)
		round_fact(p, h, W_AGREE_CONFIRMED, page_number(p, v->o.confirmed));
	if (v->now >= v->o.round.closes) {
		digest_of(v->o.block, digest);
		round_fact(p, h, W_CERTIFICATE_BLOCK_SHA, rounds_hex(p->ask->arena, digest));
	}
	html_close(h);
	draw_members(p, h, v);
	html_line(h, "pre", "raw", buf_str(&certificate));
	page_line(p, h, "p", "note", W_AGREE_VERIFY);
	html_open(h, "p");
	html_open(h, "a");
	struct link l;
	round_path(&l, "/agree-print", v);
	html_link(h, "href", &l);
	page_say(p, h, W_AGREE_PRINT);
	html_close(h);
	html_close(h);
	html_close(h);
}

/* ---- said since ---------------------------------------------------------------------------------- */

static void draw_since(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	static const enum kind kinds[] = {
	        KIND_AGREE_STATEMENT, KIND_AGREE_ACCEDE, KIND_AGREE_LEAVE, KIND_AGREE_MINUTES};
	unsigned n = 0;

	page_section(p, h, "h-since", W_AGREE_SINCE);
	for (unsigned k = 0; k < 4; k++)
		for (size_t i = 0; i < v->r.in.n; i++) {
			const struct said *s = &v->r.in.said[i];
			struct item text = item_get(&s->body, STR("text"));
			if (s->kind != kinds[k])
				continue;
			n++;
			html_open(h, "div");
			html_attr(h, "class", STR("margin"));
			html_line(h, "strong", NULL, s->sender);
			html_text(h, STR(" "));
			html_text(h, page_key(p, "rkind", str_skip(str_from(kind_table[s->kind].name), 6)));
			html_text(h, STR(" \xc2\xb7 "));
			round_time(p, h, s->created, NULL);
			round_words(p, h, "p", "lines", &text);
			if (s->kind == KIND_AGREE_LEAVE)
				html_line(h, "p", "lines", item_text(&s->body, "reason"));
			if (s->kind == KIND_AGREE_MINUTES) {
				html_open(h, "dl");
				html_attr(h, "class", STR("facts"));
				round_minutes_facts(p, h, &v->o.round, s);
				html_close(h);
			}
			html_close(h);
		}
	if (n == 0)
		page_line(p, h, "p", NULL, W_NONE);
	html_close(h);
}

/* ---- what can be done ---------------------------------------------------------------------------- */

static void draw_statement(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	if (v->now > manifest_statements_end(&v->r.manifest, v->o.adopted))
		return;
	page_section_act(p, h, "h-statement", W_AGREE_STATEMENT);
	html_open(h, "p");
	page_say(p, h, W_AGREE_STATEMENT_UNTIL);
	html_text(h, STR(" "));
	round_time(p, h, manifest_statements_end(&v->r.manifest, v->o.adopted), &v->r.manifest);
	html_close(h);
	round_fields(p, h, "/agree/statement", v, ROUND_CERTIFICATE);
	round_area(p, h, "t-", "text", W_AGREE_WORDS, (struct str){0}, 3, true);
	round_languages(p, h, "t-", &v->r.manifest, STR(""));
	page_button(p, h, W_AGREE_SIGN_GO);
	html_close(h);
	html_close(h);
}

/* What an indicator may be, since nobody knows the names by heart. */
static void draw_figures(const struct page_ask *p, struct html *h)
{
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_AGREE_INDICATOR);
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	for (unsigned i = 0; i < agree_figure_count; i++) {
		html_line(h, "dt", NULL,
		        arena_printf(p->ask->arena, "%s, %s", agree_figures[i].name, agree_figures[i].unit));
		html_open(h, "dd");
		page_english(p, h, str_from(agree_figure_about(&agree_figures[i])));
		html_close(h);
	}
	html_close(h);
	html_close(h);
}

static const char *const commit_fields[] = {"what", "owner", "due", "clause", "indicator", NULL},
                         *const leave_fields[] = {"reason", NULL}, *const accede_fields[] = {NULL};
static const struct round_back commit = {"commitment", "agree-commit", "/agree/commit", commit_fields,
                                       ROUND_CERTIFICATE},
                               leave = {"leave", "agree-leave", "/agree/leave", leave_fields,
                                       ROUND_CERTIFICATE},
                               accede = {"accede", "agree-accede", "/agree/accede", accede_fields,
                                       ROUND_CERTIFICATE};

static void draw_commit(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	page_section_act(p, h, "h-commit", W_AGREE_COMMIT);
	page_line(p, h, "p", "note", W_AGREE_TIME_HOW);
	round_draw_back(p, h, v, &commit);
	round_fields(p, h, "/agree/commit-preview", v, ROUND_CERTIFICATE);
	page_hidden(h, "preview", STR("commitment"));
	round_area(p, h, "c-", "what", W_COL_WHAT, round_typed(p, &commit, "what"), 2, true);
	round_field(p, h, "c-", "owner", W_AGREE_OWNER, round_typed(p, &commit, "owner"), 20, true);
	round_field(p, h, "c-", "due", W_AGREE_DUE, round_typed(p, &commit, "due"), 16, true);
	round_field(p, h, "c-", "clause", W_AGREE_CLAUSE, round_typed(p, &commit, "clause"), 5, false);
	round_field(
	        p, h, "c-", "indicator", W_AGREE_INDICATOR, round_typed(p, &commit, "indicator"), 24, false);
	draw_figures(p, h);
	page_button(p, h, W_AGREE_READ_BACK);
	html_close(h);
	html_close(h);
}

static void draw_join(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	bool joined = agree_joined(p->ask->state, &v->r, v->me);

	page_section_act(p, h, "h-join", joined ? W_AGREE_LEAVE : W_AGREE_ACCEDE);
	round_draw_back(p, h, v, joined ? &leave : &accede);
	round_form(p, h, joined ? "/agree/leave-preview" : "/agree/accede-preview", v, ROUND_CERTIFICATE);
	page_hidden(h, "preview", str_from(joined ? leave.kind : accede.kind));
	if (joined)
		round_area(p, h, "l-", "reason", W_REASON, round_typed(p, &leave, "reason"), 2, true);
	page_button(p, h, W_AGREE_READ_BACK);
	html_close(h);
	html_close(h);
}

static void file_field(const struct page_ask *p, struct html *h)
{
	html_open(h, "label");
	html_attr(h, "for", STR("file"));
	page_say(p, h, W_AGREE_FILE);
	html_close(h);
	html_empty(h, "input");
	html_attr(h, "type", STR("file"));
	html_attr(h, "id", STR("file"));
	html_attr(h, "name", STR("file"));
}

/* Of a meeting all who agree sign the same bytes; an act that was done elsewhere is entered by two persons of the chair. */
static void draw_minutes_form(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct sifted *chair)
{
	const struct manifest *m = &v->r.manifest;
	struct link back;

	page_form_with_file(p, h, "/agree/minutes", "act");
	page_hidden(h, "round", v->ref);
	round_address(&back, ROUND_CERTIFICATE, v);
	page_hidden(h, "back", buf_str(&back.text));
	link_done(&back);
	if (chair != NULL && !str_eq(v->me, m->chair)) {
		page_hidden(h, "minutes", item_text(&chair->s->body, "minutes"));
	} else {
		file_field(p, h);
		round_field(p, h, "m-", "present", W_AGREE_PRESENT, (struct str){0}, 24, false);
	}
	if (m->rule == RULE_RECORDED) {
		round_field(p, h, "m-", "number", W_AGREE_ACT_NUMBER, (struct str){0}, 16, true);
		round_field(p, h, "m-", "date", W_AGREE_ACT_DATE, (struct str){0}, 12, true);
	}
	page_button(p, h, m->rule == RULE_RECORDED ? W_AGREE_WRITE_FOR_SECOND : W_AGREE_SIGN_GO);
	html_close(h);
}

static bool may_sign_minutes(const struct page_ask *p, const struct round_view *v)
{
	const struct manifest *m = &v->r.manifest;

	return v->member && v->now <= v->closes && page_binds(p, v->r.manifest.instrument) &&
	        (m->rule == RULE_MEETING || str_eq(v->me, m->chair));
}

/* Whoever may look at the round reads them; a member signs what it has read. */
static void draw_minutes(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	const struct manifest *m = &v->r.manifest;
	const struct sifted *chair = round_newest(&v->o.round, KIND_AGREE_MINUTES, m->chair, false);
	bool may = may_sign_minutes(p, v);

	if ((m->rule != RULE_MEETING && m->rule != RULE_RECORDED) || (chair == NULL && !may))
		return;
	page_section(p, h, "h-minutes", W_AGREE_MINUTES);
	if (chair != NULL) {
		html_open(h, "p");
		page_sayf(p, h, W_AGREE_MINUTES_OF, m->chair);
		html_close(h);
		round_minutes(p, h, v, chair->s);
	}
	if (may)
		draw_minutes_form(p, h, v, chair);
	html_close(h);
}

/* Its date for everybody, its word for the chair. */
static void draw_review(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	static const char *const words[] = {"confirm", "revise", "end", NULL};
	const struct manifest *m = &v->r.manifest;
	int64_t due = review_due(p->ask->state, v->r.id, &v->o);

	if (due == 0)
		return;
	page_section(p, h, "h-review", W_AGREE_REVIEW_HEAD);
	html_open(h, "p");
	page_say(p, h, W_AGREE_REVIEW_DUE);
	html_text(h, STR(" "));
	round_time(p, h, due, m);
	html_close(h);
	if (page_binds(p, m->instrument) && (str_eq(v->me, m->chair) || str_eq(v->me, m->secretariat))) {
		round_fields(p, h, "/agree/review", v, ROUND_CERTIFICATE);
		round_choice(p, h, "r-", "word", W_AGREE_REVIEW_HEAD, "rreview", words, STR("confirm"));
		round_field(p, h, "r-", "text", W_REASON, (struct str){0}, 40, false);
		page_button(p, h, W_SAVE);
		html_close(h);
	}
	html_close(h);
}

static void draw_forms(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	bool adopted = v->o.shown == OUTCOME_ADOPTED || v->o.shown == OUTCOME_ADOPTED_EXCEPT ||
	        v->o.shown == OUTCOME_PROVISIONAL;

	if (!adopted || !page_binds(p, v->r.manifest.instrument) || !manifest_party(&v->r.manifest, v->me))
		return;
	if (agree_joined(p->ask->state, &v->r, v->me)) {
		draw_statement(p, h, v);
		draw_commit(p, h, v);
	}
	draw_join(p, h, v);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct round_view v;
	int rc = round_view_whole(p, &v, e);

	if (rc != 0)
		return rc;
	round_head(p, h, &v, ROUND_CERTIFICATE);
	if (v.o.block.len == 0)
		page_line(p, h, "p", NULL, W_AGREE_NO_BLOCK);
	else
		draw_block(p, h, &v);
	draw_differing(p, h, &v);
	draw_minutes(p, h, &v);
	draw_since(p, h, &v);
	draw_review(p, h, &v);
	draw_forms(p, h, &v);
	return 0;
}

const struct page page_certificate = {
        .path = "/agree-certificate", .title = W_AGREE_RESULT, .id = true, .right = RIGHT_READ, .draw = draw};
