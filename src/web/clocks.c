/* SPDX-License-Identifier: Apache-2.0 */
#include "web/clocks.h"

#include "event/calendar.h"
#include "event/civil.h"

#define PARTIES 128
#define TOWN 64

struct clock {
	struct str town;
	struct calendar calendar;
};
struct clocks {
	struct clock v[PARTIES];
	unsigned n;
};

/* ---- whose clock --------------------------------------------------------------------------------- */

/* "Asia/Phnom_Penh": Phnom Penh. */
static struct str town_of(struct arena *a, struct str zone)
{
	static const struct {
		const char *zone, *town;
	} others[] = {{"Asia/Ho_Chi_Minh", "Hanoi"}, {"Asia/Saigon", "Hanoi"}};
	struct str_cut cut = str_rcut(zone, '/');
	struct str last = cut.ok ? cut.tail : zone;
	char town[TOWN];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (str_eq(zone, str_from(others[i].zone)))
			return str_from(others[i].town);
	for (; n < last.len && n < sizeof(town); n++)
		town[n] = last.p[n] == '_' ? ' ' : last.p[n];
	return arena_str(a, str_make(town, n));
}

static struct str zone_of_card(struct db *db, struct arena *a, struct str party)
{
	struct query q =
	        db_query(db, "select zone from contact_card where party = ? order by serial desc limit 1");
	struct str zone = STR("");

	query_text(&q, party);
	if (query_next(&q) == 1)
		zone = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return zone;
}

/* Of a national CERT its id says it. */
static struct str country_of(struct db *db, struct arena *a, struct str party)
{
	struct query q = db_query(db, "select country from party where name = ? and country <> ''");
	struct str country = party.len == 2 ? party : STR("");

	query_text(&q, party);
	if (query_next(&q) == 1)
		country = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return country;
}

static bool find_clock(struct db *db, struct arena *a, struct str party, struct clock *ret)
{
	struct str name = zone_of_card(db, a, party), country = country_of(db, a, party);
	struct calendars one = {0};

	*ret = (struct clock){0};
	if (name.len > 0 && zone_open(a, name, &ret->calendar.zone, NULL) == 0) {
		ret->town = town_of(a, name);
		return true;
	}
	if (country.len != 2 || calendars_add(a, &one, country, STR(""), NULL, NULL) != 0) {
		calendars_done(&one);
		return false;
	}
	ret->calendar.zone = one.list.v[0].zone;
	ret->town = town_of(a, one.list.v[0].zone_name);
	calendars_done(&one);
	return ret->calendar.zone != NULL;
}

struct clocks *clocks_open(struct db *db, struct arena *a, const struct str *parties, unsigned n)
{
	struct clocks *c = arena_new(a, struct clocks);

	for (unsigned i = 0; i < n && c->n < PARTIES; i++) {
		struct clock one;
		bool there = !find_clock(db, a, parties[i], &one);
		for (unsigned k = 0; k < c->n; k++)
			there |= str_eq(c->v[k].town, one.town);
		if (!there)
			c->v[c->n++] = one;
	}
	return c;
}

/* ---- shown --------------------------------------------------------------------------------------- */

struct shown {
	int64_t start, until; /* on the wall */
};

static void put_time(struct buf *out, int64_t local, bool date)
{
	char text[TIME_TEXT];

	(void)value_time_print(text, local * MICRO);
	if (date)
		buf_printf(out, "%.10s ", text);
	buf_printf(out, "%.5s", text + 11);
}

/* day: that nobody has to be told. */
static void put_span(struct buf *out, struct shown s, int64_t day)
{
	int64_t first = s.start / DAY_SECONDS, last = s.until / DAY_SECONDS;

	put_time(out, s.start, first != day);
	if (s.until == 0)
		return;
	buf_add(out, last != first ? STR(" \xe2\x80\x93 ") : STR("-"));
	put_time(out, s.until, last != first);
}

static struct shown shown_there(const struct clock *k, int64_t start, int64_t until)
{
	return (struct shown){
	        calendar_local(&k->calendar, start), until != 0 ? calendar_local(&k->calendar, until) : 0};
}

static bool same(struct shown a, struct shown b)
{
	return a.start == b.start && a.until == b.until;
}

void clocks_put(const struct clocks *c, struct buf *out, int64_t start, int64_t until)
{
	struct shown utc = {start, until};

	put_span(out, utc, INT64_MIN);
	buf_add(out, STR(" UTC"));
	clocks_put_there(c, out, start, until);
}

void clocks_put_there(const struct clocks *c, struct buf *out, int64_t start, int64_t until)
{
	bool done[PARTIES] = {false};

	for (unsigned i = 0; i < c->n; i++) {
		struct shown there = shown_there(&c->v[i], start, until);
		if (done[i])
			continue;
		buf_add(out, STR(" \xc2\xb7 "));
		put_span(out, there, start / DAY_SECONDS);
		for (unsigned k = i; k < c->n; k++) {
			if (!same(there, shown_there(&c->v[k], start, until)))
				continue;
			done[k] = true;
			buf_printf(out, "%s%.*s", k == i ? " " : ", ", STR_ARG(c->v[k].town));
		}
	}
}
