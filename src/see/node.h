/* SPDX-License-Identifier: Apache-2.0
 *
 * A node's core without its processes: what it keeps and what it knows. One struct node per node; nothing of
 * it is in a variable of the program, so that a test holds several.
 *
 *   STATE/state.db       state/schema
 *   STATE/day/DATE.db    day/day.h
 *   STATE/gen/N.weir     generations: who has which addresses
 *   STATE/spool/TOKEN    bytes of receipts that are not done; TOKEN.part: on their way in
 *   STATE/letters/       sealed letters, TICKET.eml
 *   STATE/blob/          files of cases, by their SHA-256
 *   STATE/in/            what is renamed into here is taken (in/FEED/: for that feed)
 */
#pragma once

#include "day/day.h"
#include "decide/decide.h"
#include "read/feed.h"
#include "see/clock.h"
#include "see/country.h"
#include "see/known.h"
#include "see/lang.h"
#include "see/merges.h"
#include "state/state.h"

struct sign_job;
struct link_self;
struct quiet {
	uint64_t id;
	struct str class, place, contact; /* empty: any */
	int64_t until;
};

struct node_feed {
	struct str id; /* file name without .yaml */
	struct feed_file file;
	struct decide_feed facts;
};

struct node_zone {
	struct str name;
	struct zone *zone;
};

#define NODE_DAYS 2

struct link_ways;
struct node {
	struct str folder;
	struct str
	        answers; /* how the door is reached, "https://cert.example:8443"; empty: letters have no link */
	struct country_paths paths;
	struct country country;
	struct db *state;
	struct day *days[NODE_DAYS]; /* open for writing, the one used last first */
	struct known_table known;
	struct merges merges;
	uint64_t next_finding;
	uint8_t fresh_worst; /* enum severity: no finding was made worse than this since alerts looked last */
	unsigned drop_refused; /* files of in/ that could not be taken at the last look; UINT_MAX: none yet */
	uint8_t secret[DECIDE_SECRET];
	uint32_t generation, ruleset;
	uint64_t sending;               /* the letter that is on its way to the mail server; 0: none */
	uint32_t *owners;               /* owner.id by the owner's number in the generation */
	uint32_t *first_contact;        /* by the owner's number: where his contacts begin in contacts */
	uint32_t *contacts;             /* contact.id */
	VEC(uint32_t) broken;           /* contact.id of those whose letters came back */
	VEC(struct quiet) quiets;       /* see/quiet.h */
	VEC(struct sign_job *) signing; /* see/sign.h */
	struct arena quiet_arena;
	struct clock clock;
	const struct link_self
	        *link; /* of link/, as the core set it up; NULL: there is no link of any kind */
	const struct link_ways *ways; /* likewise: how other verbs use it */
	struct lang *langs;           /* read when they are first needed; the first is English */
	unsigned nlangs;
	VEC(struct node_zone) zones; /* read when they are first needed */
	struct node_feed *feeds;
	size_t nfeeds;
	struct arena arena;
};

/* folder: the state, made if it is not there. On failure what was opened is given back. Complaints about the
 * configuration stand in *notes, one a line. */
int node_open(struct node *n, const char *folder, const struct country_paths *paths, struct buf *notes,
        struct err *e);
void node_close(struct node *n);
/* True if the disk has said something after which the process must end. */
bool node_dead(const struct node *n);
/* True if the last transaction of one of its files failed for want of room, and nothing worse. */
bool node_full(const struct node *n);
/* The day's file, open for writing. */
int node_day(struct node *n, uint32_t date, struct day **ret, struct err *e);
/* The same of a day that is there: ERR_MISSING, and none is made, if it is not. */
int node_day_kept(struct node *n, uint32_t date, struct day **ret, struct err *e);
/* Closes the day's file, which has no WAL then unless a reader has it open. Between transactions. */
int node_day_done(struct node *n, uint32_t date, struct err *e);
/* True if the node fetches it by itself once it is enabled. */
bool node_fetched(const struct feed_file *f);
/* After a large report: the memory that only it needed goes back to the system. */
void node_rest(struct node *n);
/* Moves what the WALs hold into their files as far as no reader holds it up, and cuts them if they are long. Between
 * transactions; off the way of small reports. */
int node_checkpoint(struct node *n, bool truncate, struct err *e);
/* The number in the generation of the owner with that id; 0: the register has him no more. */
uint32_t node_owner(const struct node *n, uint64_t id);
/* Reads which contacts are marked as broken. */
int node_broken(struct node *n, struct err *e);
/* The feed of that name; NULL if there is none. */
const struct node_feed *node_feed(const struct node *n, struct str id);
/* The feed whose files have such names; NULL if there is none. */
const struct node_feed *node_feed_for(const struct node *n, struct str base_name);
/* The words of that language (BCP 47: its first part is tried too); English if there are none. NULL only if English
 * cannot be read, which node_open refuses. */
const struct lang *node_lang(struct node *n, struct str code);
/* The clock of that contact; the node's where it has none, or one that is not known here. NULL: UTC. */
const struct zone *node_zone(struct node *n, uint32_t contact);
/* Path of a receipt's bytes. ret has NODE_PATH bytes. */
#define NODE_PATH 4096
void node_spool(const struct node *n, const uint8_t token[16], char *ret);

/* ---- generation.c, inside see/ ---- */

/* The generation after the one in use, made of that register: its row in the transaction that is open, then its file,
 * which counts once that is committed. */
int node_generation_put(struct node *n, uint64_t reg, struct str bytes, struct err *e);
/* Opens the generation that register and networks stand for, and builds it if they are new. */
int node_generation(struct node *n, struct err *e);
/* Rows for the rules in use. */
int node_ruleset(struct node *n, struct err *e);
