/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/stamp.h"
#include <time.h>

static int number(const char *p, unsigned digits)
{
	int v = 0;

	for (unsigned i = 0; i < digits; i++) {
		if (!char_digit(p[i]))
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

bool stamp_read(struct str text, int64_t *ret)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	char again[STAMP_TEXT];

	if (text.len != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (form[i] == '0' ? !char_digit(text.p[i]) : text.p[i] != form[i])
			return false;
	struct tm tm = {.tm_year = number(text.p, 4) - 1900,
	        .tm_mon = number(text.p + 5, 2) - 1,
	        .tm_mday = number(text.p + 8, 2),
	        .tm_hour = number(text.p + 11, 2),
	        .tm_min = number(text.p + 14, 2),
	        .tm_sec = number(text.p + 17, 2)};
	int64_t t = timegm(&tm);
	if (t < 0 || t > STAMP_MAX)
		return false;
	/* timegm takes the 31st of June as the 1st of July */
	stamp_print(again, t);
	if (memcmp(again, text.p, text.len) != 0)
		return false;
	*ret = t;
	return true;
}

void stamp_print(char ret[STAMP_TEXT], int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(ret, STAMP_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
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
