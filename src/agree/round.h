/* SPDX-License-Identifier: Apache-2.0
 *
 * What a round has come to, from the statements about it: a function of the manifest, the statements, the key lists and the
 * proofs of logs, whatever the order in which they came. It is the same on every node, so nobody has to be believed: each
 * computes it, and they compare.
 *
 *   round_sift    which statements are about the round, when each was seen by another party, when it closes, what is in time
 *   round_add     the same with one statement more, which is cheap
 *   round_stand   where each member stands, how it was served, whether it would be bound
 *   outcome.h     the state, the block of bytes that all nodes must have alike, and what is shown at a given time
 *
 * No clock, no network, no database. Signatures and types were judged before (trust/judge.h); what of a forked statement is not as its
 * kind has it, is as if it were not there.
 */
#pragma once

#include "agree/manifest.h"
#include "trust/body.h"
#include "trust/kinds.h"
#include "trust/statement.h"

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
	int64_t seen;   /* ROUND_NEVER: by nobody */
	unsigned party; /* place of its sender among the parties */
	bool about;     /* it is of the round, and to all its parties */
	bool mine;      /* it concerns the round: about it, and not dropped */
	bool timely;
	bool dropped; /* by a rejoin of its sender */
	bool twin;    /* another one has its place in the stream */
};
/* An entry of a receipt: a party says that something came. */
struct round_receipt {
	const struct said *from;
	unsigned party;
	uint8_t of[DIGEST_LEN];
	int64_t at;
	bool complete, good; /* verdict ok, gap or have */
};
struct round_receipts {
	struct round_receipt *v;
	size_t n, room;
};
/* Where a statement of that id stands. */
struct round_place {
	uint64_t head; /* its first eight bytes */
	uint32_t at;
};

struct round {
	const struct round_input *in;
	struct arena *a;
	/* By sender, number, recipients and id, each once, of parties of the round only. */
	struct sifted *s;
	struct round_place *place; /* by id */
	size_t n, room;
	struct str party[MANIFEST_PARTIES]; /* of the manifest, ascending */
	struct str
	        to[MANIFEST_PARTIES]; /* the recipients of what each says to all others, as a head has them */
	size_t from[MANIFEST_PARTIES + 1]; /* where the statements of each begin, and where they end */
	unsigned parties;
	struct round_receipts receipt, opening; /* all, and those of the opening */
	int64_t closes, grace;                  /* after extensions; until when statements may come */
	unsigned extended;                      /* how often */
	bool withdrawn;
	struct str *other; /* digests of other manifests of this round, hexadecimal, ascending */
	unsigned others;
};

/* a has no limit. */
void round_sift(struct arena *a, const struct round_input *in, struct round *ret);
/* As if s, which lives as long as the others, had been among them. False: it was, or it is of no party of the round. What round_stand
 * has said before is out of date. */
bool round_add(struct round *r, const struct said *s);
const struct sifted *round_find(const struct round *r, const uint8_t id[DIGEST_LEN]);
/* What a party has said, by number; how many. */
size_t round_of(const struct round *r, struct str party, const struct sifted **ret);
/* Among those of a kind and a sender that concern the round, or are in time, the newest; NULL: none. */
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
	const struct said *by; /* what shows that it was served; NULL: nothing */
	enum bound bound;
};
/* ret has m->members places. */
void round_stand(const struct round *r, struct standing_member *ret);
