/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON (RFC 8259), token by token, with offsets, over bytes that are all there. Strict: no trailing commas,
 * no comments, numbers by the grammar, control characters refused, UTF-8 checked, at most JSON_DEPTH levels.
 * Lenient in one thing: \u escapes of lone surrogates are allowed and become U+FFFD. Keys that repeat are all
 * given; the caller decides. Nothing is allocated and nothing is copied: texts point into the input.
 *
 *   json_init(&j, text);
 *   while (json_next(&j, &t) > 0)
 *           switch (t.kind) ...
 */
#pragma once

#include "base/err.h"

#define JSON_DEPTH 64

enum json_kind {
	JSON_OBJECT = 1, /* { */
	JSON_OBJECT_END,
	JSON_ARRAY, /* [ */
	JSON_ARRAY_END,
	JSON_KEY, /* its value is the next token */
	JSON_STRING,
	JSON_NUMBER,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
};

struct json_token {
	enum json_kind kind;
	bool escaped;    /* a string or key with escapes: json_text gives what it means */
	struct str text; /* between the quotes; of a number its digits; of other scalars the word */
	size_t offset;   /* of the token's first byte */
};

struct json {
	const char *p;
	size_t len, at;    /* at: behind the last token */
	unsigned depth;    /* open objects and arrays */
	uint64_t objects;  /* bit d: level d + 1 is an object */
	uint8_t state;     /* what may come next */
	const char *error; /* a sentence once something was wrong, at error_at */
	size_t error_at;
};

void json_init(struct json *j, struct str text);
/* 1; 0 behind the end of the top value (what follows is the caller's: j->at); negative on an error, which
 * then stays. */
int json_next(struct json *j, struct json_token *ret);
/* Goes on with another value behind the first: for values that follow each other. */
void json_again(struct json *j);
/* As json_init, but the next token is the value behind a key of a top object, at this place of the text. */
void json_inside(struct json *j, struct str text, size_t at);
/* True if nothing but white space is left. */
bool json_done(const struct json *j);
/* Passes over the value that comes next (a KEY was the last token, or an element of an array comes). *ret is
 * its text as it stands, quotes and brackets included; may be NULL. 1, or negative on an error. At the end of
 * an array: 0, and the end has been taken. */
int json_skip(struct json *j, struct str *ret);
/* The same when the token that opens the value has been taken already; other kinds are values by themselves.
 */
int json_skip_rest(struct json *j, const struct json_token *opened, struct str *ret);
/* "not JSON at byte N: sentence"; returns ERR_SYNTAX. */
int json_err(const struct json *j, struct err *e);

/* What a string or key means: text itself if nothing in it is escaped, else written to dst (text.len bytes).
 * NUL comes out as NUL. */
struct str json_text(char *dst, const struct json_token *t);

/* Walks the pairs of an object from its text: j was set up with json_init over a text that begins with '{'. 1
 * with the key (written to buf where it is escaped; empty if it is longer than size) and the text of its
 * value as it stands, 0 at the end or where it is no longer JSON. */
int json_pair(struct json *j, char *buf, size_t size, struct str *ret_key, struct str *ret_raw);
/* The text of a scalar from its text as it stands: a string without its quotes and escapes, a number or word
 * as it is. Empty for null, objects, arrays and what is longer than size. buf has size bytes. */
struct str json_scalar(char *buf, size_t size, struct str raw);
