/* SPDX-License-Identifier: Apache-2.0
 *
 * What a round has come to, from the statements about it: a function of the manifest, the statements, the key lists and the
 * proofs of logs, whatever the order in which they came. It is the same on every node, so nobody has to be believed: each
 * computes it, and they compare.
 *
 *   round_sift    which statements are about the round, when each was seen by another party, when it closes, what is in time
 *   round_stand   where each member stands, how it was served, whether it would be bound
 *   outcome.h     the state, the block of bytes that all nodes must have alike, and what is shown at a given time
 *
 * No clock, no network, no database. Signatures and types were judged before (trust/judge.h); what of a forked statement is not as its
 * kind has it, is as if it were not there.
 */
#pragma once

#include "agree/manifest.h"
#include "trust/kind.h"

#define ROUND_NEVER INT64_MAX

/* A statement that was judged ok, gap or fork. Texts and the body live as long as the round. */
struct said {
	uint8_t id[DIGEST_LEN], case_[DIGEST_LEN], reply[DIGEST_LEN];
	struct str sender, to; /* to: the recipients as they stand in the head */
	uint64_t seq;
	int64_t created;
	enum kind kind;
	struct item body; /* BODY_NULL: erased, or not readable */
};
/* Takes what is needed of a head; its texts are not copied. */
struct said said_make(const uint8_t id[DIGEST_LEN], const struct head *h, struct item body);

struct round_list { /* a key list that its root signed */
	struct str party;
	uint64_t number;
	uint8_t digest[DIGEST_LEN];
};
struct round_proof { /* a statement stands at that place of its sender's log */
	uint8_t id[DIGEST_LEN];
	uint64_t index;
};
struct round_witness { /* a checkpoint of that party's log, of that size, was seen by the witness */
	struct str party, witness;
	uint64_t size;
	int64_t time;
};

struct round_input {
	const struct manifest *m;
	const struct said *open; /* the agree.open of the round; it stands in said too, or is added */
	const struct said *said;
	size_t n;
	const struct round_list *list;
	size_t lists;
	const struct round_proof *proof;
	size_t proofs;
	const struct round_witness *witness;
	size_t witnesses;
};

/* A statement of the round, sifted. */
struct sifted {
	const struct said *s;
	int64_t seen; /* ROUND_NEVER: by nobody */
	bool mine;    /* it concerns the round: of it, and to all its parties */
	bool timely;
	bool dropped; /* by a rejoin of its sender */
	bool twin;    /* another one has its place in the stream */
};
/* An entry of a receipt: a party says that something came. */
struct round_receipt {
	const struct said *from;
	uint8_t of[DIGEST_LEN];
	int64_t at;
	bool complete, good; /* verdict ok, gap or have */
};

struct round {
	const struct round_input *in;
	struct arena *a;
	struct sifted *s; /* by id, each once, of parties of the round only */
	size_t n;
	struct round_receipt *receipt;
	size_t receipts;
	int64_t closes, grace; /* after extensions; until when statements may come */
	unsigned extended;     /* how often */
	bool withdrawn;
	struct str *other; /* digests of other manifests of this round, hexadecimal, ascending */
	unsigned others;
};

/* a has no limit. */
void round_sift(struct arena *a, const struct round_input *in, struct round *ret);
const struct sifted *round_find(const struct round *r, const uint8_t id[DIGEST_LEN]);
/* Among those of a kind and a sender (p NULL: any) that concern the round, or are in time, the newest; NULL: none. */
const struct sifted *round_newest(const struct round *r, enum kind kind, struct str sender, bool timely);
/* Seconds of a member that is a time; false: it is none. */
bool said_time(const struct said *s, const char *name, int64_t *ret);

enum service {
	SERVICE_RECORDED,
	SERVICE_CONTESTED,
	SERVICE_OPENED,
	SERVICE_SPOKEN,
	SERVICE_SERVED,
	SERVICE_UNSERVED
};
/* "-" for recorded. */
struct str service_name(enum service s);

enum bound { BOUND_NOT, BOUND_WHOLE, BOUND_EXCEPT, BOUND_RESERVED };
struct standing_member {
	struct str party;
	bool contested, breaks;
	enum position position;  /* as signed */
	const struct said *said; /* the statement of it; NULL: none */
	struct str *scope;       /* clause ids, ascending, each once */
	unsigned scopes;         /* 0: the whole text; of reservations and disassociations only */
	enum service service;
	int64_t served; /* the earliest time of service, ROUND_NEVER: none; of served and unserved only */
	enum bound bound;
};
/* ret has m->members places. */
void round_stand(const struct round *r, struct standing_member *ret);
