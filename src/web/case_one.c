/* SPDX-License-Identifier: Apache-2.0
 *
 * One case as text; what is due as a calendar; a file of a case as an archive.
 */
#include "base/os.h"
#include "form/ics.h"
#include "web/blob_out.h"
#include "web/cases.h"

static int find(const struct ask *a, uint64_t *ret, struct err *e)
{
	char shown[64];

	*ret = case_find(a->state, a->id);
	return *ret != 0
	        ? 0
	        : err_set(e, ERR_MISSING, "there is no case '%s'", err_quote(shown, sizeof(shown), a->id).p);
}

/* ---- as text ------------------------------------------------------------------------------------- */

static void head(struct buf *out, const char *name, struct str value)
{
	char shown[2300];

	if (value.len != 0)
		buf_printf(out, "%-11s %s\n", name, err_quote(shown, sizeof(shown), value).p);
}

static void head_time(struct buf *out, const char *name, int64_t t)
{
	char when[64];

	if (t != 0)
		buf_printf(out, "%-11s %.*s UTC\n", name, STR_ARG(list_when(when, t)));
}

/* Line by line, each harmless on a terminal. */
static void put_lines(struct buf *out, struct str text)
{
	char shown[4200];

	for (struct str_cut cut = {.tail = text, .ok = text.len != 0}; cut.ok;) {
		cut = str_cut(cut.tail, '\n');
		buf_printf(out, "    %s\n", err_quote(shown, sizeof(shown), cut.head).p);
	}
}

static void put_facts(struct db *db, uint64_t id, struct buf *out)
{
	static const char *const texts[] = {"title", "kind", "ask", "state", "severity", "label", "pap",
	        "rsit", "peer", "their ref", "owner", "assigned", "held since", "goes on as", "exercise",
	        "source"};
	static const char *const times[] = {"opened", "arrived", "ack by", "acked", "answer by", "answered",
	        "reply by", "ended", "held until"};
	struct query q = db_query(db,
	        "select c.number, c.title, c.kind, c.ask, c.state, c.severity, 'TLP:' || c.label, 'PAP:' || "
	        "c.pap, c.rsit, "
	        "c.peer, c.their_ref, coalesce(o.ref, ''), c.assigned, c.held_why, coalesce((select number "
	        "from case_ m where "
	        "m.id = c.merged), ''), c.exercise, c.source, c.opened, c.arrived, c.ack_due, c.acked, "
	        "c.status_due, "
	        "c.answered, c.reply_by, c.ended, c.held_until, c.text, coalesce(" CASE_OVERDUE(
	                "c", "?2") ", 0) from case_ c left join owner o on o.id = c.owner where c.id = ?1");

	query_u64(&q, id);
	query_i64(&q, os_now());
	if (query_next(&q) == 1) {
		buf_printf(out, "%-11s K%llu %.*s%s\n", "case", (unsigned long long)id,
		        STR_ARG(query_get_text(&q, 0)), query_get_u64(&q, 27) != 0 ? ", overdue" : "");
		for (int i = 0; i < 16; i++)
			head(out, texts[i], query_get_text(&q, i + 1));
		for (int i = 0; i < 9; i++)
			head_time(out, times[i], query_get_i64(&q, i + 17));
		put_lines(out, query_get_text(&q, 26));
	}
	query_run(&q);
}

/* One line for each row of that statement, whose columns are texts. */
static void put_rows(struct db *db, uint64_t id, struct buf *out, const char *what, const char *sql)
{
	struct query q = db_query_text(db, str_from(sql));

	query_u64(&q, id);
	while (query_next(&q) == 1)
		head(out, what, query_get_text(&q, 0));
	query_run(&q);
}

static void put_entries(struct db *db, uint64_t id, struct buf *out)
{
	char when[64], shown[400];
	struct query q = db_query(db,
	        "select at, kind || case direction when '' then '' else ' ' || direction end || case state "
	        "when '' then '' else "
	        "' (' || state || ')' end, person, party, link, subject, text || case answer when '' then '' "
	        "else "
	        "char(10) || '-> ' || answer end from case_entry where case_ = "
	        "? order by at / 1000000, id");

	query_u64(&q, id);
	while (query_next(&q) == 1) {
		buf_printf(out, "\n%.*s  %.*s", STR_ARG(list_when(when, query_get_i64(&q, 0))),
		        STR_ARG(query_get_text(&q, 1)));
		for (int i = 2; i < 6; i++)
			if (query_get_text(&q, i).len != 0)
				buf_printf(out, "  %s",
				        err_quote(shown, sizeof(shown), query_get_text(&q, i)).p);
		buf_char(out, '\n');
		put_lines(out, query_get_text(&q, 6));
	}
	query_run(&q);
}

void case_text(struct db *db, uint64_t id, struct buf *out)
{
	put_facts(db, id, out);
	put_rows(db, id, out, "says",
	        "select m.party || ': ' || coalesce(w.state || case w.reason when '' then '' else ' (' || "
	        "w.reason || ')' end || "
	        "case w.redirect_to when '' then '' else ' to ' || w.redirect_to end, 'nothing yet') from "
	        "case_member m left "
	        "join case_word w on w.case_ = m.case_ and w.party = m.party where m.case_ = ?");
	put_rows(db, id, out, "touches",
	        "select coalesce(group_concat(cc || ' (' || how || ')', ', '), '') from case_touches where "
	        "case_ = ?");
	put_rows(db, id, out, "about",
	        "select type || ' ' || value || ' ' || event from case_target where case_ = ?");
	put_rows(db, id, out, "finding",
	        "select 'F' || f.id || ' ' || f.class || ' ' || f.place || ' ' || f.stage from case_finding "
	        "l join finding f on "
	        "f.id = l.finding where l.case_ = ? order by f.id");
	put_rows(db, id, out, "stage",
	        "select stage || ': due ' || datetime(due / 1000000, 'unixepoch') || case when told is null "
	        "then '' else ', "
	        "told ' || datetime(told / 1000000, 'unixepoch') end from case_stage where case_ = ? order "
	        "by due");
	put_rows(db, id, out, "task",
	        "select id || ' ' || case when done is null then '[ ] ' else '[x] ' end || what || case who "
	        "when '' then '' else "
	        "', ' || who end || coalesce(', by ' || datetime(due / 1000000, 'unixepoch'), '') from "
	        "case_task where case_ = "
	        "? order by id");
	put_rows(db, id, out, "file",
	        "select 'B' || b.id || ' ' || l.name || ', ' || b.size || ' bytes, ' || lower(hex(b.sha256)) "
	        "from case_blob l "
	        "join blob b on b.id = l.blob where l.case_ = ? order by b.id");
	put_rows(db, id, out, "record",
	        "select 'P' || id || ', printed ' || datetime(at / 1000000, 'unixepoch') || ' by ' || person "
	        "|| "
	        "case key when '' then ', not signed' else ', signed' end || coalesce(', SHA-256 ' || "
	        "lower(hex(sha256)), '') from case_record where case_ = ? and state = 'ready' order by id");
	put_entries(db, id, out);
}

static int load_one(const struct ask *a, struct reply *r, struct err *e)
{
	uint64_t id;

	r->type = "text/plain; charset=utf-8";
	if (find(a, &id, e) != 0)
		return ERR_MISSING;
	case_text(a->state, id, &r->body);
	return 0;
}

const struct route route_case = {.path = "/case",
        .about = "one case, by its id or number",
        .id = true,
        .load = load_one,
        .right = RIGHT_READ,
        .narrow = true};

/* ---- what is due --------------------------------------------------------------------------------- */

/* The label of a case says whether its title may stand in a calendar, which lies in programs of others. */
static void put_event(const struct query *q, struct buf *out, struct arena *a)
{
	struct str number = query_get_text(q, 0), what = query_get_text(q, 1), title = query_get_text(q, 2),
	           label = query_get_text(q, 3);
	enum tlp tlp = tlp_find(label);
	bool says = tlp != TLP_NONE && tlp <= TLP_AMBER;

	ics_event(out,
	        &(struct ics_event){.uid = arena_printf(a, "%.*s.%.*s@weir", STR_ARG(number),
	                                    STR_ARG(query_get_text(q, 5))),
	                .summary = says ? arena_printf(a, "%.*s %.*s: %.*s", STR_ARG(number), STR_ARG(what),
	                                          STR_ARG(title))
	                                : arena_printf(a, "%.*s %.*s", STR_ARG(number), STR_ARG(what)),
	                .description = arena_printf(a, "TLP:%.*s", STR_ARG(label)),
	                .at = query_get_i64(q, 4),
	                .made = os_now(),
	                .minutes = 15,
	                .alarm_minutes = 15});
}

#define DUE(what, key, column, done)                                                                         \
	"select number, '" what "', title, label, " column ", '" key "', id from case_ where " done          \
	" and " column " is not null and ended is null and (?1 = 0 or id = ?1) union all "

int cases_calendar(const struct ask *a, uint64_t id, struct buf *out, struct err *e)
{
	auto_arena struct arena arena = {0};
	struct query q = db_query(a->state,
	        DUE("acknowledge", "ack", "ack_due", "acked is null")
	                DUE("say how it stands", "status", "status_due", "answered is null")
	                        DUE("reply", "reply", "reply_by", "1") DUE("goes on", "held", "held_until",
	                                "1") "select c.number, 'task: ' || t.what, c.title, c.label, t.due, "
	                                     "'task' || t.id, c.id from case_task t join "
	                                     "case_ c on c.id = t.case_ where t.done is null and t.due is "
	                                     "not null and c.ended is null and (?1 = 0 or c.id "
	                                     "= ?1) union all select c.number, s.stage || ' report of the "
	                                     "owner', c.title, c.label, s.due, s.stage, c.id "
	                                     "from case_stage s join case_ c on c.id = s.case_ where s.told "
	                                     "is null and c.ended is null and (?1 = 0 or c.id "
	                                     "= ?1) order by 5");

	arena_init(&arena, 0);
	ics_begin(out, STR("Weir: cases"));
	query_u64(&q, id);
	while (query_next(&q) == 1)
		put_event(&q, out, &arena);
	ics_end(out);
	return query_done(&q, e);
}

static int load_calendar(const struct ask *a, struct reply *r, struct err *e)
{
	struct str name = ask_param(a, "case");
	uint64_t id = name.len != 0 ? case_find(a->state, name) : 0;

	r->type = "text/calendar; charset=utf-8";
	if (name.len != 0 && id == 0)
		return err_set(e, ERR_MISSING, "there is no such case");
	return cases_calendar(a, id, &r->body, e);
}

static const struct route_param calendar_params[] = {
        {"case", PARAM_TEXT, "of this case alone, by its id or number"},
        {NULL, 0, NULL},
};

const struct route route_case_calendar = {.path = "/case-calendar",
        .about = "what is due in cases, as a calendar (RFC 5545)",
        .load = load_calendar,
        .right = RIGHT_READ,
        .narrow = true,
        .params = calendar_params,
        .media = "text/calendar; charset=utf-8",
        .suffix = ".ics"};

/* ---- a file -------------------------------------------------------------------------------------- */

/* Found through a case that is in sight: an id alone opens nothing. */
static int load_file(const struct ask *a, struct reply *r, struct err *e)
{
	struct blob_out b = {0};
	bool there;
	uint64_t id;

	if (ask_id(a->id, 'B', &id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(a->state,
	        "select l.name, b.sha256, l.at from case_blob l join blob b on b.id = l.blob join case_ c on "
	        "c.id = l.case_ where "
	        "b.id = ? limit 1");
	query_u64(&q, id);
	there = query_next(&q) == 1 && query_get_blob(&q, 1).len == DIGEST_LEN;
	if (there) {
		b = (struct blob_out){.what = arena_printf(a->arena, "B%llu", (unsigned long long)id),
		        .name = arena_str(a->arena, query_get_text(&q, 0)),
		        .at = query_get_i64(&q, 2)};
		memcpy(b.sha256, query_get_blob(&q, 1).p, DIGEST_LEN);
	}
	query_run(&q);
	return there ? blob_out(a, &b, r, e)
	             : err_set(e, ERR_MISSING, "there is no file B%llu", (unsigned long long)id);
}

const struct route route_case_file = {.path = "/case-file",
        .about = "a file of a case, as a ZIP archive with the password infected",
        .id = true,
        .load = load_file,
        .right = RIGHT_READ,
        .narrow = true,
        .media = "application/zip",
        .suffix = ".zip"};
