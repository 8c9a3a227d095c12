/* SPDX-License-Identifier: Apache-2.0
 *
 * The card of a group that counts here: the one that a person here has confirmed by an "ack", or that we sent ourselves, with
 * the highest serial. What is GREEN for a group goes to the members of that card and to nobody else.
 */
#pragma once

#include "trust/store.h"

struct group_card {
	uint64_t n;       /* of the statement */
	struct item body; /* in the arena, as all the rest */
	int64_t serial;
	struct str sender, name, label, secretariat; /* label: what a page offers first, such as "GREEN" */
};
/* False: there is none that was confirmed. me: our party id. */
bool group_confirmed(struct db *db, struct str me, struct str group, struct arena *a, struct group_card *ret);
/* True if the party is among the members of the card. */
bool group_member(const struct group_card *card, struct str party);
