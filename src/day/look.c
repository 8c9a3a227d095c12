/* SPDX-License-Identifier: Apache-2.0 */
#include "day/look.h"
#include "day/day_in.h"
#include <stddef.h>

int day_chunk_before(struct day *d, uint64_t *cursor, struct day_info *ret, struct err *e)
{
	struct query q = db_query(d->db,
	        "select id, rows, asides, t0, t1, first from batch where id < ? order by id desc limit 1");
	int rc;

	query_i64(&q, *cursor == UINT64_MAX ? INT64_MAX : (int64_t)*cursor);
	rc = query_next(&q);
	if (rc == 1) {
		uint64_t id = query_get_u64(&q, 0);
		*ret = (struct day_info){.receipt = id >> 34,
		        .edition = id >> 26 & (DAY_EDITIONS - 1),
		        .chunk = id & (DAY_CHUNKS - 1),
		        .rows = (uint32_t)query_get_u64(&q, 1),
		        .asides = (uint32_t)query_get_u64(&q, 2),
		        .t0 = query_get_i64(&q, 3),
		        .t1 = query_get_i64(&q, 4),
		        .first = (uint32_t)query_get_u64(&q, 5)};
		*cursor = id;
	}
	int done = query_done(&q, e);
	return done != 0 ? done : rc;
}

uint64_t day_cursor(uint64_t receipt)
{
	return day_chunk_id(receipt + 1, 0, 0);
}

static uint64_t id_of(const struct day_info *c)
{
	return day_chunk_id(c->receipt, c->edition, c->chunk);
}

/* ---- sieve --------------------------------------------------------------------------------------- */

static int has_sieves(struct day *d, struct err *e)
{
	if (d->has_sieve == SIEVE_UNKNOWN) {
		struct query q = db_query(d->db, "select 1 from sqlite_schema where name = 'sieve'");
		bool there = query_next(&q) == 1;
		int rc = query_done(&q, e);
		if (rc != 0)
			return rc;
		d->has_sieve = there ? SIEVE_THERE : SIEVE_NONE;
	}
	return d->has_sieve == SIEVE_THERE;
}

int day_may(struct day *d, const struct day_info *c, const struct sieve_ask *a, struct err *e)
{
	int rc = a->n > 0 ? has_sieves(d, e) : 0;

	if (rc <= 0)
		return rc < 0 ? rc : 1;
	struct query q = db_query(d->db, "select z from sieve where id = ?");
	query_u64(&q, id_of(c));
	int may = query_next(&q) == 1 ? sieve_may(query_get_blob(&q, 0), a, e) : 1;
	int done = query_done(&q, may < 0 ? NULL : e);
	if (may < 0)
		return err_add(e, "'%s'", db_path(d->db));
	return done != 0 ? done : may;
}

/* ---- columns ------------------------------------------------------------------------------------- */

#define ROW_WORDS (sizeof(struct batch_row) / 8)

static int open_columns(
        struct day *d, const char *sql, uint64_t id, size_t len, struct buf *ret, struct err *e)
{
	buf_clear(ret);
	int rc = day_get_blob(d, sql, id, 0, BATCH_SLOT, ret, e);

	if (rc < 0)
		return rc;
	if (rc == 0 || ret->len != len)
		return err_set(e, ERR_FORMAT, "'%s': a part of a batch is missing", db_path(d->db));
	return 0;
}

int day_columns_open(struct day *d, const struct day_info *c, struct day_columns *ret, struct err *e)
{
	if (c->rows > BATCH_ROWS)
		return err_set(e, ERR_FORMAT, "'%s': a stored batch is damaged", db_path(d->db));
	int rc = open_columns(d, "select z from events where id = ?", id_of(c),
	        (size_t)c->rows * sizeof(struct batch_row), &ret->rows, e);
	ret->n = ret->left = c->rows;
	memset(ret->fits, 1, c->rows);
	return rc;
}

int day_columns_verdicts(struct day *d, const struct day_info *c, struct day_columns *ret, struct err *e)
{
	return open_columns(d, "select z from verdicts where id = ?", id_of(c),
	        (size_t)c->rows * sizeof(struct verdict), &ret->verdicts, e);
}

void day_columns_done(struct day_columns *c)
{
	buf_done(&c->rows);
	buf_done(&c->verdicts);
}

static const uint64_t *column(const struct day_columns *c, const struct buf *b, size_t offset)
{
	return (const uint64_t *)(const void *)b->p + offset / 8 * c->n;
}

static uint32_t count(struct day_columns *c)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < c->n; i++)
		left += c->fits[i];
	return c->left = left;
}

/* No exit on the way, so that the compiler makes vectors of it: most chunks have none. */
static bool has_none(
        const uint64_t *hi, const uint64_t *lo, uint32_t n, const uint64_t want[2], const uint64_t mask[2])
{
	uint64_t any = 0;

	for (uint32_t i = 0; i < n; i++)
		any |= (((hi[i] ^ want[0]) & mask[0]) | ((lo[i] ^ want[1]) & mask[1])) == 0;
	return any == 0;
}

uint32_t day_columns_prefix(struct day_columns *c, const struct prefix *p)
{
	const uint64_t *src = column(c, &c->rows, offsetof(struct batch_row, src)), *src_lo = src + c->n;
	const uint64_t *dst = column(c, &c->rows, offsetof(struct batch_row, dst)), *dst_lo = dst + c->n;
	uint8_t bits[16] = {0};
	uint64_t want[2], mask[2];

	for (unsigned i = 0; i < p->len; i++)
		bits[i / 8] |= (uint8_t)(128 >> i % 8);
	memcpy(want, p->addr.b, 16);
	memcpy(mask, bits, 16);
	if (has_none(src, src_lo, c->n, want, mask) && has_none(dst, dst_lo, c->n, want, mask)) {
		memset(c->fits, 0, c->n);
		return c->left = 0;
	}
	for (uint32_t i = 0; i < c->n; i++)
		c->fits[i] &= (((src[i] ^ want[0]) & mask[0]) | ((src_lo[i] ^ want[1]) & mask[1])) == 0 ||
		        (((dst[i] ^ want[0]) & mask[0]) | ((dst_lo[i] ^ want[1]) & mask[1])) == 0;
	return count(c);
}

/* Rows whose number of so many bits at offset is another one go. */
static uint32_t keep_number(
        struct day_columns *c, const struct buf *b, size_t offset, unsigned bits, uint64_t number)
{
	const uint64_t *w = column(c, b, offset);
	unsigned shift = offset % 8 * 8;
	uint64_t mask = (UINT64_C(1) << bits) - 1;

	for (uint32_t i = 0; i < c->n; i++)
		c->fits[i] &= (w[i] >> shift & mask) == number;
	return count(c);
}

uint32_t day_columns_type(struct day_columns *c, unsigned type)
{
	return keep_number(c, &c->rows, offsetof(struct batch_row, type), 16, type);
}

uint32_t day_columns_severity(struct day_columns *c, unsigned severity)
{
	return keep_number(c, &c->verdicts, offsetof(struct verdict, severity), 8, severity);
}

uint32_t day_columns_not_label(struct day_columns *c, unsigned tlp)
{
	const uint64_t *w = column(c, &c->verdicts, offsetof(struct verdict, tlp));
	unsigned shift = offsetof(struct verdict, tlp) % 8 * 8;

	for (uint32_t i = 0; i < c->n; i++)
		c->fits[i] &= (w[i] >> shift & 255) != tlp;
	return count(c);
}

uint32_t day_columns_finding(struct day_columns *c, const uint64_t *words, uint64_t nbits)
{
	const uint64_t *w = column(c, &c->verdicts, offsetof(struct verdict, finding));

	for (uint32_t i = 0; i < c->n; i++)
		c->fits[i] &= w[i] < nbits && (words[w[i] / 64] >> w[i] % 64 & 1);
	return count(c);
}

void day_columns_row(const struct day_columns *c, uint32_t i, struct batch_row *ret)
{
	const uint64_t *w = column(c, &c->rows, 0);
	char *to = (char *)ret;

	for (unsigned k = 0; k < ROW_WORDS; k++)
		memcpy(to + k * sizeof(*w), &w[(size_t)k * c->n + i], sizeof(*w));
}
