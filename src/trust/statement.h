/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of a statement: what one party says to named others, signed.
 *
 *   statement = u16 head length + head + 64 signature + u32 content length + content
 *   content   = 32 salt + body, or empty where it was erased
 *   id        = SHA-256(head)            signature = Ed25519(sign key, head)
 *
 * Integers are big-endian. What is stored, hashed and signed are the same bytes, so that nobody ever writes a head a
 * second time from its fields: the head that came is the head that is kept. This file knows bytes; what a statement
 * means, and whether it is believed, is judge.h.
 */
#pragma once

#include "base/digest.h"
#include "base/vec.h"
#include "trust/keylist.h"

#define STATEMENT_CONTEXT "weir-statement-1"
#define STATEMENT_HEAD_MAX 8192
#define STATEMENT_BODY_MAX 262144
#define STATEMENT_SALT 32
#define STATEMENT_SIGNATURE 64
#define STATEMENT_TO_MAX 64

/* In the order in which they are checked: the first that fails is the verdict. */
enum statement_verdict {
#define VERDICT(symbol, word, kept, about) VERDICT_##symbol,
#include "trust/verdicts.tbl"
#undef VERDICT
	VERDICT_END
};
/* What happens to a statement after its verdict. */
enum verdict_kept {
	KEPT_REFUSED, /* not in the stream; the bytes of a linked carrier go to a ring for inspection */
	KEPT_HELD,    /* has its place in the stream and a receipt; no effect until a person decides */
	KEPT_FILLED,  /* has its place and its effect */
};
struct verdict_row {
	const char *word, *about;
	enum verdict_kept kept;
};
extern const struct verdict_row verdict_table[VERDICT_END];
/* VERDICT_END: no such word. */
enum statement_verdict verdict_find(struct str word);

enum statement_tlp { STATEMENT_CLEAR = 1, STATEMENT_GREEN, STATEMENT_AMBER, STATEMENT_STRICT, STATEMENT_RED };
/* "AMBER+STRICT"; "" for a number that is none. */
struct str statement_tlp_name(unsigned tlp);
struct str statement_pap_name(unsigned pap);
/* 0: no such label. */
unsigned statement_tlp_find(struct str name);
unsigned statement_pap_find(struct str name);

/* A head, taken apart. Strings point into the bytes that it was read from; digests are copies. */
struct head {
	uint8_t key[KEY_ID];
	uint64_t seq;
	uint8_t prev[DIGEST_LEN];
	int64_t created, expires; /* seconds; expires 0: never */
	uint8_t case_[DIGEST_LEN], reply[DIGEST_LEN], commit[DIGEST_LEN];
	uint32_t body_len;
	uint8_t tlp, pap;
	struct str kind, media, exercise, sender;
	unsigned to_count;
	struct str to[STATEMENT_TO_MAX];
	struct str to_bytes; /* the recipients as they stand in the head: str8 each, without the count */
};
struct statement {
	struct str head, signature, content; /* content empty: erased */
	struct str bytes;                    /* all of it, from the first length to the last byte */
	uint8_t id[DIGEST_LEN];
};

/* Takes the first statement of bytes: VERDICT_OK, or TOO_LARGE (said as soon as the length is there) or TRUNCATED. The
 * lengths are checked, nothing else; ret points into bytes. Where it is OK, ret->bytes.len says where the next begins. */
enum statement_verdict statement_frame(struct str bytes, struct statement *ret);
/* VERDICT_OK, WRONG_CONTEXT or MALFORMED. */
enum statement_verdict head_read(struct str head, struct head *ret);
/* Appends the head of those fields. They must be good: head_read of the result is asserted. */
void head_write(struct buf *out, const struct head *h);
/* Appends a whole statement. content: salt and body, or empty. */
void statement_write(
        struct buf *out, struct str head, const uint8_t signature[STATEMENT_SIGNATURE], struct str content);
/* commit of a content: SHA-256(salt + body). */
static inline void statement_commit(struct str content, uint8_t ret[DIGEST_LEN])
{
	digest_of(content, ret);
}
bool statement_verify(const uint8_t public_key[32], struct str head, struct str signature);

/* A group's id: [a-z][a-z0-9.-]{2,62}. */
bool group_ok(struct str id);
/* "", or party/name. */
bool exercise_ok(struct str id);
/* The party that runs it. */
static inline struct str exercise_party(struct str id)
{
	return str_cut(id, '/').head;
}
bool head_names(const struct head *h, struct str party);
static inline bool head_member(const struct head *h, struct str party)
{
	return str_eq(h->sender, party) || head_names(h, party);
}
/* The same recipients, bytewise. */
static inline bool head_same_to(const struct head *a, const struct head *b)
{
	return str_eq(a->to_bytes, b->to_bytes);
}
bool digest_zero(const uint8_t d[DIGEST_LEN]);
