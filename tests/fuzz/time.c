/* SPDX-License-Identifier: Apache-2.0
 *
 * Times: an instant in range comes out, and its text is read as the same instant. The first line, if there
 * are two, is also taken as a pattern for the second.
 */
#include "event/value.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size), bad;
	struct str_cut lines = str_cut(s, '\n');
	char text[TIME_TEXT];
	int64_t t, again;

	if (value_time(s, NULL, &t)) {
		assert(t >= 0 && t < 9214646400000000);
		size_t n = value_time_print(text, t);
		assert(value_time(str_make(text, n), NULL, &again) && again == t);
	}
	if (lines.ok && value_time_format(lines.tail, lines.head, NULL, &t)) {
		assert(t >= 0 && t < 9214646400000000 && !value_time_format_bad(lines.head, &bad));
	}
	return 0;
}
