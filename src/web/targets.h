/* SPDX-License-Identifier: Apache-2.0
 *
 * A list of addresses, prefixes and names out of a file that somebody has at hand: one a line, or a table (CSV) whose head names the
 * column: ip, address, prefix, network, domain, fqdn, name, host, or as reports call them (source.ip). Of a table without such a
 * head the first column is taken. Empty lines and what begins with "#" are passed over.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#define TARGETS_BYTES ((size_t)1 << 20)
#define TARGETS_MOST 50000

/* Adds the values to ret, a blank between them. ERR_VALUE, and a sentence that names the first lines that are wrong: then none of
 * it is to be used. ERR_LIMIT: there are more than TARGETS_MOST. */
int targets_read(struct str file, struct buf *ret, struct err *e);
