/* SPDX-License-Identifier: Apache-2.0 */
#include "web/route.h"
#include "event/value.h"
#include "web/meetings.h"

const struct route *const route_table[] = {
        &route_receipts,
        &route_receipt_events,
        &route_receipt_asides,
        &route_receipt,
        &route_findings,
        &route_finding_events,
        &route_notices,
        &route_quiets,
        &route_alerts,
        &route_messages,
        &route_message,
        &route_peers,
        &route_peer,
        &route_parties,
        &route_keys,
        &route_couriers,
        &route_courier_files,
        &route_courier,
        &route_courier_file,
        &route_cases,
        &route_case,
        &route_case_record,
        &route_case_printed,
        &route_case_entries,
        &route_case_tasks,
        &route_case_calendar,
        &route_outages,
        &route_meetings,
        &route_meeting,
        &route_meeting_parties,
        &route_meeting_agenda,
        &route_meeting_papers,
        &route_meeting_file,
        &route_meeting_text,
        &route_meeting_calendar,
        &route_followups,
        &route_case_file,
        &route_needs,
        &route_offers,
        &route_practices,
        &route_matches,
        &route_learn_drafts,
        &route_learn_file,
        &route_learn,
        &route_sim3,
        &route_groups,
        &route_contacts,
        &route_checks,
        &route_rounds,
        &route_round,
        &route_round_members,
        &route_round_said,
        &route_round_waiting,
        &route_round_plan,
        &route_commitments,
        &route_round_texts,
        &route_delegations,
        &route_round_file,
        &route_round_mail,
        &route_round_minutes,
        &route_round_evidence,
        &route_round_talks,
        &route_checkyears,
        &route_held,
        &route_recover,
        &route_norms,
        &route_norm,
        &route_norm_evidence,
        &route_norm_actions,
        &route_norm_survey,
        &route_norm_plan,
        &route_holds,
        &route_feeds,
        &route_owners,
        &route_owner,
        &route_register,
        &route_events,
        &route_asides,
        &route_aside,
        &route_reread,
        &route_why,
        &route_raw,
        &route_status,
        &route_metrics,
        &route_processes,
        &route_tables,
        &route_people,
        &route_tokens,
};
const unsigned route_count = sizeof(route_table) / sizeof(route_table[0]);

struct str ask_param(const struct ask *a, const char *name)
{
	return a->param(a->arg, name);
}

bool ask_has(const struct ask *a, const char *name)
{
	return ask_param(a, name).p != NULL;
}

void reply_error(struct reply *r, enum list_form form, int status, struct str sentence)
{
	r->status = status;
	r->type = form == LIST_JSON ? "application/json" : "text/plain; charset=utf-8";
	buf_clear(&r->body);
	if (form == LIST_JSON) {
		buf_add(&r->body, STR("{\"version\": 1, \"error\": "));
		buf_json(&r->body, sentence);
		buf_add(&r->body, STR("}\n"));
		return;
	}
	buf_add(&r->body, sentence);
	buf_char(&r->body, '\n');
}

const struct route *route_find(struct ask *a)
{
	for (unsigned i = 0; i < route_count; i++) {
		const struct route *r = route_table[i];
		struct str path = str_from(r->path);
		if (!r->id && str_eq(a->path, path))
			return r;
		struct str tail = r->tail != NULL ? str_from(r->tail) : STR("");
		if (r->id && str_starts(a->path, path) && a->path.len > path.len + 1 + tail.len &&
		        a->path.p[path.len] == '/' && str_ends(a->path, tail)) {
			a->id = str_sub(a->path, path.len + 1, a->path.len - path.len - 1 - tail.len);
			return r;
		}
	}
	return NULL;
}

struct str route_name(char *ret, const struct route *r, const char *id)
{
	int n = snprintf(ret, 128, "%s%s%s%s", r->path, r->id ? "/" : "", r->id ? id : "",
	        r->tail != NULL ? r->tail : "");

	return str_make(ret, (size_t)n);
}

static int status_of(int code)
{
	return code == ERR_MISSING ? 404 : code == ERR_USAGE || code == ERR_VALUE ? 400 : 500;
}

void route_get(struct ask *a, struct reply *r)
{
	static const char *const types[] = {[LIST_TEXT] = "text/plain; charset=utf-8",
	        [LIST_JSON] = "application/json",
	        [LIST_CSV] = "text/csv; charset=utf-8"};
	const struct route *route = route_find(a);
	struct err e = {0};

	r->status = 200;
	r->type = types[a->form];
	if (route == NULL) {
		reply_error(r, a->form, 404, STR("there is nothing under this path"));
		return;
	}
	int rc = route->load(a, r, &e);
	if (rc < 0)
		reply_error(r, a->form, status_of(rc), str_from(e.text));
}

/* ---- what is asked ------------------------------------------------------------------------------- */

int ask_id(struct str text, char letter, uint64_t *ret, struct err *e)
{
	struct str digits = text;
	char shown[64];

	if (digits.len > 0 && (digits.p[0] == letter || digits.p[0] == char_lower(letter)))
		digits = str_skip(digits, 1);
	if (str_u64(digits, ret) && *ret > 0 && *ret < DAY_RECEIPTS)
		return 0;
	return err_set(
	        e, ERR_USAGE, "'%s' is no id such as %c12", err_quote(shown, sizeof(shown), text).p, letter);
}

int ask_event_id(struct str text, struct ask_event *ret, struct err *e)
{
	struct str_cut receipt = str_cut(text, '.'), rest = str_cut(receipt.tail, '.');
	uint32_t sub = 0;
	char shown[64];

	if (ask_id(receipt.head, 'E', &ret->receipt, NULL) == 0 && str_u32(rest.head, &ret->ordinal) &&
	        (!rest.ok || (str_u32(rest.tail, &sub) && sub < 256))) {
		ret->sub = (uint8_t)sub;
		return 0;
	}
	return err_set(e, ERR_USAGE, "'%s' is no id of an event such as E12.5.0",
	        err_quote(shown, sizeof(shown), text).p);
}

int ask_limit(const struct ask *a, uint64_t *ret, struct err *e)
{
	struct str s = ask_param(a, "limit");

	*ret = 100;
	if (s.p == NULL || (str_u64(s, ret) && *ret > 0 && *ret <= 100000))
		return 0;
	return err_set(e, ERR_USAGE, "a limit is a number from 1 to 100000");
}

int ask_time(const struct ask *a, const char *name, int64_t *ret, struct err *e)
{
	struct str s = ask_param(a, name);
	char shown[64];

	*ret = 0;
	if (s.p == NULL || value_time(s, NULL, ret))
		return 0;
	return err_set(e, ERR_USAGE, "--%s: '%s' is no time such as 2026-01-05 or 2026-01-05T08:00", name,
	        err_quote(shown, sizeof(shown), s).p);
}

int ask_page(const struct ask *a, char letter, struct ask_page *ret, struct err *e)
{
	struct ask_page p = {0};

	if (ask_limit(a, &p.limit, e) != 0 || ask_time(a, "since", &p.since, e) != 0 ||
	        ask_time(a, "until", &p.until, e) != 0)
		return ERR_USAGE;
	if (ask_has(a, "after") && ask_id(ask_param(a, "after"), letter, &p.after, e) != 0)
		return ERR_USAGE;
	*ret = p;
	return 0;
}

void ask_page_bind(struct query *q, const struct ask_page *p)
{
	query_i64(q, p->since);
	query_i64(q, p->until);
	query_u64(q, p->after);
}
