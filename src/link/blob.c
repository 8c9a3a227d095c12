/* SPDX-License-Identifier: Apache-2.0 */
#include "link/blob.h"

#include "base/os.h"
#include "link/blob_in.h"
#include <stdio.h>
#include <unistd.h>

/* ---- files --------------------------------------------------------------------------------------- */

void blob_path(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], char ret[BLOB_PATH])
{
	blob_file(self->folder, sha256, ret);
}

static void part_path(
        const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t size, char ret[BLOB_PATH])
{
	blob_path(self, sha256, ret);
	size_t at = strlen(ret);
	snprintf(ret + at, BLOB_PATH - at, ".%llu.part", (unsigned long long)size);
}

static int make_folder(const struct link_self *self, struct err *e)
{
	char path[BLOB_PATH];

	snprintf(path, sizeof(path), "%.4096s/blob", self->folder);
	return os_folder(path, e);
}

int blob_open(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], struct err *e)
{
	char path[BLOB_PATH];

	blob_path(self, sha256, path);
	return os_open(path, e);
}

int blob_keep(const struct link_self *self, const char *path, const uint8_t sha256[DIGEST_LEN], uint64_t size,
        struct err *e)
{
	char to[BLOB_PATH];

	if (size > BLOB_MAX)
		return err_set(e, ERR_LIMIT, "an attachment has at most 1 GiB");
	blob_path(self, sha256, to);
	int rc = make_folder(self, e);
	/* asked once more after a crash: it is there already */
	if (rc == 0 && (access(path, F_OK) == 0 || access(to, F_OK) != 0))
		rc = os_rename(path, to, e);
	if (rc == 0)
		blob_put(self, sha256, size);
	return rc;
}

/* ---- parts --------------------------------------------------------------------------------------- */

static uint64_t part_of(const struct link_self *self, const struct blob_brought *b)
{
	struct query put = db_query(self->db,
	        "insert into blob_part(sha256, size, at) values (?1, ?2, ?3) on conflict(sha256, size) do "
	        "update set at = ?3 returning id");
	uint64_t id = 0;

	query_blob(&put, blob_str(b->sha256));
	query_u64(&put, b->total);
	query_i64(&put, self->now);
	if (query_next(&put) == 1)
		id = query_get_u64(&put, 0);
	query_done(&put, NULL);
	return id;
}

static int write_part(const struct link_self *self, const struct blob_brought *b, struct err *e)
{
	char path[BLOB_PATH];
	int rc = make_folder(self, e);

	part_path(self, b->sha256, b->total, path);
	auto_fd int fd = rc == 0 ? os_open_write(path, e) : -1;
	rc = fd < 0 ? ERR_SYS : os_write_at(fd, b->bytes, b->offset, e);
	return rc == 0 ? os_sync(fd, path, e) : rc;
}

/* What that link has brought, with all of this one. */
bool blob_in_quota(const struct link_self *self, const struct blob_brought *b)
{
	struct query q = db_query(self->db,
	        "select coalesce((select sum(size) from blob_from where party = ?1 and sha256 <> ?2), 0) + "
	        "?3 <= blob_bytes from party where name = ?1");

	query_text(&q, b->carrier);
	query_blob(&q, blob_str(b->sha256));
	query_u64(&q, b->total);
	bool good = query_next(&q) != 1 || query_get_u64(&q, 0) != 0;
	query_done(&q, NULL);
	return good;
}

/* How many of its bytes came by that link: who has brought none, or one, does not get the rest for it (blob_given). By '': in a
 * courier file that does not say who has packed it. */
static void came_by(const struct link_self *self, const struct blob_brought *b, uint64_t bytes)
{
	struct query q = db_query(self->db,
	        "insert into blob_from(sha256, party, size) values (?1, ?2, ?3) on conflict do update set "
	        "size = min(size + ?3, ?4)");

	query_blob(&q, blob_str(b->sha256));
	query_text(&q, b->carrier);
	query_u64(&q, bytes);
	query_u64(&q, b->total);
	query_run(&q);
}

/* A statement here names it with that size and lacks it. carrier empty: a person of ours has brought it. */
static bool wanted(const struct link_self *self, const struct blob_brought *b)
{
	struct query q = db_query(
	        self->db, "select 1 from attachment where sha256 = ? and size = ? and here = 0 limit 1");

	query_blob(&q, blob_str(b->sha256));
	query_u64(&q, b->total);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there && (b->carrier.len == 0 || blob_named(self, b->carrier, b->sha256));
}

/* Below a tenth of the disk only what is urgent comes in, and no attachment is. */
static bool disk_low(const struct link_self *self)
{
	uint64_t size = 0, room = os_disk_free(self->folder, &size);

	return size > 0 && room < size / 10;
}

static enum blob_word settle(const struct link_self *self, uint64_t part, const uint8_t sha256[DIGEST_LEN],
        uint64_t size, bool good);

/* A short one is looked at at once, so that who brings it learns what it was. */
static enum blob_word look_now(
        const struct link_self *self, uint64_t part, const struct blob_brought *b, struct err *e)
{
	auto_buf struct buf bytes = {0};
	char path[BLOB_PATH];
	uint8_t digest[DIGEST_LEN];

	part_path(self, b->sha256, b->total, path);
	if (os_read_file(path, BLOB_PART, &bytes, e) != 0)
		return BLOB_FAILED;
	digest_of(buf_str(&bytes), digest);
	return settle(self, part, b->sha256, b->total,
	        bytes.len == b->total && memcmp(digest, b->sha256, DIGEST_LEN) == 0);
}

enum blob_word blob_take(const struct link_self *self, const struct blob_brought *b, struct err *e)
{
	uint64_t size;

	if (blob_here(self, b->sha256, NULL) && blob_lacked(self, b->carrier, b->sha256))
		return blob_show(self, b, e);
	/* that it is here is told to whom HEAD tells it */
	if (blob_here(self, b->sha256, NULL))
		return b->carrier.len == 0 || blob_named(self, b->carrier, b->sha256) ||
		                blob_given(self, b->carrier, b->sha256)
		        ? BLOB_WHOLE
		        : BLOB_UNWANTED;
	if (b->total == 0 || b->total > BLOB_MAX || b->bytes.len > BLOB_PART || b->offset > b->total ||
	        b->bytes.len > b->total - b->offset || !wanted(self, b))
		return BLOB_UNWANTED;
	if (b->in_order && blob_held(self, b->carrier, b->sha256, &size) != b->offset)
		return BLOB_ELSEWHERE;
	if (disk_low(self))
		return BLOB_FULL;
	if (b->carrier.len > 0 && !blob_in_quota(self, b))
		return BLOB_QUOTA;
	if (b->bytes.len == 0)
		return BLOB_TAKEN;
	if (write_part(self, b, e) != 0)
		return BLOB_FAILED;
	uint64_t part = part_of(self, b), before = blob_bytes(self, b, STR(""));
	blob_add_bytes(self, b, STR(""));
	uint64_t now = blob_bytes(self, b, STR(""));
	came_by(self, b, now - before);
	if (now < b->total)
		return BLOB_TAKEN;
	if (b->total <= BLOB_PART)
		return look_now(self, part, b, e);
	struct query q = db_query(self->db, "update blob_part set whole = 1 where id = ?");
	query_u64(&q, part);
	query_run(&q);
	return BLOB_TAKEN;
}

/* ---- digests ------------------------------------------------------------------------------------- */

/* Its last name before its row: a row never names what is not there. */
static enum blob_word settle(const struct link_self *self, uint64_t part, const uint8_t sha256[DIGEST_LEN],
        uint64_t size, bool good)
{
	char from[BLOB_PATH], to[BLOB_PATH];
	struct err e = {0};

	part_path(self, sha256, size, from);
	blob_path(self, sha256, to);
	if ((good ? os_rename(from, to, &e) : os_delete(from, &e)) != 0)
		return BLOB_FAILED;
	blob_drop_bytes(self, sha256, STR(""));
	struct query q = db_query(self->db, "delete from blob_part where id = ?");
	query_u64(&q, part);
	query_run(&q);
	struct query asks = db_query(self->db, "delete from blob_ask where sha256 = ?");
	query_blob(&asks, blob_str(sha256));
	query_run(&asks);
	if (good) {
		blob_put(self, sha256, size);
		return BLOB_WHOLE;
	}
	/* of what is dropped nobody has brought a byte */
	struct query by = db_query(self->db, "delete from blob_from where sha256 = ?");
	query_blob(&by, blob_str(sha256));
	query_run(&by);
	return BLOB_SPOILT;
}

void blob_check_done(struct blob_check *c)
{
	digest_done(c->digest, NULL);
	*c = (struct blob_check){0};
}

/* The next piece of it. False: that was the last, or it cannot be read. */
static bool add_piece(struct blob_check *c, const char *path, uint64_t size)
{
	char piece[65536];
	struct err e;
	auto_fd int fd = os_open(path, &e);
	uint64_t until = c->at + BLOB_PART;
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && c->at < until && c->at < size) {
		n = os_read_at(fd, piece, sizeof(piece), c->at);
		if (n > 0) {
			digest_add(c->digest, str_make(piece, (size_t)n));
			c->at += (uint64_t)n;
		}
	}
	return fd >= 0 && n > 0 && c->at < size;
}

bool blob_work(const struct link_self *self, struct blob_check *c)
{
	struct query q = db_query(
	        self->db, "select id, sha256, size from blob_part where whole = 1 order by id limit 1");
	uint8_t sha256[DIGEST_LEN] = {0}, digest[DIGEST_LEN];
	uint64_t part = 0, size = 0;
	char path[BLOB_PATH];

	if (query_next(&q) == 1 && query_get_blob(&q, 1).len == DIGEST_LEN) {
		part = query_get_u64(&q, 0);
		memcpy(sha256, query_get_blob(&q, 1).p, DIGEST_LEN);
		size = query_get_u64(&q, 2);
	}
	query_done(&q, NULL);
	if (part == 0)
		return false;
	if (c->digest == NULL || c->part != part) {
		blob_check_done(c);
		*c = (struct blob_check){.part = part, .digest = digest_new()};
	}
	part_path(self, sha256, size, path);
	if (add_piece(c, path, size))
		return true;
	bool all = c->at == size;
	digest_done(c->digest, digest);
	*c = (struct blob_check){0};
	(void)settle(self, part, sha256, size, all && memcmp(digest, sha256, DIGEST_LEN) == 0);
	return true;
}
