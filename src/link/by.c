/* SPDX-License-Identifier: Apache-2.0 */
#include "link/peer_in.h"

void time_put(struct buf *body, const char *member, int64_t seconds)
{
	char when[24];

	stamp_print(when, seconds);
	buf_printf(body, ",\"%s\":\"%s\"", member, when);
}

void by_put(struct buf *body, const struct by *by, unsigned n)
{
	char when[24];

	buf_add(body, STR("{\"by\":["));
	for (unsigned i = 0; i < n; i++) {
		stamp_print(when, by[i].at / 1000000);
		buf_add(body, i > 0 ? STR(",{\"id\":") : STR("{\"id\":"));
		buf_json(body, by[i].person);
		buf_printf(body, ",\"role\":\"%s\",\"at\":\"%s\"}", by[i].role, when);
	}
	buf_char(body, ']');
}
