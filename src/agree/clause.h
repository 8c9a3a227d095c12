/* SPDX-License-Identifier: Apache-2.0
 *
 * Clauses: the lines of a text that people agree on, each with an id that it keeps for ever.
 *
 *   heading     "## Scope {#d5e3}"        paragraph   "Words. {#k7qm}"        item   "    1. words {#h9jz}"
 *
 * The id has four characters without look-alikes; the fourth is made of the three before it, so that one wrong character and
 * any two that were swapped are caught when somebody types the id from paper. A clause of a translation also says from which
 * words it was made: "{#k7qm:1fee80bf1d5ae47e}", the beginning of the digest of the clause in the authentic language.
 *
 * The source of a clause is its line without the line feed; of a paragraph with a table all from the paragraph to the last row.
 */
#pragma once

#include "base/digest.h"

#define CLAUSE_ID 4
#define CLAUSE_BASE 16    /* hexadecimal digits of a digest in the mark of a translation */
#define CLAUSE_IDS 24389u /* how many ids there are */

/* What is wrong, for people: a literal without a full stop; and the line, from 1, or 0 for the whole file. */
struct agree_fault {
	unsigned line;
	const char *why;
};

enum clause_kind { CLAUSE_HEADING, CLAUSE_PARAGRAPH, CLAUSE_ITEM };
struct clause {
	enum clause_kind kind;
	uint8_t level;              /* heading 1 to 4, item 0 to 3, paragraph 0 */
	bool ordered;               /* an item that is counted */
	unsigned line;              /* in its text, from 1 */
	struct str id;              /* CLAUSE_ID characters */
	struct str base;            /* CLAUSE_BASE digits in a translation, else empty */
	struct str words;           /* between start and mark */
	struct str table;           /* the rows without the last line feed; empty: none */
	struct str source;          /* all of it */
	uint8_t sha256[DIGEST_LEN]; /* of source; set by clause_digest */
};

/* "heading", "paragraph", "item" */
struct str clause_kind_name(enum clause_kind kind);

/* Four characters of the alphabet, and the fourth fits. No capitals: a form lowers them first. */
bool clause_id_ok(struct str id);
/* The n-th id, n below CLAUSE_IDS. */
void clause_id_make(unsigned n, char ret[CLAUSE_ID]);
/* The other way; id is good. */
unsigned clause_id_number(struct str id);

/* No control character, no invisible one that changes the order of letters, no second way to end a line. The text is
 * well-formed UTF-8. ZERO WIDTH SPACE and JOINER are allowed, scripts without blanks need them. */
bool agree_chars_ok(struct str s);
/* The same, and no HTML and no image, of a line of a text. NULL, or what is wrong. */
const char *clause_chars(struct str line);
/* A row of a table: '|', something, '|'. */
bool clause_row_ok(struct str line);
/* Reads a line that carries a mark: well-formed UTF-8 without a line feed. Sets all but line, table and sha256 of *ret, which
 * points into it. NULL, or what is wrong. */
const char *clause_read_line(struct str line, bool translation, struct clause *ret);
/* Reads the whole source of one clause, as an amendment has it, bytes of any kind. NULL, or what is wrong. */
const char *clause_read(struct str source, bool translation, struct clause *ret);
void clause_digest(struct clause *c);
