/* SPDX-License-Identifier: Apache-2.0
 *
 * Deciding: row + generation + rules + finding -> verdict. A pure function of its arguments: no clock, no
 * file, no state. The same arguments give the same verdict on every machine.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "event/batch.h"
#include "know/know.h"

enum decision {
	DECISION_NONE,   /* no rule matched: shown, nobody is told */
	DECISION_NOTIFY, /* a letter to the owner's contacts, at once or within a time */
	DECISION_DIGEST, /* in the next digest */
	DECISION_IGNORE, /* a rule says that nobody is told */
	DECISION_PERSON, /* waits for a named person (unlabelled, or the rule drafts only) */
	DECISION_NOBODY, /* somebody should be told, nobody is known */
};

struct rules; /* compiled */
struct rule_view {
	struct str name, file;
	unsigned line;
};

/* 64 bytes, a parallel array to the rows of a batch; only the core writes it. Indexes are 1-based, 0 is none.
 */
struct verdict {
	uint8_t key[16]; /* finding key, zero if there is no owner */
	uint64_t finding;
	uint32_t owner, asset, network, generation, rule, contacts, notice;
	uint8_t decision, tlp, severity, criticality;
	uint32_t due; /* seconds after receipt by which somebody must be told; 0: no deadline */
	uint32_t zero;
};
_Static_assert(sizeof(struct verdict) == 64, "verdict");
