/* SPDX-License-Identifier: Apache-2.0
 *
 * The protocol's vectors for keys, key lists, voice numbers, the log with its proofs, and the courier with every step.
 */
#include "base/base64.h"
#include "base/digest.h"
#include "form/age.h"
#include "form/container.h"
#include "form/stix_statement.h"
#include "trust/keylist.h"
#include "trust/proof.h"
#include "trust/voice.h"
#include "trust/witness.h"
#include "vectors.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>

#include <cmocka.h>

struct vectors {
	struct arena a;
	struct buf bytes;
	struct str all;
};

static void same_bytes(struct str a, struct str b)
{
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.p, b.p, a.len);
}

static const uint8_t *bytes(struct vectors *v, struct str object, const char *path, size_t n)
{
	struct str s = vector_bytes(&v->a, object, path);

	assert_int_equal(s.len, n);
	return (const uint8_t *)s.p;
}

static const char *const uses[] = {"root", "sign", "log"};

static void keys(void **state)
{
	struct vectors *v = *state;
	struct json j;
	char room[128];
	struct str party, object;
	unsigned n = 0;

	json_init(&j, vector_raw(v->all, "parties"));
	for (; json_pair(&j, room, sizeof(room), &party, &object) > 0; n++) {
		uint8_t public[32], secret[64], id[KEY_ID];
		char number[VOICE_TEXT];
		assert_true(party_id_good(party));
		for (unsigned i = 0; i < 3; i++) {
			struct str key = vector_raw(object, uses[i]);
			crypto_sign_seed_keypair(public, secret, bytes(v, key, "seed", 32));
			assert_memory_equal(public, bytes(v, key, "public", 32), 32);
			key_id(public, id);
			assert_memory_equal(id, bytes(v, key, "key_id", KEY_ID), KEY_ID);
		}
		crypto_scalarmult_base(public, bytes(v, object, "seal.secret", 32));
		assert_memory_equal(public, bytes(v, object, "seal.public", 32), 32);
		key_id(public, id);
		assert_memory_equal(id, bytes(v, object, "seal.key_id", KEY_ID), KEY_ID);
		voice_number(party, bytes(v, object, "root.public", 32), number);
		struct json voices;
		struct str who, said;
		char room2[128], room3[128];
		bool found = false;
		json_init(&voices, vector_raw(v->all, "voice"));
		while (json_pair(&voices, room2, sizeof(room2), &who, &said) > 0)
			if (str_eq(who, party)) {
				found = true;
				assert_int_equal(
				        voice_check(json_scalar(room3, sizeof(room3), said), number), 0);
			}
		assert_true(found);
	}
	assert_true(n >= 6);
}

static void key_lists(void **state)
{
	struct vectors *v = *state;
	struct str one = vector_raw(v->all, "key_list"), two = vector_raw(v->all, "key_list_2");
	struct str note = vector_text(&v->a, one, "note"), vkey = vector_text(&v->a, one, "root_vkey");
	struct str la = vector_raw(v->all, "parties.la");
	struct keylist list, next;
	struct keylist_root root;
	auto_buf struct buf text = {0}, made = {0}, printed = {0};
	struct err e;
	bool new_root;

	if (keylist_read(note, &list, NULL, &e) < 0)
		fail_msg("%s", e.text);
	same_bytes(list.text, vector_text(&v->a, one, "text"));
	assert_memory_equal(list.digest, bytes(v, one, "digest", 32), 32);
	keylist_write(&list, &text);
	same_bytes(buf_str(&text), list.text);
	keylist_root(&root, STR("la"), bytes(v, la, "root.public", 32));
	note_key_print(&printed, &root.key);
	same_bytes(buf_str(&printed), vkey);
	buf_add(&made, buf_str(&text));
	buf_char(&made, '\n');
	note_sign(&made, buf_str(&text), &root.key, 0, bytes(v, la, "root.seed", 32));
	same_bytes(buf_str(&made), note);
	struct keylist_link link = {.party = STR_INIT("la"), .root = bytes(v, la, "root.public", 32)};
	assert_int_equal(keylist_judge(&link, note, &list, &new_root, &e), KEYLIST_TAKE);
	link.held = &list;
	assert_int_equal(
	        keylist_judge(&link, vector_text(&v->a, two, "note"), &next, &new_root, &e), KEYLIST_TAKE);
	assert_memory_equal(next.digest, bytes(v, two, "digest", 32), 32);
	const uint8_t *old = bytes(v, la, "sign.key_id", KEY_ID);
	int64_t now = 1795489200;
	assert_int_equal(keylist_find(&list, KEY_SIGN, old, now, 0, NULL), KEY_GOOD);
	/* the second list has a new key beside the old one, which it revokes */
	assert_int_equal(keylist_find(&next, KEY_SIGN, old, now, 0, NULL),
	        next.revocations > 0 ? KEY_REVOKED : KEY_GOOD);
	uint8_t public[32], secret[64], id[KEY_ID];
	crypto_sign_seed_keypair(public, secret, bytes(v, two, "new_sign_seed", 32));
	key_id(public, id);
	assert_int_equal(keylist_find(&next, KEY_SIGN, id, now, 0, NULL), KEY_GOOD);
	assert_int_equal(keylist_find(&list, KEY_SIGN, id, now, 0, NULL), KEY_UNKNOWN);
	link.held = &next;
	assert_int_equal(keylist_judge(&link, note, &list, &new_root, &e), KEYLIST_OLD);
}

static int leaf_store(void *arg, unsigned level, uint64_t index, unsigned width, uint8_t *ret, struct err *e)
{
	(void)level, (void)index, (void)e;
	memcpy(ret, arg, (size_t)width * TREE_HASH);
	return 0;
}

static void log_tree(void **state)
{
	struct vectors *v = *state;
	struct str log = vector_raw(v->all, "log");
	uint8_t entry[3][33], leaf[3][TREE_HASH], root[TREE_HASH], wanted[TREE_PROOF][TREE_HASH],
	        old[TREE_HASH];
	static struct tile_edge edge;
	auto_buf struct buf bundle = {0};
	struct tree_proof p;
	struct err e;
	struct tile_store store = {leaf_store, leaf};
	struct tree_reader *r = tree_reader_new(&store, 3);

	assert_int_equal(vector_list(&v->a, log, "entries", entry[0], 33), 3);
	assert_int_equal(vector_list(&v->a, log, "leaf_hashes", wanted[0], TREE_HASH), 3);
	edge = (struct tile_edge){0};
	tile_edge_root(&edge, root);
	assert_memory_equal(root, bytes(v, log, "empty_root", 32), 32);
	for (unsigned i = 0; i < 3; i++) {
		struct str s = str_make((const char *)entry[i], 33);
		tree_leaf(s, leaf[i]);
		assert_memory_equal(leaf[i], wanted[i], TREE_HASH);
		tile_entry_add(&bundle, s);
		assert_int_equal(tile_edge_add(&edge, leaf[i], NULL, NULL, &e), 0);
	}
	same_bytes(buf_str(&bundle), vector_bytes(&v->a, log, "entry_bundle"));
	same_bytes(str_make((const char *)edge.hash[0][0], 96), vector_bytes(&v->a, log, "partial_tile"));
	tile_edge_root(&edge, root);
	assert_memory_equal(root, bytes(v, log, "root", 32), 32);
	for (unsigned i = 1; i < 3; i++) {
		assert_int_equal(tree_inclusion(r, i, &p, &e), 0);
		assert_int_equal(
		        vector_list(&v->a, log, i == 1 ? "inclusion_of_1" : "inclusion_of_2", wanted[0], 32),
		        p.n);
		assert_memory_equal(p.hash, wanted, p.n * 32);
		assert_true(tree_includes(leaf[i], i, 3, &p, root));
		assert_int_equal(tree_consistency(r, i, &p, &e), 0);
		assert_int_equal(vector_list(&v->a, log, i == 1 ? "consistency_1_to_3" : "consistency_2_to_3",
		                         wanted[0], 32),
		        p.n);
		assert_memory_equal(p.hash, wanted, p.n * 32);
		struct tree_reader *small = tree_reader_new(&store, i);
		assert_int_equal(tree_root(small, old, &e), 0);
		tree_reader_free(small);
		assert_true(tree_extends(i, old, 3, root, &p));
	}
	tree_reader_free(r);
}

static void checkpoints(void **state)
{
	struct vectors *v = *state;
	struct str c = vector_raw(v->all, "checkpoint"), la = vector_raw(v->all, "parties.la"), key_text, raw;
	struct str note_text = vector_text(&v->a, c, "note");
	struct note_key log, witness[2];
	struct checkpoint point;
	struct note note;
	struct json j;
	struct json_token t;
	auto_buf struct buf made = {0}, lines = {0};
	struct err e;
	uint64_t time;

	key_text = vector_text(&v->a, c, "log_vkey");
	assert_int_equal(note_key_read(key_text, &log, &e), 0);
	json_init(&j, vector_raw(c, "witness_vkeys"));
	assert_int_equal(json_next(&j, &t), 1);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(json_skip(&j, &raw), 1);
		key_text = json_scalar(arena_get(&v->a, raw.len), raw.len, raw);
		assert_int_equal(note_key_read(key_text, &witness[i], &e), 0);
	}
	checkpoint_write(&made, STR("la/weir"), 3, bytes(v, v->all, "log.root", 32));
	same_bytes(buf_str(&made), vector_text(&v->a, c, "text"));
	buf_char(&made, '\n');
	note_sign(&made, vector_text(&v->a, c, "text"), &log, 0, bytes(v, la, "log.seed", 32));
	same_bytes(buf_str(&made), note_text);
	assert_int_equal(
	        checkpoint_read(vector_text(&v->a, c, "note_with_cosignatures"), &point, &note, &e), 0);
	assert_int_equal(note_verify(&note, &log, NULL, &e), 1);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(note_verify(&note, &witness[i], &time, &e), 1);
	/* their lines, made again */
	note_sign(&lines, note.text, &witness[0], 1795489260, bytes(v, v->all, "parties.kh.log.seed", 32));
	assert_int_equal(note_verify(&note, &witness[0], &time, &e), 1);
	buf_clear(&lines);
	note_sign(&lines, note.text, &witness[0], time, bytes(v, v->all, "parties.kh.log.seed", 32));
	same_bytes(buf_str(&lines), note.sig[1].line);

	struct str proof_text = vector_text(&v->a, c, "tlog_proof_of_case");
	struct proof proof;
	struct proof_trust trust = {&log, 1, witness, 2, NULL, 2};
	uint8_t entry[3][33];
	unsigned n;
	vector_list(&v->a, v->all, "log.entries", entry[0], 33);
	assert_int_equal(proof_read(proof_text, &proof, &e), 0);
	assert_memory_equal(proof.extra, entry[1] + 1, 32);
	assert_true(proof_good(&proof, str_make((const char *)entry[1], 33), &trust, &time, &n, &e));
	assert_false(proof_good(&proof, str_make((const char *)entry[2], 33), &trust, &time, &n, &e));
	buf_clear(&made);
	proof_write(&made, str_make((const char *)proof.extra, 32), 1, &proof.path, note.bytes);
	same_bytes(buf_str(&made), proof_text);

	struct str asked = vector_text(&v->a, c, "add_checkpoint_request");
	struct witness_request r;
	struct witness_log known = {.keys = &log, .n = 1, .size = 2};
	uint8_t leaf[2][TREE_HASH];
	auto_buf struct buf answer = {0};
	vector_list(&v->a, v->all, "log.leaf_hashes", arena_get(&v->a, 96), 32);
	assert_int_equal(witness_request_read(asked, &r, &e), 0);
	for (unsigned i = 0; i < 2; i++)
		tree_leaf(str_make((const char *)entry[i], 33), leaf[i]);
	tree_node(leaf[0], leaf[1], known.root);
	assert_int_equal(witness_judge(&r, &known, &answer, &e), 200);
	buf_clear(&made);
	witness_ask(&made, 2, &r.proof, note_text);
	same_bytes(buf_str(&made), asked);
	known.root[0] ^= 1;
	assert_int_equal(witness_judge(&r, &known, &answer, &e), 422);
}

static int collect(void *arg, struct str plain, struct err *e)
{
	(void)e;
	buf_add(arg, plain);
	return 0;
}

static int count(void *arg, enum container_type type, struct str payload, struct err *e)
{
	(void)payload, (void)e;
	((unsigned *)arg)[type]++;
	return 0;
}

static void courier(void **state)
{
	struct vectors *v = *state;
	struct str c = vector_raw(v->all, "courier"), file = vector_bytes(&v->a, c, "file");
	struct str container = vector_bytes(&v->a, c, "container");
	struct str to = vector_text(&v->a, c, "to"), party = {0}, who, object;
	struct age_random random = {0};
	uint8_t recipient[1][AGE_KEY], secret[1][AGE_KEY];
	auto_buf struct buf made = {0}, plain = {0};
	char room[128];
	struct json j;
	struct err e;

	json_init(&j, vector_raw(v->all, "parties"));
	while (json_pair(&j, room, sizeof(room), &who, &object) > 0)
		if (str_eq(who, to))
			party = object;
	memcpy(recipient[0], bytes(v, party, "seal.public", 32), 32);
	memcpy(secret[0], bytes(v, party, "seal.secret", 32), 32);
	memcpy(random.file_key, bytes(v, c, "file_key", 16), 16);
	memcpy(random.nonce, bytes(v, c, "payload_nonce", 16), 16);
	memcpy(random.ephemeral[0], bytes(v, c, "ephemeral_secret", 32), 32);
	struct age_seal *s = age_seal_new(recipient, 1, &random, &made, &e);
	assert_non_null(s);
	/* the steps that can be seen: share and wrapped key stand in the header */
	auto_buf struct buf line = {0};
	buf_add(&line, STR("-> X25519 "));
	base64_raw_print(&line, bytes(v, c, "share", 32), 32);
	buf_char(&line, '\n');
	base64_raw_print(&line, bytes(v, c, "wrapped_file_key", 32), 32);
	assert_true(str_find_str(buf_str(&made), 0, buf_str(&line)) != SIZE_MAX);
	age_seal_add(s, container, &made);
	age_seal_end(s, &made);
	same_bytes(buf_str(&made), file);
	struct age_open *o = age_open_new(secret, 1);
	assert_int_equal(age_open_add(o, file, collect, &plain, &e), 0);
	assert_int_equal(age_open_end(o, collect, &plain, &e), 0);
	age_open_free(o);
	same_bytes(buf_str(&plain), container);
	unsigned types[CONTAINER_TYPES] = {0};
	struct container_reader r = {0};
	assert_int_equal(container_feed(&r, container, count, types, &e), 0);
	assert_int_equal(container_finish(&r, &e), 0);
	container_reader_done(&r);
	assert_true(types[CONTAINER_STATEMENT] > 0 && r.entries > 0 && r.unknown == 0 && r.too_large == 0);
}

static void stix(void **state)
{
	struct vectors *v = *state;
	struct str x = vector_raw(v->all, "stix");
	uint8_t entry[3][33];
	char id[STIX_STATEMENT_ID];

	/* the id is the one of the statement that opens the case, which the log has as its second entry */
	vector_list(&v->a, v->all, "log.entries", entry[0], 33);
	stix_statement_id(entry[1] + 1, id);
	same_bytes(str_from(id), vector_text(&v->a, x, "id"));
	same_bytes(STR(STIX_STATEMENT_EXTENSION), vector_text(&v->a, x, "extension"));
}

int main(void)
{
	struct vectors v = {0};
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_prestate(keys, &v),
	        cmocka_unit_test_prestate(key_lists, &v),
	        cmocka_unit_test_prestate(log_tree, &v),
	        cmocka_unit_test_prestate(checkpoints, &v),
	        cmocka_unit_test_prestate(courier, &v),
	        cmocka_unit_test_prestate(stix, &v),
	};

	if (!vectors_read(&v.bytes))
		return VECTORS_SKIP;
	v.all = buf_str(&v.bytes);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_done(&v.bytes);
	arena_done(&v.a);
	return failed;
}
