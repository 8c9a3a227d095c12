/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of test vectors: one JSON object, whose members are families of cases. Each case is computed here as a JSON object and compared,
 * member by member, with what the file wants of it. A file that is not of that form must not pass for want of cases: what has the wrong
 * type, or lacks what its result is made from, is a case that is wrong.
 */
#pragma once

#include "cli/cli.h"
#include <jansson.h>

struct vectors {
	struct cli *c;
	json_t *doc;
	struct arena a; /* of one case */
	unsigned good, bad;
};

/* Reads FILE of the command line. False after a sentence on standard error. Integers that no reader of JSON has to bear (beyond 63
 * bits) become texts of the same digits. */
bool vectors_open(struct vectors *v, struct cli *c);
/* Adds the cases of a list by their name; of two the first counts. */
void vectors_index(json_t *index, const json_t *list);
/* Says of each member of the file that is none of the names (blanks between; one with a star at its end is a beginning) that it was not
 * judged. */
void vectors_unknown(const struct vectors *v, const char *names);
/* Prints how many were as wanted, frees all, and returns the exit code. families: what could have been judged, for the sentence where
 * nothing was. */
int vectors_close(struct vectors *v, const char *families);

/* A family: a list, or an object of named cases. NULL: the file has none of that name; where it has another type it is counted as
 * wrong. */
json_t *vectors_list(struct vectors *v, const char *name);
json_t *vectors_object(struct vectors *v, const char *name);

/* Compares those members of got that want has, prints a line, and drops got. section (may be empty) and name say which case it is;
 * head is the member whose value is printed. why: NULL, or a sentence because of which the case is wrong whatever was computed. */
void vectors_compare(struct vectors *v, const char *section, const char *name, const char *head,
        const json_t *want, json_t *got, const char *why);
/* Appends what differs between those members of got that want has; returns how many were compared. */
unsigned vectors_differ(const json_t *want, json_t *got, struct buf *out);

/* The member "name" of a case. */
const char *vectors_name(const json_t *item);
/* Bytes of a file with other signs in place of those that a screen would obey. */
void vectors_print(struct buf *out, struct str s);
/* The text of a member, empty if it is none; may hold NUL. */
struct str vectors_text(const json_t *object, const char *name);
/* Its base64, or its hexadecimal digits; *ret_good false: it is none. In the arena of the case. */
struct str vectors_base64(struct vectors *v, const json_t *object, const char *name, bool *ret_good);
struct str vectors_bytes(struct vectors *v, const json_t *object, const char *name, bool *ret_good);
json_t *vectors_string(struct str s);
json_t *vectors_hex(const uint8_t *bytes, size_t n);
