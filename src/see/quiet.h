/* SPDX-License-Identifier: Apache-2.0
 *
 * What nobody is told of for a while: a class, a place, an address of a contact, until a date, with a reason. It is
 * kept in memory too, since every new finding is held against it; there are few.
 */
#pragma once

#include "see/node.h"

/* Reads those that hold now; at the start and after each change. */
int quiet_load(struct node *n, struct err *e);
/* The one that stills a finding of that class at that place; NULL if none does. Those with a contact are not meant. */
const struct quiet *quiet_find(const struct node *n, struct str class, struct str place, int64_t now);
/* The one that stills letters to that address about that class. */
const struct quiet *quiet_contact(const struct node *n, struct str email, struct str class, int64_t now);
/* True if place lies in where: the same address, one in the prefix, the same name or one below it. */
bool quiet_place(struct str where, struct str place);
