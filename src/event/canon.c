/* SPDX-License-Identifier: Apache-2.0 */
#include "event/canon.h"

bool canon_uuid(struct str s, char *ret)
{
	if (s.len != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? s.p[i] != '-' : char_hex(s.p[i]) < 0)
			return false;
		ret[i] = char_lower(s.p[i]);
	}
	return true;
}

size_t canon_cves(struct str s, char *ret, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len;) {
		size_t end = i;
		while (end < s.len && (char_alnum(s.p[end]) || s.p[end] == '-'))
			end++;
		struct str word = str_sub(s, i, end - i);
		uint32_t year, number;
		struct str_cut cut = str_cut(str_skip(word, 4), '-');
		if (str_istarts(word, STR("CVE-")) && str_u32(cut.head, &year) && cut.head.len == 4 &&
		        str_u32(cut.tail, &number) && cut.tail.len >= 4 && n + word.len + 1 <= size) {
			if (n > 0)
				ret[n++] = ',';
			for (size_t k = 0; k < word.len; k++)
				ret[n++] = word.p[k] >= 'a' ? (char)(word.p[k] & ~0x20) : word.p[k];
		} else if (word.len > 0) {
			return 0; /* something else stands there: the text is kept whole, as extra */
		}
		i = end + 1;
	}
	return n;
}

size_t canon_float(struct str s, char *ret, size_t size)
{
	size_t n = 0, i = 0, digits = 0;

	if (s.len == 0 || s.len + 2 > size)
		return 0;
	if (s.p[0] == '-')
		ret[n++] = '-';
	i += s.p[0] == '-' || s.p[0] == '+';
	while (i + 1 < s.len && s.p[i] == '0' && char_digit(s.p[i + 1]))
		i++;
	if (i < s.len && s.p[i] == '.')
		ret[n++] = '0';
	for (; i < s.len && char_digit(s.p[i]); i++, digits++)
		ret[n++] = s.p[i];
	if (i + 1 < s.len && s.p[i] == '.')
		for (ret[n++] = s.p[i++]; i < s.len && char_digit(s.p[i]); i++, digits++)
			ret[n++] = s.p[i];
	else if (i + 1 == s.len && s.p[i] == '.')
		i++;
	return i == s.len && digits > 0 && char_digit(ret[n - 1]) ? n : 0;
}

size_t canon_int(struct str s, char *ret)
{
	bool minus = s.len > 0 && s.p[0] == '-';
	uint64_t v;

	if (!str_u64(str_skip(s, minus || (s.len > 0 && s.p[0] == '+')), &v) || v > INT64_MAX)
		return 0;
	return (size_t)snprintf(ret, 24, "%s%llu", minus && v ? "-" : "", (unsigned long long)v);
}

struct str canon_bool(struct str s)
{
	static const char *const yes[] = {"true", "1", "yes", "y", "t", "on"},
	                         *const no[] = {"false", "0", "no", "n", "f", "off"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (str_ieq(s, str_from(yes[i])))
			return STR("true");
		if (str_ieq(s, str_from(no[i])))
			return STR("false");
	}
	return (struct str){0};
}

struct str canon_registry(struct str s)
{
	static const struct {
		struct str in, out;
	} names[] = {{STR_INIT("afrinic"), STR_INIT("AFRINIC")}, {STR_INIT("apnic"), STR_INIT("APNIC")},
	        {STR_INIT("arin"), STR_INIT("ARIN")}, {STR_INIT("lacnic"), STR_INIT("LACNIC")},
	        {STR_INIT("ripe"), STR_INIT("RIPE")}, {STR_INIT("ripencc"), STR_INIT("RIPE")},
	        {STR_INIT("ripe ncc"), STR_INIT("RIPE")}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_ieq(s, names[i].in))
			return names[i].out;
	return (struct str){0};
}
