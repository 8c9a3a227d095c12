/* SPDX-License-Identifier: Apache-2.0
 *
 * The certificate of a round for people: two printed pages where there are few members, with the text code and the number of the page
 * on each. It shows what was agreed on (digests), by whom (members, how each was served, where it stands), by which rule and when,
 * what was said, what came out, and how anybody can find out for himself.
 *
 * The certificate that counts is the text of outcome_certificate; this is drawn from the same things and shows its block.
 */
#pragma once

#include "agree/opening.h"
#include "agree/outcome.h"
#include "web/page.h"

/* How a party calls itself (its key list); one that is not named is shown by its id alone. */
struct certificate_name {
	struct str party, name;
};

struct certificate {
	/* Made with the key lists, proofs and witnesses that are at hand: they are what the columns about logs show. Shown at now. */
	const struct outcome *o;
	const struct opening_text *text; /* as many as the manifest has; NULL: their files are not here */
	const struct certificate_name *name;
	unsigned names;
	unsigned tlp; /* of the opening */
	int64_t now;  /* seconds */
};

/* Draws what stands in main: an article, its h1 first. p: words, and the arena of ask, are used. */
void certificate_draw(const struct page_ask *p, struct html *h, const struct certificate *c);
