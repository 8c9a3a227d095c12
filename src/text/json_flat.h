/* SPDX-License-Identifier: Apache-2.0
 *
 * One JSON object as pairs of key and value: for files with an object a line. It accepts and refuses what
 * json.h does, and gives the same texts; it is faster because it looks for all quotes of a line at once.
 *
 *   json_flat_init(f);                        once
 *   json_flat_start(f, line);                 for each line
 *   while ((rc = json_flat_next(f, &pair)) > 0)
 *           ...
 *   if (rc < 0) json_err(&f->json, &e);
 *
 * A value that is an object or an array is one pair, its text the whole value with its brackets: it is JSON,
 * and json.h takes it apart.
 */
#pragma once

#include "text/json.h"

/* Longer lines are left to json.h. */
#define JSON_FLAT_LINE 16384

struct json_pair {
	struct json_token key;
	struct json_token value; /* JSON_OBJECT and JSON_ARRAY: text is the whole value */
};

/* What stood in front of a value of the line before, from the end of the value before it: comma, key, colon,
 * and the quote that opens the value if it is a string. */
#define JSON_FLAT_GAPS 64
#define JSON_FLAT_GAP_BYTES 4096
struct json_gap {
	uint16_t at, len; /* of its text */
	bool string;
};

struct json_flat;
/* Finds the quotes of f->line; false if the line is not for the fast way. */
typedef bool json_flat_scan(struct json_flat *f);

enum json_flat_path { JSON_FLAT_PULL, JSON_FLAT_SSE2, JSON_FLAT_AVX2, JSON_FLAT_BEST };

/* About 75 KiB: belongs into an arena. */
struct json_flat {
	struct json json; /* for json_err */

	json_flat_scan *scan; /* NULL: json.h alone */
	struct str line;
	size_t at;
	uint32_t quote; /* the next one of quotes */
	uint8_t state;
	bool fast, slashes, high;
	uint32_t pairs; /* given so far */
	uint32_t ngaps;
	struct json_gap gaps[JSON_FLAT_GAPS];
	char gap_text[JSON_FLAT_GAP_BYTES];
	uint64_t slash[JSON_FLAT_LINE / 64 + 1]; /* a bit for each backslash of the line */
	uint32_t quotes[JSON_FLAT_LINE + 80];    /* that open and close strings, then UINT32_MAX */
};

void json_flat_init(struct json_flat *f);
/* False if this processor has not got it. For tests. */
bool json_flat_set_path(struct json_flat *f, enum json_flat_path path);
/* line: without its line end. */
void json_flat_start(struct json_flat *f, struct str line);
/* True if every byte of the line is known to be ASCII (what escapes stand for may be anything). */
bool json_flat_plain(const struct json_flat *f);
/* Takes the next pairs as long as their keys are those of the line before and their values strings without
 * escapes or whole numbers. Of the pair at place k of the line the text goes to ret[place[k]]; it stops where
 * that is JSON_FLAT_NOWHERE. Returns how many pairs of the line have been taken, these included. */
#define JSON_FLAT_NOWHERE UINT16_MAX
uint32_t json_flat_same(struct json_flat *f, const uint16_t place[JSON_FLAT_GAPS], struct str *ret);
/* 1; 0 at the end: the line is one object and nothing but white space behind it; negative on an error, which
 * stays. What was given before an error is as json_next would have given it. *ret is only of use after 1. */
int json_flat_next(struct json_flat *f, struct json_pair *ret);
