/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of norms (agree/norm_file.h) of the configuration: those that come with the program, and those of the country's own
 * folder norms/, which are taken instead where they have the same name.
 */
#pragma once

#include "see/country.h"
#include "state/db.h"

/* db NULL: they are looked at alone. Else what stands in the state is replaced, in a transaction of its own; where something is
 * wrong with any of them all stays as it was. A sentence for each fault is a line in notes. 0, or a code of the state. */
int norms_load(const struct country_paths *p, const struct country *c, struct db *db, struct buf *notes,
        struct err *e);
