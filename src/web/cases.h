/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of cases, for the API, the command line and the page: one filter.
 */
#pragma once

#include "link/case.h"
#include "web/route.h"

struct cases_filter {
	struct str state, kind, assigned, peer, touches, owner, ask, severity, q;
	uint64_t finding;
	struct ask_page page;
};
/* me: the person that "me" stands for; p NULL: it stands for nobody. */
int cases_filter(const struct ask *a, struct str me, struct cases_filter *ret, struct err *e);
/* What it names of rows "c" of case_, as conditions (cases_find.c), each with "and" before it. */
struct cases_value {
	struct str text;
	int64_t number;
	bool is_text;
};
struct cases_where {
	struct buf where;
	struct cases_value values[24];
	unsigned n;
};
void cases_where(const struct ask *a, const struct cases_filter *f, int64_t now, struct cases_where *ret);
/* One value more: its N of ?N. */
unsigned cases_value(struct cases_where *w, int64_t number);
unsigned cases_text(struct cases_where *w, struct str text);
/* That statement with the values; the caller ends w->where by buf_done. */
struct query cases_query(const struct ask *a, const struct cases_where *w, struct str sql);

/* A case as text, as db has it. */
void case_text(struct db *db, uint64_t id, struct buf *out);

/* A case as RFC 5545 has it: what is due of all that the state shows, or of the one with that id; 0: all. */
int cases_calendar(const struct ask *a, uint64_t id, struct buf *out, struct err *e);

/* The mail m that an entry n is about, if it is one that came. */
#define ENTRY_MAIL(n, m)                                                                                     \
	n ".kind = 'mail' and " n ".link glob 'M[0-9]*' and " m ".id = cast(substr(" n ".link, 2) as "       \
	  "integer)"

/* How a mail that a case sends stands, as a word: to-send, written (cleared), held, sent, bounced, answered, refused; empty: it is
 * none. */
#define MAIL_OUT(n)                                                                                          \
	"(case when " n ".state = 'sent' and " n ".answered is not null then 'answered' when " n             \
	".state = 'sent' and " n ".bounced is not null then 'bounced' when " n ".state <> 'to send' then " n \
	".state when " n ".held = 1 and " n ".outbox is not null then 'held' when " n                        \
	".outbox is not null then 'written' else 'to-send' end)"
