/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody may try with words: a chair that shows two texts, three amendments of one clause, forged positions, marks that nobody
 * sees, an id with another letter, a full disk.
 *
 *   PROGRAM [SEEDS [FIRST]]
 */
#include "agree/amend.h"
#include "agree/look.h"
#include "rounds.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { KH, LA, MM, VN, NOBODY };

static struct net t;
static uint8_t open[DIGEST_LEN];

static int64_t count(unsigned i, const char *sql)
{
	return net_number(&t, i, sql);
}

static void begin(const char *lines)
{
	rounds_open(&t, LA, lines, open);
}

static const char *object = "round=" ROUND_INSTRUMENT
                            "\nposition=objection\nclauses=k7qm\ntext=it costs too much\ncure=leave it out";

#define CONSULT "members=la kh mm vn\ncloses=4d\nrule=none\n"

/* ---- 3: the chair edits ------------------------------------------------------------------------------- */

/* Another manifest, with all that it takes to be one, of the same round. */
static void second_manifest(unsigned to, uint8_t ret_id[DIGEST_LEN])
{
	auto_arena struct arena a = {0};
	struct round_loaded r;
	struct outcome o;
	struct agree_text text;
	struct err e = {0};

	assert_true(rounds_fresh(&t, LA, open, &a, &r, &o));
	assert_int_equal(round_text(&a, t.node[LA].folder, &r.manifest, (struct str){0}, &text, &e), 0);
	r.manifest.title = STR("Times of gates, as we like them");
	t.node[LA].liar = true;
	rounds_lie_open(&t, LA, &r.manifest, text.bytes, to, ret_id);
}

static void two_manifests(void)
{
	uint8_t other[DIGEST_LEN];

	begin(ROUND_SILENCE);
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

	begin(ROUND_SILENCE);
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
	char params[1024];
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
	snprintf(params, sizeof(params), "instrument=" ROUND_INSTRUMENT "\nlang=en\nauthentic=yes\ntext=%.*s",
	        (int)text.len, text.p);
	rounds_must(&t, LA, "agree-text", params);
	return rounds_two(&t, LA, "agree-propose", "instrument=" ROUND_INSTRUMENT "\n" ROUND_SILENCE, e);
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

/* What node i says of the text of the newest round: the clauses, and how many have no answer. */
static void frozen(unsigned i, const char *clauses, unsigned unanswered)
{
	auto_arena struct arena a = {0};
	struct round_loaded r;
	struct agree_frozen f;
	struct err e = {0};
	uint64_t id = (uint64_t)count(i, "select id from agree_round where number = 2");

	arena_init(&a, 0);
	assert_int_equal(round_load_opening(&a, t.node[i].db, t.node[i].folder, id, &r, &e), 0);
	agree_frozen_look(&a, t.node[i].db, t.node[i].folder, &r, &f);
	assert_true(f.known);
	struct str words = agree_frozen_words(&a, &f);
	if (!str_eq(words, str_from(clauses)) || f.open != unanswered)
		fail_msg("%s: '%.*s', %u without an answer", t.node[i].name, STR_ARG(words), f.open);
}

/* A chair whose program freezes what it likes: each of the others sees which clauses nobody explains; and a chair that takes back the
 * reason once the text is open. No verdict is another one for it. */
static void no_reason(void)
{
	auto_arena struct arena a = {0};
	char text[512], mark[2][CLAUSE_ID];
	uint8_t id[DIGEST_LEN];
	struct round_loaded r;
	struct outcome o;

	begin(CONSULT);
	rounds_pass(&t, 3);
	rounds_must(&t, VN, "agree-amend",
	        "round=" ROUND_INSTRUMENT "\nop=replace\nclause=k7qm\nwords=Who asks says who he is.");
	rounds_pass(&t, 96);
	assert_true(rounds_fresh(&t, LA, open, &a, &r, &o));
	clause_id_make(1000, mark[0]);
	clause_id_make(2000, mark[1]);
	snprintf(text, sizeof(text),
	        "# Times of gates {#%.4s}\n\nWho asks says who he is. {#k7qm}\n\nThe gate answers within 9 "
	        "hours. {#%.4s}\n",
	        mark[0], mark[1]);
	memcpy(r.manifest.previous, r.manifest.sha256, DIGEST_LEN);
	r.manifest.round = 2;
	r.manifest.opens += 5 * 86400;
	r.manifest.closes += 5 * 86400;
	digest_of(str_from(text), r.manifest.text[0].sha256);
	t.node[LA].liar = true;
	rounds_lie_open(&t, LA, &r.manifest, str_from(text), 0xf, id);
	rounds_pass(&t, 3);
	snprintf(text, sizeof(text), "k7qm %.4s", mark[1]);
	for (unsigned i = KH; i <= VN; i++)
		frozen(i, text, 1);
	answer("vn", "taken", "clauses=k7qm");
	rounds_pass(&t, 3);
	snprintf(text, sizeof(text), "%.4s", mark[1]);
	for (unsigned i = KH; i <= VN; i++)
		frozen(i, text, 0);
	answer("vn", "not-taken", "text=after all not");
	rounds_pass(&t, 3);
	snprintf(text, sizeof(text), "k7qm %.4s", mark[1]);
	for (unsigned i = KH; i <= VN; i++) {
		frozen(i, text, 0);
		rounds_shows(&t, i, id, OUTCOME_OPEN, "");
	}
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
	rounds_cut_off(&t, VN, true);
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
	begin(ROUND_SILENCE);
	rounds_pass(&t, 3);
	snprintf(params, sizeof(params),
	        "round=" ROUND_INSTRUMENT "\nop=replace\nclause=k7qm\nwords=Pay 100%s001.", marks[0]);
	rounds_refused(&t, VN, "agree-amend", params, ERR_VALUE);
}

/* A chair that has frozen such a text: each receiver finds it, says that it has no complete text, and nobody is served. */
static void bad_text(void)
{
	static const char text[] = "# T {#a3bd}\n\nPay 100\xe2\x80\xae"
	                           "001. {#k7qm}\n";
	auto_arena struct arena a = {0};
	uint8_t id[DIGEST_LEN];
	struct round_loaded r;
	struct outcome o;

	begin(ROUND_SILENCE);
	rounds_pass(&t, 2);
	assert_true(rounds_fresh(&t, LA, open, &a, &r, &o));
	digest_of(str_from(text), r.manifest.text[0].sha256);
	r.manifest.instrument = STR("gate-fees");
	t.node[LA].liar = true;
	rounds_lie_open(&t, LA, &r.manifest, str_from(text), 0xf, id);
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
	begin(ROUND_SILENCE);
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

	begin(ROUND_SILENCE);
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
}

/* ---- all ----------------------------------------------------------------------------------------------- */

int main(int argc, char **argv)
{
	const struct scene scenes[] = {{"two_manifests", two_manifests}, {"manifest_to_one", manifest_to_one},
	        {"one_clause", one_clause}, {"no_reason", no_reason}, {"forged", forged},
	        {"invisible", invisible}, {"bad_text", bad_text}, {"wrong_letter", wrong_letter},
	        {"full_disk", full_disk}};

	return rounds_scenes(&t, argc, argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
