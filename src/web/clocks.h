/* SPDX-License-Identifier: Apache-2.0
 *
 * A time for parties that live by different clocks: "2027-03-10 09:00 UTC · 16:00 Vientiane, Phnom Penh, Hanoi · 15:30 Yangon".
 * The clock of a party is that of the zone which its newest contact card names, else the one zone of its country; a party of
 * which neither is known has UTC alone. A zone says its town; one that is named after another town than the seat of
 * government says that.
 *
 * Zones alter what is shown, and nothing else.
 */
#pragma once

#include "base/arena.h"
#include "state/db.h"

struct clocks;
/* In the order in which they are to be named; a name that is no party has no clock. All memory is the arena's. */
struct clocks *clocks_open(struct db *db, struct arena *a, const struct str *parties, unsigned n);
/* From a time, in seconds, until another one of the same or a later day; until 0: that time alone. Parties whose clocks show the
 * same stand together; where it is another day there, the day stands with it. */
void clocks_put(const struct clocks *c, struct buf *out, int64_t start, int64_t until);
/* The same without UTC, which stands before it: " · 16:00 Vientiane, Hanoi · 15:30 Yangon". */
void clocks_put_there(const struct clocks *c, struct buf *out, int64_t start, int64_t until);
