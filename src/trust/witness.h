/* SPDX-License-Identifier: Apache-2.0
 *
 * Witnesses (C2SP tlog-witness, tlog-cosignature), as a pure machine. The log asks "add-checkpoint" with the size that the
 * witness signed last and a proof from there; the witness says a status of HTTP. On 200 it saves the new size and root
 * first, in one transaction with the comparison, and only then makes its line and answers.
 *
 *   log                                       witness
 *   witness_ask          ->                   witness_request_read, witness_judge; save; the line (note.h)
 *   witness_lines_take   <-  lines            or a status: 400 403 404 409 (with the size it holds) 422
 */
#pragma once

#include "trust/checkpoint.h"

struct witness_request {
	uint64_t old;
	struct tree_proof proof;
	struct note note;
	struct checkpoint checkpoint;
};

/* What the witness knows of a log. */
struct witness_log {
	const struct note_key *keys; /* of the log, type 0x01; while keys overlap there are two */
	unsigned n;
	uint64_t size; /* signed last; 0: never */
	uint8_t root[TREE_HASH];
};

/* The body of a request. 0, or ERR_SYNTAX: the answer is 400. */
int witness_request_read(struct str body, struct witness_request *ret, struct err *e);
/* The status. log NULL: the origin is not known. answer gets the body for 409; e a sentence for all but 200. */
int witness_judge(
        const struct witness_request *r, const struct witness_log *log, struct buf *answer, struct err *e);

/* The body of a request: checkpoint is the whole note. */
void witness_ask(struct buf *out, uint64_t old, const struct tree_proof *proof, struct str checkpoint);
/* Lines that came for a checkpoint of ours: those that verify with one of the keys are appended to out, others are left
 * out. How many; ERR_SYNTAX: they are no lines of signatures. */
int witness_lines_take(struct str text, struct str lines, const struct note_key *keys, unsigned n,
        struct buf *out, struct err *e);
