/* SPDX-License-Identifier: Apache-2.0
 *
 * LINK: statements between parties, as a state machine over state.db: (transaction, message, now) to rows. Nothing here
 * opens a socket, reads a clock or waits, so that a test holds several nodes and says when each of them hears what.
 *
 *   say       what a person decided becomes the next statement of a stream, not signed yet
 *   signed    the keeper's signature, the log's entry and the queue's entries, in one transaction: now it may leave
 *   take      bytes that a carrier brought: verdict, row, effect, receipt due
 *   receipts  what is due becomes statements
 *   batch     what is to go to a peer now; pushed: what he said about it
 *   heads     how far each stream is, to find a lost tail
 *
 * A queue's entry goes when the recipient's signed receipt is here, and by nothing else. Every function must be called within
 * a transaction unless it says otherwise; errors of the database latch there.
 */
#pragma once

#include "trust/change.h"
#include "trust/judge.h"
#include "trust/say.h"

struct link_self {
	struct db *db;
	struct str me; /* party id */
	int64_t now;   /* microseconds since 1970 UTC */
	bool doubts;   /* the clock is not believed, or there is no key to sign with: nothing is signed */
	bool no_clock; /* the clock is not believed: nobody is late by it, and no time is said to be that of now */
	const char *folder; /* of the state, for how much room there is */
	/* Reads a body where it does no harm: 1 and items, 0 and *ret_why, -1: reading it ended the process that did. NULL: in
	 * this one. */
	int (*read_body)(void *arg, struct str json, struct buf *items, const char **ret_why);
	void *arg;
	const struct change_here *here; /* of the node, for cases; NULL: statements make none */
	const struct heard_ways *heard; /* whom else it concerns; NULL: nobody */
};

/* ---- saying -------------------------------------------------------------------------------------- */

/* Makes the next statement of its stream, which has its effect here at once and leaves when it is signed. What a receiver
 * would not take is refused: ERR_VALUE and which member; ERR_MISSING: a recipient without a link, or no key to sign with. */
int link_say(const struct link_self *self, const struct say *say, uint8_t ret_id[DIGEST_LEN], struct err *e);

/* One that waits for its signature, the first of its stream that does. */
struct link_unsigned {
	uint64_t n;
	struct str head; /* in the arena */
};
/* The oldest; false: there is none, or the clock is in doubt. Outside a transaction too. */
bool link_unsigned_find(const struct link_self *self, struct arena *a, struct link_unsigned *ret);
/* The keeper's answer. */
void link_signed(const struct link_self *self, uint64_t n, const uint8_t signature[STATEMENT_SIGNATURE]);

/* ---- taking -------------------------------------------------------------------------------------- */

struct link_taken {
	uint8_t id[DIGEST_LEN];
	enum statement_verdict verdict;
	size_t used;       /* bytes of the input; 0: nothing behind it can be read */
	struct str sender; /* in the arena; empty: not known */
};
/* The first statement of bytes, brought by that party (who need not have said it). own_repair: we asked for it. */
void link_take(const struct link_self *self, struct str carrier, bool own_repair, struct str bytes,
        struct arena *a, struct link_taken *ret);
/* Held ones whose time has come, or whose reason is gone: of the future, and after an upgrade. Tells how many. */
unsigned link_release_due(const struct link_self *self);
/* A person gives a held statement its effect. ERR_MISSING, ERR_VALUE: it cannot have one. */
int link_release(const struct link_self *self, uint64_t n, struct str person, struct err *e);

/* ---- receipts ------------------------------------------------------------------------------------ */

/* Makes statements of the receipts that are due. 0 or a code (ERR_MISSING: no key): of some that stay due; the others are made. */
int link_receipts(const struct link_self *self, struct err *e);

/* ---- queue --------------------------------------------------------------------------------------- */

#define LINK_BATCH_COUNT 64
#define LINK_BATCH_BYTES (4u << 20)
struct link_batch {
	struct buf bytes; /* statements end to end */
	unsigned count;
	uint64_t n[LINK_BATCH_COUNT];
	bool more;
};
/* What waits for the party, urgent ones first, then the oldest; what was pushed within the last ten minutes is left out. */
void link_batch(const struct link_self *self, struct str party, struct link_batch *ret);
/* The same for one who fetches: urgent ones behind position u, then normal ones behind n; *u and *n become where it ends. */
void link_fetched(const struct link_self *self, struct str party, uint64_t *u, uint64_t *n,
        unsigned max_bytes, struct link_batch *ret);
/* What the peer said about each of a batch, in its order; fewer words than statements: the rest was not read. */
void link_pushed(const struct link_self *self, struct str party, const struct link_batch *b,
        const enum statement_verdict *verdicts, unsigned count);
/* All that waits may go again at once: the peer is back. */
void link_again(const struct link_self *self, struct str party);

/* ---- heads --------------------------------------------------------------------------------------- */

/* The answer to "heads" for that party, as JSON. */
void link_heads(const struct link_self *self, struct str party, struct buf *out);
/* Compares what the party says of itself and of us: holes of its own streams are noted. Of our own it may hold what we do not:
 * then this is an old backup, or another machine has our keys. A number alone proves neither; the statement of that id does, once
 * it has been asked for and taken (own_repair), and only then are the holes before it noted. False: it is no such document. */
struct link_ahead {
	bool ahead;
	uint8_t id[DIGEST_LEN]; /* of the first of them */
};
bool link_heads_take(const struct link_self *self, struct str party, struct str json, struct link_ahead *ret);
/* The oldest hole whose time to be asked for has come, of this party: of its own streams, or of ours that it is a member of; false: none.
 * recipients: "kh mm", in the arena. */
struct link_hole {
	uint64_t id, first, last;
	struct str sender, recipients;
};
bool link_hole_find(const struct link_self *self, struct str party, struct arena *a, struct link_hole *ret);
void link_hole_asked(const struct link_self *self, uint64_t id);
/* Statements of a stream for a member of it, both ends included; at most 64 or 4 MiB. Erased ones have no content. */
void link_range(const struct link_self *self, struct str party, struct str sender, struct str recipients,
        uint64_t first, uint64_t last, struct buf *out);
/* One by id, if the party is its sender or a recipient. */
bool link_one(const struct link_self *self, struct str party, const uint8_t id[DIGEST_LEN], struct buf *out);
/* A statement of a third party that the party has told us of and that we lack (GET statements/ID, link_take with own_repair): the
 * next one behind an id. Who leaves us out is found by the receipts of the others. Outside a transaction too. */
bool link_lacks(const struct link_self *self, struct str party, const uint8_t after[DIGEST_LEN],
        uint8_t ret_id[DIGEST_LEN]);

/* Whether the content of a statement may be shown to a party, or to anyone ("public"): by the exit's rules, and always to who
 * said it or was told. 0, or ERR_DENIED and the rule. */
int link_may_show(
        const struct link_self *self, const struct stored *s, struct str to, struct arena *a, struct err *e);

/* ---- effects ------------------------------------------------------------------------------------- */

/* What a statement that counts does here; ours too, when it is said. */
void link_effect(const struct link_self *self, uint64_t n);
/* For changes of other verbs, where change_here has a link. */
extern const struct link_ways link_ways;
/* True if it gets no receipt. */
static inline bool link_unreceipted(struct str kind)
{
	return str_eq(kind, STR("receipt")) || str_eq(kind, STR("read"));
}
