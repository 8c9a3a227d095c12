/* SPDX-License-Identifier: Apache-2.0 */
#include "web/answer_page.h"
#include "event/text.h"
#include "event/value.h"
#include "web/html.h"

struct drawing {
	struct db *state;
	const struct lang *l;
	struct html h;
	struct arena arena;
	struct lang_values values;
	uint64_t notice, findings;
	struct str ticket, class, email;
	int64_t until, answered; /* 0: not yet */
	int64_t confirmed;       /* by this letter, which asked whether its contact is right; 0: not yet */
	bool asks;
};

/* To the minute, in UTC as in the letter. */
static struct str when(struct arena *a, int64_t t)
{
	char text[64];

	value_time_print(text, t);
	text[10] = ' ';
	memcpy(text + 16, " UTC", 5);
	return arena_str(a, str_from(text));
}

static void word(struct drawing *d, const char *element, enum lang_door which)
{
	auto_buf struct buf b = {0};

	lang_fill(&b, d->l, lang_door(d->l, which), &d->values);
	html_line(&d->h, element, NULL, buf_str(&b));
}

static void head(struct html *h, struct str title)
{
	struct link style;

	html_open(h, "head");
	html_empty(h, "meta");
	html_attr(h, "charset", STR("utf-8"));
	html_empty(h, "meta");
	html_attr(h, "name", STR("viewport"));
	html_attr(h, "content", STR("width=device-width"));
	html_empty(h, "meta");
	html_attr(h, "name", STR("robots"));
	html_attr(h, "content", STR("noindex"));
	html_empty(h, "link");
	html_attr(h, "rel", STR("stylesheet"));
	link_begin(&style, ANSWER_STYLE);
	html_link(h, "href", &style);
	html_line(h, "title", NULL, title);
	html_close(h);
}

/* ---- the form ------------------------------------------------------------------------------------ */

static void choice(struct drawing *d, struct str name, const char *value, enum lang_door label)
{
	struct html *h = &d->h;

	html_open(h, "label");
	html_empty(h, "input");
	html_attr(h, "type", STR("radio"));
	html_attr(h, "name", name);
	html_attr(h, "value", str_from(value));
	html_text(h, STR(" "));
	html_text(h, lang_door(d->l, label));
	html_close(h);
	html_text(h, STR(" "));
}

static void choices(struct drawing *d, struct str name)
{
	choice(d, name, "fixed", DOOR_FIXED);
	choice(d, name, "not-ours", DOOR_NOT_OURS);
	choice(d, name, "question", DOOR_QUESTION);
}

static void draw_all(struct drawing *d)
{
	struct html *h = &d->h;

	html_open(h, "fieldset");
	html_line(h, "legend", NULL, lang_door(d->l, DOOR_ALL));
	choices(d, STR("all"));
	html_close(h);
}

static void draw_words(struct drawing *d, enum lang_door label)
{
	struct html *h = &d->h;

	html_open(h, "p");
	html_open(h, "label");
	html_text(h, lang_door(d->l, label));
	html_empty(h, "br");
	html_open(h, "textarea");
	html_attr(h, "name", STR("words"));
	html_attr(h, "rows", STR("5"));
	html_attr(h, "cols", STR("60"));
	html_attr(h, "maxlength", STR("600"));
	html_close(h);
	html_close(h);
	html_close(h);
}

/* name NULL: it only sends. */
static void draw_button(struct drawing *d, const char *name, const char *value, enum lang_door label)
{
	struct html *h = &d->h;

	html_open(h, "p");
	html_open(h, "button");
	if (name != NULL) {
		html_attr(h, "name", str_from(name));
		html_attr(h, "value", str_from(value));
	}
	html_text(h, lang_door(d->l, label));
	html_close(h);
	html_close(h);
}

/* To the address that the page has, which is not in it. */
static void begin_form(struct drawing *d)
{
	html_open(&d->h, "form");
	html_attr(&d->h, "method", STR("post"));
}

/* ---- the entries --------------------------------------------------------------------------------- */

static void draw_head(struct drawing *d)
{
	static const enum lang_door heads[] = {DOOR_WHERE, DOOR_WHAT, DOOR_LAST, DOOR_SAYS};
	struct html *h = &d->h;

	html_open(h, "thead");
	html_open(h, "tr");
	for (unsigned i = 0; i < 4; i++) {
		html_open(h, "th");
		html_attr(h, "scope", STR("col"));
		html_text(h, lang_door(d->l, heads[i]));
		html_close(h);
	}
	html_close(h);
	html_close(h);
}

static enum lang_door said_word(struct str says)
{
	return str_eq(says, STR("fixed"))       ? DOOR_FIXED
	        : str_eq(says, STR("not-ours")) ? DOOR_NOT_OURS
	        : str_eq(says, STR("question")) ? DOOR_QUESTION
	                                        : DOOR_OPEN;
}

static void draw_row(struct drawing *d, const struct query *q)
{
	struct html *h = &d->h;
	uint64_t port = query_get_u64(q, 2);
	bool closed = query_get_u64(q, 5) != 0;

	html_open(h, "tr");
	html_open(h, "td");
	html_text(h, query_get_text(q, 1));
	if (port != 0)
		html_printf(h, " %llu", (unsigned long long)port);
	html_close(h);
	html_line(h, "td", NULL, query_get_text(q, 3));
	html_line(h, "td", NULL, when(&d->arena, query_get_i64(q, 4)));
	html_open(h, "td");
	if (closed) {
		html_text(h, lang_door(d->l, DOOR_CLOSED));
	} else {
		if (query_get_text(q, 6).len != 0) {
			html_line(h, "strong", NULL, lang_door(d->l, said_word(query_get_text(q, 6))));
			html_empty(h, "br");
		}
		choices(d, arena_printf(&d->arena, "%llu", (unsigned long long)query_get_u64(q, 0)));
	}
	html_close(h);
	html_close(h);
}

/* What was said of each last, and nothing that anybody else said of it. */
static int draw_rows(struct drawing *d, struct err *e)
{
	struct query q = db_query(d->state,
	        "select f.id, f.place, f.port, case f.ident when '' then f.class else f.class || ' ' || "
	        "f.ident end, "
	        "f.last, f.state = 'closed', (select r.says from answer a join answer_row r on r.receipt = "
	        "a.receipt where "
	        "a.notice = ?1 and r.finding = f.id order by a.receipt desc limit 1) from notice_item i join "
	        "finding f on "
	        "f.id = i.finding where i.notice = ?1 order by f.id limit ?2");

	query_u64(&q, d->notice);
	query_u64(&q, ANSWER_ROWS);
	html_open(&d->h, "table");
	draw_head(d);
	html_open(&d->h, "tbody");
	while (query_next(&q) == 1)
		draw_row(d, &q);
	html_close(&d->h);
	html_close(&d->h);
	return query_done(&q, e);
}

/* ---- the page ------------------------------------------------------------------------------------ */

static int load(struct drawing *d, struct err *e)
{
	struct query q = db_query(d->state,
	        "select n.ticket, n.class, l.until, coalesce((select max(at) from answer where notice = "
	        "n.id), 0), (select "
	        "count(*) from notice_item i join finding f on f.id = i.finding where i.notice = n.id), "
	        "n.kind = 'right', c.email, coalesce((select k.confirmed from contact_asked k where "
	        "k.contact "
	        "= n.contact and k.notice = n.id), 0) from notice n join contact c on c.id = n.contact join "
	        "answer_link l on l.notice = n.id where n.id = ?");

	query_u64(&q, d->notice);
	bool there = query_next(&q) == 1;
	if (there) {
		d->ticket = arena_str(&d->arena, query_get_text(&q, 0));
		d->class = arena_str(&d->arena, query_get_text(&q, 1));
		d->until = query_get_i64(&q, 2);
		d->answered = query_get_i64(&q, 3);
		d->findings = query_get_u64(&q, 4);
		d->asks = query_get_u64(&q, 5) != 0;
		d->email = arena_str(&d->arena, query_get_text(&q, 6));
		d->confirmed = d->asks ? query_get_i64(&q, 7) : 0;
	}
	int rc = query_done(&q, e);
	return rc != 0 || there ? rc
	                        : err_set(e, ERR_MISSING, "there is no letter N%llu with a page",
	                                  (unsigned long long)d->notice);
}

static int draw_entries(struct drawing *d, struct err *e)
{
	html_line(&d->h, "p", NULL, lang_class(d->l, d->values.type, LANG_TITLE));
	word(d, "p", DOOR_INTRO);
	word(d, "p", d->answered != 0 ? DOOR_HAVE : DOOR_UNTIL);
	begin_form(d);
	draw_all(d);
	int rc = draw_rows(d, e);
	if (d->findings > ANSWER_ROWS)
		word(d, "p", DOOR_MORE);
	draw_words(d, DOOR_WORDS);
	draw_button(d, NULL, NULL, DOOR_SEND);
	return rc;
}

/* Nothing is said by looking at it: programs that look for viruses follow each link of a mail. */
static void draw_question(struct drawing *d)
{
	word(d, "p", DOOR_RIGHT_INTRO);
	if (d->confirmed > d->answered)
		word(d, "p", DOOR_RIGHT_HAVE);
	else
		word(d, "p", d->answered != 0 ? DOOR_HAVE : DOOR_UNTIL);
	if (d->confirmed <= d->answered) {
		begin_form(d);
		draw_button(d, "right", "yes", DOOR_RIGHT_YES);
		html_close(&d->h);
	}
	begin_form(d);
	draw_words(d, DOOR_RIGHT_WORDS);
	draw_button(d, "right", "no", DOOR_RIGHT_NO);
}

static int draw(struct drawing *d, struct buf *out, struct err *e)
{
	auto_buf struct buf title = {0};
	struct html *h = &d->h;

	lang_fill(&title, d->l, lang_door(d->l, DOOR_TITLE), &d->values);
	html_begin(h, out, d->l->code);
	head(h, buf_str(&title));
	html_open(h, "body");
	html_open(h, "main");
	html_line(h, "h1", NULL, buf_str(&title));
	html_line(h, "p", NULL, d->values.team);
	int rc = 0;
	if (d->asks)
		draw_question(d);
	else
		rc = draw_entries(d, e);
	html_end(h);
	return rc;
}

int answer_page_draw(struct db *state, const struct lang *l, struct str team, uint64_t notice,
        struct buf *out, struct err *e)
{
	struct drawing d = {.state = state, .l = l, .notice = notice};

	arena_init(&d.arena, 0);
	int rc = load(&d, e);
	if (rc == 0) {
		d.values = (struct lang_values){.team = team,
		        .ticket = d.ticket,
		        .until = when(&d.arena, d.until),
		        .sent = d.confirmed > d.answered ? when(&d.arena, d.confirmed)
		                : d.answered != 0        ? when(&d.arena, d.answered)
		                                         : STR(""),
		        .note = d.email,
		        .count = arena_printf(&d.arena, "%llu", (unsigned long long)d.findings),
		        .type = type_find(d.class)};
		rc = draw(&d, out, e);
	}
	arena_done(&d.arena);
	return rc;
}

void answer_page_say(const struct lang *l, struct str team, enum lang_door which, struct buf *out)
{
	struct html h;

	html_begin(&h, out, l->code);
	head(&h, team.len != 0 ? team : STR("Weir"));
	html_open(&h, "body");
	html_open(&h, "main");
	if (team.len != 0)
		html_line(&h, "h1", NULL, team);
	html_line(&h, "p", NULL, lang_door(l, which));
	html_end(&h);
}
