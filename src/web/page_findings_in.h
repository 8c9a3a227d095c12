/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the page of findings, and for pages that show lists of findings.
 */
#pragma once

#include "web/findings.h"
#include "web/page.h"

/* Persons that may be given work: the one who asks, accounts, and all who have looked or have work. Texts live in the arena. */
struct people {
	struct str *v;
	size_t n, cap;
};
void people_find(const struct page_ask *p, struct people *ret);

/* The filter of the address, without where its page begins; order: with how it is sorted. */
void findings_link(const struct page_ask *p, struct link *l, const char *path, bool order);
/* The page of a finding that belongs to that list: its filter and its order travel along. */
void findings_thing(const struct page_ask *p, struct link *l, uint64_t id);
/* True if the address of a finding's page names the list that it was opened from. */
bool findings_listed(const struct page_ask *p);
/* The form of the filter. */
void findings_form(const struct page_ask *p, struct html *h);
/* What is done with the rows that are ticked; stands in their form. */
void findings_actions(const struct page_ask *p, struct html *h);

/* ---- saved.c: lists that are kept ---- */

struct saved {
	uint64_t id, looked; /* looked: the newest finding then; 0: never */
	struct str name, person, query;
	bool shared;
	uint64_t fresh; /* new since then, at most FINDINGS_COUNTED + 1 */
};
/* Those of the person and of the team; fresh: with what is new in them. In the arena. */
int saved_find(const struct page_ask *p, bool fresh, struct saved **ret, size_t *ret_n, struct err *e);
/* Where it leads: its filter; newer 0: all of it. */
void saved_link(struct link *l, const struct saved *s, uint64_t newer);
/* What stands above the list: those that there are, and of the one at hand what can be done with it. */
int saved_draw(const struct page_ask *p, struct html *h, struct err *e);
/* What stands below: keep this one. */
void saved_form(const struct page_ask *p, struct html *h);
