/* SPDX-License-Identifier: Apache-2.0
 *
 * What breaks, and must not: an old backup, a cloned machine, a peer that lies, keys that are revoked and lists that run out,
 * bodies that are too large, too deep, for another or poison, words that come before what they are about. Whatever happens,
 * nothing that an honest node has said is lost or doubled, and nothing is decided without a person.
 *
 *   test_chaos [SEEDS [FIRST]]
 */
#include "chaos.h"
#include "link/wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct net t;
static unsigned seeds = 40;
static uint64_t first = 1;

static void each(void (*scene)(void))
{
	net_make(&t);
	for (uint64_t seed = first; seed < first + seeds; seed++) {
		net_begin(&t, seed);
		scene();
		net_end(&t);
	}
	net_done(&t);
}

/* ---- what must hold ------------------------------------------------------------------------------ */

static int64_t count(unsigned i, const char *sql)
{
	return net_number(&t, i, sql);
}

static void run(unsigned i, const char *sql)
{
	struct query q = db_query_text(t.node[i].db, str_from(sql));

	query_run(&q);
}

/* Everything that i has said is at all whom it names, once, with its bytes; effect: and counts there. */
static void all_at_home(unsigned i, bool effect)
{
	struct query q = db_query(t.node[i].db, "select id from statement where sender = ? order by n");
	auto_arena struct arena a = {0};
	struct stored mine, his;

	arena_init(&a, 0);
	query_text(&q, str_from(t.node[i].name));
	while (query_next(&q) == 1) {
		uint8_t id[DIGEST_LEN];
		memcpy(id, query_get_blob(&q, 0).p, DIGEST_LEN);
		assert_true(store_find(t.node[i].db, id, &a, &mine));
		for (unsigned k = 0; k < NET_NODES; k++) {
			if (k == i || !head_names(&mine.h, str_from(t.node[k].name)))
				continue;
			if (!store_find(t.node[k].db, id, &a, &his))
				fail_msg("%s lacks number %llu of %s", t.node[k].name,
				        (unsigned long long)mine.h.seq, t.node[i].name);
			assert_true(str_eq(mine.head, his.head) && str_eq(mine.content, his.content));
			assert_true(his.effect || !effect);
		}
	}
	query_done(&q, NULL);
}

static void no_twice(unsigned i)
{
	assert_int_equal(
	        count(i,
	                "select count(*) from (select stream, seq from statement group by 1, 2 having "
	                "count(*) > 1)"),
	        0);
	assert_int_equal(count(i, "select count(*) from stream where forked = 1"), 0);
	assert_int_equal(count(i, "select count(*) from statement where signature is null"), 0);
	assert_int_equal(count(i, "select count(*) from gap"), 0);
}

/* Both sides of a case have the same words, and where there is one the same state. */
static void cases_agree(void)
{
	for (unsigned i = 0; i < NET_NODES; i++) {
		struct query q = db_query(t.node[i].db,
		        "select c.statement, c.peer, c.state, coalesce((select group_concat(party || ' ' || "
		        "state, "
		        "',') from (select party, state from case_word where case_ = c.id order by party)), "
		        "'') "
		        "from case_ c where c.direction = 'ours' and c.statement in (select id from "
		        "statement "
		        "where effect = 1)");
		while (query_next(&q) == 1) {
			for (unsigned k = 0; k < NET_NODES; k++) {
				if (!str_eq(query_get_text(&q, 1), str_from(t.node[k].name)))
					continue;
				struct query o = db_query(t.node[k].db,
				        "select c.state, coalesce((select group_concat(party || ' ' || "
				        "state, ',') "
				        "from (select party, state from case_word where case_ = c.id order "
				        "by "
				        "party)), '') from case_ c where c.statement = ?");
				query_blob(&o, query_get_blob(&q, 0));
				assert_int_equal(query_next(&o), 1);
				struct str mine = query_get_text(&q, 3), his = query_get_text(&o, 1);
				if (!str_eq(mine, his))
					fail_msg("%s has '%.*s', %s has '%.*s'", t.node[i].name,
					        STR_ARG(mine), t.node[k].name, STR_ARG(his));
				if (mine.len > 0)
					assert_true(str_eq(query_get_text(&q, 2), query_get_text(&o, 0)));
				query_done(&o, NULL);
			}
		}
		query_done(&q, NULL);
	}
}

/* ---- scenes -------------------------------------------------------------------------------------- */

/* Words come before what they are about, over links that flap and go one way. */
static void flap(void)
{
	for (unsigned n = 0; n < 60; n++) {
		unsigned i = net_dice(&t, NET_NODES), k = (i + 1 + net_dice(&t, NET_NODES - 1)) % NET_NODES;
		t.cut[i][k] = net_dice(&t, 2) == 0;
		if (net_dice(&t, 10) == 0)
			t.node[i].offset = ((int64_t)net_dice(&t, 4 * 3600) - 2 * 3600) * NET_SECOND;
		if (net_dice(&t, 20) == 0)
			net_crash(&t, i);
		chaos_talk(&t, 1);
	}
	net_settle(&t);
	for (unsigned i = 0; i < NET_NODES; i++) {
		all_at_home(i, true);
		no_twice(i);
	}
	cases_agree();
	assert_int_equal(t.used + t.ahead, 0);
}

/* A state of last night is put back, and its keeper is of today. */
static void backup(void)
{
	unsigned x = net_dice(&t, NET_NODES), y = (x + 1) % NET_NODES;
	uint8_t id[DIGEST_LEN];

	chaos_talk(&t, 20);
	chaos_backup(&t, x);
	int64_t was = count(x, "select count(*) from statement");
	chaos_open(&t, x, &y, 1, id);
	chaos_talk(&t, 20);
	chaos_rounds(&t, 6);
	assert_true(count(x, "select count(*) from statement") > was);
	chaos_restore(&t, x);
	/* somebody says something before anyone knows */
	if (net_dice(&t, 2) == 0)
		chaos_open(&t, x, &y, 1, id);
	chaos_rounds(&t, 6);
	assert_int_equal(count(x, "select count(*) from silent"), 1);
	assert_true(t.used + t.ahead > 0);
	/* nothing of it is signed anew: no number has two ids anywhere */
	for (unsigned i = 0; i < NET_NODES; i++)
		assert_int_equal(count(i, "select count(*) from stream where forked = 1"), 0);
	chaos_recover(&t, x);
	net_settle(&t);
	chaos_talk(&t, 10);
	net_settle(&t);
	for (unsigned i = 0; i < NET_NODES; i++) {
		all_at_home(i, true);
		no_twice(i);
	}
}

/* The last word before the loss has reached nobody, and nobody can give it back: its number is lost, and the node is not. */
static void lost_word(void)
{
	unsigned x = net_dice(&t, NET_NODES), y = (x + 1) % NET_NODES;
	uint8_t id[DIGEST_LEN];

	chaos_talk(&t, 10);
	chaos_open(&t, x, &y, 1, id);
	net_settle(&t);
	int64_t had = count(y, "select count(*) from statement where kind = 'case.note' and effect = 1");
	chaos_backup(&t, x);
	assert_int_equal(chaos_note(&t, x, id, 1), 0);
	while (net_sign(&t, x, false))
		continue;
	chaos_restore(&t, x);
	memset(t.node[x].seen, 0, sizeof(t.node[x].seen));
	assert_int_equal(chaos_note(&t, x, id, 2), 0);
	chaos_rounds(&t, 3);
	assert_int_equal(count(x, "select count(*) from silent"), 1);
	assert_int_equal(
	        count(y, "select count(*) from statement where kind = 'case.note' and effect = 1"), had);
	chaos_recover(&t, x);
	assert_int_equal(chaos_note(&t, x, id, 3), 0);
	chaos_rounds(&t, 6);
	assert_int_equal(count(x, "select count(*) from silent"), 0);
	assert_int_equal(count(x, "select count(*) from statement where signature is null"), 0);
	assert_int_equal(
	        count(y, "select count(*) from statement where kind = 'case.note' and effect = 1"), had + 2);
	assert_int_equal(count(y, "select count(*) from stream where forked = 1"), 0);
	/* what is missing is seen there */
	assert_int_equal(count(y, "select count(*) from gap"), 1);
}

/* The backup was made between the word and its signature: it has the word, and not that it was said. */
static void word_before_signature(void)
{
	unsigned x = net_dice(&t, NET_NODES), y = (x + 1) % NET_NODES;
	uint8_t id[DIGEST_LEN];

	chaos_talk(&t, 10);
	chaos_open(&t, x, &y, 1, id);
	net_settle(&t);
	for (unsigned i = 1; i < 3; i++)
		assert_int_equal(chaos_note(&t, x, id, i), 0);
	chaos_backup(&t, x);
	chaos_rounds(&t, 3);
	chaos_restore(&t, x);
	chaos_rounds(&t, 3);
	assert_int_equal(count(x, "select count(*) from silent"), 1);
	chaos_recover(&t, x);
	net_settle(&t);
	assert_int_equal(count(x, "select count(*) from silent"), 0);
	assert_int_equal(count(x, "select count(*) from statement where signature is null"), 0);
	all_at_home(x, true);
	no_twice(y);
}

/* A word before the loss has reached nobody, and one behind it has: two persons end the silence all the same, and its number is lost. */
static void lost_between(void)
{
	unsigned x = net_dice(&t, NET_NODES), y = (x + 1) % NET_NODES, to[] = {y};
	uint8_t id[DIGEST_LEN], last[DIGEST_LEN];
	auto_buf struct buf bytes = {0};

	chaos_open(&t, x, &y, 1, id);
	net_settle(&t);
	chaos_backup(&t, x);
	assert_int_equal(chaos_note(&t, x, id, 1), 0);
	assert_int_equal(
	        net_say(&t, x, KIND_CASE_NOTE, to, 1, id, NULL, CHAOS_BY "\"text\":{\"en\":\"2\"}}", last),
	        0);
	while (net_sign(&t, x, false))
		continue;
	struct link_self self = net_self(&t, x);
	assert_true(link_one(&self, str_from(t.node[y].name), last, &bytes));
	assert_int_equal(net_give(&t, y, x, buf_str(&bytes), false, false, NULL), 1);
	chaos_restore(&t, x);
	chaos_rounds(&t, 3);
	assert_int_equal(count(x, "select count(*) from silent"), 1);
	/* whoever was asked last has had the time to answer */
	t.now += 120 * NET_SECOND;
	chaos_recover(&t, x);
	assert_int_equal(chaos_note(&t, x, id, 3), 0);
	chaos_rounds(&t, 6);
	assert_int_equal(count(x, "select count(*) from silent"), 0);
	assert_int_equal(count(x, "select count(*) from statement where signature is null"), 0);
	assert_int_equal(
	        count(y, "select count(*) from statement where kind = 'case.note' and effect = 1"), 2);
	assert_int_equal(count(y, "select count(*) from stream where forked = 1"), 0);
	assert_int_equal(count(y, "select count(*) from gap"), 1);
}

/* A hole is known that begins where a larger one does: an old backup has heard of the first word alone, and its sender believes that
 * all of them are there. */
static void hole_grows(void)
{
	unsigned x = net_dice(&t, NET_NODES), y = (x + 1) % NET_NODES;
	uint8_t id[DIGEST_LEN], last[DIGEST_LEN];
	auto_buf struct buf bytes = {0};
	unsigned to[] = {y};
	char sql[200];

	chaos_open(&t, x, &y, 1, id);
	net_settle(&t);
	assert_int_equal(chaos_note(&t, x, id, 1), 0);
	assert_int_equal(chaos_note(&t, x, id, 2), 0);
	assert_int_equal(
	        net_say(&t, x, KIND_CASE_NOTE, to, 1, id, NULL, CHAOS_BY "\"text\":{\"en\":\"3\"}}", last),
	        0);
	while (net_sign(&t, x, false))
		continue;
	snprintf(sql, sizeof(sql),
	        "insert into gap(stream, since, first, last) select stream, 1, seq + 1, seq + 1 from "
	        "statement where "
	        "sender = '%s' order by n desc limit 1",
	        t.node[x].name);
	run(y, sql);
	run(x, "update delivery set waits = 0");
	struct link_self self = net_self(&t, x);
	assert_true(link_one(&self, str_from(t.node[y].name), last, &bytes));
	assert_int_equal(net_give(&t, y, x, buf_str(&bytes), false, false, NULL), 1);
	net_settle(&t);
	all_at_home(x, true);
	assert_int_equal(count(y, "select count(*) from gap"), 0);
}

static void stream_words(unsigned x, unsigned y, unsigned z, char ret[16])
{
	snprintf(ret, 16, y < z ? "%s %s" : "%2$s %1$s", t.node[y].name, t.node[z].name);
	(void)x;
}

/* A machine is copied with its keys, and both speak. */
static void twins(void)
{
	unsigned x = net_dice(&t, NET_NODES), y = (x + 1) % NET_NODES, z = (x + 2) % NET_NODES,
	         w = (x + 3) % NET_NODES;
	unsigned to[] = {y < z ? y : z, y < z ? z : y};
	uint8_t id[DIGEST_LEN];
	struct chaos_clone twin;
	struct err e = {0};
	char words[16];

	stream_words(x, y, z, words);
	chaos_talk(&t, 10);
	chaos_open(&t, x, to, 2, id);
	net_settle(&t);
	chaos_clone(&t, x, &twin);
	/* the same number, twice: one by each machine */
	assert_int_equal(chaos_note(&t, x, id, 1), 0);
	while (net_sign(&t, x, false))
		continue;
	net_push(&t, x, y, false);
	chaos_swap(&t, &twin);
	assert_int_equal(chaos_note(&t, x, id, 2), 0);
	while (net_sign(&t, x, false))
		continue;
	net_push(&t, x, y, false);
	net_push(&t, x, z, false);
	chaos_swap(&t, &twin); /* the copy is found and switched off */
	assert_int_equal(count(y, "select count(*) from stream where forked = 1"), 1);
	assert_int_equal(count(y, "select count(*) from statement where verdict = 'fork'"), 1);
	assert_int_equal(count(y, "select count(*) from statement where verdict = 'fork' and effect = 1"), 0);
	chaos_rounds(&t, 8);
	/* who is in the stream knows, and what others say to each other is as it was */
	assert_int_equal(count(z, "select count(*) from stream where forked = 1"), 1);
	assert_int_equal(count(w, "select count(*) from stream where forked = 1"), 0);
	assert_int_equal(count(x, "select count(*) from silent"), 1);
	for (unsigned i = 0; i < NET_NODES; i++)
		if (i != x)
			all_at_home(i, true);
	/* x has heard of the other's words; its two persons end it, and the others' persons call them */
	chaos_recover(&t, x);
	if (chaos_rejoin(&t, x, words, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(chaos_note(&t, x, id, 3), 0);
	chaos_rounds(&t, 8);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(count(to[i], "select count(*) from stream where forked = 1"), 1);
		assert_int_equal(chaos_release(&t, to[i], "rejoin"), 1);
		assert_int_equal(count(to[i], "select count(*) from stream where forked = 1"), 0);
	}
	net_settle(&t);
	for (unsigned i = 0; i < 2; i++) {
		char sql[300];
		snprintf(sql, sizeof(sql),
		        "select sum(s.effect) * 10 + count(*) from statement s join stream t on t.id = "
		        "s.stream "
		        "where t.sender = '%s' and t.recipients = '%s' and s.kind = 'case.note'",
		        t.node[x].name, words);
		/* three notes: the branch that holds and what came behind it have their effect */
		assert_int_equal(count(to[i], sql), 23);
		assert_int_equal(count(to[i], "select count(*) from stream where forked = 1"), 0);
	}
	assert_int_equal(chaos_note(&t, x, id, 4), 0);
	net_settle(&t);
	assert_int_equal(count(y, "select count(*) from stream where forked = 1"), 0);
	chaos_clone_end(&t, &twin);
}

static const char *const open_body =
        CHAOS_BY "\"ask\":\"takedown-request\",\"severity\":\"c3\",\"title\":\"%s\",\"text\":{\"en\":\"x\"}}";

/* x tells one thing to y and another to z under one number; when z hears both, both know. */
static void liar(void)
{
	unsigned x = net_dice(&t, NET_NODES), y = (x + 1) % NET_NODES, z = (x + 2) % NET_NODES;
	auto_buf struct buf one = {0}, two = {0};
	char a[CHAOS_BODY], b[CHAOS_BODY];
	uint8_t id[DIGEST_LEN];
	const char *p = t.node[y < z ? y : z].name, *q = t.node[y < z ? z : y].name;

	chaos_talk(&t, 10);
	snprintf(a, sizeof(a), open_body, "one");
	snprintf(b, sizeof(b), open_body, "two");
	chaos_forge(&t, x, &(struct chaos_forged){KIND_CASE_OPEN, a, .seq = 1, .to = {p, q}}, &one, id);
	chaos_forge(&t, x, &(struct chaos_forged){KIND_CASE_OPEN, b, .seq = 1, .to = {p, q}}, &two, id);
	net_give(&t, y, x, buf_str(&one), false, false, NULL);
	net_give(&t, z, x, buf_str(&two), false, false, NULL);
	assert_int_equal(count(y, "select count(*) from stream where forked = 1"), 0);
	/* whoever carries it: what is genuine counts */
	net_give(&t, z, y, buf_str(&one), false, false, NULL);
	assert_int_equal(count(z, "select count(*) from stream where forked = 1"), 1);
	chaos_rounds(&t, 6);
	assert_int_equal(count(y, "select count(*) from stream where forked = 1"), 1);
	chaos_talk(&t, 10);
	chaos_rounds(&t, 8);
	for (unsigned i = 0; i < NET_NODES; i++) {
		if (i == x)
			continue;
		all_at_home(i, false);
		/* streams of honest ones count as ever */
		for (unsigned k = 0; k < NET_NODES; k++) {
			char sql[200];
			snprintf(sql, sizeof(sql),
			        "select count(*) from statement where effect = 0 and sender = '%s' and "
			        "verdict "
			        "in ('ok', 'gap')",
			        t.node[k].name);
			assert_true(k == x || count(i, sql) == 0);
		}
	}
}

/* A key is revoked, a list runs out; what was set aside is judged again when the new list is there. */
static void keys(void)
{
	unsigned x = net_dice(&t, NET_NODES), y = (x + 1) % NET_NODES;
	bool revoked = net_dice(&t, 2) == 0;
	uint8_t id[DIGEST_LEN];
	char sql[200];

	chaos_talk(&t, 10);
	net_settle(&t);
	int64_t had = count(y, "select count(*) from statement");
	snprintf(sql, sizeof(sql),
	        revoked ? "update party_key set revoked = 1 where party = '%s'"
	                : "update party set list_until = 1000 where name = '%s'",
	        t.node[x].name);
	run(y, sql);
	chaos_open(&t, x, &y, 1, id);
	assert_int_equal(chaos_note(&t, x, id, 1), 0);
	while (net_sign(&t, x, false))
		continue;
	net_push(&t, x, y, false);
	assert_int_equal(count(y, "select count(*) from statement"), had);
	assert_int_equal(count(y, "select count(*) from refused where verdict = 'bad-key'"), 2);
	snprintf(sql, sizeof(sql),
	        revoked ? "update party_key set revoked = null where party = '%s'"
	                : "update party set list_until = 4000000000 where name = '%s'",
	        t.node[x].name);
	run(y, sql);
	struct link_self self = net_self(&t, y);
	struct err e = {0};
	db_begin(self.db);
	assert_int_equal(key_again(&self, str_from(t.node[x].name)), 2);
	assert_int_equal(db_commit(self.db, &e), 0);
	assert_int_equal(count(y, "select count(*) from refused where verdict = 'bad-key'"), 0);
	net_settle(&t);
	all_at_home(x, true);
	no_twice(y);
	cases_agree();
}

/* The process that reads dies of some bodies. */
static int dies_of_poison(void *arg, struct str json, struct buf *items, const char **ret_why)
{
	(void)arg;
	for (size_t i = 0; i + 6 <= json.len; i++)
		if (memcmp(json.p + i, "poison", 6) == 0)
			return -1;
	return body_read(json, items, ret_why);
}

static void give(unsigned y, unsigned x, const struct chaos_forged *f, enum statement_verdict wanted,
        uint8_t ret_id[DIGEST_LEN])
{
	auto_buf struct buf b = {0};
	enum statement_verdict v[LINK_BATCH_COUNT];

	chaos_forge(&t, x, f, &b, ret_id);
	assert_int_equal(net_give(&t, y, x, buf_str(&b), false, false, v), 1);
	if (v[0] != wanted)
		fail_msg("%s instead of %s", verdict_table[v[0]].word, verdict_table[wanted].word);
}

/* A body as large as may be. */
static char *largest(void)
{
	char *body = malloc(STATEMENT_BODY_MAX + 1);
	int n = snprintf(body, STATEMENT_BODY_MAX, open_body, "");

	(void)n;
	snprintf(body, STATEMENT_BODY_MAX, "%s",
	        CHAOS_BY
	        "\"ask\":\"takedown-request\",\"severity\":\"c3\",\"title\":\"t\",\"text\":{\"en\":\"");
	size_t len = strlen(body);
	memset(body + len, 'x', STATEMENT_BODY_MAX - len);
	memcpy(body + STATEMENT_BODY_MAX - 3, "\"}}", 3);
	body[STATEMENT_BODY_MAX] = 0;
	return body;
}

/* One bad statement stops nothing: each fills its place or is refused, and the next one counts. */
static void bodies(void)
{
	unsigned x = net_dice(&t, NET_NODES), y = (x + 1) % NET_NODES, z = (x + 2) % NET_NODES;
	const char *me = t.node[y].name, *other = t.node[z].name;
	uint8_t id[DIGEST_LEN], last[DIGEST_LEN];
	char good[CHAOS_BODY], bad[CHAOS_BODY], deep[CHAOS_BODY] = "";
	uint64_t seq = 1;

	t.node[y].read_body = dies_of_poison;
	snprintf(good, sizeof(good), open_body, "good");
	snprintf(bad, sizeof(bad), open_body, "poison");
	for (unsigned i = 0; i < 80; i++)
		memcpy(deep + strlen(deep), "{\"a\":", 6);
	char *large = largest();
	const struct {
		const char *body;
		enum statement_verdict v;
	} row[] = {{good, VERDICT_OK}, {bad, VERDICT_POISON}, {deep, VERDICT_BAD_BODY}, {large, VERDICT_OK},
	        {"{}", VERDICT_BAD_FIELDS}};
	for (unsigned i = 0; i < 12; i++) {
		unsigned r = net_dice(&t, 5);
		struct chaos_forged f = {
		        KIND_CASE_OPEN, row[r].body, .seq = seq, .prev = seq > 1 ? last : NULL, .to = {me}};
		give(y, x, &f, row[r].v, id);
		memcpy(last, id, DIGEST_LEN);
		seq++;
	}
	struct chaos_forged not_me = {KIND_CASE_OPEN, good, .seq = 1, .to = {other}};
	give(y, x, &not_me, VERDICT_NOT_FOR_ME, id);
	struct chaos_forged end = {KIND_CASE_OPEN, good, .seq = seq, .prev = last, .to = {me}};
	give(y, x, &end, VERDICT_OK, id);
	assert_int_equal(count(y, "select count(*) from gap"), 0);
	assert_int_equal(count(y,
	                         "select count(*) from statement where verdict in ('poison', 'bad-body', "
	                         "'bad-fields') and effect = 1"),
	        0);
	assert_int_equal(count(y, "select count(*) from receipt_due"), (int64_t)seq);
	free(large);
}

/* Small ones without end: the quota of the link holds, and everybody else is heard. After an outage more may come. */
static void flood(void)
{
	unsigned x = net_dice(&t, NET_NODES), y = (x + 1) % NET_NODES;
	bool outage = net_dice(&t, 2) == 0;
	auto_buf struct buf batch = {0};
	struct wire_quota quota = {0};
	uint8_t id[DIGEST_LEN], last[DIGEST_LEN];
	char body[CHAOS_BODY], sql[200];
	unsigned taken = 0;

	snprintf(sql, sizeof(sql),
	        "update party set burst = 100, per_minute = 60, reaches = %lld where name = '%s'",
	        (long long)(t.now - (outage ? 600 : 30) * NET_SECOND), t.node[x].name);
	run(y, sql);
	snprintf(body, sizeof(body), open_body, "n");
	for (unsigned n = 0; n < 1000; n++) {
		struct chaos_forged f = {KIND_CASE_OPEN, body, .seq = n + 1, .prev = n > 0 ? last : NULL,
		        .to = {t.node[y].name}};
		chaos_forge(&t, x, &f, &batch, id);
		memcpy(last, id, DIGEST_LEN);
		if (n % 50 != 49)
			continue;
		struct wire_request r = {
		        .method = STR("POST"), .path = STR("statements"), .body = buf_str(&batch)};
		struct link_self self = net_self(&t, y);
		struct wire_answer a;
		struct err e = {0};
		db_begin(self.db);
		wire_serve(&self, str_from(t.node[x].name), &quota, &r, &a);
		assert_int_equal(db_commit(self.db, &e), 0);
		assert_true(a.status == 200 || (a.status == 429 && a.retry > 0));
		taken += a.status == 200 ? 50 : 0;
		buf_done(&a.body);
		buf_clear(&batch);
		if (a.status == 429)
			break;
	}
	/* the burst; and what ten minutes would have let through */
	assert_int_equal(taken, outage ? 700 : 100);
	assert_int_equal(count(y, "select count(*) from statement"), taken);
}

/* ---- all ----------------------------------------------------------------------------------------- */

#define SCENE(name)                                                                                          \
	static void test_##name(void **state)                                                                \
	{                                                                                                    \
		(void)state;                                                                                 \
		each(name);                                                                                  \
	}
SCENE(flap)
SCENE(backup)
SCENE(word_before_signature)
SCENE(hole_grows)
SCENE(lost_word)
SCENE(lost_between)
SCENE(twins)
SCENE(liar)
SCENE(keys)
SCENE(bodies)
SCENE(flood)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_flap), cmocka_unit_test(test_backup),
	        cmocka_unit_test(test_word_before_signature), cmocka_unit_test(test_hole_grows),
	        cmocka_unit_test(test_lost_word), cmocka_unit_test(test_lost_between),
	        cmocka_unit_test(test_twins), cmocka_unit_test(test_liar), cmocka_unit_test(test_keys),
	        cmocka_unit_test(test_bodies), cmocka_unit_test(test_flood)};

	seeds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : seeds;
	first = argc > 2 ? strtoull(argv[2], NULL, 10) : first;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
