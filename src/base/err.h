/* SPDX-License-Identifier: Apache-2.0
 *
 * struct err: a code and a sentence that grows outward. The innermost function says what is wrong,
 * each caller may put its own words in front: "reports/a.csv:17: bad prefix '10.0.0.0/33'".
 * Sentences start in lower case, name the thing in quotes and end without a full stop. A function
 * logs or returns an error, never both; library code returns.
 */
#pragma once

#include "base/str.h"
#include <stdarg.h>

/* Codes are negative, so that a function can return them beside 0 and 1. */
enum err_code {
	ERR_NONE = 0,
	ERR_SYS = -1,     /* a system call failed; the sentence ends in the system's words */
	ERR_SYNTAX = -2,  /* the text is not of the form it should have */
	ERR_VALUE = -3,   /* the form is right, the value is not */
	ERR_LIMIT = -4,   /* a limit of the program was reached */
	ERR_MISSING = -5, /* something named is not there */
	ERR_FORMAT = -6,  /* bytes from another process or from disk are damaged */
	ERR_DENIED = -7,
	ERR_USAGE = -8, /* wrong command line */
};

struct err {
	int code;
	char text[1024]; /* NUL-terminated; cut with "..." when longer */
};

/* Sets the sentence and returns code. e may be NULL. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int err_setv(struct err *e, int code, const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));
/* The same with ERR_SYS and ": " and the text of errno behind it. */
int err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Puts words and ": " in front of the sentence; returns the code that is there. */
int err_add(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Copies src in a form that a terminal shows harmlessly: control characters and bytes that are not
 * UTF-8 as \xNN, at most size - 1 bytes, always NUL-terminated. Longer text ends in "...". */
struct str err_quote(char *dst, size_t size, struct str src);
