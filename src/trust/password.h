/* SPDX-License-Identifier: Apache-2.0
 *
 * Passwords, as Argon2id keeps them: 3 passes over 64 MiB, 136 ms of one core; over 19 MiB on a machine that has less than
 * 1.5 GiB. So much is on purpose, and so both calls stand in a thread of their own (proc/hash.h), one at a time.
 */
#pragma once

#include "base/err.h"

#define PASSWORD_MIN 12   /* characters */
#define PASSWORD_MAX 1024 /* bytes */
#define PASSWORD_HASH 128 /* bytes of a hash, with its NUL */

/* What is asked of a new password: its length, and that it is not the account's name over and over. ERR_VALUE. */
int password_good(struct str password, struct str name, struct err *e);
/* 0, or ERR_LIMIT where there is no memory for it. */
int password_hash(struct str password, char ret[PASSWORD_HASH], struct err *e);
/* False too for a hash that is empty or none; that costs the same, so that nobody learns from the time who has an account. */
bool password_is(const char *hash, struct str password);
