/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters that are signed or encrypted are sealed in two steps, since the core neither has keys nor waits: a letter
 * that is due is written and its entity goes out as a job (notice.signing is its number); what comes back is sealed as
 * any other letter is. Until then the letter stays due and nothing of it is on the disk: whatever is cut off in
 * between is done again from its rows, under the same Message-ID, and an answer to a job that is not the letter's any
 * more is passed over. A letter to a contact with a key has no other way to be sealed than through such an answer.
 *
 * Who does the jobs is proc/core_pgp.c and proc/pgp.c.
 */
#pragma once

#include "base/digest.h"
#include "see/node.h"

/* Jobs of one time. */
#define SIGN_JOBS 300
/* A job that did not end well is done so often; then the letter is held. */
#define SIGN_TRIES 3

struct sign_job {
	uint64_t notice;
	int64_t number;
	char ticket[64], email[320];
	char key[80]; /* of the contact; empty: it is signed only */
	enum tlp label;
	struct buf mail; /* in the clear */
	size_t entity;   /* where what is to be protected begins */
	bool record; /* it is no mail but the record of a case, a text that is signed in the clear; notice is its number */
	/* of proc/: */
	bool sent;
	int out; /* where the result comes; -1: it was not sent */
	unsigned tries;
	bool done, held;
	struct buf sealed;  /* done and not held: the mail as it goes out, or the record with its signature */
	char sentence[512]; /* held: why */
};

/* ---- of proc/ ---- */

/* The job of that letter and number; NULL if there is none any more. */
struct sign_job *sign_find(struct node *n, uint64_t notice, int64_t number);
/* What gpg made of its entity; digest ("pgp-sha256") of a signature. */
void sign_done(struct sign_job *j, struct str armour, struct str digest);
/* The letter cannot be protected as it must. */
void sign_held(struct sign_job *j, struct str sentence);
/* Seals what is done, in one transaction. *ret: how many. Negative: the disk; the jobs stay. */
int sign_seal(struct node *n, unsigned *ret, struct err *e);

/* ---- inside see/ ---- */

/* Forgets which letters were jobs of a core that is gone. */
int sign_start(struct node *n, struct err *e);
void sign_stop(struct node *n);
/* Takes mail from its owner. The letter's row has the number. */
void sign_add(struct node *n, struct sign_job *j);

/* The last step of every letter (seal.c). Bytes lie in letters/TICKET.eml, synced, unless a sentence says why not. */
struct seal {
	uint64_t id;
	struct str ticket, email, bytes;
	enum tlp label;
	struct str sentence; /* why it is held; empty: it is not, unless the exit says so */
	const char *pgp;     /* word of notice.pgp */
};
void seal_put(struct node *n, const struct seal *s);
int seal_write(struct node *n, struct str ticket, struct str bytes, struct err *e);
/* All files that were written are on the disk. */
int seal_sync(struct node *n, struct err *e);
