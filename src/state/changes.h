/* SPDX-License-Identifier: Apache-2.0
 *
 * The log of what has changed: which objects each transaction of state.db has made, changed or deleted. Whoever copies what
 * the node has asks "what has changed since", and pages that are open hear what is new.
 *
 * SQLite itself tells of each row that a statement touches (db_watch), so no statement can be forgotten, however many rows
 * it changes. Numbers are kept in memory until the commit, which writes one row per kind: numbers sorted, each as the
 * distance to the one before, 7 bits a byte. A chunk of 4,096 known findings is a row of a few kB. What is told of without
 * having changed does no harm: the log says "look again", never what is there.
 *
 * A cursor is a place in the log. There is one writer, so rows come in the order of their numbers, and who has read until
 * a number has missed nothing before it. Rows go after CHANGES_DAYS, or when there are more than CHANGES_BYTES of them: a
 * cursor from before that, or of a database that was restored since, is refused, and its owner begins again with whole lists.
 *
 * Not in the log: events and records set aside, which change with their receipt; counts of other objects (the findings of an
 * owner), which change with those.
 */
#pragma once

#include "base/vec.h"
#include "state/db.h"

#define CHANGES_DAYS 30
#define CHANGES_BYTES ((uint64_t)256 << 20)

/* Appended to only: numbers stand in the file. */
enum changes_kind {
	CHANGES_NONE,
	CHANGES_FINDING,
	CHANGES_NOTICE,
	CHANGES_RECEIPT,
	CHANGES_MESSAGE,
	CHANGES_OWNER,
	CHANGES_FEED,
	CHANGES_ALERT,
	CHANGES_HOLD,
	CHANGES_QUIET,
	CHANGES_REREAD,
	CHANGES_CASE,
	CHANGES_KINDS
};
struct changes_row {
	const char *name; /* "finding" */
	const char *table;
	char letter;     /* of the ids; 0: objects have names */
	const char *key; /* of objects with names: the statement that finds the name of a number */
};
/* Of CHANGES_FINDING and so on. */
extern const struct changes_row changes_table[CHANGES_KINDS];
/* CHANGES_NONE: there is no such kind. */
enum changes_kind changes_kind_find(struct str name);

struct changes_cursor {
	uint64_t seq; /* rows until there have been read; with pos only so many numbers of that row */
	uint32_t pos;
	uint32_t mark; /* of row seq: tells it from another that had the number before a restore */
};
#define CHANGES_CURSOR 48 /* bytes of text, with NUL */
struct str changes_cursor_print(char ret[CHANGES_CURSOR], const struct changes_cursor *c);
/* ERR_USAGE: it is none. */
int changes_cursor_read(struct str text, struct changes_cursor *ret, struct err *e);

/* The end of the log as it is now. */
int changes_head(struct db *db, struct changes_cursor *ret, struct err *e);

struct changes_id {
	uint64_t id;
	bool made; /* there was no such object before */
};
struct changes_read {
	VEC(struct changes_id) ids; /* rising, each once */
	struct changes_cursor next;
	bool more; /* the log goes on behind next */
};
/* What of that kind has changed behind a cursor: at least one number if there is any, and at most limit. ERR_MISSING: the log
 * does not reach back to the cursor. ret is zeroed or was used before; changes_read_done gives its memory back. */
int changes_read(struct db *db, enum changes_kind kind, const struct changes_cursor *from, size_t limit,
        struct changes_read *ret, struct err *e);
void changes_read_done(struct changes_read *r);
/* How many there are behind a cursor, without saying which: exactly how many were made; how often others were changed, which may
 * be more than how many. *ret_next is the end of the log. As changes_read. */
struct changes_tally {
	uint64_t made, changed;
};
int changes_count(struct db *db, enum changes_kind kind, const struct changes_cursor *from,
        struct changes_tally *ret, struct changes_cursor *ret_next, struct err *e);

/* Watches a database that is open for writing. */
void changes_watch(struct db *db);
/* Some old rows go, in the transaction that is open. True if there may be more. */
bool changes_prune(struct db *db, int64_t now);

/* ---- for the tests ------------------------------------------------------------------------------- */

/* Numbers sorted by id, each once, as a row has them. */
void changes_pack(struct buf *out, const struct changes_id *ids, size_t n);
/* The next number; *at is where, *last the number before (0 at first). 1, 0 at the end, ERR_FORMAT. */
int changes_unpack(struct str bytes, size_t *at, uint64_t *last, struct changes_id *ret);
