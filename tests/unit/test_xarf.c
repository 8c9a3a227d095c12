/* SPDX-License-Identifier: Apache-2.0
 *
 * Abuse reports as they are written, against the file that the golden tests of the readers read back: what stands there is
 * what a receiver gets, and what our own reader makes of it is the pair's other half.
 */
#include "base/os.h"
#include "form/xarf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define GOLDEN SOURCE_ROOT "/tests/golden/read/xarf-written.in.json"
#define TIME INT64_C(1767600000500000) /* 2026-01-05T08:00:00.5Z */

static const struct xarf_report team = {.org = STR_INIT("Example CERT"),
        .contact = STR_INIT("cert@cert.example"),
        .letter = STR_INIT("XA-1-ABCD.0123456789abcdef@cert.example"),
        .time = TIME,
        .tlp = TLP_AMBER,
        .severity = STR_INIT("high")};

static struct xarf_report report(uint64_t finding, enum event_type type)
{
	struct xarf_report r = team;

	r.finding = finding;
	r.type = type;
	r.ip = STR("192.0.2.1");
	return r;
}

/* One of each kind, then the same without what its kind needs, then values that are not nice. */
static unsigned make(struct xarf_report v[16])
{
	unsigned n = 0;

	v[n] = report(1, TYPE_INFECTED_SYSTEM);
	v[n].malware = STR("mirai");
	v[n].dst_ip = STR("198.51.100.7");
	v[n].dst_port = 443;
	v[n++].asn = 64500;
	v[n] = report(2, TYPE_BRUTE_FORCE);
	v[n].transport = STR("tcp");
	v[n].port = 51022;
	v[n++].cc = STR("XA");
	v[n++] = report(3, TYPE_BRUTE_FORCE);
	v[n] = report(4, TYPE_PHISHING);
	v[n].url = STR("http://login.bad.example/auth?a=\"b\"");
	v[n++].fqdn = STR("login.bad.example");
	v[n++] = report(5, TYPE_PHISHING);
	v[n] = report(6, TYPE_POTENTIALLY_UNWANTED_ACCESSIBLE);
	v[n].ip = STR("2001:db8::7");
	v[n].port = 3389;
	v[n].transport = STR("tcp");
	v[n++].ident = STR("open-rdp");
	v[n++] = report(7, TYPE_BLACKLIST);
	v[n++] = report(8, TYPE_C2_SERVER);
	v[n] = report(9, TYPE_NONE);
	v[n].ip = (struct str){0};
	v[n].fqdn = STR("bad.example");
	v[n++].tlp = TLP_AMBER_STRICT;
	v[n] = report(10, TYPE_UNPRIVILEGED_ACCOUNT_COMPROMISE);
	v[n].ip = (struct str){0};
	v[n++].account = STR("someone@bank.example");
	v[n] = report(11, TYPE_INFECTED_SYSTEM);
	v[n++].malware = STR("\"},\n{\"xarf_version\": \xe0\xba\x99\xff");
	v[n] = report(12, TYPE_SCANNER);
	v[n++].transport = STR("tcp");
	return n;
}

static void test_written(void **state)
{
	struct xarf_report v[16];
	unsigned n = make(v);
	auto_buf struct buf out = {0}, want = {0};
	struct err e;

	(void)state;
	for (unsigned i = 0; i < n; i++) {
		buf_add(&out, i == 0 ? STR("[\n") : STR(",\n"));
		assert_true(xarf_write(&v[i], &out));
	}
	buf_add(&out, STR("\n]\n"));
	assert_int_equal(os_read_file(GOLDEN, 1 << 20, &want, &e), 0);
	/* line by line: what is printed at once has a limit */
	for (struct str rest = buf_str(&out); rest.len > 0 && !str_eq(buf_str(&out), buf_str(&want));) {
		struct str_cut line = str_cut(rest, '\n');
		print_error("%.*s\n", STR_ARG(line.head));
		rest = line.tail;
	}
	assert_true(str_eq(buf_str(&out), buf_str(&want)));
}

/* The id is of the letter and the finding, and nothing else. */
static void test_id(void **state)
{
	struct xarf_report a = report(1, TYPE_DDOS), b = report(2, TYPE_DDOS), c = report(1, TYPE_SPAM);
	struct buf text[4] = {{0}};
	const size_t at = sizeof("{\"xarf_version\": \"4.2.0\", \"report_id\": \"") - 1;
	struct xarf_report other = a;

	(void)state;
	other.letter = STR("XA-2-ABCD.0@cert.example");
	xarf_write(&a, &text[0]);
	xarf_write(&b, &text[1]);
	xarf_write(&c, &text[2]);
	xarf_write(&other, &text[3]);
	assert_memory_equal(text[0].p + at, text[2].p + at, 36);
	assert_memory_not_equal(text[0].p + at, text[1].p + at, 36);
	assert_memory_not_equal(text[0].p + at, text[3].p + at, 36);
	assert_int_equal(text[0].p[at + 14], '4');
	for (unsigned i = 0; i < 4; i++)
		buf_done(&text[i]);
}

/* Nothing is half written where there is no source; names are cut between characters. */
static void test_edges(void **state)
{
	struct xarf_report r = report(1, TYPE_SPAM);
	auto_buf struct buf out = {0}, name = {0};

	(void)state;
	r.ip = (struct str){0};
	assert_false(xarf_write(&r, &out));
	assert_int_equal(out.len, 0);
	r = report(1, TYPE_INFECTED_SYSTEM);
	while (name.len < 300)
		buf_add(&name, STR("\xe0\xba\x99"));
	r.malware = buf_str(&name);
	assert_true(xarf_write(&r, &out));
	assert_true(str_find_str(buf_str(&out), 0, STR("\xef\xbf\xbd")) == SIZE_MAX);
	size_t at = str_find_str(buf_str(&out), 0, STR("\"malware_family\": \""));
	assert_true(at != SIZE_MAX);
	struct str family = str_cut(str_skip(buf_str(&out), at + 19), '"').head;
	assert_int_equal(family.len, 198);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_written),
	        cmocka_unit_test(test_id),
	        cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
