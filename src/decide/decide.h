/* SPDX-License-Identifier: Apache-2.0
 *
 * Deciding: row + generation + rules -> verdict. A pure function of its arguments: no clock, no file, no
 * state. The same arguments give the same verdict on every machine.
 *
 *   rules_load(folder, &rules, &faults, &e);
 *   decide_batch(&args, &batch, verdicts);      one for each row, in the order of the rows
 *   rules_view(rules, verdict.rule, &view);     the rule's name, file and line
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"
#include "event/batch.h"
#include "know/know.h"

enum decision {
	DECISION_NONE,   /* no rule matched: shown, nobody is told */
	DECISION_NOTIFY, /* a letter to the owner's contacts, at once or within a time */
	DECISION_DIGEST, /* in the next digest */
	DECISION_IGNORE, /* a rule says that nobody is told */
	DECISION_PERSON, /* waits for a named person */
	DECISION_NOBODY, /* somebody should be told, nobody is known */
	DECISION_END
};

/* Why it is so, where the rule alone does not tell: decide_reason_text. */
enum decide_reason {
	REASON_NONE,
	REASON_RULE,       /* the rule says that a person decides */
	REASON_UNLABELLED, /* nobody said how far it may go */
	REASON_STRICT,     /* AMBER+STRICT: not beyond this CERT */
	REASON_RED,        /* RED: named persons only */
	REASON_OWNER,      /* no owner is known */
	REASON_CONTACT,    /* the owner has no contact for this class */
	REASON_END
};

/* 64 bytes, a parallel array to the rows of a batch; only the core writes it. Indexes are 1-based, 0 is none.
 */
struct verdict {
	uint8_t key[16];  /* finding key (decide_key), zero if there is no owner */
	uint64_t finding; /* given by the store, 0 here */
	uint32_t owner, asset;
	uint32_t network; /* know_leaf_at */
	uint32_t generation;
	uint32_t rule;     /* rules_view */
	uint32_t contacts; /* bit i: contact i of the owner (from 0, below KNOW_CONTACTS_MAX) is written to */
	uint32_t notice;   /* given by the store, 0 here */
	uint8_t decision;  /* enum decision */
	uint8_t tlp;       /* enum tlp, after floor and rule; never TLP_NONE */
	uint8_t severity;  /* enum severity: the rule's, else the sender's, else the default of the type */
	uint8_t criticality;
	uint32_t due;   /* seconds after receipt by which somebody must be told; 0: no deadline */
	uint8_t rank;   /* 1 to 6: c1 (worst) to c6 */
	uint8_t how;    /* enum know_how */
	uint8_t reason; /* enum decide_reason */
	uint8_t zero;
};
_Static_assert(sizeof(struct verdict) == 64, "verdict");

/* ---- rules --------------------------------------------------------------------------------------- */

struct rules; /* compiled, does not change */
struct rules_file {
	struct str name, text; /* name: "20-notify.yaml", as it stands in sentences */
};
/* Files count by their number, then by name; in a file the position counts. Complaints about all of them go
 * to faults, one line each: "20-notify.yaml:7:9: no field 'owner.secter'; did you mean 'owner.sector'?". 0,
 * or ERR_VALUE if there was one, and *ret is untouched. The texts need not outlive the call. */
int rules_compile(const struct rules_file *files, size_t n, struct rules **ret, struct buf *faults);
/* The files NUMBER-NAME.yaml of a folder. e is set if the folder or a file cannot be read; faults as above.
 */
int rules_load(const char *folder, struct rules **ret, struct buf *faults, struct err *e);
/* The vulnerabilities that are known to be exploited, out of a text or a file with their numbers (exploited.c): how many; 0 or
 * a code. Instead of those that the set had. */
unsigned rules_exploited(struct rules *r, struct str text);
int rules_exploited_read(struct rules *r, const char *path, struct err *e);
void rules_free(struct rules *r);
uint32_t rules_count(const struct rules *r);
/* Owners, sectors, assets and kinds of assets that rules ask for and that nobody is or has: one line each, as
 * faults are. Nothing where no owner is known at all. */
void rules_unmet(const struct rules *r, const struct know *k, struct buf *remarks);

struct rule_view {
	struct str name, file;
	unsigned line;
	uint8_t digest_day;     /* 1 Monday to 7 Sunday, 8 every day, 9 each working day; 0: no digest */
	uint16_t digest_minute; /* after midnight, by the clock of the contact */
	const enum field
	        *repeat; /* what a finding of this rule is told apart by; NULL: the table of classes */
	uint8_t nrepeat;
	uint32_t after; /* seconds from one letter to the next while the finding lasts; 0: it is told once */
	uint8_t escalate;   /* letters after which a person is needed; 0: never */
	uint32_t call;      /* seconds from a letter that has no answer to a call; 0: nobody calls */
	struct str request; /* what is asked of the CERT of the source's country; empty: nothing */
	uint32_t ack_by;    /* seconds until it is to be acknowledged there; 0: as its severity says */
};
/* False if index is 0 or out of range. */
bool rules_view(const struct rules *r, uint32_t index, struct rule_view *ret);
/* True if any of them asks something of another CERT. */
bool rules_request(const struct rules *r);

/* ---- deciding ------------------------------------------------------------------------------------ */

#define DECIDE_SECRET 16

/* What is known of the feed. Readers apply label and floor too; the core does it again, since a reader may
 * have been taken over. Texts may be empty. */
struct decide_feed {
	struct str name, provider, code, url, documentation;
	int accuracy;   /* 0 to 100, -1: none */
	enum tlp label; /* the source's terms, used where the record has none */
	enum tlp floor; /* no record goes below it */
};

struct decide_args {
	const struct rules *rules;      /* never NULL, which is asserted; no files compile to an empty set */
	const struct know *know;        /* NULL: nothing is known */
	const struct decide_feed *feed; /* NULL: nothing is known */
	uint8_t secret[DECIDE_SECRET];  /* of this node, for the finding keys */
};

/* One verdict for each row of the batch, in their order. */
void decide_batch(const struct decide_args *args, const struct batch *b, struct verdict *ret);
/* One row of a batch alone: the same verdict, slower. */
void decide_row(const struct decide_args *args, const struct batch *b, const struct batch_row *row,
        struct verdict *ret);
/* Where the problem is, as its class is told apart by; p NULL if the row names nothing. buf has 64 bytes. True if
 * the port is part of it. */
bool decide_place(const struct batch *b, const struct batch_row *row, char *buf, struct str *ret);
/* What a finding's row keeps of the record that its key was made of. */
struct key_facts {
	const uint8_t *secret; /* DECIDE_SECRET bytes */
	struct str owner, to;  /* ids: whose it is, whose it is to be */
	enum event_type type;
	struct str ident, malware, place;
	uint16_t port;
	uint8_t key[16];
};
/* The key that the same problem has at the owner to. It is made again from the row in each way that a key can be made;
 * false if none of them gives the key that the row has now, since then the record said more than the row keeps. */
bool decide_key_move(const struct rules *rules, const struct key_facts *row, uint8_t ret[16]);
/* For people: the rules in order up to the one that decides, each with the condition that failed. */
void decide_explain(
        const struct decide_args *args, const struct batch *b, const struct batch_row *row, struct buf *out);

const char *decision_name(unsigned decision); /* "notify", "digest", ... */
/* A sentence without a full stop, NULL for REASON_NONE. */
const char *decide_reason_text(unsigned reason);
/* The severity of a type where neither rule nor sender says one. */
enum severity decide_type_severity(enum event_type type);
/* c1 to c6 of a sender's word: 2 to 6, 0 for SEVERITY_NONE. */
unsigned decide_rank(enum severity severity);

/* Reference of the rule language, printed from the tables (Markdown). */
void rules_doc_print(struct buf *out);
