/* SPDX-License-Identifier: Apache-2.0
 *
 * "1 clause", "2 clauses": English sentences are written for several, with the number before its noun, and the table of plural.c has
 * what stands there for one. A noun that is not in the table stays as it is written. Only the sentence is looked at, never what is put
 * into it. Other languages of the node have one form.
 */
#pragma once

#include "base/vec.h"

/* How much of text, which begins behind a number, is for several: *ret_one stands there for one. 0: nothing in the table. */
size_t plural_find(struct str text, struct str *ret_one);
/* buf_printf of a sentence for several; a number (%u, %zu, %llu, ...) that is 1 gets the form for one of what follows it. */
void plural_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
