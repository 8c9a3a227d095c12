/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person changes by hand: one row per change. Each runs in the core inside one transaction, and leaves a row of
 * the audit with person, time, what it was and why.
 */
#pragma once

#include "see/node.h"
#include "trust/role.h"

/* A finding that a change has closed or opened. */
struct change_known {
	uint8_t key[16];
	bool stays; /* seeing it again does not open it */
};
struct change {
	struct node *node;
	struct str params; /* lines "NAME=VALUE"; a line feed within a value is a vertical tab */
	struct str person;
	struct buf *said; /* a sentence for the person */
	/* set by run, for the audit */
	char object[64], detail[512];
	/* and what memory is to know once it is committed */
	VEC(struct change_known) closed;
	VEC(struct change_known) opened;
	uint64_t merges;     /* the finding that others go on as */
	bool quiets;         /* the table quiet has changed */
	bool contacts;       /* marks of contacts have */
	bool clock;          /* the clock is believed */
	bool unseen;         /* not for the audit */
	const char *refused; /* what the person is told, although what was done stays: ERR_DENIED */
};
struct change_row {
	const char *name;  /* "finding-close" */
	const char *about; /* "closes a finding; id, why, note": behind the first semicolon its parameters */
	int (*run)(struct change *c, struct err *e);
	enum right right; /* of the person, where it comes from a page or the API */
	char object; /* 'F', 'N', 'M', 'S': the parameter id is such a thing, which the person must be able to see; 0: it is
	                     about the country, and not for accounts that are narrowed to some owners */
	bool again; /* on a page only within 10 minutes of password and code (change_sure) */
	bool own;   /* what it makes is the person's own: also for accounts that are narrowed */
};
extern const struct change_row change_table[];
extern const unsigned change_count;
/* NULL: there is no such change. */
const struct change_row *change_find(struct str name);

/* Runs the change of that name. 0 and a sentence in *said, or a code and a sentence in e; then nothing was changed. */
int change_run(struct node *n, struct str name, struct str params, struct str person, struct buf *said,
        struct err *e);
/* p NULL: not there. */
struct str change_param(const struct change *c, const char *name);
/* A row of the audit, in the transaction that is open. */
void change_audit(
        struct node *n, struct str person, const char *verb, const char *object, const char *detail);
