/* SPDX-License-Identifier: Apache-2.0
 *
 * The shelf: what lies ready to be fetched by others. shelf.db is a file of its own, in a folder of its own (STATE/shelf/): the
 * core writes it, the door reads it and can open nothing else. It holds copies of what was cleared, and can be thrown away:
 * the core fills it again.
 *
 * A thing gets there in two steps. shelf_put writes it into state.db, in the transaction that cleared it; shelf_work carries
 * it over, and whatever is cut off in between is carried over again. What is read is checked again: not over, the label not
 * above what the reader may have, the rule still the same, the bytes those that were cleared.
 */
#pragma once

#include "exit/clear.h"

/* STATE/shelf/shelf.db. */
#define SHELF_FOLDER "shelf"
/* DB_WRITE makes it if it is not there: then *ret_fresh is true, and all is to be put anew. */
int shelf_open(const char *state, enum db_mode mode, struct db **ret, bool *ret_fresh, struct err *e);

struct shelf_place {
	const char *kind;  /* "answer", "public" */
	struct str mark;   /* by which it is found: a digest, a name */
	const char *media; /* Content-Type */
	int64_t until;     /* at most that of the clearance; 0: that */
};
/* Inside a transaction of state.db. Replaces what has that kind and mark. 0, or ERR_DENIED if c is not what this state.db has
 * cleared. */
int shelf_put(struct db *state, const struct cleared *c, const struct shelf_place *p, struct err *e);
/* Inside a transaction of state.db: it is taken away. */
void shelf_take(struct db *state, const char *kind, struct str mark);
/* Inside a transaction of state.db: what waits for a shelf that is gone is dropped; whoever has put it puts it anew. */
void shelf_anew(struct db *state);
/* Carries over some of what waits. 1: there is more, 0: that was all, or a code of either file. Outside of transactions. */
int shelf_work(struct db *state, struct db *shelf, struct err *e);
/* Drops what is over by now, some at a time; the same results. */
int shelf_sweep(struct db *shelf, int64_t now, struct err *e);

/* ---- reading, by the door ---- */

struct shelf_item {
	uint64_t id; /* rises with what is put */
	struct str recipient, media, bytes;
	enum tlp label;
	int64_t until;
};
/* Who reads. */
struct shelf_reader {
	enum exit_kind kind;
	struct str recipient; /* p NULL: whoever has the mark */
	enum tlp grant;       /* the strictest label that he may have */
};
/* 1 and the thing (in the arena), 0: there is none for this reader, or a code. */
int shelf_find(struct db *shelf, const char *kind, struct str mark, const struct shelf_reader *r, int64_t now,
        struct arena *a, struct shelf_item *ret, struct err *e);
