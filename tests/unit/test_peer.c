/* SPDX-License-Identifier: Apache-2.0
 *
 * Links as people make them: a number that is wrong, a person who would confirm himself, a day too late, a second root; and
 * checks of communication between two nodes, until the link is green on both sides.
 */
#include "link/wire.h"
#include "two.h"
#include <sodium.h>

static const struct peer_limits none;

static struct peer_typed typed(const char *digits)
{
	return (struct peer_typed){.party = STR_INIT("kh"),
	        .digits = str_from(digits),
	        .called = STR_INIT("+000"),
	        .found = STR_INIT("card")};
}

static void link_is(struct two *t, const char *state)
{
	struct link l = store_link(t->node[0].db, STR("kh"));

	assert_string_equal(link_states[l.state], state);
}

static int import(struct two *t, uint64_t number, const uint8_t *seed)
{
	auto_buf struct buf note = {0};

	two_list(t, 1, number, seed, &note);
	return TWO(t, 0, "dara", peer_import(&d, buf_str(&note), e));
}

static void number_of(struct two *t, char ret[VOICE_TEXT])
{
	voice_number(STR("kh"), t->node[1].root, ret);
}

static void wrong_number(void **unused)
{
	struct two t;
	char right[VOICE_TEXT], wrong[VOICE_TEXT];

	(void)unused;
	two_open(&t);
	assert_int_equal(import(&t, 1, NULL), 0);
	link_is(&t, "unverified");
	number_of(&t, right);
	memcpy(wrong, right, sizeof(wrong));
	wrong[6] = wrong[6] == '9' ? '0' : (char)(wrong[6] + 1);
	struct peer_typed bad = typed(wrong), good = typed(right);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(TWO(&t, 0, "dara", peer_type(&d, &bad, e)), ERR_DENIED);
		assert_non_null(strstr(t.node[0].e.text, "group 2"));
		link_is(&t, "unverified");
	}
	assert_int_equal(TWO(&t, 0, "dara", peer_type(&d, &bad, e)), ERR_DENIED);
	link_is(&t, "none");
	assert_int_equal(two_number(&t, 0, "select count(*) from party_key"), 0);
	/* dropped: also the right one says nothing any more */
	assert_int_not_equal(TWO(&t, 0, "dara", peer_type(&d, &good, e)), 0);
	/* a file begins anew */
	assert_int_equal(import(&t, 1, NULL), 0);
	assert_int_equal(TWO(&t, 0, "dara", peer_type(&d, &good, e)), 0);
	link_is(&t, "typed");
	two_close(&t);
}

static void second_person(void **unused)
{
	struct two t;
	char right[VOICE_TEXT];

	(void)unused;
	two_open(&t);
	import(&t, 1, NULL);
	number_of(&t, right);
	struct peer_typed good = typed(right);
	assert_int_not_equal(
	        TWO(&t, 0, "chan", peer_confirm(&d, STR("kh"), STR("cert"), false, &none, e)), 0);
	assert_int_equal(TWO(&t, 0, "dara", peer_type(&d, &good, e)), 0);
	assert_int_equal(
	        TWO(&t, 0, "dara", peer_confirm(&d, STR("kh"), STR("cert"), false, &none, e)), ERR_DENIED);
	link_is(&t, "typed");
	t.now += TWO_DAY + TWO_SECOND;
	assert_int_equal(
	        TWO(&t, 0, "chan", peer_confirm(&d, STR("kh"), STR("cert"), false, &none, e)), ERR_DENIED);
	link_is(&t, "unverified");
	assert_int_equal(TWO(&t, 0, "dara", peer_type(&d, &good, e)), 0);
	t.now += TWO_DAY;
	assert_int_equal(
	        TWO(&t, 0, "chan", peer_confirm(&d, STR("kh"), STR("mail"), false, &none, e)), ERR_USAGE);
	assert_int_equal(TWO(&t, 0, "chan", peer_confirm(&d, STR("kh"), STR("cert"), false, &none, e)), 0);
	link_is(&t, "linked");
	two_close(&t);
}

static void second_root(void **unused)
{
	struct two t;
	uint8_t other[32];

	(void)unused;
	two_open(&t);
	two_link(&t);
	memset(other, 9, sizeof(other));
	assert_int_equal(import(&t, 2, other), ERR_DENIED);
	link_is(&t, "linked");
	assert_int_equal(two_number(&t, 0, "select list_number from party where name = 'kh'"), 1);
	assert_int_equal(import(&t, 2, NULL), 0);
	assert_int_equal(two_number(&t, 0, "select list_number from party where name = 'kh'"), 2);
	assert_int_equal(TWO(&t, 0, "dara", peer_end(&d, STR("kh"), STR("lost"), e)), 0);
	assert_int_equal(import(&t, 1, other), 0);
	link_is(&t, "unverified");
	assert_int_equal(two_number(&t, 0, "select count(*) from key_list_past"), 2);
	assert_int_equal(two_number(&t, 0, "select count(*) from key_list where party = 'kh'"), 1);
	two_close(&t);
}

static void two_lists_of_one_number(void **unused)
{
	struct two t;

	(void)unused;
	two_open(&t);
	two_link(&t);
	t.now += TWO_DAY; /* another "made", so another text */
	assert_int_equal(import(&t, 1, NULL), ERR_DENIED);
	assert_int_equal(two_number(&t, 0, "select alarm <> '' from party where name = 'kh'"), 1);
	/* no list until people have spoken */
	assert_int_not_equal(import(&t, 2, NULL), 0);
	assert_int_equal(TWO(&t, 0, "dara", peer_spoken(&d, STR("kh"), e)), 0);
	assert_int_equal(import(&t, 2, NULL), 0);
	two_close(&t);
}

static void extended(void **unused)
{
	struct two t;

	(void)unused;
	two_open(&t);
	two_link(&t);
	assert_int_equal(TWO(&t, 0, "dara", peer_extend(&d, STR("kh"), 31, e)), ERR_LIMIT);
	assert_int_equal(TWO(&t, 0, "dara", peer_extend(&d, STR("kh"), 20, e)), 0);
	assert_int_equal(TWO(&t, 0, "dara", peer_extend(&d, STR("kh"), 11, e)), ERR_LIMIT);
	/* a statement of the day after the list's end counts */
	t.now += 305 * TWO_DAY;
	struct link l = store_link(t.node[0].db, STR("kh"));
	uint8_t key[32];
	struct query q =
	        db_query(t.node[0].db, "select key from party_key where party = 'kh' and duty = 'sign'");
	uint8_t id[8];
	assert_int_equal(query_next(&q), 1);
	memcpy(id, query_get_blob(&q, 0).p, 8);
	query_done(&q, NULL);
	assert_true(store_sign_key(t.node[0].db, STR("kh"), &l, id, t.now / TWO_SECOND, key));
	assert_false(store_sign_key(
	        t.node[0].db, STR("kh"), &l, id, t.now / TWO_SECOND + 16 * (int64_t)86400, key));
	two_close(&t);
}

/* What came under a list that has run out waits for the next one, and loses nothing. */
static void judged_again(void **unused)
{
	struct two t;
	auto_buf struct buf note = {0};

	(void)unused;
	two_open(&t);
	two_link(&t);
	two_carry(&t);
	t.now += 301 * TWO_DAY;
	two_list(&t, 1, 2, NULL, &note);
	assert_int_equal(TWO(&t, 1, "sok", key_own_import(&d, buf_str(&note), e)), 0);
	assert_int_equal(TWO(&t, 1, "sok", check_ask(&d, STR("la"), STR("node"), 0, e)), 0);
	two_carry(&t);
	assert_int_equal(
	        two_number(&t, 0, "select count(*) from refused where verdict = 'bad-key' and sender = 'kh'"),
	        1);
	assert_int_equal(two_number(&t, 0, "select count(*) from comm_check where ours = 0"), 1);
	assert_int_equal(TWO(&t, 0, "dara", peer_import(&d, buf_str(&note), e)), 0);
	assert_int_equal(two_number(&t, 0, "select count(*) from refused"), 0);
	assert_int_equal(two_number(&t, 0, "select count(*) from comm_check where ours = 0"), 2);
	two_close(&t);
}

/* Another party puts the TLS key of la into its list: the calls of la are still those of la, after a new list of it too. */
static void key_of_another(void **unused)
{
	struct two t;
	auto_buf struct buf note = {0};
	auto_arena struct arena a = {0};
	struct str who = {0};

	(void)unused;
	arena_init(&a, 0);
	two_open(&t);
	two_link(&t);
	struct link_self self = two_self(&t, 1);
	db_begin(self.db);
	struct query q = db_query(self.db,
	        "insert into party_key(party, duty, key, public, since, until) select 'aa', duty, key, "
	        "public, since, until from party_key where party = 'la' and duty = 'tls'");
	query_run(&q);
	assert_int_equal(db_commit(self.db, NULL), 0);
	for (unsigned number = 2; number < 4; number++) {
		assert_true(wire_party(&self, t.node[0].tls, &a, &who) && str_eq(who, STR("la")));
		t.now += TWO_DAY;
		two_list(&t, 0, number, NULL, &note);
		assert_int_equal(TWO(&t, 1, "sok", peer_import(&d, buf_str(&note), e)), 0);
	}
	/* what a list no longer names is gone as ever */
	memset(t.node[0].tls, 77, 32);
	two_list(&t, 0, 4, NULL, &note);
	assert_int_equal(TWO(&t, 1, "sok", peer_import(&d, buf_str(&note), e)), 0);
	assert_int_equal(
	        two_number(&t, 1, "select count(*) from party_key where party = 'la' and duty = 'tls'"), 1);
	assert_true(wire_party(&self, t.node[0].tls, &a, &who) && str_eq(who, STR("la")));
	two_close(&t);
}

/* ---- checks -------------------------------------------------------------------------------------- */

static void answered(void **unused)
{
	struct two t;

	(void)unused;
	two_open(&t);
	two_link(&t);
	two_carry(&t);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(two_number(&t, i, "select count(*) from comm_check where ours = 1"), 1);
		assert_int_equal(two_number(&t, i, "select count(*) from comm_check where ours = 0"), 1);
		assert_false(check_green(t.node[i].db, str_from(t.node[1 - i].name)));
	}
	uint64_t id = (uint64_t)two_number(&t, 0, "select id from comm_check where ours = 0");
	assert_int_equal(TWO(&t, 0, "dara", check_answer(&d, id, STR(""), STR("here"), e)), 0);
	two_carry(&t);
	assert_int_equal(
	        two_number(&t, 1, "select count(*) from comm_check where ours = 1 and result = 'ok'"), 1);
	assert_false(check_green(t.node[1].db, STR("la")));
	id = (uint64_t)two_number(&t, 1, "select id from comm_check where ours = 0");
	assert_int_equal(TWO(&t, 1, "sok", check_answer(&d, id, STR("00000000"), STR(""), e)), 0);
	two_carry(&t);
	/* a wrong token is no answer, and the first one counts */
	assert_int_equal(two_number(&t, 0,
	                         "select count(*) from comm_check where ours = 1 and result = 'wrong-token'"),
	        1);
	assert_int_not_equal(TWO(&t, 1, "sok", check_answer(&d, id, STR(""), STR(""), e)), 0);
	assert_int_equal(TWO(&t, 0, "dara", check_ask(&d, STR("kh"), STR("node"), 0, e)), 0);
	two_carry(&t);
	id = (uint64_t)two_number(&t, 1, "select max(id) from comm_check where ours = 0");
	assert_int_equal(TWO(&t, 1, "sok", check_answer(&d, id, STR(""), STR(""), e)), 0);
	two_carry(&t);
	assert_true(check_green(t.node[0].db, STR("kh")));
	assert_int_equal(two_number(&t, 0, "select count(*) from delivery where waits = 1"), 0);
	two_close(&t);
}

static bool due(struct two *t, unsigned i)
{
	struct link_self self = two_self(t, i);

	db_begin(t->node[i].db);
	bool done = check_due(&self);
	assert_int_equal(db_commit(t->node[i].db, NULL), 0);
	return done;
}

static void late(void **unused)
{
	struct two t;

	(void)unused;
	two_open(&t);
	two_link(&t);
	two_carry(&t);
	assert_false(due(&t, 0));
	t.now += 2 * TWO_DAY + TWO_SECOND;
	struct link_self self = two_self(&t, 0);
	self.no_clock = self.doubts = true;
	db_begin(self.db);
	assert_false(check_due(&self));
	assert_int_equal(db_commit(self.db, NULL), 0);
	assert_true(due(&t, 0));
	assert_int_equal(two_number(&t, 0, "select count(*) from comm_check where result = 'no-answer'"), 2);
	uint64_t id = (uint64_t)two_number(&t, 1, "select id from comm_check where ours = 0");
	assert_int_equal(TWO(&t, 1, "sok", check_answer(&d, id, STR(""), STR(""), e)), 0);
	two_carry(&t);
	assert_int_equal(
	        two_number(&t, 0, "select count(*) from comm_check where ours = 1 and result = 'late'"), 1);
	/* the schedule asks again in its time */
	t.now += 181 * TWO_DAY;
	assert_true(due(&t, 0));
	assert_int_equal(
	        two_number(&t, 0, "select count(*) from comm_check where ours = 1 and person = ''"), 1);
	assert_false(due(&t, 0));
	two_close(&t);
}

/* ---- an old database ----------------------------------------------------------------------------- */

static void silent(void **unused)
{
	struct two t;

	(void)unused;
	two_open(&t);
	two_link(&t);
	struct link_self self = two_self(&t, 0);
	db_begin(t.node[0].db);
	recover_mark(&self, "opened from a backup", STR(""));
	assert_int_equal(db_commit(t.node[0].db, NULL), 0);
	two_carry(&t);
	assert_int_equal(two_number(&t, 1, "select count(*) from comm_check where ours = 0"), 0);
	/* a link is there, and its peer has told nothing yet */
	assert_int_equal(TWO(&t, 0, "dara", recover_end(&d, STR("alone"), e)), ERR_VALUE);
	auto_buf struct buf heads = {0};
	struct link_self kh = two_self(&t, 1);
	struct link_ahead ahead = {0};
	self.now = t.now;
	link_heads(&kh, STR("la"), &heads);
	db_begin(t.node[0].db);
	assert_true(link_heads_take(&self, STR("kh"), buf_str(&heads), &ahead) && !ahead.ahead);
	assert_int_equal(db_commit(t.node[0].db, NULL), 0);
	assert_int_equal(TWO(&t, 0, "dara", recover_end(&d, STR(""), e)), ERR_USAGE);
	assert_int_equal(TWO(&t, 0, "dara", recover_end(&d, STR("we asked all"), e)), 0);
	assert_int_equal(TWO(&t, 0, "dara", recover_end(&d, STR("again"), e)), ERR_DENIED);
	assert_true(recover_silent(t.node[0].db));
	assert_int_equal(TWO(&t, 0, "chan", recover_end(&d, STR(""), e)), 0);
	assert_false(recover_silent(t.node[0].db));
	two_carry(&t);
	assert_int_equal(two_number(&t, 1, "select count(*) from comm_check where ours = 0"), 1);
	two_close(&t);
}

/* Node la loses what it has said since a copy of its database was made, and learns of it from kh. */
static void old_backup(void **unused)
{
	struct two t;
	struct link_hole hole;
	auto_buf struct buf heads = {0};
	struct link_ahead ahead = {0};

	(void)unused;
	two_open(&t);
	two_link(&t);
	two_carry(&t);
	two_copy(&t, 0, true);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(TWO(&t, 0, "dara", check_ask(&d, STR("kh"), STR("node"), 0, e)), 0);
	two_carry(&t);
	int64_t said = two_number(&t, 0, "select max(seq) from statement where sender = 'la'");
	two_copy(&t, 0, false);
	assert_true(two_number(&t, 0, "select max(seq) from statement where sender = 'la'") < said);
	struct link_self la = two_self(&t, 0), kh = two_self(&t, 1);
	link_heads(&kh, STR("la"), &heads);
	db_begin(t.node[0].db);
	assert_true(link_heads_take(&la, STR("kh"), buf_str(&heads), &ahead) && ahead.ahead);
	assert_int_equal(db_commit(t.node[0].db, NULL), 0);
	/* a claim alone silences nobody */
	assert_false(recover_silent(t.node[0].db));
	for (unsigned rounds = 0; rounds < 9; rounds++) {
		auto_arena struct arena a = {0};
		auto_buf struct buf bytes = {0};
		struct link_taken taken;
		arena_init(&a, 0);
		if (!recover_ask(&la, STR("kh"), &a, &hole))
			break;
		link_range(&kh, STR("la"), hole.sender, hole.recipients, hole.first, hole.last, &bytes);
		db_begin(t.node[0].db);
		recover_asked(&la, &hole);
		for (struct str rest = buf_str(&bytes); rest.len > 0; rest = str_skip(rest, taken.used)) {
			link_take(&la, STR("kh"), true, rest, &a, &taken);
			assert_true(taken.used > 0);
		}
		assert_int_equal(db_commit(t.node[0].db, NULL), 0);
	}
	assert_true(recover_silent(t.node[0].db));
	assert_int_equal(two_number(&t, 0, "select max(seq) from statement where sender = 'la'"), said);
	assert_int_equal(two_number(&t, 0, "select count(*) from own_claim"), 0);
	/* with what it had asked: an answer to it finds its question */
	assert_int_equal(
	        two_number(&t, 0, "select count(*) from comm_check where ours = 1 and length(token) = 8"), 4);
	/* it tells once more, now that we know that we are silent */
	buf_clear(&heads);
	link_heads(&kh, STR("la"), &heads);
	la.now = t.now;
	db_begin(t.node[0].db);
	assert_true(link_heads_take(&la, STR("kh"), buf_str(&heads), &ahead) && !ahead.ahead);
	assert_int_equal(db_commit(t.node[0].db, NULL), 0);
	/* nothing is signed until two persons have ended it; then behind the highest number */
	assert_int_equal(TWO(&t, 0, "dara", check_ask(&d, STR("kh"), STR("node"), 0, e)), 0);
	two_carry(&t);
	assert_int_equal(two_number(&t, 1, "select max(seq) from statement where sender = 'la'"), said);
	assert_int_equal(TWO(&t, 0, "dara", recover_end(&d, STR("all are here"), e)), 0);
	assert_int_equal(TWO(&t, 0, "chan", recover_end(&d, STR(""), e)), 0);
	two_carry(&t);
	assert_true(two_number(&t, 1, "select max(seq) from statement where sender = 'la'") > said);
	assert_int_equal(two_number(&t, 1, "select count(*) from stream where forked = 1"), 0);
	two_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(wrong_number),
	        cmocka_unit_test(second_person),
	        cmocka_unit_test(second_root),
	        cmocka_unit_test(two_lists_of_one_number),
	        cmocka_unit_test(extended),
	        cmocka_unit_test(judged_again),
	        cmocka_unit_test(key_of_another),
	        cmocka_unit_test(answered),
	        cmocka_unit_test(late),
	        cmocka_unit_test(silent),
	        cmocka_unit_test(old_backup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
