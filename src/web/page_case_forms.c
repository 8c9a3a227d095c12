/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be done with a case; only what this CERT may say of it is offered.
 */
#include "web/page_case_in.h"
#include "web/page_findings_in.h"

static void line(const struct page_ask *p, struct html *h, const char *prefix, const char *name,
        enum word label, unsigned size, bool required)
{
	page_field(p, h,
	        &(struct page_field){.prefix = prefix,
	                .name = name,
	                .label = label,
	                .type = "text",
	                .limit = 300,
	                .size = size,
	                .required = required});
}

static void area(const struct page_ask *p, struct html *h, const char *prefix, enum word label, bool required)
{
	page_area(p, h,
	        &(struct page_field){.prefix = prefix,
	                .name = "text",
	                .label = label,
	                .limit = 5000,
	                .required = required},
	        3);
}

static void end(const struct page_ask *p, struct html *h, enum word button)
{
	page_button(p, h, button);
	html_close(h);
}

/* Who asked says two things, who was asked the others; in our own work all are ours. */
static bool may_say(const struct case_row *k, enum case_state s)
{
	enum case_writer w = case_state_table[s].writer;

	if (w == CASE_BY_NODE)
		return false;
	return k->direction.len == 0 || (str_eq(k->direction, STR("ours")) == (w == CASE_BY_REQUESTER));
}

static void draw_state(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	case_form(p, h, "/cases/state", k);
	page_select(p, h, "s-", "state", W_CASE_SAY);
	for (unsigned i = 0; i < CASE_STATES; i++) {
		struct str name = str_from(case_state_table[i].name);
		if (may_say(k, (enum case_state)i))
			page_option(h, name, page_key(p, "cstate", name), false);
	}
	html_close(h);
	if (!str_eq(k->direction, STR("ours"))) {
		page_select(p, h, "s-", "reason", W_REASON);
		page_option(h, STR(""), STR(""), true);
		for (unsigned i = 0; case_reasons[i] != NULL; i++)
			page_option(h, str_from(case_reasons[i]), str_from(case_reasons[i]), false);
		html_close(h);
		line(p, h, "s-", "redirect-to", W_CASE_REDIRECT, 8, false);
	}
	area(p, h, "s-", W_NOTE, false);
	end(p, h, W_CASE_SAY_GO);
}

/* ---- what others have asked of us ---- */

static void say_form(const struct page_ask *p, struct html *h, const struct case_row *k, const char *state)
{
	case_form(p, h, "/cases/state", k);
	page_hidden(h, "state", str_from(state));
}

static void draw_reasons(const struct page_ask *p, struct html *h, const char *prefix)
{
	page_select(p, h, prefix, "reason", W_REASON);
	for (unsigned i = 0; case_reasons[i] != NULL; i++)
		page_option(h, str_from(case_reasons[i]), str_from(case_reasons[i]), false);
	html_close(h);
}

/* One press each, in the order in which they are needed; all other words are behind them. */
static void draw_theirs(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	page_section(p, h, "h-reply", W_CASE_REPLY);
	if (k->acked == 0) {
		say_form(p, h, k, "acknowledged");
		end(p, h, W_CASE_DO_ACK);
	}
	say_form(p, h, k, "accepted");
	end(p, h, W_CASE_DO_ACCEPT);
	say_form(p, h, k, "needs-information");
	area(p, h, "q-", W_CASE_QUESTION, true);
	end(p, h, W_CASE_DO_ASK);
	say_form(p, h, k, "resolved");
	area(p, h, "r-", W_NOTE, false);
	end(p, h, W_CASE_DO_RESOLVE);
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_CASE_DO_OTHER);
	say_form(p, h, k, "declined");
	draw_reasons(p, h, "e-");
	area(p, h, "e-", W_NOTE, false);
	end(p, h, W_CASE_DO_DECLINE);
	say_form(p, h, k, "redirected");
	line(p, h, "i-", "redirect-to", W_CASE_REDIRECT, 20, true);
	area(p, h, "i-", W_NOTE, false);
	end(p, h, W_CASE_DO_REDIRECT);
	html_close(h);
	html_close(h);
}

/* What is noted goes to the other CERT as well; who has a link with us is seen in that it has been asked, or has asked. */
static void draw_tell(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	if (!k->said)
		return;
	html_open(h, "p");
	html_empty(h, "input");
	html_attr(h, "type", STR("checkbox"));
	html_attr(h, "id", STR("o-tell"));
	html_attr(h, "name", STR("tell"));
	html_attr(h, "value", STR("1"));
	html_open(h, "label");
	html_attr(h, "for", STR("o-tell"));
	page_say(p, h, W_CASE_TELL);
	html_close(h);
	html_close(h);
}

/* Where a partner has answered by mail: what he says is put on record as a statement that names his mail. */
static void draw_about_mail(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	struct query q = db_query(p->ask->state,
	        "select id, sender from message where case_ = ?1 and whole = 2 and ?2 order by id desc limit "
	        "20");
	unsigned n = 0;

	query_u64(&q, k->id);
	query_u64(&q, k->said);
	while (query_next(&q) == 1) {
		auto_buf struct buf shown = {0};
		struct str id = page_id(p, 'M', query_get_u64(&q, 0));
		if (n++ == 0) {
			page_select(p, h, "o-", "mail", W_CASE_NOTE_MAIL);
			page_option(h, STR(""), STR(""), true);
		}
		buf_printf(&shown, "%.*s %.*s", STR_ARG(id), STR_ARG(query_get_text(&q, 1)));
		page_option(h, id, buf_str(&shown), false);
	}
	query_done(&q, NULL);
	if (n > 0)
		html_close(h);
}

static void draw_note(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	static const char *const channels[] = {"", "phone", "mail", "chat", "fax", "person"};

	case_form(p, h, "/cases/note", k);
	area(p, h, "o-", W_NOTE, true);
	page_select(p, h, "o-", "channel", W_CASE_CHANNEL);
	for (unsigned i = 0; i < 6; i++)
		page_option(h, str_from(channels[i]), str_from(channels[i]), i == 0);
	html_close(h);
	line(p, h, "o-", "party", W_CASE_PARTY, 20, false);
	draw_about_mail(p, h, k);
	draw_tell(p, h, k);
	end(p, h, W_FINDINGS_NOTE);
}

static void draw_people(const struct page_ask *p, struct html *h, struct people *l, const char *prefix)
{
	page_select(p, h, prefix, "to", W_FINDINGS_ASSIGN_TO);
	for (size_t i = 0; i < l->n; i++)
		page_option(h, l->v[i], l->v[i], str_eq(l->v[i], p->who->person));
	page_option(h, STR("nobody"), page_word(p, W_FINDINGS_NOBODY), false);
	html_close(h);
}

static void draw_assign(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	struct people l = {0};

	people_find(p, &l);
	case_form(p, h, "/cases/assign", k);
	draw_people(p, h, &l, "a-");
	end(p, h, W_FINDINGS_ASSIGN);
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_CASE_HAND_OVER);
	case_form(p, h, "/cases/hand-over", k);
	draw_people(p, h, &l, "h-");
	area(p, h, "h-", W_CASE_HAND_OVER_TEXT, true);
	end(p, h, W_CASE_HAND_OVER);
	html_close(h);
	vec_done(&l);
}

static void draw_answer(
        const struct page_ask *p, struct html *h, const struct case_row *k, const struct block_values *v)
{
	struct str text = page_block_chosen(p, STR(""), v);

	html_open(h, "details");
	if (text.len != 0)
		html_flag(h, "open");
	page_line(p, h, "summary", NULL, W_CASE_ANSWER);
	case_form(p, h, "/cases/answer", k);
	line(p, h, "w-", "to", W_COL_TO, 30, true);
	line(p, h, "w-", "subject", W_INCOMING_SUBJECT, 40, false);
	page_area(p, h,
	        &(struct page_field){.prefix = "w-",
	                .name = "text",
	                .label = W_COL_TEXT,
	                .limit = 5000,
	                .value = text,
	                .required = true},
	        6);
	end(p, h, W_CASE_ANSWER_GO);
	html_close(h);
}

static void draw_stage(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	static const char *const stages[] = {"first", "second", "final"};

	case_form(p, h, "/cases/told", k);
	page_select(p, h, "g-", "stage", W_CASE_STAGES);
	for (unsigned i = 0; i < 3; i++)
		page_option(h, str_from(stages[i]), page_key(p, "stage", str_from(stages[i])), i == 0);
	html_close(h);
	area(p, h, "g-", W_COL_TEXT, true);
	end(p, h, W_CASE_STAGE_GO);
}

static void draw_more(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_CASE_MORE);
	case_form(p, h, "/cases/link", k);
	line(p, h, "l-", "to", W_CASE_LINK, 12, true);
	end(p, h, W_CASE_LINK_GO);
	case_form(p, h, "/cases/touch", k);
	line(p, h, "c-", "cc", W_FINDINGS_COUNTRY, 4, true);
	end(p, h, W_CASE_TOUCH_GO);
	case_form(p, h, "/cases/hold", k);
	if (k->held_until == 0) {
		line(p, h, "d-", "until", W_CASE_HELD, 12, true);
		line(p, h, "d-", "why", W_REASON, 30, true);
	} else {
		page_hidden(h, "off", STR("1"));
	}
	end(p, h, k->held_until == 0 ? W_CASE_HOLD : W_CASE_HOLD_OFF);
	case_form(p, h, "/cases/merge", k);
	line(p, h, "m-", "into", W_CASE_MERGE, 12, true);
	end(p, h, W_CASE_MERGE_GO);
	if (k->direction.len == 0)
		draw_stage(p, h, k);
	html_close(h);
}

void case_forms(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	if (k->merged != 0)
		return;
	if (str_eq(k->direction, STR("theirs")) && k->ended == 0)
		draw_theirs(p, h, k);
	draw_state(p, h, k);
	draw_note(p, h, k);
	draw_assign(p, h, k);
	if (page_may(p, RIGHT_LETTERS)) {
		struct block_values v = {.name = k->peer.len != 0 ? k->peer : k->owner,
		        .owner = k->owner,
		        .ticket = k->number};
		draw_answer(p, h, k, &v);
		page_blocks(p, h, STR(""), &v,
		        arena_printf(p->ask->arena, "/cases/K%llu", (unsigned long long)k->id));
	}
	draw_more(p, h, k);
}
