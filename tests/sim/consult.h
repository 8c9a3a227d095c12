/* SPDX-License-Identifier: Apache-2.0
 *
 * One consultation as a seed has it: who takes part, what befalls them, and a chair that may lie.
 */
#pragma once

#include "rounds.h"

#define NOBODY NET_NODES
#define CLOSES 96 /* hours behind the opening */
#define NOTICE 24
#define CALM                                                                                                 \
	12 /* hours before the end of grace from which on everything arrives, unless somebody is cut off for good */

enum rule { HOLD, EXCEPT, ASSENT_ALL, ASSENT_TWO, CONSULT, RULES };
enum lie_kind {
	LIE_MANIFEST, /* another manifest to one member */
	LIE_FORK,     /* other bytes under the same number to one member */
	LIE_WITHHOLD, /* one member gets nothing that the chair says behind the opening */
	LIE_HIDE,     /* nor the opening itself */
	LIE_BACKDATE, /* an objection after closing that says it was made before */
	LIE_EXTEND,   /* more time than the rule gives, twice, and too late */
	LIE_RETRACT,  /* takes back the objections of others */
	LIE_OUTCOME,  /* says that it sees another outcome, to one member */
	LIE_MUTE,     /* gives no receipts */
	LIES
};

/* What happens to this seed. Hours behind the opening. */
struct story {
	uint64_t seed;
	enum rule rule;
	bool human, evil;
	unsigned chair, grace, confirm, extends;
	unsigned longer; /* by extensions */
	enum lie_kind lie;
	unsigned victim; /* of the lie */
	unsigned lonely, lonely_from, lonely_until;
	unsigned clock, clock_from, clock_until;
	int64_t offset;
	bool doubts;
	unsigned old, backup_at, restore_at;
	bool restored, recovered;
	/* what has happened */
	uint8_t open[DIGEST_LEN];
	int64_t began;
	int64_t cut_until[NET_NODES][NET_NODES];
	int64_t node_at[NET_NODES], human_at[NET_NODES], spoke_at[NET_NODES]; /* microseconds; 0: never */
	enum position last[NET_NODES]; /* that a person there has said */
	unsigned lies;                 /* told */
};

/* When grace ends, as far as anybody honest knows. */
static inline unsigned story_grace_end(const struct story *s)
{
	return CLOSES + s->grace + s->longer;
}
static inline unsigned story_hour(const struct story *s, const struct net *t)
{
	return (unsigned)((t->now - s->began) / HOUR);
}
/* The chair tells its lie, if it is time for it. */
void chair_lies(struct net *t, struct story *s);
