/* SPDX-License-Identifier: Apache-2.0
 *
 * The kind is found by what can stand in it, from the narrow to the wide: a URL by its scheme, a mail address
 * by its
 * "@", a digest by its length, an address by its octets, and a name last. What looks like an address and is
 * none is never a name. Whether a URL or a mail address is a good one is left to the event's types.
 *
 * It cannot tell a name from a file's name ("setup.zip" is both).
 */
#include "read/indicator.h"
#include <stdio.h>

/* ---- what is wrong with something that looks like an address ------------------------------------- */

static bool all_of(struct str s, const char *extra)
{
	for (size_t i = 0; i < s.len; i++)
		if (!char_digit(s.p[i]) && strchr(extra, s.p[i]) == NULL)
			return false;
	return s.len > 0;
}

static bool all_digits(struct str s)
{
	return all_of(s, "");
}

static const char *why_octets(struct str s)
{
	unsigned n = 0;
	const char *why = NULL;

	if (all_digits(s))
		return "is a bare number";
	for (struct str_cut cut = {.tail = s, .ok = true}; cut.ok; n++) {
		cut = str_cut(cut.tail, '.');
		uint32_t octet;
		if (cut.head.len == 0)
			return "lacks an octet";
		if (cut.head.len > 1 && cut.head.p[0] == '0')
			why = "has an octet with a leading zero, which is ten to one program and eight to "
			      "another";
		else if (why == NULL && (!str_u32(cut.head, &octet) || octet > 255))
			why = "has an octet above 255";
	}
	if (n != 4)
		return n < 4 ? "has fewer than four octets" : "has more than four octets";
	return why;
}

static const char *why_none(struct str s)
{
	const char *why = all_of(s, ".") ? why_octets(s) : NULL;

	return why ? why : "is no address, prefix, range, name, URL, mail address or digest";
}

static void none(struct indicator *ret, const char *why)
{
	ret->kind = INDICATOR_NONE;
	ret->why = why;
}

/* ---- kinds --------------------------------------------------------------------------------------- */

static bool is_name(struct str s)
{
	char name[NAME_MAX_BYTES + 1];
	size_t len;

	return value_fqdn(s, name, &len);
}

static bool is_url(struct str s)
{
	size_t at = str_find(s, 0, ':');

	return at != SIZE_MAX && at > 1 && at <= 16 && str_starts(str_skip(s, at), STR("://"));
}

static bool is_digest(struct str s)
{
	if (str_istarts(s, STR("md5:")) || str_istarts(s, STR("sha1:")) || str_istarts(s, STR("sha256:")))
		s = str_cut(s, ':').tail;
	if (s.len != 32 && s.len != 40 && s.len != 64)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (char_hex(s.p[i]) < 0)
			return false;
	return true;
}

static bool is_asn(struct str s)
{
	return s.len > 2 && str_istarts(s, STR("AS")) && all_digits(str_skip(s, 2));
}

bool indicator_netmask(struct str s, unsigned *ret_len)
{
	uint32_t mask;

	if (!addr_parse4(s, &mask) || mask < 0xff000000 || (~mask & (~mask + 1)) != 0)
		return false;
	*ret_len = (unsigned)__builtin_popcount(mask);
	return true;
}

/* "ADDRESS/LENGTH" or "ADDRESS/NETMASK"; false if the tail is neither, then it is a path. */
static bool parse_network(struct str s, const struct addr *a, struct str tail, struct indicator *ret)
{
	struct prefix p;
	unsigned len;

	if (indicator_netmask(tail, &len) && addr_is4(a)) {
		char text[ADDR_TEXT];
		size_t n = addr_print(text, a);
		n = (size_t)snprintf(ret->prefix, sizeof(ret->prefix), "%.*s/%u", (int)n, text, len);
		s = str_make(ret->prefix, n);
	} else if (!all_digits(tail)) {
		return false;
	}
	ret->text = s;
	ret->kind = INDICATOR_NETWORK;
	if (!prefix_parse(s, &p, NULL))
		none(ret, "has a prefix length that its address cannot have");
	else if (p.len == 0 || (p.len == 96 && addr_is4(&p.addr)))
		none(ret, "is the whole internet, which nobody reports");
	else if (addr_none(&p.addr))
		none(ret, "begins at nobody's address");
	return true;
}

/* "ADDRESS:PORT", "[ADDRESS]:PORT", "[ADDRESS]", "NAME:PORT". */
static bool parse_host_port(struct str s, struct indicator *ret)
{
	struct str_cut cut = str_rcut(s, ':');
	struct addr a;

	if (s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']')
		cut = (struct str_cut){.head = s, .ok = true};
	else if (!cut.ok || !all_digits(cut.tail))
		return false;
	struct str host = cut.head;
	bool bracket = host.len > 2 && host.p[0] == '[' && host.p[host.len - 1] == ']';
	if (bracket)
		host = str_sub(host, 1, host.len - 2);
	else if (str_has(host, ':'))
		return false;
	if (addr_parse(host, &a)) {
		if (addr_none(&a)) {
			none(ret, "is nobody's address");
			return true;
		}
	} else if (bracket || !is_name(host)) {
		return false;
	}
	*ret = (struct indicator){.kind = INDICATOR_HOST_PORT, .text = host, .port = cut.tail};
	return true;
}

static void parse_slash(struct str s, struct indicator *ret)
{
	struct str_cut cut = str_cut(s, '/');
	struct addr a;
	struct indicator host;

	if (addr_parse(cut.head, &a) && parse_network(s, &a, cut.tail, ret))
		return;
	if (addr_parse(cut.head, &a) ? !addr_none(&a)
	                             : is_name(cut.head) ||
	                        (parse_host_port(cut.head, &host) && host.kind != INDICATOR_NONE)) {
		*ret = (struct indicator){.kind = INDICATOR_PATH, .text = s};
		return;
	}
	none(ret, why_none(cut.head));
}

void indicator_parse(struct str s, struct indicator *ret)
{
	struct addr a;

	*ret = (struct indicator){.text = s};
	if (is_url(s)) {
		ret->kind = INDICATOR_URL;
	} else if (is_digest(s)) {
		ret->kind = INDICATOR_DIGEST;
	} else if (addr_parse(s, &a)) {
		ret->kind = INDICATOR_ADDR;
		if (addr_none(&a))
			none(ret, "is nobody's address");
	} else if (str_has(s, '/')) {
		parse_slash(s, ret);
	} else if (str_has(s, '@')) {
		ret->kind = INDICATOR_EMAIL;
	} else if (is_asn(s)) {
		ret->kind = INDICATOR_ASN;
	} else if (is_name(s)) {
		ret->kind = INDICATOR_NAME;
	} else if (!parse_host_port(s, ret)) {
		none(ret, why_none(s));
	}
}

void indicator_put(struct writer *w, const struct indicator *i)
{
	switch (i->kind) {
	case INDICATOR_NONE:
		break;
	case INDICATOR_ADDR:
		event_put(w, FIELD_SOURCE_IP, i->text);
		break;
	case INDICATOR_NETWORK:
		event_put(w, FIELD_SOURCE_NETWORK, i->text);
		break;
	case INDICATOR_NAME:
		event_put(w, FIELD_SOURCE_FQDN, i->text);
		break;
	case INDICATOR_HOST_PORT:
		event_put(w, FIELD_SOURCE_IP, i->text);
		event_put(w, FIELD_SOURCE_PORT, i->port);
		break;
	case INDICATOR_PATH:
	case INDICATOR_URL:
		event_put(w, FIELD_SOURCE_URL, i->text);
		break;
	case INDICATOR_EMAIL:
		event_put(w, FIELD_SOURCE_EMAIL, i->text);
		break;
	case INDICATOR_DIGEST:
		event_put(w, FIELD_MALWARE_HASH_SHA256, i->text);
		break;
	case INDICATOR_ASN:
		event_put(w, FIELD_SOURCE_ASN, i->text);
		break;
	}
}
