/* SPDX-License-Identifier: Apache-2.0
 *
 * Why: from an event, a finding or a receipt back to the very line, and forward to what was decided, with what was
 * known then. And the bytes themselves (/raw).
 */
#include "agree/load.h"
#include "base/os.h"
#include "state/scope.h"
#include "web/why_in.h"
#include <unistd.h>

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

/* True if an event of the same record is RED: they share its line. */
static bool is_red(const struct story *s)
{
	for (uint32_t i = 0; i < s->view.batch.head->rows; i++)
		if (s->view.batch.rows[i].ordinal == s->row->ordinal && s->view.verdicts[i].tlp == TLP_RED)
			return true;
	return false;
}

/* What is RED is not there for who is not named for it; nor what has no label of its own, beside it. */
static void hide_red(struct story *s)
{
	if (!s->r.red || scope_shows_red(s->a->state, s->r.feed))
		return;
	if (s->row != NULL && is_red(s)) {
		s->row = NULL;
		s->verdict = NULL;
	}
	s->aside = NULL;
	s->has_moved = false;
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
	hide_red(s);
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

int why_raw(struct story *s, struct buf *ret, struct err *e)
{
	if (s->kept.raw_gone != 0)
		return raw_gone(s, e);
	if (s->row != NULL)
		return day_raw_get(s->day, s->r.id, s->row->raw_off, s->row->raw_len, ret, e);
	if (s->aside != NULL)
		return day_raw_get(s->day, s->r.id, s->aside->raw_off, s->aside->raw_len, ret, e);
	return day_raw_get(s->day, s->r.id, s->moved.raw_off, s->moved.raw_len, ret, e);
}

/* ---- routes -------------------------------------------------------------------------------------- */

/* The event that an id of any kind leads to. A receipt leads to none: *ret_receipt. */
static int resolve(const struct ask *a, struct ask_event *ret, uint64_t *ret_receipt, struct err *e)
{
	char kind = a->id.len > 0 ? (char)(a->id.p[0] & ~0x20) : 0;
	uint64_t id;

	*ret_receipt = 0;
	if (kind != 'F' && scope_narrowed(a->state))
		return err_set(e, ERR_DENIED,
		        "events and reports are of all the country, and your account is for some of its "
		        "owners");
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

static int ticket_of(const struct ask *a, uint64_t notice, struct str *ret, struct err *e)
{
	struct query q = db_query(a->state, "select ticket from notice where id = ? and sealed is not null");

	query_u64(&q, notice);
	*ret = query_next(&q) == 1 ? arena_str(a->arena, query_get_text(&q, 0)) : (struct str){0};
	return query_done(&q, e);
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

/* A statement's id, a ticket, or whatever else the exit knows; no id of an event, a finding or a receipt. */
static bool is_other(struct str id)
{
	char kind = id.len > 0 ? (char)(id.p[0] & ~0x20) : 0;
	bool number = id.len > 1 && id.p[1] >= '0' && id.p[1] <= '9';

	return id.len == 64 || !number || (kind != 'E' && kind != 'F' && kind != 'R');
}

int why_tell(const struct ask *a, const struct why_sink *sink, struct err *e)
{
	struct story s = {.a = a, .sink = sink};
	struct ask_event id;
	uint64_t receipt, notice;

	if (is_notice(a)) {
		int bad = ask_id(a->id, 'N', &notice, e);
		return bad != 0 ? bad : why_letter(&s, notice, e);
	}
	if (is_other(a->id)) {
		uint64_t round = scope_narrowed(a->state) ? 0 : round_meant(a->state, a->id, NULL);
		int rc = why_exit_object(&s, a->id, e);
		return rc == ERR_USAGE && round != 0 ? why_round(&s, round, e) : rc;
	}
	int rc = resolve(a, &id, &receipt, e);
	if (rc == 0)
		rc = receipt != 0 ? open_receipt(&s, receipt, e) : open_event(&s, &id, finding_asked(a), e);
	bool gone = rc == ERR_MISSING && s.kept.events_gone != 0;
	if (gone)
		rc = 0;
	if (rc == 0 && receipt != 0)
		why_receipt(&s);
	else if (rc == 0 && gone)
		why_gone(&s, &id, finding_asked(a));
	else if (rc == 0)
		why_event(&s, &id, finding_asked(a));
	if (rc == 0 && finding_asked(a) != 0)
		why_exit_finding(&s, finding_asked(a));
	done(&s);
	return rc;
}

/* As lines of the command. */
static void put_text(void *arg, enum why_part part, struct str name, struct str text)
{
	struct buf *out = arg;

	switch (part) {
	case WHY_FACT:
	case WHY_LINE:
		buf_printf(out, "%-9.*s %.*s\n", STR_ARG(name), STR_ARG(text));
		break;
	case WHY_FIELDS:
		buf_printf(out, "%.*s\n", STR_ARG(name));
		break;
	case WHY_FIELD:
		buf_printf(out, "  %.*s: %.*s\n", STR_ARG(name), STR_ARG(text));
		break;
	case WHY_ITEM:
		buf_printf(out, "  %.*s\n", STR_ARG(text));
		break;
	}
}

static const struct list_column columns[] = {
        {"part", NULL, LIST_STRING,
                "fact; line: its number and its bytes; fields: a heading, behind which stand the fields of "
                "the record; field; item: one of a list, without a name"},
        {"name", NULL, LIST_STRING, "of the fact or the field"},
        {"text", NULL, LIST_STRING, "the sentence, as 'weir why' prints it"},
};
static const struct list_table table = {"facts", columns, sizeof(columns) / sizeof(columns[0]), 0, NULL};

/* As rows. */
static void put_row(void *arg, enum why_part part, struct str name, struct str text)
{
	static const char *const parts[] = {[WHY_FACT] = "fact",
	        [WHY_LINE] = "line",
	        [WHY_FIELDS] = "fields",
	        [WHY_FIELD] = "field",
	        [WHY_ITEM] = "item"};
	struct list *l = arg;

	list_text(l, str_from(parts[part]));
	list_text(l, name.p != NULL ? name : STR(""));
	list_text(l, text.p != NULL ? text : STR(""));
}

static int load_why(const struct ask *a, struct reply *r, struct err *e)
{
	struct list l;

	if (a->form == LIST_TEXT) {
		r->type = "text/plain; charset=utf-8";
		return why_tell(a, &(struct why_sink){put_text, &r->body, NULL}, e);
	}
	list_begin(&l, &r->body, a->form, columns, table.ncolumns, table.name);
	int rc = why_tell(a, &(struct why_sink){put_row, &l, NULL}, e);
	if (rc < 0)
		list_done(&l);
	else
		list_end(&l);
	return rc;
}

/* All bytes of a report: none of them may be RED, which is known once all were read. */
static bool may_have_all(const struct story *s)
{
	bool read = s->r.state == RECEIPT_DONE || s->r.state == RECEIPT_ASIDE;

	return (read && !s->r.red) || scope_shows_red(s->a->state, s->r.feed);
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
	if (rc == 0 && receipt != 0 && !may_have_all(&s))
		rc = err_set(e, ERR_DENIED,
		        "R%llu has records that are TLP:RED, or is not read to its end yet: its bytes are "
		        "for those who "
		        "are named for it",
		        (unsigned long long)receipt);
	if (rc == 0)
		rc = receipt != 0 ? day_raw_get(s.day, receipt, 0, s.r.size, &r->body, e)
		                  : why_raw(&s, &r->body, e);
	done(&s);
	return rc;
}

const struct route route_why = {.path = "/why",
        .about = "an event, a finding, a receipt or a letter, and why it is so",
        .id = true,
        .load = load_why,
        .right = RIGHT_READ,
        .narrow = true,
        .list = &table};
const struct route route_raw = {
        .path = "/raw", .about = "the very bytes of a record or a report", .id = true, .load = load_raw};
