/* SPDX-License-Identifier: Apache-2.0
 *
 * Bundles on a machine that knows nothing but keys: one that proves what it says, and each way in which one does not, by
 * the sentence that names it. "weir log verify" is run on each.
 */
#include "base/os.h"
#include "cli/bundle.h"
#include "cli/cli.h"
#include "trust/voice.h"
#include "trust/witness.h"
#include <fcntl.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW ((int64_t)1790000000)
#define DAY 86400
#define PARTIES 3
#define ENTRIES 9
#define MINE 4 /* entry of the statement */

static const char *const names[PARTIES] = {"aa.example", "bb.example", "cc.example"};

/* How a bundle differs from a good one. */
struct wrong {
	bool no_list, stranger_list, no_proof, other_proof, one_witness, erased, changed, revoked_before,
	        revoked_after, bad_signature, late_key, expired_witness, bad_content, blob_cut, cut,
	        blob_other;
	int quorum; /* one more than that which is asked for; 0: none is */
	bool wrong_voice, no_roots_of_witnesses;
};

struct made {
	char path[64], out[64];
	char root[PARTIES][256], voice[PARTIES][128];
	struct buf file;
};

static void key_of(uint8_t n, uint8_t seed[32], uint8_t public[32])
{
	uint8_t secret[64];

	memset(seed, n, 32);
	crypto_sign_seed_keypair(public, secret, seed);
}

static void list_of(unsigned party, const struct wrong *w, struct buf *note, uint8_t root[32])
{
	struct keylist l = {.party = str_from(names[party]),
	        .name = STR_INIT("Team"),
	        .number = 7,
	        .made = NOW,
	        .until = NOW + 300 * DAY};
	uint8_t seed[32];
	auto_buf struct buf text = {0};
	struct keylist_root key;

	key_of((uint8_t)(10 * party + 1), seed, l.root);
	memcpy(root, l.root, 32);
	for (unsigned use = 0; use < KEY_USES; use++) {
		struct keylist_key *k = &l.key[l.keys++];
		bool late = (w->late_key && party == 0 && use == KEY_SIGN) ||
		        (w->expired_witness && party == 1 && use == KEY_LOG);
		*k = (struct keylist_key){.use = (enum key_use)use,
		        .from = late ? NOW + 30 * DAY : NOW - DAY,
		        .until = NOW + 300 * DAY};
		key_of((uint8_t)(10 * party + 2 + use), seed, k->key);
		key_id(k->key, k->id);
	}
	if (party == 0 && (w->revoked_before || w->revoked_after)) {
		l.revoked[l.revocations++] = (struct keylist_revoked){
		        .time = w->revoked_before ? NOW + 10 : NOW + DAY, .word = STR_INIT("stolen")};
		memcpy(l.revoked[0].id, l.key[KEY_SIGN].id, KEY_ID);
	}
	keylist_write(&l, &text);
	key_of((uint8_t)(w->stranger_list ? 99 : 10 * party + 1), seed, (uint8_t[32]){0});
	keylist_root(&key, l.party, l.root);
	buf_add(note, buf_str(&text));
	buf_char(note, '\n');
	note_sign(note, buf_str(&text), &key.key, 0, seed);
}

static void statement_of(const struct wrong *w, struct buf *out, uint8_t id[32])
{
	struct str body = STR("{\"text\":{\"en\":\"hello\"}}");
	auto_buf struct buf content = {0}, head = {0};
	struct head h = {.seq = 1,
	        .created = NOW,
	        .tlp = 3,
	        .pap = 3,
	        .kind = STR_INIT("case.note"),
	        .media = STR_INIT("application/json"),
	        .sender = str_from(names[0]),
	        .to_count = 2,
	        .to = {str_from(names[1]), str_from(names[2])},
	        .body_len = (uint32_t)body.len};
	uint8_t seed[32], public[32], secret[64], signature[64];

	for (unsigned i = 0; i < 32; i++)
		buf_char(&content, (char)i);
	buf_add(&content, body);
	key_of(2, seed, public);
	key_id(public, h.key);
	statement_commit(buf_str(&content), h.commit);
	head_write(&head, &h);
	digest_of(buf_str(&head), id);
	crypto_sign_seed_keypair(public, secret, seed);
	crypto_sign_detached(signature, NULL, (const uint8_t *)head.p, head.len, secret);
	signature[9] ^= w->bad_signature;
	content.p[40] ^= w->bad_content;
	statement_write(out, buf_str(&head), signature, w->erased ? (struct str){0} : buf_str(&content));
}

static int leaves_read(void *arg, unsigned level, uint64_t index, unsigned width, uint8_t *ret, struct err *e)
{
	(void)level, (void)index, (void)e;
	memcpy(ret, arg, (size_t)width * TREE_HASH);
	return 0;
}

static void proof_of(const struct wrong *w, const uint8_t id[32], struct buf *out)
{
	uint8_t leaf[ENTRIES][TREE_HASH], root[TREE_HASH], seed[32], public[32], extra[32];
	struct tile_store store = {leaves_read, leaf};
	struct tree_reader *r = tree_reader_new(&store, ENTRIES);
	struct tree_proof path;
	auto_buf struct buf text = {0}, note = {0};
	struct note_key key;

	for (uint8_t i = 0; i < ENTRIES; i++) {
		uint8_t entry[33] = {1};
		memset(entry + 1, i, 32);
		if (i == MINE)
			memcpy(entry + 1, id, 32);
		tree_leaf(str_make((const char *)entry, 33), leaf[i]);
	}
	assert_int_equal(tree_inclusion(r, w->other_proof ? MINE + 1 : MINE, &path, NULL), 0);
	assert_int_equal(tree_root(r, root, NULL), 0);
	tree_reader_free(r);
	checkpoint_write(&text, STR("aa.example/weir"), ENTRIES, root);
	buf_add(&note, buf_str(&text));
	buf_char(&note, '\n');
	key_of(3, seed, public);
	note_key_make(&key, STR("aa.example/weir"), NOTE_ED25519, public);
	note_sign(&note, buf_str(&text), &key, 0, seed);
	for (uint8_t i = 1; i < (w->one_witness ? 2 : PARTIES); i++) {
		char name[32];
		key_of((uint8_t)(10 * i + 3), seed, public);
		note_key_make(&key, str_make(name, (size_t)snprintf(name, sizeof(name), "%s/weir", names[i])),
		        NOTE_COSIGNATURE, public);
		note_sign(&note, buf_str(&text), &key, (uint64_t)NOW + 60 * i, seed);
	}
	memcpy(extra, id, 32);
	proof_write(out, str_make((const char *)extra, 32), MINE, &path, buf_str(&note));
}

static void make(struct made *m, const struct wrong *w)
{
	auto_buf struct buf part = {0};
	uint8_t id[32], root[32], digest[32];
	struct err e;

	buf_clear(&m->file);
	container_begin(&m->file);
	for (unsigned i = 0; i < PARTIES; i++) {
		struct keylist_root key;
		auto_buf struct buf vkey = {0};
		char number[VOICE_TEXT];
		buf_clear(&part);
		list_of(i, w, &part, root);
		if (!w->no_list || i != 0)
			container_add(&m->file, CONTAINER_KEYS, buf_str(&part));
		keylist_root(&key, str_from(names[i]), root);
		note_key_print(&vkey, &key.key);
		voice_number(str_from(names[i]), root, number);
		if (w->wrong_voice && i == 0)
			number[7] = number[7] == '1' ? '2' : '1';
		snprintf(m->root[i], sizeof(m->root[i]), "--root=%s=%.*s", names[i], STR_ARG(buf_str(&vkey)));
		snprintf(m->voice[i], sizeof(m->voice[i]), "--voice=%s=%s", names[i], number);
	}
	buf_clear(&part);
	statement_of(w, &part, id);
	if (w->changed)
		part.p[2 + 80] ^= 1;
	container_add(&m->file, CONTAINER_STATEMENT, buf_str(&part));
	if (w->changed)
		digest_of(str_sub(buf_str(&part), 2, part.len - 2 - 64 - 4 - 32 - 23), id);
	buf_clear(&part);
	proof_of(w, id, &part);
	if (!w->no_proof)
		container_add(&m->file, CONTAINER_PROOF, buf_str(&part));
	digest_of(STR("an attachment"), digest);
	container_add_blob(&m->file, digest, 13, 0, STR("an atta"));
	if (!w->blob_cut)
		container_add_blob(&m->file, digest, 13, 7, w->blob_other ? STR("chmenT") : STR("chment"));
	container_add(&m->file, (enum container_type)77, STR("later"));
	if (!w->cut)
		container_end(&m->file);
	assert_int_equal(os_write_file(m->path, buf_str(&m->file), &e), 0);
}

/* Runs the command with its output in a file. */
static int run(struct made *m, const struct wrong *w, bool voices, struct buf *out)
{
	const char *argv[12] = {"weir", "log", "verify", m->path};
	char quorum[32];
	int argc = 4, old = dup(1), old2 = dup(2), fd = open(m->out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct err e;

	for (unsigned i = 0; i < (w->no_roots_of_witnesses ? 1 : PARTIES); i++)
		argv[argc++] = voices ? m->voice[i] : m->root[i];
	snprintf(quorum, sizeof(quorum), "--quorum=%d", w->quorum - 1);
	if (w->quorum > 0)
		argv[argc++] = quorum;
	dup2(fd, 1);
	dup2(fd, 2);
	int code = cli_main(command_table, argc, argv);
	dup2(old, 1);
	dup2(old2, 2);
	close(old);
	close(old2);
	close(fd);
	buf_done(out);
	assert_int_equal(os_read_file(m->out, 1 << 20, out, &e), 0);
	return code;
}

static const struct {
	struct wrong w;
	int code;
	const char *says;
} cases[] = {
        {{0}, CLI_OK,
                "PROVEN: said by aa.example to bb.example, cc.example, no later than 2026-09-21T14:15:20Z"},
        {{.erased = true}, CLI_OK, "content: erased"},
        {{.revoked_after = true}, CLI_OK, "was revoked later, at 2026-09-22T14:13:20Z"},
        {{.no_proof = true, .quorum = 1}, CLI_OK,
                "PROVEN: said by aa.example to bb.example, cc.example; nobody but"},
        {{.one_witness = true, .quorum = 2}, CLI_OK, "no later than 2026-09-21T14:14:20Z"},
        {{.no_list = true}, CLI_FAIL, "no key list of 'aa.example' that its root key signed"},
        {{.stranger_list = true}, CLI_FAIL, "no key list of 'aa.example' that its root key signed"},
        {{.no_proof = true}, CLI_FAIL, "no proof in the bundle is of this statement"},
        {{.other_proof = true}, CLI_FAIL, "does not lead to the root"},
        {{.one_witness = true}, CLI_FAIL, "1 of the 2 witnesses that are needed"},
        {{.no_roots_of_witnesses = true}, CLI_FAIL, "0 of the 2 witnesses that are needed"},
        {{.expired_witness = true}, CLI_FAIL, "1 of the 2 witnesses that are needed"},
        {{.bad_signature = true}, CLI_FAIL, "its signature is not of the key that it names"},
        {{.changed = true}, CLI_FAIL, "NOT PROVEN"},
        {{.late_key = true}, CLI_FAIL, "not in force at the time that it says"},
        {{.revoked_before = true}, CLI_FAIL, "revoked since 2026-09-21T14:13:30Z, and no quorum"},
        {{.bad_content = true}, CLI_FAIL, "its content is not the one that its head commits to"},
        {{.blob_cut = true}, CLI_FAIL, "13 bytes, not whole here"},
        {{.blob_other = true}, CLI_FAIL, "13 bytes, not the one of that digest"},
        {{.cut = true}, CLI_FAIL, "without its end: it was cut"},
};

static void each(void **state)
{
	char folder[] = "/tmp/weir-bundle-XXXXXX";
	struct made m = {0};
	auto_buf struct buf out = {0};

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(m.path, sizeof(m.path), "%s/bundle", folder);
	snprintf(m.out, sizeof(m.out), "%s/out", folder);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int voices = 0; voices < 2; voices++) {
			make(&m, &cases[i].w);
			int code = run(&m, &cases[i].w, voices, &out);
			if (code != cases[i].code ||
			        str_find_str(buf_str(&out), 0, str_from(cases[i].says)) == SIZE_MAX)
				fail_msg("case %zu: exit %d and not %d, '%s' in:\n%.*s", i, code,
				        cases[i].code, cases[i].says, STR_ARG(buf_str(&out)));
		}
	/* a voice number with a wrong digit: the group is named */
	struct wrong w = {.wrong_voice = true};
	make(&m, &w);
	assert_int_equal(run(&m, &w, true, &out), CLI_FAIL);
	assert_true(str_find_str(buf_str(&out), 0, STR("group 2 is another than was typed")) != SIZE_MAX);
	assert_true(str_find_str(buf_str(&out), 0, STR("1 entry of kinds that this version does not know")) !=
	        SIZE_MAX);
	unlink(m.path);
	unlink(m.out);
	rmdir(folder);
	buf_done(&m.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
