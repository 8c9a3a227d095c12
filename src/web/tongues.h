/* SPDX-License-Identifier: Apache-2.0
 *
 * The languages in which people outside are written to: the words of letters, and text blocks from which their mails are answered,
 * LANGUAGE/blocks.yaml of the folder lang/:
 *
 *   thanks:
 *     title: "Thank you: it is closed"   # for the staff
 *     text: |                            # with {name} (of who wrote), {owner}, {ticket}, {team}
 *       ...
 *
 * A language is there if it has a letter.yaml, whether the pages speak it or not. Blocks of the country's own folder stand
 * before the defaults, name by name.
 */
#pragma once

#include "see/lang.h"

#define TONGUE_BLOCKS 24

struct block_text {
	struct str name, title, text;
};
struct tongue {
	struct str code;
	struct lang lang;
	struct block_text blocks[TONGUE_BLOCKS];
	unsigned nblocks;
};
struct tongues {
	struct arena arena;
	struct tongue *v;
	unsigned n; /* the first is English */
};

/* What is wrong with a language is a line in notes, and the language is left out. */
void tongues_load(
        const struct country_paths *p, const struct country *c, struct tongues *ret, struct buf *notes);
/* Of a BCP 47 code, of which the first part is tried too; else English. NULL: there is none at all. */
const struct tongue *tongues_find(const struct tongues *t, struct str code);

struct block_values {
	struct str name, owner, ticket, team;
};
void block_fill(struct buf *out, struct str text, const struct block_values *v);
