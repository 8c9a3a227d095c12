/* SPDX-License-Identifier: Apache-2.0
 *
 * Names, URLs, mail addresses, numbers: one spelling for one thing, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "event/suffix.h"
#include "event/value.h"
#include <cmocka.h>

/* Each value stands in a block of its own size, so that a sanitizer sees a look behind the end. */
static struct str tight(const char *text, size_t len)
{
	char *p = mem_get(len + 1);

	memcpy(p, text, len);
	return str_make(p, len);
}

static const char *fqdn(struct str text)
{
	static _Thread_local char ret[NAME_MAX_BYTES + 1];
	struct str s = tight(text.p, text.len);
	size_t n = 0;
	bool ok = value_fqdn(s, ret, &n);

	free((char *)s.p);
	if (!ok)
		return "refused";
	assert_true(n > 0 && n <= NAME_MAX_BYTES);
	ret[n] = '\0';
	return ret;
}

static void names(void **state)
{
	static const struct {
		struct str text;
		const char *want;
	} rows[] = {
	        {STR_INIT("BAD.Example."), "bad.example"},
	        {STR_INIT(".pool.example.net"), "pool.example.net"},
	        {STR_INIT("i_update.example.org"), "i_update.example.org"},
	        {STR_INIT("b\xc3\xbc"
	                  "cher.example"),
	                "xn--bcher-kva.example"},
	        {STR_INIT("B\xc3\x9c"
	                  "CHER.example"),
	                "xn--bcher-kva.example"},
	        {STR_INIT("bu\xcc\x88"
	                  "cher.example"),
	                "xn--bcher-kva.example"}, /* u and a combining mark */
	        {STR_INIT("stra\xc3\x9f"
	                  "e.example"),
	                "xn--strae-oqa.example"}, /* IDNA 2008, not "strasse" */
	        {STR_INIT("_dmarc.b\xc3\xbc"
	                  "cher.example"),
	                "_dmarc.xn--bcher-kva.example"},
	        {STR_INIT("\xe0\xba\xa5\xe0\xba\xb2\xe0\xba\xa7.example"), "xn--q7ce6a.example"}, /* Lao */
	        {STR_INIT("bad\xe3\x80\x82"
	                  "example"),
	                "bad.example"}, /* ideographic full stop */
	        {STR_INIT("_dmarc.example.com"), "_dmarc.example.com"},
	        {STR_INIT("*.example.com"), "example.com"},
	        {STR_INIT("XN--BCHER-KVA.example"), "xn--bcher-kva.example"},
	        {STR_INIT("xn--i-7iq.example"), "xn--i-7iq.example"},
	        {STR_INIT("r3---sn-4g5e6nl7.example"), "r3---sn-4g5e6nl7.example"},
	        {STR_INIT("-a-.example"), "-a-.example"},
	        {STR_INIT("1.2.3.in-addr.arpa"), "1.2.3.in-addr.arpa"},
	        {STR_INIT("a.b.c.xn--q7ce6a"), "a.b.c.xn--q7ce6a"}, {STR_INIT("  a.example\t"), "a.example"},
	        {STR_INIT("2130706433.example"), "2130706433.example"}, {STR_INIT(""), "refused"},
	        {STR_INIT("."), "refused"}, {STR_INIT(".."), "refused"}, {STR_INIT("localhost"), "refused"},
	        {STR_INIT("com."), "refused"}, {STR_INIT("..example.com"), "refused"},
	        {STR_INIT("example.com.."), "refused"}, {STR_INIT("bad..example"), "refused"},
	        {STR_INIT("203.62"), "refused"}, {STR_INIT("601.77"), "refused"},
	        {STR_INIT("192.0.2.1"), "refused"}, {STR_INIT("192.0.2.1."), "refused"},
	        {STR_INIT("198.51.100.15abc"), "refused"}, {STR_INIT("0x7f.0x1"), "refused"},
	        {STR_INIT("\xef\xbc\x91.\xef\xbc\x92"), "refused"}, /* full-width digits */
	        {STR_INIT("n.a"), "refused"}, {STR_INIT("a b.example"), "refused"},
	        {STR_INIT("a.example/x"), "refused"}, {STR_INIT("a.example:80"), "refused"},
	        {STR_INIT("a@b.example"), "refused"}, {STR_INIT("bad[.]example"), "refused"},
	        {STR_INIT("*"), "refused"}, {STR_INIT("*.*.example.com"), "refused"},
	        {STR_INIT("a.*.example"), "refused"}, {STR_INIT("2001:db8::1"), "refused"},
	        {STR_INIT("a.example\0b"), "refused"},
	        {STR_INIT("b\xfc"
	                  "cher.example"),
	                "refused"},                              /* Latin-1 */
	        {STR_INIT("a\xe2\x80\xae.example"), "refused"},  /* right-to-left override */
	        {STR_INIT("a.example\xe2\x81\x84x"), "refused"}, /* fraction slash */
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *have = fqdn(rows[i].text);

		if (strcmp(have, rows[i].want) != 0)
			fail_msg("'%.*s' became '%s', not '%s'", STR_ARG(rows[i].text), have, rows[i].want);
		/* A normal form stays as it is. */
		if (strcmp(have, "refused") != 0)
			assert_string_equal(fqdn(str_from(rows[i].want)), rows[i].want);
	}
}

static void name_lengths(void **state)
{
	char text[2000];
	(void)state;

	memset(text, 'a', sizeof(text));
	memcpy(text + 63, ".example", 8);
	assert_string_not_equal(fqdn(str_make(text, 71)), "refused");
	assert_string_equal(fqdn(str_make(text - 0, sizeof(text))), "refused");
	memset(text, 'a', sizeof(text));
	memcpy(text + 64, ".example", 8);
	assert_string_equal(fqdn(str_make(text, 72)), "refused");
	memset(text, 'a', sizeof(text));
	for (unsigned i = 31; i < sizeof(text); i += 32)
		text[i] = '.';
	assert_string_not_equal(fqdn(str_make(text, 253)), "refused");
	assert_string_not_equal(fqdn(str_make(text, 255 - 1)), "a");
	assert_string_equal(fqdn(str_make(text, 254)), "refused");
	for (unsigned i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xbc", 2);
	assert_string_equal(fqdn(str_make(text, sizeof(text))), "refused");
}

/* Random names: what a slow reading of the rules says. */
static bool slow_name(const char *s, size_t len)
{
	size_t label = 0, labels = 1;

	if (len > 253)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && s[i] != '.') {
			if (!char_alnum(s[i]) && s[i] != '-' && s[i] != '_')
				return false;
			continue;
		}
		if (i == label || i - label > 63)
			return false;
		if (i < len) {
			label = i + 1;
			labels++;
		}
	}
	char c = char_lower(s[label]);
	return labels > 1 && len - label > 1 && c >= 'a' && c <= 'z';
}

static void random_names(void **state)
{
	uint64_t r = 42;
	unsigned taken = 0;
	(void)state;

	for (unsigned i = 0; i < 100000; i++) {
		char text[80];
		size_t len;

		r = r * 6364136223846793005u + 1442695040888963407u;
		len = r >> 60;
		if (i % 64 == 0)
			len = 60 + (r >> 60);
		for (size_t k = 0; k < len; k++) {
			r = r * 6364136223846793005u + 1442695040888963407u;
			text[k] = (i % 64 == 0 && k < 61
			                ? "aaab"
			                : "ab.Z0.-_a.c !cD1")[(r >> 60) % (i % 64 == 0 && k < 61 ? 4 : 16)];
		}
		if (len > 0 &&
		        (text[0] == '.' || text[len - 1] == '.' || text[0] == ' ' || text[len - 1] == ' '))
			continue;
		bool want = slow_name(text, len), have = strcmp(fqdn(str_make(text, len)), "refused") != 0;
		if (want != have)
			fail_msg("'%.*s': %d, should be %d", (int)len, text, have, want);
		taken += want;
	}
	assert_true(taken > 1000);
}

static void urls(void **state)
{
	static const struct {
		struct str text;
		const char *want, *host;
	} rows[] = {
	        {STR_INIT("http://mal.example/a"), "http://mal.example/a", "mal.example"},
	        {STR_INIT("HTTP://MAL.Example/A?b=C#D"), "http://mal.example/A?b=C#D", "mal.example"},
	        {STR_INIT("http://203.0.113.23:8080/24"), "http://203.0.113.23:8080/24", "203.0.113.23"},
	        {STR_INIT("http://mal.example"), "http://mal.example", "mal.example"},
	        {STR_INIT("http://mal.example?x"), "http://mal.example?x", "mal.example"},
	        {STR_INIT("http://mal.example:80/"), "http://mal.example:80/", "mal.example"},
	        {STR_INIT("http://mal.example:/x"), "http://mal.example/x", "mal.example"},
	        {STR_INIT("http://mal.example./x"), "http://mal.example/x", "mal.example"},
	        {STR_INIT("https://u:p@mal.example/x"), "https://u:p@mal.example/x", "mal.example"},
	        {STR_INIT("https://bank.example@mal.example/"), "https://bank.example@mal.example/",
	                "mal.example"},
	        {STR_INIT("https://a@b@mal.example/@c"), "https://a@b@mal.example/@c", "mal.example"},
	        {STR_INIT("https://mal.example/x@bank.example"), "https://mal.example/x@bank.example",
	                "mal.example"},
	        {STR_INIT("http://[2001:DB8:0::1]:443/x"), "http://[2001:db8::1]:443/x", "2001:db8::1"},
	        {STR_INIT("http://[2001:db8::1]"), "http://[2001:db8::1]", "2001:db8::1"},
	        {STR_INIT("http://[fe80::1%25eth0]/"), "http://[fe80::1]/", "fe80::1"},
	        {STR_INIT("http://[::ffff:192.0.2.1]/"), "http://192.0.2.1/", "192.0.2.1"},
	        {STR_INIT("http://b\xc3\xbc"
	                  "cher.example/\xc3\xbc"),
	                "http://xn--bcher-kva.example/%C3%BC", "xn--bcher-kva.example"},
	        {STR_INIT("http://m%61l.example/%61"), "http://mal.example/%61", "mal.example"},
	        {STR_INIT("http://192%2e0.2.1/"), "http://192.0.2.1/", "192.0.2.1"},
	        {STR_INIT("http://mal.example/a b\tc\x7f\xff"), "http://mal.example/a%20b%09c%7F%FF",
	                "mal.example"},
	        {STR_INIT("http://mal.example/0123456789abcdef 0123456789\x7f 01234567\x80!~"),
	                "http://mal.example/0123456789abcdef%200123456789%7F%2001234567%80!~", "mal.example"},
	        {STR_INIT(" http://mal.example/a "), "http://mal.example/a", "mal.example"},
	        {STR_INIT("tcp://192.0.2.1:443"), "tcp://192.0.2.1:443", "192.0.2.1"},
	        {STR_INIT("svn+ssh://mal.example/"), "svn+ssh://mal.example/", "mal.example"},
	        {STR_INIT("http://mal_1.example/"), "http://mal_1.example/", "mal_1.example"},
	        {STR_INIT("http://mal.example/a\\b"), "http://mal.example/a\\b", "mal.example"},
	        {STR_INIT(""), NULL, NULL},
	        {STR_INIT("bad.example/login.php"), NULL, NULL},
	        {STR_INIT("//bad.example/"), NULL, NULL},
	        {STR_INIT("://bad.example/"), NULL, NULL},
	        {STR_INIT("http:/bad.example/"), NULL, NULL},
	        {STR_INIT("http:bad.example"), NULL, NULL},
	        {STR_INIT("mailto:a@bad.example"), NULL, NULL},
	        {STR_INIT("1http://bad.example/"), NULL, NULL},
	        {STR_INIT("ht tp://bad.example/"), NULL, NULL},
	        {STR_INIT("http://"), NULL, NULL},
	        {STR_INIT("http:///x"), NULL, NULL},
	        {STR_INIT("http://:80/"), NULL, NULL},
	        {STR_INIT("http://@/"), NULL, NULL},
	        {STR_INIT("http://localhost/"), NULL, NULL},
	        {STR_INIT("http://3221226001/"), NULL, NULL},
	        {STR_INIT("http://0x7f.0.0.1/"), NULL, NULL},
	        {STR_INIT("http://192.0.2.010/"), NULL, NULL},
	        {STR_INIT("http://192.0.2.1:http/"), NULL, NULL},
	        {STR_INIT("http://192.0.2.1:65536/"), NULL, NULL},
	        {STR_INIT("http://192.0.2.1:80:80/"), NULL, NULL},
	        {STR_INIT("http://192.0.2.1:-80/"), NULL, NULL},
	        {STR_INIT("http://2001:db8::1/"), NULL, NULL},
	        {STR_INIT("http://[2001:db8::1/"), NULL, NULL},
	        {STR_INIT("http://[192.0.2.1]/"), NULL, NULL},
	        {STR_INIT("http://[2001:db8::1]x/"), NULL, NULL},
	        {STR_INIT("http://[]/"), NULL, NULL},
	        {STR_INIT("http://bad.example\\@mal.example/"), NULL, NULL},
	        {STR_INIT("http://bad%2fexample.com/"), NULL, NULL},
	        {STR_INIT("http://bad%zz.example/"), NULL, NULL},
	        {STR_INIT("http://bad.example%2/"), NULL, NULL},
	        {STR_INIT("http://bad.example%00/"), NULL, NULL},
	        {STR_INIT("http://*.bad.example/"), NULL, NULL},
	        {STR_INIT("http://bad..example/"), NULL, NULL},
	        {STR_INIT("http://a b.example/"), NULL, NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *ret = mem_get(3 * rows[i].text.len + 300);
		struct str host = {NULL, 0}, s = tight(rows[i].text.p, rows[i].text.len);
		size_t n = 0;
		bool ok = value_url(s, ret, &n, &host);

		if (ok != (rows[i].want != NULL))
			fail_msg("'%.*s' was %s", STR_ARG(rows[i].text), ok ? "taken" : "refused");
		if (ok) {
			assert_true(host.p >= ret && host.p + host.len <= ret + n);
			ret[n] = '\0';
			assert_string_equal(ret, rows[i].want);
			assert_int_equal(host.len, strlen(rows[i].host));
			assert_memory_equal(host.p, rows[i].host, host.len);
		}
		free((char *)s.p);
		free(ret);
	}
}

/* Every byte in every place of the path: encoded if it is a blank, a control or no ASCII. */
static void url_bytes(void **state)
{
	char text[] = "http://a.example/abcdefghijklmnopq", want[64], ret[512];
	(void)state;

	for (size_t at = 17; at < sizeof(text) - 2; at++) {
		for (unsigned c = 0; c < 256; c++) {
			struct str host;
			size_t n;
			char kept = text[at];

			text[at] = (char)c;
			assert_true(value_url(str_make(text, sizeof(text) - 1), ret, &n, &host));
			int w = c > 32 && c < 127 ? snprintf(want, sizeof(want), "%.*s%c%s", (int)at, text,
			                                    (int)c, text + at + 1)
			                          : snprintf(want, sizeof(want), "%.*s%%%02X%s", (int)at,
			                                    text, c, text + at + 1);
			text[at] = kept;
			assert_int_equal(n, w);
			assert_memory_equal(ret, want, n);
		}
	}
}

static void emails(void **state)
{
	static const struct {
		struct str text;
		const char *want;
	} rows[] = {
	        {STR_INIT("Abuse@Bad.Example"), "Abuse@bad.example"},
	        {STR_INIT("a.b+c@bad.example."), NULL},
	        {STR_INIT("\"a b\"@bad.example"), "\"a b\"@bad.example"},
	        {STR_INIT("\"a\\\"@b\"@bad.example"), "\"a\\\"@b\"@bad.example"},
	        {STR_INIT("a..b@bad.example"), "a..b@bad.example"},
	        {STR_INIT("\xc3\xbc@b\xc3\xbc"
	                  "cher.example"),
	                "\xc3\xbc@xn--bcher-kva.example"},
	        {STR_INIT(""), NULL},
	        {STR_INIT("@bad.example"), NULL},
	        {STR_INIT("a@"), NULL},
	        {STR_INIT("a"), NULL},
	        {STR_INIT("a@localhost"), NULL},
	        {STR_INIT("a@192.0.2.1"), NULL},
	        {STR_INIT("a@b@bad.example"), NULL},
	        {STR_INIT("a b@bad.example"), NULL},
	        {STR_INIT("\"@bad.example"), NULL},
	        {STR_INIT("\"\"@bad.example"), NULL},
	        {STR_INIT("\"a\\\"@bad.example"), NULL},
	        {STR_INIT("\"a\"b\"@bad.example"), NULL},
	        {STR_INIT("<a@bad.example>"), NULL},
	        {STR_INIT("a\r\nb@bad.example"), NULL},
	        {STR_INIT("\xff@bad.example"), NULL},
	        {STR_INIT("a@*.bad.example"), NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char ret[300] = "";
		size_t n = 0;
		bool ok = value_email(rows[i].text, ret, &n);

		if (ok != (rows[i].want != NULL))
			fail_msg("'%.*s' was %s", STR_ARG(rows[i].text), ok ? "taken" : "refused");
		if (ok) {
			ret[n] = '\0';
			assert_string_equal(ret, rows[i].want);
		}
	}
	char text[80];
	char ret[300];
	size_t n;
	memset(text, 'a', sizeof(text));
	memcpy(text + 65, "@b.example", 10);
	assert_true(value_email(str_make(text + 1, 74), ret, &n));
	assert_false(value_email(str_make(text, 75), ret, &n));
}

static void as_numbers(void **state)
{
	static const struct {
		struct str text;
		uint32_t want;
	} rows[] = {
	        {STR_INIT("64500"), 64500},
	        {STR_INIT("AS64500"), 64500},
	        {STR_INIT("as64501 EXAMPLE-NET"), 64501},
	        {STR_INIT("AS65536"), 65536},
	        {STR_INIT("ASN64500"), 64500},
	        {STR_INIT("AS 64500"), 64500},
	        {STR_INIT("64500, Example Net 7"), 64500},
	        {STR_INIT("AS64500 1st Net"), 64500},
	        {STR_INIT("AS64500 | Example"), 64500},
	        {STR_INIT("AS64500 (Example)"), 64500},
	        {STR_INIT("AS64500 \xe0\xba\xa5"), 64500},
	        {STR_INIT("1.0"), 65536},
	        {STR_INIT("1.10"), 65546},
	        {STR_INIT("0.64500"), 64500},
	        {STR_INIT("AS64500.0"), 4227072000u},
	        {STR_INIT("4294967295"), 4294967295u},
	        {STR_INIT("65535.65535"), 4294967295u},
	        {STR_INIT(" 64500 "), 64500},
	        {STR_INIT("64500.0"), 0},
	        {STR_INIT("0"), 0},
	        {STR_INIT("AS0"), 0},
	        {STR_INIT("0.0"), 0},
	        {STR_INIT("4294967296"), 0},
	        {STR_INIT("99999999999999999999999"), 0},
	        {STR_INIT("65536.1"), 0},
	        {STR_INIT("1.65536"), 0},
	        {STR_INIT("1.2.3"), 0},
	        {STR_INIT("1."), 0},
	        {STR_INIT(".1"), 0},
	        {STR_INIT("64503 64504"), 0},
	        {STR_INIT("64503 AS64504"), 0},
	        {STR_INIT("AS64503, AS64504"), 0},
	        {STR_INIT("64503,64504"), 0},
	        {STR_INIT("64503/64504"), 0},
	        {STR_INIT("64503_64504"), 0},
	        {STR_INIT("{64503,64504}"), 0},
	        {STR_INIT("64503 | 64504"), 0},
	        {STR_INIT("64503;64504"), 0},
	        {STR_INIT("AS"), 0},
	        {STR_INIT(""), 0},
	        {STR_INIT("-1"), 0},
	        {STR_INIT("+1"), 0},
	        {STR_INIT("64500x"), 0},
	        {STR_INIT("6.45e4"), 0},
	        {STR_INIT("AS-EXAMPLE"), 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint32_t v = 0;
		bool ok = value_asn(rows[i].text, &v);

		if (ok != (rows[i].want != 0) || v != rows[i].want)
			fail_msg("'%.*s' became %u", STR_ARG(rows[i].text), v);
	}
}

static void ports(void **state)
{
	static const struct {
		struct str text;
		uint16_t want;
	} rows[] = {
	        {STR_INIT("1"), 1},
	        {STR_INIT("443"), 443},
	        {STR_INIT("443.0"), 443},
	        {STR_INIT("65535"), 65535},
	        {STR_INIT(" 80 "), 80},
	        {STR_INIT("0"), 0},
	        {STR_INIT("0.0"), 0},
	        {STR_INIT("65536"), 0},
	        {STR_INIT("443.5"), 0},
	        {STR_INIT("443.00"), 0},
	        {STR_INIT("-1"), 0},
	        {STR_INIT("4294967376"), 0},
	        {STR_INIT("0x50"), 0},
	        {STR_INIT("80/tcp"), 0},
	        {STR_INIT(".0"), 0},
	        {STR_INIT(""), 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint16_t v = 0;

		assert_int_equal(value_port(rows[i].text, &v), rows[i].want != 0);
		assert_int_equal(v, rows[i].want);
	}
}

static void bank_codes(void **state)
{
	char ret[11];
	size_t n;
	(void)state;

	assert_true(value_bic(STR("abcdlalaxxx"), ret, &n) && n == 11);
	assert_memory_equal(ret, "ABCDLALAXXX", 11);
	assert_true(value_bic(STR("ABCDLA2X"), ret, &n) && n == 8);
	assert_false(value_bic(STR("ABCDLA2XX"), ret, &n));
	assert_false(value_bic(STR("ABC1LA2X"), ret, &n));
	assert_false(value_bic(STR("ABCD1A2X"), ret, &n));
	assert_false(value_bic(STR("ABCDLA-X"), ret, &n));
	assert_false(value_bic(STR(""), ret, &n));
}

static void placeholders(void **state)
{
	static const struct str yes[] = {STR_INIT(""), STR_INIT("  "), STR_INIT("-"), STR_INIT("--"),
	        STR_INIT("?"), STR_INIT("N/A"), STR_INIT("n/a"), STR_INIT("null"), STR_INIT("NULL"),
	        STR_INIT("(null)"), STR_INIT("undef"), STR_INIT("undefined"), STR_INIT("None"),
	        STR_INIT("unknown"), STR_INIT("\\N"), STR_INIT("NaN"), STR_INIT(" - "),
	        STR_INIT("0000-00-00 00:00:00"), STR_INIT("0001-01-01T00:00:00Z")};
	static const struct str no[] = {STR_INIT("NA"), STR_INIT("na"), STR_INIT("0"), STR_INIT("Nan"),
	        STR_INIT("nan"), STR_INIT("-1"), STR_INIT("nothing"), STR_INIT("n"), STR_INIT("No"),
	        STR_INIT("false"), STR_INIT("\\n"), STR_INIT("unknown host"), STR_INIT("?x"),
	        STR_INIT("0.0.0.0"), STR_INIT("::"), STR_INIT("a")};
	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		if (!value_placeholder(yes[i]))
			fail_msg("'%.*s' is a placeholder", STR_ARG(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		if (value_placeholder(no[i]))
			fail_msg("'%.*s' is a value", STR_ARG(no[i]));
}

static void suffixes(void **state)
{
	static const struct {
		struct str name;
		const char *suffix, *registrable;
	} rows[] = {
	        {STR_INIT("www.bank.com.la"), "com.la", "bank.com.la"},
	        {STR_INIT("bank.com.la"), "com.la", "bank.com.la"},
	        {STR_INIT("com.la"), "com.la", ""},
	        {STR_INIT("a.b.example.co.uk"), "co.uk", "example.co.uk"},
	        {STR_INIT("mal.example"), "example", "mal.example"},
	        {STR_INIT("www.ck"), "ck", "www.ck"},
	        {STR_INIT("a.foo.ck"), "foo.ck", "a.foo.ck"},
	        {STR_INIT("_dmarc.example.com"), "com", "example.com"},
	        {STR_INIT("a.xn--55qx5d.cn"), "xn--55qx5d.cn", "a.xn--55qx5d.cn"},
	};
	struct suffix *s = NULL;
	(void)state;

	assert_int_equal(suffix_open(&s, NULL), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str found = suffix_find(s, rows[i].name), reg = suffix_registrable(s, rows[i].name);

		if (!str_eq(found, str_from(rows[i].suffix)) || !str_eq(reg, str_from(rows[i].registrable)))
			fail_msg("'%.*s': suffix '%.*s', registrable '%.*s'", STR_ARG(rows[i].name),
			        STR_ARG(found), STR_ARG(reg));
	}
	suffix_close(&s);
	assert_null(s);
	suffix_close(&s);
}

static void disarmed(void **state)
{
	static const char *const cases[][2] = {{"hxxp://bad[.]example/a", "http://bad.example/a"},
	        {"HXXPS[:]//bad(dot)example", "https://bad.example"},
	        {"h**p://a.example", "http://a.example"}, {"fxp://a.example", "ftp://a.example"},
	        {"198.51.100[.]7", "198.51.100.7"}, {"2001[:]db8[:]:1", "2001:db8::1"},
	        {"a[at]b{.}example", "a@b.example"}, {"http[://]a\\.example", "http://a.example"},
	        {"http://a[.]example/b[.]c", "http://a.example/b.c"},
	        /* none of these is */
	        {"http://a.example/b[.]c", NULL}, {"http://[2001:db8::1]/", NULL}, {"hxxp", NULL},
	        {"a.example", NULL}, {"[.", NULL}, {"(dotted)", NULL}, {"", NULL}, {"\\", NULL}};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str in = str_from(cases[i][0]), out = value_refang(in, buf, sizeof(buf));
		if (cases[i][1] == NULL)
			assert_ptr_equal(out.p, in.p);
		else if (!str_eq(out, str_from(cases[i][1])))
			fail_msg("'%s' is '%.*s'", cases[i][0], STR_ARG(out));
	}
	struct str in = STR("hxxp://bad.example");
	assert_ptr_equal(value_refang(in, buf, in.len - 1).p, in.p);
}

/* What a terminal shows of text that somebody else wrote. */
static void quoted(void **state)
{
	static const char *const cases[][2] = {
	        {"plain", "plain"},
	        {"a\tb\x1b[0m", "a\\x09b\\x1b[0m"},
	        {"dash \u2013 quotes \u201cx\u201d dots \u2026",
	                "dash \u2013 quotes \u201cx\u201d dots \u2026"},
	        {"\u0e9e\u0eb2\u0eaa\u0eb2", "\u0e9e\u0eb2\u0eaa\u0eb2"},
	        {"\u1781\u200b\u1798", "\u1781\u200b\u1798"}, /* Khmer, parted */
	        {"bank\u200b.example", "bank\\xe2\\x80\\x8b.example"},
	        {"x\u202egpj.exe", "x\\xe2\\x80\\xaegpj.exe"},
	        {"x\u2066y", "x\\xe2\\x81\\xa6y"},
	        {"\xc2\x85", "\\xc2\\x85"},
	        {"\xff", "\\xff"},
	};
	char buf[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str got = err_quote(buf, sizeof(buf), str_from(cases[i][0]));
		if (!str_eq(got, str_from(cases[i][1])))
			fail_msg("'%s' is '%.*s'", cases[i][1], STR_ARG(got));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(quoted), cmocka_unit_test(names),
	        cmocka_unit_test(name_lengths), cmocka_unit_test(random_names), cmocka_unit_test(urls),
	        cmocka_unit_test(url_bytes), cmocka_unit_test(emails), cmocka_unit_test(as_numbers),
	        cmocka_unit_test(ports), cmocka_unit_test(bank_codes), cmocka_unit_test(placeholders),
	        cmocka_unit_test(suffixes), cmocka_unit_test(disarmed)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
