/* SPDX-License-Identifier: Apache-2.0 */
#include "event/civil.h"

#define YEAR_MIN 1970
#define YEAR_MAX 2261

int64_t civil_days(int year, int month, int day)
{
	/* The year starts in March, so that the leap day is its last; 400 years have 146,097 days. */
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static const uint8_t month_days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
static const uint16_t days_before[13] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

bool civil_instant(const struct civil *c, const struct zone *zone, int64_t *ret)
{
	unsigned year = (unsigned)c->year, month = (unsigned)c->month, day = (unsigned)c->day;
	unsigned hour = (unsigned)c->hour, minute = (unsigned)c->minute, second = (unsigned)c->second;
	int micro = c->micro;

	if (year - YEAR_MIN > YEAR_MAX - YEAR_MIN || month - 1 > 11 || hour > 23 || minute > 59 ||
	        second > 60)
		return false;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (day - 1 >= month_days[month] + (unsigned)(leap && month == 2))
		return false;
	if (second == 60) {
		if (minute != 59)
			return false;
		second = 59;
		micro = MICRO - 1;
	}
	/* The leap days of the years from 1970 on: 2000 had one, 2100 and 2200 have none. */
	unsigned leaps = (year - 1969) / 4 - (year > 2100) - (year > 2200) + (leap && month > 2);
	unsigned days = 365 * (year - 1970) + leaps + days_before[month] + day - 1;
	int64_t t = (int64_t)days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
	if (c->has_offset)
		t -= c->offset;
	else if (zone != NULL)
		t = zone_to_utc(zone, t);
	if (t < 0)
		return false;
	*ret = t * MICRO + micro;
	return true;
}

bool take_char(struct str *s, char c)
{
	if (s->len == 0 || s->p[0] != c)
		return false;
	*s = str_skip(*s, 1);
	return true;
}

bool take_blanks(struct str *s)
{
	size_t n = 0;

	while (n < s->len && char_space(s->p[n]))
		n++;
	*s = str_skip(*s, n);
	return n > 0;
}

bool take_number(struct str *s, unsigned min, unsigned max, int *ret)
{
	unsigned n = 0;
	int v = 0;

	while (n < max && n < s->len && char_digit(s->p[n]))
		v = v * 10 + (s->p[n++] - '0');
	if (n < min)
		return false;
	*s = str_skip(*s, n);
	*ret = v;
	return true;
}

bool take_fraction(struct str *s, int *ret_micro)
{
	size_t n = 0;
	int v = 0, scale = MICRO;

	for (; n < s->len && char_digit(s->p[n]); n++) {
		if (scale > 1) {
			scale /= 10;
			v += (s->p[n] - '0') * scale;
		}
	}
	*s = str_skip(*s, n);
	*ret_micro = v;
	return n > 0;
}

/* The word of letters at the front. */
static struct str peek_word(struct str s)
{
	size_t n = 0;

	while (n < s.len && char_alnum(s.p[n]) && !char_digit(s.p[n]))
		n++;
	return str_sub(s, 0, n);
}

/* The position from 1 of the word at the front in a list, whole or by its first three letters; 0 if it is
 * not one of them. */
static int take_name(struct str *s, const struct str *names, int n)
{
	struct str word = peek_word(*s);

	for (int i = 0; i < n; i++) {
		if (str_ieq(word, names[i]) || str_ieq(word, str_sub(names[i], 0, 3))) {
			*s = str_skip(*s, word.len);
			return i + 1;
		}
	}
	return 0;
}

bool take_month(struct str *s, int *ret)
{
	static const struct str names[] = {STR_INIT("January"), STR_INIT("February"), STR_INIT("March"),
	        STR_INIT("April"), STR_INIT("May"), STR_INIT("June"), STR_INIT("July"), STR_INIT("August"),
	        STR_INIT("September"), STR_INIT("October"), STR_INIT("November"), STR_INIT("December"),
	        STR_INIT("Sept")};
	int month = take_name(s, names, 13);

	if (month == 0)
		return false;
	*ret = month == 13 ? 9 : month;
	return true;
}

bool take_weekday(struct str *s)
{
	static const struct str names[] = {STR_INIT("Monday"), STR_INIT("Tuesday"), STR_INIT("Wednesday"),
	        STR_INIT("Thursday"), STR_INIT("Friday"), STR_INIT("Saturday"), STR_INIT("Sunday"),
	        STR_INIT("Tues"), STR_INIT("Thur"), STR_INIT("Thurs")};

	return take_name(s, names, 10) != 0;
}

bool take_half(struct str *s, bool *ret_pm)
{
	static const struct str forms[] = {
	        STR_INIT("A.M."), STR_INIT("P.M."), STR_INIT("AM"), STR_INIT("PM")};

	for (unsigned i = 0; i < 4; i++) {
		if (str_istarts(*s, forms[i])) {
			*s = str_skip(*s, forms[i].len);
			*ret_pm = i & 1;
			return true;
		}
	}
	return false;
}

/* +07:00, +0700, +07; with one digit only behind letters ("UTC+7"). */
static bool take_digits_offset(struct str *s, unsigned min, int *ret)
{
	struct str t = *s;
	int hours, minutes = 0;
	bool west = t.len > 0 && t.p[0] == '-';

	if (!take_char(&t, '+') && !take_char(&t, '-'))
		return false;
	if (!take_number(&t, min, 2, &hours))
		return false;
	struct str rest = t;
	if (take_char(&rest, ':')) {
		if (!take_number(&rest, 2, 2, &minutes))
			return false;
		t = rest;
	} else {
		take_number(&t, 2, 2, &minutes);
	}
	/* No place was ever further than 15 h 13 min from Greenwich. */
	if (hours > 15 || minutes > 59)
		return false;
	*s = t;
	*ret = (hours * 60 + minutes) * (west ? -60 : 60);
	return true;
}

bool take_offset(struct str *s, int *ret)
{
	static const struct str forms[] = {STR_INIT("UTC"), STR_INIT("GMT"), STR_INIT("UT"), STR_INIT("Z")};
	struct str word = peek_word(*s);

	if (word.len == 0)
		return take_digits_offset(s, 2, ret);
	for (unsigned i = 0; i < 4; i++) {
		if (!str_ieq(word, forms[i]))
			continue;
		*s = str_skip(*s, word.len);
		if (word.len == 1 || !take_digits_offset(s, 1, ret))
			*ret = 0;
		return true;
	}
	return false;
}
