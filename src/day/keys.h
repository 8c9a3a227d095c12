/* SPDX-License-Identifier: Apache-2.0
 *
 * The index of a day that is over: which chunks have an address or a name. It is made once, when the day is sealed,
 * and written in the order of its keys, since keys in the order of chance cost SQLite ten times as much.
 *
 * A key is a number of 63 bits: an IPv4 address as it is, the upper 62 bits of an IPv6 address, 32 bits of a name's
 * sum; so the keys of a prefix stand together. Of a name all parents are keys too, up to the top. A chunk that the index
 * names may still have nothing of what was asked: it is looked through as without an index.
 *
 *   key(low, z)          postings (key, number of the chunk) from key low on, zstd; all of one key are in one row
 *   seal(id, chunks, z)  the chunks' ids in their order; chunks is null while the index is made. Putting a chunk deletes
 *                        this row, and with it the index is none.
 *
 * Making it: the chunks' keys are sorted in runs, the runs lie in a file without a name, then they are merged. Nothing of
 * it counts before the end, so whatever is cut off is begun again.
 */
#pragma once

#include "day/day.h"

struct day_index; /* being made */

/* tmp: path of a file that may be made and is gone at once. */
int day_index_new(const char *tmp, struct day_index **ret, struct err *e);
void day_index_free(struct day_index *x);
/* One small step. d is the same day each time, though it may have been closed and opened between. 1: there is more, 0: it
 * is made, or a code; ERR_VALUE: a chunk was put meanwhile. */
int day_index_step(struct day_index *x, struct day *d, struct err *e);

struct day_hits {
	uint64_t *v;
	size_t n, cap;
};
/* Chunks that may have an address in the prefix (NULL: not asked) and a name that is this one or lies below (p NULL: not
 * asked), ascending, for day_chunk_at. 1, 0 if the day has no index for this question, or a code. */
int day_find(
        struct day *d, const struct prefix *prefix, struct str name, struct day_hits *ret, struct err *e);
/* Such a chunk. 1, 0 if it is not there, or a code. */
int day_chunk_at(struct day *d, uint64_t hit, struct day_info *ret, struct err *e);
/* True if the day has an index. */
int day_sealed(struct day *d, bool *ret, struct err *e);
