/* SPDX-License-Identifier: Apache-2.0
 *
 * Two texts and what differs, as part of a page: first the list of changes, then each clause that changed with its words. What was put in
 * is underlined, what was taken out is struck through, and hidden words say where either begins and ends, since screen readers leave out what
 * ins and del mean. Colour is never alone, so the page is as good in black on paper. A clause of which most is other words has the old beside
 * the new.
 *
 * Styled by ui/diff.css.
 */
#pragma once

#include "agree/diff.h"
#include "web/html.h"
#include "web/words.h"

struct diff_view {
	const struct words *words;
	struct differ *differ;
	struct arena *arena; /* for as long as it draws */
	struct str lang;     /* of the texts (BCP 47); empty: that of the page */
	const char *
	        name; /* begins the names of places in the page, so that it may hold several of these: a word of the program */
};
/* The list of changes, with links, and below it the clauses. */
void diff_draw(struct html *h, const struct diff_view *v, const struct diff_list *list);
/* Only the list. links: each leads to its clause, which the page has. */
void diff_draw_list(struct html *h, const struct diff_view *v, const struct diff_list *list, bool links);
/* The words of one clause or of any two texts, in an element of their own. */
void diff_draw_words(struct html *h, const struct diff_view *v, struct str old, struct str new,
        const struct diff_words *d);
/* A whole page, in English, that needs no other file. list NULL: of the two sources by their words. */
void diff_document(struct buf *out, struct differ *d, struct arena *a, const struct diff_list *list,
        struct str old, struct str new);
