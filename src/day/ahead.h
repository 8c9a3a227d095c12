/* SPDX-License-Identifier: Apache-2.0
 *
 * Compressing on another core: half of what a report costs the core process is zstd. Two workers, each a thread that
 * touches nothing but its own input and output:
 *
 *   ahead    reads a file piece by piece and has some pieces compressed before they are asked for
 *   worker   compresses one thing while its owner does another, and makes what else is asked of the same bytes
 *
 * Where no thread can be made, both do their work when they are asked for its result.
 */
#pragma once

#include "day/pack.h"

struct ahead;

/* The file's pieces of DAY_PIECE bytes from the first on; fd stays the caller's and must stay open. threaded false: the file is too
 * small for a thread of its own. Never NULL. */
struct ahead *ahead_new(int fd, bool threaded);
void ahead_free(struct ahead *a);
/* The next piece, compressed (PACK_RAW), valid until the next call. *ret_len: its bytes as they are; shorter than DAY_PIECE: it
 * was the last. 1, 0 at the end, or ERR_SYS. */
int ahead_next(struct ahead *a, struct str *ret, size_t *ret_len, struct err *e);

struct pack_worker;

struct pack_worker *pack_worker_new(void);
void pack_worker_free(struct pack_worker *w);
/* bytes must stay as they are until pack_worker_wait. One job at a time. also (NULL: nothing) is called on the way, with arg,
 * and touches only what nobody else does meanwhile. */
void pack_worker_start(
        struct pack_worker *w, struct str bytes, size_t width, int level, void (*also)(void *arg), void *arg);
/* What was started, compressed, valid until the next start. */
struct str pack_worker_wait(struct pack_worker *w);
