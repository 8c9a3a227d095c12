/* SPDX-License-Identifier: Apache-2.0
 *
 * The log with its proofs, checkpoints with their witnesses, and the courier file: each made again from what the file gives, and read.
 */
#include "base/base64.h"
#include "cli/statement_vectors.h"
#include "form/age.h"
#include "form/container.h"
#include "trust/proof.h"
#include "trust/witness.h"
#include <sodium.h>
#include <stdlib.h>

#define WITNESSES 32

/* ---- a log in memory ----------------------------------------------------------------------------- */

struct level {
	uint8_t (*hash)[TREE_HASH];
	uint64_t n;
};
struct memory_log {
	struct str *entry;
	struct level level[TILE_LEVELS]; /* of tiles */
	uint64_t n;
	struct tile_store store;
};

static int read_tile(void *arg, unsigned level, uint64_t index, unsigned width, uint8_t *ret, struct err *e)
{
	const struct memory_log *log = arg;

	if (level >= TILE_LEVELS || index * TILE_WIDTH + width > log->level[level].n)
		return err_set(e, ERR_VALUE, "the log is shorter");
	memcpy(ret, log->level[level].hash[index * TILE_WIDTH], (size_t)width * TREE_HASH);
	return 0;
}

static void tile_root(const uint8_t (*tile)[TREE_HASH], uint8_t ret[TREE_HASH])
{
	uint8_t hash[TILE_WIDTH][TREE_HASH];

	memcpy(hash, tile, sizeof(hash));
	for (unsigned n = TILE_WIDTH; n > 1; n /= 2)
		for (unsigned i = 0; i < n / 2; i++)
			tree_node(hash[2 * i], hash[2 * i + 1], hash[i]);
	memcpy(ret, hash[0], TREE_HASH);
}

/* False: an entry is no hexadecimal text. */
static bool log_read(struct vectors *v, struct memory_log *ret)
{
	const json_t *list = json_object_get(json_object_get(v->doc, "log"), "entries");
	struct level *level = ret->level;

	*ret = (struct memory_log){.n = json_array_size(list), .store = {read_tile, ret}};
	ret->entry = arena_array(&v->a, ret->n + 1, sizeof(*ret->entry));
	level->hash = arena_array(&v->a, ret->n + 1, TREE_HASH);
	level->n = ret->n;
	for (uint64_t i = 0; i < ret->n; i++) {
		const json_t *text = json_array_get(list, i);
		struct str hex = str_make(json_string_value(text), json_string_length(text));
		uint8_t *bytes = arena_get(&v->a, hex.len / 2 + 1);
		if (hex.len % 2 != 0 || hex.len == 0 || !str_hex(hex, bytes, hex.len / 2))
			return false;
		ret->entry[i] = str_make((const char *)bytes, hex.len / 2);
		tree_leaf(ret->entry[i], level->hash[i]);
	}
	for (; level + 1 < ret->level + TILE_LEVELS && level->n >= TILE_WIDTH; level++) {
		level[1].n = level->n / TILE_WIDTH;
		level[1].hash = arena_array(&v->a, level[1].n, TREE_HASH);
		for (uint64_t i = 0; i < level[1].n; i++)
			tile_root((const uint8_t(*)[TREE_HASH]) & level->hash[i * TILE_WIDTH],
			        level[1].hash[i]);
	}
	return true;
}

static bool log_root(const struct memory_log *log, uint64_t size, uint8_t ret[TREE_HASH])
{
	struct err e = {0};

	if (size == 0)
		tree_empty(ret);
	if (size == 0 || size > log->n)
		return size == 0;
	struct tree_reader *r = tree_reader_new(&log->store, size);
	bool good = tree_root(r, ret, &e) == 0;
	tree_reader_free(r);
	return good;
}

/* ---- the log ------------------------------------------------------------------------------------- */

static json_t *hashes_json(const uint8_t (*hash)[TREE_HASH], uint64_t n)
{
	json_t *list = json_array();

	for (uint64_t i = 0; i < n; i++)
		json_array_append_new(list, vectors_hex(hash[i], TREE_HASH));
	return list;
}

/* "inclusion_of_1" in the whole log, "consistency_2_to_3"; NULL: it is none of these, or the log has no such place. */
static json_t *proof_json(const struct memory_log *log, struct str name)
{
	struct str_cut word = str_cut(name, '_');
	uint64_t size = log->n, of = 0;
	struct tree_proof proof;
	struct err e = {0};
	int rc = -1;

	if (str_starts(word.tail, STR("of_")) && str_u64(str_skip(word.tail, 3), &of) && of < size) {
		struct tree_reader *r = tree_reader_new(&log->store, size);
		rc = tree_inclusion(r, of, &proof, &e);
		tree_reader_free(r);
	} else if (str_eq(word.head, STR("consistency"))) {
		struct str_cut from = str_cut(word.tail, '_');
		if (!str_u64(from.head, &of) || !str_starts(from.tail, STR("to_")) ||
		        !str_u64(str_skip(from.tail, 3), &size) || size > log->n || of > size || of == 0)
			return NULL;
		struct tree_reader *r = tree_reader_new(&log->store, size);
		rc = tree_consistency(r, of, &proof, &e);
		tree_reader_free(r);
	}
	return rc == 0 ? hashes_json((const uint8_t(*)[TREE_HASH])proof.hash, proof.n) : NULL;
}

/* Proofs of the file that the log does not have are made nothing, which differs from what is wanted. */
static void add_proofs(const struct memory_log *log, const json_t *want, json_t *got)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)want, name, value)
	{
		if (!str_starts(str_from(name), STR("inclusion_")) &&
		        !str_starts(str_from(name), STR("consistency_")))
			continue;
		json_t *proof = proof_json(log, str_from(name));
		json_object_set_new(got, name, proof != NULL ? proof : json_null());
	}
}

static json_t *log_json(const struct memory_log *log, const json_t *want)
{
	auto_buf struct buf bundle = {0};
	uint8_t root[TREE_HASH] = {0}, empty[TREE_HASH];
	json_t *got = json_object();

	tree_empty(empty);
	log_root(log, log->n, root);
	for (uint64_t i = 0; i < log->n; i++)
		tile_entry_add(&bundle, log->entry[i]);
	json_object_set_new(got, "root", vectors_hex(root, TREE_HASH));
	json_object_set_new(got, "empty_root", vectors_hex(empty, TREE_HASH));
	json_object_set_new(
	        got, "leaf_hashes", hashes_json((const uint8_t(*)[TREE_HASH])log->level[0].hash, log->n));
	json_object_set_new(got, "entry_bundle", vectors_hex((const uint8_t *)bundle.p, bundle.len));
	json_object_set_new(got, "partial_tile", vectors_hex(log->level[0].hash[0], log->n * TREE_HASH));
	add_proofs(log, want, got);
	return got;
}

static void judge_log(struct vectors *v)
{
	const json_t *want = vectors_object(v, "log");
	struct memory_log log;

	if (want == NULL)
		return;
	bool good = json_is_array(json_object_get(want, "entries")) && log_read(v, &log);
	vectors_compare(v, "log", "of all entries", "root", want, good ? log_json(&log, want) : json_object(),
	        good ? NULL : "its entries must be a list of hexadecimal digits");
}

/* ---- checkpoints --------------------------------------------------------------------------------- */

struct trusted {
	struct note_key log, witness[WITNESSES];
	unsigned n;
};

static const char *trust_read(const json_t *want, struct trusted *ret)
{
	const json_t *list = json_object_get(want, "witness_vkeys");
	struct err e = {0};

	if (list != NULL && !json_is_array(list))
		return "witness_vkeys must be a list of keys";
	if (note_key_read(vectors_text(want, "log_vkey"), &ret->log, &e) < 0 || ret->log.type != NOTE_ED25519)
		return "log_vkey is no key of a log";
	for (ret->n = 0; ret->n < json_array_size(list) && ret->n < WITNESSES; ret->n++) {
		const json_t *key = json_array_get(list, ret->n);
		if (note_key_read(str_make(json_string_value(key), json_string_length(key)),
		            &ret->witness[ret->n], &e) < 0 ||
		        ret->witness[ret->n].type != NOTE_COSIGNATURE)
			return "a row of witness_vkeys is no key of a witness";
	}
	return NULL;
}

/* The key of the log by the parties of the file; false: none of them has that log. */
static bool party_log(struct vectors *v, struct str origin, struct note_key *ret)
{
	const char *name;
	json_t *party;
	bool good;

	json_object_foreach(json_object_get(v->doc, "parties"), name, party)
	{
		struct str key = vectors_bytes(v, json_object_get(party, "log"), "public", &good);
		struct str own = arena_printf(&v->a, "%s/weir", name);
		if (key.len != 32 || !str_eq(origin, own))
			continue;
		note_key_make(ret, own, NOTE_ED25519, (const uint8_t *)key.p);
		return true;
	}
	return false;
}

/* The note, whose text is that of the file, is signed by the log; with others, by all witnesses too. */
static const char *note_wrong(
        struct vectors *v, const json_t *want, const char *name, const struct trusted *t, bool others)
{
	struct str bytes = vectors_text(want, name);
	struct checkpoint point;
	struct note note;
	struct err e = {0};

	if (json_object_get(want, name) == NULL)
		return NULL;
	if (checkpoint_read(bytes, &point, &note, &e) < 0)
		return arena_printf(&v->a, "%s: %s", name, e.text).p;
	if (!str_eq(note.text, vectors_text(want, "text")))
		return arena_printf(&v->a, "%s has another text", name).p;
	if (note_verify(&note, &t->log, NULL, &e) != 1)
		return arena_printf(&v->a, "%s is not signed by the log", name).p;
	for (unsigned i = 0; i < t->n && others; i++)
		if (note_verify(&note, &t->witness[i], NULL, &e) != 1)
			return arena_printf(&v->a, "%s is not signed by witness %u", name, i + 1).p;
	return NULL;
}

static const char *proof_wrong(
        struct vectors *v, struct str bytes, const struct memory_log *log, const struct trusted *t)
{
	struct proof_trust trust = {.log = &t->log,
	        .logs = 1,
	        .witness = t->witness,
	        .witnesses = t->n,
	        .quorum = t->n < 2 ? t->n : 2};
	struct proof *p = mem_zero(1, sizeof(*p));
	const char *why = NULL;
	struct err e = {0};
	uint64_t time;
	unsigned signed_;

	if (proof_read(bytes, p, &e) < 0)
		why = arena_printf(&v->a, "a proof: %s", e.text).p;
	else if (p->index >= log->n)
		why = "a proof is of an entry that the log of the file does not have";
	else if (!str_eq(str_make((const char *)p->extra, p->extra_len), str_skip(log->entry[p->index], 1)))
		why = "the extra of a proof is not what stands at its index";
	else if (!proof_good(p, log->entry[p->index], &trust, &time, &signed_, &e))
		why = arena_printf(&v->a, "a proof: %s", e.text).p;
	free(p);
	return why;
}

static const char *request_wrong(
        struct vectors *v, struct str bytes, const struct memory_log *log, const struct trusted *t)
{
	struct witness_request *r = mem_zero(1, sizeof(*r));
	struct witness_log known = {.keys = &t->log, .n = 1};
	auto_buf struct buf answer = {0};
	const char *why = NULL;
	struct err e = {0};

	if (witness_request_read(bytes, r, &e) < 0)
		why = arena_printf(&v->a, "add_checkpoint_request: %s", e.text).p;
	else if (!log_root(log, r->old, known.root))
		why = "add_checkpoint_request begins behind the end of the log";
	known.size = r->old;
	if (why == NULL && witness_judge(r, &known, &answer, &e) != 200)
		why = arena_printf(&v->a, "add_checkpoint_request: %s", e.text).p;
	free(r);
	return why;
}

/* What does not follow from one member alone. */
static const char *checkpoint_wrong(
        struct vectors *v, const json_t *want, const struct memory_log *log, const struct trusted *t)
{
	const char *why = note_wrong(v, want, "note", t, false), *name;
	json_t *value;

	if (why == NULL)
		why = note_wrong(v, want, "note_with_cosignatures", t, true);
	json_object_foreach((json_t *)(uintptr_t)want, name, value)
	{
		if (why == NULL && str_starts(str_from(name), STR("tlog_proof")))
			why = proof_wrong(v, vectors_text(want, name), log, t);
	}
	if (why == NULL && json_object_get(want, "add_checkpoint_request") != NULL)
		why = request_wrong(v, vectors_text(want, "add_checkpoint_request"), log, t);
	return why;
}

/* Text and key as the log and the parties of the file make them; where these do not know the log, what the file has. */
static json_t *checkpoint_json(
        struct vectors *v, const json_t *want, const struct memory_log *log, const struct trusted *t)
{
	auto_buf struct buf text = {0}, vkey = {0};
	struct note_key key = t->log;
	struct checkpoint point;
	uint8_t root[TREE_HASH];
	struct err e = {0};

	if (checkpoint_parse(vectors_text(want, "text"), &point, &e) < 0)
		return json_object();
	party_log(v, point.origin, &key);
	note_key_print(&vkey, &key);
	bool known = log_root(log, point.size, root);
	checkpoint_write(&text, point.origin, point.size, known ? root : point.root);
	buf_add(&text, point.more);
	return json_pack("{s:o,s:o}", "text", vectors_string(buf_str(&text)), "log_vkey",
	        vectors_string(buf_str(&vkey)));
}

static void judge_checkpoint(struct vectors *v)
{
	const json_t *want = vectors_object(v, "checkpoint");
	struct trusted *t;
	struct memory_log log;

	if (want == NULL)
		return;
	t = arena_array(&v->a, 1, sizeof(*t));
	const char *why = log_read(v, &log) ? trust_read(want, t) : "the entries of the log are none";
	json_t *got = why == NULL ? checkpoint_json(v, want, &log, t) : json_object();
	if (why == NULL)
		why = checkpoint_wrong(v, want, &log, t);
	vectors_compare(v, "checkpoint", "of the log", "text", want, got, why);
}

/* ---- the courier --------------------------------------------------------------------------------- */

static int collect(void *arg, struct str plain, struct err *e)
{
	(void)e;
	buf_add(arg, plain);
	return 0;
}

static int pass(void *arg, enum container_type type, struct str payload, struct err *e)
{
	(void)arg, (void)type, (void)payload, (void)e;
	return 0;
}

static const char *container_wrong(struct vectors *v, struct str bytes)
{
	struct container_reader r = {0};
	struct err e = {0};
	bool good = container_feed(&r, bytes, pass, NULL, &e) == 0 && container_finish(&r, &e) == 0;

	container_reader_done(&r);
	return good ? NULL : arena_printf(&v->a, "its container: %s", e.text).p;
}

/* What the file says a sealing draws at random. False: something is missing. */
static bool random_read(struct vectors *v, const json_t *want, struct age_random *ret)
{
	bool good;
	struct str key = vectors_bytes(v, want, "file_key", &good),
	           nonce = vectors_bytes(v, want, "payload_nonce", &good),
	           eph = vectors_bytes(v, want, "ephemeral_secret", &good);

	*ret = (struct age_random){0};
	if (key.len != AGE_FILE_KEY || nonce.len != AGE_NONCE || eph.len != AGE_KEY)
		return false;
	memcpy(ret->file_key, key.p, key.len);
	memcpy(ret->nonce, nonce.p, nonce.len);
	memcpy(ret->ephemeral[0], eph.p, eph.len);
	return true;
}

/* Share and wrapped file key stand in the header: "-> X25519 SHARE", a line feed, the wrapped key. */
static void add_steps(struct str file, json_t *got)
{
	size_t at = str_find_str(file, 0, STR("\n-> X25519 "));
	struct str_cut share = str_cut(str_skip(file, at == SIZE_MAX ? file.len : at + 11), '\n'),
	               body = str_cut(share.tail, '\n');
	uint8_t bytes[32];

	if (base64_raw_read(share.head, bytes, 32))
		json_object_set_new(got, "share", vectors_hex(bytes, 32));
	if (base64_raw_read(body.head, bytes, 32))
		json_object_set_new(got, "wrapped_file_key", vectors_hex(bytes, 32));
}

/* True: the file does not name that key, or it opens sealed, whose nonce is zeros but for its last byte, to the beginning of plain. */
static bool key_opens(struct vectors *v, const json_t *want, const char *name, struct str sealed,
        uint8_t last, struct str plain)
{
	bool good;
	struct str key = vectors_bytes(v, want, name, &good);
	uint8_t nonce[12] = {0}, *out = arena_get(&v->a, sealed.len + 1);
	unsigned long long n = 0;

	if (json_object_get(want, name) == NULL)
		return true;
	nonce[11] = last;
	return key.len == 32 && sealed.len >= 16 &&
	        crypto_aead_chacha20poly1305_ietf_decrypt(out, &n, NULL, (const uint8_t *)sealed.p,
	                sealed.len, NULL, 0, nonce, (const uint8_t *)key.p) == 0 &&
	        str_eq(str_make((char *)out, n), str_sub(plain, 0, n));
}

/* The keys between: one wraps the file key, one is that of the payload. */
static const char *steps_wrong(struct vectors *v, const json_t *want, struct str file, struct str plain)
{
	struct err e = {0};
	bool good;
	struct str wrapped = vectors_bytes(v, want, "wrapped_file_key", &good),
	           file_key = vectors_bytes(v, want, "file_key", &good);
	int64_t header = age_header(file, &e);
	struct str payload = str_skip(file, header > 0 ? (size_t)header + AGE_NONCE : file.len);
	bool last = payload.len <= AGE_CHUNK + 16;

	if (!key_opens(v, want, "wrap_key", wrapped, 0, file_key))
		return "its wrap_key does not open the wrapped file key";
	return key_opens(v, want, "payload_key", str_sub(payload, 0, AGE_CHUNK + 16), last, plain)
	        ? NULL
	        : "its payload_key does not open the first chunk";
}

static const char *seal(struct vectors *v, const json_t *want, const json_t *key, struct buf *file)
{
	struct age_random *random = arena_array(&v->a, 1, sizeof(*random));
	uint8_t to[1][AGE_KEY];
	struct err e = {0};
	bool good;
	struct str public = vectors_bytes(v, key, "public", &good),
	           plain = vectors_bytes(v, want, "container", &good);

	if (public.len != AGE_KEY || !good || !random_read(v, want, random))
		return "it has no container, no party with a seal key, or not what a file draws at random";
	memcpy(to[0], public.p, AGE_KEY);
	struct age_seal *s = age_seal_new(to, 1, random, file, &e);
	if (s == NULL)
		return arena_printf(&v->a, "%s", e.text).p;
	age_seal_add(s, plain, file);
	age_seal_end(s, file);
	return container_wrong(v, plain);
}

static const char *open_file(struct vectors *v, const json_t *want, const json_t *key, struct buf *plain)
{
	uint8_t secret[1][AGE_KEY];
	struct err e = {0};
	bool good;
	struct str s = vectors_bytes(v, key, "secret", &good), file = vectors_bytes(v, want, "file", &good);

	if (s.len != AGE_KEY || !good)
		return "it has no file, or the party that it is for no secret seal key";
	memcpy(secret[0], s.p, AGE_KEY);
	struct age_open *o = age_open_new(secret, 1);
	good = age_open_add(o, file, collect, plain, &e) == 0 && age_open_end(o, collect, plain, &e) == 0;
	age_open_free(o);
	return good ? NULL : arena_printf(&v->a, "its file: %s", e.text).p;
}

static void judge_courier(struct vectors *v)
{
	const json_t *want = vectors_object(v, "courier");
	const char *to = json_string_value(json_object_get(want, "to"));
	const json_t *key = json_object_get(
	        json_object_get(json_object_get(v->doc, "parties"), to != NULL ? to : ""), "seal");
	auto_buf struct buf file = {0}, plain = {0};

	if (want == NULL)
		return;
	json_t *got = json_object();
	const char *why = seal(v, want, key, &file);
	if (why == NULL)
		why = open_file(v, want, key, &plain);
	if (why == NULL)
		why = steps_wrong(v, want, buf_str(&file), buf_str(&plain));
	if (file.len > 0) {
		add_steps(buf_str(&file), got);
		json_object_set_new(got, "file", vectors_hex((const uint8_t *)file.p, file.len));
	}
	if (plain.len > 0)
		json_object_set_new(got, "container", vectors_hex((const uint8_t *)plain.p, plain.len));
	vectors_compare(v, "courier", to != NULL ? to : "(to nobody)", "share", want, got, why);
}

void vectors_logs(struct vectors *v)
{
	judge_log(v);
	judge_checkpoint(v);
	judge_courier(v);
}
