/* SPDX-License-Identifier: Apache-2.0
 *
 * The exit: what leaves the node leaves as a struct cleared, and this file alone makes one. Two steps: the pure
 * decision (label and kind of recipient), and the row that keeps it, in the transaction that stores what is to be
 * sent. What no rule allows is refused.
 */
#pragma once

#include "event/field.h"
#include "state/db.h"

enum exit_kind {
	EXIT_OWNER, /* the CERT's client, about his own systems */
	EXIT_STAFF, /* somebody of this CERT; what wakes him names no contents */
	EXIT_KINDS
};

/* True if a thing of that label may go there. *ret_rule says which rule decided, in words, and who may change it. */
bool exit_decide(enum tlp label, enum exit_kind kind, const char **ret_rule);

struct cleared {
	uint64_t id; /* of the clearance */
	struct str bytes;
	uint8_t sha256[32];
	struct str recipient;
	enum tlp label;
	const char *rule;
	int64_t until;
};
/* Inside a transaction. object: "notice XA-1-K7QD". True and *ret, or false and a row that says why not. bytes and
 * recipient must outlive *ret. */
bool exit_clear(struct db *db, struct str object, struct str recipient, enum exit_kind kind, enum tlp label,
        struct str bytes, struct cleared *ret);
