/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the diff.
 */
#pragma once

#include "agree/diff.h"

/* The longest common row of two rows of numbers, or nearly: see agree/diff.h. Sets same_a[i] and same_b[k] of what is in it; the i-th of
 * one belongs to the i-th of the other. All of them are false before. */
void diff_common(struct arena *a, const uint32_t *va, unsigned na, const uint32_t *vb, unsigned nb,
        bool *same_a, bool *same_b);

struct diff_cache;
struct diff_cache *diff_cache_new(void);
void diff_cache_free(struct diff_cache *c);
/* True: *ret lies in the cache until the next call that puts. */
bool diff_cache_get(struct diff_cache *c, const uint8_t old[DIGEST_LEN], const uint8_t new[DIGEST_LEN],
        struct diff_words *ret);
/* One of more than DIFF_CACHE_RUNS runs is not kept. */
void diff_cache_put(struct diff_cache *c, const uint8_t old[DIGEST_LEN], const uint8_t new[DIGEST_LEN],
        const struct diff_words *d);
uint64_t diff_cache_hits(const struct diff_cache *c);
