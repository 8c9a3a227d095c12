/* SPDX-License-Identifier: Apache-2.0
 *
 * Packing: statements without receipt, urgent ones first, receipts of the last 30 days among them, then the attachments that the
 * party lacks. Each file begins with our key list, so that one of them alone can be judged.
 */
#include "base/digest.h"
#include "base/os.h"
#include "form/container.h"
#include "link/blob.h"
#include "link/courier_in.h"
#include "link/link_in.h"
#include "trust/stamp.h"
#include <stdio.h>
#include <unistd.h>

#define SECOND ((int64_t)1000000)
#define STEP ((size_t)4 << 20)     /* bytes of a step */
#define PART ((size_t)4 << 20)     /* of a blob in one entry */
#define PART_LEAST ((size_t)65536) /* a file that has less room left is ended */
#define FRAME 4096                 /* header of the age file, its last chunk and the container's end */

enum phase { URGENT, NORMAL, BLOBS, DONE };

struct courier_pack {
	struct courier_job job;
	uint64_t file_bytes;
	bool begun;
	enum phase phase;
	uint64_t after; /* statement, or attachment */
	/* the attachment that is on its way */
	uint8_t sha256[DIGEST_LEN];
	uint64_t size, at;
	/* the file that is on its way; fd -1: none */
	int fd;
	char name[COURIER_NAME];
	struct age_seal *seal;
	struct digest *digest;
	struct buf plain, sealed;
	uint64_t in, out; /* bytes so far, before and after sealing */
	size_t stepped;
	uint64_t statements, parts, files;
};

struct courier_pack *courier_pack_new(const struct courier_job *job, uint64_t file_bytes)
{
	struct courier_pack *p = mem_zero(1, sizeof(*p));

	p->job = *job;
	p->file_bytes = file_bytes;
	p->fd = -1;
	return p;
}

void courier_pack_free(struct courier_pack *p)
{
	if (p == NULL)
		return;
	if (p->seal != NULL)
		age_seal_end(p->seal, &p->sealed);
	os_close_fd(&p->fd);
	digest_done(p->digest, NULL);
	buf_done(&p->plain);
	buf_done(&p->sealed);
	free(p);
}

/* ---- files --------------------------------------------------------------------------------------- */

/* "kh-20261124-": the number behind it is the next of that day. */
static void name_file(const struct link_self *self, struct courier_pack *p)
{
	char stamp[STAMP_TEXT], prefix[96];
	uint64_t number = 0;

	stamp_print(stamp, self->now / SECOND);
	snprintf(prefix, sizeof(prefix), "%s-%.4s%.2s%.2s-", p->job.party, stamp, stamp + 5, stamp + 8);
	struct query q = db_query(self->db,
	        "select cast(substr(name, length(?1) + 1) as integer) from courier_file where "
	        "substr(name, 1, length(?1)) = ?1 order by 1 desc limit 1");
	query_text(&q, str_from(prefix));
	if (query_next(&q) == 1)
		number = query_get_u64(&q, 0);
	query_done(&q, NULL);
	snprintf(p->name, sizeof(p->name), "%s%02llu.weir.age", prefix, (unsigned long long)number + 1);
}

static void path_of(
        const struct link_self *self, const struct courier_pack *p, bool part, char ret[COURIER_PATH])
{
	char name[COURIER_NAME + 8];

	snprintf(name, sizeof(name), "%s%s", p->name, part ? ".part" : "");
	courier_path(self, name, ret);
}

static int write_out(struct courier_pack *p, struct err *e)
{
	int rc = os_write_all(p->fd, buf_str(&p->sealed), e);

	digest_add(p->digest, buf_str(&p->sealed));
	p->out += p->sealed.len;
	buf_clear(&p->sealed);
	return rc;
}

/* Seals what has been put together. */
static int flush(struct courier_pack *p, struct err *e)
{
	p->in += p->plain.len;
	p->stepped += p->plain.len;
	age_seal_add(p->seal, buf_str(&p->plain), &p->sealed);
	buf_clear(&p->plain);
	return write_out(p, e);
}

static void add_list(const struct link_self *self, struct courier_pack *p)
{
	struct query q =
	        db_query(self->db, "select note from key_list where party = ? order by number desc limit 1");

	query_text(&q, self->me);
	if (query_next(&q) == 1)
		container_add(&p->plain, CONTAINER_KEYS, query_get_text(&q, 0));
	query_done(&q, NULL);
}

static int begin_file(const struct link_self *self, struct courier_pack *p, struct err *e)
{
	uint8_t keys[AGE_RECIPIENTS][AGE_KEY];
	char path[COURIER_PATH];
	unsigned n = courier_seal_keys(self, str_from(p->job.party), keys, AGE_RECIPIENTS);

	if (n == 0)
		return err_set(e, ERR_MISSING, "the key list of %s has no seal key in force", p->job.party);
	name_file(self, p);
	path_of(self, p, true, path);
	if (os_delete(path, e) != 0 || (p->fd = os_create(path, e)) < 0)
		return ERR_SYS;
	p->in = p->out = 0;
	p->digest = digest_new();
	p->seal = age_seal_new(keys, n, NULL, &p->sealed, e);
	if (p->seal == NULL)
		return ERR_VALUE;
	container_begin(&p->plain);
	add_list(self, p);
	return flush(p, e);
}

static int end_file(const struct link_self *self, struct courier_pack *p, struct err *e)
{
	char from[COURIER_PATH], to[COURIER_PATH];
	uint8_t sha256[DIGEST_LEN];

	if (p->fd < 0)
		return 0;
	container_end(&p->plain);
	int rc = flush(p, e);
	age_seal_end(p->seal, &p->sealed);
	p->seal = NULL;
	path_of(self, p, true, from);
	path_of(self, p, false, to);
	if (rc == 0)
		rc = write_out(p, e);
	if (rc == 0)
		rc = os_sync(p->fd, from, e);
	os_close_fd(&p->fd);
	digest_done(p->digest, sha256);
	p->digest = NULL;
	if (rc == 0)
		rc = os_rename(from, to, e);
	if (rc != 0)
		return rc;
	struct query q = db_query(
	        self->db, "insert into courier_file(courier, name, size, sha256, at) values (?, ?, ?, ?, ?)");
	query_u64(&q, p->job.id);
	query_text(&q, str_from(p->name));
	query_u64(&q, p->out);
	query_blob(&q, str_make((const char *)sha256, DIGEST_LEN));
	query_i64(&q, self->now);
	query_run(&q);
	p->files++;
	return 0;
}

/* Bytes that an entry may still have in this file; what sealing adds is counted in. */
static uint64_t room(const struct courier_pack *p)
{
	uint64_t used = p->in + p->plain.len + (p->in / AGE_CHUNK + 2) * 16 + FRAME;
	uint64_t most = p->file_bytes - p->file_bytes / 2048;

	return used < most ? most - used : 0;
}

/* A file in which that much has room. One that is empty has room for anything. */
static int file_for(const struct link_self *self, struct courier_pack *p, size_t bytes, struct err *e)
{
	if (p->fd >= 0 && room(p) < bytes && end_file(self, p, e) != 0)
		return e->code;
	return p->fd >= 0 ? 0 : begin_file(self, p, e);
}

/* ---- statements ---------------------------------------------------------------------------------- */

/* 1: one was added, 0: there is none left, or a code. */
static int add_statement(const struct link_self *self, struct courier_pack *p, struct err *e)
{
	auto_buf struct buf bytes = {0};
	struct query q = db_query(self->db,
	        "select s.n, s.head, s.signature, s.content from delivery d join statement s on s.n = "
	        "d.statement where d.party = ?1 and d.urgent = ?2 and d.statement > ?3 and d.cleared is not "
	        "null "
	        "and s.signature is not null and ((d.waits = 1 and d.receipt is null) or (s.kind in "
	        "('receipt', "
	        "'read') and s.created >= ?4)) order by d.statement limit 1");

	query_text(&q, str_from(p->job.party));
	query_u64(&q, p->phase == URGENT);
	query_u64(&q, p->after);
	query_i64(&q, self->now / SECOND - COURIER_RECEIPTS_S);
	bool there = query_next(&q) == 1;
	if (there) {
		p->after = query_get_u64(&q, 0);
		statement_write(&bytes, query_get_blob(&q, 1), (const uint8_t *)query_get_blob(&q, 2).p,
		        query_get_blob(&q, 3));
	}
	query_done(&q, NULL);
	if (!there)
		return 0;
	if (file_for(self, p, bytes.len + 5, e) != 0)
		return e->code;
	container_add(&p->plain, CONTAINER_STATEMENT, buf_str(&bytes));
	p->statements++;
	return flush(p, e) == 0 ? 1 : e->code;
}

/* ---- attachments --------------------------------------------------------------------------------- */

/* The next that he lacks, each once. */
static bool next_blob(const struct link_self *self, struct courier_pack *p)
{
	struct query q = db_query(self->db,
	        "select a.id, a.sha256, a.size from delivery d join attachment a on a.statement = "
	        "d.statement "
	        "join statement s on s.n = d.statement where d.party = ?1 and d.waits = 1 and d.cleared is "
	        "not "
	        "null and s.content is not null and a.here = 1 and a.id > ?2 and not exists (select 1 from "
	        "attachment b join delivery f on f.statement = b.statement and f.party = ?1 and f.waits = 1 "
	        "and "
	        "f.cleared is not null where b.sha256 = a.sha256 and b.id < a.id) order by a.id limit 1");
	bool there;

	query_text(&q, str_from(p->job.party));
	query_u64(&q, p->after);
	there = query_next(&q) == 1 && query_get_blob(&q, 1).len == DIGEST_LEN;
	if (there) {
		p->after = query_get_u64(&q, 0);
		memcpy(p->sha256, query_get_blob(&q, 1).p, DIGEST_LEN);
		p->size = query_get_u64(&q, 2);
		p->at = 0;
	}
	query_done(&q, NULL);
	return there;
}

/* 1: a part was added, 0: there is none left, or a code. */
static int add_part(const struct link_self *self, struct courier_pack *p, struct err *e)
{
	auto_buf struct buf bytes = {0};

	if (p->at == p->size && !next_blob(self, p))
		return 0;
	size_t least = p->file_bytes < 16 * PART_LEAST ? 64 : PART_LEAST;
	if (file_for(self, p, CONTAINER_BLOB_HEAD + 5 + least, e) != 0)
		return e->code;
	uint64_t n = p->size - p->at,
	         fits = room(p) > CONTAINER_BLOB_HEAD + 5 + least ? room(p) - CONTAINER_BLOB_HEAD - 5 : least;
	n = n < PART ? n : PART;
	n = n < fits ? n : fits;
	auto_fd int fd = blob_open(self, p->sha256, e);
	if (fd < 0 || os_read_at(fd, buf_room(&bytes, n), (size_t)n, p->at) != (ssize_t)n)
		return err_set(
		        e, ERR_SYS, "an attachment cannot be read; weir check --deep looks at all files");
	bytes.len = (size_t)n;
	container_add_blob(&p->plain, p->sha256, p->size, p->at, buf_str(&bytes));
	p->at += n;
	p->parts++;
	return flush(p, e) == 0 ? 1 : e->code;
}

/* ---- steps --------------------------------------------------------------------------------------- */

static void ready(const struct link_self *self, const struct courier_pack *p)
{
	struct query q = db_query(self->db,
	        "update courier set state = 'ready', done = ?2, statements = ?3, parts = ?4 where id = ?1");

	query_u64(&q, p->job.id);
	query_i64(&q, self->now);
	query_u64(&q, p->statements);
	query_u64(&q, p->parts);
	query_run(&q);
}

int courier_pack_step(const struct link_self *self, struct courier_pack *p, struct err *e)
{
	int rc = 0;

	/* what was made before the node ended is made again */
	if (!p->begun)
		courier_drop_files(self, p->job.id, INT64_MAX);
	p->begun = true;
	for (p->stepped = 0; rc >= 0 && p->stepped < STEP && p->phase != DONE;) {
		rc = p->phase == BLOBS ? add_part(self, p, e) : add_statement(self, p, e);
		if (rc != 0)
			continue;
		p->phase++;
		p->after = 0;
	}
	if (rc < 0)
		return rc;
	if (p->phase != DONE)
		return 1;
	rc = end_file(self, p, e);
	if (rc == 0)
		ready(self, p);
	return rc;
}
