/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/note.h"
#include "base/base64.h"
#include "base/digest.h"
#include "base/utf8.h"
#include <sodium.h>

#define DASH "\xe2\x80\x94 "
#define TIMED (8 + NOTE_SIGNATURE)

/* ---- keys ---------------------------------------------------------------------------------------- */

/* White_Space of Unicode. */
static bool is_space(uint32_t c)
{
	return c <= 0x20 || c == 0x7f || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	        (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
	        c == 0x3000;
}

bool note_name_good(struct str name)
{
	if (name.len == 0 || name.len > NOTE_NAME || !utf8_valid(name) || str_has(name, '+'))
		return false;
	for (size_t i = 0, step; i < name.len; i += step)
		if (is_space(utf8_get(name, i, &step)))
			return false;
	return true;
}

void note_key_make(struct note_key *ret, struct str name, enum note_type type, const uint8_t key[32])
{
	uint8_t hash[DIGEST_LEN], byte = (uint8_t)type;
	struct digest *d = digest_new();

	digest_add(d, name);
	digest_add(d, STR("\n"));
	digest_add(d, str_make((const char *)&byte, 1));
	digest_add(d, str_make((const char *)key, 32));
	digest_done(d, hash);
	*ret = (struct note_key){.name = name, .type = byte};
	memcpy(ret->hash, hash, sizeof(ret->hash));
	memcpy(ret->key, key, sizeof(ret->key));
}

int note_key_read(struct str vkey, struct note_key *ret, struct err *e)
{
	struct str_cut name = str_cut(vkey, '+'), hash = str_cut(name.tail, '+');
	uint8_t want[4], key[33];
	struct note_key made;

	if (!name.ok || !hash.ok)
		return err_set(e, ERR_SYNTAX, "a key has three parts with '+' between: NAME+HASH+BASE64");
	if (!note_name_good(name.head))
		return err_set(
		        e, ERR_VALUE, "its name is empty, or has blanks or more than %d bytes", NOTE_NAME);
	if (!str_hex(hash.head, want, sizeof(want)))
		return err_set(e, ERR_SYNTAX, "its second part is not 8 hexadecimal digits");
	if (!base64_read(hash.tail, key, sizeof(key)))
		return err_set(e, ERR_SYNTAX, "its third part is not the base64 of a type and 32 bytes");
	if (key[0] != NOTE_ED25519 && key[0] != NOTE_COSIGNATURE)
		return err_set(e, ERR_VALUE, "its type is 0x%02x; 0x01 and 0x04 are known", key[0]);
	note_key_make(&made, name.head, key[0], key + 1);
	if (memcmp(made.hash, want, sizeof(want)) != 0)
		return err_set(
		        e, ERR_VALUE, "its second part is not the hash of the rest: was it copied whole?");
	*ret = made;
	return 0;
}

void note_key_print(struct buf *out, const struct note_key *key)
{
	uint8_t typed[33];
	char hash[9];

	typed[0] = key->type;
	memcpy(typed + 1, key->key, 32);
	str_hex_print(hash, key->hash, sizeof(key->hash));
	buf_add(out, key->name);
	buf_printf(out, "+%s+", hash);
	base64_print(out, typed, sizeof(typed));
}

/* ---- reading ------------------------------------------------------------------------------------- */

/* The last empty line parts text and signatures. */
static bool part(struct str bytes, size_t *ret_text)
{
	for (size_t i = bytes.len; i >= 3; i--)
		if (bytes.p[i - 1] == '\n' && bytes.p[i - 2] == '\n') {
			*ret_text = i - 1;
			return true;
		}
	return false;
}

static bool signature_read(struct str line, struct note_signature *ret)
{
	struct str s = str_sub(line, 0, line.len - 1);
	char head[8];
	uint8_t first[6];

	if (!str_starts(s, STR(DASH)) || line.len > NOTE_LINE_MAX)
		return false;
	struct str_cut cut = str_cut(str_skip(s, sizeof(DASH) - 1), ' ');
	/* four bytes of a hash and one of a signature: at least eight digits */
	if (!cut.ok || !note_name_good(cut.head) || cut.tail.len < 8 || cut.tail.len % 4 != 0)
		return false;
	auto_buf struct buf all = {0};
	if (!base64_add(cut.tail, &all) || all.len < 5)
		return false;
	memcpy(head, cut.tail.p, sizeof(head));
	memcpy(first, all.p, 4);
	*ret = (struct note_signature){.line = line, .name = cut.head, .base64 = cut.tail};
	memcpy(ret->hash, first, sizeof(ret->hash));
	return true;
}

static int text_check(struct str bytes, struct err *e)
{
	if (bytes.len > NOTE_MAX)
		return err_set(e, ERR_LIMIT, "it has %zu bytes, at most %d are read", bytes.len, NOTE_MAX);
	if (!utf8_valid(bytes))
		return err_set(e, ERR_SYNTAX, "it is not UTF-8");
	unsigned line = 1;
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.p[i] == '\n')
			line++;
		else if ((uint8_t)bytes.p[i] < 0x20)
			return err_set(e, ERR_SYNTAX, "line %u: control character 0x%02x%s", line,
			        (uint8_t)bytes.p[i],
			        bytes.p[i] == '\r' ? "; lines end in a line feed only" : "");
	}
	return 0;
}

int note_read(struct str bytes, struct note *ret, struct err *e)
{
	size_t text = 0;
	unsigned n = 0;

	if (text_check(bytes, e) < 0)
		return e != NULL ? e->code : ERR_SYNTAX;
	if (!part(bytes, &text))
		return err_set(e, ERR_SYNTAX, "no empty line parts its text from its signatures");
	struct str rest = str_skip(bytes, text + 1);
	if (rest.len == 0 || rest.p[rest.len - 1] != '\n')
		return err_set(e, ERR_SYNTAX, "it does not end in a line of a signature and a line feed");
	struct note note = {.bytes = bytes, .text = str_sub(bytes, 0, text)};
	while (rest.len > 0) {
		size_t end = str_find(rest, 0, '\n');
		if (n == NOTE_SIGNATURES)
			return err_set(e, ERR_LIMIT, "it has more than %d signatures", NOTE_SIGNATURES);
		if (!signature_read(str_sub(rest, 0, end + 1), &note.sig[n]))
			return err_set(e, ERR_SYNTAX,
			        "line %u below the empty line is not the line of a signature: dash, "
			        "name, base64",
			        n + 1);
		n++;
		rest = str_skip(rest, end + 1);
	}
	note.n = n;
	*ret = note;
	return 0;
}

/* ---- signing and verifying ----------------------------------------------------------------------- */

void note_message(struct buf *out, struct str text, enum note_type type, uint64_t time)
{
	if (type == NOTE_COSIGNATURE)
		buf_printf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
	buf_add(out, text);
}

static int verify_one(
        struct str text, const struct note_signature *s, const struct note_key *key, uint64_t *ret_time)
{
	uint8_t bytes[4 + TIMED];
	size_t want = 4 + (key->type == NOTE_COSIGNATURE ? TIMED : NOTE_SIGNATURE);
	uint64_t time = 0;
	auto_buf struct buf message = {0};

	if (!base64_read(s->base64, bytes, want))
		return ERR_DENIED;
	for (unsigned i = 0; key->type == NOTE_COSIGNATURE && i < 8; i++)
		time = time << 8 | bytes[4 + i];
	if (time > INT64_MAX)
		return ERR_DENIED;
	note_message(&message, text, key->type, time);
	if (crypto_sign_verify_detached(
	            bytes + want - NOTE_SIGNATURE, (const uint8_t *)message.p, message.len, key->key) != 0)
		return ERR_DENIED;
	*ret_time = time;
	return 1;
}

int note_verify(const struct note *n, const struct note_key *key, uint64_t *ret_time, struct err *e)
{
	uint64_t time, found_time = 0;
	bool found = false;

	for (unsigned i = 0; i < n->n; i++) {
		const struct note_signature *s = &n->sig[i];
		if (!str_eq(s->name, key->name) || memcmp(s->hash, key->hash, sizeof(key->hash)) != 0)
			continue;
		if (verify_one(n->text, s, key, &time) < 0)
			return err_set(e, ERR_DENIED,
			        "the signature of '%.*s' in line %u below the empty line is not of its key, "
			        "or the text was changed",
			        STR_ARG(s->name), i + 1);
		/* of several the earliest: what is proven is "no later than" */
		if (!found || time < found_time)
			found_time = time;
		found = true;
	}
	if (found && ret_time != NULL)
		*ret_time = found_time;
	return found;
}

void note_line(
        struct buf *out, const struct note_key *key, uint64_t time, const uint8_t signature[NOTE_SIGNATURE])
{
	uint8_t bytes[4 + TIMED];
	size_t n = 4;

	memcpy(bytes, key->hash, 4);
	for (unsigned i = 0; key->type == NOTE_COSIGNATURE && i < 8; i++)
		bytes[n++] = (uint8_t)(time >> (56 - 8 * i));
	memcpy(bytes + n, signature, NOTE_SIGNATURE);
	buf_add(out, STR(DASH));
	buf_add(out, key->name);
	buf_char(out, ' ');
	base64_print(out, bytes, n + NOTE_SIGNATURE);
	buf_char(out, '\n');
}

void note_sign(
        struct buf *out, struct str text, const struct note_key *key, uint64_t time, const uint8_t seed[32])
{
	uint8_t public[32], secret[64], signature[NOTE_SIGNATURE];
	auto_buf struct buf message = {0};

	crypto_sign_seed_keypair(public, secret, seed);
	note_message(&message, text, key->type, time);
	crypto_sign_detached(signature, NULL, (const uint8_t *)message.p, message.len, secret);
	sodium_memzero(secret, sizeof(secret));
	note_line(out, key, time, signature);
}
