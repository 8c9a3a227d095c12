/* SPDX-License-Identifier: Apache-2.0
 *
 * Where words end, in scripts that write blanks between them and in those that do not: by the Unicode rules (UAX #29), and for Lao,
 * Khmer, Burmese and Thai by ICU's dictionaries. The script decides, not a language that somebody has to name.
 *
 * No piece begins or ends inside what readers see as one letter. That is a grapheme cluster of UAX #29, and more than that: a
 * consonant that is stacked below another (behind U+1039 and U+17D2, as Unicode 16 has it too), the killed consonant that closes a
 * Burmese syllable, and a vowel that Lao and Thai write before its consonant stay with what they belong to.
 *
 * The data lies in libicudata, which the loader maps when the program starts. No file is opened here, so this works behind every wall of
 * proc/sandbox.h and proc/reach.h that stands before the processes of a node.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#define BREAKS_MAX (1u << 24) /* bytes of one text */

struct breaks;
/* The caller's. NULL, and a sentence: ICU has no rules here. Takes half a millisecond. */
struct breaks *breaks_open(struct err *e);
/* NULL is allowed. */
void breaks_close(struct breaks *b);

struct piece {
	uint32_t end; /* behind its last byte */
	bool word;    /* has a letter or a digit; else blanks or punctuation */
};
struct pieces {
	VEC(struct piece) all;
};
/* Appends the pieces of s, all of it: each begins where the one before it ends. Bytes that are no UTF-8 are pieces as well. What ICU takes
 * for one word of more than 96 bytes, having no dictionary for its script, is cut into letters. */
void breaks_words(struct breaks *b, struct str s, struct pieces *ret);

/* True of letters of scripts that are written without blanks between words. */
bool breaks_unspaced(uint32_t cp);
/* True of what nobody sees: joiners, marks of direction, soft hyphens, fillers. */
bool breaks_invisible(uint32_t cp);
