/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses and prefixes against the C library and against naive arithmetic.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "base/arena.h"
#include "event/addr.h"
#include <arpa/inet.h>
#include <cmocka.h>

static uint64_t dice(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Parses from a block of exactly the right size, so that a sanitizer sees a load behind the end. */
static bool parse(const char *text, size_t len, struct addr *ret)
{
	char *p = mem_get(len + 1);

	memcpy(p + 1, text, len);
	bool ok = addr_parse(str_make(p + 1, len), ret);
	free(p);
	return ok;
}

static const char *show(const char *text)
{
	static _Thread_local char buf[ADDR_TEXT];
	struct addr a;

	if (!parse(text, strlen(text), &a))
		return "refused";
	size_t n = addr_print(buf, &a);
	assert_int_equal(n, strlen(buf));
	return buf;
}

static void good(void **state)
{
	static const char *const rows[][2] = {
	        {"0.0.0.0", "0.0.0.0"},
	        {"1.2.3.4", "1.2.3.4"},
	        {"255.255.255.255", "255.255.255.255"},
	        {"198.51.100.7", "198.51.100.7"},
	        {"10.0.0.100", "10.0.0.100"},
	        {"::ffff:192.0.2.30", "192.0.2.30"},
	        {"::FFFF:C000:021F", "192.0.2.31"},
	        {"0:0:0:0:0:ffff:1.2.3.4", "1.2.3.4"},
	        {"2001:db8::42%eth0", "2001:db8::42"},
	        {"2001:0DB8:0:0:0:0:0:43", "2001:db8::43"},
	        {"2001:db8::7:443", "2001:db8::7:443"},
	        {"::", "::"},
	        {"::1", "::1"},
	        {"1::", "1::"},
	        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
	        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
	        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
	        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
	        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
	        {"1:2:3:4:5:6:192.0.2.33", "1:2:3:4:5:6:c000:221"},
	        {"::192.0.2.33", "::c000:221"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(show(rows[i][0]), rows[i][1]);
}

static void bad(void **state)
{
	static const char *const rows[] = {"", ".", "...", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.999",
	        "1.2.3.", ".1.2.3.4", "1..3.4", "198.51.100.1521", "203.0.1130.180", "192..2.28", "203.62",
	        "7", "601.77", "198.51.100.010", "0198.51.100.1", "00.0.0.0", "1.2.3.04", " 1.2.3.4",
	        "1.2.3.4 ", "1.2.3.4\n", "0x7f.0.0.1", "1.2.3.-4", "+1.2.3.4", "1.2.3.4/32", "1.2.3.4%eth0",
	        "1.2.3.4:80", "123.1..", "123.1.1.", "...1234", "1......", "....1234", "1234....", "1.1.....",
	        "255.255.255.2555", "1,2,3,4", "1.2.3.a", ":", ":::", "1", "1:2:3:4:5:6:7",
	        "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8",
	        ":1", "1:", "1::2:", ":1:2:3:4:5:6:7", "12345::", "g::", "::g", "[::1]", "::1 ", " ::1",
	        "::1/128", "::1%", "::1%e 0", "::1%e/0", "fe80::%", "::256.0.0.1", "::1.2.3", "::1.2.3.04",
	        "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "1.2.3.4::", "::ffff:1.2.3.4.5", "::-1", "0x1::"};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(show(rows[i]), "refused") != 0)
			fail_msg("'%s' was taken as '%s'", rows[i], show(rows[i]));
	struct addr a;
	char long_text[5000];
	memset(long_text, '1', sizeof(long_text));
	assert_false(parse(long_text, sizeof(long_text), &a));
	memset(long_text, ':', sizeof(long_text));
	assert_false(parse(long_text, sizeof(long_text), &a));
	assert_false(parse("1.2.3.4\0", 8, &a));
	assert_false(parse("1.2\0003.4", 7, &a));
	assert_false(parse("1.2.3.\xb4", 7, &a));
	assert_false(addr_parse((struct str){NULL, 0}, &a));
}

/* Text of the characters that addresses are made of, and near misses of real ones: inet_pton of glibc
 * decides. It takes leading zeros in no octet either, so there is no exception for IPv4. */
static void against_inet_pton(void **state)
{
	uint64_t seed = 20260105, ok4 = 0, ok6 = 0;
	(void)state;

	for (unsigned i = 0; i < 120000; i++) {
		char text[48];
		size_t len;
		uint64_t r = dice(&seed);

		if (i % 4 == 0) {
			len = r % 17;
			for (size_t k = 0; k < len; k++)
				text[k] = "0123456789.....,/-"[dice(&seed) % (r & 64 ? 15 : 18)];
		} else if (i % 4 == 1) {
			uint32_t v = (uint32_t)dice(&seed);
			len = (size_t)snprintf(text, sizeof(text), "%u.%u.%u.%u", v >> 24,
			        v >> 16 & (r & 1 ? 255 : 15), v >> 8 & 255, v & 255);
			if (r & 2)
				text[r / 4 % len] = (char)(1 + dice(&seed) % 255);
		} else if (i % 4 == 2) {
			len = r % 20;
			for (size_t k = 0; k < len; k++)
				text[k] = "01af:::::."[dice(&seed) % 10];
		} else {
			struct in6_addr in;
			for (unsigned k = 0; k < 16; k++)
				in.s6_addr[k] = dice(&seed) & 1 ? 0 : (uint8_t)dice(&seed);
			inet_ntop(AF_INET6, &in, text, sizeof(text));
			len = strlen(text);
			if (r & 2)
				text[r / 4 % len] = "0123456789af.:g"[dice(&seed) % 15];
		}
		text[len] = '\0';
		uint8_t want[16];
		bool want4 = inet_pton(AF_INET, text, want) == 1,
		     want6 = inet_pton(AF_INET6, text, want) == 1;
		struct addr have;
		bool ok = parse(text, len, &have);
		if (ok != (want4 || want6))
			fail_msg("'%s': %d, but inet_pton says %d", text, ok, want4 || want6);
		if (want4)
			inet_pton(AF_INET, text, want), assert_true(addr_is4(&have)), ok4++;
		if (want6)
			ok6++;
		if (ok)
			assert_memory_equal(have.b + (want4 ? 12 : 0), want, want4 ? 4 : 16);
	}
	/* The test would be empty if nearly nothing were an address. */
	assert_true(ok4 > 12000 && ok6 > 12000);
}

static void against_inet_ntop(void **state)
{
	uint64_t seed = 7;
	(void)state;

	for (unsigned i = 0; i < 100000; i++) {
		struct addr a;
		char have[ADDR_TEXT], want[ADDR_TEXT];

		for (unsigned k = 0; k < 16; k += 2) {
			bool zero = dice(&seed) % 2;
			a.b[k] = zero ? 0 : (uint8_t)(dice(&seed) & (dice(&seed) & 1 ? 0xff : 0x0f));
			a.b[k + 1] = zero ? 0 : (uint8_t)dice(&seed);
		}
		if (i % 3 == 0)
			addr_from4((uint32_t)dice(&seed), &a);
		if (addr_is4(&a))
			inet_ntop(AF_INET, a.b + 12, want, sizeof(want));
		else
			inet_ntop(AF_INET6, a.b, want, sizeof(want));
		size_t n = addr_print(have, &a);
		assert_int_equal(n, strlen(have));
		/* The C library writes the last 32 bits of ::/96 in decimal, which RFC 5952 does not ask for.
		 */
		if (!strchr(want, '.') || addr_is4(&a))
			assert_string_equal(have, want);
		struct addr again;
		assert_true(parse(have, n, &again));
		assert_int_equal(addr_cmp(&a, &again), 0);
	}
	for (unsigned v = 0; v < 256; v++) {
		struct addr a;
		char have[ADDR_TEXT], want[ADDR_TEXT];
		addr_from4(v << 24 | v << 16 | v << 8 | v, &a);
		addr_print(have, &a);
		snprintf(want, sizeof(want), "%u.%u.%u.%u", v, v, v, v);
		assert_string_equal(have, want);
	}
}

static void none(void **state)
{
	struct addr a;
	(void)state;

	assert_true(parse("::", 2, &a) && addr_none(&a));
	assert_true(parse("0.0.0.0", 7, &a) && addr_none(&a) && addr_is4(&a));
	assert_true(parse("0.0.0.1", 7, &a) && !addr_none(&a));
	assert_true(parse("::1", 3, &a) && !addr_none(&a));
	assert_true(parse("::ff:0:0", 8, &a) && !addr_none(&a));
	assert_true(parse("ffff::", 6, &a) && !addr_none(&a));
}

static const char *show_prefix(const char *text, bool *host)
{
	static _Thread_local char buf[PREFIX_TEXT];
	struct prefix p;

	if (!prefix_parse(str_from(text), &p, host))
		return "refused";
	size_t n = prefix_print(buf, &p);
	assert_int_equal(n, strlen(buf));
	return buf;
}

static void prefixes(void **state)
{
	static const struct {
		const char *text, *want;
		bool host;
	} rows[] = {
	        {"203.0.113.77/24", "203.0.113.0/24", true},
	        {"198.51.100.5/32", "198.51.100.5/32", false},
	        {"198.51.100.5", "198.51.100.5/32", false},
	        {"2001:db8:0:1::9/64", "2001:db8:0:1::/64", true},
	        {"2001:db8::5/128", "2001:db8::5/128", false},
	        {"2001:db8::5", "2001:db8::5/128", false},
	        {"192.0.2.0/24", "192.0.2.0/24", false},
	        {"0.0.0.0/0", "0.0.0.0/0", false},
	        {"1.2.3.4/0", "0.0.0.0/0", true},
	        {"::/0", "::/0", false},
	        {"::1/0", "::/0", true},
	        {"198.51.100.0/255.255.255.0", "198.51.100.0/24", false},
	        {"198.51.100.9/255.255.255.255", "198.51.100.9/32", false},
	        {"198.51.100.9/0.0.0.0", "0.0.0.0/0", true},
	        {"198.51.100.9/128.0.0.0", "128.0.0.0/1", true},
	        {"::ffff:192.0.2.0/120", "192.0.2.0/24", false},
	        {"::ffff:0:0/96", "0.0.0.0/0", false},
	        {"::ffff:0:0/95", "::fffe:0:0/95", true},
	        {"192.0.2.0/33", "refused", false},
	        {"192.0.2.0/24/24", "refused", false},
	        {"192.0.2.0/", "refused", false},
	        {"192.0.2.0/024", "refused", false},
	        {"192.0.2.0/-1", "refused", false},
	        {"192.0.2.0/ 24", "refused", false},
	        {"192.0.2.0 /24", "refused", false},
	        {"192.0.2/24", "refused", false},
	        {"192.0.2.0/0.0.0.255", "refused", false},
	        {"192.0.2.0/255.0.255.0", "refused", false},
	        {"2001:db8::/129", "refused", false},
	        {"2001:db8::/ffff::", "refused", false},
	        {"2001:db8::/255.255.255.0", "refused", false},
	        {"198.51.100.23/85.exe", "refused", false},
	        {"/24", "refused", false},
	        {"", "refused", false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool host = false;
		assert_string_equal(show_prefix(rows[i].text, &host), rows[i].want);
		assert_int_equal(host, rows[i].host);
	}
}

/* Every prefix of a few addresses: printed, parsed again, and its range is exactly what it has. */
static void ranges(void **state)
{
	static const char *const from[] = {"198.51.100.77", "2001:db8:a5a5::ff01"};
	(void)state;

	for (unsigned i = 0; i < 2; i++) {
		for (unsigned len = 0; len <= (i ? 128u : 32u); len++) {
			char text[PREFIX_TEXT + 8];
			struct prefix p, q;
			struct addr first, last, outside, a;
			bool done = false;

			snprintf(text, sizeof(text), "%s/%u", from[i], len);
			assert_true(prefix_parse(str_from(text), &p, NULL));
			char printed[PREFIX_TEXT];
			size_t n = prefix_print(printed, &p);
			assert_true(prefix_parse(str_make(printed, n), &q, NULL));
			assert_memory_equal(&p, &q, sizeof(p));
			prefix_range(&p, &first, &last);
			assert_true(prefix_has(&p, &first) && prefix_has(&p, &last));
			assert_true(addr_cmp(&first, &last) <= 0);
			assert_true(addr_parse(str_from(from[i]), &a) && prefix_has(&p, &a));
			if (p.len > 0) {
				outside = p.addr;
				outside.b[(p.len - 1) / 8] ^= (uint8_t)(0x80 >> (p.len - 1) % 8);
				assert_false(prefix_has(&p, &outside));
			}
			outside = first;
			assert_int_equal(prefix_cover_next(&outside, &last, &done, &q), 1);
			assert_memory_equal(&p, &q, sizeof(p));
			assert_int_equal(prefix_cover_next(&outside, &last, &done, &q), 0);
		}
	}
}

/* Random ranges of IPv4: the prefixes follow each other without a gap, and no two could be one. */
static void cover(void **state)
{
	uint64_t seed = 99;
	(void)state;

	for (unsigned i = 0; i < 2000; i++) {
		uint32_t lo = (uint32_t)dice(&seed),
		         hi = lo + (uint32_t)(dice(&seed) >> (33 + dice(&seed) % 28));
		if (i == 0)
			lo = 0, hi = UINT32_MAX;
		if (hi < lo)
			continue;
		struct addr first, last;
		struct prefix p, before = {.len = 0};
		uint64_t next = lo;
		bool done = false;

		addr_from4(lo, &first);
		addr_from4(hi, &last);
		for (unsigned n = 0; prefix_cover_next(&first, &last, &done, &p) == 1; n++) {
			assert_true(p.len >= 96 && addr_is4(&p.addr) && n < 64);
			assert_int_equal(addr_v4(&p.addr), next);
			uint64_t size = (uint64_t)1 << (128 - p.len);
			assert_int_equal(next % size, 0);
			if (n > 0 && p.len == before.len)
				assert_int_not_equal(addr_v4(&before.addr) % (2 * size), 0);
			next += size;
			before = p;
		}
		assert_int_equal(next, (uint64_t)hi + 1);
	}
	struct addr one, two;
	struct prefix p;
	bool done = false;
	addr_from4(2, &one);
	addr_from4(1, &two);
	assert_int_equal(prefix_cover_next(&one, &two, &done, &p), 0);
	memset(&one, 0, 16);
	memset(&two, 0xff, 16);
	assert_int_equal(prefix_cover_next(&one, &two, &done, &p), 1);
	assert_int_equal(p.len, 0);
	assert_int_equal(prefix_cover_next(&one, &two, &done, &p), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad),
	        cmocka_unit_test(against_inet_pton), cmocka_unit_test(against_inet_ntop),
	        cmocka_unit_test(none), cmocka_unit_test(prefixes), cmocka_unit_test(ranges),
	        cmocka_unit_test(cover)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
