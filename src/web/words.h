/* SPDX-License-Identifier: Apache-2.0
 *
 * What the pages say, in the languages that the node has: words.tbl in English, and LANGUAGE/pages.yaml of the folder lang/ for
 * each other one:
 *
 *   name: "Tiếng Việt"        # as the language calls itself
 *   review: needed            # a machine made it, and nobody has read it yet
 *   words:
 *     morning: "Buổi sáng"    # the symbol of words.tbl in lower case, with "-"
 *
 * {1}, {2} stand for values; a translation has those that the English has. What a file lacks is taken from English; an id
 * or a variable that is not known is a sentence with its place. Files of the country's own folder lang/ stand before the
 * defaults. They are read when the node starts or reads its configuration again.
 */
#pragma once

#include "see/lang.h"

enum word {
#define WORD(symbol, text) W_##symbol,
#include "web/words.tbl"
#undef WORD
	WORD_END
};

struct words {
	struct str code, name;     /* "vi", "Tiếng Việt" */
	struct str text[WORD_END]; /* never empty */
	unsigned missing;          /* taken from English */
	bool review;
	struct lang classes; /* of letters; what each class is */
};
/* All languages; the first is English. */
struct languages {
	struct arena arena;
	struct words *v;
	unsigned n;
};

/* Reads what there is. What is wrong with a language is a line in notes, and the language is left out. */
void languages_load(const struct country_paths *p, struct languages *ret, struct buf *notes);
void languages_done(struct languages *l);
/* The language of that code, else English. */
const struct words *languages_find(const struct languages *l, struct str code);
/* The first language that a browser asks for (Accept-Language, RFC 9110 12.5.4) and that is there, else English. */
const struct words *languages_wanted(const struct languages *l, struct str accept);

/* "morning" for W_MORNING. ret has 64 bytes. */
struct str word_id(enum word w, char *ret);
/* In English; lives for ever. */
struct str word_english(enum word w);
/* The word of that id, such as "severity-critical"; WORD_END: there is none. */
enum word word_find(struct str id);
/* A sentence of the program in that language, also in English, if it is one of the words that begin with REFUSED_ or SAID_, with
 * whatever values, alone or behind the thing that it is about ("K12 LA-2026-3: told"): 0 and it is appended; else -1. A value that
 * is a key is said by its word, and a whole digest by its first 12 digits. */
int words_said(const struct words *w, struct str sentence, struct buf *ret);
/* Appends the text with {1}, {2} filled in; what has no value stays as it is. */
void word_fill(struct buf *out, struct str text, const struct str *values, unsigned n);
