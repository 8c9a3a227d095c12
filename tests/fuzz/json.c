/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/utf8.h"
#include "text/json_flat.h"
#include <assert.h>

static void tokens(struct str s)
{
	struct json j;
	struct json_token t;
	char *copy = mem_get(s.len + 1);
	size_t before = 0;

	json_init(&j, s);
	while (json_next(&j, &t) > 0) {
		assert(t.offset >= before && j.at > t.offset && j.at <= s.len);
		before = j.at;
		if (t.kind != JSON_KEY && t.kind != JSON_STRING)
			continue;
		struct str v = json_text(copy, &t);
		assert(v.len <= t.text.len && utf8_valid(v));
	}
	free(copy);
}

static int pairs(struct json_flat *f, struct str s, uint64_t *sum)
{
	struct json_pair pair;
	int rc;

	json_flat_start(f, s);
	while ((rc = json_flat_next(f, &pair)) > 0)
		*sum = *sum * 31 + str_hash(pair.key.text) + 7 * str_hash(pair.value.text) +
		        (uint64_t)pair.value.kind * 64 + pair.value.escaped;
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	struct json_flat *f = mem_get(sizeof(*f));
	uint64_t want = 0;

	tokens(s);
	json_flat_init(f);
	json_flat_set_path(f, JSON_FLAT_PULL);
	int rc = pairs(f, s, &want);
	for (int path = JSON_FLAT_SSE2; path <= JSON_FLAT_AVX2; path++) {
		uint64_t sum = 0;
		if (!json_flat_set_path(f, (enum json_flat_path)path))
			continue;
		assert(pairs(f, s, &sum) == rc && sum == want);
	}
	free(f);
	return 0;
}
