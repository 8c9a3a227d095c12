/* SPDX-License-Identifier: Apache-2.0
 *
 * LINK: cases. A case is what is worked on with somebody: with a constituent, or with another CERT, who asks us (theirs) or
 * is asked (ours). All that is said and done stands in one line of time (case_entry).
 *
 * What parties say of a case comes in any order, twice, or late, and must lead to the same state everywhere. So nothing of it
 * is a step from the state before: for each writer the word with his highest number is kept, and the state follows from these
 * words alone. The one who asked writes "withdrawn" and "closed"; who was asked writes all others; what anybody else writes
 * has no effect. Of several who were asked the one who is least far says how far the case is.
 *
 * A request that went by mail is undelivered as long as what became of that mail says so: it is on its way again once the mail is tried
 * again or somebody there has answered all the same.
 *
 * Due times stand in the row; that one is overdue is computed where it is shown, and never kept.
 *
 * Nothing here sends. What is to go out is a row (case_entry.state = 'to send', case_member.stage) for who does: reply.h, case_send.c.
 */
#pragma once

#include "event/ask.h"
#include "event/calendar.h"
#include "event/field.h"
#include "state/db.h"

enum case_state {
	CASE_DRAFT,
	CASE_UNDELIVERED, /* its mail came back, or was refused: to a party without a node */
	CASE_QUEUED,
	CASE_DELIVERED,
	CASE_READ,
	CASE_RECEIVED,
	CASE_ACKNOWLEDGED,
	CASE_ACCEPTED,
	CASE_NEEDS_INFORMATION,
	CASE_IN_PROGRESS,
	CASE_DECLINED,
	CASE_REDIRECTED,
	CASE_RESOLVED,
	CASE_PARTLY_RESOLVED,
	CASE_NOT_POSSIBLE,
	CASE_CLOSED,
	CASE_WITHDRAWN,
	CASE_STATES
};
enum case_writer {
	CASE_BY_NODE,      /* draft to received: follows from what the nodes did */
	CASE_BY_RESPONDER, /* who was asked */
	CASE_BY_REQUESTER  /* who asked */
};
struct case_state_row {
	const char *name;
	enum case_writer writer;
	bool end;    /* nothing is waited for any more */
	bool worked; /* it says more than that somebody has it */
};
extern const struct case_state_row case_state_table[CASE_STATES];
/* CASE_STATES: there is none. */
enum case_state case_state_find(struct str name);

/* Why it may be declined; ends with NULL. What may be asked stands in event/ask.h. */
extern const char *const case_reasons[];
bool case_word_in(const char *const *list, struct str word);

/* ---- words about a case; within a transaction ------------------------------------------------------- */

struct case_word {
	struct str party; /* who writes */
	uint64_t seq;     /* of his words about it */
	struct str state, reason, redirect_to;
	int64_t eta; /* 0: not said */
	int64_t at;
};
/* A word of a party. 1: it has effect; 0: it has none (not his to say, or a later one of his is here); ERR_VALUE: no such state.
 * The state of the row, and when it was taken on, answered and ended, follow. */
int case_state_set(struct db *db, uint64_t id, const struct case_word *w, struct err *e);
/* True if a mail of a case (row n of case_entry) has come to nobody: a server could not deliver it, or it was refused. */
#define CASE_MAIL_LOST(n)                                                                                    \
	"(" n ".answered is null and (" n ".bounced is not null or " n ".state = 'refused'))"
/* Something has become of that mail: whether the request counts as delivered follows from it. at: when. */
void case_mail_state(struct db *db, uint64_t entry, int64_t at);
enum case_stage { CASE_STAGE_DRAFT, CASE_STAGE_QUEUED, CASE_STAGE_DELIVERED, CASE_STAGE_READ };
/* How far our request has come at that party; what is less than it was has no effect. at: when. As case_state_set. */
int case_stage_set(struct db *db, uint64_t id, struct str party, enum case_stage stage, int64_t at);
/* The state of the row is made again from its words. */
void case_state_make(struct db *db, uint64_t id);
/* One more than the highest number of that party's words. */
uint64_t case_seq_next(struct db *db, uint64_t id, struct str party);

/* ---- due times -------------------------------------------------------------------------------------- */

struct case_due {
	int64_t ack, status; /* 0: none */
};
/* severity: "c1" to "c6". responder: his working days; NULL: UTC. Pure. */
struct case_due case_due(struct str severity, int64_t arrived, const struct calendar *responder);
/* When stages of an owner's report are due. */
int64_t case_stage_due(struct str stage, int64_t first);

/* True if a row "c" of case_ is overdue at the time ?N. */
#define CASE_OVERDUE(c, n)                                                                                   \
	"(" c ".ended is null and (" c ".held_until is null or " c ".held_until < " n ") and ((" c           \
	".acked is null and " c ".ack_due < " n ") or (" c ".answered is null and " c ".status_due < " n     \
	") or " c ".reply_by < " n "))"
/* The next time that matters to it; null if there is none. */
#define CASE_NEXT(c)                                                                                         \
	"(case when " c ".ended is not null then null when " c ".acked is null and " c                       \
	".ack_due is not null then " c ".ack_due when " c ".answered is null and " c                         \
	".status_due is not null then " c ".status_due else " c ".reply_by end)"

/* ---- rows ------------------------------------------------------------------------------------------- */

struct case_entry {
	const char *kind, *direction, *channel, *state; /* NULL: empty */
	struct str person, party, text, link, subject;
	struct str label; /* empty: that of the case */
	int64_t at;       /* 0: now */
	uint64_t heard;   /* the row of the statement that says it; 0: none */
};
/* Adds it to the line of time, with the label of the case. Returns its id. */
uint64_t case_entry_put(struct db *db, uint64_t id, const struct case_entry *entry);
/* ---- case_index.c: what they are found by; within the transaction of the row ---- */

/* That row is there now. What changes a text of it drops it before and adds it again behind. */
void case_index_add(struct db *db, uint64_t id);
void case_index_drop(struct db *db, uint64_t id);
/* The same of a row of case_entry. */
void case_index_entry_add(struct db *db, uint64_t entry);
void case_index_entry_drop(struct db *db, uint64_t entry);
/* What was dropped is gone from the file of the index too, not only from what it finds; it is written anew, some seconds of a large one.
 * For who erases a text of somebody. */
void case_index_settle(struct db *db);

/* The label that a mail itself says, in its subject or as its first line: of both the stricter one; TLP_NONE: it says none. Pure. */
enum tlp case_mail_says(struct str subject, struct str words);
/* The case of "K12" or of a number such as LA-2026-00042, in the tables as db has them. 0: there is none. */
uint64_t case_find(struct db *db, struct str name);
/* The case that a subject names: "[weir la-845b3c06a1]", or "[LA-2026-00042]"; 0: none. party: ours. */
uint64_t case_of_subject(struct db *db, struct str subject);
/* The next number of that country and year. */
struct str case_number(struct db *db, struct str party, int64_t at, char ret[32]);
/* An address, name or URL so that nobody follows it by mistake: "198.51.100[.]7", "hxxp://". */
void case_defang(struct buf *out, struct str value);
/* The type of it, as STIX calls it. */
const char *case_type_of(struct str value);
