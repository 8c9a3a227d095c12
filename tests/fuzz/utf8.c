/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "base/vec.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	char *clean = mem_get(3 * size + 1);
	size_t n = utf8_clean(clean, s);

	assert(utf8_valid(str_make(clean, n)) && !str_has(str_make(clean, n), 0));
	if (utf8_plain(s))
		assert(utf8_valid(s) && str_eq(s, str_make(clean, n)));
	free(clean);
	return 0;
}
