/* SPDX-License-Identifier: Apache-2.0
 *
 * What pages and lists ask about links and groups; nothing here changes anything.
 */
#pragma once

#include "base/arena.h"
#include "state/db.h"

/* Our own party id, in the arena; empty: weir.yaml does not say which country this is. */
struct str party_own(struct db *db, struct arena *a);
/* The number that stands for the party on the telephone, "96831 56562 ..."; false: it has no root here. */
bool party_voice(struct db *db, struct str party, char ret[36]);
/* People on both sides have answered a check since the link was confirmed: it is green. */
bool check_green(struct db *db, struct str party);
/* This database is older than what we have said: nothing is signed until two persons have ended that. */
bool recover_silent(struct db *db);

/* A card as people read it; serial 0: there is none. */
struct card_look {
	uint64_t n; /* of the statement */
	int64_t serial;
	struct str name, purpose, label, secretariat, sender;
	struct str members; /* party ids with blanks between */
};
struct group_look {
	struct str id;
	struct card_look held;     /* counts here */
	struct card_look waiting;  /* came, and nobody here has confirmed it */
	struct card_look proposed; /* written here, and not sent; sender: the person */
};
/* All groups of which there is a card, by id; how many. Memory of the arena. */
unsigned groups_look(struct db *db, struct arena *a, struct group_look **ret);
