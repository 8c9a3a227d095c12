/* SPDX-License-Identifier: Apache-2.0
 *
 * New findings of a report on their way into state.db. A row with its indexes costs more than all else that is done about an event, so a large
 * report has them put by another hand while its next chunk is decided. They go into the transaction that is open: until fresh_wait has
 * returned, nobody else may touch state.db.
 */
#pragma once

#include "state/finding.h"

struct fresh;

/* threaded false: rows are put at once. Never NULL. */
struct fresh *fresh_new(struct db *db, bool threaded);
/* NULL is allowed. */
void fresh_free(struct fresh *f);
/* Copies the finding; those that are being put are no matter. */
void fresh_add(struct fresh *f, const struct finding *one);
/* Begins to put what was added. */
void fresh_start(struct fresh *f);
/* Until what was begun stands in the transaction; an error is latched there. NULL is allowed. */
void fresh_wait(struct fresh *f);
