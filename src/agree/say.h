/* SPDX-License-Identifier: Apache-2.0
 *
 * What our people say in rounds: one person is enough, or a second one signs what the first has written. Inside agree/.
 */
#pragma once

#include "agree/load.h"
#include "trust/change.h"
#include "trust/say.h"

struct voice {
	enum kind kind;
	struct str members;   /* of its body, behind "by": ,"round_sha256":"..." */
	const uint8_t *reply; /* NULL: none */
	unsigned persons;     /* that must decide it, 1 to 3 */
	const char *role;     /* of statements */
};
/* To all other parties of the round. by: who has decided. */
int round_say(const struct change_here *here, struct db *db, const struct round_loaded *r,
        const struct voice *v, const struct by *by, unsigned n, uint8_t ret_id[DIGEST_LEN], struct err *e);
/* By the person of the change: said at once, or kept for a second person, and the person is told which. r NULL: it opens a round,
 * with that manifest. */
int round_decide(struct change *c, const struct round_loaded *r, const struct voice *v, struct str instrument,
        struct str manifest, struct str label, struct err *e);
/* ,"round_sha256":"..." */
void round_put(struct buf *out, const struct manifest *m);
