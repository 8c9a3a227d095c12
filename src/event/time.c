/* SPDX-License-Identifier: Apache-2.0
 *
 * Times as reports write them. Three grammars; the number of digits in front tells them apart:
 *
 *   2026-01-05T07:44:46.25Z      year first; '-', '/' or '.' between, or nothing ("20260105T074446Z")
 *   1767599086.25                seconds, milliseconds, microseconds since 1970
 *   Mon, 05 Jan 2026 07:44 GMT   the month in English letters, in any of the usual orders
 *
 * The year has four digits always, so no order of day and month is ever guessed. Behind the time stand UTC's
 * letters or a numeric offset; other letters (CST is three zones) make the text unreadable, which is said
 * aloud, instead of hours wrong, which is not. A weekday is read over and not compared with the date.
 *
 * The most frequent form, 19 bytes with two-digit parts, is read by words: all its digits are checked and
 * combined at once.
 */
#include "event/civil.h"

/* ---- what stands behind a date --------------------------------------------------------------------- */

static bool to_24_hours(struct civil *c, bool pm)
{
	if (c->hour < 1 || c->hour > 12)
		return false;
	c->hour = c->hour % 12 + (pm ? 12 : 0);
	return true;
}

/* HH:MM[:SS[.fraction]] [AM|PM] */
static bool take_clock(struct str *s, struct civil *ret)
{
	struct str t = *s, half;
	struct civil c = *ret;
	bool pm;

	if (!take_number(&t, 1, 2, &c.hour) || !take_char(&t, ':') || !take_number(&t, 2, 2, &c.minute))
		return false;
	if (take_char(&t, ':')) {
		if (!take_number(&t, 2, 2, &c.second))
			return false;
		if ((take_char(&t, '.') || take_char(&t, ',')) && !take_fraction(&t, &c.micro))
			return false;
	}
	half = t;
	take_blanks(&half);
	if (take_half(&half, &pm)) {
		if (!to_24_hours(&c, pm))
			return false;
		t = half;
	}
	*s = t;
	*ret = c;
	return true;
}

/* Offset, then a remark in brackets as in RFC 5322, then the end. "+0000 UTC" is Go's. */
static bool tail(struct str s, struct civil *c)
{
	int again;

	take_blanks(&s);
	if (!c->has_offset && take_offset(&s, &c->offset)) {
		c->has_offset = true;
		take_blanks(&s);
		if (s.len > 0 && char_lower(s.p[0]) == 'u' &&
		        (!take_offset(&s, &again) || again != c->offset))
			return false;
		take_blanks(&s);
		if (s.len > 1 && s.p[0] == '(' && s.p[s.len - 1] == ')')
			return true;
	}
	return s.len == 0;
}

/* ---- year first ------------------------------------------------------------------------------------ */

/* "YYYY-MM-DD?HH:MM:SS" in the first 19 bytes. In each word digits become 0 to 9 and separators 0; adding
 * 0x76 or 0x7f then sets the highest bit of a byte that is more. The byte at ? is the caller's to check. */
static bool read_words(const char *p, struct civil *c)
{
	const uint64_t high = 0x8080808080808080u;
	uint64_t date, clock;
	uint32_t end;

	memcpy(&date, p, 8);
	memcpy(&clock, p + 8, 8);
	memcpy(&end, p + 15, 4);
	date ^= 0x2d30302d30303030u;                                 /* "YYYY-MM-" */
	clock = (clock ^ 0x30303a3030003030u) & ~(uint64_t)0xff0000; /* "DD?HH:MM" */
	end ^= 0x30303a30u;                                          /* "M:SS" */
	if ((((date + 0x7f76767f76767676u) | date | (clock + 0x76767f76767f7676u) | clock) & high) != 0 ||
	        (((end + 0x76767f76u) | end) & (uint32_t)high) != 0)
		return false;
	/* Byte i of each becomes the number that digits i and i + 1 make. */
	date = date * 10 + (date >> 8);
	clock = clock * 10 + (clock >> 8);
	end = end * 10 + (end >> 8);
	c->year = (int)(date & 0xff) * 100 + (int)(date >> 16 & 0xff);
	c->month = (int)(date >> 40 & 0xff);
	c->day = (int)(clock & 0xff);
	c->hour = (int)(clock >> 24 & 0xff);
	c->minute = (int)(clock >> 48 & 0xff);
	c->second = (int)(end >> 16 & 0xff);
	return true;
}

/* The two commonest offsets, "Z" and "+07:00", as the whole of the rest. */
static bool fast_offset(const char *p, size_t len, struct civil *c)
{
	if (len == 1 && p[0] == 'Z')
		return c->has_offset = true;
	if (len != 6 || (p[0] != '+' && p[0] != '-') || p[3] != ':')
		return false;
	unsigned a = (uint8_t)(p[1] - '0'), b = (uint8_t)(p[2] - '0'), m = (uint8_t)(p[4] - '0'),
	         n = (uint8_t)(p[5] - '0');
	if (a > 1 || b > (a == 1 ? 5 : 9) || m > 5 || n > 9)
		return false;
	c->offset = (int)(a * 600 + b * 60 + m * 10 + n) * (p[0] == '-' ? -60 : 60);
	return c->has_offset = true;
}

static bool fast_time(struct str s, struct civil *c)
{
	if (s.len < 19 || (s.p[10] != ' ' && s.p[10] != 'T') || !read_words(s.p, c))
		return false;
	if (s.len == 19 || fast_offset(s.p + 19, s.len - 19, c))
		return true;
	s = str_skip(s, 19);
	if ((take_char(&s, '.') || take_char(&s, ',')) && !take_fraction(&s, &c->micro))
		return false;
	return tail(s, c);
}

/* Behind a complete date: nothing, an offset, or a clock and an offset. */
static bool after_date(struct str s, struct civil *c)
{
	struct str t = s;

	if ((take_char(&t, 'T') || take_char(&t, 't') || take_blanks(&t)) && t.len > 0 && char_digit(t.p[0]))
		return take_clock(&t, c) && tail(t, c);
	return tail(s, c);
}

static bool year_first(struct str s, struct civil *c)
{
	if (!take_number(&s, 4, 4, &c->year) || s.len == 0)
		return false;
	char between = s.p[0];
	if (memchr("-/. ", between, 4) == NULL)
		return false;
	s = str_skip(s, 1);
	if (!take_month(&s, &c->month) && (between == ' ' || !take_number(&s, 1, 2, &c->month)))
		return false;
	return take_char(&s, between) && take_number(&s, 1, 2, &c->day) && after_date(s, c);
}

/* ISO 8601's basic format, 20260105T0744[46], and X.500's GeneralizedTime, 20260105074446Z. Without a T or a
 * zone it would be one number of many meanings. */
static bool basic_format(struct str s, struct civil *c)
{
	if (!take_number(&s, 4, 4, &c->year) || !take_number(&s, 2, 2, &c->month) ||
	        !take_number(&s, 2, 2, &c->day))
		return false;
	bool letter = take_char(&s, 'T');
	if (!take_number(&s, 2, 2, &c->hour) || !take_number(&s, 2, 2, &c->minute))
		return false;
	if (take_number(&s, 2, 2, &c->second) && (take_char(&s, '.') || take_char(&s, ',')) &&
	        !take_fraction(&s, &c->micro))
		return false;
	return tail(s, c) && (letter || c->has_offset);
}

/* ---- since 1970 ------------------------------------------------------------------------------------ */

/* digits is how many stand before the fraction. */
static bool since_epoch(struct str s, size_t digits, int64_t *ret)
{
	/* 2262-01-01, the first instant out of range. */
	const uint64_t end = 9214646400u;
	uint64_t v, per_second = digits == 10 ? 1 : digits == 13 ? 1000 : MICRO;
	int fraction = 0;

	if (s.p[0] == '0' || !str_u64(str_sub(s, 0, digits), &v) || v / per_second >= end)
		return false;
	s = str_skip(s, digits);
	if (take_char(&s, '.') && !take_fraction(&s, &fraction))
		return false;
	if (s.len != 0)
		return false;
	*ret = (int64_t)(v * (MICRO / per_second)) + fraction / (int)per_second;
	return true;
}

/* ---- month in letters ------------------------------------------------------------------------------ */

/* "05 Jan 2026", "5-January-2026", "05/Jan/2026:07:44:46" (web servers' logs) */
static bool day_first(struct str s, struct civil *c)
{
	if (!take_number(&s, 1, 2, &c->day))
		return false;
	bool blank = take_blanks(&s);
	if (!blank && !take_char(&s, '-') && !take_char(&s, '/'))
		return false;
	if (!take_month(&s, &c->month))
		return false;
	if (!(blank ? take_blanks(&s) : take_char(&s, '-') || take_char(&s, '/')) ||
	        !take_number(&s, 4, 4, &c->year))
		return false;
	if (take_char(&s, ':'))
		return take_clock(&s, c) && tail(s, c);
	take_char(&s, ',');
	return after_date(s, c);
}

/* "Jan 5, 2026 7:44 PM", "Jan  5 07:44:46 2026" and with the zone on either side of the year */
static bool month_first(struct str s, struct civil *c)
{
	if (!take_month(&s, &c->month) || !take_blanks(&s) || !take_number(&s, 1, 2, &c->day))
		return false;
	take_char(&s, ',');
	if (!take_blanks(&s))
		return false;
	if (take_clock(&s, c)) {
		if (!take_blanks(&s))
			return false;
		if (take_offset(&s, &c->offset)) {
			c->has_offset = true;
			if (!take_blanks(&s))
				return false;
		}
		return take_number(&s, 4, 4, &c->year) && tail(s, c);
	}
	if (!take_number(&s, 4, 4, &c->year))
		return false;
	take_char(&s, ',');
	return after_date(s, c);
}

static bool in_letters(struct str s, struct civil *c)
{
	if (take_weekday(&s)) {
		take_char(&s, ',');
		if (!take_blanks(&s))
			return false;
	}
	return s.len > 0 && char_digit(s.p[0]) ? day_first(s, c) : month_first(s, c);
}

/* ---------------------------------------------------------------------------------------------------- */

bool value_time(struct str s, const struct zone *zone, int64_t *ret)
{
	struct civil c = {0};
	size_t digits = 0;
	bool ok;

	if (fast_time(s, &c))
		return civil_instant(&c, zone, ret);
	c = (struct civil){0};
	s = str_trim(s);
	while (digits < s.len && digits < 20 && char_digit(s.p[digits]))
		digits++;
	switch (digits) {
	case 0:
	case 1:
	case 2:
		ok = in_letters(s, &c);
		break;
	case 4:
		ok = year_first(s, &c);
		break;
	case 8:
	case 14:
		ok = basic_format(s, &c);
		break;
	case 10:
	case 13:
	case 16:
		return since_epoch(s, digits, ret);
	default:
		return false;
	}
	return ok && civil_instant(&c, zone, ret);
}

/* ---- text ------------------------------------------------------------------------------------------ */

static inline char *put2(char *at, unsigned v)
{
	at[0] = (char)('0' + v / 10);
	at[1] = (char)('0' + v % 10);
	return at + 2;
}

/* The year of an instant that no parser made may have any sign and up to six digits. */
static char *put_year(char *at, int64_t year)
{
	if (year >= 0 && year <= 9999)
		return put2(put2(at, (unsigned)year / 100), (unsigned)year % 100);
	return at + snprintf(at, 8, "%04d", (int)year);
}

/* civil_days backwards. */
static char *put_date(char *at, int64_t days)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned of_era = (unsigned)(z - era * 146097);
	unsigned of_400 = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * of_400 + of_400 / 4 - of_400 / 100), m = (5 * of_year + 2) / 153;
	unsigned month = m < 10 ? m + 3 : m - 9;

	at = put_year(at, of_400 + era * 400 + (month <= 2));
	*at++ = '-';
	at = put2(at, month);
	*at++ = '-';
	return put2(at, of_year - (153 * m + 2) / 5 + 1);
}

size_t value_time_print(char *buf, int64_t t)
{
	int64_t micro = t % MICRO, second = t / MICRO - (micro < 0);
	int64_t of_day = second % DAY_SECONDS, days = second / DAY_SECONDS - (of_day < 0);
	unsigned u = (unsigned)(micro < 0 ? micro + MICRO : micro);
	unsigned s = (unsigned)(of_day < 0 ? of_day + DAY_SECONDS : of_day);
	char *at = put_date(buf, days);

	*at++ = 'T';
	at = put2(at, s / 3600);
	*at++ = ':';
	at = put2(at, s / 60 % 60);
	*at++ = ':';
	at = put2(at, s % 60);
	if (u != 0) {
		*at++ = '.';
		at = put2(put2(put2(at, u / 10000), u / 100 % 100), u % 100);
	}
	memcpy(at, "+00:00", 7);
	return (size_t)(at + 6 - buf);
}
