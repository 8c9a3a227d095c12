/* SPDX-License-Identifier: Apache-2.0
 *
 * The exit. The decision is compared with an oracle that was written from what TLP 2.0 and PAP say, not from the table; then the
 * rows, the shelf and the outbox. test_exit N asks the oracle N times (100,000 by itself).
 */
#include "base/digest.h"
#include "base/os.h"
#include "exit/outbox.h"
#include "exit/shelf.h"
#include "state/state.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the oracle ---------------------------------------------------------------------------------- */

static bool has(const struct str *list, unsigned n, struct str s)
{
	for (unsigned i = 0; i < n; i++)
		if (s.len > 0 && str_eq(list[i], s))
			return true;
	return false;
}

/* "RED: only the individual recipients. AMBER+STRICT: recipient's organisation only. AMBER: and its clients. GREEN: the community.
 * CLEAR: no limit. Wider use must get explicit permission from the source. Unlabelled inbound = AMBER+STRICT until set." "A block
 * order may only be made from PAP:GREEN/CLEAR data; look-up services only from AMBER down." */
static bool oracle(const struct exit_object *o, const struct exit_recipient *r, enum exit_purpose why)
{
	static const struct exit_group nobody;
	const struct exit_group *g = o->card != NULL && str_eq(o->card->id, o->group) ? o->card : &nobody;
	bool known = o->group.len > 0 && g->nmembers > 0,
	     own = o->self.len > 0 && str_eq(o->originator, o->self);
	bool agreed = g->confirmed && has(g->members, g->nmembers, o->self) &&
	        (o->originator.len == 0 || has(g->members, g->nmembers, o->originator));
	enum tlp t = o->label == TLP_GREEN && known && !agreed ? TLP_AMBER : o->label;
	enum pap p = o->pap == PAP_NONE ? PAP_AMBER : o->pap;
	bool us = r->kind == EXIT_STAFF, client = r->kind == EXIT_OWNER, shared = r->kind == EXIT_MEMBER;
	bool away = r->kind == EXIT_PEER || r->kind == EXIT_MAIL, named = false;
	const struct exit_permission *x = o->permission;
	bool free = x != NULL && x->statement.len > 0 && o->originator.len > 0 &&
	        str_eq(x->by, o->originator) && r->party.len > 0 && str_eq(x->party, r->party) &&
	        (o->label != TLP_RED || (x->person.len > 0 && str_eq(x->person, r->person)));

	for (unsigned i = 0; i < o->nnamed; i++)
		named |= r->party.len > 0 && o->named[i].person.len > 0 &&
		        str_eq(o->named[i].party, r->party) &&
		        (str_eq(o->named[i].person, r->person) ||
		                (r->kind == EXIT_PEER && r->person.len == 0));
	/* "Before in_force a request citing the procedure is refused, naming the date." */
	if (o->cites && !o->holds && (r->kind == EXIT_PEER || r->kind == EXIT_GATE) &&
	        (why == EXIT_TELL || why == EXIT_BLOCK))
		return false;
	if (why == EXIT_LOOKUP || why == EXIT_CONTACT)
		return r->kind == EXIT_SERVICE && t != TLP_RED &&
		        p <= (why == EXIT_LOOKUP ? PAP_AMBER : PAP_GREEN);
	if (why == EXIT_BLOCK)
		return r->kind == EXIT_GATE && r->link == EXIT_LINKED && p <= PAP_GREEN && t != TLP_NONE &&
		        t <= TLP_AMBER;
	if (r->kind == EXIT_GATE || r->kind == EXIT_SERVICE)
		return false;
	if (t == TLP_NONE)
		return us && r->way == EXIT_NODE;
	if ((away || shared) && (r->link != EXIT_LINKED || r->grant < t))
		return false;
	/* an answer to who is no client and of no party: never RED, AMBER encrypted and our own words only */
	if (r->kind == EXIT_WRITER && t != TLP_CLEAR)
		return t == TLP_GREEN ? r->takes_part && o->group.len == 0
		                      : t != TLP_RED && own && r->way != EXIT_OPEN;
	if (t == TLP_CLEAR || r->kind == EXIT_PUBLIC)
		return t == TLP_CLEAR;
	if (t == TLP_GREEN)
		return us || client || (away && free) ||
		        (known &&
		                (has(g->members, g->nmembers, r->party) ||
		                        has(g->partners, g->npartners, r->party) ||
		                        (shared && has(g->members, g->nmembers, r->of))));
	if (t == TLP_RED)
		return r->way >= EXIT_PERSONAL && ((us && named) || (away && ((named && own) || free)));
	if (shared)
		return false;
	if (away)
		return (own || free) && r->way != EXIT_OPEN;
	return t == TLP_AMBER || (r->way != EXIT_OPEN && (us || free));
}

/* ---- random questions ---------------------------------------------------------------------------- */

static const struct str parties[] = {STR_INIT(""), STR_INIT("la"), STR_INIT("kh"), STR_INIT("mm"),
        STR_INIT("vn"), STR_INIT("bank.example"), STR_INIT("apcert.example")};
static const struct str people[] = {STR_INIT(""), STR_INIT("duty"), STR_INIT("head")};
static const struct str groups[] = {STR_INIT(""), STR_INIT("clmv"), STR_INIT("asean.example")};
#define ANY(list) list[dice(sizeof(list) / sizeof(list[0]))]

static uint64_t seed;

static unsigned dice(size_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((seed >> 33) % n);
}

struct question {
	struct exit_object o;
	struct exit_recipient r;
	enum exit_purpose why;
	struct exit_group g;
	struct str members[4], partners[2];
	struct exit_person named[3];
	struct exit_permission permission;
};

static void make(struct question *q)
{
	q->g = (struct exit_group){.id = ANY(groups),
	        .confirmed = dice(4) > 0,
	        .members = q->members,
	        .nmembers = dice(5),
	        .partners = q->partners,
	        .npartners = dice(3)};
	for (unsigned i = 0; i < 4; i++)
		q->members[i] = i == 0 && dice(2) ? STR("la") : ANY(parties);
	for (unsigned i = 0; i < 2; i++)
		q->partners[i] = ANY(parties);
	for (unsigned i = 0; i < 3; i++)
		q->named[i] = (struct exit_person){ANY(parties), ANY(people)};
	q->permission = (struct exit_permission){
	        dice(4) ? STR("s") : STR(""), ANY(parties), ANY(parties), ANY(people)};
	q->o = (struct exit_object){.name = STR("thing"),
	        .label = dice(TLP_END),
	        .pap = dice(PAP_END),
	        .group = dice(3) ? q->g.id : ANY(groups),
	        .card = dice(5) ? &q->g : NULL,
	        .named = q->named,
	        .nnamed = dice(4),
	        .originator = dice(2) ? STR("la") : ANY(parties),
	        .self = dice(8) ? STR("la") : STR(""),
	        .permission = dice(2) ? &q->permission : NULL,
	        .cites = dice(8) == 0,
	        .holds = dice(2)};
	q->r = (struct exit_recipient){.kind = dice(EXIT_KINDS),
	        .way = dice(4),
	        .link = dice(3) ? EXIT_LINKED : dice(4),
	        .grant = dice(2) ? TLP_RED : dice(TLP_END),
	        .name = STR("someone"),
	        .party = ANY(parties),
	        .person = ANY(people),
	        .of = ANY(parties),
	        .takes_part = dice(2)};
	/* permissions that fit are rare among those by chance */
	if (dice(2))
		q->permission = (struct exit_permission){STR("s"), q->o.originator, q->r.party, q->r.person};
	q->why = dice(2) ? EXIT_TELL : dice(EXIT_PURPOSES);
}

static unsigned long questions = 100000;

static void as_the_oracle(void **state)
{
	unsigned long allowed = 0, rules[128] = {0};
	struct question q;

	(void)state;
	seed = 7;
	for (unsigned long i = 0; i < questions; i++) {
		make(&q);
		struct exit_verdict v = exit_judge(&q.o, &q.r, q.why);
		if (v.allowed != oracle(&q.o, &q.r, q.why))
			fail_msg("question %lu: %s %s by '%s': label %d as %d, kind %d, way %d, purpose %d",
			        i, v.allowed ? "allowed" : "refused", v.rule, v.name, q.o.label, v.treated,
			        q.r.kind, q.r.way, q.why);
		allowed += v.allowed;
		for (unsigned k = 0; k < exit_rule_count; k++)
			rules[k] += exit_rules[k].name == v.name;
	}
	/* both answers are common, and each row was the one that decided; the last is for what no other is about */
	assert_true(allowed > questions / 20 && allowed < questions / 2);
	for (unsigned k = 0; k + 1 < exit_rule_count; k++)
		if (rules[k] == 0)
			fail_msg("the row '%s' never decides", exit_rules[k].name);
}

/* ---- laws ---------------------------------------------------------------------------------------- */

/* A stricter label, or one that is not there, opens nothing beside what its own persons and permissions do. */
static void stricter_is_closer(void **state)
{
	struct question q;

	(void)state;
	seed = 11;
	for (unsigned i = 0; i < 50000; i++) {
		make(&q);
		q.o.nnamed = 0;
		q.o.permission = NULL;
		/* GREEN has a way of its own: AMBER is sent to whom its maker names, GREEN stays in its community */
		bool before = true;
		for (enum tlp t = TLP_CLEAR; t <= TLP_RED; t++) {
			if (t == TLP_GREEN &&
			        (q.r.kind == EXIT_PEER || q.r.kind == EXIT_MAIL || q.r.kind == EXIT_WRITER))
				continue;
			q.o.label = t;
			bool now = exit_judge(&q.o, &q.r, q.why).allowed;
			assert_true(before || !now);
			before = now;
		}
	}
}

static void empty_group_clears_for_nobody(void **state)
{
	struct question q;

	(void)state;
	seed = 13;
	for (unsigned i = 0; i < 50000; i++) {
		make(&q);
		q.o.label = TLP_GREEN;
		q.o.permission = NULL;
		q.why = EXIT_TELL;
		switch (dice(3)) {
		case 0:
			q.o.group = STR("");
			break;
		case 1:
			q.o.card = NULL;
			break;
		default:
			q.g.nmembers = 0;
		}
		bool ours = q.r.kind == EXIT_STAFF || q.r.kind == EXIT_OWNER ||
		        (q.r.kind == EXIT_WRITER && q.r.takes_part && q.o.group.len == 0);
		assert_int_equal(exit_judge(&q.o, &q.r, q.why).allowed, ours);
	}
}

static void who_reads(void **state)
{
	static const struct exit_person named[] = {
	        {STR_INIT("la"), STR_INIT("head")}, {STR_INIT("kh"), STR_INIT("duty")}};
	struct exit_object o = {.originator = STR("kh"), .self = STR("la"), .named = named, .nnamed = 2};

	(void)state;
	for (enum tlp t = TLP_NONE; t < TLP_RED; t++) {
		o.label = t;
		assert_true(exit_reads(&o, STR("duty")));
	}
	o.label = TLP_RED;
	assert_true(exit_reads(&o, STR("head")));
	/* a person of that name is named, of another party */
	assert_false(exit_reads(&o, STR("duty")));
	o.nnamed = 0;
	assert_false(exit_reads(&o, STR("head")));
}

/* ---- bundles ------------------------------------------------------------------------------------- */

static bool reaches_bad(
        const struct exit_part *parts, const bool *alone, unsigned n, unsigned at, uint32_t seen)
{
	if (!alone[at])
		return true;
	for (unsigned i = 0; i < parts[at].nrefs; i++) {
		unsigned to = parts[at].refs[i];
		if (to >= n)
			return true;
		if ((seen & 1u << to) == 0 && reaches_bad(parts, alone, n, to, seen | 1u << to))
			return true;
	}
	return false;
}

static void bundles(void **state)
{
	struct exit_recipient r = {.kind = EXIT_PEER,
	        .way = EXIT_NODE,
	        .link = EXIT_LINKED,
	        .grant = TLP_RED,
	        .name = STR("kh"),
	        .party = STR("kh")};

	(void)state;
	seed = 17;
	for (unsigned i = 0; i < 3000; i++) {
		struct exit_part parts[10] = {0};
		unsigned refs[10][3], n = 1 + dice(10), go = 0;
		bool alone[10];
		for (unsigned k = 0; k < n; k++) {
			parts[k].object = (struct exit_object){
			        .name = STR("part"), .label = dice(5) ? TLP_CLEAR : TLP_RED};
			alone[k] = parts[k].object.label == TLP_CLEAR;
			parts[k].refs = refs[k];
			parts[k].nrefs = dice(3);
			for (unsigned j = 0; j < parts[k].nrefs; j++)
				refs[k][j] = dice(20) ? dice(n) : EXIT_UNRESOLVED;
		}
		unsigned cleared = exit_bundle(parts, n, &r, EXIT_TELL);
		for (unsigned k = 0; k < n; k++) {
			assert_int_equal(parts[k].verdict.allowed, !reaches_bad(parts, alone, n, k, 1u << k));
			go += parts[k].verdict.allowed;
		}
		assert_int_equal(cleared, go);
	}
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/weir-exit-XXXXXX";
static struct db *db, *shelf;

static int open_all(void **state)
{
	struct err e = {0};
	bool fresh = false;

	(void)state;
	if (mkdtemp(folder) == NULL || state_open(folder, DB_WRITE, &db, &e) != 0 ||
	        shelf_open(folder, DB_WRITE, &shelf, &fresh, &e) != 0 || !fresh) {
		fprintf(stderr, "%s\n", e.text);
		return -1;
	}
	return 0;
}

static int close_all(void **state)
{
	char line[128];

	(void)state;
	db_close(db);
	db_close(shelf);
	snprintf(line, sizeof(line), "%s/shelf/shelf.db", folder);
	(void)unlink(line);
	snprintf(line, sizeof(line), "%s/shelf", folder);
	(void)rmdir(line);
	snprintf(line, sizeof(line), "%s/state.db", folder);
	(void)unlink(line);
	return rmdir(folder);
}

static uint64_t count(struct db *in, const char *sql)
{
	struct query q = db_query(in, sql);
	uint64_t n = query_next(&q) == 1 ? query_get_u64(&q, 0) : UINT64_MAX;

	assert_int_equal(query_done(&q, NULL), 0);
	return n;
}

static void commit(void)
{
	struct err e;

	if (db_commit(db, &e) != 0)
		fail_msg("%s", e.text);
}

#define ID "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void rows(void **state)
{
	struct exit_permission p = {STR(ID), STR("vn"), STR("kh"), STR("")};
	struct exit_object o = {.label = TLP_AMBER, .originator = STR("vn"), .self = STR("la")};
	struct exit_recipient r = {.kind = EXIT_PEER,
	        .way = EXIT_NODE,
	        .link = EXIT_LINKED,
	        .grant = TLP_AMBER,
	        .name = STR("kh"),
	        .party = STR("kh")};
	struct exit_verdict v;
	struct cleared c;
	char text[EXIT_STATEMENT];

	(void)state;
	db_begin(db);
	assert_false(exit_clear_statement(db, STR(ID), &o, &r, STR("bytes"), text, &c, &v));
	assert_string_equal(v.name, "amber-foreign");
	o.permission = &p;
	assert_true(exit_clear_statement(db, STR(ID), &o, &r, STR("bytes"), text, &c, &v));
	assert_true(v.permitted && exit_holds(db, &c, os_now()));
	assert_false(exit_holds(db, &c, c.until));
	commit();
	assert_int_equal(
	        count(db,
	                "select count(*) from refusal where object = 'statement " ID
	                "' and recipient = 'kh' and name = 'amber-foreign' and who like 'its originator%'"),
	        1);
	assert_int_equal(
	        count(db, "select count(*) from clearance where permission = '" ID "' and kind = 'peer'"), 1);
	/* what is rolled back leaves no clearance behind */
	db_begin(db);
	assert_true(
	        exit_clear(db, STR("notice XA-1"), STR("a@a.example"), EXIT_OWNER, TLP_AMBER, STR("x"), &c));
	db_rollback(db);
	assert_false(exit_holds(db, &c, os_now()));
	assert_int_equal(count(db, "select count(*) from clearance"), 1);
}

static void lowered(void **state)
{
	struct exit_object o = {
	        .name = STR("thing 1"), .label = TLP_RED, .originator = STR("vn"), .self = STR("la")};
	struct exit_recipient r = {.kind = EXIT_STAFF, .way = EXIT_OPEN, .name = STR("duty")};
	struct cleared c;
	struct err e;

	(void)state;
	db_begin(db);
	assert_int_equal(
	        exit_lower(db, o.name, TLP_RED, TLP_AMBER, STR("vn"), STR("la"), STR(ID), &e), ERR_DENIED);
	assert_int_equal(exit_lower(db, o.name, TLP_RED, TLP_AMBER, STR("vn"), STR("vn"), STR("by word"), &e),
	        ERR_DENIED);
	assert_int_equal(
	        exit_lower(db, o.name, TLP_GREEN, TLP_AMBER, STR("vn"), STR("vn"), STR(ID), &e), ERR_DENIED);
	assert_int_equal(
	        exit_lower(db, o.name, TLP_AMBER, TLP_NONE, STR("vn"), STR("vn"), STR(ID), &e), ERR_DENIED);
	assert_false(exit_clear_for(db, &o, &r, EXIT_TELL, STR("x"), &c, NULL));
	assert_int_equal(exit_lower(db, o.name, TLP_RED, TLP_AMBER, STR("vn"), STR("vn"), STR(ID), &e), 0);
	assert_true(exit_clear_for(db, &o, &r, EXIT_TELL, STR("x"), &c, NULL));
	assert_int_equal(c.label, TLP_AMBER);
	/* another's thing of that name is another thing */
	o.originator = STR("kh");
	assert_false(exit_clear_for(db, &o, &r, EXIT_TELL, STR("x"), &c, NULL));
	commit();
}

static struct cleared clear_page(struct str object, struct str bytes)
{
	struct cleared c;

	assert_true(exit_clear(db, object, STR("a@a.example"), EXIT_OWNER, TLP_AMBER, bytes, &c));
	return c;
}

static int find(struct str mark, const struct shelf_reader *r, int64_t now, struct shelf_item *ret)
{
	static struct arena a;
	struct err e;

	arena_done(&a);
	arena_init(&a, 0);
	int rc = shelf_find(shelf, "answer", mark, r, now, &a, ret, &e);
	if (rc < 0)
		fail_msg("%s", e.text);
	if (rc == 0)
		arena_done(&a);
	return rc;
}

static void the_shelf(void **state)
{
	struct shelf_place place = {"answer", STR("m1"), "text/html", 0};
	struct shelf_reader owner = {EXIT_OWNER, {0}, TLP_AMBER}, low = {EXIT_OWNER, {0}, TLP_GREEN},
	                    other = {EXIT_OWNER, STR("b@b.example"), TLP_AMBER},
	                    anyone = {EXIT_PUBLIC, {0}, TLP_RED};
	struct shelf_item item;
	struct err e;
	int64_t now = os_now();

	(void)state;
	db_begin(db);
	struct cleared c = clear_page(STR("notice 1"), STR("one")), forged = c;
	assert_int_equal(shelf_put(db, &c, &place, &e), 0);
	forged.bytes = STR("two");
	assert_int_equal(shelf_put(db, &forged, &place, &e), ERR_DENIED);
	forged = c;
	forged.recipient = STR("b@b.example");
	assert_int_equal(shelf_put(db, &forged, &place, &e), ERR_DENIED);
	commit();
	assert_int_equal(find(STR("m1"), &owner, now, &item), 0);
	assert_int_equal(shelf_work(db, shelf, &e), 0);
	assert_int_equal(count(db, "select count(*) from shelf_work"), 0);
	assert_int_equal(find(STR("m1"), &owner, now, &item), 1);
	assert_true(str_eq(item.bytes, STR("one")));
	uint64_t first = item.id;
	assert_int_equal(find(STR("m1"), &low, now, &item), 0);
	assert_int_equal(find(STR("m1"), &other, now, &item), 0);
	assert_int_equal(find(STR("m1"), &anyone, now, &item), 0);
	assert_int_equal(find(STR("m1"), &owner, c.until, &item), 0);
	/* anew: the same place, a later number */
	db_begin(db);
	c = clear_page(STR("notice 1"), STR("three"));
	assert_int_equal(shelf_put(db, &c, &place, &e), 0);
	commit();
	assert_int_equal(shelf_work(db, shelf, &e), 0);
	assert_int_equal(find(STR("m1"), &owner, now, &item), 1);
	assert_true(str_eq(item.bytes, STR("three")) && item.id > first);
	/* bytes that somebody has changed in the file are not given out */
	assert_int_equal(db_exec(shelf, "update item set bytes = x'00'", &e), 0);
	assert_int_equal(find(STR("m1"), &owner, now, &item), 0);
	db_begin(db);
	shelf_take(db, "answer", STR("m1"));
	commit();
	assert_int_equal(shelf_work(db, shelf, &e), 0);
	assert_int_equal(count(shelf, "select count(*) from item"), 0);
}

static void the_outbox(void **state)
{
	auto_arena struct arena a = {0};
	struct outbox_item item;
	struct err e;
	uint64_t id, second;

	(void)state;
	arena_init(&a, 0);
	db_begin(db);
	struct cleared c = clear_page(STR("mail 1"), STR("first")),
	               d = clear_page(STR("mail 2"), STR("second"));
	assert_int_equal(outbox_put(db, &c, "mail", &id, &e), 0);
	assert_int_equal(outbox_put(db, &d, "mail", &second, &e), 0);
	d.sha256[0] ^= 1;
	assert_int_equal(outbox_put(db, &d, "mail", &second, &e), ERR_DENIED);
	commit();
	assert_int_equal(outbox_next(db, "node", (struct str){0}, 0, os_now(), &a, &item, &e), 0);
	assert_int_equal(outbox_next(db, "mail", (struct str){0}, 0, os_now(), &a, &item, &e), 1);
	assert_true(item.id == id && str_eq(item.bytes, STR("first")));
	/* looked at again: what was changed does not go, the next one does */
	assert_int_equal(db_exec(db, "update outbox set bytes = x'01' where id = 1", &e), 0);
	assert_int_equal(outbox_next(db, "mail", (struct str){0}, 0, os_now(), &a, &item, &e), 1);
	assert_true(item.id == second && str_eq(item.bytes, STR("second")));
	assert_int_equal(count(db, "select count(*) from outbox where state = 'refused'"), 1);
	assert_int_equal(outbox_next(db, "mail", (struct str){0}, 0, d.until + 1, &a, &item, &e), 0);
	assert_int_equal(count(db, "select count(*) from outbox where state = 'refused'"), 2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(as_the_oracle),
	        cmocka_unit_test(stricter_is_closer),
	        cmocka_unit_test(empty_group_clears_for_nobody),
	        cmocka_unit_test(who_reads),
	        cmocka_unit_test(bundles),
	        cmocka_unit_test(rows),
	        cmocka_unit_test(lowered),
	        cmocka_unit_test(the_shelf),
	        cmocka_unit_test(the_outbox),
	};

	if (argc > 1)
		questions = strtoul(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, open_all, close_all);
}
