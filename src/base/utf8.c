/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static bool is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

size_t utf8_step(struct str s, size_t i)
{
	const unsigned char *p = (const unsigned char *)s.p + i;
	size_t left = s.len - i;

	if (left == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || left < 2 || !is_tail(p[1]))
		return 0;
	if (p[0] < 0xe0)
		return 2;
	if (left < 3 || !is_tail(p[2]))
		return 0;
	if (p[0] < 0xf0) {
		if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f))
			return 0;
		return 3;
	}
	if (left < 4 || !is_tail(p[3]) || p[0] > 0xf4)
		return 0;
	if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return 4;
}

bool utf8_valid(struct str s)
{
	for (size_t i = 0; i < s.len;) {
		uint64_t w;
		if (i + 8 <= s.len) {
			memcpy(&w, s.p + i, 8);
			if ((w & 0x8080808080808080u) == 0) {
				i += 8;
				continue;
			}
		}
		size_t step = utf8_step(s, i);
		if (step == 0)
			return false;
		i += step;
	}
	return true;
}

static uint64_t plain_tail(const char *p, size_t n)
{
	const uint64_t high = 0x8080808080808080u, low = 0x0101010101010101u;
	uint64_t bad = 0, w = 0;

	/* (w - low) & ~w & high marks a zero byte; w & high a byte that is not ASCII */
	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&w, p, 8);
		bad |= ((w - low) & ~w & high) | (w & high);
	}
	for (; n > 0; p++, n--)
		bad |= (unsigned char)*p >= 0x80 || *p == 0;
	return bad;
}

#if defined(__SSE2__)
/* Every x86-64 has SSE2, so this needs no choice at run time. As signed bytes, NUL and what is not ASCII are
 * those that are not greater than zero. */
bool utf8_plain(struct str s)
{
	const __m128i zero = _mm_setzero_si128();
	__m128i good = _mm_set1_epi8(-1);
	size_t i = 0;

	for (; i + 16 <= s.len; i += 16)
		good = _mm_and_si128(good, _mm_cmpgt_epi8(_mm_loadu_si128((const void *)(s.p + i)), zero));
	return _mm_movemask_epi8(good) == 0xffff && plain_tail(s.p + i, s.len - i) == 0;
}
#else
bool utf8_plain(struct str s)
{
	return plain_tail(s.p, s.len) == 0;
}
#endif

uint32_t utf8_get(struct str s, size_t i, size_t *ret_len)
{
	const unsigned char *p = (const unsigned char *)s.p + i;
	size_t n = utf8_step(s, i);

	*ret_len = n;
	switch (n) {
	case 1:
		return p[0];
	case 2:
		return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	case 3:
		return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	case 4:
		return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
		        (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
	default:
		return 0xfffd;
	}
}

size_t utf8_put(char *dst, uint32_t cp)
{
	if (cp < 0x80) {
		dst[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		dst[0] = (char)(0xc0 | cp >> 6);
		dst[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		dst[0] = (char)(0xe0 | cp >> 12);
		dst[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		dst[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	dst[0] = (char)(0xf0 | cp >> 18);
	dst[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	dst[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	dst[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

size_t utf8_clean(char *dst, struct str s)
{
	size_t out = 0;

	for (size_t i = 0; i < s.len;) {
		size_t step = utf8_step(s, i);
		if (step == 0 || s.p[i] == 0) {
			out += utf8_put(dst + out, step == 0 ? 0xfffd : 0x2400);
			i++;
		} else {
			memcpy(dst + out, s.p + i, step);
			out += step;
			i += step;
		}
	}
	return out;
}

struct str utf8_cut(struct str s, size_t max)
{
	size_t at = 0, step;

	if (s.len <= max)
		return s;
	while ((step = utf8_step(s, at)) > 0 && at + step <= max)
		at += step;
	return str_sub(s, 0, at);
}
