/* SPDX-License-Identifier: Apache-2.0
 *
 * The keeping of days, in small steps while nothing else waits:
 *
 *   sealing     a day that is over gets its index (day/keys.h), then its WAL is closed
 *   retention   its events and the bytes of its reports go when their time is over; a day with nothing left is deleted
 *               as a file
 *   pruning     rows of state.db that nobody misses (see/prune.h), once the days were looked at
 *   masking     what tells of persons is written over after some days, if that is asked for
 *
 * A mark in state.db comes first (state/kept.h): from then on nobody looks for what is gone. Then the file is brought to
 * agree with it, as often as that takes; killed at any point, it is simply done again. A day is left alone while one of
 * its receipts is being read, while a letter that is not sealed shows its events, and while it is held; a held day is
 * sealed all the same.
 */
#pragma once

#include "see/node.h"

struct keep;

struct keep *keep_new(void);
void keep_free(struct keep *k);
/* One step, between transactions. 1: there is more at once; 0: nothing before *ret_next (microseconds, as os_now); or a code:
 * what was going on is given up and tried again an hour later; node_dead says whether the process must end. What was
 * ended stands in *said, one sentence a line. */
int keep_step(struct keep *k, struct node *n, int64_t *ret_next, struct buf *said, struct err *e);

/* ---- keep_mask.c, inside see/ ---- */

/* Masks the chunk behind *cursor (UINT64_MAX begins): 1, 0 if there was none, or a code. */
/* Masks where quiets were that had ended by then, unless that is a whole network; in the transaction that is open. */
void keep_mask_quiets(struct node *n, int64_t until);
int keep_mask_chunk(struct node *n, struct day *d, uint64_t *cursor, struct err *e);
