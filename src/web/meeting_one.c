/* SPDX-License-Identifier: Apache-2.0
 *
 * One meeting: as text, and its parts as lists.
 */
#include "base/os.h"
#include "event/civil.h"
#include "web/cells.h"
#include "web/meetings.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- as text ------------------------------------------------------------------------------------- */

static void head(struct buf *out, const char *name, struct str value)
{
	char shown[2300];

	if (value.len != 0)
		buf_printf(out, "%-12s %s\n", name, err_quote(shown, sizeof(shown), value).p);
}

static void put_lines(struct buf *out, struct str text)
{
	char shown[4200];

	for (struct str_cut cut = {.tail = text, .ok = text.len != 0}; cut.ok;) {
		cut = str_cut(cut.tail, '\n');
		buf_printf(out, "    %s\n", err_quote(shown, sizeof(shown), cut.head).p);
	}
}

static void put_time(struct buf *out, const char *name, const struct clocks *k, int64_t start, int64_t until)
{
	buf_printf(out, "%-12s ", name);
	clocks_put(k, out, start, until);
	buf_char(out, '\n');
}

static void put_facts(const struct meeting_row *m, const struct clocks *k, struct buf *out)
{
	buf_printf(out, "%-12s G%llu, %.*s, card %lld of %.*s\n", "meeting", (unsigned long long)m->id,
	        STR_ARG(m->state), (long long)m->serial, STR_ARG(m->sender));
	head(out, "title", m->title);
	buf_printf(out, "%-12s TLP:%.*s%s%.*s\n", "label", STR_ARG(m->label), m->community.len > 0 ? " " : "",
	        STR_ARG(m->community));
	put_time(out, "begins", k, m->start, 0);
	put_time(out, "ends", k, m->until, 0);
	head(out, "place", m->place);
	head(out, "link", m->link);
	head(out, "facilitator", m->facilitator);
	if (m->asked)
		head(out, "we owe", STR("an answer: weir meeting come"));
	if (m->unsigned_)
		head(out, "we owe", STR("an assent: weir meeting assent"));
}

static void put_members(const struct ask *a, const struct meeting_row *m, struct buf *out, struct err *e)
{
	struct meeting_member *v;
	unsigned n = meeting_members(a, m, &v, e);
	char shown[400];

	for (unsigned i = 0; i < n; i++) {
		buf_printf(out, "%-12s %s", v[i].as.p, err_quote(shown, sizeof(shown), v[i].party).p);
		if (!str_eq(v[i].as, STR("chair"))) {
			if (str_eq(v[i].comes, STR("yes")))
				buf_printf(out, ", comes (card %lld%s%s)", (long long)v[i].serial,
				        v[i].by.len > 0 ? ", " : "",
				        err_quote(shown, sizeof(shown), v[i].by).p);
			else if (!str_eq(v[i].comes, STR("sender")))
				buf_add(out,
				        m->ours || str_eq(v[i].party, m->us) ? STR(", has not answered")
				                                             : STR(""));
			if (v[i].is_present)
				buf_printf(out, ", present%s%s", v[i].present.len > 0 ? ": " : "",
				        err_quote(shown, sizeof(shown), v[i].present).p);
			if (str_eq(v[i].assent, STR("yes")))
				buf_add(out, STR(", agrees with the minutes"));
			if (str_eq(v[i].assent, STR("earlier")))
				buf_add(out, STR(", agreed with other minutes"));
		}
		buf_char(out, '\n');
	}
}

static void put_agenda(
        const struct ask *a, const struct meeting_row *m, const struct clocks *k, struct buf *out)
{
	struct query q = db_query(a->state,
	        "select title, start, until, papers from meeting_item where meeting = ? order by place");
	char shown[700];
	unsigned n = 0;

	query_u64(&q, m->id);
	while (query_next(&q) == 1) {
		struct str papers = meeting_item_papers(a, m->id, query_get_u64(&q, 3));
		buf_printf(out, "\n%u. %s%s%s\n   ", ++n,
		        err_quote(shown, sizeof(shown), query_get_text(&q, 0)).p, papers.len > 0 ? "  " : "",
		        papers.len > 0 ? papers.p : "");
		clocks_put(k, out, query_get_i64(&q, 1), query_get_i64(&q, 2));
		buf_char(out, '\n');
	}
	query_done(&q, NULL);
}

/* One line for each row of that statement, which is one text. */
static void put_rows(
        const struct ask *a, const struct meeting_row *m, struct buf *out, const char *what, struct query q)
{
	bool any = false;

	(void)a;
	query_u64(&q, m->id);
	while (query_next(&q) == 1) {
		if (!any)
			buf_char(out, '\n');
		any = true;
		head(out, what, query_get_text(&q, 0));
	}
	query_run(&q);
}

static void put_words(const struct ask *a, const struct meeting_row *m, struct buf *out)
{
	struct query q = db_query(a->state,
	        "select lang, words from meeting_text where meeting = ?1 union all select said || ' ' || "
	        "party || ' ' || person, words from (select party, person, words, datetime(n.said, "
	        "'unixepoch') as said from meeting_note n where n.meeting = ?1 and " MEETING_COUNTS(
	                "n") " order by n.said, n.statement limit 500)");
	char shown[400];

	query_u64(&q, m->id);
	while (query_next(&q) == 1) {
		buf_printf(out, "\n%s\n", err_quote(shown, sizeof(shown), query_get_text(&q, 0)).p);
		put_lines(out, query_get_text(&q, 1));
	}
	query_done(&q, NULL);
}

static void put_parts(const struct ask *a, const struct meeting_row *m, struct buf *out)
{
	put_rows(a, m, out, "paper",
	        db_query(a->state,
	                "select symbol || ' ' || name || ', ' || size || ' bytes, ' || "
	                "lower(hex(sha256)) from meeting_paper where meeting = ? order by place"));
	put_rows(a, m, out, "outcome",
	        db_query(a->state,
	                "select 'round ' || r.number || ' of ' || r.instrument || ', ' || r.shown "
	                "from meeting_see x join agree_round r on r.open = x.id where x.meeting = "
	                "?"));
	put_rows(a, m, out, "goes",
	        db_query(a->state,
	                "select id || ' ' || party || ': ' || person || ', ' || role || case when sha256 is "
	                "null then '' else ', by ' || name end || case note when '' then '' else ', ' || "
	                "note "
	                "end from meeting_delegate where meeting = ? order by party, id"));
	if (m->sha256.len > 0)
		buf_printf(out, "\n%-12s %.*s\n", "minutes", STR_ARG(m->sha256));
	put_rows(a, m, out, "to be done",
	        db_query(a->state,
	                "select case f.draft when 1 then 'draft' else 'U' || f.id end || ' ' || f.owner || "
	                "', "
	                "by ' || date(f.due, 'unixepoch') || ': ' || f.what || case when f.draft = 0 and not "
	                "(" MEETING_UNDONE ") then ', done' else '' end from meeting_followup f where "
	                "f.meeting = ? order by f.draft, f.due, f.id"));
}

static int load_one(const struct ask *a, struct reply *r, struct err *e)
{
	struct meeting_row m = {0};
	int rc = meeting_find(a, a->id, &m, e);

	r->type = "text/plain; charset=utf-8";
	if (rc != 0)
		return rc;
	struct clocks *k = meeting_clocks(a, &m);
	put_facts(&m, k, &r->body);
	put_members(a, &m, &r->body, e);
	put_agenda(a, &m, k, &r->body);
	put_parts(a, &m, &r->body);
	put_words(a, &m, &r->body);
	return 0;
}

const struct route route_meeting = {.path = "/meeting",
        .about = "one meeting as text",
        .id = true,
        .load = load_one,
        .right = RIGHT_READ};

/* ---- its parts ----------------------------------------------------------------------------------- */

static const struct route_param one_meeting[] = {
        {"meeting", PARAM_ID, "of this meeting"},
        {NULL, 0, NULL},
};

static const struct list_column party_columns[] = {
        {"party", "party", LIST_STRING, "its id; a chair may be an office of no party"},
        {"as", "as", LIST_STRING, "chair, participant or observer"},
        {"comes", "comes", LIST_STRING,
                "yes; sender: it calls the meeting; empty: no answer, or none that is known here"},
        {"serial", "card", LIST_NUMBER, "of the card that it answered; 0: none"},
        {"answered", NULL, LIST_TIME, "when"},
        {"by", NULL, LIST_STRING, "who answered"},
        {"present", "present", LIST_STRING, "yes or empty, as the minutes say, else as noted here"},
        {"offices", "offices", LIST_STRING, "of whom was there"},
        {"assent", "minutes", LIST_STRING,
                "yes: it agrees with those that stand; earlier: it agreed with other bytes; sender; or "
                "empty"},
        {"assented", NULL, LIST_TIME, "when"},
        {"assent_by", NULL, LIST_STRING, "who"},
};
static const struct list_table party_table = {"parties", party_columns, COUNT(party_columns), 0, NULL};

static int load_parties(const struct ask *a, struct reply *r, struct err *e)
{
	struct meeting_row m = {0};
	struct meeting_member *v;
	struct list l;

	if (meeting_find(a, ask_param(a, "meeting"), &m, e) != 0)
		return e->code;
	unsigned n = meeting_members(a, &m, &v, e);
	list_begin(&l, &r->body, a->form, party_columns, COUNT(party_columns), "parties");
	for (unsigned i = 0; i < n; i++) {
		list_text(&l, v[i].party);
		list_text(&l, v[i].as);
		list_text(&l, v[i].comes);
		list_u64(&l, (uint64_t)v[i].serial);
		list_time(&l, v[i].came * MICRO);
		list_text(&l, v[i].by.len > 0 ? v[i].by : STR(""));
		list_text(&l, v[i].is_present ? STR("yes") : STR(""));
		list_text(&l, v[i].present.len > 0 ? v[i].present : STR(""));
		list_text(&l, v[i].assent);
		list_time(&l, v[i].assented * MICRO);
		list_text(&l, v[i].assent_by.len > 0 ? v[i].assent_by : STR(""));
	}
	list_end(&l);
	return 0;
}

const struct route route_meeting_parties = {.path = "/meeting-parties",
        .about = "who is asked to a meeting, who comes, who was there, who agrees with its minutes",
        .load = load_parties,
        .right = RIGHT_READ,
        .params = one_meeting,
        .list = &party_table};

static const struct list_column agenda_columns[] = {
        {"item", "item", LIST_NUMBER, "from 1"},
        {"title", "title", LIST_STRING, "what it is about"},
        {"start", NULL, LIST_TIME, "when it begins"},
        {"end", NULL, LIST_TIME, "when it ends"},
        {"clocks", "when", LIST_STRING, "both, in UTC and by the clocks of all parties"},
        {"papers", "papers", LIST_STRING, "their numbers, with blanks between"},
};
static const struct list_table agenda_table = {"agenda", agenda_columns, COUNT(agenda_columns), 0, NULL};

static int load_agenda(const struct ask *a, struct reply *r, struct err *e)
{
	struct meeting_row m = {0};
	struct list l;

	if (meeting_find(a, ask_param(a, "meeting"), &m, e) != 0)
		return e->code;
	struct clocks *k = meeting_clocks(a, &m);
	struct query q = db_query(a->state,
	        "select place + 1, title, start, until, papers from meeting_item where meeting = ? order by "
	        "place");
	query_u64(&q, m.id);
	list_begin(&l, &r->body, a->form, agenda_columns, COUNT(agenda_columns), "agenda");
	while (query_next(&q) == 1) {
		auto_buf struct buf when = {0};
		clocks_put(k, &when, query_get_i64(&q, 2), query_get_i64(&q, 3));
		list_u64(&l, query_get_u64(&q, 0));
		list_text(&l, query_get_text(&q, 1));
		list_time(&l, query_get_i64(&q, 2) * MICRO);
		list_time(&l, query_get_i64(&q, 3) * MICRO);
		list_text(&l, buf_str(&when));
		list_text(&l, meeting_item_papers(a, m.id, query_get_u64(&q, 4)));
	}
	list_end(&l);
	return query_done(&q, e);
}

const struct route route_meeting_agenda = {.path = "/meeting-agenda",
        .about = "the agenda of a meeting, by the clocks of all parties",
        .load = load_agenda,
        .right = RIGHT_READ,
        .params = one_meeting,
        .list = &agenda_table};

static const struct list_column paper_columns[] = {
        {"paper", "paper", LIST_STRING,
                "its number: WP.1 a working paper, OUT.1 what came out; minutes; said"},
        {"name", "name", LIST_STRING, "of the file"},
        {"size", "bytes", LIST_NUMBER, "how many"},
        {"media", NULL, LIST_STRING, "its type, as its sender says"},
        {"here", "here", LIST_STRING, "yes, or empty: it is on its way"},
        {"sha256", "sha256", LIST_STRING, "by which it is fetched (/meeting-file)"},
};
static const struct list_table paper_table = {"papers", paper_columns, COUNT(paper_columns), 0, NULL};

/* All that has bytes: papers, minutes that stand, what came with notes. Credentials are nobody else's. */
static int load_papers(const struct ask *a, struct reply *r, struct err *e)
{
	struct meeting_row m = {0};

	if (meeting_find(a, ask_param(a, "meeting"), &m, e) != 0)
		return e->code;
	struct query q = db_query(a->state,
	        "select symbol, name, size, media, case when exists (select 1 from blob b where b.sha256 = "
	        "x.sha256) then 'yes' else '' end, lower(hex(x.sha256)) from (select symbol, name, size, "
	        "media, sha256, place from meeting_paper where meeting = ?1 union all select 'minutes', "
	        "f.name, f.size, f.media, f.sha256, 100 from meeting m join attachment f on f.statement = "
	        "m.minutes where m.id = ?1 union all select 'said', f.name, f.size, f.media, f.sha256, 200 "
	        "from meeting_note n join attachment f on f.statement = n.statement where n.meeting = ?1) x "
	        "order by place");
	query_u64(&q, m.id);
	return cells_list(a, r, &paper_table, &q, NULL, e);
}

const struct route route_meeting_papers = {.path = "/meeting-papers",
        .about = "papers and minutes of a meeting",
        .load = load_papers,
        .right = RIGHT_READ,
        .params = one_meeting,
        .list = &paper_table};

/* ---- what is to be done -------------------------------------------------------------------------- */

static const struct list_column followup_columns[] = {
        {"followup", "id", LIST_STRING, "its id"},
        {"meeting", "meeting", LIST_STRING, "whose minutes say so"},
        {"owner", "owner", LIST_STRING, "the party that is to do it"},
        {"due", "due", LIST_TIME, "by when"},
        {"state", "state", LIST_STRING, "open, late, or done: somebody here has noted it"},
        {"what", "what", LIST_STRING, "in words"},
        {"done_by", NULL, LIST_STRING, "who has noted it"},
        {"done", NULL, LIST_TIME, "when"},
        {"note", NULL, LIST_STRING, "a word with it"},
};
static const struct list_table followup_table = {
        "followups", followup_columns, COUNT(followup_columns), 0, NULL};

static int load_followups(const struct ask *a, struct reply *r, struct err *e)
{
	struct meeting_row m = {0};

	if (ask_param(a, "meeting").len > 0 && meeting_find(a, ask_param(a, "meeting"), &m, e) != 0)
		return e->code;
	struct query q = db_query(a->state,
	        "select * from (select 'U' || f.id, 'G' || f.meeting, f.owner, f.due * 1000000 as due, case "
	        "when d.at is not null then 'done' when f.due * 1000000 < ?1 then 'late' else 'open' end as "
	        "state, f.what, coalesce(d.person, ''), coalesce(d.at, 0), coalesce(d.note, '') from "
	        "meeting_followup f join meeting m on m.id = f.meeting left join meeting_done d on d.meeting "
	        "= f.meeting and d.owner = f.owner and d.what = f.what where f.draft = 0 and (?2 = 0 or "
	        "f.meeting = ?2) and (?3 is null or f.owner = ?3) and (?4 = 0 or f.owner = " MEETING_US
	        ") and m.state <> 'cancelled') where (?5 = 0 or state <> 'done') and (?6 = 0 or state = "
	        "'late') order by due limit 1000");
	query_i64(&q, os_now());
	query_u64(&q, m.id);
	query_text(&q, ask_param(a, "owner"));
	query_u64(&q, ask_has(a, "ours"));
	query_u64(&q, ask_has(a, "open"));
	query_u64(&q, ask_has(a, "late"));
	return cells_list(a, r, &followup_table, &q, NULL, e);
}

static const struct route_param followup_params[] = {
        {"meeting", PARAM_ID, "of this meeting"},
        {"owner", PARAM_TEXT, "of this party"},
        {"ours", PARAM_FLAG, "of ours"},
        {"open", PARAM_FLAG, "not done"},
        {"late", PARAM_FLAG, "not done in time"},
        {NULL, 0, NULL},
};
const struct route route_followups = {.path = "/followups",
        .about = "what is to be done by the minutes of meetings",
        .load = load_followups,
        .right = RIGHT_READ,
        .params = followup_params,
        .list = &followup_table};
