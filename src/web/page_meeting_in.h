/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the pages of meetings.
 */
#pragma once

#include "web/meetings.h"
#include "web/page.h"

struct meeting_drawn {
	const struct page_ask *p;
	struct html *h;
	struct meeting_row m;
	struct clocks *clocks;
	bool may;  /* the person may write */
	bool runs; /* it has not ended */
};

/* A form about the meeting, which leads back to its page. prefix is of fields' ids; html_close ends it. */
void meeting_form(const struct meeting_drawn *d, const char *action);
void meeting_form_file(const struct meeting_drawn *d, const char *action);
/* The field for a file, and the button behind it: the last of such a form. */
void meeting_file_end(const struct meeting_drawn *d, const char *id, enum word button);
/* "details" with that summary, none of it on paper; html_close ends it. */
void meeting_details(const struct meeting_drawn *d, enum word summary);
void meeting_field(const struct meeting_drawn *d, const char *prefix, const char *name, enum word label,
        unsigned size, bool required);
void meeting_area(
        const struct meeting_drawn *d, const char *prefix, enum word label, unsigned rows, bool required);
/* A time or a span in UTC and by the clocks of all parties. */
void meeting_when(
        const struct page_ask *p, struct html *h, const struct clocks *k, int64_t start, int64_t until);
/* Links to a file by its digest: its name to the page that shows it, where its media type is one of text; else to the file. */
void meeting_file_link(const struct meeting_drawn *d, struct str hex, struct str name, struct str media);
/* Language, as a page and a card have them. */
void meeting_tongue(const struct meeting_drawn *d, const char *prefix);

/* ---- page_meeting_parts.c: sections of one meeting ---- */

void meeting_draw_who(const struct meeting_drawn *d, struct err *e);
void meeting_draw_agenda(const struct meeting_drawn *d);
void meeting_draw_papers(const struct meeting_drawn *d);
void meeting_draw_outcome(const struct meeting_drawn *d);
void meeting_draw_said(const struct meeting_drawn *d);
void meeting_draw_cards(const struct meeting_drawn *d);

/* ---- page_meeting_room.c ---- */

void meeting_draw_delegates(const struct meeting_drawn *d);
void meeting_draw_room(const struct meeting_drawn *d);
void meeting_draw_minutes(const struct meeting_drawn *d);
/* meeting 0: ours, of all of them. */
void meeting_draw_todo(const struct page_ask *p, struct html *h, const struct meeting_drawn *d);
