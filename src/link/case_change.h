/* SPDX-License-Identifier: Apache-2.0
 *
 * What people and the core do with cases: the table of changes, and the step that makes cases of what others have left in
 * rows (wishes of rules, mails). link/case.h has what cases are.
 */
#pragma once

#include "event/field.h"
#include "link/case.h"
#include "trust/change.h"

extern const struct change_row case_changes[];
extern const unsigned case_change_count;

/* ---- a new one ---- */

struct case_new {
	const char *kind; /* "incident", "request", "old" */
	struct str ask, title, text, severity, pap, rsit, peer, their_ref, exercise, rule, person;
	enum tlp label;
	bool draft;  /* of ours, which a person has not sent yet */
	bool theirs; /* the peer asks */
	uint64_t owner;
	int64_t opened, reply_by; /* 0: now; not said */
	int64_t ack_within;       /* seconds; 0: as the severity says */
	struct str statement;     /* 32 bytes, or empty */
};
/* Makes it, with its number, members, due times and countries; in the transaction that is open. Texts may have p NULL. */
uint64_t case_open(struct db *db, const struct change_here *here, const struct case_new *n);
/* The due times are made again from its severity, when it arrived, and whose working days count. */
void case_clock(struct db *db, const struct change_here *here, uint64_t id);

/* ---- the links with others: case_send.c ---- */

/* The request of a draft goes to its peer; a person has said so. 0: it is queued; or why it cannot go. */
int case_send(struct change *c, uint64_t id, struct str peer, struct err *e);
/* A word of ours about a case with a peer, already in the rows. 0: it is on its way, or will be; or why it cannot go. */
int case_tell(struct change *c, uint64_t id, const struct case_word *w, struct str peer, struct err *e);

/* ---- the core's step: case_work.c ---- */

/* Mails that name a case are put to it, wishes of rules become drafts; in transactions of its own. 1: there may be more; 0; or a
 * code. */
int case_work(struct db *db, const struct change_here *here, struct err *e);
/* Requests of others that nobody has taken on in time: calls with number and severity of each. 0 or a code. */
int case_unheard(struct db *db, int64_t now,
        void (*each)(void *arg, uint64_t id, struct str number, struct str severity), void *arg,
        struct err *e);
