/* SPDX-License-Identifier: Apache-2.0
 *
 * Between reading.c and reread*.c: one receipt being read. Inside see/.
 */
#pragma once

#include "see/fresh.h"
#include "see/hits.h"
#include "see/notice.h"
#include "see/see.h"
#include "see/seen.h"

struct reread;

/* A finding as memory had it; id 0: it was new. */
struct known_before {
	struct known was;
	uint8_t key[16];
};

struct see_reading {
	struct node *n;
	struct arena arena;
	struct receipt r;
	const struct node_feed *feed;
	struct day *day;
	struct decide_args args;
	uint32_t piece, chunk; /* that come next */
	bool in_day;           /* a transaction of the day's file is open */
	unsigned open;         /* chunks that are taken and not committed: one of state.db is open too */
	struct receipt before; /* the receipt as it was before them */
	VEC(struct known_before) undo; /* what memory knew before them */
	struct seen_table seen;
	bool sorted;
	/* of the chunk at hand: findings that are new, worse, or back */
	struct {
		uint32_t row;
		enum { FRESH, WORSE, BACK } what;
	} changes[BATCH_ROWS * 2];
	size_t nchanges;
	struct fresh *fresh; /* NULL: not yet */
	struct notice_cache notices;
	struct hits hits; /* of the chunks that are open */
	struct verdict verdicts[BATCH_ROWS];
	struct reread *again; /* NULL: it is read for the first time */
};

/* When the record says it was; a time of the future is a mistake of the sender. */
int64_t reading_when(const struct see_reading *r, const struct batch_row *row);
/* True if the verdict is of a finding. */
bool reading_has_key(const struct verdict *v);
/* The finding as its first event shows it. Texts live as long as the batch; buf has 64 bytes. */
struct finding reading_finding(const struct see_reading *r, const struct batch *b,
        const struct batch_row *row, const struct verdict *v, char *buf);
/* Adds a batch to the counts of a receipt. */
void reading_count(struct receipt *r, const struct batch *b);
/* Opens the transaction of the day's file, which may have been closed for another day meanwhile; ends it. */
int reading_begin_day(struct see_reading *r, struct err *e);
int reading_commit_day(struct see_reading *r, struct err *e);
/* Takes back what chunks that are not committed have changed, in memory and in state.db. */
void reading_undo(struct see_reading *r);
/* True if its feed lists all there is. */
bool reading_is_list(const struct see_reading *r);
