/* SPDX-License-Identifier: Apache-2.0
 *
 * The state says what may come next, so that each token is checked in one place. Strings are most of any
 * report: their end is looked for 16 bytes at a time, and UTF-8 is looked at only where a byte is not ASCII.
 */
#include "text/json.h"
#include "base/utf8.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
	EXPECT_VALUE,       /* top level, behind a colon, behind a comma in an array */
	EXPECT_FIRST_KEY,   /* behind '{' */
	EXPECT_KEY,         /* behind a comma in an object */
	EXPECT_COLON,       /* behind a key */
	EXPECT_FIRST_VALUE, /* behind '[' */
	EXPECT_COMMA,       /* behind a value inside something */
	EXPECT_NOTHING,     /* behind the top value */
};

void json_init(struct json *j, struct str text)
{
	*j = (struct json){.p = text.p, .len = text.len, .state = EXPECT_VALUE};
}

void json_inside(struct json *j, struct str text, size_t at)
{
	*j = (struct json){
	        .p = text.p, .len = text.len, .at = at, .depth = 1, .objects = 1, .state = EXPECT_VALUE};
}

void json_again(struct json *j)
{
	if (j->state == EXPECT_NOTHING && j->error == NULL)
		j->state = EXPECT_VALUE;
}

static int wrong(struct json *j, size_t at, const char *sentence)
{
	if (j->error == NULL) {
		j->error = sentence;
		j->error_at = at;
	}
	return ERR_SYNTAX;
}

int json_err(const struct json *j, struct err *e)
{
	return err_set(e, ERR_SYNTAX, "not JSON at byte %zu: %s", j->error_at,
	        j->error != NULL ? j->error : "no error");
}

static void skip_space(struct json *j)
{
	while (j->at < j->len) {
		char c = j->p[j->at];
		if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
			return;
		j->at++;
	}
}

bool json_done(const struct json *j)
{
	struct json copy = *j;

	skip_space(&copy);
	return copy.at == copy.len;
}

/* ---- strings ------------------------------------------------------------------------------------- */

/* First byte at or after i that is a quote, a backslash, a control character, or (if *high is not yet set)
 * not ASCII. */
static size_t string_plain(const char *p, size_t i, size_t len, bool *high)
{
#if defined(__SSE2__)
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), limit = _mm_set1_epi8(0x1f);
	for (; i + 16 <= len; i += 16) {
		__m128i v = _mm_loadu_si128((const void *)(p + i));
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash));
		/* unsigned v <= 0x1f */
		hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(v, limit), v));
		unsigned stop = (unsigned)_mm_movemask_epi8(hit), top = (unsigned)_mm_movemask_epi8(v);
		if (stop != 0) {
			unsigned n = (unsigned)__builtin_ctz(stop);
			*high |= (top & ((1u << n) - 1)) != 0;
			return i + n;
		}
		*high |= top != 0;
	}
#endif
	for (; i < len; i++) {
		unsigned char c = (unsigned char)p[i];
		if (c == '"' || c == '\\' || c < 0x20)
			return i;
		*high |= c >= 0x80;
	}
	return i;
}

/* Length of the escape at i (on its backslash); 0 if it is none. */
static size_t escape_length(const char *p, size_t i, size_t len)
{
	if (i + 1 >= len)
		return 0;
	if (p[i + 1] != 'u')
		return memchr("\"\\/bfnrt", p[i + 1], 8) != NULL ? 2 : 0;
	if (i + 6 > len)
		return 0;
	for (size_t k = i + 2; k < i + 6; k++)
		if (char_hex(p[k]) < 0)
			return 0;
	return 6;
}

/* On the opening quote. */
static int take_string(struct json *j, struct json_token *t)
{
	size_t start = j->at + 1, i = start;
	bool high = false;

	for (;;) {
		i = string_plain(j->p, i, j->len, &high);
		if (i >= j->len)
			return wrong(j, j->at, "a string is not closed");
		if (j->p[i] == '"')
			break;
		if (j->p[i] != '\\')
			return wrong(j, i, "a control character stands in a string");
		size_t n = escape_length(j->p, i, j->len);
		if (n == 0)
			return wrong(j, i, "no such escape");
		t->escaped = true;
		i += n;
	}
	t->text = str_make(j->p + start, i - start);
	if (high && !utf8_valid(t->text))
		return wrong(j, j->at, "a string is not UTF-8");
	j->at = i + 1;
	return 1;
}

static unsigned hex4(const char *p)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++)
		v = v << 4 | (unsigned)char_hex(p[i]);
	return v;
}

/* p is on "\u"; writes the character and returns how many bytes of the text it took. */
static size_t unescape_unicode(char *dst, size_t *out, struct str s, size_t i)
{
	unsigned hi = hex4(s.p + i + 2);

	if (hi >= 0xd800 && hi < 0xdc00 && i + 12 <= s.len && s.p[i + 6] == '\\' && s.p[i + 7] == 'u') {
		unsigned lo = hex4(s.p + i + 8);
		if (lo >= 0xdc00 && lo < 0xe000) {
			*out += utf8_put(dst + *out, 0x10000 + ((hi & 0x3ff) << 10 | (lo & 0x3ff)));
			return 12;
		}
	}
	*out += utf8_put(dst + *out, hi >= 0xd800 && hi < 0xe000 ? 0xfffd : hi);
	return 6;
}

struct str json_text(char *dst, const struct json_token *t)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	struct str s = t->text;
	size_t out = 0;

	if (!t->escaped)
		return s;
	for (size_t i = 0; i < s.len;) {
		if (s.p[i] != '\\') {
			dst[out++] = s.p[i++];
		} else if (s.p[i + 1] == 'u') {
			i += unescape_unicode(dst, &out, s, i);
		} else {
			const char *hit = memchr(from, s.p[i + 1], 5);
			dst[out++] = hit != NULL ? to[hit - from] : s.p[i + 1];
			i += 2;
		}
	}
	return str_make(dst, out);
}

/* ---- numbers and words ---------------------------------------------------------------------------- */

static size_t digits(const struct json *j, size_t i)
{
	while (i < j->len && char_digit(j->p[i]))
		i++;
	return i;
}

static int take_number(struct json *j, struct json_token *t)
{
	size_t i = j->at, from;

	i += j->p[i] == '-';
	from = i;
	i = digits(j, i);
	if (i == from || (i - from > 1 && j->p[from] == '0'))
		return wrong(j, j->at, "a number is not of its form");
	if (i < j->len && j->p[i] == '.') {
		from = i + 1;
		if ((i = digits(j, from)) == from)
			return wrong(j, j->at, "a number is not of its form");
	}
	if (i < j->len && (j->p[i] == 'e' || j->p[i] == 'E')) {
		from = i + 1;
		from += from < j->len && (j->p[from] == '+' || j->p[from] == '-');
		if ((i = digits(j, from)) == from)
			return wrong(j, j->at, "a number is not of its form");
	}
	t->text = str_make(j->p + j->at, i - j->at);
	j->at = i;
	return 1;
}

static int take_word(struct json *j, struct json_token *t)
{
	static const struct {
		struct str word;
		enum json_kind kind;
	} words[] = {{STR_INIT("true"), JSON_TRUE}, {STR_INIT("false"), JSON_FALSE},
	        {STR_INIT("null"), JSON_NULL}};

	for (size_t k = 0; k < 3; k++)
		if (str_starts(str_make(j->p + j->at, j->len - j->at), words[k].word)) {
			t->kind = words[k].kind;
			t->text = str_make(j->p + j->at, words[k].word.len);
			j->at += words[k].word.len;
			return 1;
		}
	return wrong(j, j->at, "a value is expected here");
}

/* ---- structure ------------------------------------------------------------------------------------ */

static void after_value(struct json *j)
{
	j->state = j->depth == 0 ? EXPECT_NOTHING : EXPECT_COMMA;
}

static int open_level(struct json *j, struct json_token *t, bool object)
{
	if (j->depth == JSON_DEPTH)
		return wrong(j, j->at, "it is nested deeper than 64 levels");
	uint64_t bit = (uint64_t)1 << j->depth++;
	j->objects = object ? j->objects | bit : j->objects & ~bit;
	t->kind = object ? JSON_OBJECT : JSON_ARRAY;
	j->state = object ? EXPECT_FIRST_KEY : EXPECT_FIRST_VALUE;
	j->at++;
	return 1;
}

static bool in_object(const struct json *j)
{
	return j->objects >> (j->depth - 1) & 1;
}

static int close_level(struct json *j, struct json_token *t)
{
	t->kind = in_object(j) ? JSON_OBJECT_END : JSON_ARRAY_END;
	j->depth--;
	j->at++;
	after_value(j);
	return 1;
}

static int take_value(struct json *j, struct json_token *t)
{
	char c = j->p[j->at];
	int rc;

	if (c == '{' || c == '[')
		return open_level(j, t, c == '{');
	if (c == '"') {
		t->kind = JSON_STRING;
		rc = take_string(j, t);
	} else if (c == '-' || char_digit(c)) {
		t->kind = JSON_NUMBER;
		rc = take_number(j, t);
	} else {
		rc = take_word(j, t);
	}
	after_value(j);
	return rc;
}

static int take_key(struct json *j, struct json_token *t)
{
	if (j->p[j->at] != '"')
		return wrong(j, j->at, "a name in quotes is expected here");
	t->kind = JSON_KEY;
	int rc = take_string(j, t);
	j->state = EXPECT_COLON;
	return rc;
}

/* What stands between tokens: colon and comma. 1 if a token comes. */
static int take_mark(struct json *j)
{
	char c = j->p[j->at];

	if (j->state == EXPECT_COLON) {
		if (c != ':')
			return wrong(j, j->at, "a colon is expected here");
		j->state = EXPECT_VALUE;
	} else {
		if (c != ',')
			return wrong(j, j->at, "a comma or the end is expected here");
		j->state = in_object(j) ? EXPECT_KEY : EXPECT_VALUE;
	}
	j->at++;
	skip_space(j);
	return j->at < j->len ? 1 : wrong(j, j->at, "it ends in the middle");
}

int json_next(struct json *j, struct json_token *ret)
{
	if (j->error != NULL)
		return ERR_SYNTAX;
	if (j->state == EXPECT_NOTHING)
		return 0;
	skip_space(j);
	if (j->at == j->len)
		return wrong(j, j->at, "it ends in the middle");
	char c = j->p[j->at];
	ret->escaped = false;
	ret->offset = j->at;
	if ((j->state == EXPECT_COMMA || j->state == EXPECT_FIRST_KEY) && c == '}' && in_object(j))
		return close_level(j, ret);
	if ((j->state == EXPECT_COMMA || j->state == EXPECT_FIRST_VALUE) && c == ']' && !in_object(j))
		return close_level(j, ret);
	if ((j->state == EXPECT_COMMA || j->state == EXPECT_COLON) && take_mark(j) < 0)
		return ERR_SYNTAX;
	ret->offset = j->at;
	return j->state == EXPECT_KEY || j->state == EXPECT_FIRST_KEY ? take_key(j, ret) : take_value(j, ret);
}

int json_skip_rest(struct json *j, const struct json_token *opened, struct str *ret)
{
	size_t start = opened->offset;
	struct json_token t;

	if (opened->kind == JSON_OBJECT || opened->kind == JSON_ARRAY)
		for (unsigned depth = j->depth; j->depth >= depth;)
			if (json_next(j, &t) <= 0)
				return ERR_SYNTAX;
	if (ret != NULL)
		*ret = str_make(j->p + start, j->at - start);
	return 1;
}

int json_skip(struct json *j, struct str *ret)
{
	struct json_token t;

	if (json_next(j, &t) <= 0)
		return ERR_SYNTAX;
	if (t.kind == JSON_ARRAY_END || t.kind == JSON_OBJECT_END)
		return 0;
	return json_skip_rest(j, &t, ret);
}

int json_pair(struct json *j, char *buf, size_t size, struct str *ret_key, struct str *ret_raw)
{
	struct json_token t;

	while (json_next(j, &t) > 0) {
		if (t.kind == JSON_OBJECT)
			continue;
		if (t.kind != JSON_KEY || json_skip(j, ret_raw) <= 0)
			return 0;
		*ret_key = t.text.len < size ? json_text(buf, &t) : STR("");
		return 1;
	}
	return 0;
}

struct str json_scalar(char *buf, size_t size, struct str raw)
{
	struct json j;
	struct json_token t;

	json_init(&j, raw);
	if (raw.len > size || json_next(&j, &t) <= 0 || t.kind == JSON_NULL || t.kind == JSON_OBJECT ||
	        t.kind == JSON_ARRAY)
		return (struct str){0};
	return json_text(buf, &t);
}
