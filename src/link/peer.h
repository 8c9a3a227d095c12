/* SPDX-License-Identifier: Apache-2.0
 *
 * Links between parties as people make them: a key list comes in by any way, one person types the number that the other side
 * reads on the telephone, a second person says what the link may do. Until then nothing is sent and nothing is taken.
 *
 *   none --list--> unverified --number typed--> typed --second person, 24 h--> linked <-> paused
 *                      ^ three wrong numbers: none            ended (by hand) --list--> unverified
 *
 * A party whose link is typed, linked or paused keeps its root: a list of another root counts only if the old root has
 * signed it too, or after the old link was ended by hand. All functions run within a transaction.
 */
#pragma once

#include "link/link.h"
#include "link/look.h"

#define PEER_TRIES 3
#define PEER_CONFIRM_US ((int64_t)24 * 3600 * 1000000)
/* A list that runs out is on the first page for so long before. */
#define PEER_WARN_S ((int64_t)60 * 86400)

/* What a person does. */
struct deed {
	const struct link_self *self;
	struct str person;
	struct buf *said; /* sentences for him */
	bool keep; /* set where it is refused and what was written down stays all the same, such as a wrong try */
};

/* ---- keys ---------------------------------------------------------------------------------------- */

/* A key list that came from the wire, a courier or a person, of a party that has a root here. A taken one sets its keys, and what
 * was set aside for a bad key is judged again. KEYLIST_ALARM leaves its mark. For all but TAKE and HAVE a sentence. */
enum keylist_verdict key_list_take(
        const struct link_self *self, struct str party, struct str note, struct err *e);
/* Our own list: of our party, and with the public keys that this machine holds. */
int key_own_import(struct deed *d, struct str note, struct err *e);
/* The keeper, or the door for TLS, tells the public half of a key that it holds. */
void key_told(const struct link_self *self, enum key_use use, const uint8_t public_key[32]);
struct key_held {
	enum key_use use;
	uint8_t public_key[32];
};
/* All that there are of the uses that stand among them: others of these uses are here no longer. */
void key_told_all(const struct link_self *self, const struct key_held *held, unsigned n);
/* Judges again what was set aside of that sender; tells how many are taken now. */
unsigned key_again(const struct link_self *self, struct str sender);
/* The number that stands for the party on the telephone; false: it has no root here. */
bool key_voice(const struct link_self *self, struct str party, char ret[36]);

/* ---- steps --------------------------------------------------------------------------------------- */

int peer_import(struct deed *d, struct str note, struct err *e);
struct peer_typed {
	struct str party, digits;
	struct str called, found; /* the telephone number, and "directory", "card" or "own-book" */
	bool knows_voice;
};
int peer_type(struct deed *d, const struct peer_typed *t, struct err *e);
struct peer_limits {
	uint64_t per_minute, burst, day_bytes, blob_bytes, aside_bytes; /* 0: as it is */
};
int peer_confirm(struct deed *d, struct str party, struct str role, bool commands,
        const struct peer_limits *limits, struct err *e);
int peer_role(struct deed *d, struct str party, struct str role, bool commands, struct err *e);
int peer_quota(struct deed *d, struct str party, const struct peer_limits *limits, struct err *e);
int peer_pause(struct deed *d, struct str party, struct str why, struct err *e);
int peer_resume(struct deed *d, struct str party, struct err *e);
int peer_end(struct deed *d, struct str party, struct str why, struct err *e);
/* Days that its list, or ours, counts longer, after a call; 30 in all. */
int peer_extend(struct deed *d, struct str party, uint64_t days, struct err *e);
/* People have spoken about two lists under one number. */
int peer_spoken(struct deed *d, struct str party, struct err *e);

/* ---- parties ------------------------------------------------------------------------------------- */

struct party {
	struct str name, title, kind, country, language, email, pgp, website, note; /* p NULL: as it is */
	bool mail; /* it takes part by mail, without a node */
};
int party_put(struct deed *d, const struct party *p, bool there, struct err *e);

/* What has come due: called by the core now and then, in a transaction. Our own row is there after it, checks are asked and
 * become late, held statements get their effect when their time has come. True if anything was done. */
bool peer_work(const struct link_self *self);

/* ---- silence ------------------------------------------------------------------------------------- */

/* This database is older than what we have said: nothing is signed until two persons have ended that. party: who showed it; empty:
 * nobody, it was opened from a backup. */
void recover_mark(const struct link_self *self, const char *why, struct str party);
/* The keeper has signed another statement than our unsigned one of row n, or one above it: seq and id of the highest of that stream.
 * Nobody may have it: then what is said goes on behind it when the silence ends. */
void recover_used(const struct link_self *self, uint64_t n, uint64_t seq, const uint8_t id[DIGEST_LEN]);
/* The party has shown us a statement of ours that was not here, or not its signature, which proves that we have said it: the silence
 * begins, and what he has beyond it is asked for. */
void recover_shown(const struct link_self *self, struct str party);
/* A peer says that a stream of ours goes as far as seq. What waits here for its signature does not count as said. */
void recover_claim(const struct link_self *self, struct str party, struct str recipients, uint64_t seq);
/* What of our own is to be asked of that party now (GET stream, link_take with own_repair); false: nothing. ret->id is for
 * recover_asked. */
bool recover_ask(const struct link_self *self, struct str party, struct arena *a, struct link_hole *ret);
void recover_asked(const struct link_self *self, const struct link_hole *h);
/* The first person proposes, another one ends it. */
int recover_end(struct deed *d, struct str why, struct err *e);

/* ---- forks: rejoin.c ---- */

/* Ends a fork of a stream of ours, "kh vn" with all its recipients: what this machine has said holds. Two persons, by the same
 * words; each receiver confirms it for itself (link_release). */
int rejoin_say(struct deed *d, struct str recipients, struct str why, struct err *e);
