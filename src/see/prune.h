/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of state.db that only grow, and that nobody misses once they are old. What the node answers for stays for ever:
 * receipts, findings, letters, mails, clearances and refusals, the audit, imports, holds.
 *
 *   feed_item    what a source calls a report that was taken: goes PRUNE_ITEM_DAYS after the source has last offered it,
 *                if the source was reached since. What is still offered keeps its row, so it is not taken twice.
 *   alert, alert_message    go PRUNE_ALERT_DAYS after the alert was over, but for the newest alert, whose number
 *                must not be given again.
 *   nobodys      goes PRUNE_NOBODYS_DAYS after its report came.
 *   changes      the log of changes (state/changes.h) goes after its days, but for its last row.
 *   rule_hit     goes PRUNE_HIT_DAYS after its day.
 */
#pragma once

#include "see/node.h"

/* Longer than any source lists (FEED_DAYS), so that a list which is cut off once loses nothing. */
#define PRUNE_ITEM_DAYS 180
#define PRUNE_ALERT_DAYS 365
#define PRUNE_HIT_DAYS 400
#define PRUNE_NOBODYS_DAYS 90

/* Some rows, in a transaction of their own; not under a clock that is doubtful. 1: perhaps there are more, 0: none, or
 * a code. */
int prune_step(struct node *n, struct err *e);
