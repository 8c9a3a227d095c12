/* SPDX-License-Identifier: Apache-2.0
 *
 * One letter: what it says, to whom and why, what came of it, and what can be done about it.
 */
#include "web/page_letter.h"

#define ROWS 50

static int find(const struct page_ask *p, struct letter_row *l, struct err *e)
{
	if (ask_id(p->ask->id, 'N', &l->id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(p->ask->state,
	        "select n.ticket, n.state, n.kind, n.class, n.label, o.name, o.ref, c.email, c.language, "
	        "c.phone, "
	        "n.answer, n.pgp, coalesce(n.sha256, x''), coalesce(n.follows, 0), coalesce(c.broken, 0), "
	        "coalesce(n.call_due, 0), coalesce(n.called, 0), n.sealed is not null, n.clearance is not "
	        "null"
	        " from notice n join contact c on c.id = n.contact join owner o on o.id = c.owner where n.id "
	        "= ?");
	struct str *const texts[] = {&l->ticket, &l->state, &l->kind, &l->class, &l->label, &l->owner,
	        &l->ref, &l->email, &l->language, &l->phone, &l->answer, &l->pgp};
	query_u64(&q, l->id);
	bool there = query_next(&q) == 1;
	if (there) {
		for (int i = 0; i < 12; i++)
			*texts[i] = arena_str(p->ask->arena, query_get_text(&q, i));
		l->sha256 = arena_str(p->ask->arena, query_get_blob(&q, 12));
		l->follows = query_get_u64(&q, 13);
		l->broken = query_get_i64(&q, 14);
		l->call_due = query_get_i64(&q, 15);
		l->called = query_get_i64(&q, 16);
		l->sealed = query_get_u64(&q, 17) != 0;
		l->cleared = query_get_u64(&q, 18) != 0;
	}
	int rc = query_done(&q, e);
	if (rc == 0 && !there)
		rc = err_set(e, ERR_MISSING, "there is no letter N%llu", (unsigned long long)l->id);
	return rc;
}

static bool is_state(const struct letter_row *l, const char *state)
{
	return str_eq(l->state, str_from(state));
}

/* ---- head ---------------------------------------------------------------------------------------- */

static void draw_head(const struct page_ask *p, struct html *h, const struct letter_row *l)
{
	html_open(h, "h1");
	page_sayf(p, h, W_LETTER_HEAD, page_id(p, 'N', l->id), l->ticket);
	html_close(h);
	html_open(h, "p");
	page_tag(p, h, "state", l->state);
	html_text(h, STR(" "));
	page_tag(p, h, "kind", l->kind);
	if (l->label.len != 0) {
		html_text(h, STR(" "));
		page_tag(p, h, "tlp", l->label);
	}
	html_text(h, STR(" "));
	page_owner(h, l->ref, l->owner);
	html_text(h, STR(", "));
	html_text(h, l->email);
	if (l->broken != 0) {
		html_text(h, STR(" "));
		page_tag(p, h, "contact", STR("broken"));
	}
	if (l->follows != 0) {
		html_text(h, STR(" "));
		page_say(p, h, W_LETTER_FOLLOWS);
		html_text(h, STR(" "));
		page_thing(h, 'N', l->follows);
	}
	html_close(h);
	if (l->call_due != 0 && l->called == 0 && is_state(l, "sent")) {
		html_open(h, "p");
		html_attr(h, "class", STR("note"));
		page_sayf(p, h, W_LETTER_CALL_DUE, l->phone.len != 0 ? l->phone : STR("-"));
		html_close(h);
	}
}

/* ---- what can be done ---------------------------------------------------------------------------- */

static void begin(const struct page_ask *p, struct html *h, const char *path, const struct letter_row *l)
{
	page_form(p, h, path, "act");
	page_hidden(h, "id", page_id(p, 'N', l->id));
	page_hidden(h, "back", arena_printf(p->ask->arena, "/letters/N%llu", (unsigned long long)l->id));
}

static void act(const struct page_ask *p, struct html *h, const struct letter_row *l, const char *path,
        enum word button)
{
	begin(p, h, path, l);
	page_field(p, h,
	        &(struct page_field){.prefix = path + 9,
	                .name = "note",
	                .label = W_REASON,
	                .limit = 400,
	                .size = 30,
	                .required = true});
	page_button(p, h, button);
	html_close(h);
}

static void draw_correct(const struct page_ask *p, struct html *h, const struct letter_row *l)
{
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_LETTER_CORRECT);
	page_line(p, h, "p", NULL, W_LETTER_CORRECT_WHAT);
	begin(p, h, "/letters/correct", l);
	page_area(p, h,
	        &(struct page_field){
	                .name = "text", .label = W_LETTER_CORRECT_TEXT, .limit = 4000, .required = true},
	        6);
	page_button(p, h, W_LETTER_CORRECT_GO);
	html_close(h);
	html_close(h);
}

static void draw_acts(const struct page_ask *p, struct html *h, const struct letter_row *l)
{
	bool waits = is_state(l, "due") || is_state(l, "held") || is_state(l, "ready");

	if (is_state(l, "held") && l->sealed && !l->cleared)
		page_line(p, h, "p", "note", W_LETTER_NOT_CLEARED);
	else if (is_state(l, "held") && page_may(p, RIGHT_RELEASE))
		act(p, h, l, "/letters/release", W_LETTERS_RELEASE);
	if (is_state(l, "ready") && page_may(p, RIGHT_LETTERS))
		act(p, h, l, "/letters/hold", W_LETTERS_KEEP);
	if (waits && page_may(p, RIGHT_LETTERS))
		act(p, h, l, "/letters/withdraw", W_LETTERS_WITHDRAW);
	if (is_state(l, "sent") && l->called == 0 && page_may(p, RIGHT_WORK))
		act(p, h, l, "/letters/called", W_LETTER_CALLED);
	if (is_state(l, "sent") && !str_eq(l->kind, STR("correction")) && page_may(p, RIGHT_LETTERS))
		draw_correct(p, h, l);
}

/* ---- the rest ------------------------------------------------------------------------------------ */

static void draw_rules(const struct page_ask *p, struct html *h, const struct letter_row *l)
{
	struct query q = db_query(p->ask->state,
	        "select r.file || ':' || r.line, r.name, count(*) from notice_item i join finding f on f.id "
	        "= i.finding"
	        " join rule r on r.ruleset = f.ruleset and r.number = f.rule where i.notice = ? group by "
	        "r.ruleset, "
	        "r.number order by 3 desc limit 20");
	unsigned n = 0;

	query_u64(&q, l->id);
	while (query_next(&q) == 1) {
		if (n++ == 0) {
			page_section(p, h, "h-rules", W_LETTER_RULES);
			html_open(h, "ul");
		}
		html_open(h, "li");
		html_line(h, "code", NULL, query_get_text(&q, 0));
		html_text(h, STR(" "));
		page_sayf(p, h, W_LETTER_RULE, query_get_text(&q, 1), page_number(p, query_get_u64(&q, 2)));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		return;
	html_close(h);
	html_close(h);
}

static void draw_findings(const struct page_ask *p, struct html *h, const struct letter_row *l)
{
	static const enum word head[] = {
	        W_COL_FINDING, W_COL_SEVERITY, W_COL_CLASS, W_COL_WHERE, W_COL_LAST, W_COL_STATE, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select f.id, f.severity, f.class, f.place, f.port, f.last, f.stage from notice_item i join "
	        "finding f on f.id = "
	        "i.finding where i.notice = ? order by f.id limit ?");
	unsigned n = 0;

	page_section(p, h, "h-findings", W_FINDINGS);
	query_u64(&q, l->id);
	query_u64(&q, ROWS + 1);
	while (n <= ROWS && query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_LETTER_FINDINGS, head);
		if (n > ROWS)
			break;
		page_row(h, 'F', query_get_u64(&q, 0), query_get_text(&q, 1));
		page_cell_tag(p, h, "severity", query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		page_cell_place(p, h, query_get_text(&q, 3), query_get_u64(&q, 4));
		page_cell_time(h, query_get_i64(&q, 5));
		page_cell_tag(p, h, "state", query_get_text(&q, 6));
		html_close(h);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_NONE);
	if (n > ROWS)
		page_line(p, h, "p", NULL, W_LETTER_MORE_ROWS);
	html_close(h);
}

/* "fixed 3, a question 1": what was said on the letter's page where it is not the same of all. */
static struct str said_of(const struct page_ask *p, struct str proposal, uint64_t receipt)
{
	auto_buf struct buf b = {0};
	struct query q = db_query(p->ask->state,
	        "select says, count(*) from answer_row where receipt = ? group by says order by says");

	query_u64(&q, receipt);
	while (proposal.len == 0 && query_next(&q) == 1)
		buf_printf(&b, "%s%.*s %.*s", b.len > 0 ? ", " : "",
		        STR_ARG(page_key(p, "why", query_get_text(&q, 0))),
		        STR_ARG(page_number(p, query_get_u64(&q, 1))));
	query_done(&q, NULL);
	return b.len > 0 ? arena_str(p->ask->arena, buf_str(&b)) : page_key(p, "why", proposal);
}

static void draw_answers(const struct page_ask *p, struct html *h, const struct letter_row *l)
{
	static const enum word head[] = {
	        W_INCOMING_MAIL, W_COL_CAME, W_INCOMING_FROM, W_INCOMING_SAYS, W_COL_STATE, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select id, received, sender, proposal, state, receipt from message where notice = ? order "
	        "by id "
	        "limit 50");
	unsigned n = 0;

	page_section(p, h, "h-answers", W_LETTER_ANSWERS);
	query_u64(&q, l->id);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_LETTER_ANSWERS, head);
		page_row(h, 'M', query_get_u64(&q, 0), (struct str){0});
		page_cell_time(h, query_get_i64(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		page_cell(h, said_of(p, query_get_text(&q, 3), query_get_u64(&q, 5)));
		page_cell_tag(p, h, "state", query_get_text(&q, 4));
		html_close(h);
	}
	query_done(&q, NULL);
	page_table_over(p, h, n, W_NONE);
	html_close(h);
}

static void draw_history(const struct page_ask *p, struct html *h, const struct letter_row *l)
{
	static const enum word head[] = {W_LETTER_WHEN, W_LETTER_WHO, W_LETTER_DID, W_COL_REASON, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select at, person, verb, detail from audit where object = ? order by seq limit 50");
	unsigned n = 0;

	query_text(&q, page_id(p, 'N', l->id));
	while (query_next(&q) == 1) {
		if (n++ == 0) {
			page_section(p, h, "h-history", W_LETTER_HISTORY);
			page_table(p, h, W_LETTER_HISTORY, head);
		}
		html_open(h, "tr");
		page_cell_time(h, query_get_i64(&q, 0));
		page_cell(h, query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		page_cell(h, query_get_text(&q, 3));
		html_close(h);
	}
	query_done(&q, NULL);
	if (n == 0)
		return;
	page_table_end(h);
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct letter_row l = {0};
	int rc = find(p, &l, e);

	if (rc != 0)
		return rc;
	draw_head(p, h, &l);
	draw_acts(p, h, &l);
	letter_show(p, h, &l);
	draw_rules(p, h, &l);
	draw_findings(p, h, &l);
	draw_answers(p, h, &l);
	draw_history(p, h, &l);
	page_section(p, h, "h-why", W_FINDING_WHY);
	rc = page_why(p, h, e);
	html_close(h);
	return rc;
}

const struct page page_letter = {
        .path = "/letters", .title = W_LETTER, .id = true, .right = RIGHT_READ, .narrow = true, .draw = draw};
