/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files that draw owners.
 */
#pragma once

#include "web/page.h"

#define OPEN_STATES "('open', 'told', 'told-again', 'quiet')"
#define WORST_IS(owner, word)                                                                                \
	" when exists (select 1 from finding w where w.owner = " owner " and w.state in " OPEN_STATES        \
	" and w.severity = '" word "') then '" word "'"
/* The worst severity of what is open at an owner; empty if nothing is. */
#define WORST_OF(owner)                                                                                      \
	"case" WORST_IS(owner, "critical") WORST_IS(owner, "high") WORST_IS(owner, "medium")                 \
	        WORST_IS(owner, "low") WORST_IS(owner, "info") " else '' end"

struct owner_row {
	uint64_t id;
	struct str ref, name, sector, cc;
	int64_t gone;
};
/* The one in p->ask->id. ERR_MISSING: there is none that the person can see. */
int owner_find(const struct page_ask *p, struct str ref, struct owner_row *ret, struct err *e);
/* The sections about its networks, names and assets. */
void owner_draw_claims(const struct page_ask *p, struct html *h, const struct owner_row *o);
/* How many were new and closed in each of twelve weeks, and how long a fix takes there and in its sector. */
void owner_draw_times(const struct page_ask *p, struct html *h, const struct owner_row *o);
