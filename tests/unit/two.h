/* SPDX-License-Identifier: Apache-2.0
 *
 * Two nodes in one process with real databases, keepers and key lists, and persons who do what the commands do. All that goes
 * over the wire goes at once and arrives; what may be lost on the way is for tests/sim.
 */
#pragma once

#include "link/check.h"
#include "link/peer.h"
#include "trust/keeper.h"
#include "trust/voice.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TWO_SECOND ((int64_t)1000000)
#define TWO_DAY (86400 * TWO_SECOND)

struct two_node {
	const char *name;
	char folder[160], keys[176];
	struct db *db;
	struct keeper *keeper;
	uint8_t root[32], seed[32], tls[32]; /* tls: any digest, nobody calls here */
	struct buf said;                     /* of the last deed */
	struct err e;
};
struct two {
	char folder[64];
	int64_t now;
	struct two_node node[2];        /* la, kh */
	const struct heard_ways *heard; /* what statements do beside link/; NULL: nothing */
};

void two_open(struct two *t);
void two_close(struct two *t);
struct link_self two_self(struct two *t, unsigned i);
/* The key list of a node; seed NULL: of its own root. */
void two_list(struct two *t, unsigned i, uint64_t number, const uint8_t *seed, struct buf *note);
/* A deed of that person in a transaction; its result. */
#define TWO(t, i, who, call)                                                                                 \
	({                                                                                                   \
		struct link_self self_ = two_self(t, i);                                                     \
		struct two_node *n_ = &(t)->node[i];                                                         \
		struct deed d = {.self = &self_, .person = STR(who), .said = &n_->said};                     \
		struct err *e = &n_->e;                                                                      \
		buf_clear(&n_->said);                                                                        \
		*e = (struct err){0};                                                                        \
		db_begin(n_->db);                                                                            \
		int rc_ = call;                                                                              \
		if (rc_ == 0 || d.keep)                                                                      \
			rc_ = db_commit(n_->db, e) == 0 ? rc_ : ERR_SYS;                                     \
		else                                                                                         \
			db_rollback(n_->db);                                                                 \
		if (rc_ != 0)                                                                                \
			print_message("%s: %s\n", who, e->text);                                             \
		rc_;                                                                                         \
	})
/* Signs all that waits and carries it over, both ways, with receipts, until nothing is left. */
void two_carry(struct two *t);
/* Both link, as people do. */
void two_link(struct two *t);
/* Copies the node's database to the side, or back over it. */
void two_copy(struct two *t, unsigned i, bool aside);
int64_t two_number(struct two *t, unsigned i, const char *sql);
