/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking for events in a day without making batches of its chunks: first the sieve, which tells what is not there, then
 * the columns of the rows, in which whole chunks are passed over, then those of the verdicts. What these cannot tell stands
 * in the batch (day_get).
 */
#pragma once

#include "day/day.h"
#include "day/sieve.h"

/* Whether the chunk may have what is asked for: 1, also where it has no sieve; 0: it has not; or a code. */
int day_may(struct day *d, const struct day_info *c, const struct sieve_ask *a, struct err *e);

/* Rows of chunks, one chunk after the other; begins as {0}. Each of the functions that choose takes rows away from fits
 * and tells how many are left. */
struct day_columns {
	uint32_t n, left;
	uint8_t fits[BATCH_ROWS]; /* 1: the row is wanted so far */
	struct buf rows, verdicts;
};
/* The chunk's rows, all of them wanted. 0 or a code. */
int day_columns_open(struct day *d, const struct day_info *c, struct day_columns *ret, struct err *e);
/* Its verdicts too; the functions below that look at verdicts need them. */
int day_columns_verdicts(struct day *d, const struct day_info *c, struct day_columns *ret, struct err *e);
void day_columns_done(struct day_columns *c);
/* Source or destination lies in the prefix. */
uint32_t day_columns_prefix(struct day_columns *c, const struct prefix *p);
uint32_t day_columns_type(struct day_columns *c, unsigned type);
/* Rows whose verdict has that label go. */
uint32_t day_columns_not_label(struct day_columns *c, unsigned tlp);
uint32_t day_columns_severity(struct day_columns *c, unsigned severity);
/* The event's finding is one of those whose bit is set; words has nbits bits. */
uint32_t day_columns_finding(struct day_columns *c, const uint64_t *words, uint64_t nbits);
void day_columns_row(const struct day_columns *c, uint32_t i, struct batch_row *ret);
