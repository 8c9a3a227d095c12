/* SPDX-License-Identifier: Apache-2.0
 *
 * The cable is cut for good: everything between four nodes goes by courier files, some of which are lost, come twice, end early or
 * are changed on the way, in any order. In the end each statement and each attachment is where it belongs, and each queue is empty
 * by receipts that came the same way.
 */
#include "base/digest.h"
#include "link/blob.h"
#include "net.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct net t;

#define OPEN                                                                                                 \
	"{\"by\":[{\"id\":\"duty\",\"role\":\"coordinator\",\"at\":\"2026-11-24T02:59:00Z\"}],\"ask\":"      \
	"\"takedown-request\",\"severity\":\"c1\",\"title\":\"t\",\"text\":{\"en\":\"x\"},\"attachments\":"  \
	"[{\"sha256\":\"%s\",\"size\":%u,\"name\":\"a\",\"media\":\"text/plain\"}]}"
#define NOTE                                                                                                 \
	"{\"by\":[{\"id\":\"duty\",\"role\":\"coordinator\",\"at\":\"2026-11-24T02:59:00Z\"}],\"text\":{"    \
	"\"en\":\"y\"}}"

static void open_case(unsigned i, const unsigned *to, unsigned n, unsigned size, uint8_t id[DIGEST_LEN])
{
	char body[600], hex[2 * DIGEST_LEN + 1];

	net_attach(&t, i, size, hex);
	snprintf(body, sizeof(body), OPEN, hex, size);
	assert_int_equal(net_say(&t, i, KIND_CASE_OPEN, to, n, NULL, NULL, body, id), 0);
}

static void work(unsigned i)
{
	while (net_sign(&t, i, false))
		;
	net_receipts(&t, i);
	while (net_sign(&t, i, false))
		;
}

static bool waits(void)
{
	int64_t n = 0;

	for (unsigned i = 0; i < NET_NODES; i++)
		n += net_number(&t, i,
		        "select count(*) from delivery where waits = 1 and statement in (select n from "
		        "statement where kind not in ('receipt', 'read'))");
	return n > 0;
}

static void story(uint64_t seed)
{
	uint8_t id[DIGEST_LEN], note[DIGEST_LEN];
	unsigned round = 0;

	net_begin(&t, seed);
	for (unsigned i = 0; i < NET_NODES; i++) {
		unsigned to[2] = {(i + 1) % NET_NODES, (i + 2) % NET_NODES};
		open_case(i, to, 1 + i % 2, 1 + net_dice(&t, 40000), id);
		assert_int_equal(net_say(&t, i, KIND_CASE_NOTE, to, 1 + i % 2, id, NULL, NOTE, note), 0);
	}
	for (; round < 8 || waits(); round++) {
		assert_true(round < 200);
		for (unsigned i = 0; i < NET_NODES; i++) {
			work(i);
			net_courier(&t, i, (i + 1 + net_dice(&t, 3)) % NET_NODES, true);
		}
		t.now += 3600 * NET_SECOND;
	}
	for (unsigned i = 0; i < NET_NODES; i++) {
		net_blobs_hold(&t, i);
		assert_int_equal(net_number(&t, i, "select count(*) from gap"), 0);
		assert_int_equal(net_number(&t, i,
		                         "select count(*) from delivery d join statement s on s.n = "
		                         "d.statement where s.kind like 'case.%' and (d.complete is "
		                         "not 1 or d.receipt is null or d.verdict not in ('ok', "
		                         "'gap'))"),
		        0);
	}
	printf("seed %llu: %u files in %u rounds, %u crashes\n", (unsigned long long)seed, t.files, round,
	        t.crashes);
	net_end(&t);
}

static void seeds(void **state)
{
	(void)state;
	net_make(&t);
	for (uint64_t seed = 1; seed <= 3; seed++)
		story(seed);
	net_done(&t);
}

/* One file for all: what another party picks up says nothing to it, nor what is no courier at all. */
static void not_for_us(void **state)
{
	uint8_t id[DIGEST_LEN];
	unsigned to = 1;
	auto_buf struct buf bytes = {0};
	char path[300];
	struct err e = {0};

	(void)state;
	net_make(&t);
	net_begin(&t, 7);
	open_case(0, &to, 1, 100, id);
	work(0);
	assert_int_equal(net_courier(&t, 0, 1, false), 1);
	assert_int_equal(net_number(&t, 1, "select new from courier"), 1);
	assert_int_equal(net_number(&t, 1, "select parts from courier"), 1);
	struct query q = db_query(t.node[0].db, "select name from courier_file");
	assert_int_equal(query_next(&q), 1);
	snprintf(path, sizeof(path), "%s/courier/%.*s", t.node[0].folder, STR_ARG(query_get_text(&q, 0)));
	query_done(&q, NULL);
	assert_non_null(strstr(path, "/la-20261124-01.weir.age"));
	assert_int_equal(os_read_file(path, 1 << 20, &bytes, &e), 0);
	net_open(&t, 2, buf_str(&bytes), false);
	assert_int_equal(net_number(&t, 2, "select count(*) from statement"), 0);
	assert_int_equal(net_number(&t, 2, "select count(*) from courier where state = 'failed'"), 1);
	net_open(&t, 2, STR("no courier at all"), false);
	assert_int_equal(net_number(&t, 2, "select count(*) from courier where state = 'failed'"), 2);
	/* twice: nothing is doubled, and the receipt goes again */
	net_open(&t, 1, buf_str(&bytes), false);
	assert_int_equal(net_number(&t, 1, "select count(*) from statement"), 1);
	assert_int_equal(net_number(&t, 1, "select had from courier order by id desc"), 1);
	/* nothing was marked as sent */
	assert_int_equal(
	        net_number(&t, 0, "select count(*) from delivery where waits = 1 and pushed is null"), 1);
	net_end(&t);
	net_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(not_for_us), cmocka_unit_test(seeds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
