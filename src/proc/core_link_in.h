/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the core's side of linking: core_link.c (keeper, dialler, what is due), core_peers.c (calls of peers at the
 * door), core_bodies.c (the reader of bodies), core_log.c (the log and its witnesses).
 */
#pragma once

#include "link/wire.h"
#include "proc/core_in.h"

enum call {
	CALL_NONE,
	CALL_PUSH,
	CALL_PULL,
	CALL_HELLO,
	CALL_HEADS,
	CALL_STREAM,
	CALL_KEYS,
	/* of logs; any status is an answer */
	CALL_WITNESS,
	CALL_COSIGN,
	CALL_LOG,
	CALL_ENTRIES,
	CALL_LOG_OWN, /* of ours, as the peer has kept it */
	CALL_ENTRIES_OWN
};

/* Between our log and a peer, and its log and us. Times of os_ticks. */
struct peer_log {
	int64_t ask_at, asked_at; /* as our witness: when it is asked next, and was last */
	uint64_t asked;           /* the size that it was asked for */
	int64_t look_at;          /* when its checkpoint is fetched */
	int64_t asked_us;         /* os_now, when that was asked for */
	uint64_t floor;           /* what it must not be below */
	bool more;                /* entries may be to be fetched, or something to be signed */
	bool own_due, own_more;   /* the same of our log, as it has kept it */
	struct buf line;          /* of ours, to be posted */
	uint64_t line_size;
	int64_t post_at;
};

struct peer {
	char name[PARTY_ID + 1], url[512], pins[1024];
	bool here; /* still in the table */
	enum call call;
	uint32_t id;
	struct link_batch batch;
	uint64_t u, n; /* how far we have fetched */
	uint64_t hole;
	int64_t next; /* os_ticks: not called before */
	int64_t pull_at, hello_at, heads_at, keys_at;
	unsigned fails;
	bool news; /* something may wait for it */
	bool keys_due;
	struct peer_log log;
};
/* A text that is at the keeper for the log key. */
struct log_task {
	enum { LOG_TASK_CHECKPOINT, LOG_TASK_DOOR, LOG_TASK_POST } kind;
	uint32_t id, door_id;
	char party[PARTY_ID + 1]; /* of LOG_TASK_POST */
	struct log_sign sign;
};
struct link_quota {
	char name[PARTY_ID + 1];
	struct wire_quota quota;
};
struct core_link {
	int keeper, bodies, dial; /* keeper -1: nothing is signed for now */
	int keeper_fd;
	uint32_t ids;
	struct link_self self;
	struct change_here here;
	uint64_t signing; /* the statement that is at the keeper; 0: none */
	uint32_t keep_id, keys_id;
	int64_t peers_at; /* os_ticks: when the table of parties is read again */
	int64_t release_at;
	VEC(struct peer) peers;
	VEC(struct link_quota) quotas; /* of those who call */
	VEC(struct log_task) tasks;
	int64_t log_at;  /* os_ticks: when it is looked whether a checkpoint is due */
	bool body_ready; /* the reader of bodies has said hello since it was last asked in vain */
};
/* What link_self asks for: reads a body in the process that may die of it. arg: the core. */
int core_bodies_read(void *arg, struct str json, struct buf *items, const char **ret_why);

/* ---- core_link.c ---- */

bool core_call(struct core *c, struct peer *p, enum call what, const char *method, const char *path,
        struct str body);

/* ---- core_log.c ---- */

/* What is due of our own log. */
void core_log(struct core *c);
void core_log_end(struct core *c);
/* The next call of logs to that peer; true: there is one. */
bool core_log_step(struct core *c, struct peer *p);
void core_log_heard(
        struct core *c, struct peer *p, enum call what, const struct channel_message *m, struct str body);
/* The keeper answered; false: something else. */
bool core_log_kept(struct core *c, const struct channel_message *m);
/* It has started anew. */
void core_log_keeper(struct core *c);
/* A peer's add-checkpoint was taken: it is answered when the keeper has signed. False: it cannot be. */
bool core_log_answer(struct core *c, uint32_t door_id, struct wire_answer *w);
/* That party has said something, or shown a checkpoint: its log is looked at soon. */
void core_log_shown(struct core *c, struct str party);
