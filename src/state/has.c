/* SPDX-License-Identifier: Apache-2.0 */
#include "state/has.h"
#include "state/sql_text.h"

/* By its first letter first, of which few places are left. */
bool has_in(struct str text, struct str what)
{
	unsigned char small, large;

	if (what.len == 0)
		return true;
	small = large = (unsigned char)what.p[0];
	if (small >= 'A' && small <= 'Z')
		small |= 0x20;
	if (large >= 'a' && large <= 'z')
		large &= 0xdf;
	for (size_t i = 0; i + what.len <= text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if ((c == small || c == large) && str_istarts(str_skip(text, i), what))
			return true;
	}
	return false;
}

static void run(sqlite3_context *c, int n, sqlite3_value **v)
{
	bool found = false;

	if (n > 0) {
		struct str what = sql_text(v[0]);
		for (int i = 1; i < n && !found; i++)
			found = has_in(sql_text(v[i]), what);
	}
	sqlite3_result_int(c, found);
}

int has_add(struct sqlite3 *sql)
{
	return sqlite3_create_function_v2(sql, "has", -1,
	        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, run, NULL, NULL, NULL);
}
