/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory by lifetime. An arena hands out memory that is freed all at once; whoever passes the arena
 * owns the result. Three kinds, by how they meet the end of memory:
 *
 *   process, generation  limit 0: the process ends with a sentence (there is nothing sensible to do)
 *   scratch              limit > 0: the arena latches full, every later request returns NULL, and the
 *                        owner checks arena_full() once at the end of his batch or request
 */
#pragma once

#include "base/str.h"

struct arena_block;
struct arena {
	struct arena_block *blocks;
	char *at, *end;
	size_t used, limit; /* bytes handed out and taken from the system; limit on the latter */
	size_t step;        /* size of the next block */
	bool full;
};

/* limit 0: no limit. No memory is taken before the first request. */
void arena_init(struct arena *a, size_t limit);
/* Gives all memory back; the arena can be used again. NULL is allowed. */
void arena_done(struct arena *a);
/* Forgets what was handed out, keeps the largest block. */
void arena_reset(struct arena *a);
bool arena_full(const struct arena *a);

/* Zeroed memory, aligned to 16 bytes. NULL only if the arena has a limit and latched full. */
void *arena_get(struct arena *a, size_t size);
/* n elements; an overflow counts as full. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* n elements as they stand there (from NULL: n is 0), and room for one more, zeroed. */
void *arena_copy(struct arena *a, const void *from, size_t n, size_t size);
#define arena_new(a, type) ((type *)arena_get((a), sizeof(type)))
/* A copy with a NUL behind it that len does not count. An empty str on a full arena. */
struct str arena_str(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* malloc family that never fails: ends the process with a sentence. */
void *mem_get(size_t size);
void *mem_zero(size_t n, size_t size);
void *mem_resize(void *p, size_t size);

#define auto_arena __attribute__((cleanup(arena_done)))
