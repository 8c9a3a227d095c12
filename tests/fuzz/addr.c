/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses and prefixes: what is taken prints to at most the promised room and is taken again as the same.
 */
#include "event/addr.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	struct addr a, b;
	struct prefix p, q;
	char text[PREFIX_TEXT];

	if (addr_parse(s, &a)) {
		size_t n = addr_print(text, &a);
		assert(n < ADDR_TEXT && addr_parse(str_make(text, n), &b) && addr_cmp(&a, &b) == 0);
	}
	if (prefix_parse(s, &p, NULL)) {
		size_t n = prefix_print(text, &p);
		assert(n < PREFIX_TEXT && prefix_parse(str_make(text, n), &q, NULL));
		assert(p.len == q.len && addr_cmp(&p.addr, &q.addr) == 0 && prefix_has(&p, &q.addr));
	}
	return 0;
}
