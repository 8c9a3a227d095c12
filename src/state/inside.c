/* SPDX-License-Identifier: Apache-2.0 */
#include "state/inside.h"
#include "event/addr.h"
#include "state/sql_text.h"
#include <stdio.h>

struct str inside_host(struct str place)
{
	size_t at = str_find_str(place, 0, STR("://")), end = 0;
	struct str host = at != SIZE_MAX ? str_skip(place, at + 3) : place;

	while (at != SIZE_MAX && end < host.len && host.p[end] != '/' && host.p[end] != '?' &&
	        host.p[end] != '#')
		end++;
	host = at != SIZE_MAX ? str_sub(host, 0, end) : host;
	struct str_cut user = str_rcut(host, '@');
	host = user.ok ? user.tail : host;
	if (at == SIZE_MAX)
		return host;
	return str_starts(host, STR("[")) ? str_cut(str_skip(host, 1), ']').head : str_cut(host, ':').head;
}

static bool is_below(struct str name, struct str parent)
{
	return str_ieq(name, parent) ||
	        (name.len > parent.len && str_iends(name, parent) &&
	                name.p[name.len - parent.len - 1] == '.');
}

bool inside_name(struct str place, struct str name)
{
	return is_below(inside_host(place), name);
}

bool inside_is_prefix(struct str what)
{
	struct prefix p;
	bool host;

	return prefix_parse(what, &p, &host);
}

/* Only what may begin an address is parsed as one. */
static bool is_inside(struct str place, struct str what, const struct prefix *prefix)
{
	struct str host = inside_host(place);
	struct addr addr;

	if (prefix == NULL)
		return is_below(host, what);
	return host.len > 0 && char_hex(host.p[0] == ':' ? '0' : host.p[0]) >= 0 && addr_parse(host, &addr) &&
	        prefix_has(prefix, &addr);
}

/* What stands in a statement once is parsed once. */
static void run(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct str place = sql_text(v[0]), what = sql_text(v[1]);
	struct prefix *prefix = sqlite3_get_auxdata(c, 1);
	struct prefix parsed;
	bool host;

	(void)n;
	if (prefix == NULL && prefix_parse(what, &parsed, &host)) {
		prefix = sqlite3_malloc(sizeof(*prefix));
		if (prefix == NULL) {
			sqlite3_result_error_nomem(c);
			return;
		}
		*prefix = parsed;
		sqlite3_set_auxdata(c, 1, prefix, sqlite3_free);
		prefix = &parsed;
	}
	sqlite3_result_int(c, is_inside(place, what, prefix));
}

int inside_add(struct sqlite3 *sql)
{
	return sqlite3_create_function_v2(sql, "inside", 2,
	        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, run, NULL, NULL, NULL);
}

/* Whole octets of an IPv4 prefix; of IPv6 the leading groups, as far as none of them is zero, since zeros may be left out. */
bool inside_range(struct str what, char ret_from[64], char ret_to[64])
{
	struct prefix p;
	struct addr first, last;
	bool host;
	char a[64], b[64];
	size_t common = 0, keep = 0;

	if (!prefix_parse(what, &p, &host))
		return false;
	prefix_range(&p, &first, &last);
	size_t na = addr_print(a, &first), nb = addr_print(b, &last);
	bool four = addr_is4(&first);
	if (na == nb && memcmp(a, b, na) == 0) {
		snprintf(ret_from, 64, "%.*s", (int)na, a);
		snprintf(ret_to, 64, "%.*s ", (int)na, a);
		return true;
	}
	while (common < na && common < nb && a[common] == b[common]) {
		common++;
		if (a[common - 1] == (four ? '.' : ':'))
			keep = common;
		/* "::" stands for zeros */
		if (!four && common > 1 && a[common - 1] == ':' && a[common - 2] == ':')
			return false;
	}
	/* of an IPv6 prefix that ends within a group the group itself differs; one whose next group may be zero has "::" there */
	if (keep == 0)
		return false;
	snprintf(ret_from, 64, "%.*s", (int)keep, a);
	snprintf(ret_to, 64, "%.*s%c", (int)keep - 1, a, (four ? '.' : ':') + 1);
	return true;
}
