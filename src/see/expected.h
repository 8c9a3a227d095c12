/* SPDX-License-Identifier: Apache-2.0
 *
 * Feeds with "expected": if nothing came of one from the last time by which a report was expected up to the next, it has
 * missed that one, and is late from then on until a report comes (feed.missed; a trigger ends it with the receipt). Only
 * reports count, not that a server had nothing new. One that came too late counts for the next time as well.
 *
 * Nothing is missed while the clock is doubtful, nor for some minutes after a start: what waited meanwhile is taken first.
 */
#pragma once

#include "see/node.h"

#define EXPECTED_SETTLES (10 * (int64_t)60 * 1000000)

/* In the transaction that is open. */
void expected_look(struct node *n);
