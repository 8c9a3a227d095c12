/* SPDX-License-Identifier: Apache-2.0
 *
 * One consultation by four nodes over a network that loses, doubles, delays and cuts, with one member that is cut off for a part
 * or for all of it, clocks that run ahead, processes that die, old backups, couriers, and a chair that lies. Whatever happens: no two
 * honest nodes ever show two different agreements, none shows one with a member that was not served, each broken silence is broken
 * everywhere, and once all has healed all honest nodes have the same block to the byte, whatever the order in which they heard.
 *
 *   test_agree [SEEDS [FIRST]]
 */
#include "consult.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct net t;
static unsigned seeds = 20;
static uint64_t first = 1;

static struct story s;
static unsigned total[OUTCOME_END], lies, restores;

static bool chance(unsigned n)
{
	return net_dice(&t, n) == 0;
}

static bool honest(unsigned i)
{
	return !(s.evil && i == s.chair);
}

static unsigned hour(void)
{
	return story_hour(&s, &t);
}

static int64_t count(unsigned i, const char *sql)
{
	return net_number(&t, i, sql);
}

static unsigned grace_end(void)
{
	return story_grace_end(&s);
}

/* ---- the plan ------------------------------------------------------------------------------------------ */

static void plan_trouble(void)
{
	s.lonely = s.clock = s.old = NOBODY;
	if (chance(2)) {
		s.lonely = net_dice(&t, NET_NODES);
		s.lonely_from = chance(3) ? 0 : net_dice(&t, CLOSES);
		s.lonely_until = s.lonely_from + 10 + net_dice(&t, 60);
		if (chance(4))
			s.lonely_until = grace_end() + 5 + net_dice(&t, 20);
		else if (s.lonely_until > grace_end() - CALM)
			s.lonely_until = grace_end() - CALM;
	}
	if (chance(3)) {
		s.clock = net_dice(&t, NET_NODES);
		s.clock_from = net_dice(&t, grace_end() - CALM - 20);
		s.clock_until = s.clock_from + 5 + net_dice(&t, 20);
		s.offset = chance(3) ? -2 * HOUR : 2 * HOUR;
		s.doubts = !chance(3);
	}
	if (chance(4)) {
		s.old = net_dice(&t, NET_NODES);
		s.backup_at = 10 + net_dice(&t, 40);
		s.restore_at = s.backup_at + 10 + net_dice(&t, CLOSES);
	}
}

static void plan(uint64_t seed)
{
	s = (struct story){.seed = seed};
	s.rule = (enum rule)net_dice(&t, RULES);
	s.human = chance(4);
	s.grace = 24 + 24 * net_dice(&t, 2);
	s.confirm = 2 + net_dice(&t, 3);
	s.chair = net_dice(&t, NET_NODES);
	s.evil = chance(3);
	s.lie = (enum lie_kind)net_dice(&t, LIES);
	s.victim = (s.chair + 1 + net_dice(&t, NET_NODES - 1)) % NET_NODES;
	s.extends = net_dice(&t, 3);
	plan_trouble();
	if (s.evil && s.old == s.chair)
		s.old = NOBODY;
}

static void open_round(void)
{
	static const char *const rules[RULES] = {"rule=silence\nunserved=hold\n",
	        "rule=silence\nunserved=except\n", "rule=assent\nneeds=all\nunserved=hold\n",
	        "rule=assent\nneeds=2\nunserved=except\n", "rule=none\n"};
	char lines[512];

	snprintf(lines, sizeof(lines),
	        "members=la kh mm "
	        "vn\ndeputy=%s\ncloses=%uh\n%slevel=%s\nmin-notice=%uh\nworking-days=0\nbreaks=objection\n"
	        "extend=%u 24h\ngrace=%uh\nconfirm=%u\nreservation=%s\ndisassociation=allowed\n",
	        t.node[(s.chair + 1) % NET_NODES].name, CLOSES, rules[s.rule], s.human ? "human" : "node",
	        NOTICE, s.extends, s.grace, s.confirm, chance(2) ? "allowed" : "forbidden");
	s.began = t.now;
	rounds_open(&t, s.chair, lines, s.open);
	s.node_at[s.chair] = s.human_at[s.chair] = s.spoke_at[s.chair] = t.now;
	t.node[s.chair].liar = s.evil;
}

/* ---- people -------------------------------------------------------------------------------------------- */

static void position(unsigned i)
{
	static const enum position words[] = {POSITION_ACKNOWLEDGED, POSITION_NO_OBJECTION,
	        POSITION_NO_OBJECTION, POSITION_SUPPORT, POSITION_SUPPORT, POSITION_SUPPORT, POSITION_SUPPORT,
	        POSITION_COMMENT, POSITION_OBJECTION, POSITION_RESERVATION, POSITION_DISASSOCIATION,
	        POSITION_DISASSOCIATION, POSITION_ABSTAIN};
	enum position p = words[net_dice(&t, sizeof(words) / sizeof(words[0]))];
	char params[256];
	struct err e;

	snprintf(params, sizeof(params),
	        "round=" ROUND_INSTRUMENT "\nposition=%.*s\ntext=so it is\ncure=leave it out%s",
	        STR_ARG(position_name(p)), chance(2) ? "\nclauses=k7qm" : "");
	if (rounds_two(&t, i, "agree-position", params, &e) != 0)
		return;
	s.last[i] = p;
	s.spoke_at[i] = s.spoke_at[i] != 0 ? s.spoke_at[i] : t.now;
	s.human_at[i] = s.human_at[i] != 0 ? s.human_at[i] : t.now;
}

static void retract(unsigned i)
{
	struct query q = db_query(t.node[i].db,
	        "select id from statement where kind = 'agree.position' and sender = ? order by n desc limit "
	        "1");
	char hex[2 * DIGEST_LEN + 1] = "", params[200];
	struct err e;

	query_text(&q, str_from(t.node[i].name));
	if (query_next(&q) == 1)
		str_hex_print(hex, (const uint8_t *)query_get_blob(&q, 0).p, DIGEST_LEN);
	query_done(&q, NULL);
	snprintf(params, sizeof(params), "round=" ROUND_INSTRUMENT "\nid=%s\nreason=we think otherwise", hex);
	if (hex[0] != 0 && rounds_two(&t, i, "agree-retract", params, &e) == 0)
		s.last[i] = POSITION_NONE;
}

/* Somebody has telephoned, and reached them. */
static void served(unsigned i)
{
	unsigned m = (i + 1 + net_dice(&t, NET_NODES - 1)) % NET_NODES;
	char params[100];
	struct err e;

	snprintf(params, sizeof(params), "round=" ROUND_INSTRUMENT "\nparty=%s\nlevel=voice", t.node[m].name);
	if (rounds_two(&t, i, "agree-served", params, &e) == 0 && s.human_at[m] == 0)
		s.human_at[m] = t.now;
}

static void person(unsigned i)
{
	struct err e;
	int rc = -1;

	switch (net_dice(&t, 12)) {
	case 0:
		rc = rounds_two(&t, i, "agree-comment", "round=" ROUND_INSTRUMENT "\ntext=we wonder", &e);
		break;
	case 1:
		rc = rounds_two(&t, i, "agree-amend",
		        "round=" ROUND_INSTRUMENT "\nop=replace\nclause=k7qm\nwords=Otherwise.", &e);
		if (rc == 0) {
			s.last[i] = POSITION_AMENDMENT;
			s.spoke_at[i] = s.spoke_at[i] != 0 ? s.spoke_at[i] : t.now;
		}
		break;
	case 2:
	case 3:
	case 4:
		rc = rounds_two(&t, i, "agree-ack", "round=" ROUND_INSTRUMENT, &e);
		break;
	case 5:
		retract(i);
		break;
	case 6:
		(void)rounds_two(&t, s.chair, "agree-extend",
		        "round=" ROUND_INSTRUMENT "\ncloses=20h\nreason=a feast", &e);
		break;
	case 7:
		served(i);
		break;
	default:
		position(i);
	}
	if (rc == 0 && s.human_at[i] == 0)
		s.human_at[i] = t.now;
}

/* Whether the chair gives it to that node at all. */
static bool withheld(unsigned a, unsigned b)
{
	return s.evil && a == s.chair && b == s.victim &&
	        (s.lie == LIE_HIDE || (s.lie == LIE_WITHHOLD && hour() > 3));
}

/* ---- what befalls nodes ---------------------------------------------------------------------------------- */

static void cut_off(unsigned x, bool cut)
{
	for (unsigned k = 0; k < NET_NODES; k++)
		if (k != x)
			t.cut[x][k] = t.cut[k][x] = cut;
}

static bool calm(void)
{
	return hour() >= grace_end() - CALM && hour() < grace_end() + 2;
}

static void cuts(void)
{
	unsigned a = net_dice(&t, NET_NODES), b = (a + 1 + net_dice(&t, NET_NODES - 1)) % NET_NODES;

	if (chance(4))
		s.cut_until[a][b] = t.now + (1 + net_dice(&t, 8)) * HOUR;
	for (unsigned i = 0; i < NET_NODES; i++)
		for (unsigned k = 0; k < NET_NODES; k++)
			t.cut[i][k] = i != k && !calm() && s.cut_until[i][k] > t.now;
	if (s.lonely != NOBODY && hour() >= s.lonely_from && hour() < s.lonely_until)
		cut_off(s.lonely, true);
}

static void clocks(void)
{
	if (s.clock == NOBODY)
		return;
	bool wrong = hour() >= s.clock_from && hour() < s.clock_until;
	t.node[s.clock].offset = wrong ? s.offset : 0;
	t.node[s.clock].doubts = wrong && s.doubts;
}

/* Two persons end the silence, if nothing stands against it. */
static bool recover(unsigned i)
{
	static const char *const persons[] = {"one", "two"};
	int rc = 0;

	for (unsigned p = 0; p < 2 && rc == 0; p++) {
		auto_buf struct buf said = {0};
		struct link_self self = net_self(&t, i);
		struct deed d = {.self = &self, .person = str_from(persons[p]), .said = &said};
		struct err e = {0};
		db_begin(self.db);
		rc = recover_end(&d, STR("the backup of last night"), &e);
		if (rc == 0)
			rc = db_commit(self.db, &e);
		else
			db_rollback(self.db);
	}
	return rc == 0;
}

static void backups(void)
{
	unsigned x = s.old;

	if (x == NOBODY)
		return;
	if (s.backup_at != 0 && hour() >= s.backup_at) {
		chaos_backup(&t, x);
		s.backup_at = 0;
	} else if (s.backup_at == 0 && !s.restored && hour() >= s.restore_at) {
		chaos_restore(&t, x);
		memset(t.node[x].seen, 0, sizeof(t.node[x].seen));
		s.restored = true;
		restores++;
	} else if (s.restored && count(x, "select count(*) from silent") == 1) {
		s.recovered = recover(x);
	}
}

/* ---- wires ----------------------------------------------------------------------------------------------- */

static void carry(unsigned a, unsigned b, bool faults)
{
	if (!withheld(a, b))
		net_push(&t, a, b, faults);
	net_blobs(&t, b, a, faults);
	if (chance(4))
		net_blobs(&t, b, a, faults);
	if (!withheld(a, b) && chance(8))
		net_fetch(&t, b, a, faults);
	if (!withheld(a, b) && (!faults || chance(4)))
		net_heads(&t, b, a);
	if (!withheld(a, b) && (!faults || chance(4)))
		rounds_relay(&t, b, a);
	if (faults && t.cut[a][b] && !withheld(a, b) && chance(40))
		net_courier(&t, a, b, true);
}

static void nodes(bool faults)
{
	for (unsigned i = 0; i < NET_NODES; i++) {
		struct link_self self = net_self(&t, i);
		db_begin(self.db);
		link_release_due(&self);
		net_commit(&t, i, false);
		if (!(s.evil && i == s.chair && s.lie == LIE_MUTE))
			net_receipts(&t, i);
		while (net_sign(&t, i, faults && chance(12)))
			continue;
		if (faults && chance(24))
			net_crash(&t, i);
	}
	unsigned from = net_dice(&t, NET_NODES * NET_NODES);
	for (unsigned n = 0; n < NET_NODES * NET_NODES; n++) {
		unsigned p = (from + n * 5) % (NET_NODES * NET_NODES), a = p / NET_NODES, b = p % NET_NODES;
		if (a != b && (!faults || !chance(3)))
			carry(a, b, faults);
	}
	for (unsigned i = 0; i < NET_NODES; i++)
		rounds_work(&t, i);
}

/* ---- what must hold ---------------------------------------------------------------------------------------- */

static bool adopted(enum outcome_state o)
{
	return o == OUTCOME_ADOPTED || o == OUTCOME_ADOPTED_EXCEPT;
}

static void note(void)
{
	for (unsigned i = 0; i < NET_NODES; i++)
		if (s.node_at[i] == 0) {
			struct query q =
			        db_query(t.node[i].db, "select complete from statement where id = ?");
			query_blob(&q, str_make((const char *)s.open, DIGEST_LEN));
			if (query_next(&q) == 1 && query_get_u64(&q, 0) == 1)
				s.node_at[i] = t.now;
			query_done(&q, NULL);
		}
}

/* It was there in time, or it has spoken. What clocks may be wrong by, and a step, is let through. */
static void was_served(unsigned at, unsigned m, const struct round_row *r)
{
	int64_t by = (r->closes - NOTICE * 3600 + 9 * 3600) * NET_SECOND, reached = s.human_at[m];

	if (!s.human && s.node_at[m] != 0 && (reached == 0 || s.node_at[m] < reached))
		reached = s.node_at[m];
	if (s.spoke_at[m] != 0 && s.spoke_at[m] <= (r->closes + 3 * 3600) * NET_SECOND)
		return;
	if (reached == 0 || reached > by)
		fail_msg("seed %llu: hour %u: %s shows an agreement, and %s was not served",
		        (unsigned long long)s.seed, hour(), t.node[at].name, t.node[m].name);
}

static bool tells_time(unsigned i)
{
	return t.node[i].offset == 0;
}

/* Cut off beyond grace it learns too late what the others know. */
static bool in_touch(unsigned i)
{
	return i != s.lonely || s.lonely_until <= CLOSES + s.grace - CALM;
}

static void look(void)
{
	struct round_row shown[NET_NODES];
	unsigned one = NOBODY;

	for (unsigned i = 0; i < NET_NODES; i++) {
		shown[i] = rounds_row(&t, i, s.open);
		int64_t longer = shown[i].id != 0 && s.rule != CONSULT
		        ? shown[i].grace - s.began / NET_SECOND - (CLOSES + s.grace) * 3600
		        : 0;
		if (honest(i) && longer > s.longer * 3600)
			s.longer = (unsigned)(longer / 3600);
		if (!honest(i) || !tells_time(i) || shown[i].id == 0)
			continue;
		if (s.rule == HOLD && (adopted(shown[i].shown) || shown[i].shown == OUTCOME_PROVISIONAL))
			for (unsigned m = 0; m < NET_NODES; m++)
				if (honest(m))
					was_served(i, m, &shown[i]);
		if (!adopted(shown[i].shown))
			continue;
		if (one != NOBODY && memcmp(shown[one].block, shown[i].block, DIGEST_LEN) != 0)
			fail_msg("seed %llu: hour %u: %s and %s show two agreements",
			        (unsigned long long)s.seed, hour(), t.node[one].name, t.node[i].name);
		one = i;
	}
}

/* What is kept for lists is what comes out when it is computed. */
static void is_fresh(unsigned i)
{
	auto_arena struct arena a = {0};
	struct round_loaded r;
	struct outcome o;

	if (!rounds_fresh(&t, i, s.open, &a, &r, &o))
		return;
	struct round_row row = rounds_row(&t, i, s.open);
	if (row.shown != o.shown)
		fail_msg("seed %llu: hour %u: %s keeps %.*s, and it is %.*s", (unsigned long long)s.seed,
		        hour(), t.node[i].name, STR_ARG(outcome_state_name(row.shown)),
		        STR_ARG(outcome_state_name(o.shown)));
}

/* ---- at the end ------------------------------------------------------------------------------------------- */

static void shuffle(struct said *said, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = net_dice(&t, (unsigned)i);
		struct said x = said[i - 1];
		said[i - 1] = said[k];
		said[k] = x;
	}
}

/* What all honest nodes have together, in any order and some of it twice. */
static void all_together(struct arena *a, struct round_loaded *r, const struct outcome *o)
{
	struct said *said = arena_array(a, 8 * 4096, sizeof(*said));
	struct round_input in;
	struct outcome all;
	size_t n = 0;

	for (unsigned i = 0; i < NET_NODES; i++)
		for (size_t k = 0; honest(i) && k < r[i].in.n && n < 8 * 4096; k++)
			said[n++] = r[i].in.said[k];
	for (unsigned i = 0; i < NET_NODES; i++) {
		if (!honest(i))
			continue;
		shuffle(said, n);
		in = r[i].in;
		in.said = said;
		in.n = n;
		outcome_make(a, &in, t.now / NET_SECOND, &all);
		if (!str_eq(all.block, o[i].block) || all.shown != o[i].shown)
			fail_msg("seed %llu: %s shows %.*s\n%.*s\nand all that is known gives %.*s\n%.*s",
			        (unsigned long long)s.seed, t.node[i].name,
			        STR_ARG(outcome_state_name(o[i].shown)), STR_ARG(o[i].block),
			        STR_ARG(outcome_state_name(all.shown)), STR_ARG(all.block));
	}
}

/* The chair showed somebody another manifest: one knows it, or all do, and nobody has an agreement. */
static void nobody_agrees(const struct outcome *o)
{
	for (unsigned i = 0; i < NET_NODES; i++)
		if (honest(i) && adopted(o[i].shown))
			fail_msg("seed %llu: %s shows %.*s", (unsigned long long)s.seed, t.node[i].name,
			        STR_ARG(outcome_state_name(o[i].shown)));
}

/* A person objected in time and did not change his mind. */
static void objections_count(const struct outcome *o)
{
	for (unsigned m = 0; m < NET_NODES; m++) {
		if (!honest(m) || m == s.old || m == s.clock || s.last[m] != POSITION_OBJECTION ||
		        !in_touch(m) || s.rule == CONSULT)
			continue;
		for (unsigned i = 0; i < NET_NODES; i++)
			if (honest(i) &&
			        (o[i].state == OUTCOME_ADOPTED || o[i].state == OUTCOME_ADOPTED_EXCEPT ||
			                o[i].state == OUTCOME_LAPSED))
				fail_msg("seed %llu: %s has objected, and %s has %.*s\n%.*s",
				        (unsigned long long)s.seed, t.node[m].name, t.node[i].name,
				        STR_ARG(outcome_state_name(o[i].state)), STR_ARG(o[i].block));
	}
}

static void at_the_end(void)
{
	auto_arena struct arena a = {0};
	struct round_loaded r[NET_NODES];
	struct outcome o[NET_NODES];

	for (unsigned i = 0; i < NET_NODES; i++) {
		is_fresh(i);
		if (!rounds_fresh(&t, i, s.open, &a, &r[i], &o[i]))
			fail_msg("seed %llu: %s does not have the round", (unsigned long long)s.seed,
			        t.node[i].name);
		if (honest(i) && !s.evil)
			assert_int_equal(count(i, "select count(*) from stream where forked = 1"), 0);
		if (honest(i))
			assert_int_equal(count(i, "select count(*) from silent"), 0);
	}
	objections_count(o);
	if (s.lies > 0 && s.lie == LIE_MANIFEST)
		nobody_agrees(o);
	else
		all_together(&a, r, o);
	total[o[(s.chair + 1) % NET_NODES].shown]++;
}

/* ---- all -------------------------------------------------------------------------------------------------- */

static void step(void)
{
	t.now += (2 + net_dice(&t, calm() ? 3 : 7)) * HOUR;
	clocks();
	backups();
	cuts();
	for (unsigned n = net_dice(&t, 4); hour() < grace_end() && n > 0; n--)
		person(net_dice(&t, NET_NODES));
	if (s.evil)
		chair_lies(&t, &s);
	nodes(!calm());
	if (calm())
		nodes(false);
	note();
	look();
	is_fresh(net_dice(&t, NET_NODES));
}

static void heal(void)
{
	memset(t.cut, 0, sizeof(t.cut));
	for (unsigned i = 0; i < NET_NODES; i++) {
		t.node[i].offset = 0;
		t.node[i].doubts = false;
	}
	os_fake.full = false;
	for (unsigned n = 0; n < 10 || hour() < grace_end() + 8; n++) {
		t.now += (n < 10 ? 1 : 4) * HOUR;
		backups();
		nodes(false);
		look();
	}
}

static void consultations(void **state)
{
	(void)state;
	net_make(&t);
	rounds_make(&t);
	for (uint64_t seed = first; seed < first + seeds; seed++) {
		net_begin(&t, seed);
		rounds_begin(&t);
		plan(seed);
		open_round();
		while (hour() < grace_end() + 30)
			step();
		heal();
		at_the_end();
		lies += s.lies;
		net_end(&t);
	}
	net_done(&t);
	s.seed = 0;
	printf("%u seeds:", seeds);
	for (unsigned i = 0; i < OUTCOME_END; i++)
		if (total[i] > 0)
			printf(" %u %.*s,", total[i], STR_ARG(outcome_state_name((enum outcome_state)i)));
	printf(" %u lies, %u old backups\n", lies, restores);
}

/* Which one it was, whatever check failed. */
static int tell(void **state)
{
	(void)state;
	if (s.seed != 0)
		printf("seed %llu, hour %u\n", (unsigned long long)s.seed, hour());
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(consultations, tell)};

	seeds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : seeds;
	first = argc > 2 ? strtoull(argv[2], NULL, 10) : first;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
