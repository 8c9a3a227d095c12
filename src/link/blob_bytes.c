/* SPDX-License-Identifier: Apache-2.0
 *
 * Which bytes of an attachment are here, or were shown by whom, as ranges that join: parts come in any order.
 */
#include "link/blob_in.h"

static void bind(struct query *q, const struct blob_brought *b, struct str party)
{
	query_blob(q, blob_str(b->sha256));
	query_u64(q, b->total);
	query_text(q, party);
}

void blob_add_bytes(const struct link_self *self, const struct blob_brought *b, struct str party)
{
	uint64_t first = b->offset, until = b->offset + b->bytes.len;
	struct query q = db_query(self->db,
	        "select min(first), max(until) from blob_bytes where sha256 = ?1 and size = ?2 and party = "
	        "?3 "
	        "and first <= ?5 and until >= ?4");

	bind(&q, b, party);
	query_u64(&q, first);
	query_u64(&q, until);
	if (query_next(&q) == 1 && !query_is_null(&q, 0)) {
		first = query_get_u64(&q, 0) < first ? query_get_u64(&q, 0) : first;
		until = query_get_u64(&q, 1) > until ? query_get_u64(&q, 1) : until;
	}
	query_done(&q, NULL);
	struct query drop = db_query(self->db,
	        "delete from blob_bytes where sha256 = ? and size = ? and party = ? and first between ? and "
	        "?");
	bind(&drop, b, party);
	query_u64(&drop, first);
	query_u64(&drop, until);
	query_run(&drop);
	struct query put = db_query(
	        self->db, "insert into blob_bytes(sha256, size, party, first, until) values (?, ?, ?, ?, ?)");
	bind(&put, b, party);
	query_u64(&put, first);
	query_u64(&put, until);
	query_run(&put);
}

uint64_t blob_bytes(const struct link_self *self, const struct blob_brought *b, struct str party)
{
	struct query q = db_query(self->db,
	        "select coalesce(sum(until - first), 0) from blob_bytes where sha256 = ? and size = ? and "
	        "party "
	        "= ?");
	uint64_t n;

	bind(&q, b, party);
	n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return n;
}

uint64_t blob_shown(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN])
{
	struct query q = db_query(self->db,
	        "select until from blob_bytes where sha256 = ? and party = ? and first = 0 and party <> ''");
	uint64_t n;

	query_blob(&q, blob_str(sha256));
	query_text(&q, party);
	n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return n;
}

void blob_drop_bytes(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], struct str party)
{
	struct query q = db_query(self->db, "delete from blob_bytes where sha256 = ? and party = ?");

	query_blob(&q, blob_str(sha256));
	query_text(&q, party);
	query_run(&q);
}
