/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing above U+10FFFF.
 */
#pragma once

#include "base/str.h"

/* Length in bytes of the well-formed character at position i; 0 if there is none. */
size_t utf8_step(struct str s, size_t i);
bool utf8_valid(struct str s);
/* At most that many bytes of it, and no half character. */
struct str utf8_cut(struct str s, size_t max);
/* True if every byte is ASCII and none is NUL: the common case, some bytes per cycle. */
bool utf8_plain(struct str s);
/* The code point of the well-formed character at i, whose length is put into *ret_len. */
uint32_t utf8_get(struct str s, size_t i, size_t *ret_len);
/* Writes 1 to 4 bytes for a code point up to U+10FFFF that is no surrogate; returns how many. */
size_t utf8_put(char *dst, uint32_t cp);
/* Copies s to dst with each byte that is not part of a well-formed character as U+FFFD and each NUL as
 * U+2400, so that no consumer cuts the text there. dst has room for 3 * s.len bytes. Returns the length. */
size_t utf8_clean(char *dst, struct str s);
