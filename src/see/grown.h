/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that are appended to where they come from (grows: yes in a feed). Each delivery is the whole file, and a receipt of
 * its own with all its bytes; a reader goes through all of it too, so that a header counts for what follows and numbers,
 * lines and places are those of these bytes. What was in an earlier receipt makes nothing the second time: those records
 * are counted as known, among those without events by rule.
 *
 * That a file has grown is seen by its bytes and not by its name: it begins with all bytes of a receipt, whose digest and
 * length say so. What begins otherwise (a rotated file, one that was cut) is read as a new file.
 */
#pragma once

#include "see/see.h"

/* For a delivery that is no receipt yet, whose bytes lie in the spool: sets grows, grown, known_to and whole. 1 and *ret:
 * a receipt has these bytes and no more. 0, or a code. */
int grown_find(struct node *n, struct receipt *r, struct arena *a, struct receipt *ret, struct err *e);
/* Before the first record is read: what was known only counts if the other receipt was read well. */
int grown_begin(struct node *n, struct receipt *r, struct err *e);
