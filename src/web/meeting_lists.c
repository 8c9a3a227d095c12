/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of meetings as lists: who, what, papers, and what is to be done.
 */
#include "base/os.h"
#include "event/civil.h"
#include "web/cells.h"
#include "web/meetings.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define MOST 500 /* meetings, where none is named */
#define MEETING_COLUMN                                                                                       \
	{                                                                                                    \
		"meeting", "meeting", LIST_STRING, "whose"                                                   \
	}

static const struct route_param one_meeting[] = {
        {"meeting", PARAM_ID, "of this meeting"},
        {NULL, 0, NULL},
};

/* Rows of the meeting that is named, or of all, the latest first. */
static int each_meeting(const struct ask *a, struct reply *r, const struct list_table *t,
        void (*put)(const struct ask *a, const struct meeting_row *m, struct list *l), struct err *e)
{
	struct str named = ask_param(a, "meeting");
	struct meeting_row m = {0};
	uint64_t ids[MOST];
	unsigned n = 0;
	struct list l;

	if (named.len > 0 && meeting_find(a, named, &m, e) != 0)
		return e->code;
	struct query q = db_query(a->state,
	        "select id from meeting where card is not null and (?1 = 0 or id = ?1) order by start desc, "
	        "id "
	        "desc limit 500");
	query_u64(&q, m.id);
	while (n < MOST && query_next(&q) == 1)
		ids[n++] = query_get_u64(&q, 0);
	int rc = query_done(&q, e);
	list_begin(&l, &r->body, a->form, t->columns, t->ncolumns, t->name);
	for (unsigned i = 0; rc == 0 && i < n; i++) {
		struct meeting_row one = {0};
		rc = meeting_find(a, arena_printf(a->arena, "G%llu", (unsigned long long)ids[i]), &one, e);
		if (rc == 0)
			put(a, &one, &l);
	}
	list_end(&l);
	return rc;
}

static const struct list_column party_columns[] = {
        MEETING_COLUMN,
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
static const struct list_table party_table = {"invited", party_columns, COUNT(party_columns), 0, NULL};

static void put_party(const struct ask *a, const struct meeting_row *m, struct list *l)
{
	struct meeting_member *v;
	unsigned n = meeting_members(a, m, &v, NULL);

	for (unsigned i = 0; i < n; i++) {
		list_id(l, 'G', m->id);
		list_text(l, v[i].party);
		list_text(l, v[i].as);
		list_text(l, v[i].comes);
		list_u64(l, (uint64_t)v[i].serial);
		list_time(l, v[i].came * MICRO);
		list_text(l, v[i].by.len > 0 ? v[i].by : STR(""));
		list_text(l, v[i].is_present ? STR("yes") : STR(""));
		list_text(l, v[i].present.len > 0 ? v[i].present : STR(""));
		list_text(l, v[i].assent);
		list_time(l, v[i].assented * MICRO);
		list_text(l, v[i].assent_by.len > 0 ? v[i].assent_by : STR(""));
	}
}

static int load_parties(const struct ask *a, struct reply *r, struct err *e)
{
	return each_meeting(a, r, &party_table, put_party, e);
}

const struct route route_meeting_parties = {.path = "/meeting-parties",
        .about = "who is asked to a meeting, who comes, who was there, who agrees with its minutes",
        .load = load_parties,
        .right = RIGHT_READ,
        .params = one_meeting,
        .list = &party_table};

static const struct list_column agenda_columns[] = {
        MEETING_COLUMN,
        {"item", "item", LIST_NUMBER, "from 1"},
        {"title", "title", LIST_STRING, "what it is about"},
        {"start", NULL, LIST_TIME, "when it begins"},
        {"end", NULL, LIST_TIME, "when it ends"},
        {"clocks", "when", LIST_STRING, "both, in UTC and by the clocks of all parties"},
        {"papers", "papers", LIST_STRING, "their numbers, with blanks between"},
};
static const struct list_table agenda_table = {"agenda", agenda_columns, COUNT(agenda_columns), 0, NULL};

static void put_items(const struct ask *a, const struct meeting_row *m, struct list *l)
{
	struct clocks *k = meeting_clocks(a, m);
	struct query q = db_query(a->state,
	        "select place + 1, title, start, until, papers from meeting_item where meeting = ? order by "
	        "place");

	query_u64(&q, m->id);
	while (query_next(&q) == 1) {
		auto_buf struct buf when = {0};
		clocks_put(k, &when, query_get_i64(&q, 2), query_get_i64(&q, 3));
		list_id(l, 'G', m->id);
		list_u64(l, query_get_u64(&q, 0));
		list_text(l, query_get_text(&q, 1));
		list_time(l, query_get_i64(&q, 2) * MICRO);
		list_time(l, query_get_i64(&q, 3) * MICRO);
		list_text(l, buf_str(&when));
		list_text(l, meeting_item_papers(a, m->id, query_get_u64(&q, 4)));
	}
	query_done(&q, NULL);
}

static int load_agenda(const struct ask *a, struct reply *r, struct err *e)
{
	return each_meeting(a, r, &agenda_table, put_items, e);
}

const struct route route_meeting_agenda = {.path = "/meeting-agenda",
        .about = "agendas of meetings, by the clocks of all parties",
        .load = load_agenda,
        .right = RIGHT_READ,
        .params = one_meeting,
        .list = &agenda_table};

static const struct list_column paper_columns[] = {
        MEETING_COLUMN,
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
static void put_papers(const struct ask *a, const struct meeting_row *m, struct list *l)
{
	struct query q = db_query(a->state,
	        "select 'G' || ?1, symbol, name, size, media, iif(here, 'yes', ''), lower(hex(sha256)) from "
	        "(select symbol, name, size, media, sha256, coalesce((select f.here from meeting m join "
	        "attachment f on f.statement = m.card and f.sha256 = p.sha256 where m.id = p.meeting), 0) "
	        "here, place from meeting_paper p where meeting = ?1 union all select 'minutes', "
	        "f.name, f.size, f.media, f.sha256, f.here, 100 from meeting m join attachment f on "
	        "f.statement = "
	        "m.minutes where m.id = ?1 union all select 'said', f.name, f.size, f.media, f.sha256, "
	        "f.here, 200 "
	        "from meeting_note n join attachment f on f.statement = n.statement where n.meeting = ?1) "
	        "order by place");

	query_u64(&q, m->id);
	while (query_next(&q) == 1)
		cells_put(l, &q, paper_columns, COUNT(paper_columns));
	query_done(&q, NULL);
}

static int load_papers(const struct ask *a, struct reply *r, struct err *e)
{
	return each_meeting(a, r, &paper_table, put_papers, e);
}

const struct route route_meeting_papers = {.path = "/meeting-papers",
        .about = "papers and minutes of meetings",
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
