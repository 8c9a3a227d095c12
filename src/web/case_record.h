/* SPDX-License-Identifier: Apache-2.0
 *
 * A case as a record on paper: what 'weir case show' says, who has had it printed and when, and as its last line the SHA-256 of all
 * lines before it. Signed, it is such a text in the cleartext form of RFC 9580 section 7, which anybody verifies who has the team's
 * public OpenPGP key, with gpg and without Weir. Its first line says what it is: no other text that the key signs has one like it
 * (docs/keys.md). A line from a person's words never stands at the margin, so none can pose as one of the record's own.
 */
#pragma once

#include "base/digest.h"
#include "state/db.h"

struct case_paper {
	struct str person;      /* who has it printed; empty: it is shown only */
	struct str team, party; /* of the node; may be empty */
	struct str key;         /* fingerprint of the OpenPGP key that will sign it; empty: none does */
	struct str why;         /* then why not */
	int64_t at;             /* microseconds */
};
/* Writes it as db has the case, which decides what is in it (state/scope.h). No line ends with a blank, which signatures over text
 * do not cover. False: that case is not in sight. */
bool case_record_write(
        struct db *db, uint64_t id, const struct case_paper *p, struct buf *out, uint8_t ret[DIGEST_LEN]);
