/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole round of parties that do not exist, signed with keys that are made of their numbers: what a node would hand to
 * agree_bundle_write. Members p00.example …; the first is chair, the second its deputy. All are served, one disassociates itself
 * from a clause, the others keep silent or support; everything that is said is receipted by all others; the outcomes are signed
 * after grace.
 */
#pragma once

#include "agree/bundle.h"
#include "agree/outcome.h"
#include "trust/proof.h"

struct instrument_plan {
	unsigned members;  /* 2 or more */
	unsigned comments; /* of each member */
	unsigned batch;    /* entries of a receipt at most; 0: 16 */
	bool proofs;       /* of each statement, out of one checkpoint of each log, seen by two witnesses */
	bool later;        /* a statement on the adopted text */
	bool object;       /* the last member breaks the silence instead */
	bool differ;       /* the last member's outcome is another */
	bool unserved;     /* the last member was not served and did not speak */
	bool no_outcome;
	const char *title; /* NULL: a short one */
};

struct instrument {
	struct arena a;
	struct instrument_plan plan;
	struct manifest m;
	struct str manifest, certificate;
	struct str party[MANIFEST_MEMBERS], root[MANIFEST_MEMBERS]; /* root: as --root takes it, PARTY=VKEY */
	VEC(struct str) lists;
	VEC(struct str) statements;
	VEC(struct str) proofs;
	VEC(struct opening_file) files;
	VEC(struct said) said; /* of statements */
	int64_t end;           /* after the outcomes */
	uint64_t seq[MANIFEST_MEMBERS];
	uint8_t prev[MANIFEST_MEMBERS][DIGEST_LEN];
};

/* t is zeroed. */
void instrument_make(struct instrument *t, const struct instrument_plan *plan);
void instrument_done(struct instrument *t);
/* The container. */
void instrument_bundle(const struct instrument *t, struct buf *out);
/* What it comes to. in and ret live as long as t. */
void instrument_outcome(struct instrument *t, int64_t now, struct round_input *in, struct outcome *ret);
/* One statement more, of member who. json: the body without by and braces. Returns its place among statements. */
size_t instrument_say(struct instrument *t, unsigned who, enum kind kind, int64_t created,
        const uint8_t *reply, struct str json);
