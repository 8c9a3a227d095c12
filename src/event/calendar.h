/* SPDX-License-Identifier: Apache-2.0
 *
 * Working days of countries: Monday to Friday without the country's public holidays (holidays.h), by its clock. The clock is
 * that of the country's one time zone in the system's zone.tab; a country with several, or none that is known, has UTC.
 *
 * A country without a file of holidays has working days all the same, only that no holiday is among them.
 */
#pragma once

#include "event/holidays.h"

struct calendar {
	char cc[3]; /* lower case */
	struct str zone_name;
	struct zone *zone; /* NULL: UTC */
	struct holidays holidays;
};
struct calendars {
	VEC(struct calendar) list;
};

/* Adds a country, or reads it again. path: of its holidays, NULL: there are none. zone_name empty: as zone.tab says. Texts and
 * zones lie in the arena. */
int calendars_add(struct arena *a, struct calendars *c, struct str cc, struct str zone_name, const char *path,
        struct err *e);
void calendars_done(struct calendars *c);
/* Of two letters, any case; NULL: none, and then all functions take UTC without holidays. */
const struct calendar *calendar_find(const struct calendars *c, struct str cc);

/* Seconds on the wall there; seconds since 1970 UTC. */
int64_t calendar_local(const struct calendar *c, int64_t utc);
/* Whether people work on that date (days since 1970). */
bool calendar_works(const struct calendar *c, int64_t day);
/* The same local time n working days after it; what arrives on another day counts as arrived at 00:00 of the next working
 * day. Microseconds. */
int64_t calendar_due(const struct calendar *c, int64_t arrived, unsigned n);
