/* SPDX-License-Identifier: Apache-2.0
 *
 * The jail of a reader: what it may still do is read and write descriptors that it holds, take memory and
 * end.
 */
#pragma once

#include "base/err.h"

/* Closes every descriptor that is not in the list, drops what can be dropped, then forbids: new privileges,
 * dumps, files (Landlock where the kernel has it, and no openat), sockets and every other system call that is
 * not in the table of sandbox.c. data_limit: bytes of private writable memory. Parts that the kernel lacks
 * (Landlock) are passed over; seccomp must work. Cannot be undone. */
int sandbox_enter(const int *keep, unsigned nkeep, uint64_t data_limit, struct err *e);
/* For the core: no socket can be opened, connected or listened at any more; pairs can. Inherited by its readers. */
int sandbox_core(struct err *e);
