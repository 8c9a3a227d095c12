/* SPDX-License-Identifier: Apache-2.0
 *
 * One case: how it stands and by when what is due, what it is about, what is to be done, and all that was said. Under
 * /record the same as text with a digest, to be printed.
 */
#include "base/os.h"
#include "event/civil.h"
#include "web/page_case_in.h"

void case_form(const struct page_ask *p, struct html *h, const char *path, const struct case_row *k)
{
	page_form(p, h, path, "act");
	page_hidden(h, "id", page_id(p, 'K', k->id));
}

static int find(const struct page_ask *p, struct str name, struct case_row *k, struct err *e)
{
	struct str *const texts[] = {&k->number, &k->kind, &k->ask, &k->title, &k->text, &k->severity,
	        &k->label, &k->pap, &k->rsit, &k->state, &k->direction, &k->peer, &k->their_ref, &k->owner,
	        &k->ref, &k->assigned, &k->held_why, &k->exercise, &k->rule, &k->source, &k->merged_number};
	int64_t *const times[] = {&k->opened, &k->arrived, &k->ack_due, &k->acked, &k->status_due,
	        &k->answered, &k->reply_by, &k->ended, &k->held_until};
	uint64_t id = case_find(p->ask->state, name);
	struct query q = db_query(p->ask->state,
	        "select c.number, c.kind, c.ask, c.title, c.text, c.severity, c.label, c.pap, c.rsit, "
	        "c.state, c.direction, "
	        "c.peer, c.their_ref, coalesce(o.name, ''), coalesce(o.ref, ''), c.assigned, c.held_why, "
	        "c.exercise, c.rule, "
	        "c.source, coalesce((select number from case_ m where m.id = c.merged), ''), c.opened, "
	        "c.arrived, c.ack_due, "
	        "c.acked, c.status_due, c.answered, c.reply_by, c.ended, c.held_until, "
	        "coalesce(" CASE_OVERDUE("c",
	                "?2") ", 0), coalesce(c.merged, 0), c.statement is not null from case_ c left join "
	                      "owner o on o.id = c.owner where c.id = ?1");

	query_u64(&q, id);
	query_i64(&q, p->now);
	k->id = id;
	bool there = query_next(&q) == 1;
	for (int i = 0; there && i < 21; i++)
		*texts[i] = arena_str(p->ask->arena, query_get_text(&q, i));
	for (int i = 0; there && i < 9; i++)
		*times[i] = query_get_i64(&q, i + 21);
	if (there) {
		k->overdue = query_get_u64(&q, 30) != 0;
		k->merged = query_get_u64(&q, 31);
		k->said = query_get_u64(&q, 32) != 0;
	}
	int rc = query_done(&q, e);
	return rc != 0 ? rc : there ? 0 : err_set(e, ERR_MISSING, "there is no such case");
}

/* ---- facts --------------------------------------------------------------------------------------- */

static void fact(const struct page_ask *p, struct html *h, enum word w, struct str text)
{
	if (text.len == 0)
		return;
	page_line(p, h, "dt", NULL, w);
	html_line(h, "dd", NULL, text);
}

static void fact_time(const struct page_ask *p, struct html *h, enum word w, int64_t t)
{
	if (t == 0)
		return;
	page_line(p, h, "dt", NULL, w);
	html_open(h, "dd");
	page_time(h, t);
	html_close(h);
}

/* The clock of who is asked, and whether people work there today. */
static void draw_there(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	const struct calendar *c = p->country != NULL ? calendar_find(&p->country->calendars, k->peer) : NULL;
	char when[64];

	if (c == NULL || k->ended != 0)
		return;
	int64_t local = calendar_local(c, p->now / MICRO);
	struct str shown = list_when(when, local * MICRO);
	html_open(h, "p");
	html_attr(h, "class", STR("note"));
	page_sayf(p, h, W_CASE_THERE, k->peer, str_sub(shown, 0, 16),
	        page_word(p, calendar_works(c, local / DAY_SECONDS) ? W_CASE_WORKS : W_CASE_WORKS_NOT));
	html_close(h);
}

static void draw_facts(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	fact(p, h, W_CASE_TITLE, k->title);
	fact(p, h, W_CASE_ASK, k->ask);
	fact(p, h, W_CASE_PEER, k->peer);
	fact(p, h, W_CASE_THEIR_REF, k->their_ref);
	if (k->ref.len != 0) {
		page_line(p, h, "dt", NULL, W_COL_OWNER);
		html_open(h, "dd");
		page_owner(h, k->ref, k->owner);
		html_close(h);
	}
	fact(p, h, W_COL_CLASS, k->rsit);
	fact(p, h, W_FINDINGS_ASSIGNED, k->assigned);
	fact_time(p, h, W_CASE_OPENED, k->opened);
	fact_time(p, h, W_CASE_ARRIVED, k->arrived);
	fact_time(p, h, W_CASE_ACK_BY, k->ack_due);
	fact_time(p, h, W_CASE_ACKED, k->acked);
	fact_time(p, h, W_CASE_STATUS_BY, k->status_due);
	fact_time(p, h, W_CASE_ANSWERED, k->answered);
	fact_time(p, h, W_CASE_REPLY_BY, k->reply_by);
	fact_time(p, h, W_CASE_HELD, k->held_until);
	fact(p, h, W_REASON, k->held_why);
	fact_time(p, h, W_CASE_ENDED, k->ended);
	if (k->merged != 0) {
		page_line(p, h, "dt", NULL, W_CASE_MERGED);
		html_open(h, "dd");
		page_thing(h, 'K', k->merged);
		html_text(h, STR(" "));
		html_text(h, k->merged_number);
		html_close(h);
	}
	fact(p, h, W_CASE_EXERCISE, k->exercise);
	fact(p, h, W_CASE_RULE, k->rule);
	fact(p, h, W_CASE_SOURCE, k->source);
	html_close(h);
	if (k->text.len != 0)
		html_line(h, "p", "lines", k->text);
}

static void draw_head(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	html_open(h, "h1");
	html_printf(h, "%.*s ", STR_ARG(k->number));
	html_text(h, k->title);
	html_close(h);
	html_open(h, "p");
	page_tag(p, h, "cstate", k->state);
	html_text(h, STR(" "));
	page_tag(p, h, "csev", k->severity);
	html_text(h, STR(" "));
	page_tag(p, h, "tlp", k->label);
	html_printf(h, " PAP:%.*s ", STR_ARG(k->pap));
	if (k->overdue)
		page_line(p, h, "strong", NULL, W_CASES_OVERDUE);
	html_close(h);
}

/* The contact that letters come back from. */
static void draw_came_back(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	struct query q = db_query(p->ask->state,
	        "select name, failed from party where name = ? and role = 'mail' and failed <> ''");

	query_text(&q, k->peer);
	if (k->ended == 0 && query_next(&q) == 1) {
		html_open(h, "p");
		html_attr(h, "class", STR("error"));
		page_sayf(p, h, W_CASE_MAIL_BACK, query_get_text(&q, 0), query_get_text(&q, 1));
		html_close(h);
	}
	query_done(&q, NULL);
}

/* Where it goes to a party without a node: whom to, how, and the words in his language. */
static void draw_by_mail(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	struct query q = db_query(p->ask->state,
	        "select email, pgp <> '', language from party where name = ? and role = 'mail'");

	query_text(&q, k->peer);
	if (query_next(&q) == 1) {
		struct str language = query_get_text(&q, 2);
		bool own = language.len != 0 && !str_eq(language, STR("en"));
		html_open(h, "p");
		html_attr(h, "class", STR("note"));
		page_sayf(p, h, W_CASE_BY_MAIL, k->peer, query_get_text(&q, 0));
		html_text(h, STR(" "));
		page_say(p, h, query_get_u64(&q, 1) != 0 ? W_CASE_MAIL_KEY : W_CASE_MAIL_NO_KEY);
		html_close(h);
		if (str_eq(k->label, STR("GREEN")))
			page_field(p, h,
			        &(struct page_field){.prefix = "s-",
			                .name = "group",
			                .label = W_CASE_SEND_GROUP,
			                .type = "text",
			                .size = 12});
		if (own) {
			page_field(p, h,
			        &(struct page_field){.prefix = "s-",
			                .name = "lang",
			                .label = W_CASE_SEND_LANG,
			                .type = "text",
			                .value = language,
			                .size = 4});
			page_area(p, h,
			        &(struct page_field){.prefix = "s-",
			                .name = "words",
			                .label = W_CASE_SEND_WORDS,
			                .limit = 20000},
			        4);
		}
	}
	query_done(&q, NULL);
}

static void draw_send(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	if (!str_eq(k->state, STR("draft")) || !str_eq(k->direction, STR("ours")))
		return;
	page_line(p, h, "p", "note", W_CASE_IS_DRAFT);
	if (!page_may(p, RIGHT_RELEASE))
		return;
	case_form(p, h, "/cases/send", k);
	draw_by_mail(p, h, k);
	html_open(h, "button");
	page_sayf(p, h, W_CASE_SEND, k->peer);
	html_close(h);
	html_close(h);
}

static void draw_links(const struct page_ask *p, struct html *h, const struct case_row *k)
{
	struct link l;

	if (page_may(p, RIGHT_RELEASE)) {
		case_form(p, h, "/cases/record", k);
		page_hidden(h, "back",
		        arena_printf(p->ask->arena, "/cases/K%llu/record", (unsigned long long)k->id));
		page_button(p, h, W_CASE_RECORD);
		html_close(h);
	}
	html_open(h, "p");
	if (!page_may(p, RIGHT_RELEASE)) {
		html_open(h, "a");
		link_begin(&l, "/cases");
		link_part(&l, page_id(p, 'K', k->id));
		link_part(&l, STR("record"));
		html_link(h, "href", &l);
		page_say(p, h, W_CASE_RECORD);
		html_close(h);
		html_text(h, STR(" "));
	}
	html_open(h, "a");
	link_begin(&l, "/api/v1/case-calendar");
	link_param(&l, "case", page_id(p, 'K', k->id));
	html_link(h, "href", &l);
	page_say(p, h, W_CASES_CALENDAR);
	html_close(h);
	html_close(h);
}

/* How it stands with the newest record that this person has had printed of it: none, or not any more; on its way; there. */
enum printed { PRINTED_NOT, PRINTED_SOON, PRINTED };
static enum printed draw_printed(const struct page_ask *p, struct html *h, uint64_t id)
{
	struct query q = db_query(p->ask->state,
	        "select id, state, key, why, text from case_record where case_ = ?1 and person = ?2 and "
	        "(text is "
	        "not null or state = 'wanted') order by id desc limit 1");
	enum printed how = PRINTED_NOT;
	struct link l;

	query_u64(&q, id);
	query_text(&q, p->who->person);
	if (query_next(&q) == 1) {
		how = str_eq(query_get_text(&q, 1), STR("wanted")) ? PRINTED_SOON : PRINTED;
		html_open(h, "p");
		if (how == PRINTED_SOON)
			page_say(p, h, W_CASE_RECORD_SOON);
		else if (query_get_text(&q, 2).len != 0)
			page_sayf(p, h, W_CASE_RECORD_SIGNED, query_get_text(&q, 2));
		else
			page_sayf(p, h, W_CASE_RECORD_UNSIGNED, query_get_text(&q, 3));
		html_text(h, STR(" "));
		html_open(h, "a");
		link_begin(&l, how == PRINTED ? "/api/v1/case-printed" : "/cases");
		link_part(&l,
		        page_id(p, how == PRINTED ? 'P' : 'K', how == PRINTED ? query_get_u64(&q, 0) : id));
		if (how == PRINTED_SOON)
			link_part(&l, STR("record"));
		html_link(h, "href", &l);
		page_say(p, h, how == PRINTED ? W_CASE_RECORD_FILE : W_CASE_RECORD_AGAIN);
		html_close(h);
		html_close(h);
		if (how == PRINTED)
			html_line(h, "pre", "raw", query_get_text(&q, 4));
	}
	query_done(&q, NULL);
	return how;
}

static int draw_record(const struct page_ask *p, struct html *h, struct str name, struct err *e)
{
	struct ask ask = *p->ask;
	struct reply r = {0};
	uint64_t id = case_find(ask.state, name);
	int rc = 0;

	ask.id = name;
	if (id == 0)
		return route_case_record.load(&ask, &r, e);
	page_line(p, h, "h1", NULL, W_CASE);
	if (draw_printed(p, h, id) == PRINTED_NOT && (rc = route_case_record.load(&ask, &r, e)) == 0)
		html_line(h, "pre", "raw", buf_str(&r.body));
	buf_done(&r.body);
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct case_row k = {0};
	struct str name = p->ask->id;

	if (str_ends(name, STR("/record")))
		return draw_record(p, h, str_sub(name, 0, name.len - 7), e);
	int rc = find(p, name, &k, e);
	if (rc != 0)
		return rc;
	draw_head(p, h, &k);
	draw_came_back(p, h, &k);
	draw_send(p, h, &k);
	draw_there(p, h, &k);
	draw_facts(p, h, &k);
	case_payment(p, h, &k);
	case_says(p, h, &k);
	if (page_may(p, RIGHT_WORK) && !str_eq(k.kind, STR("old")))
		case_forms(p, h, &k);
	case_tasks(p, h, &k);
	case_stages(p, h, &k);
	case_about_what(p, h, &k);
	case_abroad(p, h, &k);
	case_files(p, h, &k);
	case_timeline(p, h, &k);
	draw_links(p, h, &k);
	return 0;
}

const struct page page_case = {
        .path = "/cases", .title = W_CASE, .id = true, .right = RIGHT_READ, .narrow = true, .draw = draw};
