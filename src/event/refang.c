/* SPDX-License-Identifier: Apache-2.0
 *
 * What people do to a URL, name, address or mail address so that nobody follows it by accident, undone:
 * "hxxp", "[.]", "(dot)", "[at]" and their like. A word counts as disarmed only by such a mark in its scheme
 * or in front of its path, since a path may have brackets of its own; then all marks of it are undone.
 */
#include "event/value.h"

static char closing(char open)
{
	return open == '[' ? ']' : open == '(' ? ')' : open == '{' ? '}' : 0;
}

/* What stands in brackets at s, such as "[.]": how many bytes to pass over; 0 if it is something else. */
static size_t in_brackets(struct str s, struct str *ret)
{
	static const struct {
		struct str in, out;
	} words[] = {{STR_INIT("."), STR_INIT(".")}, {STR_INIT("dot"), STR_INIT(".")},
	        {STR_INIT(","), STR_INIT(".")}, {STR_INIT(":"), STR_INIT(":")},
	        {STR_INIT("://"), STR_INIT("://")}, {STR_INIT("/"), STR_INIT("/")},
	        {STR_INIT("@"), STR_INIT("@")}, {STR_INIT("at"), STR_INIT("@")},
	        {STR_INIT("http"), STR_INIT("http")}, {STR_INIT("https"), STR_INIT("https")}};
	char end = s.len > 2 ? closing(s.p[0]) : 0;
	size_t at = end ? str_find(str_sub(s, 0, 12), 1, end) : SIZE_MAX;

	if (at == SIZE_MAX)
		return 0;
	struct str word = str_sub(s, 1, at - 1);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_ieq(word, words[i].in)) {
			*ret = words[i].out;
			return at + 1;
		}
	return 0;
}

/* A disarmed scheme at the start, in any case. */
static size_t at_start(struct str s, struct str *ret)
{
	static const struct {
		struct str in, out;
	} heads[] = {{STR_INIT("hxxps"), STR_INIT("https")}, {STR_INIT("hxxp"), STR_INIT("http")},
	        {STR_INIT("h**ps"), STR_INIT("https")}, {STR_INIT("h**p"), STR_INIT("http")},
	        {STR_INIT("htxps"), STR_INIT("https")}, {STR_INIT("hxtps"), STR_INIT("https")},
	        {STR_INIT("htxp"), STR_INIT("http")}, {STR_INIT("hxtp"), STR_INIT("http")},
	        {STR_INIT("fxp"), STR_INIT("ftp")}};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct str rest = str_skip(s, heads[i].in.len);
		if (str_istarts(s, heads[i].in) && rest.len > 0 && (rest.p[0] == ':' || closing(rest.p[0]))) {
			*ret = heads[i].out;
			return heads[i].in.len;
		}
	}
	return 0;
}

/* Up to where marks are looked for before the word counts as disarmed: a URL's own path may have brackets. */
static bool is_disarmed(struct str s)
{
	struct str out;
	size_t scheme = str_find_str(s, 0, STR("://")), from = scheme == SIZE_MAX ? 0 : scheme + 3;
	size_t end = str_find(s, from, '/');

	if (at_start(s, &out) > 0)
		return true;
	for (size_t i = 0; i < s.len && i < end; i++)
		if ((closing(s.p[i]) && in_brackets(str_skip(s, i), &out) > 0) ||
		        (s.p[i] == '\\' && i + 1 < s.len && s.p[i + 1] == '.'))
			return true;
	return false;
}

struct str value_refang(struct str s, char *buf, size_t size)
{
	struct str out = {0};
	size_t n = 0, i;

	if (s.len > size || !is_disarmed(s))
		return s;
	i = at_start(s, &out);
	if (i > 0)
		memcpy(buf, out.p, n = out.len);
	while (i < s.len) {
		size_t skip = closing(s.p[i]) ? in_brackets(str_skip(s, i), &out) : 0;
		if (skip > 0) {
			memcpy(buf + n, out.p, out.len);
			n += out.len;
			i += skip;
		} else if (s.p[i] == '\\' && i + 1 < s.len && s.p[i + 1] == '.') {
			i++;
		} else {
			buf[n++] = s.p[i++];
		}
	}
	return str_make(buf, n);
}
