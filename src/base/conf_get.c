/* SPDX-License-Identifier: Apache-2.0
 *
 * Typed access to a tree of configuration. The reader of a key says what it is; a value that is not of that
 * type is a sentence with its place and an example. Nothing is converted silently: "08" is a number, "8.0"
 * is not, "on" is no truth.
 */
#include "base/conf.h"

struct conf *conf_find(const struct conf *c, const char *key)
{
	struct str want = str_from(key);

	if (c == NULL || c->kind != CONF_MAP)
		return NULL;
	for (struct conf *at = c->first; at != NULL; at = at->next) {
		if (str_eq(at->key, want))
			return at;
	}
	return NULL;
}

static const char *key_nearest(struct str key, const char *const *keys)
{
	const char *best = NULL;
	unsigned least = 3; /* two edits at most, and fewer than the name has letters */

	for (; *keys != NULL; keys++) {
		unsigned d = str_distance(key, str_from(*keys));
		if (d < least && d < key.len) {
			least = d;
			best = *keys;
		}
	}
	return best;
}

static bool key_listed(struct str key, const char *const *keys)
{
	for (; *keys != NULL; keys++) {
		if (str_eq(key, str_from(*keys)))
			return true;
	}
	return false;
}

static struct str kind_name(enum conf_kind kind)
{
	return kind == CONF_MAP ? STR("a map") : kind == CONF_LIST ? STR("a list") : STR("a single value");
}

int conf_only(const struct conf *c, const char *const *keys, struct err *e)
{
	char name[128];

	if (c == NULL || (c->kind == CONF_SCALAR && c->text.len == 0 && !c->quoted))
		return 0; /* nothing there */
	if (c->kind != CONF_MAP)
		return conf_err(
		        c, e, "expected 'key: value' entries, found %.*s", STR_ARG(kind_name(c->kind)));
	for (const struct conf *at = c->first; at != NULL; at = at->next) {
		if (key_listed(at->key, keys))
			continue;
		const char *near = key_nearest(at->key, keys);
		err_quote(name, sizeof(name), at->key);
		return near ? conf_err_key(at, e, "no key '%s'; did you mean '%s'?", name, near)
		            : conf_err_key(at, e, "no key '%s' here", name);
	}
	return 0;
}

/* 1 with *ret, 0 if it is missing, or an error if it is no single value. */
static int scalar_find(const struct conf *map, const char *key, const struct conf **ret, struct err *e)
{
	const struct conf *c = conf_find(map, key);

	if (c == NULL)
		return 0;
	if (c->kind != CONF_SCALAR)
		return conf_err(c, e, "'%s' is a single value, found %.*s", key, STR_ARG(kind_name(c->kind)));
	*ret = c;
	return 1;
}

static int bad_value(const struct conf *c, const char *key, const char *want, struct err *e)
{
	char text[128];

	err_quote(text, sizeof(text), c->text);
	return conf_err(c, e, "bad %s '%s': %s", key, text, want);
}

int conf_str(const struct conf *map, const char *key, struct str *ret, struct err *e)
{
	const struct conf *c = NULL;
	int rc = scalar_find(map, key, &c, e);

	if (rc <= 0)
		return rc;
	*ret = c->text;
	return 0;
}

int conf_bool(const struct conf *map, const char *key, bool *ret, struct err *e)
{
	const struct conf *c = NULL;
	int rc = scalar_find(map, key, &c, e);

	if (rc <= 0)
		return rc;
	bool yes = str_eq(c->text, STR("true")) || str_eq(c->text, STR("yes"));
	if (!yes && !str_eq(c->text, STR("false")) && !str_eq(c->text, STR("no")))
		return bad_value(c, key, "write 'true' or 'false'", e);
	*ret = yes;
	return 0;
}

int conf_u64(
        const struct conf *map, const char *key, uint64_t min, uint64_t max, uint64_t *ret, struct err *e)
{
	const struct conf *c = NULL;
	uint64_t v;
	char want[96];
	int rc = scalar_find(map, key, &c, e);

	if (rc <= 0)
		return rc;
	if (!str_u64(c->text, &v) || v < min || v > max) {
		snprintf(want, sizeof(want), "a whole number from %llu to %llu", (unsigned long long)min,
		        (unsigned long long)max);
		return bad_value(c, key, want, e);
	}
	*ret = v;
	return 0;
}

bool conf_duration(struct str text, uint64_t *ret_seconds)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	uint64_t n, factor = 1;

	for (size_t i = 0; text.len > 1 && i < sizeof(units) / sizeof(units[0]); i++) {
		if (text.p[text.len - 1] != units[i].unit)
			continue;
		factor = units[i].seconds;
		text.len--;
		break;
	}
	if (!str_u64(text, &n) || n > UINT64_MAX / factor)
		return false;
	*ret_seconds = n * factor;
	return true;
}

int conf_seconds(const struct conf *map, const char *key, uint64_t *ret, struct err *e)
{
	const struct conf *c = NULL;
	int rc = scalar_find(map, key, &c, e);

	if (rc <= 0)
		return rc;
	return conf_duration(c->text, ret)
	        ? 0
	        : bad_value(c, key, "a duration such as '90s', '15m', '2h', '3d' or '1w'", e);
}
