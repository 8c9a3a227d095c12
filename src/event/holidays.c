/* SPDX-License-Identifier: Apache-2.0 */
#include "event/holidays.h"
#include "event/civil.h"

static bool read_date(struct str s, int *ret_year, int64_t *ret)
{
	struct civil c = {0};
	int64_t at;

	if (!take_number(&s, 4, 4, &c.year) || !take_char(&s, '-') || !take_number(&s, 2, 2, &c.month) ||
	        !take_char(&s, '-') || !take_number(&s, 2, 2, &c.day) || s.len != 0 ||
	        !civil_instant(&c, NULL, &at))
		return false;
	*ret_year = c.year;
	*ret = civil_days(c.year, c.month, c.day);
	return true;
}

static int read_days(const struct conf *days, int year, struct holidays *h, struct err *e)
{
	int64_t day;
	int of;

	if (days == NULL || days->kind != CONF_MAP)
		return 0;
	for (const struct conf *c = days->first; c != NULL; c = c->next) {
		if (!read_date(c->key, &of, &day))
			return conf_err_key(c, e, "'%.*s' is no date such as 2026-01-01", STR_ARG(c->key));
		if (of != year)
			return conf_err_key(c, e, "'%.*s' is no day of the year %d", STR_ARG(c->key), year);
		*vec_add(&h->days) = day;
	}
	return 0;
}

static int read_year(const struct conf *c, struct holidays *h, struct err *e)
{
	static const char *const keys[] = {"source", "missing", "days", NULL};
	struct holidays_year *y = vec_add(&h->years);
	struct str source = {0}, s = c->key;

	*y = (struct holidays_year){0};
	if (!take_number(&s, 4, 4, &y->year) || s.len != 0)
		return conf_err_key(c, e, "'%.*s' is no year such as 2026", STR_ARG(c->key));
	if (c->kind != CONF_MAP)
		return conf_err(c, e, "a year has entries 'source', 'missing' and 'days'");
	if (conf_only(c, keys, e) != 0 || conf_str(c, "source", &source, e) != 0 ||
	        conf_str(c, "missing", &y->missing, e) != 0)
		return ERR_VALUE;
	if (source.len == 0)
		return conf_err(c, e, "'source' says where the dates of the year are from");
	return read_days(conf_find(c, "days"), y->year, h, e);
}

static int by_day(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int holidays_read(struct arena *a, const char *path, struct holidays *ret, struct err *e)
{
	struct conf *conf;
	struct holidays h = {0};
	int rc = 0;

	*ret = h;
	if (path == NULL)
		return 0;
	if (conf_read(a, path, &conf, e) != 0)
		return ERR_VALUE;
	h.file = str_from(path);
	if (conf->kind != CONF_MAP)
		return conf_err(conf, e, "holidays are a map from years to their days");
	for (const struct conf *c = conf->first; rc == 0 && c != NULL; c = c->next)
		rc = read_year(c, &h, e);
	if (rc != 0) {
		holidays_done(&h);
		return rc;
	}
	if (h.days.n > 0)
		qsort(h.days.v, h.days.n, sizeof(h.days.v[0]), by_day);
	*ret = h;
	return 0;
}

void holidays_done(struct holidays *h)
{
	vec_done(&h->days);
	vec_done(&h->years);
}

bool holidays_has(const struct holidays *h, int64_t day)
{
	return h != NULL && h->days.n > 0 &&
	        bsearch(&day, h->days.v, h->days.n, sizeof(h->days.v[0]), by_day) != NULL;
}

/* A month of holidays is longer than any that was ever given. */
#define LOOK_DAYS 31

static bool is_day(const struct holidays *h, int64_t date, uint8_t days)
{
	/* 1970-01-01 was a Thursday */
	return (days >> (date + 3) % 7 & 1) && !((days & WEEK_NO_HOLIDAY) && holidays_has(h, date));
}

int64_t holidays_next(
        const struct holidays *h, const struct zone *zone, const struct week_time *t, int64_t after)
{
	int64_t today = after / MICRO / DAY_SECONDS, best = INT64_MAX;

	/* local dates around today */
	for (int64_t d = today - 1; d <= today + LOOK_DAYS; d++) {
		int64_t at = zone_to_utc(zone, d * DAY_SECONDS + t->minute * (int64_t)60) * MICRO;
		if (is_day(h, d, t->days) && at > after && at < best)
			best = at;
	}
	return best != INT64_MAX ? best : after + LOOK_DAYS * (int64_t)DAY_SECONDS * MICRO;
}

const struct holidays_year *holidays_year(const struct holidays *h, int year)
{
	for (size_t i = 0; i < h->years.n; i++)
		if (h->years.v[i].year == year)
			return &h->years.v[i];
	return NULL;
}
