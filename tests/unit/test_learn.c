/* SPDX-License-Identifier: Apache-2.0
 *
 * Needs, offers and practices between two nodes: the same rows whatever the order in which statements come, what fits what, and what
 * of the self-assessment leaves (nothing).
 */
#include "base/os.h"
#include "learn/hear.h"
#include "learn/learn.h"
#include "learn/sim3.h"
#include "link/link.h"
#include "two.h"

static void hear(const struct heard *h)
{
	learn_hear(h);
}

static bool whole(const struct heard *h, const char **ret_why)
{
	(void)h;
	(void)ret_why;
	return true;
}

static const struct heard_ways heard = {.hear = hear, .whole = whole};

static void begin(struct two *t)
{
	two_open(t);
	t->now = os_now();
	t->heard = &heard;
	two_link(t);
	two_carry(t);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(sim3_load(t->node[i].db, SOURCE_ROOT "/conf/sim3.yaml", &t->node[i].e), 0);
}

/* The change of that name, of a person of that node; its code. What it said is in node.said, its sentence in node.e. */
static int act(struct two *t, unsigned i, const char *name, const char *params)
{
	struct two_node *n = &t->node[i];
	struct link_self self = two_self(t, i);
	struct change_here here = {
	        .party = str_from(n->name), .folder = str_from(n->folder), .link = &self, .ways = &link_ways};
	struct change c = {.db = n->db,
	        .here = &here,
	        .params = str_from(params),
	        .person = STR_INIT("dara"),
	        .said = &n->said};
	unsigned k = 0;

	while (k < learn_change_count && strcmp(learn_changes[k].name, name) != 0)
		k++;
	assert_true(k < learn_change_count);
	buf_clear(&n->said);
	n->e = (struct err){0};
	db_begin(n->db);
	int rc = learn_changes[k].run(&c, &n->e);
	if (rc == 0)
		rc = db_commit(n->db, &n->e);
	else
		db_rollback(n->db);
	t->now += TWO_SECOND;
	return rc;
}

#define ACT(i, name, params)                                                                                 \
	do {                                                                                                 \
		if (act(&t, (i), (name), (params)) != 0)                                                     \
			fail_msg("%s: %s", (name), t.node[i].e.text);                                        \
	} while (0)
#define REFUSED(i, name, params, words)                                                                      \
	do {                                                                                                 \
		assert_int_not_equal(act(&t, (i), (name), (params)), 0);                                     \
		if (strstr(t.node[i].e.text, (words)) == NULL)                                               \
			fail_msg("%s: %s", (name), t.node[i].e.text);                                        \
	} while (0)

/* The draft that was made last. */
static void send_last(struct two *t, unsigned i)
{
	char params[32];

	snprintf(params, sizeof(params), "id=D%lld",
	        (long long)two_number(t, i, "select max(id) from learn_draft"));
	if (act(t, i, "learn-send", params) != 0)
		fail_msg("%s", t->node[i].e.text);
}
#define SEND(i) send_last(&t, (i))

#define NEED "kind=need\ntitle=A tracker\narea=tools\ncontact=Duty desk\nsim3=T-4\ntext=of incidents\nto="
#define OFFER "kind=offer\ntitle=A course\narea=training\ncontact=Duty desk\nsim3=H-5\ntext=of a week\nto="
#define PRACTICE "kind=practice\ntitle=A drill\narea=training\nlearnt-from=apcert.org\ntext=do it early\nto="

/* ---- whatever the order -------------------------------------------------------------------------- */

/* Gives a statement of the first node to the second one. */
static void give(struct two *t, uint64_t n)
{
	struct link_self b = two_self(t, 1);
	auto_arena struct arena a = {0};
	auto_buf struct buf bytes = {0};
	struct link_taken taken;
	struct stored s;

	arena_init(&a, 0);
	assert_true(store_find_n(t->node[0].db, n, &a, &s));
	statement_write(&bytes, s.head, (const uint8_t *)s.signature.p, s.content);
	db_begin(t->node[1].db);
	link_take(&b, STR("la"), false, buf_str(&bytes), &a, &taken);
	assert_int_equal(db_commit(t->node[1].db, &t->node[1].e), 0);
	assert_true(taken.verdict == VERDICT_OK || taken.verdict == VERDICT_GAP);
}

static void rows(struct two *t, unsigned i, struct buf *ret)
{
	struct query q = db_query(t->node[i].db,
	        "select l.kind || '|' || l.party || '|' || l.title || '|' || l.area || '|' || l.contact || "
	        "'|' || "
	        "l.learnt_from || '|' || l.label || '|' || coalesce(hex(l.reply), '-') || '|' || "
	        "coalesce(l.withdrawn, '-') || '|' || l.reason || '|' || (select group_concat(lang || text) "
	        "from "
	        "learn_text where learn = l.id) || '|' || coalesce((select group_concat(sim3) from "
	        "learn_sim3 "
	        "where learn = l.id), '') from learn l order by l.said");

	while (query_next(&q) == 1) {
		buf_add(ret, query_get_text(&q, 0));
		buf_char(ret, '\n');
	}
	assert_int_equal(query_done(&q, NULL), 0);
}

static void any_order(void **unused)
{
	static const unsigned orders[][4] = {{3, 2, 1, 0}, {2, 0, 3, 1}};

	(void)unused;
	for (unsigned k = 0; k < sizeof(orders) / sizeof(orders[0]); k++) {
		auto_buf struct buf here = {0}, there = {0};
		struct two t;
		uint64_t n[4];
		unsigned got = 0;
		begin(&t);
		ACT(0, "learn-new", NEED "kh");
		SEND(0);
		ACT(0, "learn-new", PRACTICE "kh");
		SEND(0);
		ACT(0, "learn-withdraw", "id=G1\nreason=met");
		ACT(0, "learn-withdraw", "id=G2\nreason=wrong");
		struct query q = db_query(t.node[0].db,
		        "select n from statement where kind in ('need', 'practice', 'withdraw') order by n");
		while (query_next(&q) == 1 && got < 4)
			n[got++] = query_get_u64(&q, 0);
		query_done(&q, NULL);
		assert_int_equal(got, 4);
		/* signed, and held back until the test gives them in its own order */
		struct link_self self = two_self(&t, 0);
		for (;;) {
			auto_arena struct arena a = {0};
			struct link_unsigned u;
			struct keeper_signed s;
			arena_init(&a, 0);
			if (!link_unsigned_find(&self, &a, &u))
				break;
			assert_int_equal(
			        keeper_sign(t.node[0].keeper, u.head, &s, &t.node[0].e), KEEPER_SIGNED);
			db_begin(t.node[0].db);
			link_signed(&self, u.n, s.signature);
			assert_int_equal(db_commit(t.node[0].db, NULL), 0);
		}
		for (unsigned i = 0; i < 4; i++)
			give(&t, n[orders[k][i]]);
		rows(&t, 0, &here);
		rows(&t, 1, &there);
		assert_true(here.len > 0);
		assert_int_equal(here.len, there.len);
		assert_memory_equal(here.p, there.p, here.len);
		assert_int_equal(
		        two_number(&t, 1, "select count(*) from learn where reason in ('met', 'wrong')"), 2);
		two_close(&t);
	}
}

/* Heard again it is the same; what a fork has dropped is gone, with what became of it, and comes back as it was. */
static void dropped(void **unused)
{
	struct two t;
	auto_buf struct buf before = {0}, after = {0};
	auto_arena struct arena a = {0};
	struct stored s;

	(void)unused;
	arena_init(&a, 0);
	begin(&t);
	ACT(0, "learn-new", NEED "kh");
	SEND(0);
	ACT(0, "learn-withdraw", "id=G1\nreason=met");
	two_carry(&t);
	rows(&t, 1, &before);
	assert_true(store_find_n(t.node[1].db,
	        (uint64_t)two_number(&t, 1, "select n from statement where kind = 'need'"), &a, &s));
	struct item body = stored_body(&s, &a);
	struct heard h = {
	        .db = t.node[1].db, .me = STR_INIT("kh"), .now = t.now, .s = &s, .body = &body, .a = &a};
	db_begin(h.db);
	h.kind = KIND_NEED;
	learn_hear(&h);
	rows(&t, 1, &after);
	assert_int_equal(before.len, after.len);
	assert_int_equal(db_exec(h.db, "update statement set effect = 0 where kind = 'withdraw'", NULL), 0);
	h.kind = KIND_REJOIN;
	learn_hear(&h);
	assert_int_equal(two_number(&t, 1, "select count(*) from learn where withdrawn is null"), 1);
	assert_int_equal(db_exec(h.db, "update statement set effect = 0 where kind = 'need'", NULL), 0);
	learn_hear(&h);
	assert_int_equal(two_number(&t, 1, "select count(*) from learn"), 0);
	assert_int_equal(two_number(&t, 1, "select count(*) from learn_text"), 0);
	assert_int_equal(
	        db_exec(h.db, "update statement set effect = 1 where kind in ('need', 'withdraw')", NULL), 0);
	h.kind = KIND_NEED;
	learn_hear(&h);
	buf_clear(&after);
	rows(&t, 1, &after);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.p, after.p, before.len);
	/* one that has not left may get another id */
	assert_int_equal(db_exec(h.db, "update statement set id = x'07' where kind = 'need'", NULL), 0);
	assert_int_equal(two_number(&t, 1, "select count(*) from learn where said = x'07'"), 1);
	assert_int_equal(db_commit(h.db, NULL), 0);
	two_close(&t);
}

/* ---- offers -------------------------------------------------------------------------------------- */

static unsigned fits(
        struct two *t, unsigned i, uint64_t need, int64_t now, uint64_t *ret_first, uint64_t *ret_why)
{
	struct query q = db_query(t->node[i].db, LEARN_FITS);
	unsigned n = 0;

	query_u64(&q, need);
	query_i64(&q, now);
	for (; query_next(&q) == 1; n++)
		if (n == 0) {
			*ret_first = query_get_u64(&q, 0);
			*ret_why = query_get_u64(&q, 1);
		}
	assert_int_equal(query_done(&q, NULL), 0);
	return n;
}

static void offers(void **unused)
{
	struct two t;
	uint64_t first = 0, why = 9;

	(void)unused;
	begin(&t);
	ACT(0, "learn-new", NEED "kh");
	SEND(0);
	ACT(0, "learn-new", "kind=offer\ntitle=Ours\narea=tools\ncontact=x\ntext=x\nto=kh");
	SEND(0);
	two_carry(&t);
	int64_t now = os_now() / 1000000;
	/* nobody's own offer fits his need */
	assert_int_equal(fits(&t, 0, 1, now, &first, &why), 0);
	REFUSED(1, "learn-new", "kind=need\nreply=G1", "an offer answers a need");
	/* what answers it has its words, and with them its label */
	assert_int_equal(db_exec(t.node[1].db, "update learn set label = 'RED'", NULL), 0);
	REFUSED(1, "learn-new", "kind=offer\nreply=G1", "no G1");
	assert_int_equal(
	        db_exec(t.node[1].db, "insert into learn_person select id, 'dara' from learn", NULL), 0);
	REFUSED(1, "learn-new", "kind=offer\nreply=G1", "G1 is TLP:RED");
	assert_int_equal(db_exec(t.node[1].db, "update learn set label = 'AMBER+STRICT'", NULL), 0);
	ACT(1, "learn-new", "kind=offer\nreply=G1");
	assert_int_equal(two_number(&t, 1, "select label = 'AMBER+STRICT' from learn_draft"), 1);
	assert_int_equal(
	        db_exec(t.node[1].db,
	                "delete from learn_draft; update learn set label = 'AMBER'; delete from learn_person",
	                NULL),
	        0);
	ACT(1, "learn-new", "kind=offer\ntitle=Of the area\narea=tools\ncontact=x\ntext=x\nto=la");
	SEND(1);
	ACT(1, "learn-new",
	        "kind=offer\ntitle=Of the "
	        "parameter\narea=other\nsim3=t-4\ncontact=x\ntext=x\nto=la\nuntil=2d");
	SEND(1);
	two_carry(&t);
	assert_int_equal(fits(&t, 0, 1, now, &first, &why), 2);
	assert_int_equal(why, 1);
	assert_int_equal(fits(&t, 0, 1, now + 3 * 86400, &first, &why), 1); /* one has ended */
	assert_int_equal(why, 2);
	ACT(1, "learn-new", "kind=offer\nreply=G1\ncontact=Training desk\ntext=come\narea=policy\nsim3=");
	SEND(1);
	two_carry(&t);
	assert_int_equal(fits(&t, 0, 1, now, &first, &why), 3);
	assert_int_equal(why, 0);
	assert_int_equal(
	        two_number(&t, 0, "select count(*) from learn where title = 'A tracker' and kind = 'offer'"),
	        1);
	/* it is late after five days, and no longer once somebody has taken it on */
	char params[32];
	snprintf(params, sizeof(params), "id=G%llu\ntext=thanks", (unsigned long long)first);
	struct query q = db_query(t.node[0].db, "select count(*) from learn l where " LEARN_LATE("l", "?1"));
	query_i64(&q, now + LEARN_ACK_S + 60);
	assert_int_equal(query_next(&q), 1);
	assert_int_equal(query_get_u64(&q, 0), 2); /* the third has ended by then */
	query_done(&q, NULL);
	ACT(0, "learn-ack", params);
	two_carry(&t);
	q = db_query(t.node[0].db, "select count(*) from learn l where " LEARN_LATE("l", "?1"));
	query_i64(&q, now + LEARN_ACK_S + 60);
	assert_int_equal(query_next(&q), 1);
	assert_int_equal(query_get_u64(&q, 0), 1);
	query_done(&q, NULL);
	assert_int_equal(
	        two_number(&t, 1,
	                "select count(*) from delivery d join learn l on l.statement = d.statement where "
	                "d.acked is not null and d.by = 'dara' and l.reply is not null"),
	        1);
	REFUSED(0, "learn-ack", "id=G1", "an offer of another party");
	REFUSED(0, "learn-withdraw", params, "is no statement of ours");
	two_close(&t);
}

/* ---- what may be said ---------------------------------------------------------------------------- */

static void drafts(void **unused)
{
	struct two t;

	(void)unused;
	begin(&t);
	REFUSED(0, "learn-new", "kind=wish\ntitle=x", "need, offer or practice");
	REFUSED(0, "learn-new", "kind=need\narea=tools", "title");
	REFUSED(0, "learn-new", "kind=need\ntitle=x\narea=tool", "there is no area 'tool'");
	REFUSED(0, "learn-new", "kind=need\ntitle=x\nsim3=T-99", "there is no parameter 'T-99'");
	REFUSED(0, "learn-new", "kind=need\ntitle=x\nlabel=RED", "TLP:RED is for named persons");
	REFUSED(0, "learn-new", "kind=need\ntitle=x\nlang=a_b", "no language");
	REFUSED(0, "learn-new", "kind=need\ntitle=x\nuntil=2020-01-01", "has passed");
	ACT(0, "learn-new", "kind=need\ntitle=x\nsim3=P-1 t-4 P-1");
	assert_int_equal(two_number(&t, 0, "select sim3 = 'P-1 T-4' from learn_draft"), 1);
	REFUSED(0, "learn-send", "id=D1", "who is told?");
	ACT(0, "learn-set", "id=D1\nto=kh vn");
	REFUSED(0, "learn-send", "id=D1", "which area");
	ACT(0, "learn-set", "id=D1\narea=tools");
	REFUSED(0, "learn-send", "id=D1", "which office");
	ACT(0, "learn-set", "id=D1\ncontact=Duty desk");
	REFUSED(0, "learn-send", "id=D1", "in words");
	ACT(0, "learn-set", "id=D1\nlang=lo\ntext=\xe0\xba\x81");
	ACT(0, "learn-set", "id=D1\nlang=en\ntext=a\vb");
	REFUSED(0, "learn-send", "id=D1", "there is no link with 'vn'");
	ACT(0, "learn-set", "id=D1\nto=kh\nlabel=GREEN");
	REFUSED(0, "learn-send", "id=D1", "names its community");
	ACT(0, "learn-set", "id=D1\nto=\ngroup=clmv");
	REFUSED(0, "learn-send", "id=D1", "no card of the group");
	ACT(0, "learn-set", "id=D1\nto=kh\ngroup=\nlabel=");
	REFUSED(0, "learn-send", "id=D1\nkind=offer", "of another kind");
	assert_int_equal(two_number(&t, 0, "select count(*) from learn_draft_text"), 2);
	ACT(0, "learn-send", "id=D1\nkind=need");
	assert_int_equal(two_number(&t, 0, "select count(*) from learn_draft"), 0);
	assert_int_equal(two_number(&t, 0, "select count(*) from learn_draft_text"), 0);
	two_carry(&t);
	assert_int_equal(
	        two_number(&t, 1,
	                "select count(*) from learn_text where text = 'a' || char(10) || 'b' or lang = 'lo'"),
	        2);
	assert_int_equal(
	        two_number(&t, 1, "select count(*) from learn where label = 'AMBER' and ours = 0"), 1);
	REFUSED(0, "learn-send", "id=D1", "there is no draft D1");
	ACT(0, "learn-withdraw", "id=G1\nreason=met");
	REFUSED(0, "learn-withdraw", "id=G1\nreason=met", "already");
	two_close(&t);
}

/* ---- the self-assessment ------------------------------------------------------------------------- */

static void bad_file(const char *folder, const char *text, const char *words)
{
	char path[128];
	struct err e = {0};

	snprintf(path, sizeof(path), "%s/sim3.yaml", folder);
	assert_int_equal(os_write_file(path, str_from(text), &e), 0);
	assert_int_not_equal(sim3_check(path, &e), 0);
	if (strstr(e.text, words) == NULL)
		fail_msg("%s", e.text);
}

#define O "version: x\ncategories:\n  - { id: O, area: team, en: a }\nparameters:\n"
/* The file as it comes, and files that are wrong: each is named with its place. */
static void files(struct two *t)
{
	assert_int_equal(two_number(t, 0, "select count(*) from sim3_parameter"), 45);
	assert_int_equal(two_number(t, 0, "select count(*) from sim3_name"), 49 * 5);
	bad_file(t->folder, "version: x\n", "'categories' is a list");
	bad_file(t->folder, O "  - { id: O-1 }\n", "sim3.yaml:5:");
	bad_file(t->folder, O "  - { id: O-1, en: a }\n  - { id: O-1, en: b }\n", "twice");
	bad_file(t->folder, O "  - { id: T-1, en: a }\n", "no category 'T'");
	bad_file(t->folder, O "  - { id: O-0, en: a }\n", "an id is missing");
	bad_file(t->folder, O "  - { id: O-1, en: a, english: b }\n", "no language");
	bad_file(t->folder, "version: x\nlevels: 3\n", "levels");
	bad_file(t->folder, "version: x\ncategories:\n  - { id: O, area: nowhere, en: a }\n", "area");
}

static void assess(void **unused)
{
	struct two t;
	auto_arena struct arena a = {0};
	struct stored s;

	(void)unused;
	arena_init(&a, 0);
	begin(&t);
	files(&t);
	REFUSED(0, "sim3-need", "id=T-4", "has no gap");
	REFUSED(0, "sim3-set", "id=T-4\nlevel=5", "a level is 0");
	REFUSED(0, "sim3-set", "id=X-4\nlevel=1", "there is no parameter 'X-4'");
	ACT(0, "sim3-set", "id=t-4\nlevel=1\ntarget=3\nnote=shameful secret\nevidence=drawer 7");
	ACT(0, "sim3-set", "id=T-4\nlevel=2");
	assert_int_equal(
	        two_number(&t, 0,
	                "select level = 2 and target = 3 and note = 'shameful secret' from sim3_level"),
	        1);
	ACT(0, "sim3-need", "id=T-4");
	REFUSED(0, "sim3-need", "id=T-4", "drafted for T-4 already");
	assert_int_equal(
	        two_number(&t, 0,
	                "select sim3 = 'T-4' and area = 'tools' and title like 'T-4: %' from learn_draft"),
	        1);
	ACT(0, "learn-set", "id=D1\ncontact=Desk\ntext=help\nto=kh");
	SEND(0);
	two_carry(&t);
	/* not a word of it is in any statement */
	struct query q = db_query(t.node[1].db, "select n from statement");
	while (query_next(&q) == 1) {
		assert_true(store_find_n(t.node[1].db, query_get_u64(&q, 0), &a, &s));
		assert_true(str_find_str(s.content, 0, STR("shameful")) == SIZE_MAX);
		assert_true(str_find_str(s.content, 0, STR("drawer")) == SIZE_MAX);
		assert_true(str_find_str(s.content, 0, STR("\"level\"")) == SIZE_MAX);
	}
	query_done(&q, NULL);
	assert_int_equal(two_number(&t, 1, "select count(*) from sim3_level"), 0);
	ACT(0, "sim3-set", "id=T-4\nlevel=\nnote=");
	assert_int_equal(
	        two_number(&t, 0,
	                "select level is null and note = '' and evidence = 'drawer 7' from sim3_level"),
	        1);
	two_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(any_order),
	        cmocka_unit_test(dropped),
	        cmocka_unit_test(offers),
	        cmocka_unit_test(drafts),
	        cmocka_unit_test(assess),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
