/* SPDX-License-Identifier: Apache-2.0 */
#include "event/week.h"

static int day_of(struct str s)
{
	static const char *const days[] = {
	        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

	for (int i = 0; i < 7; i++)
		if (str_ieq(s, str_from(days[i])) || str_ieq(s, str_make(days[i], 3)))
			return i;
	return -1;
}

bool week_days(struct str s, uint8_t *ret)
{
	struct str_cut cut = str_cut(s, '-');
	int first = day_of(cut.head), last = cut.ok ? day_of(cut.tail) : first;

	if (first < 0 || last < 0)
		return false;
	*ret = 0;
	for (int d = first;; d = (d + 1) % 7) {
		*ret |= (uint8_t)(1u << d);
		if (d == last)
			return true;
	}
}

bool week_minute(struct str s, uint16_t *ret)
{
	struct str_cut cut = str_cut(s, ':');
	uint32_t hour, minute;

	if (cut.head.len != 2 || cut.tail.len != 2 || !str_u32(cut.head, &hour) ||
	        !str_u32(cut.tail, &minute) || hour > 24 || minute > 59 || hour * 60 + minute > 1440)
		return false;
	*ret = (uint16_t)(hour * 60 + minute);
	return true;
}

static bool named_days(struct str s, uint8_t *ret)
{
	if (str_ieq(s, STR("daily")))
		*ret = WEEK_ALL;
	else if (str_ieq(s, STR("workday")))
		*ret = WEEK_WORKDAYS | WEEK_NO_HOLIDAY;
	else
		return week_days(s, ret);
	return true;
}

bool week_parse(struct str s, struct week_time *ret)
{
	struct str_cut cut = str_cut(str_trim(s), ' ');
	struct week_time t = {.days = WEEK_ALL};

	if (cut.ok && !named_days(cut.head, &t.days))
		return false;
	if (!week_minute(cut.ok ? str_trim(cut.tail) : cut.head, &t.minute) || t.minute == 1440)
		return false;
	*ret = t;
	return true;
}
