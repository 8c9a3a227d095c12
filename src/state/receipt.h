/* SPDX-License-Identifier: Apache-2.0
 *
 * The table receipt. Changes go into the transaction that is open.
 */
#pragma once

#include "state/db.h"

enum receipt_state { RECEIPT_ACCEPTED, RECEIPT_READING, RECEIPT_DONE, RECEIPT_ASIDE, RECEIPT_STATES };
struct str receipt_state_name(unsigned state);

#define RECEIPT_TOKEN 16

struct receipt {
	uint64_t id, parent, root; /* parent 0: none */
	uint32_t part, day;
	uint8_t token[RECEIPT_TOKEN];
	uint8_t sha256[32];
	int64_t received, done;
	uint64_t size;
	struct str feed, name, path, person, via, reader, sentence;
	bool bulk, sure;
	bool red; /* something in it is TLP:RED: its bytes are for the persons that are named (scope_shows_red) */
	bool quiet; /* nobody is told of what is new in it */
	enum receipt_state state;
	uint32_t edition, raw, chunks, settled, attempts;
	uint64_t records, with_events, asides, none, events, new_findings;
	/* of a feed whose file grows (see/grown.h) */
	bool grows;
	uint64_t grown;    /* the receipt whose bytes it begins with, or that it should; 0: none */
	uint64_t known_to; /* bytes that hold nothing new */
	uint64_t whole;    /* bytes up to the end of its last line */
	uint64_t known;    /* of none: records that the other receipt has */
};

/* Of a feed whose file grows: where what is known of it stands, as a sentence; empty where there is nothing to say. */
#define RECEIPT_TEXT 160
struct str receipt_grown_text(const struct receipt *r, char buf[RECEIPT_TEXT]);

/* Fills *ret, texts in the arena. 1, 0 if there is none. */
int receipt_get(struct db *db, uint64_t id, struct arena *a, struct receipt *ret, struct err *e);
/* By the token, or of the part of a parent. */
int receipt_get_token(struct db *db, const uint8_t token[RECEIPT_TOKEN], struct arena *a, struct receipt *ret,
        struct err *e);
int receipt_get_part(
        struct db *db, uint64_t parent, uint32_t part, struct arena *a, struct receipt *ret, struct err *e);
/* The newest of this feed with these bytes that came at or after since. */
int receipt_get_same(struct db *db, const uint8_t sha256[32], struct str feed, int64_t since, struct arena *a,
        struct receipt *ret, struct err *e);
/* The first of a lane that is accepted or being read, and is no part. */
int receipt_get_open(struct db *db, bool bulk, struct arena *a, struct receipt *ret, struct err *e);
/* All columns that a delivery has; sets r->id, and r->root if it has no parent. */
void receipt_insert(struct db *db, struct receipt *r);
/* state, done, reader, feed, edition, raw, chunks, settled, attempts, the counters, known_to and the sentence. */
void receipt_update(struct db *db, const struct receipt *r);
