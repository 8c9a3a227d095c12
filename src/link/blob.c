/* SPDX-License-Identifier: Apache-2.0 */
#include "link/blob.h"

#include "base/os.h"
#include "link/case.h"
#include "link/link_in.h"
#include <stdio.h>
#include <unistd.h>

#define SECOND ((int64_t)1000000)
#define OFFER_AFTER 60

static struct str digest_str(const uint8_t sha256[DIGEST_LEN])
{
	return str_make((const char *)sha256, DIGEST_LEN);
}

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

/* ---- what is here -------------------------------------------------------------------------------- */

bool blob_here(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t *ret_size)
{
	struct query q = db_query(self->db, "select size from blob where sha256 = ?");

	query_blob(&q, digest_str(sha256));
	bool here = query_next(&q) == 1;
	if (here && ret_size != NULL)
		*ret_size = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return here;
}

uint64_t blob_held(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t *ret_size)
{
	struct query q = db_query(self->db,
	        "select a.size, coalesce((select r.until from blob_part p join blob_range r on r.part = p.id "
	        "and r.first = 0 where p.sha256 = a.sha256 and p.size = a.size), 0) from attachment a where "
	        "a.sha256 = ? and a.here = 0 order by 2 desc limit 1");
	uint64_t held = 0;

	*ret_size = 0;
	query_blob(&q, digest_str(sha256));
	if (query_next(&q) == 1) {
		*ret_size = query_get_u64(&q, 0);
		held = query_get_u64(&q, 1);
	}
	query_done(&q, NULL);
	return held;
}

bool blob_named(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN])
{
	struct query q = db_query(self->db,
	        "select 1 from attachment a join statement s on s.n = a.statement join stream t on t.id = "
	        "s.stream where a.sha256 = ?1 and s.content is not null and s.sender <> ?3 and (s.sender = "
	        "?2 or "
	        "instr(' ' || t.recipients || ' ', ' ' || ?2 || ' ') > 0) limit 1");

	query_blob(&q, digest_str(sha256));
	query_text(&q, party);
	query_text(&q, self->me);
	bool named = query_next(&q) == 1;
	query_done(&q, NULL);
	return named;
}

bool blob_given(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN])
{
	struct query q = db_query(self->db,
	        "select 1 from attachment a join statement s on s.n = a.statement join stream t on t.id = "
	        "s.stream where a.sha256 = ?1 and s.content is not null and case when s.sender = ?3 then "
	        "exists (select 1 from delivery d where d.statement = s.n and d.party = ?2 and d.cleared is "
	        "not null) else (s.sender = ?2 or instr(' ' || t.recipients || ' ', ' ' || ?2 || ' ') > 0) "
	        "and (select sum(f.size) from blob_from f where f.sha256 = a.sha256 and (f.party = s.sender "
	        "or instr(' ' || t.recipients || ' ', ' ' || f.party || ' ') > 0)) >= a.size end limit 1");

	query_blob(&q, digest_str(sha256));
	query_text(&q, party);
	query_text(&q, self->me);
	bool given = query_next(&q) == 1;
	query_done(&q, NULL);
	return given;
}

void blob_to_case(const struct link_self *self, uint64_t n)
{
	struct query q = db_query(self->db,
	        "select k.id, b.id, a.name, a.media, s.sender, lower(hex(b.sha256)), b.size from statement s "
	        "join "
	        "case_ k on k.statement = coalesce(s.case_id, s.id) join attachment a on a.statement = s.n "
	        "join blob "
	        "b on b.sha256 = a.sha256 where s.n = ?1 and s.effect = 1 and s.sender <> ?2 and not exists "
	        "(select 1 "
	        "from case_blob l where l.case_ = k.id and l.blob = b.id) limit 32");
	auto_arena struct arena a = {0};
	struct case_entry entry[32];
	uint64_t case_id = 0, blob[32];
	struct str name[32], media[32];
	unsigned count = 0;

	arena_init(&a, 0);
	query_u64(&q, n);
	query_text(&q, self->me);
	while (count < 32 && query_next(&q) == 1) {
		case_id = query_get_u64(&q, 0);
		blob[count] = query_get_u64(&q, 1);
		name[count] = arena_str(&a, str_sub(query_get_text(&q, 2), 0, 255));
		media[count] = arena_str(&a, str_sub(query_get_text(&q, 3), 0, 64));
		entry[count] = (struct case_entry){.kind = "attachment",
		        .direction = "in",
		        .channel = "node",
		        .party = arena_str(&a, query_get_text(&q, 4)),
		        .subject = name[count],
		        .text = arena_printf(&a, "%llu bytes, SHA-256 %.*s",
		                (unsigned long long)query_get_u64(&q, 6), STR_ARG(query_get_text(&q, 5))),
		        .link = arena_printf(&a, "B%llu", (unsigned long long)blob[count])};
		count++;
	}
	query_done(&q, NULL);
	for (unsigned i = 0; i < count; i++) {
		struct query put = db_query(self->db,
		        "insert or ignore into case_blob(case_, blob, name, media, hostile, at, person) "
		        "values (?, ?, "
		        "?, ?, 1, ?, '')");
		query_u64(&put, case_id);
		query_u64(&put, blob[i]);
		query_text(&put, name[i]);
		query_text(&put, media[i]);
		query_i64(&put, self->now);
		query_run(&put);
		case_entry_put(self->db, case_id, &entry[i]);
	}
}

/* The statements that lacked it lack it no longer; those that lack nothing now have their second receipt due. */
static void complete(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t size)
{
	struct query q = db_query(
	        self->db, "update attachment set here = 1 where sha256 = ? and size = ? and here = 0");
	uint64_t due[64];
	unsigned n;

	query_blob(&q, digest_str(sha256));
	query_u64(&q, size);
	query_run(&q);
	do {
		struct query s = db_query(self->db,
		        "select s.n from attachment a join statement s on s.n = a.statement where a.sha256 = "
		        "?1 and a.here = 1 and s.complete = 0 and not exists (select 1 from attachment m "
		        "where m.statement = s.n and m.here = 0) and s.why not like 'attachments: %' order "
		        "by "
		        "s.n limit 64");
		query_blob(&s, digest_str(sha256));
		for (n = 0; n < 64 && query_next(&s) == 1; n++)
			due[n] = query_get_u64(&s, 0);
		query_done(&s, NULL);
		for (unsigned i = 0; i < n; i++) {
			if (!link_whole(self, due[i]))
				continue;
			struct query w = db_query(self->db,
			        "update statement set complete = 1 where n = ?1 returning kind, sender");
			query_u64(&w, due[i]);
			bool receipted = query_next(&w) == 1 && !link_unreceipted(query_get_text(&w, 0)) &&
			        !str_eq(query_get_text(&w, 1), self->me);
			query_done(&w, NULL);
			blob_to_case(self, due[i]);
			if (receipted)
				link_receipt_due(self, due[i], true, false);
		}
	} while (n == 64);
}

static void put_blob(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t size)
{
	struct query q = db_query(self->db, "insert or ignore into blob(sha256, size, at) values (?, ?, ?)");

	query_blob(&q, digest_str(sha256));
	query_u64(&q, size);
	query_i64(&q, self->now);
	query_run(&q);
	complete(self, sha256, size);
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
		put_blob(self, sha256, size);
	return rc;
}

/* ---- parts --------------------------------------------------------------------------------------- */

static uint64_t part_of(const struct link_self *self, const struct blob_brought *b)
{
	struct query put = db_query(self->db,
	        "insert into blob_part(sha256, size, at) values (?1, ?2, ?3) on conflict(sha256, size) do "
	        "update set at = ?3 returning id");
	uint64_t id = 0;

	query_blob(&put, digest_str(b->sha256));
	query_u64(&put, b->total);
	query_i64(&put, self->now);
	if (query_next(&put) == 1)
		id = query_get_u64(&put, 0);
	query_done(&put, NULL);
	return id;
}

/* Joins it with those that it touches. True: all bytes are here. */
static bool add_range(
        const struct link_self *self, uint64_t part, uint64_t first, uint64_t until, uint64_t size)
{
	struct query q = db_query(self->db,
	        "select min(first), max(until) from blob_range where part = ?1 and first <= ?3 and until >= "
	        "?2");

	query_u64(&q, part);
	query_u64(&q, first);
	query_u64(&q, until);
	if (query_next(&q) == 1 && !query_is_null(&q, 0)) {
		first = query_get_u64(&q, 0) < first ? query_get_u64(&q, 0) : first;
		until = query_get_u64(&q, 1) > until ? query_get_u64(&q, 1) : until;
	}
	query_done(&q, NULL);
	struct query drop =
	        db_query(self->db, "delete from blob_range where part = ? and first between ? and ?");
	query_u64(&drop, part);
	query_u64(&drop, first);
	query_u64(&drop, until);
	query_run(&drop);
	struct query put = db_query(self->db, "insert into blob_range(part, first, until) values (?, ?, ?)");
	query_u64(&put, part);
	query_u64(&put, first);
	query_u64(&put, until);
	query_run(&put);
	return first == 0 && until == size;
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
static bool in_quota(const struct link_self *self, const struct blob_brought *b)
{
	struct query q = db_query(self->db,
	        "select coalesce((select sum(size) from blob_from where party = ?1 and sha256 <> ?2), 0) + "
	        "?3 <= blob_bytes from party where name = ?1");

	query_text(&q, b->carrier);
	query_blob(&q, digest_str(b->sha256));
	query_u64(&q, b->total);
	bool good = query_next(&q) != 1 || query_get_u64(&q, 0) != 0;
	query_done(&q, NULL);
	return good;
}

static uint64_t bytes_of(const struct link_self *self, uint64_t part)
{
	struct query q =
	        db_query(self->db, "select coalesce(sum(until - first), 0) from blob_range where part = ?");
	uint64_t n;

	query_u64(&q, part);
	n = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return n;
}

/* How many of its bytes came by that link: who has brought none, or one, does not get the rest for it (blob_given). */
static void came_by(const struct link_self *self, const struct blob_brought *b, uint64_t bytes)
{
	struct query q = db_query(self->db,
	        "insert into blob_from(sha256, party, size) values (?1, ?2, ?3) on conflict do update set "
	        "size = min(size + ?3, ?4)");

	if (b->carrier.len == 0 || bytes == 0) {
		query_done(&q, NULL);
		return;
	}
	query_blob(&q, digest_str(b->sha256));
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

	query_blob(&q, digest_str(b->sha256));
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

	/* that it is here is told to whom HEAD tells it */
	if (blob_here(self, b->sha256, NULL))
		return b->carrier.len == 0 || blob_named(self, b->carrier, b->sha256) ||
		                blob_given(self, b->carrier, b->sha256)
		        ? BLOB_WHOLE
		        : BLOB_UNWANTED;
	if (b->total == 0 || b->total > BLOB_MAX || b->bytes.len > BLOB_PART || b->offset > b->total ||
	        b->bytes.len > b->total - b->offset || !wanted(self, b))
		return BLOB_UNWANTED;
	if (b->in_order && blob_held(self, b->sha256, &size) != b->offset)
		return BLOB_ELSEWHERE;
	if (disk_low(self))
		return BLOB_FULL;
	if (b->carrier.len > 0 && !in_quota(self, b))
		return BLOB_QUOTA;
	if (b->bytes.len == 0)
		return BLOB_TAKEN;
	if (write_part(self, b, e) != 0)
		return BLOB_FAILED;
	uint64_t part = part_of(self, b), before = bytes_of(self, part);
	bool all = add_range(self, part, b->offset, b->offset + b->bytes.len, b->total);
	came_by(self, b, bytes_of(self, part) - before);
	if (!all)
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
	struct query ranges = db_query(self->db, "delete from blob_range where part = ?");
	query_u64(&ranges, part);
	query_run(&ranges);
	struct query q = db_query(self->db, "delete from blob_part where id = ?");
	query_u64(&q, part);
	query_run(&q);
	struct query asks = db_query(self->db, "delete from blob_ask where sha256 = ?");
	query_blob(&asks, digest_str(sha256));
	query_run(&asks);
	if (good) {
		put_blob(self, sha256, size);
		return BLOB_WHOLE;
	}
	/* of what is dropped nobody has brought a byte */
	struct query by = db_query(self->db, "delete from blob_from where sha256 = ?");
	query_blob(&by, digest_str(sha256));
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

/* ---- whom to ask --------------------------------------------------------------------------------- */

void blob_later(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN],
        unsigned seconds, const char *word)
{
	struct query q = db_query(self->db,
	        "insert into blob_ask(sha256, party, until, word) values (?1, ?2, ?3, ?4) on conflict do "
	        "update set until = ?3, word = ?4");

	query_blob(&q, digest_str(sha256));
	query_text(&q, party);
	query_i64(&q, self->now + seconds * SECOND);
	query_text(&q, str_from(word));
	query_run(&q);
}

static bool wish(struct query *q, struct blob_wish *ret)
{
	bool there = query_next(q) == 1 && query_get_blob(q, 0).len == DIGEST_LEN;

	if (there) {
		memcpy(ret->sha256, query_get_blob(q, 0).p, DIGEST_LEN);
		ret->size = query_get_u64(q, 1);
	}
	query_done(q, NULL);
	return there;
}

bool blob_wanted(const struct link_self *self, struct str party, struct blob_wish *ret)
{
	struct query q = db_query(self->db,
	        "select a.sha256, a.size from attachment a join statement s on s.n = a.statement join stream "
	        "t on t.id = s.stream where a.here = 0 and a.size between 1 and ?4 and not exists (select 1 "
	        "from blob_ask k where k.sha256 = a.sha256 and k.party = ?1 and k.until > ?2) and not exists "
	        "(select 1 from blob_part p where p.sha256 = a.sha256 and p.whole = 1) and s.sender <> ?3 "
	        "and (s.sender = ?1 or (instr(' ' || t.recipients || ' ', ' ' || ?1 || ' ') > 0 and "
	        "(s.carrier "
	        "= ?1 or exists (select 1 from party p where p.name = s.sender and p.fails > 0) or exists "
	        "(select 1 from blob_ask o where o.sha256 = a.sha256 and o.party = s.sender)))) order by s.n "
	        "limit 1");

	query_text(&q, party);
	query_i64(&q, self->now);
	query_text(&q, self->me);
	query_u64(&q, BLOB_MAX);
	if (!wish(&q, ret))
		return false;
	uint64_t size;
	ret->held = blob_held(self, ret->sha256, &size);
	return true;
}

/* Who can be called is given time to fetch what it lacks; who dials out only cannot be fetched from. */
static bool reachable(const struct link_self *self)
{
	struct query q = db_query(self->db, "select 1 from party where name = ? and url <> ''");

	query_text(&q, self->me);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

bool blob_offered(const struct link_self *self, struct str party, struct blob_wish *ret)
{
	struct query q = db_query(self->db,
	        "select a.sha256, a.size from delivery d join attachment a on a.statement = d.statement "
	        "where "
	        "d.party = ?1 and d.waits = 1 and d.cleared is not null and d.complete = 0 and d.receipt <= "
	        "?2 and a.here = 1 and not exists (select 1 from blob_ask k where k.sha256 = a.sha256 and "
	        "k.party = ?1 and k.until > ?3) order by d.statement limit 1");

	query_text(&q, party);
	query_i64(&q, self->now / SECOND - (reachable(self) ? OFFER_AFTER : 0));
	query_i64(&q, self->now);
	ret->held = 0;
	return wish(&q, ret);
}
