/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the morning page: its sections.
 */
#pragma once

#include "web/page.h"

/* What the shift before has left, and what this one leaves. */
void morning_handover(const struct page_ask *p, struct html *h);
/* Lists that are kept, with what is new in them. */
int morning_saved(const struct page_ask *p, struct html *h, struct err *e);
/* What somebody must look at. */
int morning_look(const struct page_ask *p, struct html *h, struct err *e);
void morning_letters(const struct page_ask *p, struct html *h);
/* What other parties wait for, and what we wait for. */
void morning_links(const struct page_ask *p, struct html *h);
void morning_reports(const struct page_ask *p, struct html *h);
