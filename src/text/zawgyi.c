/* SPDX-License-Identifier: Apache-2.0 */
#include "text/zawgyi.h"
#include "base/utf8.h"

enum {
	AA = 0x102b,
	AA2 = 0x102c,
	II = 0x102e,
	E = 0x1031,
	AI = 0x1032,
	ANUSVARA = 0x1036,
	DOT = 0x1037,
	VISARGA = 0x1038
};
enum { STACK = 0x1039, KILLED = 0x103a, YA = 0x103b, RA = 0x103c, WA = 0x103d, HA = 0x103e };

static bool in(uint32_t c, uint32_t from, uint32_t to)
{
	return c >= from && c <= to;
}

static bool burmese(uint32_t c)
{
	return in(c, 0x1000, 0x109f);
}

static bool medial(uint32_t c)
{
	return in(c, YA, HA) || c == 0x105e || c == 0x105f || c == 0x1060 || c == 0x1082;
}

static bool consonant(uint32_t c)
{
	return in(c, 0x1000, 0x102a) || c == 0x103f || c == 0x104e || in(c, 0x1050, 0x1055) ||
	        in(c, 0x105a, 0x105d) || c == 0x1061 || c == 0x1065 || c == 0x1066 || in(c, 0x106e, 0x1070) ||
	        in(c, 0x1075, 0x1081) || c == 0x108e || in(c, 0xaa60, 0xaa7f);
}

/* What c says, between its neighbours: 1 for Zawgyi, -1 for Unicode. */
static int says(uint32_t before, uint32_t c, uint32_t after)
{
	switch (c) {
	case E:
		if (!consonant(before) && !medial(before))
			return 1;
		return after == AA || after == AA2 ? -1 : 0;
	case STACK:
		return !in(after, 0x1000, 0x1021) && after != 0x103f;
	case KILLED:
		if (in(after, AA, II) || after == AI || after == ANUSVARA || after == RA || after == WA)
			return 1;
		return !burmese(after) || after == DOT || after == VISARGA || in(after, 0x104a, 0x104b) ? -1
		                                                                                        : 0;
	case HA:
		return -1;
	case YA:
	case RA:
	case WA:
		return !consonant(before) && !medial(before) && before != KILLED && before != STACK;
	case 0x1094: /* in Unicode digits of Shan */
	case 0x1095:
		return in(before, 0x1000, HA);
	default:
		return c == 0x1034 || c == 0x108f;
	}
}

bool zawgyi_likely(struct str s)
{
	uint32_t before = 0, c = 0;
	int sum = 0;

	for (size_t i = 0, len; i <= s.len; i += len) {
		uint32_t after = 0;
		len = 1;
		if (i < s.len)
			after = utf8_get(s, i, &len);
		sum += burmese(c) ? says(before, c, after) : 0;
		before = c;
		c = after;
	}
	return sum > 0;
}
