/* SPDX-License-Identifier: Apache-2.0
 *
 * The directory of contacts, and checks of communication, as lists.
 */
#include "base/os.h"
#include "web/cells.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define STALE_US ((int64_t)180 * 86400 * 1000000)

static const struct list_column contact_columns[] = {
        {"contact", "contact", LIST_STRING, "its id"},
        {"party", "party", LIST_STRING, "whose"},
        {"kind", "kind", LIST_STRING, "diplomatic, technical, duty-24x7, cvd, leo-liaison, press or other"},
        {"office", "office", LIST_STRING, "rather than a person"},
        {"person", NULL, LIST_STRING, "may be empty"},
        {"channels", "reached by", LIST_STRING,
                "type and address, with commas between; came back: a mail to it did, and nobody has written "
                "from there "
                "since"},
        {"languages", "languages", LIST_STRING, "BCP 47, with blanks between"},
        {"hours", NULL, LIST_STRING, "as written"},
        {"confirmed", "confirmed", LIST_TIME, "when it was found right last"},
        {"confirmed_by", NULL, LIST_STRING, "by whom"},
        {"stale", "stale", LIST_STRING, "yes: not confirmed for 180 days"},
        {"source", NULL, LIST_STRING, "own, card: of its node, hand or import"},
        {"serial", NULL, LIST_NUMBER, "of the newest card of the party"},
        {"zone", NULL, LIST_STRING, "of that card"},
        {"holidays", NULL, LIST_STRING, "of that card"},
};
static const struct list_table contact_table = {"contacts", contact_columns, COUNT(contact_columns), 0, NULL};

static int load_contacts(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state,
	        "select 'L' || c.id, c.party, c.kind, c.office, c.person, (select coalesce(group_concat(type "
	        "|| ' ' || "
	        "address || case when bounced is null then '' else ' (came back)' end, ', '), '') from "
	        "contact_channel h where h.contact = c.id), c.languages, c.hours, "
	        "c.confirmed * "
	        "1000000, c.confirmed_by, case when c.confirmed * 1000000 < ?1 then 'yes' else '' end, "
	        "c.source, "
	        "coalesce(k.serial, 0), coalesce(k.zone, ''), coalesce(k.holidays, '') from party_contact c "
	        "left join "
	        "contact_card k on k.party = c.party and k.serial = (select max(serial) from contact_card "
	        "where party = "
	        "c.party) where (?2 is null or c.party = ?2) and (not ?3 or c.confirmed * 1000000 < ?1) "
	        "order by c.party, "
	        "c.id");

	query_i64(&q, os_now() - STALE_US);
	query_text(&q, ask_param(a, "party"));
	query_u64(&q, ask_has(a, "stale"));
	return cells_list(a, r, &contact_table, &q, NULL, e);
}

static const struct route_param contact_params[] = {
        {"party", PARAM_TEXT, "of that party"},
        {"stale", PARAM_FLAG, "not confirmed for 180 days"},
        {NULL, 0, NULL},
};
const struct route route_contacts = {.path = "/contacts",
        .about = "whom to reach at other parties, and when",
        .load = load_contacts,
        .right = RIGHT_READ,
        .params = contact_params,
        .list = &contact_table};

/* ---- checks -------------------------------------------------------------------------------------- */

static const struct list_column check_columns[] = {
        {"check", "check", LIST_STRING, "its id"},
        {"party", "party", LIST_STRING, "who is asked, or asks"},
        {"who", "who asks", LIST_STRING, "we or they"},
        {"channel", "channel", LIST_STRING, "node, mail, phone, chat, fax or person"},
        {"asked", "asked", LIST_TIME, "when"},
        {"due", "due", LIST_TIME, "by when a person is to answer"},
        {"result", "result", LIST_STRING, "open, ok, late, wrong-token, no-answer, bounced or wrong-key"},
        {"answered", "answered", LIST_TIME, "when"},
        {"by", "by", LIST_STRING, "who answered"},
        {"person", NULL, LIST_STRING, "who asked; empty: the schedule, or they"},
        {"note", NULL, LIST_STRING, "a word with it"},
};
static const struct list_table check_table = {"checks", check_columns, COUNT(check_columns), 0, NULL};

static int load_checks(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state,
	        "select 'C' || id, party, case ours when 1 then 'we' else 'they' end, channel, asked * "
	        "1000000, due * "
	        "1000000, result, coalesce(answered, 0) * 1000000, by, person, note from comm_check where "
	        "(?1 is null or "
	        "party = ?1) and (not ?2 or answered is null) order by (answered is null and ours = 0) desc, "
	        "id desc limit "
	        "1000");

	query_text(&q, ask_param(a, "party"));
	query_u64(&q, ask_has(a, "waiting"));
	return cells_list(a, r, &check_table, &q, NULL, e);
}

static const struct route_param check_params[] = {
        {"party", PARAM_TEXT, "of that party"},
        {"waiting", PARAM_FLAG, "those without an answer"},
        {NULL, 0, NULL},
};
const struct route route_checks = {.path = "/checks",
        .about = "checks of communication, both ways",
        .load = load_checks,
        .right = RIGHT_READ,
        .params = check_params,
        .list = &check_table};

static const struct list_column year_columns[] = {
        {"year", "year", LIST_NUMBER, "in which they were asked (UTC)"},
        {"party", "party", LIST_STRING, "who was asked"},
        {"channel", "channel", LIST_STRING, "by which"},
        {"asked", "asked", LIST_NUMBER, "how many"},
        {"ok", "ok", LIST_NUMBER, "the right token in time"},
        {"late", "late", LIST_NUMBER, "the right token, too late"},
        {"wrong_token", "wrong token", LIST_NUMBER, "another one"},
        {"no_answer", "no answer", LIST_NUMBER, "none by the time"},
        {"bounced", "bounced", LIST_NUMBER, "it did not arrive"},
        {"wrong_key", "wrong key", LIST_NUMBER, "it could not be read"},
        {"hours", "hours", LIST_NUMBER, "that an answer took in the mean, rounded"},
};
static const struct list_table year_table = {"checkyears", year_columns, COUNT(year_columns), 0, NULL};

static int load_years(const struct ask *a, struct reply *r, struct err *e)
{
#define OF(result) "sum(result = '" result "')"
	struct query q = db_query(a->state,
	        "select cast(strftime('%Y', asked, 'unixepoch') as integer), party, channel, "
	        "count(*), " OF("ok") ", " OF("late") ", " OF("wrong-token") ", " OF("no-answer") ", " OF(
	                "bounced") ", " OF("wrong-key") ", "
	                                                "coalesce(cast(round("
	                                                "avg(answered - asked) "
	                                                "/ 3600.0) as integer), "
	                                                "0) from comm_check "
	                                                "where ours = "
	                                                "1 group by 1, 2, 3 "
	                                                "order by 1 desc, 2, 3");
#undef OF

	return cells_list(a, r, &year_table, &q, NULL, e);
}

const struct route route_checkyears = {.path = "/checkyears",
        .about = "checks of communication by year, party and channel",
        .load = load_years,
        .right = RIGHT_READ,
        .list = &year_table};
