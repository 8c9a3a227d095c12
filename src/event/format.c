/* SPDX-License-Identifier: Apache-2.0
 *
 * Times by a pattern that the feed's settings give, for forms that cannot be read without being told, such as
 * day and month in digits. The patterns are strptime's, the reading is stricter: all of the text must be
 * used, the result must name a day, and %Z takes no letters but UTC's.
 */
#include "event/civil.h"

struct parts {
	struct civil c;
	bool has_year, has_month, has_day, has_instant, pm, half;
	int day_of_year; /* 0: absent */
	int64_t instant;
};

#define KNOWN "YymdHIpMSfjbBhaAzZsTFDRent%"

static bool one(struct parts *p, char pattern, struct str *s);

/* Patterns that stand for several. */
static bool several(struct parts *p, const char *patterns, char between, struct str *s)
{
	for (const char *at = patterns; *at != '\0'; at++)
		if ((at > patterns && !take_char(s, between)) || !one(p, *at, s))
			return false;
	return true;
}

static bool seconds_since_1970(struct parts *p, struct str *s)
{
	size_t n = 0;
	uint64_t v;

	while (n < s->len && char_digit(s->p[n]))
		n++;
	if (n > 12 || !str_u64(str_sub(*s, 0, n), &v))
		return false;
	*s = str_skip(*s, n);
	p->instant = (int64_t)v;
	return p->has_instant = true;
}

static bool date_part(struct parts *p, char pattern, struct str *s)
{
	struct civil *c = &p->c;

	switch (pattern) {
	case 'Y':
		return p->has_year = take_number(s, 4, 4, &c->year);
	case 'y':
		if (!take_number(s, 2, 2, &c->year))
			return false;
		c->year += c->year < 69 ? 2000 : 1900; /* POSIX */
		return p->has_year = true;
	case 'm':
		return p->has_month = take_number(s, 1, 2, &c->month);
	case 'b':
	case 'B':
	case 'h':
		return p->has_month = take_month(s, &c->month);
	case 'd':
	case 'e':
		take_blanks(s);
		return p->has_day = take_number(s, 1, 2, &c->day);
	case 'j':
		return take_number(s, 1, 3, &p->day_of_year) && p->day_of_year > 0;
	case 'F':
		return several(p, "Ymd", '-', s);
	case 'D':
		return several(p, "mdy", '/', s);
	case 's':
		return seconds_since_1970(p, s);
	default: /* a, A */
		return take_weekday(s);
	}
}

static bool one(struct parts *p, char pattern, struct str *s)
{
	struct civil *c = &p->c;

	switch (pattern) {
	case 'H':
	case 'I':
		take_blanks(s);
		return take_number(s, 1, 2, &c->hour) && (pattern == 'H' || (c->hour >= 1 && c->hour <= 12));
	case 'p':
		return p->half = take_half(s, &p->pm);
	case 'M':
		return take_number(s, 1, 2, &c->minute);
	case 'S':
		return take_number(s, 1, 2, &c->second);
	case 'f':
		return take_fraction(s, &c->micro);
	case 'z':
		return c->has_offset = take_offset(s, &c->offset);
	case 'Z':
		if (s->len > 0 && (s->p[0] == '+' || s->p[0] == '-'))
			return false;
		return c->has_offset = take_offset(s, &c->offset);
	case 'T':
		return several(p, "HMS", ':', s);
	case 'R':
		return several(p, "HM", ':', s);
	case 'n':
	case 't':
		take_blanks(s);
		return true;
	case '%':
		return take_char(s, '%');
	default:
		return date_part(p, pattern, s);
	}
}

static bool result(struct parts *p, const struct zone *zone, int64_t *ret)
{
	struct civil *c = &p->c;
	int64_t t;

	if (p->has_instant) {
		if (p->instant >= 9214646400) /* 2262-01-01 */
			return false;
		*ret = p->instant * MICRO + c->micro;
		return true;
	}
	if (p->half) {
		if (c->hour < 1 || c->hour > 12)
			return false;
		c->hour = c->hour % 12 + (p->pm ? 12 : 0);
	}
	if (!p->has_year)
		return false;
	if (p->day_of_year == 0)
		return p->has_month && p->has_day && civil_instant(c, zone, ret);
	if (p->has_month || p->has_day)
		return false;
	/* The day of the year is walked to in its month. */
	int64_t rest = p->day_of_year - 1;
	for (c->month = 1; c->month < 12; c->month++) {
		int64_t days = civil_days(c->year, c->month + 1, 1) - civil_days(c->year, c->month, 1);

		if (rest < days)
			break;
		rest -= days;
	}
	c->day = (int)rest + 1;
	if (!civil_instant(c, zone, &t))
		return false;
	*ret = t;
	return true;
}

bool value_time_format(struct str s, struct str format, const struct zone *zone, int64_t *ret)
{
	struct parts p = {.c = {0}};

	s = str_trim(s);
	format = str_trim(format);
	for (size_t i = 0; i < format.len; i++) {
		if (char_space(format.p[i])) {
			take_blanks(&s);
		} else if (format.p[i] != '%') {
			if (!take_char(&s, format.p[i]))
				return false;
		} else {
			if (++i == format.len || memchr(KNOWN, format.p[i], sizeof(KNOWN) - 1) == NULL ||
			        !one(&p, format.p[i], &s))
				return false;
		}
	}
	return s.len == 0 && result(&p, zone, ret);
}

bool value_time_format_bad(struct str format, struct str *ret_bad)
{
	for (size_t i = 0; i < format.len; i++) {
		if (format.p[i] != '%')
			continue;
		if (i + 1 == format.len || memchr(KNOWN, format.p[i + 1], sizeof(KNOWN) - 1) == NULL) {
			*ret_bad = str_sub(format, i, 2);
			return true;
		}
		i++;
	}
	return false;
}
