/* SPDX-License-Identifier: Apache-2.0
 *
 * Wall-clock time taken apart, and the pieces of text that several readers of times share. Inside event/.
 */
#pragma once

#include "event/value.h"

#define MICRO 1000000
#define DAY_SECONDS 86400

struct civil {
	int year, month, day, hour, minute, second;
	int micro;
	bool has_offset;
	int offset; /* seconds east of UTC */
};

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
int64_t civil_days(int year, int month, int day);
/* Checks every part and makes the instant; false if there is no such date, or it is before 1970 or after
 * 2261. 23:59:60 is taken as the last microsecond of its minute. */
bool civil_instant(const struct civil *c, const struct zone *zone, int64_t *ret);

/* Each takes a piece from the front of *s and leaves *s as it was if the piece is not there. */

/* min to max digits. */
bool take_number(struct str *s, unsigned min, unsigned max, int *ret);
/* Any number of digits, at least one, as a fraction of a second; what is below a microsecond is cut. */
bool take_fraction(struct str *s, int *ret_micro);
/* An English name of a month, whole or its first three letters, any case; 1 to 12. */
bool take_month(struct str *s, int *ret);
/* Likewise a day of the week. */
bool take_weekday(struct str *s);
/* "AM", "p.m." */
bool take_half(struct str *s, bool *ret_pm);
/* "Z", "UTC", "+07:00", "+0700", "+07", "UTC+7". No other letters. */
bool take_offset(struct str *s, int *ret_seconds);
bool take_char(struct str *s, char c);
bool take_blanks(struct str *s);
