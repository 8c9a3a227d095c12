/* SPDX-License-Identifier: Apache-2.0
 *
 * What may befall a consultation, or what somebody may try with time, each as a scene on four nodes that ends as it must: objections that
 * come late or are dated back, members that were not reached, clocks, old backups, a party of two minds, who takes part.
 *
 *   PROGRAM [SEEDS [FIRST]]
 */
#include "agree/look.h"
#include "net_log.h"
#include "rounds.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { KH, LA, MM, VN, NOBODY };

static struct net t;
static struct net_log logs = {.t = &t};
static uint8_t open[DIGEST_LEN];

static int64_t count(unsigned i, const char *sql)
{
	return net_number(&t, i, sql);
}

static void begin(const char *lines)
{
	rounds_open(&t, LA, lines, open);
}

static void run(unsigned i, const char *sql)
{
	struct err e = {0};

	if (db_exec(t.node[i].db, sql, &e) != 0)
		fail_msg("%s", e.text);
}

/* Everybody has it, and it closes in that many hours. */
static void until_close(unsigned hours)
{
	rounds_pass(&t, 96 - hours);
}

static const char *object = "round=" ROUND_INSTRUMENT
                            "\nposition=objection\nclauses=k7qm\ntext=it costs too much\ncure=leave it out";

/* ---- 1: late objections ------------------------------------------------------------------------------- */

/* Signed before closing, here within grace: it counts, though its adoption was shown already. */
static void late_in_grace(void)
{
	begin(ROUND_SILENCE);
	until_close(2);
	rounds_cut_off(&t, KH, true);
	rounds_must(&t, KH, "agree-position", object);
	rounds_pass(&t, 6);
	for (unsigned i = LA; i <= VN; i++)
		rounds_shows(&t, i, open, OUTCOME_PROVISIONAL, "");
	rounds_cut_off(&t, KH, false);
	rounds_pass(&t, 2);
	rounds_all_show(&t, NOBODY, open, OUTCOME_BROKEN, "kh");
	rounds_pass(&t, 30);
	rounds_all_show(&t, NOBODY, open, OUTCOME_BROKEN, "kh");
}

/* Behind grace it is kept, and does not count. */
static void late_behind_grace(void)
{
	begin(ROUND_SILENCE);
	until_close(2);
	rounds_cut_off(&t, KH, true);
	rounds_must(&t, KH, "agree-position", object);
	rounds_pass(&t, 30);
	for (unsigned i = LA; i <= VN; i++)
		rounds_shows(&t, i, open, OUTCOME_ADOPTED, "");
	rounds_cut_off(&t, KH, false);
	rounds_pass(&t, 3);
	rounds_all_show(&t, NOBODY, open, OUTCOME_ADOPTED, "");
	for (unsigned i = LA; i <= VN; i++)
		assert_int_equal(count(i,
		                         "select count(*) from statement where kind = 'agree.position' and "
		                         "sender = 'kh'"),
		        1);
}

/* One that runs out is late for one and in time for another: it counts for nobody. */
static void running_out(void)
{
	auto_arena struct arena a = {0};
	uint8_t id[DIGEST_LEN];
	char body[512], hex[2 * DIGEST_LEN + 1];
	struct round_loaded r;
	struct outcome o;

	begin(ROUND_SILENCE);
	until_close(10);
	assert_true(rounds_fresh(&t, KH, open, &a, &r, &o));
	str_hex_print(hex, r.manifest.sha256, DIGEST_LEN);
	snprintf(body, sizeof(body),
	        CHAOS_BY "\"round_sha256\":\"%s\",\"position\":\"disassociation\",\"text\":{\"en\":\"x\"}}",
	        hex);
	rounds_cut_off(&t, VN, true);
	rounds_lie(&t, KH,
	        &(struct lie){KIND_AGREE_POSITION, 0xf, open, NULL, body, 0, (t.now + 4 * HOUR) / NET_SECOND},
	        id);
	rounds_pass(&t, 6);
	rounds_cut_off(&t, VN, false);
	rounds_pass(&t, 3);
	assert_int_equal(
	        count(MM, "select count(*) from statement where kind = 'agree.position' and verdict = 'ok'"),
	        1);
	assert_int_equal(count(VN,
	                         "select count(*) from statement where kind = 'agree.position' and verdict = "
	                         "'expired'"),
	        1);
	rounds_pass(&t, 40);
	rounds_all_show(&t, NOBODY, open, OUTCOME_ADOPTED, "");
	for (unsigned i = 0; i < NET_NODES; i++) {
		assert_true(rounds_fresh(&t, i, open, &a, &r, &o));
		assert_null(o.member[KH].said);
	}
}

/* Dated back: the log of its party was seen without it after closing. */
static void dated_back(void)
{
	unsigned to = KH;
	uint8_t id[DIGEST_LEN];

	begin(ROUND_SILENCE);
	until_close(2);
	net_log_all(&logs, 2);
	rounds_pass(&t, 3);
	/* its log grows: a receipt for what it is asked */
	chaos_open(&t, LA, &to, 1, id);
	rounds_pass(&t, 2);
	net_log_all(&logs, 2);
	rounds_pass(&t, 1);
	t.node[KH].offset = -8 * HOUR;
	rounds_must(&t, KH, "agree-position", object);
	while (net_sign(&t, KH, false))
		continue;
	t.node[KH].offset = 0;
	t.node[KH].liar = true;
	for (unsigned i = LA; i <= VN; i++)
		net_push(&t, KH, i, false);
	net_log_all(&logs, 2);
	rounds_cut_off(&t, KH, true);
	rounds_pass(&t, 4);
	for (unsigned i = LA; i <= VN; i++) {
		assert_int_equal(count(i,
		                         "select count(*) from statement where kind = 'agree.position' and "
		                         "sender = 'kh'"),
		        1);
		rounds_shows(&t, i, open, OUTCOME_PROVISIONAL, "-");
	}
	rounds_pass(&t, 24);
	for (unsigned i = LA; i <= VN; i++)
		rounds_shows(&t, i, open, OUTCOME_ADOPTED, "");
	/* kh says that it sees it otherwise: that is shown, and nobody's block moves */
	rounds_cut_off(&t, KH, false);
	rounds_pass(&t, 3);
	for (unsigned i = LA; i <= VN; i++) {
		rounds_shows(&t, i, open, OUTCOME_DISPUTED, "-");
		assert_int_equal(rounds_row(&t, i, open).state, OUTCOME_ADOPTED);
	}
}

/* Its log is shown with it before anybody has the statement; that it was seen without it, nobody has had a reason to look at. */
static void dated_back_shown_first(void)
{
	unsigned to = KH;
	uint8_t id[DIGEST_LEN];

	begin(ROUND_SILENCE);
	until_close(2);
	net_log_all(&logs, 2);
	rounds_pass(&t, 3);
	chaos_open(&t, LA, &to, 1, id);
	rounds_pass(&t, 1);
	net_log_all(&logs, 2);
	t.node[KH].offset = -8 * HOUR;
	rounds_must(&t, KH, "agree-position", object);
	while (net_sign(&t, KH, false))
		continue;
	t.node[KH].offset = 0;
	net_log_all(&logs, 2);
	for (unsigned i = LA; i <= VN; i++)
		net_push(&t, KH, i, false);
	rounds_cut_off(&t, KH, true);
	rounds_pass(&t, 4);
	for (unsigned i = LA; i <= VN; i++)
		rounds_shows(&t, i, open, OUTCOME_PROVISIONAL, "-");
	rounds_pass(&t, 24);
	for (unsigned i = LA; i <= VN; i++)
		rounds_shows(&t, i, open, OUTCOME_ADOPTED, "");
}

/* ---- 2: not served ------------------------------------------------------------------------------------- */

static void unserved(void)
{
	begin(ROUND_SILENCE);
	rounds_cut_off(&t, VN, true);
	until_close(0);
	rounds_pass(&t, 2);
	for (unsigned i = KH; i <= MM; i++)
		rounds_shows(&t, i, open, OUTCOME_HELD, "unserved vn");
	rounds_pass(&t, 24 * 3);
	for (unsigned i = KH; i <= MM; i++)
		rounds_shows(&t, i, open, OUTCOME_HELD, "unserved vn");
	/* no time makes an agreement of it, and its coming back neither */
	rounds_cut_off(&t, VN, false);
	rounds_pass(&t, 3);
	t.now += 20 * DAY;
	rounds_pass(&t, 3);
	rounds_all_show(&t, NOBODY, open, OUTCOME_HELD, "unserved vn");
}

/* Two persons of the chair have reached it on the telephone; and it says that nobody has. */
static void served_by_voice(void)
{
	begin(ROUND_SILENCE);
	rounds_cut_off(&t, VN, true);
	rounds_pass(&t, 20);
	assert_non_null(strstr(rounds_refused(&t, KH, "agree-served",
	                               "round=" ROUND_INSTRUMENT "\nparty=vn\nlevel=voice", ERR_DENIED),
	        "the chair or the deputy"));
	rounds_must(&t, MM, "agree-served", "round=" ROUND_INSTRUMENT "\nparty=vn\nlevel=voice");
	rounds_pass(&t, 78);
	for (unsigned i = KH; i <= MM; i++)
		rounds_shows(&t, i, open, OUTCOME_PROVISIONAL, "");
	rounds_cut_off(&t, VN, false);
	rounds_pass(&t, 2);
	rounds_must(&t, VN, "agree-served", "round=" ROUND_INSTRUMENT "\nlevel=none");
	rounds_pass(&t, 3);
	rounds_all_show(&t, NOBODY, open, OUTCOME_HELD, "unserved vn");
}

/* The board's clock does not start for who has the statement and not the texts. */
static void texts_missing(void)
{
	begin(ROUND_SILENCE);
	while (net_sign(&t, LA, false))
		continue;
	net_push(&t, LA, VN, false);
	rounds_cut_off(&t, VN, true);
	until_close(0);
	rounds_pass(&t, 2);
	assert_int_equal(count(VN, "select complete from statement where kind = 'agree.open'"), 0);
	for (unsigned i = KH; i <= MM; i++)
		rounds_shows(&t, i, open, OUTCOME_HELD, "unserved vn");
}

/* ---- 5: clocks ----------------------------------------------------------------------------------------- */

static void clocks(void)
{
	begin(ROUND_SILENCE);
	until_close(1);
	/* it knows: it signs nothing, says why, and its verdict waits for nobody else's */
	t.node[MM].offset = 2 * HOUR;
	t.node[MM].doubts = true;
	assert_non_null(strstr(rounds_refused(&t, MM, "agree-position", object, ERR_DENIED), "closed"));
	t.node[MM].offset = -2 * HOUR;
	assert_non_null(strstr(rounds_refused(&t, MM, "agree-position", object, ERR_DENIED), "clock"));
	assert_int_equal(count(MM, "select count(*) from statement where kind = 'agree.position'"), 0);
	rounds_pass(&t, 4);
	for (unsigned i = KH; i <= VN; i++)
		if (i != MM)
			rounds_shows(&t, i, open, OUTCOME_PROVISIONAL, "");
	t.node[MM].offset = 0;
	t.node[MM].doubts = false;
	rounds_pass(&t, 30);
	rounds_all_show(&t, NOBODY, open, OUTCOME_ADOPTED, "");
}

/* It does not know: what it says has a time that is still to come, is held, and counts for all alike when it has come. */
static void clock_ahead(void)
{
	begin(ROUND_SILENCE);
	until_close(6);
	t.node[KH].offset = 2 * HOUR;
	rounds_must(&t, KH, "agree-position", object);
	rounds_pass(&t, 1);
	t.node[KH].offset = 0;
	for (unsigned i = LA; i <= VN; i++)
		assert_int_equal(count(i,
		                         "select count(*) from statement where kind = 'agree.position' and "
		                         "verdict = 'future' and "
		                         "effect = 0"),
		        1);
	rounds_pass(&t, 3);
	rounds_all_show(&t, NOBODY, open, OUTCOME_BROKEN, "kh");
}

/* A text that came while the clock was two hours behind was not served two hours earlier. */
static void clock_behind(void)
{
	rounds_open(&t, LA, "min-notice=72h\n" ROUND_SILENCE, open);
	rounds_cut_off(&t, VN, true);
	rounds_pass(&t, 24);
	rounds_cut_off(&t, VN, false);
	t.node[VN].offset = -2 * HOUR;
	t.node[VN].doubts = true;
	rounds_pass(&t, 3);
	assert_int_equal(count(VN, "select complete from statement where kind = 'agree.open'"), 1);
	t.node[VN].offset = 0;
	t.node[VN].doubts = false;
	rounds_pass(&t, 72);
	rounds_all_show(&t, NOBODY, open, OUTCOME_HELD, "unserved vn");
}

/* ---- 6: an old backup ---------------------------------------------------------------------------------- */

static void backup(void)
{
	begin(ROUND_SILENCE);
	rounds_pass(&t, 30);
	chaos_backup(&t, KH);
	rounds_must(&t, KH, "agree-position", object);
	rounds_pass(&t, 20);
	rounds_all_show(&t, NOBODY, open, OUTCOME_BROKEN, "kh");
	chaos_restore(&t, KH);
	/* what it shows until it has heard of anybody is what it knew, and it signs nothing */
	rounds_shows(&t, KH, open, OUTCOME_OPEN, "");
	int64_t said = count(LA, "select count(*) from statement where sender = 'kh'");
	(void)rounds_two(
	        &t, KH, "agree-position", "round=" ROUND_INSTRUMENT "\nposition=support", &(struct err){0});
	rounds_pass(&t, 60);
	assert_int_equal(count(KH, "select count(*) from silent"), 1);
	assert_int_equal(count(LA, "select count(*) from statement where sender = 'kh'"), said);
	rounds_all_show(&t, NOBODY, open, OUTCOME_BROKEN, "kh");
	chaos_recover(&t, KH);
	rounds_pass(&t, 3);
	for (unsigned i = 0; i < NET_NODES; i++)
		assert_int_equal(count(i, "select count(*) from stream where forked = 1"), 0);
}

/* The same in a round of two, where nobody but the other has seen it; by a node that opened a round meanwhile. */
static void backup_of_two(void)
{
	uint8_t second[DIGEST_LEN];

	rounds_open(&t, LA, "members=la kh\ndeputy=-\n" ROUND_SILENCE, open);
	rounds_pass(&t, 92);
	chaos_backup(&t, LA);
	rounds_must(&t, LA, "agree-position", object);
	rounds_pass(&t, 6); /* until it has closed, so that the next one may open */
	for (unsigned i = KH; i <= LA; i++)
		rounds_shows(&t, i, open, OUTCOME_BROKEN, "la");
	chaos_restore(&t, LA);
	rounds_open(&t, LA, "members=la kh\ndeputy=-\n" ROUND_SILENCE, second);
	rounds_pass(&t, 6);
	for (unsigned i = KH; i <= LA; i++)
		rounds_shows(&t, i, open, OUTCOME_BROKEN, "la");
	chaos_recover(&t, LA);
	rounds_pass(&t, 3);
	assert_int_equal(count(LA,
	                         "select count(*) from agree_round r where not exists (select 1 from "
	                         "statement s where s.id = r.open)"),
	        0);
	assert_int_equal(count(KH, "select count(*) from agree_round"), 2);
	rounds_pass(&t, 130);
	rounds_newest(&t, LA, "agree.open", second);
	for (unsigned i = KH; i <= LA; i++)
		rounds_shows(&t, i, second, OUTCOME_ADOPTED, "");
}

/* ---- 7: a party of two minds --------------------------------------------------------------------------- */

static void two_minds(void)
{
	struct chaos_clone twin;
	struct err e = {0};

	begin(ROUND_SILENCE);
	rounds_pass(&t, 30);
	chaos_clone(&t, KH, &twin);
	rounds_must(&t, KH, "agree-position", object);
	while (net_sign(&t, KH, false))
		continue;
	net_push(&t, KH, LA, false);
	net_push(&t, KH, MM, false);
	net_push(&t, KH, VN, false);
	chaos_swap(&t, &twin);
	rounds_must(&t, KH, "agree-position", "round=" ROUND_INSTRUMENT "\nposition=support");
	while (net_sign(&t, KH, false))
		continue;
	net_push(&t, KH, LA, false);
	chaos_swap(&t, &twin);
	rounds_pass(&t, 4);
	/* nothing is chosen, and both are here */
	for (unsigned i = LA; i <= VN; i++) {
		rounds_shows(&t, i, open, OUTCOME_HELD, "contested kh");
		assert_int_equal(count(i, "select count(*) from statement where kind = 'agree.position'"), 2);
	}
	/* its two persons end it: what this machine has said holds */
	chaos_recover(&t, KH);
	if (chaos_rejoin(&t, KH, "la mm vn", &e) != 0)
		fail_msg("%s", e.text);
	rounds_pass(&t, 4);
	rounds_all_show(&t, NOBODY, open, OUTCOME_BROKEN, "kh");
	for (unsigned i = LA; i <= VN; i++)
		assert_int_equal(chaos_release(&t, i, "rejoin"), 1);
	rounds_pass(&t, 130);
	rounds_all_show(&t, NOBODY, open, OUTCOME_BROKEN, "kh");
	chaos_clone_end(&t, &twin);
}

/* Two key lists under one number: whoever has seen them waits, and so do all once it has said so; people end it. */
static void two_lists(void)
{
	begin(ROUND_SILENCE);
	rounds_pass(&t, 30);
	run(MM, "update party set alarm = 'two lists' where name = 'kh'");
	rounds_pass(&t, 10);
	rounds_shows(&t, MM, open, OUTCOME_HELD, "contested kh");
	rounds_pass(&t, 90);
	rounds_shows(&t, MM, open, OUTCOME_DISPUTED, "contested kh");
	rounds_shows(&t, LA, open, OUTCOME_DISPUTED, "-");
	run(MM, "update party set alarm = ''");
	rounds_pass(&t, 10);
	rounds_all_show(&t, NOBODY, open, OUTCOME_ADOPTED, "");
}

/* ---- 8: who takes part --------------------------------------------------------------------------------- */

static void membership(void)
{
	rounds_open(&t, LA, "members=la kh mm\nobservers=vn\n" ROUND_SILENCE, open);
	rounds_pass(&t, 3);
	assert_non_null(strstr(rounds_refused(&t, VN, "agree-position", object, ERR_DENIED), "observer"));
	rounds_must(&t, VN, "agree-comment", "round=" ROUND_INSTRUMENT "\ntext=who pays for it?");
	/* one that says so all the same is heard and has none */
	char body[512], hex[2 * DIGEST_LEN + 1];
	uint8_t id[DIGEST_LEN];
	auto_arena struct arena a = {0};
	struct round_loaded r;
	struct outcome o;
	assert_true(rounds_fresh(&t, VN, open, &a, &r, &o));
	str_hex_print(hex, r.manifest.sha256, DIGEST_LEN);
	snprintf(body, sizeof(body), CHAOS_BY "\"round_sha256\":\"%s\",\"position\":\"objection\"}", hex);
	rounds_lie(&t, VN, &(struct lie){KIND_AGREE_POSITION, 0xf, open, NULL, body, 0, 0}, id);
	/* joining waits until there is something to join; leaving is written down and changes no member */
	assert_non_null(strstr(
	        rounds_refused(&t, VN, "agree-accede", "round=" ROUND_INSTRUMENT, ERR_DENIED), "adopted"));
	assert_non_null(strstr(rounds_refused(&t, MM, "agree-leave",
	                               "round=" ROUND_INSTRUMENT "\nreason=we left", ERR_DENIED),
	        "adopted"));
	rounds_pass(&t, 130);
	rounds_all_show(&t, NOBODY, open, OUTCOME_ADOPTED, "");
	/* an observer says nothing of it before it has joined; nothing is said twice */
	static const char promise[] = "round=" ROUND_INSTRUMENT "\nwhat=x\nowner=y\ndue=30d";
	rounds_refused(&t, VN, "agree-statement", "round=" ROUND_INSTRUMENT "\ntext=x", ERR_DENIED);
	rounds_refused(&t, VN, "agree-commit", promise, ERR_DENIED);
	rounds_refused(&t, VN, "agree-leave", "round=" ROUND_INSTRUMENT "\nreason=x", ERR_DENIED);
	rounds_must(&t, VN, "agree-accede", "round=" ROUND_INSTRUMENT);
	rounds_refused(&t, VN, "agree-accede", "round=" ROUND_INSTRUMENT, ERR_DENIED);
	rounds_refused(&t, KH, "agree-commit",
	        "round=" ROUND_INSTRUMENT "\nwhat=x\nowner=y\ndue=2020-01-01 00:00", ERR_VALUE);
	rounds_must(&t, MM, "agree-leave", "round=" ROUND_INSTRUMENT "\nreason=we left");
	rounds_refused(&t, MM, "agree-leave", "round=" ROUND_INSTRUMENT "\nreason=once more", ERR_DENIED);
	rounds_refused(&t, MM, "agree-commit", promise, ERR_DENIED);
	rounds_pass(&t, 3);
	static const char gone[] = "select count(*) from policy where party = 'mm' and ended is not null";
	for (unsigned i = 0; i < NET_NODES; i++)
		assert_int_equal(count(i, gone), 1);
	rounds_must(&t, VN, "agree-commit", promise);
	rounds_all_show(&t, NOBODY, open, OUTCOME_ADOPTED, "");
	for (unsigned i = 0; i < NET_NODES; i++)
		assert_int_equal(count(i,
		                         "select count(*) from statement where kind in ('agree.accede', "
		                         "'agree.leave') and effect = 1"),
		        2);
	/* who left comes back */
	rounds_must(&t, MM, "agree-accede", "round=" ROUND_INSTRUMENT);
	rounds_pass(&t, 3);
	for (unsigned i = 0; i < NET_NODES; i++)
		assert_int_equal(count(i, gone), 0);
}

/* The chair does not reach one member, another one hands the opening on: both show who did, and it proves nothing. */
static void handed_on(void)
{
	uint64_t relays = 0;

	for (unsigned i = KH; i <= VN; i++) {
		struct query q = db_query(t.node[i].db, "update party set own = 1 where name = ?");
		query_text(&q, str_from(t.node[i].name));
		query_run(&q);
	}
	t.cut[LA][MM] = t.cut[MM][LA] = true;
	begin(ROUND_SILENCE);
	rounds_pass(&t, 6);
	for (unsigned i = KH; i <= VN; i++) {
		auto_arena struct arena a = {0};
		struct board_member b[MANIFEST_MEMBERS];
		struct round_loaded r;
		struct outcome o;
		assert_true(rounds_fresh(&t, i, open, &a, &r, &o));
		agree_board(t.node[i].db, &a, &r, &o, t.now / NET_SECOND, b);
		for (unsigned k = 0; k < r.manifest.members; k++) {
			bool by = b[k].relayed != 0 && str_eq(b[k].party, STR("mm"));
			assert_true(by || b[k].relayed == 0);
			relays += by && i != MM;
			assert_true(!by || i == MM || str_eq(b[k].relay, str_from(t.node[i].name)));
			assert_true(!by || i != MM || str_eq(b[k].relay, STR("kh")) ||
			        str_eq(b[k].relay, STR("vn")));
			assert_true(i != MM || by || !str_eq(b[k].party, STR("mm")));
		}
	}
	assert_true(relays > 0);
}

/* ---- all ----------------------------------------------------------------------------------------------- */

int main(int argc, char **argv)
{
	const struct scene scenes[] = {{"late_in_grace", late_in_grace},
	        {"late_behind_grace", late_behind_grace}, {"running_out", running_out},
	        {"dated_back", dated_back}, {"dated_back_shown_first", dated_back_shown_first},
	        {"unserved", unserved}, {"served_by_voice", served_by_voice},
	        {"texts_missing", texts_missing}, {"clocks", clocks}, {"clock_ahead", clock_ahead},
	        {"clock_behind", clock_behind}, {"backup", backup}, {"backup_of_two", backup_of_two},
	        {"two_minds", two_minds}, {"two_lists", two_lists}, {"membership", membership},
	        {"handed_on", handed_on}};

	return rounds_scenes(&t, argc, argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
