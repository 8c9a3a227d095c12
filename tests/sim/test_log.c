/* SPDX-License-Identifier: Apache-2.0
 *
 * Four nodes that are each other's witnesses, over calls that are lost, with processes that die and disks that are full. Once
 * all has healed, each statement has a proof that two others have seen it. And what must be found: a stale checkpoint, a log
 * that forgets, a clone with the same keys, a statement that its sender did not log.
 *
 *   test_log [SEEDS [FIRST]]
 */
#include "link/look.h"
#include "net_log.h"
#include "trust/proof.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define HOUR (3600 * NET_SECOND)
#define NOTE                                                                                                 \
	"{\"by\":[{\"id\":\"duty\",\"role\":\"coordinator\",\"at\":\"2026-11-24T02:59:00Z\"}],\"ask\":"      \
	"\"takedown-request\",\"severity\":\"c3\",\"title\":\"t\",\"text\":{\"en\":\"x\"}}"

static struct net t;
static struct net_log l = {.t = &t};
static unsigned seeds = 40;
static uint64_t first = 1;

/* ---- calls --------------------------------------------------------------------------------------- */

static int call(
        unsigned from, unsigned to, const char *method, const char *path, struct str body, struct buf *out)
{
	return net_log_call(&l, from, to, method, path, body, out);
}

static void checkpoint(unsigned i)
{
	net_log_checkpoint(&l, i);
}

static int ask(unsigned a, unsigned b)
{
	return net_log_ask(&l, a, b);
}

static bool look(unsigned a, unsigned b, unsigned whose)
{
	return net_log_look(&l, a, b, whose);
}

static void all_logs(unsigned rounds)
{
	net_log_all(&l, rounds);
}

static void say(unsigned i)
{
	unsigned to[NET_NODES], n = 0;
	uint8_t id[DIGEST_LEN];

	for (unsigned k = 0; k < NET_NODES; k++)
		if (k != i && (net_dice(&t, 2) == 0 || (n == 0 && k + 2 >= NET_NODES)))
			to[n++] = k;
	if (n > 0)
		assert_int_equal(net_say(&t, i, KIND_CASE_OPEN, to, n, NULL, NULL, NOTE, id), 0);
}

/* ---- what must hold ------------------------------------------------------------------------------ */

static void keys_of(
        unsigned at, unsigned whose, enum note_type type, char room[LOG_NAME], struct note_key *ret)
{
	struct query q =
	        db_query(t.node[at].db, "select public from party_key where party = ? and duty = 'log'");

	query_text(&q, str_from(t.node[whose].name));
	assert_int_equal(query_next(&q), 1);
	note_key_make(ret, log_name(str_from(t.node[whose].name), room), type,
	        (const uint8_t *)query_get_blob(&q, 0).p);
	query_done(&q, NULL);
}

/* A proof of it, verified with keys alone. */
static void proven(unsigned i, const uint8_t id[DIGEST_LEN])
{
	struct link_self self = net_self(&t, i);
	auto_buf struct buf bytes = {0};
	char entry[33] = {1}, rooms[NET_NODES][LOG_NAME], room[LOG_NAME];
	struct note_key log, witness[NET_NODES];
	struct proof *p = mem_zero(1, sizeof(*p));
	unsigned n = 0, signed_;
	struct err e = {0};
	uint64_t time;

	if (log_proof(&self, self.me, id, 2, &bytes, &signed_, &e) != 0)
		fail_msg("%s: %s", t.node[i].name, e.text);
	keys_of(i, i, NOTE_ED25519, room, &log);
	for (unsigned k = 0; k < NET_NODES; k++)
		if (k != i) {
			keys_of(i, k, NOTE_COSIGNATURE, rooms[n], &witness[n]);
			n++;
		}
	struct proof_trust trust = {.log = &log, .logs = 1, .witness = witness, .witnesses = n, .quorum = 2};
	memcpy(entry + 1, id, DIGEST_LEN);
	assert_int_equal(proof_read(buf_str(&bytes), p, &e), 0);
	if (!proof_good(p, str_make(entry, sizeof(entry)), &trust, &time, &signed_, &e))
		fail_msg("%s: %s", t.node[i].name, e.text);
	assert_int_equal(p->extra_len, DIGEST_LEN);
	assert_memory_equal(p->extra, id, DIGEST_LEN);
	assert_true(signed_ >= 2);
	/* another statement is not proven by it */
	entry[5] ^= 1;
	assert_false(proof_good(p, str_make(entry, sizeof(entry)), &trust, &time, &signed_, &e));
	free(p);
}

static unsigned all_proven(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < NET_NODES; i++) {
		struct query q =
		        db_query(t.node[i].db, "select id from statement where sender = ? order by n");
		struct link_self self = net_self(&t, i);
		assert_true(log_mend(&self));
		query_text(&q, str_from(t.node[i].name));
		while (query_next(&q) == 1) {
			uint8_t id[DIGEST_LEN];
			memcpy(id, query_get_blob(&q, 0).p, DIGEST_LEN);
			proven(i, id);
			n++;
		}
		query_done(&q, NULL);
		assert_int_equal(net_number(&t, i, "select count(*) from log_alarm"), 0);
		assert_int_equal(net_number(&t, i, "select count(*) from log_peer where mirrored < size"), 0);
		assert_false(log_unseen(t.node[i].db, t.now));
	}
	return n;
}

/* ---- stories ------------------------------------------------------------------------------------- */

static void something(void)
{
	unsigned i = net_dice(&t, NET_NODES), k = (i + 1 + net_dice(&t, NET_NODES - 1)) % NET_NODES;

	t.now += (int64_t)net_dice(&t, 20) * NET_SECOND;
	switch (net_dice(&t, 12)) {
	case 0:
		say(i);
		break;
	case 1:
		t.cut[i][k] = !t.cut[i][k];
		break;
	case 2:
		net_crash(&t, i);
		break;
	case 3:
		net_receipts(&t, i);
		break;
	case 4:
		net_push(&t, i, k, true);
		break;
	case 5:
		if (net_dice(&t, 8) == 0)
			net_forget_log(&t, i); /* files are made again */
		break;
	case 6:
	case 7:
		net_sign(&t, i, net_dice(&t, 6) == 0);
		break;
	case 8:
		checkpoint(i);
		break;
	case 9:
		ask(i, k);
		break;
	default:
		look(i, k, k);
	}
}

static void begin(uint64_t seed)
{
	net_begin(&t, seed);
	memset(l.quotas, 0, sizeof(l.quotas));
	l.faults = false;
}

static void story(void **state)
{
	unsigned proofs = 0, said = 0;

	(void)state;
	for (uint64_t seed = first; seed < first + seeds; seed++) {
		begin(seed);
		l.faults = true;
		for (unsigned i = 0; i < 120; i++)
			something();
		l.faults = false;
		net_settle(&t);
		all_logs(3);
		said += t.said;
		proofs += all_proven();
		net_end(&t);
	}
	printf("%u seeds: %u statements said, %u proofs, %u of %u calls lost, %u asked again, %u crashes\n",
	        seeds, said, proofs, l.lost, l.calls, l.asked_again, t.crashes);
	assert_true(proofs > 0 && l.lost > 0 && l.asked_again > 0);
}

/* Some statements, and all logs seen by all. */
static void quiet_start(void)
{
	begin(77);
	for (unsigned i = 0; i < 12; i++)
		say(i % NET_NODES);
	net_settle(&t);
	all_logs(2);
	assert_true(all_proven() > 0);
}

#define alarms(i, kind)                                                                                      \
	net_number(&t, i, "select count(*) from log_alarm where kind = '" kind "' and ended is null")

static void say_and_log(unsigned i)
{
	say(i);
	while (net_sign(&t, i, false))
		;
	t.now += 20 * NET_SECOND;
	checkpoint(i);
}

/* kh shows what it showed before. */
static void stale(void **state)
{
	auto_buf struct buf old = {0}, answer = {0};

	(void)state;
	quiet_start();
	assert_int_equal(call(1, 0, "GET", "log/checkpoint", STR(""), &old), 200);
	say_and_log(0);
	assert_int_equal(ask(0, 1), 200);
	struct link_self self = net_self(&t, 1);
	uint64_t floor = log_floor(&self, STR("kh"));
	db_begin(self.db);
	/* one that was asked for before the newer one came is none */
	assert_true(log_checkpoint_take(&self, STR("kh"), buf_str(&old), self.now, floor - 1));
	assert_true(net_commit(&t, 1, false));
	assert_int_equal(alarms(1, "forgets"), 0);
	db_begin(self.db);
	assert_true(log_checkpoint_take(&self, STR("kh"), buf_str(&old), self.now, floor));
	assert_true(net_commit(&t, 1, false));
	assert_int_equal(alarms(1, "forgets"), 1);
	/* as a witness it asks for the proof from what it signed; the old one gets nothing */
	struct str rest = buf_str(&old);
	auto_buf struct buf body = {0};
	buf_printf(&body, "old %llu\n\n%.*s", (unsigned long long)floor, STR_ARG(rest));
	assert_int_equal(call(0, 1, "POST", "add-checkpoint", buf_str(&body), &answer), 400);
	buf_clear(&body);
	buf_printf(&body, "old 0\n\n%.*s", STR_ARG(rest));
	assert_int_equal(call(0, 1, "POST", "add-checkpoint", buf_str(&body), &answer), 409);
	uint64_t said = 0;
	assert_true(str_u64(str_trim(buf_str(&answer)), &said) && said == floor);
	net_end(&t);
}

static void run(unsigned i, const char *sql)
{
	struct err e = {0};

	if (db_exec(t.node[i].db, sql, &e) != 0)
		fail_msg("%s", e.text);
}

/* The node's log is as it was when it had keep entries; its streams go on. */
static void shorten(unsigned i, unsigned keep)
{
	char sql[400];

	t.node[i].liar = true;
	snprintf(sql, sizeof(sql),
	        "pragma foreign_keys = off; delete from log_entry where n >= %u; delete from log_checkpoint "
	        "where size > %u; "
	        "delete from log_cosignature where size > %u; delete from log_witness; delete from log_peer "
	        "where party = "
	        "'%s'; delete from log_mirror where party = '%s'; pragma foreign_keys = on",
	        keep, keep, keep, t.node[i].name, t.node[i].name);
	run(i, sql);
	net_forget_log(&t, i);
}

static void forgets(void **state)
{
	(void)state;
	quiet_start();
	unsigned size = (unsigned)net_number(&t, 0, "select max(size) from log_checkpoint");
	say_and_log(0);
	say_and_log(0);
	assert_int_equal(ask(0, 1), 200);
	assert_true(look(2, 0, 0));
	/* shorter than what la has signed as its witness, and than what mm has seen */
	shorten(0, size);
	look(1, 0, 0);
	look(2, 0, 0);
	look(3, 0, 0);
	assert_int_equal(alarms(1, "forgets"), 1);
	assert_int_equal(alarms(2, "forgets"), 1);
	assert_int_equal(alarms(3, "forgets"), 0); /* it has seen no more than that */
	/* it goes on, and is longer again: another log under the same name */
	for (unsigned i = 0; i < 4; i++)
		say_and_log(0);
	assert_int_equal(ask(0, 1), 409);
	assert_int_equal(ask(0, 1), 422);
	look(1, 0, 0);
	look(2, 0, 0);
	assert_int_equal(alarms(1, "forks"), 1);
	assert_int_equal(alarms(2, "forks"), 1);
	/* nobody signs it any more */
	struct link_self self = net_self(&t, 1);
	struct log_sign s = {0};
	char path[TILE_PATH];
	db_begin(self.db);
	assert_int_equal(log_want(&self, STR("kh"), path, &s), LOG_NOTHING);
	net_commit(&t, 1, false);
	buf_done(&s.text);
	net_end(&t);
}

/* Another machine with the keys of kh has shown its own entries to vn, which kh hears of from vn. */
static void clone_(void **state)
{
	auto_buf struct buf note = {0};
	struct link_self self;
	uint64_t size;

	(void)state;
	quiet_start();
	unsigned before = (unsigned)net_number(&t, 0, "select max(size) from log_checkpoint");
	say_and_log(0);
	assert_int_equal(ask(0, 3), 200);
	look(3, 0, 0);
	self = net_self(&t, 0);
	assert_true(log_note(&self, 0, &note, &size));
	/* from here on node 0 is the other one, without what it said last */
	shorten(0, before);
	say_and_log(0);
	/* vn does not sign a second history of the same length */
	int status = ask(0, 3);
	assert_true(status == 409);
	look(3, 0, 0);
	assert_int_equal(alarms(3, "forks") + alarms(3, "forgets"), 1);
	/* and either side learns of it by its own signature */
	assert_true(look(0, 3, 0));
	assert_int_equal(alarms(0, "forks"), 1);
	net_end(&t);
}

static void unlogged(void **state)
{
	(void)state;
	quiet_start();
	t.node[0].liar = true;
	say(0);
	say(0);
	while (net_sign(&t, 0, false))
		;
	/* the newest is not in its log */
	run(0, "delete from log_entry where n = (select max(n) from log_entry)");
	for (unsigned k = 1; k < NET_NODES; k++)
		net_push(&t, 0, k, false);
	int64_t told = 0;
	for (unsigned r = 0; r < 5; r++) {
		t.now += HOUR / 4;
		all_logs(1);
		for (unsigned k = 1; k < NET_NODES; k++)
			told += r < 3 ? alarms(k, "unlogged") : 0;
	}
	assert_int_equal(told, 0);
	for (unsigned k = 1; k < NET_NODES; k++)
		told += alarms(k, "unlogged");
	assert_int_equal(told,
	        net_number(&t, 0,
	                "select count(*) from delivery where statement = (select max(n) from statement "
	                "where kind = 'case.open')"));
	/* who said nothing is not looked for again among what others said */
	for (unsigned k = 0; k < NET_NODES; k++)
		assert_int_equal(
		        net_number(&t, k,
		                "select count(*) from log_peer where mirrored > 0 and checked < (select "
		                "max(n) from statement)"),
		        0);
	/* a sender that does not show its log, while it is reached */
	struct link_self self = net_self(&t, 1);
	db_begin(self.db);
	log_refused(&self, STR("vn"), "it answers 404");
	log_watch(&self, STR("vn"));
	net_commit(&t, 1, false);
	assert_int_equal(alarms(1, "unreadable"), 0);
	/* nobody is late by a clock that is in doubt; a node that merely has no key knows the time */
	t.now += HOUR;
	self = net_self(&t, 1);
	self.doubts = self.no_clock = true;
	db_begin(self.db);
	log_watch(&self, STR("vn"));
	assert_int_equal(alarms(1, "unreadable"), 0);
	self.no_clock = false;
	log_watch(&self, STR("vn"));
	net_commit(&t, 1, false);
	assert_int_equal(alarms(1, "unreadable"), 1);
	assert_true(look(1, 3, 3));
	assert_int_equal(alarms(1, "unreadable"), 0);
	net_end(&t);
}

/* kh says something and is off at once. Its last checkpoint, signed by a witness hours later, would prove that it said it later. */
static void off(void **state)
{
	auto_buf struct buf answer = {0};

	(void)state;
	quiet_start();
	say(0);
	while (net_sign(&t, 0, false))
		;
	assert_int_equal(call(1, 0, "GET", "log/checkpoint", STR(""), &answer), 200);
	t.now += 25 * HOUR;
	assert_int_equal(ask(0, 1), -1);
	assert_int_equal(call(1, 0, "GET", "log/checkpoint", STR(""), &answer), 404);
	checkpoint(0);
	assert_int_equal(ask(0, 1), 200);
	assert_int_equal(call(1, 0, "GET", "log/checkpoint", STR(""), &answer), 200);
	net_settle(&t);
	all_logs(2);
	assert_true(all_proven() > 0);
	net_end(&t);
}

/* A state that is an old backup gets the end of its log back from a mirror, and is silent until people have spoken. */
static void lost(void **state)
{
	(void)state;
	quiet_start();
	unsigned size = (unsigned)net_number(&t, 0, "select max(size) from log_checkpoint");
	say_and_log(0);
	say_and_log(0);
	all_logs(2);
	say_and_log(0);
	int64_t all = net_number(&t, 0, "select count(*) from log_entry");
	assert_true(all > size);
	shorten(0, size);
	struct link_self self = net_self(&t, 0);
	assert_false(recover_silent(self.db));
	assert_true(look(0, 2, 0));
	assert_true(recover_silent(self.db));
	self = net_self(&t, 0);
	assert_int_equal(log_due(&self), -1);
	assert_int_equal(net_number(&t, 0, "select count(*) from log_entry"), all);
	assert_true(log_own_whole(&self));
	/* one that no witness had seen has its entry again too */
	assert_int_equal(
	        net_number(&t, 0,
	                "select count(*) from statement s where sender = 'kh' and signature is not null and "
	                "not exists (select 1 from log_entry e where e.digest = s.id)"),
	        0);
	/* and goes on behind it, with nobody the wiser */
	run(0, "delete from silent");
	say_and_log(0);
	assert_int_equal(ask(0, 1), 409);
	assert_int_equal(ask(0, 1), 200);
	assert_true(look(2, 0, 0));
	for (unsigned k = 0; k < NET_NODES; k++)
		assert_int_equal(net_number(&t, k, "select count(*) from log_alarm"), 0);
	net_end(&t);
}

/* Nobody has seen it for a day. */
static void unseen(void **state)
{
	(void)state;
	quiet_start();
	assert_false(log_unseen(t.node[0].db, t.now));
	memset(t.cut, 1, sizeof(t.cut));
	t.now += 25 * HOUR;
	assert_true(log_unseen(t.node[0].db, t.now));
	memset(t.cut, 0, sizeof(t.cut));
	/* nothing new was said: a checkpoint a day is made and seen all the same */
	all_logs(1);
	assert_false(log_unseen(t.node[0].db, t.now));
	net_end(&t);
}

/* One who can only dial out is a witness too: nobody asks it. And a caller has eight calls a minute. */
static void dials_out(void **state)
{
	auto_buf struct buf answer = {0};

	(void)state;
	quiet_start();
	say_and_log(0);
	for (unsigned k = 1; k < NET_NODES; k++)
		assert_true(look(k, 0, 0));
	assert_int_equal(net_number(&t, 0,
	                         "select count(*) from log_cosignature where size = (select max(size) from "
	                         "log_checkpoint)"),
	        3);
	assert_int_equal(call(1, 0, "POST", "cosignatures", STR("no line\n"), &answer), 422);
	int status = 0;
	for (unsigned i = 0; i < 9; i++)
		status = call(1, 0, "POST", "add-checkpoint", STR("x"), &answer);
	assert_int_equal(status, 429);
	t.now += 8 * NET_SECOND;
	assert_int_equal(call(1, 0, "POST", "add-checkpoint", STR("x"), &answer), 400);
	assert_int_equal(call(1, 0, "GET", "log/tile/0/001.p/3", STR(""), &answer), 404);
	assert_int_equal(call(1, 0, "GET", "mirror/../checkpoint", STR(""), &answer), 404);
	net_end(&t);
}

/* Nobody can fetch the log of one who only dials out: it is signed as far as it shows that it has grown, and nothing of it is here. */
static void unmirrored(void **state)
{
	auto_buf struct buf note = {0}, tile = {0}, proof = {0};
	struct err e = {0};
	uint8_t id[DIGEST_LEN];
	unsigned signed_ = 0, to = 1;

	(void)state;
	begin(78);
	for (unsigned grown = 0; grown < 3; grown++) {
		assert_int_equal(net_say(&t, 0, KIND_CASE_OPEN, &to, 1, NULL, NULL, NOTE, id), 0);
		while (net_sign(&t, 0, false))
			;
		net_settle(&t);
		t.now += 20 * NET_SECOND;
		checkpoint(0);
		for (unsigned k = 1; k < NET_NODES; k++)
			assert_int_equal(ask(0, k), 200);
	}
	int64_t size = net_number(&t, 0, "select max(size) from log_checkpoint");
	struct link_self self = net_self(&t, 1), own = net_self(&t, 0);
	assert_int_equal(net_number(&t, 1, "select size from log_peer where party = 'kh'"), size);
	assert_int_equal(net_number(&t, 1, "select mirrored from log_peer where party = 'kh'"), 0);
	/* that is what others get of it from a witness */
	assert_int_equal(call(2, 1, "GET", "mirror/kh/checkpoint", STR(""), &note), 200);
	assert_true(str_starts(buf_str(&note), STR("kh/weir\n")));
	assert_int_equal(call(2, 1, "GET", "mirror/kh/tile/entries/000.p/1", STR(""), &tile), 404);
	/* what it said is here; that it stands in its log only it can prove */
	assert_int_equal(log_proof(&self, STR("kh"), id, 2, &proof, &signed_, &e), ERR_MISSING);
	assert_int_equal(log_proof(&own, STR("kh"), id, 2, &proof, &signed_, &e), 0);
	assert_int_equal(signed_, NET_NODES - 1);
	t.now += 3 * HOUR;
	self = net_self(&t, 1);
	db_begin(self.db);
	assert_int_equal(log_watch(&self, STR("kh")), 0);
	net_commit(&t, 1, false);
	assert_int_equal(net_number(&t, 1, "select count(*) from log_alarm"), 0);
	net_end(&t);
}

static int make(void **state)
{
	(void)state;
	net_make(&t);
	return 0;
}

static int done(void **state)
{
	(void)state;
	net_done(&t);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(stale), cmocka_unit_test(forgets),
	        cmocka_unit_test(clone_), cmocka_unit_test(unlogged), cmocka_unit_test(lost),
	        cmocka_unit_test(unseen), cmocka_unit_test(off), cmocka_unit_test(dials_out),
	        cmocka_unit_test(unmirrored), cmocka_unit_test(story)};

	seeds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : seeds;
	first = argc > 2 ? strtoull(argv[2], NULL, 10) : first;
	return cmocka_run_group_tests(tests, make, done);
}
