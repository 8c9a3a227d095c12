/* SPDX-License-Identifier: Apache-2.0 */
#include "see/notice.h"
#include "base/os.h"
#include "event/value.h"
#include "form/mime.h"
#include <sodium.h>

#define SECOND ((int64_t)1000000)
#define DAY_S 86400
/* A letter with a deadline goes at least so long before it. */
#define MARGIN (60 * SECOND)

int64_t notice_digest(const struct zone *zone, int64_t now, unsigned day, unsigned minute)
{
	int64_t today = now / SECOND / DAY_S, best = INT64_MAX;

	/* local dates around today; 1970-01-01 was a Thursday */
	for (int64_t d = today - 1; d <= today + 8; d++) {
		unsigned weekday = (unsigned)((d + 3) % 7) + 1;
		int64_t at = zone_to_utc(zone, d * DAY_S + minute * (int64_t)60) * SECOND;
		if ((day == 8 || day == weekday) && at > now && at < best)
			best = at;
	}
	return best;
}

/* ---- opening ------------------------------------------------------------------------------------- */

/* XA-12-K7QD: the country, a number, and what nobody can guess who has not seen the letter. */
static struct str make_ticket(const struct node *n, uint64_t id, char *ret, size_t size)
{
	static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	uint8_t sum[crypto_shorthash_BYTES];
	char text[32];
	int len = snprintf(text, sizeof(text), "ticket %llu", (unsigned long long)id);
	struct str cc = n->country.cc.len == 2 ? n->country.cc : STR("XX");

	crypto_shorthash(sum, (const unsigned char *)text, (unsigned long long)len, n->secret);
	int at = snprintf(ret, size, "%.*s-%llu-", STR_ARG(cc), (unsigned long long)id);
	for (unsigned i = 0; i < 4; i++)
		ret[at++] = letters[sum[i] % 32];
	ret[at] = 0;
	return str_make(ret, (size_t)at);
}

static struct str make_message_id(const struct node *n, struct str ticket, char *ret, size_t size)
{
	struct str address = mime_address(n->country.mail.from), domain = str_rcut(address, '@').tail;
	uint8_t dice[8];
	int at = snprintf(ret, size, "%.*s.", STR_ARG(ticket));

	os_random(dice, sizeof(dice));
	for (unsigned i = 0; i < sizeof(dice); i++)
		at += snprintf(ret + at, size - (size_t)at, "%02x", dice[i]);
	at += snprintf(
	        ret + at, size - (size_t)at, "@%.*s", STR_ARG(domain.len != 0 ? domain : STR("localhost")));
	return str_make(ret, (size_t)at);
}

static uint64_t next_notice(struct node *n)
{
	struct query q = db_query(n->state, "select coalesce(max(id), 0) + 1 from notice");
	uint64_t id = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;

	query_run(&q);
	return id;
}

static int64_t send_time(const struct node *n, const struct notice_about *about, const struct rule_view *rule)
{
	int64_t now = os_now(), at = now + (int64_t)n->country.mail.delay * SECOND;

	if (about->verdict->decision == DECISION_DIGEST)
		return notice_digest(n->country.zone, now, rule->digest_day, rule->digest_minute);
	if (about->verdict->due != 0 && at > about->received + about->verdict->due * SECOND - MARGIN)
		at = about->received + about->verdict->due * SECOND - MARGIN;
	return at > now ? at : now;
}

static uint64_t open_notice(struct node *n, const struct notice_about *about, uint32_t contact,
        uint32_t digest, const struct rule_view *rule)
{
	char ticket[64], message_id[320];
	uint64_t id = next_notice(n);
	struct str t = make_ticket(n, id, ticket, sizeof(ticket));
	struct query q = db_query(n->state,
	        "insert into notice(id, ticket, message_id, contact, class, digest, opened, send_at, "
	        "last_receipt)"
	        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)");

	query_u64(&q, id);
	query_text(&q, t);
	query_text(&q, make_message_id(n, t, message_id, sizeof(message_id)));
	query_u64(&q, contact);
	query_text(&q, type_table[about->type].name);
	query_u64(&q, digest);
	query_i64(&q, os_now());
	query_i64(&q, send_time(n, about, rule));
	query_u64(&q, about->root);
	query_run(&q);
	return id;
}

static uint64_t find_notice(struct node *n, const struct notice_about *about, uint32_t contact,
        uint32_t digest, uint32_t *ret_findings)
{
	struct query q = db_query(n->state,
	        "select id, findings from notice where state = 'due' and contact = ? and class = ? and "
	        "digest = ?"
	        " order by id desc limit 1");
	uint64_t id = 0;

	query_u64(&q, contact);
	query_text(&q, type_table[about->type].name);
	query_u64(&q, digest);
	if (query_next(&q) == 1) {
		id = query_get_u64(&q, 0);
		*ret_findings = (uint32_t)query_get_u64(&q, 1);
	}
	query_run(&q);
	return id;
}

static void put_item(struct node *n, uint64_t notice, const struct notice_about *about)
{
	int64_t act_by = about->verdict->due != 0 ? about->received + about->verdict->due * SECOND : 0;
	struct query q = db_query(n->state,
	        "insert or ignore into notice_item(notice, finding, receipt, event) values (?, ?, ?, ?)");

	query_u64(&q, notice);
	query_u64(&q, about->finding);
	query_u64(&q, about->receipt);
	query_u64(&q, about->event);
	query_run(&q);
	/* worse than when it was put into this letter: it is there already */
	if (db_changes(n->state) == 0)
		return;
	struct query up = db_query(n->state,
	        "update notice set findings = findings + 1, last_receipt = ?1,"
	        " act_by = case when ?2 = 0 then act_by else min(coalesce(act_by, ?2), ?2) end where id = "
	        "?3");
	query_u64(&up, about->root);
	query_i64(&up, act_by);
	query_u64(&up, notice);
	query_run(&up);
}

static void add_for(
        struct node *n, struct notice_cache *cache, const struct notice_about *about, uint32_t contact)
{
	struct rule_view rule = {0};
	uint32_t digest = 0;

	if (about->verdict->decision == DECISION_DIGEST &&
	        rules_view(n->country.rules, about->verdict->rule, &rule))
		digest = 1 + (rule.digest_day - 1u) * 1440 + rule.digest_minute;
	size_t at = (contact * 0x9e3779b1u ^ about->type * 0x85ebca6bu ^ digest) %
	        (sizeof(cache->v) / sizeof(cache->v[0]));
	bool hit = cache->v[at].notice != 0 && cache->v[at].contact == contact &&
	        cache->v[at].type == about->type && cache->v[at].digest == digest;
	if (!hit) {
		cache->v[at].findings = 0;
		cache->v[at].notice = find_notice(n, about, contact, digest, &cache->v[at].findings);
		cache->v[at].contact = contact;
		cache->v[at].type = (uint16_t)about->type;
		cache->v[at].digest = digest;
	}
	if (cache->v[at].notice == 0 || cache->v[at].findings >= NOTICE_ROWS) {
		cache->v[at].notice = open_notice(n, about, contact, digest, &rule);
		cache->v[at].findings = 0;
	}
	cache->v[at].findings++;
	put_item(n, cache->v[at].notice, about);
}

void notice_add(struct node *n, struct notice_cache *cache, const struct notice_about *about)
{
	const struct verdict *v = about->verdict;

	if ((v->decision != DECISION_NOTIFY && v->decision != DECISION_DIGEST) || v->owner == 0)
		return;
	for (uint32_t i = 0; i < KNOW_CONTACTS_MAX; i++)
		if (v->contacts >> i & 1)
			add_for(n, cache, about, n->contacts[n->first_contact[v->owner] + i]);
}

/* ---- sending ------------------------------------------------------------------------------------- */

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

static void told(struct node *n, uint64_t notice)
{
	struct query q = db_query(n->state,
	        "update finding set state = case state when 'open' then 'told' else 'told-again' end, told = "
	        "?1"
	        " where state in ('open', 'told') and id in (select finding from notice_item where notice = "
	        "?2)");

	query_i64(&q, os_now());
	query_u64(&q, notice);
	query_run(&q);
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
	if (query_done(&tries, e) != 0 || !there)
		return e->code;
	db_begin(n->state);
	struct query q = db_query(n->state,
	        "update notice set state = ?, sent = ?, tries = tries + 1, next_try = ?, answer = ? where id "
	        "= ?");
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
	if (for_good) {
		struct query broken = db_query(n->state,
		        "update contact set broken = coalesce(broken, ?) where id = (select contact from "
		        "notice where id = ?)");
		query_i64(&broken, os_now());
		query_u64(&broken, notice);
		query_run(&broken);
	}
	return db_commit(n->state, e);
}
