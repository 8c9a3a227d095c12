/* SPDX-License-Identifier: Apache-2.0
 *
 * Who has the texts of a round, by whose word, and whether early enough: silence is consent only where that is proven. What was sent proves
 * nothing, and is shown.
 */
#include "agree/code.h"
#include "web/page_round.h"

/* The id of the statement that says so, by which anybody finds it in a bundle or a log. */
static void put_proof(const struct page_ask *p, struct html *h, const struct said *s)
{
	if (s == NULL)
		return;
	html_text(h, STR(" "));
	html_line(h, "code", NULL, round_id(p, s->id));
}

/* One way on which it may have come; nothing if it has not. */
static void line_begin(const struct page_ask *p, struct html *h, enum word way)
{
	html_open(h, "li");
	page_say(p, h, way);
	html_text(h, STR(": "));
}

static void line_at(const struct page_ask *p, struct html *h, enum word way, int64_t seconds,
        struct str words, const struct said *by)
{
	if (seconds == 0 && words.len == 0)
		return;
	line_begin(p, h, way);
	if (seconds != 0)
		page_time(h, seconds * 1000000);
	if (words.len > 0) {
		html_text(h, STR(" "));
		html_text(h, words);
	}
	if (seconds != 0)
		put_proof(p, h, by);
	html_close(h);
}

/* It proves nothing, and says which way still goes. */
static void line_relayed(const struct page_ask *p, struct html *h, const struct board_member *b)
{
	if (b->relayed == 0)
		return;
	html_open(h, "li");
	page_sayf(p, h, W_AGREE_RELAYED, b->relay);
	html_text(h, STR(": "));
	page_time(h, b->relayed * 1000000);
	html_close(h);
}

static void line_other(const struct page_ask *p, struct html *h, const struct board_member *b)
{
	if (b->other == 0 && b->denied == 0)
		return;
	line_begin(p, h, W_AGREE_OTHER);
	if (b->other != 0) {
		page_time(h, b->other * 1000000);
		html_text(h, STR(" "));
		html_text(h, page_key(p, "rlevel", b->level));
		html_printf(h, " (%.*s)", STR_ARG(b->by));
		put_proof(p, h, b->other_by);
	}
	if (b->denied != 0) {
		html_text(h, STR(" "));
		page_say(p, h, W_AGREE_DENIED);
		html_text(h, STR(" "));
		page_time(h, b->denied * 1000000);
		put_proof(p, h, b->denied_by);
	}
	html_close(h);
}

static void line_voices(const struct page_ask *p, struct html *h, const struct board_member *b)
{
	if (b->voices == 0)
		return;
	line_begin(p, h, W_AGREE_VOICES);
	html_u64(h, b->voices);
	html_text(h, STR(" "));
	if (b->voice_open)
		page_line(p, h, "strong", NULL, W_AGREE_VOICE_OPEN);
	html_close(h);
}

/* The ways stand below each other: side by side they would be wider than a phone, and most have come on one or two. */
static void draw_ways(const struct page_ask *p, struct html *h, const struct board_member *b)
{
	html_open(h, "ul");
	html_attr(h, "class", STR("plain"));
	line_at(p, h, W_AGREE_SENT, b->sent, STR(""), NULL);
	line_relayed(p, h, b);
	line_at(p, h, W_AGREE_NODE, b->node != 0 ? b->node : b->part,
	        b->node == 0 && b->part != 0 ? page_word(p, W_AGREE_TEXTS_MISSING) : STR(""), b->node_by);
	line_at(p, h, W_AGREE_HUMAN, b->human, STR(""), b->human_by);
	line_other(p, h, b);
	line_voices(p, h, b);
	html_close(h);
}

static void cell_notice(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct board_member *b)
{
	const struct manifest *m = &v->r.manifest;

	html_open(h, "td");
	if (b->notice > 0 && !b->opened && b->t == 0) {
		page_say(p, h, W_AGREE_NOT_BEGUN);
		html_text(h, STR(" "));
	}
	if (b->notice > 0 && !b->opened)
		page_sayf(p, h, W_AGREE_HOURS_OF, page_number(p, (uint64_t)b->notice / 3600),
		        page_number(p, (uint64_t)manifest_seconds(m->min_notice) / 3600),
		        page_number(p, m->working_days));
	if (!b->enough && !b->opened) {
		html_text(h, STR(" "));
		html_line(h, "strong", NULL, page_word(p, W_AGREE_TOO_LITTLE));
	}
	html_close(h);
}

static bool counts(const struct manifest *m, const struct board_member *b)
{
	if (m->rule == RULE_NONE || m->rule == RULE_RECORDED)
		return b->opened || b->t != 0;
	return b->service == SERVICE_OPENED || b->service == SERVICE_SPOKEN || b->service == SERVICE_SERVED;
}

static void draw_member(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct board_member *b)
{
	const struct manifest *m = &v->r.manifest;
	bool served = counts(m, b);

	html_open(h, "tr");
	if (!served)
		html_attr(h, "data-severity", STR("high"));
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, b->party);
	html_close(h);
	html_open(h, "td");
	page_tag(p, h, "serving", served ? b->opened ? STR("opened") : STR("served") : STR("unserved"));
	if (m->rule != RULE_NONE && (b->service == SERVICE_SPOKEN || b->service == SERVICE_CONTESTED)) {
		html_text(h, STR(" "));
		html_text(h, page_key(p, "serving", service_name(b->service)));
	}
	draw_ways(p, h, b);
	html_close(h);
	cell_notice(p, h, v, b);
	html_close(h);
}

static void draw_board(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	static const enum word head[] = {W_AGREE_MEMBER, W_AGREE_SERVICE, W_AGREE_NOTICE, WORD_END};
	const struct manifest *m = &v->r.manifest;
	struct board_member *b = arena_array(p->ask->arena, m->members + 1, sizeof(*b));
	unsigned served = 0;

	agree_board(p->ask->state, p->ask->arena, &v->r, &v->o, v->now, b);
	for (unsigned i = 0; i < m->members; i++)
		served += counts(m, &b[i]);
	html_open(h, "p");
	page_sayf(p, h, W_AGREE_SERVED_OF, page_number(p, served), page_number(p, m->members),
	        page_word(p, m->human ? W_AGREE_LEVEL_HUMAN : W_AGREE_LEVEL_NODE));
	html_close(h);
	if (m->rule != RULE_NONE && m->rule != RULE_RECORDED) {
		html_open(h, "p");
		page_say(p, h, W_AGREE_SERVE_BY);
		html_text(h, STR(" "));
		round_time(p, h, round_serve_by(m, v->closes), m);
		html_close(h);
	}
	html_open(h, "div");
	html_attr(h, "class", STR("rows prose"));
	page_table(p, h, W_AGREE_SERVICE, head);
	for (unsigned i = 0; i < m->members; i++)
		draw_member(p, h, v, &b[i]);
	page_table_end(h);
	html_close(h);
}

/* ---- what can be done ---------------------------------------------------------------------------- */

static void choose_member(
        const struct page_ask *p, struct html *h, const struct round_view *v, const char *prefix)
{
	page_select(p, h, prefix, "party", W_AGREE_MEMBER);
	for (unsigned i = 0; i < v->r.manifest.members; i++)
		if (!str_eq(v->r.manifest.member[i].party, v->me))
			page_option(h, v->r.manifest.member[i].party, v->r.manifest.member[i].party, false);
	html_close(h);
}

static void draw_attest(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	static const char *const levels[] = {"voice", "mail", "paper", "in-person", NULL};

	page_section_act(p, h, "h-attest", W_AGREE_ATTEST);
	page_line(p, h, "p", NULL, W_AGREE_ATTEST_WHAT);
	round_form(p, h, "/agree/served", v, ROUND_SERVICE);
	choose_member(p, h, v, "s-");
	round_choice(p, h, "s-", "level", W_AGREE_OTHER, "rlevel", levels, STR("voice"));
	round_field(p, h, "s-", "at", W_AGREE_AT, (struct str){0}, 16, false);
	page_button(p, h, W_AGREE_WRITE_FOR_SECOND);
	html_close(h);
	html_close(h);
	page_section_act(p, h, "h-voice", W_AGREE_VOICE);
	page_line(p, h, "p", NULL, W_AGREE_VOICE_TAKE);
	round_form(p, h, "/agree/voice", v, ROUND_SERVICE);
	choose_member(p, h, v, "v-");
	round_field(p, h, "v-", "code", W_AGREE_VOICE_CODE, (struct str){0}, 20, true);
	page_button(p, h, W_AGREE_WRITE_FOR_SECOND);
	html_close(h);
	html_close(h);
}

/* A member contradicts what chair or deputy have said of it. */
static void draw_deny(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	page_section_act(p, h, "h-deny", W_AGREE_DENY);
	page_line(p, h, "p", NULL, W_AGREE_DENY_WHAT);
	round_form(p, h, "/agree/served", v, ROUND_SERVICE);
	page_hidden(h, "level", STR("none"));
	page_button(p, h, W_AGREE_WRITE_FOR_SECOND);
	html_close(h);
	html_close(h);
}

/* Of that kind, about the opening itself; nobody else has it yet, so that it does not count. */
static const struct said *unseen(const struct round_view *v, enum kind kind)
{
	const struct said *ret = NULL;

	for (size_t i = 0; i < v->r.in.n; i++) {
		const struct said *s = &v->r.in.said[i];
		const struct sifted *f = s->kind == kind ? round_find(&v->o.round, s->id) : NULL;
		if (f != NULL && f->about && f->seen == ROUND_NEVER && str_eq(s->sender, v->me) &&
		        (kind == KIND_AGREE_EXTEND || memcmp(s->reply, v->r.open.id, DIGEST_LEN) == 0))
			ret = s;
	}
	return ret;
}

/* True: there is one, and it is said. */
static bool draw_unseen(const struct page_ask *p, struct html *h, const struct round_view *v, enum kind kind)
{
	const struct said *s = unseen(v, kind);

	if (s == NULL)
		return false;
	html_open(h, "p");
	html_attr(h, "class", STR("note"));
	page_say(p, h, W_AGREE_UNSEEN);
	html_text(h, STR(" "));
	page_time(h, s->created * 1000000);
	put_proof(p, h, s);
	html_close(h);
	return true;
}

static const char *const extend_fields[] = {"closes", "reason", NULL};
static const struct round_back extend = {
        "extend", "agree-extend", "/agree/extend", extend_fields, ROUND_SERVICE};

static void draw_extend(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	const struct manifest *m = &v->r.manifest;

	if (m->extend == 0 || !str_eq(v->me, m->chair))
		return;
	page_section_act(p, h, "h-extend", W_AGREE_EXTEND);
	html_open(h, "p");
	page_sayf(p, h, W_AGREE_EXTENDED, page_number(p, v->o.round.extended), page_number(p, m->extend),
	        arena_printf(p->ask->arena, "%u%c", m->longest.n, m->longest.unit));
	html_close(h);
	if (!draw_unseen(p, h, v, KIND_AGREE_EXTEND) && v->o.round.extended < m->extend) {
		page_line(p, h, "p", "note", W_AGREE_TIME_HOW);
		round_draw_back(p, h, v, &extend);
		round_form(p, h, "/agree/extend-preview", v, ROUND_SERVICE);
		page_hidden(h, "preview", STR("extend"));
		round_field(
		        p, h, "e-", "closes", W_AGREE_CLOSES, round_typed(p, &extend, "closes"), 16, true);
		round_area(p, h, "e-", "reason", W_REASON, round_typed(p, &extend, "reason"), 2, true);
		page_button(p, h, W_AGREE_READ_BACK);
		html_close(h);
	}
	html_close(h);
}

/* It takes back the opening, which ends the round for all: what was typed is read back first. */
static void draw_withdraw(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	struct str reason = ask_param(p->ask, "reason");
	bool preview = ask_param(p->ask, "withdraw").len > 0 && reason.len > 0;
	char code[TEXT_CODE_LEN];

	if (!str_eq(v->me, v->r.manifest.chair) || v->o.round.withdrawn)
		return;
	page_section_act(p, h, "h-withdraw", W_AGREE_WITHDRAW);
	if (draw_unseen(p, h, v, KIND_AGREE_RETRACT)) {
		html_close(h);
		return;
	}
	page_line(p, h, "p", NULL, W_AGREE_WITHDRAW_WHAT);
	if (preview) {
		text_code(v->r.manifest.sha256, code);
		html_open(h, "p");
		page_sayf(p, h, W_AGREE_WITHDRAW_BACK, v->me, v->name, str_from(code));
		html_close(h);
		html_line(h, "p", "lines", reason);
		round_form(p, h, "/agree/retract", v, ROUND_SERVICE);
		page_hidden(h, "id", round_id(p, v->r.open.id));
		page_hidden(h, "reason", reason);
		page_button(p, h, W_AGREE_WITHDRAW);
		html_close(h);
	}
	round_form(p, h, "/agree/withdraw-preview", v, ROUND_SERVICE);
	page_hidden(h, "withdraw", STR("1"));
	round_area(p, h, "w-", "reason", W_REASON, preview ? reason : (struct str){0}, 2, true);
	page_button(p, h, W_AGREE_READ_BACK);
	html_close(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct round_view v;
	int rc = round_view_whole(p, &v, e);

	if (rc != 0)
		return rc;
	round_head(p, h, &v, ROUND_SERVICE);
	draw_board(p, h, &v);
	if (!page_binds(p, v.r.manifest.instrument))
		return 0;
	if (v.office)
		draw_attest(p, h, &v);
	if (v.member && !str_eq(v.me, v.r.manifest.chair))
		draw_deny(p, h, &v);
	if (v.now <= v.closes)
		draw_extend(p, h, &v);
	if (v.now <= v.closes)
		draw_withdraw(p, h, &v);
	return 0;
}

const struct page page_service = {
        .path = "/agree-service", .title = W_AGREE_SERVICE, .id = true, .right = RIGHT_READ, .draw = draw};
