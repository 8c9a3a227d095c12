/* SPDX-License-Identifier: Apache-2.0
 *
 * One mail that a person wrote: its words, the letter that it is about, what can be made of it, and texts to answer from. What is
 * attached is named and never opened.
 */
#include "web/cases.h"
#include "web/page.h"

struct mail_row {
	uint64_t id, receipt, notice;
	struct str kind, sender, name, recipient, subject, words, attached, sentence, proposal, state,
	        outcome, person;
	struct str ticket, email, language, owner, ref, class;
	int64_t received, sent, done;
	uint64_t findings;
	uint64_t rows; /* that were answered on the letter's page */
};

static int find(const struct page_ask *p, struct mail_row *m, struct err *e)
{
	if (ask_id(p->ask->id, 'M', &m->id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(p->ask->state,
	        "select m.kind, m.sender, m.name, m.recipient, m.subject, m.words, m.attached, m.sentence, "
	        "m.proposal, m.state, "
	        "m.outcome, m.person, coalesce(n.ticket, ''), coalesce(c.email, ''), coalesce(c.language, "
	        "''), coalesce(o.name, ''), "
	        "coalesce(o.ref, ''), coalesce(n.class, ''), m.received, coalesce(m.sent, 0), "
	        "coalesce(m.done, 0), m.receipt, "
	        "coalesce(n.id, 0), coalesce(n.findings, 0), (select count(*) from answer_row where receipt "
	        "= "
	        "m.receipt) from message m left join notice n on n.id = "
	        "m.notice left join contact c on "
	        "c.id = n.contact left join owner o on o.id = c.owner where m.id = ?");
	struct str *const texts[] = {&m->kind, &m->sender, &m->name, &m->recipient, &m->subject, &m->words,
	        &m->attached, &m->sentence, &m->proposal, &m->state, &m->outcome, &m->person, &m->ticket,
	        &m->email, &m->language, &m->owner, &m->ref, &m->class};
	query_u64(&q, m->id);
	bool there = query_next(&q) == 1;
	if (there) {
		for (int i = 0; i < 18; i++)
			*texts[i] = arena_str(p->ask->arena, query_get_text(&q, i));
		m->received = query_get_i64(&q, 18);
		m->sent = query_get_i64(&q, 19);
		m->done = query_get_i64(&q, 20);
		m->receipt = query_get_u64(&q, 21);
		m->notice = query_get_u64(&q, 22);
		m->findings = query_get_u64(&q, 23);
		m->rows = query_get_u64(&q, 24);
	}
	int rc = query_done(&q, e);
	if (rc == 0 && !there)
		rc = err_set(e, ERR_MISSING, "there is no mail M%llu", (unsigned long long)m->id);
	return rc;
}

/* ---- what it is ---------------------------------------------------------------------------------- */

static void fact(const struct page_ask *p, struct html *h, enum word w, struct str text)
{
	if (text.len == 0)
		return;
	page_line(p, h, "dt", NULL, w);
	html_line(h, "dd", NULL, text);
}

static void draw_letter(const struct page_ask *p, struct html *h, const struct mail_row *m)
{
	if (m->notice == 0)
		return;
	page_line(p, h, "dt", NULL, W_COL_LETTER);
	html_open(h, "dd");
	page_thing(h, 'N', m->notice);
	html_text(h, STR(" "));
	page_sayf(p, h, W_MAIL_LETTER, m->email, page_number(p, m->findings), m->class);
	html_text(h, STR(" "));
	page_owner(h, m->ref, m->owner);
	if (!str_ieq(m->email, m->sender)) {
		html_text(h, STR(" "));
		page_line(p, h, "strong", NULL, W_MAIL_OTHER);
	}
	html_close(h);
}

static void draw_facts(const struct page_ask *p, struct html *h, const struct mail_row *m)
{
	html_open(h, "h1");
	page_sayf(p, h, W_MAIL_HEAD, page_id(p, 'M', m->id), m->sender);
	html_close(h);
	html_open(h, "p");
	page_tag(p, h, "mailkind", m->kind);
	html_text(h, STR(" "));
	page_tag(p, h, "state", m->state);
	if (m->outcome.len != 0) {
		html_text(h, STR(" "));
		page_sayf(p, h, W_MAIL_DONE, page_key(p, "outcome", m->outcome), m->person);
		html_text(h, STR(" "));
		page_time(h, m->done);
	}
	html_close(h);
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	fact(p, h, W_INCOMING_FROM, m->sender);
	fact(p, h, W_COL_NAME, m->name);
	fact(p, h, W_COL_TO, m->recipient);
	fact(p, h, W_INCOMING_SUBJECT, m->subject);
	page_line(p, h, "dt", NULL, W_COL_CAME);
	html_open(h, "dd");
	page_time(h, m->received);
	html_text(h, STR(" "));
	page_thing(h, 'R', m->receipt);
	html_close(h);
	draw_letter(p, h, m);
	if (m->proposal.len != 0)
		fact(p, h, W_INCOMING_SAYS, page_key(p, "why", m->proposal));
	fact(p, h, W_MAIL_SERVER, m->sentence);
	html_close(h);
}

static void draw_words(const struct page_ask *p, struct html *h, const struct mail_row *m)
{
	page_section(p, h, "h-words", W_MAIL_WORDS);
	if (m->words.len == 0)
		page_line(p, h, "p", NULL, W_NONE);
	else
		html_line(h, "pre", "raw", m->words);
	html_close(h);
}

/* What was said of each, where it was answered on the letter's page. */
static void draw_rows(const struct page_ask *p, struct html *h, const struct mail_row *m)
{
	static const enum word head[] = {W_COL_FINDING, W_COL_WHERE, W_INCOMING_SAYS, W_COL_STATE, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select f.id, f.severity, f.place, f.port, r.says, f.stage from answer_row r join finding f "
	        "on f.id = "
	        "r.finding where r.receipt = ? order by r.finding limit 200");

	if (m->rows == 0) {
		query_done(&q, NULL);
		return;
	}
	page_section(p, h, "h-rows", W_FINDINGS);
	page_table(p, h, W_FINDINGS, head);
	query_u64(&q, m->receipt);
	while (query_next(&q) == 1) {
		page_row(h, 'F', query_get_u64(&q, 0), query_get_text(&q, 1));
		page_cell_place(p, h, query_get_text(&q, 2), query_get_u64(&q, 3));
		page_cell(h, page_key(p, "why", query_get_text(&q, 4)));
		page_cell_tag(p, h, "state", query_get_text(&q, 5));
		html_close(h);
	}
	query_done(&q, NULL);
	page_table_end(h);
	html_close(h);
}

/* The reader that took the mail apart has written them: objects of name, type, size and digest. */
static void draw_attached(const struct page_ask *p, struct html *h, struct str json)
{
	bool any = false;

	for (size_t at = 0; (at = str_find(json, at, '{')) != SIZE_MAX;) {
		size_t end = str_find(json, at, '}');
		if (end == SIZE_MAX)
			break;
		if (!any) {
			page_section(p, h, "h-attached", W_MAIL_ATTACHED);
			html_open(h, "ul");
		}
		any = true;
		html_line(h, "li", NULL, str_sub(json, at + 1, end - at - 1));
		at = end;
	}
	if (!any)
		return;
	html_close(h);
	html_close(h);
}

/* ---- what can be made of it ---------------------------------------------------------------------- */

static void begin(const struct page_ask *p, struct html *h, const char *path, const struct mail_row *m)
{
	page_form(p, h, path, "act");
	page_hidden(h, "id", page_id(p, 'M', m->id));
	page_hidden(h, "back", arena_printf(p->ask->arena, "/incoming/M%llu", (unsigned long long)m->id));
}

static void draw_confirm(const struct page_ask *p, struct html *h, const struct mail_row *m)
{
	static const char *const says[] = {"fixed", "not-ours", "false-positive"};

	begin(p, h, "/incoming/confirm", m);
	page_select(p, h, NULL, "why", W_MAIL_CONFIRM);
	if (m->rows > 0)
		page_option(h, STR("as-said"), page_key(p, "why", STR("as-said")), true);
	for (unsigned i = 0; i < 3; i++)
		page_option(h, str_from(says[i]), page_key(p, "why", str_from(says[i])),
		        m->rows == 0 && str_eq(m->proposal, str_from(says[i])));
	html_close(h);
	page_button(p, h, W_MAIL_CONFIRM_GO);
	html_close(h);
	page_line(p, h, "p", NULL, W_MAIL_CONFIRM_WHAT);
}

/* The case that it belongs to, or a button that makes one of it. */
static void draw_case(const struct page_ask *p, struct html *h, const struct mail_row *m)
{
	struct query q = db_query(p->ask->state,
	        "select c.id, c.number, c.title from message m join case_ c on c.id = m.case_ where m.id = "
	        "?");

	query_u64(&q, m->id);
	if (query_next(&q) == 1) {
		html_open(h, "p");
		page_line(p, h, "strong", NULL, W_CASE);
		html_text(h, STR(" "));
		page_thing(h, 'K', query_get_u64(&q, 0));
		html_text(h, STR(" "));
		html_text(h, query_get_text(&q, 1));
		html_text(h, STR(" "));
		html_text(h, query_get_text(&q, 2));
		html_close(h);
	} else if (page_may(p, RIGHT_WORK)) {
		page_form(p, h, "/cases/take", "act");
		page_hidden(h, "id", page_id(p, 'M', m->id));
		page_button(p, h, W_CASE_TAKE_GO);
		html_close(h);
	}
	query_done(&q, NULL);
}

static void draw_acts(const struct page_ask *p, struct html *h, const struct mail_row *m)
{
	static const char *const as[] = {"read", "finding", "not-ours", "junk"};

	if (!str_eq(m->state, STR("new")) || !page_may(p, RIGHT_WORK))
		return;
	page_section(p, h, "h-do", W_MAIL_DO);
	if (m->notice != 0)
		draw_confirm(p, h, m);
	begin(p, h, "/incoming/answer", m);
	page_field(p, h,
	        &(struct page_field){
	                .name = "notice", .label = W_MAIL_ANSWER, .size = 10, .limit = 20, .required = true});
	page_button(p, h, W_MAIL_ANSWER_GO);
	html_close(h);
	begin(p, h, "/incoming/done", m);
	page_select(p, h, NULL, "as", W_MAIL_AS);
	for (unsigned i = 0; i < 4; i++)
		page_option(h, str_from(as[i]), page_key(p, "outcome", str_from(as[i])), i == 0);
	html_close(h);
	page_button(p, h, W_MAIL_AS_GO);
	html_close(h);
	html_close(h);
}

/* ---- texts to answer from ------------------------------------------------------------------------ */

static const struct tongue *tongue_of(const struct page_ask *p, struct str language)
{
	const struct tongue *t = tongues_find(p->tongues, language.len != 0 ? language : p->words->code);

	if (t != NULL && t->nblocks == 0)
		t = &p->tongues->v[0];
	return t == NULL || t->nblocks == 0 || p->country == NULL ? NULL : t;
}

static void fill(const struct page_ask *p, const struct block_values *given, const struct block_text *b,
        struct buf *ret)
{
	struct block_values v = *given;

	v.team = p->country->name.len != 0 ? p->country->name : p->country->mail.from;
	block_fill(ret, b->text, &v);
}

struct str page_block_chosen(const struct page_ask *p, struct str language, const struct block_values *v)
{
	const struct tongue *t = tongue_of(p, language);
	auto_buf struct buf text = {0};
	uint64_t n;

	if (t == NULL || !str_u64(ask_param(p->ask, "block"), &n) || n < 1 || n > t->nblocks)
		return (struct str){0};
	fill(p, v, &t->blocks[n - 1], &text);
	return arena_str(p->ask->arena, buf_str(&text));
}

/* A link that draws the page anew with the text in its form: it works without scripts. */
static void draw_use(const struct page_ask *p, struct html *h, struct str back, unsigned n)
{
	struct link l;

	html_open(h, "p");
	html_open(h, "a");
	link_begin(&l, arena_printf(p->ask->arena, "%.*s", STR_ARG(back)).p);
	link_param(&l, "block", page_number(p, n));
	html_link(h, "href", &l);
	page_say(p, h, W_REPLY_BLOCK);
	html_close(h);
	html_close(h);
}

void page_blocks(const struct page_ask *p, struct html *h, struct str language, const struct block_values *v,
        struct str back)
{
	const struct tongue *t = tongue_of(p, language);

	if (t == NULL)
		return;
	page_section(p, h, "h-blocks", W_MAIL_BLOCKS);
	page_line(p, h, "p", NULL, W_MAIL_BLOCKS_WHAT);
	for (unsigned i = 0; i < t->nblocks; i++) {
		auto_buf struct buf text = {0};
		fill(p, v, &t->blocks[i], &text);
		html_open(h, "details");
		html_line(h, "summary", NULL, t->blocks[i].title);
		html_open(h, "pre");
		html_attr(h, "class", STR("raw"));
		html_attr(h, "lang", t->code);
		html_text(h, buf_str(&text));
		html_close(h);
		if (page_may(p, RIGHT_LETTERS))
			draw_use(p, h, back, i + 1);
		html_close(h);
	}
	html_close(h);
}

/* ---- answering ----------------------------------------------------------------------------------- */

static void draw_labels(const struct page_ask *p, struct html *h)
{
	static const enum tlp labels[] = {TLP_AMBER_STRICT, TLP_AMBER, TLP_GREEN, TLP_CLEAR};

	page_select(p, h, "y-", "label", W_REPLY_LABEL);
	for (unsigned i = 0; i < 4; i++)
		page_option(h, tlp_name(labels[i]), tlp_name(labels[i]), i == 0);
	html_close(h);
}

static bool in_case(const struct page_ask *p, const struct mail_row *m)
{
	struct query q = db_query(p->ask->state, "select 1 from message where id = ? and case_ is not null");

	query_u64(&q, m->id);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

static void draw_reply(
        const struct page_ask *p, struct html *h, const struct mail_row *m, const struct block_values *v)
{
	struct str text = page_block_chosen(p, m->language, v);

	if (!page_may(p, RIGHT_LETTERS) || str_find(m->sender, 0, '@') == SIZE_MAX)
		return;
	html_open(h, "details");
	if (text.len != 0)
		html_flag(h, "open");
	html_open(h, "summary");
	page_sayf(p, h, W_REPLY_TO, m->sender);
	html_close(h);
	begin(p, h, "/incoming/reply", m);
	if (!in_case(p, m))
		draw_labels(p, h);
	page_area(p, h,
	        &(struct page_field){.prefix = "y-",
	                .name = "text",
	                .label = W_COL_TEXT,
	                .limit = 5000,
	                .value = text,
	                .required = true},
	        8);
	page_button(p, h, W_REPLY_GO);
	html_close(h);
	html_close(h);
}

/* What became of the answers to it. */
static void draw_replies(const struct page_ask *p, struct html *h, const struct mail_row *m)
{
	static const enum word head[] = {W_COL_WHEN, W_COL_WHO, W_COL_TEXT, W_COL_STATE, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select n.made, n.person, n.text, " MAIL_OUT(
	                "n") ", n.answer from message m join case_entry n on "
	                     "n.case_ = m.case_ and n.kind = 'answer' and lower(n.party) = lower(m.sender) "
	                     "where m.id = ? "
	                     "order by n.id limit 50");
	unsigned n = 0;

	query_u64(&q, m->id);
	while (query_next(&q) == 1) {
		if (n++ == 0) {
			page_section(p, h, "h-replies", W_REPLIES);
			page_table(p, h, W_REPLIES, head);
		}
		html_open(h, "tr");
		page_cell_time(h, query_get_i64(&q, 0));
		page_cell(h, query_get_text(&q, 1));
		page_cell(h, query_get_text(&q, 2));
		html_open(h, "td");
		page_tag(p, h, "mout", query_get_text(&q, 3));
		html_text(h, STR(" "));
		html_text(h, query_get_text(&q, 4));
		html_close(h);
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
	struct mail_row m = {0};
	int rc = find(p, &m, e);

	if (rc != 0)
		return rc;
	draw_facts(p, h, &m);
	draw_words(p, h, &m);
	draw_rows(p, h, &m);
	draw_attached(p, h, m.attached);
	draw_case(p, h, &m);
	struct block_values v = {.name = m.name.len != 0 ? m.name : m.sender,
	        .owner = m.owner,
	        .ticket = m.ticket.len != 0 ? m.ticket : page_id(p, 'M', m.id)};
	draw_reply(p, h, &m, &v);
	draw_replies(p, h, &m);
	draw_acts(p, h, &m);
	page_blocks(p, h, m.language, &v,
	        arena_printf(p->ask->arena, "/incoming/M%llu", (unsigned long long)m.id));
	return 0;
}

const struct page page_mail = {
        .path = "/incoming", .title = W_MAIL, .id = true, .right = RIGHT_READ, .narrow = true, .draw = draw};
