/* SPDX-License-Identifier: Apache-2.0
 *
 * Sections of the page of a meeting that are worked on in the room: who goes and with which paper, who is there, minutes, and what
 * is to be done.
 */
#include "event/civil.h"
#include "trust/stamp.h"
#include "web/page_meeting_in.h"

#define MINUTES_SHOWN ((size_t)256 << 10)

/* ---- who goes ------------------------------------------------------------------------------------ */

static void draw_credential(const struct meeting_drawn *d, const struct query *q)
{
	struct str number = page_number(d->p, query_get_u64(q, 0));

	html_open(d->h, "td");
	if (!query_is_null(q, 4))
		meeting_file_link(d, query_get_text(q, 4), query_get_text(q, 5), STR(""));
	else if (d->may) {
		meeting_details(d, W_MEETING_CREDENTIAL_ADD);
		meeting_form_file(d, "/meetings/credential");
		page_hidden(d->h, "delegate", number);
		meeting_file_end(d, arena_printf(d->p->ask->arena, "d%.*s-file", STR_ARG(number)).p,
		        W_MEETING_CREDENTIAL_ADD);
		html_close(d->h);
	}
	html_close(d->h);
}

/* A person in the room is an office of the party in the minutes, if somebody here says so. */
static void draw_delegate_acts(const struct meeting_drawn *d, const struct query *q)
{
	if (!d->may)
		return;
	if (d->m.ours && d->runs) {
		meeting_form(d, "/meetings/attend");
		page_hidden(d->h, "party", query_get_text(q, 1));
		page_hidden(d->h, "office",
		        query_get_text(q, 2).len > 0
		                ? arena_printf(d->p->ask->arena, "%.*s, %.*s", STR_ARG(query_get_text(q, 2)),
		                          STR_ARG(query_get_text(q, 3)))
		                : query_get_text(q, 3));
		page_button(d->p, d->h, W_MEETING_ROOM_ADD);
		html_close(d->h);
	}
	meeting_form(d, "/meetings/delegate-drop");
	page_hidden(d->h, "delegate", page_number(d->p, query_get_u64(q, 0)));
	page_button(d->p, d->h, W_MEETING_DELEGATE_DROP);
	html_close(d->h);
}

static void draw_delegate(const struct meeting_drawn *d, const struct query *q)
{
	html_open(d->h, "tr");
	page_cell(d->h, query_get_text(q, 1));
	html_open(d->h, "td");
	html_text(d->h, query_get_text(q, 2).len > 0 ? query_get_text(q, 2) : STR("*"));
	draw_delegate_acts(d, q);
	html_close(d->h);
	page_cell(d->h, page_key(d->p, "mrole", query_get_text(q, 3)));
	draw_credential(d, q);
	page_cell(d->h, query_get_text(q, 6));
	html_close(d->h);
}

static void draw_delegate_form(const struct meeting_drawn *d)
{
	static const char *const roles[] = {"delegate", "head", "adviser", "interpreter"};

	meeting_details(d, W_MEETING_DELEGATE_ADD);
	meeting_form(d, "/meetings/delegate");
	meeting_field(d, "d-", "person", W_MEETING_PERSON, 24, false);
	page_field(d->p, d->h,
	        &(struct page_field){.prefix = "d-",
	                .name = "party",
	                .label = W_MEETING_PARTY,
	                .type = "text",
	                .value = d->m.us,
	                .limit = 63,
	                .size = 10});
	page_select(d->p, d->h, "d-", "role", W_MEETING_ROLE);
	for (unsigned i = 0; i < 4; i++)
		page_option(d->h, str_from(roles[i]), page_key(d->p, "mrole", str_from(roles[i])), i == 0);
	html_close(d->h);
	meeting_field(d, "d-", "note", W_NOTE, 24, false);
	page_button(d->p, d->h, W_MEETING_DELEGATE_ADD);
	html_close(d->h);
	html_close(d->h);
}

void meeting_draw_delegates(const struct meeting_drawn *d)
{
	static const enum word head[] = {
	        W_MEETING_PARTY, W_MEETING_PERSON, W_MEETING_ROLE, W_MEETING_CREDENTIAL, W_NOTE, WORD_END};
	struct query q = db_query(d->p->ask->state,
	        "select id, party, person, role, nullif(lower(hex(sha256)), ''), name, note from "
	        "meeting_delegate where "
	        "meeting = ? order by party, id limit 200");
	uint64_t n = 0;

	page_section(d->p, d->h, "h-delegates", W_MEETING_DELEGATES);
	page_line(d->p, d->h, "p", "note", W_MEETING_DELEGATES_WHAT);
	query_u64(&q, d->m.id);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(d->p, d->h, W_MEETING_DELEGATES, head);
		draw_delegate(d, &q);
	}
	query_done(&q, NULL);
	page_table_over(d->p, d->h, n, W_NONE);
	if (d->may)
		draw_delegate_form(d);
	html_close(d->h);
}

/* ---- in the room --------------------------------------------------------------------------------- */

static void draw_present(const struct meeting_drawn *d, const struct query *q)
{
	html_open(d->h, "li");
	html_text(d->h, query_get_text(q, 0));
	if (query_get_text(q, 1).len > 0)
		html_printf(d->h, ": %.*s", STR_ARG(query_get_text(q, 1)));
	if (d->may) {
		meeting_form(d, "/meetings/attend");
		page_hidden(d->h, "party", query_get_text(q, 0));
		page_hidden(d->h, "office", query_get_text(q, 1));
		page_hidden(d->h, "off", STR("1"));
		page_button(d->p, d->h, W_MEETING_ROOM_DROP);
		html_close(d->h);
	}
	html_close(d->h);
}

static void draw_attend_form(const struct meeting_drawn *d)
{
	struct query q = db_query(d->p->ask->state,
	        "select distinct party from meeting_party where meeting = ? and (as_ <> 'chair' or "
	        "instr(party, "
	        "'.') > 0) order by as_ = 'observer', place");

	meeting_form(d, "/meetings/attend");
	page_select(d->p, d->h, "r-", "party", W_MEETING_PARTY);
	query_u64(&q, d->m.id);
	while (query_next(&q) == 1)
		page_option(d->h, query_get_text(&q, 0), query_get_text(&q, 0), false);
	query_done(&q, NULL);
	html_close(d->h);
	meeting_field(d, "r-", "office", W_MEETING_OFFICE, 30, false);
	page_button(d->p, d->h, W_MEETING_ROOM_ADD);
	html_close(d->h);
}

void meeting_draw_room(const struct meeting_drawn *d)
{
	struct query q = db_query(d->p->ask->state,
	        "select party, office from meeting_present where meeting = ? and draft = 1 order by party, "
	        "id limit 500");
	bool any = false;

	query_u64(&q, d->m.id);
	if (!d->m.ours || str_eq(d->m.state, STR("cancelled"))) {
		query_done(&q, NULL);
		return;
	}
	page_section(d->p, d->h, "h-room", W_MEETING_ROOM);
	while (query_next(&q) == 1) {
		if (!any)
			html_open(d->h, "ul");
		any = true;
		draw_present(d, &q);
	}
	query_done(&q, NULL);
	if (any)
		html_close(d->h);
	else
		page_line(d->p, d->h, "p", NULL, W_NONE);
	if (d->may)
		draw_attend_form(d);
	html_close(d->h);
}

/* ---- minutes ------------------------------------------------------------------------------------- */

/* Text is shown as it is; what is none is a file. */
static void draw_bytes(const struct meeting_drawn *d)
{
	struct query q = db_query(d->p->ask->state,
	        "select f.name, f.media, m.minutes from meeting m join attachment f on f.statement = "
	        "m.minutes and "
	        "f.sha256 "
	        "= m.minutes_sha256 where m.id = ?");
	auto_buf struct buf text = {0};
	bool plain = false;
	uint64_t minutes = 0;

	query_u64(&q, d->m.id);
	html_open(d->h, "p");
	if (query_next(&q) == 1) {
		plain = str_starts(query_get_text(&q, 1), STR("text/"));
		minutes = query_get_u64(&q, 2);
		meeting_file_link(d, d->m.sha256, query_get_text(&q, 0), query_get_text(&q, 1));
		html_text(d->h, STR(" "));
	}
	query_done(&q, NULL);
	html_text(d->h, STR("SHA-256 "));
	html_line(d->h, "code", NULL, d->m.sha256);
	html_close(d->h);
	if (plain && meeting_bytes(d->p->ask, minutes, d->m.sha256, MINUTES_SHOWN, &text))
		html_line(d->h, "pre", "raw", buf_str(&text));
}

static void draw_minutes_forms(const struct meeting_drawn *d)
{
	meeting_details(d, W_MEETING_MINUTES_WRITE);
	page_line(d->p, d->h, "p", "note", W_MEETING_MINUTES_WHAT);
	page_form(d->p, d->h, "/meetings/minutes", "long");
	page_hidden(d->h, "id", page_id(d->p, 'G', d->m.id));
	page_area(d->p, d->h,
	        &(struct page_field){.prefix = "m-",
	                .name = "text",
	                .label = W_MEETING_MINUTES_TEXT,
	                .limit = 40000,
	                .required = true},
	        12);
	page_button(d->p, d->h, W_MEETING_MINUTES_WRITE);
	html_close(d->h);
	meeting_form_file(d, "/meetings/minutes-file");
	meeting_file_end(d, "m-file", W_MEETING_MINUTES_FILE);
	html_close(d->h);
}

static void draw_assent_form(const struct meeting_drawn *d)
{
	page_line(d->p, d->h, "p", NULL, W_MEETING_UNSIGNED);
	meeting_form(d, "/meetings/assent");
	page_hidden(d->h, "minutes", d->m.sha256);
	meeting_area(d, "a-", W_NOTE, 2, false);
	meeting_tongue(d, "a-");
	page_button(d->p, d->h, W_MEETING_ASSENT_GO);
	html_close(d->h);
}

void meeting_draw_minutes(const struct meeting_drawn *d)
{
	bool write = d->m.ours && d->may && !str_eq(d->m.state, STR("planned")) &&
	        !str_eq(d->m.state, STR("cancelled"));

	if (d->m.minutes == 0 && !write)
		return;
	page_section(d->p, d->h, "h-minutes", W_MEETING_MINUTES);
	if (d->m.minutes != 0)
		draw_bytes(d);
	if (d->m.unsigned_ && d->may)
		draw_assent_form(d);
	if (write)
		draw_minutes_forms(d);
	html_close(d->h);
}

/* ---- to be done ---------------------------------------------------------------------------------- */

static void draw_date(struct html *h, int64_t seconds)
{
	char stamp[STAMP_TEXT];

	stamp_print(stamp, seconds);
	html_open(h, "td");
	html_open(h, "time");
	html_attr(h, "datetime", str_from(stamp));
	html_text(h, str_make(stamp, 10));
	html_close(h);
	html_close(h);
}

static void draw_done_form(const struct page_ask *p, struct html *h, const struct query *q)
{
	bool done = str_eq(query_get_text(q, 5), STR("done"));

	page_form(p, h, "/meetings/done", "act");
	page_hidden(h, "id", page_id(p, 'U', query_get_u64(q, 0)));
	page_hidden(h, "back",
	        arena_printf(p->ask->arena, "/meetings/G%llu", (unsigned long long)query_get_u64(q, 1)));
	if (done)
		page_hidden(h, "off", STR("1"));
	page_button(p, h, done ? W_MEETING_UNDONE_GO : W_MEETING_DONE_GO);
	html_close(h);
}

static void draw_drop_form(const struct meeting_drawn *d, const struct query *q)
{
	meeting_form(d, "/meetings/followup");
	page_hidden(d->h, "owner", query_get_text(q, 2));
	page_hidden(d->h, "what", query_get_text(q, 4));
	page_hidden(d->h, "off", STR("1"));
	page_button(d->p, d->h, W_MEETING_TODO_DROP);
	html_close(d->h);
}

static void draw_todo(
        const struct page_ask *p, struct html *h, const struct meeting_drawn *d, const struct query *q)
{
	bool draft = str_eq(query_get_text(q, 5), STR("draft"));

	html_open(h, "tr");
	html_open(h, "td");
	html_text(h, query_get_text(q, 4));
	if (page_may(p, RIGHT_CONSULT) && !draft)
		draw_done_form(p, h, q);
	if (d != NULL && d->may && draft)
		draw_drop_form(d, q);
	html_close(h);
	page_cell(h, query_get_text(q, 2));
	draw_date(h, query_get_i64(q, 3));
	page_cell_tag(p, h, "todo", query_get_text(q, 5));
	html_open(h, "td");
	if (d == NULL)
		page_thing(h, 'G', query_get_u64(q, 1));
	else
		html_text(h, query_get_text(q, 6));
	html_close(h);
	html_close(h);
}

static void draw_todo_form(const struct meeting_drawn *d)
{
	meeting_details(d, W_MEETING_TODO_ADD);
	meeting_form(d, "/meetings/followup");
	meeting_field(d, "t-", "what", W_MEETING_WHAT, 40, true);
	meeting_field(d, "t-", "owner", W_MEETING_OWNER, 8, true);
	meeting_field(d, "t-", "due", W_MEETING_DUE, 10, true);
	page_button(d->p, d->h, W_MEETING_TODO_ADD);
	html_close(d->h);
	html_close(d->h);
}

void meeting_draw_todo(const struct page_ask *p, struct html *h, const struct meeting_drawn *d)
{
	static const enum word head[] = {
	        W_MEETING_WHAT, W_MEETING_OWNER, W_MEETING_DUE, W_COL_STATE, W_NOTE, WORD_END};
	static const enum word all[] = {
	        W_MEETING_WHAT, W_MEETING_OWNER, W_MEETING_DUE, W_COL_STATE, W_MEETING, WORD_END};
	struct query q = db_query(p->ask->state,
	        "select f.id, f.meeting, f.owner, f.due, f.what, case when f.draft = 1 then 'draft' when "
	        "d.at "
	        "is not null then 'done' when f.due * 1000000 < ?2 then 'late' else 'open' end, "
	        "coalesce(d.person || case d.note when '' then '' else ': ' || d.note end, '') from "
	        "meeting_followup f join meeting m on m.id = f.meeting left join meeting_done d on d.meeting "
	        "= "
	        "f.meeting and d.owner = f.owner and d.what = f.what where case ?1 when 0 then f.draft = 0 "
	        "and "
	        "d.at is null and m.state <> 'cancelled' and f.owner = " MEETING_US
	        " else f.meeting = ?1 and (f.draft = 0 or not exists (select 1 from meeting_followup g where "
	        "g.meeting = f.meeting and g.draft = 0 and g.owner = f.owner and g.what = f.what and g.due = "
	        "f.due)) end order by f.draft, f.due, f.id limit 500");
	bool write = d != NULL && d->m.ours && d->may && !str_eq(d->m.state, STR("cancelled"));
	uint64_t n = 0;

	query_u64(&q, d != NULL ? d->m.id : 0);
	query_i64(&q, p->now);
	while (query_next(&q) == 1) {
		if (n++ == 0) {
			page_section(p, h, "h-todo", W_MEETING_TODO);
			page_table(p, h, W_MEETING_TODO, d != NULL ? head : all);
		}
		draw_todo(p, h, d, &q);
	}
	query_done(&q, NULL);
	if (n > 0)
		page_table_end(h);
	if (n == 0 && write)
		page_section(p, h, "h-todo", W_MEETING_TODO);
	if (write)
		draw_todo_form(d);
	if (n > 0 || write)
		html_close(h);
}
