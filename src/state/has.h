/* SPDX-License-Identifier: Apache-2.0
 *
 * has(WHAT, TEXT...) in statements: 1 if WHAT stands in one of the texts, without regard to the case of ASCII letters; else 0. As "like"
 * between two per cent signs, and twice as fast: a hundred thousand findings are looked through for each page of free text.
 */
#pragma once

#include "base/str.h"

struct sqlite3;

/* The same of one text. */
bool has_in(struct str text, struct str what);

/* Makes the function known to a connection; a code of SQLite. */
int has_add(struct sqlite3 *sql);
