/* SPDX-License-Identifier: Apache-2.0
 *
 * Why: from an event, a finding or a receipt back to the very line, and forward to what was decided, with what was
 * known then. And the bytes themselves (/raw).
 */
#include "state/receipt.h"
#include "web/route.h"
#include <unistd.h>

#define LINE_SHOWN 4096

struct story {
	const struct ask *a;
	struct buf *out;
	struct receipt r;
	struct day *day;
	struct day_view view;
	const struct batch_row *row; /* NULL: the record was set aside */
	const struct batch_aside *aside;
	const struct verdict *verdict;
};

/* ---- finding the record -------------------------------------------------------------------------- */

static int open_receipt(struct story *s, uint64_t id, struct err *e)
{
	int rc = receipt_get(s->a->state, id, s->a->arena, &s->r, e);

	if (rc == 0)
		return err_set(e, ERR_MISSING, "there is no receipt R%llu", (unsigned long long)id);
	return rc < 0 ? rc : day_open(s->a->folder, s->r.day, DB_READ, &s->day, e);
}

static int open_event(struct story *s, const struct ask_event *id, struct err *e)
{
	int rc = open_receipt(s, id->receipt, e);

	if (rc == 0)
		rc = day_get_record(s->day, id->receipt, s->r.edition, s->r.chunks, id->ordinal, &s->view, e);
	if (rc != 0 && rc != ERR_MISSING)
		return rc;
	for (uint32_t i = 0; rc == 0 && i < s->view.batch.head->rows && s->row == NULL; i++)
		if (s->view.batch.rows[i].ordinal == id->ordinal && s->view.batch.rows[i].sub == id->sub) {
			s->row = &s->view.batch.rows[i];
			s->verdict = &s->view.verdicts[i];
		}
	for (uint32_t i = 0; rc == 0 && s->row == NULL && i < s->view.batch.head->asides; i++)
		if (s->view.batch.asides[i].ordinal == id->ordinal)
			s->aside = &s->view.batch.asides[i];
	if (s->row != NULL || s->aside != NULL)
		return 0;
	return err_set(e, ERR_MISSING, "R%llu has no event E%llu.%u.%u", (unsigned long long)id->receipt,
	        (unsigned long long)id->receipt, id->ordinal, id->sub);
}

static void done(struct story *s)
{
	day_view_done(&s->view);
	day_close(s->day);
}

/* The event that first showed a finding. */
static int event_of_finding(const struct ask *a, uint64_t finding, struct ask_event *ret, struct err *e)
{
	struct query q = db_query(a->state, "select receipt, event from finding where id = ?");

	query_u64(&q, finding);
	bool there = query_next(&q) == 1;
	if (there)
		*ret = (struct ask_event){query_get_u64(&q, 0), (uint32_t)(query_get_u64(&q, 1) >> 8),
		        (uint8_t)query_get_u64(&q, 1)};
	int rc = query_done(&q, e);
	if (rc == 0 && !there)
		rc = err_set(e, ERR_MISSING, "there is no finding F%llu", (unsigned long long)finding);
	return rc;
}

static int raw_of(struct story *s, struct buf *ret, struct err *e)
{
	uint64_t at = s->row != NULL ? s->row->raw_off : s->aside->raw_off;
	uint32_t len = s->row != NULL ? s->row->raw_len : s->aside->raw_len;

	return day_raw_get(s->day, s->r.id, at, len, ret, e);
}

/* ---- telling ------------------------------------------------------------------------------------- */

static void line(struct story *s, const char *name, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));
static void line(struct story *s, const char *name, const char *fmt, ...)
{
	va_list ap;

	buf_printf(s->out, "%-9s ", name);
	va_start(ap, fmt);
	buf_vprintf(s->out, fmt, ap);
	va_end(ap);
	buf_char(s->out, '\n');
}

static void tell_receipt(struct story *s)
{
	char when[64], shown[1024];

	line(s, "receipt", "R%llu %.*s: %s, received %.*s UTC%s%.*s%s%.*s", (unsigned long long)s->r.id,
	        STR_ARG(receipt_state_name(s->r.state)), err_quote(shown, sizeof(shown), s->r.path).p,
	        STR_ARG(list_when(when, s->r.received)), s->r.feed.len != 0 ? ", feed " : "",
	        STR_ARG(s->r.feed), s->r.person.len != 0 ? ", from " : "", STR_ARG(s->r.person));
	line(s, "read as", "%.*s", STR_ARG(s->r.reader.len != 0 ? s->r.reader : STR("(not to its end yet)")));
}

static void tell_line(struct story *s)
{
	auto_buf struct buf raw = {0};
	struct err e;
	uint32_t at = s->row != NULL ? s->row->line : s->aside->line;
	char *shown = mem_get(LINE_SHOWN);

	if (raw_of(s, &raw, &e) != 0)
		line(s, "line", "%u: %s", at, e.text);
	else
		line(s, "line", "%u: %s", at, err_quote(shown, LINE_SHOWN, buf_str(&raw)).p);
	free(shown);
}

static struct know *generation(struct story *s)
{
	struct know *k = NULL;
	const char *path =
	        arena_printf(s->a->arena, "%s/gen/%u.weir", s->a->folder, s->view.chunk.generation).p;

	return know_open(path, &k, NULL) == 0 ? k : NULL;
}

static void tell_whose(struct story *s)
{
	struct know *k = generation(s);
	const struct know_leaf *leaf = k != NULL ? know_leaf_at(k, s->verdict->network) : NULL;
	const struct know_owner *o = k != NULL ? know_owner(k, s->verdict->owner) : NULL;
	const struct know_asset *asset = k != NULL ? know_asset(k, s->verdict->asset) : NULL;
	struct prefix network;
	char text[64] = "no network is known";

	if (k == NULL) {
		line(s, "whose", "generation %u is not there any more", s->view.chunk.generation);
		return;
	}
	if (leaf != NULL && !addr_none(&s->row->src) && know_network(leaf, &s->row->src, &network))
		prefix_print(text, &network);
	if (o == NULL)
		line(s, "whose", "nobody's (%s, generation %u)", text, s->view.chunk.generation);
	else
		line(s, "whose", "%.*s (%.*s), by %s: %s%s%.*s, generation %u", STR_ARG(o->id),
		        STR_ARG(o->name), know_how_name(s->verdict->how), text,
		        asset != NULL ? ", asset " : "",
		        STR_ARG(asset != NULL ? asset->name : (struct str){0}), s->view.chunk.generation);
	for (uint32_t i = 0; o != NULL && i < o->ncontacts && i < 32; i++)
		if (s->verdict->contacts >> i & 1)
			line(s, "contact", "%.*s (%.*s)", STR_ARG(o->contacts[i].email),
			        STR_ARG(o->contacts[i].language));
	know_close(k);
}

static void tell_rule(struct story *s)
{
	struct query q =
	        db_query(s->a->state, "select name, file, line from rule where ruleset = ? and number = ?");

	query_u64(&q, s->view.chunk.ruleset);
	query_u64(&q, s->verdict->rule);
	if (query_next(&q) == 1) {
		struct str name = query_get_text(&q, 0), file = query_get_text(&q, 1);
		line(s, "rule", "%.*s:%u %.*s", STR_ARG(file), (unsigned)query_get_u64(&q, 2), STR_ARG(name));
	} else {
		line(s, "rule", "none matched");
	}
	query_done(&q, NULL);
	const char *reason = decide_reason_text(s->verdict->reason);
	line(s, "decision", "%s, severity %.*s, label %.*s%s%s", decision_name(s->verdict->decision),
	        STR_ARG(severity_name((enum severity)s->verdict->severity)),
	        STR_ARG(tlp_name((enum tlp)s->verdict->tlp)), reason != NULL ? ": " : "",
	        reason != NULL ? reason : "");
}

static void tell_finding(struct story *s)
{
	struct query q = db_query(s->a->state,
	        "select state, first, last, events, receipts, due, why from finding where id = ?");
	char first[64], last[64], due[64];

	query_u64(&q, s->verdict->finding);
	if (s->verdict->finding == 0) {
		line(s, "finding", "none, since nobody's");
	} else if (query_next(&q) == 1) {
		struct str state = query_get_text(&q, 0), why = query_get_text(&q, 6);
		line(s, "finding",
		        "F%llu %.*s%s%.*s, seen first %.*s, last %.*s, %llu events in %llu receipts",
		        (unsigned long long)s->verdict->finding, STR_ARG(state), why.len != 0 ? " as " : "",
		        STR_ARG(why), STR_ARG(list_when(first, query_get_i64(&q, 1))),
		        STR_ARG(list_when(last, query_get_i64(&q, 2))),
		        (unsigned long long)query_get_u64(&q, 3), (unsigned long long)query_get_u64(&q, 4));
		if (!query_is_null(&q, 5))
			line(s, "due", "somebody must be told by %.*s UTC",
			        STR_ARG(list_when(due, query_get_i64(&q, 5))));
	}
	query_done(&q, NULL);
}

static void field(struct story *s, struct str name, struct str value)
{
	char shown[1024];

	if (value.len > 0)
		buf_printf(s->out, "  %.*s: %s\n", STR_ARG(name), err_quote(shown, sizeof(shown), value).p);
}

static void tell_fields(struct story *s)
{
	const struct batch *b = &s->view.batch;
	struct batch_iter it = batch_vars(b, s->row);
	struct batch_value v;
	char buf[64], name[BATCH_KEY_MAX + 8];

	buf_add(s->out, STR("fields\n"));
	for (unsigned i = 1; i < FIELD_END; i++)
		field(s, field_table[i].name, batch_text(b, s->row, (enum field)i, buf));
	while (batch_var_next(&it, &v))
		if (v.id >= FIELD_EXTRA)
			field(s,
			        str_make(name,
			                (size_t)snprintf(name, sizeof(name), "extra.%.*s", STR_ARG(v.name))),
			        v.value);
}

static void tell_event(struct story *s, const struct ask_event *id)
{
	char shown[1024];

	line(s, "event", "E%llu.%u.%u", (unsigned long long)id->receipt, id->ordinal, id->sub);
	tell_receipt(s);
	tell_line(s);
	if (s->row == NULL) {
		line(s, "set aside", "%s",
		        err_quote(shown, sizeof(shown), batch_aside_text(&s->view.batch, s->aside)).p);
		return;
	}
	tell_whose(s);
	tell_rule(s);
	tell_finding(s);
	tell_fields(s);
}

/* ---- routes -------------------------------------------------------------------------------------- */

/* The event that an id of any kind leads to. A receipt leads to none: *ret_receipt. */
static int resolve(const struct ask *a, struct ask_event *ret, uint64_t *ret_receipt, struct err *e)
{
	char kind = a->id.len > 0 ? (char)(a->id.p[0] & ~0x20) : 0;
	uint64_t id;

	*ret_receipt = 0;
	if (kind == 'E')
		return ask_event_id(a->id, ret, e);
	if (kind == 'R')
		return ask_id(a->id, 'R', ret_receipt, e);
	if (kind == 'F')
		return ask_id(a->id, 'F', &id, e) != 0 ? ERR_USAGE : event_of_finding(a, id, ret, e);
	return err_set(e, ERR_USAGE, "an id is R12 (receipt), F12 (finding) or E12.5.0 (event)");
}

static int load_why(const struct ask *a, struct reply *r, struct err *e)
{
	struct story s = {.a = a, .out = &r->body};
	struct ask_event id;
	uint64_t receipt;
	int rc = resolve(a, &id, &receipt, e);

	r->type = "text/plain; charset=utf-8";
	if (rc == 0)
		rc = receipt != 0 ? open_receipt(&s, receipt, e) : open_event(&s, &id, e);
	if (rc == 0 && receipt != 0)
		tell_receipt(&s);
	else if (rc == 0)
		tell_event(&s, &id);
	if (rc == 0 && receipt != 0)
		line(&s, "records", "%llu: %llu with events, %llu set aside, %llu none by rule",
		        (unsigned long long)s.r.records, (unsigned long long)s.r.with_events,
		        (unsigned long long)s.r.asides, (unsigned long long)s.r.none);
	done(&s);
	return rc;
}

static int load_raw(const struct ask *a, struct reply *r, struct err *e)
{
	struct story s = {.a = a};
	struct ask_event id;
	uint64_t receipt;
	int rc = resolve(a, &id, &receipt, e);

	r->type = "application/octet-stream";
	if (rc == 0)
		rc = receipt != 0 ? open_receipt(&s, receipt, e) : open_event(&s, &id, e);
	if (rc == 0)
		rc = receipt != 0 ? day_raw_get(s.day, receipt, 0, s.r.size, &r->body, e)
		                  : raw_of(&s, &r->body, e);
	done(&s);
	return rc;
}

const struct route route_why = {"/why", "an event, a finding or a receipt, and why it is so", true, load_why};
const struct route route_raw = {"/raw", "the very bytes of a record or a report", true, load_raw};
