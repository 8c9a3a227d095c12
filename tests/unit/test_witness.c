/* SPDX-License-Identifier: Apache-2.0
 *
 * A log and its witnesses: checkpoints, what a witness answers to each request, and proofs that are carried away, whole and
 * damaged.
 */
#include "trust/proof.h"
#include "trust/witness.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>

#include <cmocka.h>

#define LEAVES 70

struct fixture {
	uint8_t leaf[LEAVES][TREE_HASH];
	uint8_t log_seed[32], seed[3][32];
	struct note_key log, witness[3];
};

static struct str entry(char *room, unsigned i)
{
	return str_make(room, (size_t)snprintf(room, 16, "entry %u", i));
}

static void key(uint8_t n, uint8_t seed[32], struct note_key *ret, const char *name, enum note_type type)
{
	uint8_t public[32], secret[64];

	memset(seed, n, 32);
	crypto_sign_seed_keypair(public, secret, seed);
	note_key_make(ret, str_from(name), type, public);
}

static struct fixture make(void)
{
	struct fixture f;
	char room[16];

	for (unsigned i = 0; i < LEAVES; i++)
		tree_leaf(entry(room, i), f.leaf[i]);
	key(1, f.log_seed, &f.log, "aa.example/weir", NOTE_ED25519);
	key(2, f.seed[0], &f.witness[0], "bb.example/weir", NOTE_COSIGNATURE);
	key(3, f.seed[1], &f.witness[1], "cc.example/weir", NOTE_COSIGNATURE);
	key(4, f.seed[2], &f.witness[2], "cc.example/weir", NOTE_COSIGNATURE);
	return f;
}

static int read_leaves(void *arg, unsigned level, uint64_t index, unsigned width, uint8_t *ret, struct err *e)
{
	(void)e;
	assert_int_equal(level, 0);
	assert_int_equal(index, 0);
	memcpy(ret, arg, (size_t)width * TREE_HASH);
	return 0;
}

static void root_of(struct fixture *f, uint64_t size, uint8_t ret[TREE_HASH])
{
	struct tile_store store = {read_leaves, f->leaf};
	struct tree_reader *r = tree_reader_new(&store, size);

	assert_int_equal(tree_root(r, ret, NULL), 0);
	tree_reader_free(r);
}

static struct tree_proof consistency(struct fixture *f, uint64_t old, uint64_t size)
{
	struct tile_store store = {read_leaves, f->leaf};
	struct tree_reader *r = tree_reader_new(&store, size);
	struct tree_proof p;

	assert_int_equal(tree_consistency(r, old, &p, NULL), 0);
	tree_reader_free(r);
	return p;
}

static void signed_checkpoint(struct fixture *f, uint64_t size, const uint8_t *root, struct buf *out)
{
	uint8_t made[TREE_HASH];
	auto_buf struct buf text = {0};

	if (root == NULL)
		root_of(f, size, made);
	checkpoint_write(&text, f->log.name, size, root != NULL ? root : made);
	buf_add(out, buf_str(&text));
	buf_char(out, '\n');
	note_sign(out, buf_str(&text), &f->log, 0, f->log_seed);
}

/* ---- checkpoints --------------------------------------------------------------------------------- */

static void checkpoints(void **state)
{
	static const char root[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
	static const char *const bad[] = {"", "a\n", "a\n1\n", "\n1\n@", " a\n1\n@", "a\n01\n@", "a\n-1\n@",
	        "a\n4611686018427387905\n@", "a\n1\nAAAA\n", "a\n1\n@\n", "a\n1\n@more",
	        "a\n1\n@more\n\nmore\n"};
	struct checkpoint c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		auto_buf struct buf b = {0};
		struct str_cut cut = str_cut(str_from(bad[i]), '@');
		buf_add(&b, cut.head);
		if (cut.ok)
			buf_add(&b, str_from(root));
		buf_add(&b, cut.tail);
		if (checkpoint_parse(buf_str(&b), &c, &e) == 0)
			fail_msg("'%s' is no checkpoint", bad[i]);
	}
	auto_buf struct buf good = {0};
	buf_printf(&good, "a/b\n4611686018427387904\n%sone\ntwo\n", root);
	assert_int_equal(checkpoint_parse(buf_str(&good), &c, &e), 0);
	assert_true(str_eq(c.more, STR("one\ntwo\n")) && c.size == TREE_SIZE_MAX);
}

/* ---- witnesses ----------------------------------------------------------------------------------- */

struct asked {
	int status;
	struct buf answer;
	struct witness_request r;
	struct buf body;
	struct err e;
};

static void ask(struct asked *a, const struct witness_log *log, uint64_t old, const struct tree_proof *proof,
        struct str checkpoint)
{
	buf_clear(&a->body);
	buf_clear(&a->answer);
	witness_ask(&a->body, old, proof, checkpoint);
	assert_int_equal(witness_request_read(buf_str(&a->body), &a->r, &a->e), 0);
	a->status = witness_judge(&a->r, log, &a->answer, &a->e);
}

static void statuses(void **state)
{
	struct fixture f = make();
	struct witness_log log = {.keys = &f.log, .n = 1};
	struct asked a = {0};
	struct tree_proof none = {0}, p;
	auto_buf struct buf c30 = {0}, c70 = {0}, other = {0}, foreign = {0}, c0 = {0};
	uint8_t wrong[TREE_HASH] = {1};
	char number[16];

	(void)state;
	signed_checkpoint(&f, 30, NULL, &c30);
	signed_checkpoint(&f, 70, NULL, &c70);
	signed_checkpoint(&f, 30, wrong, &other);
	signed_checkpoint(&f, 0, wrong, &c0);
	/* the first time: from nothing */
	ask(&a, NULL, 0, &none, buf_str(&c30));
	assert_int_equal(a.status, 404);
	ask(&a, &log, 0, &none, buf_str(&c0));
	assert_int_equal(a.status, 422);
	ask(&a, &log, 5, &none, buf_str(&c30));
	assert_int_equal(a.status, 409);
	assert_true(str_eq(buf_str(&a.answer), STR("0\n")));
	ask(&a, &log, 0, &none, buf_str(&c30));
	assert_int_equal(a.status, 200);
	assert_int_equal(a.answer.len, 0);
	log.size = a.r.checkpoint.size;
	memcpy(log.root, a.r.checkpoint.root, TREE_HASH);
	/* again, with the same tree and with another */
	ask(&a, &log, 30, &none, buf_str(&c30));
	assert_int_equal(a.status, 200);
	ask(&a, &log, 30, &none, buf_str(&other));
	assert_int_equal(a.status, 409);
	assert_true(str_eq(buf_str(&a.answer), STR("30\n")));
	p = consistency(&f, 30, 70);
	ask(&a, &log, 30, &p, buf_str(&c30));
	assert_int_equal(a.status, 422);
	/* growing: stale, wrong, right */
	ask(&a, &log, 0, &none, buf_str(&c70));
	assert_int_equal(a.status, 409);
	ask(&a, &log, 31, &p, buf_str(&c30));
	assert_int_equal(a.status, 400);
	ask(&a, &log, 30, &none, buf_str(&c70));
	assert_int_equal(a.status, 422);
	p.hash[1][0] ^= 1;
	ask(&a, &log, 30, &p, buf_str(&c70));
	assert_int_equal(a.status, 422);
	p.hash[1][0] ^= 1;
	ask(&a, &log, 30, &p, buf_str(&c70));
	assert_int_equal(a.status, 200);
	/* going back */
	log.size = 70;
	memcpy(log.root, a.r.checkpoint.root, TREE_HASH);
	snprintf(number, sizeof(number), "%d\n", 70);
	ask(&a, &log, 30, &none, buf_str(&c30));
	assert_int_equal(a.status, 409);
	assert_true(str_eq(buf_str(&a.answer), str_from(number)));
	/* no key of the log has signed */
	key(9, f.log_seed, &f.log, "aa.example/weir", NOTE_ED25519);
	signed_checkpoint(&f, 70, NULL, &foreign);
	f = make();
	ask(&a, &log, 70, &none, buf_str(&foreign));
	assert_int_equal(a.status, 403);
	c70.p[str_find_str(buf_str(&c70), 0, STR("\n70\n")) + 1] = '6';
	ask(&a, &log, 70, &none, buf_str(&c70));
	assert_int_equal(a.status, 403);
	buf_done(&a.answer);
	buf_done(&a.body);
}

static void requests(void **state)
{
	static const char *const bad[] = {"", "old\n\n@", "old 5\n@", "old 05\n\n@", "new 5\n\n@",
	        "old -1\n\n@", "old 5\nAAAA\n\n@", "old 5\n\n", "old 5 \n\n@"};
	struct fixture f = make();
	auto_buf struct buf c = {0};
	struct witness_request r;
	struct err e;

	(void)state;
	signed_checkpoint(&f, 30, NULL, &c);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		auto_buf struct buf b = {0};
		struct str_cut cut = str_cut(str_from(bad[i]), '@');
		buf_add(&b, cut.head);
		if (cut.ok)
			buf_add(&b, buf_str(&c));
		if (witness_request_read(buf_str(&b), &r, &e) == 0)
			fail_msg("'%s' is no request", bad[i]);
	}
	for (unsigned n = 63; n <= 64; n++) {
		auto_buf struct buf b = {0};
		buf_add(&b, STR("old 5\n"));
		for (unsigned i = 0; i < n; i++)
			buf_add(&b, STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"));
		buf_char(&b, '\n');
		buf_add(&b, buf_str(&c));
		assert_int_equal(witness_request_read(buf_str(&b), &r, &e), n == 63 ? 0 : ERR_SYNTAX);
	}
}

/* ---- proofs -------------------------------------------------------------------------------------- */

static void make_proof(struct fixture *f, struct buf *out, unsigned index, unsigned lines)
{
	struct tile_store store = {read_leaves, f->leaf};
	struct tree_reader *r = tree_reader_new(&store, LEAVES);
	struct tree_proof p;
	auto_buf struct buf c = {0}, all = {0}, taken = {0};
	struct note note;
	struct err e;

	assert_int_equal(tree_inclusion(r, index, &p, &e), 0);
	tree_reader_free(r);
	signed_checkpoint(f, LEAVES, NULL, &c);
	assert_int_equal(note_read(buf_str(&c), &note, &e), 0);
	for (unsigned i = 0; i < lines; i++)
		note_sign(&all, note.text, &f->witness[i], 1790000000 + 10 * i, f->seed[i]);
	/* a line of somebody else does not come along */
	struct note_key stranger;
	uint8_t seed[32];
	key(77, seed, &stranger, "dd.example/weir", NOTE_COSIGNATURE);
	note_sign(&all, note.text, &stranger, 1, seed);
	assert_int_equal(witness_lines_take(note.text, buf_str(&all), f->witness, 3, &taken, &e), (int)lines);
	buf_add(&c, buf_str(&taken));
	proof_write(out, STR("extra"), index, &p, buf_str(&c));
}

static void proofs(void **state)
{
	struct fixture f = make();
	struct proof_trust trust = {&f.log, 1, f.witness, 3, NULL, 2};
	auto_buf struct buf b = {0}, one = {0}, three = {0};
	struct proof p;
	struct err e;
	uint64_t time;
	unsigned n;
	char room[16];

	(void)state;
	make_proof(&f, &b, 33, 2);
	assert_int_equal(proof_read(buf_str(&b), &p, &e), 0);
	assert_true(p.extra_len == 5 && memcmp(p.extra, "extra", 5) == 0 && p.index == 33);
	assert_true(proof_good(&p, entry(room, 33), &trust, &time, &n, &e));
	/* the second-earliest */
	assert_int_equal(time, 1790000010);
	assert_int_equal(n, 2);
	assert_false(proof_good(&p, entry(room, 34), &trust, &time, &n, &e));
	/* a cosignature outside the dates of its key counts for nothing */
	struct proof_dates dates[3] = {{0, 1790000000}, {1790000010, 1790000020}, {0, 0}};
	trust.dates = dates;
	assert_true(proof_good(&p, entry(room, 33), &trust, &time, &n, &e));
	dates[1].from++;
	assert_false(proof_good(&p, entry(room, 33), &trust, &time, &n, &e));
	trust.dates = NULL;
	trust.quorum = 3;
	assert_false(proof_good(&p, entry(room, 33), &trust, &time, &n, &e));
	assert_non_null(strstr(e.text, "2 of the 3 witnesses"));
	trust.quorum = 2;
	trust.log = &f.witness[0];
	assert_false(proof_good(&p, entry(room, 33), &trust, &time, &n, &e));
	trust.log = &f.log;
	/* one signed; two keys of one witness are one */
	make_proof(&f, &one, 33, 1);
	assert_int_equal(proof_read(buf_str(&one), &p, &e), 0);
	assert_false(proof_good(&p, entry(room, 33), &trust, &time, &n, &e));
	make_proof(&f, &three, 33, 3);
	assert_int_equal(proof_read(buf_str(&three), &p, &e), 0);
	assert_true(proof_good(&p, entry(room, 33), &trust, &time, &n, &e));
	assert_int_equal(n, 2);
	trust.witness = f.witness + 1;
	trust.witnesses = 2;
	assert_false(proof_good(&p, entry(room, 33), &trust, &time, &n, &e));
}

/* What is flipped reads no more, or proves no more, but for the extra bytes, which nothing vouches for. */
static void flipped(void **state)
{
	struct fixture f = make();
	struct proof_trust trust = {&f.log, 1, f.witness, 3, NULL, 2};
	auto_buf struct buf b = {0};
	struct proof p;
	uint64_t time;
	unsigned n;
	char room[16];

	(void)state;
	make_proof(&f, &b, 33, 2);
	size_t from = str_find_str(buf_str(&b), 0, STR("\nindex")) + 1;
	for (size_t i = from * 8; i < b.len * 8; i++) {
		b.p[i / 8] ^= (char)(1 << i % 8);
		if (proof_read(buf_str(&b), &p, NULL) == 0 &&
		        proof_good(&p, entry(room, 33), &trust, &time, &n, NULL))
			fail_msg("bit %zu flipped and proven still", i);
		b.p[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t i = 0; i < b.len; i++)
		if (proof_read(str_make(b.p, i), &p, NULL) == 0)
			assert_false(proof_good(&p, entry(room, 33), &trust, &time, &n, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(checkpoints),
	        cmocka_unit_test(statuses),
	        cmocka_unit_test(requests),
	        cmocka_unit_test(proofs),
	        cmocka_unit_test(flipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
