/* SPDX-License-Identifier: Apache-2.0 */
#include "text/delim.h"
#include "base/arena.h"
#include <assert.h>

/* Reads all of s and sums up what is said about it; the ways of finding records have to agree. */
static uint64_t walk(struct delim *d, const struct delim_options *o, enum delim_path path, struct str s)
{
	struct delim_record r;
	uint64_t sum = 0, at = 0, lines = 0;
	char *copy = mem_get(s.len + 1);
	int rc;

	delim_init(d, o);
	if (!delim_set_path(d, path))
		delim_set_path(d, DELIM_SCALAR);
	while ((rc = delim_next(d, s.p + at, s.len - at, true, &r)) != DELIM_END) {
		assert(rc == DELIM_RECORD && r.offset == at && r.line == lines && r.length > 0);
		at += r.length;
		lines = d->line;
		for (uint32_t i = 0; i < r.n; i++) {
			struct delim_field f = delim_field(&r, i);
			struct str v = f.copy ? delim_unquote(copy, &r, &f) : f.text;
			assert(v.len <= s.len && f.text.len <= r.total);
			sum = sum * 31 + str_hash(v);
		}
		sum = sum * 31 + r.flags;
	}
	assert(at == s.len);
	free(copy);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	struct delim_options o = {.delimiter = ',', .quote = '"', .limit = 524288};
	struct delim *d = mem_get(sizeof(*d));

	if (size > 0) {
		o.skip_blank = data[0] & 1;
		o.quote = data[0] & 2 ? '"' : data[0] & 4 ? '\'' : -1;
		o.comment = data[0] & 8 ? STR("#") : STR("");
		o.limit = data[0] & 16 ? 100 : 524288;
		s = str_skip(s, 1);
	}
	uint64_t sum = walk(d, &o, DELIM_SCALAR, s);
	assert(walk(d, &o, DELIM_SSE2, s) == sum);
	assert(walk(d, &o, DELIM_AVX2, s) == sum);
	free(d);
	return 0;
}
