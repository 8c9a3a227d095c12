/* SPDX-License-Identifier: Apache-2.0
 *
 * One meeting: what is asked of us first, then when and where it is, who comes, the agenda by everybody's clock, papers, who goes
 * for us, who is in the room, minutes, and what is to be done. It is printed as it stands, without its forms.
 */
#include "web/page_meeting_in.h"

/* ---- pieces -------------------------------------------------------------------------------------- */

void meeting_form(const struct meeting_drawn *d, const char *action)
{
	page_form(d->p, d->h, action, "act");
	page_hidden(d->h, "id", page_id(d->p, 'G', d->m.id));
}

void meeting_form_file(const struct meeting_drawn *d, const char *action)
{
	page_form_with_file(d->p, d->h, action, "act");
	page_hidden(d->h, "id", page_id(d->p, 'G', d->m.id));
}

void meeting_file_end(const struct meeting_drawn *d, const char *id, enum word button)
{
	html_open(d->h, "label");
	html_attr(d->h, "for", str_from(id));
	page_say(d->p, d->h, W_MEETING_FILE);
	html_close(d->h);
	html_empty(d->h, "input");
	html_attr(d->h, "type", STR("file"));
	html_attr(d->h, "id", str_from(id));
	html_attr(d->h, "name", STR("file"));
	html_flag(d->h, "required");
	page_button(d->p, d->h, button);
	html_close(d->h);
}

void meeting_details(const struct meeting_drawn *d, enum word summary)
{
	html_open(d->h, "details");
	html_attr(d->h, "class", STR("act"));
	page_line(d->p, d->h, "summary", NULL, summary);
}

void meeting_field(const struct meeting_drawn *d, const char *prefix, const char *name, enum word label,
        unsigned size, bool required)
{
	page_field(d->p, d->h,
	        &(struct page_field){.prefix = prefix,
	                .name = name,
	                .label = label,
	                .type = "text",
	                .limit = 300,
	                .size = size,
	                .required = required});
}

void meeting_area(
        const struct meeting_drawn *d, const char *prefix, enum word label, unsigned rows, bool required)
{
	page_area(d->p, d->h,
	        &(struct page_field){.prefix = prefix,
	                .name = "text",
	                .label = label,
	                .limit = 8000,
	                .required = required},
	        rows);
}

void meeting_tongue(const struct meeting_drawn *d, const char *prefix)
{
	page_field(d->p, d->h,
	        &(struct page_field){.prefix = prefix,
	                .name = "lang",
	                .label = W_MEETING_LANG,
	                .type = "text",
	                .value = d->p->words->code,
	                .limit = 35,
	                .size = 5});
}

void meeting_when(
        const struct page_ask *p, struct html *h, const struct clocks *k, int64_t start, int64_t until)
{
	auto_buf struct buf text = {0};

	(void)p;
	clocks_put(k, &text, start, until);
	html_text(h, buf_str(&text));
}

static void draw_file_link(struct html *h, const char *path, struct str part, struct str hex, struct str text)
{
	struct link l;

	link_begin(&l, path);
	if (part.len > 0)
		link_part(&l, part);
	link_part(&l, hex);
	html_open(h, "a");
	html_link(h, "href", &l);
	html_text(h, text);
	html_close(h);
}

void meeting_file_link(const struct meeting_drawn *d, struct str hex, struct str name, struct str media)
{
	bool text = str_starts(media, STR("text/"));

	if (text)
		draw_file_link(d->h, "/meetings", page_id(d->p, 'G', d->m.id), hex, name);
	else
		html_text(d->h, name);
	html_text(d->h, STR(" "));
	draw_file_link(d->h, "/api/v1/meeting-file", STR(""), hex, page_word(d->p, W_MEETING_FILE));
}

/* ---- the head ------------------------------------------------------------------------------------ */

static void draw_head(const struct meeting_drawn *d)
{
	html_line(d->h, "h1", NULL, d->m.title);
	html_open(d->h, "p");
	page_tag(d->p, d->h, "mstate", d->m.state);
	html_text(d->h, STR(" "));
	page_tag(d->p, d->h, "tlp", d->m.label);
	if (d->m.community.len > 0)
		html_printf(d->h, " %.*s", STR_ARG(d->m.community));
	html_text(d->h, STR(" "));
	page_sayf(d->p, d->h, W_MEETING_CARD, page_number(d->p, (uint64_t)d->m.serial), d->m.sender);
	html_text(d->h, STR(", "));
	page_time(d->h, d->m.said * 1000000);
	html_close(d->h);
}

static void draw_answer(const struct meeting_drawn *d)
{
	if (d->m.ours || !d->runs || !d->may)
		return;
	if (d->m.asked)
		page_line(d->p, d->h, "p", NULL, W_MEETING_ASKED);
	meeting_form(d, "/meetings/come");
	meeting_area(d, "c-", W_NOTE, 2, false);
	meeting_tongue(d, "c-");
	page_button(d->p, d->h, W_MEETING_COME_GO);
	html_close(d->h);
	meeting_details(d, W_MEETING_NO_GO);
	meeting_form(d, "/meetings/come");
	page_hidden(d->h, "no", STR("1"));
	meeting_area(d, "n-", W_REASON, 2, true);
	meeting_tongue(d, "n-");
	page_button(d->p, d->h, W_MEETING_NO_GO);
	html_close(d->h);
	html_close(d->h);
}

static void fact(const struct meeting_drawn *d, enum word w, struct str text)
{
	if (text.len == 0)
		return;
	page_line(d->p, d->h, "dt", NULL, w);
	html_line(d->h, "dd", NULL, text);
}

static void draw_facts(const struct meeting_drawn *d)
{
	html_open(d->h, "dl");
	html_attr(d->h, "class", STR("facts"));
	page_line(d->p, d->h, "dt", NULL, W_MEETING_BEGINS);
	html_open(d->h, "dd");
	meeting_when(d->p, d->h, d->clocks, d->m.start, 0);
	html_close(d->h);
	page_line(d->p, d->h, "dt", NULL, W_MEETING_ENDS);
	html_open(d->h, "dd");
	meeting_when(d->p, d->h, d->clocks, d->m.until, 0);
	html_close(d->h);
	fact(d, W_MEETING_PLACE, d->m.place);
	fact(d, W_MEETING_LINK, d->m.link);
	fact(d, W_MEETING_FACILITATOR, d->m.facilitator);
	html_close(d->h);
}

/* In the person's language where the card has it. */
static void draw_text(const struct meeting_drawn *d)
{
	struct query q = db_query(d->p->ask->state,
	        "select lang, words from meeting_text where meeting = ?1 order by lang = ?2 desc, lang = "
	        "'en' "
	        "desc limit 1");

	query_u64(&q, d->m.id);
	query_text(&q, d->p->words->code);
	if (query_next(&q) == 1) {
		html_open(d->h, "p");
		html_attr(d->h, "class", STR("lines"));
		html_attr(d->h, "lang", query_get_text(&q, 0));
		html_text(d->h, query_get_text(&q, 1));
		html_close(d->h);
	}
	query_done(&q, NULL);
}

/* ---- what we do with it -------------------------------------------------------------------------- */

static void draw_step(const struct meeting_drawn *d, const char *action, enum word w)
{
	meeting_form(d, action);
	page_button(d->p, d->h, w);
	html_close(d->h);
}

static void draw_links(const struct meeting_drawn *d)
{
	static const struct {
		const char *param;
		enum word w;
	} links[] = {{"id", W_MEETING_CHANGE}, {"like", W_MEETING_LIKE}};

	for (unsigned i = d->runs ? 0 : 1; i < 2; i++) {
		struct link l;
		html_open(d->h, "p");
		html_attr(d->h, "class", STR("act"));
		html_open(d->h, "a");
		link_begin(&l, "/meeting-form");
		link_param(&l, links[i].param, page_id(d->p, 'G', d->m.id));
		html_link(d->h, "href", &l);
		page_say(d->p, d->h, links[i].w);
		html_close(d->h);
		html_close(d->h);
	}
}

static void draw_steps(const struct meeting_drawn *d)
{
	if (!d->m.ours || !d->may)
		return;
	draw_links(d);
	if (!d->runs)
		return;
	if (str_eq(d->m.state, STR("planned")))
		draw_step(d, "/meetings/open", W_MEETING_OPEN_GO);
	else
		draw_step(d, "/meetings/close", W_MEETING_CLOSE_GO);
	meeting_details(d, W_MEETING_CANCEL_GO);
	meeting_form(d, "/meetings/cancel");
	meeting_area(d, "x-", W_REASON, 2, true);
	meeting_tongue(d, "x-");
	page_button(d->p, d->h, W_MEETING_CANCEL_GO);
	html_close(d->h);
	html_close(d->h);
}

/* A paper that is text. */
static int draw_paper(const struct meeting_drawn *d, struct str hex, struct err *e)
{
	auto_buf struct buf text = {0};
	int rc = meeting_text(d->p->ask, d->m.id, hex, &text, e);

	if (rc == 0) {
		html_line(d->h, "h1", NULL, d->m.title);
		html_open(d->h, "p");
		html_text(d->h, STR("SHA-256 "));
		html_line(d->h, "code", NULL, hex);
		html_close(d->h);
		html_line(d->h, "pre", "raw", buf_str(&text));
	}
	return rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct meeting_drawn d = {.p = p, .h = h, .may = page_may(p, RIGHT_CONSULT)};
	struct str_cut paper = str_cut(p->ask->id, '/');
	int rc = meeting_find(p->ask, paper.head, &d.m, e);

	if (rc != 0 || paper.ok)
		return rc != 0 ? rc : draw_paper(&d, paper.tail, e);
	d.runs = str_eq(d.m.state, STR("planned")) || str_eq(d.m.state, STR("open"));
	d.clocks = meeting_clocks(p->ask, &d.m);
	draw_head(&d);
	draw_answer(&d);
	draw_facts(&d);
	draw_text(&d);
	draw_steps(&d);
	meeting_draw_who(&d, e);
	meeting_draw_agenda(&d);
	meeting_draw_papers(&d);
	meeting_draw_outcome(&d);
	meeting_draw_delegates(&d);
	meeting_draw_room(&d);
	meeting_draw_minutes(&d);
	meeting_draw_todo(p, h, &d);
	meeting_draw_said(&d);
	meeting_draw_cards(&d);
	return 0;
}

const struct page page_meeting = {
        .path = "/meetings", .title = W_MEETING, .id = true, .right = RIGHT_READ, .draw = draw};
