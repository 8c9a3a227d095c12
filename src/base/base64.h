/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64 (RFC 4648 section 4), strictly: no blanks, no line ends, the bits that stand for nothing are zero. "raw" is the form
 * without padding, which age files have.
 */
#pragma once

#include "base/vec.h"

void base64_print(struct buf *out, const uint8_t *bytes, size_t n);
void base64_raw_print(struct buf *out, const uint8_t *bytes, size_t n);
/* Text of exactly n bytes; ret is undefined if it is false. */
bool base64_read(struct str text, uint8_t *ret, size_t n);
bool base64_raw_read(struct str text, uint8_t *ret, size_t n);
/* Text of any length; nothing is appended if it is false. */
bool base64_add(struct str text, struct buf *ret);
