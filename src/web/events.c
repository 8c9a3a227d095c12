/* SPDX-License-Identifier: Apache-2.0
 *
 * Events, newest receipts first: a walk over the days' chunks. Of a chunk only the times are looked at, then its sieve,
 * the columns of its rows (addresses, classes) and of its verdicts, and what these cannot tell is read only where a row fits
 * so far. A day that is sealed names the chunks that may have an address or a name; they are looked through all the
 * same, so that the answer is the same.
 */
#include "web/events.h"
#include "day/keys.h"
#include "day/look.h"
#include "state/kept.h"
#include "state/receipt.h"
#include "state/scope.h"

static const struct list_column columns[] = {
        {"event", "event", LIST_STRING, "its id: receipt, record, number within the record"},
        {"finding", "finding", LIST_STRING, "the problem it shows"},
        {"owner", "owner", LIST_STRING, "id of the owner in the register"},
        {"time", "time", LIST_TIME, "time.source; without one, when it was received"},
        {"source.ip", "address", LIST_STRING, "where the problem is"},
        {"source.port", "port", LIST_NUMBER, "0: none"},
        {"source.fqdn", "name", LIST_STRING, "its name"},
        {"source.url", NULL, LIST_STRING, "what is served there"},
        {"classification.type", "class", LIST_STRING, "of the taxonomy"},
        {"classification.identifier", "identifier", LIST_STRING, "what it is in particular"},
        {"malware.name", "malware", LIST_STRING, "as the sender calls it"},
        {"decision", "decision", LIST_STRING, "what the rule says is to be done"},
        {"severity", "severity", LIST_STRING, "of the rule, else of the sender, else of the class"},
        {"tlp", NULL, LIST_STRING, "label"},
        {"line", NULL, LIST_NUMBER, "of the report"},
        {"feed", NULL, LIST_STRING, "file of the feed in conf/feeds"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))
const struct list_table events_table = {"events", columns, NCOLUMNS, 'E', NULL};

struct events {
	const struct ask *a;
	const struct events_sink *sink;
	uint64_t n, limit, receipt;
	int64_t since, until;
	struct prefix prefix;
	bool by_prefix, count, done;
	struct sieve_ask ask;
	struct str name, owner, class, severity, value;
	struct str hint; /* a name that all of them have; p NULL: none */
	uint64_t finding;
	unsigned budget; /* chunks that may still be opened; 0: the search ends */
	bool spent;      /* it has ended for that */
	/* the owner's findings, a bit each; NULL: not asked */
	uint64_t *findings, nfindings;
	struct day_columns columns; /* of the chunk at hand */
	struct ask_event after;
	bool has_after;
	struct receipt r; /* of the chunk at hand */
	bool hides;       /* what is RED in it, from who asks */
	struct arena texts, receipts;
	struct ask_event last;
	/* where it stands: the day, and in it the chunk, of all or of those that the index names */
	struct day_dates dates;
	size_t date, hit;
	struct day *day; /* NULL: the next one is opened */
	struct day_hits hits;
	bool by_index;
	uint64_t cursor;
};

/* ---- what fits ----------------------------------------------------------------------------------- */

static int64_t when(const struct events *s, const struct batch_row *row)
{
	return row->time_source == INT64_MIN ? s->r.received : row->time_source;
}

static bool below(struct str name, struct str parent)
{
	return str_ieq(name, parent) ||
	        (name.len > parent.len && str_ends(name, parent) && name.p[name.len - parent.len - 1] == '.');
}

static bool row_fits(const struct events *s, const struct batch_row *row)
{
	int64_t t = when(s, row);

	if ((s->since != 0 && t < s->since) || (s->until != 0 && t >= s->until))
		return false;
	return !s->has_after || s->r.id != s->after.receipt || row->ordinal < s->after.ordinal ||
	        (row->ordinal == s->after.ordinal && row->sub < s->after.sub);
}

/* The number of a name in a table; one that is no number of it, if the name is not there. */
static unsigned type_of(struct str name)
{
	unsigned i = 0;

	while (i < TYPE_END && !str_eq(type_table[i].name, name))
		i++;
	return i;
}

static unsigned severity_of(struct str name)
{
	unsigned i = 0;

	while (i < SEVERITY_END && !str_eq(severity_name((enum severity)i), name))
		i++;
	return i;
}

static struct str owner_of(const struct events *s, uint64_t finding, struct arena *a)
{
	struct str ref = {0};

	if (finding == 0)
		return ref;
	struct query q = db_query(
	        s->a->state, "select o.ref from finding f join owner o on o.id = f.owner where f.id = ?");
	query_u64(&q, finding);
	if (query_next(&q) == 1)
		ref = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return ref;
}

/* Fields whose value is looked for as a whole. */
static bool has_value(const struct events *s, const struct batch *b, const struct batch_row *row)
{
	static const enum field fields[] = {FIELD_SOURCE_URL, FIELD_DESTINATION_URL, FIELD_SOURCE_ACCOUNT,
	        FIELD_DESTINATION_ACCOUNT, FIELD_MALWARE_HASH_MD5, FIELD_MALWARE_HASH_SHA1,
	        FIELD_MALWARE_HASH_SHA256, FIELD_EVENT_HASH};

	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (str_ieq(batch_find(b, row, fields[i]), s->value))
			return true;
	return false;
}

/* What no column tells. */
static bool rest_fits(const struct events *s, const struct day_view *v, uint32_t i, struct str owner)
{
	const struct batch_row *row = &v->batch.rows[i];

	if (s->name.p != NULL && !below(batch_find(&v->batch, row, FIELD_SOURCE_FQDN), s->name) &&
	        !below(batch_find(&v->batch, row, FIELD_DESTINATION_FQDN), s->name))
		return false;
	if (s->value.p != NULL && !has_value(s, &v->batch, row))
		return false;
	return s->owner.p == NULL || s->findings != NULL || str_eq(owner, s->owner);
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static void take_event(struct events *s, const struct day_view *v, uint32_t i)
{
	const struct batch_row *row = &v->batch.rows[i];

	arena_reset(&s->texts);
	/* what is only counted needs no owner that nobody asked about */
	struct str owner = s->count && s->owner.p == NULL ? (struct str){0}
	                                                  : owner_of(s, v->verdicts[i].finding, &s->texts);
	if (!rest_fits(s, v, i, owner))
		return;
	s->n++;
	if (s->count)
		return;
	if (s->n > s->limit) {
		s->done = true;
		return;
	}
	s->last = (struct ask_event){s->r.id, row->ordinal, row->sub};
	s->sink->put(s->sink->arg,
	        &(struct events_found){.receipt = &s->r,
	                .batch = &v->batch,
	                .row = row,
	                .verdict = &v->verdicts[i],
	                .owner = owner,
	                .when = when(s, row)});
}

/* ---- chunks -------------------------------------------------------------------------------------- */

/* Whether the chunk counts: of the edition in force, and committed. */
static bool chunk_counts(struct events *s, const struct day_info *c)
{
	if (s->r.id != c->receipt) {
		struct err e;
		arena_reset(&s->receipts);
		if (receipt_get(s->a->state, c->receipt, &s->receipts, &s->r, &e) != 1)
			s->r = (struct receipt){.id = c->receipt};
		s->hides = s->r.red && !scope_shows_red(s->a->state, s->r.feed);
	}
	return c->edition == s->r.edition && c->chunk < s->r.chunks;
}

static void keep_rows(const struct events *s, struct day_columns *c)
{
	struct batch_row row;

	for (uint32_t i = 0; i < c->n; i++) {
		if (!c->fits[i])
			continue;
		day_columns_row(c, i, &row);
		c->fits[i] = row_fits(s, &row);
		c->left -= !c->fits[i];
	}
}

static int keep_verdicts(const struct events *s, struct day *d, const struct day_info *info,
        struct day_columns *c, struct err *e)
{
	if (c->left == 0 || (s->findings == NULL && s->severity.p == NULL && !s->hides))
		return 0;
	int rc = day_columns_verdicts(d, info, c, e);
	if (rc == 0 && s->findings != NULL)
		day_columns_finding(c, s->findings, s->nfindings);
	if (rc == 0 && s->severity.p != NULL)
		day_columns_severity(c, severity_of(s->severity));
	if (rc == 0 && s->hides)
		day_columns_not_label(c, TLP_RED);
	return rc;
}

/* Leaves the rows of which the columns say that they fit. */
static int keep_columns(struct events *s, struct day *d, const struct day_info *info, struct err *e)
{
	struct day_columns *c = &s->columns;
	int rc = day_columns_open(d, info, c, e);

	if (rc != 0)
		return rc;
	if (s->by_prefix)
		day_columns_prefix(c, &s->prefix);
	if (c->left > 0 && s->class.p != NULL)
		day_columns_type(c, type_of(s->class));
	if (c->left > 0 && (s->since != 0 || s->until != 0 || s->has_after))
		keep_rows(s, c);
	return keep_verdicts(s, d, info, c, e);
}

static int take_chunk(struct events *s, struct day *d, const struct day_info *c, struct err *e)
{
	struct day_view v;

	if (s->budget == 0) {
		s->spent = s->done = true;
		return 0;
	}
	s->budget--;
	int rc = keep_columns(s, d, c, e);

	if (rc != 0 || s->columns.left == 0)
		return rc;
	if (s->count && s->name.p == NULL && s->value.p == NULL &&
	        (s->owner.p == NULL || s->findings != NULL)) {
		s->n += s->columns.left;
		return 0;
	}
	rc = day_get(d, c->receipt, c->edition, c->chunk, &v, e);
	if (rc != 0)
		return rc;
	for (uint32_t i = v.batch.head->rows; i > 0 && !s->done; i--)
		if (i <= s->columns.n && s->columns.fits[i - 1])
			take_event(s, &v, i - 1);
	day_view_done(&v);
	return 0;
}

/* A chunk, if something of it may be wanted. */
static int visit(struct events *s, struct day *d, const struct day_info *c, struct err *e)
{
	if (c->rows == 0 || (s->receipt != 0 && c->receipt != s->receipt) || !chunk_counts(s, c))
		return 0;
	if ((s->since != 0 && c->t1 < s->since) || (s->until != 0 && c->t0 >= s->until))
		return 0;
	if (s->has_after &&
	        (c->receipt > s->after.receipt ||
	                (c->receipt == s->after.receipt && c->first > s->after.ordinal)))
		return 0;
	int may = day_may(d, c, &s->ask, e);
	return may == 1 ? take_chunk(s, d, c, e) : may;
}

/* The next chunk of the day. 1: looked through, 0: there was none, or a code. */
static int take_next(struct events *s, struct err *e)
{
	struct day_info c;
	int rc;

	if (!s->by_index) {
		rc = day_chunk_before(s->day, &s->cursor, &c, e);
	} else {
		if (s->hit == 0)
			return 0;
		rc = day_chunk_at(s->day, s->hits.v[--s->hit], &c, e);
		if (rc == 0)
			return 1;
	}
	/* the report has no more */
	if (rc != 1 || c.receipt < s->receipt)
		return rc < 0 ? rc : 0;
	rc = visit(s, s->day, &c, e);
	return rc < 0 ? rc : 1;
}

/* 1, 0 if there is nothing to look for in it, or a code. */
static int open_day(struct events *s, uint32_t date, struct err *e)
{
	struct kept kept;
	int rc = kept_get(s->a->state, date, &kept, e);

	/* what is being deleted counts no more */
	if (rc != 0 || kept.events_gone != 0)
		return rc;
	rc = day_open(s->a->folder, date, DB_READ, &s->day, e);
	if (rc != 0)
		return rc == ERR_MISSING ? 0 : rc;
	s->hits.n = 0;
	rc = day_find(
	        s->day, s->by_prefix ? &s->prefix : NULL, s->hint.p != NULL ? s->hint : s->name, &s->hits, e);
	s->by_index = rc == 1;
	s->hit = s->hits.n;
	s->cursor = s->receipt != 0 ? day_cursor(s->receipt) : UINT64_MAX;
	return rc < 0 ? rc : 1;
}

static void shut_day(struct events *s)
{
	day_close(s->day);
	s->day = NULL;
	s->date++;
}

int events_step(struct events *s, struct err *e)
{
	int rc;

	if (s->done || s->date >= s->dates.n)
		return 0;
	if (s->day == NULL) {
		rc = open_day(s, s->dates.v[s->date], e);
		if (rc == 0)
			s->date++;
		return rc < 0 ? rc : 1;
	}
	rc = take_next(s, e);
	if (rc < 0)
		return rc;
	if (rc == 0)
		shut_day(s);
	return !s->done;
}

struct events_at events_at(const struct events *s)
{
	return (struct events_at){.day = s->date < s->dates.n ? s->dates.v[s->date] : 0,
	        .done = s->date,
	        .all = s->dates.n,
	        .found = s->n > s->limit && !s->count ? s->limit : s->n,
	        .more = s->done};
}

static int filters(struct events *s, const struct ask *a, struct err *e)
{
	struct str ip = ask_param(a, "ip");
	bool host;

	s->name = ask_param(a, "name");
	s->owner = ask_param(a, "owner");
	s->class = ask_param(a, "class");
	s->severity = ask_param(a, "severity");
	s->value = ask_param(a, "value");
	s->count = ask_has(a, "count");
	if (ip.p != NULL && !prefix_parse(ip, &s->prefix, &host))
		return err_set(e, ERR_USAGE,
		        "--ip: an address or a prefix is needed, such as 192.0.2.1 or 192.0.2.0/24");
	s->by_prefix = ip.p != NULL;
	s->ask = sieve_ask(s->by_prefix ? &s->prefix : NULL, s->name);
	if (ask_limit(a, &s->limit, e) != 0 || ask_time(a, "since", &s->since, e) != 0 ||
	        ask_time(a, "until", &s->until, e) != 0)
		return ERR_USAGE;
	if (ask_has(a, "receipt") && ask_id(ask_param(a, "receipt"), 'R', &s->receipt, e) != 0)
		return ERR_USAGE;
	if (ask_has(a, "finding") && ask_id(ask_param(a, "finding"), 'F', &s->finding, e) != 0)
		return ERR_USAGE;
	s->budget = UINT32_MAX;
	s->has_after = ask_has(a, "after");
	return s->has_after ? ask_event_id(ask_param(a, "after"), &s->after, e) : 0;
}

/* Findings do not change their owner while they are looked for: one look at all of them instead of one for each event. */
static int find_findings(struct events *s, struct err *e)
{
	/* events of nobody are those whose owner has no name */
	if (s->owner.len == 0)
		return 0;
	struct query most = db_query(s->a->state, "select coalesce(max(id), 0) from finding");
	uint64_t n = query_next(&most) == 1 ? query_get_u64(&most, 0) + 1 : 0;
	int rc = query_done(&most, e);
	if (rc != 0)
		return rc;
	s->nfindings = n;
	s->findings = mem_zero(n / 64 + 1, sizeof(*s->findings));
	struct query q = db_query(
	        s->a->state, "select f.id from finding f join owner o on o.id = f.owner where o.ref = ?");
	query_text(&q, s->owner);
	while (query_next(&q) == 1) {
		uint64_t id = query_get_u64(&q, 0);
		if (id < n)
			s->findings[id / 64] |= UINT64_C(1) << id % 64;
	}
	return query_done(&q, e);
}

/* The finding and what goes on as it. Where its place tells which chunks may have it, these alone are looked at; what was merged
 * into it may lie elsewhere. */
static int find_finding(struct events *s, struct err *e)
{
	struct query q = db_query(s->a->state,
	        "select id, place, (select max(id) from finding) from finding where id = ?1 union all select "
	        "id, place, 0 from "
	        "finding where merged = ?1");
	bool one = false;
	bool host;

	query_u64(&q, s->finding);
	while (query_next(&q) == 1) {
		uint64_t id = query_get_u64(&q, 0);
		struct str place = query_get_text(&q, 1);
		if (s->findings == NULL) {
			s->nfindings = query_get_u64(&q, 2) + 1;
			s->findings = mem_zero(s->nfindings / 64 + 1, sizeof(*s->findings));
			s->by_prefix = !s->by_prefix && prefix_parse(place, &s->prefix, &host);
			s->hint = s->by_prefix || str_has(place, '/') || str_has(place, '@') ||
			                !str_has(place, '.')
			        ? (struct str){0}
			        : arena_str(s->a->arena, place);
			one = true;
		} else if (one) {
			one = s->by_prefix = false;
			s->hint = (struct str){0};
		}
		if (id < s->nfindings)
			s->findings[id / 64] |= UINT64_C(1) << id % 64;
	}
	int rc = query_done(&q, e);
	if (rc == 0 && s->findings == NULL)
		rc = err_set(e, ERR_MISSING, "there is no finding F%llu", (unsigned long long)s->finding);
	s->ask = sieve_ask(s->by_prefix ? &s->prefix : NULL, s->hint.p != NULL ? s->hint : s->name);
	return rc;
}

void events_free(struct events *s)
{
	if (s == NULL)
		return;
	day_close(s->day);
	vec_done(&s->hits);
	vec_done(&s->dates);
	arena_done(&s->texts);
	arena_done(&s->receipts);
	day_columns_done(&s->columns);
	free(s->findings);
	free(s);
}

static void only_days(struct events *s, uint32_t first, uint32_t last)
{
	size_t n = 0;

	for (size_t i = 0; i < s->dates.n; i++)
		if (s->dates.v[i] >= first && s->dates.v[i] <= last)
			s->dates.v[n++] = s->dates.v[i];
	s->dates.n = n;
}

/* A report lies in one day. */
static int find_dates(struct events *s, struct err *e)
{
	int rc = day_dates(s->a->folder, &s->dates, e);

	if (rc != 0 || s->receipt == 0)
		return rc;
	rc = receipt_get(s->a->state, s->receipt, &s->receipts, &s->r, e);
	if (rc >= 0)
		only_days(s, rc == 1 ? s->r.day : 1, rc == 1 ? s->r.day : 0);
	s->r = (struct receipt){0};
	return rc < 0 ? rc : 0;
}

int events_new(const struct ask *a, const struct events_sink *sink, struct events **ret, struct err *e)
{
	/* who sees a finding sees its events */
	if (scope_narrowed(a->state) && !ask_has(a, "finding"))
		return err_set(e, ERR_DENIED,
		        "events are of all the country, and your account is for some of its owners: look in "
		        "their "
		        "findings");
	struct events *s = mem_zero(1, sizeof(*s));
	s->a = a;
	s->sink = sink;
	arena_init(&s->texts, 0);
	arena_init(&s->receipts, 0);
	int rc = filters(s, a, e);
	if (rc == 0)
		rc = s->finding != 0 ? find_finding(s, e) : find_findings(s, e);
	if (rc == 0)
		rc = find_dates(s, e);
	if (rc == 0)
		*ret = s;
	else
		events_free(s);
	return rc;
}

/* ---- the list ------------------------------------------------------------------------------------ */

static void put_event(void *arg, const struct events_found *f)
{
	const struct batch *b = f->batch;
	const struct batch_row *row = f->row;
	struct list *l = arg;
	char text[64];

	list_text(l,
	        str_make(text,
	                (size_t)snprintf(text, sizeof(text), "E%llu.%u.%u",
	                        (unsigned long long)f->receipt->id, row->ordinal, row->sub)));
	if (f->verdict->finding != 0)
		list_id(l, 'F', f->verdict->finding);
	else
		list_text(l, (struct str){0});
	list_text(l, f->owner);
	list_time(l, f->when);
	list_text(l, batch_text(b, row, FIELD_SOURCE_IP, text));
	list_u64(l, row->src_port);
	list_text(l, batch_find(b, row, FIELD_SOURCE_FQDN));
	list_text(l, batch_find(b, row, FIELD_SOURCE_URL));
	list_text(l, type_table[row->type].name);
	list_text(l, batch_find(b, row, FIELD_CLASSIFICATION_IDENTIFIER));
	list_text(l, batch_find(b, row, FIELD_MALWARE_NAME));
	list_text(l, str_from(decision_name(f->verdict->decision)));
	list_text(l, severity_name((enum severity)f->verdict->severity));
	list_text(l, tlp_name((enum tlp)f->verdict->tlp));
	list_u64(l, row->line);
	list_text(l, f->receipt->feed);
}

static void put_end(const struct events *s, struct list *l)
{
	char next[64];

	if (s->n > s->limit)
		list_next(l,
		        str_make(next,
		                (size_t)snprintf(next, sizeof(next), "E%llu.%u.%u",
		                        (unsigned long long)s->last.receipt, s->last.ordinal, s->last.sub)));
}

int events_find(const struct ask *a, struct list *ret, struct err *e)
{
	auto_buf struct buf none = {0};
	struct events_sink sink = {put_event, ret};
	struct events *s;
	int rc = events_new(a, &sink, &s, e);

	if (rc != 0)
		return rc;
	list_begin(ret, &none, a->form, columns, NCOLUMNS, "events");
	do {
		rc = events_step(s, e);
	} while (rc == 1);
	put_end(s, ret);
	ret->out = NULL;
	events_free(s);
	return rc;
}

int events_days(const struct ask *a, uint32_t first, uint32_t last, unsigned chunks, struct events_day *ret,
        size_t most, size_t *ret_n, bool *ret_all, struct err *e)
{
	struct events *s;
	size_t n = 0;
	uint64_t before = 0;
	int rc = events_new(a, NULL, &s, e);

	if (rc != 0)
		return rc;
	s->count = true;
	s->budget = chunks;
	only_days(s, first, last);
	do {
		uint32_t day = events_at(s).day;
		rc = events_step(s, e);
		/* the day is over */
		if (rc >= 0 && day != 0 && events_at(s).day != day && n < most) {
			ret[n++] = (struct events_day){.date = day, .events = s->n - before};
			before = s->n;
		}
	} while (rc == 1 && n < most);
	*ret_n = n;
	*ret_all = !s->spent;
	events_free(s);
	return rc;
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct list list;
	struct events_sink sink = {put_event, &list};
	struct events *s;
	int rc = events_new(a, &sink, &s, e);

	if (rc != 0)
		return rc;
	list_begin(&list, &r->body, a->form, columns, NCOLUMNS, "events");
	do {
		rc = events_step(s, e);
	} while (rc == 1);
	if (s->count) {
		list_done(&list);
		buf_printf(&r->body, "%llu\n", (unsigned long long)s->n);
	} else {
		put_end(s, &list);
		list_end(&list);
	}
	events_free(s);
	return rc;
}

const struct route route_events = {"/events", "events, newest receipts first", false, load};
