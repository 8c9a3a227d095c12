/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/off_days.h"
#include "event/value.h"
#include <stdio.h>

#define DAY_US ((int64_t)86400 * 1000000)
#define MOST 60

static void date_of(int64_t day, char ret[16])
{
	char text[TIME_TEXT];

	(void)value_time_print(text, day * DAY_US);
	snprintf(ret, 16, "%.10s", text);
}

static int year_of(int64_t day)
{
	char date[16];
	uint64_t year = 0;

	date_of(day, date);
	(void)str_u64(str_make(date, 4), &year);
	return (int)year;
}

/* As its own card says, with blanks between dates. */
static bool card_says(struct db *db, struct str party, int64_t day)
{
	char date[16];
	struct query q = db_query(db,
	        "select 1 from contact_card k where party = ?1 and serial = (select max(serial) from "
	        "contact_card where party = ?1) and instr(' ' || holidays || ' ', ' ' || ?2 || ' ') > 0");

	date_of(day, date);
	query_text(&q, party);
	query_text(&q, str_from(date));
	bool is = query_next(&q) == 1;
	query_done(&q, NULL);
	return is;
}

bool off_day(struct db *db, const struct calendars *all, struct str party, int64_t day)
{
	const struct calendar *k = all != NULL ? calendar_find(all, party) : NULL;

	return (k != NULL && holidays_has(&k->holidays, day)) || card_says(db, party, day);
}

static bool skipped(int64_t day, const int64_t *skip, unsigned skips)
{
	bool weekend = (day + 3) % 7 >= 5;

	for (unsigned i = 0; i < skips && !weekend; i++)
		if (skip[i] == day)
			return true;
	return weekend;
}

void off_days_put(struct db *db, const struct calendars *all, const struct str *party, unsigned parties,
        int64_t first, int64_t last, const int64_t *skip, unsigned skips, struct buf *out)
{
	unsigned n = 0;
	char date[16];

	for (int64_t day = first; day <= last && n < MOST; day++) {
		bool any = false;
		if (skipped(day, skip, skips))
			continue;
		for (unsigned i = 0; i < parties; i++) {
			if (!off_day(db, all, party[i], day))
				continue;
			date_of(day, date);
			if (!any)
				buf_printf(out, "%s%s", n++ > 0 ? ", " : "", date);
			buf_printf(out, " %.*s", STR_ARG(party[i]));
			any = true;
		}
	}
}

void off_days_unknown(const struct calendars *all, const struct str *party, unsigned parties, int64_t first,
        int64_t last, struct buf *out)
{
	for (unsigned i = 0; i < parties; i++) {
		const struct calendar *k = all != NULL ? calendar_find(all, party[i]) : NULL;
		for (int year = year_of(first); k != NULL && year <= year_of(last); year++) {
			const struct holidays_year *y = holidays_year(&k->holidays, year);
			if (y != NULL && y->missing.len == 0)
				continue;
			buf_printf(out, "%s%.*s %d: ", out->len > 0 ? "; " : "", STR_ARG(party[i]), year);
			buf_add(out, y != NULL ? y->missing : STR("all"));
		}
	}
}
