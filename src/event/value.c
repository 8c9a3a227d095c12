/* SPDX-License-Identifier: Apache-2.0
 *
 * Small values: placeholders, ports, AS numbers, bank codes. Names are in name.c, times in time.c.
 */
#include "event/value.h"

/* What feeds write where they know nothing. "NA" is Namibia and "NaN" in lower case a province of Thailand,
 * so the former is no placeholder and the latter only in the spelling of number formats. The last rows are
 * the zero dates of MySQL, .NET and Go. */
struct placeholder {
	struct str text;
	bool exact; /* in this case only */
};
static const struct placeholder placeholders[] = {
        {STR_INIT("-"), true},
        {STR_INIT("--"), true},
        {STR_INIT("---"), true},
        {STR_INIT("?"), true},
        {STR_INIT("??"), true},
        {STR_INIT("n/a"), false},
        {STR_INIT("#n/a"), false},
        {STR_INIT("n.a."), false},
        {STR_INIT("null"), false},
        {STR_INIT("(null)"), false},
        {STR_INIT("<null>"), false},
        {STR_INIT("\\N"), true},
        {STR_INIT("nil"), false},
        {STR_INIT("none"), false},
        {STR_INIT("NaN"), true},
        {STR_INIT("undef"), false},
        {STR_INIT("undefined"), false},
        {STR_INIT("unknown"), false},
        {STR_INIT("0000-00-00"), true},
        {STR_INIT("0000-00-00 00:00:00"), true},
        {STR_INIT("0001-01-01T00:00:00"), true},
        {STR_INIT("0001-01-01T00:00:00Z"), true},
};
#define PLACEHOLDER_MAX 20
static const bool may_begin[256] = {['-'] = 1,
        ['?'] = 1,
        ['n'] = 1,
        ['N'] = 1,
        ['#'] = 1,
        ['('] = 1,
        ['<'] = 1,
        ['u'] = 1,
        ['U'] = 1,
        ['0'] = 1,
        ['\\'] = 1,
        [' '] = 1,
        ['\t'] = 1,
        ['\r'] = 1,
        ['\n'] = 1,
        ['\f'] = 1,
        ['\v'] = 1};

bool value_placeholder(struct str s)
{
	if (s.len == 0)
		return true;
	/* Nearly every value ends here: the characters that a placeholder or a blank begins with. */
	if (!may_begin[(uint8_t)s.p[0]])
		return false;
	s = str_trim(s);
	if (s.len == 0)
		return true;
	if (s.len > PLACEHOLDER_MAX)
		return false;
	for (size_t i = 0; i < sizeof(placeholders) / sizeof(*placeholders); i++) {
		const struct placeholder *p = &placeholders[i];

		if (p->text.len == s.len && (p->exact ? str_eq(p->text, s) : str_ieq(p->text, s)))
			return true;
	}
	return false;
}

bool value_port(struct str s, uint16_t *ret)
{
	uint32_t v;

	s = str_trim(s);
	if (str_ends(s, STR(".0")))
		s.len -= 2;
	if (s.len > 5 || !str_u32(s, &v) || v == 0 || v > 65535)
		return false;
	*ret = (uint16_t)v;
	return true;
}

/* ---- AS numbers -------------------------------------------------------------------------------- */

/* No registry has given out numbers from 100.0 on. "64500.0" is what some JSON writers make of 64500, or an
 * AS number in asdot notation (RFC 5396): it can be read in two ways, so it is not read. */
#define ASDOT_HIGH 100

static struct str take_digits(struct str *s)
{
	size_t n = 0;

	while (n < s->len && char_digit(s->p[n]))
		n++;
	struct str digits = str_sub(*s, 0, n);
	*s = str_skip(*s, n);
	return digits;
}

static bool skip_as(struct str *s)
{
	if (!str_istarts(*s, STR("AS")))
		return false;
	*s = str_skip(*s, str_istarts(*s, STR("ASN")) ? 3 : 2);
	*s = str_trim(*s);
	return true;
}

/* A name may stand behind the number, a second number may not: which of two origins is meant is not for
 * us to say. */
static bool only_a_name(struct str s)
{
	if (s.len == 0)
		return true;
	if (s.p[0] != ' ' && s.p[0] != '\t' && s.p[0] != ',')
		return false;
	while (s.len > 0 && !char_alnum(s.p[0]) && (s.p[0] & 0x80) == 0)
		s = str_skip(s, 1);
	skip_as(&s);
	struct str digits = take_digits(&s);
	return digits.len == 0 || (s.len > 0 && char_alnum(s.p[0]));
}

bool value_asn(struct str s, uint32_t *ret)
{
	s = str_trim(s);
	bool named = skip_as(&s);
	struct str digits = take_digits(&s);
	uint32_t v, low;

	if (digits.len > 10 || !str_u32(digits, &v))
		return false;
	if (s.len > 0 && s.p[0] == '.') {
		s = str_skip(s, 1);
		digits = take_digits(&s);
		if (digits.len > 5 || !str_u32(digits, &low) || v > 65535 || low > 65535)
			return false;
		if (!named && low == 0 && v >= ASDOT_HIGH)
			return false;
		v = v << 16 | low;
	}
	if (v == 0 || !only_a_name(s))
		return false;
	*ret = v;
	return true;
}

/* ---- bank codes -------------------------------------------------------------------------------- */

bool value_bic(struct str s, char *ret, size_t *ret_len)
{
	char upper[11];

	s = str_trim(s);
	if (s.len != 8 && s.len != 11)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!(i < 6 ? char_alnum(c) && !char_digit(c) : char_alnum(c)))
			return false;
		upper[i] = c >= 'a' ? (char)(c - 'a' + 'A') : c;
	}
	memcpy(ret, upper, s.len);
	*ret_len = s.len;
	return true;
}
