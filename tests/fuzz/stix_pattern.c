/* SPDX-License-Identifier: Apache-2.0
 *
 * STIX patterns: what they name lies inside the pattern, and its spelling has room.
 */
#include "read/stix_pattern.h"
#include "base/vec.h"
#include <assert.h>

static void look_at(struct str whole, const struct stix_test *t)
{
	char path[64], *text = mem_get(t->value.len + 1);

	assert(t->path.p >= whole.p && t->path.p + t->path.len <= whole.p + whole.len);
	assert(t->value.p >= whole.p && t->value.p + t->value.len <= whole.p + whole.len);
	assert(stix_path(path, sizeof(path), t->path).len <= sizeof(path));
	assert(stix_text(text, t->value).len <= t->value.len);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str whole = str_make((const char *)data, size);
	struct stix_things things;
	struct err e = {0};

	if (stix_pattern_parse(whole, &things, &e) != 0)
		assert(things.n == 0 && e.code < 0);
	assert(things.n <= STIX_THINGS);
	for (size_t i = 0; i < things.n; i++)
		for (uint32_t k = 0; k < things.v[i].n; k++)
			look_at(whole, &things.v[i].tests[k]);
	stix_things_done(&things);
	return 0;
}
