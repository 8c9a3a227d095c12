/* SPDX-License-Identifier: Apache-2.0
 *
 * A round out of the rows and files of a node: what outcome_make needs, gathered. Reads only, so that pages and the core use it
 * alike, within a transaction or outside.
 */
#pragma once

#include "agree/opening.h"
#include "agree/outcome.h"
#include "trust/stored.h"

struct round_loaded {
	uint64_t id; /* of agree_round */
	struct stored open;
	struct item open_body;
	struct manifest manifest; /* all zeros but sha256 where its bytes are not here or are none */
	const char *why;          /* the manifest cannot be used: why; NULL: it can */
	struct str bad;           /* the files are none of a round; empty: they are, or are not all here */
	struct round_input in;
	const struct stored *stored; /* beside in.said, in the same order */
};

/* The round of that number of agree_round. ERR_MISSING: there is none. Without a manifest 0 and ret->why. a has no limit. */
int round_load(struct arena *a, struct db *db, const char *folder, uint64_t id, struct round_loaded *ret,
        struct err *e);
/* The same without its statements: the opening, the manifest, and in ret->in nothing but that. For pages that need the texts. */
int round_load_opening(struct arena *a, struct db *db, const char *folder, uint64_t id,
        struct round_loaded *ret, struct err *e);
/* The bytes of a file that came with a statement of the round (round_load). ERR_MISSING: with none, or it has not come yet. */
int round_bytes(struct db *db, const char *folder, const struct round_loaded *r,
        const uint8_t sha256[DIGEST_LEN], size_t most, struct buf *ret, struct err *e);
/* The round that people mean: "gate-times" (the newest), "gate-times/2", the beginning of the id of its opening or of its
 * round_sha256 (8 digits at least). 0: ERR_MISSING or ERR_VALUE (several) with a sentence. */
uint64_t round_meant(struct db *db, struct str words, struct err *e);
/* How the round is named to be found again: "gate-times/2", or the id of its opening where another round has that name too, which is a
 * dispute. Takes the row of agree_round r. */
#define ROUND_REF                                                                                            \
	"case when exists (select 1 from agree_round t where t.instrument = r.instrument and t.number = "    \
	"r.number and t.id <> r.id) then lower(hex(r.open)) else r.instrument || '/' || r.number end"
/* That which its manifest names as the one before; 0: it is the first, or that is not here. */
uint64_t round_before(struct db *db, const struct manifest *m);
/* A text of the round; ERR_MISSING, ERR_VALUE with a sentence. lang p NULL: the authentic one. */
int round_text(struct arena *a, const char *folder, const struct manifest *m, struct str lang,
        struct agree_text *ret, struct err *e);
/* The statement beside said. */
const struct stored *round_stored(const struct round_loaded *r, const struct said *s);
