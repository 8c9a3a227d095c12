/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

int char_hex(char c)
{
	if (char_digit(c))
		return c - '0';
	c = char_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c != 0)
		return c;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool str_ieq(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (char_lower(a.p[i]) != char_lower(b.p[i]))
			return false;
	return true;
}

bool str_starts(struct str s, struct str head)
{
	return s.len >= head.len && str_eq(str_sub(s, 0, head.len), head);
}

bool str_istarts(struct str s, struct str head)
{
	return s.len >= head.len && str_ieq(str_sub(s, 0, head.len), head);
}

bool str_ends(struct str s, struct str tail)
{
	return s.len >= tail.len && str_eq(str_skip(s, s.len - tail.len), tail);
}

bool str_iends(struct str s, struct str tail)
{
	return s.len >= tail.len && str_ieq(str_skip(s, s.len - tail.len), tail);
}

bool str_has(struct str s, char c)
{
	return str_find(s, 0, c) != SIZE_MAX;
}

size_t str_find(struct str s, size_t from, char c)
{
	if (from >= s.len)
		return SIZE_MAX;
	const char *hit = memchr(s.p + from, c, s.len - from);
	return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

size_t str_find_str(struct str s, size_t from, struct str needle)
{
	if (from > s.len)
		return SIZE_MAX;
	if (needle.len == 0)
		return from;
	if (from == s.len)
		return SIZE_MAX;
	const char *hit = memmem(s.p + from, s.len - from, needle.p, needle.len);
	return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

struct str str_trim(struct str s)
{
	while (s.len > 0 && char_space(s.p[0]))
		s.p++, s.len--;
	while (s.len > 0 && char_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct str str_sub(struct str s, size_t from, size_t len)
{
	s = str_skip(s, from);
	if (s.len > len)
		s.len = len;
	return s;
}

struct str str_skip(struct str s, size_t n)
{
	if (n >= s.len)
		return (struct str){s.p ? s.p + s.len : NULL, 0};
	return (struct str){s.p + n, s.len - n};
}

struct str_cut str_cut(struct str s, char c)
{
	size_t at = str_find(s, 0, c);

	if (at == SIZE_MAX)
		return (struct str_cut){s, str_skip(s, s.len), false};
	return (struct str_cut){str_sub(s, 0, at), str_skip(s, at + 1), true};
}

struct str_cut str_rcut(struct str s, char c)
{
	const char *hit = s.len ? memrchr(s.p, c, s.len) : NULL;

	if (hit == NULL)
		return (struct str_cut){s, str_skip(s, s.len), false};
	size_t at = (size_t)(hit - s.p);
	return (struct str_cut){str_sub(s, 0, at), str_skip(s, at + 1), true};
}

bool str_u64(struct str s, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!char_digit(s.p[i]))
			return false;
		if (__builtin_mul_overflow(v, 10, &v) ||
		        __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	*ret = v;
	return true;
}

bool str_u32(struct str s, uint32_t *ret)
{
	uint64_t v;

	if (!str_u64(s, &v) || v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

uint64_t str_hash(struct str s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	return h ^ (h >> 32);
}

unsigned str_distance(struct str a, struct str b)
{
	enum { MAX = 63 };
	unsigned row[3][MAX + 1];
	size_t la = a.len < MAX ? a.len : MAX, lb = b.len < MAX ? b.len : MAX;

	for (size_t j = 0; j <= lb; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned *now = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned d = up[j - 1] + (a.p[i - 1] != b.p[j - 1]);
			if (up[j] + 1 < d)
				d = up[j] + 1;
			if (now[j - 1] + 1 < d)
				d = now[j - 1] + 1;
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
			        up2[j - 2] + 1 < d)
				d = up2[j - 2] + 1;
			now[j] = d;
		}
	}
	return row[la % 3][lb];
}

bool str_hex(struct str s, uint8_t *ret, size_t n)
{
	if (s.len != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = char_hex(s.p[2 * i]), low = char_hex(s.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void str_hex_print(char *ret, const uint8_t *bytes, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		ret[2 * i] = hex[bytes[i] >> 4];
		ret[2 * i + 1] = hex[bytes[i] & 15];
	}
	ret[2 * n] = 0;
}

bool str_has_word(struct str words, struct str word)
{
	while (words.len > 0) {
		struct str_cut cut = str_cut(words, ' ');
		if (str_eq(cut.head, word))
			return true;
		words = cut.tail;
	}
	return false;
}

struct str str_next_word(struct str *rest)
{
	size_t n = 0;

	while (rest->len > 0 && (rest->p[0] == ' ' || rest->p[0] == ','))
		*rest = str_skip(*rest, 1);
	while (n < rest->len && rest->p[n] != ' ' && rest->p[n] != ',')
		n++;
	struct str word = str_sub(*rest, 0, n);
	*rest = str_skip(*rest, n);
	return word;
}
