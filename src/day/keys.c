/* SPDX-License-Identifier: Apache-2.0 */
#include "day/keys.h"
#include "base/os.h"
#include "day/day_in.h"
#include <stdlib.h>

/* Postings that are sorted in memory, and of one row of the index (more if one key has more). */
#define RUN ((size_t)1 << 17)
#define BLOCK 4096
/* Of one step: rows that are deleted, rows of the index that are written. */
#define CLEAR 256
#define WRITE 32
/* Bytes of a run that are read ahead. */
#define AHEAD 16384
#define VARINT 10
#define IDS_LIMIT ((size_t)1 << 30)

struct posting {
	uint64_t key;
	uint32_t chunk;
};
struct run {
	uint64_t at, end; /* in the file: what was not read yet */
	uint8_t *bytes;
	size_t len, pos;
	struct posting now;
};
struct day_index {
	int fd;
	uint64_t size;
	enum { CLEARING, READING, MERGING } phase;
	bool begun;
	VEC(uint64_t) ids;
	uint32_t next; /* chunk to be read */
	VEC(struct posting) sorting;
	VEC(struct run) runs;
	uint32_t *heap;
	size_t nheap;
	/* the row of the index that is being filled */
	struct buf block;
	uint64_t low;
	struct posting last;
	size_t nblock;
};

/* ---- keys ---------------------------------------------------------------------------------------- */

#define NAME_KEYS ((uint64_t)1 << 32)
#define SIX_KEYS ((uint64_t)1 << 62)

static uint64_t addr_key(const struct addr *a)
{
	uint64_t hi = 0;

	if (addr_is4(a))
		return addr_v4(a);
	for (unsigned i = 0; i < 8; i++)
		hi = hi << 8 | a->b[i];
	return SIX_KEYS | hi >> 2;
}

/* Case is none here. */
static uint64_t name_key(struct str s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t)char_lower(s.p[i])) * 0x100000001b3u;
	return NAME_KEYS | ((h ^ h >> 32) & 0xffffffffu);
}

static void add_key(struct day_index *x, uint64_t key)
{
	*vec_add(&x->sorting) = (struct posting){key, x->next};
}

static void add_name(struct day_index *x, struct str name)
{
	while (name.len > 0) {
		add_key(x, name_key(name));
		name = str_cut(name, '.').tail;
	}
}

static void add_chunk(struct day_index *x, const struct batch *b)
{
	for (uint32_t i = 0; i < b->head->rows; i++) {
		const struct batch_row *row = &b->rows[i];
		if (!addr_none(&row->src))
			add_key(x, addr_key(&row->src));
		if (!addr_none(&row->dst))
			add_key(x, addr_key(&row->dst));
		add_name(x, batch_find(b, row, FIELD_SOURCE_FQDN));
		add_name(x, batch_find(b, row, FIELD_DESTINATION_FQDN));
	}
}

static int by_key(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->chunk > y->chunk) - (x->chunk < y->chunk);
}

/* ---- numbers ------------------------------------------------------------------------------------- */

static void put_number(struct buf *b, uint64_t v)
{
	for (; v >= 128; v >>= 7)
		buf_char(b, (char)(v | 128));
	buf_char(b, (char)v);
}

/* False at the end, or if it is cut. */
static bool get_number(const uint8_t *p, size_t len, size_t *at, uint64_t *ret)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64 && *at < len; shift += 7) {
		uint8_t c = p[(*at)++];
		v |= (uint64_t)(c & 127) << shift;
		if (c < 128) {
			*ret = v;
			return true;
		}
	}
	return false;
}

/* As the difference to the one before; a chunk counts from 0 where the key is another. */
static void put_posting(struct buf *b, const struct posting *last, const struct posting *p)
{
	put_number(b, p->key - last->key);
	put_number(b, p->key == last->key ? p->chunk - last->chunk : p->chunk);
}

static bool get_posting(const uint8_t *p, size_t len, size_t *at, struct posting *last)
{
	uint64_t key, chunk;

	if (!get_number(p, len, at, &key) || !get_number(p, len, at, &chunk))
		return false;
	last->chunk = (uint32_t)(key == 0 ? last->chunk + chunk : chunk);
	last->key += key;
	return true;
}

/* ---- runs ---------------------------------------------------------------------------------------- */

static int write_run(struct day_index *x, struct err *e)
{
	auto_buf struct buf b = {0};
	struct posting last = {0};

	if (x->sorting.n == 0)
		return 0;
	qsort(x->sorting.v, x->sorting.n, sizeof(x->sorting.v[0]), by_key);
	for (size_t i = 0; i < x->sorting.n; i++) {
		const struct posting *p = &x->sorting.v[i];
		if (i > 0 && p->key == last.key && p->chunk == last.chunk)
			continue;
		put_posting(&b, &last, p);
		last = *p;
	}
	x->sorting.n = 0;
	if (os_write_all(x->fd, buf_str(&b), e) != 0)
		return err_add(e, "an index");
	*vec_add(&x->runs) = (struct run){.at = x->size, .end = x->size + b.len};
	x->size += b.len;
	return 0;
}

/* Fills what is read ahead of a run. */
static int fill(struct day_index *x, struct run *r, struct err *e)
{
	size_t left = r->len - r->pos;
	uint64_t more = r->end - r->at < AHEAD - left ? r->end - r->at : AHEAD - left;

	if (left >= 2 * VARINT || more == 0)
		return 0;
	if (r->bytes == NULL)
		r->bytes = mem_get(AHEAD);
	memmove(r->bytes, r->bytes + r->pos, left);
	if (os_read_at(x->fd, r->bytes + left, (size_t)more, r->at) != (ssize_t)more)
		return err_sys(e, "cannot read an index that is being made");
	r->at += more;
	r->pos = 0;
	r->len = left + (size_t)more;
	return 0;
}

/* The next posting of a run into r->now: 1, 0 at its end, or a code. */
static int run_next(struct day_index *x, struct run *r, struct err *e)
{
	int rc = fill(x, r, e);

	return rc != 0 ? rc : get_posting(r->bytes, r->len, &r->pos, &r->now);
}

static bool before(const struct day_index *x, uint32_t a, uint32_t b)
{
	return by_key(&x->runs.v[a].now, &x->runs.v[b].now) < 0;
}

static void sink(struct day_index *x, size_t at)
{
	for (;;) {
		size_t least = at;
		for (size_t i = at * 2 + 1; i <= at * 2 + 2 && i < x->nheap; i++)
			if (before(x, x->heap[i], x->heap[least]))
				least = i;
		if (least == at)
			return;
		uint32_t swap = x->heap[at];
		x->heap[at] = x->heap[least];
		x->heap[least] = swap;
		at = least;
	}
}

static int begin_merge(struct day_index *x, struct err *e)
{
	x->heap = mem_zero(x->runs.n + 1, sizeof(*x->heap));
	for (size_t i = 0; i < x->runs.n; i++) {
		int rc = run_next(x, &x->runs.v[i], e);
		if (rc < 0)
			return rc;
		if (rc == 1)
			x->heap[x->nheap++] = (uint32_t)i;
	}
	for (size_t i = x->nheap; i > 0; i--)
		sink(x, i - 1);
	x->phase = MERGING;
	return 0;
}

/* The least posting of all runs: 1, 0 at the end, or a code. */
static int merge_next(struct day_index *x, struct posting *ret, struct err *e)
{
	if (x->nheap == 0)
		return 0;
	struct run *r = &x->runs.v[x->heap[0]];
	*ret = r->now;
	int rc = run_next(x, r, e);
	if (rc < 0)
		return rc;
	if (rc == 0)
		x->heap[0] = x->heap[--x->nheap];
	sink(x, 0);
	return 1;
}

/* ---- making it ----------------------------------------------------------------------------------- */

int day_index_new(const char *tmp, struct day_index **ret, struct err *e)
{
	if (os_delete(tmp, e) != 0)
		return e->code;
	int fd = os_create(tmp, e);
	if (fd < 0)
		return fd;
	/* by its descriptor alone, so that nothing is left behind whatever happens */
	if (os_delete(tmp, e) != 0) {
		os_close_fd(&fd);
		return e->code;
	}
	struct day_index *x = mem_zero(1, sizeof(*x));
	x->fd = fd;
	*ret = x;
	return 0;
}

void day_index_free(struct day_index *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->runs.n; i++)
		free(x->runs.v[i].bytes);
	os_close_fd(&x->fd);
	vec_done(&x->ids);
	vec_done(&x->sorting);
	vec_done(&x->runs);
	buf_done(&x->block);
	free(x->heap);
	free(x);
}

/* The index is none from here on, until it is made. */
static int begin(struct day_index *x, struct day *d, struct err *e)
{
	db_begin(d->db);
	struct query q = db_query(d->db, "insert or replace into seal(id, chunks, z) values (1, null, null)");
	query_run(&q);
	int rc = db_commit(d->db, e);
	if (rc != 0)
		return rc;
	struct query ids = db_query(d->db, "select id from batch order by id");
	while (query_next(&ids) == 1)
		*vec_add(&x->ids) = query_get_u64(&ids, 0);
	rc = query_done(&ids, e);
	x->begun = rc == 0;
	return rc != 0 ? rc : 1;
}

/* What a making that was cut off has left. */
static int clear(struct day_index *x, struct day *d, struct err *e)
{
	db_begin(d->db);
	struct query q = db_query(d->db, "delete from key where low in (select low from key limit ?)");
	query_u64(&q, CLEAR);
	query_run(&q);
	bool more = db_changes(d->db) > 0;
	int rc = db_commit(d->db, e);
	if (rc == 0 && !more)
		x->phase = READING;
	return rc != 0 ? rc : 1;
}

static int read_chunk(struct day_index *x, struct day *d, struct err *e)
{
	uint64_t id = x->ids.v[x->next];
	struct day_view v;
	int rc = day_get(d, id >> 34, id >> 26 & (DAY_EDITIONS - 1), id & (DAY_CHUNKS - 1), &v, e);

	if (rc != 0)
		return rc;
	add_chunk(x, &v.batch);
	day_view_done(&v);
	x->next++;
	return x->sorting.n >= RUN ? write_run(x, e) : 0;
}

static int step_read(struct day_index *x, struct day *d, struct err *e)
{
	int rc = x->next < x->ids.n ? read_chunk(x, d, e) : 0;

	if (rc == 0 && x->next == x->ids.n) {
		rc = write_run(x, e);
		if (rc == 0)
			rc = begin_merge(x, e);
	}
	return rc != 0 ? rc : 1;
}

static void put_block(struct day_index *x, struct day *d)
{
	struct query q = db_query(d->db, "insert into key(low, z) values (?, ?)");

	query_u64(&q, x->low);
	query_blob(&q, pack_blob(d->pack, buf_str(&x->block), 0, PACK_EVENTS));
	query_run(&q);
	buf_clear(&x->block);
	x->nblock = 0;
}

static void put_end(struct day_index *x, struct day *d)
{
	struct query q = db_query(d->db, "update seal set chunks = ?, z = ? where id = 1 and chunks is null");
	struct str ids = str_make((const char *)x->ids.v, x->ids.n * sizeof(x->ids.v[0]));

	query_u64(&q, x->ids.n);
	query_blob(&q, pack_blob(d->pack, ids, sizeof(x->ids.v[0]), PACK_EVENTS));
	query_run(&q);
}

/* Some rows of the index: 1, 0 at its end, or a code. */
static int fill_blocks(struct day_index *x, struct day *d, struct err *e)
{
	struct posting p;
	unsigned blocks = 0;
	int rc = 1;

	while (blocks < WRITE && (rc = merge_next(x, &p, e)) == 1) {
		if (x->nblock >= BLOCK && p.key != x->last.key) {
			put_block(x, d);
			blocks++;
		}
		if (x->nblock++ == 0) {
			x->low = p.key;
			x->last = (struct posting){0};
		}
		put_posting(&x->block, &x->last, &p);
		x->last = p;
	}
	return rc;
}

static int step_merge(struct day_index *x, struct day *d, struct err *e)
{
	struct err inner = {0};
	bool stale = false;

	db_begin(d->db);
	int rc = fill_blocks(x, d, &inner);
	if (rc == 0) {
		if (x->nblock > 0)
			put_block(x, d);
		put_end(x, d);
		stale = db_failed(d->db) == 0 && db_changes(d->db) != 1;
	}
	if (rc < 0 || stale) {
		db_rollback(d->db);
		return rc < 0 ? err_set(e, rc, "%s", inner.text)
		              : err_set(e, ERR_VALUE, "a report came while the day was sealed");
	}
	int bad = db_commit(d->db, e);
	return bad != 0 ? bad : rc;
}

int day_index_step(struct day_index *x, struct day *d, struct err *e)
{
	if (!x->begun)
		return begin(x, d, e);
	if (x->phase == CLEARING)
		return clear(x, d, e);
	return x->phase == READING ? step_read(x, d, e) : step_merge(x, d, e);
}

/* ---- looking ------------------------------------------------------------------------------------- */

struct look {
	struct day *d;
	uint64_t *ids;
	size_t n;
	uint8_t *marks; /* per chunk: how many of the questions it may answer */
};

int day_sealed(struct day *d, bool *ret, struct err *e)
{
	/* files of an older Weir that were not opened for writing since have no such table */
	struct query there = db_query(d->db, "select 1 from sqlite_schema where name = 'seal'");
	bool sealed = query_next(&there) == 1;
	int rc = query_done(&there, e);

	if (rc == 0 && sealed) {
		struct query q = db_query(d->db, "select 1 from seal where chunks is not null");
		sealed = query_next(&q) == 1;
		rc = query_done(&q, e);
	}
	if (rc == 0)
		*ret = sealed;
	return rc;
}

static int load_ids(struct look *l, struct buf *ids, struct err *e)
{
	struct query q = db_query(l->d->db, "select z, chunks from seal where id = 1");
	int rc = query_next(&q) == 1 ? pack_open(l->d->pack, query_get_blob(&q, 0), 8, IDS_LIMIT, ids, e) : 0;
	uint64_t n = rc == 0 && q.stmt != NULL && ids->p != NULL ? query_get_u64(&q, 1) : 0;

	if (query_done(&q, rc == 0 ? e : NULL) != 0)
		return ERR_SYS;
	l->ids = (void *)ids->p;
	l->n = ids->len / 8;
	if (rc == 0 && n != l->n)
		rc = err_set(e, ERR_FORMAT, "'%s': its index is damaged", db_path(l->d->db));
	return rc;
}

/* Postings of one row of the index from first to last. */
static int mark_block(
        struct look *l, struct str z, uint64_t first, uint64_t last, uint8_t mark, struct err *e)
{
	auto_buf struct buf b = {0};
	struct posting p = {0};
	size_t at = 0;

	if (pack_open(l->d->pack, z, 0, IDS_LIMIT, &b, e) != 0)
		return err_add(e, "'%s': its index", db_path(l->d->db));
	while (get_posting((const uint8_t *)b.p, b.len, &at, &p) && p.key <= last) {
		if (p.chunk >= l->n)
			return err_set(e, ERR_FORMAT, "'%s': its index is damaged", db_path(l->d->db));
		if (p.key >= first)
			l->marks[p.chunk] |= mark;
	}
	return 0;
}

static int mark_range(struct look *l, uint64_t first, uint64_t last, uint8_t mark, struct err *e)
{
	struct query q = db_query(l->d->db,
	        "select z from key where low <= ?2 and low >= coalesce((select max(low) from key where low "
	        "<= ?1), 0)"
	        " order by low");
	int rc = 0;

	query_u64(&q, first);
	query_u64(&q, last);
	while (rc == 0 && query_next(&q) == 1)
		rc = mark_block(l, query_get_blob(&q, 0), first, last, mark, e);
	int done = query_done(&q, rc == 0 ? e : NULL);
	return rc != 0 ? rc : done;
}

static int mark_prefix(struct look *l, const struct prefix *p, uint8_t mark, struct err *e)
{
	struct addr first, last;

	prefix_range(p, &first, &last);
	return mark_range(l, addr_key(&first), addr_key(&last), mark, e);
}

static void take_hits(const struct look *l, uint8_t wanted, struct day_hits *ret)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->marks[i] == wanted)
			*vec_add(ret) = l->ids[i];
}

int day_find(struct day *d, const struct prefix *prefix, struct str name, struct day_hits *ret, struct err *e)
{
	auto_buf struct buf ids = {0};
	struct look l = {.d = d};
	bool sealed = false;
	int rc = day_sealed(d, &sealed, e);
	uint8_t wanted = (uint8_t)((prefix != NULL ? 1 : 0) | (name.len > 0 ? 2 : 0));

	if (rc != 0 || !sealed || wanted == 0 || (prefix != NULL && sieve_is_wide(prefix)))
		return rc;
	rc = load_ids(&l, &ids, e);
	if (rc != 0 || l.n == 0)
		return rc != 0 ? rc : 1;
	l.marks = mem_zero(l.n, 1);
	if (prefix != NULL)
		rc = mark_prefix(&l, prefix, 1, e);
	if (rc == 0 && name.len > 0)
		rc = mark_range(&l, name_key(name), name_key(name), 2, e);
	if (rc == 0)
		take_hits(&l, wanted, ret);
	free(l.marks);
	return rc != 0 ? rc : 1;
}

int day_chunk_at(struct day *d, uint64_t hit, struct day_info *ret, struct err *e)
{
	uint64_t cursor = hit + 1;
	struct day_info c;
	int rc = day_chunk_before(d, &cursor, &c, e);

	if (rc != 1 || cursor != hit)
		return rc < 0 ? rc : 0;
	*ret = c;
	return 1;
}
