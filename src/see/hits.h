/* SPDX-License-Identifier: Apache-2.0
 *
 * How often each rule decides, whether anything is TLP:RED, and which findings are new: counted over the verdicts of chunks while they are taken, written
 * in the transaction that commits them (table rule_hit; red and fresh of receipt). What is undone was never counted. A chunk costs one
 * addition a row, a transaction one statement for each rule that decided anything in it.
 */
#pragma once

#include "decide/decide.h"
#include "state/receipt.h"

struct hits {
	uint32_t *count; /* of rule i, 0: none decided; NULL: nothing was counted yet */
	uint32_t n;
	bool red;
	uint64_t fresh_from, fresh_to; /* findings that are new; 0: none */
};

void hits_add(struct hits *h, const struct rules *rules, const struct verdict *v, uint32_t rows);
/* A finding that is new. Their numbers rise. */
void hits_fresh(struct hits *h, uint64_t finding);
/* Writes what was counted, in the transaction that is open, and begins anew. */
void hits_put(struct hits *h, struct db *db, uint32_t ruleset, const struct receipt *r);
/* Forgets what was counted. */
void hits_clear(struct hits *h);
void hits_done(struct hits *h);
