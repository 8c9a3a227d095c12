/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files that add functions to SQLite.
 */
#pragma once

#include "base/str.h"
#include <sqlite3.h>

/* An argument as text, of null none; it lives as long as the call. */
static inline struct str sql_text(sqlite3_value *v)
{
	const char *p = (const char *)sqlite3_value_text(v);

	return str_make(p, p != NULL ? (size_t)sqlite3_value_bytes(v) : 0);
}
