/* SPDX-License-Identifier: Apache-2.0
 *
 * Findings that a person has merged into another one of the same owner: what shows the one, shows the other. There are few
 * of them; their keys lie in memory, and verdicts that have one get the key of the finding that goes on.
 *
 * A finding whose place went to another owner is merged as well (moving.h), but not this: if its old owner gets the place
 * back, the finding is its own again.
 */
#pragma once

#include "decide/decide.h"
#include "state/db.h"

struct merge {
	uint8_t from[16], to[16];
};
struct merges {
	struct merge *v; /* sorted */
	size_t n, cap;
};
/* As the store has them. ret is untouched on failure. */
int merges_load(struct db *state, struct merges *ret, struct err *e);
void merges_follow(const struct merges *m, struct verdict *v, uint32_t n);
