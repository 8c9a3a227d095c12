/* SPDX-License-Identifier: Apache-2.0 */
#include "web/page_live.h"
#include "event/field.h"

static const char *const names[] = {
        [PAGE_LIVE_SEVERITY] = "severity",
        [PAGE_LIVE_CLASS] = "class",
        [PAGE_LIVE_OWNER] = "owner",
        [PAGE_LIVE_PLACE] = "place",
        [PAGE_LIVE_FIRST] = "first",
        [PAGE_LIVE_LAST] = "last",
        [PAGE_LIVE_EVENTS] = "events",
        [PAGE_LIVE_STATE] = "state",
        [PAGE_LIVE_DUE] = "due",
        [PAGE_LIVE_ASSIGNED] = "assigned",
};
static const char *const severities[] = {"critical", "high", "medium", "low", "info", NULL};
static const char *const states[] = {"open", "seen-again", "told", "told-again", "quiet", "closed", NULL};

/* The words of a vocabulary in the page's language: data-say-critical. */
static void say(const struct page_ask *p, struct html *h, const char *kind, const char *const *keys)
{
	char name[40];

	for (; *keys != NULL; keys++) {
		snprintf(name, sizeof(name), "data-say-%s", *keys);
		html_attr(h, name, page_key(p, kind, str_from(*keys)));
	}
}

static void cell(const struct page_ask *p, struct html *h, enum page_live_cell c)
{
	html_open(h, "td");
	html_attr(h, "data-cell", str_from(names[c]));
	if (c == PAGE_LIVE_SEVERITY)
		say(p, h, "severity", severities);
	if (c == PAGE_LIVE_STATE)
		say(p, h, "state", states);
	if (c == PAGE_LIVE_PLACE)
		html_attr(h, "data-port", page_word(p, W_PORT));
	html_close(h);
}

static void row(const struct page_ask *p, struct html *h, const enum page_live_cell *cells)
{
	html_open(h, "template");
	html_open(h, "tr");
	if (*cells == PAGE_LIVE_TICK) {
		cells++;
		html_open(h, "td");
		html_empty(h, "input");
		html_attr(h, "type", STR("checkbox"));
		html_attr(h, "name", STR("id"));
		html_close(h);
	}
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_line(h, "a", NULL, STR(""));
	html_close(h);
	for (; *cells != PAGE_LIVE_END; cells++)
		cell(p, h, *cells);
	html_close(h);
	html_close(h);
}

void page_live(const struct page_ask *p, struct html *h, struct link *events,
        const enum page_live_cell *cells, bool top)
{
	html_open(h, "div");
	html_attr(h, "class", STR("live"));
	html_flag(h, "hidden");
	html_attr(h, "data-events", buf_str(&events->text));
	link_done(events);
	if (top)
		html_attr(h, "data-top", STR("1"));
	html_open(h, "button");
	html_attr(h, "type", STR("button"));
	html_attr(h, "aria-pressed", STR("false"));
	page_say(p, h, W_LIVE_HOLD);
	html_close(h);
	html_line(h, "span", "state", STR(""));
	html_open(h, "a");
	html_attr(h, "class", STR("show"));
	html_flag(h, "hidden");
	html_close(h);
	html_open(h, "p");
	html_attr(h, "role", STR("status"));
	html_close(h);
	if (cells != NULL)
		row(p, h, cells);
	html_close(h);
}
