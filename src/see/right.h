/* SPDX-License-Identifier: Apache-2.0
 *
 * "Is this still right?": an owner's contact that nobody has confirmed for 90 days gets a letter that asks so, and 30 days later
 * once more. Then it stands as unconfirmed, and a person is needed. It is confirmed by a press on the letter's page
 * (see/answer.h), by an answer to any other letter, or by a person here; what is answered in words waits for a person, and
 * nobody is asked meanwhile.
 *
 * It is a letter as all are (see/notice.h): cleared at the exit, held where letters are held, never to an address whose letters
 * came back or that is to be quiet. None is opened unless weir.yaml has "contacts: ask", nor in the sample's country, nor where
 * letters are not sent (mode: shadow) or have no page.
 */
#pragma once

#include "see/node.h"

#define RIGHT_DAY ((int64_t)86400 * 1000000)
#define RIGHT_AFTER (90 * RIGHT_DAY)
#define RIGHT_AGAIN (30 * RIGHT_DAY)
#define RIGHT_TIMES 2

/* How it stands with a contact; times in microseconds, 0: never. */
struct right_state {
	int64_t confirmed, asked;
	int64_t opened;  /* the newest letter that asks, whatever became of it */
	uint64_t times;  /* it was asked since it was confirmed */
	bool waits;      /* what was answered waits for a person */
	bool unwritable; /* gone, broken or to be quiet */
	bool under_way;  /* a letter that asks has not gone yet */
};
/* From when on a letter is due; INT64_MAX: none is, as things stand. */
int64_t right_when(const struct right_state *s);

/* Contacts that the register has got since count as right from now on. In the transaction that is open. */
void right_known(struct db *db, int64_t now);
/* Opens the letters of one day: at most contacts.per_day of them, for nine o'clock of the contact's next working day; none while
 * some of an earlier day have not gone. A transaction of its own. dry_run: no letter goes, so none is opened. *ret: how many.
 * Negative: the disk. */
int right_open(struct node *n, bool dry_run, unsigned *ret, struct err *e);

/* All in the transaction that is open. The mail server has taken that letter. */
void right_asked(struct node *n, uint64_t notice);
/* The contact of that letter has answered it, so that somebody reads there. */
void right_confirm(struct node *n, uint64_t notice);
/* To a letter that asks something else than yes was said: a person decides. */
void right_waits(struct node *n, uint64_t notice);
/* A person's mail has answered that letter. from: its sender; counts if it is the contact's address. */
void right_heard(struct node *n, uint64_t notice, struct str from);
/* True if the contact was confirmed by that very letter. */
bool right_is_confirmed(struct node *n, uint64_t notice);
