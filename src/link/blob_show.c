/* SPDX-License-Identifier: Apache-2.0
 *
 * Who names an attachment that is here by others' doing shows that it has it: else a digest alone would bring their bytes into its
 * case or meeting. What it hands in is held against what is here, and not kept.
 */
#include "base/os.h"
#include "link/blob_in.h"

/* That party has brought it as if it had been the first. */
static void all_shown(const struct link_self *self, const struct blob_brought *b)
{
	struct query q = db_query(self->db,
	        "insert into blob_from(sha256, party, size) values (?1, ?2, ?3) on conflict do update set "
	        "size = ?3");

	query_blob(&q, blob_str(b->sha256));
	query_text(&q, b->carrier);
	query_u64(&q, b->total);
	query_run(&q);
	blob_drop_bytes(self, b->sha256, b->carrier);
	blob_complete(self, b->sha256, b->total);
}

/* 1: they are the same, 0: they are not, or a code. */
static int same(const struct link_self *self, const struct blob_brought *b, struct err *e)
{
	char piece[65536];
	auto_fd int fd = blob_open(self, b->sha256, e);

	if (fd < 0)
		return ERR_SYS;
	for (size_t at = 0; at < b->bytes.len;) {
		size_t n = b->bytes.len - at < sizeof(piece) ? b->bytes.len - at : sizeof(piece);
		if (os_read_at(fd, piece, n, b->offset + at) != (ssize_t)n)
			return err_set(e, ERR_SYS, "an attachment that is here cannot be read");
		if (memcmp(piece, b->bytes.p + at, n) != 0)
			return 0;
		at += n;
	}
	return 1;
}

enum blob_word blob_show(const struct link_self *self, const struct blob_brought *b, struct err *e)
{
	uint64_t size = 0;

	if (!blob_here(self, b->sha256, &size) || size != b->total || b->bytes.len > BLOB_PART ||
	        b->offset > size || b->bytes.len > size - b->offset)
		return BLOB_UNWANTED;
	if (b->in_order && b->offset != blob_shown(self, b->carrier, b->sha256))
		return BLOB_ELSEWHERE;
	if (b->carrier.len > 0 && !blob_in_quota(self, b))
		return BLOB_QUOTA;
	int rc = b->bytes.len > 0 ? same(self, b, e) : 1;
	if (rc < 0)
		return BLOB_FAILED;
	if (rc == 0) {
		blob_drop_bytes(self, b->sha256, b->carrier);
		return BLOB_SPOILT;
	}
	blob_add_bytes(self, b, b->carrier);
	if (blob_bytes(self, b, b->carrier) < size)
		return BLOB_TAKEN;
	all_shown(self, b);
	return BLOB_WHOLE;
}
