/* SPDX-License-Identifier: Apache-2.0
 *
 * Bundles: a container with key lists, statements, their tlog-proofs and blobs, for somebody who was not there. What is
 * believed is what he brings: root keys or voice numbers of the sender and of the witnesses, on paper. Everything else is
 * proven from those, or named as the first thing that fails.
 */
#pragma once

#include "base/arena.h"
#include "form/container.h"
#include "trust/keylist.h"
#include "trust/proof.h"
#include "trust/statement.h"

#define BUNDLE_MAX ((size_t)1 << 30)
#define BUNDLE_QUORUM 2 /* witnesses, unless another number is asked for */

/* A party that the verifier knows. */
struct bundle_root {
	struct str party;
	bool has_key;
	uint8_t key[32];  /* from a vkey, or taken from a list that the voice number fits */
	struct str voice; /* as typed; empty: a key was given */
};

struct bundle_list {
	struct keylist list;
	bool good;
	struct str why; /* it is not */
};

struct bundle_statement {
	struct statement s;
	struct head head;
};

struct bundle_blob {
	uint8_t sha256[32];
	uint64_t total, here; /* bytes of it that came, in order from the start */
	struct digest *digest;
	bool good;
};

struct bundle {
	struct arena a; /* copies of what the container had */
	VEC(struct bundle_root) roots;
	VEC(struct bundle_list) lists;
	VEC(struct bundle_statement) statements;
	VEC(struct proof) proofs;
	VEC(struct bundle_blob) blobs;
	unsigned quorum;
	uint64_t unknown; /* entries of later versions */
	unsigned broken;  /* entries that are not what their type says */
	struct str first_broken;
};

void bundle_init(struct bundle *b);
void bundle_done(struct bundle *b);
/* A root as "PARTY=VKEY", or a voice number as "PARTY=DIGITS". The text must live as long as the bundle. */
int bundle_root(struct bundle *b, struct str text, bool voice, struct err *e);
/* Reads a file. 0, or negative with a sentence; entries before a cut are kept, and the cut is the sentence. */
int bundle_read(struct bundle *b, const char *path, struct err *e);
/* Finds out which lists count; after all was read. */
void bundle_lists(struct bundle *b);

/* What is proven of a statement. */
struct bundle_verdict {
	bool said;        /* by its sender: signature and key list */
	bool logged;      /* in the sender's log, seen by a quorum */
	bool no_proof;    /* no tlog-proof is of this statement */
	uint64_t time;    /* no later than; of logged */
	unsigned signers; /* witnesses that have signed */
	uint64_t list;    /* number of the key list that has the key */
	int64_t revoked;  /* the key was revoked then, after it was logged; 0: it was not */
	const struct proof *proof;
	enum { BUNDLE_ERASED, BUNDLE_MATCHES, BUNDLE_DIFFERS } content;
};
/* True: all of it holds. Else e says what fails first and why. */
bool bundle_judge(
        struct bundle *b, const struct bundle_statement *s, struct bundle_verdict *ret, struct err *e);
