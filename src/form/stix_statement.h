/* SPDX-License-Identifier: Apache-2.0
 *
 * A statement as a STIX 2.1 object, for third parties that take TAXII: a new type of object, "weir-statement", whose member
 * "statement" holds the exact bytes. They are the authority, all else is for reading; whoever finds the two differing trusts
 * neither, so the reader makes the object again from the bytes and compares.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#define STIX_STATEMENT_EXTENSION "extension-definition--16087927-3132-478f-9974-da253dd183f8"
#define STIX_STATEMENT_ID sizeof("weir-statement--00000000-0000-0000-0000-000000000000") /* with a NUL */
#define STIX_STATEMENT_TO 64
#define STIX_STATEMENT_MAX ((size_t)1 << 20) /* bytes of one object */

/* What the bytes of a statement say; filled from its head and body by who knows them. */
struct stix_statement {
	struct str bytes;          /* whole statement */
	uint8_t id[32], case_[32]; /* case zeros: none */
	int64_t created;           /* seconds since 1970, up to the year 9999 */
	unsigned tlp;              /* 1 CLEAR to 5 RED */
	struct str kind, sender;
	struct str to[STIX_STATEMENT_TO];
	unsigned n;
	struct str description; /* from "text" of the body, in one language; empty: none */
	struct str created_by;  /* id of the sender's identity object; empty: none */
};

void stix_statement_id(const uint8_t id[32], char ret[STIX_STATEMENT_ID]);
/* The object, on one line without a line end. False, and nothing is written: RED, which goes to no collection, a label that is
 * none, or text that is not UTF-8. */
bool stix_statement_write(const struct stix_statement *s, struct buf *out);
/* The bytes inside an object, nothing compared. 0, or ERR_SYNTAX. */
int stix_statement_bytes(struct str object, struct buf *ret, struct err *e);
/* 0: the object says what its bytes say; s was filled from those bytes. description and created_by are compared if s has
 * them, and may stand there otherwise. ERR_DENIED names the member that differs. */
int stix_statement_check(struct str object, const struct stix_statement *s, struct err *e);
