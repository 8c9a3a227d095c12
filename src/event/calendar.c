/* SPDX-License-Identifier: Apache-2.0 */
#include "event/calendar.h"
#include "base/os.h"
#include "event/civil.h"

#define ZONE_TAB "/usr/share/zoneinfo/zone.tab"
#define TAB_MAX 1048576

/* The name of the country's only zone; empty if it has several or none. */
static struct str only_zone(struct arena *a, const char *cc)
{
	auto_buf struct buf tab = {0};
	struct str found = {0};
	unsigned n = 0;

	if (os_read_file(ZONE_TAB, TAB_MAX, &tab, NULL) != 0)
		return STR("");
	for (struct str_cut line = {.tail = buf_str(&tab), .ok = true}; line.ok;) {
		line = str_cut(line.tail, '\n');
		struct str_cut code = str_cut(line.head, '\t'), at = str_cut(code.tail, '\t');
		if (code.head.len != 2 || char_lower(code.head.p[0]) != cc[0] ||
		        char_lower(code.head.p[1]) != cc[1])
			continue;
		found = str_cut(at.tail, '\t').head;
		n++;
	}
	return n == 1 ? arena_str(a, found) : STR("");
}

static struct calendar *place_of(struct calendars *c, const char *cc)
{
	for (size_t i = 0; i < c->list.n; i++)
		if (strcmp(c->list.v[i].cc, cc) == 0)
			return &c->list.v[i];
	return vec_add(&c->list);
}

int calendars_add(struct arena *a, struct calendars *c, struct str cc, struct str zone_name, const char *path,
        struct err *e)
{
	struct calendar fresh = {0};

	if (cc.len != 2)
		return err_set(e, ERR_VALUE, "'%.*s' is no country of two letters", STR_ARG(cc));
	for (int i = 0; i < 2; i++)
		fresh.cc[i] = char_lower(cc.p[i]);
	fresh.zone_name = zone_name.len != 0 ? arena_str(a, zone_name) : only_zone(a, fresh.cc);
	if (fresh.zone_name.len != 0 && zone_open(a, fresh.zone_name, &fresh.zone, e) != 0)
		return ERR_VALUE;
	int rc = holidays_read(a, path, &fresh.holidays, e);
	if (rc != 0)
		return rc;
	struct calendar *to = place_of(c, fresh.cc);
	holidays_done(&to->holidays);
	*to = fresh;
	return 0;
}

void calendars_done(struct calendars *c)
{
	for (size_t i = 0; i < c->list.n; i++)
		holidays_done(&c->list.v[i].holidays);
	vec_done(&c->list);
}

const struct calendar *calendar_find(const struct calendars *c, struct str cc)
{
	for (size_t i = 0; c != NULL && i < c->list.n; i++)
		if (str_ieq(str_from(c->list.v[i].cc), cc))
			return &c->list.v[i];
	return NULL;
}

int64_t calendar_local(const struct calendar *c, int64_t utc)
{
	const struct zone *z = c != NULL ? c->zone : NULL;
	int64_t local = utc;

	/* what the wall shows differs from UTC by what zone_to_utc takes off; near a change of the clock the second try is right */
	for (int i = 0; i < 2; i++)
		local = utc + (local - zone_to_utc(z, local));
	return local;
}

bool calendar_works(const struct calendar *c, int64_t day)
{
	/* 1970-01-01 was a Thursday */
	return (day + 3) % 7 < 5 && !(c != NULL && holidays_has(&c->holidays, day));
}

int64_t calendar_due(const struct calendar *c, int64_t arrived, unsigned n)
{
	int64_t local = calendar_local(c, arrived / MICRO), day = local / DAY_SECONDS,
	        second = local % DAY_SECONDS;

	if (!calendar_works(c, day))
		second = 0;
	while (!calendar_works(c, day))
		day++;
	for (unsigned i = 0; i < n; i++)
		for (day++; !calendar_works(c, day);)
			day++;
	return zone_to_utc(c != NULL ? c->zone : NULL, day * DAY_SECONDS + second) * MICRO;
}
