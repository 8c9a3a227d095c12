/* SPDX-License-Identifier: Apache-2.0
 *
 * Containers: what nodes say to each other, end to end in one file. Courier files have one inside (age.h), mails to partners
 * and bundles for third parties are one.
 *
 *   "weir-container-1", then entries: u8 type, u32 length, payload; integers big-endian; an entry of type 0 ends it
 *
 * A container is read as it comes, piece by piece: each entry that is whole is given away, so a file that was cut or
 * damaged keeps what stands before. Types that are not known are passed over and counted.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

enum container_type {
	CONTAINER_END,
	CONTAINER_STATEMENT,
	CONTAINER_BLOB,  /* a part of a blob: container_blob_read */
	CONTAINER_KEYS,  /* the note of a key list */
	CONTAINER_PROOF, /* a tlog-proof */
	CONTAINER_TYPES,
};

#define CONTAINER_HEAD 16
#define CONTAINER_BLOB_HEAD 48                 /* digest, total, offset */
#define CONTAINER_BLOB_PART ((size_t)16 << 20) /* bytes of a blob in one entry at most */
#define CONTAINER_STATEMENT_MAX (2 + 8192 + 64 + 4 + 32 + 262144)
#define CONTAINER_NOTE_MAX 65536

/* ---- writing ------------------------------------------------------------------------------------- */

void container_begin(struct buf *out);
void container_add(struct buf *out, enum container_type type, struct str payload);
/* A part of at most CONTAINER_BLOB_PART bytes. */
void container_add_blob(
        struct buf *out, const uint8_t sha256[32], uint64_t total, uint64_t offset, struct str bytes);
void container_end(struct buf *out);

/* ---- reading ------------------------------------------------------------------------------------- */

/* An entry; payload lives as long as the call. Negative stops the reading. */
typedef int container_sink(void *arg, enum container_type type, struct str payload, struct err *e);

struct container_reader {
	uint64_t entries;   /* given away */
	uint64_t unknown;   /* of types that are not known */
	uint64_t too_large; /* of known types, larger than such an entry can be; passed over */
	uint64_t offset;    /* bytes read */
	bool ended;         /* its end was there */
	/* inside */
	int failed;
	uint64_t skip; /* bytes of an entry that is passed over */
	struct buf part;
};

void container_reader_done(struct container_reader *r);
/* More bytes. 0, or negative, and then always: ERR_FORMAT if it is no container or goes on behind its end, or what the sink
 * said. */
int container_feed(
        struct container_reader *r, struct str bytes, container_sink *sink, void *arg, struct err *e);
/* After the last bytes: 0 if it is whole, else ERR_FORMAT with a sentence that says where it was cut. */
int container_finish(const struct container_reader *r, struct err *e);

struct container_blob {
	uint8_t sha256[32];
	uint64_t total, offset;
	struct str bytes;
};
/* The payload of CONTAINER_BLOB. False: too short, or beyond its own total. */
bool container_blob_read(struct str payload, struct container_blob *ret);
