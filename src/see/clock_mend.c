/* SPDX-License-Identifier: Apache-2.0
 *
 * What follows for stamps when the clock was wrong. Only those that something is decided by are touched: when a letter
 * goes, a feed is fetched, an owner is told again, and what is late. Events, the audit and the names of days stay as
 * they were written.
 */
#include "base/vec.h"
#include "see/clock.h"
#include "see/node.h"
#include "see/notice.h"

/* One statement with the same numbers ?1, ?2, ?3 as all of its list. */
static void run(struct node *n, const char *sql, const int64_t *v, unsigned count)
{
	struct query q = db_query(n->state, sql);

	for (unsigned i = 0; i < count; i++)
		query_i64(&q, v[i]);
	query_run(&q);
}

static void waiting(struct node *n, int64_t now)
{
	int64_t delay = (int64_t)n->country.mail.delay * 1000000;

	/* a digest has its hour, whatever the clock showed before */
	run(n, "update notice set send_at = ?1 + ?2 where state = 'due' and digest = 0 and send_at > ?1 + ?2",
	        (int64_t[]){now, delay}, 2);
	run(n, "update notice set next_try = ?1 where state = 'ready' and next_try > ?1 + 14400000000", &now,
	        1);
	run(n, "update feed set next = ?1 where next > ?1 + coalesce(nullif(cadence, 0), 86400) * 1000000",
	        &now, 1);
}

void clock_mend_waiting(struct node *n, int64_t now)
{
	waiting(n, now);
	/* rather too early than hours late */
	run(n, "update alert set next = ?1 where next > ?1", &now, 1);
	run(n, "update alert_message set next_try = ?1 where state = 'ready' and next_try > ?1", &now, 1);
}

struct due {
	uint64_t id;
	uint32_t contact, digest;
};

/* A digest is never later than its next time by the clock of now. */
static void digests(struct node *n, int64_t now)
{
	VEC(struct due) list = {0};
	struct query q = db_query(
	        n->state, "select id, contact, digest from notice where state = 'due' and digest <> 0");

	while (query_next(&q) == 1) {
		struct due d = {
		        query_get_u64(&q, 0), (uint32_t)query_get_u64(&q, 1), (uint32_t)query_get_u64(&q, 2)};
		*vec_add(&list) = d;
	}
	query_run(&q);
	for (size_t i = 0; i < list.n; i++) {
		int64_t at = notice_digest_for(n, list.v[i].contact, now, list.v[i].digest);
		run(n, "update notice set send_at = ?1 where id = ?2 and send_at > ?1",
		        (int64_t[]){at, (int64_t)list.v[i].id}, 2);
	}
	vec_done(&list);
}

void clock_mend_old(struct node *n, int64_t from, int64_t to, int64_t step)
{
	static const char *const moves[] = {
	        ("update finding set due = due + ?3 where due is not null and receipt in"
	         " (select id from receipt where received between ?1 and ?2)"),
	        "update finding set told = told + ?3, next = next + ?3 where told between ?1 and ?2",
	        "update notice set act_by = act_by + ?3 where state = 'due' and opened between ?1 and ?2",
	        "update notice set opened = opened + ?3 where opened between ?1 and ?2",
	        "update notice set sent = sent + ?3, call_at = call_at + ?3 where sent between ?1 and ?2",
	        "update feed set good = good + ?3 where good between ?1 and ?2",
	        "update feed set since = since + ?3 where since between ?1 and ?2",
	        "update meta set value = value + ?3 where key = 'born' and value between ?1 and ?2",
	        "update receipt set received = received + ?3 where received between ?1 and ?2",
	};
	const int64_t v[] = {from, to, step};

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		run(n, moves[i], v, 3);
}

void clock_mend_future(struct node *n, int64_t now)
{
	static const char *const moves[] = {
	        ("update finding set due = due - ((select received from receipt r where r.id = receipt) - ?1)"
	         " where due is not null and receipt in"
	         " (select id from receipt where received > ?1)"),
	        "update finding set next = next - (told - ?1), told = ?1 where told > ?1",
	        "update notice set act_by = act_by - (opened - ?1) where state = 'due' and opened > ?1",
	        "update notice set opened = ?1 where opened > ?1",
	        "update notice set call_at = call_at - (sent - ?1), sent = ?1 where sent > ?1",
	        "update feed set good = ?1 where good > ?1",
	        "update feed set since = ?1 where since > ?1",
	        "update feed set missed = null where missed > ?1",
	        "update meta set value = ?1 where key = 'born' and value > ?1",
	        "update receipt set received = ?1 where received > ?1",
	};

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		run(n, moves[i], &now, 1);
	waiting(n, now);
	digests(n, now);
}
