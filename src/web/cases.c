/* SPDX-License-Identifier: Apache-2.0
 *
 * Cases, what was said in them, and their tasks, as lists; and one case as text.
 */
#include "web/cases.h"
#include "base/os.h"
#include "state/scope.h"

static const struct list_column columns[] = {
        {"case", "case", LIST_STRING, "its id"},
        {"number", "number", LIST_STRING, "what it is called outside"},
        {"kind", "kind", LIST_STRING,
                "incident, request (to or from another CERT), or old (a ticket of another system)"},
        {"state", "state", LIST_STRING, "how it stands"},
        {"severity", "sev", LIST_STRING, "c1 (national emergency) to c6"},
        {"overdue", "overdue", LIST_NUMBER, "1: something that was due has not come"},
        {"next", "due", LIST_TIME, "what is due next"},
        {"title", "title", LIST_STRING, "what it is about"},
        {"ask", NULL, LIST_STRING, "what is asked, of a request"},
        {"direction", NULL, LIST_STRING, "ours (we ask) or theirs"},
        {"peer", "peer", LIST_STRING, "the other party"},
        {"their_ref", NULL, LIST_STRING, "what the other party calls it"},
        {"touches", "touches", LIST_STRING, "countries, with blanks between them"},
        {"owner", NULL, LIST_STRING, "id in the register"},
        {"assigned", "assigned", LIST_STRING, "the person who works on it"},
        {"label", NULL, LIST_STRING, "TLP"},
        {"pap", NULL, LIST_STRING, "PAP"},
        {"rsit", NULL, LIST_STRING, "classification.type"},
        {"opened", NULL, LIST_TIME, "when"},
        {"arrived", NULL, LIST_TIME, "when it came to who is to answer"},
        {"acknowledge_by", NULL, LIST_TIME, "by when somebody there should have taken it on"},
        {"acknowledged", NULL, LIST_TIME, "when somebody had"},
        {"answer_by", NULL, LIST_TIME, "by when it should have been said how it stands"},
        {"answered", NULL, LIST_TIME, "when it was"},
        {"reply_by", NULL, LIST_TIME, "by when an answer was asked for"},
        {"ended", NULL, LIST_TIME, "when it came to its end"},
        {"held_until", NULL, LIST_TIME, "it waits until then"},
        {"held_why", NULL, LIST_STRING, "why"},
        {"merged", NULL, LIST_STRING, "the case that it goes on as"},
        {"exercise", NULL, LIST_STRING, "the exercise that it is of; empty: it is real"},
        {"source", NULL, LIST_STRING, "the system that an old ticket is from"},
        {"findings", NULL, LIST_NUMBER, "how many it is about"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

/* now: N of ?N. */
static void put_select(struct buf *sql, unsigned now)
{
	buf_printf(sql,
	        "select c.id, c.number, c.kind, c.state, c.severity, coalesce(" CASE_OVERDUE("c",
	                "?%u") ", 0), "
	                       "coalesce(" CASE_NEXT(
	                               "c") ", 0), c.title, c.ask, c.direction, c.peer, c.their_ref, "
	                                    "coalesce((select group_concat(cc, ' ') from "
	                                    "(select cc from case_touches t where t.case_ = c.id order by "
	                                    "cc)), "
	                                    "''), coalesce(o.ref, ''), c.assigned, "
	                                    "c.label, c.pap, c.rsit, c.opened, coalesce(c.arrived, 0), "
	                                    "coalesce(c.ack_due, 0), coalesce(c.acked, 0), "
	                                    "coalesce(c.status_due, 0), coalesce(c.answered, 0), "
	                                    "coalesce(c.reply_by, 0), coalesce(c.ended, 0), "
	                                    "coalesce(c.held_until, 0), c.held_why, c.merged, c.exercise, "
	                                    "c.source, (select count(*) from case_finding f "
	                                    "where f.case_ = c.id) from case_ c left join owner o on o.id = "
	                                    "c.owner where 1",
	        now, now, now, now);
}

static void put_row(struct list *l, const struct query *q)
{
	int i = 1;

	list_id(l, 'K', query_get_u64(q, 0));
	for (; i < 5; i++)
		list_text(l, query_get_text(q, i));
	list_u64(l, query_get_u64(q, i++));
	list_time(l, query_get_i64(q, i++));
	for (; i < 18; i++)
		list_text(l, query_get_text(q, i));
	for (; i < 27; i++)
		list_time(l, query_get_i64(q, i));
	list_text(l, query_get_text(q, i++));
	list_id_or_null(l, 'K', query_get_u64(q, i++));
	list_text(l, query_get_text(q, i++));
	list_text(l, query_get_text(q, i++));
	list_u64(l, query_get_u64(q, i));
}

static const struct list_table table = {"cases", columns, NCOLUMNS, 'K', put_row};

int cases_filter(const struct ask *a, struct str me, struct cases_filter *ret, struct err *e)
{
	const struct {
		const char *name;
		struct str *to;
	} names[] = {{"state", &ret->state}, {"kind", &ret->kind}, {"assigned", &ret->assigned},
	        {"peer", &ret->peer}, {"touches", &ret->touches}, {"owner", &ret->owner}, {"ask", &ret->ask},
	        {"severity", &ret->severity}, {"q", &ret->q}};

	*ret = (struct cases_filter){0};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		*names[i].to = ask_param(a, names[i].name);
		if (names[i].to->len == 0)
			*names[i].to = (struct str){0};
	}
	if (str_eq(ret->assigned, STR("me")))
		ret->assigned = me.p != NULL ? me : STR("me");
	else if (str_eq(ret->assigned, STR("nobody")))
		ret->assigned = STR("");
	if (ask_has(a, "finding") && ask_id(ask_param(a, "finding"), 'F', &ret->finding, e) != 0)
		return ERR_USAGE;
	return ask_page(a, 'K', &ret->page, e);
}

static int load_list(const struct ask *a, struct reply *r, struct err *e)
{
	struct cases_filter f;
	struct cases_where w;
	auto_buf struct buf sql = {0};
	int64_t now = os_now();

	if (cases_filter(a, (struct str){0}, &f, e) != 0)
		return ERR_USAGE;
	bool count = ask_has(a, "count"), only = a->only.p != NULL && !count;
	cases_where(a, &f, now, &w);
	if (count)
		buf_add(&sql, STR("select count(*) from case_ c where 1"));
	else
		put_select(&sql, cases_value(&w, now));
	buf_add(&sql, buf_str(&w.where));
	buf_done(&w.where);
	if (only)
		buf_printf(&sql, " and c.id in (select value from json_each(?%u))", w.n + 1);
	else if (!count && f.page.after != 0)
		buf_printf(&sql, " and c.id < ?%u", cases_value(&w, (int64_t)f.page.after));
	if (!count)
		buf_printf(&sql, " order by c.id desc limit %llu", (unsigned long long)f.page.limit + 1);
	struct query q = cases_query(a, &w, buf_str(&sql));
	if (count)
		return list_count(&r->body, &q, e);
	if (only)
		query_text(&q, a->only);
	return list_rows(&r->body, a->form, &table, &q, f.page.limit, e);
}

static const struct route_param params[] = {
        {"state", PARAM_TEXT, "a state, or open (not ended), overdue, held or ended"},
        {"kind", PARAM_TEXT, "incident, request or old"},
        {"assigned", PARAM_TEXT, "that this person works on; nobody: that nobody does"},
        {"peer", PARAM_TEXT, "with this party"},
        {"touches", PARAM_TEXT, "a country"},
        {"owner", PARAM_TEXT, "id of the owner in the register"},
        {"ask", PARAM_TEXT, "what is asked"},
        {"severity", PARAM_TEXT, "c1 to c6"},
        {"finding", PARAM_ID, "that this finding belongs to"},
        {"q", PARAM_TEXT, "text in title, text, numbers, or what was said"},
        ROUTE_SINCE("opened"),
        ROUTE_UNTIL("opened"),
        ROUTE_AFTER("K12"),
        ROUTE_LIMIT,
        ROUTE_COUNT,
        {NULL, 0, NULL},
};

const struct route route_cases = {.path = "/cases",
        .about = "cases, newest first",
        .load = load_list,
        .right = RIGHT_READ,
        .narrow = true,
        .params = params,
        .list = &table,
        .kind = CHANGES_CASE};

/* ---- what was said ------------------------------------------------------------------------------- */

static const struct list_column entry_columns[] = {
        {"entry", "entry", LIST_STRING, "its id"},
        {"case", "case", LIST_STRING, "the case"},
        {"at", "at", LIST_TIME, "when it was"},
        {"kind", "kind", LIST_STRING,
                "note, telephone, mail, notice, answer, statement, decision, attachment or stage"},
        {"direction", "way", LIST_STRING, "in or out"},
        {"channel", "by", LIST_STRING, "node, mail, phone, chat, fax or person"},
        {"person", "person", LIST_STRING, "of ours"},
        {"party", "party", LIST_STRING, "who on the other side"},
        {"label", NULL, LIST_STRING, "TLP"},
        {"subject", NULL, LIST_STRING, "of a mail; the name of a file; the stage of a report"},
        {"text", "text", LIST_STRING, "in words"},
        {"link", "about", LIST_STRING, "F12, N3, M5, B7 (a file), K9, or the id of a statement"},
        {"state", NULL, LIST_STRING, "of what goes out: to send, sent or refused"},
        {"answer", NULL, LIST_STRING, "why it was refused, or what the mail server said"},
        {"held", NULL, LIST_NUMBER, "1: it waits until a person lets it go"},
        {"bounced", NULL, LIST_TIME, "when a mail server said that it could not be delivered"},
        {"answered", NULL, LIST_TIME, "when the first mail of a person came that answers it"},
        {"proven", NULL, LIST_STRING,
                "of a mail that came, who wrote it: 'openpgp FINGERPRINT', openpgp-bad, openpgp-unknown, "
                "openpgp-not-tried, or nothing was proven"},
        {"file", NULL, LIST_STRING, "of a mail that came, its bytes, a file of the case"},
};

static void put_entry(struct list *l, const struct query *q)
{
	list_id(l, 'L', query_get_u64(q, 0));
	list_id(l, 'K', query_get_u64(q, 1));
	list_time(l, query_get_i64(q, 2));
	for (int i = 3; i < 14; i++)
		list_text(l, query_get_text(q, i));
	list_u64(l, query_get_u64(q, 14));
	list_time(l, query_get_i64(q, 15));
	list_time(l, query_get_i64(q, 16));
	list_text(l, query_get_text(q, 17));
	list_id_or_null(l, 'B', query_get_u64(q, 18));
}

static const struct list_table entries = {
        "entries", entry_columns, sizeof(entry_columns) / sizeof(entry_columns[0]), 'L', put_entry};

/* Of the parameter case; 0: not given. */
static int case_param_of(const struct ask *a, uint64_t *ret, struct err *e)
{
	struct str name = ask_param(a, "case");

	*ret = name.len != 0 ? case_find(a->state, name) : 0;
	return name.len == 0 || *ret != 0 ? 0 : err_set(e, ERR_MISSING, "there is no such case");
}

static bool is_wide(const struct ask *a, const struct ask_page *page)
{
	struct query q = db_query(a->state,
	        "select count(*) from (select 1 from main.case_entry where at >= ?1 and (?2 = 0 or at < ?2) "
	        "limit "
	        "20001)");

	query_i64(&q, page->since);
	query_i64(&q, page->until);
	bool wide = query_next(&q) == 1 && query_get_u64(&q, 0) > 20000;
	query_done(&q, NULL);
	return wide;
}

/* Conditions on rows n. A range of times that has many is gone through by their ids. */
static void put_entries_where(
        struct cases_where *w, const struct ask *a, uint64_t id, const struct ask_page *page)
{
	const char *led =
	        (page->since != 0 || page->until != 0) && !ask_has(a, "count") && is_wide(a, page) ? "+" : "";

	if (id != 0)
		buf_printf(&w->where, " and n.case_ = ?%u", cases_value(w, (int64_t)id));
	if (ask_has(a, "state"))
		buf_printf(&w->where, " and n.state = ?%u and n.state <> ''",
		        cases_text(w, ask_param(a, "state")));
	if (page->since != 0)
		buf_printf(&w->where, " and %sn.at >= ?%u", led, cases_value(w, page->since));
	if (page->until != 0)
		buf_printf(&w->where, " and %sn.at < ?%u", led, cases_value(w, page->until));
	if (page->after != 0)
		buf_printf(&w->where, " and n.id < ?%u", cases_value(w, (int64_t)page->after));
}

/* All less those of the cases that are not in sight, which are few: so none has to be looked at. */
static void put_entries_count(struct buf *sql, struct str where, bool narrow)
{
	if (narrow) {
		buf_add(sql, STR("select count(*) from case_entry n where 1"));
		buf_add(sql, where);
		return;
	}
	buf_add(sql, STR("select (select count(*) from main.case_entry n where 1"));
	buf_add(sql, where);
	buf_add(sql,
	        STR(") - (select count(*) from main.case_ c cross join main.case_entry n where c.label = "
	            "'RED' and "
	            "not exists (select 1 from case_ v where v.id = c.id) and n.case_ = c.id"));
	buf_add(sql, where);
	buf_char(sql, ')');
}

static int load_entries(const struct ask *a, struct reply *r, struct err *e)
{
	struct ask_page page;
	uint64_t id = 0;
	struct cases_where w = {0};
	auto_buf struct buf sql = {0};
	bool count = ask_has(a, "count");

	if (case_param_of(a, &id, e) != 0 || ask_page(a, 'L', &page, e) != 0)
		return e->code;
	put_entries_where(&w, a, id, &page);
	if (count)
		put_entries_count(&sql, buf_str(&w.where), scope_narrowed(a->state));
	else
		buf_printf(&sql,
		        "select n.id, n.case_, n.at, n.kind, n.direction, n.channel, n.person, n.party, "
		        "n.label, "
		        "n.subject, n.text, n.link, n.state, n.answer, n.held = 1, coalesce(n.bounced, 0), "
		        "coalesce(n.answered, 0), coalesce(m.proven, ''), coalesce(m.blob, 0) from "
		        "case_entry n "
		        "left join message m on " ENTRY_MAIL(
		                "n", "m") " where 1%.*s order by n.id desc limit %llu",
		        STR_ARG(buf_str(&w.where)), (unsigned long long)page.limit + 1);
	buf_done(&w.where);
	struct query q = cases_query(a, &w, buf_str(&sql));
	if (count)
		return list_count(&r->body, &q, e);
	return list_rows(&r->body, a->form, &entries, &q, page.limit, e);
}

static const struct route_param entry_params[] = {
        {"case", PARAM_TEXT, "of this case, by its id or number"},
        {"state", PARAM_TEXT, "to send, sent or refused"},
        ROUTE_SINCE("that was"),
        ROUTE_UNTIL("that was"),
        ROUTE_AFTER("L12"),
        ROUTE_LIMIT,
        ROUTE_COUNT,
        {NULL, 0, NULL},
};

const struct route route_case_entries = {.path = "/case-entries",
        .about = "what was said and done in cases, newest first",
        .load = load_entries,
        .right = RIGHT_READ,
        .narrow = true,
        .params = entry_params,
        .list = &entries};

/* ---- tasks --------------------------------------------------------------------------------------- */

static const struct list_column task_columns[] = {
        {"task", "task", LIST_NUMBER, "its number"},
        {"case", "case", LIST_STRING, "the case"},
        {"what", "what", LIST_STRING, "what is to be done"},
        {"who", "who", LIST_STRING, "by whom"},
        {"due", "due", LIST_TIME, "by when"},
        {"done", "done", LIST_TIME, "when it was"},
        {"done_by", NULL, LIST_STRING, "who said so"},
        {"made", NULL, LIST_TIME, "when it was written down"},
        {"made_by", NULL, LIST_STRING, "by whom"},
};

static void put_task(struct list *l, const struct query *q)
{
	list_u64(l, query_get_u64(q, 0));
	list_id(l, 'K', query_get_u64(q, 1));
	list_text(l, query_get_text(q, 2));
	list_text(l, query_get_text(q, 3));
	list_time(l, query_get_i64(q, 4));
	list_time(l, query_get_i64(q, 5));
	list_text(l, query_get_text(q, 6));
	list_time(l, query_get_i64(q, 7));
	list_text(l, query_get_text(q, 8));
}

static const struct list_table tasks = {
        "tasks", task_columns, sizeof(task_columns) / sizeof(task_columns[0]), 0, put_task};

static int load_tasks(const struct ask *a, struct reply *r, struct err *e)
{
	uint64_t id = 0, limit;
	struct str who = ask_param(a, "who");

	if (case_param_of(a, &id, e) != 0 || ask_limit(a, &limit, e) != 0)
		return e->code;
	struct query q = db_query(a->state,
	        "select t.id, t.case_, t.what, t.who, coalesce(t.due, 0), coalesce(t.done, 0), t.done_by, "
	        "t.made, t.made_by from "
	        "case_task t join case_ c on c.id = t.case_ where (?1 = 0 or t.case_ = ?1) and (?2 is null "
	        "or t.who = ?2) and "
	        "(?3 or t.done is null) order by t.due is null, t.due, t.id limit ?4");
	query_u64(&q, id);
	query_text(&q, who.len != 0 ? who : (struct str){0});
	query_u64(&q, ask_has(a, "all"));
	query_u64(&q, limit);
	return list_rows(&r->body, a->form, &tasks, &q, 0, e);
}

static const struct route_param task_params[] = {
        {"case", PARAM_TEXT, "of this case, by its id or number"},
        {"who", PARAM_TEXT, "of this person"},
        {"all", PARAM_FLAG, "also those that are done"},
        ROUTE_LIMIT,
        {NULL, 0, NULL},
};

const struct route route_case_tasks = {.path = "/case-tasks",
        .about = "what is to be done in cases, what is due soonest first",
        .load = load_tasks,
        .right = RIGHT_READ,
        .narrow = true,
        .params = task_params,
        .list = &tasks};
