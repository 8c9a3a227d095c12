/* SPDX-License-Identifier: Apache-2.0
 *
 * Names, URLs and mail addresses in one spelling.
 *
 * A name of ASCII is checked and lowered in one pass; only a name with other characters goes through
 * libidn2 (IDNA 2008, mapping of UTS #46) and then through the same pass. Labels that begin with "xn--" stay
 * as they are: the DNS compares their letters, whatever they decode to, and names that IDNA 2008 would not
 * have made (hearts, old forms) are registered and used in attacks. Written with the characters themselves
 * such a name is refused, as libidn2 does not map it.
 *
 * What a name is here is wider than a host name (underscore, hyphen anywhere: seen in the wild, and the
 * parent says whose it is) and narrower at its end: the last label has two characters or more and begins with
 * a letter. So no piece of an address ("203.62", "198.51.100.7x", "0x7f.1") becomes a name.
 */
#include "base/utf8.h"
#include "event/value.h"
#include <idn2.h>

/* ---- names ------------------------------------------------------------------------------------- */

#define LABEL_MAX 63
/* The longest text that can still become a name of 253 bytes: four bytes of UTF-8 for one of an A-label. */
#define IDN_TEXT_MAX 1012

#define EACH(byte) (0x0101010101010101u * (byte))
/* 0x80 in each byte of w (all below 0x80) that is c or more; that is c. */
#define FROM(w, c) ((w) + EACH(0x80 - (c)))
#define IS(w, c) ~(((w) ^ EACH(c)) + EACH(0x7f))

/* Eight characters of a name at once: *w in lower case, false if one cannot stand in a name; 0x80 in the
 * bytes of *ret_dots that are dots. */
static inline bool name_word(uint64_t *w, uint64_t *ret_dots)
{
	uint64_t x = *w, y = x | EACH(0x20), dots = IS(x, '.');
	uint64_t letters = FROM(y, 'a') & ~FROM(y, 'z' + 1) & EACH(0x80);
	uint64_t others = (FROM(x, '0') & ~FROM(x, '9' + 1)) | IS(x, '-') | IS(x, '_') | dots;

	*w = x | letters >> 2;
	*ret_dots = dots & EACH(0x80);
	return (x & EACH(0x80)) == 0 && ((letters | others) & EACH(0x80)) == EACH(0x80);
}

/* Four to seven characters, filled up with letters. */
static bool short_name(struct str s, char *ret, size_t *ret_last)
{
	uint32_t head, tail;
	uint64_t w, dots;

	memcpy(&head, s.p, 4);
	memcpy(&tail, s.p + s.len - 4, 4);
	w = head | (uint64_t)tail << (8 * (s.len - 4)) | EACH('a') << (8 * s.len);
	if (!name_word(&w, &dots) || (dots & (dots << 8 | 0x80)) != 0)
		return false;
	memcpy(ret, &w, 8);
	*ret_last = dots == 0 ? 0 : 8 - (size_t)__builtin_clzll(dots) / 8;
	return true;
}

/* Eight characters and more; the last word may overlap the one before. */
static bool long_name(struct str s, char *ret, size_t *ret_last)
{
	uint64_t w, dots, before = 0x80; /* as if a dot stood in front, so that none may follow */
	size_t last = 0, at = 0;

	for (;;) {
		memcpy(&w, s.p + at, 8);
		if (!name_word(&w, &dots) || (dots & (dots << 8 | before)) != 0)
			return false;
		memcpy(ret + at, &w, 8);
		if (dots != 0)
			last = at + 8 - (size_t)__builtin_clzll(dots) / 8;
		before = dots >> 56;
		if (at + 8 == s.len)
			break;
		at += 8;
		if (at + 8 > s.len) {
			at = s.len - 8;
			before = 0; /* the place where the words meet is inside this one */
		}
	}
	*ret_last = last;
	return true;
}

static bool labels_fit(const char *name, size_t len)
{
	for (size_t label = 0, i = 0; i < len; i++) {
		if (name[i] == '.')
			label = i + 1;
		else if (i - label >= LABEL_MAX)
			return false;
	}
	return true;
}

/* A name without dots at its ends. */
static bool ascii_name(struct str s, char *ret, size_t *ret_len)
{
	size_t last; /* where the last label starts; 0: it is the only one */

	if (s.len < 4 || s.len > NAME_MAX_BYTES || s.p[s.len - 1] == '.')
		return false;
	if (!(s.len < 8 ? short_name(s, ret, &last) : long_name(s, ret, &last)))
		return false;
	if (last == 0 || s.len - last < 2 || ret[last] < 'a')
		return false;
	if (s.len > LABEL_MAX && !labels_fit(ret, s.len))
		return false;
	ret[s.len] = '\0';
	*ret_len = s.len;
	return true;
}

static bool has_non_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.p[i] & 0x80) != 0)
			return true;
	return false;
}

static struct str drop_dots(struct str s)
{
	if (s.len > 0 && s.p[0] == '.')
		s = str_skip(s, 1);
	if (s.len > 0 && s.p[s.len - 1] == '.')
		s.len--;
	return s;
}

static bool idn_name(struct str s, char *ret, size_t *ret_len)
{
	char text[IDN_TEXT_MAX + 1];
	uint8_t *ascii = NULL;

	if (s.len > IDN_TEXT_MAX || memchr(s.p, '\0', s.len) != NULL || !utf8_valid(s))
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = '\0';
	if (idn2_to_ascii_8z(text, (char **)&ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
		return false;
	/* The mapping may bring forth a dot at an end, from an ideographic one. */
	bool ok = ascii_name(drop_dots(str_from((char *)ascii)), ret, ret_len);
	idn2_free(ascii);
	return ok;
}

/* A name without a dot at either end. */
static bool bare_name(struct str s, char *ret, size_t *ret_len)
{
	if (ascii_name(s, ret, ret_len))
		return true;
	return has_non_ascii(s) && idn_name(s, ret, ret_len);
}

bool value_fqdn(struct str s, char *ret, size_t *ret_len)
{
	/* Most names are in their normal form already, but for case. */
	if (ascii_name(s, ret, ret_len))
		return true;
	s = str_trim(s);
	if (str_starts(s, STR("*.")))
		s = str_skip(s, 2);
	else if (s.len > 0 && s.p[0] == '.')
		s = str_skip(s, 1);
	if (s.len > 0 && s.p[s.len - 1] == '.')
		s.len--;
	return bare_name(s, ret, ret_len);
}

/* ---- URLs -------------------------------------------------------------------------------------- */

/* Where the next byte of the output goes. */
struct out {
	char *start, *at;
};

static void put(struct out *o, struct str s)
{
	if (s.len > 0)
		memcpy(o->at, s.p, s.len);
	o->at += s.len;
}

/* True if each of eight bytes is from 0x21 to 0x7e. */
static inline bool plain_word(const char *p)
{
	uint64_t w;

	memcpy(&w, p, 8);
	return ((w | (w + EACH(1)) | ~(w + EACH(0x80 - 0x21))) & EACH(0x80)) == 0;
}

/* The rest of a URL as it came, with blanks, controls and what is not ASCII percent-encoded. */
static void put_encoded(struct out *o, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		while (i + 8 <= s.len && plain_word(s.p + i)) {
			memcpy(o->at, s.p + i, 8);
			o->at += 8;
			i += 8;
		}
		if (i == s.len)
			return;
		uint8_t c = (uint8_t)s.p[i];

		if (c > ' ' && c < 0x7f) {
			*o->at++ = (char)c;
			continue;
		}
		*o->at++ = '%';
		*o->at++ = hex[c >> 4];
		*o->at++ = hex[c & 15];
	}
}

static bool take_scheme(struct str *s, struct out *o)
{
	size_t n = str_find(*s, 0, ':');

	if (n == SIZE_MAX || n == 0 || n > 32 || !str_starts(str_skip(*s, n), STR("://")))
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = char_lower(s->p[i]);

		if (!char_alnum(c) && (i == 0 || memchr("+-.", c, 3) == NULL))
			return false;
		if (i == 0 && char_digit(c))
			return false;
		*o->at++ = c;
	}
	put(o, STR("://"));
	*s = str_skip(*s, n + 3);
	return true;
}

/* Percent-encoding in a host is read: it is legal, browsers read it, and it is used to hide. */
static bool decode_host(struct str s, char *buf, size_t size, struct str *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (n == size)
			return false;
		if (c == '%') {
			int hi = i + 2 < s.len ? char_hex(s.p[i + 1]) : -1,
			    lo = hi < 0 ? -1 : char_hex(s.p[i + 2]);

			if (lo < 0)
				return false;
			c = (char)(hi << 4 | lo);
			i += 2;
		}
		buf[n++] = c;
	}
	*ret = str_make(buf, n);
	return true;
}

/* An address in brackets; a mapped one comes out as IPv4 and without them. */
static bool put_host6(struct str s, struct out *o, struct str *ret_host)
{
	struct addr a;

	if (!str_has(s, ':') || !addr_parse(s, &a))
		return false;
	bool v4 = addr_is4(&a);
	if (!v4)
		*o->at++ = '[';
	size_t n = addr_print(o->at, &a);
	*ret_host = str_make(o->at, n);
	o->at += n;
	if (!v4)
		*o->at++ = ']';
	return true;
}

static bool put_host(struct str s, struct out *o, struct str *ret_host)
{
	char decoded[IDN_TEXT_MAX];
	uint32_t v4;
	size_t n;

	if (s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']')
		return put_host6(str_sub(s, 1, s.len - 2), o, ret_host);
	if (str_has(s, '%') && !decode_host(s, decoded, sizeof(decoded), &s))
		return false;
	if (s.len > 0 && s.p[s.len - 1] == '.')
		s.len--;
	if (addr_parse4(s, &v4)) {
		put(o, s);
		n = s.len;
	} else if (bare_name(s, o->at, &n)) {
		o->at += n;
	} else {
		return false;
	}
	*ret_host = str_make(o->at - n, n);
	return true;
}

/* [user@]host[:port]. A backslash ends the host in browsers and not in RFC 3986: two readers, so refused. */
static bool put_authority(struct str s, struct out *o, struct str *ret_host)
{
	struct str_cut user = str_rcut(s, '@');
	uint32_t port;

	if (str_has(s, '\\'))
		return false;
	if (user.ok) {
		put_encoded(o, user.head);
		*o->at++ = '@';
		s = user.tail;
	}
	size_t bracket = s.len > 0 && s.p[0] == '[' ? str_find(s, 0, ']') : 0;
	if (bracket == SIZE_MAX)
		return false;
	size_t colon = str_find(s, bracket, ':');
	if (!put_host(str_sub(s, 0, colon), o, ret_host))
		return false;
	if (colon == SIZE_MAX || colon + 1 == s.len)
		return true; /* "host:" is the same as "host" (RFC 3986, 6.2.3) */
	s = str_skip(s, colon);
	if (s.len > 6 || !str_u32(str_skip(s, 1), &port) || port > 65535)
		return false;
	put(o, s);
	return true;
}

bool value_url(struct str s, char *ret, size_t *ret_len, struct str *ret_host)
{
	struct out o = {ret, ret};
	struct str host;
	size_t n = 0;

	s = str_trim(s);
	if (!take_scheme(&s, &o))
		return false;
	while (n < s.len && s.p[n] != '/' && s.p[n] != '?' && s.p[n] != '#')
		n++;
	if (!put_authority(str_sub(s, 0, n), &o, &host))
		return false;
	put_encoded(&o, str_skip(s, n));
	*o.at = '\0';
	*ret_len = (size_t)(o.at - o.start);
	*ret_host = host;
	return true;
}

/* ---- mail addresses ---------------------------------------------------------------------------- */

/* A dot-string with any dots, or a quoted string (RFC 5321, 4.1.2); UTF-8 is allowed (RFC 6531). */
static bool local_part(struct str s)
{
	bool quoted = s.len > 2 && s.p[0] == '"' && s.p[s.len - 1] == '"';

	if (s.len == 0 || s.len > 64 || !utf8_valid(s))
		return false;
	for (size_t i = quoted; i < s.len - quoted; i++) {
		uint8_t c = (uint8_t)s.p[i];

		if (c < ' ' || c == 0x7f)
			return false;
		if (!quoted && memchr(" \"(),:;<>@[\\]", c, 12) != NULL)
			return false;
		if (quoted && c == '\\' && ++i == s.len - 1)
			return false;
		if (quoted && c == '"')
			return false;
	}
	return true;
}

bool value_email(struct str s, char *ret, size_t *ret_len)
{
	char name[NAME_MAX_BYTES + 1];
	size_t n;

	s = str_trim(s);
	struct str_cut c = str_rcut(s, '@');
	if (!c.ok || !local_part(c.head) || !bare_name(c.tail, name, &n))
		return false;
	size_t len = c.head.len + 1 + n;
	if (len > 254)
		return false;
	memcpy(ret, c.head.p, c.head.len);
	ret[c.head.len] = '@';
	memcpy(ret + c.head.len + 1, name, n);
	*ret_len = len;
	return true;
}
