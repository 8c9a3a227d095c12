/* SPDX-License-Identifier: Apache-2.0
 *
 * The staff's pages. One file = one page = one row: path, title, what it shows. A page is drawn whole, from state.db and the
 * days as they are; what changes the world is a form, which proc/pages.c hands to the core as the change of that name
 * (see/change.h).
 */
#pragma once

#include "web/html.h"
#include "web/route.h"
#include "web/session.h"

struct page_ask {
	const struct ask *ask;
	const struct session *who;
	int64_t now;
	bool sample;     /* nothing leaves this machine */
	struct str said; /* what the last form did; empty: nothing */
};

struct page {
	const char *path;  /* "/findings"; "/": the first */
	const char *title; /* NULL: it stands in no list of pages */
	bool id;           /* an id stands behind the path */
	/* Draws what stands in main, the h1 first. As in struct route. */
	int (*draw)(const struct page_ask *p, struct html *h, struct err *e);
};
extern const struct page page_morning, page_finding, page_findings, page_receipt;

/* Finds the page and draws it. What is wrong is a page too. */
void page_get(struct page_ask *p, struct ask *ask, struct reply *r);
/* A page of one sentence, for nobody in particular. */
void page_sentence(struct reply *r, int status, const char *title, struct str sentence);
/* The page that a link leads to: a form, since what only looks at a link may not use it up. */
void page_enter(struct reply *r, struct str token);

/* ---- for the pages ------------------------------------------------------------------------------- */

/* The hidden field that every form has. */
void page_form(const struct page_ask *p, struct html *h, const char *action, const char *class);
void page_hidden(struct html *h, const char *name, struct str value);
void page_button(struct html *h, const char *text);
/* "severity", "critical": a word that is coloured as well. */
void page_tag(struct html *h, const char *data, struct str word);
void page_time(struct html *h, int64_t t);
/* A link to one thing: F12, R12, N12, E12.5.0. */
void page_thing(struct html *h, char letter, uint64_t id);
/* A table in its box. head: words, NULL behind the last. Then rows of html_open("tr") ... */
void page_table(struct html *h, const char *caption, const char *const *head);
void page_table_end(struct html *h);
/* A row, with a link to the thing that it is about as its head; html_close ends it. severity: p NULL: it has none. */
void page_row(struct html *h, char letter, uint64_t id, struct str severity);
/* Cells. page_cell: text alone. */
void page_cell(struct html *h, struct str text);
void page_cell_u64(struct html *h, uint64_t n);
void page_cell_tag(struct html *h, const char *data, struct str word);
void page_cell_time(struct html *h, int64_t t);
/* An address, name or URL, and a port if it has one. */
void page_cell_place(struct html *h, struct str place, uint64_t port);
void page_section(struct html *h, const char *id, const char *title);
