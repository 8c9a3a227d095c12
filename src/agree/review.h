/* SPDX-License-Identifier: Apache-2.0
 *
 * The review that a manifest orders ("review 12mo"): due so many months after adoption, and after each time that it was confirmed. What
 * came of it is a word of this node alone, for no kind of statement says it: confirm, revise, end. Who must do it is the chair or
 * the secretariat; the next round of the instrument ends it too.
 */
#pragma once

#include "agree/outcome.h"
#include "state/db.h"

#define REVIEW_FIRST (60 * (int64_t)86400) /* before it is due: it stands in what we owe */
#define REVIEW_LAST (14 * (int64_t)86400)  /* and is marked */

/* When the next one of the round is due, in seconds; 0: never. */
int64_t review_due(struct db *db, uint64_t id, const struct outcome *o);
