/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the page of a case.
 */
#pragma once

#include "web/cases.h"
#include "web/page.h"

struct case_row {
	uint64_t id, merged;
	struct str number, kind, ask, title, text, severity, label, pap, rsit, state, direction, peer,
	        their_ref, owner, ref, assigned, held_why, exercise, rule, source, merged_number;
	int64_t opened, arrived, ack_due, acked, status_due, answered, reply_by, ended, held_until;
	bool overdue;
	bool said; /* a statement has opened it: it is shared with another node */
};

/* A form about the case; html_close ends it. */
void case_form(const struct page_ask *p, struct html *h, const char *path, const struct case_row *k);
/* ---- page_case_parts.c ---- */

void case_payment(
        const struct page_ask *p, struct html *h, const struct case_row *k); /* page_case_payment.c */
void case_says(const struct page_ask *p, struct html *h, const struct case_row *k);
void case_about_what(const struct page_ask *p, struct html *h, const struct case_row *k);
void case_abroad(const struct page_ask *p, struct html *h, const struct case_row *k);
void case_tasks(const struct page_ask *p, struct html *h, const struct case_row *k);
void case_files(const struct page_ask *p, struct html *h, const struct case_row *k);
void case_stages(const struct page_ask *p, struct html *h, const struct case_row *k);
void case_timeline(const struct page_ask *p, struct html *h, const struct case_row *k);
/* ---- page_case_forms.c ---- */

void case_forms(const struct page_ask *p, struct html *h, const struct case_row *k);
