/* SPDX-License-Identifier: Apache-2.0
 *
 * Findings whose place belongs to somebody else by a new register go to him, with their history: first seen, events,
 * what showed it. Their key is made again, so that the next report finds them. Where the new owner has the same
 * problem already, that finding goes on and the one that came is closed into it.
 *
 * The new owner is told by a letter of its own, at once and from the row alone; an address that had a letter about the
 * finding gets none. What the old owner was to be told and was not yet is taken out of his letter.
 */
#pragma once

#include "see/node.h"

struct moving_counts {
	uint64_t moved, merged; /* merged are among the moved */
	uint64_t told;          /* of the moved: the new owner gets a letter */
	uint64_t stay;          /* nobody has their place any more: they stay where they are */
	uint64_t stuck;         /* their key cannot be made again: they stay too */
	uint64_t sealed;        /* letters to old owners that are sealed and have not gone */
};

/* Moves all findings that are open, quiet, or closed for good; in the transaction that is open, with the new register in
 * its place. now: the generation that is made of it. What was done goes onto said, a row of the audit is left for each. */
void moving_run(struct node *n, const struct know *now, struct str person, struct moving_counts *ret,
        struct buf *said);
