/* SPDX-License-Identifier: Apache-2.0
 *
 * Days of the week and times of the day, as configuration says them: the hours of a roster, when a digest goes, when a feed is
 * expected.
 */
#pragma once

#include "base/str.h"

/* A set of days: bit 0 is Monday. */
#define WEEK_ALL 0x7f
#define WEEK_WORKDAYS 0x1f
#define WEEK_NO_HOLIDAY 0x80 /* not on public holidays, whatever day they are */

struct week_time {
	uint8_t days;    /* 0: not said */
	uint16_t minute; /* after midnight */
};

/* "mon", "Monday", "mon-fri", "sat-mon". */
bool week_days(struct str s, uint8_t *ret);
/* "00:00" to "24:00", in minutes. */
bool week_minute(struct str s, uint16_t *ret);
/* "mon-fri 08:00", "monday 08:00", "daily 08:00", "workday 08:00"; a time alone is that of every day. */
bool week_parse(struct str s, struct week_time *ret);
