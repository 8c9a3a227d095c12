/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/ascend.h"

void agree_ascend(struct arena *a, const unsigned *place, unsigned n, unsigned none, bool *ret)
{
	unsigned *len = arena_array(a, n + 1, sizeof(*len)), *prev = arena_array(a, n + 1, sizeof(*prev)),
	         best = n;

	for (unsigned i = 0; i < n; i++) {
		prev[i] = n;
		if (place[i] == none)
			continue;
		len[i] = 1;
		for (unsigned k = 0; k < i; k++)
			if (len[k] > 0 && place[k] < place[i] && len[k] >= len[i]) {
				len[i] = len[k] + 1;
				prev[i] = k;
			}
		best = best == n || len[i] > len[best] ? i : best;
	}
	for (unsigned i = best; i != n; i = prev[i])
		ret[i] = true;
}
