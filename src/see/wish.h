/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules want asked of other CERTs: a row of case_wish for each place that such a rule decides about, once for as long as
 * somebody has it in hand. Cases are made of them elsewhere (link/case_work.c).
 */
#pragma once

#include "see/node.h"
#include "state/receipt.h"

/* In the transaction that is open, which takes the chunk in. */
void wish_add(struct node *n, const struct receipt *r, const struct batch *b, const struct verdict *v);
