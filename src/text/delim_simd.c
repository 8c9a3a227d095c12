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
#include "text/delim_scan.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define ALWAYS static inline __attribute__((always_inline))
#define AVX2 __attribute__((target("avx2,pclmul,bmi,popcnt")))
#define BLOCK 64

struct marks {
	uint64_t quote, delimiter, feed;
};

struct needles {
	char delimiter, quote;
	uint64_t quoting; /* all ones if there are quotes */
};

/* ---- blocks to masks ---------------------------------------------------------------------------- */

typedef struct marks classify(const char *p, const struct needles *n);
typedef uint64_t prefix(uint64_t m);
typedef bool plain(const char *p, size_t len);
typedef void writer(uint32_t *to, uint64_t m, uint32_t pos, const uint64_t *places);

/* One of the two ways. */
struct way {
	classify *classify;
	prefix *prefix;
	plain *plain;
	writer *write;
};

AVX2 ALWAYS uint64_t equal_avx2(__m256i lo, __m256i hi, char c)
{
	__m256i v = _mm256_set1_epi8(c);

	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(lo, v)) |
	        (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(hi, v)) << 32;
}

AVX2 ALWAYS struct marks classify_avx2(const char *p, const struct needles *n)
{
	__m256i lo = _mm256_loadu_si256((const __m256i *)p), hi = _mm256_loadu_si256((const __m256i *)p + 1);

	return (struct marks){
	        .quote = equal_avx2(lo, hi, n->quote) & n->quoting,
	        .delimiter = equal_avx2(lo, hi, n->delimiter),
	        .feed = equal_avx2(lo, hi, '\n'),
	};
}

/* Bit i of the result is the exclusive or of bits 0 to i. */
AVX2 ALWAYS uint64_t prefix_avx2(uint64_t m)
{
	__m128i v = _mm_set_epi64x(0, (int64_t)m);

	return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(v, _mm_set1_epi8(-1), 0));
}

/* As utf8_plain, but for at least one block; fewer bytes are not looked at. v | v - 1 has its top bit set for
 * NUL and for every byte above 0x7f. */
AVX2 ALWAYS bool plain_avx2(const char *p, size_t len)
{
	__m256i minus = _mm256_set1_epi8(-1), rough = _mm256_setzero_si256();

	for (size_t i = 0; len >= BLOCK && i < len; i += BLOCK) {
		i = i + BLOCK <= len ? i : len - BLOCK;
		__m256i lo = _mm256_loadu_si256((const __m256i *)(p + i));
		__m256i hi = _mm256_loadu_si256((const __m256i *)(p + i) + 1);
		lo = _mm256_or_si256(lo, _mm256_add_epi8(lo, minus));
		hi = _mm256_or_si256(hi, _mm256_add_epi8(hi, minus));
		rough = _mm256_or_si256(rough, _mm256_or_si256(lo, hi));
	}
	return _mm256_movemask_epi8(rough) == 0;
}

ALWAYS uint64_t equal_sse2(const __m128i v[4], char c)
{
	__m128i w = _mm_set1_epi8(c);
	uint64_t ret = 0;

	for (unsigned i = 0; i < 4; i++)
		ret |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[i], w)) << 16 * i;
	return ret;
}

ALWAYS struct marks classify_sse2(const char *p, const struct needles *n)
{
	const __m128i *q = (const __m128i *)p;
	__m128i v[4] = {
	        _mm_loadu_si128(q), _mm_loadu_si128(q + 1), _mm_loadu_si128(q + 2), _mm_loadu_si128(q + 3)};

	return (struct marks){
	        .quote = equal_sse2(v, n->quote) & n->quoting,
	        .delimiter = equal_sse2(v, n->delimiter),
	        .feed = equal_sse2(v, '\n'),
	};
}

ALWAYS uint64_t prefix_sse2(uint64_t m)
{
	for (unsigned i = 1; i < 64; i *= 2)
		m ^= m << i;
	return m;
}

ALWAYS bool plain_sse2(const char *p, size_t len)
{
	__m128i rough = _mm_setzero_si128();

	for (size_t i = 0; len >= BLOCK && i < len; i += 16) {
		i = i + 16 <= len ? i : len - 16;
		__m128i v = _mm_loadu_si128((const __m128i *)(p + i));
		rough = _mm_or_si128(rough, _mm_or_si128(v, _mm_add_epi8(v, _mm_set1_epi8(-1))));
	}
	return _mm_movemask_epi8(rough) == 0;
}

/* ---- masks to fields ---------------------------------------------------------------------------- */

/* What a block hands to the next one: bit 0, or all bits for inside. */
struct carry {
	uint64_t inside; /* the block ends inside quotes */
	uint64_t start;  /* a field starts with the next byte, but for blanks */
	uint64_t closed; /* the last byte is a closing quote */
	uint64_t cr;     /* the last byte is a CR behind a closing quote */
};

/* What is true of a byte, for all bytes of a block. */
struct block {
	uint64_t ends;    /* of fields */
	uint64_t feeds;   /* line feeds that end a record */
	uint64_t inner;   /* line feeds inside quotes */
	uint64_t doubled; /* the second one of two quotes */
	uint64_t blanks;  /* a field starts with this blank */
	uint64_t bad;     /* the lowest bit is the first byte that the masks do not explain */
};

/* Blanks and tabs, the delimiter apart. */
ALWAYS uint64_t find_blanks(const char *p, const struct needles *n)
{
	struct needles spaces = {' ', '\t', ~(uint64_t)0};
	struct marks m = classify_sse2(p, &spaces);

	return (n->delimiter == ' ' ? 0 : m.delimiter) | (n->delimiter == '\t' ? 0 : m.quote);
}

/* A CR between a closing quote and a line feed is no fault. */
static uint64_t __attribute__((noinline))
forgive_cr(uint64_t bad, uint64_t feeds, const char *p, uint64_t *cr)
{
	uint64_t found = 0, late = *cr & ~feeds, top = (uint64_t)1 << (BLOCK - 1);

	for (uint64_t m = bad; m != 0; m &= m - 1)
		found |= p[__builtin_ctzll(m)] == '\r' ? m & -m : 0;
	*cr = found >> (BLOCK - 1);
	return (bad & ~(found & (feeds >> 1 | top))) | late;
}

/* A quote that opens has to follow the end of a field, or a quote that closes, which makes the two one quote
 * in the value; the end of a field or a quote that opens has to follow one that closes. Of two neighbours at
 * most one is what the other needs, hence the exclusive or. */
ALWAYS struct block explain(const struct marks *m, uint64_t inside, uint64_t blank, struct carry *c)
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
	        .feeds = m->feed & ends,
	        .inner = m->feed & inside,
	        .doubled = opening & after,
	        .blanks = led,
	        .bad = (opening ^ after) & ~(starts | ends),
	};
}

/* Writes the positions of all bits. A branch on how many there are would be guessed wrong twice in a row of a
 * wide report, so the eight bytes of the mask are taken one after the other with a table of the places of the
 * bits in a byte; each writes eight words, of which those beyond its bits are written over by the next one.
 */
AVX2 ALWAYS void write_bits_avx2(uint32_t *to, uint64_t m, uint32_t pos, const uint64_t *places)
{
	__m256i base = _mm256_set1_epi32((int)pos), eight = _mm256_set1_epi32(8);

	/* one register instead of seven constants */
	__asm__("" : "+x"(eight));
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++) {
		uint64_t byte = m >> 8 * i & 0xff;
		__m128i at = _mm_loadl_epi64((const __m128i *)(places + byte));
		__m256i words = _mm256_add_epi32(_mm256_cvtepu8_epi32(at), base);
		_mm256_storeu_si256((__m256i *)to, words);
		to += __builtin_popcountll(byte);
		base = _mm256_add_epi32(base, eight);
	}
}

ALWAYS void write_bits_sse2(uint32_t *to, uint64_t m, uint32_t pos, const uint64_t *places)
{
	(void)places;
	for (; m != 0; m &= m - 1)
		*to++ = pos + (uint32_t)__builtin_ctzll(m);
}

/* What a pass has found so far. */
struct trail {
	uint32_t base;            /* tokens */
	uint32_t n;               /* marks */
	uint64_t doubled, blanks; /* bits of the record that is being read */
	uint64_t inner;           /* line feeds inside quotes, of all records */
};

/* Ends the record at the lowest one of feeds and takes its bits out of the block. Without any, all bits are
 * taken, and what is written is written over by the next call. */
ALWAYS void add_mark(struct trail *t, struct delim_mark *marks, struct block *b, uint64_t feeds)
{
	uint64_t lower = (feeds & -feeds) - 1, upto = feeds ^ (feeds - 1),
	         none = feeds != 0 ? 0 : ~(uint64_t)0;

	t->doubled |= b->doubled & upto;
	t->blanks |= b->blanks & upto;
	b->doubled &= ~upto;
	b->blanks &= ~upto;
	marks[t->n] = (struct delim_mark){
	        .last = t->base + (uint32_t)__builtin_popcountll(b->ends & lower),
	        .flags = (t->doubled ? DELIM_DOUBLED : 0u) | (t->blanks ? DELIM_BLANKS : 0u),
	};
	t->n += feeds != 0;
	t->doubled &= none;
	t->blanks &= none;
}

/* In a wide report there is one at most, so the branch is on there being more; whether there is one at all
 * would be guessed wrong once a record. */
ALWAYS void add_marks(struct trail *t, struct delim_mark *marks, struct block *b)
{
	uint64_t feeds = b->feeds;

	for (; __builtin_expect((feeds & (feeds - 1)) != 0, 0); feeds &= feeds - 1)
		add_mark(t, marks, b, feeds);
	add_mark(t, marks, b, feeds);
	t->doubled |= b->doubled;
	t->blanks |= b->blanks;
	t->inner |= b->inner;
	t->base += (uint32_t)__builtin_popcountll(b->ends);
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
static bool add_records(struct delim *d, const char *p, uint32_t start, size_t len, const struct trail *t)
{
	for (uint32_t i = 0; i < t->n; i++) {
		add_record(d, p, &d->marks[i], start, t->inner != 0);
		start = d->found[d->nfound - 1].next;
		if (d->o.comment.len != 0 && delim_must_take(d, p, start, len))
			return true;
	}
	return false;
}

/* ---- the pass ----------------------------------------------------------------------------------- */

/* The records from start on, in whole blocks. True if it ended before a record that the state machine has to
 * look at. */
ALWAYS bool pass(struct delim *d, const char *p, uint32_t start, size_t len, const struct way *way,
        bool quotes, bool blanks)
{
	struct needles n = {d->o.delimiter, (char)d->o.quote, d->o.quote >= 0 ? ~(uint64_t)0 : 0};
	struct carry c = {.start = 1};
	struct trail t = {.base = d->ntokens};
	uint32_t room = DELIM_RECORDS - d->nfound;
	bool bad = false;

	for (size_t pos = start; pos + BLOCK <= len; pos += BLOCK) {
		const char *q = p + pos;
		struct marks m = way->classify(q, &n);
		uint64_t inside = quotes ? way->prefix(m.quote) ^ c.inside : 0,
		         blank = blanks ? find_blanks(q, &n) : 0;
		struct block b = explain(&m, inside, blank, &c);

		if (quotes && __builtin_expect((b.bad | c.cr) != 0, 0)) {
			b.bad = forgive_cr(b.bad, m.feed, q, &c.cr);
			b.ends &= b.bad == 0 ? ~(uint64_t)0 : (b.bad & -b.bad) - 1;
			b.feeds &= b.ends;
			bad = b.bad != 0;
		}
		way->write(d->tokens + t.base, b.ends, (uint32_t)pos, d->places);
		add_marks(&t, d->marks, &b);
		if (__builtin_expect(bad || t.n >= room || t.base >= DELIM_TOKENS, 0))
			break;
	}
	return add_records(d, p, start, len, &t) || bad;
}

static void look_for_rough(struct delim *d, const char *p)
{
	for (uint32_t i = 0; i < d->nfound; i++) {
		struct delim_found *f = &d->found[i];
		if (!utf8_plain(str_make(p + f->start, f->end - f->start)))
			f->flags &= ~(uint32_t)DELIM_PLAIN;
	}
}

static uint32_t next_start(const struct delim *d)
{
	return d->nfound == 0 ? 0 : d->found[d->nfound - 1].next;
}

/* Behind a record for the state machine a pass goes only SHORT bytes far, since what it does beyond a comment
 * is done for nothing. */
#define SHORT 512

ALWAYS void scan_with(struct delim *d, const char *p, size_t len, const struct way *way)
{
	size_t reach = len;

	while (d->nfound < DELIM_RECORDS && d->ntokens < DELIM_TOKENS) {
		uint32_t start = next_start(d), before = d->nfound;
		size_t stop = len - start < reach ? len : start + reach;
		bool take;

		if (delim_must_take(d, p, start, len))
			take = true;
		else if (d->o.skip_blank)
			take = pass(d, p, start, stop, way, true, true);
		else if (d->o.quote >= 0)
			take = pass(d, p, start, stop, way, true, false);
		else
			take = pass(d, p, start, stop, way, false, false);
		if (!take && stop == len && d->nfound != 0)
			break;
		start = next_start(d);
		/* what does not end in a block is for the state machine too */
		take = take || before == d->nfound;
		if (take && (start == len || !delim_take(d, p, start, len, false)))
			break;
		reach = take ? SHORT : 8 * reach;
	}
	if (!way->plain(p, len))
		look_for_rough(d, p);
}

AVX2 static void scan_avx2(struct delim *d, const char *p, size_t len)
{
	scan_with(d, p, len, &(const struct way){classify_avx2, prefix_avx2, plain_avx2, write_bits_avx2});
}

static void scan_sse2(struct delim *d, const char *p, size_t len)
{
	scan_with(d, p, len, &(const struct way){classify_sse2, prefix_sse2, plain_sse2, write_bits_sse2});
}

delim_scan *delim_scan_find(enum delim_path path)
{
	bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
	        __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");

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
