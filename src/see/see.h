/* SPDX-License-Identifier: Apache-2.0
 *
 * SEE: reports in. A delivery is accepted (its bytes lie in the spool, synced; the receipt is committed), then
 * read: its bytes and events go into the day's file, chunk by chunk, and what they say of findings into
 * state.db. Whatever is cut off begins again from the first byte and does nothing twice:
 *
 *   - a chunk that counts (receipt.chunks) is passed over; its verdicts are taken from the day's file;
 *   - the day's file has a chunk before state.db counts it, and is written over by the next reading;
 *   - what a receipt showed of known findings is added up in memory and moved at its end, in the order of their
 *     ids, in slices that are counted too (receipt.settled).
 *
 * All of this belongs to the one process that writes (proc/core.c). Nothing here opens a socket or waits.
 */
#pragma once

#include "see/node.h"
#include "state/finding.h"
#include "state/receipt.h"

/* ---- accepting ----------------------------------------------------------------------------------- */

/* A small report is read before the large ones. */
#define SEE_BULK ((uint64_t)1 << 20)
/* The same bytes of a log within this time are the same receipt where its feed says no cadence. */
#define SEE_CADENCE (24 * (int64_t)3600 * 1000000)

enum see_accept {
	SEE_NEW,
	SEE_AGAIN /* this delivery was accepted before */,
	SEE_SAME /* these bytes were */
};

/* The bytes lie under node_spool(token) already, synced with their folder. d: token, sha256, size, feed (may be
 * empty: found by the name), name, person, via; for a part: parent, root, part, path, sure. Returns an enum
 * see_accept and fills *ret (texts in the arena), or a negative code: ERR_VALUE for a feed that is not there. */
int see_accept(struct node *n, const struct receipt *d, struct arena *a, struct receipt *ret, struct err *e);
/* The same; with is called within the transaction that makes a new receipt, or alone for bytes that have one. */
int see_accept_with(struct node *n, const struct receipt *d, void (*with)(void *arg, uint64_t receipt),
        void *arg, struct arena *a, struct receipt *ret, struct err *e);
/* Takes what was renamed into STATE/in, some files at a time; *ret: how many. What cannot be taken stays, with a line in
 * complaints, and is counted for the status (meta "drop.refused"). Negative: the disk; after ERR_SYS the process
 * must end, also where node_dead does not say so: a file could not be synced. */
int see_drop(struct node *n, struct buf *complaints, unsigned *ret, struct err *e);
/* Deletes what lies in the spool and belongs to no receipt that is open. Tells how many. */
int see_sweep(struct node *n, unsigned *ret, struct err *e);

/* ---- reading ------------------------------------------------------------------------------------- */

struct see_reading; /* one receipt being read */

/* The receipt must be open. feed: of the receipt, NULL if it has none. */
int see_reading_new(struct node *n, uint64_t receipt, struct see_reading **ret, struct err *e);
void see_reading_free(struct see_reading *r);
const struct receipt *see_receipt(const struct see_reading *r);
const struct node_feed *see_feed(const struct see_reading *r);
/* The next piece of its bytes (DAY_PIECE, the last one shorter), in order. It is on the disk with the next chunk, or
 * after see_raw_end. Pieces that count already are passed over. */
int see_raw(struct see_reading *r, struct str bytes, struct err *e);
/* The same, compressed already (day/ahead.h); len: bytes as they are. */
int see_raw_packed(struct see_reading *r, struct str z, size_t len, struct err *e);
int see_raw_end(struct see_reading *r, struct err *e);
/* The next batch, in order from 0; it counts once see_flush has been called. Until then a transaction of state.db is open. ERR_LIMIT: the disk is full, later it may work; of what was open nothing counts. */
int see_chunk(struct see_reading *r, const struct batch *b, struct err *e);
/* How many are open. */
unsigned see_open(const struct see_reading *r);
/* Commits what is open; after an error nothing of it counts. */
int see_flush(struct see_reading *r, struct err *e);
/* After the last batch: one slice of what was seen. 1: there is more, 0: all is moved. */
int see_settle(struct see_reading *r, struct err *e);
struct see_outcome {
	struct str reader;   /* name of the format, may be empty */
	struct str sentence; /* why the report could not be read; empty: it could */
	bool aside;
	const struct message *message; /* what people wrote in it; NULL: it is no mail */
};
/* Ends the receipt; its bytes leave the spool. */
int see_finish(struct see_reading *r, const struct see_outcome *o, struct err *e);
/* A reading that was cut off from outside: counts it. */
int see_cut_off(struct see_reading *r, struct err *e);
