/* SPDX-License-Identifier: Apache-2.0
 *
 * Public suffixes: where a name stops being somebody's and begins to be everybody's ("gov.la", "co.uk").
 * The list is the system's (package publicsuffix), or the one libpsl was built with if that is newer.
 */
#pragma once

#include "base/err.h"

struct suffix;
/* Opened once, before a sandbox closes the file system; not changed afterwards. */
int suffix_open(struct suffix **ret, struct err *e);
/* NULL is allowed; sets the caller's pointer to NULL. */
void suffix_close(struct suffix **s);

/* Both take a name as value_fqdn makes it and return the end of it. */

/* The public suffix; an unknown top-level domain is one. */
struct str suffix_find(const struct suffix *s, struct str name);
/* The suffix and one label more: the name that somebody registered. Empty if name is a suffix itself. */
struct str suffix_registrable(const struct suffix *s, struct str name);
