/* SPDX-License-Identifier: Apache-2.0
 *
 * Why: from an event, a finding or a receipt back to the very line, and forward to what was decided, with what was
 * known then. And the bytes themselves (/raw).
 */
#include "base/os.h"
#include "state/kept.h"
#include "state/receipt.h"
#include "web/route.h"
#include <unistd.h>

#define LINE_SHOWN 4096

struct story {
	const struct ask *a;
	struct buf *out;
	struct receipt r;
	struct kept kept;
	struct day *day; /* NULL: all of it is gone */
	struct day_view view;
	const struct batch_row *row; /* NULL: the record was set aside */
	const struct batch_aside *aside;
	const struct verdict *verdict;
	struct day_moved
	        moved; /* where an earlier edition had the event; raw_len 0 and line 0: nowhere else */
	bool has_moved;
};

/* ---- finding the record -------------------------------------------------------------------------- */

static int open_receipt(struct story *s, uint64_t id, struct err *e)
{
	int rc = receipt_get(s->a->state, id, s->a->arena, &s->r, e);

	if (rc == 0)
		return err_set(e, ERR_MISSING, "there is no receipt R%llu", (unsigned long long)id);
	if (rc < 0 || (rc = kept_get(s->a->state, s->r.day, &s->kept, e)) != 0)
		return rc;
	if (s->kept.events_gone != 0 && s->kept.raw_gone != 0)
		return 0;
	return day_open(s->a->folder, s->r.day, DB_READ, &s->day, e);
}

static int raw_gone(const struct story *s, struct err *e)
{
	char text[KEPT_TEXT];

	return err_set(e, ERR_MISSING, "the bytes of R%llu were %.*s", (unsigned long long)s->r.id,
	        STR_ARG(kept_raw_text(&s->kept, text)));
}

static int events_gone(const struct story *s, struct err *e)
{
	char text[KEPT_TEXT];

	return err_set(e, ERR_MISSING, "the events of R%llu were %.*s", (unsigned long long)s->r.id,
	        STR_ARG(kept_events_text(&s->kept, text)));
}

/* A finding of an earlier edition does not show in what has its event's id now. */
static void forget(struct story *s, uint64_t finding)
{
	if (!s->has_moved || finding == 0 || s->row == NULL || s->verdict->finding == finding)
		return;
	s->row = NULL;
	s->verdict = NULL;
}

/* finding: that led to the event, 0: none did. */
static int open_event(struct story *s, const struct ask_event *id, uint64_t finding, struct err *e)
{
	int rc = open_receipt(s, id->receipt, e);

	if (rc == 0 && s->kept.events_gone != 0)
		return events_gone(s, e);
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
	if (s->day != NULL) {
		int moved = day_moved_get(
		        s->day, s->r.id, s->r.edition, (uint64_t)id->ordinal << 8 | id->sub, &s->moved, e);
		if (moved < 0)
			return moved;
		s->has_moved = moved == 1;
	}
	forget(s, finding);
	if (s->row != NULL || s->aside != NULL || s->has_moved)
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
	if (s->kept.raw_gone != 0)
		return raw_gone(s, e);
	if (s->row != NULL)
		return day_raw_get(s->day, s->r.id, s->row->raw_off, s->row->raw_len, ret, e);
	if (s->aside != NULL)
		return day_raw_get(s->day, s->r.id, s->aside->raw_off, s->aside->raw_len, ret, e);
	return day_raw_get(s->day, s->r.id, s->moved.raw_off, s->moved.raw_len, ret, e);
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

static void put_line(
        struct story *s, const char *name, uint32_t at, int rc, const struct buf *raw, const struct err *e)
{
	char *shown = mem_get(LINE_SHOWN), text[KEPT_TEXT];

	if (s->kept.raw_gone != 0)
		line(s, name, "%u: %.*s", at, STR_ARG(kept_raw_text(&s->kept, text)));
	else if (rc != 0)
		line(s, name, "%u: %s", at, e->text);
	else
		line(s, name, "%u: %s", at, err_quote(shown, LINE_SHOWN, buf_str(raw)).p);
	free(shown);
}

static void tell_line(struct story *s)
{
	auto_buf struct buf raw = {0}, before = {0};
	struct err e;

	if (s->row != NULL || s->aside != NULL) {
		int rc = raw_of(s, &raw, &e);
		put_line(s, "line", s->row != NULL ? s->row->line : s->aside->line, rc, &raw, &e);
	}
	if (!s->has_moved)
		return;
	int rc = day_raw_get(s->day, s->r.id, s->moved.raw_off, s->moved.raw_len, &before, &e);
	put_line(s, "line was", s->moved.line, rc, &before, &e);
	line(s, "reread", "the report was read again since (edition %u); before, this id was of %s",
	        s->r.edition,
	        s->row != NULL || s->aside != NULL ? "that line"
	                                           : "that line, which makes no event of this id now");
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
	struct str named = batch_find(&s->view.batch, s->row, FIELD_SOURCE_NETWORK);
	char text[64] = "no network is known";

	if (k == NULL) {
		line(s, "whose", "generation %u is not there any more", s->view.chunk.generation);
		return;
	}
	if (leaf != NULL && !addr_none(&s->row->src) && know_network(leaf, &s->row->src, &network))
		prefix_print(text, &network);
	else if (named.len != 0 && named.len < sizeof(text))
		snprintf(text, sizeof(text), "%.*s", STR_ARG(named));
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

static void tell_finding(struct story *s, uint64_t finding)
{
	struct query q = db_query(s->a->state,
	        "select stage, first, last, events, receipts, due, case when misread is null then why else "
	        "'misread' end, merged, (select group_concat('F' || id, ' ') from (select id from finding m "
	        "where m.merged = finding.id order by id limit 20)) from finding where id = ?");
	char first[64], last[64], due[64];

	query_u64(&q, finding);
	if (finding == 0) {
		line(s, "finding", "none, since nobody's");
	} else if (query_next(&q) == 1) {
		struct str state = query_get_text(&q, 0), why = query_get_text(&q, 6);
		line(s, "finding",
		        "F%llu %.*s%s%.*s, seen first %.*s, last %.*s, %llu events in %llu receipts",
		        (unsigned long long)finding, STR_ARG(state), why.len != 0 ? " as " : "", STR_ARG(why),
		        STR_ARG(list_when(first, query_get_i64(&q, 1))),
		        STR_ARG(list_when(last, query_get_i64(&q, 2))),
		        (unsigned long long)query_get_u64(&q, 3), (unsigned long long)query_get_u64(&q, 4));
		if (!query_is_null(&q, 5))
			line(s, "due", "somebody must be told by %.*s UTC",
			        STR_ARG(list_when(due, query_get_i64(&q, 5))));
		if (!query_is_null(&q, 7))
			line(s, "merged",
			        "its place went to an owner who had the same problem there: it goes on as "
			        "F%llu",
			        (unsigned long long)query_get_u64(&q, 7));
		if (query_get_text(&q, 8).len != 0)
			line(s, "merged", "what was found before at another owner goes on as this one: %.*s",
			        STR_ARG(query_get_text(&q, 8)));
	}
	query_done(&q, NULL);
}

static void tell_quiet(struct story *s, uint64_t quiet)
{
	struct query q = db_query(s->a->state, "select until, why, person from quiet where id = ?");
	char until[64], why[512], person[128];

	query_u64(&q, quiet);
	if (quiet == 0)
		line(s, "quiet", "known from the first day (weir baseline): nobody is told");
	else if (query_next(&q) == 1)
		line(s, "quiet", "Q%llu until %.*s UTC: %s (%s)", (unsigned long long)quiet,
		        STR_ARG(list_when(until, query_get_i64(&q, 0))),
		        err_quote(why, sizeof(why), query_get_text(&q, 1)).p,
		        err_quote(person, sizeof(person), query_get_text(&q, 2)).p);
	query_done(&q, NULL);
}

/* How often somebody was told, and when the next time is. */
static void tell_next(struct story *s, uint64_t finding)
{
	struct query q = db_query(s->a->state,
	        "select letters, told, next, quiet, escalated, back, state from finding where id = ?");
	char at[64];

	query_u64(&q, finding);
	if (finding != 0 && query_next(&q) == 1) {
		if (!query_is_null(&q, 1))
			line(s, "told", "%llu times, last %.*s UTC", (unsigned long long)query_get_u64(&q, 0),
			        STR_ARG(list_when(at, query_get_i64(&q, 1))));
		if (!query_is_null(&q, 5))
			line(s, "back", "it was said to be fixed, and seen again %.*s UTC",
			        STR_ARG(list_when(at, query_get_i64(&q, 5))));
		if (!query_is_null(&q, 3))
			tell_quiet(s, query_get_u64(&q, 3));
		else if (!query_is_null(&q, 2))
			line(s, "next", "told again from %.*s UTC on, if it was seen since",
			        STR_ARG(list_when(at, query_get_i64(&q, 2))));
		if (!query_is_null(&q, 4))
			line(s, "escalated", "its letters had no effect: a person is needed since %.*s UTC",
			        STR_ARG(list_when(at, query_get_i64(&q, 4))));
	}
	query_done(&q, NULL);
}

/* Of a letter that asks for a call where nobody answers. */
static void tell_call(struct story *s, uint64_t notice)
{
	struct query q = db_query(s->a->state,
	        "select call_at, call_due, called, called_by, call_note, c.phone from notice n join contact "
	        "c on "
	        "c.id = n.contact where n.id = ?");
	char at[64], by[128], note[512];

	query_u64(&q, notice);
	if (query_next(&q) == 1) {
		struct str phone = query_get_text(&q, 5);
		bool waits = !query_is_null(&q, 0), due = !query_is_null(&q, 1);
		if (due)
			line(s, "unread", "N%llu had no answer in the time of its rule, %.*s UTC%s%.*s",
			        (unsigned long long)notice, STR_ARG(list_when(at, query_get_i64(&q, 1))),
			        !waits                   ? ""
			                : phone.len != 0 ? ": telephone "
			                                 : ": telephone its contact",
			        STR_ARG(waits ? phone : STR("")));
		else if (waits)
			line(s, "unread",
			        "without an answer to N%llu its contact is telephoned from %.*s UTC on",
			        (unsigned long long)notice, STR_ARG(list_when(at, query_get_i64(&q, 0))));
		if (!query_is_null(&q, 2))
			line(s, "called", "about N%llu, %.*s UTC by %s: %s", (unsigned long long)notice,
			        STR_ARG(list_when(at, query_get_i64(&q, 2))),
			        err_quote(by, sizeof(by), query_get_text(&q, 3)).p,
			        err_quote(note, sizeof(note), query_get_text(&q, 4)).p);
	}
	query_done(&q, NULL);
}

/* Which letters tell of it, and what became of them. */
static void tell_letters(struct story *s, uint64_t finding)
{
	struct query q = db_query(s->a->state,
	        "select n.id, n.ticket, n.state, c.email, coalesce(n.sent, n.send_at), n.answer from "
	        "notice_item i"
	        " join notice n on n.id = i.notice join contact c on c.id = n.contact where i.finding = ? "
	        "order by n.id");
	char when[64], shown[512];
	bool any = false;

	query_u64(&q, finding);
	while (query_next(&q) == 1) {
		struct str ticket = query_get_text(&q, 1), state = query_get_text(&q, 2),
		           to = query_get_text(&q, 3), answer = query_get_text(&q, 5);
		bool sent = str_eq(state, STR("sent"));
		line(s, "letter", "N%llu %.*s to %.*s: %.*s%s%.*s%s%s",
		        (unsigned long long)query_get_u64(&q, 0), STR_ARG(ticket), STR_ARG(to),
		        STR_ARG(state), sent ? " " : ", not before ",
		        STR_ARG(list_when(when, query_get_i64(&q, 4))), answer.len != 0 ? ": " : "",
		        answer.len != 0 ? err_quote(shown, sizeof(shown), answer).p : "");
		tell_call(s, query_get_u64(&q, 0));
		any = true;
	}
	query_done(&q, NULL);
	if (!any && finding != 0)
		line(s, "letter", "none");
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

/* Of a finding that the report does not show any more: no event is left to tell of. */
static void tell_lost(struct story *s, uint64_t finding)
{
	tell_finding(s, finding);
	tell_next(s, finding);
	tell_letters(s, finding);
}

static void tell_event(struct story *s, const struct ask_event *id, uint64_t finding)
{
	char shown[1024];
	bool lost = finding != 0 && (s->row == NULL || s->verdict->finding != finding);

	line(s, "event", "E%llu.%u.%u", (unsigned long long)id->receipt, id->ordinal, id->sub);
	tell_receipt(s);
	tell_line(s);
	if (s->row == NULL && s->aside != NULL)
		line(s, "set aside", "%s",
		        err_quote(shown, sizeof(shown), batch_aside_text(&s->view.batch, s->aside)).p);
	if (lost)
		tell_lost(s, finding);
	if (lost || s->row == NULL)
		return;
	tell_whose(s);
	tell_rule(s);
	tell_finding(s, s->verdict->finding);
	tell_next(s, s->verdict->finding);
	tell_letters(s, s->verdict->finding);
	tell_fields(s);
}

/* The events of its day are gone: what state.db has of it. */
static void tell_gone(struct story *s, const struct ask_event *id, uint64_t finding)
{
	char text[KEPT_TEXT];

	line(s, "event", "E%llu.%u.%u", (unsigned long long)id->receipt, id->ordinal, id->sub);
	tell_receipt(s);
	line(s, "line", "%.*s", STR_ARG(kept_events_text(&s->kept, text)));
	if (finding != 0) {
		tell_finding(s, finding);
		tell_next(s, finding);
		tell_letters(s, finding);
	}
}

/* ---- a letter ------------------------------------------------------------------------------------ */

static int ticket_of(const struct ask *a, uint64_t notice, struct str *ret, struct err *e)
{
	struct query q = db_query(a->state, "select ticket from notice where id = ? and sealed is not null");

	query_u64(&q, notice);
	*ret = query_next(&q) == 1 ? arena_str(a->arena, query_get_text(&q, 0)) : (struct str){0};
	return query_done(&q, e);
}

static void tell_openpgp(struct story *s, struct str done, struct str key)
{
	if (str_eq(done, STR("signed")))
		line(s, "OpenPGP", "signed");
	else if (str_eq(done, STR("trouble")))
		line(s, "OpenPGP",
		        "held before it was signed or encrypted; mend the key, then weir notice release");
	else if (done.len != 0)
		line(s, "OpenPGP", "encrypted%s to %.*s", str_eq(done, STR("both")) ? " and signed," : "",
		        STR_ARG(key));
}

static int tell_notice(struct story *s, uint64_t notice, struct err *e)
{
	struct query q = db_query(s->a->state,
	        "select n.ticket, n.state, c.email, c.language, n.class, n.findings, n.label, n.message_id, "
	        "n.tries,"
	        " n.answer, n.opened, n.send_at, n.sent, o.ref, r.rule, n.pgp, c.pgp from notice n join "
	        "contact c on c.id "
	        "= n.contact"
	        " join owner o on o.id = c.owner left join clearance r on r.id = n.clearance where n.id = ?");
	char opened[64], at[64], sent[64], shown[512];

	query_u64(&q, notice);
	bool there = query_next(&q) == 1;
	if (there) {
		struct str t[17];
		for (int i = 0; i < 17; i++)
			t[i] = query_get_text(&q, i);
		line(s, "letter", "N%llu %.*s: %.*s", (unsigned long long)notice, STR_ARG(t[0]),
		        STR_ARG(t[1]));
		line(s, "to", "%.*s (%.*s) of %.*s", STR_ARG(t[2]), STR_ARG(t[3]), STR_ARG(t[13]));
		line(s, "about", "%llu findings of %s%.*s, label %.*s",
		        (unsigned long long)query_get_u64(&q, 5), t[4].len != 0 ? "class " : "no class",
		        STR_ARG(t[4]), STR_ARG(t[6].len != 0 ? t[6] : STR("not settled yet")));
		line(s, "when", "opened %.*s, not sealed before %.*s%s%.*s",
		        STR_ARG(list_when(opened, query_get_i64(&q, 10))),
		        STR_ARG(list_when(at, query_get_i64(&q, 11))), query_is_null(&q, 12) ? "" : ", sent ",
		        STR_ARG(query_is_null(&q, 12) ? STR("") : list_when(sent, query_get_i64(&q, 12))));
		line(s, "id", "<%.*s>", STR_ARG(t[7]));
		tell_openpgp(s, t[15], t[16]);
		if (t[14].len != 0)
			line(s, "exit", "%.*s", STR_ARG(t[14]));
		if (t[9].len != 0)
			line(s, "answer", "%s (%llu tries)", err_quote(shown, sizeof(shown), t[9]).p,
			        (unsigned long long)query_get_u64(&q, 8));
	}
	int rc = query_done(&q, e);
	if (there)
		tell_call(s, notice);
	if (rc == 0 && !there)
		rc = err_set(e, ERR_MISSING, "there is no letter N%llu", (unsigned long long)notice);
	return rc;
}

static void tell_items(struct story *s, uint64_t notice)
{
	struct query q = db_query(s->a->state,
	        "select i.finding, i.receipt, i.event, f.place, f.port, f.state from notice_item i join "
	        "finding f on"
	        " f.id = i.finding where i.notice = ? order by i.finding limit 50");

	query_u64(&q, notice);
	while (query_next(&q) == 1) {
		struct str place = query_get_text(&q, 3), state = query_get_text(&q, 5);
		uint64_t event = query_get_u64(&q, 2);
		char shown[256];
		buf_printf(s->out, "  F%llu %.*s %s", (unsigned long long)query_get_u64(&q, 0),
		        STR_ARG(state), err_quote(shown, sizeof(shown), place).p);
		if (query_get_u64(&q, 4) != 0)
			buf_printf(s->out, " port %u", (unsigned)query_get_u64(&q, 4));
		buf_printf(s->out, "  E%llu.%u.%u\n", (unsigned long long)query_get_u64(&q, 1),
		        (unsigned)(event >> 8), (unsigned)(event & 255));
	}
	query_done(&q, NULL);
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
	return err_set(
	        e, ERR_USAGE, "an id is R12 (receipt), F12 (finding), N12 (letter) or E12.5.0 (event)");
}

/* The finding that was asked for; 0: something else was. */
static uint64_t finding_asked(const struct ask *a)
{
	uint64_t id = 0;

	if (a->id.len > 0 && (a->id.p[0] & ~0x20) == 'F')
		(void)ask_id(a->id, 'F', &id, NULL);
	return id;
}

/* A receipt, and what of its day is gone. */
static void tell_day(struct story *s)
{
	char text[KEPT_TEXT];

	tell_receipt(s);
	if (s->kept.events_gone != 0)
		line(s, "events", "%.*s", STR_ARG(kept_events_text(&s->kept, text)));
	if (s->kept.masked != 0)
		line(s, "events", "personal data was masked on %.10s", list_when(text, s->kept.masked).p);
	if (s->kept.raw_gone != 0)
		line(s, "report", "%.*s", STR_ARG(kept_raw_text(&s->kept, text)));
}

static void tell_records(struct story *s)
{
	char text[RECEIPT_TEXT];
	struct str grown = receipt_grown_text(&s->r, text);

	line(s, "records", "%llu: %llu with events, %llu set aside, %llu none by rule",
	        (unsigned long long)s->r.records, (unsigned long long)s->r.with_events,
	        (unsigned long long)s->r.asides, (unsigned long long)s->r.none);
	if (grown.len != 0)
		line(s, "grows", "%.*s", STR_ARG(grown));
}

static bool is_notice(const struct ask *a)
{
	return a->id.len > 0 && (a->id.p[0] & ~0x20) == 'N';
}

static int load_letter(const struct ask *a, struct reply *r, struct err *e)
{
	uint64_t notice;
	struct str ticket;

	if (ask_id(a->id, 'N', &notice, e) != 0 || ticket_of(a, notice, &ticket, e) != 0)
		return e->code;
	if (ticket.len == 0)
		return err_set(e, ERR_MISSING, "there is no letter N%llu, or it is not sealed yet",
		        (unsigned long long)notice);
	r->type = "message/rfc822";
	return os_read_file(arena_printf(a->arena, "%s/letters/%.*s.eml", a->folder, STR_ARG(ticket)).p,
	        64 << 20, &r->body, e);
}

static int load_why(const struct ask *a, struct reply *r, struct err *e)
{
	struct story s = {.a = a, .out = &r->body};
	struct ask_event id;
	uint64_t receipt, notice;

	r->type = "text/plain; charset=utf-8";
	if (is_notice(a)) {
		int bad = ask_id(a->id, 'N', &notice, e);
		if (bad == 0 && (bad = tell_notice(&s, notice, e)) == 0)
			tell_items(&s, notice);
		return bad;
	}
	int rc = resolve(a, &id, &receipt, e);
	if (rc == 0)
		rc = receipt != 0 ? open_receipt(&s, receipt, e) : open_event(&s, &id, finding_asked(a), e);
	bool gone = rc == ERR_MISSING && s.kept.events_gone != 0;
	if (gone)
		rc = 0;
	if (rc == 0 && receipt != 0)
		tell_day(&s);
	else if (rc == 0 && gone)
		tell_gone(&s, &id, finding_asked(a));
	else if (rc == 0)
		tell_event(&s, &id, finding_asked(a));
	if (rc == 0 && receipt != 0)
		tell_records(&s);
	done(&s);
	return rc;
}

static int load_raw(const struct ask *a, struct reply *r, struct err *e)
{
	struct story s = {.a = a};
	struct ask_event id;
	uint64_t receipt;

	if (is_notice(a))
		return load_letter(a, r, e);
	int rc = resolve(a, &id, &receipt, e);

	r->type = "application/octet-stream";
	if (rc == 0)
		rc = receipt != 0 ? open_receipt(&s, receipt, e) : open_event(&s, &id, finding_asked(a), e);
	if (rc == 0 && s.kept.raw_gone != 0)
		rc = raw_gone(&s, e);
	if (rc == 0)
		rc = receipt != 0 ? day_raw_get(s.day, receipt, 0, s.r.size, &r->body, e)
		                  : raw_of(&s, &r->body, e);
	done(&s);
	return rc;
}

const struct route route_why = {"/why", "an event, a finding or a receipt, and why it is so", true, load_why};
const struct route route_raw = {"/raw", "the very bytes of a record or a report", true, load_raw};
