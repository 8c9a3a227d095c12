/* SPDX-License-Identifier: Apache-2.0
 *
 * Records that were set aside, newest receipts first: which line, and why; and one of them, or a report that was. Their
 * bytes are an event's: /raw/E12.5.0.
 */
#include "state/kept.h"
#include "state/receipt.h"
#include "web/route.h"

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

struct search {
	const struct ask *a;
	struct list list;
	uint64_t n, limit, receipt;
	struct ask_event after, last;
	bool has_after, count, done;
	struct receipt r;
	struct arena arena;
};

static bool is_before(const struct search *s, const struct batch_aside *x)
{
	return !s->has_after || s->r.id < s->after.receipt || x->ordinal < s->after.ordinal;
}

static void take(struct search *s, const struct batch *b, const struct batch_aside *x)
{
	char text[64];

	if (!is_before(s, x))
		return;
	s->n++;
	if (s->count)
		return;
	if (s->n > s->limit) {
		list_next(&s->list,
		        str_make(text,
		                (size_t)snprintf(text, sizeof(text), "E%llu.%u.0",
		                        (unsigned long long)s->last.receipt, s->last.ordinal)));
		s->done = true;
		return;
	}
	s->last = (struct ask_event){s->r.id, x->ordinal, 0};
	list_text(&s->list,
	        str_make(text,
	                (size_t)snprintf(
	                        text, sizeof(text), "E%llu.%u.0", (unsigned long long)s->r.id, x->ordinal)));
	list_text(&s->list, aside_table[x->reason & ~ASIDE_PARTIAL].name);
	list_u64(&s->list, x->line);
	list_text(&s->list, s->r.path);
	list_text(&s->list, x->field != 0 ? field_table[x->field].name : (struct str){0});
	list_text(&s->list, x->reason & ASIDE_PARTIAL ? STR("yes") : STR("no"));
	list_text(&s->list, batch_aside_text(b, x));
}

static bool counts(struct search *s, const struct day_info *c)
{
	struct err e;

	if (s->r.id != c->receipt) {
		arena_reset(&s->arena);
		if (receipt_get(s->a->state, c->receipt, &s->arena, &s->r, &e) != 1)
			s->r = (struct receipt){.id = c->receipt};
	}
	return c->edition == s->r.edition && c->chunk < s->r.chunks;
}

static int take_chunk(struct search *s, struct day *d, const struct day_info *c, struct err *e)
{
	struct day_view v;
	int rc = day_get(d, c->receipt, c->edition, c->chunk, &v, e);

	if (rc != 0)
		return rc;
	for (uint32_t i = v.batch.head->asides; i > 0 && !s->done; i--)
		take(s, &v.batch, &v.batch.asides[i - 1]);
	day_view_done(&v);
	return 0;
}

static int take_day(struct search *s, uint32_t date, struct err *e)
{
	struct day_info c;
	struct day *d;
	uint64_t cursor = UINT64_MAX;
	struct kept kept;
	int rc = kept_get(s->a->state, date, &kept, e);

	if (rc != 0 || kept.events_gone != 0)
		return rc;
	rc = day_open(s->a->folder, date, DB_READ, &d, e);
	if (rc != 0)
		return rc == ERR_MISSING ? 0 : rc;
	while (!s->done && (rc = day_chunk_before(d, &cursor, &c, e)) == 1) {
		bool wanted = c.asides > 0 && (s->receipt == 0 || c.receipt == s->receipt) &&
		        (!s->has_after || c.receipt <= s->after.receipt);
		if (wanted && counts(s, &c) && (rc = take_chunk(s, d, &c, e)) < 0)
			break;
	}
	day_close(d);
	return rc < 0 ? rc : 0;
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct search s = {.a = a, .count = ask_has(a, "count"), .has_after = ask_has(a, "after")};
	struct day_dates dates;

	if (ask_limit(a, &s.limit, e) != 0 ||
	        (ask_has(a, "receipt") && ask_id(ask_param(a, "receipt"), 'R', &s.receipt, e) != 0) ||
	        (s.has_after && ask_event_id(ask_param(a, "after"), &s.after, e) != 0))
		return ERR_USAGE;
	int rc = day_dates(a->folder, &dates, e);
	arena_init(&s.arena, 0);
	list_begin(&s.list, &r->body, a->form, columns, NCOLUMNS, "asides");
	for (size_t i = 0; rc == 0 && i < dates.n && !s.done; i++)
		rc = take_day(&s, dates.v[i], e);
	if (s.count) {
		list_done(&s.list);
		buf_printf(&r->body, "%llu\n", (unsigned long long)s.n);
	} else {
		list_end(&s.list);
	}
	arena_done(&s.arena);
	vec_done(&dates);
	return rc;
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

	buf_printf(out, "report    R%llu %.*s, %.*s, %llu bytes%s%.*s\n", (unsigned long long)r->id,
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

	buf_printf(out, "record    E%llu.%u.0, line %u, %u bytes from byte %llu on\n",
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
	if (record ? ask_event_id(a->id, &id, e) != 0 : ask_id(a->id, 'R', &id.receipt, e) != 0)
		return err_set(e, ERR_USAGE, "an id is E12.5.0 (record) or R12 (report)");
	int rc = receipt_get(a->state, id.receipt, a->arena, &one, e);
	if (rc == 0)
		return err_set(e, ERR_MISSING, "there is no receipt R%llu", (unsigned long long)id.receipt);
	if (rc < 0)
		return rc;
	put_report(&r->body, &one);
	return record ? show_record(a, &r->body, &one, id.ordinal, e) : show_report(a, &r->body, &one, e);
}

const struct route route_aside = {
        "/asides", "a record that was set aside, or a report, and why", true, load_one};
