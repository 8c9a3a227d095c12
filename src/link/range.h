/* SPDX-License-Identifier: Apache-2.0
 *
 * Ranges of bytes in headers (RFC 9110 14): one range, in bytes. Several ranges in one header are taken as none, which the RFC
 * allows.
 */
#pragma once

#include "base/str.h"

enum range_word { RANGE_NONE, RANGE_GOOD, RANGE_BEYOND };
/* "bytes=0-99", "bytes=100-", "bytes=-50" of something of that size: from *ret_first up to before *ret_until. RANGE_NONE: all of
 * it is wanted; RANGE_BEYOND: it begins behind the end, 416. */
enum range_word range_read(struct str header, uint64_t size, uint64_t *ret_first, uint64_t *ret_until);
/* "bytes 0-99/1000", as what is handed in has it. False: it is none, or its numbers contradict each other. */
bool range_content(struct str header, uint64_t *ret_first, uint64_t *ret_until, uint64_t *ret_total);
