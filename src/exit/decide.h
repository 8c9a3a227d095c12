/* SPDX-License-Identifier: Apache-2.0
 *
 * The decision: may this thing go to that recipient for this purpose? A pure function of its arguments over one table
 * (rules.tbl). It knows TLP 2.0, PAP, groups, named persons, and what an originator has permitted; it does not know rows,
 * sockets or clocks. What it says is kept by clear.h.
 *
 * Parties are ids as in statements ("la", "apcert.org"); persons are ids of accounts or offices.
 */
#pragma once

#include "event/field.h"

enum exit_kind {
	EXIT_OWNER, /* the CERT's client, about his own systems */
	EXIT_STAFF, /* somebody of this CERT */
	EXIT_PEER,  /* a linked party with a node, to which it is addressed */
	EXIT_MEMBER, /* who reads what stands there for a group: a member, its partner organisation or its constituent */
	EXIT_MAIL,    /* a party without a node, by mail */
	EXIT_PUBLIC,  /* anyone */
	EXIT_GATE,    /* a gate that we command */
	EXIT_SERVICE, /* a third party that is asked, or the target itself */
	EXIT_WRITER,  /* somebody outside by mail, in a case: no client, and of no party that is known */
	EXIT_KINDS
};
enum exit_purpose {
	EXIT_TELL,    /* it is read there */
	EXIT_LOOKUP,  /* it is asked about at a third party */
	EXIT_CONTACT, /* the target is pinged, connected to, fetched */
	EXIT_BLOCK,   /* it becomes a block order */
	EXIT_PURPOSES
};
/* Who may read it on its way. */
enum exit_way {
	EXIT_OPEN,     /* plain mail, a webhook */
	EXIT_SEALED,   /* encrypted to the organisation's key */
	EXIT_PERSONAL, /* encrypted to the person's own key */
	EXIT_NODE,     /* the desk, pinned TLS, a courier file: nobody */
};
enum exit_link { EXIT_UNLINKED, EXIT_LINKED, EXIT_PAUSED, EXIT_ENDED };

/* A group's card as it is known here. */
struct exit_group {
	struct str id;
	bool confirmed;            /* by a person here */
	const struct str *members; /* parties */
	unsigned nmembers;
	const struct str *partners; /* their partner organisations */
	unsigned npartners;
};
struct exit_person {
	struct str party, person;
};
/* The originator's signed word that it may go to one recipient beyond its label. */
struct exit_permission {
	struct str statement;     /* id, 64 hexadecimal digits */
	struct str by;            /* who signed it */
	struct str party, person; /* to whom; person may be empty where the label is not RED */
};
/* What is to leave. Texts are the caller's. */
struct exit_object {
	struct str name; /* "notice XA-1-K7QD": what "weir why" asks for; not looked at by the decision */
	enum tlp label;
	enum pap pap;                    /* PAP_NONE is as PAP:AMBER: nobody said that more may be done */
	struct str group;                /* that GREEN names; empty: none */
	const struct exit_group *card;   /* of that group, as known here; NULL: there is none */
	const struct exit_person *named; /* for RED */
	unsigned nnamed;
	struct str originator;                    /* the party that gave it its label; empty: a feed */
	struct str self;                          /* this node's party; empty: it has none yet */
	const struct exit_permission *permission; /* NULL: none */
	bool cites, holds; /* it rests on an agreed text; that one holds for us and the recipient (basis.h) */
};
struct exit_recipient {
	enum exit_kind kind;
	enum exit_way way;
	enum exit_link link;
	enum tlp grant;    /* the strictest label that its link is for; TLP_NONE: none */
	struct str name;   /* as it is written into the row: an address, a party, a person */
	struct str party;  /* empty: none */
	struct str person; /* of that party; of STAFF: the account */
	bool takes_part; /* of a WRITER: he wrote in the case himself, or is listed as whom to write to abroad */
	struct str of; /* of a MEMBER: the party whose partner organisation or constituent it is */
};

enum exit_who {
	EXIT_NOBODY,
	EXIT_PARTIES,
	EXIT_ORIGINATOR,
	EXIT_ADMINISTRATOR,
	EXIT_GROUP_OWNER,
	EXIT_COORDINATOR,
	EXIT_WHOS
};
struct exit_verdict {
	bool allowed;
	const char *name;  /* "amber-foreign" */
	const char *rule;  /* a sentence */
	enum exit_who who; /* may change it */
	enum tlp treated;  /* the label that was decided on */
	bool permitted;    /* by the permission: it is logged */
};

struct exit_verdict exit_judge(
        const struct exit_object *o, const struct exit_recipient *r, enum exit_purpose purpose);
/* True if that person of this CERT may read it at the desk, now: asked whenever it is shown. person: the account. */
bool exit_reads(const struct exit_object *o, struct str person);
/* The same for a label alone, to an owner or to staff by plain mail: true if it may. *ret_rule says which rule decided. */
bool exit_decide(enum tlp label, enum exit_kind kind, const char **ret_rule);
/* "its originator, by a signed statement" */
struct str exit_who_text(enum exit_who who);
struct str exit_kind_name(enum exit_kind kind);
struct str exit_purpose_name(enum exit_purpose purpose);

/* ---- bundles ---- */

/* One thing of a bundle and those that it refers to, by their places in it. */
struct exit_part {
	struct exit_object object;
	const unsigned *refs; /* EXIT_UNRESOLVED: to what is not in the bundle */
	unsigned nrefs;
	struct exit_verdict verdict; /* set by exit_bundle */
};
#define EXIT_UNRESOLVED (~0u)
/* Decides each part for itself; then takes back what refers, over however many steps, to a part that may not go, or to what is
 * not there: a reference tells of what it leads to. Returns how many may go. */
unsigned exit_bundle(
        struct exit_part *parts, unsigned n, const struct exit_recipient *r, enum exit_purpose purpose);

/* ---- for the documents ---- */

struct exit_rule {
	const char *name;
	unsigned labels, paps, kinds, purposes; /* bits by the number of each */
	unsigned need, lack;                    /* facts */
	bool allowed;
	const char *sentence;
	enum exit_who who;
};
extern const struct exit_rule exit_rules[];
extern const unsigned exit_rule_count;
struct exit_fact {
	const char *name, *about;
};
extern const struct exit_fact exit_facts[];
extern const unsigned exit_fact_count;
