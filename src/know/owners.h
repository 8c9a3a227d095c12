/* SPDX-License-Identifier: Apache-2.0
 *
 * The owners file: who has which prefixes, AS numbers and names, and whom to write to. CSV as a spreadsheet
 * writes it, or YAML; both say the same.
 *
 * CSV: a header, then rows that belong to the owner in column id. Several rows may have the same id: they add
 * up, and what only the first has (name, sector, country) may be empty below. A row with something in column
 * asset describes that asset: its prefixes and domains are the asset's. Columns that are not known are left
 * alone.
 *
 *   id           short name of the owner, such as "bank-of-x"
 *   name         as it stands in letters
 *   sector       free word: finance, government, telecom, ...
 *   country      only for the one who answers for a whole country: its two letters
 *   prefixes     addresses, prefixes or ranges
 *   asns         AS numbers
 *   domains      names; everything below them is his too
 *   contacts     mail addresses
 *   language     of these contacts, BCP 47 (lo, th, en-GB)
 *   timezone     of these contacts, as in zoneinfo (Asia/Vientiane): digests go at its hour
 *   classes      classes or types these contacts want; empty: all
 *   pgp          fingerprint of the OpenPGP key of these contacts: their letters are encrypted to it
 *   formats      what their letters carry beside the table: xarf (csv may be said, it is always there)
 *   phone        telephone number of these contacts, for people
 *   asset        name of the asset, such as "atm-switch"
 *   kind         free word: payment-switch, mail-server, ...
 *   criticality  1 to 5
 *
 * Several values in a cell are separated by blanks, line breaks, commas, semicolons or bars.
 *
 * YAML: a map with the list "owners"; per owner id, name, sector, country, prefixes, asns, domains,
 * contacts (list of {email, language, timezone, classes, pgp, formats, phone}), assets (list of {name, kind,
 * criticality, prefixes, domains}).
 *
 * What is wrong is a note with its place, and costs only the value that it is about.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"
#include "event/addr.h"

/* Sentences "FILE:LINE: ..." that are collected, not errors that stop. */
struct know_notes {
	struct arena *arena; /* of the sentences */
	VEC(struct str) list;
	size_t total; /* also those beyond the limit */
};
#define KNOW_NOTES_MAX 1000 /* kept; the rest is counted */

struct owners_place {
	struct str file;
	unsigned line, column; /* column 0: not known */
};
void know_note(struct know_notes *n, const struct owners_place *at, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

struct owners_owner {
	struct str id, name, sector;
	char cc[2];
	struct owners_place at;
};
struct owners_asset {
	struct str name, kind;
	uint8_t criticality;
	uint32_t owner;
	struct owners_place at;
};
/* Indexes are 1-based here too; asset 0: the owner himself. */
struct owners_prefix {
	struct prefix prefix;
	uint32_t owner, asset;
	struct owners_place at;
};
struct owners_name {
	struct str name; /* canonical */
	uint32_t owner, asset;
	struct owners_place at;
};
struct owners_as {
	uint32_t asn, owner;
	struct owners_place at;
};
struct owners_contact {
	struct str email, language, timezone, classes;
	struct str pgp;     /* 40 or 64 hex digits, upper case; OWNERS_NO_KEY; empty: none */
	struct str formats; /* "xarf", or empty: the table alone */
	struct str phone;   /* as written, at most OWNERS_PHONE bytes */
	uint32_t owner;
	struct owners_place at;
};

struct owners {
	struct arena *arena;
	struct know_notes *notes;
	VEC(struct owners_owner) owner;
	VEC(struct owners_asset) asset;
	VEC(struct owners_prefix) prefix;
	VEC(struct owners_name) name;
	VEC(struct owners_as) as;
	VEC(struct owners_contact) contact;
	uint32_t *ids; /* hash of ids: number of an owner, 0 is empty */
	size_t nids;
	uint64_t rows; /* rows or entries that were read */
};

void owners_init(struct owners *o, struct arena *arena, struct know_notes *notes);
void owners_done(struct owners *o);
/* Adds what the text says; name stands in sentences. Negative only if the file as a whole cannot be used. */
int owners_csv(struct owners *o, struct str name, struct str text, struct err *e);
int owners_yaml(struct owners *o, struct str name, struct str text, struct err *e);
/* Contacts as other systems export them. */
enum owners_from {
	OWNERS_INTELMQ, /* the contact database of IntelMQ (certbund-contact), or a table for its generic look-up */
	OWNERS_RTIR, /* the list of users of Request Tracker, with RTIR's fields */
	OWNERS_FROMS
};
/* "intelmq", "rtir" */
extern const char *const owners_from_names[OWNERS_FROMS];
/* Adds what such an export says; an owner's id is made of his name. What a column says that an owners file has no place
 * for is left alone, and said in a note that counts as no fault (*ret_unused). */
int owners_foreign(struct owners *o, enum owners_from from, struct str name, struct str text,
        struct buf *ret_unused, struct err *e);
/* The register as a CSV that owners_csv reads back. */
void owners_print_csv(const struct owners *o, struct buf *out);
/* {"version": 1, "owners": [{"id": ..., "prefixes": [...], "contacts": [{...}], "assets": [{...}]}]} */
void owners_print_json(const struct owners *o, struct buf *out);
/* True if the first row looks like the header of an owners file. */
bool owners_csv_sniff(struct str text);

/* ---- for the two forms ---- */

/* The owner of that id, made if he is not there; 0 if the id is no id. */
uint32_t owners_owner(struct owners *o, struct str id, const struct owners_place *at);
/* A second different value is a note; the first stays. */
void owners_set(struct owners *o, uint32_t owner, struct str *field, const char *what, struct str value,
        const struct owners_place *at);
void owners_country(struct owners *o, uint32_t owner, struct str value, const struct owners_place *at);
/* The asset of that name of this owner, made if it is not there. */
uint32_t owners_asset(struct owners *o, uint32_t owner, struct str name, const struct owners_place *at);
void owners_criticality(struct owners *o, uint32_t asset, struct str value, const struct owners_place *at);
void owners_add_prefix(
        struct owners *o, uint32_t owner, uint32_t asset, struct str value, const struct owners_place *at);
void owners_add_as(struct owners *o, uint32_t owner, struct str value, const struct owners_place *at);
void owners_add_name(
        struct owners *o, uint32_t owner, uint32_t asset, struct str value, const struct owners_place *at);
void owners_add_contact(struct owners *o, uint32_t owner, struct str email, struct str language,
        struct str classes, const struct owners_place *at);
/* Of the contacts from number first on. */
void owners_zone(struct owners *o, size_t first, struct str zone, const struct owners_place *at);
/* The key of the contacts from that index on. What is no fingerprint becomes OWNERS_NO_KEY: whoever wanted his letters
 * encrypted must not get them in the clear for a typing error. */
#define OWNERS_NO_KEY "no-fingerprint"
void owners_contact_key(struct owners *o, size_t from, struct str value, const struct owners_place *at);
/* What else letters to the contacts from that index on carry; words as in the column. A word that is none is a note: the
 * letter goes all the same, with the table that it always has. */
void owners_contact_formats(struct owners *o, size_t from, struct str value, const struct owners_place *at);
#define OWNERS_PHONE 40
void owners_contact_phone(struct owners *o, size_t from, struct str value, const struct owners_place *at);
/* The next of several values in one text; false at the end. */
bool owners_value_next(struct str *rest, struct str *ret);
