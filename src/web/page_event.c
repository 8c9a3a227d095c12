/* SPDX-License-Identifier: Apache-2.0
 *
 * One event, or a record that was set aside: what became of it and why, back to its line.
 */
#include "web/page_receipt.h"

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct ask_event id;

	if (ask_event_id(p->ask->id, &id, e) != 0)
		return ERR_USAGE;
	html_open(h, "h1");
	page_sayf(p, h, W_EVENT_HEAD,
	        arena_printf(
	                p->ask->arena, "E%llu.%u.%u", (unsigned long long)id.receipt, id.ordinal, id.sub));
	html_close(h);
	html_open(h, "p");
	page_say(p, h, W_EVENT_OF);
	html_text(h, STR(" "));
	page_thing(h, 'R', id.receipt);
	html_close(h);
	page_section(p, h, "h-why", W_FINDING_WHY);
	int rc = page_why(p, h, e);
	html_close(h);
	return rc;
}

const struct page page_event = {
        .path = "/events", .title = W_EVENT, .id = true, .right = RIGHT_READ, .draw = draw};
