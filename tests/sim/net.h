/* SPDX-License-Identifier: Apache-2.0
 *
 * Some nodes in one process, linked with each other, with a network between them that loses, doubles, delays and cuts, and
 * clocks that differ. Calls are those that the door and the dialler make; every one of them may be lost on the way there or
 * on the way back, and a node may die within it. All checks are asserts.
 */
#pragma once

#include "event/calendar.h"
#include "link/link.h"
#include "link/peer.h"
#include "os_fake.h"
#include "trust/keeper.h"

#define NET_NODES 4
#define NET_SECOND ((int64_t)1000000)

struct net_node {
	char name[3];
	char folder[96], keys[112];
	struct db *db;
	struct keeper *keeper;
	int64_t offset; /* of its clock, microseconds */
	uint64_t u, n;  /* unused positions of fetches are kept for each peer below */
	uint64_t seen[NET_NODES][2];
	bool liar;   /* what it says is no matter of the promises */
	bool doubts; /* it does not believe its clock */
	int (*read_body)(void *arg, struct str json, struct buf *items, const char **ret_why);
};
struct net_batch {
	unsigned from, to;
	struct str bytes;
};
struct net {
	char folder[80];
	struct net_node node[NET_NODES];
	bool cut[NET_NODES][NET_NODES]; /* calls of the first to the second do not arrive */
	int64_t now;
	uint64_t seed;
	VEC(struct net_batch) old; /* everything that ever went over a wire */
	struct arena arena;
	unsigned said, lost, crashes;
	unsigned parts, files; /* of attachments on the wire, courier files opened */
	unsigned used, ahead;  /* how often a keeper or a peer knew more of a node than it did */
	struct calendars calendars;
	struct change_here here[NET_NODES];
	struct link_self self[NET_NODES]; /* as the ways of other verbs find it */
	const struct heard_ways *heard;   /* who hears statements beside link/; NULL: nobody */
};

unsigned net_dice(struct net *t, unsigned n);
/* Nodes with keys and links made once; net_begin gives them empty states again. */
void net_make(struct net *t);
void net_begin(struct net *t, uint64_t seed);
void net_end(struct net *t);
void net_done(struct net *t);
struct link_self net_self(struct net *t, unsigned i);
/* The files of a node opened and closed, and a copy of a file. */
void net_start(struct net_node *n);
void net_close(struct net_node *n);
void net_copy(const char *from, const char *to);
/* The process dies and starts again from what is on the disk. */
void net_crash(struct net *t, unsigned i);
/* A transaction that ends well, or with the process. True: it is committed. */
bool net_commit(struct net *t, unsigned i, bool dies);
/* The files of its log go. */
void net_forget_log(struct net *t, unsigned i);
/* A statement of node i; ids of what it refers to, or NULL. *ret_id as in link_say. */
int net_say(struct net *t, unsigned i, enum kind kind, const unsigned *to, unsigned count,
        const uint8_t *case_, const uint8_t *reply, const char *body, uint8_t ret_id[DIGEST_LEN]);
/* Signs what waits; dies at one of the steps if that is asked. False: nothing waited. */
bool net_sign(struct net *t, unsigned i, bool dies);
/* Makes receipts. */
void net_receipts(struct net *t, unsigned i);
/* a pushes to b what waits. faults: each step may go wrong. True if something was sent. */
bool net_push(struct net *t, unsigned a, unsigned b, bool faults);
/* b fetches from a. */
bool net_fetch(struct net *t, unsigned b, unsigned a, bool faults);
/* a learns how far b is, and asks for what is missing. */
void net_heads(struct net *t, unsigned a, unsigned b);
/* Bytes are handed to a node by that carrier, in one transaction that may be undone. Verdicts may be NULL. */
unsigned net_give(struct net *t, unsigned to, unsigned carrier, struct str bytes, bool repair, bool dies,
        enum statement_verdict *verdicts);

/* ---- net_carry.c --------------------------------------------------------------------------------- */

/* Bytes at random that node i may name in what it says; their digest. */
void net_attach(struct net *t, unsigned i, unsigned size, char ret[2 * DIGEST_LEN + 1]);
/* a fetches a part of an attachment from b. True if it lacked one. */
bool net_blobs(struct net *t, unsigned a, unsigned b, bool faults);
/* a packs for b, and what comes of the files is opened there. Tells how many there were. */
unsigned net_courier(struct net *t, unsigned a, unsigned b, bool faults);
/* b is handed a courier file. */
void net_open(struct net *t, unsigned b, struct str bytes, bool faults);
/* Every attachment is here, and is what it is named. */
void net_blobs_hold(struct net *t, unsigned i);

/* Everything heals, until nobody has anything to say. */
void net_settle(struct net *t);
/* One round of it: true if anybody had something to say. */
bool net_round(struct net *t);
/* The first value of the first row. */
int64_t net_number(struct net *t, unsigned i, const char *sql);
