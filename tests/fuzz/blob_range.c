/* SPDX-License-Identifier: Apache-2.0
 *
 * Ranges in headers of strangers (link/range.h): what is good lies within the size, and what was handed in is as long as it says.
 * The first eight bytes are the size.
 */
#include "link/range.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint64_t size, first, until, total;

	if (len < sizeof(size))
		return 0;
	memcpy(&size, data, sizeof(size));
	size &= ((uint64_t)1 << 40) - 1;
	struct str header = str_make((const char *)data + sizeof(size), len - sizeof(size));
	enum range_word word = range_read(header, size, &first, &until);
	if (word == RANGE_GOOD)
		assert(first < until && until <= size);
	if (word == RANGE_NONE)
		assert(first == 0 && until == size);
	if (range_content(header, &first, &until, &total))
		assert(first < until && until <= total);
	return 0;
}
