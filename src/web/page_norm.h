/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the pages of norms: all, one, and the papers.
 */
#pragma once

#include "agree/norm.h"
#include "web/page.h"

/* Norms in the page's language. */
int norm_page_read(
        const struct page_ask *p, struct str key, struct norm **ret, unsigned *ret_n, struct err *e);
/* A link to a norm's page, as the head of a row. */
void norm_page_head(struct html *h, struct str key);
/* A form about a norm, which leads back to its page; html_close ends it. */
void norm_page_form(
        const struct page_ask *p, struct html *h, const char *action, const char *class, struct str key);
/* What each text is called. */
enum word norm_page_field(enum norm_field f);
/* "14 of 15", in the page's language. */
void norm_page_value(const struct page_ask *p, struct html *h, const struct norm_value *v);
/* A day of a review, or "-". */
void norm_page_day(struct html *h, int64_t at);
/* The choice of a status; prefix as in struct page_field. */
void norm_page_status(const struct page_ask *p, struct html *h, const char *prefix, struct str chosen);
/* What is offered for a norm, with the forms to confirm it: page_norm_evidence.c. */
int norm_page_evidence(const struct page_ask *p, struct html *h, const struct norm *n, struct err *e);
/* Further actions of a norm, with forms. */
int norm_page_actions(const struct page_ask *p, struct html *h, const struct norm *n, struct err *e);
