/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the core's side of linking: core_link.c (keeper, dialler, what is due), core_peers.c (calls of peers at the
 * door), core_bodies.c (the reader of bodies), core_log.c (the log and its witnesses), core_hello.c (what a peer is and what its clock says).
 */
#pragma once

#include "link/blob.h"
#include "link/courier.h"
#include "link/wire.h"
#include "proc/core_in.h"

/* core_heard.c: the verbs that hear statements beside link/. */
extern const struct heard_ways core_heard;
/* Something of theirs is due; outside a transaction. */
bool core_heard_due(struct core *c);
/* Does some of it, within one. */
void core_heard_work(struct core *c);

enum call {
	CALL_NONE,
	CALL_PUSH,
	CALL_PULL,
	CALL_HELLO,
	CALL_HEADS,
	CALL_STREAM,
	CALL_OWN,    /* a statement of ours that it has and we do not */
	CALL_LACKED, /* one of a third party, that it has told us of */
	CALL_KEYS,
	CALL_BLOB_GET,
	CALL_BLOB_HEAD,
	CALL_BLOB_PUT,
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
	bool told; /* since the start: how far our own streams go there, and it has nothing that is not here */
	enum call call;
	uint32_t id;
	struct link_batch batch;
	uint64_t u, n;    /* how far we have fetched */
	uint32_t wait_id; /* of a call that is held open there; 0: none */
	int64_t wait_at;
	struct link_ahead own;      /* a statement of ours that it has and we do not */
	int64_t next;               /* os_ticks: not called before */
	uint8_t lacked[DIGEST_LEN]; /* the last one that it was asked for and we lack */
	unsigned lacks;             /* how often in a row */
	int64_t differs;            /* seconds that its clock is from ours, at differs_at; 0: not heard */
	int64_t differs_at;         /* os_ticks */
	int64_t pull_at, hello_at, heads_at, keys_at, lacks_at;
	unsigned fails;
	bool news; /* something may wait for it */
	bool keys_due;
	struct blob_wish blob; /* that is asked for, or handed in */
	bool putting;          /* it has said how far it is */
	uint32_t part;         /* bytes of the next part; as many as take some seconds */
	int64_t part_at;       /* os_ticks: it was called for one */
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
	int keeper, bodies, dial;
	bool keyless; /* the keeper has no key of the list in force: it is asked when something has changed */
	bool dials_only;  /* nobody can call us */
	bool started;     /* core_link_starting */
	int64_t start_at; /* os_ticks */
	uint32_t ids;
	struct link_self self;
	struct change_here here;
	uint64_t signing; /* the statement that is at the keeper; 0: none */
	uint32_t keep_id, keys_id;
	int64_t peers_at; /* os_ticks: when the table of parties is read again */
	int64_t release_at;
	VEC(struct peer) peers;
	VEC(struct link_quota) quotas; /* of peers */
	struct blob_check check;
	bool checking;          /* there is more to look at */
	struct courier_job job; /* id 0: none */
	struct courier_pack *pack;
	struct courier_open *open;
	uint32_t share_id;  /* what the keeper is asked for it; 0: nothing */
	bool courier_busy;  /* a step may be done at once */
	int64_t courier_at; /* os_ticks: not looked at before */
	int64_t sweep_at;   /* os_ticks: when old files go */
	VEC(struct log_task) tasks;
	int64_t log_at; /* os_ticks: when it is looked whether a checkpoint is due */
};
/* ---- core_blobs.c: attachments ---- */

/* The next part for, or of, that peer: true if it was called. */
bool core_blob_step(struct core *c, struct peer *p);
/* What it said. */
void core_blob_answer(
        struct core *c, struct peer *p, enum call what, const struct channel_message *m, struct str body);
/* Looks at digests of what came whole. 0 or a code. */
int core_blob_work(struct core *c, struct err *e);

/* ---- core_courier.c: courier files ---- */

/* A step of what people have asked for. 0 or a code. */
int core_courier(struct core *c, struct err *e);
/* The keeper's word. */
void core_courier_told(struct core *c, const struct channel_message *m);
void core_courier_drop(struct core *c);

/* ---- core_call.c ---- */

/* Asks the dialler for a call. headers: lines, or NULL; body p NULL: none. longer: seconds that the peer may take beyond the usual.
 * False: it has no room. */
bool core_dial(struct core *c, const struct peer *p, const char *method, const char *path,
        const char *headers, struct str body, unsigned longer, uint32_t *ret_id);
/* The one call of that peer; what comes back is heard as that. */
bool core_link_call(struct core *c, struct peer *p, enum call what, const char *method, const char *path,
        const char *headers, struct str body);
/* The same without headers. */
bool core_call(struct core *c, struct peer *p, enum call what, const char *method, const char *path,
        struct str body);
/* "Weir-U: 5" among lines of headers. */
uint64_t core_link_header(const struct channel_message *m, const char *name, uint64_t otherwise);

/* ---- core_hello.c ---- */

#define HELLO_US (3600 * (int64_t)1000000)
/* Clocks of so many peers are compared with ours; more say nothing new. */
#define CLOCK_PEERS 256

/* An answer to GET hello. */
void core_hello(struct core *c, struct peer *p, struct str body);

/* ---- core_link.c ---- */

/* What time it is, whether that is believed, and whether anything is signed. */
void core_link_now(struct core *c);
/* A transaction of the core, with that. */
void core_link_begin(struct core *c);
/* What a peer may bring, whoever of the two has called. */
struct wire_quota *core_link_quota(struct core_link *l, struct str party);

/* What link_self asks for: reads a body in the process that may die of it. arg: the core. */
int core_bodies_read(void *arg, struct str json, struct buf *items, const char **ret_why);

/* ---- core_link_peers.c ---- */

/* Reads the table of parties again. */
void core_link_peers(struct core *c);
/* True from the start until every peer that can be called has told how far our own streams go there, or could not be reached, or a
 * minute has passed: an old backup does not know that it is one, and signs nothing before it has asked. */
bool core_link_starting(struct core *c);

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
