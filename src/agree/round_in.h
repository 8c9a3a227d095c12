/* SPDX-License-Identifier: Apache-2.0
 *
 * Between round_set.c, which puts the statements of a round in order and finds who saw what, and round.c, which finds what of
 * them counts.
 */
#pragma once

#include "agree/round.h"

/* 64 digits in lower case. */
bool round_id_read(struct str s, uint8_t ret[DIGEST_LEN]);
static inline bool same_id(const uint8_t a[DIGEST_LEN], const uint8_t b[DIGEST_LEN])
{
	return memcmp(a, b, DIGEST_LEN) == 0;
}

/* Fills s, place, party, to, from and the receipts; of each statement party, seen and about. */
void round_collect(struct round *r);
/* One more; false: it is there, or it is of no party. */
bool round_insert(struct round *r, const struct said *s);
/* The same place of a stream. */
bool round_twins(const struct sifted *a, const struct sifted *b);
