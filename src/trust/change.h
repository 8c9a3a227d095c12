/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person changes by hand: one row per change. The verbs (see/, link/) each have a table of such rows, and none knows
 * the other's; web/verbs.c finds a row in all of them, and see/change.c runs it in the core, inside one transaction, with a row
 * of the audit.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"
#include "event/calendar.h"
#include "state/db.h"
#include "trust/role.h"

struct node;
struct link_self;
struct link_ways;

/* A finding that a change has closed or opened. */
struct change_known {
	uint8_t key[16];
	bool stays; /* seeing it again does not open it */
};
/* What a change may know of the node beside its rows. */
struct change_here {
	struct str party;  /* this CERT as a party: "la"; empty: the country is not said */
	struct str team;   /* as letters are signed */
	struct str folder; /* of the state */
	const struct calendars *calendars;
	/* The country that a place of a finding (address, URL, name) is in, two capitals; false if nobody knows. */
	bool (*country_of)(const struct change_here *here, struct str place, char ret[3]);
	const struct link_self *link; /* how link/ reads bodies here (link/link.h); NULL: in this process */
	const struct link_ways
	        *ways; /* how other verbs say something (trust/say.h); NULL: there is no link */
	const void *arg;
};
struct change {
	struct node *node; /* of see/ alone */
	struct db *db;
	const struct change_here *here;
	struct str params; /* lines "NAME=VALUE"; a line feed within a value is a vertical tab */
	struct str person;
	struct str file;    /* path of the bytes that came with it (row.file); empty: none */
	uint8_t sha256[32]; /* of these */
	uint64_t size;
	struct buf *said; /* a sentence for the person */
	struct buf *
	        back; /* of a page that reads back what would be signed: it goes there, and nothing is done; else NULL */
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
	char object; /* 'F', 'N', 'M', 'S', 'K': the parameter id is such a thing, which the person must be able to see; 0: it is
	                     about the country, and not for accounts that are narrowed to some owners */
	bool again; /* on a page only within 10 minutes of password and code (change_sure) */
	bool own;   /* what it makes is the person's own: also for accounts that are narrowed */
	bool file;  /* bytes come with it, which run moves to where they stay */
	bool lent;  /* also for who was delegated to (agree/delegation.h): run asks for which instrument */
};

/* Ids are below this. */
#define CHANGE_IDS ((uint64_t)1 << 29)

/* p NULL: not there. */
struct str change_param(const struct change *c, const char *name);
/* "F12" as such an id; ERR_USAGE with a sentence. */
int change_number(struct str s, char letter, uint64_t *ret, struct err *e);
/* The parameter id, such as N12. */
int change_id(const struct change *c, char letter, uint64_t *ret, struct err *e);
/* What the audit says of it. */
void change_about(struct change *c, char letter, uint64_t id, struct str detail);
/* "2026-01-05", "2026-01-05 08:00", or how long from now: "2h", "3d". Microseconds; empty: 0. */
int change_time(const struct change *c, const char *name, int64_t *ret, struct err *e);
/* A parameter of several lines, with its line feeds; ERR_LIMIT if it is longer than most. */
int change_lines(const struct change *c, const char *name, size_t most, struct buf *ret, struct err *e);
