/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of communication: does a person there answer, by this channel, within the time? By schedule or by hand; the token of
 * eight digits goes within the statement where the channel is the node, else by the other channel (telephone, mail), and comes
 * back in a statement or is noted by hand.
 *
 *   open -> ok (right token by due) | late | wrong-token | no-answer | bounced | wrong-key
 */
#pragma once

#include "link/peer.h"

#define CHECK_DUE_S ((int64_t)48 * 3600)
#define CHECK_TOKEN 8

/* Asks a party. due: seconds since 1970; 0: 48 hours from now. */
int check_ask(struct deed *d, struct str party, struct str channel, int64_t due, struct err *e);
/* A person answers one that they asked of us; token empty: the one that came with it. */
int check_answer(struct deed *d, uint64_t id, struct str token, struct str note, struct err *e);
/* What came of one that we asked by another channel: the token that was heard, or "bounced", "wrong-key". */
int check_note(
        struct deed *d, uint64_t id, struct str result, struct str token, struct str note, struct err *e);
/* How often the schedule asks a party, in days; 0: by hand alone. */
int check_plan(struct deed *d, struct str party, uint64_t days, struct err *e);
/* What has become late, and what the schedule asks now. Tells whether anything was done; called now and then by the core. */
bool check_due(const struct link_self *self);

/* What statements of these kinds do (effect.c). */
void check_came(const struct link_self *self, const struct stored *s, const struct item *body, bool ours);
void check_answered(const struct link_self *self, const struct stored *s, const struct item *body, bool ours);
