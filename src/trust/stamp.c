/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/stamp.h"

#include "event/civil.h"
#include <stdio.h>

bool stamp_read(struct str s, int64_t *ret)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int part[6] = {0}, n = 0;

	if (s.len != 20)
		return false;
	for (unsigned i = 0; i < 20; i++) {
		if (form[i] == 'd' ? !char_digit(s.p[i]) : s.p[i] != form[i])
			return false;
		if (form[i] == 'd')
			part[n] = part[n] * 10 + (s.p[i] - '0');
		else
			n++;
	}
	int year = part[0], month = part[1], day = part[2];
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (year < 1000 || month < 1 || month > 12 || day < 1 ||
	        day > days[month - 1] + (leap && month == 2) || part[3] > 23 || part[4] > 59 || part[5] > 59)
		return false;
	*ret = civil_days(year, month, day) * DAY_SECONDS + part[3] * 3600 + part[4] * 60 + part[5];
	return true;
}

void stamp_print(char ret[STAMP_TEXT], int64_t seconds)
{
	/* The same calendar backwards: days to the year that begins in March. */
	int64_t days = seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0),
	        rest = seconds - days * DAY_SECONDS;
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365,
	        doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153, day = doy - (153 * mp + 2) / 5 + 1,
	        month = mp < 10 ? mp + 3 : mp - 9;
	int64_t year = yoe + era * 400 + (month <= 2);

	snprintf(ret, STAMP_TEXT, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)year % 10000,
	        (unsigned)month % 100, (unsigned)day % 100, (unsigned)(rest / 3600) % 100,
	        (unsigned)(rest / 60 % 60), (unsigned)(rest % 60));
}

static bool low(char c)
{
	return c >= 'a' && c <= 'z';
}

bool party_id_good(struct str id)
{
	struct str_cut cut = {.tail = id, .ok = true};

	if (id.len == 2 && low(id.p[0]) && low(id.p[1]))
		return true;
	if (id.len > PARTY_ID || !str_has(id, '.'))
		return false;
	while (cut.ok) {
		cut = str_cut(cut.tail, '.');
		struct str label = cut.head;
		if (label.len == 0 || label.p[0] == '-' || label.p[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!low(label.p[i]) && !char_digit(label.p[i]) && label.p[i] != '-')
				return false;
	}
	return true;
}
