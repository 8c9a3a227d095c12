/* SPDX-License-Identifier: Apache-2.0
 *
 * What a round is about in plain words, one file a language: for readers, and not the text. It goes with the opening as an attachment
 * with a digest of its own, named summary.LANG.md. No manifest names it and no result depends on it, so a node that knows nothing
 * of summaries has a file more and misses nothing.
 */
#pragma once

#include "agree/manifest.h"
#include "trust/body.h"
#include "trust/change.h"

#define SUMMARY_MAX 32768
#define SUMMARIES 11 /* an attachment each: a statement has 32, of which 21 may be manifest and texts */

struct summary {
	struct str lang, bytes;
	uint8_t sha256[DIGEST_LEN];
};
/* NULL, or what is wrong with it. */
const char *summary_wrong(struct str bytes);
/* Of an opening, by its body: those that are here and can be shown. ret has SUMMARIES places. */
unsigned summaries_of(struct arena *a, const char *folder, const struct item *body, struct summary *ret);
/* That in the language, else the English one, else the first; NULL: there is none. */
const struct summary *summary_for(const struct summary *s, unsigned n, struct str lang);

struct summary_draft {
	struct str instrument, lang, person, text;
	int64_t at; /* microseconds */
};
/* What is kept for the next round; of one instrument, p NULL: of all. */
unsigned summary_drafts(struct db *db, struct arena *a, struct str instrument, struct summary_draft **ret);
/* Keeps their files, and adds each to a list of attachments that has some: ,{"sha256":...}. */
int summary_drafts_put(struct change *c, struct str instrument, struct buf *out, struct err *e);
/* They belong to a round now; what was written after that time, when its opening was, goes with the next one. */
void summary_drafts_drop(struct db *db, struct str instrument, int64_t at);

int change_agree_summary(struct change *c, struct err *e);
