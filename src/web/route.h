/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be asked of a node: one table of routes. A path's last part may be an id: R12 a receipt, F12 a finding,
 * E12.5.0 an event (receipt, record, number within the record); and behind the id may stand what of the thing is asked for.
 *
 *   GET /receipts, /findings, /events, /holds  lists; parameters as the commands' options
 *   GET /receipts/ID, /why/ID, /raw/ID     one thing
 *   GET /findings/ID/events                what lies in one
 *   GET /status, /metrics                  the node in numbers (figure.h)
 *   GET /processes, /tables                what "weir report" adds
 *   POST /receipts                         a report in (proc/desk.c)
 */
#pragma once

#include "day/day.h"
#include "state/changes.h"
#include "state/state.h"
#include "trust/role.h"
#include "web/list.h"

struct processes;
struct sheet;

/* What a person or a script asked. Texts live as long as the request. */
struct ask {
	struct str path; /* without the query */
	struct str id;   /* the part behind the route's path; may be empty */
	enum list_form form;
	struct str (*param)(const void *arg, const char *name); /* p NULL: not there */
	const void *arg;
	struct db *state;
	const char *folder;                /* of the state */
	const struct processes *processes; /* NULL: no node runs */
	struct arena *arena;
	/* A list as of these objects alone, of whatever state: their numbers as a JSON array (for json_each); p NULL: all. */
	struct str only;
	/* Of the desk, where whoever asks sees state as a person does (state/scope.h): findings in memory, and the whole state that
	 * they follow; NULL: there are none, and the database is asked. */
	struct sheet *sheet;
	struct db *whole;
};
struct str ask_param(const struct ask *a, const char *name);
bool ask_has(const struct ask *a, const char *name);

struct reply {
	int status; /* of HTTP */
	struct buf body;
	const char *type;  /* media type; NULL: that of the form */
	const char *state; /* of the receipt that was asked for, for who waits; NULL: none */
};

enum route_param_kind { PARAM_TEXT, PARAM_ID, PARAM_TIME, PARAM_NUMBER, PARAM_FLAG };
struct route_param {
	const char *name;
	enum route_param_kind kind; /* a flag is there or not, whatever its value */
	const char *about;
	bool needed; /* without it there is nothing to answer */
};
/* What every list that goes on has. */
#define ROUTE_LIMIT                                                                                          \
	{                                                                                                    \
		"limit", PARAM_NUMBER, "rows of the answer at most; 100 if nothing is said"                  \
	}
#define ROUTE_COUNT                                                                                          \
	{                                                                                                    \
		"count", PARAM_FLAG, "only how many there are"                                               \
	}
#define ROUTE_AFTER(id)                                                                                      \
	{                                                                                                    \
		"after", PARAM_ID, "where the answer goes on: next of the answer before, such as " id        \
	}
#define ROUTE_SINCE(what)                                                                                    \
	{                                                                                                    \
		"since", PARAM_TIME, what " then or later"                                                   \
	}
#define ROUTE_UNTIL(what)                                                                                    \
	{                                                                                                    \
		"until", PARAM_TIME, what " before then"                                                     \
	}

struct route {
	const char *path, *about;
	bool id; /* an id stands behind the path */
	/* 0, or a negative code and a sentence: ERR_MISSING becomes 404, ERR_USAGE and ERR_VALUE 400. */
	int (*load)(const struct ask *a, struct reply *r, struct err *e);
	/* For the API (api.h). right: of who asks; RIGHT_NONE: it is not there. narrow: also for accounts that see some
	 * owners only. */
	enum right right;
	bool narrow;
	const struct route_param *params; /* NULL: none; ends with a name that is NULL */
	const struct list_table *list;    /* NULL: it is no list */
	enum changes_kind kind; /* what the log of changes calls its rows; NONE: they are not in it */
	const char *
	        media; /* what it gives is a file of that type, to be kept and not shown; NULL: it is said in JSON */
	bool named;         /* its id is that file's name */
	const char *suffix; /* of that file's name, such as ".zip"; may be NULL */
	const char *tail;   /* what stands behind the id, such as "/events"; NULL: nothing */
};
extern const struct route *const route_table[];
extern const unsigned route_count;
/* The route of a->path; sets a->id. NULL: there is none. */
const struct route *route_find(struct ask *a);

/* Path of a route, id for its id: "/findings/ID/events". ret has 128 bytes. */
struct str route_name(char *ret, const struct route *r, const char *id);
/* Finds the route, answers. Never fails: what is wrong is the answer. */
void route_get(struct ask *a, struct reply *r);
/* A sentence as the answer. */
void reply_error(struct reply *r, enum list_form form, int status, struct str sentence);

/* ---- for the routes ------------------------------------------------------------------------------ */

/* "R12"; "12" is taken too. ERR_USAGE with a sentence. */
int ask_id(struct str text, char letter, uint64_t *ret, struct err *e);
struct ask_event {
	uint64_t receipt;
	uint32_t ordinal;
	uint8_t sub;
};
int ask_event_id(struct str text, struct ask_event *ret, struct err *e);
/* --limit; 100 where it is not given. */
int ask_limit(const struct ask *a, uint64_t *ret, struct err *e);
/* --since, --until: microseconds, 0 where it is not given. */
int ask_time(const struct ask *a, const char *name, int64_t *ret, struct err *e);

/* --limit, --since, --until and --after of a list whose ids have that letter. */
struct ask_page {
	int64_t since, until; /* 0: not given */
	uint64_t after, limit;
};
int ask_page(const struct ask *a, char letter, struct ask_page *ret, struct err *e);
/* Binds since, until and after, in this order. */
void ask_page_bind(struct query *q, const struct ask_page *p);

extern const struct route route_alerts, route_message, route_messages, route_quiets, route_receipts,
        route_receipt, route_aside, route_asides, route_reread, route_findings, route_feeds, route_holds,
        route_notices, route_owners, route_owner, route_register, route_events, route_why, route_raw,
        route_status, route_metrics, route_processes, route_tables, route_people, route_tokens,
        route_finding_events, route_receipt_events, route_receipt_asides, route_peers, route_peer,
        route_parties, route_keys, route_couriers, route_courier, route_courier_files, route_courier_file,
        route_cases, route_case, route_case_record, route_case_printed, route_case_entries, route_case_tasks,
        route_case_calendar, route_case_file, route_outages, route_groups, route_contacts, route_checks,
        route_checkyears, route_held, route_recover, route_rounds, route_round, route_round_members,
        route_round_said, route_round_waiting, route_round_plan, route_commitments, route_round_texts,
        route_delegations, route_round_file, route_round_mail, route_round_minutes, route_round_evidence,
        route_round_talks, route_needs, route_offers, route_practices, route_matches, route_learn_drafts,
        route_learn_file, route_learn, route_sim3, route_norms, route_norm, route_norm_evidence,
        route_norm_actions, route_norm_survey, route_norm_plan;
