/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that a node keeps, looked at from its bytes up: do receipts, reports, events, findings and letters agree?
 * Reads only; a node may be running meanwhile, what it is just reading, or reads again, is left out.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct deep_counts {
	uint64_t receipts, skipped /* being read */, chunks, events, findings, notices, audit, problems;
};
/* Problems are lines in out. Negative: the state could not be opened. */
int deep_check(const char *folder, struct buf *out, struct deep_counts *ret, struct err *e);
