/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON against a second parser that is as plain as the grammar: on made documents, whole and damaged, both
 * have to say the same, token by token. Then objects as pairs, in each way, against the tokens.
 */
#include "base/os.h"
#include "text/json_flat.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ---- the plain parser --------------------------------------------------------------------------- */

struct seen {
	enum json_kind kind;
	size_t offset, from, to; /* text: from and to */
};

struct plain {
	struct str s;
	size_t at;
	VEC(struct seen) out;
};

static int peek(const struct plain *p)
{
	return p->at < p->s.len ? (unsigned char)p->s.p[p->at] : -1;
}

static void white(struct plain *p)
{
	while (peek(p) == ' ' || peek(p) == '\t' || peek(p) == '\n' || peek(p) == '\r')
		p->at++;
}

static struct seen *note(struct plain *p, enum json_kind kind, size_t offset)
{
	struct seen *e = vec_add(&p->out);

	e->kind = kind;
	e->offset = offset;
	return e;
}

static bool one_of(struct plain *p, const char *set)
{
	if (peek(p) < 0 || peek(p) == 0 || strchr(set, peek(p)) == NULL)
		return false;
	p->at++;
	return true;
}

static bool plain_digits(struct plain *p)
{
	if (!one_of(p, "0123456789"))
		return false;
	while (one_of(p, "0123456789"))
		;
	return true;
}

static bool plain_number(struct plain *p)
{
	one_of(p, "-");
	if (!one_of(p, "0") && !plain_digits(p))
		return false;
	if (one_of(p, ".") && !plain_digits(p))
		return false;
	if (!one_of(p, "eE"))
		return true;
	one_of(p, "+-");
	return plain_digits(p);
}

/* One character of RFC 3629 by its table of ranges. */
static bool plain_utf8(struct plain *p)
{
	static const unsigned char rows[][9] = {{1, 0x20, 0x7f}, {2, 0xc2, 0xdf, 0x80, 0xbf},
	        {3, 0xe0, 0xe0, 0xa0, 0xbf, 0x80, 0xbf}, {3, 0xe1, 0xec, 0x80, 0xbf, 0x80, 0xbf},
	        {3, 0xed, 0xed, 0x80, 0x9f, 0x80, 0xbf}, {3, 0xee, 0xef, 0x80, 0xbf, 0x80, 0xbf},
	        {4, 0xf0, 0xf0, 0x90, 0xbf, 0x80, 0xbf, 0x80, 0xbf},
	        {4, 0xf1, 0xf3, 0x80, 0xbf, 0x80, 0xbf, 0x80, 0xbf},
	        {4, 0xf4, 0xf4, 0x80, 0x8f, 0x80, 0xbf, 0x80, 0xbf}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t n = rows[i][0], k = 0;
		for (; k < n && p->at + k < p->s.len; k++) {
			unsigned char c = (unsigned char)p->s.p[p->at + k];
			if (c < rows[i][1 + 2 * k] || c > rows[i][2 + 2 * k])
				break;
		}
		if (k == n) {
			p->at += n;
			return true;
		}
	}
	return false;
}

static bool plain_string(struct plain *p, enum json_kind kind)
{
	size_t offset = p->at;

	if (!one_of(p, "\""))
		return false;
	while (peek(p) != '"') {
		if (one_of(p, "\\")) {
			if (one_of(p, "u")) {
				for (int i = 0; i < 4; i++)
					if (!one_of(p, "0123456789abcdefABCDEF"))
						return false;
			} else if (!one_of(p, "\"\\/bfnrt")) {
				return false;
			}
		} else if (!plain_utf8(p)) {
			return false;
		}
	}
	struct seen *e = note(p, kind, offset);
	e->from = offset + 1;
	e->to = p->at++;
	return true;
}

static bool plain_value(struct plain *p, unsigned depth);

static bool plain_object(struct plain *p, unsigned depth)
{
	note(p, JSON_OBJECT, p->at++);
	white(p);
	if (peek(p) != '}') {
		do {
			white(p);
			if (!plain_string(p, JSON_KEY))
				return false;
			white(p);
			if (!one_of(p, ":"))
				return false;
			white(p);
			if (!plain_value(p, depth))
				return false;
			white(p);
		} while (one_of(p, ","));
	}
	note(p, JSON_OBJECT_END, p->at);
	return one_of(p, "}");
}

static bool plain_array(struct plain *p, unsigned depth)
{
	note(p, JSON_ARRAY, p->at++);
	white(p);
	if (peek(p) != ']') {
		do {
			white(p);
			if (!plain_value(p, depth))
				return false;
			white(p);
		} while (one_of(p, ","));
	}
	note(p, JSON_ARRAY_END, p->at);
	return one_of(p, "]");
}

static bool plain_word(struct plain *p, const char *word, enum json_kind kind)
{
	if (!str_starts(str_skip(p->s, p->at), str_from(word)))
		return false;
	struct seen *e = note(p, kind, p->at);
	e->from = p->at;
	e->to = p->at += strlen(word);
	return true;
}

static bool plain_value(struct plain *p, unsigned depth)
{
	int c = peek(p);

	if (c == '{')
		return depth < JSON_DEPTH && plain_object(p, depth + 1);
	if (c == '[')
		return depth < JSON_DEPTH && plain_array(p, depth + 1);
	if (c == '"')
		return plain_string(p, JSON_STRING);
	if (c == '-' || (c >= '0' && c <= '9')) {
		size_t from = p->at;
		if (!plain_number(p))
			return false;
		/* 01 is the number 0 with something behind it; no reader of ours shall see that */
		if (peek(p) >= '0' && peek(p) <= '9')
			return false;
		struct seen *e = note(p, JSON_NUMBER, from);
		e->from = from;
		e->to = p->at;
		return true;
	}
	return plain_word(p, "true", JSON_TRUE) || plain_word(p, "false", JSON_FALSE) ||
	        plain_word(p, "null", JSON_NULL);
}

/* ---- comparing ---------------------------------------------------------------------------------- */

static uint64_t dice(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static bool has_text(enum json_kind kind)
{
	return kind >= JSON_KEY;
}

/* Token by token; true if both say that it is JSON. The token at which the plain parser gives up is not
 * compared: it has noted some of it already. */
static bool compare_tokens(struct str s)
{
	struct plain plain = {.s = s};
	struct json j;
	struct json_token t;
	size_t n = 0;
	int rc;

	white(&plain);
	bool ok = plain_value(&plain, 0);
	json_init(&j, s);
	while ((rc = json_next(&j, &t)) > 0) {
		assert_true(n < plain.out.n);
		const struct seen *e = &plain.out.v[n++];
		assert_int_equal(t.kind, e->kind);
		assert_int_equal(t.offset, e->offset);
		if (has_text(t.kind)) {
			assert_ptr_equal(t.text.p, s.p + e->from);
			assert_int_equal(t.text.len, e->to - e->from);
			assert_int_equal(t.escaped,
			        (t.kind == JSON_KEY || t.kind == JSON_STRING) && str_has(t.text, '\\'));
		}
	}
	assert_int_equal(rc == 0, ok);
	if (ok) {
		assert_int_equal(n, plain.out.n);
		assert_int_equal(j.at, plain.at);
		white(&plain);
		assert_int_equal(json_done(&j), plain.at == s.len);
	} else {
		struct err e = {0};
		assert_true(json_next(&j, &t) < 0);
		assert_int_equal(json_err(&j, &e), ERR_SYNTAX);
		assert_true(j.error != NULL && j.error_at <= s.len && e.text[0] != 0);
	}
	vec_done(&plain.out);
	return ok;
}

static void same_token(const struct json_token *a, const struct json_token *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->escaped, b->escaped);
	assert_int_equal(a->offset, b->offset);
	assert_ptr_equal(a->text.p, b->text.p);
	assert_int_equal(a->text.len, b->text.len);
}

/* Number of pairs, or -1. */
static int compare_pairs(struct json_flat *f, struct str s)
{
	struct json j;
	struct json_token key, value;
	struct json_pair pair;
	int n = 0, rc;

	json_init(&j, s);
	json_flat_start(f, s);
	bool ok = json_next(&j, &key) > 0 && key.kind == JSON_OBJECT;
	while (ok && (ok = json_next(&j, &key) > 0) && key.kind == JSON_KEY) {
		ok = json_next(&j, &value) > 0;
		if (ok && (value.kind == JSON_OBJECT || value.kind == JSON_ARRAY))
			ok = json_skip_rest(&j, &value, &value.text) > 0;
		if (!ok)
			break;
		assert_int_equal(json_flat_next(f, &pair), 1);
		same_token(&pair.key, &key);
		same_token(&pair.value, &value);
		n++;
	}
	rc = json_flat_next(f, &pair);
	assert_int_equal(rc == 0, ok && json_done(&j));
	assert_true(rc <= 0);
	if (rc < 0) {
		struct err e = {0};
		assert_true(json_flat_next(f, &pair) < 0);
		json_err(&f->json, &e);
		assert_true(f->json.error != NULL && f->json.error_at <= s.len);
	}
	return rc < 0 ? -1 : n;
}

static const enum json_flat_path paths[] = {JSON_FLAT_PULL, JSON_FLAT_SSE2, JSON_FLAT_AVX2};

/* In memory of exactly its size. */
static bool compare(struct json_flat *f, struct str s)
{
	char *exact = mem_get(s.len ? s.len : 1);

	memcpy(exact, s.p, s.len);
	s.p = exact;
	bool ok = compare_tokens(s);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (json_flat_set_path(f, paths[i]))
			compare_pairs(f, s);
	free(exact);
	return ok;
}

/* ---- examples ----------------------------------------------------------------------------------- */

static void test_grammar(void **state)
{
	static const char *const good[] = {"0", "-0", "10.5e+3", "\"\"", "[]", "{}", " [ 1 , 2 ] ",
	        "{\"a\":{}}", "\"\\u0000\\ud800\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\xc3\xa9\x7f\"",
	        "null", "{\"a\":1,\"a\":[true,false,null]}", "\"\xf4\x8f\xbf\xbf\"", "{\"a\":0,\"b\":10}",
	        "{\"a\":1 , \"b\" : -1 }"};
	static const char *const bad[] = {"", " ", "01", "-", "1.", "1e", "+1", ".5", "[1,]", "[,1]",
	        "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "{\"a\":}", "{1:2}", "[1 2]", "[", "{", "{\"a\"", "\"a",
	        "\"\\x\"", "\"\\u12g4\"", "\"\t\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
	        "nul", "tru", "]", "}", "[}", "{]", "'a'", "NaN", "\"\\", "\"\\u", "/**/1", "{\"a\":01}",
	        "{\"a\":00,\"b\":1}", "{\"a\":1\"b\":2}", "{\"a\":\"\\q\"}", "{\"a\\q\":1}", "{,\"a\":1}",
	        "{\"a\":1,,\"b\":2}", "{\"a\"::1}"};
	struct json_flat *f = mem_get(sizeof(*f));

	(void)state;
	json_flat_init(f);
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (!compare(f, str_from(good[i])))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (compare(f, str_from(bad[i])))
			fail_msg("accepted: %s", bad[i]);
	free(f);
}

static void test_text(void **state)
{
	static const struct {
		const char *in;
		struct str out;
	} rows[] = {
	        {"\"abc\"", STR_INIT("abc")},
	        {"\"a\\\"b\\\\c\\/\"", STR_INIT("a\"b\\c/")},
	        {"\"\\b\\f\\n\\r\\t\"", STR_INIT("\b\f\n\r\t")},
	        {"\"\\u0041\\u00e9\\u20AC\\u0000.\"", STR_INIT("A\xc3\xa9\xe2\x82\xac\0.")},
	        {"\"\\ud83d\\ude00\"", STR_INIT("\xf0\x9f\x98\x80")},
	        {"\"\\ud83d\"", STR_INIT("\xef\xbf\xbd")},
	        {"\"\\ud83d\\u0041\"",
	                STR_INIT("\xef\xbf\xbd"
	                         "A")},
	        {"\"\\ude00\\ud83d\"", STR_INIT("\xef\xbf\xbd\xef\xbf\xbd")},
	        {"\"\\ud83dx\"", STR_INIT("\xef\xbf\xbdx")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct json j;
		struct json_token t;
		char *dst;
		json_init(&j, str_from(rows[i].in));
		assert_int_equal(json_next(&j, &t), 1);
		dst = mem_get(t.text.len + 1);
		struct str got = json_text(dst, &t);
		assert_int_equal(got.len, rows[i].out.len);
		assert_memory_equal(got.p, rows[i].out.p, got.len);
		free(dst);
	}
}

static void test_depth(void **state)
{
	struct json_flat *f = mem_get(sizeof(*f));
	auto_buf struct buf b = {0};

	(void)state;
	json_flat_init(f);
	for (unsigned n = 62; n < 67; n++) {
		buf_clear(&b);
		for (unsigned i = 0; i < n; i++)
			buf_add(&b, i % 3 ? STR("[") : STR("{\"k\":"));
		buf_char(&b, '1');
		for (unsigned i = n; i-- > 0;)
			buf_char(&b, i % 3 ? ']' : '}');
		assert_int_equal(compare(f, buf_str(&b)), n <= JSON_DEPTH);
	}
	buf_clear(&b);
	for (unsigned i = 0; i < 100000; i++)
		buf_char(&b, '[');
	assert_false(compare(f, buf_str(&b)));
	free(f);
}

static void test_skip(void **state)
{
	const struct str s = STR("{\"a\": [1, {\"b\": \"]\"}] , \"c\": 2}  7");
	struct json j;
	struct json_token t;
	struct str raw;

	(void)state;
	json_init(&j, s);
	assert_int_equal(json_next(&j, &t), 1);
	assert_int_equal(json_next(&j, &t), 1);
	assert_int_equal(json_skip(&j, &raw), 1);
	assert_true(str_eq(raw, STR("[1, {\"b\": \"]\"}]")));
	assert_int_equal(json_next(&j, &t), 1);
	assert_true(t.kind == JSON_KEY && str_eq(t.text, STR("c")));
	assert_int_equal(json_skip(&j, &raw), 1);
	assert_true(str_eq(raw, STR("2")));
	assert_int_equal(json_skip(&j, &raw), 0);
	assert_int_equal(json_next(&j, &t), 0);
	assert_false(json_done(&j));
	json_again(&j);
	assert_int_equal(json_next(&j, &t), 1);
	assert_true(t.kind == JSON_NUMBER && str_eq(t.text, STR("7")) && json_done(&j));
}

/* ---- properties --------------------------------------------------------------------------------- */

static void space(struct buf *b, uint64_t *seed)
{
	for (unsigned n = dice(seed) % 4 == 0 ? dice(seed) % 3 : 0; n > 0; n--)
		buf_char(b, " \t\n\r"[dice(seed) % 4]);
}

static void random_string(struct buf *b, uint64_t *seed)
{
	static const char *const parts[] = {"a", "key", "source.ip", "192.0.2.1", " ", "{", "}", "[", ":",
	        ",", "\\\"", "\\\\", "\\n", "\\u00e9", "\\ud83d\\ude00", "\xc3\xa9", "\xe0\xba\x81", "\\/"};
	unsigned kinds = dice(seed) % 3 == 0 ? 18 : 10, n = dice(seed) % (dice(seed) % 20 == 0 ? 60 : 5);

	buf_char(b, '"');
	for (; n > 0; n--)
		buf_add(b, str_from(parts[dice(seed) % kinds]));
	buf_char(b, '"');
}

static void random_value(struct buf *b, uint64_t *seed, unsigned depth)
{
	static const char *const scalars[] = {"0", "443", "-1.5e3", "true", "false", "null", "64496", "1E-2"};
	uint64_t kind = dice(seed) % (depth < 4 ? 12 : 9);

	if (kind < 5) {
		random_string(b, seed);
	} else if (kind < 9) {
		buf_add(b, str_from(scalars[dice(seed) % 8]));
	} else {
		bool object = kind != 9;
		buf_char(b, object ? '{' : '[');
		for (unsigned i = 0, n = dice(seed) % (depth == 0 ? 12 : 4); i < n; i++) {
			space(b, seed);
			if (i > 0)
				buf_char(b, ',');
			space(b, seed);
			if (object) {
				random_string(b, seed);
				space(b, seed);
				buf_char(b, ':');
				space(b, seed);
			}
			random_value(b, seed, depth + 1);
		}
		space(b, seed);
		buf_char(b, object ? '}' : ']');
	}
}

/* One byte changed, added, left out, or the rest cut off. */
static void damage(struct buf *b, uint64_t *seed)
{
	static const char any[] = "\"\"\\\\{}[]:,01-.eE tfn\t\n\0\x1f\x80\xc3\xed\xff u/";
	size_t at = b->len ? dice(seed) % b->len : 0;
	char c = any[dice(seed) % (sizeof(any) - 1)];

	switch (b->len == 0 ? 1 : dice(seed) % 5) {
	case 0:
		b->len = at;
		break;
	case 1:
	case 2:
		buf_char(b, 0);
		memmove(b->p + at + 1, b->p + at, b->len - at - 1);
		b->p[at] = c;
		break;
	case 3:
		memmove(b->p + at, b->p + at + 1, b->len - at - 1);
		b->len--;
		break;
	default:
		b->p[at] = c;
	}
}

static void test_random(void **state)
{
	struct json_flat *f = mem_get(sizeof(*f));
	auto_buf struct buf b = {0};
	uint64_t seed = 77;
	unsigned good = 0, bad = 0;

	(void)state;
	json_flat_init(f);
	for (unsigned i = 0; i < 6000; i++) {
		buf_clear(&b);
		random_value(&b, &seed, 0);
		assert_true(compare(f, buf_str(&b)));
		for (unsigned k = dice(&seed) % 4; k > 0; k--) {
			damage(&b, &seed);
			if (compare(f, buf_str(&b)))
				good++;
			else
				bad++;
		}
	}
	assert_true(good > 500 && bad > 2000);
	free(f);
}

/* Runs of backslashes of every length across the edges of blocks, and lines around the longest that the fast
 * way takes. */
static void test_edges(void **state)
{
	struct json_flat *f = mem_get(sizeof(*f));
	auto_buf struct buf b = {0};

	(void)state;
	json_flat_init(f);
	for (unsigned before = 40; before < 70; before++) {
		for (unsigned run = 0; run < 140; run += run < 8 ? 1 : 17) {
			buf_clear(&b);
			buf_add(&b, STR("{\"k\":\""));
			for (unsigned i = 0; i < before; i++)
				buf_char(&b, 'x');
			for (unsigned i = 0; i < run; i++)
				buf_char(&b, '\\');
			buf_add(&b, STR("\",\"n\":1}"));
			assert_int_equal(compare(f, buf_str(&b)), run % 2 == 0);
		}
	}
	for (size_t len = JSON_FLAT_LINE - 2; len < JSON_FLAT_LINE + 3; len++) {
		buf_clear(&b);
		buf_add(&b, STR("{\"k\":["));
		while (b.len < len - 6)
			buf_add(&b, STR("\"\","));
		b.len--;
		buf_add(&b, STR("]}"));
		while (b.len < len)
			buf_char(&b, ' ');
		assert_true(compare(f, buf_str(&b)));
	}
	free(f);
}

/* Real documents, whole and line by line. */
static void test_real(void **state)
{
	static const char *const patterns[] = {
	        "cases/*/input.json", "public/suricata/*.json", "public/warninglists/*.json"};
	const char *folder = getenv("WEIR_SHARED");
	struct json_flat *f = mem_get(sizeof(*f));
	unsigned good = 0;

	(void)state;
	json_flat_init(f);
	for (size_t k = 0; k < sizeof(patterns) / sizeof(*patterns); k++) {
		char pattern[4096];
		glob_t g;
		snprintf(pattern, sizeof(pattern), "%s/data/%s",
		        folder != NULL ? folder : SOURCE_ROOT "/../shared", patterns[k]);
		if (glob(pattern, 0, NULL, &g) != 0) {
			print_message("no documents at %s\n", pattern);
			free(f);
			skip();
		}
		for (size_t i = 0; i < g.gl_pathc; i++) {
			auto_buf struct buf b = {0};
			struct err e = {0};
			if (os_read_file(g.gl_pathv[i], 200000, &b, &e) != 0)
				continue;
			good += compare(f, buf_str(&b));
			for (struct str_cut c = str_cut(buf_str(&b), '\n'); c.ok; c = str_cut(c.tail, '\n'))
				good += compare(f, c.head);
		}
		globfree(&g);
	}
	assert_true(good > 100);
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_grammar),
	        cmocka_unit_test(test_text),
	        cmocka_unit_test(test_depth),
	        cmocka_unit_test(test_skip),
	        cmocka_unit_test(test_random),
	        cmocka_unit_test(test_edges),
	        cmocka_unit_test(test_real),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
