/* SPDX-License-Identifier: Apache-2.0
 *
 * Files without a name, for what is longer than a message between two processes.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/* A descriptor with those bytes, read from its beginning; or ERR_SYS. */
int memory_of(struct str bytes, struct err *e);
/* All of it from its beginning, at most limit bytes: more is ERR_LIMIT. fd -1: ERR_MISSING. */
int memory_read(int fd, size_t limit, struct buf *ret, struct err *e);
