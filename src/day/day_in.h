/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside day/: an open file.
 */
#pragma once

#include "day/ahead.h"
#include "day/day.h"
#include "day/pack.h"
#include "day/sieve.h"

struct day {
	struct db *db;
	struct pack *pack;
	struct pack_worker *worker; /* NULL until it is first needed */
	struct sieve *sieve;        /* the same */
	const struct batch *begun;  /* whose rest and sieve the worker has, from scratch; NULL: none */
	struct batch *copy;         /* of it, in scratch: head, values and rows */
	struct buf scratch, verdicts, parts[3];
	bool reads; /* it was opened to be read */
	uint32_t date;
	enum { SIEVE_UNKNOWN, SIEVE_NONE, SIEVE_THERE } has_sieve; /* a file of before has no such table */
};

uint64_t day_chunk_id(uint64_t receipt, uint32_t edition, uint32_t chunk);
/* Opens one blob into ret. 1, 0 if it is not there, or a code. */
int day_get_blob(struct day *d, const char *sql, uint64_t id, size_t width, size_t limit, struct buf *ret,
        struct err *e);
