/* SPDX-License-Identifier: Apache-2.0
 *
 * The next round of an instrument as people plan it: a manifest made of what they say, with the values that are usual where they
 * say nothing. What comes out is printed whole, for a manifest has no defaults: what is signed is what was read.
 */
#pragma once

#include "agree/load.h"
#include "trust/change.h"

struct plan {
	struct buf manifest;
	struct agree_text
	        text[MANIFEST_TEXTS]; /* in the order of the manifest; their bytes are in the arena */
	struct manifest m;
	uint64_t before; /* agree_round of the round before; 0: this is the first */
};
/* Reads the parameters of the change "agree-propose" and the drafts of the instrument. 0, or a code and a sentence with the line of
 * the manifest, the text and its line, or what nothing explains. now: microseconds. */
int plan_make(struct arena *a, const struct change *c, int64_t now, struct plan *ret, struct err *e);
/* Why the text may not be frozen as the one after that round: comments and amendments without an answer, changes that nothing
 * explains. 0, or ERR_VALUE with all of them. */
int plan_freeze(struct arena *a, struct db *db, const char *folder, uint64_t before,
        const struct agree_text *text, struct err *e);
/* Both of a manifest that was written some time ago: the round before and the text are those that it names. */
int plan_frozen(struct arena *a, struct db *db, const char *folder, const struct manifest *m, int64_t now,
        struct err *e);
/* The clauses of a translation that were made from other words, and those that it lacks: ids with blanks between. Nothing is refused over
 * them, and nobody signs them unseen. */
struct plan_stale {
	struct str stale, missing;
};
struct plan_stale plan_stale(
        struct arena *a, const struct agree_text *authentic, const struct agree_text *translation);
/* Sets the sentence that a manifest is none, with the line itself. */
int plan_fault(struct str manifest, const struct agree_fault *fault, struct err *e);
/* ERR_DENIED while that round goes on: what is said in it until it closes is in time by the formats, and would be owed to nobody once the next
 * text is frozen. A withdrawn or disputed one comes to nothing and stops nobody. now: seconds. */
int plan_follows(
        struct arena *a, struct db *db, const char *folder, uint64_t before, int64_t now, struct err *e);
/* What a form offers for a line, such as "72h" for min-notice; NULL: nothing. */
const char *plan_usual(struct str line);
