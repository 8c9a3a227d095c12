/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside link/: what its files do for each other.
 */
#pragma once

#include "link/link.h"

/* Goes before what is not. */
bool link_urgent(
        const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a);
/* What it does here, by one who has it and the items of its body at hand. */
void link_effect_of(
        const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a);
/* Tells those who share no room with us (trust/say.h). */
void link_hear(
        const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a);
void link_seen(
        const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a);
void link_renamed(const struct link_self *self, const uint8_t was[DIGEST_LEN], const uint8_t is[DIGEST_LEN]);
/* Its attachments are all here: true if they are what it says of them. If not, it stays incomplete and says why. */
bool link_whole(const struct link_self *self, uint64_t n);
/* Rows of the attachments that its body names; true if all of them are here. */
bool link_attachments(const struct link_self *self, uint64_t n, const struct item *body);
/* It waits for each of its recipients, as the exit lets it. */
void link_deliver(
        const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a);
/* A receipt for it is due. */
void link_receipt_due(const struct link_self *self, uint64_t n, bool complete, bool urgent);
/* Tells the other members of the stream that its sender said two things under one number: s and the one it contradicts. */
void link_say_fork(const struct link_self *self, const struct stored *s);
/* The effect of a rejoin, which a person here has confirmed, or said. */
void rejoin_effect(const struct link_self *self, const struct stored *s, const struct item *body);
/* True if a confirmed rejoin of that stream has dropped that id: it is no news that it forks. */
bool rejoin_dropped(const struct link_self *self, uint64_t stream, const uint8_t id[DIGEST_LEN]);
/* A statement of ours with that number and id has come back, by our own signature. What was said here meanwhile and is not signed
 * yet goes behind it, under new numbers and ids: nothing of it has left. True: there was such. */
bool recover_make_room(
        const struct link_self *self, uint64_t stream, uint64_t seq, const uint8_t id[DIGEST_LEN]);
/* Numbers first to last of that stream are missing here, and asked for; one that begins there already goes as far as both. */
void link_gap(const struct link_self *self, uint64_t stream, int64_t since, uint64_t first, uint64_t last);
/* JSON of a peer as items, read where it does no harm. */
bool link_read_json(const struct link_self *self, struct str json, struct buf *items);
/* How many entries of that party's log are known here. */
uint64_t link_log_size(const struct link_self *self, struct str party);
/* Clears it for that recipient, with the row that keeps it; 0: the exit refuses, and there is a row that says why. */
uint64_t link_clear(const struct link_self *self, const struct stored *s, struct str party, struct arena *a);
/* Nothing of it leaves for that party, which another node hosts (partner.h), or this one by mails of other kinds. */
bool link_unreached(const struct link_self *self, const struct head *h, struct str party, struct arena *a);
/* Whether each recipient may have it, asked before anything is said: 0, or ERR_DENIED and whom, by which rule. Of a mail to a
 * partner there is a row of the refusal too, if the transaction is kept. */
int link_may(const struct link_self *self, const struct head *h, const struct item *body, struct str about,
        struct arena *a, struct err *e);
