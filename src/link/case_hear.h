/* SPDX-License-Identifier: Apache-2.0
 *
 * What statements of others do to cases. Each is a word of its sender with the number of his stream, so that it does not
 * matter in which order they come: one that comes before the opening of its case is heard when that is here.
 */
#pragma once

#include "link/link.h"

/* Of the kinds case.open, case.status, case.note and withdraw. ours: we said it, and the rows are there. */
void case_hear(const struct link_self *self, const struct stored *s, const struct item *body, bool ours);
/* A statement has lost its effect: its sender's word about the case is the highest of those that are left. */
void case_unhear(const struct link_self *self, const struct stored *s);
/* Of ack, read and receipt: how far a request of ours has come at that party. at: microseconds. */
void case_heard_of(const struct link_self *self, const uint8_t statement[DIGEST_LEN], struct str party,
        uint64_t seq, const char *how, int64_t at);
/* The case that a statement has opened, here or there; 0: none. */
uint64_t case_of_statement(struct db *db, const uint8_t id[DIGEST_LEN]);
