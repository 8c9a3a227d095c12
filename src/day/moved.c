/* SPDX-License-Identifier: Apache-2.0
 *
 * Where records lay that event ids of earlier editions name (day_moved_put, day_moved_get).
 */
#include "day/day_in.h"

void day_moved_put(struct day *d, uint64_t receipt, uint32_t edition, uint32_t part,
        const struct day_moved *list, size_t n)
{
	struct query q =
	        db_query(d->db, "insert or replace into moved(id, first, last, z) values (?, ?, ?, ?)");

	query_u64(&q, day_chunk_id(receipt, edition, part));
	query_u64(&q, list[0].event);
	query_u64(&q, list[n - 1].event);
	query_blob(&q,
	        pack_blob(d->pack, str_make((const char *)list, n * sizeof(*list)), sizeof(*list),
	                PACK_EVENTS));
	query_run(&q);
}

/* A file of before that nobody has written to since has no such table. */
static bool has_moved(struct day *d)
{
	struct query q = db_query(d->db, "select 1 from sqlite_master where name = 'moved'");
	bool has = query_next(&q) == 1;

	query_done(&q, NULL);
	return has;
}

int day_moved_get(struct day *d, uint64_t receipt, uint32_t edition, uint64_t event, struct day_moved *ret,
        struct err *e)
{
	auto_buf struct buf list = {0};
	uint64_t id = 0;

	if (!has_moved(d))
		return 0;
	struct query q = db_query(d->db,
	        "select id from moved where id >= ? and id < ? and first <= ? and last >= ? order by id "
	        "desc");
	query_u64(&q, day_chunk_id(receipt, 0, 0));
	query_u64(&q, day_chunk_id(receipt, edition, 0));
	query_u64(&q, event);
	query_u64(&q, event);
	while (id == 0 && query_next(&q) == 1) {
		buf_clear(&list);
		if (day_get_blob(d, "select z from moved where id = ?", query_get_u64(&q, 0), sizeof(*ret),
		            DAY_MOVED * sizeof(*ret), &list, e) != 1)
			break;
		const struct day_moved *m = (const void *)list.p;
		for (size_t i = 0; i < list.len / sizeof(*m) && id == 0; i++)
			if (m[i].event == event) {
				*ret = m[i];
				id = query_get_u64(&q, 0);
			}
	}
	int rc = query_done(&q, e);
	return rc != 0 ? rc : id != 0;
}
