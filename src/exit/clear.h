/* SPDX-License-Identifier: Apache-2.0
 *
 * The exit: what leaves the node leaves as a struct cleared, and this file alone makes one. Two steps: the pure decision
 * (decide.h), and the row that keeps it, in the transaction that stores what is to be sent. What no rule allows is refused,
 * with a row that says by which rule and who may change it. Sinks (shelf.h, outbox.h, the letters) take nothing else, and
 * look at the row again before they take it.
 */
#pragma once

#include "exit/decide.h"
#include "state/db.h"

struct cleared {
	uint64_t id; /* of the clearance */
	struct str bytes;
	uint8_t sha256[32];
	struct str recipient;
	enum exit_kind kind;
	enum tlp label;
	const char *rule;
	int64_t until;
};
/* Inside a transaction. True and *ret, or false and a row that says why not; ret_verdict NULL: not wanted. o->name, r->name and
 * bytes must outlive *ret. What its originator has lowered (exit_lower) is decided by that label. A clearance holds for 30 days. */
bool exit_clear_for(struct db *db, const struct exit_object *o, const struct exit_recipient *r,
        enum exit_purpose purpose, struct str bytes, struct cleared *ret, struct exit_verdict *ret_verdict);
/* The row of a refusal alone, where something is refused before there are bytes to clear. */
void exit_refuse(struct db *db, const struct exit_object *o, const struct exit_recipient *r,
        enum exit_purpose purpose, const struct exit_verdict *v);
/* The same for a label alone, to an owner or to staff by plain mail. object: "notice XA-1-K7QD". */
bool exit_clear(struct db *db, struct str object, struct str recipient, enum exit_kind kind, enum tlp label,
        struct str bytes, struct cleared *ret);
/* A statement to one of its recipients. id: 64 hexadecimal digits; o->name is set here to "statement ID", which lives in text
 * (EXIT_STATEMENT bytes of the caller's). All else is as the head and the body say, and as group and link are known here. */
#define EXIT_STATEMENT 80
bool exit_clear_statement(struct db *db, struct str id, struct exit_object *o, const struct exit_recipient *r,
        struct str bytes, char text[EXIT_STATEMENT], struct cleared *ret, struct exit_verdict *ret_verdict);
/* True if there is such a clearance, and it holds still: the same recipient and digest, not over. */
bool exit_holds(struct db *db, const struct cleared *c, int64_t now);

/* Inside a transaction: its originator has lowered an object's label. statement: the id of his signed statement, whose
 * signature has been verified; by: the party that signed it. 0, or ERR_DENIED: it is not the originator's, or lowers nothing. */
int exit_lower(struct db *db, struct str object, enum tlp was, enum tlp label, struct str originator,
        struct str by, struct str statement, struct err *e);
/* The label that the object has now: as lowered, where the originator is the same and it was that label which he lowered. */
enum tlp exit_label(struct db *db, struct str object, enum tlp label, struct str originator);
