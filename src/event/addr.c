/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses are parsed for each row of each report, so the dotted quad is read without a loop: the text
 * (7 to 15 bytes) is loaded as two words, the dots become a mask of bits, and each octet is cut out with its
 * digits at the top of a 32-bit word. No load leaves the text. What is refused is refused on purpose:
 * "010", "1.2.3", "0x7f.1" and blanks mean different machines to different programs.
 *
 * IPv6 is read by a plain loop. Embedded IPv4 counts in the last 32 bits only. Text is RFC 5952 with
 * hexadecimal groups for everything that is not mapped IPv4; the deprecated "::192.0.2.1" is read, and
 * written as "::c000:201".
 */
#include "event/addr.h"

typedef unsigned __int128 u128;

/* ---- IPv4 -------------------------------------------------------------------------------------- */

#define EACH(byte) (0x0101010101010101u * (byte))

static inline uint64_t load64(const char *p)
{
	uint64_t w;

	memcpy(&w, p, 8);
	return w;
}

static inline uint32_t load32(const char *p)
{
	uint32_t w;

	memcpy(&w, p, 4);
	return w;
}

/* 1 in each byte of w that is a dot (0x2e) and no digit (0x30 to 0x39), if it is one of them. */
static inline uint64_t dots(uint64_t w)
{
	return ~w >> 4 & EACH(1);
}

/* 0x80 in each byte of w that is neither digit nor dot. A digit becomes 0 to 9, a dot 0; what was taken for a
 * dot by its one bit and is none becomes more than 0, for which the limit is 0 there. */
static inline uint64_t wrong(uint64_t w, uint64_t dot)
{
	uint64_t v = w ^ EACH('0') ^ dot * ('0' ^ '.');

	return ((v + EACH(0x76) + dot * 9) | v) & EACH(0x80);
}

/* Bit i for the 1 in byte i. */
static inline unsigned bits(uint64_t ones)
{
	return (unsigned)(ones * 0x0102040810204080u >> 56);
}

#define BOTH(x) ((uint64_t)(x)*0x100000001u)

static inline uint64_t both(uint32_t low, uint32_t high)
{
	return low | (uint64_t)high << 32;
}

/* Two octets at once, each with its digits at the top of its half and zeros below. *bad becomes non-zero if
 * one is above 255 or below the least number of its length, as it then has a zero in front. */
static inline uint64_t octets(uint64_t digits, uint64_t least, uint64_t *bad)
{
	digits &= EACH(0x0f);
	uint64_t v =
	        (digits >> 24 & BOTH(15)) + (digits >> 16 & BOTH(15)) * 10 + (digits >> 8 & BOTH(15)) * 100;

	*bad |= (v & BOTH(0x300)) | (~((v | BOTH(0x8000)) - least) & BOTH(0x8000));
	return v;
}

/* The least number of 3, 2 and 1 digits where shift is 8, 16 and 24. */
static inline uint32_t least(unsigned shift)
{
	return 0x000a6400u >> shift & 0xff;
}

bool addr_parse4(struct str s, uint32_t *ret)
{
	uint64_t lo, hi, bad = 0;

	if (s.len - 7 > 8)
		return false;
	if (s.len == 7) {
		lo = load32(s.p) | (uint64_t)load32(s.p + 3) << 24 | (uint64_t)'0' << 56;
		hi = EACH('0');
	} else {
		lo = load64(s.p);
		hi = load64(s.p + s.len - 8) >> (8 * (15 - s.len)) >> 8 | EACH('0') << (8 * (s.len - 8));
	}
	uint64_t lo_dots = dots(lo), hi_dots = dots(hi);
	unsigned m1 = bits(lo_dots) | bits(hi_dots) << 8, m2 = m1 & (m1 - 1), m3 = m2 & (m2 - 1);
	if ((wrong(lo, lo_dots) | wrong(hi, hi_dots)) != 0 || m3 == 0 || (m3 & (m3 - 1)) != 0)
		return false;
	unsigned end1 = (unsigned)__builtin_ctz(m1), end2 = (unsigned)__builtin_ctz(m2);
	unsigned end3 = (unsigned)__builtin_ctz(m3), end4 = (unsigned)s.len;
	unsigned len1 = end1, len2 = end2 - end1 - 1, len3 = end3 - end2 - 1, len4 = end4 - end3 - 1;
	if ((len1 - 1 > 2) | (len2 - 1 > 2) | (len3 - 1 > 2) | (len4 - 1 > 2))
		return false;
	/* Since no octet is empty, four bytes are there behind the start of the first two and before the end
	 * of the last two. */
	unsigned s1 = 32 - 8 * len1, s2 = 32 - 8 * len2, s3 = 32 - 8 * len3, s4 = 32 - 8 * len4;
	uint64_t ab = octets(
	        both(load32(s.p) << s1, load32(s.p + end1 + 1) << s2), both(least(s1), least(s2)), &bad);
	uint64_t cd = octets(both(load32(s.p + end3 - 4) >> s3 << s3, load32(s.p + end4 - 4) >> s4 << s4),
	        both(least(s3), least(s4)), &bad);
	if (bad != 0)
		return false;
	*ret = (uint32_t)ab << 24 | (uint32_t)(ab >> 32) << 16 | (uint32_t)cd << 8 | (uint32_t)(cd >> 32);
	return true;
}

void addr_from4(uint32_t v4, struct addr *ret)
{
	*ret = (struct addr){{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (uint8_t)(v4 >> 24),
	        (uint8_t)(v4 >> 16), (uint8_t)(v4 >> 8), (uint8_t)v4}};
}

/* ---- IPv6 -------------------------------------------------------------------------------------- */

/* The value of a hexadecimal digit plus 1; 0 for every other byte. */
static const uint8_t hex_value[256] = {['0'] = 1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        ['A'] = 11,
        12,
        13,
        14,
        15,
        16,
        ['a'] = 11,
        12,
        13,
        14,
        15,
        16};

/* One to four hexadecimal digits from *at on; false if there are none or more. */
static bool group(struct str s, size_t *at, uint16_t *ret)
{
	unsigned v = 0, digit;
	size_t start = *at, i = start;

	for (; i < s.len && (digit = hex_value[(uint8_t)s.p[i]]) != 0; i++) {
		v = v << 4 | (digit - 1);
		if (i - start == 4)
			return false;
	}
	*at = i;
	*ret = (uint16_t)v;
	return i > start;
}

/* The zone (RFC 4007) names an interface of the machine that wrote it and says nothing to anybody else. */
static bool drop_zone(struct str *s)
{
	struct str_cut c = str_cut(*s, '%');

	if (!c.ok)
		return true;
	for (size_t i = 0; i < c.tail.len; i++)
		if ((unsigned char)c.tail.p[i] <= ' ' || c.tail.p[i] == '/' || c.tail.p[i] == 0x7f)
			return false;
	*s = c.head;
	return c.tail.len > 0;
}

/* The last 32 bits as a dotted quad, from start to the end. */
static bool tail4(struct str s, size_t start, uint16_t g[8], unsigned *n)
{
	uint32_t v4;

	if (*n > 6 || !addr_parse4(str_skip(s, start), &v4))
		return false;
	g[(*n)++] = (uint16_t)(v4 >> 16);
	g[(*n)++] = (uint16_t)v4;
	return true;
}

/* Groups from at to the end; *gap becomes the number of groups before "::". */
static bool groups(struct str s, size_t at, uint16_t g[8], unsigned *n, unsigned *gap)
{
	while (at < s.len) {
		size_t start = at;

		if (*n == 8 || !group(s, &at, &g[*n]))
			return false;
		if (at < s.len && s.p[at] == '.')
			return tail4(s, start, g, n);
		(*n)++;
		if (at == s.len)
			return true;
		if (s.p[at++] != ':' || at == s.len)
			return false;
		if (s.p[at] == ':') {
			if (*gap <= 8)
				return false;
			*gap = *n;
			at++;
		}
	}
	return true;
}

static bool parse6(struct str s, struct addr *ret)
{
	uint16_t g[8];
	unsigned n = 0, gap = 9;
	size_t at = 0;

	if (!drop_zone(&s) || s.len < 2 || s.len >= ADDR_TEXT)
		return false;
	if (s.p[0] == ':') {
		if (s.p[1] != ':')
			return false;
		gap = 0;
		at = 2;
	}
	if (!groups(s, at, g, &n, &gap) || (gap > 8 ? n != 8 : n > 7))
		return false;
	struct addr a = {{0}};
	for (unsigned i = 0; i < n; i++) {
		unsigned to = (i < gap ? i : 8 - n + i) & 7;

		a.b[2 * to] = (uint8_t)(g[i] >> 8);
		a.b[2 * to + 1] = (uint8_t)g[i];
	}
	*ret = a;
	return true;
}

bool addr_parse(struct str s, struct addr *ret)
{
	uint32_t v4;

	if (addr_parse4(s, &v4)) {
		addr_from4(v4, ret);
		return true;
	}
	return s.len <= 128 && parse6(s, ret);
}

int addr_cmp(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, 16);
}

/* ---- text -------------------------------------------------------------------------------------- */

/* The decimal text of each octet, its length behind it. */
#define DIGIT(n) (char)('0' + (n) % 10)
#define OCTET(n)                                                                                             \
	{                                                                                                    \
		(n) < 10            ? DIGIT(n)                                                               \
		        : (n) < 100 ? DIGIT((n) / 10)                                                        \
		                    : DIGIT((n) / 100),                                                      \
		        (n) < 10    ? 0                                                                      \
		        : (n) < 100 ? DIGIT(n)                                                               \
		                    : DIGIT((n) / 10),                                                       \
		        (n) < 100 ? 0 : DIGIT(n),                                                            \
		        (n) < 10    ? 1                                                                      \
		        : (n) < 100 ? 2                                                                      \
		                    : 3                                                                      \
	}
#define OCTET4(n) OCTET(n), OCTET((n) + 1), OCTET((n) + 2), OCTET((n) + 3)
#define OCTET16(n) OCTET4(n), OCTET4((n) + 4), OCTET4((n) + 8), OCTET4((n) + 12)
#define OCTET64(n) OCTET16(n), OCTET16((n) + 16), OCTET16((n) + 32), OCTET16((n) + 48)
static const char octet_text[256][4] = {OCTET64(0), OCTET64(64), OCTET64(128), OCTET64(192)};

static size_t print4(char *buf, const uint8_t *b)
{
	char *at = buf;

	for (unsigned i = 0; i < 4; i++) {
		memcpy(at, octet_text[b[i]], 4);
		at += octet_text[b[i]][3];
		*at++ = '.';
	}
	*--at = '\0';
	return (size_t)(at - buf);
}

static char *print_group(char *at, unsigned v)
{
	for (int shift = v > 0xfff ? 12 : v > 0xff ? 8 : v > 0xf ? 4 : 0; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[v >> shift & 15];
	return at;
}

/* The longest run of two or more zero groups, the first of equals (RFC 5952, 4.2). */
static unsigned longest_zeros(const unsigned g[8], unsigned *ret_len)
{
	unsigned best = 8, best_len = 1, start = 0;

	for (unsigned i = 0; i < 8; i++) {
		if (g[i] != 0)
			start = i + 1;
		else if (i + 1 - start > best_len) {
			best = start;
			best_len = i + 1 - start;
		}
	}
	*ret_len = best_len;
	return best;
}

static size_t print6(char *buf, const uint8_t *b)
{
	unsigned g[8], zeros_len;
	char *at = buf;

	for (unsigned i = 0; i < 8; i++)
		g[i] = (unsigned)b[2 * i] << 8 | b[2 * i + 1];
	unsigned zeros = longest_zeros(g, &zeros_len);
	for (unsigned i = 0; i < 8; i++) {
		if (i == zeros) {
			*at++ = ':';
			*at++ = ':';
			i += zeros_len - 1;
			continue;
		}
		if (i > 0 && at[-1] != ':')
			*at++ = ':';
		at = print_group(at, g[i]);
	}
	*at = '\0';
	return (size_t)(at - buf);
}

size_t addr_print(char *buf, const struct addr *a)
{
	return addr_is4(a) ? print4(buf, a->b + 12) : print6(buf, a->b);
}

/* ---- prefixes ---------------------------------------------------------------------------------- */

static u128 to_number(const struct addr *a)
{
	uint64_t hi, lo;

	memcpy(&hi, a->b, 8);
	memcpy(&lo, a->b + 8, 8);
	return (u128)__builtin_bswap64(hi) << 64 | __builtin_bswap64(lo);
}

static void from_number(u128 n, struct addr *ret)
{
	uint64_t hi = __builtin_bswap64((uint64_t)(n >> 64)), lo = __builtin_bswap64((uint64_t)n);

	memcpy(ret->b, &hi, 8);
	memcpy(ret->b + 8, &lo, 8);
}

/* Ones in the host part of a prefix of that length. */
static u128 host_bits(unsigned len)
{
	return len == 0 ? ~(u128)0 : len >= 128 ? 0 : ((u128)1 << (128 - len)) - 1;
}

/* "255.255.255.0" as 24; a mask with a zero between ones is none. */
static bool mask_len(struct str s, uint32_t *ret)
{
	uint32_t mask, host;

	if (!addr_parse4(s, &mask))
		return false;
	host = ~mask;
	if ((host & (host + 1)) != 0)
		return false;
	*ret = host == UINT32_MAX ? 0 : (uint32_t)__builtin_clz(host | 1) + (host == 0);
	return true;
}

static bool prefix_len(struct str s, bool v4, uint32_t *ret)
{
	if (v4 && s.len > 3)
		return mask_len(s, ret);
	if (s.len > 3 || (s.len > 1 && s.p[0] == '0') || !str_u32(s, ret))
		return false;
	return *ret <= (v4 ? 32 : 128);
}

bool prefix_parse(struct str s, struct prefix *ret, bool *ret_host)
{
	struct str_cut c = str_rcut(s, '/');
	bool v4 = !str_has(c.head, ':');
	struct addr a;
	uint32_t len = v4 ? 32 : 128;

	if (!addr_parse(c.head, &a) || (c.ok && !prefix_len(c.tail, v4, &len)))
		return false;
	if (v4)
		len += 96;
	u128 n = to_number(&a), host = host_bits(len);
	if (ret_host != NULL)
		*ret_host = (n & host) != 0;
	from_number(n & ~host, &ret->addr);
	ret->len = (uint8_t)len;
	return true;
}

size_t prefix_print(char *buf, const struct prefix *p)
{
	size_t n = addr_print(buf, &p->addr);
	unsigned len = p->len;

	if (len >= 96 && addr_is4(&p->addr))
		len -= 96;
	buf[n++] = '/';
	memcpy(buf + n, octet_text[len], 3);
	n += (size_t)octet_text[len][3];
	buf[n] = '\0';
	return n;
}

bool prefix_has(const struct prefix *p, const struct addr *a)
{
	return ((to_number(&p->addr) ^ to_number(a)) & ~host_bits(p->len)) == 0;
}

void prefix_range(const struct prefix *p, struct addr *ret_first, struct addr *ret_last)
{
	u128 n = to_number(&p->addr), host = host_bits(p->len);

	from_number(n & ~host, ret_first);
	from_number(n | host, ret_last);
}

static unsigned trailing_zeros(u128 n)
{
	if ((uint64_t)n != 0)
		return (unsigned)__builtin_ctzll((uint64_t)n);
	return n == 0 ? 128 : 64 + (unsigned)__builtin_ctzll((uint64_t)(n >> 64));
}

int prefix_cover_next(struct addr *first, const struct addr *last, bool *done, struct prefix *ret)
{
	u128 from = to_number(first), to = to_number(last);

	if (*done || from > to)
		return 0;
	/* The widest block that begins at from and does not reach beyond to. */
	unsigned host = trailing_zeros(from);
	while (host > 0 && (from | host_bits(128 - host)) > to)
		host--;
	u128 end = from | host_bits(128 - host);
	ret->addr = *first;
	ret->len = (uint8_t)(128 - host);
	if (end == to)
		*done = true; /* instead of an address behind the last one, which need not exist */
	else
		from_number(end + 1, first);
	return 1;
}
