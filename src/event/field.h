/* SPDX-License-Identifier: Apache-2.0
 *
 * The fields of an event (fields.tbl) and the vocabulary (taxonomy.tbl) as tables.
 */
#pragma once

#include "base/str.h"

enum field_type {
	FT_STRING, /* UTF-8 text as it came */
	FT_LOWER,  /* text in lower case */
	FT_UPPER,  /* text in upper case */
	FT_TAXONOMY,
	FT_TYPE,    /* classification.type; in the row */
	FT_IP,      /* address; in the row */
	FT_IP_TEXT, /* address kept as text */
	FT_NETWORK, /* prefix, host bits cleared */
	FT_FQDN,
	FT_URL,
	FT_EMAIL,
	FT_BIC,
	FT_TIME,
	FT_PORT,
	FT_ASN,
	FT_INT, /* signed 64 bits */
	FT_COUNT,
	FT_FLOAT,
	FT_BOOL,
	FT_CC,
	FT_REGISTRY,
	FT_ACCURACY,
	FT_MD5,
	FT_SHA1,
	FT_SHA256,
	FT_UUID,
	FT_CVES,
	FT_TRANSPORT,
	FT_TLP,
	FT_PAP,
	FT_SEVERITY,
	FT_BASE64,
	FT_JSON,
};

enum field {
	FIELD_NONE = 0,
#define FIELD(id, symbol, name, type, limit, about) FIELD_##symbol = id,
#include "event/fields.tbl"
#undef FIELD
	FIELD_END, /* one past the last */
};

/* In a batch: ids from here on are names of the sender's own ("extra.*"), the rest of the bits is the
 * index into the batch's table of names. */
#define FIELD_EXTRA 0x8000u

/* Where a field lives in a batch's row. */
enum field_place { PLACE_VAR, PLACE_ROW };

struct field_row {
	struct str name;
	enum field_type type;
	enum field_place place;
	uint32_t limit; /* bytes, 0: the limit of the record */
	const char *about;
};

/* Indexed by id; entry 0 is empty. */
extern const struct field_row field_table[FIELD_END];

/* The field of that exact name; FIELD_NONE if there is none. */
enum field field_find(struct str name);
/* The name that is nearest, for "did you mean"; FIELD_NONE if nothing is near. */
enum field field_nearest(struct str name);
/* The word for a type in documentation: "address", "prefix", "name", ... */
const char *field_type_name(enum field_type type);

/* ---- vocabulary; numbers as in taxonomy.tbl, 0 is absent -------------------------------------- */

enum event_type {
	TYPE_NONE = 0,
#define TYPE(number, symbol, name, class, rsit, sentence) TYPE_##symbol = number,
#include "event/taxonomy.tbl"
	TYPE_END,
};
enum tlp { TLP_NONE, TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED, TLP_END };
enum pap { PAP_NONE, PAP_CLEAR, PAP_GREEN, PAP_AMBER, PAP_RED, PAP_END };
/* The sender's words; the order is that of badness. */
enum severity {
	SEVERITY_NONE,
	SEVERITY_INFO,
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL,
	SEVERITY_END
};

struct type_row {
	struct str name, taxonomy;
	bool rsit;
	const char *about;
};
extern const struct type_row type_table[TYPE_END];

/* Any case; blanks, '_' and '-' are the same; older names are taken as today's. TYPE_NONE if unknown. */
enum event_type type_find(struct str name);
/* For sentences: the type whose name is nearest, TYPE_NONE if none is near. */
enum event_type type_nearest(struct str name);
/* The class of that name (RSIT), or an empty str. "malicious code" is "malicious-code". */
struct str taxonomy_find(struct str name);
/* With or without "TLP:", any case, WHITE is CLEAR, "AMBER STRICT" and "AMBER-STRICT" too. */
enum tlp tlp_find(struct str name);
struct str tlp_name(enum tlp tlp);
/* TLP 1.0's name, for consumers that know no other. */
struct str tlp_old_name(enum tlp tlp);
enum pap pap_find(struct str name);
struct str pap_name(enum pap pap);
enum severity severity_find(struct str name);
struct str severity_name(enum severity severity);
/* IANA protocol number of a keyword ("tcp", "TCP", "6", "icmp6"); 0 if unknown. */
uint8_t transport_find(struct str name);
/* The keyword, or the number in decimal written to buf (4 bytes). */
struct str transport_name(uint8_t number, char *buf);
