/* SPDX-License-Identifier: Apache-2.0
 *
 * The supervisor counts what the node's processes cost, in memory that the desk has too. Only the supervisor may look at the
 * others: it is not closed off, and they are its children.
 */
#pragma once

#include "web/processes.h"
#include <stdbool.h>
#include <sys/types.h>

struct census;

/* NULL: there is no memory, and nothing is counted. Made before the processes that share it. */
struct census *census_make(void);
/* In a process that was forked: it reads, or has none. */
void census_keep(struct census *c, bool reads);

/* A child, and what it is called before it has said so itself; pid 0: none. */
struct census_child {
	pid_t pid;
	const char *name;
};
/* This process, those children and all below them. */
void census_take(struct census *c, const struct census_child *children, size_t n);
/* What was counted last; it stays as it is for some seconds. NULL: no census. */
const struct processes *census_last(const struct census *c);
