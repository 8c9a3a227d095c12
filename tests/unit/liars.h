/* SPDX-License-Identifier: Apache-2.0
 *
 * Readers that attack, for tests that bring a table of readers of their own.
 */
#pragma once

#include "read/read.h"
#include <sys/types.h>

/* clang-format off */
#define LIARS(X) \
	X(socket) X(pair) X(file) X(exec) X(kill) X(code) X(memory) X(die) X(verb) X(short) \
	X(slot) X(batch) X(counts) X(scribble) X(deaf) X(silent) X(stopped) X(gone) X(closed) \
	X(greedy) X(beyond) X(shoot) X(secret) X(fork) X(connect) X(truncate) X(spin) X(many) \
	X(stall) X(label)
/* clang-format on */

#define LIAR_DECLARE(what) extern const struct reader liar_##what;
LIARS(LIAR_DECLARE)
#undef LIAR_DECLARE
#define LIAR_POINTER(what) &liar_##what,

/* What liar_shoot shoots at. */
extern pid_t liar_parent;
/* What liar_secret finds in its memory. */
extern char liar_secret_of[32];
