/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite's way to the operating system: its own files of Unix, each step asked of base/os.h first, so that a
 * test owns what the disk says, the clock and the dice. Shared memory of the WAL is passed through: it is
 * rebuilt after a crash and holds nothing that must last.
 */
#pragma once

#include "base/err.h"

#define VFS_NAME "weir"

/* Makes it known to SQLite, once in a process; later calls do nothing. 0 or ERR_SYS. */
int vfs_init(struct err *e);
