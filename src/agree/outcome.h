/* SPDX-License-Identifier: Apache-2.0
 *
 * The result of a round: the block of bytes that every node must come to alike, and the word that is shown at a given time.
 *
 *   weir-outcome-1
 *   instrument gate-times
 *   ...
 *   member kh served - - bound
 *
 * The block has no clock in it: before closing it says how the round would end if nothing more came. After closing it is what the
 * members sign to each other (agree.outcome); as many equal ones as the manifest asks for confirm it.
 */
#pragma once

#include "agree/round.h"

/* Seconds after grace within which outcomes count: nobody undoes an agreement years later with a receipt of his own making. */
#define OUTCOME_WINDOW (14 * 86400)

enum outcome_state {
	OUTCOME_OPEN,
	OUTCOME_CONSOLIDATING,
	OUTCOME_WITHDRAWN,
	OUTCOME_DISPUTED,
	OUTCOME_HELD,
	OUTCOME_BROKEN,
	OUTCOME_LAPSED,
	OUTCOME_ADOPTED,
	OUTCOME_ADOPTED_EXCEPT,
	OUTCOME_PROVISIONAL,
	OUTCOME_END
};
struct str outcome_state_name(enum outcome_state s);
/* OUTCOME_END: no such word. */
enum outcome_state outcome_state_find(struct str word);

struct outcome {
	struct round round;
	struct standing_member *member; /* as many as the manifest has */
	unsigned left;                  /* members that would be bound */
	unsigned have, needed;          /* assents, minutes or the record */
	enum outcome_state state;       /* of the block; of a consult round that at no time before closing */
	struct str because;
	int64_t adopted, in_force; /* of adopted states */
	struct str block;          /* empty: a consult round has none */
	/* What is shown at the time that was asked for. */
	enum outcome_state shown;
	unsigned confirmed; /* members whose newest outcome within the window is our block */
	bool against;       /* some outcome differs from ours */
};

/* Everything lies in the arena, which has no limit. in must live as long. */
void outcome_make(struct arena *a, const struct round_input *in, int64_t now, struct outcome *ret);
/* The same with one statement more, which lives as long as the others. It takes some memory of the arena each time. */
void outcome_add(struct outcome *o, const struct said *s, int64_t now);
/* The same round at another time; cheap. */
void outcome_show(struct outcome *o, int64_t now);
/* True if the block says so: what stands in adopted and in_force is so, or would be at the end of grace. */
static inline bool outcome_adopted(const struct outcome *o)
{
	return o->block.len > 0 && (o->state == OUTCOME_ADOPTED || o->state == OUTCOME_ADOPTED_EXCEPT);
}
/* The newest agree.outcome of a member that counts; NULL: none. */
const struct said *outcome_said(const struct outcome *o, struct str party);

/* "not-bound", "bound", "except:k7qm,w3xy", "reserved:..." as a block has it. */
void outcome_bound_put(struct buf *out, const struct standing_member *m);

/* The certificate: our block, and a line for each member that confirmed it. Nothing is appended where there is no block. */
void outcome_certificate(const struct outcome *o, struct buf *out);
/* The block of a certificate: up to its first line that is none of a block. */
struct str certificate_block(struct str certificate);
