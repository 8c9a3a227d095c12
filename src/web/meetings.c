/* SPDX-License-Identifier: Apache-2.0
 *
 * Meetings as a list, and the questions that it shares with the text and the pages of one.
 */
#include "web/meetings.h"

#include "base/os.h"
#include "event/civil.h"
#include "link/look.h"
#include "web/cells.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MEMBERS 200

/* ---- one row ------------------------------------------------------------------------------------- */

int meeting_find(const struct ask *a, struct str name, struct meeting_row *ret, struct err *e)
{
	struct str *const texts[] = {&ret->sender, &ret->state, &ret->title, &ret->place, &ret->link,
	        &ret->facilitator, &ret->label, &ret->community, &ret->sha256};
	uint64_t id;

	if (ask_id(name, 'G', &id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(a->state,
	        "select m.ours, coalesce(m.minutes, 0), m.serial, m.start, m.until, m.said, " MEETING_ASKED
	        ", " MEETING_UNSIGNED
	        ", m.sender, m.state, m.title, m.place, m.link, m.facilitator, m.label, m.community, "
	        "coalesce(lower(hex(m.minutes_sha256)), '') from meeting m where m.id = ?1 and m.card is not "
	        "null");
	query_u64(&q, id);
	bool there = query_next(&q) == 1;
	if (there) {
		ret->id = id;
		ret->ours = query_get_u64(&q, 0) != 0;
		ret->minutes = query_get_u64(&q, 1);
		ret->serial = query_get_i64(&q, 2);
		ret->start = query_get_i64(&q, 3);
		ret->until = query_get_i64(&q, 4);
		ret->said = query_get_i64(&q, 5);
		ret->asked = query_get_u64(&q, 6) != 0;
		ret->unsigned_ = query_get_u64(&q, 7) != 0;
		for (unsigned i = 0; i < COUNT(texts); i++)
			*texts[i] = arena_str(a->arena, query_get_text(&q, (int)i + 8));
		ret->us = party_own(a->state, a->arena);
	}
	int rc = query_done(&q, e);
	return rc != 0  ? rc
	        : there ? 0
	                : err_set(e, ERR_MISSING, "there is no meeting G%llu", (unsigned long long)id);
}

/* ---- who ----------------------------------------------------------------------------------------- */

/* The newest answer that counts. */
static void find_answer(const struct ask *a, const struct meeting_row *m, struct meeting_member *p)
{
	struct query q = db_query(a->state,
	        "select a.serial, a.said, a.person from meeting_answer a where a.meeting = ?1 and a.party = "
	        "?2 "
	        "and " MEETING_COUNTS("a") " order by a.serial desc, a.said desc limit 1");

	query_u64(&q, m->id);
	query_text(&q, p->party);
	if (query_next(&q) == 1) {
		p->comes = STR("yes");
		p->serial = query_get_i64(&q, 0);
		p->came = query_get_i64(&q, 1);
		p->by = arena_str(a->arena, query_get_text(&q, 2));
	} else {
		p->comes = str_eq(p->party, m->sender) ? STR("sender") : STR("");
	}
	query_done(&q, NULL);
}

/* For the bytes that stand before others. */
static void find_assent(const struct ask *a, const struct meeting_row *m, struct meeting_member *p)
{
	struct query q = db_query(a->state,
	        "select lower(hex(a.sha256)) = ?3, a.said, a.person from meeting_assent a where a.meeting = "
	        "?1 "
	        "and a.party = ?2 and " MEETING_COUNTS("a") " order by 1 desc, a.said desc limit 1");

	query_u64(&q, m->id);
	query_text(&q, p->party);
	query_text(&q, m->sha256);
	if (query_next(&q) == 1) {
		p->assent = query_get_u64(&q, 0) != 0 ? STR("yes") : STR("earlier");
		p->assented = query_get_i64(&q, 1);
		p->assent_by = arena_str(a->arena, query_get_text(&q, 2));
	} else {
		p->assent = m->minutes != 0 && str_eq(p->party, m->sender) ? STR("sender") : STR("");
	}
	query_done(&q, NULL);
}

static void find_present(const struct ask *a, const struct meeting_row *m, struct meeting_member *p)
{
	struct query q = db_query(a->state,
	        "select count(*), coalesce(group_concat(nullif(office, ''), '; '), '') from meeting_present "
	        "where meeting = ?1 and party = ?2 and draft = ?3");

	query_u64(&q, m->id);
	query_text(&q, p->party);
	query_u64(&q, m->minutes == 0);
	if (query_next(&q) == 1) {
		p->is_present = query_get_u64(&q, 0) > 0;
		p->present = arena_str(a->arena, query_get_text(&q, 1));
	}
	query_done(&q, NULL);
}

unsigned meeting_members(
        const struct ask *a, const struct meeting_row *m, struct meeting_member **ret, struct err *e)
{
	struct meeting_member *v = arena_array(a->arena, MEMBERS, sizeof(*v));
	struct query q = db_query(a->state,
	        "select party, as_ from meeting_party where meeting = ?1 order by case as_ when 'chair' then "
	        "0 when 'participant' then 1 else 2 end, place");
	unsigned n = 0;

	query_u64(&q, m->id);
	while (n < MEMBERS && query_next(&q) == 1) {
		v[n].party = arena_str(a->arena, query_get_text(&q, 0));
		v[n++].as = arena_str(a->arena, query_get_text(&q, 1));
	}
	(void)query_done(&q, e);
	for (unsigned i = 0; i < n; i++) {
		find_answer(a, m, &v[i]);
		find_assent(a, m, &v[i]);
		find_present(a, m, &v[i]);
	}
	*ret = v;
	return n;
}

struct clocks *meeting_clocks(const struct ask *a, const struct meeting_row *m)
{
	struct str parties[MEMBERS];
	struct query q = db_query(a->state,
	        "select party from meeting_party where meeting = ?1 order by case as_ when 'participant' "
	        "then "
	        "0 when 'observer' then 1 else 2 end, place");
	unsigned n = 0;

	parties[n++] = m->us;
	parties[n++] = m->sender;
	query_u64(&q, m->id);
	while (n < MEMBERS && query_next(&q) == 1)
		parties[n++] = arena_str(a->arena, query_get_text(&q, 0));
	query_done(&q, NULL);
	return clocks_open(a->state, a->arena, parties, n);
}

struct str meeting_item_papers(const struct ask *a, uint64_t meeting, uint64_t bits)
{
	struct query q = db_query(a->state,
	        "select coalesce(group_concat(symbol, ' '), '') from (select symbol from meeting_paper where "
	        "meeting = ?1 and (?2 >> place) & 1 order by place)");
	struct str symbols = STR("");

	query_u64(&q, meeting);
	query_u64(&q, bits);
	if (query_next(&q) == 1)
		symbols = arena_str(a->arena, query_get_text(&q, 0));
	query_done(&q, NULL);
	return symbols;
}

/* ---- the list ------------------------------------------------------------------------------------ */

static const struct list_column columns[] = {
        {"meeting", "meeting", LIST_STRING, "its id"},
        {"state", "state", LIST_STRING, "planned, open, closed or cancelled"},
        {"title", "title", LIST_STRING, "what it is called"},
        {"start", "start", LIST_TIME, "when it begins"},
        {"end", "end", LIST_TIME, "when it ends"},
        {"sender", "called by", LIST_STRING, "the party whose card it is"},
        {"place", "place", LIST_STRING, "where, or the link of a call"},
        {"owed", "we owe", LIST_STRING, "answer: that we come; assent: to its minutes; empty: nothing"},
        {"asked", NULL, LIST_NUMBER, "parties beside who calls it that take part or listen"},
        {"come", "come", LIST_NUMBER, "of these, those that have answered that they come, as is known here"},
        {"late", "late", LIST_NUMBER, "what was to be done by now, and nobody here has noted that it is"},
        {"label", NULL, LIST_STRING, "TLP"},
        {"group", NULL, LIST_STRING, "the community of GREEN"},
        {"serial", NULL, LIST_NUMBER, "of the card that stands"},
        {"said", NULL, LIST_TIME, "when that card was signed"},
        {"minutes", NULL, LIST_STRING, "SHA-256 of the minutes that stand; empty: there are none"},
};

static const struct list_table table = {"meetings", columns, COUNT(columns), 0, NULL};

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state,
	        "select 'G' || m.id, m.state, m.title, m.start * 1000000, m.until * 1000000, m.sender, case "
	        "m.place when '' then m.link else m.place end, case when " MEETING_ASKED
	        " then 'answer' when " MEETING_UNSIGNED " then 'assent' else '' end, (select count(*) from "
	        "meeting_party p where p.meeting = m.id and "
	        "p.as_ <> 'chair' and p.party <> m.sender), (select count(distinct a.party) from "
	        "meeting_answer a join meeting_party p on p.meeting = m.id and p.party = a.party and p.as_ "
	        "<> "
	        "'chair' where a.meeting = m.id and " MEETING_COUNTS(
	                "a") "), (select count(*) from meeting_followup f where f.meeting = m.id and f.draft "
	                     "= "
	                     "0 and f.due * 1000000 < ?1 and " MEETING_UNDONE
	                     "), m.label, m.community, m.serial, m.said * 1000000, "
	                     "coalesce(lower(hex(m.minutes_sha256)), '') from meeting m where m.card is not "
	                     "null and (?2 = 0 or m.state in ('planned', 'open')) and (?3 = 0 "
	                     "or " MEETING_ASKED " or " MEETING_UNSIGNED
	                     ") order by m.start desc, m.id desc limit 500");

	query_i64(&q, os_now());
	query_u64(&q, ask_has(a, "open"));
	query_u64(&q, ask_has(a, "owed"));
	return cells_list(a, r, &table, &q, NULL, e);
}

static const struct route_param params[] = {
        {"open", PARAM_FLAG, "those that have not ended"},
        {"owed", PARAM_FLAG, "those of which we owe an answer or an assent"},
        {NULL, 0, NULL},
};

const struct route route_meetings = {.path = "/meetings",
        .about = "meetings, the latest first",
        .load = load,
        .right = RIGHT_READ,
        .params = params,
        .list = &table};
