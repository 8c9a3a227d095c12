/* SPDX-License-Identifier: Apache-2.0
 *
 * A copy of all that a node keeps, made while it runs, and its way back. Order is what makes the copy whole: first the
 * bytes that are not read yet, then state.db at one instant, then the days and letters, which may by then hold more than
 * state.db counts, never less.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/* Into a folder that is not there yet, or is empty. On failure what was begun stays, with its sentence. */
int backup_make(const char *folder, const char *to, struct buf *said, struct err *e);
/* Verifies the copy (deep_check), then puts it in the place of folder, which must not be there or be empty. The copy itself
 * stays. */
int backup_restore(const char *from, const char *folder, struct buf *said, struct err *e);
