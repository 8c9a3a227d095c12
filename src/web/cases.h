/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of cases, for the API, the command line and the page: one filter.
 */
#pragma once

#include "link/case.h"
#include "web/route.h"

/* The rows of case_ c that a filter names; bound by cases_bind. */
#define CASES_WHERE                                                                                          \
	" where (?1 is null or c.state = ?1 or (?1 = 'open' and c.ended is null) or (?1 = 'ended' and "      \
	"c.ended is not null) or (?1 = 'held' and c.ended is null and c.held_until >= ?10) or (?1 = "        \
	"'overdue' and " CASE_OVERDUE("c", "?10") ")) and (?2 is null or c.kind = ?2) and (?3 is null or "   \
	                                          "c.assigned = ?3) and (?4 is null or c.peer = ?4) and "    \
	                                          "(?5 is null or exists (select 1 from "                    \
	                                          "case_touches t where t.case_ = c.id and t.cc = "          \
	                                          "upper(?5))) and (?6 is null or c.owner = (select "        \
	                                          "id from owner where ref = ?6)) and (?7 is null or c.ask " \
	                                          "= ?7) and (?8 is null or c.severity = ?8) "               \
	                                          "and (?9 is null or instr(lower(c.title || char(10) || "   \
	                                          "c.text || char(10) || c.number || char(10) "              \
	                                          "|| c.their_ref), lower(?9)) > 0 or exists (select 1 "     \
	                                          "from main.case_entry n where n.case_ = c.id and "         \
	                                          "instr(lower(n.text || n.party || n.subject), lower(?9)) " \
	                                          "> 0)) and (?11 = 0 or c.opened >= ?11) "                  \
	                                          "and (?12 = 0 or c.opened < ?12) and (?13 = 0 or c.id in " \
	                                          "(select case_ from case_finding where "                   \
	                                          "finding = ?13))"

struct cases_filter {
	struct str state, kind, assigned, peer, touches, owner, ask, severity, q;
	uint64_t finding;
	struct ask_page page;
};
/* me: the person that "me" stands for; p NULL: it stands for nobody. */
int cases_filter(const struct ask *a, struct str me, struct cases_filter *ret, struct err *e);
/* ?1 to ?13, in this order. */
void cases_bind(struct query *q, const struct cases_filter *f, int64_t now);

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
