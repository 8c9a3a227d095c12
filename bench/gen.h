/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports for measuring: the same bytes for the same seed, with counts that are known before anything is
 * read, so that a figure can be checked before it is quoted.
 */
#pragma once

#include "base/vec.h"

struct gen_counts {
	uint64_t rows;      /* records, without the header */
	uint64_t fields;    /* of these records */
	uint64_t empty;     /* fields without a value */
	uint64_t quoted;    /* fields in quotes */
	uint64_t v6;        /* records whose source.ip is IPv6 */
	uint64_t doubled;   /* CSV: fields with doubled quotes; JSON: strings with an escape */
	uint64_t port_sum;  /* sum of source ports: a cheap proof that values were read */
	uint64_t value_len; /* bytes of all values, without quotes, doubled quotes counted once; JSON: 0 */
};

#define GEN_WIDE_COLUMNS 36
#define GEN_INTELMQ_KEYS 20

/* A Shadowserver scan report: a header and n rows of 36 columns, some 320 bytes each, text quoted, numbers
 * and empty fields not, a third of the fields empty. */
struct gen_counts gen_wide_rows(uint64_t seed, size_t n, struct buf *out);
/* n lines of IntelMQ's flat JSON, 20 keys and some 560 bytes each; one line in eight has an escape. */
struct gen_counts gen_intelmq_lines(uint64_t seed, size_t n, struct buf *out);
