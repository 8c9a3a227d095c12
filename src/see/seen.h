/* SPDX-License-Identifier: Apache-2.0
 *
 * What one receipt showed, by finding, until its last chunk is committed: what its findings' rows are to count then.
 * The first event of a finding that is new stands in its row from the start (state/finding.h), so a report of new
 * problems leaves nothing to do. Made again from the stored chunks when a reading was cut off; inside see/.
 */
#pragma once

#include "base/vec.h"
#include "state/finding.h"

struct seen_range {
	uint32_t from, until;
};

struct seen_table {
	uint32_t *places; /* position in list + 1, by the finding's id */
	size_t size;
	VEC(struct finding_seen) list;
	VEC(struct seen_range) fresh; /* ids of findings that came with this receipt, ascending */
};

void seen_done(struct seen_table *t);
/* One more event; its finding is there from now on. */
void seen_add(struct seen_table *t, uint32_t id, int64_t when, uint64_t event);
/* A finding that is new with this event. keep: it is to be in the list all the same, with no event. */
void seen_fresh(struct seen_table *t, uint32_t id, int64_t when, uint64_t event, bool keep);
/* True if the finding is in the list, or was new with this receipt. */
bool seen_has(const struct seen_table *t, uint32_t id);
