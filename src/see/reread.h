/* SPDX-License-Identifier: Apache-2.0
 *
 * A report is read again from the bytes that are kept: by a better reader, a changed feed file, other rules. Its events
 * go into the day's file as an edition of their own, which counts for nothing until it is whole. Then one transaction of
 * state.db puts it in the place of the old one: the receipt's counts, what its findings count, new findings, and letters
 * that name its events. Whatever is cut off begins again from the first byte; until that transaction all is as it was.
 *
 * The events of the old edition leave the day's file a little later (reread_drop), so that nobody who is reading them
 * stumbles. Where an event id of an old edition lay is kept for good (day_moved_get).
 *
 * What it cannot do: first and last of a finding that other reports show too are moved outwards only, since what those
 * reports said of its times is not kept per report. A finding that this report alone shows has the times of now.
 */
#pragma once

#include "see/see.h"

/* Why the receipt's bytes cannot be read again, as a sentence: ERR_MISSING (they are not kept any more), ERR_VALUE (it is
 * not at its end, or was read again too often). 0: they can. */
int reread_may(struct node *n, const struct receipt *r, struct err *e);
/* The next receipt that is to be read again, parts before what they came in. 1, or 0 if there is none. */
int reread_next(struct node *n, uint64_t *ret, struct err *e);
/* 1: its bytes went since it was asked for, which is its outcome now; 0: they are there. */
int reread_gone(struct node *n, uint64_t receipt, struct err *e);
/* As see_reading_new, for a receipt that reread_next named. */
int reread_new(struct node *n, uint64_t receipt, struct see_reading **ret, struct err *e);
/* False for a receipt that is read for the first time. */
bool reread_is(const struct see_reading *r);
/* True if nobody is to be told of what is new in it. */
bool reread_quiet(const struct see_reading *r);
/* A remark that is kept with the outcome. */
void reread_note(struct see_reading *r, struct str sentence);
/* Takes the events of old editions away whose time has come. */
int reread_drop(struct node *n, struct err *e);
