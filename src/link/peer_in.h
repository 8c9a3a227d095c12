/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of links, groups, contacts and checks. Inside link/.
 */
#pragma once

#include "link/peer.h"
#include "trust/change.h"

/* ---- key.c ---- */

/* False: it has none here. */
bool key_root(const struct link_self *self, struct str party, uint8_t ret[32]);
/* keylist_judge against what is held; root NULL: the first list of a link. */
enum keylist_verdict key_list_judge(const struct link_self *self, struct str party, const uint8_t *root,
        struct str note, struct keylist *ret, bool *ret_new_root, struct err *e);
/* It counts from now on: keys, dates, root. */
void key_list_put(const struct link_self *self, const struct keylist *list, struct str note, bool new_root);
/* No list of that party counts any more: they are of the past, with its root. */
void key_list_end(const struct link_self *self, struct str party);

/* ---- party.c ---- */

/* A row of that name, if there is none. */
void party_make(const struct link_self *self, struct str name);
/* ERR_MISSING: there is no such party. */
int party_there(const struct link_self *self, struct str name, struct err *e);

/* ---- change.c ---- */

/* What a change has to work with; its texts live as long as the change. */
struct link_self change_self(const struct change *c);
/* A parameter without blanks around it; never NULL. */
struct str change_word(const struct change *c, const char *name);
/* True if it is there and does not say no. */
bool change_flag(const struct change *c, const char *name);
/* Ends a deed: what was refused and stays is told to the person all the same. */
int change_deed(struct change *c, const struct deed *d, int rc, struct err *e);
