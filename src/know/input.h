/* SPDX-License-Identifier: Apache-2.0
 *
 * What a generation is built from: one struct per format, one row in the table of input.c. A format is found
 * by its content (the country of a list of prefixes by the file's name).
 */
#pragma once

#include "know/build.h"

enum know_sniff { KNOW_SNIFF_NO, KNOW_SNIFF_MAYBE, KNOW_SNIFF_SURE };

/* An input that is being read. rows = used + none + aside, but for the owners file (input_owners.c). */
struct know_input {
	struct know_build *build;
	struct str name;  /* for sentences */
	struct str base;  /* last part of the path */
	struct str text;  /* all of it */
	const char *path; /* NULL if only the text is there */
	unsigned line;
	uint64_t rows, used, none, aside;
};
struct know_input_kind {
	const char *name, *about;
	enum know_sniff (*sniff)(const struct know_input *in);
	/* 0, or negative with a sentence if the file as a whole cannot be read. */
	int (*read)(struct know_input *in, struct err *e);
};
extern const struct know_input_kind *const know_input_table[];
extern const unsigned know_input_count;

extern const struct know_input_kind know_input_mmdb, know_input_rir_json, know_input_as_json,
        know_input_delegated, know_input_owners_csv, know_input_owners_yaml, know_input_routes,
        know_input_cidr, know_input_as_text;

struct know_input_report {
	const char *kind;
	uint64_t rows;              /* records of the file */
	uint64_t used, none, aside; /* taken; nothing by rule; set aside with a note */
};
/* Reads a file into the build: at most 1 GiB. */
int know_build_file(struct know_build *b, const char *path, struct know_input_report *ret, struct err *e);
/* The same from memory; MMDB needs a file. */
int know_build_text(
        struct know_build *b, struct str name, struct str text, struct know_input_report *ret, struct err *e);

/* ---- for the formats ---- */

/* The next line without its end and the blanks around it; counts in->line. False at the end. */
bool know_line_next(struct str *rest, struct know_input *in, struct str *ret);
/* The first line that is neither empty nor a comment (# or ;). */
struct str know_line_first(struct str text);
bool know_line_comment(struct str line);
/* Sets the current row aside with a note. */
void know_aside(struct know_input *in, const char *what, struct str value);
/* Two letters in upper case. */
bool know_country(struct str s, char ret[2]);
