/* SPDX-License-Identifier: Apache-2.0
 *
 * URLs: the room is enough, the host lies inside and is an address or a name, a normal form is its own.
 */
#include "base/arena.h"
#include "event/value.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *ret = mem_get(3 * size + 300), name[NAME_MAX_BYTES + 1];
	struct str host;
	struct addr a;
	size_t len, n;

	if (value_url(str_make((const char *)data, size), ret, &len, &host)) {
		assert(host.p > ret && host.p + host.len <= ret + len && len < 3 * size + 300);
		assert(addr_parse(host, &a) || value_fqdn(host, name, &n));
		char *again = mem_get(3 * len + 300);
		assert(value_url(str_make(ret, len), again, &n, &host));
		assert(str_eq(str_make(ret, len), str_make(again, n)));
		free(again);
	}
	free(ret);
	return 0;
}
