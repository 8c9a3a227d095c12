/* SPDX-License-Identifier: Apache-2.0
 *
 * LINK: outages, ours and those that neighbours tell of. Derived facts only cross a border: which service, how it stands, since
 * when, until when, how many exits are left, and words; no address, route, owner or place, and what looks like one is refused
 * before anything is written. The first statement opens one, later ones name it; of one sender the highest number stands,
 * whichever came first.
 */
#pragma once

#include "base/err.h"

struct link_self;
struct stored;
struct item;

/* One came, or ours was said (effect.c). */
void outage_hear(const struct link_self *self, const struct stored *s, const struct item *body);
/* 0, or ERR_USAGE: it names the word that looks like an address, a prefix, an AS number, a mailbox, a link or a position. */
int outage_words(struct str text, struct err *e);
