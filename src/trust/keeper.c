/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/keeper.h"

#include "base/os.h"
#include "event/batch.h"
#include "event/event.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD 144
#define KEYS_MAX 64
#define PATH 4096
#define KEEPER_USES KEY_TLS /* the door has the one of TLS */
#define JOURNAL_MAX (256u << 20)

struct secret {
	struct keeper_key key;
	uint8_t secret[64]; /* Ed25519 as libsodium has it; seal: 32 bytes of X25519 */
};
struct top {
	uint8_t stream[DIGEST_LEN];
	struct keeper_signed last;
};
struct keeper {
	char folder[PATH];
	char party[PARTY_ID + 1];
	VEC(struct secret) keys;
	VEC(struct top) tops;
	int journal;
	bool dead; /* the journal failed: nothing is signed any more */
};

/* ---- keys ---------------------------------------------------------------------------------------- */

static void path_of(const struct keeper *k, char *ret, const char *name)
{
	snprintf(ret, PATH, "%.3900s/%.150s", k->folder, name);
}

/* Secret and public of a seed. */
static void expand(struct secret *s, const uint8_t seed[32])
{
	if (s->key.use == KEY_SEAL) {
		memcpy(s->secret, seed, 32);
		crypto_scalarmult_base(s->key.public_key, seed);
	} else {
		crypto_sign_seed_keypair(s->key.public_key, s->secret, seed);
	}
	key_id(s->key.public_key, s->key.id);
}

static int add_seed(struct keeper *k, enum key_use use, const uint8_t seed[32], struct err *e)
{
	if (k->keys.n >= KEYS_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %u keys", k->folder, KEYS_MAX);
	struct secret *s = vec_add(&k->keys);
	s->key.use = use;
	expand(s, seed);
	return 0;
}

static int read_key(struct keeper *k, enum key_use use, const char *name, struct err *e)
{
	auto_buf struct buf text = {0};
	uint8_t seed[32];
	char path[PATH];

	path_of(k, path, name);
	int rc = os_read_file(path, 1024, &text, e);
	if (rc != 0)
		return rc;
	struct str hex = str_trim(buf_str(&text));
	if (hex.len != 64 || !str_hex(hex, seed, 32))
		rc = err_set(e, ERR_FORMAT,
		        "%s: 64 hexadecimal digits of a key were expected; restore the file from its "
		        "envelope",
		        path);
	else
		rc = add_seed(k, use, seed, e);
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(text.p, text.len);
	return rc;
}

static int read_keys(struct keeper *k, struct err *e)
{
	DIR *dir = opendir(k->folder);
	struct dirent *d;
	int rc = 0;

	if (dir == NULL)
		return err_sys(e, "%s", k->folder);
	while (rc == 0 && (d = readdir(dir)) != NULL)
		for (unsigned use = 0; use < KEEPER_USES; use++) {
			struct str name = str_from(d->d_name), word = str_cut(name, '-').head;
			if (str_eq(word, str_from(key_use_name(use))) && str_ends(name, STR(".key")))
				rc = read_key(k, use, d->d_name, e);
		}
	closedir(dir);
	return rc;
}

static int write_secret(const char *path, struct str text, struct err *e)
{
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(e, "%s", path);
	int rc = os_write_all(fd, text, e);
	if (rc == 0)
		rc = os_sync(fd, path, e);
	return rc;
}

int keeper_make(struct keeper *k, enum key_use use, struct err *e)
{
	char name[64], path[PATH], hex[65], text[66], id[2 * KEY_ID + 1];
	uint8_t seed[32];

	os_random(seed, sizeof(seed));
	int rc = add_seed(k, use, seed, e);
	if (rc == 0) {
		str_hex_print(id, k->keys.v[k->keys.n - 1].key.id, KEY_ID);
		snprintf(name, sizeof(name), "%s-%s.key", key_use_name(use), id);
		path_of(k, path, name);
		str_hex_print(hex, seed, 32);
		snprintf(text, sizeof(text), "%s\n", hex);
		rc = write_secret(path, str_make(text, 65), e);
		sodium_memzero(hex, sizeof(hex));
		sodium_memzero(text, sizeof(text));
	}
	sodium_memzero(seed, sizeof(seed));
	return rc;
}

static int make_missing(struct keeper *k, struct err *e)
{
	bool have[KEEPER_USES] = {0};
	int rc = 0;

	for (size_t i = 0; i < k->keys.n; i++)
		have[k->keys.v[i].key.use] = true;
	for (unsigned use = 0; rc == 0 && use < KEEPER_USES; use++)
		if (!have[use])
			rc = keeper_make(k, use, e);
	return rc == 0 ? os_sync_all(k->folder, e) : rc;
}

const struct keeper_key *keeper_key(const struct keeper *k, unsigned i)
{
	return i < k->keys.n ? &k->keys.v[i].key : NULL;
}

static const struct secret *secret_find(const struct keeper *k, enum key_use use, const uint8_t id[KEY_ID])
{
	for (size_t i = 0; i < k->keys.n; i++)
		if (k->keys.v[i].key.use == use && memcmp(k->keys.v[i].key.id, id, KEY_ID) == 0)
			return &k->keys.v[i];
	return NULL;
}

/* ---- journal ------------------------------------------------------------------------------------- */

static void put64(uint8_t *p, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void record_write(uint8_t *p, const struct top *t)
{
	memcpy(p, "S\0\0", 4);
	memcpy(p + 4, t->stream, DIGEST_LEN);
	put64(p + 36, t->last.seq);
	memcpy(p + 44, t->last.id, DIGEST_LEN);
	memcpy(p + 76, t->last.signature, STATEMENT_SIGNATURE);
	uint32_t crc = crc32c(0, p, RECORD - 4);
	for (unsigned i = 0; i < 4; i++)
		p[RECORD - 4 + i] = (uint8_t)(crc >> 8 * i);
}

static bool record_read(const uint8_t *p, struct top *t)
{
	uint32_t crc = p[140] | p[141] << 8 | p[142] << 16 | (uint32_t)p[143] << 24;

	if (memcmp(p, "S\0\0", 4) != 0 || crc != crc32c(0, p, RECORD - 4))
		return false;
	memcpy(t->stream, p + 4, DIGEST_LEN);
	t->last.seq = 0;
	for (unsigned i = 8; i-- > 0;)
		t->last.seq = t->last.seq << 8 | p[36 + i];
	memcpy(t->last.id, p + 44, DIGEST_LEN);
	memcpy(t->last.signature, p + 76, STATEMENT_SIGNATURE);
	return true;
}

static struct top *top_find(struct keeper *k, const uint8_t stream[DIGEST_LEN])
{
	for (size_t i = 0; i < k->tops.n; i++)
		if (memcmp(k->tops.v[i].stream, stream, DIGEST_LEN) == 0)
			return &k->tops.v[i];
	return NULL;
}

static void top_put(struct keeper *k, const struct top *t)
{
	struct top *there = top_find(k, t->stream);

	if (there == NULL)
		*(struct top *)vec_add(&k->tops) = *t;
	else if (there->last.seq < t->last.seq)
		*there = *t;
}

/* A record that the end of the power cut short was never answered for. Damage before that is no accident. */
static int load(struct keeper *k, const char *path, struct str bytes, struct err *e)
{
	struct top t;
	size_t n = bytes.len / RECORD;

	for (size_t i = 0; i < n; i++) {
		if (record_read((const uint8_t *)bytes.p + i * RECORD, &t))
			top_put(k, &t);
		else if (i + 1 < n)
			return err_set(e, ERR_FORMAT,
			        "%s: record %zu is damaged; nothing is signed until the party's peers have "
			        "told what it said "
			        "(weir recover)",
			        path, i + 1);
	}
	return 0;
}

/* Rewritten with the highest of each stream. */
static int cut(struct keeper *k, const char *path, struct err *e)
{
	auto_buf struct buf all = {0};

	for (size_t i = 0; i < k->tops.n; i++) {
		record_write((uint8_t *)buf_room(&all, RECORD), &k->tops.v[i]);
		all.len += RECORD;
	}
	return os_write_file(path, buf_str(&all), e);
}

static int open_journal(struct keeper *k, struct err *e)
{
	auto_buf struct buf bytes = {0};
	char path[PATH];
	int rc = 0;

	path_of(k, path, "journal");
	if (access(path, F_OK) == 0)
		rc = os_read_file(path, JOURNAL_MAX, &bytes, e);
	if (rc == 0)
		rc = load(k, path, buf_str(&bytes), e);
	if (rc == 0)
		rc = cut(k, path, e);
	if (rc != 0)
		return rc;
	k->journal = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	return k->journal < 0 ? err_sys(e, "%s", path) : 0;
}

int keeper_open(const char *folder, struct str party, struct keeper **ret, struct err *e)
{
	struct keeper *k = mem_zero(1, sizeof(*k));
	int rc;

	k->journal = -1;
	snprintf(k->folder, sizeof(k->folder), "%s", folder);
	snprintf(k->party, sizeof(k->party), "%.*s", STR_ARG(party));
	rc = party_id_good(party)
	        ? 0
	        : err_set(e, ERR_VALUE, "'%.*s' is no party id: two small letters, or a DNS name",
	                  STR_ARG(party));
	if (rc == 0)
		rc = os_folder(folder, e);
	if (rc == 0 && chmod(folder, 0700) != 0)
		rc = err_sys(e, "%s", folder);
	if (rc == 0)
		rc = read_keys(k, e);
	if (rc == 0)
		rc = make_missing(k, e);
	if (rc == 0)
		rc = open_journal(k, e);
	if (rc == 0)
		*ret = k;
	else
		keeper_close(k);
	return rc;
}

void keeper_close(struct keeper *k)
{
	if (k == NULL)
		return;
	if (k->keys.v != NULL)
		sodium_memzero(k->keys.v, k->keys.cap * sizeof(*k->keys.v));
	vec_done(&k->keys);
	vec_done(&k->tops);
	os_close_fd(&k->journal);
	free(k);
}

/* ---- signing ------------------------------------------------------------------------------------- */

static void stream_of(const struct head *h, uint8_t ret[DIGEST_LEN])
{
	struct digest *d = digest_new();
	char len = (char)h->sender.len;

	digest_add(d, str_make(&len, 1));
	digest_add(d, h->sender);
	digest_add(d, h->to_bytes);
	digest_done(d, ret);
}

static int journal_add(struct keeper *k, const struct top *t, struct err *e)
{
	uint8_t record[RECORD];
	char path[PATH];

	path_of(k, path, "journal");
	record_write(record, t);
	int rc = os_write_all(k->journal, str_make((char *)record, RECORD), e);
	if (rc == 0)
		rc = os_sync(k->journal, path, e);
	k->dead |= rc != 0;
	return rc;
}

int keeper_sign(struct keeper *k, struct str head, struct keeper_signed *ret, struct err *e)
{
	const struct secret *s;
	struct head h;
	struct top t;

	if (k->dead)
		return err_set(e, ERR_SYS, "%s: the journal failed; the keeper must start again", k->folder);
	if (head_read(head, &h) != VERDICT_OK || !str_eq(h.sender, str_from(k->party)))
		return KEEPER_REFUSED;
	stream_of(&h, t.stream);
	digest_of(head, t.last.id);
	t.last.seq = h.seq;
	struct top *there = top_find(k, t.stream);
	if (there != NULL && h.seq <= there->last.seq) {
		*ret = there->last;
		return memcmp(there->last.id, t.last.id, DIGEST_LEN) == 0 ? KEEPER_SIGNED : KEEPER_USED;
	}
	s = secret_find(k, KEY_SIGN, h.key);
	if (s == NULL)
		return KEEPER_REFUSED;
	crypto_sign_detached(t.last.signature, NULL, (const uint8_t *)head.p, head.len, s->secret);
	int rc = journal_add(k, &t, e);
	if (rc != 0)
		return rc;
	top_put(k, &t);
	*ret = t.last;
	return KEEPER_SIGNED;
}

bool keeper_sign_log(
        const struct keeper *k, const uint8_t key[KEY_ID], struct str text, uint8_t ret[STATEMENT_SIGNATURE])
{
	const struct secret *s = secret_find(k, KEY_LOG, key);

	if (s != NULL)
		crypto_sign_detached(ret, NULL, (const uint8_t *)text.p, text.len, s->secret);
	return s != NULL;
}

bool keeper_share(const struct keeper *k, const uint8_t key[KEY_ID], const uint8_t share[32], uint8_t ret[32])
{
	const struct secret *s = secret_find(k, KEY_SEAL, key);

	return s != NULL && crypto_scalarmult(ret, s->secret, share) == 0;
}
