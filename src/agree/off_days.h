/* SPDX-License-Identifier: Apache-2.0
 *
 * Days on which parties do not work, as this node knows them: by the holidays of their countries (event/calendar.h) and by what they say in
 * their own cards of contacts. And what it does not know: files of holidays say what is not announced yet.
 */
#pragma once

#include "event/calendar.h"
#include "state/db.h"

/* day: since 1970-01-01, by the clock of the party. Saturdays and Sundays are none of these. */
bool off_day(struct db *db, const struct calendars *all, struct str party, int64_t day);
/* "2027-02-08 vn, 2027-02-09 kh vn": those from first to last that skip does not name; Saturdays and Sundays are left out. At most 60 dates. */
void off_days_put(struct db *db, const struct calendars *all, const struct str *party, unsigned parties,
        int64_t first, int64_t last, const int64_t *skip, unsigned skips, struct buf *out);
/* "vn 2027: Tet, days in lieu; kh 2028: all": of the years from first to last. Empty: all is known. */
void off_days_unknown(const struct calendars *all, const struct str *party, unsigned parties, int64_t first,
        int64_t last, struct buf *out);
