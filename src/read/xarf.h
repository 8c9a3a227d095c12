/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "read/read.h"

/* What a report names as its source: an address, a prefix, a name, a URL or a mail address, into the open
 * event. */
void xarf_source(struct reading *r, struct str value);
/* The whole of a report of lines. 0 or negative with r->err. */
int xarf_text(struct reading *r);
