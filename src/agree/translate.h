/* SPDX-License-Identifier: Apache-2.0
 *
 * The translator's sheet: what is to be done after the authentic text has changed. All its clauses in its order, each with the words that the
 * old translation has for it. One that was made from other words has the mark {#ID:stale-BASE} and above it, on lines that begin with
 * "%%", what is to be translated now; one that the old translation lacks has the authentic words and the mark {#ID:missing}.
 *
 * The sheet is no text, so nobody can freeze it by mistake. agree/entry.h makes a translation of it, whether it is all done or not.
 */
#pragma once

#include "agree/text.h"

struct translate_counts {
	unsigned ok, stale, missing;
	unsigned gone; /* clauses of the old translation that the authentic text has no more */
};
/* Appends the sheet. old: the translation before, or NULL. */
void translate_sheet(struct buf *out, const struct agree_text *of, const struct agree_text *old,
        struct translate_counts *ret);
