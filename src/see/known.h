/* SPDX-License-Identifier: Apache-2.0
 *
 * All findings by their key, in memory: 24 bytes each. Whether a problem is known is asked for every event, and
 * a look here costs a memory access, where an index over random keys on disk costs a page. Filled from
 * state.db at the start; there is no other way in than a committed row.
 */
#pragma once

#include "base/vec.h"

struct known {
	uint8_t key[16];
	uint32_t id; /* of the finding; 0: an empty place */
	uint8_t state;
	uint8_t severity; /* enum severity: the worst so far */
	uint8_t tlp;
	uint8_t stays; /* closed as false-positive or accepted-risk: seeing it again does not open it */
};
_Static_assert(sizeof(struct known) == 24, "known");

/* States of a finding, as words in state.db. */
enum finding_state {
	FINDING_OPEN,
	FINDING_TOLD,
	FINDING_TOLD_AGAIN,
	FINDING_QUIET,
	FINDING_CLOSED,
	FINDING_STATES
};
struct str finding_state_name(unsigned state);
/* FINDING_STATES if the word is none. */
unsigned finding_state_find(struct str word);

struct known_table {
	struct known *v;
	size_t size, n; /* size: a power of two, or 0 */
};

void known_done(struct known_table *t);
/* The place of a key is asked for soon. */
void known_prefetch(const struct known_table *t, const uint8_t key[16]);
/* NULL if it is not there. Valid until the next known_put. */
struct known *known_find(const struct known_table *t, const uint8_t key[16]);
/* Adds one whose key is not there. */
struct known *known_put(struct known_table *t, const struct known *k);
/* Takes the newest away again: those that were added after count n. ids above last are dropped. */
void known_drop(struct known_table *t, const uint8_t key[16]);
