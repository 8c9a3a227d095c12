/* SPDX-License-Identifier: Apache-2.0
 *
 * Groups: a card with members, purpose and usual label, sent whole by its secretariat, with two persons, to all members. It has
 * effect here once a person here has confirmed it; until then the one before holds (trust/group.h).
 */
#pragma once

#include "link/peer.h"
#include "trust/group.h"

struct group_wish {
	struct str id, name, purpose, label, secretariat;
	struct str members; /* party ids with blanks or commas between them, ourselves among them */
};
/* The first person: a card that is written down and not sent. What is empty stays as in the card that counts. */
int group_propose(struct deed *d, const struct group_wish *w, struct err *e);
/* The second person sends it. */
int group_send(struct deed *d, struct str group, struct err *e);
int group_drop(struct deed *d, struct str group, struct err *e);
/* Confirms the newest card that came of that group: an "ack" to who sent it. "clmv/S12": that one, unless another has come. */
int group_ack(struct deed *d, struct str which, struct err *e);
/* The newest card that came and that nobody here has confirmed; false: there is none. */
bool group_waiting(const struct link_self *self, struct str group, struct arena *a, struct group_card *ret);
