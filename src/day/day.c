/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"
#include "day/day_in.h"
#include "event/value.h"
#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#define CACHE_KIB 4096
#define PIECE_BITS 20
#define PATH 4096

static const char schema[] =
        "create table if not exists batch("
        " id integer primary key, rows integer not null, asides integer not null,"
        " first integer not null, last integer not null," /* ordinals of its records */
        " t0 integer not null, t1 integer not null, received integer not null,"
        " generation integer not null, ruleset integer not null, len integer not null) strict;"
        "create table if not exists events(id integer primary key, z blob not null) strict;"
        "create table if not exists verdicts(id integer primary key, z blob not null) strict;"
        "create table if not exists rest(id integer primary key, z blob not null) strict;"
        "create table if not exists moved("
        " id integer primary key, first integer not null, last integer not null, z blob not null) strict;"
        "create table if not exists raw(id integer primary key, len integer not null, z blob not null) "
        "strict;"
        "create table if not exists sieve(id integer primary key, z blob not null) strict;"
        /* also where an older Weir, which knows of no sieve, puts another chunk in its place */
        "create trigger if not exists sieve_put after insert on batch begin"
        " delete from sieve where id = new.id; end;"
        "create trigger if not exists sieve_drop after delete on batch begin"
        " delete from sieve where id = old.id; end;"
        "create table if not exists key(low integer primary key, z blob not null) strict;"
        "create table if not exists seal(id integer primary key check (id = 1), chunks integer, z blob) "
        "strict;"
        "pragma user_version = 1;";

uint32_t day_of(int64_t time)
{
	char text[64]; /* "2026-01-05T..." */
	uint32_t date = 0;

	value_time_print(text, time);
	for (unsigned i = 0; i < 10; i++)
		if (char_digit(text[i]))
			date = date * 10 + (uint32_t)(text[i] - '0');
	return date;
}

uint64_t day_chunk_id(uint64_t receipt, uint32_t edition, uint32_t chunk)
{
	return receipt << 34 | (uint64_t)edition << 26 | chunk;
}

/* The file, with suffix behind its name. ret has PATH bytes. */
static int path_of(const char *folder, uint32_t date, const char *suffix, char *ret, struct err *e)
{
	int n = snprintf(ret, PATH, "%s/day/%04u-%02u-%02u.db%s", folder, date / 10000 % 10000,
	        date / 100 % 100, date % 100, suffix);

	if (n >= 0 && n < PATH)
		return 0;
	return err_set(e, ERR_LIMIT, "the path '%.60s...' is too long", folder);
}

int day_open(const char *folder, uint32_t date, enum db_mode mode, struct day **ret, struct err *e)
{
	char path[PATH];
	struct db *db;

	if (path_of(folder, date, "", path, e) != 0)
		return ERR_LIMIT;
	if (mode == DB_WRITE) {
		struct str folder_of = str_rcut(str_from(path), '/').head;
		path[folder_of.len] = 0;
		int rc = os_folder(path, e);
		path[folder_of.len] = '/';
		if (rc != 0)
			return ERR_SYS;
	}
	if (mode == DB_READ && access(path, F_OK) != 0 && errno == ENOENT)
		return err_set(e, ERR_MISSING, "the day %04u-%02u-%02u is not there any more", date / 10000,
		        date / 100 % 100, date % 100);
	if (db_open(path, mode, CACHE_KIB, &db, e) != 0)
		return ERR_SYS;
	if (mode == DB_WRITE && db_exec(db, schema, e) != 0) {
		db_close(db);
		return ERR_SYS;
	}
	struct day *d = mem_zero(1, sizeof(*d));
	d->db = db;
	d->date = date;
	d->reads = mode == DB_READ;
	d->pack = pack_new();
	*ret = d;
	return 0;
}

void day_close(struct day *d)
{
	if (d == NULL)
		return;
	db_close(d->db);
	pack_worker_free(d->worker);
	pack_free(d->pack);
	sieve_free(d->sieve);
	free(d->copy);
	buf_done(&d->scratch);
	buf_done(&d->verdicts);
	for (unsigned i = 0; i < 3; i++)
		buf_done(&d->parts[i]);
	free(d);
}

int day_delete(const char *folder, uint32_t date, struct err *e)
{
	/* the file goes last: as long as it is there, all of this is done again */
	static const char *const suffixes[] = {"-wal", "-shm", ""};
	char path[PATH];
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < 3; i++) {
		rc = path_of(folder, date, suffixes[i], path, e);
		if (rc == 0)
			rc = os_delete(path, e);
	}
	return rc;
}

uint32_t day_date(const struct day *d)
{
	return d->date;
}

struct db *day_db(struct day *d)
{
	return d->db;
}

/* ---- putting ------------------------------------------------------------------------------------- */

struct summary {
	int64_t t0, t1;
	uint32_t first, last;
};

static struct summary summary_of(const struct batch *b, int64_t received)
{
	struct summary s = {INT64_MAX, INT64_MIN, UINT32_MAX, 0};

	for (uint32_t i = 0; i < b->head->rows; i++) {
		const struct batch_row *r = &b->rows[i];
		int64_t t = r->time_source == INT64_MIN ? received : r->time_source;
		s.t0 = t < s.t0 ? t : s.t0;
		s.t1 = t > s.t1 ? t : s.t1;
		s.first = r->ordinal < s.first ? r->ordinal : s.first;
		s.last = r->ordinal > s.last ? r->ordinal : s.last;
	}
	for (uint32_t i = 0; i < b->head->asides; i++) {
		s.first = b->asides[i].ordinal < s.first ? b->asides[i].ordinal : s.first;
		s.last = b->asides[i].ordinal > s.last ? b->asides[i].ordinal : s.last;
	}
	return s;
}

static void put_blob(struct db *db, const char *sql, uint64_t id, struct str z)
{
	struct query q = db_query(db, sql);

	query_u64(&q, id);
	query_blob(&q, z);
	query_run(&q);
}

static void put_summary(
        struct day *d, const struct day_chunk *c, uint64_t id, size_t len, const struct batch *b)
{
	struct summary s = summary_of(b, c->received);
	struct query q = db_query(d->db,
	        "insert or replace into batch(id, rows, asides, first, last, t0, t1, received, generation, "
	        "ruleset, len)"
	        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	query_u64(&q, id);
	query_u64(&q, b->head->rows);
	query_u64(&q, b->head->asides);
	query_u64(&q, s.first);
	query_u64(&q, s.last);
	query_i64(&q, s.t0);
	query_i64(&q, s.t1);
	query_i64(&q, c->received);
	query_u64(&q, c->generation);
	query_u64(&q, c->ruleset);
	query_u64(&q, len);
	query_run(&q);
}

/* A finding has its key in its own row; sixteen bytes of chance in each event would be a fifth of what is stored. */
static const struct verdict *without_keys(struct day *d, const struct verdict *v, uint32_t n)
{
	struct verdict *copy;

	buf_clear(&d->verdicts);
	copy = (void *)buf_room(&d->verdicts, n * sizeof(*copy) + 1);
	if (n > 0)
		memcpy(copy, v, n * sizeof(*copy));
	for (uint32_t i = 0; i < n; i++)
		if (copy[i].finding != 0)
			memset(copy[i].key, 0, sizeof(copy[i].key));
	return copy;
}

/* All of the batch but its rows, into the scratch. */
static struct str rest_of(struct day *d, const struct batch *b)
{
	const char *at = (const char *)b->head;
	size_t len = batch_len(b);
	size_t rows = (size_t)b->head->rows * sizeof(*b->rows);
	size_t before = (size_t)((const char *)b->rows - at);

	buf_clear(&d->scratch);
	buf_add(&d->scratch, str_make(at, before));
	buf_add(&d->scratch, str_make(at + before + rows, len - before - rows));
	return buf_str(&d->scratch);
}

/* What was begun and not put: its bytes must stay until the worker has them. */
static void settle(struct day *d)
{
	if (d->begun != NULL)
		(void)pack_worker_wait(d->worker);
	d->begun = NULL;
}

static void put_rest(struct day *d, uint64_t id, const struct batch *b)
{
	bool begun = d->begun == b;

	if (!begun)
		settle(d);
	d->begun = NULL;
	put_blob(d->db, "insert or replace into rest(id, z) values (?, ?)", id,
	        begun ? pack_worker_wait(d->worker) : pack_blob(d->pack, rest_of(d, b), 0, PACK_EVENTS));
}

/* The worker's own copy of what a sieve is made of: the rows behind the rest in the scratch. */
static void copy_batch(struct day *d, const struct batch *b)
{
	static const char zero[8];
	size_t rows = (size_t)b->head->rows * sizeof(*b->rows);

	if (d->copy == NULL)
		d->copy = mem_zero(1, sizeof(*d->copy));
	buf_add(&d->scratch, str_make(zero, (8 - d->scratch.len % 8) % 8));
	size_t at = d->scratch.len;
	if (rows > 0)
		buf_add(&d->scratch, str_make((const char *)b->rows, rows));
	d->copy->head = (const void *)d->scratch.p;
	d->copy->var = (const uint8_t *)d->scratch.p + sizeof(*b->head);
	d->copy->rows = (const void *)(d->scratch.p + at);
}

static void make_sieve(void *arg)
{
	struct day *d = arg;

	sieve_make(d->sieve, d->copy);
}

void day_put_begin(struct day *d, const struct batch *b)
{
	settle(d);
	if (d->worker == NULL)
		d->worker = pack_worker_new();
	if (d->sieve == NULL)
		d->sieve = sieve_new();
	size_t len = rest_of(d, b).len;
	copy_batch(d, b);
	pack_worker_start(d->worker, str_make(d->scratch.p, len), 0, PACK_EVENTS, make_sieve, d);
	d->begun = b;
}

static void put_sieve(struct day *d, uint64_t id, const struct batch *b, bool made)
{
	if (d->sieve == NULL)
		d->sieve = sieve_new();
	if (!made)
		sieve_make(d->sieve, b);
	if (sieve_bytes(d->sieve).p != NULL)
		put_blob(d->db, "insert into sieve(id, z) values (?, ?)", id, sieve_bytes(d->sieve));
}

void day_put(struct day *d, const struct day_chunk *c, const struct batch *b, const struct verdict *verdicts)
{
	uint64_t id = day_chunk_id(c->receipt, c->edition, c->chunk);
	size_t len = batch_len(b);
	size_t rows = (size_t)b->head->rows * sizeof(*b->rows);

	/* an index does not know of it */
	struct query unseal = db_query(d->db, "delete from seal");
	query_run(&unseal);
	put_summary(d, c, id, len, b);
	put_blob(d->db, "insert or replace into events(id, z) values (?, ?)", id,
	        pack_blob(d->pack, str_make((const char *)b->rows, rows), sizeof(*b->rows), PACK_EVENTS));
	verdicts = without_keys(d, verdicts, b->head->rows);
	put_blob(d->db, "insert or replace into verdicts(id, z) values (?, ?)", id,
	        pack_blob(d->pack,
	                str_make((const char *)verdicts, (size_t)b->head->rows * sizeof(*verdicts)),
	                sizeof(*verdicts), PACK_EVENTS));
	bool begun = d->begun == b;
	put_rest(d, id, b);
	put_sieve(d, id, b, begun);
}

void day_rest_put(struct day *d, const struct day_view *v)
{
	put_rest(d, day_chunk_id(v->chunk.receipt, v->chunk.edition, v->chunk.chunk), &v->batch);
}

void day_raw_put_packed(struct day *d, uint64_t receipt, uint32_t piece, struct str z, size_t len)
{
	struct query q = db_query(d->db, "insert or replace into raw(id, len, z) values (?, ?, ?)");

	query_u64(&q, day_chunk_id(receipt, 0, piece));
	query_u64(&q, len);
	query_blob(&q, z);
	query_run(&q);
}

void day_raw_put(struct day *d, uint64_t receipt, uint32_t piece, struct str bytes)
{
	day_raw_put_packed(d, receipt, piece, pack_text(d->pack, bytes, PACK_RAW), bytes.len);
}

static void drop(struct day *d, uint64_t from, uint64_t until)
{
	static const char *const sqls[] = {"delete from batch where id >= ? and id < ?",
	        "delete from events where id >= ? and id < ?",
	        "delete from verdicts where id >= ? and id < ?", "delete from rest where id >= ? and id < ?"};

	for (unsigned i = 0; i < sizeof(sqls) / sizeof(sqls[0]); i++) {
		struct query q = db_query(d->db, sqls[i]);
		query_u64(&q, from);
		query_u64(&q, until);
		query_run(&q);
	}
}

void day_drop_others(struct day *d, uint64_t receipt, uint32_t edition, uint32_t chunks)
{
	drop(d, day_chunk_id(receipt, 0, 0), day_chunk_id(receipt, edition, 0));
	drop(d, day_chunk_id(receipt, edition, chunks), day_chunk_id(receipt + 1, 0, 0));
}

/* ---- getting ------------------------------------------------------------------------------------- */

int day_get_blob(struct day *d, const char *sql, uint64_t id, size_t width, size_t limit, struct buf *ret,
        struct err *e)
{
	struct query q = db_query(d->db, sql);
	int rc;

	query_u64(&q, id);
	rc = query_next(&q);
	if (rc == 1) {
		int bad = pack_open(d->pack, query_get_blob(&q, 0), width, limit, ret, e);
		query_done(&q, NULL);
		return bad != 0 ? err_add(e, "'%s'", db_path(d->db)) : 1;
	}
	return query_done(&q, e) != 0 ? ERR_SYS : 0;
}

/* Rest and rows put together as the batch was. */
static int rebuild(
        struct day *d, struct day_view *v, struct str rest, struct str rows, size_t len, struct err *e)
{
	const struct batch_head *head = (const void *)rest.p;
	size_t before = rest.len >= sizeof(*head) ? sizeof(*head) + head->var_len : SIZE_MAX;

	if (before > rest.len || rest.len + rows.len != len)
		return err_set(e, ERR_FORMAT, "'%s': a stored batch is damaged", db_path(d->db));
	char *p = v->bytes = mem_get(len + 8);
	memcpy(p, rest.p, before);
	if (rows.len > 0)
		memcpy(p + before, rows.p, rows.len);
	memcpy(p + before + rows.len, rest.p + before, rest.len - before);
	if (batch_open(p, len, UINT64_MAX, &v->batch, e) != 0)
		return err_add(e, "'%s'", db_path(d->db));
	return 0;
}

enum { REST, ROWS, VERDICTS };

static int put_together(struct day *d, uint64_t id, size_t len, struct day_view *v, struct err *e)
{
	struct buf *p = d->parts;
	int rc = day_get_blob(d, "select z from rest where id = ?", id, 0, BATCH_SLOT, &p[REST], e);

	if (rc == 1)
		rc = day_get_blob(d, "select z from events where id = ?", id, sizeof(struct batch_row),
		        BATCH_SLOT, &p[ROWS], e);
	if (rc == 1)
		rc = day_get_blob(d, "select z from verdicts where id = ?", id, sizeof(struct verdict),
		        BATCH_SLOT, &p[VERDICTS], e);
	if (rc == 0)
		rc = err_set(e, ERR_FORMAT, "'%s': a part of a batch is missing", db_path(d->db));
	if (rc < 0)
		return rc;
	rc = rebuild(d, v, buf_str(&p[REST]), buf_str(&p[ROWS]), len, e);
	if (rc == 0 && p[VERDICTS].len != v->batch.head->rows * sizeof(struct verdict))
		rc = err_set(e, ERR_FORMAT, "'%s': verdicts are missing", db_path(d->db));
	if (rc != 0)
		return rc;
	v->verdicts = mem_get(p[VERDICTS].len + 1);
	if (p[VERDICTS].len > 0)
		memcpy(v->verdicts, p[VERDICTS].p, p[VERDICTS].len);
	return 0;
}

static int get_parts(struct day *d, uint64_t id, size_t len, struct day_view *v, struct err *e)
{
	int rc = put_together(d, id, len, v, e);

	/* who only reads opens a day for a short while and reads many; the core has several open all day */
	for (unsigned i = 0; i < 3; i++)
		if (d->reads)
			buf_clear(&d->parts[i]);
		else
			buf_done(&d->parts[i]);
	return rc;
}

static int get_chunk(struct day *d, struct query *q, struct day_view *ret, struct err *e)
{
	struct day_view v = {0};
	int rc = query_next(q);
	uint64_t id = rc == 1 ? query_get_u64(q, 0) : 0;
	size_t len = rc == 1 ? (size_t)query_get_u64(q, 1) : 0;

	if (rc == 1) {
		v.chunk = (struct day_chunk){.receipt = id >> 34,
		        .edition = id >> 26 & (DAY_EDITIONS - 1),
		        .chunk = id & (DAY_CHUNKS - 1),
		        .received = query_get_i64(q, 2),
		        .generation = (uint32_t)query_get_u64(q, 3),
		        .ruleset = (uint32_t)query_get_u64(q, 4)};
	}
	if (query_done(q, e) != 0)
		return ERR_SYS;
	if (rc == 0)
		return err_set(e, ERR_MISSING, "'%s' has no such chunk", db_path(d->db));
	rc = get_parts(d, id, len, &v, e);
	if (rc != 0)
		day_view_done(&v);
	else
		*ret = v;
	return rc;
}

#define COLUMNS "select id, len, received, generation, ruleset from batch"

int day_get(struct day *d, uint64_t receipt, uint32_t edition, uint32_t chunk, struct day_view *ret,
        struct err *e)
{
	struct query q = db_query(d->db, COLUMNS " where id = ?");

	query_u64(&q, day_chunk_id(receipt, edition, chunk));
	return get_chunk(d, &q, ret, e);
}

int day_get_record(struct day *d, uint64_t receipt, uint32_t edition, uint32_t limit, uint32_t ordinal,
        struct day_view *ret, struct err *e)
{
	struct query q = db_query(
	        d->db, COLUMNS " where id >= ? and id < ? and first <= ? and last >= ? order by id limit 1");

	query_u64(&q, day_chunk_id(receipt, edition, 0));
	query_u64(&q, day_chunk_id(receipt, edition, limit));
	query_u64(&q, ordinal);
	query_u64(&q, ordinal);
	return get_chunk(d, &q, ret, e);
}

int day_whole(struct day *d, uint64_t receipt, uint32_t edition, uint32_t chunks, struct err *e)
{
	struct query q = db_query(d->db, "select count(*) from batch where id >= ? and id < ?");
	uint64_t n = 0;

	query_u64(&q, day_chunk_id(receipt, edition, 0));
	query_u64(&q, day_chunk_id(receipt, edition, chunks));
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	return query_done(&q, e) != 0 ? ERR_SYS : n == chunks;
}

void day_view_done(struct day_view *v)
{
	free(v->bytes);
	free(v->verdicts);
	*v = (struct day_view){0};
}

int day_raw_get(struct day *d, uint64_t receipt, uint64_t at, uint64_t len, struct buf *ret, struct err *e)
{
	auto_buf struct buf piece = {0};

	while (len > 0) {
		buf_clear(&piece);
		int rc = day_get_blob(d, "select z from raw where id = ?",
		        day_chunk_id(receipt, 0, (uint32_t)(at >> PIECE_BITS)), 0, DAY_PIECE, &piece, e);
		if (rc < 0)
			return rc;
		struct str s = str_skip(buf_str(&piece), at & (DAY_PIECE - 1));
		if (rc == 0 || s.len == 0)
			break;
		s = str_sub(s, 0, len);
		buf_add(ret, s);
		at += s.len;
		len -= s.len;
	}
	return 0;
}

/* ---- dropping ------------------------------------------------------------------------------------ */

int day_drop(struct day *d, enum day_part part, unsigned most, struct err *e)
{
	static const char *const events[] = {
	        "delete from seal where id in (select id from seal limit ?)",
	        "delete from key where low in (select low from key limit ?)",
	        "delete from batch where id in (select id from batch limit ?)",
	        "delete from verdicts where id in (select id from verdicts limit ?)",
	        "delete from rest where id in (select id from rest limit ?)",
	        "delete from events where id in (select id from events limit ?)",
	};
	static const char *const raw[] = {"delete from raw where id in (select id from raw limit ?)"};
	const char *const *sql = part == DAY_RAW ? raw : events;
	unsigned n = part == DAY_RAW ? 1 : part == DAY_KEYS ? 2 : 6;
	uint64_t gone = 0;

	/* what is deleted is overwritten, not only let go */
	if (db_exec(d->db, "pragma secure_delete = on", e) != 0)
		return ERR_SYS;
	db_begin(d->db);
	for (unsigned i = 0; i < n && gone < most; i++) {
		struct query q = db_query(d->db, sql[i]);
		query_u64(&q, most - gone);
		query_run(&q);
		gone += db_changes(d->db);
	}
	int rc = db_commit(d->db, e);
	return rc != 0 ? rc : gone > 0;
}

int day_shrink(struct day *d, unsigned pages, struct err *e)
{
	struct query free = db_query(d->db, "pragma freelist_count");
	uint64_t n = query_next(&free) == 1 ? query_get_u64(&free, 0) : 0, left = n;
	char text[64];

	if (query_done(&free, e) != 0)
		return ERR_SYS;
	if (n == 0)
		return 0;
	snprintf(text, sizeof(text), "pragma incremental_vacuum(%u)", pages);
	if (db_exec(d->db, text, e) != 0)
		return e->code;
	struct query after = db_query(d->db, "pragma freelist_count");
	if (query_next(&after) == 1)
		left = query_get_u64(&after, 0);
	if (query_done(&after, e) != 0)
		return ERR_SYS;
	/* a file that an older Weir made does not shrink */
	return left < n && left > 0;
}

/* ---- walking ------------------------------------------------------------------------------------- */

static int newest_first(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x > y ? -1 : x < y;
}

/* "2026-01-05.db"; 0 if it is something else. */
static uint32_t date_of(struct str name)
{
	uint32_t date = 0;

	if (name.len != 13 || !str_ends(name, STR(".db")))
		return 0;
	for (unsigned i = 0; i < 10; i++) {
		if (i == 4 || i == 7 ? name.p[i] != '-' : !char_digit(name.p[i]))
			return 0;
		if (char_digit(name.p[i]))
			date = date * 10 + (uint32_t)(name.p[i] - '0');
	}
	return date;
}

int day_dates(const char *folder, struct day_dates *ret, struct err *e)
{
	char path[4096];
	struct dirent *d;

	*ret = (struct day_dates){0};
	snprintf(path, sizeof(path), "%s/day", folder);
	DIR *dir = opendir(path);
	if (dir == NULL)
		return errno == ENOENT ? 0 : err_sys(e, "cannot list '%s'", path);
	while ((d = readdir(dir)) != NULL) {
		uint32_t date = date_of(str_from(d->d_name));
		if (date != 0)
			*vec_add(ret) = date;
	}
	closedir(dir);
	if (ret->n > 0)
		qsort(ret->v, ret->n, sizeof(*ret->v), newest_first);
	return 0;
}

/* "2026-01-05.db-wal" */
static bool is_aside(struct str name)
{
	return (str_ends(name, STR(".db-wal")) || str_ends(name, STR(".db-shm"))) &&
	        date_of(str_sub(name, 0, name.len - 4)) != 0;
}

int day_sweep(const char *folder, struct err *e)
{
	char path[PATH];
	struct dirent *d;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/day", folder);
	DIR *dir = opendir(path);
	if (dir == NULL)
		return errno == ENOENT ? 0 : err_sys(e, "cannot list '%s'", path);
	while (rc == 0 && (d = readdir(dir)) != NULL) {
		struct str name = str_from(d->d_name);
		if (!is_aside(name))
			continue;
		if (path_of(folder, date_of(str_sub(name, 0, name.len - 4)), "", path, e) != 0)
			rc = ERR_LIMIT;
		else if (access(path, F_OK) != 0 && errno == ENOENT)
			rc = day_delete(folder, date_of(str_sub(name, 0, name.len - 4)), e);
	}
	closedir(dir);
	return rc;
}
