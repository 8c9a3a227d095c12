/* SPDX-License-Identifier: Apache-2.0
 *
 * One linked party says what is signed well and meant badly: to the first of two honest ones, x to y. What it says may cost itself
 * something, and must cost the honest ones nothing: neither their receipts, nor what they learn of each other, nor their cases.
 */
#include "chaos.h"
#include "link/case_hear.h"
#include "link/wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define X 0
#define Y 1
#define Z 2
#define OPEN                                                                                                 \
	CHAOS_BY "\"ask\":\"takedown-request\",\"severity\":\"c3\",\"title\":\"t\",\"text\":{\"en\":\"x\"}"

static struct net t;

static int64_t count(unsigned i, const char *sql)
{
	return net_number(&t, i, sql);
}

/* The names of two nodes as a head has them. */
static void both(unsigned i, unsigned k, const char *ret[NET_NODES])
{
	const char *a = t.node[i].name, *b = t.node[k].name;
	bool right = str_cmp(str_from(a), str_from(b)) < 0;

	ret[0] = right ? a : b;
	ret[1] = right ? b : a;
}

static void forge(const struct chaos_forged *f, struct buf *ret, uint8_t ret_id[DIGEST_LEN])
{
	buf_clear(ret);
	chaos_forge(&t, X, f, ret, ret_id);
}

static void give(const struct buf *bytes)
{
	net_give(&t, Y, X, buf_str(bytes), false, false, NULL);
}

/* TLP:GREEN of a group that nobody knows: its receipt cannot be GREEN, and those of the others go all the same. */
static void group_unknown(void)
{
	auto_buf struct buf b = {0};
	uint8_t id[DIGEST_LEN];
	const unsigned to = Y;

	forge(&(struct chaos_forged){.kind = KIND_CASE_OPEN,
	              .body = OPEN ",\"group\":\"nobodys\"}",
	              .seq = 1,
	              .to = {t.node[Y].name},
	              .tlp = STATEMENT_GREEN},
	        &b, id);
	give(&b);
	chaos_open(&t, Z, &to, 1, id);
	chaos_rounds(&t, 4);
	assert_int_equal(count(Y, "select count(*) from receipt_due"), 0);
	assert_int_equal(count(Z, "select count(*) from delivery where waits = 1"), 0);
	assert_int_equal(count(Y,
	                         "select count(*) from statement s join statement r on r.n = s.receipt where "
	                         "s.tlp = 2 and r.tlp = 3"),
	        1);
}

/* Numbers that JSON has none for, and streams without end, to two who are linked with each other: they hear of each other as before. */
static void numbers(void)
{
	static const uint64_t seqs[] = {(uint64_t)1 << 53, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
	struct chaos_forged f = {.kind = KIND_CASE_OPEN,
	        .body = OPEN "}",
	        .prev = (const uint8_t *)"12345678901234567890123456789012"};
	auto_buf struct buf b = {0}, heads = {0};
	struct link_self y = net_self(&t, Y);
	uint8_t id[DIGEST_LEN];
	const unsigned to = Z;

	both(Y, Z, f.to);
	for (unsigned i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++) {
		f.seq = seqs[i];
		forge(&f, &b, id);
		give(&b);
	}
	assert_int_equal(count(Y, "select count(*) from statement"), 4);
	f = (struct chaos_forged){.kind = KIND_CASE_OPEN, .body = OPEN "}", .seq = 1};
	for (unsigned i = 0; i < 3000; i++) {
		char other[16];
		both(Y, Z, f.to);
		snprintf(other, sizeof(other), "z.%u", i);
		f.to[2] = other;
		forge(&f, &b, id);
		give(&b);
	}
	chaos_open(&t, Y, &to, 1, id);
	t.cut[Y][Z] = true;
	chaos_rounds(&t, 2);
	t.cut[Y][Z] = false;
	net_heads(&t, Z, Y);
	link_heads(&y, str_from(t.node[Z].name), &heads);
	assert_true(heads.len < 400000);
	chaos_rounds(&t, 2);
	assert_int_equal(
	        count(Y,
	                "select count(*) from delivery d join statement s on s.n = d.statement where "
	                "d.waits = 1 and s.kind = 'case.open'"),
	        0);
}

/* One number, again and again: the others are told of the fork, and not as often as it is said. */
static void forks(void)
{
	struct chaos_forged f = {.kind = KIND_CASE_OPEN, .body = OPEN "}", .seq = 1};
	auto_buf struct buf b = {0};
	uint8_t id[DIGEST_LEN];
	char body[CHAOS_BODY];

	both(Y, Z, f.to);
	for (unsigned i = 0; i < 300; i++) {
		snprintf(body, sizeof(body), OPEN ",\"ref\":\"%u\"}", i);
		f.body = body;
		forge(&f, &b, id);
		give(&b);
	}
	assert_int_equal(count(Y, "select count(*) from statement where sender = 'kh' and seq = 1"), 300);
	assert_in_range(count(Y, "select count(*) from statement where kind = 'fork'"), 1, 8);
	chaos_rounds(&t, 4);
	assert_int_equal(count(Z, "select count(*) from stream where forked = 1"), 1);
	/* one of them alone, to who has heard of the fork before, and has fetched the first: neither has an effect */
	net_give(&t, Z, X, buf_str(&b), false, false, NULL);
	assert_int_equal(count(Z, "select count(*) from statement where sender = 'kh' and effect = 0"), 2);
	assert_int_equal(count(Z, "select count(*) from statement where sender = 'kh' and effect = 1"), 0);
}

/* A case of two others, whose id a third one knows (the log shows it) before the opening is here: its words are in no case of theirs,
 * as if they had come behind the opening. */
static void before_its_case(void)
{
	static const enum kind kinds[] = {KIND_CASE_NOTE, KIND_CASE_STATUS, KIND_WITHDRAW};
	static const char *const bodies[] = {CHAOS_BY "\"text\":{\"en\":\"pay here\"}}",
	        CHAOS_BY "\"state\":\"resolved\"}", CHAOS_BY "\"reason\":\"no\"}"};
	auto_buf struct buf b = {0};
	uint8_t opened[DIGEST_LEN], id[DIGEST_LEN];
	const unsigned to = Y;

	chaos_open(&t, Z, &to, 1, opened);
	for (unsigned i = 0; i < 6; i++) {
		if (i == 3)
			chaos_rounds(&t, 3);
		bool withdraw = kinds[i % 3] == KIND_WITHDRAW;
		struct chaos_forged f = {.kind = kinds[i % 3],
		        .body = bodies[i % 3],
		        .seq = i + 1,
		        .prev = i > 0 ? id : NULL,
		        .case_ = withdraw ? NULL : opened,
		        .reply = withdraw ? opened : NULL,
		        .to = {t.node[Y].name}};
		forge(&f, &b, id);
		give(&b);
	}
	assert_int_equal(count(Y, "select count(*) from case_"), 1);
	assert_int_equal(count(Y, "select count(*) from case_entry where party = 'kh'"), 0);
	assert_int_equal(
	        count(Y,
	                "select count(*) from statement where sender = 'kh' and effect = 0 and verdict = "
	                "'not-allowed'"),
	        5);
}

/* Who is asked says that the request will reach it in a thousand years: it is due as if it had come when that was said. */
static void clocks(void)
{
	auto_buf struct buf b = {0};
	uint8_t opened[DIGEST_LEN], id[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1], body[CHAOS_BODY], sql[160];
	const unsigned to = X;

	t.cut[Y][X] = t.cut[X][Y] = true;
	chaos_open(&t, Y, &to, 1, opened);
	while (net_sign(&t, Y, false))
		continue;
	str_hex_print(hex, opened, DIGEST_LEN);
	snprintf(body, sizeof(body),
	        "{\"receipts\":[{\"of\":\"%s\",\"verdict\":\"ok\",\"complete\":true,\"at\":\"3026-01-01T00:"
	        "00:00Z\"}]}",
	        hex);
	struct chaos_forged f = {.kind = KIND_RECEIPT, .body = body, .seq = 1, .to = {t.node[Y].name}};
	forge(&f, &b, id);
	give(&b);
	assert_int_equal(count(Y, "select count(*) from case_ where state = 'delivered'"), 1);
	snprintf(sql, sizeof(sql), "select count(*) from case_ where ack_due < %lld",
	        (long long)(t.now + 10 * 86400 * NET_SECOND));
	assert_int_equal(count(Y, sql), 1);
}

/* Batches that never end, fetched from it by a node that calls: the limits are those of what it brings. */
static void fetched(void)
{
	struct chaos_forged f = {.kind = KIND_CASE_OPEN, .body = OPEN "}", .to = {t.node[Y].name}};
	struct wire_quota quota = {0};
	auto_buf struct buf b = {0};
	uint8_t id[DIGEST_LEN];
	unsigned taken = 0, wait = 0;
	struct query q =
	        db_query(t.node[Y].db, "update party set burst = 100, per_minute = 1 where name = 'kh'");

	query_run(&q);
	for (unsigned n = 0; n < 60; n++) {
		struct link_self self = net_self(&t, Y);
		if ((wait = wire_pull(&self, str_from(t.node[X].name), &quota)) > 0)
			break;
		buf_clear(&b);
		for (unsigned i = 0; i < 50; i++) {
			f.prev = f.seq > 0 ? id : NULL;
			f.seq++;
			chaos_forge(&t, X, &f, &b, id);
		}
		db_begin(self.db);
		taken += wire_take(&self, str_from(t.node[X].name), &quota, false, buf_str(&b));
		net_commit(&t, Y, false);
	}
	/* the burst, and a day for which this node may have been off */
	assert_in_range(taken, 1500, 1600);
	assert_int_equal(wait, 60);
	/* a clock that was ahead and is set right holds up nobody for as long as it was ahead */
	t.now -= 86400 * NET_SECOND;
	struct link_self later = net_self(&t, Y);
	(void)wire_pull(&later, str_from(t.node[X].name), &quota);
	t.now += 1200 * NET_SECOND;
	later = net_self(&t, Y);
	assert_int_equal(wire_pull(&later, str_from(t.node[X].name), &quota), 0);
}

/* Its log without end: of a day only what the link may bring. */
static void entries(void)
{
	struct wire_quota quota = {0};
	struct link_self self = net_self(&t, Y);
	struct query q = db_query(self.db, "update party set day_bytes = 10000 where name = 'kh'");

	query_run(&q);
	assert_true(wire_entries(&self, STR("kh"), &quota, 8448));
	assert_false(wire_entries(&self, STR("kh"), &quota, 8448));
	assert_false(wire_entries(&self, STR("kh"), &quota, 0));
	t.now += 86400 * NET_SECOND;
	self = net_self(&t, Y);
	assert_true(wire_entries(&self, STR("kh"), &quota, 0));
}

/* A head whose content is erased, in answer to a call for what is missing: it fills its place, and does nothing here. */
static void erased(void)
{
	static const enum kind kinds[] = {KIND_CASE_OPEN, KIND_CASE_NOTE};
	auto_buf struct buf b = {0}, bare = {0};
	uint8_t opened[DIGEST_LEN], id[DIGEST_LEN];
	struct statement s;
	const unsigned to = Y;

	chaos_open(&t, Z, &to, 1, opened);
	chaos_rounds(&t, 3);
	for (unsigned i = 0; i < 2; i++) {
		struct chaos_forged f = {.kind = kinds[i],
		        .body = OPEN "}",
		        .seq = i + 1,
		        .prev = i > 0 ? id : NULL,
		        .case_ = i > 0 ? opened : NULL,
		        .to = {t.node[Y].name}};
		forge(&f, &b, id);
		assert_int_equal(statement_frame(buf_str(&b), &s), VERDICT_OK);
		buf_clear(&bare);
		statement_write(&bare, s.head, (const uint8_t *)s.signature.p, STR(""));
		net_give(&t, Y, X, buf_str(&bare), true, false, NULL);
	}
	assert_int_equal(count(Y, "select count(*) from statement where sender = 'kh' and effect = 0"), 2);
	assert_int_equal(count(Y, "select count(*) from case_"), 1);
	assert_int_equal(count(Y, "select count(*) from case_entry where party = 'kh'"), 0);
}

/* ---- all ----------------------------------------------------------------------------------------- */

static void each(void (*scene)(void))
{
	net_begin(&t, 1);
	scene();
	net_end(&t);
}

#define SCENE(name)                                                                                          \
	static void test_##name(void **state)                                                                \
	{                                                                                                    \
		(void)state;                                                                                 \
		each(name);                                                                                  \
	}
SCENE(group_unknown)
SCENE(numbers)
SCENE(forks)
SCENE(before_its_case)
SCENE(clocks)
SCENE(fetched)
SCENE(erased)
SCENE(entries)

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_group_unknown),
	        cmocka_unit_test(test_numbers), cmocka_unit_test(test_forks),
	        cmocka_unit_test(test_before_its_case), cmocka_unit_test(test_clocks),
	        cmocka_unit_test(test_fetched), cmocka_unit_test(test_erased),
	        cmocka_unit_test(test_entries)};

	net_make(&t);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	net_done(&t);
	return failed;
}
