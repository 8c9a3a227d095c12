/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the pages of needs, offers, practices, their drafts and the self-assessment.
 */
#pragma once

#include "web/learn.h"
#include "web/page.h"

/* A link to a need, an offer or a practice, by its id and its title. */
void learn_link(const struct page_ask *p, struct html *h, uint64_t id, struct str title);
/* A row whose head is that link; html_close ends it. */
void learn_row(const struct page_ask *p, struct html *h, uint64_t id, struct str title);
/* A cell of the area, in the page's language where it is one of ours. */
void learn_area(const struct page_ask *p, struct html *h, struct str area);
/* Seconds; nothing for 0. */
void learn_cell_when(struct html *h, int64_t seconds);
/* An entry of a list of facts; nothing for an empty text. */
void learn_fact(const struct page_ask *p, struct html *h, enum word name, struct str text);
/* A choice of areas; any: the first is none. */
void learn_areas_select(
        const struct page_ask *p, struct html *h, const char *prefix, struct str chosen, enum word none);
void learn_field(const struct page_ask *p, struct html *h, const char *prefix, const char *name,
        enum word label, struct str value, unsigned size);
/* Drafts of these kinds: a section with links, if there are any. */
void learn_drafts(const struct page_ask *p, struct html *h, bool practices);
/* The first words of a draft: what all kinds have. */
void learn_new(const struct page_ask *p, struct html *h, enum learn_kind kind, enum word title);
/* How an offer of others stands: taken on, due or late; for ours how many have taken it on. */
struct learn_offer {
	bool ours, open;
	int64_t acked, heard; /* seconds, microseconds */
	uint64_t told, taken;
};
void learn_offer_state(const struct page_ask *p, struct html *h, const struct learn_offer *o);
/* A form with nothing but the id and a button. */
void learn_press(const struct page_ask *p, struct html *h, const char *action, const char *back, char letter,
        uint64_t id, enum word button);
