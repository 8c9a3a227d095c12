/* SPDX-License-Identifier: Apache-2.0
 *
 * The register of owners in state.db: what it holds, how another one differs from it, and putting that one in its
 * place. One that comes in is staged first, in tables that only this connection sees and that go with the transaction;
 * what differs is then a question to the database, and so is what must be written.
 */
#pragma once

#include "know/owners.h"
#include "state/db.h"

/* Lines that a report shows of a kind; the rest is counted. */
#define REGISTER_LINES 20

/* Of the newest import; 0: there was none. */
int register_version(struct db *db, uint64_t *ret, struct err *e);
/* All that is in the register, in its order, added to o. A value that cannot be read again is a note there. */
int register_load(struct db *db, struct owners *o, struct err *e);
/* Stages what o says; in the transaction that is open. The same address twice at an owner is one contact, which wants
 * what either wants. */
void register_stage(struct db *db, const struct owners *o);
/* Lines of what staging and register do not share, with their sum at the end, onto said (NULL: nothing); returns how
 * many differences there are. */
uint64_t register_differences(struct db *db, struct buf *said);
/* The staged one is the register from here on. now: microseconds. */
void register_put(struct db *db, int64_t now);
