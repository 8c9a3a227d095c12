/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the pages of what came in: reports, one report, what was set aside.
 */
#pragma once

#include "web/page.h"

/* How many records of a report were set aside, a link to them. */
void page_asides_link(const struct page_ask *p, struct html *h, uint64_t receipt, uint64_t n);
/* The table of the records of a report that were set aside, from after on (p NULL: the first), at most limit; nothing where there
 * is none. *ret_more: where it goes on, empty: nowhere. */
int page_asides(const struct page_ask *p, struct html *h, struct str receipt, struct str after,
        unsigned limit, struct str *ret_more, struct err *e);
/* Buttons: read it again, with what this program knows now. */
void page_retry(const struct page_ask *p, struct html *h, uint64_t receipt);
/* The findings that a report brought, those that it showed again, and the letters of the first. */
int page_receipt_findings(const struct page_ask *p, struct html *h, uint64_t receipt, struct err *e);
