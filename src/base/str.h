/* SPDX-License-Identifier: Apache-2.0
 *
 * struct str: a pointer and a length, the only string of this program. It does not own its bytes
 * and need not end in NUL. Functions return parts of what they are given; nothing is copied.
 */
#pragma once

#include "base/banned.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t len;
};

/* A literal as a str, also in static initialisers. */
#define STR(lit) ((struct str){"" lit, sizeof(lit) - 1})
#define STR_INIT(lit)                                                                                        \
	{                                                                                                    \
		"" lit, sizeof(lit) - 1                                                                      \
	}
/* For printf: "%.*s", STR_ARG(s). The length is cut at 1 MiB. */
#define STR_ARG(s) ((s).len > (1u << 20) ? (int)(1u << 20) : (int)(s).len), ((s).p ? (s).p : "")

static inline struct str str_from(const char *cstr)
{
	return (struct str){cstr, cstr ? strlen(cstr) : 0};
}

static inline struct str str_make(const char *p, size_t len)
{
	return (struct str){p, len};
}

static inline uint64_t str_word(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* Names are short: a call of memcmp would cost more than the comparison. */
static inline bool str_eq(struct str a, struct str b)
{
	size_t n = a.len;

	if (n != b.len)
		return false;
	if (n < 8 || n > 64)
		return n == 0 || memcmp(a.p, b.p, n) == 0;
	for (size_t i = 8; i < n; i += 8)
		if (str_word(a.p + i - 8) != str_word(b.p + i - 8))
			return false;
	return str_word(a.p + n - 8) == str_word(b.p + n - 8);
}

static inline char char_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline bool char_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool char_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

static inline bool char_alnum(char c)
{
	return char_digit(c) || (char_lower(c) >= 'a' && char_lower(c) <= 'z');
}

/* -1 if c is no hexadecimal digit. */
int char_hex(char c);
/* Exactly 2 * n hexadecimal digits as n bytes; ret is undefined if it is false. */
bool str_hex(struct str s, uint8_t *ret, size_t n);
/* The other way, in lower case; ret has 2 * n + 1 bytes. */
void str_hex_print(char *ret, const uint8_t *bytes, size_t n);

/* Bytewise order, a prefix before the longer string. */
int str_cmp(struct str a, struct str b);
/* Equal but for ASCII case. */
bool str_ieq(struct str a, struct str b);
bool str_starts(struct str s, struct str head);
bool str_istarts(struct str s, struct str head);
bool str_ends(struct str s, struct str tail);
bool str_iends(struct str s, struct str tail);
bool str_has(struct str s, char c);
/* True if the word stands among words with one blank between. */
bool str_has_word(struct str words, struct str word);
/* Takes the next of words with blanks or commas between from the front of *rest; empty: there is none. */
struct str str_next_word(struct str *rest);
/* Position of c or of needle at or after from; SIZE_MAX if it is not there. */
size_t str_find(struct str s, size_t from, char c);
size_t str_find_str(struct str s, size_t from, struct str needle);
/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);
struct str str_sub(struct str s, size_t from, size_t len);
/* From position n to the end; empty if n is beyond it. */
struct str str_skip(struct str s, size_t n);

/* str_cut: head is what stands before the first c, tail what stands behind it; ok is false if c is
 * not there, then head is all and tail is empty. */
struct str_cut {
	struct str head, tail;
	bool ok;
};
struct str_cut str_cut(struct str s, char c);
/* The same from the right. */
struct str_cut str_rcut(struct str s, char c);

/* Decimal digits only, no sign, no blanks. False on anything else and on overflow. */
bool str_u64(struct str s, uint64_t *ret);
bool str_u32(struct str s, uint32_t *ret);

/* FNV-1a, for tables that no sender can aim at (names of our own tables, names of columns). */
uint64_t str_hash(struct str s);

/* How far b is from a in single edits (insert, delete, replace, swap); used for "did you mean". Names
 * longer than 63 bytes are cut. */
unsigned str_distance(struct str a, struct str b);
