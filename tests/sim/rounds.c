/* SPDX-License-Identifier: Apache-2.0 */
#include "rounds.h"
#include "agree/change.h"
#include "agree/hear.h"
#include "agree/work.h"
#include "link/link_in.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct heard_ways heard = {.hear = agree_hear,
        .seen = agree_seen,
        .renamed = agree_renamed,
        .whole = agree_whole,
        .lacks = agree_lacks};

void rounds_make(struct net *t)
{
	t->heard = &heard;
}

void rounds_begin(struct net *t)
{
	uint8_t digest[DIGEST_LEN];
	struct err e = {0};

	for (unsigned i = 0; i < NET_NODES; i++) {
		db_begin(t->node[i].db);
		for (unsigned k = 0; k < NET_NODES; k++) {
			struct query q = db_query(t->node[i].db,
			        "insert into key_list(party, number, note, digest, taken) values (?, 1, '', "
			        "?, 0)");
			digest_of(str_from(t->node[k].name), digest);
			query_text(&q, str_from(t->node[k].name));
			query_blob(&q, str_make((const char *)digest, DIGEST_LEN));
			query_run(&q);
		}
		assert_int_equal(db_commit(t->node[i].db, &e), 0);
	}
}

void rounds_at(struct net *t, unsigned i)
{
	(void)net_self(t, i);
	os_fake.now = t->now + t->node[i].offset;
}

/* ---- people -------------------------------------------------------------------------------------- */

static const struct change_row *row_of(const char *name)
{
	for (unsigned i = 0; i < agree_change_count; i++)
		if (strcmp(agree_changes[i].name, name) == 0)
			return &agree_changes[i];
	fail_msg("there is no change %s", name);
	return NULL;
}

int rounds_do(
        struct net *t, unsigned i, const char *person, const char *change, const char *params, struct err *e)
{
	const struct change_row *row = row_of(change);
	auto_buf struct buf said = {0};

	rounds_at(t, i);
	struct change c = {.db = t->node[i].db,
	        .here = &t->here[i],
	        .params = str_from(params),
	        .person = str_from(person),
	        .said = &said};
	db_begin(c.db);
	*e = (struct err){0};
	int rc = row->run(&c, e);
	if (rc != 0)
		db_rollback(c.db);
	else if (db_commit(c.db, e) != 0)
		rc = e->code != 0 ? e->code : ERR_SYS;
	else
		snprintf(e->text, sizeof(e->text), "%.*s", (int)(said.len < 900 ? said.len : 900), said.p);
	return rc;
}

int rounds_two(struct net *t, unsigned i, const char *change, const char *params, struct err *e)
{
	int rc = rounds_do(t, i, "one", change, params, e);
	char sign[32];

	if (rc != 0 || strstr(e->text, "weir agree sign ") == NULL)
		return rc;
	snprintf(sign, sizeof(sign), "id=%d", (int)net_number(t, i, "select max(id) from agree_pending"));
	return rounds_do(t, i, "two", "agree-sign", sign, e);
}

void rounds_must(struct net *t, unsigned i, const char *change, const char *params)
{
	struct err e;

	if (rounds_two(t, i, change, params, &e) != 0)
		fail_msg("%s at %s: %s", change, t->node[i].name, e.text);
}

const char *rounds_refused(struct net *t, unsigned i, const char *change, const char *params, int code)
{
	static struct err e;
	int rc = rounds_two(t, i, change, params, &e);

	if (rc != code)
		fail_msg("%s at %s: %d instead of %d: %s", change, t->node[i].name, rc, code, e.text);
	return e.text;
}

void rounds_open(struct net *t, unsigned chair, const char *lines, uint8_t ret_id[DIGEST_LEN])
{
	char params[2048], text[512], id[2][CLAUSE_ID];

	clause_id_make(1000, id[0]);
	clause_id_make(2000, id[1]);
	snprintf(text, sizeof(text), ROUND_TEXT, id[0], 4u, id[1]);
	snprintf(params, sizeof(params), "instrument=" ROUND_INSTRUMENT "\nlang=en\nauthentic=yes\ntext=%s",
	        text);
	rounds_must(t, chair, "agree-text", params);
	snprintf(params, sizeof(params), "instrument=" ROUND_INSTRUMENT "\ntitle=Times of gates\n%s", lines);
	rounds_must(t, chair, "agree-propose", params);
	rounds_newest(t, chair, "agree.open", ret_id);
}

void rounds_newest(struct net *t, unsigned i, const char *kind, uint8_t ret[DIGEST_LEN])
{
	struct query q = db_query(t->node[i].db,
	        "select id from statement where kind = ? and sender = ? order by n desc limit 1");

	query_text(&q, str_from(kind));
	query_text(&q, str_from(t->node[i].name));
	assert_int_equal(query_next(&q), 1);
	memcpy(ret, query_get_blob(&q, 0).p, DIGEST_LEN);
	query_done(&q, NULL);
}

/* ---- nodes --------------------------------------------------------------------------------------- */

void rounds_work(struct net *t, unsigned i)
{
	struct err e = {0};

	rounds_at(t, i);
	for (unsigned n = 0; agree_due(t->node[i].db, os_fake.now); n++) {
		assert_true(n < 20);
		db_begin(t->node[i].db);
		agree_work(&t->here[i], t->node[i].db, os_fake.now, t->node[i].doubts);
		if (db_commit(t->node[i].db, &e) != 0)
			fail_msg("%s: %s", t->node[i].name, e.text);
	}
}

void rounds_cut_off(struct net *t, unsigned x, bool cut)
{
	for (unsigned k = 0; k < NET_NODES; k++)
		if (k != x)
			t->cut[x][k] = t->cut[k][x] = cut;
}

void rounds_relay(struct net *t, unsigned a, unsigned b)
{
	uint8_t id[DIGEST_LEN] = {0};

	if (t->cut[a][b] || t->cut[b][a])
		return;
	for (unsigned i = 0; i < 32; i++) {
		auto_buf struct buf bytes = {0};
		struct link_self self = net_self(t, a), peer = net_self(t, b);
		if (!link_lacks(&self, peer.me, id, id))
			return;
		db_begin(peer.db);
		bool there = link_one(&peer, self.me, id, &bytes);
		if (net_commit(t, b, false) && there)
			net_give(t, a, b, buf_str(&bytes), true, false, NULL);
	}
}

static void one_hour(struct net *t)
{
	(void)net_round(t);
	for (unsigned i = 0; i < NET_NODES; i++) {
		struct link_self self = net_self(t, i);
		db_begin(self.db);
		link_release_due(&self);
		net_commit(t, i, false);
		for (unsigned k = 0; k < NET_NODES; k++)
			if (k != i) {
				net_heads(t, i, k);
				rounds_relay(t, i, k);
			}
		rounds_work(t, i);
	}
	(void)net_round(t);
	for (unsigned i = 0; i < NET_NODES; i++)
		rounds_work(t, i);
}

void rounds_pass(struct net *t, unsigned hours)
{
	/* what is under way ends in hours; in between nothing happens but time */
	while (hours > 0) {
		unsigned step = hours > 4 ? (hours - 3 < 12 ? hours - 3 : 12) : 1;
		t->now += step * HOUR;
		hours -= step;
		one_hour(t);
	}
}

/* ---- what they show ------------------------------------------------------------------------------ */

struct round_row rounds_row(struct net *t, unsigned i, const uint8_t open[DIGEST_LEN])
{
	struct query q = db_query(t->node[i].db,
	        "select id, shown, state, block, closes, grace from agree_round where open = ? and rule <> "
	        "''");
	struct round_row r = {.shown = OUTCOME_END};

	query_blob(&q, str_make((const char *)open, DIGEST_LEN));
	if (query_next(&q) == 1) {
		r.id = query_get_u64(&q, 0);
		r.shown = outcome_state_find(query_get_text(&q, 1));
		r.state = outcome_state_find(query_get_text(&q, 2));
		r.block_there = query_get_blob(&q, 3).len == DIGEST_LEN;
		if (r.block_there)
			memcpy(r.block, query_get_blob(&q, 3).p, DIGEST_LEN);
		r.closes = query_get_i64(&q, 4);
		r.grace = query_get_i64(&q, 5);
	}
	query_done(&q, NULL);
	return r;
}

bool rounds_fresh(struct net *t, unsigned i, const uint8_t open[DIGEST_LEN], struct arena *a,
        struct round_loaded *r, struct outcome *o)
{
	struct round_row row = rounds_row(t, i, open);
	struct err e = {0};

	if (a->blocks == NULL)
		arena_init(a, 0);
	if (row.id == 0)
		return false;
	if (round_load(a, t->node[i].db, t->node[i].folder, row.id, r, &e) != 0)
		fail_msg("%s", e.text);
	if (r->why != NULL)
		return false;
	outcome_make(a, &r->in, (t->now + t->node[i].offset) / NET_SECOND, o);
	return true;
}

void rounds_shows(struct net *t, unsigned i, const uint8_t open[DIGEST_LEN], enum outcome_state state,
        const char *because)
{
	auto_arena struct arena a = {0};
	struct round_loaded r;
	struct outcome o;

	if (!rounds_fresh(t, i, open, &a, &r, &o))
		fail_msg("%s does not have the round", t->node[i].name);
	if (rounds_row(t, i, open).shown != o.shown)
		fail_msg("%s keeps %.*s, and it is %.*s", t->node[i].name,
		        STR_ARG(outcome_state_name(rounds_row(t, i, open).shown)),
		        STR_ARG(outcome_state_name(o.shown)));
	if (o.shown != state || (because[0] != 0 && !str_eq(o.because, str_from(because))))
		fail_msg("%s shows %.*s because of '%.*s' and not %.*s because of '%s'; its block:\n%.*s",
		        t->node[i].name, STR_ARG(outcome_state_name(o.shown)), STR_ARG(o.because),
		        STR_ARG(outcome_state_name(state)), because, STR_ARG(o.block));
}

void rounds_all_show(struct net *t, unsigned but, const uint8_t open[DIGEST_LEN], enum outcome_state state,
        const char *because)
{
	struct round_row first = rounds_row(t, but == 0 ? 1 : 0, open);

	for (unsigned i = 0; i < NET_NODES; i++) {
		if (i == but)
			continue;
		rounds_shows(t, i, open, state, because);
		struct round_row r = rounds_row(t, i, open);
		assert_int_equal(r.block_there, first.block_there);
		assert_memory_equal(r.block, first.block, DIGEST_LEN);
	}
}

/* ---- scenes -------------------------------------------------------------------------------------- */

struct played {
	struct net *t;
	const struct scene *scene;
	uint64_t first, seeds;
};

static void play(void **state)
{
	struct played *p = *state;

	for (uint64_t seed = p->first; seed < p->first + p->seeds; seed++) {
		net_begin(p->t, seed);
		rounds_begin(p->t);
		p->scene->run();
		net_end(p->t);
	}
}

int rounds_scenes(struct net *t, int argc, char **argv, const struct scene *scenes, unsigned n)
{
	struct CMUnitTest *tests = mem_zero(n, sizeof(*tests));
	struct played *played = mem_zero(n, sizeof(*played));

	net_make(t);
	rounds_make(t);
	for (unsigned i = 0; i < n; i++) {
		played[i] = (struct played){.t = t,
		        .scene = &scenes[i],
		        .seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : 1,
		        .first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1};
		tests[i] = (struct CMUnitTest){scenes[i].name, play, NULL, NULL, &played[i]};
	}
	int rc = _cmocka_run_group_tests("scenes", tests, n, NULL, NULL);
	if (rc == 0)
		net_done(t);
	free(played);
	free(tests);
	return rc;
}
