/* SPDX-License-Identifier: Apache-2.0 */
#include "net_log.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- calls --------------------------------------------------------------------------------------- */

static bool unlucky(struct net_log *l, unsigned n)
{
	return l->faults && net_dice(l->t, n) == 0;
}

static void sign(struct net_log *l, unsigned i, const struct log_sign *s, uint8_t ret[NOTE_SIGNATURE])
{
	uint8_t id[KEY_ID];

	key_id(s->key, id);
	assert_true(keeper_sign_log(l->t->node[i].keeper, id, buf_str(&s->text), ret));
}

/* The status; 0: it was lost, there or on the way back. */
int net_log_call(struct net_log *l, unsigned from, unsigned to, const char *method, const char *path,
        struct str body, struct buf *out)
{
	struct wire_request r = {.method = str_from(method), .path = str_from(path), .body = body};
	uint8_t signature[NOTE_SIGNATURE];
	struct wire_answer w;
	int status = 0;

	l->calls++;
	buf_clear(out);
	if (l->t->cut[from][to] || unlucky(l, 6)) {
		l->lost++;
		return 0;
	}
	struct link_self self = net_self(l->t, to);
	os_fake.full = unlucky(l, 12);
	db_begin(self.db);
	wire_serve(&self, str_from(l->t->node[from].name), &l->quotas[from][to], &r, &w);
	bool good = net_commit(l->t, to, unlucky(l, 12));
	os_fake.full = false;
	/* what it says is saved: now it may die before it has said so */
	if (good && w.sign && unlucky(l, 6)) {
		net_crash(l->t, to);
		good = false;
	}
	if (good && w.sign) {
		self = net_self(l->t, to);
		sign(l, to, &w.cosign, signature);
		assert_true(log_cosigned(&self, &w.cosign, signature, &w.body));
	}
	if (good && !unlucky(l, 6)) {
		buf_add(out, buf_str(&w.body));
		status = w.status;
	}
	buf_done(&w.body);
	buf_done(&w.cosign.text);
	return status;
}

/* ---- what a node does ---------------------------------------------------------------------------- */

void net_log_checkpoint(struct net_log *l, unsigned i)
{
	struct link_self self = net_self(l->t, i);
	struct log_sign s = {0};
	uint8_t signature[NOTE_SIGNATURE];
	struct err e = {0};

	if (log_due(&self) == 0) {
		os_fake.full = unlucky(l, 10);
		db_begin(self.db);
		int rc = log_make(&self, &e);
		if (rc < 0) {
			db_rollback(self.db);
			if (!os_fake.full && !l->t->node[i].liar)
				fail_msg("%s: %s", l->t->node[i].name, e.text);
		} else {
			net_commit(l->t, i, unlucky(l, 10));
		}
		os_fake.full = false;
	}
	self = net_self(l->t, i);
	if (log_unsigned_find(&self, &s)) {
		sign(l, i, &s, signature);
		if (!unlucky(l, 10)) {
			db_begin(self.db);
			assert_true(log_signed(&self, &s, signature));
			net_commit(l->t, i, unlucky(l, 10));
		}
	}
	buf_done(&s.text);
}

/* Node a asks b to be its witness. The status; 0: lost; -1: nothing to ask. */
int net_log_ask(struct net_log *l, unsigned a, unsigned b)
{
	struct link_self self = net_self(l->t, a);
	auto_buf struct buf body = {0}, answer = {0};
	struct err e = {0};
	uint64_t size;
	bool ahead;

	int rc = log_ask(&self, str_from(l->t->node[b].name), &body, &size, &e);
	if (rc < 0)
		fail_msg("%s: %s", l->t->node[a].name, e.text);
	if (rc == 0)
		return -1;
	int status = net_log_call(l, a, b, "POST", "add-checkpoint", buf_str(&body), &answer);
	if (status == 0)
		return 0;
	self = net_self(l->t, a);
	db_begin(self.db);
	log_asked(&self, str_from(l->t->node[b].name), size, status, buf_str(&answer), &ahead);
	net_commit(l->t, a, unlucky(l, 12));
	l->asked_again += status == 409;
	return status;
}

static void post(struct net_log *l, unsigned a, unsigned b, const struct log_sign *s)
{
	struct link_self self = net_self(l->t, a);
	uint8_t signature[NOTE_SIGNATURE];
	auto_buf struct buf line = {0}, answer = {0};

	sign(l, a, s, signature);
	assert_true(log_cosigned(&self, s, signature, &line));
	int status = net_log_call(l, a, b, "POST", "cosignatures", buf_str(&line), &answer);
	if (status != 200)
		return;
	self = net_self(l->t, a);
	db_begin(self.db);
	log_posted(&self, str_from(l->t->node[b].name), s->size, "");
	net_commit(l->t, a, false);
}

/* One bundle, or a line. False: nothing is left to do. */
static bool fetch(struct net_log *l, unsigned a, unsigned b, struct str whose, const char *at)
{
	struct link_self self = net_self(l->t, a);
	char tile[TILE_PATH], path[160];
	auto_buf struct buf answer = {0};
	struct log_sign s = {0};

	db_begin(self.db);
	enum log_want want = log_want(&self, whose, tile, &s);
	bool more = net_commit(l->t, a, unlucky(l, 12)) && want != LOG_NOTHING;
	if (more && want == LOG_ENTRIES) {
		snprintf(path, sizeof(path), "%s%s", at, tile);
		more = net_log_call(l, a, b, "GET", path, STR(""), &answer) == 200;
		if (more) {
			self = net_self(l->t, a);
			os_fake.full = unlucky(l, 12);
			db_begin(self.db);
			more = log_entries_take(&self, whose, buf_str(&answer));
			more &= net_commit(l->t, a, unlucky(l, 12));
			os_fake.full = false;
		}
	} else if (more) {
		post(l, a, b, &s);
	}
	buf_done(&s.text);
	return more;
}

/* Node a looks at a log that b has: its own, or one that it mirrors. False: it did not get it. */
bool net_log_look(struct net_log *l, unsigned a, unsigned b, unsigned whose)
{
	struct link_self self = net_self(l->t, a);
	struct str name = str_from(l->t->node[whose].name);
	int64_t asked = self.now;
	uint64_t floor = whose == b ? log_floor(&self, name) : 0;
	auto_buf struct buf answer = {0};
	char at[80], path[100];

	if (whose == b)
		snprintf(at, sizeof(at), "log/");
	else
		snprintf(at, sizeof(at), "mirror/%.2s/", l->t->node[whose].name);
	snprintf(path, sizeof(path), "%scheckpoint", at);
	if (net_log_call(l, a, b, "GET", path, STR(""), &answer) != 200)
		return false;
	self = net_self(l->t, a);
	db_begin(self.db);
	bool good = log_checkpoint_take(&self, name, buf_str(&answer), asked, floor);
	if (!net_commit(l->t, a, unlucky(l, 12)) || !good)
		return false;
	for (unsigned i = 0; i < 20 && fetch(l, a, b, name, at); i++)
		;
	self = net_self(l->t, a);
	db_begin(self.db);
	log_watch(&self, name);
	net_commit(l->t, a, false);
	return true;
}

void net_log_all(struct net_log *l, unsigned rounds)
{
	for (unsigned r = 0; r < rounds; r++) {
		l->t->now += 60 * NET_SECOND;
		for (unsigned i = 0; i < NET_NODES; i++) {
			net_log_checkpoint(l, i);
			for (unsigned k = 0; k < NET_NODES; k++) {
				if (k == i)
					continue;
				/* it may have to hear first how far the witness is */
				if (net_log_ask(l, i, k) == 409)
					net_log_ask(l, i, k);
				net_log_look(l, k, i, i);
			}
		}
	}
}
