/* SPDX-License-Identifier: Apache-2.0
 *
 * Public holidays of a country, as data by year: holidays/CC.yaml, the country's folder first, else the defaults. A
 * file says for each year where its dates are from, and what is missing. Digests of 'workday' wait for them, and feeds
 * of 'workday' are not expected on them; nothing with a deadline does.
 */
#pragma once

#include "base/conf.h"
#include "base/vec.h"
#include "event/value.h"
#include "event/week.h"

struct holidays_year {
	int year;
	struct str missing; /* what the file says that it lacks; empty: nothing */
};
struct holidays {
	VEC(int64_t) days; /* since 1970-01-01, ascending */
	VEC(struct holidays_year) years;
	struct str file; /* empty: there is none */
};

/* Reads the file; path NULL: there is none, no day is a holiday. 0 or a code with a sentence. */
int holidays_read(struct arena *a, const char *path, struct holidays *ret, struct err *e);
void holidays_done(struct holidays *h);
/* day: since 1970-01-01, by the clock on the wall. h may be NULL. */
bool holidays_has(const struct holidays *h, int64_t day);
/* The first such time after that one (both microseconds), by the clock of the zone (NULL: UTC): one a date, also where the clock
 * is set and it comes twice or never. */
int64_t holidays_next(
        const struct holidays *h, const struct zone *zone, const struct week_time *t, int64_t after);
/* NULL: the file does not have that year. */
const struct holidays_year *holidays_year(const struct holidays *h, int year);
