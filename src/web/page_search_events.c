/* SPDX-License-Identifier: Apache-2.0
 *
 * The events of a search: the days from the newest on, each drawn when it was looked through, so that what is there is read while
 * older days are looked through. A step is a chunk; nothing of the search is kept outside of its memory, so an answer whose reader
 * has gone away costs nothing more.
 */
#include "state/receipt.h"
#include "web/events.h"
#include "web/page_search.h"

#define ROWS STR("200")

struct work {
	const struct page_ask *p;
	struct ask ask; /* of the events: what was typed as the parameters of "/events" */
	struct search s;
	struct events_sink sink;
	struct events *events;
	struct html *h;  /* of the step at hand */
	uint32_t day;    /* that is drawn */
	unsigned of_day; /* rows */
	char id[64];
	bool open, begun; /* the table of the day; the section */
};

static struct str of_work(const void *arg, const char *name)
{
	const struct work *w = arg;
	struct str s = str_from(name);

	if (str_eq(s, STR("ip")))
		return w->s.kind == SEARCH_PREFIX ? w->s.text : (struct str){0};
	if (str_eq(s, STR("name")))
		return w->s.kind == SEARCH_NAME ? w->s.text : (struct str){0};
	if (str_eq(s, STR("value")))
		return w->s.kind == SEARCH_VALUE ? w->s.text : (struct str){0};
	if (str_eq(s, STR("limit")))
		return ROWS;
	if (str_eq(s, STR("since")) || str_eq(s, STR("until")) || str_eq(s, STR("after")))
		return ask_param(w->p->ask, name);
	return (struct str){0};
}

static void draw_day(const struct work *w)
{
	char text[16];

	snprintf(text, sizeof(text), "%04u-%02u-%02u", w->day / 10000, w->day / 100 % 100, w->day % 100);
	html_text(w->h, str_from(text));
}

static void open_table(struct work *w)
{
	static const enum word head[] = {W_COL_EVENT, W_COL_FINDING, W_COL_WHEN, W_COL_WHERE, W_COL_CLASS,
	        W_COL_SEVERITY, W_COL_FEED, WORD_END};

	html_open(w->h, "section");
	html_open(w->h, "h3");
	draw_day(w);
	html_close(w->h);
	page_table(w->p, w->h, W_SEARCH_EVENTS_TABLE, head);
	w->open = true;
}

static void close_table(struct work *w)
{
	if (!w->open)
		return;
	page_table_end(w->h);
	html_close(w->h);
	w->open = false;
}

static struct str place_of(const struct events_found *f, char *buf)
{
	struct str s = batch_find(f->batch, f->row, FIELD_SOURCE_URL);

	if (s.len == 0)
		s = batch_find(f->batch, f->row, FIELD_SOURCE_FQDN);
	return s.len != 0 ? s : batch_text(f->batch, f->row, FIELD_SOURCE_IP, buf);
}

static void put(void *arg, const struct events_found *f)
{
	struct work *w = arg;
	char buf[64];

	if (!w->open)
		open_table(w);
	w->of_day++;
	snprintf(w->id, sizeof(w->id), "E%llu.%u.%u", (unsigned long long)f->receipt->id, f->row->ordinal,
	        f->row->sub);
	html_open(w->h, "tr");
	html_attr(w->h, "data-severity", severity_name((enum severity)f->verdict->severity));
	html_open(w->h, "th");
	html_attr(w->h, "scope", STR("row"));
	page_event_link(w->p, w->h, f->receipt->id, f->row->ordinal, f->row->sub);
	html_close(w->h);
	html_open(w->h, "td");
	if (f->verdict->finding != 0)
		page_thing(w->h, 'F', f->verdict->finding);
	else
		html_text(w->h, STR("-"));
	html_close(w->h);
	page_cell_time(w->h, f->when);
	page_cell_place(w->p, w->h, place_of(f, buf), f->row->src_port);
	page_cell(w->h, type_table[f->row->type].name);
	page_cell_tag(w->p, w->h, "severity", severity_name((enum severity)f->verdict->severity));
	page_cell(w->h, f->receipt->feed);
	html_close(w->h);
}

/* A day is looked through: what it had stands there, or that it had nothing. */
static void end_day(struct work *w)
{
	if (w->day == 0)
		return;
	if (w->of_day == 0) {
		html_open(w->h, "p");
		html_attr(w->h, "class", STR("day"));
		draw_day(w);
		html_text(w->h, STR(": "));
		page_say(w->p, w->h, W_SEARCH_NO_EVENTS);
		html_close(w->h);
	}
	close_table(w);
	w->of_day = 0;
}

static void draw_end(struct work *w, const struct events_at *at)
{
	static const char *const names[] = {"q", "since", "until"};

	page_line(w->p, w->h, "p", NULL, W_SEARCH_DONE);
	html_open(w->h, "p");
	page_sayf(w->p, w->h, W_SEARCH_SUMS, page_number(w->p, at->found),
	        page_number(w->p, at->done + at->more), page_number(w->p, at->all));
	html_close(w->h);
	if (!at->more)
		return;
	struct link l;
	link_begin(&l, "/search");
	for (unsigned i = 0; i < 3; i++)
		if (ask_has(w->p->ask, names[i]))
			link_param(&l, names[i], ask_param(w->p->ask, names[i]));
	link_param(&l, "after", str_from(w->id));
	page_next(w->p, w->h, &l);
}

bool search_events(const struct page_ask *p, const struct search *s)
{
	return !p->who->narrow &&
	        (s->kind == SEARCH_PREFIX || s->kind == SEARCH_NAME || s->kind == SEARCH_VALUE);
}

int page_search_begin(const struct page_ask *p, void **ret, struct err *e)
{
	struct search s;

	*ret = NULL;
	search_asked(p, &s);
	if (!search_events(p, &s))
		return 0;
	struct work *w = mem_zero(1, sizeof(*w));
	w->p = p;
	w->s = s;
	w->ask = *p->ask;
	w->ask.param = of_work;
	w->ask.arg = w;
	w->sink = (struct events_sink){put, w};
	int rc = events_new(&w->ask, &w->sink, &w->events, e);
	if (rc == 0)
		*ret = w;
	else
		free(w);
	return rc;
}

int page_search_step(const struct page_ask *p, struct html *h, void *work, struct err *e)
{
	struct work *w = work;
	struct events_at at;

	w->h = h;
	w->ask.state = p->ask->state;
	if (!w->begun)
		page_section(p, h, "h-events", W_SEARCH_EVENTS);
	w->begun = true;
	at = events_at(w->events);
	if (at.day != w->day) {
		end_day(w);
		w->day = at.day;
	}
	int rc = at.day == 0 ? 0 : events_step(w->events, e);
	if (rc == 1)
		return 1;
	if (rc == 0)
		at = events_at(w->events);
	/* the last day ends with its last step */
	if (rc == 0 && w->day != 0)
		end_day(w);
	close_table(w);
	if (rc == 0)
		draw_end(w, &at);
	html_close(h);
	return rc;
}

void page_search_end(void *work)
{
	struct work *w = work;

	if (w == NULL)
		return;
	events_free(w->events);
	free(w);
}
