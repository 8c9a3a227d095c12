/* SPDX-License-Identifier: Apache-2.0
 *
 * Bundles: a container with key lists, statements, their tlog-proofs and blobs, for somebody who was not there. What is
 * believed is what he brings: root keys or voice numbers of the sender and of the witnesses, on paper. Everything else is
 * proven from those, or named as the first thing that fails, by the number of its entry, from 1 on.
 */
#pragma once

#include "base/arena.h"
#include "cli/cli.h"
#include "form/container.h"
#include "trust/keylist.h"
#include "trust/proof.h"
#include "trust/statement.h"

#define BUNDLE_MAX ((size_t)1 << 30)
#define BUNDLE_QUORUM 2    /* witnesses, unless another number is asked for */
#define BUNDLE_KEPT 262144 /* bytes of a blob that are kept: texts and manifests are no longer */

/* A party that the verifier knows. Of one party there may be several: it has had another root before. */
struct bundle_root {
	struct str party;
	bool has_key;
	uint8_t key[32];  /* from a vkey, or taken from a list that the voice number fits */
	struct str voice; /* as typed; empty: a key was given */
};

struct bundle_list {
	struct keylist list;
	struct str note;
	uint64_t entry;
	bool good, known; /* known: a root of its party was given */
	struct str why;   /* it is not good */
	struct str stray; /* name on a line of the note whose key nobody knows; empty: there is none */
};

struct bundle_statement {
	struct statement s;
	struct head head;
	uint64_t entry;
};

/* What a checkpoint proves, found once for all proofs that have it. */
struct bundle_checkpoint {
	struct str origin;
	uint64_t size;
	bool judged, good;
	struct str why, stray; /* as in a list */
	struct proof_witnesses witnesses;
};
struct bundle_proof {
	uint64_t entry;
	uint8_t id[DIGEST_LEN]; /* of the statement that it says it is of */
	uint64_t index;
	bool path; /* it leads from that statement to the root of the checkpoint */
	struct str bytes;
	uint8_t digest[DIGEST_LEN]; /* of its checkpoint */
	size_t checkpoint;          /* in checkpoints */
};

struct bundle_blob {
	uint8_t sha256[32];
	uint64_t entry;       /* of its first part */
	uint64_t total, here; /* bytes of it that came, in order from the start */
	struct digest *digest;
	struct buf bytes; /* all of them, if they are at most BUNDLE_KEPT */
	bool good;
};

struct bundle {
	struct arena a; /* copies of what the container had */
	VEC(struct bundle_root) roots;
	VEC(struct bundle_list) lists;
	VEC(struct bundle_statement) statements;
	VEC(struct bundle_proof) proofs;           /* by statement, once all was read */
	VEC(struct bundle_checkpoint) checkpoints; /* those of proofs */
	VEC(struct bundle_blob) blobs;
	struct bundle_keys *keys; /* of all lists that count */
	unsigned quorum;
	uint64_t size; /* bytes of the file */
	uint8_t sha256[DIGEST_LEN];
	uint64_t entries;
	uint64_t unknown;       /* entries of later versions, or too large for what they are */
	uint64_t first_unknown; /* its number */
	unsigned broken;        /* entries that are not what their type says */
	uint64_t broken_entry;  /* the first of them */
	struct str first_broken;
};

void bundle_init(struct bundle *b);
void bundle_done(struct bundle *b);
/* A root as "PARTY=VKEY", or a voice number as "PARTY=DIGITS". The text must live as long as the bundle. */
int bundle_root(struct bundle *b, struct str text, bool voice, struct err *e);
/* Those of the command line: --root and --voice. ERR_USAGE if there is none. */
int bundle_roots(struct bundle *b, const struct cli *c, struct err *e);
/* Says of which parties that were given the file has nothing: a mistyped name would be passed over. */
void bundle_unused(const struct bundle *b);
/* The two options. */
#define BUNDLE_ROOTS                                                                                         \
	{"root", 'r', "PARTY=VKEY", "root key of a party, as 'weir key root' printed it; may be repeated"},  \
	{                                                                                                    \
		"voice", 0, "PARTY=DIGITS",                                                                  \
		        "voice number of a party, six groups of five digits; may be repeated"                \
	}
/* Reads a file. 0, or negative with a sentence; entries before a cut are kept, and the cut is the sentence. */
int bundle_read(struct bundle *b, const char *path, struct err *e);
/* The same from memory. */
int bundle_read_bytes(struct bundle *b, struct str bytes, struct err *e);
/* Finds out which lists count, and which proof is of what; after all was read. */
void bundle_lists(struct bundle *b);

/* What is proven of a statement. */
struct bundle_verdict {
	bool said;               /* by its sender: signature and key list */
	bool logged;             /* in the sender's log, seen by a quorum */
	bool no_proof;           /* no tlog-proof is of this statement */
	uint64_t time;           /* no later than; of logged */
	unsigned signers;        /* witnesses that have signed */
	uint64_t list;           /* number of the key list that has the key */
	int64_t revoked;         /* the key was revoked then, after it was logged; 0: it was not */
	uint64_t index, entries; /* its place in the log, and how long that is; of logged */
	enum { BUNDLE_ERASED, BUNDLE_MATCHES, BUNDLE_DIFFERS } content;
};
/* True: all of it holds. Else e says what fails first and why. */
bool bundle_judge(
        struct bundle *b, const struct bundle_statement *s, struct bundle_verdict *ret, struct err *e);

/* ---- in pieces ----------------------------------------------------------------------------------- */

/* Its sender has signed it with a key of those dates, and the content is its own. Whether the key was revoked is another question. */
bool bundle_said(
        const struct bundle *b, const struct bundle_statement *s, struct bundle_verdict *v, struct err *e);
/* Since when a key is revoked, in any list of the party; false: it is not. */
bool bundle_revoked(const struct bundle *b, struct str party, const uint8_t id[KEY_ID], int64_t *ret);
/* A proof of that statement; NULL: there is none. Those of one statement stand one behind the other. */
const struct bundle_proof *bundle_proof(const struct bundle *b, const uint8_t id[DIGEST_LEN]);
/* The statement stands in its sender's log, and the log has signed its checkpoint; *ret says who has seen that. */
bool bundle_proven(struct bundle *b, const struct bundle_proof *p, const struct bundle_statement *s,
        const struct bundle_checkpoint **ret, struct err *e);
