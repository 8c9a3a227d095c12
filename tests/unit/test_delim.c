/* SPDX-License-Identifier: Apache-2.0
 *
 * Delimited text against an oracle that builds the values byte by byte and knows no windows, chunks or
 * tokens; on examples, on random bytes in random windows, and on real reports where they are at hand.
 */
#include "base/os.h"
#include "text/delim.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ---- the oracle --------------------------------------------------------------------------------- */

struct oracle_record {
	size_t offset, next, total;
	uint64_t line;
	unsigned flags, n;
	struct buf values; /* length u32 and bytes of each value */
};

struct oracle {
	struct str s;
	struct delim_options o;
	size_t at, single_until;
	uint64_t line;
};

static void add_value(struct oracle_record *r, struct buf *v)
{
	uint32_t len = (uint32_t)v->len;

	if (r->n < DELIM_FIELDS) {
		buf_add(&r->values, str_make((char *)&len, sizeof(len)));
		buf_add(&r->values, buf_str(v));
		r->n++;
	} else {
		r->flags |= DELIM_WIDE;
	}
	buf_clear(v);
}

/* The record at o->at as it is if lines inside quotes are allowed or not; ends at most at stop. Returns false
 * if it has no end. *ret_feeds: line feeds inside. *ret_astray: text follows a quoted value of several lines.
 */
static bool oracle_try(struct oracle *o, bool single, size_t stop, struct oracle_record *r, size_t *ret_feeds,
        bool *ret_astray)
{
	enum { START, TEXT, QUOTED, CLOSED } at = START;
	auto_buf struct buf v = {0};
	struct str s = o->s;
	size_t i = o->at, lf = SIZE_MAX, feeds = 0, opened = 0;

	*ret_astray = false;
	r->n = r->flags = 0;
	buf_clear(&r->values);
	for (; i < stop; i++) {
		char c = s.p[i];
		bool q = (unsigned char)c == o->o.quote;
		bool crlf = c == '\r' && i + 1 < s.len && s.p[i + 1] == '\n';
		if (at == QUOTED) {
			if (q) {
				at = CLOSED;
				continue;
			}
			feeds += c == '\n';
			if (c == '\n' && single) {
				feeds--;
				lf = i;
				break;
			}
			buf_char(&v, c);
			continue;
		}
		if (c == '\n') {
			lf = i;
			break;
		}
		if (c == o->o.delimiter) {
			add_value(r, &v);
			at = START;
		} else if (at == CLOSED && q) {
			buf_char(&v, c);
			at = QUOTED;
			r->flags |= DELIM_DOUBLED;
		} else if (at == START && q) {
			at = QUOTED;
			opened = i;
		} else if (at == START && o->o.skip_blank && (c == ' ' || c == '\t')) {
			r->flags |= DELIM_BLANKS;
		} else if (at == CLOSED && crlf) {
			buf_char(&v, c);
		} else {
			if (at == CLOSED) {
				r->flags |= DELIM_ODD;
				*ret_astray |= str_find(str_sub(s, opened, i - opened), 0, '\n') != SIZE_MAX;
			}
			buf_char(&v, c);
			at = TEXT;
		}
	}
	*ret_feeds = feeds;
	if (lf == SIZE_MAX && (i < s.len || stop < s.len))
		return false;
	if (at == QUOTED)
		r->flags |= DELIM_OPEN;
	if (lf == SIZE_MAX)
		r->flags |= DELIM_CUT;
	size_t end = lf == SIZE_MAX ? i : lf;
	if (lf != SIZE_MAX && end > o->at && s.p[end - 1] == '\r') {
		end--;
		if (v.len != 0)
			v.len--;
	}
	add_value(r, &v);
	r->total = end - o->at;
	r->next = lf == SIZE_MAX ? i : lf + 1;
	return true;
}

static size_t oracle_line(const struct oracle *o, struct oracle_record *r)
{
	size_t lf = str_find(o->s, o->at, '\n');
	size_t end = lf == SIZE_MAX ? o->s.len : lf;

	r->next = lf == SIZE_MAX ? o->s.len : lf + 1;
	if (lf != SIZE_MAX && end > o->at && o->s.p[end - 1] == '\r')
		end--;
	r->total = end - o->at;
	r->flags = lf == SIZE_MAX ? DELIM_CUT : 0;
	return end;
}

static void oracle_long(const struct oracle *o, struct oracle_record *r)
{
	oracle_line(o, r);
	r->flags |= DELIM_LONG;
	r->n = 0;
	buf_clear(&r->values);
}

static void oracle_comment(const struct oracle *o, struct oracle_record *r)
{
	size_t end = oracle_line(o, r);
	auto_buf struct buf v = {0};

	buf_add(&v, str_sub(o->s, o->at, end - o->at));
	r->flags |= DELIM_COMMENT;
	r->n = 0;
	buf_clear(&r->values);
	add_value(r, &v);
}

static bool oracle_next(struct oracle *o, struct oracle_record *r)
{
	size_t reach = o->at + o->o.limit + 2, feeds;
	size_t stop = reach < o->s.len ? reach : o->s.len;
	bool single = o->at < o->single_until, astray;

	if (o->at == o->s.len)
		return false;
	r->offset = o->at;
	r->line = o->line;
	if (o->o.comment.len != 0 && str_starts(str_skip(o->s, o->at), o->o.comment)) {
		oracle_comment(o, r);
		if (r->total > o->o.limit)
			oracle_long(o, r);
	} else {
		bool ok = oracle_try(o, single, stop, r, &feeds, &astray);
		if (astray)
			ok = oracle_try(o, true, stop, r, &feeds, &astray);
		else if (feeds != 0 && (!ok || r->total > o->o.limit || (r->flags & DELIM_OPEN) != 0)) {
			o->single_until = stop;
			ok = oracle_try(o, true, stop, r, &feeds, &astray);
		}
		if (!ok || r->total > o->o.limit)
			oracle_long(o, r);
	}
	bool plain = true;
	for (size_t i = r->offset; i < r->next; i++) {
		plain = plain && (i >= r->offset + r->total || (o->s.p[i] > 0));
		o->line += o->s.p[i] == '\n';
	}
	if (plain && (r->flags & DELIM_LONG) == 0)
		r->flags |= DELIM_PLAIN;
	o->at = r->next;
	return true;
}

/* ---- comparing ---------------------------------------------------------------------------------- */

static uint64_t dice(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void check_values(const struct delim_record *r, const struct oracle_record *want)
{
	const char *at = want->values.p;
	auto_buf struct buf copy = {0};

	assert_int_equal(r->n, want->n);
	for (uint32_t i = 0; i < r->n; i++) {
		struct delim_field f = delim_field(r, i);
		struct delim_field g = delim_field_slow(r, i);
		assert_true(f.text.p == g.text.p && f.text.len == g.text.len && f.copy == g.copy &&
		        f.quoted == g.quoted);
		struct str v = f.text;
		uint32_t len;
		if (f.copy) {
			buf_clear(&copy);
			v = delim_unquote(buf_room(&copy, v.len), r, &f);
			assert_true(v.len <= f.text.len);
		}
		memcpy(&len, at, sizeof(len));
		assert_int_equal(v.len, len);
		assert_memory_equal(v.p ? v.p : "", at + sizeof(len), len);
		at += sizeof(len) + len;
	}
}

static const enum delim_path all_paths[] = {DELIM_SCALAR, DELIM_SSE2, DELIM_AVX2};

/* Reads all of s through windows of random size and compares record by record. Each window is a block of its
 * own, so that the address sanitizer sees a step too far. */
static unsigned compare(
        struct str s, const struct delim_options *o, enum delim_path path, size_t window, uint64_t *seed)
{
	struct delim *d = mem_get(sizeof(*d));
	struct oracle oracle = {.s = s, .o = *o};
	struct oracle_record want = {0};
	struct delim_record r;
	size_t at = 0, n = 0, base = 0;
	char *w = NULL;
	unsigned records = 0;

	delim_init(d, o);
	if (!delim_set_path(d, path)) {
		free(d);
		return 0;
	}
	for (;;) {
		if (base + n - at < d->want || w == NULL) {
			size_t left = s.len - at;
			n = d->want + dice(seed) % (window + 1);
			n = n < left ? n : left;
			free(w);
			w = mem_get(n ? n : 1);
			memcpy(w, s.p + at, n);
			base = at;
		}
		size_t have = base + n - at;
		int rc = delim_next(d, w + (at - base), have, have < d->want, &r);
		if (rc == DELIM_END)
			break;
		if (rc == DELIM_MORE) {
			assert_true(d->want > have);
			continue;
		}
		assert_true(r.length <= have);
		at += r.length;
		assert_int_equal(d->offset, at);
		if (rc == DELIM_SKIP)
			continue;
		assert_int_equal(rc, DELIM_RECORD);
		assert_true(oracle_next(&oracle, &want));
		records++;
		assert_int_equal(r.offset, want.offset);
		assert_int_equal(at, want.next);
		assert_int_equal(r.total, want.total);
		assert_int_equal(r.line, want.line);
		assert_int_equal(r.flags, want.flags);
		assert_int_equal(d->line, oracle.line);
		check_values(&r, &want);
	}
	assert_int_equal(at, s.len);
	assert_false(oracle_next(&oracle, &want));
	buf_done(&want.values);
	free(w);
	free(d);
	return records;
}

static const struct delim_options plain_options = {.delimiter = ',', .quote = '"', .limit = 524288};

static void check_all(struct str s, const struct delim_options *o, uint64_t seed)
{
	for (size_t i = 0; i < sizeof(all_paths) / sizeof(*all_paths); i++)
		compare(s, o, all_paths[i], 4096, &seed);
}

/* ---- examples ----------------------------------------------------------------------------------- */

/* Values of all records as text: fields in [], records ended by |. */
static struct str shown(struct buf *out, struct str s, const struct delim_options *o)
{
	struct delim *d = mem_get(sizeof(*d));
	struct delim_record r;
	size_t at = 0;
	int rc;

	buf_clear(out);
	delim_init(d, o);
	while ((rc = delim_next(d, s.p + at, s.len - at, true, &r)) != DELIM_END) {
		at += r.length;
		if (rc == DELIM_SKIP)
			continue;
		for (uint32_t i = 0; i < r.n; i++) {
			struct delim_field f = delim_field(&r, i);
			char copy[256];
			buf_char(out, '[');
			buf_add(out, f.copy ? delim_unquote(copy, &r, &f) : f.text);
			buf_char(out, ']');
		}
		if ((r.flags & DELIM_ODD) != 0)
			buf_char(out, '!');
		if ((r.flags & DELIM_OPEN) != 0)
			buf_char(out, '?');
		if ((r.flags & DELIM_LONG) != 0)
			buf_char(out, '>');
		if ((r.flags & DELIM_COMMENT) != 0)
			buf_char(out, '#');
		buf_char(out, '|');
	}
	free(d);
	return buf_str(out);
}

#define SHOWN(options, in, want)                                                                             \
	do {                                                                                                 \
		struct str got = shown(&out, STR(in), options);                                              \
		if (!str_eq(got, STR(want)))                                                                 \
			fail_msg("got %.*s, want %s", STR_ARG(got), want);                                   \
	} while (0)

static void test_examples(void **state)
{
	const struct delim_options *o = &plain_options;
	auto_buf struct buf out = {0};

	(void)state;
	SHOWN(o, "", "");
	SHOWN(o, "\n", "[]|");
	SHOWN(o, ",", "[][]|");
	SHOWN(o, "a,b\nc,d\n", "[a][b]|[c][d]|");
	SHOWN(o, "a,b\r\nc,d", "[a][b]|[c][d]|");
	SHOWN(o, "\"a\",\"b\"\r\n\"\",\"\"\n", "[a][b]|[][]|");
	SHOWN(o, "\"a,b\",\"c\nd\"\n", "[a,b][c\nd]|");
	SHOWN(o, "\"a \"\"b\"\"\",\"\"\"\"\n", "[a \"b\"][\"]|");
	SHOWN(o, "a\"b,c\"\n", "[a\"b][c\"]|");
	SHOWN(o, "\"a\"b\"c,d\n", "[ab\"c][d]!|");
	SHOWN(o, "\"a\"\"b\" ,d\n", "[a\"b ][d]!|");
	SHOWN(o, "a\rb,c\r\r\n", "[a\rb][c\r]|");
	SHOWN(o, "\"a\"\r\r\n", "[a\r]!|");
	SHOWN(o, "x,\"a,b", "[x][a,b]?|");
	SHOWN(o, "x,\"a\ny,b\nz,c\n", "[x][a]?|[y][b]|[z][c]|");
	SHOWN(o, "x,\"a\ny,b\nz,\"c\"\n", "[x][a]?|[y][b]|[z][c]|");
	SHOWN(o, "x,\"a\ny,\"b\nz,\"c\nd\"\n", "[x][a]?|[y][b]?|[z][c\nd]|");
	SHOWN(o, "\"x\"y,\"a\nb\"\n", "[xy][a\nb]!|");
	SHOWN(o, "x,\"a\nb\"\r\n\"c\nd\" ,e\n", "[x][a\nb]|[c]?|[d\" ][e]|");
	SHOWN(o, "a,b\n#x,\"y\n", "[a][b]|[#x][y]?|");
}

static void test_options(void **state)
{
	struct delim_options o = plain_options;
	auto_buf struct buf out = {0};

	(void)state;
	o.skip_blank = true;
	SHOWN(&o, " \"a\",\t\"b, c\", d,  \n", "[a][b, c][d][]|");
	o.comment = STR("//");
	SHOWN(&o, "// it's \"x, y\r\na,b\n//\n/c\n//", "[// it's \"x, y]#|[a][b]|[//]#|[/c]|[//]#|");
	o = plain_options;
	o.quote = -1;
	o.delimiter = '\t';
	SHOWN(&o, "\"a\tb\"\n", "[\"a][b\"]|");
	o.delimiter = ';';
	o.quote = '\'';
	SHOWN(&o, "'a;b';\"c\n", "[a;b][\"c]|");
	o = plain_options;
	o.limit = 4;
	SHOWN(&o, "ab,d\r\nabcde\nab,cd,\nx\n", "[ab][d]|>|>|[x]|");
	SHOWN(&o, "\"a\nb\"\nc,d\ne", "[a]?|[b\"]|[c][d]|[e]|");
}

static void test_delim_ok(void **state)
{
	(void)state;
	assert_true(delim_ok(',', '"') && delim_ok('\t', -1) && delim_ok('\0', '\''));
	assert_false(delim_ok('\n', '"') || delim_ok('\r', '"') || delim_ok('"', '"') ||
	        delim_ok(',', '\n') || delim_ok(',', '\r') || delim_ok((char)0xff, 0xff) ||
	        delim_ok(',', 256) || delim_ok(',', -2));
}

/* ---- properties --------------------------------------------------------------------------------- */

/* Bytes that look like delimited text, with mostly few errors. */
static struct str noise(char *p, size_t len, uint64_t *seed)
{
	static const char any[] = ",,,,,,\"\"\"\"\"\n\n\r\r #\t;'ab\0\xc3\xa9";
	unsigned style = dice(seed) % 4, dirt = 1u << (dice(seed) % 9);
	size_t n = 0;

	while (n < len) {
		uint64_t r = dice(seed);
		if (style == 0 || r % (2 * dirt) == 0) {
			p[n++] = any[(r >> 20) % (sizeof(any) - 1)];
			continue;
		}
		bool quoted = (r >> 9 & 3) != 0;
		size_t k = (r >> 12) % (style == 3 ? 90 : 9);
		char field[256];
		size_t m = 0;
		if (quoted)
			field[m++] = '"';
		for (size_t i = 0; i < k; i++) {
			uint64_t x = dice(seed);
			if (quoted && x % 23 == 0)
				field[m++] = '"', field[m++] = '"';
			else if (quoted && x % 29 == 0)
				field[m++] = ",\n\r"[(x >> 8) % 3];
			else
				field[m++] = (char)('a' + (x >> 8) % 26);
		}
		if (quoted)
			field[m++] = '"';
		if (style == 2 && (r >> 32 & 7) == 0)
			field[m++] = '\r';
		field[m++] = (r >> 40) % 6 == 0 ? '\n' : ',';
		for (size_t i = 0; i < m && n < len; i++)
			p[n++] = field[i];
	}
	return str_make(p, n);
}

static void test_random(void **state)
{
	static const size_t limits[] = {1, 7, 64, 500, 20000, 524288};
	static char bytes[30000];
	uint64_t seed = 20240101, records = 0;

	(void)state;
	for (unsigned i = 0; i < 700; i++) {
		uint64_t r = dice(&seed);
		size_t len = i % 70 == 0 ? sizeof(bytes) : (r >> 8) % (i % 4 == 0 ? 3000 : 200);
		struct str s = noise(bytes, len, &seed);
		struct delim_options o = plain_options;
		o.limit = limits[(r >> 40) % 6];
		if (r % 7 == 0)
			o.skip_blank = true;
		if (r % 5 == 0)
			o.comment = r % 2 ? STR("#") : STR("#a");
		if (r % 11 == 0)
			o.quote = r % 2 ? -1 : '\'';
		if (r % 13 == 0)
			o.delimiter = r % 2 ? '\0' : '\t';
		for (size_t k = 0; k < sizeof(all_paths) / sizeof(*all_paths); k++)
			records += compare(s, &o, all_paths[k], i % 3 ? 50 : 100000, &seed);
	}
	assert_true(records > 5000);
}

/* Fields and records beyond every bound: too many fields, too many records for a chunk, nothing but one
 * byte. */
static void test_bounds(void **state)
{
	static char bytes[300000];
	const char fills[] = {',', '"', '\n', '\r', 'x', 0};

	(void)state;
	for (size_t i = 0; i < sizeof(fills); i++) {
		memset(bytes, fills[i], sizeof(bytes));
		check_all(str_make(bytes, 70000), &plain_options, i);
		bytes[20000] = '\n';
		bytes[DELIM_FIELDS - 1] = bytes[2 * DELIM_FIELDS] = '\n';
		check_all(str_make(bytes, 70000), &plain_options, i);
		struct delim_options o = plain_options;
		o.limit = 30000;
		check_all(str_make(bytes, 70000), &o, i);
	}
	memset(bytes, 'x', sizeof(bytes));
	bytes[5] = '"';
	bytes[4] = ',';
	bytes[299990] = '"';
	check_all(str_make(bytes, sizeof(bytes)), &plain_options, 1);
}

/* Each line closes the quote of the one before and opens another: every record seems to reach to the end of
 * the data. Reading it must not take a time that grows with the square of its length. */
static void test_astray(void **state)
{
	struct delim *d = mem_get(sizeof(*d));
	static char bytes[6000000];
	const char line[] = "x\"x,\"\n";
	struct delim_record r;
	size_t at = 0, records = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = line[i % 6];
	delim_init(d, &plain_options);
	while (delim_next(d, bytes + at, sizeof(bytes) - at, true, &r) == DELIM_RECORD) {
		at += r.length;
		records++;
		assert_int_equal(r.flags, DELIM_OPEN | DELIM_PLAIN);
	}
	assert_int_equal(records, sizeof(bytes) / 6);
	free(d);
}

/* Reports as their publisher writes them; how many records they have was counted by the oracle only. */
static void test_real(void **state)
{
	const char *folder = getenv("WEIR_SHARED");
	char pattern[4096];
	glob_t g;
	uint64_t seed = 5, records = 0;

	(void)state;
	snprintf(pattern, sizeof(pattern), "%s/data/public/shadowserver/*.csv",
	        folder != NULL ? folder : SOURCE_ROOT "/../shared");
	if (glob(pattern, 0, NULL, &g) != 0) {
		print_message("no reports at %s\n", pattern);
		skip();
	}
	for (size_t i = 0; i < g.gl_pathc; i++) {
		auto_buf struct buf b = {0};
		struct err e = {0};
		assert_int_equal(os_read_file(g.gl_pathv[i], 1u << 24, &b, &e), 0);
		for (size_t k = 0; k < sizeof(all_paths) / sizeof(*all_paths); k++)
			records += compare(buf_str(&b), &plain_options, all_paths[k], 1000, &seed);
	}
	assert_true(records > g.gl_pathc);
	globfree(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_examples),
	        cmocka_unit_test(test_options),
	        cmocka_unit_test(test_delim_ok),
	        cmocka_unit_test(test_random),
	        cmocka_unit_test(test_bounds),
	        cmocka_unit_test(test_astray),
	        cmocka_unit_test(test_real),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
