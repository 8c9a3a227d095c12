/* SPDX-License-Identifier: Apache-2.0
 *
 * Text in blocks of 64 bytes: which bytes of a block are which, as the bits of a word. Each function comes in
 * two ways, for AVX2 with PCLMULQDQ and for SSE2, which every 64-bit x86 has; on other processors there is
 * nothing here. A caller writes its pass once over struct block_way and lets the compiler make it twice:
 * everything is inlined, also through the pointers of a constant struct.
 */
#pragma once

#include "base/str.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define BLOCK 64
#define BLOCK_INLINE static inline __attribute__((always_inline))
#define BLOCK_AVX2 __attribute__((target("avx2,pclmul,bmi,popcnt")))

/* For each byte the places of its bits, from the lowest on, one in each byte of a word. */
extern const uint64_t block_places[256];

static inline bool block_has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
	        __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}

/* What all bytes seen have in common: the least of each place, and the bits that are anywhere. */
union block_sum {
	struct {
		__m256i least, bits;
	} wide;
	struct {
		__m128i least, bits;
	} narrow;
};

/* ---- AVX2 --------------------------------------------------------------------------------------- */

BLOCK_AVX2 BLOCK_INLINE uint64_t block_bits_avx2(__m256i lo, __m256i hi)
{
	return (uint32_t)_mm256_movemask_epi8(lo) | (uint64_t)(uint32_t)_mm256_movemask_epi8(hi) << 32;
}

/* The bytes equal to c. */
BLOCK_AVX2 BLOCK_INLINE uint64_t block_equal_avx2(const char *p, char c)
{
	__m256i v = _mm256_set1_epi8(c);

	return block_bits_avx2(_mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)p), v),
	        _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)p + 1), v));
}

BLOCK_AVX2 BLOCK_INLINE void block_sum_init_avx2(union block_sum *sum)
{
	sum->wide.least = _mm256_set1_epi8(-1);
	sum->wide.bits = _mm256_setzero_si256();
}

BLOCK_AVX2 BLOCK_INLINE void block_sum_add_avx2(union block_sum *sum, const char *p)
{
	__m256i lo = _mm256_loadu_si256((const __m256i *)p), hi = _mm256_loadu_si256((const __m256i *)p + 1);

	sum->wide.least = _mm256_min_epu8(sum->wide.least, _mm256_min_epu8(lo, hi));
	sum->wide.bits = _mm256_or_si256(sum->wide.bits, _mm256_or_si256(lo, hi));
}

/* Some byte is not above c. */
BLOCK_AVX2 BLOCK_INLINE bool block_sum_upto_avx2(const union block_sum *sum, char c)
{
	__m256i v = _mm256_min_epu8(sum->wide.least, _mm256_set1_epi8(c));

	return _mm256_movemask_epi8(_mm256_cmpeq_epi8(v, sum->wide.least)) != 0;
}

/* Some byte is not ASCII. */
BLOCK_AVX2 BLOCK_INLINE bool block_sum_high_avx2(const union block_sum *sum)
{
	return _mm256_movemask_epi8(sum->wide.bits) != 0;
}

/* Bit i of the result is the exclusive or of bits 0 to i: with the quotes as bits, what they enclose. */
BLOCK_AVX2 BLOCK_INLINE uint64_t block_prefix_avx2(uint64_t m)
{
	__m128i v = _mm_set_epi64x(0, (int64_t)m);

	return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(v, _mm_set1_epi8(-1), 0));
}

/* Writes pos + the place of each bit. A branch on how many there are would be guessed wrong twice in a row of
 * a wide report, so the eight bytes of the mask are taken one after the other with a table of the places of
 * the bits in a byte; each writes eight words, of which those beyond its bits are written over by the next
 * one. So eight words behind the last one are written too. */
BLOCK_AVX2 BLOCK_INLINE void block_write_avx2(uint32_t *to, uint64_t m, uint32_t pos)
{
	__m256i base = _mm256_set1_epi32((int)pos), eight = _mm256_set1_epi32(8);

	/* one register instead of seven constants */
	__asm__("" : "+x"(eight));
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++) {
		uint64_t byte = m >> 8 * i & 0xff;
		__m128i at = _mm_loadl_epi64((const __m128i *)(block_places + byte));
		__m256i words = _mm256_add_epi32(_mm256_cvtepu8_epi32(at), base);
		_mm256_storeu_si256((__m256i *)to, words);
		to += __builtin_popcountll(byte);
		base = _mm256_add_epi32(base, eight);
	}
}

/* ---- SSE2 --------------------------------------------------------------------------------------- */

BLOCK_INLINE uint64_t block_equal_sse2(const char *p, char c)
{
	__m128i w = _mm_set1_epi8(c);
	uint64_t ret = 0;

	for (unsigned i = 0; i < 4; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)p + i);
		ret |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, w)) << 16 * i;
	}
	return ret;
}

BLOCK_INLINE void block_sum_init_sse2(union block_sum *sum)
{
	sum->narrow.least = _mm_set1_epi8(-1);
	sum->narrow.bits = _mm_setzero_si128();
}

BLOCK_INLINE void block_sum_add_sse2(union block_sum *sum, const char *p)
{
	for (unsigned i = 0; i < 4; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)p + i);
		sum->narrow.least = _mm_min_epu8(sum->narrow.least, v);
		sum->narrow.bits = _mm_or_si128(sum->narrow.bits, v);
	}
}

BLOCK_INLINE bool block_sum_upto_sse2(const union block_sum *sum, char c)
{
	__m128i v = _mm_min_epu8(sum->narrow.least, _mm_set1_epi8(c));

	return _mm_movemask_epi8(_mm_cmpeq_epi8(v, sum->narrow.least)) != 0;
}

BLOCK_INLINE bool block_sum_high_sse2(const union block_sum *sum)
{
	return _mm_movemask_epi8(sum->narrow.bits) != 0;
}

BLOCK_INLINE uint64_t block_prefix_sse2(uint64_t m)
{
	for (unsigned i = 1; i < 64; i *= 2)
		m ^= m << i;
	return m;
}

BLOCK_INLINE void block_write_sse2(uint32_t *to, uint64_t m, uint32_t pos)
{
	for (; m != 0; m &= m - 1)
		*to++ = pos + (uint32_t)__builtin_ctzll(m);
}

/* ---- the two ways ------------------------------------------------------------------------------- */

struct block_way {
	uint64_t (*equal)(const char *p, char c);
	uint64_t (*prefix)(uint64_t m);
	void (*write)(uint32_t *to, uint64_t m, uint32_t pos);
	void (*sum_init)(union block_sum *sum);
	void (*sum_add)(union block_sum *sum, const char *p);
	bool (*sum_upto)(const union block_sum *sum, char c);
	bool (*sum_high)(const union block_sum *sum);
};

#define BLOCK_WAY(name)                                                                                      \
	(&(const struct block_way){                                                                          \
	        .equal = block_equal_##name,                                                                 \
	        .prefix = block_prefix_##name,                                                               \
	        .write = block_write_##name,                                                                 \
	        .sum_init = block_sum_init_##name,                                                           \
	        .sum_add = block_sum_add_##name,                                                             \
	        .sum_upto = block_sum_upto_##name,                                                           \
	        .sum_high = block_sum_high_##name,                                                           \
	})

#endif
