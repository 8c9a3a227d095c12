/* SPDX-License-Identifier: Apache-2.0
 *
 * Between delim.c and the ways of finding records in it. Nobody else includes this.
 *
 * A scan writes the complete records of a chunk of len bytes into found and tokens, from the chunk's first
 * byte on, as many as there is room for; it may stop early anywhere behind a record, but not before the first
 * one if that is complete.
 */
#pragma once

#include "text/delim.h"

void delim_scan_scalar(struct delim *d, const char *p, size_t len);
/* The record at start by the state machine; false if it is not complete. last: no data follows. Needs room
 * for one record and its fields. */
bool delim_take(struct delim *d, const char *p, uint32_t start, size_t len, bool last);
/* True if the record at start is a comment or must not span lines, which only the state machine knows. */
bool delim_must_take(const struct delim *d, const char *p, uint32_t start, size_t len);
/* NULL if this processor has not got it. */
delim_scan *delim_scan_find(enum delim_path path);
