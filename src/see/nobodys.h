/* SPDX-License-Identifier: Apache-2.0
 *
 * What belongs to nobody makes no findings, so it is counted while it is read (table nobodys): events by report, network and
 * class. A chunk costs a look at each of its events and a statement for each network and class among those of nobody. Inside see/.
 */
#pragma once

#include "see/node.h"
#include "state/receipt.h"

/* In the transaction that is open, which takes the chunk in. */
void nobodys_count(struct node *n, const struct receipt *r, const struct batch *b, const struct verdict *v);
/* The report is counted anew. */
void nobodys_forget(struct node *n, uint64_t receipt);
/* Whoever owns a network of them from now on has it: it is nobody's no longer. now: the generation that comes. In the transaction
 * that is open. */
void nobodys_adopted(struct node *n, const struct know *now);
