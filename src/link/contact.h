/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom to reach, and when: the directory of contacts. Our own entries are what the next card says; a card is sent whole, with a
 * higher serial, to all links. Of a peer the newest card counts, earlier ones are kept as statements. Parties without a node
 * have entries that people here write down or import.
 */
#pragma once

#include "link/peer.h"

#define CONTACT_STALE_S ((int64_t)180 * 86400)
#define CONTACT_REMIND_S ((int64_t)90 * 86400)
#define CONTACT_REMIND_AGAIN_S ((int64_t)150 * 86400)

struct contact {
	struct str party; /* empty: our own */
	struct str ref;   /* its id within the card; empty: made of kind */
	struct str kind, office, person, languages, hours;
	struct str email, phone, fax, chat, pgp; /* channels; pgp: key for mail */
};
/* Makes an entry, or changes that of the same party and ref. Of a party whose card comes from its node: ERR_DENIED. */
int contact_put(struct deed *d, const struct contact *k, struct err *e);
int contact_drop(struct deed *d, uint64_t id, struct err *e);
/* Our card as it is now, confirmed by this person, to all links that are neither paused nor ended. zone: IANA name; holidays:
 * dates with blanks between; p NULL: as in the card before. */
int contact_send(struct deed *d, struct str zone, struct str holidays, struct str url, struct err *e);
/* Entries of a party without a node are still right. */
int contact_confirm(struct deed *d, struct str party, struct err *e);
/* A contact of the register (contact.id): it was asked "is this still right?", or said that it is. */
int contact_asked(struct deed *d, uint64_t contact, bool right, struct err *e);
/* A card came, or ours went (effect.c). */
void contact_came(const struct link_self *self, const struct stored *s, const struct item *body);

/* Parties with a contact each, from a list of members: rows of party, title, country, email, phone, website and OpenPGP key, with
 * tabs between. What is there is changed; the card of a node stays its own. */
int contact_import(struct deed *d, struct str rows, struct err *e);
