/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements, streams and links as rows of state.db: the questions that judging and sending ask. All run within whatever
 * transaction is open; errors latch in the database and are seen when it ends (db.h).
 */
#pragma once

#include "trust/stored.h"

/* 0: there is none yet. */
uint64_t store_stream(struct db *db, const struct head *h);
uint64_t store_stream_make(struct db *db, const struct head *h);
/* What stands at and around a place of a stream. */
struct place {
	uint64_t stream; /* 0: the first of its stream */
	bool forked;     /* as store_forked has it */
	bool holes;      /* something of the stream is being asked for */
	bool taken;      /* another statement has this seq */
	bool before;     /* one with seq - 1 is here */
	bool breaks; /* those before are here and none is our prev, or those after are and none has us as prev */
};
struct place store_place(struct db *db, const struct head *h, const uint8_t id[DIGEST_LEN]);

/* True once the sender has said two things under one number there, until his persons have ended that. */
bool store_forked(struct db *db, uint64_t stream);

/* Adds a row; returns its n. It has effect if its verdict is one that fills and its stream is not forked. carrier empty: our
 * own. s->signature empty: not signed yet. at: what store_place found, whose stream is there afterwards; NULL: it is looked
 * for here. */
uint64_t store_put(struct db *db, const struct statement *s, const struct head *h,
        enum statement_verdict verdict, const char *why, struct str carrier, int64_t now_us,
        struct place *at);

enum link_role { LINK_NONE, LINK_CERT, LINK_ORGANISER, LINK_GATE, LINK_MAIL, LINK_ROLES };
extern const char *const link_roles[LINK_ROLES];
enum link_state {
	LINKED_NONE,
	LINKED_UNVERIFIED,
	LINKED_TYPED,
	LINKED_YES,
	LINKED_PAUSED,
	LINKED_ENDED,
	LINK_STATES
};
extern const char *const link_states[LINK_STATES];
struct link {
	enum link_role role;
	enum link_state state;
	bool commands;
	int64_t until,
	        extended; /* seconds: end of its key list, and how many more our administrator gave it */
};
/* A party that is not known has state LINKED_NONE. */
struct link store_link(struct db *db, struct str party);
/* True if what it signed is listened to. */
static inline bool link_speaks(const struct link *l)
{
	return l->state == LINKED_YES || l->state == LINKED_PAUSED;
}
/* The public sign key of that id that any list of the party had, revoked or not: what it signed is proof against it. */
bool store_any_sign_key(struct db *db, struct str party, const uint8_t key[KEY_ID], uint8_t ret_public[32]);
/* The public sign key of that id in the party's list, if its dates hold created and it is not revoked. */
bool store_sign_key(struct db *db, struct str party, const struct link *l, const uint8_t key[KEY_ID],
        int64_t created, uint8_t ret_public[32]);
