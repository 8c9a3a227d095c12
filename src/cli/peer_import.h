/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of members of FIRST, TI and the like, whose columns are found by the names that their header has.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/* Rows of party, title, country, email, phone, website and OpenPGP key with tabs between, a line each. skip: rows without a mail
 * address are left out instead of refused. */
int peer_import_rows(struct str csv, bool skip, struct buf *rows, struct err *e);
