/* SPDX-License-Identifier: Apache-2.0 */
#include "see/notice.h"
#include "base/os.h"
#include "event/value.h"
#include "form/mime.h"
#include "see/call.h"
#include "see/quiet.h"
#include "state/finding.h"
#include <sodium.h>

#define SECOND ((int64_t)1000000)
/* A letter with a deadline goes at least so long before it. */
#define MARGIN (60 * SECOND)

static const struct str kinds[NOTICE_KINDS] = {[NOTICE_NEW] = STR_INIT("new"),
        [NOTICE_AGAIN] = STR_INIT("again"),
        [NOTICE_BACK] = STR_INIT("back"),
        [NOTICE_CORRECTION] = STR_INIT("correction"),
        [NOTICE_CAMPAIGN] = STR_INIT("campaign"),
        [NOTICE_RIGHT] = STR_INIT("right")};

struct str notice_kind_name(unsigned kind)
{
	return kind < NOTICE_KINDS ? kinds[kind] : (struct str){0};
}

unsigned notice_kind_find(struct str word)
{
	unsigned i = 0;

	while (i < NOTICE_KINDS && !str_eq(kinds[i], word))
		i++;
	return i;
}

int64_t notice_digest(
        const struct zone *zone, const struct holidays *h, int64_t now, unsigned day, unsigned minute)
{
	unsigned days = day == 8 ? WEEK_ALL : day == 9 ? WEEK_WORKDAYS | WEEK_NO_HOLIDAY : 1u << (day - 1);
	struct week_time t = {(uint8_t)days, (uint16_t)minute};

	return holidays_next(h, zone, &t, now);
}

int64_t notice_digest_for(struct node *n, uint32_t contact, int64_t now, uint32_t code)
{
	return notice_digest(
	        node_zone(n, contact), &n->country.holidays, now, (code - 1) / 1440 + 1, (code - 1) % 1440);
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

/* digest: as in the row, 0: none. */
static int64_t send_time(struct node *n, const struct notice_about *about, uint32_t contact, uint32_t digest)
{
	int64_t now = os_now(), at = now + (int64_t)n->country.mail.delay * SECOND;

	if (digest != 0)
		return notice_digest_for(n, contact, now, digest);
	if (about->verdict->due != 0 && at > about->received + about->verdict->due * SECOND - MARGIN)
		at = about->received + about->verdict->due * SECOND - MARGIN;
	return at > now ? at : now;
}

/* Empty if the record has none that is known. */
static struct str class_of(const struct notice_about *about)
{
	struct str name = type_table[about->type].name;

	return name.p != NULL ? name : STR("");
}

uint64_t notice_open(struct node *n, const struct notice_new *w)
{
	char ticket[64], message_id[320];
	uint64_t id = next_notice(n);
	struct str t = make_ticket(n, id, ticket, sizeof(ticket));
	struct query q = db_query(n->state,
	        "insert into notice(id, ticket, message_id, contact, class, digest, opened, send_at, "
	        "last_receipt, kind,"
	        " follows, note) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	query_u64(&q, id);
	query_text(&q, t);
	query_text(&q, make_message_id(n, t, message_id, sizeof(message_id)));
	query_u64(&q, w->contact);
	query_text(&q, w->class);
	query_u64(&q, w->digest);
	query_i64(&q, os_now());
	query_i64(&q, w->send_at);
	query_u64(&q, w->last_receipt);
	query_text(&q, kinds[w->kind]);
	if (w->follows != 0)
		query_u64(&q, w->follows);
	else
		query_null(&q);
	query_text(&q, w->note.p != NULL ? w->note : STR(""));
	query_run(&q);
	return id;
}

static uint64_t find_notice(struct node *n, const struct notice_about *about, uint32_t contact,
        uint32_t digest, uint32_t *ret_findings)
{
	struct query q = db_query(n->state,
	        "select id, findings from notice where state = 'due' and contact = ? and class = ? and "
	        "digest = ? and kind = ? order by id desc limit 1");
	uint64_t id = 0;

	query_u64(&q, contact);
	query_text(&q, class_of(about));
	query_u64(&q, digest);
	query_text(&q, kinds[about->kind]);
	if (query_next(&q) == 1) {
		id = query_get_u64(&q, 0);
		*ret_findings = (uint32_t)query_get_u64(&q, 1);
	}
	query_run(&q);
	return id;
}

static void put_item(struct node *n, uint64_t notice, const struct notice_about *about)
{
	struct rule_view rule;
	int64_t act_by = about->verdict->due != 0 ? about->received + about->verdict->due * SECOND : 0;
	struct query q = db_query(n->state,
	        "insert or ignore into notice_item(notice, finding, receipt, event) values (?, ?, ?, ?)");

	query_u64(&q, notice);
	query_u64(&q, about->finding);
	query_u64(&q, about->receipt);
	query_u64(&q, about->event);
	query_run(&q);
	bool there = db_changes(n->state) == 0;
	if (rules_view(n->country.rules, about->verdict->rule, &rule))
		call_asked(n, notice, rule.call);
	/* worse than when it was put into this letter: it is there already */
	if (there)
		return;
	struct query up = db_query(n->state,
	        "update notice set findings = findings + 1, signing = null, last_receipt = ?1,"
	        " act_by = case when ?2 = 0 then act_by else min(coalesce(act_by, ?2), ?2) end where id = "
	        "?3");
	query_u64(&up, about->root);
	query_i64(&up, act_by);
	query_u64(&up, notice);
	query_run(&up);
}

void notice_add_to(
        struct node *n, struct notice_cache *cache, const struct notice_about *about, uint32_t contact)
{
	struct rule_view rule = {0};
	uint32_t digest = 0;

	if (about->verdict->decision == DECISION_DIGEST &&
	        rules_view(n->country.rules, about->verdict->rule, &rule))
		digest = 1 + (rule.digest_day - 1u) * 1440 + rule.digest_minute;
	size_t at = (contact * 0x9e3779b1u ^ about->type * 0x85ebca6bu ^ digest ^ about->kind * 0xc2b2ae35u) %
	        (sizeof(cache->v) / sizeof(cache->v[0]));
	bool hit = cache->v[at].notice != 0 && cache->v[at].contact == contact &&
	        cache->v[at].type == about->type && cache->v[at].digest == digest &&
	        cache->v[at].kind == about->kind;
	if (!hit) {
		cache->v[at].findings = 0;
		cache->v[at].notice = find_notice(n, about, contact, digest, &cache->v[at].findings);
		cache->v[at].contact = contact;
		cache->v[at].type = (uint16_t)about->type;
		cache->v[at].digest = digest;
		cache->v[at].kind = (uint8_t)about->kind;
	}
	if (cache->v[at].notice == 0 || cache->v[at].findings >= NOTICE_ROWS) {
		cache->v[at].notice = notice_open(n,
		        &(struct notice_new){.contact = contact,
		                .class = class_of(about),
		                .digest = digest,
		                .send_at = send_time(n, about, contact, digest),
		                .last_receipt = about->root,
		                .kind = about->kind});
		cache->v[at].findings = 0;
	}
	cache->v[at].findings++;
	put_item(n, cache->v[at].notice, about);
}

/* ---- to whom ------------------------------------------------------------------------------------- */

bool notice_broken(const struct node *n, uint32_t contact)
{
	for (size_t i = 0; i < n->broken.n; i++)
		if (n->broken.v[i] == contact)
			return true;
	return false;
}

/* Of the contacts that the verdict names, those that can be written to; where all are broken, the owner's first other
 * one. *ret_quiet: one that stills a letter which would have gone. */
static uint32_t targets(
        const struct node *n, const struct notice_about *about, const struct quiet **ret_quiet)
{
	const struct verdict *v = about->verdict;
	const struct know_owner *o = know_owner(n->country.know, v->owner);
	uint32_t count = o->ncontacts < KNOW_CONTACTS_MAX ? o->ncontacts : KNOW_CONTACTS_MAX, good = 0,
	         other = 0;
	int64_t now = os_now();

	*ret_quiet = NULL;
	for (uint32_t i = 0; i < count; i++) {
		const struct quiet *q =
		        quiet_contact(n, o->contacts[i].email, type_table[about->type].name, now);
		if (notice_broken(n, n->contacts[n->first_contact[v->owner] + i]))
			continue;
		if (v->contacts >> i & 1) {
			*ret_quiet = q != NULL ? q : *ret_quiet;
			good |= q == NULL ? 1u << i : 0;
		} else if (other == 0 && q == NULL) {
			other = 1u << i;
		}
	}
	return good != 0 || *ret_quiet != NULL ? good : other;
}

bool notice_wanted(const struct verdict *v)
{
	return (v->decision == DECISION_NOTIFY || v->decision == DECISION_DIGEST) && v->owner != 0;
}

void notice_add(struct node *n, struct notice_cache *cache, const struct notice_about *about)
{
	const struct verdict *v = about->verdict;

	if (!notice_wanted(v))
		return;
	const struct quiet *quiet = quiet_find(n, type_table[about->type].name, about->place, os_now());
	uint32_t to = quiet == NULL ? targets(n, about, &quiet) : 0;
	if (to == 0 && quiet != NULL)
		finding_still(n->state, about->finding, quiet->id, quiet->until);
	for (uint32_t i = 0; i < KNOW_CONTACTS_MAX; i++)
		if (to >> i & 1)
			notice_add_to(n, cache, about, n->contacts[n->first_contact[v->owner] + i]);
}

void notice_take_out(struct node *n, uint64_t finding)
{
	for (;;) {
		uint64_t id = 0;
		struct query q = db_query(n->state,
		        "select n.id from notice_item i join notice n on n.id = i.notice"
		        " where i.finding = ? and n.state = 'due' limit 1");
		query_u64(&q, finding);
		if (query_next(&q) == 1)
			id = query_get_u64(&q, 0);
		query_run(&q);
		if (id == 0)
			return;
		struct query item =
		        db_query(n->state, "delete from notice_item where notice = ? and finding = ?");
		query_u64(&item, id);
		query_u64(&item, finding);
		query_run(&item);
		struct query up = db_query(n->state,
		        "update notice set findings = findings - 1,"
		        " state = case when findings = 1 then 'withdrawn' else state end,"
		        " answer = case when findings = 1 then 'its findings went to another owner' else "
		        "answer end"
		        " where id = ?");
		query_u64(&up, id);
		query_run(&up);
	}
}
