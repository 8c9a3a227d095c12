/* SPDX-License-Identifier: Apache-2.0 */
#include "form/age.h"
#include "base/base64.h"
#include "base/digest.h"
#include "base/os.h"
#include <sodium.h>

#define TAG crypto_aead_chacha20poly1305_ietf_ABYTES
#define SEALED (AGE_CHUNK + TAG)
#define WRAPPED (AGE_FILE_KEY + TAG)
#define LINE 64 /* columns of a stanza's body */
#define VERSION "age-encryption.org/v1"

static struct str bytes_of(const void *p, size_t n)
{
	return str_make(p, n);
}

/* HKDF-SHA-256 (RFC 5869), 32 bytes out. */
static void hkdf(struct str key, struct str salt, struct str info, uint8_t ret[32])
{
	static const char zeros[32];
	uint8_t prk[32];
	auto_buf struct buf last = {0};

	digest_hmac(salt.len > 0 ? salt : bytes_of(zeros, sizeof(zeros)), key, prk);
	buf_add(&last, info);
	buf_char(&last, 1);
	digest_hmac(bytes_of(prk, sizeof(prk)), buf_str(&last), ret);
	sodium_memzero(prk, sizeof(prk));
}

/* What wraps the file key in a stanza. The shared secret is wiped. */
static void wrap_key(uint8_t shared[AGE_KEY], const uint8_t *share, const uint8_t *recipient, uint8_t ret[32])
{
	uint8_t salt[2 * AGE_KEY];

	memcpy(salt, share, AGE_KEY);
	memcpy(salt + AGE_KEY, recipient, AGE_KEY);
	hkdf(bytes_of(shared, AGE_KEY), bytes_of(salt, sizeof(salt)), STR(VERSION "/X25519"), ret);
	sodium_memzero(shared, AGE_KEY);
}

static void header_mac(const uint8_t file_key[AGE_FILE_KEY], struct str header, uint8_t ret[32])
{
	uint8_t key[32];

	hkdf(bytes_of(file_key, AGE_FILE_KEY), (struct str){0}, STR("header"), key);
	digest_hmac(bytes_of(key, sizeof(key)), header, ret);
	sodium_memzero(key, sizeof(key));
}

static void chunk_nonce(uint64_t count, bool last, uint8_t ret[12])
{
	memset(ret, 0, 12);
	for (unsigned i = 0; i < 8; i++)
		ret[10 - i] = (uint8_t)(count >> (8 * i));
	ret[11] = last;
}

/* ---- sealing ------------------------------------------------------------------------------------- */

struct age_seal {
	uint8_t key[32];
	uint64_t count;
	size_t n;
	uint8_t plain[AGE_CHUNK];
};

static bool stanza(
        const uint8_t *recipient, const uint8_t *ephemeral, const uint8_t *file_key, struct buf *out)
{
	static const uint8_t zeros[12];
	uint8_t share[AGE_KEY], shared[AGE_KEY], key[32], body[WRAPPED];

	if (crypto_scalarmult_base(share, ephemeral) != 0 ||
	        crypto_scalarmult(shared, ephemeral, recipient) != 0)
		return false;
	wrap_key(shared, share, recipient, key);
	crypto_aead_chacha20poly1305_ietf_encrypt(
	        body, NULL, file_key, AGE_FILE_KEY, NULL, 0, NULL, zeros, key);
	sodium_memzero(key, sizeof(key));
	buf_add(out, STR("-> X25519 "));
	base64_raw_print(out, share, sizeof(share));
	buf_char(out, '\n');
	base64_raw_print(out, body, sizeof(body));
	buf_char(out, '\n');
	return true;
}

struct age_seal *age_seal_new(const uint8_t (*recipient)[AGE_KEY], unsigned n,
        const struct age_random *random, struct buf *out, struct err *e)
{
	struct age_random drawn;
	auto_buf struct buf header = {0};
	uint8_t mac[32];

	if (sodium_init() < 0)
		abort();
	if (n == 0 || n > AGE_RECIPIENTS) {
		err_set(e, ERR_LIMIT, "a file is sealed for 1 to %d keys, not for %u", AGE_RECIPIENTS, n);
		return NULL;
	}
	if (random == NULL) {
		os_random(&drawn, sizeof(drawn));
		random = &drawn;
	}
	buf_add(&header, STR(VERSION "\n"));
	for (unsigned i = 0; i < n; i++)
		if (!stanza(recipient[i], random->ephemeral[i], random->file_key, &header)) {
			err_set(e, ERR_VALUE, "key %u is none that a file can be sealed for", i + 1);
			return NULL;
		}
	buf_add(&header, STR("---"));
	header_mac(random->file_key, buf_str(&header), mac);
	buf_char(&header, ' ');
	base64_raw_print(&header, mac, sizeof(mac));
	buf_char(&header, '\n');
	buf_add(out, buf_str(&header));
	buf_add(out, bytes_of(random->nonce, AGE_NONCE));
	struct age_seal *s = mem_zero(1, sizeof(*s));
	hkdf(bytes_of(random->file_key, AGE_FILE_KEY), bytes_of(random->nonce, AGE_NONCE), STR("payload"),
	        s->key);
	sodium_memzero(&drawn, sizeof(drawn));
	return s;
}

static void seal_chunk(struct age_seal *s, bool last, struct buf *out)
{
	uint8_t nonce[12];
	unsigned long long n;

	chunk_nonce(s->count++, last, nonce);
	crypto_aead_chacha20poly1305_ietf_encrypt(
	        (uint8_t *)buf_room(out, SEALED), &n, s->plain, s->n, NULL, 0, NULL, nonce, s->key);
	out->len += n;
	s->n = 0;
}

void age_seal_add(struct age_seal *s, struct str plain, struct buf *out)
{
	while (plain.len > 0) {
		/* a full chunk waits: it may be the last */
		if (s->n == AGE_CHUNK)
			seal_chunk(s, false, out);
		size_t n = AGE_CHUNK - s->n < plain.len ? AGE_CHUNK - s->n : plain.len;
		memcpy(s->plain + s->n, plain.p, n);
		s->n += n;
		plain = str_skip(plain, n);
	}
}

void age_seal_end(struct age_seal *s, struct buf *out)
{
	if (s == NULL)
		return;
	seal_chunk(s, true, out);
	sodium_memzero(s, sizeof(*s));
	free(s);
}

/* ---- the header ---------------------------------------------------------------------------------- */

struct header {
	struct str bytes; /* whole */
	struct str maced; /* up to and with "---" */
	uint8_t mac[32];
	struct {
		uint8_t share[AGE_KEY], body[WRAPPED];
	} x25519[AGE_RECIPIENTS];
	unsigned n;
};

/* Takes a line with its end from the front; false: it does not end. */
static bool take_line(struct str *s, struct str *ret)
{
	struct str_cut cut = str_cut(*s, '\n');

	if (!cut.ok)
		return false;
	*ret = cut.head;
	*s = cut.tail;
	return true;
}

static bool arguments_good(struct str args)
{
	struct str_cut cut = {.tail = args, .ok = true};

	while (cut.ok) {
		cut = str_cut(cut.tail, ' ');
		if (cut.head.len == 0)
			return false;
		for (size_t i = 0; i < cut.head.len; i++)
			if (cut.head.p[i] < 0x21 || cut.head.p[i] > 0x7e)
				return false;
	}
	return true;
}

/* The body of a stanza: lines of 64 columns and a shorter one. 1, 0 if its end is not there yet. */
static int take_body(struct str *s, struct buf *ret, struct err *e)
{
	struct str line;
	uint8_t room[LINE];

	do {
		if (!take_line(s, &line))
			return s->len > LINE ? err_set(e, ERR_SYNTAX, "a line of the age header is too long")
			                     : 0;
		bool good = line.len <= LINE && line.len % 4 != 1;
		size_t n = line.len / 4 * 3 + (line.len % 4 == 0 ? 0 : line.len % 4 - 1);
		if (!good || !base64_raw_read(line, room, n))
			return err_set(e, ERR_SYNTAX,
			        "a line of the age header is not base64 of at most %d columns", LINE);
		buf_add(ret, bytes_of(room, n));
	} while (line.len == LINE);
	return 1;
}

static int take_stanza(struct header *h, struct str args, struct str *rest, struct err *e)
{
	struct str_cut first = str_cut(args, ' ');
	auto_buf struct buf body = {0};

	if (!arguments_good(args))
		return err_set(
		        e, ERR_SYNTAX, "a stanza of the age header has empty or unprintable arguments");
	int rc = take_body(rest, &body, e);
	if (rc <= 0 || !str_eq(first.head, STR("X25519")))
		return rc;
	if (h->n == AGE_RECIPIENTS)
		return err_set(e, ERR_LIMIT, "the age file is sealed for more than %d keys", AGE_RECIPIENTS);
	if (!first.ok || body.len != WRAPPED || !base64_raw_read(first.tail, h->x25519[h->n].share, AGE_KEY))
		return err_set(e, ERR_SYNTAX,
		        "an X25519 stanza of the age header is not one argument of 32 bytes and 32 bytes");
	memcpy(h->x25519[h->n++].body, body.p, WRAPPED);
	return 1;
}

/* 1; 0: more bytes are needed. */
static int header_read(struct str bytes, struct header *h, struct err *e)
{
	struct str rest = bytes, line;
	unsigned stanzas = 0;
	int rc;

	h->n = 0;
	if (!take_line(&rest, &line))
		return bytes.len > sizeof(VERSION) ||
		                !str_starts(STR(VERSION), str_sub(bytes, 0, sizeof(VERSION) - 1))
		        ? err_set(e, ERR_SYNTAX, "it does not begin with '%s': it is no age file", VERSION)
		        : 0;
	if (!str_eq(line, STR(VERSION)))
		return err_set(e, ERR_SYNTAX,
		        "it does not begin with '%s': it is no age file, or one of a later version", VERSION);
	for (;; stanzas++) {
		size_t at = (size_t)(rest.p - bytes.p);
		if (!take_line(&rest, &line))
			return 0;
		if (str_starts(line, STR("--- "))) {
			if (stanzas == 0 || !base64_raw_read(str_skip(line, 4), h->mac, sizeof(h->mac)))
				return err_set(e, ERR_SYNTAX, "the last line of the age header is not a MAC");
			h->bytes = str_sub(bytes, 0, (size_t)(rest.p - bytes.p));
			h->maced = str_sub(bytes, 0, at + 3);
			return 1;
		}
		if (!str_starts(line, STR("-> ")))
			return err_set(e, ERR_SYNTAX,
			        "a line of the age header begins with neither '-> ' nor '--- '");
		if ((rc = take_stanza(h, str_skip(line, 3), &rest, e)) <= 0)
			return rc;
	}
}

int64_t age_header(struct str bytes, struct err *e)
{
	struct header h;
	int rc = header_read(bytes, &h, e);

	return rc <= 0 ? rc : (int64_t)h.bytes.len;
}

/* ---- opening ------------------------------------------------------------------------------------- */

struct age_open {
	uint8_t (*public)[AGE_KEY];
	uint8_t (*secret)[AGE_KEY]; /* NULL: share has them */
	unsigned n;
	age_share *share;
	void *share_arg;
	int failed;
	enum { HEADER, NONCE, CHUNKS } stage;
	struct buf in;
	uint8_t file_key[AGE_FILE_KEY], key[32];
	uint64_t count;
	uint8_t plain[AGE_CHUNK];
};

static bool own_share(void *arg, unsigned key, const uint8_t share[AGE_KEY], uint8_t ret[AGE_KEY])
{
	struct age_open *o = arg;

	return crypto_scalarmult(ret, o->secret[key], share) == 0;
}

struct age_open *age_open_new_with(const uint8_t (*public)[AGE_KEY], unsigned n, age_share *share, void *arg)
{
	struct age_open *o = mem_zero(1, sizeof(*o));

	if (sodium_init() < 0)
		abort();
	o->public = mem_zero(n + 1, sizeof(*o->public));
	if (n > 0)
		memcpy(o->public, public, n * sizeof(*public));
	o->n = n;
	o->share = share;
	o->share_arg = arg;
	return o;
}

struct age_open *age_open_new(const uint8_t (*secret)[AGE_KEY], unsigned n)
{
	struct age_open *o = age_open_new_with(NULL, 0, own_share, NULL);

	o->public = mem_resize(o->public, (n + 1) * sizeof(*o->public));
	o->secret = mem_zero(n + 1, sizeof(*o->secret));
	for (unsigned i = 0; i < n; i++) {
		memcpy(o->secret[i], secret[i], AGE_KEY);
		crypto_scalarmult_base(o->public[i], o -> secret[i]);
	}
	o->n = n;
	o->share_arg = o;
	return o;
}

void age_open_free(struct age_open *o)
{
	if (o == NULL)
		return;
	if (o->secret != NULL)
		sodium_memzero(o->secret, o->n * sizeof(*o->secret));
	free(o->secret);
	free(o->public);
	buf_done(&o->in);
	sodium_memzero(o, sizeof(*o));
	free(o);
}

static bool unwrap(struct age_open *o, unsigned i, const uint8_t *share, const uint8_t *body)
{
	static const uint8_t zeros[12];
	uint8_t shared[AGE_KEY], key[32];

	if (!o->share(o->share_arg, i, share, shared))
		return false;
	wrap_key(shared, share, o->public[i], key);
	bool good = crypto_aead_chacha20poly1305_ietf_decrypt(
	                    o->file_key, NULL, NULL, body, WRAPPED, NULL, 0, zeros, key) == 0;
	sodium_memzero(key, sizeof(key));
	return good;
}

static int open_header(struct age_open *o, const struct header *h, struct err *e)
{
	uint8_t mac[32];

	for (unsigned i = 0; i < h->n; i++)
		for (unsigned k = 0; k < o->n; k++) {
			if (!unwrap(o, k, h->x25519[i].share, h->x25519[i].body))
				continue;
			header_mac(o->file_key, h->maced, mac);
			if (sodium_memcmp(mac, h->mac, sizeof(mac)) != 0)
				return err_set(e, ERR_DENIED, "the header of the age file was changed");
			return 0;
		}
	return err_set(e, ERR_DENIED, "the age file is not sealed for a key that is here");
}

static void drop(struct buf *b, size_t n)
{
	memmove(b->p, b->p + n, b->len - n);
	b->len -= n;
}

static int open_chunk(struct age_open *o, size_t n, bool last, age_sink *sink, void *arg, struct err *e)
{
	uint8_t nonce[12];
	unsigned long long len = 0;

	chunk_nonce(o->count, last, nonce);
	if (n < TAG ||
	        crypto_aead_chacha20poly1305_ietf_decrypt(
	                o->plain, &len, NULL, (const uint8_t *)o->in.p, n, NULL, 0, nonce, o->key) != 0)
		return err_set(e, ERR_DENIED,
		        last ? "the age file was cut or changed in chunk %llu"
		             : "the age file was changed in "
		               "chunk %llu",
		        (unsigned long long)o->count + 1);
	if (last && len == 0 && o->count > 0)
		return err_set(e, ERR_SYNTAX, "the last chunk of the age file is empty");
	o->count++;
	drop(&o->in, n);
	int rc = len > 0 ? sink(arg, bytes_of(o->plain, len), e) : 0;
	return rc < 0 ? rc : 0;
}

/* What can be done with the bytes that are there; true if there may be more. */
static bool step(struct age_open *o, age_sink *sink, void *arg, struct err *e)
{
	if (o->stage == HEADER) {
		struct header h;
		int rc = header_read(buf_str(&o->in), &h, e);
		if (rc == 0 && o->in.len > AGE_HEADER_MAX)
			rc = err_set(e, ERR_LIMIT, "the header of the age file has more than %d bytes",
			        AGE_HEADER_MAX);
		o->failed = rc < 0 ? rc : rc > 0 ? open_header(o, &h, e) : 0;
		if (rc <= 0 || o->failed < 0)
			return false;
		drop(&o->in, h.bytes.len);
		o->stage = NONCE;
	}
	if (o->stage == NONCE) {
		if (o->in.len < AGE_NONCE)
			return false;
		hkdf(bytes_of(o->file_key, AGE_FILE_KEY), str_sub(buf_str(&o->in), 0, AGE_NONCE),
		        STR("payload"), o->key);
		drop(&o->in, AGE_NONCE);
		o->stage = CHUNKS;
	}
	/* a chunk is not the last if a byte stands behind it */
	if (o->in.len <= SEALED)
		return false;
	o->failed = open_chunk(o, SEALED, false, sink, arg, e);
	return o->failed == 0;
}

int age_open_add(struct age_open *o, struct str bytes, age_sink *sink, void *arg, struct err *e)
{
	if (o->failed < 0)
		return err_set(e, o->failed, "the age file could not be read");
	/* in pieces, so that what is moved inside the buffer stays small */
	while (bytes.len > 0 && o->failed == 0) {
		size_t n = bytes.len < AGE_CHUNK ? bytes.len : AGE_CHUNK;
		buf_add(&o->in, str_sub(bytes, 0, n));
		bytes = str_skip(bytes, n);
		while (step(o, sink, arg, e))
			;
	}
	return o->failed;
}

int age_open_end(struct age_open *o, age_sink *sink, void *arg, struct err *e)
{
	if (o->failed < 0)
		return err_set(e, o->failed, "the age file could not be read");
	if (o->stage != CHUNKS)
		o->failed = err_set(e, ERR_SYNTAX, "the age file ends in its header");
	else
		o->failed = open_chunk(o, o->in.len, true, sink, arg, e);
	return o->failed;
}
