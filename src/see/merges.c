/* SPDX-License-Identifier: Apache-2.0 */
#include "see/merges.h"
#include <stdlib.h>

static int by_key(const void *a, const void *b)
{
	return memcmp(a, ((const struct merge *)b)->from, 16);
}

int merges_load(struct db *state, struct merges *ret, struct err *e)
{
	struct merges m = {0};
	struct query q = db_query(state,
	        "select f.key, s.key from finding f join finding s on s.id = f.merged where f.merged is not "
	        "null and "
	        "s.owner = f.owner");

	while (query_next(&q) == 1) {
		struct str from = query_get_blob(&q, 0), to = query_get_blob(&q, 1);
		if (from.len != 16 || to.len != 16)
			continue;
		struct merge *one = vec_add(&m);
		memcpy(one->from, from.p, 16);
		memcpy(one->to, to.p, 16);
	}
	int rc = query_done(&q, e);
	if (rc != 0) {
		vec_done(&m);
		return rc;
	}
	if (m.n > 0)
		qsort(m.v, m.n, sizeof(*m.v), by_key);
	vec_done(ret);
	*ret = m;
	return 0;
}

void merges_follow(const struct merges *m, struct verdict *v, uint32_t n)
{
	for (uint32_t i = 0; m->n > 0 && i < n; i++) {
		const struct merge *one = bsearch(v[i].key, m->v, m->n, sizeof(*m->v), by_key);
		if (one != NULL)
			memcpy(v[i].key, one->to, sizeof(v[i].key));
	}
}
