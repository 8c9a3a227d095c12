/* SPDX-License-Identifier: Apache-2.0 */
#include "see/deep.h"
#include "base/digest.h"
#include "base/os.h"
#include "day/day.h"
#include "state/kept.h"
#include "state/receipt.h"
#include "state/state.h"

#define PROBLEMS 1000 /* lines; the rest is counted */
#define AGAIN 5       /* looks at a receipt that becomes another one meanwhile */

struct deep {
	const char *folder;
	struct db *state;
	struct buf *out;
	struct deep_counts n;
	struct day *day;
	struct kept kept; /* of the day at hand */
	uint32_t *events; /* by the finding's id: events that the days have */
	uint64_t nfindings;
	uint64_t last;     /* receipt that is looked at; what came since is not */
	uint64_t editions; /* of all of them, as the first look had them: they only rise */
	bool twice;        /* some receipt was looked at twice, and its events were counted twice */
	bool days_missing; /* some day is not kept any more: sums over days say nothing */
};

static void problem(struct deep *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void problem(struct deep *d, const char *fmt, ...)
{
	va_list ap;

	if (d->n.problems++ >= PROBLEMS)
		return;
	va_start(ap, fmt);
	buf_vprintf(d->out, fmt, ap);
	va_end(ap);
	buf_char(d->out, '\n');
}

/* ---- receipts ------------------------------------------------------------------------------------ */

static void check_bytes(struct deep *d, const struct receipt *r)
{
	struct digest *sum = digest_new();
	uint8_t got[DIGEST_LEN];
	uint64_t size = 0;
	struct err e;

	for (bool more = true; more;) {
		auto_buf struct buf piece = {0};
		if (day_raw_get(d->day, r->id, size, DAY_PIECE, &piece, &e) != 0) {
			problem(d, "R%llu: %s", (unsigned long long)r->id, e.text);
			break;
		}
		digest_add(sum, buf_str(&piece));
		size += piece.len;
		more = piece.len > 0;
	}
	digest_done(sum, got);
	if (size != r->size)
		problem(d, "R%llu: %llu of its %llu bytes are kept", (unsigned long long)r->id,
		        (unsigned long long)size, (unsigned long long)r->size);
	else if (memcmp(got, r->sha256, sizeof(got)) != 0)
		problem(d, "R%llu: its bytes are not those that came", (unsigned long long)r->id);
}

static uint64_t newest_finding(struct deep *d)
{
	struct query q = db_query(d->state, "select coalesce(max(id), 0) from finding");
	uint64_t id = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;

	query_done(&q, NULL);
	return id;
}

/* A node that reads reports meanwhile makes findings. */
static bool is_finding(struct deep *d, uint64_t f)
{
	uint64_t now = f > d->nfindings ? newest_finding(d) : d->nfindings;

	if (now > d->nfindings) {
		uint32_t *more = mem_zero(now + 1, sizeof(*more));
		memcpy(more, d->events, (d->nfindings + 1) * sizeof(*more));
		free(d->events);
		d->events = more;
		d->nfindings = now;
	}
	return f <= d->nfindings;
}

static void count_findings(struct deep *d, const struct receipt *r, const struct day_view *v)
{
	for (uint32_t i = 0; i < v->batch.head->rows; i++) {
		uint64_t f = v->verdicts[i].finding;
		if (!is_finding(d, f))
			problem(d, "R%llu: an event is of finding F%llu, which is not there",
			        (unsigned long long)r->id, (unsigned long long)f);
		else if (f != 0)
			d->events[f]++;
	}
}

static void check_chunks(struct deep *d, const struct receipt *r)
{
	uint64_t records = 0, events = 0, asides = 0, none = 0;
	struct day_view v;
	struct err e;

	for (uint32_t c = 0; c < r->chunks; c++) {
		if (day_get(d->day, r->id, r->edition, c, &v, &e) != 0) {
			problem(d, "R%llu: chunk %u: %s", (unsigned long long)r->id, c, e.text);
			continue;
		}
		d->n.chunks++;
		records += v.batch.head->records;
		none += v.batch.head->none;
		events += v.batch.head->rows;
		for (uint32_t i = 0; i < v.batch.head->asides; i++)
			asides += !(v.batch.asides[i].reason & ASIDE_PARTIAL);
		count_findings(d, r, &v);
		day_view_done(&v);
	}
	d->n.events += events;
	if (records != r->records || events != r->events || asides != r->asides || none != r->none)
		problem(d,
		        "R%llu: its chunks have %llu records, %llu events, %llu set aside, %llu none; the "
		        "receipt says %llu, "
		        "%llu, %llu, %llu",
		        (unsigned long long)r->id, (unsigned long long)records, (unsigned long long)events,
		        (unsigned long long)asides, (unsigned long long)none, (unsigned long long)r->records,
		        (unsigned long long)r->events, (unsigned long long)r->asides,
		        (unsigned long long)r->none);
	if (r->records != r->with_events + r->asides + r->none)
		problem(d, "R%llu: its three counts do not add up to its records", (unsigned long long)r->id);
}

static bool open_day(struct deep *d, const struct receipt *r)
{
	struct err e;

	if (d->kept.date != r->day && kept_get(d->state, r->day, &d->kept, &e) != 0)
		problem(d, "R%llu: %s", (unsigned long long)r->id, e.text);
	d->days_missing |= d->kept.events_gone != 0;
	if (d->kept.events_gone != 0 && d->kept.raw_gone != 0)
		return false;
	if (d->day != NULL && day_date(d->day) == r->day)
		return true;
	day_close(d->day);
	d->day = NULL;
	int rc = day_open(d->folder, r->day, DB_READ, &d->day, &e);
	d->days_missing |= rc == ERR_MISSING;
	if (rc != 0 && rc != ERR_MISSING)
		problem(d, "R%llu: %s", (unsigned long long)r->id, e.text);
	return rc == 0;
}

/* What was said since is taken back. */
static void forget(struct deep *d, const struct deep_counts *n, size_t len)
{
	d->n = *n;
	d->out->len = len;
}

/* It was read again since that row was. */
static bool is_another(struct deep *d, const struct receipt *r)
{
	auto_arena struct arena a = {0};
	struct receipt now;

	arena_init(&a, 0);
	return receipt_get(d->state, r->id, &a, &now, NULL) != 1 || now.edition != r->edition ||
	        now.state != r->state;
}

static void look_at(struct deep *d, const struct receipt *r)
{
	d->n.receipts++;
	if (r->state != RECEIPT_DONE && r->state != RECEIPT_ASIDE) {
		d->n.skipped++;
	} else if (open_day(d, r)) {
		if (d->kept.raw_gone == 0)
			check_bytes(d, r);
		if (d->kept.events_gone == 0)
			check_chunks(d, r);
	}
}

/* A node that reads it again meanwhile takes the events away that were looked for. */
static void check_receipt(struct deep *d, uint64_t id, struct err *e)
{
	const struct deep_counts before = d->n;
	size_t len = d->out->len;

	for (unsigned i = 0; i < AGAIN; i++) {
		auto_arena struct arena a = {0};
		struct receipt r;
		arena_init(&a, 0);
		if (receipt_get(d->state, id, &a, &r, e) != 1)
			return;
		look_at(d, &r);
		if (d->n.problems == before.problems || !is_another(d, &r))
			return;
		forget(d, &before, len);
		d->twice = true;
	}
	d->n.receipts++;
	d->n.skipped++;
}

static void check_receipts(struct deep *d, struct err *e)
{
	struct query q = db_query(d->state, "select id, edition from receipt order by id");
	VEC(uint64_t) ids = {0};

	while (query_next(&q) == 1) {
		*vec_add(&ids) = query_get_u64(&q, 0);
		d->editions += query_get_u64(&q, 1);
	}
	query_done(&q, e);
	d->last = ids.n > 0 ? ids.v[ids.n - 1] : 0;
	for (size_t i = 0; i < ids.n; i++)
		check_receipt(d, ids.v[i], e);
	vec_done(&ids);
}

/* ---- findings ------------------------------------------------------------------------------------ */

/* Reports came since it began, or were read again: findings count events that nobody here has. */
static bool has_more(struct deep *d)
{
	struct query q =
	        db_query(d->state, "select coalesce(max(id), 0), coalesce(sum(edition), 0) from receipt");
	bool same =
	        query_next(&q) == 1 && query_get_u64(&q, 0) == d->last && query_get_u64(&q, 1) == d->editions;

	query_done(&q, NULL);
	return !same;
}

static void check_sums(struct deep *d, struct err *e)
{
	bool sums = !d->days_missing && d->n.skipped == 0 && !d->twice;
	struct query q = db_query(d->state, "select id, events from finding order by id");
	struct deep_counts before = d->n;
	size_t len = d->out->len;

	while (query_next(&q) == 1) {
		uint64_t id = query_get_u64(&q, 0), events = query_get_u64(&q, 1);
		d->n.findings++;
		/* what is being read now has its events before the finding counts them */
		if (id <= d->nfindings && sums && d->events[id] != events)
			problem(d, "F%llu: it counts %llu events, the days have %u", (unsigned long long)id,
			        (unsigned long long)events, d->events[id]);
	}
	query_done(&q, e);
	before.findings = d->n.findings;
	/* asked last: what came before the findings were read is seen */
	if (d->n.problems > before.problems && has_more(d))
		forget(d, &before, len);
}

static void check_findings(struct deep *d, struct err *e)
{
	check_sums(d, e);
	struct query twice = db_query(
	        d->state, "select min(id), max(id) from finding group by key having count(*) > 1 limit 100");
	while (query_next(&twice) == 1)
		problem(d, "F%llu and F%llu are the same problem",
		        (unsigned long long)query_get_u64(&twice, 0),
		        (unsigned long long)query_get_u64(&twice, 1));
	query_done(&twice, e);
}

/* ---- letters and audit --------------------------------------------------------------------------- */

static void check_letter(struct deep *d, const struct query *q)
{
	struct str ticket = query_get_text(q, 1), sum = query_get_blob(q, 2);
	auto_buf struct buf bytes = {0};
	uint8_t got[DIGEST_LEN];
	char path[4096];
	struct err e;

	if (query_get_u64(q, 3) != query_get_u64(q, 4))
		problem(d, "N%llu: it counts %llu findings and names %llu",
		        (unsigned long long)query_get_u64(q, 0), (unsigned long long)query_get_u64(q, 3),
		        (unsigned long long)query_get_u64(q, 4));
	if (sum.len != DIGEST_LEN)
		return;
	snprintf(path, sizeof(path), "%s/letters/%.*s.eml", d->folder, STR_ARG(ticket));
	if (os_read_file(path, 256 << 20, &bytes, &e) != 0) {
		problem(d, "N%llu: %s", (unsigned long long)query_get_u64(q, 0), e.text);
		return;
	}
	digest_of(buf_str(&bytes), got);
	if (memcmp(got, sum.p, sizeof(got)) != 0)
		problem(d, "N%llu: '%s' is not the letter that was sealed",
		        (unsigned long long)query_get_u64(q, 0), path);
}

static void check_notices(struct deep *d, struct err *e)
{
	struct query q = db_query(d->state,
	        "select id, ticket, sha256, findings, (select count(*) from notice_item where notice = n.id) "
	        "from notice n");

	while (query_next(&q) == 1) {
		d->n.notices++;
		check_letter(d, &q);
	}
	query_done(&q, e);
}

/* Files of cases, which may be larger than memory. */
static void check_blob(struct deep *d, uint64_t id, struct str sum)
{
	char path[4096], hex[2 * DIGEST_LEN + 1], piece[65536];
	struct digest *digest = digest_new();
	uint8_t got[DIGEST_LEN];
	struct err e;
	ssize_t n;

	str_hex_print(hex, (const uint8_t *)sum.p, DIGEST_LEN);
	snprintf(path, sizeof(path), "%s/blob/%s", d->folder, hex);
	auto_fd int fd = os_open(path, &e);
	while (fd >= 0 && (n = os_read_full(fd, piece, sizeof(piece))) > 0)
		digest_add(digest, str_make(piece, (size_t)n));
	digest_done(digest, got);
	if (fd < 0)
		problem(d, "B%llu: %s", (unsigned long long)id, e.text);
	else if (memcmp(got, sum.p, sizeof(got)) != 0)
		problem(d, "B%llu: '%s' is not the file that was kept", (unsigned long long)id, path);
}

static void check_blobs(struct deep *d, struct err *e)
{
	struct query q = db_query(d->state, "select id, sha256 from blob");

	while (query_next(&q) == 1)
		if (query_get_blob(&q, 1).len == DIGEST_LEN)
			check_blob(d, query_get_u64(&q, 0), query_get_blob(&q, 1));
	query_done(&q, e);
}

static void check_audit(struct deep *d, struct err *e)
{
	struct query q = db_query(
	        d->state, "select prev, at, person, verb, object, detail, seq from audit order by seq");
	uint8_t want[DIGEST_LEN] = {0};

	while (query_next(&q) == 1) {
		struct str prev = query_get_blob(&q, 0);
		struct digest *sum = digest_new();
		d->n.audit++;
		if (prev.len != DIGEST_LEN || memcmp(prev.p, want, sizeof(want)) != 0)
			problem(d, "audit %llu: the row before it is not the one that was there",
			        (unsigned long long)query_get_u64(&q, 6));
		for (int i = 0; i < 6; i++) {
			digest_add(sum, query_get_blob(&q, i));
			digest_add(sum, STR("\n"));
		}
		digest_done(sum, want);
	}
	query_done(&q, e);
}

static void check_file(struct deep *d, struct db *db)
{
	struct query q = db_query(db, "pragma quick_check(10)");
	struct err e;

	while (query_next(&q) == 1) {
		struct str s = query_get_text(&q, 0);
		if (!str_eq(s, STR("ok")))
			problem(d, "%s: %.*s", db_path(db), STR_ARG(s));
	}
	if (query_done(&q, &e) != 0)
		problem(d, "%s", e.text);
}

int deep_check(const char *folder, struct buf *out, struct deep_counts *ret, struct err *e)
{
	struct deep d = {.folder = folder, .out = out};
	int rc = state_open(folder, DB_READ, &d.state, e);

	if (rc != 0)
		return rc;
	d.nfindings = newest_finding(&d);
	d.events = mem_zero(d.nfindings + 1, sizeof(*d.events));
	check_file(&d, d.state);
	check_receipts(&d, e);
	check_findings(&d, e);
	check_notices(&d, e);
	check_blobs(&d, e);
	check_audit(&d, e);
	free(d.events);
	day_close(d.day);
	db_close(d.state);
	*ret = d.n;
	return rc;
}
