/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known about report types; shared by the files of the shadowserver reader only.
 */
#pragma once

#include "read/read.h"

#define SHADOW_TYPE_MAX 64

/* A literal behind which as many bytes can be read as a plain record must have (record_plain). */
#define SHADOW_SLACK                                                                                         \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"                                   \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define SHADOW_TEXT(lit) ((struct str){lit SHADOW_SLACK, sizeof(lit) - 1})

/* What holds for every record of a report. */
struct shadow_facts {
	struct str type; /* without the digit of the address family; empty: not known */
	enum event_type classification;
	struct str identifier, application; /* with SHADOW_SLACK behind them */
	uint8_t transport;                  /* IANA number, 0: none */
	enum severity severity;
};

/* Where a column goes. */
struct shadow_target {
	enum field to;
	struct str extra; /* if to is FIELD_NONE: under this name */
};

/* A copy with SHADOW_SLACK behind it. */
struct str shadow_text(struct arena *a, struct str s);
/* The next word of letters, digits and '_' of a file's name, from *at on. */
bool shadow_next_word(struct str file, size_t *at, struct str *ret);
/* "Scan6_RDP" is "scan_rdp": lower case, without the digit of the address family, in buf (SHADOW_TYPE_MAX
 * bytes). Empty if it is too long. */
struct str shadow_plain_type(struct str word, char *buf);
/* The type that the name of a file speaks of, in buf (SHADOW_TYPE_MAX bytes); empty if none. known: whether
 * the tables have it. */
struct str shadow_type(struct str file, char *buf, bool *ret_known);
/* The type whose own column is among the names, or empty. */
struct str shadow_type_by_columns(const struct str *names, uint32_t n);
/* A type without a row in the tables gets what its name says; the texts live in the arena. */
struct shadow_facts shadow_facts(struct arena *a, struct str type);
/* A column without a row keeps its name. */
struct shadow_target shadow_column(struct str type, struct str name);
/* A second place of the column's value; FIELD_NONE if there is none. */
enum field shadow_also(struct str type, struct str name);
/* Names of a header in upper or lower case, without quotes and blanks; UINT32_MAX: not there. */
uint32_t shadow_position(const struct str *names, uint32_t n, struct str name);

/* ---- the publisher's own schema ------------------------------------------------------------------------ */

enum shadow_how {
	SHADOW_PLAIN,
	SHADOW_URL,     /* a URL, or a path and another column's host */
	SHADOW_CVES,    /* CVE numbers among the tags */
	SHADOW_EXCHANGE /* class and identifier by whether the tags have a web shell */
};

struct shadow_rule {
	struct str column;
	enum field to;
	struct str extra; /* if to is FIELD_NONE */
	enum shadow_how how;
	struct str value; /* of a constant, with SHADOW_SLACK behind it */
};

struct shadow_map {
	struct str type; /* as the schema calls it */
	struct shadow_rule *rules, *constants;
	uint32_t nrules, nconstants;
};

/* The entry for a file. 1; 0 if the schema has none; negative if it cannot be read. */
int shadow_map_find(struct arena *a, struct str text, struct str file, struct shadow_map *ret, struct err *e);
