/* SPDX-License-Identifier: Apache-2.0
 *
 * Consultations between the nodes of net.h: people who say something by the changes that pages and commands send, nodes that
 * hear it and compute, and what only a liar says. All checks are asserts.
 */
#pragma once

#include "agree/load.h"
#include "chaos.h"

#define HOUR (3600 * NET_SECOND)
#define DAY (24 * HOUR)
#define ROUND_INSTRUMENT "gate-times"

/* For net_make: its nodes hear statements of rounds. */
void rounds_make(struct net *t);
/* Behind net_begin: each node has a key list of each. */
void rounds_begin(struct net *t);

/* ---- people -------------------------------------------------------------------------------------- */

/* A change by a person at node i, such as ("agree-position", "round=gate-times\nposition=objection"). 0, or its code; what it
 * says instead of an error is in e->text too. */
int rounds_do(
        struct net *t, unsigned i, const char *person, const char *change, const char *params, struct err *e);
/* The same, and the second person signs it where one has to. */
int rounds_two(struct net *t, unsigned i, const char *change, const char *params, struct err *e);
/* It must be taken. */
void rounds_must(struct net *t, unsigned i, const char *change, const char *params);
/* It must be refused with that code. The sentence stays until the next one. */
const char *rounds_refused(struct net *t, unsigned i, const char *change, const char *params, int code);

/* A text of an authentic language, of three clauses: k7qm, the one that people speak about, and two more. */
#define ROUND_TEXT                                                                                           \
	"# Times of gates {#%.4s}\v\vWho asks says why. {#k7qm}\v\vThe gate answers within %u hours. "       \
	"{#%.4s}\v"
/* Four days under silence, with a day of grace. What stands before it in the lines holds. */
#define ROUND_SILENCE                                                                                        \
	"members=la kh mm "                                                                                  \
	"vn\ndeputy=mm\ncloses=4d\nrule=silence\nlevel=node\nmin-notice=24h\nworking-days=0\n"               \
	"breaks=objection\nextend=1 2d\ngrace=24h\nreservation=forbidden\n"
/* Node chair opens the next round by two persons. lines: of the rule, "rule=silence\nlevel=node\n...", opens and closes among them.
 * Its id. */
void rounds_open(struct net *t, unsigned chair, const char *lines, uint8_t ret_id[DIGEST_LEN]);

/* ---- liars --------------------------------------------------------------------------------------- */

/* A statement that no node would let its people say: signed by the node's keeper, in its stream, with whatever stands in it. to: a
 * bit for each node. created, expires: seconds; 0: now, never. */
struct lie {
	enum kind kind;
	unsigned to;
	const uint8_t *case_, *reply;
	const char *body;
	int64_t created, expires;
};
void rounds_lie(struct net *t, unsigned i, const struct lie *l, uint8_t ret_id[DIGEST_LEN]);
/* An opening of that manifest with one text, to some; its digest stands in m already. */
void rounds_lie_open(struct net *t, unsigned i, const struct manifest *m, struct str text, unsigned to,
        uint8_t ret_id[DIGEST_LEN]);

/* ---- nodes --------------------------------------------------------------------------------------- */

/* What is done next is done by the clock of the node. */
void rounds_at(struct net *t, unsigned i);
/* It reaches nobody, or everybody again. */
void rounds_cut_off(struct net *t, unsigned x, bool cut);
/* Does all that is due of rounds. */
void rounds_work(struct net *t, unsigned i);
/* A node asks another for statements that it is told of and lacks. */
void rounds_relay(struct net *t, unsigned a, unsigned b);
/* Everything that nodes do by themselves, without faults, for so many hours; the last three of them are looked at one by one. */
void rounds_pass(struct net *t, unsigned hours);

/* ---- what they show ------------------------------------------------------------------------------ */

struct round_row {
	uint64_t id; /* 0: the node does not know the round */
	enum outcome_state shown, state;
	bool block_there;
	uint8_t block[DIGEST_LEN];
	int64_t closes, grace; /* seconds */
};
/* What the node shows of the round with that opening. */
struct round_row rounds_row(struct net *t, unsigned i, const uint8_t open[DIGEST_LEN]);
/* The same computed now, out of what the node has. a: zeros, or in use. False: it has not all that it takes. */
bool rounds_fresh(struct net *t, unsigned i, const uint8_t open[DIGEST_LEN], struct arena *a,
        struct round_loaded *r, struct outcome *o);
/* The node shows that word, because of that ("" as it likes). */
void rounds_shows(struct net *t, unsigned i, const uint8_t open[DIGEST_LEN], enum outcome_state state,
        const char *because);
/* All show it, with one block; but: a node that is left out, NET_NODES: none. */
void rounds_all_show(struct net *t, unsigned but, const uint8_t open[DIGEST_LEN], enum outcome_state state,
        const char *because);
/* The id of the newest statement of that kind by node i. */
void rounds_newest(struct net *t, unsigned i, const char *kind, uint8_t ret[DIGEST_LEN]);

/* ---- scenes -------------------------------------------------------------------------------------- */

struct scene {
	const char *name;
	void (*run)(void);
};
/* Each as a test, for as many seeds as the arguments say: [SEEDS [FIRST]]. */
int rounds_scenes(struct net *t, int argc, char **argv, const struct scene *scenes, unsigned n);
