/* SPDX-License-Identifier: Apache-2.0
 *
 * What a generation is built from: the owners file and its sentences, the formats of inputs, real inputs with
 * counts that somebody else made (skipped where they are absent).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/os.h"
#include "event/suffix.h"
#include "know/check.h"
#include "know/csv.h"
#include "know/input.h"
#include <archive.h>
#include <cmocka.h>
#include <unistd.h>

/* ---- help --------------------------------------------------------------------------------------- */

static void note_list(const struct know_notes *n, struct buf *out)
{
	for (size_t i = 0; i < n->list.n; i++) {
		buf_add(out, n->list.v[i]);
		buf_char(out, '\n');
	}
}

static void same_text(const struct buf *got, const char *want)
{
	if (!str_eq(buf_str(got), str_from(want)))
		fail_msg("got:\n%.*swanted:\n%s", STR_ARG(buf_str(got)), want);
}

/* Reads one text and compares the notes. */
static void notes_are(const char *name, const char *text, const char *want)
{
	struct know_build b;
	struct know_input_report r;
	auto_buf struct buf got = {0};
	struct err e;

	know_build_init(&b);
	if (know_build_text(&b, str_from(name), str_from(text), &r, &e) != 0)
		buf_printf(&got, "%s\n", e.text);
	note_list(&b.notes, &got);
	know_build_done(&b);
	same_text(&got, want);
}

static struct know_input_report take(struct know_build *b, const char *name, const char *text)
{
	struct know_input_report r;
	struct err e;

	if (know_build_text(b, str_from(name), str_from(text), &r, &e) != 0)
		fail_msg("%s", e.text);
	return r;
}

static struct know *finish(struct know_build *b, struct buf *bytes)
{
	struct know *k = NULL;
	struct err e;

	know_build_finish(b, 1, bytes);
	if (know_open_bytes(bytes->p, bytes->len, &k, &e) != 0)
		fail_msg("%s", e.text);
	return k;
}

static const struct know_leaf *leaf_of(const struct know *k, const char *address)
{
	struct addr a;

	assert_true(addr_parse(str_from(address), &a));
	return know_addr(k, &a);
}

static void country_is(const struct know *k, const char *address, const char *cc)
{
	const struct know_leaf *l = leaf_of(k, address);

	if (memcmp(l->cc, cc, 2) != 0)
		fail_msg("%s: country '%.2s', not '%.2s'", address, l->cc, cc);
}

/* ---- CSV ---------------------------------------------------------------------------------------- */

static void cells_are(const char *text, const char *want)
{
	struct csv *c = mem_get(sizeof(*c));
	auto_arena struct arena a = {0};
	auto_buf struct buf got = {0};

	arena_init(&a, 0);
	csv_init(c, &a, str_from(text));
	while (csv_next(c) == 1) {
		buf_printf(&got, "%u", c->row_line);
		for (unsigned i = 0; i < c->cells; i++)
			buf_printf(&got, "[%.*s]", STR_ARG(c->cell[i]));
		if (c->open_quote)
			buf_add(&got, STR("!"));
		buf_char(&got, '\n');
	}
	free(c);
	same_text(&got, want);
}

static void test_csv(void **state)
{
	(void)state;
	cells_are("a,b\n1,2\n", "1[a][b]\n2[1][2]\n");
	cells_are("\xef\xbb\xbf"
	          "a;b\r\n\"x;\"\"y\"\"\";\"two\r\nlines\"\r\n\r\n;;\r\nlast",
	        "1[a][b]\n2[x;\"y\"][two\r\nlines]\n6[last]\n");
	cells_are("sep=|\na|b,c\n", "2[a][b,c]\n");
	cells_are("a\tb\n1\t2, 3\n", "1[a][b]\n2[1][2, 3]\n");
	cells_are("a,b\rc,d\r", "1[a][b]\n2[c][d]\n");
	cells_are("a, b \"x\" ,\"c\" d\n", "1[a][b \"x\"][c]\n");
	cells_are("a,\"b\nc\n", "1[a][b\nc]!\n");
	cells_are("", "");
	cells_are("\"", "");
}

static void test_csv_bounds(void **state)
{
	auto_buf struct buf b = {0};
	struct csv *c = mem_get(sizeof(*c));
	auto_arena struct arena a = {0};

	(void)state;
	arena_init(&a, 0);
	for (unsigned i = 0; i < 10000; i++)
		buf_add(&b, STR("x,"));
	csv_init(c, &a, buf_str(&b));
	assert_int_equal(csv_next(c), 1);
	assert_int_equal(c->cells, CSV_COLUMNS);
	assert_true(c->too_many);
	free(c);
}

/* ---- owners ------------------------------------------------------------------------------------- */

static void test_owner_sentences(void **state)
{
	(void)state;
	notes_are("o.csv",
	        "id,name,prefixs,notes,prefixes,asns,domains,contacts,language,classes,country,asset,kind,"
	        "criticality\n"
	        "x,X,,,10.0.0.0/33 10.1.1.1/8 1.2.3.4-1.2.3.1,AS0 64x,no_dots,joe,,,LAO,,,\n"
	        ",,,,10.0.0.0/8\n"
	        "x,Other,,,,,,a@b.example,la_LA,,,,tv,\n"
	        "x,,,,,,,,,,,tv,,9\n"
	        "y y,Y\n",
	        "o.csv:1:9: no column 'prefixs'; did you mean 'prefixes'?\n"
	        "o.csv:1:17: column 'notes' is not used\n"
	        "o.csv:2:68: bad country 'LAO': two letters are wanted\n"
	        "o.csv:2:7: bad prefix '10.0.0.0/33'\n"
	        "o.csv:2:7: prefix '10.1.1.1/8' has bits behind its length; taken as 10.0.0.0/8\n"
	        "o.csv:2:7: bad prefix '1.2.3.4-1.2.3.1'\n"
	        "o.csv:2:46: bad AS number 'AS0'\n"
	        "o.csv:2:46: bad AS number '64x'\n"
	        "o.csv:2:54: bad domain 'no_dots'\n"
	        "o.csv:2:62: contact 'joe' is no mail address\n"
	        "o.csv:3:1: bad id '': up to 64 bytes of text without blanks\n"
	        "o.csv:4:3: owner 'x' has a second name 'Other'; 'X' stays: is the id used twice?\n"
	        "o.csv:4: kind and criticality are an asset's: name it in column 'asset', or leave them "
	        "empty\n"
	        "o.csv:4:14: bad language 'la_LA' of contact 'a@b.example': a tag such as lo or en-GB is "
	        "wanted\n"
	        "o.csv:5:17: bad criticality '9': 1 to 5\n"
	        "o.csv:6:1: bad id 'y y': up to 64 bytes of text without blanks\n");
	notes_are("o.csv", "id,name,contacts\nx,\"X", "o.csv:2: a quote is opened here and never closed\n");
	notes_are("o.csv", "id,name,contacts\nx,\xff\n",
	        "o.csv: the owners file is not UTF-8; save it as \"CSV UTF-8\" in the spreadsheet\n");
}

static void test_owner_values(void **state)
{
	struct know_build b;
	auto_buf struct buf bytes = {0};

	(void)state;
	know_build_init(&b);
	take(&b, "o.csv",
	        "\xef\xbb\xbf"
	        "ID;Name;Networks;ASN;Domains;E-Mail;Lang;Types\r\n"
	        "bank;\"Bank of\nX\";\"192.0.2.0/25, 192.0.2.129-192.0.2.130\n2001:DB8::/32\";AS "
	        "64500;*.Bank.example.;"
	        "soc@Bank.example;lo-LA;Phishing\r\n");
	struct know *k = finish(&b, &bytes);
	const struct know_owner *o = know_owner(k, 1);
	assert_int_equal(b.notes.total, 0);
	assert_true(str_eq(o->name, STR("Bank of X")));
	assert_int_equal(leaf_of(k, "192.0.2.127")->owner, 1);
	assert_int_equal(leaf_of(k, "192.0.2.128")->owner, 0);
	assert_int_equal(leaf_of(k, "192.0.2.129")->owner, 1);
	assert_int_equal(leaf_of(k, "192.0.2.130")->network_len, 128);
	assert_int_equal(leaf_of(k, "192.0.2.131")->owner, 0);
	assert_int_equal(leaf_of(k, "2001:db8:ffff::1")->owner, 1);
	assert_int_equal(know_as_owner(k, 64500), 1);
	assert_int_equal(know_name(k, STR("www.bank.example"), NULL, NULL), 1);
	assert_int_equal(o->ncontacts, 1);
	assert_true(str_eq(o->contacts[0].email, STR("soc@bank.example")));
	assert_true(str_eq(o->contacts[0].language, STR("lo-LA")));
	assert_true(str_eq(o->contacts[0].classes, STR("phishing")));
	know_close(k);
	know_build_done(&b);
}

static void test_owners_yaml(void **state)
{
	struct know_build b;
	auto_buf struct buf bytes = {0};

	(void)state;
	know_build_init(&b);
	struct know_input_report r = take(&b, "o.yaml",
	        "# owners\nowners:\n"
	        "  - id: bank\n    name: Bank of X\n    sector: finance\n    prefixes: [192.0.2.0/24]\n    "
	        "asns: 64500\n"
	        "    contacts:\n      - {email: soc@bank.example, language: lo, classes: [phishing, "
	        "malware]}\n"
	        "      - noc@bank.example\n"
	        "    assets:\n      - {name: switch, kind: payment-switch, criticality: 5, prefixes: "
	        "192.0.2.8/29}\n"
	        "  - id: cert\n    country: la\n");
	struct know *k = finish(&b, &bytes);
	assert_string_equal(r.kind, "owners");
	assert_int_equal(r.rows, 2);
	assert_int_equal(b.notes.total, 0);
	assert_int_equal(leaf_of(k, "192.0.2.9")->criticality, 5);
	assert_int_equal(leaf_of(k, "192.0.2.9")->how, KNOW_ASSET);
	assert_int_equal(leaf_of(k, "192.0.2.16")->how, KNOW_PREFIX);
	assert_int_equal(know_owner(k, 1)->ncontacts, 2);
	assert_true(str_eq(know_owner(k, 1)->contacts[0].classes, STR("phishing malware")));
	assert_int_equal(know_country_owner(k, "LA"), 2);
	know_close(k);
	know_build_done(&b);
	notes_are("o.yaml",
	        "owners:\n  - id: x\n    prefixs: []\n    prefixes:\n      - 1.2.3.4/40\n    contacts:\n     "
	        " - {email: joe}\n  - id: x\n",
	        "o.yaml:3:5: no key 'prefixs'; did you mean 'prefixes'?\n"
	        "o.yaml:5:9: bad prefix '1.2.3.4/40'\n"
	        "o.yaml:7:17: contact 'joe' is no mail address\n"
	        "o.yaml:8:9: the id 'x' is used twice; the entries are put together\n");
}

/* A verdict has a bit for each of the first 32 contacts. */
static void test_many_contacts(void **state)
{
	auto_buf struct buf text = {0}, got = {0};
	struct know_build b;

	(void)state;
	for (int n = KNOW_CONTACTS_MAX; n <= KNOW_CONTACTS_MAX + 2; n++) {
		know_build_init(&b);
		struct know_notes errors = {.arena = &b.arena}, remarks = {.arena = &b.arena};
		struct know_check_with with = {0};
		buf_clear(&text);
		buf_add(&text, STR("id,prefixes,contacts\nisp,192.0.2.0/24,"));
		for (int i = 1; i <= n; i++)
			buf_printf(&text, "c%d@isp.example ", i);
		buf_char(&text, 0);
		take(&b, "o.csv", text.p);
		know_check(&b.owners, &with, &errors, &remarks);
		buf_clear(&got);
		note_list(&remarks, &got);
		same_text(&got,
		        n == KNOW_CONTACTS_MAX
		                ? ""
		                : "o.csv:2:18: 'isp' has more than 32 contacts; 'c33@isp.example' "
		                  "and what follows is never written to\n");
		vec_done(&errors.list);
		vec_done(&remarks.list);
		know_build_done(&b);
	}
}

static void test_check(void **state)
{
	struct know_build b;
	struct suffix *suffixes = NULL;
	auto_buf struct buf bytes = {0}, got = {0};

	(void)state;
	know_build_init(&b);
	struct know_notes errors = {.arena = &b.arena}, remarks = {.arena = &b.arena};
	assert_int_equal(suffix_open(&suffixes, NULL), 0);
	take(&b, "o.csv",
	        "id,prefixes,asns,domains,contacts,classes,country,asset,kind,criticality\n"
	        "isp,192.0.2.0/24 203.0.113.0/24,64500,isp.example,a@isp.example,,LA,,,\n"
	        "bank,192.0.2.0/25 198.51.100.0/24,,www.isp.example gov.la,a@bank.example,phishing "
	        "nonsense,,,,\n"
	        "shop,192.0.2.0/25,64500,isp.example,,,LA,,,\n"
	        "bank,10.0.0.1/32,,,,,,atm,,\n"
	        "bank,198.51.100.7/32,,,,,,web,,1\n");
	take(&b, "la.cidr", "192.0.2.0/24\n203.0.113.0/25\n");
	take(&b, "th.cidr", "203.0.113.128/25\n198.51.100.0/24\n");
	struct know *k = finish(&b, &bytes);
	struct know_check_with with = {.know = k, .suffixes = suffixes, .country = {'L', 'A'}};
	know_check(&b.owners, &with, &errors, &remarks);
	note_list(&errors, &got);
	same_text(&got,
	        "o.csv:4:1: owners 'isp' and 'shop' both stand for the country LA, so neither does; leave "
	        "country "
	        "empty but for the one who answers for all of it\n"
	        "o.csv:4:6: prefix 192.0.2.0/25 of 'shop' is also that of 'bank' (line 3), who keeps it\n"
	        "o.csv:4:25: name 'isp.example' of 'shop' is also that of 'isp' (line 2), who keeps it\n"
	        "o.csv:4:19: AS64500 of 'shop' is also that of 'isp' (line 2), who keeps it\n"
	        "o.csv:3:59: contact 'a@bank.example' of 'bank': no class or type 'nonsense'\n"
	        "o.csv:4:1: owner 'shop' has no contact\n");
	buf_clear(&got);
	note_list(&remarks, &got);
	same_text(&got,
	        "o.csv:5:6: prefix 10.0.0.1/32 of asset 'atm' is outside the prefixes of its owner 'bank'\n"
	        "o.csv:3:6: prefix 192.0.2.0/25 of 'bank' lies in 192.0.2.0/24 of 'isp' (line 2); the longer "
	        "one "
	        "counts\n"
	        "o.csv:3:6: prefix 198.51.100.0/24 of 'bank' is not in LA: it is delegated to TH\n"
	        "o.csv:2:5: prefix 203.0.113.0/24 of 'isp' is not in LA: it is delegated to TH\n"
	        "o.csv:3:36: name 'www.isp.example' of 'bank' is under 'isp.example' of 'isp' (line 2); the "
	        "longer "
	        "one counts\n"
	        "o.csv:3:36: name 'gov.la' of 'bank' is a public suffix: all names below it that nobody else "
	        "has "
	        "are his\n"
	        "o.csv:5:23: asset 'atm' of 'bank' has no criticality\n");
	assert_int_equal(know_country_owner(k, "LA"), 0); /* two claim it */
	vec_done(&errors.list);
	vec_done(&remarks.list);
	know_close(k);
	know_build_done(&b);
	suffix_close(&suffixes);
}

/* ---- formats ------------------------------------------------------------------------------------ */

static void report_is(
        struct know_input_report r, const char *kind, uint64_t rows, uint64_t none, uint64_t aside)
{
	assert_string_equal(r.kind, kind);
	assert_int_equal(r.rows, rows);
	assert_int_equal(r.none, none);
	assert_int_equal(r.aside, aside);
	assert_int_equal(r.used, rows - none - aside);
}

static void test_formats(void **state)
{
	struct know_build b;
	auto_buf struct buf bytes = {0};

	(void)state;
	know_build_init(&b);
	report_is(take(&b, "delegated-apnic-latest",
	                  "# comment\n2|apnic|20260101|5|19850701|20251231|+1000\napnic|*|ipv4|*|3|summary\n"
	                  "apnic|LA|ipv4|192.0.2.0|768|20200101|allocated\napnic|TH|ipv6|2001:db8::|32|"
	                  "20200101|assigned|x\n"
	                  "apnic|LA|asn|64500|1|20200101|allocated\napnic||ipv4|198.18.0.0|256||available|\n"
	                  "apnic|LA|ipv4|255.255.255.0|512|20200101|allocated\napnic|L1|ipv4|1.0.0.0|256|"
	                  "20200101|allocated\nx|y\n"),
	        "delegated", 9, 4, 3);
	report_is(take(&b, "routes.txt",
	                  "; x\n192.0.2.0/24\t64500\n198.51.100.0\t24\t64501_64502\n198.51.100.0/25\t{3,4}\n"
	                  "::/0\t1\n10.0.0.0/8\t0\n10.0.0.0/8\tx\nnonsense\n"),
	        "routes", 7, 2, 2);
	report_is(take(&b, "VN-ipv4.cidr", "203.0.113.0/24\r\n# x\n\nx\n"), "cidr", 2, 0, 1);
	report_is(take(&b, "asn.txt", "AS0 reserved\nAS64500 Example \"Net\", LA\n64501\tOther\n64502\n"),
	        "as-names", 4, 1, 1);
	report_is(take(&b, "asns.csv", "asn,name\nAS64503,\"Quoted, Ltd\"\n"), "as-names", 2, 1, 0);
	report_is(take(&b, "n.json", "{\"64504\": \"Caf\\u00e9 \\ud83d\\ude00 \\\"x\\\"\", \"x\": \"y\"}"),
	        "as-names", 2, 0, 1);
	report_is(take(&b, "kh.json",
	                  "{\"country\":\"Cambodia\",\"countryCode\":\"kh\",\"x\":[\"ipv4\"],\"prefixes\":{"
	                  "\"ipv4\":"
	                  "[\"198.18.0.0/15\"],\"ipv6\":[\"2001:db8:f::/48\",\"x\"]}}"),
	        "rir-json", 3, 0, 1);
	struct know *k = finish(&b, &bytes);
	country_is(k, "192.0.2.1", "LA");
	country_is(k, "192.0.4.255", "LA");
	country_is(k, "192.0.5.0", "\0\0");
	country_is(k, "2001:db8:1::", "TH");
	country_is(k, "2001:db8:f::1", "KH");
	country_is(k, "203.0.113.9", "VN");
	country_is(k, "198.19.1.1", "KH");
	assert_int_equal(leaf_of(k, "198.51.100.200")->origins, 2);
	assert_int_equal(leaf_of(k, "198.51.100.1")->asn[1], 4);
	assert_int_equal(leaf_of(k, "10.0.0.1")->origins, 0);
	assert_true(str_eq(know_as_name(k, 64500), STR("Example \"Net\", LA")));
	assert_true(str_eq(know_as_name(k, 64501), STR("Other")));
	assert_true(str_eq(know_as_name(k, 64503), STR("Quoted, Ltd")));
	assert_true(str_eq(know_as_name(k, 64504), STR("Caf\xc3\xa9 \xf0\x9f\x98\x80 \"x\"")));
	know_close(k);
	know_build_done(&b);
}

static void test_refused(void **state)
{
	(void)state;
	notes_are("list.txt", "192.0.2.0/24\n",
	        "list.txt: a list of prefixes, but the name does not say the country (as la.cidr or "
	        "la-ipv4.cidr does)\n");
	notes_are("x", "\x1f\x8b\x08", "x: the file is packed; unpack it first (gunzip)\n");
	notes_are("x.json", "{\"1\": \"a\"", "x.json: the JSON ends in the middle\n");
	notes_are("x", "hello\n",
	        "x: no known format (delegated file, country list, prefixes with AS numbers, AS names, MMDB, "
	        "owners file)\n");
	notes_are("x", "",
	        "x: no known format (delegated file, country list, prefixes with AS numbers, AS names, MMDB, "
	        "owners "
	        "file)\n");
}

static void test_mmdb(void **state)
{
	struct know_build b;
	struct know_input_report r;
	auto_buf struct buf bytes = {0}, file = {0};
	struct err e;

	(void)state;
	know_build_init(&b);
	if (know_build_file(&b, TEST_DATA "/know.mmdb", &r, &e) != 0)
		fail_msg("%s", e.text);
	report_is(r, "mmdb", 5, 1, 0); /* the aliases of IPv4 add nothing */
	struct know *k = finish(&b, &bytes);
	country_is(k, "192.0.2.9", "LA");
	country_is(k, "198.51.100.1", "TH");
	country_is(k, "198.51.100.200", "\0\0");
	country_is(k, "2001:db8::1", "VN");
	country_is(k, "2002:c000:209::", "\0\0");
	assert_int_equal(leaf_of(k, "203.0.113.1")->asn[0], 64500);
	assert_int_equal(leaf_of(k, "2001:db8::1")->asn[0], 64501);
	assert_true(str_eq(know_as_name(k, 64501), STR("Ex\xc3\xa4mple")));
	know_close(k);
	know_build_done(&b);

	/* Damaged in every byte: an answer or a sentence, no crash. */
	assert_int_equal(os_read_file(TEST_DATA "/know.mmdb", 1u << 20, &file, &e), 0);
	char path[] = "/tmp/test_know_XXXXXX";
	auto_fd int fd = mkstemp(path);
	assert_true(fd >= 0);
	for (size_t i = 0; i < file.len; i += 1 + file.len / 400) {
		file.p[i] ^= 0x55;
		assert_int_equal(pwrite(fd, file.p, file.len, 0), file.len);
		know_build_init(&b);
		(void)know_build_file(&b, path, &r, &e);
		know_build_done(&b);
		file.p[i] ^= 0x55;
	}
	unlink(path);
}

/* ---- real inputs -------------------------------------------------------------------------------- */

static const char *shared_path(char *path, size_t size, const char *name)
{
	const char *folder = getenv("WEIR_SHARED");

	snprintf(path, size, "%s/data/public/%s", folder != NULL ? folder : SOURCE_ROOT "/../shared", name);
	return access(path, R_OK) == 0 ? path : NULL;
}

static bool unpack(const char *path, struct buf *out)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	bool ok;
	la_ssize_t n = 0;

	archive_read_support_filter_all(a);
	archive_read_support_format_raw(a);
	ok = archive_read_open_filename(a, path, 65536) == ARCHIVE_OK &&
	        archive_read_next_header(a, &entry) == ARCHIVE_OK;
	while (ok && (n = archive_read_data(a, buf_room(out, 1 << 20), 1 << 20)) > 0)
		out->len += (size_t)n;
	archive_read_free(a);
	return ok && n == 0;
}

/* "; Prefixes-v4   : 606138" of the file's own head. */
static uint64_t head_count(struct str text, const char *key)
{
	size_t at = str_find_str(text, 0, str_from(key));
	uint64_t n = 0;

	assert_true(at != SIZE_MAX);
	struct str_cut line = str_cut(str_skip(text, at), '\n'), cut = str_cut(line.head, ':');
	assert_true(str_u64(str_trim(cut.tail), &n));
	return n;
}

/* The longest prefix around a by reading the text again, line by line. */
static bool text_find(struct str text, const struct addr *a, struct prefix *ret, uint32_t *ret_asn)
{
	bool found = false;

	while (text.len != 0) {
		struct str_cut line = str_cut(text, '\n'), cut = str_cut(line.head, '\t');
		struct prefix p;
		text = line.tail;
		if (!cut.ok || !prefix_parse(cut.head, &p, NULL) || !prefix_has(&p, a) ||
		        (found && p.len < ret->len))
			continue;
		*ret = p;
		found = str_u32(cut.tail, ret_asn);
	}
	return found;
}

static void test_real_routes(void **state)
{
	char path[4096];
	auto_buf struct buf text = {0}, bytes = {0};
	struct know_build b;
	struct know_input_report r;
	struct err e;

	(void)state;
	if (shared_path(path, sizeof(path), "asn/ipasn6_20151101.dat.zst") == NULL) {
		print_message("skipped: no %s\n", path);
		skip();
	}
	assert_true(unpack(path, &text));
	know_build_init(&b);
	assert_int_equal(know_build_text(&b, STR("ipasn"), buf_str(&text), &r, &e), 0);
	report_is(r, "routes",
	        head_count(buf_str(&text), "Prefixes-v4") + head_count(buf_str(&text), "Prefixes-v6"), 0, 0);
	struct know *k = finish(&b, &bytes);
	static const char *const some[] = {"1.0.139.77", "8.8.8.8", "202.137.128.1", "103.1.29.3",
	        "2001:200:900::1", "2400:cb00:1::1", "12.1.1.9"};
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		struct addr a;
		struct prefix want, have;
		uint32_t asn = 0;
		assert_true(addr_parse(str_from(some[i]), &a));
		const struct know_leaf *l = know_addr(k, &a);
		bool found = text_find(buf_str(&text), &a, &want, &asn);
		assert_int_equal(found, know_network(l, &a, &have));
		if (found && (memcmp(&want, &have, sizeof(want)) != 0 || l->asn[0] != asn))
			fail_msg("%s: AS%u /%u, not AS%u /%u", some[i], l->asn[0], have.len, asn, want.len);
	}
	know_close(k);
	know_build_done(&b);
}

static void test_real_countries(void **state)
{
	static const char *const cc[] = {"la", "kh", "mm", "th", "vn"};
	char path[4096];
	auto_buf struct buf bytes = {0};
	struct know_build b;
	struct know_input_report r;
	struct err e;
	size_t lines = 0;

	(void)state;
	know_build_init(&b);
	for (unsigned i = 0; i < 10; i++) {
		char name[64];
		auto_buf struct buf text = {0};
		snprintf(name, sizeof(name), "geo/country-ip-blocks/%s-ipv%u.cidr", cc[i / 2], i % 2 ? 6 : 4);
		if (shared_path(path, sizeof(path), name) == NULL) {
			print_message("skipped: no %s\n", path);
			know_build_done(&b);
			skip();
		}
		assert_int_equal(know_build_file(&b, path, &r, &e), 0);
		assert_int_equal(os_read_file(path, 1u << 24, &text, &e), 0);
		size_t slashes = 0;
		for (size_t c = 0; c < text.len; c++)
			slashes += text.p[c] == '/';
		report_is(r, "cidr", slashes, 0, 0);
		lines += slashes;
	}
	assert_int_equal(lines, b.layer[LAYER_COUNTRY].n);
	struct know *k = finish(&b, &bytes);
	for (size_t i = 0; i < b.layer[LAYER_COUNTRY].n; i++) {
		struct addr a;
		u128 first = b.layer[LAYER_COUNTRY].v[i].first;
		for (unsigned n = 0; n < 16; n++)
			a.b[n] = (uint8_t)(first >> (120 - 8 * n));
		const struct know_leaf *l = know_addr(k, &a);
		assert_int_equal(
		        (uint32_t)l->cc[0] << 8 | (uint32_t)l->cc[1], b.layer[LAYER_COUNTRY].v[i].value);
	}
	country_is(k, "8.8.8.8", "\0\0");
	know_close(k);
	know_build_done(&b);
}

static void test_real_names(void **state)
{
	char path[4096];
	auto_buf struct buf text = {0}, bytes = {0};
	struct know_build b;
	struct know_input_report r;
	struct err e;

	(void)state;
	if (shared_path(path, sizeof(path), "asn/asnames.json.zst") == NULL) {
		print_message("skipped: no %s\n", path);
		skip();
	}
	assert_true(unpack(path, &text));
	size_t pairs =
	        0; /* "NUMBER": "NAME" pairs are as many as there are quotes and a colon behind digits */
	for (size_t i = 1; i + 2 < text.len; i++)
		pairs += text.p[i] == '"' && char_digit(text.p[i - 1]) && text.p[i + 1] == ':';
	know_build_init(&b);
	assert_int_equal(know_build_text(&b, STR("asnames.json"), buf_str(&text), &r, &e), 0);
	report_is(r, "as-names", pairs, 1, 0); /* AS 0 */
	struct know *k = finish(&b, &bytes);
	assert_true(str_eq(know_as_name(k, 50088), STR("FITL-IE Fort Technologies, GB")));
	know_close(k);
	know_build_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_csv),
	        cmocka_unit_test(test_csv_bounds),
	        cmocka_unit_test(test_owner_sentences),
	        cmocka_unit_test(test_owner_values),
	        cmocka_unit_test(test_owners_yaml),
	        cmocka_unit_test(test_check),
	        cmocka_unit_test(test_many_contacts),
	        cmocka_unit_test(test_formats),
	        cmocka_unit_test(test_refused),
	        cmocka_unit_test(test_mmdb),
	        cmocka_unit_test(test_real_routes),
	        cmocka_unit_test(test_real_countries),
	        cmocka_unit_test(test_real_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
