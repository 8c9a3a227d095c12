/* SPDX-License-Identifier: Apache-2.0
 *
 * Proofs that one can carry away (C2SP tlog-proof): index, path and checkpoint of an entry, with the cosignatures of
 * witnesses. Verified with keys alone, on a machine that knows nothing else.
 */
#pragma once

#include "trust/checkpoint.h"

#define PROOF_MAX 65536
#define PROOF_EXTRA 1024 /* bytes */

struct proof {
	uint8_t extra[PROOF_EXTRA]; /* not proven by anything: to be compared with what is proven */
	unsigned extra_len;
	uint64_t index;
	struct tree_proof path;
	struct note note;
	struct checkpoint checkpoint;
};

/* Nothing verified. 0, or ERR_SYNTAX, ERR_LIMIT. It points into bytes. */
int proof_read(struct str bytes, struct proof *ret, struct err *e);
/* extra may be empty; checkpoint is the whole note. */
void proof_write(struct buf *out, struct str extra, uint64_t index, const struct tree_proof *path,
        struct str checkpoint);

struct proof_dates {
	uint64_t from, until; /* seconds since 1970 */
};
/* Who is believed. Witnesses count by name: two keys of one are one. */
struct proof_trust {
	const struct note_key *log; /* type 0x01, their name is the origin */
	unsigned logs;
	const struct note_key *witness; /* type 0x04 */
	unsigned witnesses;
	const struct proof_dates
	        *dates;  /* of each witness key: its cosignature counts within them only; NULL: any time */
	unsigned quorum; /* how many witnesses must have signed */
};
/* True: the entry stands in that log, and a quorum of witnesses saw it no later than *ret_time (of their cosignatures the
 * quorum-th earliest; with quorum 0 it is 0). *ret_signed: how many have signed. Else e says which part failed. */
bool proof_good(const struct proof *p, struct str entry, const struct proof_trust *trust, uint64_t *ret_time,
        unsigned *ret_signed, struct err *e);

/* The same in pieces, for many proofs of one checkpoint. */
struct proof_seen {
	struct str witness; /* name of its key */
	uint64_t time;
};
struct proof_witnesses {
	struct proof_seen seen[NOTE_SIGNATURES]; /* each witness once, as of its earliest cosignature */
	unsigned n;
};
/* True: the path leads from the entry to the root of the checkpoint. */
bool proof_path_good(const struct proof *p, struct str entry, struct err *e);
/* True: the log signed the checkpoint, and no line of a key that is known is wrong; *ret are the witnesses. */
bool proof_seen_by(
        const struct proof *p, const struct proof_trust *trust, struct proof_witnesses *ret, struct err *e);
/* True: a quorum of them saw it, and when the quorum-th of them did. */
bool proof_quorum(const struct proof_witnesses *w, struct str origin, unsigned quorum, uint64_t *ret_time,
        struct err *e);
