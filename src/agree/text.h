/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts that people agree on: one file a language, a small part of Markdown in which each clause is one line, so that a digest
 * of bytes is a digest of what was read. Nothing is repaired here: who enters a text is helped elsewhere, and a text that is
 * frozen or comes from another party is good as it stands or refused with a line.
 *
 * Pure: the same bytes give the same result everywhere. What is returned points into the bytes that were given.
 */
#pragma once

#include "agree/clause.h"
#include "base/arena.h"
#include "base/vec.h"

#define AGREE_TEXT_MAX 262144
#define AGREE_CLAUSES 500

struct agree_text {
	struct str bytes;
	uint8_t sha256[DIGEST_LEN];
	bool translation;
	struct clause *clause;
	unsigned n;
};

/* Takes a text apart. translation: its marks have a base. False: *fault says the first line and why, *ret is untouched. */
bool agree_text_parse(struct arena *a, struct str bytes, bool translation, struct agree_text *ret,
        struct agree_fault *fault);
/* The clause of that id, or NULL; and its place, n if there is none. */
const struct clause *agree_text_find(const struct agree_text *t, struct str id);
unsigned agree_text_place(const struct agree_text *t, struct str id);

/* The inverse of parsing, clause by clause: before is the source of the clause before it, p NULL for the first. After the last
 * clause comes agree_text_end. */
void agree_text_add(struct buf *out, struct str before, struct str source);
void agree_text_end(struct buf *out);

/* The numbers that readers see, "2.1(a)(ii)": one for each clause, the title's is empty. Never stored. */
struct str *agree_numbers(struct arena *a, const struct agree_text *t);

enum translation_state { TRANSLATION_OK, TRANSLATION_STALE, TRANSLATION_MISSING };
struct str translation_state_name(enum translation_state state);
/* For each clause of the authentic text what the translation has of it. False: they are not parallel - another order, kind or
 * level, or a clause too many, whose place in the translation is then *ret_bad. ret has authentic->n places. */
bool translation_states(const struct agree_text *authentic, const struct agree_text *translation,
        enum translation_state *ret, unsigned *ret_bad);
