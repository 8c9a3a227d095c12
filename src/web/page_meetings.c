/* SPDX-License-Identifier: Apache-2.0
 *
 * Meetings: those that wait for a word of ours first, then the latest; what is to be done by us; and the form by which one is
 * called or changed, with what stands there now.
 */
#include "base/os.h"
#include "event/civil.h"
#include "link/look.h"
#include "trust/stamp.h"
#include "web/page_meeting_in.h"

/* ---- the list ------------------------------------------------------------------------------------ */

#define SELECT                                                                                               \
	"select m.id, m.title, m.start, m.until, m.sender, case m.place when '' then m.link else m.place "   \
	"end, m.state, m.label, " MEETING_ASKED ", " MEETING_UNSIGNED                                        \
	", (select count(*) from meeting_party p where p.meeting = m.id and p.as_ <> 'chair' and p.party "   \
	"<> m.sender), (select count(distinct a.party) from meeting_answer a join meeting_party p on "       \
	"p.meeting = m.id and p.party = a.party and p.as_ <> 'chair' where a.meeting = m.id "                \
	"and " MEETING_COUNTS(                                                                               \
	        "a") "), m.ours from meeting m where m.card is not null order by " MEETING_ASKED             \
	             " or " MEETING_UNSIGNED                                                                 \
	             " desc, m.state in ('planned', 'open') desc, m.start desc, m.id desc limit 200"

static void draw_owed(const struct page_ask *p, struct html *h, bool asked, bool unsigned_)
{
	html_open(h, "td");
	if (asked)
		page_line(p, h, "strong", NULL, W_MEETING_OWED_ANSWER);
	if (asked && unsigned_)
		html_text(h, STR(", "));
	if (unsigned_)
		page_line(p, h, "strong", NULL, W_MEETING_OWED_ASSENT);
	html_close(h);
}

static void draw_row(const struct page_ask *p, struct html *h, const struct query *q)
{
	const struct str us[] = {
	        party_own(p->ask->state, p->ask->arena), arena_str(p->ask->arena, query_get_text(q, 4))};
	struct clocks *k = clocks_open(p->ask->state, p->ask->arena, us, 2);

	page_row(h, 'G', query_get_u64(q, 0), (struct str){0});
	page_cell(h, query_get_text(q, 1));
	html_open(h, "td");
	meeting_when(p, h, k, query_get_i64(q, 2), query_get_i64(q, 3));
	html_close(h);
	page_cell(h, query_get_text(q, 4));
	page_cell(h, query_get_text(q, 5));
	page_cell_tag(p, h, "mstate", query_get_text(q, 6));
	draw_owed(p, h, query_get_u64(q, 8) != 0, query_get_u64(q, 9) != 0);
	html_open(h, "td");
	/* answers go to who calls it */
	if (query_get_u64(q, 12) != 0)
		page_sayf(p, h, W_MEETING_OF, page_number(p, query_get_u64(q, 11)),
		        page_number(p, query_get_u64(q, 10)));
	html_close(h);
	page_cell_tag(p, h, "tlp", query_get_text(q, 7));
	html_close(h);
}

static void draw_link(const struct page_ask *p, struct html *h, const char *path, enum word w)
{
	html_open(h, "p");
	page_link(h, path, page_word(p, w));
	html_close(h);
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	static const enum word head[] = {W_MEETING, W_MEETING_TITLE, W_MEETING_WHEN, W_MEETING_CALLED,
	        W_MEETING_PLACE, W_COL_STATE, W_MEETING_OWED, W_MEETING_COME, W_LETTERS_LABEL, WORD_END};
	struct query q = db_query(p->ask->state, SELECT);
	uint64_t n = 0;

	page_line(p, h, "h1", NULL, W_MEETINGS);
	if (page_may(p, RIGHT_CONSULT))
		draw_link(p, h, "/meeting-form", W_MEETING_PLAN);
	while (query_next(&q) == 1) {
		if (n++ == 0)
			page_table(p, h, W_MEETINGS, head);
		draw_row(p, h, &q);
	}
	int rc = query_done(&q, e);
	page_table_over(p, h, n, W_NONE);
	meeting_draw_todo(p, h, NULL);
	draw_link(p, h, "/api/v1/meeting-calendar", W_MEETING_CALENDAR);
	return rc;
}

const struct page page_meetings = {
        .path = "/meetings", .title = W_MEETINGS, .group = PAGE_LINK, .right = RIGHT_READ, .draw = draw};

/* ---- the form ------------------------------------------------------------------------------------ */

/* "2027-03-10 09:00" */
static struct str time_text(const struct page_ask *p, int64_t seconds)
{
	char stamp[STAMP_TEXT];

	if (seconds == 0)
		return STR("");
	stamp_print(stamp, seconds);
	return arena_printf(p->ask->arena, "%.10s %.5s", stamp, stamp + 11);
}

/* As people write it (agree/meeting_plan.c), in UTC. */
static struct str agenda_text(const struct page_ask *p, uint64_t meeting)
{
	struct query q = db_query(p->ask->state,
	        "select start, until, title, papers from meeting_item where meeting = ? order by place");
	auto_buf struct buf text = {0};

	query_u64(&q, meeting);
	while (query_next(&q) == 1) {
		struct str papers = meeting_item_papers(p->ask, meeting, query_get_u64(&q, 3));
		struct str until = time_text(p, query_get_i64(&q, 1));
		buf_printf(&text, "%.*s-%.*s %.*s", STR_ARG(time_text(p, query_get_i64(&q, 0))),
		        STR_ARG(str_skip(until, 11)), STR_ARG(query_get_text(&q, 2)));
		if (papers.len > 0)
			buf_printf(&text, " [%.*s]", STR_ARG(papers));
		buf_char(&text, '\n');
	}
	query_done(&q, NULL);
	return arena_str(p->ask->arena, buf_str(&text));
}

static struct str parties_text(
        const struct page_ask *p, uint64_t meeting, const char *as, const char *between)
{
	struct query q = db_query(p->ask->state,
	        "select coalesce(group_concat(party, ?3), '') from (select party from meeting_party where "
	        "meeting = ?1 and as_ = ?2 order by place)");
	struct str text = STR("");

	query_u64(&q, meeting);
	query_text(&q, str_from(as));
	query_text(&q, str_from(between));
	if (query_next(&q) == 1)
		text = arena_str(p->ask->arena, query_get_text(&q, 0));
	query_done(&q, NULL);
	return text;
}

/* *lang: that in which they are, so that English words which nobody has translated are not sent as another language's. */
static struct str words_text(const struct page_ask *p, uint64_t meeting, struct str *lang)
{
	struct query q = db_query(p->ask->state,
	        "select words, lang from meeting_text where meeting = ?1 order by lang = ?2 desc, lang = "
	        "'en' desc "
	        "limit 1");
	struct str text = STR("");

	query_u64(&q, meeting);
	query_text(&q, p->words->code);
	if (query_next(&q) == 1) {
		text = arena_str(p->ask->arena, query_get_text(&q, 0));
		*lang = arena_str(p->ask->arena, query_get_text(&q, 1));
	}
	query_done(&q, NULL);
	return text;
}

static void field(const struct page_ask *p, struct html *h, const char *name, enum word label,
        struct str value, unsigned size, bool required)
{
	html_open(h, "p");
	page_field(p, h,
	        &(struct page_field){.name = name,
	                .label = label,
	                .type = "text",
	                .value = value,
	                .limit = 300,
	                .size = size,
	                .required = required});
	html_close(h);
}

static void area(const struct page_ask *p, struct html *h, const char *name, enum word label,
        struct str value, unsigned limit, unsigned rows)
{
	html_open(h, "p");
	page_area(p, h, &(struct page_field){.name = name, .label = label, .value = value, .limit = limit},
	        rows);
	html_close(h);
}

/* Our own clock is offered where our card says which it is. */
static void draw_zone(const struct page_ask *p, struct html *h)
{
	struct query q = db_query(p->ask->state,
	        "select zone from contact_card where party = " MEETING_US
	        " and zone <> '' order by serial desc limit 1");

	html_open(h, "p");
	page_select(p, h, NULL, "zone", W_MEETING_ZONE);
	page_option(h, STR("UTC"), STR("UTC"), true);
	if (query_next(&q) == 1)
		page_option(h, query_get_text(&q, 0), query_get_text(&q, 0), false);
	query_done(&q, NULL);
	html_close(h);
	html_close(h);
}

static void draw_facts(const struct page_ask *p, struct html *h, const struct meeting_row *m, bool like)
{
	struct str us = party_own(p->ask->state, p->ask->arena);

	field(p, h, "title", W_MEETING_TITLE, m->title, 40, true);
	field(p, h, "start", W_MEETING_BEGINS, like ? STR("") : time_text(p, m->start), 16, false);
	field(p, h, "end", W_MEETING_ENDS, like ? STR("") : time_text(p, m->until), 16, false);
	draw_zone(p, h);
	field(p, h, "place", W_MEETING_PLACE, m->place, 30, false);
	field(p, h, "link", W_MEETING_LINK, m->link, 30, false);
	field(p, h, "chairs", W_MEETING_CHAIRS, m->id != 0 ? parties_text(p, m->id, "chair", "; ") : us, 40,
	        true);
	field(p, h, "facilitator", W_MEETING_FACILITATOR, m->facilitator, 20, false);
	field(p, h, "participants", W_MEETING_PARTICIPANTS,
	        m->id != 0 ? parties_text(p, m->id, "participant", " ") : STR(""), 40, false);
	field(p, h, "observers", W_MEETING_OBSERVERS,
	        m->id != 0 ? parties_text(p, m->id, "observer", " ") : STR(""), 30, false);
}

static void draw_labels(const struct page_ask *p, struct html *h)
{
	static const char *const labels[] = {"AMBER", "AMBER+STRICT", "CLEAR"};

	field(p, h, "group", W_MEETING_GROUP, STR(""), 12, false);
	html_open(h, "p");
	page_select(p, h, NULL, "label", W_LETTERS_LABEL);
	page_option(h, STR(""), STR("-"), true);
	for (unsigned i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		page_option(h, str_from(labels[i]), str_from(labels[i]), false);
	html_close(h);
	html_close(h);
}

static void draw_texts(const struct page_ask *p, struct html *h, const struct meeting_row *m, bool like)
{
	struct str lang = p->words->code, words = m->id != 0 ? words_text(p, m->id, &lang) : STR("");

	area(p, h, "agenda", W_MEETING_AGENDA_LINES, like || m->id == 0 ? STR("") : agenda_text(p, m->id),
	        40000, 8);
	area(p, h, "text", W_MEETING_TEXT, words, 8000, 4);
	field(p, h, "lang", W_MEETING_LANG, lang, 5, false);
}

static int draw_form(const struct page_ask *p, struct html *h, struct err *e)
{
	struct str id = ask_param(p->ask, "id"), like = ask_param(p->ask, "like");
	struct meeting_row m = {.title = STR(""), .place = STR(""), .link = STR(""), .facilitator = STR("")};
	int rc = id.len > 0 || like.len > 0 ? meeting_find(p->ask, id.len > 0 ? id : like, &m, e) : 0;
	bool change = id.len > 0;

	if (rc != 0)
		return rc;
	page_line(p, h, "h1", NULL, change ? W_MEETING_CHANGE : W_MEETING_PLAN);
	page_line(p, h, "p", "note", change ? W_MEETING_CHANGE_WHAT : W_MEETING_PLAN_WHAT);
	page_form(p, h, change ? "/meetings/change" : "/meetings/plan", "fields");
	if (m.id != 0)
		page_hidden(h, change ? "id" : "like", page_id(p, 'G', m.id));
	if (change)
		page_hidden(h, "serial", page_number(p, (uint64_t)m.serial));
	draw_facts(p, h, &m, !change);
	if (m.id == 0)
		draw_labels(p, h);
	draw_texts(p, h, &m, !change);
	page_button(p, h, W_MEETING_PLAN_GO);
	html_close(h);
	return 0;
}

const struct page page_meeting_form = {
        .path = "/meeting-form", .title = W_MEETING_PLAN, .right = RIGHT_CONSULT, .draw = draw_form};
