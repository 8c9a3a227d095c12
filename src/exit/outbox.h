/* SPDX-License-Identifier: Apache-2.0
 *
 * The outbox: cleared bytes that wait for a process to carry them: mail to partners, statements. Letters to owners lie in
 * letters/ (see/seal.c). A row is made in the transaction that cleared it, given out as often as it takes, and looked at again
 * each time: what is over, or is not what was cleared, is refused instead.
 */
#pragma once

#include "exit/clear.h"

/* Inside a transaction. way: "mail", "node", "courier". *ret: its id. ERR_DENIED if c is not what this state.db has cleared. */
int outbox_put(struct db *db, const struct cleared *c, const char *way, uint64_t *ret, struct err *e);
struct outbox_item {
	uint64_t id, clearance;
	struct str recipient, bytes; /* in the arena */
	uint8_t sha256[32];
};
/* The next one for that way behind that id; recipient p NULL: any. 1, 0: none, or a code. What may not go any more is refused
 * on the way, each in a transaction of its own; so outside of transactions. */
int outbox_next(struct db *db, const char *way, struct str recipient, uint64_t after, int64_t now,
        struct arena *a, struct outbox_item *ret, struct err *e);
/* Inside a transaction: it was taken, or refused for good, or taken back; with the other side's words. */
void outbox_end(struct db *db, uint64_t id, const char *state, struct str answer);
