/* SPDX-License-Identifier: Apache-2.0
 *
 * What becomes of sealed letters: the next one for the mail server, its answer, the findings that are told by it, and
 * the next contact where an address does not exist any more.
 */
#include "base/os.h"
#include "see/notice.h"
#include "see/right.h"
#include "state/finding.h"

#define SECOND ((int64_t)1000000)

int notice_next(struct node *n, uint64_t after, struct arena *a, struct notice_ready *ret, struct err *e)
{
	struct query q = db_query(n->state,
	        "select n.id, n.ticket, c.email, n.sha256, n.tries from notice n join contact c on c.id = "
	        "n.contact"
	        " where n.state = 'ready' and n.id > ? and coalesce(n.next_try, 0) <= ? order by n.id limit "
	        "1");
	int rc;

	query_u64(&q, after);
	query_i64(&q, os_now());
	rc = query_next(&q);
	if (rc == 1) {
		struct str sum = query_get_blob(&q, 3);
		*ret = (struct notice_ready){.id = query_get_u64(&q, 0),
		        .ticket = arena_str(a, query_get_text(&q, 1)),
		        .to = arena_str(a, query_get_text(&q, 2)),
		        .tries = (unsigned)query_get_u64(&q, 4)};
		if (sum.len == sizeof(ret->sha256))
			memcpy(ret->sha256, sum.p, sum.len);
	}
	int done = query_done(&q, e);
	return done != 0 ? done : rc;
}

/* 1, 2, 4, ... minutes, at most four hours. */
static int64_t back_off(unsigned tries)
{
	int64_t minutes = tries < 8 ? (int64_t)1 << tries : 240;

	return (minutes < 240 ? minutes : 240) * 60 * SECOND;
}

/* Findings of the letter by their rule: one change each, since the rule says when they are told again. Where several
 * contacts are written to, the first letter that is taken counts. */
static void told_by(
        struct node *n, uint64_t notice, int64_t opened, bool again, uint64_t ruleset, uint64_t rule)
{
	struct rule_view view = {0};
	uint32_t number;
	int64_t now = os_now();
	struct query q = db_query(n->state,
	        "update finding set state = case when ?1 then 'told-again' else 'told' end,"
	        " letters = letters + (coalesce(told, 0) < ?2), told = ?3, next = ?4, quiet = null"
	        " where state <> 'closed' and ruleset = ?5 and rule = ?6 and id in"
	        " (select finding from notice_item where notice = ?7)");

	query_u64(&q, again);
	query_i64(&q, opened);
	query_i64(&q, now);
	if (notice_rule(n, ruleset, rule, &number, &view) && view.after != 0)
		query_i64(&q, now + view.after * SECOND);
	else
		query_null(&q);
	query_u64(&q, ruleset);
	query_u64(&q, rule);
	query_u64(&q, notice);
	query_run(&q);
}

struct rule_of {
	uint64_t ruleset, rule;
};

static void told(struct node *n, uint64_t notice)
{
	VEC(struct rule_of) rules = {0};
	struct query about = db_query(n->state, "select opened, kind from notice where id = ?");
	int64_t opened = 0;
	unsigned kind = NOTICE_KINDS;

	query_u64(&about, notice);
	if (query_next(&about) == 1) {
		opened = query_get_i64(&about, 0);
		kind = notice_kind_find(query_get_text(&about, 1));
	}
	query_run(&about);
	if (kind == NOTICE_RIGHT)
		right_asked(n, notice);
	/* a correction tells of no finding, nor does a campaign */
	if (kind >= NOTICE_CORRECTION)
		return;
	struct query q = db_query(n->state,
	        "select distinct f.ruleset, f.rule from notice_item i join finding f on f.id = i.finding "
	        "where i.notice = ?");
	query_u64(&q, notice);
	while (query_next(&q) == 1) {
		uint64_t ruleset = query_get_u64(&q, 0), rule = query_get_u64(&q, 1);
		*vec_add(&rules) = (struct rule_of){ruleset, rule};
	}
	query_run(&q);
	for (size_t i = 0; i < rules.n; i++)
		told_by(n, notice, opened, kind == NOTICE_AGAIN, rules.v[i].ruleset, rules.v[i].rule);
	vec_done(&rules);
}

/* ---- a contact that does not exist any more ------------------------------------------------------- */

static uint32_t contact_of(struct node *n, uint64_t notice, uint64_t *ret_owner)
{
	struct query q = db_query(n->state,
	        "select c.id, c.owner from notice m join contact c on c.id = m.contact where m.id = ?");
	uint32_t id = 0;

	query_u64(&q, notice);
	*ret_owner = 0;
	if (query_next(&q) == 1) {
		id = (uint32_t)query_get_u64(&q, 0);
		*ret_owner = query_get_u64(&q, 1);
	}
	query_run(&q);
	return id;
}

static void mark_broken(struct node *n, uint32_t contact)
{
	struct query q = db_query(n->state, "update contact set broken = coalesce(broken, ?) where id = ?");

	query_i64(&q, os_now());
	query_u64(&q, contact);
	query_run(&q);
	if (!notice_broken(n, contact))
		*vec_add(&n->broken) = contact;
}

/* True if that contact has a letter of its own about any of them. */
static bool has_letter(struct node *n, uint32_t contact, uint64_t notice)
{
	struct query q = db_query(n->state,
	        "select 1 from notice_item a join notice_item b on b.finding = a.finding join notice m on "
	        "m.id = b.notice"
	        " where a.notice = ?1 and m.id <> ?1 and m.contact = ?2 and m.state <> 'withdrawn' union all "
	        "select 1 from campaign_to a join campaign_to b on b.campaign = a.campaign where a.notice = "
	        "?1 "
	        "and b.contact = ?2 and b.notice is not null limit 1");

	query_u64(&q, notice);
	query_u64(&q, contact);
	bool has = query_next(&q) == 1;
	query_run(&q);
	return has;
}

static void copy_letter(struct node *n, uint64_t notice, uint32_t contact)
{
	struct query q = db_query(
	        n->state, "select class, kind, last_receipt, note, follows from notice where id = ?");
	auto_arena struct arena a = {0};
	struct notice_new w = {.contact = contact, .follows = notice, .send_at = os_now()};

	arena_init(&a, 0);
	query_u64(&q, notice);
	if (query_next(&q) == 1) {
		w.class = arena_str(&a, query_get_text(&q, 0));
		w.kind = (enum notice_kind)notice_kind_find(query_get_text(&q, 1));
		w.last_receipt = query_get_u64(&q, 2);
		w.note = arena_str(&a, query_get_text(&q, 3));
		/* a correction is about the letter that was wrong, whoever gets it */
		if (w.kind == NOTICE_CORRECTION && !query_is_null(&q, 4))
			w.follows = query_get_u64(&q, 4);
	}
	query_run(&q);
	if (w.kind >= NOTICE_KINDS)
		return;
	uint64_t id = notice_open(n, &w);
	struct query items = db_query(n->state,
	        "insert into notice_item(notice, finding, receipt, event)"
	        " select ?1, finding, receipt, event from notice_item where notice = ?2");
	query_u64(&items, id);
	query_u64(&items, notice);
	query_run(&items);
	struct query campaign = db_query(n->state,
	        "insert into campaign_to(campaign, contact, notice) select campaign, ?2, ?1 from campaign_to "
	        "where notice = ?3"
	        " on conflict(campaign, contact) do update set why = '', notice = excluded.notice");
	query_u64(&campaign, id);
	query_u64(&campaign, contact);
	query_u64(&campaign, notice);
	query_run(&campaign);
	struct query same = db_query(n->state,
	        "update notice set (findings, act_by, call_after, label) = (select findings, act_by, "
	        "call_after, label "
	        "from notice where id = ?2) "
	        "where id = ?1");
	query_u64(&same, id);
	query_u64(&same, notice);
	query_run(&same);
}

/* The question was to that contact alone. */
static bool is_question(struct node *n, uint64_t notice)
{
	struct query q = db_query(n->state, "select 1 from notice where id = ? and kind = 'right'");

	query_u64(&q, notice);
	bool is = query_next(&q) == 1;
	query_run(&q);
	return is;
}

bool notice_next_contact(struct node *n, uint64_t notice)
{
	uint64_t owner_id;
	uint32_t broken = contact_of(n, notice, &owner_id), owner = node_owner(n, owner_id);

	if (owner == 0 || is_question(n, notice))
		return false;
	const struct know_owner *o = know_owner(n->country.know, owner);
	for (uint32_t i = 0; i < o->ncontacts; i++) {
		uint32_t contact = n->contacts[n->first_contact[owner] + i];
		if (contact == broken || notice_broken(n, contact))
			continue;
		if (!has_letter(n, contact, notice))
			copy_letter(n, notice, contact);
		return true;
	}
	return false;
}

void notice_untold(struct node *n, uint64_t notice)
{
	struct query q = db_query(n->state,
	        "update finding set state = case when letters < 2 then 'open' else state end, letters = "
	        "max(letters - 1, 0),"
	        " next = null where state in ('told', 'told-again') and id in (select finding from "
	        "notice_item where notice = ?1)"
	        " and not exists (select 1 from notice_item i join notice m on m.id = i.notice where "
	        "i.finding = finding.id"
	        " and m.id <> ?1 and m.state = 'sent' and m.opened >= (select opened from notice where id = "
	        "?1))");

	query_u64(&q, notice);
	query_run(&q);
}

void notice_bounce(struct node *n, uint64_t notice)
{
	uint64_t owner;
	struct query q = db_query(n->state, "update notice set call_at = null where id = ?");

	query_u64(&q, notice);
	query_run(&q);
	mark_broken(n, contact_of(n, notice, &owner));
	(void)notice_next_contact(n, notice);
}

/* In memory the state of a finding matters only for whether it is closed, which sending does not change. */
int notice_answer(struct node *n, uint64_t notice, unsigned code, struct str text, struct err *e)
{
	bool taken = code >= 200 && code < 300, for_good = code >= 500;
	struct query tries = db_query(n->state, "select tries from notice where id = ? and state = 'ready'");
	unsigned t = 0;

	query_u64(&tries, notice);
	bool there = query_next(&tries) == 1;
	if (there)
		t = (unsigned)query_get_u64(&tries, 0);
	int rc = query_done(&tries, e);
	/* settled already, by a core that ended before it had told the post so */
	if (rc != 0 || !there)
		return rc;
	db_begin(n->state);
	struct query q = db_query(n->state,
	        "update notice set state = ?1, sent = ?2, tries = tries + 1, next_try = ?3, answer = ?4,"
	        " call_at = ?2 + call_after * 1000000 where id = ?5");
	query_text(&q, taken ? STR("sent") : for_good ? STR("refused") : STR("ready"));
	if (taken)
		query_i64(&q, os_now());
	else
		query_null(&q);
	query_i64(&q, os_now() + back_off(t));
	query_text(&q, text);
	query_u64(&q, notice);
	query_run(&q);
	if (taken)
		told(n, notice);
	if (for_good)
		notice_bounce(n, notice);
	return db_commit(n->state, e);
}

int notice_mode(struct node *n, struct err *e)
{
	static const char *const modes[] = {
	        [MAIL_LIVE] = "live", [MAIL_HOLD] = "hold", [MAIL_SHADOW] = "shadow"};
	struct str mode = str_from(modes[n->country.mail.mode]);
	auto_buf struct buf before = {0};
	bool there = state_meta_find(n->state, "mail-mode", &before);

	if (there && str_eq(buf_str(&before), mode))
		return 0;
	db_begin(n->state);
	if (n->country.mail.mode == MAIL_HOLD) {
		struct query q = db_query(
		        n->state, "update notice set state = 'held', next_try = null where state = 'ready'");
		query_run(&q);
	}
	state_meta_put(n->state, "mail-mode", mode);
	return db_commit(n->state, e);
}
