/* SPDX-License-Identifier: Apache-2.0
 *
 * One pass over the line finds all quotes that open or close a string, by the masks of block.h; an odd number
 * of backslashes in front of a quote takes it out. A line with a control character, which may stand between
 * strings but not in them, goes to json.h. Then the pairs are walked from quote to quote. Every byte between
 * the strings is looked at, so nothing that is not JSON passes.
 *
 * Lines of a file are alike: what stands between two values, the key among it, is mostly what stood there in
 * the line before. Equal bytes at an equal place mean the same, so they are compared and not read again.
 *
 * The walk knows the common forms only. Where it meets anything else, right or wrong, the line is begun again
 * with json.h, which passes over what was given already: so there is one set of rules, and sentences.
 */
#include "text/json_flat.h"
#include "base/utf8.h"
#include "text/block.h"

#include <assert.h>

enum { BEFORE_OBJECT, BEFORE_KEY, BEHIND_VALUE };

/* ---- the quotes --------------------------------------------------------------------------------- */

#if defined(__x86_64__)

/* The bytes that a backslash takes the meaning from. *carry: the block before ends in a backslash that does
 * so to the first byte. A run of backslashes that begins at an even place and is odd in length ends at an odd
 * place, and the other way round: subtracting the beginnings makes this visible in one go. */
BLOCK_INLINE uint64_t escaped_bytes(uint64_t slash, uint64_t *carry)
{
	const uint64_t odd = 0xaaaaaaaaaaaaaaaau;
	uint64_t free = slash & ~*carry;
	uint64_t series = ((free << 1 | odd) - free) ^ odd;
	uint64_t ret = series ^ (slash | *carry);

	*carry = (series & slash) >> (BLOCK - 1);
	return ret;
}

BLOCK_INLINE bool scan_with(struct json_flat *f, const struct block_way *way)
{
	uint64_t escape = 0, slashes = 0;
	size_t len = f->line.len;
	uint32_t n = 0;
	union block_sum sum;

	way->sum_init(&sum);
	for (size_t pos = 0; pos < len; pos += BLOCK) {
		const char *p = f->line.p + pos;
		char tail[BLOCK];
		if (__builtin_expect(len - pos < BLOCK, 0)) {
			memset(tail, ' ', sizeof(tail));
			memcpy(tail, p, len - pos);
			p = tail;
		}
		uint64_t quote = way->equal(p, '"'), slash = way->equal(p, '\\');
		way->sum_add(&sum, p);
		f->slash[pos / BLOCK] = slash;
		slashes |= slash;
		if (__builtin_expect((slash | escape) != 0, 0))
			quote &= ~escaped_bytes(slash, &escape);
		way->write(f->quotes + n, quote, (uint32_t)pos);
		n += (uint32_t)__builtin_popcountll(quote);
	}
	for (unsigned i = 0; i < 4; i++)
		f->quotes[n + i] = UINT32_MAX;
	f->slashes = slashes != 0;
	f->high = way->sum_high(&sum);
	return !way->sum_upto(&sum, 0x1f);
}

BLOCK_AVX2 static bool scan_avx2(struct json_flat *f)
{
	return scan_with(f, BLOCK_WAY(avx2));
}

static bool scan_sse2(struct json_flat *f)
{
	return scan_with(f, BLOCK_WAY(sse2));
}

bool json_flat_set_path(struct json_flat *f, enum json_flat_path path)
{
	bool avx2 = block_has_avx2();

	if (path == JSON_FLAT_AVX2 && !avx2)
		return false;
	if (path == JSON_FLAT_PULL)
		f->scan = NULL;
	else
		f->scan = path == JSON_FLAT_SSE2 || !avx2 ? scan_sse2 : scan_avx2;
	return true;
}

#else

bool json_flat_set_path(struct json_flat *f, enum json_flat_path path)
{
	f->scan = NULL;
	return path == JSON_FLAT_PULL || path == JSON_FLAT_BEST;
}

#endif

/* ---- by json.h ---------------------------------------------------------------------------------- */

static int refuse(struct json *j, size_t at, const char *sentence)
{
	j->error = sentence;
	j->error_at = at;
	return ERR_SYNTAX;
}

static int pull_start(struct json_flat *f)
{
	struct json_token t;

	json_init(&f->json, f->line);
	int rc = json_next(&f->json, &t);
	if (rc > 0 && t.kind != JSON_OBJECT)
		return refuse(&f->json, t.offset, "an object is expected here");
	return rc;
}

static int pull_next(struct json_flat *f, struct json_pair *ret)
{
	struct json_pair pair;
	int rc = json_next(&f->json, &pair.key);

	if (rc < 0)
		return rc;
	if (rc == 0 || pair.key.kind == JSON_OBJECT_END)
		return json_done(&f->json) ? 0 : refuse(&f->json, f->json.at, "something follows the object");
	rc = json_next(&f->json, &pair.value);
	if (rc > 0 && (pair.value.kind == JSON_OBJECT || pair.value.kind == JSON_ARRAY))
		rc = json_skip_rest(&f->json, &pair.value, &pair.value.text);
	if (rc > 0)
		*ret = pair;
	return rc;
}

/* Begins again with json.h and passes over the pairs that were given. */
static int fall_back(struct json_flat *f, struct json_pair *ret)
{
	struct json_pair given;
	int rc = pull_start(f);

	f->fast = false;
	/* what json.h gives is not learned, and the caller's notes are of this line from here on */
	f->ngaps = f->pairs < f->ngaps ? f->pairs : f->ngaps;
	for (uint32_t i = 0; i < f->pairs && rc > 0; i++) {
		rc = pull_next(f, &given);
		assert(rc > 0);
	}
	return rc > 0 ? pull_next(f, ret) : rc;
}

/* ---- the walk ----------------------------------------------------------------------------------- */

/* The byte at the current place; 0, which is nowhere right, at the end. */
static inline char here(const struct json_flat *f)
{
	return f->at < f->line.len ? f->line.p[f->at] : 0;
}

static inline char skip_space(struct json_flat *f)
{
	char c = here(f);

	while (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
		f->at++;
		c = here(f);
	}
	return c;
}

static bool has_slash(const struct json_flat *f, size_t from, size_t to)
{
	if (!f->slashes || from == to)
		return false;
	size_t first = from / 64, last = (to - 1) / 64;
	uint64_t head = ~(uint64_t)0 << from % 64, tail = ~(uint64_t)0 >> (63 - (to - 1) % 64);
	for (size_t i = first; i <= last; i++) {
		uint64_t m =
		        f->slash[i] & (i == first ? head : ~(uint64_t)0) & (i == last ? tail : ~(uint64_t)0);
		if (m != 0)
			return true;
	}
	return false;
}

/* Field by field: a struct that is put together and then copied costs more than all else here, since the copy
 * reads in wider pieces than were written. */
static inline void fill(
        struct json_token *t, enum json_kind kind, const struct json_flat *f, size_t from, size_t to)
{
	t->kind = kind;
	t->escaped = false;
	t->text.p = f->line.p + from;
	t->text.len = to - from;
	t->offset = kind == JSON_NUMBER ? from : from - 1;
}

/* A text between quotes that needs no closer look. */
static inline bool is_simple(const struct json_flat *f, size_t from, size_t to)
{
	if (__builtin_expect(f->slashes, 0) && has_slash(f, from, to))
		return false;
	return __builtin_expect(!f->high, 1) || utf8_valid(str_make(f->line.p + from, to - from));
}

/* Where the digits end that begin at i, if they are a whole number of one of the common forms with more of
 * the object behind it; else 0. */
static inline size_t end_of_digits(const struct json_flat *f, size_t i)
{
	const char *p = f->line.p;
	size_t from = i;

	while (i < f->line.len && char_digit(p[i]))
		i++;
	if (i == from || i == f->line.len || (p[from] == '0' && i != from + 1) ||
	        (p[i] != ',' && p[i] != '}'))
		return 0;
	return i;
}

/* Any value, by json.h. */
static bool take_value(struct json_flat *f, size_t at, struct json_token *t)
{
	struct json j;

	json_inside(&j, f->line, at);
	if (json_next(&j, t) <= 0)
		return false;
	if ((t->kind == JSON_OBJECT || t->kind == JSON_ARRAY) && json_skip_rest(&j, t, &t->text) <= 0)
		return false;
	f->at = j.at;
	while (f->quotes[f->quote] < f->at)
		f->quote++;
	return true;
}

/* Where the value begins, behind a key that ends before at: there is a colon, with one blank around it at
 * most on either side. 0 if that takes a closer look. */
static inline size_t behind_key(const struct json_flat *f, size_t at)
{
	const char *p = f->line.p;

	if (at + 4 >= f->line.len)
		return at + 2 < f->line.len && p[at] == ':' && p[at + 1] != ' ' ? at + 1 : 0;
	at += p[at] == ' ';
	if (p[at] != ':')
		return 0;
	at += p[at + 1] == ' ' ? 2 : 1;
	return p[at] != ' ' ? at : 0;
}

/* The pair whose key is here. */
static inline bool take_pair(struct json_flat *f, struct json_pair *ret)
{
	const uint32_t *q = f->quotes + f->quote;
	size_t from = (size_t)q[0] + 1, to = q[1], at;

	if (q[0] != f->at || to == UINT32_MAX || !is_simple(f, from, to))
		return false;
	if ((at = behind_key(f, to + 1)) == 0)
		return false;
	f->quote += 2;
	if (q[2] == at && q[3] != UINT32_MAX && is_simple(f, at + 1, q[3])) {
		fill(&ret->value, JSON_STRING, f, at + 1, q[3]);
		f->at = (size_t)q[3] + 1;
		f->quote += 2;
	} else {
		size_t end = end_of_digits(f, at);
		if (end != 0) {
			fill(&ret->value, JSON_NUMBER, f, at, end);
			f->at = end;
		} else if (!take_value(f, at, &ret->value)) {
			return false;
		}
	}
	fill(&ret->key, JSON_KEY, f, from, to);
	return true;
}

/* ---- lines that are alike ------------------------------------------------------------------------- */

static inline bool same_bytes(const char *a, const char *b, size_t n)
{
	return str_eq(str_make(a, n), str_make(b, n));
}

/* Keeps what stands between from and the value. */
static void learn(struct json_flat *f, size_t from, const struct json_pair *pair)
{
	uint32_t k = f->pairs;
	bool string = pair->value.kind == JSON_STRING;
	size_t len = pair->value.offset + string - from, used;

	if (k > f->ngaps || k >= JSON_FLAT_GAPS)
		return;
	used = k == 0 ? 0 : f->gaps[k - 1].at + f->gaps[k - 1].len;
	if (k < f->ngaps && f->gaps[k].len == len && f->gaps[k].string == string &&
	        same_bytes(f->line.p + from, f->gap_text + used, len))
		return;
	f->ngaps = k;
	if (pair->key.escaped || len > JSON_FLAT_GAP_BYTES - used)
		return;
	memcpy(f->gap_text + used, f->line.p + from, len);
	f->gaps[k] = (struct json_gap){.at = (uint16_t)used, .len = (uint16_t)len, .string = string};
	f->ngaps = k + 1;
}

/* On a brace that closes the object. */
static bool at_end(struct json_flat *f)
{
	f->at++;
	return skip_space(f) == 0 && f->at == f->line.len;
}

/* 1, 0 at the end, negative if it takes a closer look. */
static int walk(struct json_flat *f, struct json_pair *ret)
{
	size_t from = f->at;
	char c = skip_space(f);

	if (f->state == BEFORE_OBJECT) {
		if (c != '{')
			return -1;
		f->at++;
		f->state = BEFORE_KEY;
		c = skip_space(f);
	}
	if (c == '}')
		return at_end(f) ? 0 : -1;
	if (f->state == BEHIND_VALUE) {
		if (c != ',')
			return -1;
		f->at++;
		skip_space(f);
	}
	f->state = BEHIND_VALUE;
	if (!take_pair(f, ret))
		return -1;
	learn(f, from, ret);
	return 1;
}

/* ---- the interface ------------------------------------------------------------------------------ */

void json_flat_init(struct json_flat *f)
{
	memset(f, 0, offsetof(struct json_flat, slash));
	json_flat_set_path(f, JSON_FLAT_BEST);
}

void json_flat_start(struct json_flat *f, struct str line)
{
	/* white space like any other, but a control character */
	if (line.len != 0 && line.p[line.len - 1] == '\r')
		line.len--;
	f->line = line;
	f->at = 0;
	f->quote = f->pairs = 0;
	f->state = BEFORE_OBJECT;
	f->fast = f->scan != NULL && line.len <= JSON_FLAT_LINE && f->scan(f);
	if (f->fast)
		return;
	f->ngaps = 0;
	pull_start(f);
}

bool json_flat_plain(const struct json_flat *f)
{
	return f->fast && !f->high;
}

uint32_t json_flat_same(struct json_flat *f, const uint16_t place[JSON_FLAT_GAPS], struct str *ret)
{
	const char *p = f->line.p;
	size_t at = f->at;
	uint32_t k = f->pairs, quote = f->quote;

	for (; f->fast && k < f->ngaps && place[k] != JSON_FLAT_NOWHERE; k++) {
		const struct json_gap *g = &f->gaps[k];
		size_t from = at + g->len, end;
		if (from + 2 > f->line.len || !same_bytes(p + at, f->gap_text + g->at, g->len))
			break;
		end = g->string ? f->quotes[quote + 3] : end_of_digits(f, from);
		if (g->string ? end == UINT32_MAX || !is_simple(f, from, end) : end == 0)
			break;
		ret[place[k]].p = p + from;
		ret[place[k]].len = end - from;
		at = end + g->string;
		quote += g->string ? 4 : 2;
		f->state = BEHIND_VALUE;
	}
	f->at = at;
	f->quote = quote;
	f->pairs = k;
	return k;
}

int json_flat_next(struct json_flat *f, struct json_pair *ret)
{
	if (!f->fast)
		return pull_next(f, ret);
	int rc = walk(f, ret);
	if (rc < 0)
		rc = fall_back(f, ret);
	f->pairs += rc > 0;
	return rc;
}
