/* SPDX-License-Identifier: Apache-2.0
 *
 * Delimited text (RFC 4180 and its relatives): where records and fields end.
 *
 *   - The delimiter is any byte but CR, LF and the quote; there may be no quote at all.
 *   - A quote is special only as the first byte of a field (with skip_blank: behind blanks). Inside a quoted
 *     field two quotes are one, and line ends belong to the value. What stands between the closing quote and
 *     the next delimiter is kept as text behind the value, and the record is marked odd. A quote inside an
 *     unquoted field is a byte like any other.
 *   - A record ends with LF or CRLF, the last one also with the data; a CR elsewhere is data.
 *   - A record that begins with the comment mark is one line, whatever quotes it has.
 *   - A quote that is not closed within the limit of a record, or by the end of the data, ends with its line:
 *     one stray quote costs one line and not the rest of the report. Until the point is passed up to which
 *     its end was looked for, no other quote may span lines either, so that no byte is read more than twice.
 *   - So does a quote whose closing one stands on another line and in front of text: it is the opening quote
 *     of some later field, and what lies between are records. The lines it went over open no quotes of their
 *     own, being without or with doubled ones only, so that this too costs one more look at each byte.
 *   - A record without a line feed within the limit is skipped up to its first one.
 *
 * The caller slides a window over the data and loops:
 *
 *   for (;;) {
 *           struct str w = input_peek(in, d->want);
 *           int rc = delim_next(d, w.p, w.len, w.len < d->want, &rec);
 *           if (rc == DELIM_END)
 *                   break;
 *           if (rc == DELIM_MORE)
 *                   continue;
 *           if (rc == DELIM_RECORD)
 *                   ... delim_field(&rec, i) ...
 *           input_skip(in, rec.length);
 *   }
 */
#pragma once

#include "base/str.h"

#define DELIM_FIELDS 4097  /* fields of a record that are kept */
#define DELIM_CHUNK 16384  /* bytes taken apart in one go */
#define DELIM_TOKENS 16384 /* fields of a chunk */
#define DELIM_RECORDS 1024 /* records of a chunk */
#define DELIM_SLACK 64

enum delim_rc { DELIM_END, DELIM_RECORD, DELIM_MORE, DELIM_SKIP };

enum delim_flag {
	DELIM_PLAIN = 1,     /* every byte of the record is ASCII and none is NUL */
	DELIM_DOUBLED = 2,   /* some field has doubled quotes */
	DELIM_ODD = 4,       /* some field has text behind its closing quote */
	DELIM_OPEN = 8,      /* the last field's quote is not closed */
	DELIM_CUT = 16,      /* the data ends without a line end behind this record */
	DELIM_WIDE = 32,     /* more than DELIM_FIELDS fields; the first ones are kept */
	DELIM_LONG = 64,     /* longer than the limit; it has no fields */
	DELIM_COMMENT = 128, /* begins with the comment mark; one field, the line */
	DELIM_BLANKS = 256,  /* some field begins with blanks that are skipped */
};
/* Fields of such a record need a closer look than the first and the last byte. */
#define DELIM_SLOW (DELIM_ODD | DELIM_OPEN | DELIM_CUT | DELIM_BLANKS | DELIM_COMMENT)

struct delim_options {
	char delimiter;
	int quote;          /* a byte, or -1: no quoting */
	bool skip_blank;    /* blanks and tabs at the start of a field are no part of it */
	struct str comment; /* up to 8 bytes; empty: no comments */
	size_t limit;       /* bytes of a record without its line end, up to 1 GiB */
};

/* How records are found; they agree on every input. */
enum delim_path { DELIM_SCALAR, DELIM_SSE2, DELIM_AVX2, DELIM_BEST };

/* A record within the chunk; offsets count from the chunk's first byte. */
struct delim_found {
	uint32_t start, end, next; /* end: of its bytes without line end; next: of the record behind it */
	uint32_t first, n;         /* its fields among the tokens */
	uint32_t feeds;            /* line feeds inside */
	uint32_t flags;
};

/* A record's last token and what is known of its flags. */
struct delim_mark {
	uint32_t last, flags;
};

struct delim;
typedef void delim_scan(struct delim *d, const char *p, size_t len);

/* About 100 KiB: belongs into an arena. Only want, offset and line are for the caller to read. */
struct delim {
	size_t want;     /* bytes that the next call asks for */
	uint64_t offset; /* of the next record, from the first byte given */
	uint64_t line;   /* line feeds before it */

	struct delim_options o;
	char comment[8];
	delim_scan *scan;
	uint64_t single_until; /* records that begin before do not span lines */
	uint64_t skipped;      /* bytes of a long record that are gone already */
	bool skipping, skipped_cr;
	uint32_t ntokens, nfound, served;
	struct delim_mark marks[DELIM_RECORDS + DELIM_SLACK];
	struct delim_found found[DELIM_RECORDS + DELIM_SLACK];
	uint32_t tokens[DELIM_TOKENS + DELIM_FIELDS + DELIM_SLACK]; /* where fields end */
};

struct delim_record {
	const char *p;         /* first byte */
	size_t length;         /* bytes to move on by, with the line end */
	uint64_t total;        /* bytes without the line end; of a long record also those skipped before */
	uint64_t offset, line; /* of its first byte; line counts from 0 */
	uint32_t n, flags;     /* fields, enum delim_flag; an empty line has one empty field */
	uint32_t feeds;        /* line feeds inside it, not counting the one that ends it */
	const uint32_t *ends;  /* of the fields, counted from start's origin; use delim_field */
	uint32_t start;
	char delimiter;
	int quote;
};

struct delim_field {
	struct str text; /* without the quotes around it */
	bool quoted;
	bool copy; /* doubled quotes or text behind the closing quote: delim_unquote gives the value */
};

/* True if the two can be told apart from each other and from line ends. */
bool delim_ok(char delimiter, int quote);
/* delim_ok and the bounds of the options are the caller's to keep. */
void delim_init(struct delim *d, const struct delim_options *o);
/* Another path than the best one this processor has; false if it has not got it. For tests. */
bool delim_set_path(struct delim *d, enum delim_path path);
/* p is where the last record ended, len what the window holds from there, at least d->want bytes unless last.
 *   DELIM_RECORD  a record; move on by ret->length. Its fields are valid until the next call.
 *   DELIM_SKIP    part of a record that is too long; move on by ret->length. The record itself comes later.
 *   DELIM_MORE    the window is too small: call again with d->want bytes
 *   DELIM_END     no data is left */
int delim_next(struct delim *d, const char *p, size_t len, bool last, struct delim_record *ret);
/* The same by looking at each byte of the field. */
struct delim_field delim_field_slow(const struct delim_record *r, uint32_t i);
/* The value of a field with copy set; dst has room for text.len bytes. */
struct str delim_unquote(char *dst, const struct delim_record *r, const struct delim_field *f);

/* Bytes of field i < r->n as they stand in the record. */
static inline struct str delim_raw(const struct delim_record *r, uint32_t i)
{
	uint32_t from = i == 0 ? 0 : r->ends[i - 1] + 1 - r->start;

	return str_make(r->p + from, r->ends[i] - r->start - from);
}

static inline struct delim_field delim_field(const struct delim_record *r, uint32_t i)
{
	if (__builtin_expect((r->flags & DELIM_SLOW) != 0, 0))
		return delim_field_slow(r, i);
	/* a byte follows every field here, so looking at the first one of an empty field is no fault */
	struct str raw = delim_raw(r, i);
	bool quoted = (unsigned char)*raw.p == r->quote;
	struct delim_field f = {{raw.p + quoted, raw.len - 2 * (size_t)quoted}, quoted, false};
	if (__builtin_expect((r->flags & DELIM_DOUBLED) != 0, 0))
		f.copy = quoted && f.text.len != 0 && memchr(f.text.p, r->quote, f.text.len) != NULL;
	return f;
}
