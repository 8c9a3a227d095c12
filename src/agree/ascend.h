/* SPDX-License-Identifier: Apache-2.0
 *
 * Which clauses stayed and which moved, between two orders: those stay that are the longest row ascending in both.
 */
#pragma once

#include "base/arena.h"

/* place: of each of n in the other order, none: not there. Sets ret[i] of those that stay; ret has n places, all false. Quadratic, for at
 * most 500 clauses. */
void agree_ascend(struct arena *a, const unsigned *place, unsigned n, unsigned none, bool *ret);
