/* SPDX-License-Identifier: Apache-2.0
 *
 * Records that were set aside, newest receipts first: which line, and why; and one of them, or a report that was. Their
 * bytes are an event's: /raw/E12.5.0.
 */
#include "web/asides.h"
#include "base/plural.h"
#include "state/kept.h"
#include "state/receipt.h"
#include "state/scope.h"

static const struct list_column columns[] = {
        {"record", "record", LIST_STRING, "its id, as of an event: receipt, record, 0"},
        {"reason", "reason", LIST_STRING, "asides.tbl"},
        {"line", "line", LIST_NUMBER, "of the report"},
        {"path", "report", LIST_STRING, "as the sender named it"},
        {"field", NULL, LIST_STRING, "the field that is to blame"},
        {"partial", NULL, LIST_STRING, "yes: the record has events all the same"},
        {"sentence", "why", LIST_STRING, "in words"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))
const struct list_table asides_table = {"asides", columns, NCOLUMNS, 'E', NULL};

struct search {
	const struct ask *a;
	const struct asides_sink *sink;
	struct asides_end end;
	uint64_t limit, receipt;
	struct ask_event after;
	bool has_after, count;
	struct receipt r;
	struct day *day;
	struct arena arena;
};

#define ASIDES_NARROW "records that could not be read are nobody's, and your account is for some owners"

static bool is_before(const struct search *s, const struct batch_aside *x)
{
	return !s->has_after || s->r.id < s->after.receipt || x->ordinal < s->after.ordinal;
}

static void take(struct search *s, const struct batch *b, const struct batch_aside *x)
{
	if (!is_before(s, x))
		return;
	if (!s->count && s->end.n == s->limit) {
		s->end.more = true;
		return;
	}
	s->end.n++;
	if (s->count)
		return;
	s->end.last = (struct ask_event){s->r.id, x->ordinal, 0};
	s->sink->put(s->sink->arg,
	        &(struct asides_found){.receipt = &s->r, .day = s->day, .batch = b, .aside = x});
}

static bool counts(struct search *s, const struct day_info *c)
{
	struct err e;

	if (s->r.id != c->receipt) {
		arena_reset(&s->arena);
		if (receipt_get(s->a->state, c->receipt, &s->arena, &s->r, &e) != 1)
			s->r = (struct receipt){.id = c->receipt};
		/* nobody knows the label of a record that could not be read */
		if (s->r.red && !scope_shows_red(s->a->state, s->r.feed))
			s->r = (struct receipt){.id = c->receipt};
	}
	return c->edition == s->r.edition && c->chunk < s->r.chunks;
}

static int take_chunk(struct search *s, const struct day_info *c, struct err *e)
{
	struct day_view v;
	int rc = day_get(s->day, c->receipt, c->edition, c->chunk, &v, e);

	if (rc != 0)
		return rc;
	for (uint32_t i = v.batch.head->asides; i > 0 && !s->end.more; i--)
		take(s, &v.batch, &v.batch.asides[i - 1]);
	day_view_done(&v);
	return 0;
}

static int take_day(struct search *s, uint32_t date, struct err *e)
{
	struct day_info c;
	uint64_t cursor = s->receipt != 0 ? day_cursor(s->receipt) : UINT64_MAX;
	struct kept kept;
	int rc = kept_get(s->a->state, date, &kept, e);

	if (rc != 0 || kept.events_gone != 0)
		return rc;
	rc = day_open(s->a->folder, date, DB_READ, &s->day, e);
	if (rc != 0)
		return rc == ERR_MISSING ? 0 : rc;
	while (!s->end.more && (rc = day_chunk_before(s->day, &cursor, &c, e)) == 1) {
		if (s->receipt != 0 && c.receipt != s->receipt)
			break;
		bool wanted = c.asides > 0 &&
		        (!s->has_after || c.receipt < s->after.receipt ||
		                (c.receipt == s->after.receipt && c.first < s->after.ordinal));
		if (wanted && counts(s, &c) && (rc = take_chunk(s, &c, e)) < 0)
			break;
	}
	day_close(s->day);
	return rc < 0 ? rc : 0;
}

/* The days to look through: that of the receipt, or all. */
static int dates_of(struct search *s, struct day_dates *ret, struct err *e)
{
	struct receipt r;

	if (s->receipt == 0)
		return day_dates(s->a->folder, ret, e);
	int rc = receipt_get(s->a->state, s->receipt, &s->arena, &r, e);
	if (rc == 1)
		*vec_add(ret) = r.day;
	return rc < 0 ? rc : 0;
}

int asides_find(const struct ask *a, const struct asides_sink *sink, struct asides_end *ret, struct err *e)
{
	struct search s = {
	        .a = a, .sink = sink, .count = ask_has(a, "count"), .has_after = ask_has(a, "after")};
	struct day_dates dates = {0};

	if (scope_narrowed(a->state))
		return err_set(e, ERR_DENIED, ASIDES_NARROW);
	if (ask_limit(a, &s.limit, e) != 0 ||
	        (ask_has(a, "receipt") && ask_id(ask_param(a, "receipt"), 'R', &s.receipt, e) != 0) ||
	        (s.has_after && ask_event_id(ask_param(a, "after"), &s.after, e) != 0))
		return ERR_USAGE;
	arena_init(&s.arena, 0);
	int rc = dates_of(&s, &dates, e);
	for (size_t i = 0; rc == 0 && i < dates.n && !s.end.more; i++)
		rc = take_day(&s, dates.v[i], e);
	arena_done(&s.arena);
	vec_done(&dates);
	*ret = s.end;
	return rc;
}

void asides_line(const struct ask *a, const struct asides_found *f, size_t most, struct buf *ret)
{
	const struct batch_aside *x = f->aside;
	struct kept kept;
	char text[KEPT_TEXT];
	struct err e = {0};

	if (kept_get(a->state, f->receipt->day, &kept, &e) == 0 && kept.raw_gone != 0)
		buf_add(ret, kept_raw_text(&kept, text));
	else if (day_raw_get(f->day, f->receipt->id, x->raw_off, x->raw_len < most ? x->raw_len : most, ret,
	                 &e) != 0)
		buf_add(ret, str_from(e.text));
}

/* ---- the list ------------------------------------------------------------------------------------ */

static void put_aside(void *arg, const struct asides_found *f)
{
	const struct batch_aside *x = f->aside;
	struct list *l = arg;
	char text[64];

	list_text(l,
	        str_make(text,
	                (size_t)snprintf(text, sizeof(text), "E%llu.%u.0", (unsigned long long)f->receipt->id,
	                        x->ordinal)));
	list_text(l, aside_table[x->reason & ~ASIDE_PARTIAL].name);
	list_u64(l, x->line);
	list_text(l, f->receipt->path);
	list_text(l, x->field != 0 ? field_table[x->field].name : (struct str){0});
	list_text(l, x->reason & ASIDE_PARTIAL ? STR("yes") : STR("no"));
	list_text(l, batch_aside_text(f->batch, x));
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct asides_end end;
	struct list l;
	char text[64];

	list_begin(&l, &r->body, a->form, columns, NCOLUMNS, "asides");
	int rc = asides_find(a, &(struct asides_sink){put_aside, &l}, &end, e);
	if (rc != 0 || ask_has(a, "count")) {
		list_done(&l);
		if (rc == 0)
			buf_printf(&r->body, "%llu\n", (unsigned long long)end.n);
		return rc;
	}
	if (end.more)
		list_next(&l,
		        str_make(text,
		                (size_t)snprintf(text, sizeof(text), "E%llu.%u.0",
		                        (unsigned long long)end.last.receipt, end.last.ordinal)));
	list_end(&l);
	return 0;
}

const struct route route_asides = {"/asides", "records that were set aside", false, load};

/* ---- one ----------------------------------------------------------------------------------------- */

#define SHOWN 4096
#define HEAD 400 /* bytes of a report that could not be read */

static void put(struct buf *out, const char *name, struct str value)
{
	char shown[SHOWN];

	if (value.len != 0)
		buf_printf(out, "%-9s %s\n", name, err_quote(shown, sizeof(shown), value).p);
}

static void put_report(struct buf *out, const struct receipt *r)
{
	char shown[1024];

	plural_printf(out, "report    R%llu %.*s, %.*s, %llu bytes%s%.*s\n", (unsigned long long)r->id,
	        STR_ARG(err_quote(shown, sizeof(shown), r->path)), STR_ARG(receipt_state_name(r->state)),
	        (unsigned long long)r->size, r->feed.len != 0 ? ", feed " : "", STR_ARG(r->feed));
	put(out, "read as", r->reader);
}

static void put_record(struct buf *out, struct day *d, const struct receipt *r, const struct batch *b,
        const struct batch_aside *x)
{
	unsigned reason = x->reason & ~ASIDE_PARTIAL;
	auto_buf struct buf raw = {0};
	struct err e;

	plural_printf(out, "record    E%llu.%u.0, line %u, %u bytes from byte %llu on\n",
	        (unsigned long long)r->id, x->ordinal, x->line, x->raw_len, (unsigned long long)x->raw_off);
	if (day_raw_get(d, r->id, x->raw_off, x->raw_len < SHOWN ? x->raw_len : SHOWN, &raw, &e) != 0)
		put(out, "bytes", str_from(e.text));
	else
		put(out, "bytes", buf_str(&raw));
	buf_printf(out, "reason    %.*s: %s\n", STR_ARG(aside_table[reason].name), aside_table[reason].about);
	put(out, "field", x->field != 0 ? field_table[x->field].name : (struct str){0});
	put(out, "why", batch_aside_text(b, x));
	if (x->reason & ASIDE_PARTIAL)
		put(out, "events", STR("it has some all the same; 'weir why' shows them"));
}

/* The day of a report, or why its bytes are not there. */
static int open_day(const struct ask *a, const struct receipt *r, struct day **ret, struct err *e)
{
	struct kept kept;
	char text[KEPT_TEXT];
	int rc = kept_get(a->state, r->day, &kept, e);

	if (rc == 0 && kept.raw_gone != 0)
		rc = err_set(e, ERR_MISSING, "the bytes of R%llu were %.*s", (unsigned long long)r->id,
		        STR_ARG(kept_raw_text(&kept, text)));
	return rc == 0 ? day_open(a->folder, r->day, DB_READ, ret, e) : rc;
}

static int show_record(
        const struct ask *a, struct buf *out, const struct receipt *r, uint32_t ordinal, struct err *e)
{
	struct day *d;
	struct day_view v;
	int rc = open_day(a, r, &d, e);
	bool any = false;

	if (rc != 0)
		return rc;
	rc = day_get_record(d, r->id, r->edition, r->chunks, ordinal, &v, e);
	if (rc == 0) {
		for (uint32_t i = 0; i < v.batch.head->asides; i++) {
			if (v.batch.asides[i].ordinal != ordinal)
				continue;
			put_record(out, d, r, &v.batch, &v.batch.asides[i]);
			any = true;
		}
		day_view_done(&v);
	}
	day_close(d);
	if (!any && (rc == 0 || rc == ERR_MISSING))
		return err_set(e, ERR_MISSING,
		        "the record E%llu.%u.0 is not set aside; 'weir aside list' names those that are",
		        (unsigned long long)r->id, ordinal);
	return rc;
}

static int show_report(const struct ask *a, struct buf *out, const struct receipt *r, struct err *e)
{
	auto_buf struct buf head = {0};
	struct day *d;

	if (r->state != RECEIPT_ASIDE)
		return err_set(e, ERR_MISSING,
		        "R%llu is not set aside, it is %.*s with %llu records set aside; 'weir aside list "
		        "--receipt R%llu' "
		        "names them",
		        (unsigned long long)r->id, STR_ARG(receipt_state_name(r->state)),
		        (unsigned long long)r->asides, (unsigned long long)r->id);
	put(out, "why", r->sentence);
	int rc = open_day(a, r, &d, e);
	if (rc != 0) {
		put(out, "begins", str_from(e->text));
		return rc == ERR_MISSING ? 0 : rc;
	}
	rc = day_raw_get(d, r->id, 0, HEAD, &head, e);
	day_close(d);
	if (rc == 0)
		put(out, "begins", buf_str(&head));
	return rc;
}

static int load_one(const struct ask *a, struct reply *r, struct err *e)
{
	bool record = a->id.len > 0 && (a->id.p[0] & ~0x20) == 'E';
	struct ask_event id = {0};
	struct receipt one;

	r->type = "text/plain; charset=utf-8";
	if (scope_narrowed(a->state))
		return err_set(e, ERR_DENIED, ASIDES_NARROW);
	if (record ? ask_event_id(a->id, &id, e) != 0 : ask_id(a->id, 'R', &id.receipt, e) != 0)
		return err_set(e, ERR_USAGE, "an id is E12.5.0 (record) or R12 (report)");
	int rc = receipt_get(a->state, id.receipt, a->arena, &one, e);
	if (rc == 0)
		return err_set(e, ERR_MISSING, "there is no receipt R%llu", (unsigned long long)id.receipt);
	if (rc < 0)
		return rc;
	if (one.red && !scope_shows_red(a->state, one.feed))
		return err_set(e, ERR_DENIED,
		        "R%llu has records that are TLP:RED: what could not be read is for those who are "
		        "named for it",
		        (unsigned long long)id.receipt);
	put_report(&r->body, &one);
	return record ? show_record(a, &r->body, &one, id.ordinal, e) : show_report(a, &r->body, &one, e);
}

const struct route route_aside = {
        "/asides", "a record that was set aside, or a report, and why", true, load_one};
