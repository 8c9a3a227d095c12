/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments: bytes that statements name by their digest. They come after the statement, in parts and in any order, from
 * whoever has them. A part is on the disk before its row says so; the digest is looked at when the last part is here, and what
 * has another one is dropped and asked for anew. Only what a statement names is taken, and only its parties are given it.
 * A statement has an attachment once its own parties have brought it, or it was given to its sender: of bytes that are here by
 * others the sender shows that it has them, which it does by handing them in as if they were not (blob_show.c).
 *
 *   STATE/blob/DIGEST             whole; as files of cases
 *   STATE/blob/DIGEST.SIZE.part   on its way
 *
 * Within a transaction unless it says otherwise.
 */
#pragma once

#include "link/link.h"

#define BLOB_MAX ((uint64_t)1 << 30)
#define BLOB_PART ((size_t)16 << 20) /* bytes that are taken at once */

enum blob_word {
	BLOB_TAKEN,     /* the part is here */
	BLOB_WHOLE,     /* and it was the last, or the blob was here before */
	BLOB_SPOILT,    /* it was the last, and the digest is another: dropped */
	BLOB_ELSEWHERE, /* what is held ends elsewhere */
	BLOB_UNWANTED,  /* no statement that the carrier and we know names it, or names it with that size */
	BLOB_QUOTA,     /* more than the link may bring */
	BLOB_FULL,      /* the disk */
	BLOB_FAILED,    /* the disk again; *e */
};
/* A part that a party has brought. in_order: it must begin where what is held ends. */
struct blob_brought {
	struct str carrier;
	const uint8_t *sha256;
	uint64_t total, offset;
	struct str bytes;
	bool in_order;
};
enum blob_word blob_take(const struct link_self *self, const struct blob_brought *b, struct err *e);

/* True if it is here. Outside a transaction too. */
bool blob_here(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t *ret_size);
/* What is held of it from its beginning; of one that is here, what the party has shown of it. *ret_size: what a statement that lacks
 * it says of its size, 0: none does. */
uint64_t blob_held(
        const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN], uint64_t *ret_size);
/* True if a statement of another party that is from or to that party lacks it. It may be here all the same, by others: then the
 * party shows its bytes. party empty: of whoever it is. */
bool blob_lacked(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN]);
/* True if a statement of another party names it, has its content and is from or to that party: it may bring it. */
bool blob_named(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN]);
/* Whether it may be given to that party: as blob_named, and all bytes of what is here by another's statement came from its parties. Who
 * knows a digest does not get bytes for it that we have from elsewhere, nor the rest for the first one. */
bool blob_given(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN]);
void blob_path(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], char ret[BLOB_PATH]);
/* A descriptor for reading, or a code. */
int blob_open(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], struct err *e);
/* A file of our own, which is moved: its digest and size are those of its bytes, and it is on the disk. */
int blob_keep(const struct link_self *self, const char *path, const uint8_t sha256[DIGEST_LEN], uint64_t size,
        struct err *e);

/* The attachments of a statement of another party become files of the case that it belongs to, once all of them are here. */
void blob_to_case(const struct link_self *self, uint64_t n);

/* Digests of what came whole are looked at a piece at a time. */
struct blob_check {
	uint64_t part, at;
	struct digest *digest;
};
/* At most BLOB_PART bytes. False: nothing is left to look at. */
bool blob_work(const struct link_self *self, struct blob_check *c);
void blob_check_done(struct blob_check *c);

/* ---- whom to ask --------------------------------------------------------------------------------- */

struct blob_wish {
	uint8_t sha256[DIGEST_LEN];
	uint64_t size, held;
};
/* One that a statement of the party lacks; or one that the party has too, where it brought the statement, or the sender was asked in
 * vain or is not reached. Outside a transaction too. */
bool blob_wanted(const struct link_self *self, struct str party, struct blob_wish *ret);
/* One of ours that the party has told us it lacks, a minute ago or before; at once where nobody can call us. */
bool blob_offered(const struct link_self *self, struct str party, struct blob_wish *ret);
/* Not asked of that party, or offered to it, before some seconds are over. */
void blob_later(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN],
        unsigned seconds, const char *word);
