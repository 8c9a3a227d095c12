/* SPDX-License-Identifier: Apache-2.0
 *
 * Entry of a draft: what an editor, a word processor or a paste gives is reduced to the texts of agree/text.h, each clause gets a mark, and
 * everything that was done or should be looked at is said with its line. For drafts only: nothing that was frozen goes through here.
 *
 * Bytes that are a text already come out as they are, and so does a single line with a good mark. What comes out, entered again, does not change.
 * An id is drawn at random among those that nobody had; a clause whose words stand in the text before takes its id from there.
 *
 * A translation (of != NULL) gets no new ids. Its clauses are known by their marks or, between marks, by their place, if as many of the same
 * kind stand there in the authentic text. Kind, level and numbering are the authentic text's. A mark without BASE says "made from the words
 * that stand there now" and gets theirs; a BASE that stands there is kept, whatever has become of the words.
 *
 * The translator's sheet (agree/translate.h) has marks {#ID:stale-BASE} and {#ID:missing} and lines "%% ..." for its reader. Whoever has done a
 * clause takes all from the colon on out of its mark. What was not done comes out as it was: with its old BASE, or not at all.
 *
 * Pure but for the random bytes, which the caller gives.
 */
#pragma once

#include "agree/text.h"

#define ENTRY_MAX (1u << 20)
#define ENTRY_NOTES 500 /* what is beyond is counted */

enum entry_grade { ENTRY_DONE, ENTRY_LOOK, ENTRY_MEND };
enum entry_what {
#define NOTE(symbol, grade, sentence) ENTRY_##symbol,
#include "agree/entry.tbl"
#undef NOTE
	ENTRY_END
};
struct entry_note {
	enum entry_what what;
	unsigned line;       /* of the draft, from 1; the first one of ENTRY_DONE; 0: all of it */
	unsigned count;      /* how often, of ENTRY_DONE; else 1 */
	struct str value[2]; /* {1} and {2} */
};
enum entry_grade entry_grade(enum entry_what what);
/* The sentence in English, its values in their places. */
void entry_say(struct buf *out, const struct entry_note *note);

struct entry_args {
	void (*random)(void *buf, size_t len); /* os_random */
	const struct str *used; /* good ids that were ever given in the instrument; may be empty */
	unsigned nused;
	const struct agree_text *base; /* the text before this one, or NULL; its ids are used as well */
	const struct agree_text *of;   /* of a translation the authentic text, else NULL */
	bool nfc;                      /* compose letters */
};
struct entry {
	bool good;              /* no ENTRY_MEND among the notes */
	struct str bytes;       /* the text, if it is good */
	struct agree_text text; /* the same, taken apart */
	struct entry_note *note;
	unsigned n, more; /* more: notes beyond ENTRY_NOTES */
};
void entry_make(struct arena *a, struct str draft, const struct entry_args *args, struct entry *ret);
/* What is to be looked at in a text as it stands, of which nothing is changed. */
void entry_look(struct arena *a, const struct agree_text *text, struct entry *ret);
