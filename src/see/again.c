/* SPDX-License-Identifier: Apache-2.0
 *
 * Findings that time brings back: each has the moment at which it is looked at again (finding.next). What was quiet until
 * now is told if nobody was; what was told and lasts, because it was seen since, is told again as its rule says; after
 * the rule's number of letters a person is needed.
 */
#include "base/os.h"
#include "see/notice.h"
#include "see/quiet.h"
#include "state/finding.h"

#define SECOND ((int64_t)1000000)
/* Findings of one transaction. */
#define SLICE 512
/* What was not seen since its letter is looked at again after so long, at the latest. */
#define LOOK (3600 * SECOND)

struct due {
	uint64_t id, owner, ruleset, rule, receipt, event, letters;
	struct str class, place, decision;
	int64_t last, told;
	uint32_t contacts;
	bool quiet, baseline;
};

bool notice_rule(struct node *n, uint64_t ruleset, uint64_t rule, uint32_t *ret_rule, struct rule_view *ret)
{
	struct str name = {0};
	bool found = false;

	*ret_rule = (uint32_t)rule;
	if (ruleset == n->ruleset)
		return rules_view(n->country.rules, (uint32_t)rule, ret);
	struct query q = db_query(n->state, "select name from rule where ruleset = ? and number = ?");
	query_u64(&q, ruleset);
	query_u64(&q, rule);
	if (query_next(&q) == 1)
		name = query_get_text(&q, 0);
	for (uint32_t i = 1; !found && name.len != 0 && rules_view(n->country.rules, i, ret); i++) {
		found = str_eq(ret->name, name);
		*ret_rule = i;
	}
	query_run(&q);
	return found;
}

static void look_at(struct node *n, uint64_t id, int64_t when)
{
	struct query q = db_query(n->state, "update finding set next = ? where id = ?");

	if (when == 0)
		query_null(&q);
	else
		query_i64(&q, when);
	query_u64(&q, id);
	query_run(&q);
}

static void escalate(struct node *n, uint64_t id)
{
	struct query q = db_query(n->state, "update finding set next = null, escalated = ? where id = ?");

	query_i64(&q, os_now());
	query_u64(&q, id);
	query_run(&q);
}

/* Quiet no longer: as far as it had come before. */
static void wake(struct node *n, const struct due *d)
{
	struct query q = db_query(n->state,
	        "update finding set quiet = null, state = case when letters = 0 then 'open' when letters = 1 "
	        "then 'told'"
	        " else 'told-again' end where id = ?");

	query_u64(&q, d->id);
	query_run(&q);
}

/* Into a letter, to those contacts of its owner that were meant, as far as the register still has them. */
static void tell(
        struct node *n, struct notice_cache *cache, const struct due *d, uint32_t rule, enum notice_kind kind)
{
	uint32_t owner = node_owner(n, d->owner),
	         have = owner != 0 ? know_owner(n->country.know, owner)->ncontacts : 0;
	uint32_t all = have >= KNOW_CONTACTS_MAX ? UINT32_MAX : (1u << have) - 1;
	struct verdict v = {.finding = d->id,
	        .owner = owner,
	        .rule = rule,
	        .contacts = (d->contacts & all) != 0 ? d->contacts & all : all & 1,
	        .decision = str_eq(d->decision, str_from(decision_name(DECISION_DIGEST))) ? DECISION_DIGEST
	                                                                                  : DECISION_NOTIFY};

	if (owner == 0)
		return;
	notice_add(n, cache,
	        &(struct notice_about){.verdict = &v,
	                .type = type_find(d->class),
	                .kind = kind,
	                .place = d->place,
	                .finding = d->id,
	                .receipt = d->receipt,
	                .event = d->event,
	                .received = os_now()});
}

static bool is_told(const struct due *d)
{
	return str_eq(d->decision, str_from(decision_name(DECISION_NOTIFY))) ||
	        str_eq(d->decision, str_from(decision_name(DECISION_DIGEST)));
}

static void again(struct node *n, struct notice_cache *cache, const struct due *d)
{
	struct rule_view view = {0};
	uint32_t rule = 0;
	bool known = notice_rule(n, d->ruleset, d->rule, &rule, &view);
	int64_t now = os_now(), after = view.after * SECOND;
	const struct quiet *quiet = quiet_find(n, d->class, d->place, now);

	if (quiet != NULL) {
		finding_still(n->state, d->id, quiet->id, quiet->until);
		return;
	}
	if (d->quiet)
		wake(n, d);
	look_at(n, d->id, 0);
	if (!known || !is_told(d))
		return;
	if (d->letters == 0)
		tell(n, cache, d, rule, NOTICE_NEW);
	else if (view.after == 0)
		return;
	else if (d->last <= d->told || now - d->told < after)
		look_at(n, d->id,
		        now - d->told < after ? d->told + after : now + (after < LOOK ? after : LOOK));
	else if (view.escalate != 0 && d->letters >= view.escalate)
		escalate(n, d->id);
	else
		tell(n, cache, d, rule, NOTICE_AGAIN);
}

static size_t load(struct node *n, struct arena *a, struct due *list)
{
	struct query q = db_query(n->state,
	        "select id, owner, ruleset, rule, last_receipt, last_event, letters, class, place, decision, "
	        "last, told,"
	        " contacts, state = 'quiet', receipt, event from finding where next <= ? and state <> "
	        "'closed' order by next"
	        " limit ?");
	size_t count = 0;

	query_i64(&q, os_now());
	query_u64(&q, SLICE);
	while (query_next(&q) == 1) {
		bool newest = query_get_u64(&q, 4) != 0;
		list[count++] = (struct due){.id = query_get_u64(&q, 0),
		        .owner = query_get_u64(&q, 1),
		        .ruleset = query_get_u64(&q, 2),
		        .rule = query_get_u64(&q, 3),
		        .receipt = query_get_u64(&q, newest ? 4 : 14),
		        .event = query_get_u64(&q, newest ? 5 : 15),
		        .letters = query_get_u64(&q, 6),
		        .class = arena_str(a, query_get_text(&q, 7)),
		        .place = arena_str(a, query_get_text(&q, 8)),
		        .decision = arena_str(a, query_get_text(&q, 9)),
		        .last = query_get_i64(&q, 10),
		        .told = query_get_i64(&q, 11),
		        .contacts = (uint32_t)query_get_u64(&q, 12),
		        .quiet = query_get_u64(&q, 13) != 0};
	}
	query_run(&q);
	return count;
}

static int when_next(struct node *n, int64_t *ret, struct err *e)
{
	struct query q = db_query(n->state,
	        "select next from finding where next is not null and state <> 'closed' order by next limit "
	        "1");

	*ret = INT64_MAX;
	if (query_next(&q) == 1)
		*ret = query_get_i64(&q, 0);
	return query_done(&q, e);
}

int notice_again(struct node *n, unsigned *ret, int64_t *ret_next, struct err *e)
{
	auto_arena struct arena a = {0};
	struct notice_cache cache = {0};
	int rc = when_next(n, ret_next, e);

	arena_init(&a, 0);
	*ret = 0;
	/* what lasts is not counted by a clock that may be wrong */
	if (rc == 0 && clock_doubtful(n)) {
		*ret_next = os_now() + 60 * SECOND;
		return 0;
	}
	if (rc != 0 || *ret_next > os_now())
		return rc;
	struct due *list = arena_array(&a, SLICE, sizeof(*list));
	db_begin(n->state);
	size_t count = load(n, &a, list);
	for (size_t i = 0; i < count; i++)
		again(n, &cache, &list[i]);
	rc = db_commit(n->state, e);
	*ret = rc == 0 ? (unsigned)count : 0;
	return rc == 0 ? when_next(n, ret_next, e) : rc;
}
