/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of letters, from conf/lang/LANGUAGE/: letter.yaml (subject, text), classes.yaml (what each class is, what
 * to do, how to check), answers.yaml (words by which an answer says that it is fixed, not theirs, or a false positive), door.yaml and partner.yaml. Plain variables in braces; one that is not known is a sentence when the file is read. What a
 * language lacks is taken from English.
 */
#pragma once

#include "see/country.h"

/* What an answer to a letter may say. */
enum lang_answer { LANG_FIXED, LANG_NOT_OURS, LANG_FALSE_POSITIVE, LANG_ANSWERS };

/* What stands on the pages of the door, and the paragraph of a letter that leads there. */
enum lang_door {
	DOOR_LETTER, /* {link}, {until} */
	DOOR_TITLE,  /* {ticket} */
	DOOR_INTRO,  /* {ticket}, {team} */
	DOOR_HAVE,   /* {sent}, {until} */
	DOOR_UNTIL,  /* {until} */
	DOOR_ALL,
	DOOR_WHERE,
	DOOR_WHAT,
	DOOR_LAST,
	DOOR_SAYS,
	DOOR_OPEN,
	DOOR_CLOSED,
	DOOR_FIXED,
	DOOR_NOT_OURS,
	DOOR_QUESTION,
	DOOR_WORDS,
	DOOR_SEND,
	DOOR_MORE, /* {count} */
	DOOR_GONE,
	DOOR_OFTEN,
	DOOR_EMPTY,
	DOOR_FAILED,
	/* The letter that asks whether a contact is still right (see/right.h), and its page. */
	DOOR_RIGHT_SUBJECT, /* {owner} */
	DOOR_RIGHT_TEXT,    /* {owner}, {list}, {answer.page} */
	DOOR_RIGHT_AGAIN,   /* {sent}; before the text of the second */
	DOOR_RIGHT_LINK,    /* {link}, {until} */
	DOOR_RIGHT_INTRO,   /* {team}, {note}: the address */
	DOOR_RIGHT_YES,
	DOOR_RIGHT_HAVE, /* {sent} */
	DOOR_RIGHT_WORDS,
	DOOR_RIGHT_NO,
	LANG_DOOR
};

/* What stands in a mail to a partner without a node (see/partner.h), around the words of people. */
enum lang_partner {
	PARTNER_EXERCISE, /* {note}: its id */
	PARTNER_ASK,      /* {note}: what is asked */
	PARTNER_BY,       /* {by} */
	PARTNER_SOON,     /* {by}: nobody has named a time, this follows from the severity */
	PARTNER_ABOUT,    /* {list} */
	PARTNER_STATE,    /* {note}: how the case stands, in our word */
	PARTNER_ROUND,    /* he is an observer: what he may do, and where the texts are */
	PARTNER_ANSWER,   /* {ticket}: of the subject */
	PARTNER_ATTACHED,
	PARTNER_REAL,
	PARTNER_END, /* {team} */
	PARTNER_NOTIFICATION,
	PARTNER_INFORMATION,
	PARTNER_ASSISTANCE,
	PARTNER_MITIGATION,
	PARTNER_TAKEDOWN,
	PARTNER_PRESERVATION,
	PARTNER_PAYMENT,
	PARTNER_VULNERABILITY,
	PARTNER_CONSULTATION,
	PARTNER_WITHDRAWN,
	PARTNER_CLOSED,
	/* of a round, to an observer of it */
	PARTNER_ANSWERED, /* {list}: his comment; {note}: what became of it, in our word */
	PARTNER_NEXT,     /* what comes of it later */
	PARTNER_ANSWER_TAKEN,
	PARTNER_ANSWER_CHANGED,
	PARTNER_ANSWER_JOINED,
	PARTNER_ANSWER_NOT,
	PARTNER_ANSWER_SCOPE,
	PARTNER_ANSWER_CARRIED,
	PARTNER_ANSWER_WITHDRAWN,
	PARTNER_ROUND_WITHDRAWN,
	PARTNER_RESULT,   /* {note}: in our word */
	PARTNER_ADOPTED,  /* {by} */
	PARTNER_IN_FORCE, /* {by} */
	PARTNER_DIGITS,   /* {list}: the SHA-256 of the outcome block */
	PARTNER_CERTIFICATE,
	PARTNER_RESULT_ADOPTED,
	PARTNER_RESULT_EXCEPT,
	PARTNER_RESULT_BROKEN,
	PARTNER_RESULT_HELD,
	PARTNER_RESULT_LAPSED,
	PARTNER_RESULT_DISPUTED,
	PARTNER_RESULT_PROVISIONAL,
	LANG_PARTNER
};

enum lang_class_part { LANG_TITLE, LANG_WHAT, LANG_DO, LANG_CHECK, LANG_PARTS };

struct lang {
	struct str code;          /* "lo" */
	struct str subject, text; /* with variables */
	struct str again,
	        back; /* stand before the text of a letter that tells again, or of what was said to be fixed */
	struct str correction_subject, correction; /* of a letter that says that another one was wrong */
	struct str means[TLP_END];                 /* what a label allows, with the variable label */
	struct str classes[TYPE_END][LANG_PARTS];
	struct str door[LANG_DOOR];
	struct str partner[LANG_PARTNER];
	const struct str
	        *answers[LANG_ANSWERS]; /* words that say so, in lower case; an empty one ends the list */
	bool review;                    /* a machine made it, and nobody has read it yet */
	const struct lang *english;     /* NULL: it is English itself */
};

/* Everything lives in the arena. english NULL: this is to be English. */
int lang_read(const struct country_paths *p, const struct country *c, struct arena *a, struct str code,
        const struct lang *english, struct lang *ret, struct err *e);
/* Of a class, in English if this language has none; never NULL. */
struct str lang_class(const struct lang *l, enum event_type type, enum lang_class_part part);

/* What the words of an answer say, in this language or in English: a line with the words of one answer and of no other.
 * LANG_ANSWERS if none does, or if two lines contradict each other. */
enum lang_answer lang_answer(const struct lang *l, struct str words);

/* Of the door, in English if this language has none; never NULL. */
struct str lang_door(const struct lang *l, enum lang_door which);

/* Of mails to partners, likewise. */
struct str lang_partner(const struct lang *l, enum lang_partner which);
/* The words for "takedown-request" or "withdrawn"; the word itself where there are none. */
struct str lang_partner_word(const struct lang *l, struct str word);

/* What stands for the variables. */
struct lang_values {
	struct str team, owner, ticket, count, by, list, attachment, label;
	struct str means; /* what the label allows, filled in */
	struct str corrects, sent,
	        note;           /* of a correction: the other letter's ticket and date, the person's words */
	struct str link, until; /* of the page on which the letter is answered */
	struct str
	        answer_page; /* the paragraph about it, filled in, with an empty line behind it; empty: there is none */
	enum event_type type;
};
/* What stands before the text of a letter of that kind: empty for most. */
struct str lang_before(const struct lang *l, bool again, bool back);
/* Subject and text of a correction, in English if this language has none. */
const struct lang *lang_correction(const struct lang *l);
/* Of a label; empty for one that no letter may have. */
struct str lang_means(const struct lang *l, enum tlp label);
/* A variable of the text that is none; empty if all are. */
struct str lang_unknown(struct str text);
/* Appends text with its variables filled in. */
void lang_fill(struct buf *out, const struct lang *l, struct str text, const struct lang_values *v);
