/* SPDX-License-Identifier: Apache-2.0 */
#include "state/audit.h"
#include "base/digest.h"

void audit_digest(const struct query *q, uint8_t ret[32])
{
	struct digest *d = digest_new();

	for (int i = 0; i < 6; i++) {
		digest_add(d, query_get_blob(q, i));
		digest_add(d, STR("\n"));
	}
	digest_done(d, ret);
}

int audit_check(struct db *db, unsigned most, uint64_t *ret_rows, uint64_t *ret_bad, struct err *e)
{
	struct query q = db_query(db,
	        "select " AUDIT_COLUMNS
	        ", seq from audit where seq > (select coalesce(max(seq), 0) from audit) - ?1 order by seq");
	uint8_t before[DIGEST_LEN] = {0};
	uint64_t last = 0;

	*ret_rows = *ret_bad = 0;
	query_u64(&q, most);
	while (query_next(&q) == 1) {
		struct str prev = query_get_blob(&q, 0);
		uint64_t seq = query_get_u64(&q, 6);
		/* the first of all has nothing before it; rows are never deleted, so a number that is left out is one that is gone */
		bool known = last != 0 || seq == 1;
		bool good = prev.len == sizeof(before) && memcmp(prev.p, before, sizeof(before)) == 0 &&
		        (last == 0 || seq == last + 1);
		if (known && !good && *ret_bad == 0)
			*ret_bad = seq;
		audit_digest(&q, before);
		last = seq;
		++*ret_rows;
	}
	return query_done(&q, e);
}
