/* SPDX-License-Identifier: Apache-2.0
 *
 * Four nodes that ask each other for help over a network that loses, doubles, delays and cuts, with clocks that differ, disks
 * that are full and processes that die anywhere. Once all has healed, each statement is where it belongs, once, and everyone
 * who said something holds a receipt for it.
 *
 *   test_link [SEEDS [FIRST]]
 */
#include "net.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct net t;
static unsigned seeds = 40;
static uint64_t first = 1;

#define OPEN                                                                                                 \
	"{\"by\":[{\"id\":\"duty\",\"role\":\"coordinator\",\"at\":\"2026-11-24T02:59:00Z\"}],\"ask\":"      \
	"\"takedown-request\","                                                                              \
	"\"severity\":\"c%u\",\"title\":\"t\",\"text\":{\"en\":\"x\"}%s}"
#define NOTE                                                                                                 \
	"{\"by\":[{\"id\":\"duty\",\"role\":\"coordinator\",\"at\":\"2026-11-24T02:59:00Z\"}],\"text\":{"    \
	"\"en\":\"%u\"}}"
#define STATUS                                                                                               \
	"{\"by\":[{\"id\":\"duty\",\"role\":\"coordinator\",\"at\":\"2026-11-24T02:59:00Z\"}],\"state\":\"%" \
	"s\"}"

/* ---- what happens -------------------------------------------------------------------------------- */

/* The opening of some case that the node holds; false: there is none. */
static bool some_case(unsigned i, uint8_t ret[DIGEST_LEN], unsigned *ret_opener, bool *ret_ours)
{
	struct query q = db_query(
	        t.node[i].db, "select id, sender from statement where kind = 'case.open' order by n");
	unsigned n = (unsigned)net_number(&t, i, "select count(*) from statement where kind = 'case.open'");
	bool there = n > 0;

	for (unsigned k = there ? net_dice(&t, n) + 1 : 0; k > 0 && query_next(&q) == 1; k--) {
		memcpy(ret, query_get_blob(&q, 0).p, DIGEST_LEN);
		*ret_ours = str_eq(query_get_text(&q, 1), str_from(t.node[i].name));
		for (unsigned p = 0; p < NET_NODES; p++)
			if (str_eq(query_get_text(&q, 1), str_from(t.node[p].name)))
				*ret_opener = p;
	}
	query_done(&q, NULL);
	return there;
}

static void open_case(unsigned i)
{
	unsigned to[NET_NODES], n = 0;
	uint8_t id[DIGEST_LEN];
	char body[1024], files[400] = "", hex[2 * DIGEST_LEN + 1];

	for (unsigned k = 0; k < NET_NODES; k++)
		if (k != i && (net_dice(&t, 2) == 0 || (n == 0 && k + 2 >= NET_NODES && k != i)))
			to[n++] = k;
	if (n == 0)
		return;
	if (net_dice(&t, 3) == 0) {
		unsigned size = 1 + net_dice(&t, 3000);
		net_attach(&t, i, size, hex);
		snprintf(files, sizeof(files),
		        ",\"attachments\":[{\"sha256\":\"%s\",\"size\":%u,\"name\":\"a\",\"media\":\"text/"
		        "plain\"}]",
		        hex, size);
	}
	snprintf(body, sizeof(body), OPEN, 1 + net_dice(&t, 6), files);
	assert_int_equal(net_say(&t, i, KIND_CASE_OPEN, to, n, NULL, NULL, body, id), 0);
}

/* The other parties of that case, as recipients. */
static unsigned members(unsigned i, const uint8_t id[DIGEST_LEN], unsigned to[NET_NODES])
{
	auto_arena struct arena a = {0};
	struct stored s;
	unsigned n = 0;

	arena_init(&a, 0);
	assert_true(store_find(t.node[i].db, id, &a, &s));
	for (unsigned k = 0; k < NET_NODES; k++)
		if (k != i && head_member(&s.h, str_from(t.node[k].name)))
			to[n++] = k;
	return n;
}

static void answer_case(unsigned i)
{
	static const char *const theirs[] = {
	        "accepted", "in-progress", "needs-information", "resolved", "declined"};
	static const char *const ours[] = {"withdrawn", "closed"};
	unsigned opener = 0, to[NET_NODES];
	uint8_t case_[DIGEST_LEN], id[DIGEST_LEN];
	char body[512];
	bool own = false;

	if (!some_case(i, case_, &opener, &own))
		return;
	unsigned n = members(i, case_, to);
	if (net_dice(&t, 2) == 0) {
		snprintf(body, sizeof(body), NOTE, net_dice(&t, 1000));
		assert_int_equal(net_say(&t, i, KIND_CASE_NOTE, to, n, case_, NULL, body, id), 0);
	} else {
		snprintf(body, sizeof(body), STATUS, own ? ours[net_dice(&t, 2)] : theirs[net_dice(&t, 5)]);
		assert_int_equal(net_say(&t, i, KIND_CASE_STATUS, to, n, case_, NULL, body, id), 0);
	}
}

/* Something that once went over a wire comes again, somewhere, perhaps with another byte in it. */
static void replay(void)
{
	auto_buf struct buf b = {0};

	if (t.old.n == 0)
		return;
	struct net_batch *o = &t.old.v[net_dice(&t, (unsigned)t.old.n)];
	buf_add(&b, o->bytes);
	if (net_dice(&t, 2) == 0)
		b.p[net_dice(&t, (unsigned)b.len)] ^= (char)(1 << net_dice(&t, 8));
	if (net_dice(&t, 4) == 0)
		b.len = net_dice(&t, (unsigned)b.len);
	unsigned to = net_dice(&t, NET_NODES);
	unsigned carrier = (to + 1 + net_dice(&t, NET_NODES - 1)) % NET_NODES;
	net_give(&t, to, carrier, buf_str(&b), false, false, NULL);
}

static void something(void)
{
	unsigned i = net_dice(&t, NET_NODES), k = (i + 1 + net_dice(&t, NET_NODES - 1)) % NET_NODES;

	t.now += (int64_t)net_dice(&t, 30) * NET_SECOND;
	switch (net_dice(&t, 18)) {
	case 0:
		open_case(i);
		break;
	case 1:
	case 2:
		answer_case(i);
		break;
	case 3:
		t.cut[i][k] = !t.cut[i][k];
		break;
	case 4:
		t.node[i].offset = ((int64_t)net_dice(&t, 4 * 3600) - 2 * 3600) * NET_SECOND;
		break;
	case 5:
		net_crash(&t, i);
		break;
	case 6:
		replay();
		break;
	case 7:
		net_receipts(&t, i);
		break;
	case 8:
		net_heads(&t, i, k);
		break;
	case 9:
		net_fetch(&t, i, k, true);
		break;
	case 10:
		t.now += 600 * NET_SECOND;
		break;
	case 11:
	case 12:
		net_sign(&t, i, net_dice(&t, 6) == 0);
		break;
	case 16:
		net_blobs(&t, i, k, true);
		break;
	case 17:
		if (net_dice(&t, 4) == 0)
			net_courier(&t, i, k, true);
		break;
	default:
		net_push(&t, i, k, true);
	}
}

/* ---- what must hold ------------------------------------------------------------------------------ */

static void same_everywhere(unsigned i)
{
	struct query q = db_query(t.node[i].db, "select id, kind from statement where sender = ? order by n");
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
			assert_true(store_find(t.node[k].db, id, &a, &his));
			assert_true(str_eq(mine.head, his.head) && str_eq(mine.content, his.content));
			if (!his.effect)
				fail_msg("seed: %s at %s was held as %.*s", t.node[i].name, t.node[k].name,
				        STR_ARG(his.verdict));
		}
	}
	query_done(&q, NULL);
}

static void all_holds(uint64_t seed)
{
	int64_t own = 0;

	for (unsigned i = 0; i < NET_NODES; i++) {
		char sql[256];
		same_everywhere(i);
		net_blobs_hold(&t, i);
		snprintf(sql, sizeof(sql),
		        "select count(*) from statement where sender = '%s' and kind not in ('receipt', "
		        "'read')",
		        t.node[i].name);
		own += net_number(&t, i, sql);
		if (net_number(&t, i, "select count(*) from delivery where waits = 1") != 0)
			fail_msg("seed %llu: %s still waits for receipts", (unsigned long long)seed,
			        t.node[i].name);
		assert_int_equal(
		        net_number(&t, i,
		                "select count(*) from delivery d join statement s on s.n = d.statement where "
		                "s.kind not in ('receipt', 'read') and (d.receipt is null or d.verdict not "
		                "in "
		                "('ok', 'gap', 'future'))"),
		        0);
		assert_int_equal(net_number(&t, i, "select count(*) from stream where forked = 1"), 0);
		assert_int_equal(net_number(&t, i, "select count(*) from gap"), 0);
		assert_int_equal(net_number(&t, i,
		                         "select count(*) from (select stream, seq from statement group by "
		                         "1, 2 having count(*) > 1)"),
		        0);
		assert_int_equal(
		        net_number(&t, i, "select count(*) from statement where signature is null"), 0);
		assert_int_equal(
		        net_number(&t, i, "select coalesce(max(n) + 1, 0) - count(*) from log_entry"), 0);
		snprintf(sql, sizeof(sql),
		        "select (select count(*) from statement where sender = '%s') - (select count(*) from "
		        "log_entry)",
		        t.node[i].name);
		assert_int_equal(net_number(&t, i, sql), 0);
	}
	assert_int_equal(own, t.said);
	assert_int_equal(t.used + t.ahead, 0);
}

static void story(void **state)
{
	unsigned said = 0, lost = 0, crashes = 0, parts = 0, files = 0;

	(void)state;
	net_make(&t);
	for (uint64_t seed = first; seed < first + seeds; seed++) {
		net_begin(&t, seed);
		for (unsigned i = 0; i < 300; i++)
			something();
		net_settle(&t);
		all_holds(seed);
		said += t.said;
		lost += t.lost;
		crashes += t.crashes;
		parts += t.parts;
		files += t.files;
		net_end(&t);
	}
	net_done(&t);
	printf("%u seeds: %u statements, %u calls lost, %u crashes, %u parts, %u courier files\n", seeds,
	        said, lost, crashes, parts, files);
	assert_true(said > 0 && lost > 0 && crashes > 0 && parts > 0 && files > 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(story)};

	seeds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : seeds;
	first = argc > 2 ? strtoull(argv[2], NULL, 10) : first;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
