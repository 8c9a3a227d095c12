/* SPDX-License-Identifier: Apache-2.0
 *
 * The text of a mail to a partner without a node: what people said stands in it as they said it, and around it, in his language, what
 * is asked, by when, and how he answers (conf/lang/LANGUAGE/partner.yaml). Who he is and what the statement says is known by link/;
 * here are plain texts.
 */
#pragma once

#include "see/lang.h"

/* What became of a comment of his. */
struct partner_letter_answer {
	struct str comment, word, text; /* word: "not-taken"; text: why, or empty */
};
struct partner_letter {
	enum tlp label;
	struct str tag; /* "la-845b3c06a1" */
	struct str title;
	struct str exercise; /* empty: it is real */
	struct str ask;      /* "takedown-request"; empty: nothing is */
	struct str state;    /* "closed"; empty: it does not say how the case stands */
	struct str reason;
	struct str text, list, team;
	int64_t by;   /* microseconds; 0: no time */
	bool by_hand; /* a person has named that time */
	bool round;   /* it opens a round, of which he is an observer */
	const struct partner_letter_answer *answer;
	unsigned answers;
	bool withdrawn;            /* the round is; reason says why, and is the text */
	struct str result, sha256; /* "adopted"; empty: it is no result. sha256: of its outcome block */
	int64_t adopted, in_force; /* microseconds; 0: never */
	bool certificate;          /* it is attached */
	bool sealed;               /* the subject is read by others, and the text is not */
};
/* subject: "[weir la-845b3c06a1] title", of a drill behind the word three times; of an encrypted one without its title, which stands
 * in the text then. text: its first line is the label. */
void partner_letter_write(
        const struct partner_letter *l, const struct lang *lang, struct buf *subject, struct buf *text);
