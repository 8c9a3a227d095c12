/* SPDX-License-Identifier: Apache-2.0
 *
 * What is due in consultations: rounds of which something was heard are computed again, and those that time alone has moved; what
 * a member's node signs by itself, its outcome, is said once grace is over and again when it changes.
 */
#pragma once

#include "agree/load.h"
#include "trust/change.h"

/* True if there is something to do; outside a transaction too. now: microseconds. */
bool agree_due(struct db *db, int64_t now);
/* Does some of it, within a transaction. doubts: the clock is not believed: nothing is said. */
void agree_work(const struct change_here *here, struct db *db, int64_t now, bool doubts);
/* Computes one now. */
void round_refresh(const struct change_here *here, struct db *db, uint64_t id, int64_t now, bool doubts);
