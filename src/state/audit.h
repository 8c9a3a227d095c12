/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain of the audit: each row carries the digest of the one before.
 */
#pragma once

#include "state/db.h"

/* The columns that the digest of a row is over, in this order; then q is at such a row. */
#define AUDIT_COLUMNS "prev, at, person, verb, object, detail"
void audit_digest(const struct query *q, uint8_t ret[32]);
/* Goes through the newest rows, at most so many. *ret_rows: looked at; *ret_bad: the number of the first row, from the oldest of
 * them on, whose digest is not that of the row before; 0: none. 0 or a code. */
int audit_check(struct db *db, unsigned most, uint64_t *ret_rows, uint64_t *ret_bad, struct err *e);
