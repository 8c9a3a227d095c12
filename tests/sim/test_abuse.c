/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody may try in a consultation, or what may befall it, each as a scene on four nodes that ends as it must: objections
 * that come late, members that were not reached, a chair that shows two texts, clocks, old backups, a party of two minds, forged
 * words.
 *
 *   test_abuse [SEEDS [FIRST]]
 */
#include "agree/amend.h"
#include "base/os.h"
#include "net_log.h"
#include "rounds.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { KH, LA, MM, VN, NOBODY };

static struct net t;
static struct net_log logs = {.t = &t};
static unsigned seeds = 1;
static uint64_t first = 1;
static uint8_t open[DIGEST_LEN];

static void each(void (*scene)(void))
{
	for (uint64_t seed = first; seed < first + seeds; seed++) {
		net_begin(&t, seed);
		rounds_begin(&t);
		memset(logs.quotas, 0, sizeof(logs.quotas));
		scene();
		net_end(&t);
	}
}

static int64_t count(unsigned i, const char *sql)
{
	return net_number(&t, i, sql);
}

static void run(unsigned i, const char *sql)
{
	struct err e = {0};

	if (db_exec(t.node[i].db, sql, &e) != 0)
		fail_msg("%s", e.text);
}

/* Four days, a day of grace, by la. */
#define SILENCE                                                                                              \
	"members=la kh mm "                                                                                  \
	"vn\ndeputy=mm\ncloses=4d\nrule=silence\nlevel=node\nmin-notice=24h\nworking-days=0\n"               \
	"breaks=objection\nextend=1 2d\ngrace=24h\nreservation=forbidden\n"
#define CONSULT "members=la kh mm vn\ncloses=4d\nrule=none\n"

static void begin(const char *lines)
{
	rounds_open(&t, LA, lines, open);
}

/* Everybody has it, and it closes in that many hours. */
static void until_close(unsigned hours)
{
	rounds_pass(&t, 96 - hours);
}

static void cut_off(unsigned x, bool cut)
{
	for (unsigned k = 0; k < NET_NODES; k++)
		if (k != x)
			t.cut[x][k] = t.cut[k][x] = cut;
}

static const char *object = "round=" ROUND_INSTRUMENT
                            "\nposition=objection\nclauses=k7qm\ntext=it costs too much\ncure=leave it out";

/* ---- 1: late objections ------------------------------------------------------------------------------- */

/* Signed before closing, here within grace: it counts, though its adoption was shown already. */
static void late_in_grace(void)
{
	begin(SILENCE);
	until_close(2);
	cut_off(KH, true);
	rounds_must(&t, KH, "agree-position", object);
	rounds_pass(&t, 6);
	for (unsigned i = LA; i <= VN; i++)
		rounds_shows(&t, i, open, OUTCOME_PROVISIONAL, "");
	cut_off(KH, false);
	rounds_pass(&t, 2);
	rounds_all_show(&t, NOBODY, open, OUTCOME_BROKEN, "kh");
	rounds_pass(&t, 30);
	rounds_all_show(&t, NOBODY, open, OUTCOME_BROKEN, "kh");
}

/* Behind grace it is kept, and does not count. */
static void late_behind_grace(void)
{
	begin(SILENCE);
	until_close(2);
	cut_off(KH, true);
	rounds_must(&t, KH, "agree-position", object);
	rounds_pass(&t, 30);
	for (unsigned i = LA; i <= VN; i++)
		rounds_shows(&t, i, open, OUTCOME_ADOPTED, "");
	cut_off(KH, false);
	rounds_pass(&t, 3);
	rounds_all_show(&t, NOBODY, open, OUTCOME_ADOPTED, "");
	for (unsigned i = LA; i <= VN; i++)
		assert_int_equal(count(i,
		                         "select count(*) from statement where kind = 'agree.position' and "
		                         "sender = 'kh'"),
		        1);
}

/* Dated back: the log of its party was seen without it after closing. */
static void dated_back(void)
{
	unsigned to = KH;
	uint8_t id[DIGEST_LEN];

	begin(SILENCE);
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
	cut_off(KH, true);
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
	cut_off(KH, false);
	rounds_pass(&t, 3);
	for (unsigned i = LA; i <= VN; i++) {
		rounds_shows(&t, i, open, OUTCOME_DISPUTED, "-");
		assert_int_equal(rounds_row(&t, i, open).state, OUTCOME_ADOPTED);
	}
}

/* ---- 2: not served ------------------------------------------------------------------------------------- */

static void unserved(void)
{
	begin(SILENCE);
	cut_off(VN, true);
	until_close(0);
	rounds_pass(&t, 2);
	for (unsigned i = KH; i <= MM; i++)
		rounds_shows(&t, i, open, OUTCOME_HELD, "unserved vn");
	rounds_pass(&t, 24 * 3);
	for (unsigned i = KH; i <= MM; i++)
		rounds_shows(&t, i, open, OUTCOME_HELD, "unserved vn");
	/* no time makes an agreement of it, and its coming back neither */
	cut_off(VN, false);
	rounds_pass(&t, 3);
	t.now += 20 * DAY;
	rounds_pass(&t, 3);
	rounds_all_show(&t, NOBODY, open, OUTCOME_HELD, "unserved vn");
}

/* Two persons of the chair have reached it on the telephone; and it says that nobody has. */
static void served_by_voice(void)
{
	begin(SILENCE);
	cut_off(VN, true);
	rounds_pass(&t, 20);
	assert_non_null(strstr(rounds_refused(&t, KH, "agree-served",
	                               "round=" ROUND_INSTRUMENT "\nparty=vn\nlevel=voice", ERR_DENIED),
	        "the chair or the deputy"));
	rounds_must(&t, MM, "agree-served", "round=" ROUND_INSTRUMENT "\nparty=vn\nlevel=voice");
	rounds_pass(&t, 78);
	for (unsigned i = KH; i <= MM; i++)
		rounds_shows(&t, i, open, OUTCOME_PROVISIONAL, "");
	cut_off(VN, false);
	rounds_pass(&t, 2);
	rounds_must(&t, VN, "agree-served", "round=" ROUND_INSTRUMENT "\nlevel=none");
	rounds_pass(&t, 3);
	rounds_all_show(&t, NOBODY, open, OUTCOME_HELD, "unserved vn");
}

/* The board's clock does not start for who has the statement and not the texts. */
static void texts_missing(void)
{
	begin(SILENCE);
	while (net_sign(&t, LA, false))
		continue;
	net_push(&t, LA, VN, false);
	cut_off(VN, true);
	until_close(0);
	rounds_pass(&t, 2);
	assert_int_equal(count(VN, "select complete from statement where kind = 'agree.open'"), 0);
	for (unsigned i = KH; i <= MM; i++)
		rounds_shows(&t, i, open, OUTCOME_HELD, "unserved vn");
}

/* ---- 3: the chair edits ------------------------------------------------------------------------------- */

/* Another manifest, with all that it takes to be one, of the same round. */
static void second_manifest(unsigned to, uint8_t ret_id[DIGEST_LEN])
{
	auto_buf struct buf manifest = {0};
	auto_arena struct arena a = {0};
	struct round_loaded r;
	struct outcome o;
	char body[2048], hex[2 * DIGEST_LEN + 1], text[2 * DIGEST_LEN + 1], closes[24];
	uint8_t digest[DIGEST_LEN];
	struct err e = {0};

	assert_true(rounds_fresh(&t, LA, open, &a, &r, &o));
	struct manifest m = r.manifest;
	m.title = STR("Times of gates, as we like them");
	manifest_write(&manifest, &m);
	t.node[LA].liar = true;
	db_begin(t.node[LA].db);
	(void)net_self(&t, LA);
	assert_int_equal(link_ways.keep(&t.here[LA], t.node[LA].db, buf_str(&manifest), digest, &e), 0);
	assert_true(net_commit(&t, LA, false));
	str_hex_print(hex, digest, DIGEST_LEN);
	str_hex_print(text, m.text[0].sha256, DIGEST_LEN);
	stamp_print(closes, m.closes);
	snprintf(body, sizeof(body),
	        "{\"by\":[{\"id\":\"one\",\"role\":\"may-bind\",\"at\":\"%s\"},{\"id\":\"two\",\"role\":"
	        "\"may-bind\",\"at\":"
	        "\"%s\"}],\"instrument\":\"" ROUND_INSTRUMENT
	        "\",\"round\":1,\"round_sha256\":\"%s\",\"closes\":\"%s\","
	        "\"attachments\":[{\"sha256\":\"%s\",\"size\":%zu,\"name\":\"m\",\"media\":\"text/"
	        "plain\"},{\"sha256\":\"%s\","
	        "\"size\":%d,\"name\":\"t\",\"media\":\"text/plain\"}]}",
	        closes, closes, hex, closes, hex, manifest.len, text,
	        (int)count(LA, "select size from attachment where name like 'text%'"));
	rounds_lie(&t, LA, &(struct lie){KIND_AGREE_OPEN, to, NULL, NULL, body, 0}, ret_id);
}

static void two_manifests(void)
{
	uint8_t other[DIGEST_LEN];

	begin(SILENCE);
	rounds_pass(&t, 3);
	second_manifest(0xf, other);
	rounds_pass(&t, 3);
	for (unsigned i = KH; i <= VN; i++) {
		if (i == LA)
			continue;
		rounds_shows(&t, i, open, OUTCOME_DISPUTED, "");
		rounds_shows(&t, i, other, OUTCOME_DISPUTED, "");
	}
	rounds_pass(&t, 125);
	for (unsigned i = KH; i <= VN; i++)
		rounds_shows(&t, i, open, OUTCOME_DISPUTED, "");
}

/* To one of them alone: it knows at once, and the others by its outcome. */
static void manifest_to_one(void)
{
	uint8_t other[DIGEST_LEN];

	begin(SILENCE);
	rounds_pass(&t, 3);
	second_manifest(1u << MM, other);
	rounds_pass(&t, 3);
	rounds_shows(&t, MM, open, OUTCOME_DISPUTED, "");
	rounds_shows(&t, KH, open, OUTCOME_OPEN, "");
	rounds_pass(&t, 125);
	rounds_shows(&t, MM, open, OUTCOME_DISPUTED, "");
	rounds_shows(&t, KH, open, OUTCOME_DISPUTED, "-");
	rounds_shows(&t, VN, open, OUTCOME_DISPUTED, "-");
}

static void answer(const char *of, const char *word, const char *more)
{
	uint8_t id[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1], params[512];
	unsigned i = strcmp(of, "kh") == 0 ? KH : strcmp(of, "mm") == 0 ? MM : VN;

	rounds_newest(&t, i, "agree.amendment", id);
	str_hex_print(hex, id, DIGEST_LEN);
	snprintf(params, sizeof(params), "round=" ROUND_INSTRUMENT "/1\nof=%s\nword=%s\n%s", hex, word, more);
	rounds_must(&t, LA, "agree-answer", params);
	while (net_sign(&t, LA, false))
		continue;
}

/* The next round with another wording of k7qm; 0: taken. */
static int next_round(const char *words, struct err *e)
{
	char params[1024], id[2][CLAUSE_ID];
	char *old = NULL;

	(void)old;
	struct query q = db_query(t.node[LA].db, "select text from agree_draft");
	auto_buf struct buf text = {0};
	assert_int_equal(query_next(&q), 1);
	struct str s = query_get_blob(&q, 0);
	const char *at = memmem(s.p, s.len, "Who asks says why.", 18);
	if (at == NULL)
		at = memmem(s.p, s.len, "Who asks says why, and when.", 28);
	assert_non_null(at);
	buf_add(&text, str_sub(s, 0, (size_t)(at - s.p)));
	buf_add(&text, str_from(words));
	const char *mark = memmem(at, s.len - (size_t)(at - s.p), " {#k7qm}", 8);
	buf_add(&text, str_make(mark, s.len - (size_t)(mark - s.p)));
	query_done(&q, NULL);
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] == '\n')
			text.p[i] = '\v';
	(void)id;
	snprintf(params, sizeof(params), "instrument=" ROUND_INSTRUMENT "\nlang=en\nauthentic=yes\ntext=%.*s",
	        (int)text.len, text.p);
	rounds_must(&t, LA, "agree-text", params);
	return rounds_two(&t, LA, "agree-propose", "instrument=" ROUND_INSTRUMENT "\n" SILENCE, e);
}

/* ---- 4: three amendments of one clause ------------------------------------------------------------------ */

/* What the node makes of all amendments that it has, in the order of their ids. */
static void apply_all(unsigned i, struct arena *a, struct amend_result *ret)
{
	struct round_loaded r;
	struct outcome o;
	struct agree_text text;
	struct amendment am[8];
	unsigned n = 0;
	struct err e = {0};

	assert_true(rounds_fresh(&t, i, open, a, &r, &o));
	assert_int_equal(round_text(a, t.node[i].folder, &r.manifest, (struct str){0}, &text, &e), 0);
	/* the sifted ones are ascending by id */
	for (size_t k = 0; k < o.round.n; k++)
		if (o.round.s[k].timely && o.round.s[k].s->kind == KIND_AGREE_AMENDMENT) {
			struct item ops = item_get(&o.round.s[k].s->body, STR("ops"));
			am[n++] = amendment_read(a, &ops);
		}
	assert_int_equal(n, 3);
	amend_apply(a, &text, am, n, ret);
}

static void one_clause(void)
{
	auto_arena struct arena arena = {0};
	struct amend_result res[NET_NODES];
	struct err e = {0};

	begin(CONSULT);
	rounds_pass(&t, 3);
	rounds_must(&t, KH, "agree-amend",
	        "round=" ROUND_INSTRUMENT "\nop=replace\nclause=k7qm\nwords=Who asks says who he is.");
	rounds_must(&t, VN, "agree-amend",
	        "round=" ROUND_INSTRUMENT "\nop=replace\nclause=k7qm\nwords=Who asks says why, and when.");
	rounds_must(&t, MM, "agree-amend", "round=" ROUND_INSTRUMENT "\nop=delete\nclause=k7qm");
	rounds_pass(&t, 3);
	for (unsigned i = 0; i < NET_NODES; i++) {
		apply_all(i, &arena, &res[i]);
		assert_int_equal(res[i].outcome, AMEND_CONFLICT);
		assert_int_equal(res[i].conflicts, 1);
		assert_true(str_eq(res[i].conflict[0].clause, STR("k7qm")));
		assert_int_equal(res[i].conflict[0].n, 3);
		assert_memory_equal(
		        res[i].conflict[0].op, res[0].conflict[0].op, 3 * sizeof(res[0].conflict[0].op[0]));
	}
	rounds_pass(&t, 92);
	rounds_all_show(&t, NOBODY, open, OUTCOME_CONSOLIDATING, "");
	/* without an answer there is no next text, nor with a change that no answer explains */
	assert_int_equal(next_round("Who asks says why, and when.", &e), ERR_VALUE);
	assert_non_null(strstr(e.text, "no answer yet to"));
	answer("vn", "carried", "");
	answer("mm", "not-taken", "text=the clause is needed");
	assert_int_equal(next_round("Who asks says why, and when.", &e), ERR_VALUE);
	answer("kh", "not-taken", "text=the card says so");
	assert_int_equal(next_round("Who asks says why, and when.", &e), ERR_VALUE);
	assert_non_null(strstr(e.text, "no answer explains the change of k7qm"));
	answer("vn", "taken", "clauses=k7qm");
	if (next_round("Who asks says why, and when.", &e) != 0)
		fail_msg("%s", e.text);
	rounds_pass(&t, 2);
	for (unsigned i = 0; i < NET_NODES; i++) {
		assert_int_equal(
		        count(i, "select count(*) from agree_round where number = 2 and bad = ''"), 1);
		assert_int_equal(
		        count(i, "select count(*) from statement where kind = 'agree.disposition'"), 4);
	}
}

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

/* Two key lists under one number: whoever has seen them waits, and so do all once it has said so; people end it. */
static void two_lists(void)
{
	begin(SILENCE);
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

/* ---- 9: forged words ----------------------------------------------------------------------------------- */

static void give(unsigned to, unsigned by, const struct buf *bytes, enum statement_verdict wanted)
{
	enum statement_verdict v[LINK_BATCH_COUNT];

	assert_int_equal(net_give(&t, to, by, buf_str(bytes), false, false, v), 1);
	if (v[0] != wanted)
		fail_msg("%s instead of %s", verdict_table[v[0]].word, verdict_table[wanted].word);
}

static void forged(void)
{
	auto_buf struct buf wrong = {0}, first_round = {0}, mixed = {0};
	auto_arena struct arena a = {0};
	char body[512], hex[2 * DIGEST_LEN + 1];
	uint8_t id[DIGEST_LEN], second[DIGEST_LEN];
	struct round_loaded r;
	struct outcome o;
	struct err e = {0};

	begin(CONSULT);
	rounds_pass(&t, 3);
	assert_true(rounds_fresh(&t, KH, open, &a, &r, &o));
	str_hex_print(hex, r.manifest.sha256, DIGEST_LEN);
	snprintf(body, sizeof(body), CHAOS_BY "\"round_sha256\":\"%s\",\"position\":\"objection\"}", hex);
	rounds_must(&t, KH, "agree-position", object);
	rounds_pass(&t, 96);
	struct link_self self = net_self(&t, KH);
	rounds_newest(&t, KH, "agree.position", id);
	assert_true(link_one(&self, STR("la"), id, &first_round));
	if (next_round("Who asks says why.", &e) != 0)
		fail_msg("%s", e.text);
	rounds_newest(&t, LA, "agree.open", second);
	rounds_pass(&t, 3);
	uint64_t seq = (uint64_t)count(VN,
	        "select max(seq) from statement s join stream t on t.id = s.stream where t.sender = 'vn' "
	        "and t.recipients = 'kh la mm'");
	struct query q = db_query(t.node[VN].db,
	        "select s.id from statement s join stream t on t.id = s.stream where t.sender = 'vn' and "
	        "t.recipients = 'kh la "
	        "mm' order by s.seq desc limit 1");
	uint8_t prev[DIGEST_LEN];
	assert_int_equal(query_next(&q), 1);
	memcpy(prev, query_get_blob(&q, 0).p, DIGEST_LEN);
	query_done(&q, NULL);
	/* with the key of another */
	struct chaos_forged f = {KIND_AGREE_POSITION, body, .seq = seq + 1, .prev = prev, .case_ = second,
	        .to = {"kh", "la", "mm"}};
	chaos_forge(&t, VN, &f, &wrong, id);
	wrong.p[2 + 16] ^= 1;
	give(LA, VN, &wrong, VERDICT_BAD_KEY);
	wrong.p[2 + 16] ^= 1;
	wrong.p[wrong.len - 1] ^= 1;
	give(LA, VN, &wrong, VERDICT_BODY_MISMATCH);
	/* round 1 again: it is here, and is of round 1 */
	give(LA, VN, &first_round, VERDICT_HAVE);
	/* the right key, this round's case and the digest of the other */
	t.node[VN].liar = true;
	chaos_forge(&t, VN, &f, &mixed, id);
	give(LA, VN, &mixed, VERDICT_BAD_FIELDS);
	give(KH, VN, &mixed, VERDICT_BAD_FIELDS);
	give(MM, VN, &mixed, VERDICT_BAD_FIELDS);
	assert_int_equal(count(LA, "select count(*) from refused"), 2);
	cut_off(VN, true);
	rounds_pass(&t, 130);
	for (unsigned i = KH; i <= MM; i++)
		rounds_shows(&t, i, second, OUTCOME_ADOPTED, "");
}

/* ---- further ------------------------------------------------------------------------------------------- */

/* Marks that turn letters around, and those that nobody sees. */
static void invisible(void)
{
	static const char *const marks[] = {"\xe2\x80\xae", "\xe2\x80\xaa", "\xe2\x81\xa6", "\xef\xbb\xbf"};
	char params[512];

	for (unsigned i = 0; i < 4; i++) {
		snprintf(params, sizeof(params),
		        "instrument=" ROUND_INSTRUMENT
		        "\nlang=en\nauthentic=yes\ntext=# T {#%s}\v\vPay 100%s001. {#k7qm}\v",
		        "3333", marks[i]);
		memcpy(strstr(params, "#3333") + 1, "a3bd", 4);
		assert_non_null(strstr(rounds_refused(&t, LA, "agree-text", params, ERR_VALUE), "line 3"));
	}
	/* in an amendment too */
	begin(SILENCE);
	rounds_pass(&t, 3);
	snprintf(params, sizeof(params),
	        "round=" ROUND_INSTRUMENT "\nop=replace\nclause=k7qm\nwords=Pay 100%s001.", marks[0]);
	rounds_refused(&t, VN, "agree-amend", params, ERR_VALUE);
}

/* A chair that has frozen such a text: each receiver finds it, says that it has no complete text, and nobody is served. */
static void bad_text(void)
{
	auto_buf struct buf manifest = {0}, text = {0};
	auto_arena struct arena a = {0};
	uint8_t digest[2][DIGEST_LEN], id[DIGEST_LEN];
	char body[2048], hex[2][2 * DIGEST_LEN + 1], closes[24];
	struct round_loaded r;
	struct outcome o;
	struct err e = {0};

	begin(SILENCE);
	rounds_pass(&t, 2);
	assert_true(rounds_fresh(&t, LA, open, &a, &r, &o));
	struct manifest m = r.manifest;
	buf_add(&text,
	        STR("# T {#a3bd}\n\nPay 100\xe2\x80\xae"
	            "001. {#k7qm}\n"));
	digest_of(buf_str(&text), m.text[0].sha256);
	m.instrument = STR("gate-fees");
	manifest_write(&manifest, &m);
	t.node[LA].liar = true;
	db_begin(t.node[LA].db);
	(void)net_self(&t, LA);
	assert_int_equal(link_ways.keep(&t.here[LA], t.node[LA].db, buf_str(&manifest), digest[0], &e), 0);
	assert_int_equal(link_ways.keep(&t.here[LA], t.node[LA].db, buf_str(&text), digest[1], &e), 0);
	assert_true(net_commit(&t, LA, false));
	for (unsigned i = 0; i < 2; i++)
		str_hex_print(hex[i], digest[i], DIGEST_LEN);
	stamp_print(closes, m.closes);
	snprintf(body, sizeof(body),
	        "{\"by\":[{\"id\":\"one\",\"role\":\"may-bind\",\"at\":\"%s\"},{\"id\":\"two\",\"role\":"
	        "\"may-bind\",\"at\":"
	        "\"%s\"}],\"instrument\":\"gate-fees\",\"round\":1,\"round_sha256\":\"%s\",\"closes\":\"%s\","
	        "\"attachments\":[{\"sha256\":\"%s\",\"size\":%zu,\"name\":\"m\",\"media\":\"text/"
	        "plain\"},{\"sha256\":\"%s\","
	        "\"size\":%zu,\"name\":\"t\",\"media\":\"text/plain\"}]}",
	        closes, closes, hex[0], closes, hex[0], manifest.len, hex[1], text.len);
	rounds_lie(&t, LA, &(struct lie){KIND_AGREE_OPEN, 0xf, NULL, NULL, body, 0}, id);
	rounds_pass(&t, 125);
	for (unsigned i = KH; i <= VN; i++) {
		if (i == LA)
			continue;
		assert_int_equal(count(i,
		                         "select count(*) from agree_round where instrument = 'gate-fees' "
		                         "and bad like '%line 3%'"),
		        1);
		rounds_shows(&t, i, id, OUTCOME_HELD, "unserved kh mm vn");
	}
}

/* An id typed from paper with another letter in it. */
static void wrong_letter(void)
{
	begin(SILENCE);
	rounds_pass(&t, 2);
	assert_non_null(
	        strstr(rounds_refused(&t, VN, "agree-position",
	                       "round=" ROUND_INSTRUMENT "\nposition=objection\nclauses=k7qn", ERR_VALUE),
	                "k7qn"));
	assert_non_null(strstr(rounds_refused(&t, VN, "agree-comment",
	                               "round=" ROUND_INSTRUMENT "\ntext=x\nclauses=7kqm", ERR_VALUE),
	        "wrong"));
	rounds_refused(
	        &t, VN, "agree-amend", "round=" ROUND_INSTRUMENT "\nop=delete\nclause=k7qn", ERR_MISSING);
}

/* The disk is full while somebody objects: it is said or it is not, and never half. */
static void full_disk(void)
{
	struct err e = {0};

	begin(SILENCE);
	rounds_pass(&t, 30);
	for (unsigned n = 1; n < 40; n++) {
		os_fake.fail_at = os_fake.steps + n;
		os_fake.code = 28; /* no room */
		os_fake.sticky = true;
		int rc = rounds_two(&t, KH, "agree-position", object, &e);
		bool failed = os_fake.failed;
		os_fake.fail_at = 0;
		os_fake.sticky = os_fake.failed = false;
		if (db_dead(t.node[KH].db))
			net_crash(&t, KH);
		if (rc == 0 && !failed)
			break;
		assert_int_equal(
		        count(KH, "select count(*) from statement where kind = 'agree.position'"), rc == 0);
		if (rc == 0)
			break;
	}
	assert_int_equal(count(KH, "select count(*) from statement where kind = 'agree.position'"), 1);
	rounds_pass(&t, 3);
	rounds_all_show(&t, NOBODY, open, OUTCOME_BROKEN, "kh");
	run(KH, "pragma integrity_check");
}

/* ---- all ----------------------------------------------------------------------------------------------- */

#define SCENE(name)                                                                                          \
	static void test_##name(void **state)                                                                \
	{                                                                                                    \
		(void)state;                                                                                 \
		each(name);                                                                                  \
	}
SCENE(late_in_grace)
SCENE(late_behind_grace)
SCENE(dated_back)
SCENE(unserved)
SCENE(served_by_voice)
SCENE(texts_missing)
SCENE(two_manifests)
SCENE(manifest_to_one)
SCENE(one_clause)
SCENE(clocks)
SCENE(clock_ahead)
SCENE(clock_behind)
SCENE(backup)
SCENE(backup_of_two)
SCENE(two_minds)
SCENE(two_lists)
SCENE(membership)
SCENE(forged)
SCENE(invisible)
SCENE(bad_text)
SCENE(wrong_letter)
SCENE(full_disk)

static int make(void **state)
{
	(void)state;
	net_make(&t);
	rounds_make(&t);
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
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_late_in_grace),
	        cmocka_unit_test(test_late_behind_grace),
	        cmocka_unit_test(test_dated_back),
	        cmocka_unit_test(test_unserved),
	        cmocka_unit_test(test_served_by_voice),
	        cmocka_unit_test(test_texts_missing),
	        cmocka_unit_test(test_two_manifests),
	        cmocka_unit_test(test_manifest_to_one),
	        cmocka_unit_test(test_one_clause),
	        cmocka_unit_test(test_clocks),
	        cmocka_unit_test(test_clock_ahead),
	        cmocka_unit_test(test_clock_behind),
	        cmocka_unit_test(test_backup),
	        cmocka_unit_test(test_backup_of_two),
	        cmocka_unit_test(test_two_minds),
	        cmocka_unit_test(test_two_lists),
	        cmocka_unit_test(test_membership),
	        cmocka_unit_test(test_forged),
	        cmocka_unit_test(test_invisible),
	        cmocka_unit_test(test_bad_text),
	        cmocka_unit_test(test_wrong_letter),
	        cmocka_unit_test(test_full_disk),
	};

	seeds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : seeds;
	first = argc > 2 ? strtoull(argv[2], NULL, 10) : first;
	return cmocka_run_group_tests(tests, make, done);
}
