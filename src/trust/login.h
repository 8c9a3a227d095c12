/* SPDX-License-Identifier: Apache-2.0
 *
 * How often may somebody try? Nobody is locked out: each failure makes the next try wait longer, and what waits is
 *
 *   person    a name at one network (IPv4 /24, IPv6 /56): guessing from one place slows that place down, and nobody else
 *   network   all names at one network
 *   device    a browser in which the person has logged in before counts apart, and the two above do not hold for it
 *   code      an account whose password was right and whose code was wrong, on devices that are not known
 *
 * so that no stranger can keep a named person out of a node: from another network, or from the browser of every day, the
 * login works as before.
 */
#pragma once

#include "state/db.h"

struct login_try {
	struct str name;
	char network[64];      /* "192.0.2.0/24" */
	const uint8_t *device; /* SHA-256 of its cookie; NULL: none, or one that is not of that account */
};

enum login_kind { LOGIN_PERSON, LOGIN_NETWORK, LOGIN_DEVICE, LOGIN_CODE };

/* The network of an address as text; "unknown" for what is none. */
void login_network(struct str address, char ret[64]);
/* Seconds to wait after so many failures. */
unsigned login_delay(enum login_kind kind, uint64_t failures);
/* Seconds until such a try is taken; 0: now. */
unsigned login_wait(struct db *db, const struct login_try *t, int64_t now);
/* The same for a right password with a wrong code. */
unsigned login_wait_code(struct db *db, const struct login_try *t, int64_t now);
/* One failed; code: only its code was wrong. In a transaction of the core. */
void login_failed(struct db *db, const struct login_try *t, bool code, int64_t now);
/* One has succeeded: its counters begin anew, but for those of the network. */
void login_good(struct db *db, const struct login_try *t);

/* ---- how long -------------------------------------------------------------------------------------- */

/* A visit ends when nothing was asked for so long, and at the latest when it is as old as the second. */
#define SESSION_IDLE_US ((int64_t)2 * 3600 * 1000000)
#define SESSION_US ((int64_t)12 * 3600 * 1000000)
/* What is asked for password and code again does not ask once more within this. */
#define SESSION_SURE_US ((int64_t)10 * 60 * 1000000)
/* How exactly it is known when a visit or a token was used last. */
#define SESSION_USED_US ((int64_t)60 * 1000000)
/* A link that lets in once. */
#define SESSION_LINK_US ((int64_t)15 * 60 * 1000000)
/* An approver that is new or was reset counts as one after this. */
#define ACCOUNT_NEW_US ((int64_t)24 * 3600 * 1000000)
/* How long everybody is shown that an account was reset. */
#define ACCOUNT_SHOWN_US ((int64_t)7 * 24 * 3600 * 1000000)
