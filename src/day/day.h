/* SPDX-License-Identifier: Apache-2.0
 *
 * day/YYYY-MM-DD.db: the bytes of the reports that were received on that day (UTC) and the events made of
 * them. A file of its own, so that retention drops a day by deleting it.
 *
 *   batch(id, ...)    one row per chunk of a receipt: what is in it, for choosing
 *   events(id, z)     its rows (struct batch_row), compressed
 *   verdicts(id, z)   struct verdict, one per row
 *   rest(id, z)       head, values, records set aside and names of the batch
 *   sieve(id, z)      which addresses and names are not in the chunk (sieve.h); none: nobody can tell
 *   raw(id, len, z)   the report in pieces of 1 MiB under their own number
 *   key, seal         an index of addresses and names, once the day is over (keys.h)
 *   moved(id, first, last, z)  where the records of an earlier edition lay whose ids now mean something else, or nothing
 *
 * An id is receipt · edition · chunk in 29, 8 and 26 bits (raw: receipt · 0 · piece), so that ids rise as work
 * goes on and writing the same chunk again replaces it: a chunk may be written any number of times, until
 * state.db says that it counts (receipt.chunks). Chunks beyond that number are of a reading that was cut off.
 *
 * A blob is zstd's frame with its content size; rows are stored by columns of eight bytes, since what stands
 * below each other is alike.
 */
#pragma once

#include "decide/decide.h"
#include "event/batch.h"
#include "state/db.h"

#define DAY_PIECE ((size_t)1 << 20)
#define DAY_RECEIPTS ((uint64_t)1 << 29)
#define DAY_CHUNKS ((uint64_t)1 << 26)
#define DAY_EDITIONS 256

struct day;

/* Days as numbers: 20260105. */
uint32_t day_of(int64_t time);
/* Opens folder/day/YYYY-MM-DD.db; DB_WRITE makes folder and file. ERR_MISSING if a file to be read is not there. */
int day_open(const char *folder, uint32_t date, enum db_mode mode, struct day **ret, struct err *e);
void day_close(struct day *d);
/* Deletes the file with what SQLite keeps beside it. Nobody here may have it open; a reader elsewhere keeps what he has. */
int day_delete(const char *folder, uint32_t date, struct err *e);
/* Deletes what SQLite kept beside files that are gone. */
int day_sweep(const char *folder, struct err *e);
uint32_t day_date(const struct day *d);
struct db *day_db(struct day *d);

struct day_chunk {
	uint64_t receipt;
	uint32_t edition, chunk;
	uint32_t generation, ruleset;
	int64_t received; /* for records without a time */
};
/* Puts one chunk, or replaces it; within a transaction of day_db. b is as batch_open made it. */
void day_put(struct day *d, const struct day_chunk *c, const struct batch *b, const struct verdict *verdicts);
/* Puts one piece of the report's bytes, or replaces it; within a transaction. */
void day_raw_put(struct day *d, uint64_t receipt, uint32_t piece, struct str bytes);
/* The same for bytes that are compressed already (PACK_RAW); len: as they are. */
void day_raw_put_packed(struct day *d, uint64_t receipt, uint32_t piece, struct str z, size_t len);
/* Begins with what of the batch is compressed elsewhere, before its verdicts are known; day_put of the same batch follows. */
void day_put_begin(struct day *d, const struct batch *b);

/* Takes away what the day has of a receipt's events besides the first chunks of that edition; within a transaction. */
void day_drop_others(struct day *d, uint64_t receipt, uint32_t edition, uint32_t chunks);

/* Where a record lay that an event id of an earlier edition named. */
struct day_moved {
	uint64_t event; /* ordinal << 8 | sub */
	uint64_t raw_off;
	uint32_t raw_len, line;
};
#define DAY_MOVED 4096 /* of one row */
/* Puts, or replaces, the part-th row of such places of that edition, in the order of their events; within a transaction. */
void day_moved_put(struct day *d, uint64_t receipt, uint32_t edition, uint32_t part,
        const struct day_moved *list, size_t n);
/* The place in the newest edition below edition that had the event under another meaning. 1, 0 if there is none. */
int day_moved_get(struct day *d, uint64_t receipt, uint32_t edition, uint64_t event, struct day_moved *ret,
        struct err *e);

/* A chunk as it was put. Owns its memory; day_view_done gives it back. */
struct day_view {
	struct day_chunk chunk;
	void *bytes;
	struct batch batch;
	struct verdict *verdicts;
};
/* ERR_MISSING if there is none; ERR_FORMAT if it is damaged. */
int day_get(struct day *d, uint64_t receipt, uint32_t edition, uint32_t chunk, struct day_view *ret,
        struct err *e);
/* 1 if the first chunks of that edition are all there, 0 if one is not, or a code. None is opened. */
int day_whole(struct day *d, uint64_t receipt, uint32_t edition, uint32_t chunks, struct err *e);
/* The chunk below limit (chunks that count) that has events or what was set aside of this record. */
int day_get_record(struct day *d, uint64_t receipt, uint32_t edition, uint32_t limit, uint32_t ordinal,
        struct day_view *ret, struct err *e);
void day_view_done(struct day_view *v);
/* Puts back a chunk whose values were written over in place; rows, verdicts and lengths are as they were. Within a
 * transaction. */
void day_rest_put(struct day *d, const struct day_view *v);

/* Takes at most so many rows out of the file, in a transaction of its own. 1: there may be more, 0: none is left, or a
 * code. The bytes are overwritten. */
enum day_part {
	DAY_KEYS,   /* the index */
	DAY_EVENTS, /* chunks, and the index */
	DAY_RAW     /* bytes of reports */
};
int day_drop(struct day *d, enum day_part part, unsigned most, struct err *e);
/* Gives pages that are free back to the file system, at most so many. 1: there are more, 0, or a code. */
int day_shrink(struct day *d, unsigned pages, struct err *e);

/* Days that are there, newest first, into dates (VEC of its own memory: vec_done). */
struct day_dates {
	uint32_t *v;
	size_t n, cap;
};
int day_dates(const char *folder, struct day_dates *ret, struct err *e);
/* What is known of a chunk without opening it. */
struct day_info {
	uint64_t receipt;
	uint32_t edition, chunk, rows, asides;
	uint32_t first; /* record; 0: also where it is not known */
	int64_t t0, t1; /* of its events */
};
/* A cursor behind the last chunk of that receipt. */
uint64_t day_cursor(uint64_t receipt);
/* The chunk before *cursor, newest first; UINT64_MAX begins. 1, 0 at the end, or a negative code. */
int day_chunk_before(struct day *d, uint64_t *cursor, struct day_info *ret, struct err *e);
/* Bytes of the report from at on, at most len, fewer at its end. Adds to ret. */
int day_raw_get(struct day *d, uint64_t receipt, uint64_t at, uint64_t len, struct buf *ret, struct err *e);
