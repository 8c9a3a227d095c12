/* SPDX-License-Identifier: Apache-2.0
 *
 * Normal forms of small values: numbers, words, lists. Each writes the canonical text and returns its length,
 * or 0 (an empty str) if the text is not a value of that kind.
 */
#pragma once

#include "base/str.h"

/* 8-4-4-4-12 hexadecimal digits, lower case; ret has 36 bytes. */
bool canon_uuid(struct str s, char *ret);
/* CVE numbers in a text that holds nothing else: upper case, separated by commas. */
size_t canon_cves(struct str s, char *ret, size_t size);
/* A decimal number as JSON writes it, without exponent: "+7" is 7, ".5" is 0.5, "007" is 7. */
size_t canon_float(struct str s, char *ret, size_t size);
/* A signed 64-bit integer; ret has 24 bytes. */
size_t canon_int(struct str s, char *ret);
/* "true" or "false" of true, yes, y, t, on, 1 and their opposites. */
struct str canon_bool(struct str s);
/* A regional registry in IntelMQ's spelling. */
struct str canon_registry(struct str s);
