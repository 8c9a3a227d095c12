/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the core's side of linking: core_link.c (keeper, dialler, what is due), core_peers.c (calls of peers at the
 * door), core_bodies.c (the reader of bodies).
 */
#pragma once

#include "link/wire.h"
#include "proc/core_in.h"

enum call { CALL_NONE, CALL_PUSH, CALL_PULL, CALL_HELLO, CALL_HEADS, CALL_STREAM, CALL_KEYS };

struct peer {
	char name[PARTY_ID + 1], url[512], pins[1024];
	bool here; /* still in the table */
	enum call call;
	uint32_t id;
	struct link_batch batch;
	uint64_t u, n; /* how far we have fetched */
	uint32_t wait_id; /* of a call that is held open there; 0: none */
	int64_t wait_at;
	uint64_t hole;
	int64_t next; /* os_ticks: not called before */
	int64_t pull_at, hello_at, heads_at, keys_at;
	unsigned fails;
	bool news; /* something may wait for it */
	bool keys_due;
};
struct link_quota {
	char name[PARTY_ID + 1];
	struct wire_quota quota;
};
struct core_link {
	int keeper, bodies, dial; /* keeper -1: nothing is signed for now */
	int keeper_fd;
	bool dials_only; /* nobody can call us */
	uint32_t ids;
	struct link_self self;
	struct change_here here;
	uint64_t signing; /* the statement that is at the keeper; 0: none */
	uint32_t keep_id, keys_id;
	int64_t peers_at; /* os_ticks: when the table of parties is read again */
	int64_t release_at;
	VEC(struct peer) peers;
	VEC(struct link_quota) quotas; /* of those who call */
	bool body_ready; /* the reader of bodies has said hello since it was last asked in vain */
};
/* What link_self asks for: reads a body in the process that may die of it. arg: the core. */
int core_bodies_read(void *arg, struct str json, struct buf *items, const char **ret_why);
