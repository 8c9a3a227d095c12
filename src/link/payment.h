/* SPDX-License-Identifier: Apache-2.0
 *
 * LINK: payment-recall-alert. A bank's payment was fraudulent, and the CERT of the bank that gets it is told at once, so that it
 * can telephone that bank; nothing here ever speaks to a bank's network. The facts stand in case_payment. Of the account only the
 * last four characters are shown and leave, unless a person has ticked that the other side needs all of it; it is forgotten when
 * the case has ended. It is to be taken on within 15 minutes, at any severity; else the contacts of the other party's card are
 * named one after the other, 15 minutes apart, as alerts to our roster.
 */
#pragma once

#include "base/arena.h"
#include "state/db.h"

struct item; /* of a body: trust/body.h */

#define PAYMENT_ASK STR("payment-recall-alert")
#define PAYMENT_ACK_S 900

struct payment {
	struct str uetr, ref, amount, currency, value_date, ordering_bic, beneficiary_bic, account;
	bool whole; /* all of the account leaves */
};
/* 0, or ERR_USAGE with what is wrong: BICs are those of ISO 9362, the UETR a UUID of version 4. Capitals are put where they belong,
 * into room. */
#define PAYMENT_ROOM 128
int payment_check(struct payment *p, char room[PAYMENT_ROOM], struct err *e);
void payment_put(struct db *db, uint64_t id, const struct payment *p);
/* False: the case has none. Texts in the arena. */
bool payment_find(struct db *db, uint64_t id, struct arena *a, struct payment *ret);
/* "****4711" */
struct str payment_masked(struct str account, struct arena *a);
/* The member of the body of case.open, as it leaves: ,"payment":{...}. Nothing if the case has none. */
void payment_add(struct db *db, uint64_t id, struct buf *body);
/* One that came. What is no good BIC or UETR is kept as it was given. */
void payment_hear(struct db *db, uint64_t id, const struct item *body);
/* Our alerts that nobody has taken on in time: each calls with whom to telephone next. n: the how manieth, from 0. */
int payment_calls(struct db *db, int64_t now,
        void (*each)(void *arg, uint64_t id, struct str number, unsigned n, struct str whom), void *arg,
        struct err *e);
