/* SPDX-License-Identifier: Apache-2.0
 *
 * Records and fields in blocks of 64 bytes. A block becomes a mask for each kind of byte: quotes, delimiters,
 * line feeds, bytes that are not plain. The running exclusive or of the quotes is the mask of what stands
 * inside quotes, and the delimiters and line feeds outside of it are the ends of fields. This holds as long
 * as every quote stands where RFC 4180 has it. The same masks show where one does not: an opening quote that
 * follows neither a delimiter nor a line end nor a quote, or a closing quote before anything else than
 * these. The pass stops there, the state machine takes that one record, and the next block starts behind it.
 * So do comments, records that must not span lines, and blanks at the start of a field where they are to be
 * skipped; a file full of them is read at the speed of the state machine.
 *
 * Whether a record is plain is asked of the whole chunk first. The code is one function, scan_with, made
 * twice: with AVX2 and PCLMULQDQ, and with SSE2, which every 64-bit x86 has. Other processors have the state
 * machine alone.
 */
#include "base/utf8.h"
#include "text/block.h"
#include "text/delim_scan.h"

#if defined(__x86_64__)

struct marks {
	uint64_t quote, delimiter, feed;
};

/* ---- masks to fields ---------------------------------------------------------------------------- */

/* What a block hands to the next one: bit 0, or all bits for inside. */
struct carry {
	uint64_t inside; /* the block ends inside quotes */
	uint64_t start;  /* a field starts with the next byte, but for blanks */
	uint64_t closed; /* the last byte is a closing quote */
};

/* What is true of a byte, for all bytes of a block. */
struct block {
	uint64_t ends;    /* of fields */
	uint64_t doubled; /* the second one of two quotes */
	uint64_t blanks;  /* a field starts with this blank */
	uint64_t bad;     /* the lowest bit is the first byte that the masks do not explain */
};

/* A quote that opens has to follow the end of a field, or a quote that closes, which makes the two one quote
 * in the value; the end of a field or a quote that opens has to follow one that closes. Of two neighbours at
 * most one is what the other needs, hence the exclusive or. */
BLOCK_INLINE struct block explain(const struct marks *m, uint64_t inside, uint64_t blank, struct carry *c)
{
	uint64_t opening = m->quote & inside, closing = m->quote & ~inside;
	uint64_t ends = (m->delimiter | m->feed) & ~inside;
	uint64_t starts = ends << 1 | c->start, after = closing << 1 | c->closed;
	uint64_t led = starts & blank, sum;
	/* adding the first blank of a run to the blanks carries to the byte behind the run */
	bool runs_on = __builtin_add_overflow(led, blank, &sum);

	starts |= sum & ~blank;
	c->inside = (uint64_t)((int64_t)inside >> 63);
	c->start = ends >> 63 | runs_on;
	c->closed = closing >> 63;
	return (struct block){
	        .ends = ends,
	        .doubled = opening & after,
	        .blanks = led,
	        .bad = (opening ^ after) & ~(starts | ends),
	};
}

/* A CR between a closing quote and a line feed is no fault. late: the block before ends in such a CR. Returns
 * what is bad; *ret_late is for the next block. */
static uint64_t __attribute__((noinline))
forgive_cr(uint64_t bad, uint64_t feeds, const char *p, uint64_t late, uint64_t *ret_late)
{
	uint64_t found = 0, top = (uint64_t)1 << (BLOCK - 1);

	for (uint64_t m = bad; m != 0; m &= m - 1)
		found |= p[__builtin_ctzll(m)] == '\r' ? m & -m : 0;
	*ret_late = found >> (BLOCK - 1);
	return (bad & ~(found & (feeds >> 1 | top))) | (late & ~feeds);
}

/* What a pass has found so far. */
struct trail {
	uint32_t base;            /* tokens */
	uint32_t n;               /* marks */
	uint64_t doubled, blanks; /* bits of the record that is being read */
	uint64_t inner;           /* line feeds inside quotes, of all records */
};

/* A block with line feeds: ends the records at those outside quotes. */
BLOCK_INLINE void add_marks(struct trail *t, struct delim_mark *marks, const struct block *b, uint64_t feeds)
{
	uint64_t doubled = b->doubled, blanks = b->blanks;

	t->inner |= feeds & ~b->ends;
	for (feeds &= b->ends; feeds != 0; feeds &= feeds - 1) {
		uint64_t lower = (feeds & -feeds) - 1, upto = feeds ^ (feeds - 1);
		bool two = (t->doubled | (doubled & upto)) != 0, blank = (t->blanks | (blanks & upto)) != 0;

		marks[t->n++] = (struct delim_mark){
		        .last = t->base + (uint32_t)__builtin_popcountll(b->ends & lower),
		        .flags = (two ? DELIM_DOUBLED : 0u) | (blank ? DELIM_BLANKS : 0u),
		};
		t->doubled = t->blanks = 0;
		doubled &= ~upto;
		blanks &= ~upto;
	}
	t->doubled |= doubled;
	t->blanks |= blanks;
}

static uint32_t count_feeds(const char *p, const char *end)
{
	uint32_t n = 0;

	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n++;
		p++;
	}
	return n;
}

static void add_record(
        struct delim *d, const char *p, const struct delim_mark *mark, uint32_t start, bool inner)
{
	uint32_t lf = d->tokens[mark->last], end = lf - (lf > start && p[lf - 1] == '\r');
	uint32_t n = mark->last + 1 - d->ntokens;
	bool wide = n > DELIM_FIELDS;

	d->tokens[mark->last] = end;
	/* whether it is plain is seen later */
	d->found[d->nfound++] = (struct delim_found){
	        .start = start,
	        .end = end,
	        .next = lf + 1,
	        .first = d->ntokens,
	        .n = wide ? DELIM_FIELDS : n,
	        .feeds = inner ? count_feeds(p + start, p + end) : 0,
	        .flags = mark->flags | DELIM_PLAIN | (wide ? DELIM_WIDE : 0u),
	};
	d->ntokens = mark->last + 1;
}

/* From marks to records, up to a comment: true if there is one. */
static bool add_records(struct delim *d, const char *p, uint32_t start, size_t len, uint32_t n, bool inner)
{
	for (uint32_t i = 0; i < n; i++) {
		add_record(d, p, &d->marks[i], start, inner);
		start = d->found[d->nfound - 1].next;
		if (d->o.comment.len != 0 && delim_must_take(d, p, start, len))
			return true;
	}
	return false;
}

static void look_for_rough(struct delim *d, const char *p, uint32_t from)
{
	for (uint32_t i = from; i < d->nfound; i++) {
		struct delim_found *f = &d->found[i];
		if (!utf8_plain(str_make(p + f->start, f->end - f->start)))
			f->flags &= ~(uint32_t)DELIM_PLAIN;
	}
}

/* ---- the pass ----------------------------------------------------------------------------------- */

/* Blanks and tabs, the delimiter apart. */
BLOCK_INLINE uint64_t find_blanks(const char *p, const struct block_way *way, char delimiter)
{
	return (delimiter == ' ' ? 0 : way->equal(p, ' ')) | (delimiter == '\t' ? 0 : way->equal(p, '\t'));
}

/* The records from start on, in whole blocks. True if it ended before a record that the state machine has to
 * look at. */
BLOCK_INLINE bool pass(struct delim *d, const char *p, uint32_t start, size_t len,
        const struct block_way *way, bool quotes, bool blanks)
{
	const uint32_t room = DELIM_RECORDS - d->nfound, before = d->nfound;
	const char delimiter = d->o.delimiter, quote = (char)d->o.quote;
	struct carry c = {.start = 1};
	struct trail t = {.base = d->ntokens};
	union block_sum sum;
	uint64_t late = 0;
	size_t stop = len;
	bool bad = false;

	way->sum_init(&sum);
	for (size_t pos = start; pos + BLOCK <= stop; pos += BLOCK) {
		const char *q = p + pos;
		struct marks m = {
		        quotes ? way->equal(q, quote) : 0, way->equal(q, delimiter), way->equal(q, '\n')};
		uint64_t inside = quotes ? way->prefix(m.quote) ^ c.inside : 0;
		uint64_t blank = blanks ? find_blanks(q, way, delimiter) : 0;
		struct block b = explain(&m, inside, blank, &c);

		way->sum_add(&sum, q);
		if (quotes && __builtin_expect((b.bad | late) != 0, 0)) {
			b.bad = forgive_cr(b.bad, m.feed, q, late, &late);
			if (b.bad != 0) {
				b.ends &= (b.bad & -b.bad) - 1;
				bad = true;
				stop = 0;
			}
		}
		way->write(d->tokens + t.base, b.ends, (uint32_t)pos);
		if (m.feed != 0) {
			add_marks(&t, d->marks, &b, m.feed);
			stop = t.n >= room ? 0 : stop;
		} else {
			t.doubled |= b.doubled;
			t.blanks |= b.blanks;
		}
		t.base += (uint32_t)__builtin_popcountll(b.ends);
		if (__builtin_expect(t.base >= DELIM_TOKENS, 0))
			break;
	}
	bad = add_records(d, p, start, len, t.n, t.inner != 0) || bad;
	if (way->sum_upto(&sum, 0) || way->sum_high(&sum))
		look_for_rough(d, p, before);
	return bad;
}

BLOCK_INLINE bool choose(
        struct delim *d, const char *p, uint32_t start, size_t len, const struct block_way *way)
{
	if (d->o.quote < 0)
		return d->o.skip_blank ? pass(d, p, start, len, way, false, true)
		                       : pass(d, p, start, len, way, false, false);
	return d->o.skip_blank ? pass(d, p, start, len, way, true, true)
	                       : pass(d, p, start, len, way, true, false);
}

static uint32_t next_start(const struct delim *d)
{
	return d->nfound == 0 ? 0 : d->found[d->nfound - 1].next;
}

/* Behind a record for the state machine a pass goes only SHORT bytes far, since what it does beyond a comment
 * is done for nothing. */
#define SHORT 512

BLOCK_INLINE void scan_with(struct delim *d, const char *p, size_t len, const struct block_way *way)
{
	size_t reach = len;

	while (d->nfound < DELIM_RECORDS && d->ntokens < DELIM_TOKENS) {
		uint32_t start = next_start(d), before = d->nfound;
		size_t stop = len - start < reach ? len : start + reach;
		bool take = true;

		if (!delim_must_take(d, p, start, len))
			take = choose(d, p, start, stop, way);
		if (!take && stop == len && d->nfound != 0)
			break;
		start = next_start(d);
		/* what does not end in a block is for the state machine too */
		take = take || before == d->nfound;
		if (take && (start == len || !delim_take(d, p, start, len, false)))
			break;
		reach = take ? SHORT : 8 * reach;
	}
}

BLOCK_AVX2 static void scan_avx2(struct delim *d, const char *p, size_t len)
{
	scan_with(d, p, len, BLOCK_WAY(avx2));
}

static void scan_sse2(struct delim *d, const char *p, size_t len)
{
	scan_with(d, p, len, BLOCK_WAY(sse2));
}

delim_scan *delim_scan_find(enum delim_path path)
{
	bool avx2 = block_has_avx2();

	switch (path) {
	case DELIM_SCALAR:
		return delim_scan_scalar;
	case DELIM_SSE2:
		return scan_sse2;
	case DELIM_AVX2:
		return avx2 ? scan_avx2 : NULL;
	default:
		return avx2 ? scan_avx2 : scan_sse2;
	}
}

#else

delim_scan *delim_scan_find(enum delim_path path)
{
	return path == DELIM_SCALAR || path == DELIM_BEST ? delim_scan_scalar : NULL;
}

#endif
