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
/* Closes every descriptor that is not in the list, which ascends. */
void sandbox_close_others(const int *keep, unsigned nkeep);
/* For the processes that last: what one may not do at all fails from here on. Inherited by what it forks. */
enum sandbox_process {
	SANDBOX_CORE,    /* opens, connects and listens at no socket, starts nothing; pairs stay */
	SANDBOX_DOOR,    /* the same as the desk; which files it may open is said by proc/reach.h */
	SANDBOX_DESK,    /* accepts from the socket that it holds, opens none, starts nothing */
	SANDBOX_POST,    /* connects, listens at nothing, starts nothing */
	SANDBOX_READERS, /* no socket at all; starts readers, no program */
	SANDBOX_PGP, /* starts gpg and talks with its agent, over no sockets but those of this machine's files */
};
int sandbox_process(enum sandbox_process who, struct err *e);
/* The last of them, and of files only those that programs of the system need, the folder home and where its agent has its
 * socket (Landlock where the kernel has it). home empty: none. */
int sandbox_pgp(const char *home, struct err *e);
