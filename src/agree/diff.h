/* SPDX-License-Identifier: Apache-2.0
 *
 * What differs between two texts, for people to look at: first a list of clauses, known by their ids and digests, then the words inside
 * one that changed. A view: it is computed when somebody looks, and is never kept, sent or signed.
 *
 * The words are a list of runs over both sources. What they say together is all there is: "same" and "old" after each other give the
 * old bytes, "same" and "new" the new ones. They begin and end between words and never inside a letter (text/breaks.h).
 *
 * The longest common row of words is looked for by the divide and conquer of Myers, in linear memory, after what the other side has
 * nowhere is set aside. A search that has gone DIFF_PATIENCE edits from both ends without meeting takes the way that came furthest: the
 * runs still give back both texts, they only may not be the fewest. So the work is bounded by bytes times patience.
 *
 * Pure but for its memory of pairs of clauses, which changes no result.
 */
#pragma once

#include "agree/text.h"
#include "base/err.h"

#define DIFF_MAX (1u << 20) /* bytes of one side */
#define DIFF_PATIENCE 128
#define DIFF_HEAVY 60         /* per cent of the words that differ; above it the whole of both is shown */
#define DIFF_CACHE 512        /* pairs of clauses that are remembered */
#define DIFF_CACHE_RUNS 65536 /* runs in all of them */

enum diff_kind { DIFF_SAME, DIFF_OLD, DIFF_NEW };
struct diff_run {
	enum diff_kind kind;
	uint32_t old_at, new_at; /* where it begins, or would, in each source */
	uint32_t len;            /* bytes, never 0 */
};
struct diff_words {
	const struct diff_run *run;
	unsigned n;
	bool heavy; /* too much differs to be read between each other: one run of all the old, one of all the new */
};

/* Break iterators and the memory of pairs. One thread; a process makes one and keeps it. */
struct differ;
/* NULL and a sentence if ICU is not as it should be. */
struct differ *differ_new(struct err *e);
void differ_free(struct differ *d);

/* Any two texts of at most DIFF_MAX bytes each. The runs live in the arena. */
void diff_words(struct differ *d, struct arena *a, struct str old, struct str new, struct diff_words *ret);
/* The sources of two clauses; looked up by their digests first. When DIFF_CACHE pairs or DIFF_CACHE_RUNS runs are remembered, the pair
 * that was wanted longest ago goes. */
void diff_clauses(struct differ *d, struct arena *a, const struct clause *old, const struct clause *new,
        struct diff_words *ret);
/* How often a pair was remembered, for tests and figures. */
uint64_t differ_hits(const struct differ *d);

/* ---- clauses ------------------------------------------------------------------------------------- */

enum clause_change { CLAUSE_SAME, CLAUSE_CHANGED, CLAUSE_NEW, CLAUSE_GONE, CLAUSE_CHANGES };
struct diff_row {
	enum clause_change change;
	bool moved; /* stands in both, elsewhere than the order of the others lets expect */
	bool mark;  /* CLAUSE_CHANGED: only the digest in the mark of a translation */
	const struct clause *old, *new; /* NULL: CLAUSE_NEW has no old, CLAUSE_GONE no new */
	struct str old_number, new_number;
};
/* In the order of the new text; what is gone stands behind what it stood behind. */
struct diff_list {
	struct diff_row *row;
	unsigned n;
	unsigned count[CLAUSE_CHANGES], moved;
};
void diff_texts(
        struct arena *a, const struct agree_text *old, const struct agree_text *new, struct diff_list *ret);
/* "unchanged", "changed", "new", "gone" */
struct str clause_change_name(enum clause_change change);

/* ---- print --------------------------------------------------------------------------------------- */

/* As wdiff writes it, for mail and terminal: words [-old-]{+new+} words. Of a heavy one the old stands alone on its lines, and
 * the new below it. Control characters but line feeds are shown, as err_quote shows them. */
void diff_print(struct buf *out, struct str old, struct str new, const struct diff_words *d);
