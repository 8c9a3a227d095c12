/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements that are here and have no effect, what was refused, and whether this node is silent.
 */
#include "link/look.h"
#include "web/cells.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct list_column columns[] = {
        {"statement", "statement", LIST_STRING, "its id here; empty: it was refused and is none"},
        {"sender", "sender", LIST_STRING, "who said it; of what was refused as far as that is known"},
        {"carrier", "brought by", LIST_STRING, "who brought it"},
        {"kind", "kind", LIST_STRING, "of statement"},
        {"verdict", "verdict", LIST_STRING, "what was found, as docs/protocol.md has the words"},
        {"why", "why", LIST_STRING, "in words"},
        {"received", "received", LIST_TIME, "when"},
        {"created", NULL, LIST_TIME, "when its sender made it"},
        {"size", NULL, LIST_NUMBER, "bytes of what was refused"},
};
static const struct list_table table = {"held", columns, COUNT(columns), 0, NULL};

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	bool refused = ask_has(a, "refused");
	struct query q = refused ? db_query(a->state,
	                                   "select '', sender, carrier, '', verdict, '', at, 0, size from "
	                                   "refused where (?1 is null or "
	                                   "carrier = ?1) order by id desc limit 1000")
	                         : db_query(a->state,
	                                   "select 'S' || n, sender, carrier, kind, verdict, why, received, "
	                                   "created * 1000000, 0 from "
	                                   "statement where effect = 0 and (?1 is null or sender = ?1) order "
	                                   "by n desc limit 1000");

	query_text(&q, ask_param(a, "party"));
	return cells_list(a, r, &table, &q, NULL, e);
}

static const struct route_param params[] = {
        {"party", PARAM_TEXT, "of that sender, or of that carrier"},
        {"refused", PARAM_FLAG, "what was not taken at all"},
        {NULL, 0, NULL},
};
const struct route route_held = {.path = "/held",
        .about = "statements that have no effect, and why",
        .load = load,
        .right = RIGHT_READ,
        .params = params,
        .list = &table};

/* ---- silence ------------------------------------------------------------------------------------- */

static const struct list_column silent_columns[] = {
        {"since", "silent since", LIST_TIME, "from then on nothing was signed"},
        {"why", "why", LIST_STRING, "in words"},
        {"shown_by", "shown by", LIST_STRING, "the party that had more of what we said; empty: none"},
        {"missing", "missing", LIST_NUMBER, "of our own statements that are not here again"},
        {"told", "peers that told", LIST_NUMBER, "how far our streams go, since then"},
        {"first_person", "first person", LIST_STRING, "who has said that it may end; another one ends it"},
};
static const struct list_table silent_table = {"recover", silent_columns, COUNT(silent_columns), 0, NULL};

static int load_silent(const struct ask *a, struct reply *r, struct err *e)
{
	if (!recover_silent(a->state) && a->form == LIST_TEXT) {
		buf_add(&r->body, STR("this node is not silent: it signs what it says\n"));
		return 0;
	}
	struct query q = db_query(a->state,
	        "select since, why, party, (select coalesce(sum(last - first + 1), 0) from gap g join stream "
	        "t on t.id = "
	        "g.stream join party p on p.name = t.sender where p.own = 1), (select count(*) from party p "
	        "where p.link = 'linked' and p.heads >= silent.since), "
	        "coalesce((select person from "
	        "proposal where "
	        "kind = 'recover' and second is null and dropped is null order by id desc limit 1), '') from "
	        "silent");

	return cells_list(a, r, &silent_table, &q, NULL, e);
}

const struct route route_recover = {.path = "/recover",
        .about = "whether this node signs nothing, and why",
        .load = load_silent,
        .right = RIGHT_READ,
        .list = &silent_table};
