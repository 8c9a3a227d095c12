/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/statement.h"

#include <assert.h>
#include <sodium.h>

#define CREATED_MAX 253402300799 /* the end of the year 9999 */
#define FIXED 182                /* bytes of a head before its first string */

const struct verdict_row verdict_table[VERDICT_END] = {
#define VERDICT(symbol, word, kept, about) [VERDICT_##symbol] = {word, about, KEPT_##kept},
#include "trust/verdicts.tbl"
#undef VERDICT
};

enum statement_verdict verdict_find(struct str word)
{
	unsigned i = 0;

	while (i < VERDICT_END && !str_eq(word, str_from(verdict_table[i].word)))
		i++;
	return i;
}

static const char *const tlp_names[] = {"", "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"};
static const char *const pap_names[] = {"", "CLEAR", "GREEN", "AMBER", "RED"};
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct str statement_tlp_name(unsigned tlp)
{
	return str_from(tlp < COUNT(tlp_names) ? tlp_names[tlp] : "");
}

struct str statement_pap_name(unsigned pap)
{
	return str_from(pap < COUNT(pap_names) ? pap_names[pap] : "");
}

static unsigned label_find(const char *const *names, unsigned count, struct str name)
{
	for (unsigned i = 1; i < count; i++)
		if (str_eq(name, str_from(names[i])))
			return i;
	return 0;
}

unsigned statement_tlp_find(struct str name)
{
	return label_find(tlp_names, COUNT(tlp_names), name);
}

unsigned statement_pap_find(struct str name)
{
	return label_find(pap_names, COUNT(pap_names), name);
}

/* ---- integers ------------------------------------------------------------------------------------ */

static uint64_t be(const char *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v = v << 8 | (uint8_t)p[i];
	return v;
}

static void add_be(struct buf *out, uint64_t v, unsigned n)
{
	while (n-- > 0)
		buf_char(out, (char)(v >> 8 * n));
}

/* ---- words --------------------------------------------------------------------------------------- */

static bool lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool lower_digit(char c)
{
	return lower(c) || char_digit(c);
}

bool group_ok(struct str id)
{
	if (id.len < 3 || id.len > 63 || !lower(id.p[0]))
		return false;
	for (size_t i = 1; i < id.len; i++)
		if (!lower_digit(id.p[i]) && id.p[i] != '.' && id.p[i] != '-')
			return false;
	return true;
}

bool exercise_ok(struct str id)
{
	struct str_cut cut = str_cut(id, '/');

	if (id.len == 0)
		return true;
	if (!cut.ok || !party_id_good(cut.head) || cut.tail.len == 0 || cut.tail.len > 32 ||
	        !lower_digit(cut.tail.p[0]))
		return false;
	for (size_t i = 1; i < cut.tail.len; i++)
		if (!lower_digit(cut.tail.p[i]) && cut.tail.p[i] != '-')
			return false;
	return true;
}

/* [a-z]+([.-][a-z]+)*, at most 32. */
static bool kind_ok(struct str kind)
{
	if (kind.len == 0 || kind.len > 32 || !lower(kind.p[kind.len - 1]))
		return false;
	for (size_t i = 0; i < kind.len; i++)
		if (!lower(kind.p[i]) &&
		        (i == 0 || !lower(kind.p[i - 1]) || (kind.p[i] != '.' && kind.p[i] != '-')))
			return false;
	return true;
}

bool head_names(const struct head *h, struct str party)
{
	for (unsigned i = 0; i < h->to_count; i++)
		if (str_eq(h->to[i], party))
			return true;
	return false;
}

bool digest_zero(const uint8_t d[DIGEST_LEN])
{
	return sodium_is_zero(d, DIGEST_LEN);
}

/* ---- frame --------------------------------------------------------------------------------------- */

enum statement_verdict statement_frame(struct str bytes, struct statement *ret)
{
	if (bytes.len < 2)
		return VERDICT_TRUNCATED;
	size_t head = be(bytes.p, 2);
	if (head > STATEMENT_HEAD_MAX)
		return VERDICT_TOO_LARGE;
	size_t before = 2 + head + STATEMENT_SIGNATURE + 4;
	if (bytes.len < before)
		return VERDICT_TRUNCATED;
	size_t content = be(bytes.p + before - 4, 4);
	if (content > STATEMENT_SALT + STATEMENT_BODY_MAX)
		return VERDICT_TOO_LARGE;
	if (bytes.len - before < content)
		return VERDICT_TRUNCATED;
	ret->head = str_sub(bytes, 2, head);
	ret->signature = str_sub(bytes, 2 + head, STATEMENT_SIGNATURE);
	ret->content = str_sub(bytes, before, content);
	ret->bytes = str_sub(bytes, 0, before + content);
	digest_of(ret->head, ret->id);
	return VERDICT_OK;
}

void statement_write(
        struct buf *out, struct str head, const uint8_t signature[STATEMENT_SIGNATURE], struct str content)
{
	assert(head.len <= STATEMENT_HEAD_MAX && content.len <= STATEMENT_SALT + STATEMENT_BODY_MAX);
	add_be(out, head.len, 2);
	buf_add(out, head);
	buf_add(out, str_make((const char *)signature, STATEMENT_SIGNATURE));
	add_be(out, content.len, 4);
	buf_add(out, content);
}

/* ---- head ---------------------------------------------------------------------------------------- */

/* A str8 at *at: one length byte and that many bytes 0x21 to 0x7e. */
static bool take_str8(struct str s, size_t *at, struct str *ret)
{
	if (*at >= s.len)
		return false;
	size_t len = (uint8_t)s.p[*at];
	if (len > s.len - *at - 1)
		return false;
	*ret = str_sub(s, *at + 1, len);
	*at += 1 + len;
	for (size_t i = 0; i < len; i++)
		if (ret->p[i] < 0x21 || ret->p[i] > 0x7e)
			return false;
	return true;
}

/* Recipients: ascending by bytes, none twice, the sender not among them unless alone. */
static bool take_recipients(struct str s, size_t *at, struct head *h)
{
	if (*at >= s.len)
		return false;
	h->to_count = (uint8_t)s.p[(*at)++];
	if (h->to_count < 1 || h->to_count > STATEMENT_TO_MAX)
		return false;
	size_t first = *at;
	for (unsigned i = 0; i < h->to_count; i++) {
		if (!take_str8(s, at, &h->to[i]) || !party_id_good(h->to[i]))
			return false;
		if (i > 0 && str_cmp(h->to[i - 1], h->to[i]) >= 0)
			return false;
	}
	h->to_bytes = str_sub(s, first, *at - first);
	return h->to_count == 1 || !head_names(h, h->sender);
}

static bool fixed_ok(const struct head *h)
{
	return h->body_len <= STATEMENT_BODY_MAX && h->seq >= 1 && (h->seq == 1) == digest_zero(h->prev) &&
	        h->tlp >= 1 && h->tlp <= STATEMENT_RED && h->pap >= 1 && h->pap < COUNT(pap_names);
}

/* Taken as unsigned: a time beyond 9223372036854775807 is as wrong as any other. */
static bool times_ok(uint64_t created, uint64_t expires)
{
	return created <= CREATED_MAX && expires <= CREATED_MAX && (expires == 0 || expires > created);
}

enum statement_verdict head_read(struct str s, struct head *ret)
{
	struct head h = {0};
	size_t at = FIXED;

	if (s.len < 16 || memcmp(s.p, STATEMENT_CONTEXT, 16) != 0)
		return VERDICT_WRONG_CONTEXT;
	if (s.len < FIXED || s.len > STATEMENT_HEAD_MAX)
		return VERDICT_MALFORMED;
	memcpy(h.key, s.p + 16, KEY_ID);
	h.seq = be(s.p + 24, 8);
	memcpy(h.prev, s.p + 32, DIGEST_LEN);
	if (!times_ok(be(s.p + 64, 8), be(s.p + 72, 8)))
		return VERDICT_MALFORMED;
	h.created = (int64_t)be(s.p + 64, 8);
	h.expires = (int64_t)be(s.p + 72, 8);
	memcpy(h.case_, s.p + 80, DIGEST_LEN);
	memcpy(h.reply, s.p + 112, DIGEST_LEN);
	memcpy(h.commit, s.p + 144, DIGEST_LEN);
	h.body_len = (uint32_t)be(s.p + 176, 4);
	h.tlp = (uint8_t)s.p[180];
	h.pap = (uint8_t)s.p[181];
	if (!fixed_ok(&h) || !take_str8(s, &at, &h.kind) || !take_str8(s, &at, &h.media) ||
	        !take_str8(s, &at, &h.exercise) || !take_str8(s, &at, &h.sender) ||
	        !party_id_good(h.sender) || !take_recipients(s, &at, &h) || at != s.len)
		return VERDICT_MALFORMED;
	if (!kind_ok(h.kind) || h.media.len < 1 || h.media.len > 64 || !exercise_ok(h.exercise))
		return VERDICT_MALFORMED;
	*ret = h;
	return VERDICT_OK;
}

static void add_str8(struct buf *out, struct str s)
{
	assert(s.len <= 255);
	buf_char(out, (char)s.len);
	buf_add(out, s);
}

void head_write(struct buf *out, const struct head *h)
{
	size_t from = out->len;
	struct head again;

	buf_add(out, STR(STATEMENT_CONTEXT));
	buf_add(out, str_make((const char *)h->key, KEY_ID));
	add_be(out, h->seq, 8);
	buf_add(out, str_make((const char *)h->prev, DIGEST_LEN));
	add_be(out, (uint64_t)h->created, 8);
	add_be(out, (uint64_t)h->expires, 8);
	buf_add(out, str_make((const char *)h->case_, DIGEST_LEN));
	buf_add(out, str_make((const char *)h->reply, DIGEST_LEN));
	buf_add(out, str_make((const char *)h->commit, DIGEST_LEN));
	add_be(out, h->body_len, 4);
	buf_char(out, (char)h->tlp);
	buf_char(out, (char)h->pap);
	add_str8(out, h->kind);
	add_str8(out, h->media);
	add_str8(out, h->exercise);
	add_str8(out, h->sender);
	buf_char(out, (char)h->to_count);
	for (unsigned i = 0; i < h->to_count; i++)
		add_str8(out, h->to[i]);
	enum statement_verdict v = head_read(str_make(out->p + from, out->len - from), &again);
	assert(v == VERDICT_OK);
	(void)v;
}

bool statement_verify(const uint8_t public_key[32], struct str head, struct str signature)
{
	return signature.len == STATEMENT_SIGNATURE &&
	        crypto_sign_verify_detached(
	                (const uint8_t *)signature.p, (const uint8_t *)head.p, head.len, public_key) == 0;
}
