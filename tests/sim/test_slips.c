/* SPDX-License-Identifier: Apache-2.0
 *
 * What honest people do by mistake, or a moment too late, and are told of in a sentence before it is signed: two proposals of one round, a
 * comment that came between two signatures, a signature behind closing.
 *
 *   PROGRAM [SEEDS [FIRST]]
 */
#include "agree/look.h"
#include "agree/plan.h"
#include "rounds.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { KH, LA, MM, VN, NOBODY };
#define CONSULT "members=la kh mm vn\ncloses=4d\nrule=none\n"
#define PROPOSE "instrument=" ROUND_INSTRUMENT "\ntitle=Times of gates\n"

static struct net t;
static uint8_t open[DIGEST_LEN];

static int64_t count(unsigned i, const char *sql)
{
	return net_number(&t, i, sql);
}

/* The first of two persons. */
static void one(unsigned i, const char *change, const char *params)
{
	struct err e;

	if (rounds_do(&t, i, "one", change, params, &e) != 0)
		fail_msg("%s at %s: %s", change, t.node[i].name, e.text);
}

/* The second signs number id, which is refused with that code and these words; code 0: it is taken. */
static void two(unsigned i, unsigned id, int code, const char *words)
{
	struct err e;
	char params[32];

	snprintf(params, sizeof(params), "id=%u", id);
	int rc = rounds_do(&t, i, "two", "agree-sign", params, &e);
	if (rc != code || strstr(e.text, words) == NULL)
		fail_msg("signing %u at %s: %d instead of %d, or without '%s': %s", id, t.node[i].name, rc,
		        code, words, e.text);
}

/* No number of what waited comes again: rounds_open has used the first. */

/* ---- openings ------------------------------------------------------------------------------------------ */

/* Proposed, and again with a mended title: there is one to be signed, and one manifest. */
static void proposed_twice(void)
{
	struct err e;

	rounds_open(&t, LA, CONSULT, open);
	assert_int_equal(count(LA, "select count(*) from agree_pending"), 0);
	/* the node has not computed it yet, so this is round 1 again */
	one(LA, "agree-propose", PROPOSE CONSULT);
	assert_int_equal(rounds_do(&t, LA, "other", "agree-propose",
	                         "instrument=" ROUND_INSTRUMENT "\ntitle=Hours of gates\n" CONSULT, &e),
	        0);
	assert_non_null(strstr(e.text, "takes the place of number 2, which 'one' had written"));
	assert_int_equal(count(LA, "select count(*) from agree_pending"), 1);
	two(LA, 2, ERR_MISSING, "nothing of that number waits");
	two(LA, 3, ERR_DENIED, ROUND_INSTRUMENT "/1 was opened by us already");
	rounds_pass(&t, 3);
	for (unsigned i = KH; i <= VN; i++)
		rounds_shows(&t, i, open, OUTCOME_OPEN, "");
}

/* A comment that was made in time comes between the two signatures: the text is not frozen over it. */
static void comment_between(void)
{
	uint8_t id[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1], words[64], params[256];

	rounds_open(&t, LA, CONSULT, open);
	rounds_pass(&t, 3);
	rounds_cut_off(&t, KH, true);
	rounds_must(&t, KH, "agree-comment", "round=" ROUND_INSTRUMENT "\ntext=who counts the hours?");
	rounds_pass(&t, 95);
	one(LA, "agree-propose", PROPOSE ROUND_SILENCE);
	rounds_cut_off(&t, KH, false);
	rounds_pass(&t, 3);
	rounds_newest(&t, KH, "agree.comment", id);
	str_hex_print(hex, id, DIGEST_LEN);
	snprintf(words, sizeof(words), "no answer yet to %.12s", hex);
	two(LA, 2, ERR_VALUE, words);
	snprintf(params, sizeof(params),
	        "round=" ROUND_INSTRUMENT "\nof=%.12s\nword=not-taken\ntext=nobody does", hex);
	rounds_must(&t, LA, "agree-answer", params);
	while (net_sign(&t, LA, false))
		continue;
	two(LA, 2, 0, "signed by two persons");
}

/* A round that is open has the next word: its comments are answered before another one opens. */
static void next_too_early(void)
{
	static const char next[] = PROPOSE ROUND_SILENCE;
	uint8_t second[DIGEST_LEN];
	char params[256], hex[2 * DIGEST_LEN + 1];

	rounds_open(&t, LA, CONSULT, open);
	rounds_pass(&t, 95);
	assert_non_null(strstr(rounds_refused(&t, LA, "agree-propose", next, ERR_DENIED), "is open until"));
	rounds_pass(&t, 2);
	rounds_must(&t, LA, "agree-propose", next);
	rounds_newest(&t, LA, "agree.open", second);
	rounds_pass(&t, 3);
	assert_non_null(strstr(rounds_refused(&t, LA, "agree-propose", next, ERR_DENIED), "is open until"));
	/* broken before closing is open too: who objected may take it back */
	rounds_must(
	        &t, MM, "agree-position", "round=" ROUND_INSTRUMENT "\nposition=objection\ntext=x\ncure=y");
	rounds_pass(&t, 3);
	rounds_shows(&t, LA, second, OUTCOME_BROKEN, "mm");
	assert_non_null(strstr(rounds_refused(&t, LA, "agree-propose", next, ERR_DENIED), "is open until"));
	str_hex_print(hex, second, DIGEST_LEN);
	snprintf(params, sizeof(params), "round=" ROUND_INSTRUMENT "\nid=%s\nreason=not yet", hex);
	rounds_must(&t, LA, "agree-retract", params);
	rounds_pass(&t, 3);
	rounds_must(&t, LA, "agree-propose", next);
}

/* ---- positions ------------------------------------------------------------------------------------------ */

/* One person has objected in time; the second comes a moment too late, and is told so. */
static void second_too_late(void)
{
	static const char amend[] = "round=" ROUND_INSTRUMENT "\nop=delete\nclause=k7qm";

	rounds_open(&t, LA, ROUND_SILENCE "persons=2 2\n", open);
	rounds_pass(&t, 3);
	one(KH, "agree-position", "round=" ROUND_INSTRUMENT "\nposition=objection\ntext=x\ncure=y");
	one(VN, "agree-amend", amend);
	one(MM, "agree-position", "round=" ROUND_INSTRUMENT "\nposition=support");
	two(MM, 1, 0, "signed by two persons");
	rounds_pass(&t, 96);
	two(KH, 1, ERR_DENIED, "what is said now would not count");
	two(VN, 1, ERR_DENIED, "what is said now would not count");
	assert_int_equal(
	        count(KH, "select count(*) from statement where kind = 'agree.position' and sender = 'kh'"),
	        0);
	assert_int_equal(count(KH, "select count(*) from agree_pending"), 1);
}

/* Pages and lists ask the register of parties who we are. */
static void say_who(unsigned i)
{
	struct err e = {0};

	db_begin(t.node[i].db);
	struct query q = db_query(t.node[i].db,
	        "insert into party(name, title, kind, own) values (?1, ?1, 'cert', 1) on conflict(name) do "
	        "update set own = 1");
	query_text(&q, str_from(t.node[i].name));
	query_run(&q);
	assert_int_equal(db_commit(t.node[i].db, &e), 0);
}

/* What the node's own list says that we owe in the newest round. */
static enum agree_owed owed(unsigned i)
{
	auto_arena struct arena a = {0};
	struct agree_look *l;

	arena_init(&a, 0);
	assert_int_equal(agree_looks(t.node[i].db, t.node[i].folder, &a, t.now / NET_SECOND, &l), 1);
	assert_int_equal(agree_owed_count(t.node[i].db, t.node[i].folder, &a, t.now / NET_SECOND),
	        l[0].owed != OWED_NOTHING);
	return l[0].owed;
}

/* At level human each acknowledges, also while the round would be broken: the objection may be taken back. */
static void owed_though_broken(void)
{
	uint8_t id[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1], params[256];

	rounds_open(&t, LA,
	        "members=la kh mm vn\ncloses=4d\nrule=silence\nlevel=human\nmin-notice=24h\nworking-days=0\n"
	        "breaks=objection\n",
	        open);
	rounds_pass(&t, 3);
	say_who(KH);
	assert_int_equal(owed(KH), OWED_ACK);
	rounds_must(
	        &t, MM, "agree-position", "round=" ROUND_INSTRUMENT "\nposition=objection\ntext=x\ncure=y");
	rounds_pass(&t, 3);
	rounds_shows(&t, KH, open, OUTCOME_BROKEN, "mm");
	assert_int_equal(owed(KH), OWED_ACK);
	rounds_must(&t, KH, "agree-ack", "round=" ROUND_INSTRUMENT);
	while (net_sign(&t, KH, false))
		continue;
	assert_int_equal(owed(KH), OWED_OBJECT);
	rounds_must(&t, VN, "agree-ack", "round=" ROUND_INSTRUMENT);
	rounds_newest(&t, MM, "agree.position", id);
	str_hex_print(hex, id, DIGEST_LEN);
	snprintf(params, sizeof(params), "round=" ROUND_INSTRUMENT "\nid=%s\nreason=talked", hex);
	rounds_must(&t, MM, "agree-retract", params);
	rounds_pass(&t, 91);
	rounds_pass(&t, 30);
	assert_int_equal(owed(KH), OWED_NOTHING);
	rounds_all_show(&t, NOBODY, open, OUTCOME_ADOPTED, "");
}

/* Takes back what node i has said last of that kind. */
static void take_back(unsigned i, const char *kind)
{
	uint8_t id[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1], params[256];

	while (net_sign(&t, i, false))
		continue;
	rounds_newest(&t, i, kind, id);
	str_hex_print(hex, id, DIGEST_LEN);
	snprintf(params, sizeof(params), "round=" ROUND_INSTRUMENT "\nid=%s\nreason=we look again", hex);
	rounds_must(&t, i, "agree-retract", params);
}

/* What the next round offers node i to repeat; POSITION_NONE: nothing. */
static enum position as_before(unsigned i)
{
	auto_arena struct arena a = {0};
	struct round_loaded r;
	struct outcome o;

	assert_true(rounds_fresh(&t, i, open, &a, &r, &o));
	const struct said *s = agree_position_before(
	        &a, t.node[i].db, t.node[i].folder, &r.manifest, str_from(t.node[i].name));
	return s != NULL ? position_find(item_text(&s->body, "position")) : POSITION_NONE;
}

/* What stood in the round before is offered again; not what its party has taken back there. */
static void repeated(void)
{
	static const char support[] = "round=" ROUND_INSTRUMENT "\nposition=support";

	rounds_open(&t, LA, ROUND_SILENCE, open);
	rounds_pass(&t, 3);
	rounds_must(&t, KH, "agree-position", support);
	rounds_must(&t, KH, "agree-comment", "round=" ROUND_INSTRUMENT "\ntext=by whom?");
	take_back(KH, "agree.comment");
	rounds_must(&t, VN, "agree-position", support);
	take_back(VN, "agree.position");
	rounds_pass(&t, 95);
	rounds_newest(&t, KH, "agree.comment", open);
	char params[256], hex[2 * DIGEST_LEN + 1];
	str_hex_print(hex, open, DIGEST_LEN);
	snprintf(params, sizeof(params), "round=" ROUND_INSTRUMENT "\nof=%s\nword=withdrawn", hex);
	rounds_must(&t, LA, "agree-answer", params);
	rounds_open(&t, LA, ROUND_SILENCE, open);
	rounds_pass(&t, 3);
	assert_int_equal(as_before(KH), POSITION_SUPPORT);
	assert_int_equal(as_before(VN), POSITION_NONE);
	assert_int_equal(as_before(MM), POSITION_NONE);
}

/* ---- amendments ----------------------------------------------------------------------------------------- */

#define AMEND "round=" ROUND_INSTRUMENT "\nop=replace\nclause=k7qm\n"

static void digits(unsigned i, char ret[13])
{
	uint8_t id[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];

	while (net_sign(&t, i, false))
		continue;
	rounds_newest(&t, i, "agree.amendment", id);
	str_hex_print(hex, id, DIGEST_LEN);
	snprintf(ret, 13, "%.12s", hex);
}

/* A text in two languages; the second is as stale as can be, which stops nobody. */
static void open_two_languages(void)
{
	char params[512], id[2][CLAUSE_ID];
	static const char base[] = ":0123456789abcdef";

	clause_id_make(1000, id[0]);
	clause_id_make(2000, id[1]);
	snprintf(params, sizeof(params),
	        "instrument=" ROUND_INSTRUMENT
	        "\nlang=vi\nauthentic=no\ntext=# Gio {#%.4s%s}\v\vAi hoi thi noi. "
	        "{#k7qm%s}\v\vBon gio. {#%.4s%s}\v",
	        id[0], base, base, id[1], base);
	rounds_must(&t, LA, "agree-text", params);
	char text[512];
	snprintf(text, sizeof(text),
	        "instrument=" ROUND_INSTRUMENT "\nlang=en\nauthentic=yes\ntext=" ROUND_TEXT, id[0], 4u,
	        id[1]);
	rounds_must(&t, LA, "agree-text", text);
	struct err e;
	assert_int_equal(rounds_do(&t, LA, "one", "agree-propose", PROPOSE CONSULT, &e), 0);
	assert_non_null(strstr(e.text, "text vi is made from older words at"));
	rounds_open(&t, LA, CONSULT, open);
	rounds_pass(&t, 3);
}

/* Who amends in his own language words it in the authentic one too, and nobody else does; one level deep. */
static void wording(void)
{
	char first[13], second[13], params[512];

	open_two_languages();
	rounds_must(&t, VN, "agree-amend",
	        AMEND "lang=vi\nkind=substantive\nwords=Ai hoi thi noi ro. {#k7qm:0123456789abcdef}");
	digits(VN, first);
	rounds_pass(&t, 3);
	snprintf(
	        params, sizeof(params), "round=" ROUND_INSTRUMENT "\nof=%s\nword=taken\nclauses=k7qm", first);
	assert_non_null(strstr(rounds_refused(&t, LA, "agree-answer", params, ERR_DENIED),
	        "vn gives its wording in en first"));
	/* nor does another party's wording help */
	char amend[512];
	snprintf(amend, sizeof(amend), AMEND "words=Who asks says it all.\nin-place-of=%s", first);
	rounds_must(&t, KH, "agree-amend", amend);
	rounds_pass(&t, 3);
	rounds_refused(&t, LA, "agree-answer", params, ERR_DENIED);
	snprintf(amend, sizeof(amend), AMEND "words=Who asks says clearly why.\nin-place-of=%s", first);
	rounds_must(&t, VN, "agree-amend", amend);
	digits(VN, second);
	rounds_pass(&t, 3);
	snprintf(amend, sizeof(amend), AMEND "words=x\nin-place-of=%s", second);
	assert_non_null(strstr(rounds_refused(&t, VN, "agree-amend", amend, ERR_VALUE), first));
	rounds_refused(&t, VN, "agree-amend", AMEND "words=x\nin-place-of=0123456789ab", ERR_MISSING);
	assert_non_null(
	        strstr(rounds_refused(&t, VN, "agree-amend", AMEND "words=x\nsupported-by=kh, xx", ERR_VALUE),
	                "'xx' is no party of this round"));
	rounds_refused(&t, VN, "agree-amend", AMEND "words=x\nsupported-by=vn", ERR_VALUE);
	rounds_must(&t, LA, "agree-answer", params);
}

/* ---- sentences ------------------------------------------------------------------------------------------ */

/* Who has not seen the manifest is shown the line; one that is missing has none. */
static void fault_lines(void)
{
	struct agree_fault fault = {2, "why"};
	struct err e;

	assert_int_equal(plan_fault(STR("a 1\nb 2\n"), &fault, &e), ERR_VALUE);
	assert_string_equal(e.text, "manifest line 2 'b 2': why");
	fault.line = 3;
	plan_fault(STR("a 1\nb 2\n"), &fault, &e);
	assert_string_equal(e.text, "manifest line 3: why");
}

/* ---- all ----------------------------------------------------------------------------------------------- */

int main(int argc, char **argv)
{
	const struct scene scenes[] = {{"proposed_twice", proposed_twice},
	        {"comment_between", comment_between}, {"next_too_early", next_too_early},
	        {"second_too_late", second_too_late}, {"owed_though_broken", owed_though_broken},
	        {"repeated", repeated}, {"wording", wording}, {"fault_lines", fault_lines}};

	return rounds_scenes(&t, argc, argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
