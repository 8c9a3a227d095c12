/* SPDX-License-Identifier: Apache-2.0
 *
 * The batch: up to 4,096 events in one run of bytes, the same in the slot between reader and core, on disk
 * and on a wire. Little-endian, no pointers; every offset counts from the start of its section.
 *
 *   head   96 bytes   struct batch_head
 *   var               per row: {id u16, 0 u16, length u32}[nvar] behind the bytes they measure
 *   rows              struct batch_row[rows], 8-aligned
 *   asides            struct batch_aside[asides]
 *   keys              per name of the sender's own: length u16, bytes; an id of 0x8000 + i means name i
 *
 * A row's var part is its values one after the other, then padding to 8, then the headers, ascending by
 * id: values stand together, so that one pass over them checks their UTF-8. Names of the sender's own stand
 * once in the batch instead of in each row: a wide report has thirty of them and they never change.
 *
 * All values are canonical text (value.h), except what has a place in the row. Sums: the head's crc32c covers
 * the head; body_crc covers the rest where the batch leaves the machine's memory (disk, wire) and is 0 in a
 * slot, since a process that can write a wrong body can write its sum.
 *
 * A batch that came from a reader is copied first and then checked by batch_open: magic, version, layout,
 * every offset and length, enums, order of ids and ordinals, UTF-8, syntax of names. What batch_open accepted
 * needs no further check.
 */
#pragma once

#include "base/err.h"
#include "event/addr.h"
#include "event/field.h"

#define BATCH_MAGIC 0x52494557u /* "WEIR" */
#define BATCH_VERSION 1
#define BATCH_LOCK 0xa9c03bf5u /* crc32c of fields.lock, in which the numbers of fields stand */
#define BATCH_ROWS 4096
#define BATCH_SLOT ((size_t)1 << 20)
#define BATCH_KEYS 4096
#define BATCH_KEY_MAX 128 /* bytes of a name behind "extra." */

struct batch_head {
	uint32_t magic;
	uint16_t version, head_len;
	uint32_t rows, asides;
	uint32_t var_len;  /* bytes of the section, a multiple of 8 */
	uint32_t keys;     /* how many */
	uint32_t keys_len; /* bytes of the section */
	uint32_t lock_crc; /* BATCH_LOCK */
	uint64_t receipt;
	uint32_t chunk;   /* number of the batch within the part, from 0 */
	uint32_t part;    /* number of the part within the report: 0 is the report itself */
	uint32_t reader;  /* index into the table of readers */
	uint32_t none;    /* records of this batch that make no event by rule */
	uint32_t records; /* records of this batch: with events + set aside + none */
	uint32_t body_crc;
	uint32_t known; /* of none: they stood in an earlier report, which this one goes on with */
	uint8_t zero[24];
	uint32_t head_crc; /* crc32c of the 92 bytes before it */
};
_Static_assert(sizeof(struct batch_head) == 96, "head");

struct batch_row {
	int64_t time_source;  /* microseconds, INT64_MIN: absent */
	struct addr src, dst; /* all zero: absent */
	uint64_t raw_off;     /* of the record in the part's bytes */
	uint32_t raw_len;
	uint32_t var_off, var_len;
	uint32_t ordinal; /* of the physical record, from 0 */
	uint32_t line;    /* on which the record starts, from 1 */
	uint32_t src_asn, dst_asn;
	uint32_t count; /* 0: absent */
	uint16_t src_port, dst_port;
	uint16_t type; /* enum event_type */
	uint16_t nvar;
	uint8_t sub;   /* number of the event within its record */
	uint8_t proto; /* IANA number, 0: absent */
	uint8_t tlp, pap, severity;
	uint8_t accuracy; /* 0 to 100, 255: absent */
	uint8_t zero[2];
};
_Static_assert(sizeof(struct batch_row) == 96, "row");

struct batch_var {
	uint16_t id, zero;
	uint32_t len;
};

struct batch_aside {
	uint64_t raw_off;
	uint32_t raw_len, line, ordinal;
	uint16_t reason; /* enum aside_reason; with ASIDE_PARTIAL: the record has events all the same */
	uint16_t field;  /* the field that is to blame, 0: none */
	uint32_t text_off, text_len; /* the sentence, in var */
};
_Static_assert(sizeof(struct batch_aside) == 32, "aside");

#define ASIDE_PARTIAL 0x8000u

/* Why a record was set aside (asides.tbl). */
enum aside_reason {
	ASIDE_NONE = 0,
#define ASIDE(number, symbol, name, about) ASIDE_##symbol = number,
#include "event/asides.tbl"
#undef ASIDE
	ASIDE_END,
};
struct aside_row {
	struct str name;
	const char *about;
};
extern const struct aside_row aside_table[ASIDE_END];

/* A checked view. */
struct batch {
	const struct batch_head *head;
	const uint8_t *var;
	const struct batch_row *rows;
	const struct batch_aside *asides;
	struct str keys[BATCH_KEYS];
};

/* Checks bytes (8-aligned, not changed by anybody else) and makes the view. raw_size is the length of the
 * part as far as the caller knows it, UINT64_MAX if he does not. */
int batch_open(const void *bytes, size_t len, uint64_t raw_size, struct batch *ret, struct err *e);

/* Bytes of the whole, from head on. */
size_t batch_len(const struct batch *b);

/* Walks the values of a row, ascending by id. */
struct batch_iter {
	const struct batch *b;
	const struct batch_var *at, *end;
	const char *value;
};
struct batch_value {
	uint16_t id;
	struct str name; /* of a name of the sender's own, without "extra."; else empty */
	struct str value;
};
struct batch_iter batch_vars(const struct batch *b, const struct batch_row *row);
bool batch_var_next(struct batch_iter *it, struct batch_value *ret);
/* The value of a field that has no place in the row; empty str with p NULL if it is absent. */
struct str batch_find(const struct batch *b, const struct batch_row *row, enum field id);
/* A field as text, wherever it lives, classification.taxonomy derived from the type. buf has 64 bytes and is
 * used for what lives in the row. p is NULL if it is absent. */
struct str batch_text(const struct batch *b, const struct batch_row *row, enum field id, char *buf);
struct str batch_aside_text(const struct batch *b, const struct batch_aside *a);

/* crc32c (Castagnoli, RFC 3720), continued from crc; start with 0. */
uint32_t crc32c(uint32_t crc, const void *p, size_t len);
/* Of the text of fields.lock as the table gives it: must be BATCH_LOCK, which a test compares. */
uint32_t batch_lock_crc(void);
/* The text itself, one "ID NAME TYPE" a line. */
struct buf;
void batch_lock_print(struct buf *out);
