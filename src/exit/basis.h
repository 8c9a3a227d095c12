/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the agreed text that something cites holds: adopted, in force, and for both parties. A citation is a word
 * INSTRUMENT/ROUND or INSTRUMENT/ROUND#CLAUSE, such as gate-times/3#k7qm, in a legal basis. Words that name no round that is known
 * here cite nothing.
 */
#pragma once

#include "exit/decide.h"
#include "state/db.h"

struct exit_basis {
	bool cites, holds;
	char why[200]; /* where it does not hold: a sentence with the date, or the party */
};
/* now: seconds. */
void exit_basis_find(struct db *db, struct str words, struct str self, struct str party, int64_t now,
        struct exit_basis *ret);
