/* SPDX-License-Identifier: Apache-2.0
 *
 * Time zones without the C library's, whose zone belongs to the whole process: a file of zoneinfo (TZif, RFC
 * 8536) becomes one table of wall-clock seconds at which the offset changes. The rule at the end of the file,
 * which holds for ever after its last change, is written out up to the last year that times can have, so that
 * a look-up is a short walk. Files with leap seconds in their count ("right/...") are refused.
 */
#include "base/os.h"
#include "event/civil.h"

#define ZONEINFO "/usr/share/zoneinfo/"
#define NAME_LONGEST 64
#define FILE_MAX 262144
#define CHANGES_MAX 4096
#define LAST_YEAR 2262

/* local[i] is the first wall-clock second at which offset[i + 1] holds instead of offset[i]. start[k] is
 * where to look for times from k << SPAN_BITS on; no place changes its clock more than a few times in such a
 * span. */
#define SPAN_BITS 24 /* 194 days */
#define SPANS 552    /* to 2263 */
struct zone {
	size_t n;
	int64_t *local;
	int32_t *offset; /* seconds east of UTC, n + 1 of them */
	uint16_t start[SPANS];
};

int64_t zone_to_utc(const struct zone *z, int64_t local)
{
	if (z == NULL)
		return local;
	int64_t span = local >> SPAN_BITS;
	size_t i = z->start[span < 0 ? 0 : span < SPANS ? span : SPANS - 1];
	while (i < z->n && z->local[i] <= local)
		i++;
	return local - z->offset[i];
}

static void index_spans(struct zone *z)
{
	size_t i = 0;

	for (int64_t span = 0; span < SPANS; span++) {
		/* Times before 1970 begin at the first change too. */
		while (span > 0 && i < z->n && z->local[i] <= span << SPAN_BITS)
			i++;
		z->start[span] = (uint16_t)i;
	}
}

/* ---- changes --------------------------------------------------------------------------------------- */

struct change {
	int64_t at; /* UTC */
	int32_t offset;
};
struct changes {
	int32_t first; /* offset before all of them */
	VEC(struct change) list;
};

static void changes_add(struct changes *c, int64_t at, int32_t offset)
{
	if (c->list.n > 0 && c->list.v[c->list.n - 1].at >= at)
		c->list.v[c->list.n - 1].offset = offset;
	else
		*vec_add(&c->list) = (struct change){at, offset};
}

/* The clock is put forward: the skipped hour still belongs to the old offset. It is put back: the hour that
 * comes twice is taken as the first. Both ways the new offset holds from at + the greater of the two. */
static struct zone *changes_zone(struct arena *a, const struct changes *c)
{
	struct zone *z = arena_new(a, struct zone);
	int64_t *local = arena_array(a, c->list.n + 1, sizeof(*local));
	int32_t *offset = arena_array(a, c->list.n + 1, sizeof(*offset));

	if (z == NULL || local == NULL || offset == NULL)
		return NULL;
	offset[0] = c->first;
	for (size_t i = 0; i < c->list.n; i++) {
		int32_t before = offset[z->n], after = c->list.v[i].offset;
		int64_t at = c->list.v[i].at + (before > after ? before : after);

		if (before == after)
			continue;
		if (z->n > 0 && at < local[z->n - 1])
			at = local[z->n - 1];
		local[z->n++] = at;
		offset[z->n] = after;
	}
	z->local = local;
	z->offset = offset;
	index_spans(z);
	return z;
}

/* ---- the rule behind the last change: POSIX's TZ with the extensions of RFC 8536 --------------------- */

struct rule_day {
	char kind; /* 'M': week of month, 'J': day 1 to 365 without leap days, 'N': day 0 to 365 with them */
	int month, week, day;
	int64_t second;
};
struct rule {
	int32_t standard, summer;
	bool changes;
	struct rule_day start, end;
};

static bool take_zone_name(struct str *s)
{
	size_t n = 0;

	if (s->len > 0 && s->p[0] == '<') {
		n = str_find(*s, 0, '>');
		if (n == SIZE_MAX)
			return false;
		*s = str_skip(*s, n + 1);
		return true;
	}
	while (n < s->len && char_alnum(s->p[n]) && !char_digit(s->p[n]))
		n++;
	*s = str_skip(*s, n);
	return n >= 3;
}

/* [+-]h[h[h]][:mm[:ss]] */
static bool take_hms(struct str *s, int64_t *ret)
{
	int h, m = 0, sec = 0;
	bool minus = take_char(s, '-');

	if (!minus)
		take_char(s, '+');
	if (!take_number(s, 1, 3, &h) || h > 167)
		return false;
	if (take_char(s, ':') && (!take_number(s, 2, 2, &m) || m > 59))
		return false;
	if (take_char(s, ':') && (!take_number(s, 2, 2, &sec) || sec > 59))
		return false;
	*ret = (h * 3600 + m * 60 + sec) * (minus ? -1 : 1);
	return true;
}

/* POSIX counts offsets westwards. */
static bool take_west(struct str *s, int32_t *ret)
{
	int64_t west;

	if (!take_hms(s, &west) || west > DAY_SECONDS || west < -DAY_SECONDS)
		return false;
	*ret = (int32_t)-west;
	return true;
}

static bool take_rule_day(struct str *s, struct rule_day *d)
{
	*d = (struct rule_day){.kind = 'N', .second = 7200};
	if (!take_char(s, ','))
		return false;
	if (take_char(s, 'M')) {
		d->kind = 'M';
		if (!take_number(s, 1, 2, &d->month) || !take_char(s, '.') ||
		        !take_number(s, 1, 1, &d->week) || !take_char(s, '.') ||
		        !take_number(s, 1, 1, &d->day) || d->month < 1 || d->month > 12 || d->week < 1 ||
		        d->week > 5 || d->day > 6)
			return false;
	} else {
		if (take_char(s, 'J'))
			d->kind = 'J';
		if (!take_number(s, 1, 3, &d->day) || d->day > 365 || (d->kind == 'J' && d->day < 1))
			return false;
	}
	return !take_char(s, '/') || take_hms(s, &d->second);
}

static bool rule_parse(struct str s, struct rule *ret)
{
	struct rule r = {0};

	if (!take_zone_name(&s) || !take_west(&s, &r.standard))
		return false;
	if (s.len > 0) {
		r.changes = true;
		r.summer = r.standard + 3600;
		if (!take_zone_name(&s) || (s.len > 0 && s.p[0] != ',' && !take_west(&s, &r.summer)) ||
		        !take_rule_day(&s, &r.start) || !take_rule_day(&s, &r.end))
			return false;
	}
	*ret = r;
	return s.len == 0;
}

/* The wall-clock second of a rule's day in a year. */
static int64_t rule_second(const struct rule_day *d, int year)
{
	int64_t first = civil_days(year, 1, 1), day;
	bool leap = civil_days(year, 3, 1) - first == 60;

	if (d->kind == 'M') {
		int64_t month = civil_days(year, d->month, 1);
		int64_t next =
		        d->month == 12 ? civil_days(year + 1, 1, 1) : civil_days(year, d->month + 1, 1);

		/* 1970-01-01 was a Thursday, day 4 of the week. */
		day = month + (d->day - (month + 4) % 7 + 7) % 7 + (d->week - 1) * 7;
		if (day >= next)
			day -= 7;
	} else {
		day = first + d->day - (d->kind == 'J');
		if (d->kind == 'J' && leap && d->day >= 60)
			day++;
	}
	return day * DAY_SECONDS + d->second;
}

static void rule_apply(const struct rule *r, struct changes *c)
{
	int64_t last = c->list.n > 0 ? c->list.v[c->list.n - 1].at : INT64_MIN;

	if (!r->changes) {
		/* The last change leads here already, or there was none. */
		if (c->list.n == 0)
			c->first = r->standard;
		return;
	}
	for (int year = 1970; year <= LAST_YEAR; year++) {
		struct change to_summer = {rule_second(&r->start, year) - r->standard, r->summer};
		struct change to_standard = {rule_second(&r->end, year) - r->summer, r->standard};
		bool north = to_summer.at < to_standard.at;
		struct change one = north ? to_summer : to_standard, two = north ? to_standard : to_summer;

		if (one.at > last)
			changes_add(c, one.at, one.offset);
		if (two.at > last)
			changes_add(c, two.at, two.offset);
	}
}

/* ---- the file -------------------------------------------------------------------------------------- */

struct tzif {
	const uint8_t *at, *end;
	size_t width; /* bytes of a time: 4 or 8 */
	uint8_t version;
	uint32_t utcs, stds, leaps, times, types, chars;
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool tzif_head(struct tzif *f, size_t width)
{
	const uint8_t *p = f->at;

	if (f->end - p < 44 || memcmp(p, "TZif", 4) != 0)
		return false;
	f->version = p[4];
	f->width = width;
	f->utcs = be32(p + 20);
	f->stds = be32(p + 24);
	f->leaps = be32(p + 28);
	f->times = be32(p + 32);
	f->types = be32(p + 36);
	f->chars = be32(p + 40);
	f->at += 44;
	return f->utcs <= 256 && f->stds <= 256 && f->leaps == 0 && f->times <= CHANGES_MAX &&
	        f->types >= 1 && f->types <= 256 && f->chars <= 4096;
}

static size_t tzif_size(const struct tzif *f)
{
	return f->times * (f->width + 1) + f->types * 6 + f->chars + f->stds + f->utcs;
}

static bool tzif_changes(struct tzif *f, struct changes *c)
{
	if ((size_t)(f->end - f->at) < tzif_size(f))
		return false;
	const uint8_t *times = f->at, *kinds = times + f->times * f->width, *types = kinds + f->times;
	c->first = (int32_t)be32(types);
	for (uint32_t i = 0; i < f->times; i++) {
		const uint8_t *t = times + i * f->width;
		int64_t at =
		        f->width == 4 ? (int32_t)be32(t) : (int64_t)((uint64_t)be32(t) << 32 | be32(t + 4));

		if (kinds[i] >= f->types)
			return false;
		int32_t offset = (int32_t)be32(types + kinds[i] * 6u);
		/* What was before 1970 only matters by its last offset. */
		if (at < -2 * DAY_SECONDS)
			c->first = offset;
		else
			changes_add(c, at, offset);
	}
	f->at += tzif_size(f);
	return true;
}

static bool sane(const struct changes *c)
{
	if (c->first < -DAY_SECONDS || c->first > DAY_SECONDS)
		return false;
	for (size_t i = 0; i < c->list.n; i++) {
		const struct change *v = &c->list.v[i];

		if (v->offset < -DAY_SECONDS || v->offset > DAY_SECONDS || v->at > INT64_MAX / 2)
			return false;
	}
	return true;
}

static bool tzif_read(struct str bytes, struct changes *c)
{
	struct tzif f = {.at = (const uint8_t *)bytes.p, .end = (const uint8_t *)bytes.p + bytes.len};
	struct rule rule;

	if (!tzif_head(&f, 4))
		return false;
	if (f.version == 0)
		return tzif_changes(&f, c) && sane(c);
	/* A second version of everything with times of 64 bits follows the first. */
	if ((size_t)(f.end - f.at) < tzif_size(&f))
		return false;
	f.at += tzif_size(&f);
	if (!tzif_head(&f, 8) || !tzif_changes(&f, c) || !sane(c))
		return false;
	struct str foot = str_make((const char *)f.at, (size_t)(f.end - f.at));
	if (!take_char(&foot, '\n') || !str_has(foot, '\n'))
		return false;
	foot = str_cut(foot, '\n').head;
	if (foot.len == 0)
		return true;
	if (!rule_parse(foot, &rule))
		return false;
	rule_apply(&rule, c);
	return true;
}

/* ---- opening --------------------------------------------------------------------------------------- */

static bool name_ok(struct str name)
{
	if (name.len == 0 || name.len > NAME_LONGEST || name.p[0] == '/')
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!char_alnum(name.p[i]) && memchr("_+-/", name.p[i], 4) == NULL)
			return false;
	return true;
}

static int zone_load(struct str name, struct changes *c, struct err *e)
{
	char path[sizeof(ZONEINFO) + NAME_LONGEST];
	auto_buf struct buf file = {0};

	if (!name_ok(name))
		return err_set(e, ERR_VALUE, "'%.*s' is no name of a time zone (such as 'Asia/Vientiane')",
		        STR_ARG(name));
	snprintf(path, sizeof(path), ZONEINFO "%.*s", STR_ARG(name));
	int rc = os_read_file(path, FILE_MAX, &file, e);
	if (rc < 0)
		return err_add(e, "no time zone '%.*s'", STR_ARG(name));
	if (!tzif_read(buf_str(&file), c))
		return err_set(e, ERR_FORMAT, "'%s' is no usable file of a time zone", path);
	return 0;
}

int zone_open(struct arena *a, struct str name, struct zone **ret, struct err *e)
{
	struct changes c = {0};
	struct str rest = name;
	int offset, rc = 0;

	/* Offsets and UTC need no file; "GMT+7" does: with zoneinfo it lies west, with people east. */
	bool fixed = name.len > 0 && (name.p[0] == '+' || name.p[0] == '-' || str_eq(name, STR("UTC")));
	if (fixed && take_offset(&rest, &offset) && rest.len == 0)
		c.first = offset;
	else
		rc = zone_load(name, &c, e);
	if (rc == 0) {
		struct zone *z = changes_zone(a, &c);

		if (z != NULL)
			*ret = z;
		else
			rc = err_set(e, ERR_LIMIT, "no memory for time zone '%.*s'", STR_ARG(name));
	}
	vec_done(&c.list);
	return rc;
}
