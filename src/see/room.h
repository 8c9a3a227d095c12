/* SPDX-License-Identifier: Apache-2.0
 *
 * Room on the disk. From some fill on the node takes less, long before anything fails; and a ballast file is there to be
 * given up when state.db itself has no room left, so that what was done can always be written down.
 */
#pragma once

#include "see/node.h"

/* Per cent of the disk in use from which on ... */
#define ROOM_PULLS 80   /* nothing is fetched */
#define ROOM_UPLOADS 90 /* uploads are refused, with a time to try again */
#define ROOM_BULK 95    /* large reports wait; small ones, letters and what people change go on */
/* The ballast: at most so much, and at most that part of the disk. */
#define ROOM_BALLAST ((uint64_t)256 << 20)
#define ROOM_BALLAST_PART 20

/* Makes the ballast where there is room for it. What does not work is no fault. */
void room_ballast(struct node *n);
/* Gives it up. True if there was one. */
bool room_release(struct node *n);
/* The same, of a node that is not open. */
bool room_release_in(struct str folder);
