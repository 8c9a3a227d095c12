/* SPDX-License-Identifier: Apache-2.0
 *
 * Passwords, hashed beside the event loop: one thread, one password at a time (136 ms and 64 MiB each), a queue that is short.
 * Whoever finds it full is told to come back; nobody's page waits behind a login. What the thread touches is its job alone.
 */
#pragma once

#include "base/vec.h"
#include "trust/password.h"

#define HASH_WAITING 16

struct hash; /* the thread and its queue */

struct hash_job {
	struct hash_job *next;
	void *owner;              /* whose it is */
	bool make;                /* a new hash; else whether password is that of hash */
	struct buf password;      /* overwritten and given back once it is hashed */
	char hash[PASSWORD_HASH]; /* given; or made */
	bool good;                /* what came of it */
};

/* Starts the thread, which has the rights that the process has now. */
int hash_start(struct hash **ret, struct err *e);
/* After all jobs that were taken. NULL is allowed. */
void hash_stop(struct hash *h);
/* Readable once there is something for hash_done. */
int hash_fd(const struct hash *h);
/* Takes a job, which stays the caller's memory and is not to be touched until hash_done returns it. False: too many wait. */
bool hash_ask(struct hash *h, struct hash_job *job);
/* One that is done; NULL: none. */
struct hash_job *hash_done(struct hash *h);
