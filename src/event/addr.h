/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses and prefixes as 16 bytes in network order, IPv4 mapped into ::ffff:0:0/96 (RFC 4291, 2.5.5.2).
 * All zero means absent. Parsers are strict: four decimal octets without leading zeros, RFC 4291 text for
 * IPv6; a zone (%eth0) goes; no blanks.
 */
#pragma once

#include "base/str.h"

struct addr {
	uint8_t b[16];
};
struct prefix {
	struct addr addr; /* host bits are zero */
	uint8_t len;      /* 0 to 128; an IPv4 prefix /n has 96 + n */
};

#define ADDR_TEXT 46 /* room for the longest text and a NUL */
#define PREFIX_TEXT 50

bool addr_parse(struct str s, struct addr *ret);
/* IPv4 only. */
bool addr_parse4(struct str s, uint32_t *ret);
/* RFC 5952; IPv4 as dotted quad. Returns the length; buf has ADDR_TEXT bytes. */
size_t addr_print(char *buf, const struct addr *a);
static inline bool addr_is4(const struct addr *a)
{
	static const uint8_t head[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	return memcmp(a->b, head, 12) == 0;
}
static inline uint32_t addr_v4(const struct addr *a)
{
	return (uint32_t)a->b[12] << 24 | (uint32_t)a->b[13] << 16 | (uint32_t)a->b[14] << 8 | a->b[15];
}
void addr_from4(uint32_t v4, struct addr *ret);
/* Absent, or 0.0.0.0 or ::, which are nobody's addresses. */
static inline bool addr_none(const struct addr *a)
{
	static const uint8_t zero[16];
	return memcmp(a->b, zero, 10) == 0 && memcmp(a->b + 12, zero, 4) == 0 &&
	        (memcmp(a->b + 10, zero, 2) == 0 || addr_is4(a));
}
int addr_cmp(const struct addr *a, const struct addr *b);

/* "ADDRESS/LENGTH", or an address alone as /32 or /128. Host bits are cleared; *ret_host says whether there
 * were any (may be NULL). An IPv4 length is at most 32; it may also be a netmask ("255.255.255.0"). */
bool prefix_parse(struct str s, struct prefix *ret, bool *ret_host);
size_t prefix_print(char *buf, const struct prefix *p);
bool prefix_has(const struct prefix *p, const struct addr *a);
/* First and last address. */
void prefix_range(const struct prefix *p, struct addr *ret_first, struct addr *ret_last);
/* The next prefix that exactly covers the range from *first to last: writes it, moves *first behind it.
 * 1 while there is one, 0 at the end, also if first is above last. *done is false before the first call. */
int prefix_cover_next(struct addr *first, const struct addr *last, bool *done, struct prefix *ret);
