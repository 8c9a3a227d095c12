/* SPDX-License-Identifier: Apache-2.0
 *
 * What makes a page live: controls that the script (ui/live.ts) shows, the address of its events (live.h), and an empty row from
 * which it makes the new ones. Without the script none of it is seen. Where the log of changes stood before the page was drawn
 * stands in main (data-cursor): the stream begins there, so nothing is missed between the two.
 */
#pragma once

#include "web/page.h"

/* The cells of a row behind its head, in the order of the table's columns. */
enum page_live_cell {
	PAGE_LIVE_SEVERITY,
	PAGE_LIVE_CLASS,
	PAGE_LIVE_OWNER,
	PAGE_LIVE_PLACE,
	PAGE_LIVE_FIRST,
	PAGE_LIVE_LAST,
	PAGE_LIVE_EVENTS,
	PAGE_LIVE_STATE,
	PAGE_LIVE_DUE,
	PAGE_LIVE_ASSIGNED,
	PAGE_LIVE_TICK, /* only the first: a box to tick, before the head */
	PAGE_LIVE_END
};

/* Before the table of the section or of main, or before its figures. events: "/events?list=findings&owner=bank". cells: NULL, or
 * ends with PAGE_LIVE_END. top: new rows belong at the top of the table; else they are only counted, and the page is drawn again
 * by who asks for it. */
void page_live(const struct page_ask *p, struct html *h, struct link *events,
        const enum page_live_cell *cells, bool top);
