/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the page of a finding: its sections.
 */
#pragma once

#include "web/page.h"

struct finding_row {
	uint64_t id, owner_id;
	struct str class, owner, ref, sector, place, severity, stage, label, why, ident, malware, assigned,
	        person, decision;
	int64_t first, last, due, told, next, closed_at;
	uint64_t events, receipts, port, criticality, letters, merged, escalated, closed;
	uint64_t receipt, last_receipt;
};

/* ---- page_finding_parts.c ---- */

/* Its neighbours in the list that it was opened from; nothing if it was opened from elsewhere. */
int finding_beside(const struct page_ask *p, struct html *h, const struct finding_row *f, struct err *e);
/* What can be done with it. */
void finding_forms(const struct page_ask *p, struct html *h, const struct finding_row *f);
/* Notes, letters and answers, the newest first. */
void finding_history(const struct page_ask *p, struct html *h, const struct finding_row *f);
/* What its class is, in the person's language. */
void finding_class(const struct page_ask *p, struct html *h, const struct finding_row *f);
/* The same place or the same program at its owner, without being asked, also what is closed. */
void finding_cases(const struct page_ask *p, struct html *h, const struct finding_row *f);
void finding_related(const struct page_ask *p, struct html *h, const struct finding_row *f);

/* ---- page_finding_events.c ---- */

/* How many events came on which day. */
int finding_days(const struct page_ask *p, struct html *h, const struct finding_row *f, struct err *e);
/* The page of all its events: the id is "F12/events". */
int finding_events(const struct page_ask *p, struct html *h, struct err *e);
