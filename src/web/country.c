/* SPDX-License-Identifier: Apache-2.0 */
#include "web/country.h"
#include "event/value.h"
#include "web/findings_in.h"

#define SECOND ((int64_t)1000000)
#define DAY_US (24 * 3600 * SECOND)
#define LONGEST (5 * 366 * DAY_US)

static const int64_t days[COUNTRY_DAYS] = {7, 30};

/* ---- periods ------------------------------------------------------------------------------------- */

/* The first of the month of t, or of one so many months later. */
static int64_t month_begin(int64_t t, int add)
{
	uint32_t date = day_of(t);
	int month = (int)(date / 10000 * 12 + date / 100 % 100) - 1 + add;
	char text[40];
	int64_t ret = 0;

	snprintf(text, sizeof(text), "%04d-%02d-01", month / 12, month % 12 + 1);
	(void)value_time(str_from(text), NULL, &ret);
	return ret;
}

static void make_parts(struct country_figures *f)
{
	int64_t at = f->from;

	f->months = f->to - f->from > COUNTRY_PARTS * 7 * DAY_US;
	while (at < f->to && f->nparts < COUNTRY_PARTS) {
		at = f->months ? month_begin(at, 1) : at + 7 * DAY_US;
		f->ends[f->nparts++] = at < f->to ? at : f->to;
	}
	/* what has no part of its own belongs to the last */
	f->ends[f->nparts - 1] = f->to;
}

int country_period(const struct ask *a, int64_t now, struct country_figures *ret,
        struct country_figures *ret_before, struct err *e)
{
	struct country_figures f = {0}, before = {0};

	if (ask_time(a, "from", &f.from, e) != 0 || ask_time(a, "to", &f.to, e) != 0)
		return ERR_USAGE;
	if (f.from == 0 && f.to == 0) {
		f.to = month_begin(now, 0);
		f.from = month_begin(now, -1);
		before.from = month_begin(now, -2);
	} else {
		f.to = f.to != 0 ? f.to - (f.to % DAY_US) + DAY_US : now - now % DAY_US + DAY_US;
		f.from = f.from != 0 ? f.from - f.from % DAY_US : f.to - 30 * DAY_US;
		before.from = f.from - (f.to - f.from);
	}
	before.to = f.from;
	if (f.from >= f.to)
		return err_set(e, ERR_USAGE, "the first day of a period lies before its last");
	if (f.to - f.from > LONGEST)
		return err_set(e, ERR_USAGE, "a period is five years at most");
	make_parts(&f);
	make_parts(&before);
	*ret = f;
	*ret_before = before;
	return 0;
}

/* ---- counting ------------------------------------------------------------------------------------ */

static unsigned part_of(const struct country_figures *f, int64_t t)
{
	unsigned i = 0;

	while (i + 1 < f->nparts && t >= f->ends[i])
		i++;
	return i;
}

#define GROUP(list, a, k)                                                                                    \
	({                                                                                                   \
		size_t at_ = 0;                                                                              \
		while (at_ < (list)->n && !str_eq((list)->v[at_].key, (k)))                                  \
			at_++;                                                                               \
		if (at_ == (list)->n)                                                                        \
			*vec_add(list) = (struct country_group){.key = arena_str((a), (k))};                 \
		&(list)->v[at_];                                                                             \
	})

struct sectors {
	VEC(struct str) of; /* of each owner, by its number */
};

static int read_sectors(const struct ask *a, struct sectors *ret, struct err *e)
{
	struct query q = db_query(a->state, "select id, sector from owner order by id");

	while (query_next(&q) == 1) {
		uint64_t id = query_get_u64(&q, 0);
		while (ret->of.n <= id && id < 10000000)
			*vec_add(&ret->of) = STR("");
		if (id < ret->of.n)
			ret->of.v[id] = arena_str(a->arena, query_get_text(&q, 1));
	}
	return query_done(&q, e);
}

static void add_fresh(
        const struct ask *a, struct country_figures *f, int64_t first, struct str class, struct str sector)
{
	unsigned part = part_of(f, first);
	struct country_group *of[] = {
	        &f->all, GROUP(&f->classes, a->arena, class), GROUP(&f->sectors, a->arena, sector)};

	for (unsigned i = 0; i < 3; i++) {
		of[i]->fresh++;
		of[i]->part[part]++;
	}
}

static void add_one(const struct ask *a, struct country_figures *f, struct country_figures *before,
        const struct sectors *sectors, int64_t first, struct str class, uint64_t owner)
{
	add_fresh(a, first < f->from ? before : f, first, class,
	        owner < sectors->of.n ? sectors->of.v[owner] : STR(""));
}

static int fresh_stored(const struct ask *a, struct country_figures *f, struct country_figures *before,
        const struct sectors *sectors, struct err *e)
{
	struct query q = db_query(a->state,
	        "select f.class, f.owner, f.first from finding f where f.first >= ? and f.first < ?");

	query_i64(&q, before->from);
	query_i64(&q, f->to);
	while (query_next(&q) == 1)
		add_one(a, f, before, sectors, query_get_i64(&q, 2), query_get_text(&q, 0),
		        query_get_u64(&q, 1));
	return query_done(&q, e);
}

/* One walk through the findings for both periods, in memory where they are. */
static int count_fresh(
        const struct ask *a, struct country_figures *f, struct country_figures *before, struct err *e)
{
	struct sectors sectors = {0};
	struct sheet_want w;
	size_t n;
	int rc = read_sectors(a, &sectors, e);

	if (rc == 0)
		rc = findings_want_all(a, &w, e);
	if (rc == 0)
		rc = fresh_stored(a, f, before, &sectors, e);
	else if (rc == 1) {
		const struct sheet_row *row = sheet_rows(a->sheet, &n);
		for (size_t i = 0; i < n; i++)
			if (row[i].first >= before->from && row[i].first < f->to && sheet_fits(&w, &row[i]))
				add_one(a, f, before, &sectors, row[i].first, sheet_class(a->sheet, &row[i]),
				        row[i].owner);
		rc = 0;
	}
	vec_done(&sectors.of);
	return rc;
}

/* One finding and its first letter. */
static void take_told(struct country_group *g, int64_t now, int64_t told, int64_t closed, struct str why)
{
	bool word = str_eq(why, STR("fixed")), evidence = str_eq(why, STR("gone"));

	g->told++;
	if (closed >= told && (word || evidence))
		*vec_add(&g->hours) = closed - told;
	for (unsigned d = 0; d < COUNTRY_DAYS; d++) {
		if (told + days[d] * DAY_US > now)
			continue;
		bool in_time = closed >= told && closed - told <= days[d] * DAY_US;
		g->of[d]++;
		g->word[d] += in_time && word;
		g->evidence[d] += in_time && evidence;
	}
}

static int count_told(const struct ask *a, int64_t now, struct country_figures *f, struct err *e)
{
	struct query q = db_query(a->state,
	        "select f.class, o.sector, coalesce(f.closed, -1), coalesce(f.why, ''), min(n.sent) from "
	        "notice n join "
	        "notice_item i on i.notice = n.id join finding f on f.id = i.finding join owner o on o.id = "
	        "f.owner where n.state "
	        "= 'sent' and n.kind <> 'correction' and n.sent >= ?1 and n.sent < ?2 and not exists (select "
	        "1 from notice_item j "
	        "join notice m on m.id = j.notice where j.finding = f.id and m.state = 'sent' and m.sent < "
	        "?1) group by f.id");

	query_i64(&q, f->from);
	query_i64(&q, f->to);
	while (query_next(&q) == 1) {
		struct country_group *of[] = {&f->all, GROUP(&f->classes, a->arena, query_get_text(&q, 0)),
		        GROUP(&f->sectors, a->arena, query_get_text(&q, 1))};
		for (unsigned i = 0; i < 3; i++)
			take_told(of[i], now, query_get_i64(&q, 4), query_get_i64(&q, 2),
			        query_get_text(&q, 3));
	}
	return query_done(&q, e);
}

static int count_letters(const struct ask *a, struct country_figures *f, struct err *e)
{
	struct query q = db_query(
	        a->state, "select count(*) from notice where state = 'sent' and sent >= ? and sent < ?");

	query_i64(&q, f->from);
	query_i64(&q, f->to);
	if (query_next(&q) == 1)
		f->letters = query_get_u64(&q, 0);
	return query_done(&q, e);
}

static int by_size(const void *a, const void *b)
{
	const struct country_group *x = a, *y = b;

	if (x->fresh != y->fresh)
		return x->fresh > y->fresh ? -1 : 1;
	if (x->told != y->told)
		return x->told > y->told ? -1 : 1;
	return str_cmp(x->key, y->key);
}

static void sort(struct country_figures *f)
{
	if (f->sectors.n > 0)
		qsort(f->sectors.v, f->sectors.n, sizeof(f->sectors.v[0]), by_size);
	if (f->classes.n > 0)
		qsort(f->classes.v, f->classes.n, sizeof(f->classes.v[0]), by_size);
}

int country_count(const struct ask *a, int64_t now, struct country_figures *f, struct country_figures *before,
        struct err *e)
{
	struct country_figures *both[] = {f, before};
	int rc = count_fresh(a, f, before, e);

	for (unsigned i = 0; rc == 0 && i < 2; i++) {
		rc = count_told(a, now, both[i], e);
		if (rc == 0)
			rc = count_letters(a, both[i], e);
		sort(both[i]);
	}
	return rc;
}

void country_figures_done(struct country_figures *f)
{
	for (size_t i = 0; i < f->sectors.n; i++)
		vec_done(&f->sectors.v[i].hours);
	for (size_t i = 0; i < f->classes.n; i++)
		vec_done(&f->classes.v[i].hours);
	vec_done(&f->all.hours);
	vec_done(&f->sectors);
	vec_done(&f->classes);
}

static int by_length(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

int64_t country_median(struct country_group *g)
{
	size_t n = g->hours.n;

	if (n == 0)
		return -1;
	qsort(g->hours.v, n, sizeof(g->hours.v[0]), by_length);
	int64_t middle = n % 2 == 1 ? g->hours.v[n / 2] : (g->hours.v[n / 2 - 1] + g->hours.v[n / 2]) / 2;
	return middle / (3600 * SECOND);
}

int64_t country_share(const struct country_group *g, enum country_days d, uint64_t n)
{
	return g->of[d] == 0 ? -1 : (int64_t)((n * 200 + g->of[d]) / (2 * g->of[d]));
}
