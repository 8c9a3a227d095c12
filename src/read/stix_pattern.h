/* SPDX-License-Identifier: Apache-2.0
 *
 * STIX patterns (STIX 2.1, section 9): whether one is well-formed, and which things it names.
 *
 * A pattern names things if it is made of alternatives each of which is one comparison by "=", IN or ISSUBSET,
 * or several of them joined by AND within one observation. Everything else (NOT, LIKE, MATCHES, order, EXISTS,
 * observations that must come together or one after the other) tells how to find something and does not name
 * it: such alternatives are passed over. Qualifiers say how often and when, not what.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

#define STIX_THINGS 4096 /* that one pattern may name */
#define STIX_TESTS 12    /* comparisons of one thing */
#define STIX_DEPTH 64    /* parentheses inside each other */

/* One comparison that holds. Slices of the pattern. */
struct stix_test {
	struct str path;  /* "network-traffic:dst_ref.value", as it stands */
	struct str value; /* between its quotes, or the number or word */
	bool text;        /* between quotes: stix_text gives what it means */
};

struct stix_thing {
	uint32_t n;
	struct stix_test tests[STIX_TESTS];
};

struct stix_things {
	struct stix_thing *v;
	size_t n, cap;
};

/* Parses the text of a pattern. 0 with its things (*ret is the caller's to free with stix_things_done, and may
 * have none); ERR_SYNTAX with a sentence that has the place; ERR_LIMIT if there are too many things. */
int stix_pattern_parse(struct str text, struct stix_things *ret, struct err *e);
void stix_things_done(struct stix_things *t);

/* What a string literal means: \' and \\ are undone. buf has s.len bytes. */
struct str stix_text(char *buf, struct str s);
/* A path in one spelling: lower case, without quotes, "[*]" and "[0]". Empty if it is longer than size. */
struct str stix_path(char *buf, size_t size, struct str path);
