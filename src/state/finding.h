/* SPDX-License-Identifier: Apache-2.0
 *
 * The table finding. Changes go into the transaction that is open.
 */
#pragma once

#include "state/db.h"

/* In statements: how bad it is, 0 the worst; f: "f." or "". In these words an index knows it. */
#define FINDING_RANK(f)                                                                                      \
	"(case " f "severity when 'critical' then 0 when 'high' then 1 when 'medium' then 2 when 'low' "     \
	"then 3 else 4 end)"
/* What is to be worked on first, in the order of the index finding_first; for findings that are FINDING_ACTIVE. */
#define FINDING_FIRST(f)                                                                                     \
	FINDING_RANK(f)                                                                                      \
	", (" f "told is not null), (coalesce(" f "due, 9223372036854775807)), " f "criticality desc, " f    \
	"id desc"
#define FINDING_ACTIVE(f) "(" f "state = 'open' or " f "state = 'told' or " f "state = 'told-again')"
/* How many are open of which somebody should have been told by ?1, at most 10001; by the same index. */
#define FINDING_LATE                                                                                         \
	"select count(*) from (select 1 from finding where " FINDING_RANK(                                   \
	        "") " in (0, 1, 2, 3, 4) and (told is not "                                                  \
	            "null) in (0, 1) and (coalesce(due, 9223372036854775807)) < ?1 and " FINDING_ACTIVE(     \
	                    "") " and state = 'open' limit "                                                 \
	                        "10001)"

struct finding {
	uint64_t id;
	uint8_t key[16];
	uint64_t owner, receipt, root, event; /* the first that showed it, and the delivery it came in */
	struct str class, ident, malware, place, severity, label, decision;
	uint16_t port;
	bool counted;             /* its row counts that event and receipt from the start */
	int64_t first, last, due; /* due 0: none */
	uint8_t criticality;
	uint32_t ruleset, rule, contacts;
};
void finding_insert(struct db *db, const struct finding *f);

/* What one receipt showed of a finding. */
struct finding_seen {
	uint32_t id;
	uint32_t events;
	int64_t first, last;
	uint64_t event; /* the last one: ordinal << 8 | sub */
	bool counted;   /* its row counts this receipt already */
};
void finding_seen(struct db *db, const struct finding_seen *s, uint64_t root, uint64_t receipt);
/* The same for a feed that lists all there is. */
void finding_listed(struct db *db, uint32_t id, struct str feed, uint64_t root);
/* Closes one finding of the feed that an older delivery than root listed and nothing has shown since; forgets the list's
 * row in any case. 1: key and id of the one that was closed; 2: one stays open; 0: there is none. */
int finding_gone(struct db *db, struct str feed, uint64_t root, int64_t now, uint8_t ret_key[16]);
/* An event of it names a program by that hash; what is known already stays. Beyond FINDING_HASHES nothing is kept: a feed of samples has
 * another in each event. */
#define FINDING_HASHES 16
void finding_hash(struct db *db, uint64_t id, struct str hash);
/* Worse than it was: severity, label, rule and deadline of now. */
void finding_raise(struct db *db, const struct finding *f);
/* Closed as gone or fixed, and seen again. True if somebody had said that it was fixed. */
bool finding_reopen(struct db *db, uint64_t id, int64_t now);
/* Nobody is told of it until then; quiet: the row of that table. */
void finding_still(struct db *db, uint64_t id, uint64_t quiet, int64_t until);
