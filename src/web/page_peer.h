/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the pages of parties: peers, one peer, contacts, groups.
 */
#pragma once

#include "link/look.h"
#include "web/page.h"

/* Seconds of the protocol; nothing for 0. */
void peer_when(struct html *h, int64_t seconds);
void peer_cell_when(struct html *h, int64_t seconds);
/* A link to a party's page, as the head of a row. */
void peer_head(struct html *h, struct str party);
/* A form about a party, which leads back to its page; html_close ends it. */
void peer_form(const struct page_ask *p, struct html *h, const char *action, struct str party);
/* "dt" and "dd" of a list of facts. */
void peer_fact(const struct page_ask *p, struct html *h, enum word name, struct str text);
/* Checks of communication, of that party (p NULL: of all), with forms to answer; prefix of the fields. */
int peer_checks(const struct page_ask *p, struct html *h, struct str party, struct err *e);

/* ---- page_peer_talk.c ---- */

/* What is next of the link: the call, the second person, the new root. */
struct peer_state {
	struct str name, title, link, role, typed_by, alarm, why;
	bool new_root;
};
void peer_steps(const struct page_ask *p, struct html *h, const struct peer_state *s);
/* ---- page_peer_parts.c ---- */

void peer_keys(const struct page_ask *p, struct html *h, struct str party);
void peer_deliveries(const struct page_ask *p, struct html *h, struct str party);
void peer_held(const struct page_ask *p, struct html *h, struct str party);
void peer_aside(const struct page_ask *p, struct html *h, struct str party);
void peer_gaps(const struct page_ask *p, struct html *h, struct str party);
void peer_forks(const struct page_ask *p, struct html *h, struct str party);
