/* SPDX-License-Identifier: Apache-2.0
 *
 * A round out of a bundle: every byte of the file is proven from the roots that were given, or named as what fails; then the round is
 * computed from what is proven, and compared with what its members have signed and with the certificate.
 *
 * Checks go in steps, each on what the steps before have left; what fails first is the lowest entry of the first step in which
 * something fails. In a good file nothing is passed over: an entry of a kind that is not known, a line of a key that nobody knows, a
 * proof of nothing are failures, since one changed byte can make each of them.
 */
#pragma once

#include "agree/bundle.h"
#include "agree/outcome.h"
#include "cli/bundle.h"

enum agree_step {
	AGREE_FILE,    /* container, entries, digests of blobs */
	AGREE_KEYS,    /* key lists */
	AGREE_SAID,    /* signatures, commits, what a statement of its kind must have */
	AGREE_PROOFS,  /* of logs */
	AGREE_OPENING, /* manifest and texts against the opening */
	AGREE_RESULT,  /* outcomes and certificate */
};
struct agree_fault_at {
	enum agree_step step;
	uint64_t entry;        /* 0: the file as a whole */
	struct str what, todo; /* sentences without a full stop */
};

/* Where the statement of a said stands in the file. */
struct agree_from {
	const struct said *said;
	const struct bundle_statement *s;
};

struct agree_check {
	struct bundle *b;
	struct arena *a; /* of b */
	int64_t at;
	VEC(struct agree_fault_at) faults;
	VEC(struct str) notes;   /* what is worth knowing and no fault */
	struct agree_from *from; /* by id; as many as statements that are proven */
	size_t n;
	struct said *said;
	/* From here on only if the opening and its manifest are good. */
	bool round;
	struct manifest m;
	struct opening_text text[MANIFEST_TEXTS];
	struct round_input in;
	struct outcome o;
	struct str certificate; /* empty: none is in it */
};

/* b was read, rc is what reading said and e its sentence; bundle_lists was called. ret is zeroed, and lives no longer than b. */
void agree_check(struct agree_check *ret, struct bundle *b, int rc, const struct err *e, int64_t at);
void agree_check_done(struct agree_check *c);
/* What fails first; NULL: nothing. */
const struct agree_fault_at *agree_first(const struct agree_check *c);
/* The statement of that id, if it is proven. */
const struct agree_from *agree_from(const struct agree_check *c, const uint8_t id[DIGEST_LEN]);
/* Why a statement of the round has no effect on it though its kind could; NULL: it has. */
const char *agree_not_counted(const struct agree_check *c, const struct sifted *s);
