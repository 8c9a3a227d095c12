/* SPDX-License-Identifier: Apache-2.0
 *
 * What was carried: a comment or an amendment whose answer says that it is offered again in the next round. Nothing carries over by itself, so
 * its author says it again there, word for word, as a statement of its own that names the old one in "see". Where a clause that
 * it is about is another now, it would say something else: then it is written anew.
 */
#pragma once

#include "agree/look.h"

struct agree_carried {
	const struct agree_note *note; /* of the round before */
	struct str clause;             /* that has changed since, or is gone; empty: it can be repeated */
};
/* Ours, of the round before, that we have not repeated in this one. said: of this round. Lives in the arena. */
unsigned agree_carried(struct db *db, const char *folder, struct arena *a, const struct round_loaded *r,
        const struct agree_notes *said, struct agree_carried **ret);

int change_agree_repeat(struct change *c, struct err *e);         /* a comment or an amendment */
int change_agree_repeat_comment(struct change *c, struct err *e); /* a comment alone */
