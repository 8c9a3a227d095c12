/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenes 5 to 8 of test_abuse.c: clocks, an old backup, a party of two minds, who takes part; a part of that file, on its own for its
 * length.
 */
#pragma once

/* ---- 5: clocks ----------------------------------------------------------------------------------------- */

static void clocks(void)
{
	begin(SILENCE);
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
	begin(SILENCE);
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
	rounds_open(&t, LA, "min-notice=72h\n" SILENCE, open);
	cut_off(VN, true);
	rounds_pass(&t, 24);
	cut_off(VN, false);
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
	begin(SILENCE);
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

	rounds_open(&t, LA, "members=la kh\ndeputy=-\n" SILENCE, open);
	rounds_pass(&t, 30);
	chaos_backup(&t, LA);
	rounds_must(&t, LA, "agree-position", object);
	rounds_pass(&t, 3);
	for (unsigned i = KH; i <= LA; i++)
		rounds_shows(&t, i, open, OUTCOME_BROKEN, "la");
	chaos_restore(&t, LA);
	rounds_open(&t, LA, "members=la kh\ndeputy=-\n" SILENCE, second);
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

	begin(SILENCE);
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

/* ---- 8: who takes part --------------------------------------------------------------------------------- */

static void membership(void)
{
	rounds_open(&t, LA, "members=la kh mm\nobservers=vn\n" SILENCE, open);
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
	rounds_lie(&t, VN, &(struct lie){KIND_AGREE_POSITION, 0xf, open, NULL, body, 0}, id);
	/* joining waits until there is something to join; leaving is written down and changes no member */
	assert_non_null(strstr(
	        rounds_refused(&t, VN, "agree-accede", "round=" ROUND_INSTRUMENT, ERR_DENIED), "adopted"));
	assert_non_null(strstr(rounds_refused(&t, MM, "agree-leave",
	                               "round=" ROUND_INSTRUMENT "\nreason=we left", ERR_DENIED),
	        "adopted"));
	rounds_pass(&t, 130);
	rounds_all_show(&t, NOBODY, open, OUTCOME_ADOPTED, "");
	rounds_must(&t, VN, "agree-accede", "round=" ROUND_INSTRUMENT);
	rounds_must(&t, MM, "agree-leave", "round=" ROUND_INSTRUMENT "\nreason=we left");
	rounds_pass(&t, 3);
	rounds_all_show(&t, NOBODY, open, OUTCOME_ADOPTED, "");
	for (unsigned i = 0; i < NET_NODES; i++)
		assert_int_equal(count(i,
		                         "select count(*) from statement where kind in ('agree.accede', "
		                         "'agree.leave') and effect = 1"),
		        2);
}
