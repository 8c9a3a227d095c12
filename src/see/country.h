/* SPDX-License-Identifier: Apache-2.0
 *
 * What the node of a country knows and decides by, loaded from its folder:
 *
 *   weir.yaml               options (country, name)
 *   owners.csv, owners.yaml who has what; a node takes it at its first start, and then by "weir owner import"
 *   know/                   routes, countries, AS names: everything in it goes into the generation
 *   rules/                  NUMBER-NAME.yaml
 *   feeds/                  NAME.yaml
 */
#pragma once

#include "base/conf.h"
#include "base/log.h"
#include "decide/decide.h"
#include "event/calendar.h"
#include "know/know.h"
#include "see/retention.h"
#include "see/roster.h"

/* Where the sample and the defaults were installed. */
#ifndef WEIR_DATA
#define WEIR_DATA "/usr/local/share/weir"
#endif

/* Where things lie; NULL: not said. */
struct country_paths {
	const char *conf;   /* folder of the country; else the sample's */
	const char *sample; /* folder 'examples', if it is not the installed one */
	const char *owners; /* owners file instead of the one in the folder */
	const char *know;   /* a generation instead of owners and know/ */
};

/* weir.yaml, mail: */
enum mail_mode {
	MAIL_LIVE,
	MAIL_HOLD /* each letter waits for a release */,
	MAIL_SHADOW /* nothing is sent */
};
enum mail_tls { MAIL_STARTTLS, MAIL_TLS, MAIL_PLAIN };
struct country_mail {
	struct str from; /* "Name <address>"; empty: letters cannot be written */
	struct str reply_to;
	struct str host; /* of the mail server; empty: letters stay files */
	uint16_t port;
	enum mail_tls tls;
	struct str user, password_file, ca_file; /* may be empty */
	enum mail_mode mode;
	uint64_t delay;    /* seconds in which a letter can be taken back before it goes */
	uint64_t a_minute; /* letters to the mail server */
};

/* weir.yaml, pgp: */
struct country_pgp {
	struct str home; /* of GnuPG; empty: letters stay in the clear, what is encrypted is set aside */
	struct str key;  /* fingerprint; letters are signed with it; empty: they are not */
	struct str passphrase_file; /* of that home's secret keys; empty: they have none */
};
/* weir.yaml, pages: */
struct country_pages {
	struct str listen;           /* "192.0.2.10:8470"; empty: where --pages says */
	struct str names;            /* of this machine, as people type them; with blanks between them */
	struct str certificate, key; /* files; empty: the node makes its own */
	bool tls;                    /* also on loopback, where it is not needed */
};
#define COUNTRY_DOOR_URL 200                   /* bytes of its url */
#define COUNTRY_ANSWERS (90 * (uint64_t)86400) /* seconds, the longest */
/* weir.yaml, door: what others reach. */
struct country_door {
	struct country_pages
	        at; /* listen "192.0.2.10:8443", or an address alone: that port or the next free one; always TLS */
	struct str
	        url; /* as it is reached from outside, "https://cert.example:8443"; empty: made of names and port */
	uint64_t answers; /* seconds for which the link in a letter holds; 0: letters have none */
	bool figures;     /* the country's figures are there for everyone */
};
/* weir.yaml, contacts: owners' contacts are asked whether they are still right (see/right.h). */
struct country_contacts {
	bool ask;
	uint64_t per_day; /* letters of a working day */
};
#define COUNTRY_ASK_A_DAY 10000
/* The socket of gpg-agent lies in there, and a socket's path is short. */
#define COUNTRY_PGP_HOME 80

struct country {
	struct arena arena;
	struct str folder;
	struct str cc, name; /* may be empty */
	struct str
	        party; /* what the node is called by others: "la"; empty: neither it nor the country is said */
	bool sample;   /* the sample's owners are in use */
	struct str timezone; /* of deadlines, digests and expected feeds; empty: UTC */
	struct zone *zone;   /* the same, NULL: UTC */
	enum log_form log;   /* of the node, read when it starts */
	struct country_mail mail;
	struct holidays holidays;   /* of cc */
	struct calendars calendars; /* of all countries that there are holidays of, and of cc */
	struct retention retention;
	struct country_pgp pgp;
	struct country_pages pages;
	struct str language;      /* of pages, for who has chosen none; empty: what a browser asks for */
	struct country_door door; /* without door.at.listen there is none */
	struct country_contacts contacts;
	struct roster roster; /* who is woken */
	struct str red;       /* who sees what is TLP:RED, with blanks between them */
	struct str proxy;     /* of fetching, "http://proxy.example:3128"; empty: none */
	struct know *know;
	struct buf generation; /* the bytes, if it was built here */
	struct rules *rules;
	struct str rules_folder; /* where they were read */
	struct buf notes;        /* lines: what was passed over while loading */
};

/* On failure every complaint stands in ret->notes, one a line, and
 * e says what could not be loaded. country_done in any case. */
int country_load(const struct country_paths *p, struct country *ret, struct err *e);
void country_done(struct country *c);

/* A path below the folder 'examples' of the sample; "../conf" leads to the defaults. */
const char *country_sample(const struct country_paths *p, struct arena *a, const char *path);

/* ---- the steps of country_load, for the check ---- */

struct know_build;
/* The folder and its options. */
int country_open(const struct country_paths *p, struct country *ret, struct err *e);
/* c->know: the generation that is named, or built from the inputs. */
int country_know(const struct country_paths *p, struct country *c, struct err *e);
/* The owners file: the one that is named, or that of the folder; NULL if there is none. */
const char *country_owners(const struct country_paths *p, struct country *c);
/* Everything in know/ into a build. */
int country_networks(struct country *c, struct know_build *b, struct err *e);
/* Whether everything in know/ can be read; notes as those of loading. */
int country_check_networks(struct country *c, struct err *e);
/* Owners and know/ into a build. */
int country_inputs(const struct country_paths *p, struct country *c, struct know_build *b, struct err *e);
/* A path of a file of ours: in the country's folder if it is there, else among the defaults. */
const char *country_file(
        const struct country_paths *p, const struct country *c, struct arena *a, const char *name);
int country_rules(const struct country_paths *p, struct country *c, struct err *e);
