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

/* What a courier for that party would have in it now; receipts that it has by the wire ride along besides. */
struct courier_waits {
	uint64_t statements; /* without its receipt */
	uint64_t receipts;   /* of ours, and notes of what was read: not handed over yet */
	uint64_t signing;    /* of both: not signed yet, so that they are not packed */
	uint64_t attachments;
	uint64_t bytes; /* of all these, before they are sealed */
	int64_t oldest; /* when it was made, seconds; 0: nothing waits */
};
void courier_waits(struct db *db, struct str party, struct courier_waits *ret);
/* There is a link with a node of that party. */
bool courier_may(struct db *db, struct str party);
