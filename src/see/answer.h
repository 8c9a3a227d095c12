/* SPDX-License-Identifier: Apache-2.0
 *
 * The page on which a constituent answers a letter. Its address stands in the letter and is all that opens it:
 *
 *   https://cert.example:8443/answer/XA-12-K7QD/1767225600/0123456789abcdef0123456789abcdef
 *                                    ticket     until      keyed hash over both, with a secret of the node
 *
 * The door knows no secret: it finds the page on the shelf by the digest of that text, and hands an answer on with the text. All
 * of it is checked here again: the hash, the time, that the letter was not taken back, whose findings are named, and how many
 * answers came lately.
 *
 * A letter that asks whether its contact is still right (see/right.h) has a page of one button, "right=yes", and words with "right=no".
 * A bare yes counts at once, and nobody has to read it.
 *
 * All else that is answered becomes a mail to the team (RFC 5322) and is accepted as a delivery like any other, so that it is kept, read
 * by a reader and confirmed by a person exactly as a mail is; what it says of each finding stands in answer_row beside it.
 */
#pragma once

#include "see/node.h"

#define ANSWER_TEXT 128   /* bytes of what stands behind /answer/ */
#define ANSWER_WORDS 2000 /* of a question, or whatever else is said */
#define ANSWER_HOUR 20    /* answers to one letter in an hour */
#define ANSWER_SHELF "answer"

/* Outside of a transaction: letters whose link stands in their text get its row; those that have one keep it. Nothing if letters
 * have no links. */
int answer_open(struct node *n, const uint64_t *notices, size_t count, struct err *e);
/* The address of a letter's page; empty if it has none. ret has ANSWER_ADDRESS bytes. *ret_until: how long it holds. */
#define ANSWER_ADDRESS (ANSWER_TEXT + COUNTRY_DOOR_URL + 128)
struct str answer_address(struct node *n, uint64_t notice, struct str ticket, char *ret, int64_t *ret_until);
/* What the shelf finds it by. */
void answer_mark(struct str text, uint8_t ret[32]);
/* The letter was taken back, or was wrong: its page goes. In the transaction that is open. */
void answer_revoke(struct node *n, uint64_t notice);
/* Something about it is to be shown: it is drawn anew. In the transaction that is open. */
void answer_changed(struct node *n, uint64_t notice);

struct answer_in {
	struct str text; /* of the link */
	struct str
	        params; /* lines: "all=fixed", "12=not-ours", "words=..." (a line feed is a vertical tab) */
	uint8_t token[16]; /* of this answer: what comes twice is taken once */
};
/* 0, and *ret_notice; ERR_MISSING: the link is none, or none any more; ERR_USAGE: it says nothing, or what it cannot;
 * ERR_DENIED: too many in an hour; else the disk. */
int answer_take(struct node *n, const struct answer_in *in, uint64_t *ret_notice, struct err *e);

/* The answer of that receipt as one word for a message's proposal: what it says of all that it names; empty if it says different
 * things, or asks. False: the receipt is no such answer. */
bool answer_proposal(struct node *n, uint64_t receipt, char ret[16]);
