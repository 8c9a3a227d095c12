/* SPDX-License-Identifier: Apache-2.0
 *
 * What the core works with and what is left to do before a node can stand alone, written into meta when it starts
 * ("now.NAME", "todo.ITEM"): the status and the metrics show what is in force, not what stands in files that were
 * changed since and not read again.
 */
#pragma once

#include "see/node.h"

/* One transaction. dry_run: no connection is opened. */
int facts_put(struct node *n, bool dry_run, struct err *e);
