/* SPDX-License-Identifier: Apache-2.0
 *
 * Delegation: whoever may bind the party lets a named account do so too, for named instruments, until a date that is at most a
 * year away. It goes no further: nobody gives on what was given to him. It ends with its date, by hand, and as soon as its giver
 * is disabled or no longer has the role. Giver and delegate are two persons where two have to sign.
 *
 * It is for accounts, by their visits. Whoever sits at the machine itself has no account, and acts there as before. The statement
 * says may-bind, as of anybody who binds the party; which delegation it was stands in the audit log.
 */
#pragma once

#include "trust/change.h"

#define DELEGATION_DAYS 366

struct delegation {
	uint64_t id;
	struct str giver, person, why, ended_by;
	struct str instruments;   /* with blanks between them */
	int64_t at, until, ended; /* microseconds; ended 0: not before its date */
	struct str state;         /* "holds", "over" or "ended" */
};
/* All of them, what holds first, then the newest. */
unsigned delegations(struct db *db, struct arena *a, int64_t now, struct delegation **ret);
/* The instruments for which that account may bind the party by delegation, with blanks between them; empty: none. */
struct str delegation_instruments(struct db *db, struct arena *a, struct str person, int64_t now);
/* Whether the person of the change may bind the party in that instrument: 0, and by a delegation the audit will say so; or
 * ERR_DENIED. In the transaction that is open. */
int delegation_check(struct change *c, struct str instrument, struct err *e);
/* Whether who has written what waits would still be let: ERR_DENIED where his account is disabled, has lost its role and has no delegation of
 * that instrument. Who has no account sits at the machine, and is let. */
int delegation_still(struct change *c, struct str person, struct str instrument, struct err *e);
/* Accounts that could be given one: names with blanks between them. */
struct str delegation_people(struct db *db, struct arena *a);

int change_agree_delegate(struct change *c, struct err *e);
int change_agree_delegate_end(struct change *c, struct err *e);
