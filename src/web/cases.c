/* SPDX-License-Identifier: Apache-2.0
 *
 * Cases, what was said in them, and their tasks, as lists; and one case as text.
 */
#include "web/cases.h"
#include "base/os.h"

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

/* ?10 is now. */
#define SELECT                                                                                               \
	"select c.id, c.number, c.kind, c.state, c.severity, coalesce(" CASE_OVERDUE("c",                    \
	        "?10") ", 0), "                                                                              \
	               "coalesce(" CASE_NEXT(                                                                \
	                       "c") ", 0), c.title, c.ask, c.direction, c.peer, c.their_ref, "               \
	                            "coalesce((select group_concat(cc, ' ') from "                           \
	                            "(select cc from case_touches t where t.case_ = c.id order by cc)), "    \
	                            "''), coalesce(o.ref, ''), c.assigned, "                                 \
	                            "c.label, c.pap, c.rsit, c.opened, coalesce(c.arrived, 0), "             \
	                            "coalesce(c.ack_due, 0), coalesce(c.acked, 0), "                         \
	                            "coalesce(c.status_due, 0), coalesce(c.answered, 0), "                   \
	                            "coalesce(c.reply_by, 0), coalesce(c.ended, 0), "                        \
	                            "coalesce(c.held_until, 0), c.held_why, c.merged, c.exercise, "          \
	                            "c.source, (select count(*) from case_finding f "                        \
	                            "where f.case_ = c.id) from case_ c left join owner o on o.id = c.owner"

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

void cases_bind(struct query *q, const struct cases_filter *f, int64_t now)
{
	const struct str texts[] = {
	        f->state, f->kind, f->assigned, f->peer, f->touches, f->owner, f->ask, f->severity, f->q};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		query_text(q, texts[i]);
	query_i64(q, now);
	query_i64(q, f->page.since);
	query_i64(q, f->page.until);
	query_u64(q, f->finding);
}

static int load_list(const struct ask *a, struct reply *r, struct err *e)
{
	struct cases_filter f;

	if (cases_filter(a, (struct str){0}, &f, e) != 0)
		return ERR_USAGE;
	bool count = ask_has(a, "count"), only = a->only.p != NULL && !count;
	struct query q = count ? db_query(a->state, "select count(*) from case_ c" CASES_WHERE)
	        : only
	        ? db_query(a->state,
	                  SELECT CASES_WHERE " and ?14 = 0 and c.id in (select value from json_each(?16)) "
	                                     "order by c.id desc limit ?15")
	        : db_query(a->state,
	                  SELECT CASES_WHERE " and (?14 = 0 or c.id < ?14) order by c.id desc limit ?15");
	cases_bind(&q, &f, os_now());
	if (count)
		return list_count(&r->body, &q, e);
	query_u64(&q, only ? 0 : f.page.after);
	query_u64(&q, f.page.limit + 1);
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

static int load_entries(const struct ask *a, struct reply *r, struct err *e)
{
	struct ask_page page;
	uint64_t id = 0;

	if (case_param_of(a, &id, e) != 0 || ask_page(a, 'L', &page, e) != 0)
		return e->code;
#define ENTRIES                                                                                              \
	" from case_entry n join case_ c on c.id = n.case_ left join message m on " ENTRY_MAIL(              \
	        "n", "m") " where (?1 = 0 or n.case_ = ?1) and (?2 is null "                                 \
	                  "or n.state = ?2) and "                                                            \
	                  "(?3 = 0 or n.at >= ?3) and (?4 = 0 or n.at < ?4) and (?5 = 0 or n.id < ?5)"
	bool count = ask_has(a, "count");
	struct query q = count ? db_query(a->state, "select count(*)" ENTRIES)
	                       : db_query(a->state,
	                                 "select n.id, n.case_, n.at, n.kind, n.direction, n.channel, "
	                                 "n.person, n.party, n.label, n.subject, "
	                                 "n.text, n.link, n.state, n.answer, n.held = 1, "
	                                 "coalesce(n.bounced, 0), coalesce(n.answered, 0), "
	                                 "coalesce(m.proven, ''), coalesce(m.blob, 0)" ENTRIES
	                                 " order by n.id desc limit ?6");
#undef ENTRIES
	query_u64(&q, id);
	query_text(&q, ask_param(a, "state"));
	ask_page_bind(&q, &page);
	if (count)
		return list_count(&r->body, &q, e);
	query_u64(&q, page.limit + 1);
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
