/* SPDX-License-Identifier: Apache-2.0
 *
 * inside(PLACE, WHAT) in statements: whether the place of a finding lies there. WHAT is an address or a prefix, then the place
 * is an address in it or a URL of one; or a name, then the place is that name, one below it, or a URL or mailbox of such a one.
 */
#pragma once

#include "base/str.h"

struct sqlite3;

/* Makes the function known to a connection; a code of SQLite. */
int inside_add(struct sqlite3 *sql);
/* The host of a place: of a URL, a mailbox, or the place itself. Points into place. */
struct str inside_host(struct str place);
/* True if a place is that name, one below it, or a URL or mailbox of such a one. */
bool inside_name(struct str place, struct str name);
/* True if it is an address or a prefix, which inside() takes as one. */
bool inside_is_prefix(struct str what);
/* The range of texts, from *ret_from up to before *ret_to, in which all addresses of that prefix stand that are written as
 * Weir writes them. 64 bytes each; false if it says too little to be looked for in this way, or is no prefix. */
bool inside_range(struct str what, char ret_from[64], char ret_to[64]);
