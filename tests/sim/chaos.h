/* SPDX-License-Identifier: Apache-2.0
 *
 * What befalls the nodes of net.h beyond a bad network: an old backup is put back, a machine is cloned, a peer lies, keys are
 * revoked and lists run out, a reader dies of a body. All checks are asserts.
 */
#pragma once

#include "net.h"

#define CHAOS_BODY 512
#define CHAOS_BY "{\"by\":[{\"id\":\"duty\",\"role\":\"coordinator\",\"at\":\"2026-11-24T02:59:00Z\"}],"

/* A request of node i to one or two others, with the case that it is here; *ret_id names it. */
void chaos_open(struct net *t, unsigned i, const unsigned *to, unsigned count, uint8_t ret_id[DIGEST_LEN]);
/* A word of node i about it, to the same parties: a state, with the row that a person's change makes; or a note. */
void chaos_state(struct net *t, unsigned i, const uint8_t case_[DIGEST_LEN], const char *state);
int chaos_note(struct net *t, unsigned i, const uint8_t case_[DIGEST_LEN], unsigned number);
/* Any of that by any node, now and then. */
void chaos_talk(struct net *t, unsigned words);
/* Rounds of everything, with time that passes; unlike net_settle it does not wait until all are content. */
void chaos_rounds(struct net *t, unsigned n);

/* state.db of the node as it is now, to be put back later; what the keeper has written stays as it is. */
void chaos_backup(struct net *t, unsigned i);
void chaos_restore(struct net *t, unsigned i);

/* A machine with the keys of node i and its state and journal of now, whose statements the test carries by hand. It takes the
 * place of node i in t while it speaks. */
struct chaos_clone {
	struct net_node node;
	unsigned of;
};
void chaos_clone(struct net *t, unsigned i, struct chaos_clone *ret);
/* The two change places: who stands in t is the one that speaks and hears. */
void chaos_swap(struct net *t, struct chaos_clone *c);
void chaos_clone_end(struct net *t, struct chaos_clone *c);

/* Statements of node i as only one who holds its key can make them, of any head: signed without its keeper's journal. */
struct chaos_forged {
	enum kind kind;
	const char *body;
	uint64_t seq;
	const uint8_t *prev, *case_, *reply;
	const char *to[NET_NODES]; /* ascending; NULL behind the last */
	int64_t created;           /* seconds; 0: now */
	uint8_t tlp;               /* 0: AMBER */
};
void chaos_forge(
        struct net *t, unsigned i, const struct chaos_forged *f, struct buf *out, uint8_t ret_id[DIGEST_LEN]);
/* Two persons end the silence of a node. */
void chaos_recover(struct net *t, unsigned i);
/* Two persons of node i end its fork. 0 or a code. */
int chaos_rejoin(struct net *t, unsigned i, const char *recipients, struct err *e);
/* A person at node i gives its effect to what it holds of that kind. Tells how many. */
unsigned chaos_release(struct net *t, unsigned i, const char *kind);
