/* SPDX-License-Identifier: Apache-2.0 */
#include "state/changes.h"
#include "base/os.h"

const struct changes_row changes_table[CHANGES_KINDS] = {
        [CHANGES_FINDING] = {"finding", "finding", 'F', NULL},
        [CHANGES_NOTICE] = {"notice", "notice", 'N', NULL},
        [CHANGES_RECEIPT] = {"receipt", "receipt", 'R', NULL},
        [CHANGES_MESSAGE] = {"mail", "message", 'M', NULL},
        [CHANGES_OWNER] = {"owner", "owner", 0, "select ref from owner where id = ?"},
        [CHANGES_FEED] = {"feed", "feed_number", 0, "select name from feed_number where id = ?"},
        [CHANGES_ALERT] = {"alert", "alert", 'A', NULL},
        [CHANGES_HOLD] = {"hold", "hold", 'H', NULL},
        [CHANGES_QUIET] = {"quiet", "quiet", 'Q', NULL},
        [CHANGES_CASE] = {"case", "case_", 'K', NULL},
        [CHANGES_REREAD] = {"reread", "reread", 'R', NULL},
};
/* Rows of these change what is said of an owner. */
static const char contact[] = "contact";

enum changes_kind changes_kind_find(struct str name)
{
	for (unsigned k = 1; k < CHANGES_KINDS; k++)
		if (str_eq(name, str_from(changes_table[k].name)))
			return (enum changes_kind)k;
	return CHANGES_NONE;
}

/* ---- numbers as bytes ---------------------------------------------------------------------------- */

void changes_pack(struct buf *out, const struct changes_id *ids, size_t n)
{
	uint64_t last = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t v = (ids[i].id - last) << 1 | ids[i].made;
		char *to = buf_room(out, 10);
		size_t len = 0;
		for (; v >= 0x80; v >>= 7)
			to[len++] = (char)(v | 0x80);
		to[len++] = (char)v;
		out->len += len;
		last = ids[i].id;
	}
}

int changes_unpack(struct str bytes, size_t *at, uint64_t *last, struct changes_id *ret)
{
	uint64_t v = 0;
	size_t i = *at;

	if (i >= bytes.len)
		return 0;
	for (unsigned shift = 0;; shift += 7) {
		if (i >= bytes.len || shift > 63)
			return ERR_FORMAT;
		v |= (uint64_t)(bytes.p[i] & 0x7f) << shift;
		if (((unsigned char)bytes.p[i++] & 0x80) == 0)
			break;
	}
	*at = i;
	*last += v >> 1;
	*ret = (struct changes_id){*last, v & 1};
	return 1;
}

/* ---- writing ------------------------------------------------------------------------------------- */

/* What the open transaction has touched: number << 1 | 1, or | 0 for what it has made, so that this sorts first. */
struct noted {
	VEC(uint64_t) ids;
	bool sorted;
};
struct watch {
	struct noted kinds[CHANGES_KINDS], contacts;
	const char *table; /* that was named last; SQLite gives the same text again */
	struct noted *noted;
};

static struct noted *noted_of(struct watch *w, const char *table)
{
	if (strcmp(table, contact) == 0)
		return &w->contacts;
	for (unsigned k = 1; k < CHANGES_KINDS; k++)
		if (strcmp(table, changes_table[k].table) == 0)
			return &w->kinds[k];
	return NULL;
}

static void note(struct noted *n, uint64_t id, bool made)
{
	uint64_t v = id << 1 | !made;

	/* the same again, which is common: a row that was made and then filled */
	if (n->ids.n > 0 && n->ids.v[n->ids.n - 1] >> 1 == id)
		return;
	n->sorted = n->ids.n == 0 || (n->sorted && n->ids.v[n->ids.n - 1] < v);
	*vec_add(&n->ids) = v;
}

static void on_row(void *arg, const char *table, int64_t id, bool made)
{
	struct watch *w = arg;

	if (table != w->table) {
		w->table = table;
		w->noted = noted_of(w, table);
	}
	if (w->noted != NULL)
		note(w->noted, (uint64_t)id, made);
}

/* Sorts 8-byte numbers by their bytes, lowest first; rounds in which all bytes are the same are passed over. */
static void sort(struct noted *n)
{
	uint64_t all = 0;

	if (n->sorted || n->ids.n < 2)
		return;
	for (size_t i = 0; i < n->ids.n; i++)
		all |= n->ids.v[i];
	uint64_t *from = n->ids.v, *to = mem_get(n->ids.n * sizeof(*to));
	for (unsigned shift = 0; shift < 64 && all >> shift != 0; shift += 8) {
		size_t places[256] = {0}, at = 0;
		for (size_t i = 0; i < n->ids.n; i++)
			places[from[i] >> shift & 0xff]++;
		for (unsigned b = 0; b < 256; b++) {
			size_t count = places[b];
			places[b] = at;
			at += count;
		}
		for (size_t i = 0; i < n->ids.n; i++)
			to[places[from[i] >> shift & 0xff]++] = from[i];
		uint64_t *swap = from;
		from = to;
		to = swap;
	}
	if (from != n->ids.v)
		memcpy(n->ids.v, from, n->ids.n * sizeof(*from));
	free(from != n->ids.v ? from : to);
	n->sorted = true;
}

static void pack(struct noted *n, struct buf *out)
{
	VEC(struct changes_id) ids = {0};

	sort(n);
	for (size_t i = 0; i < n->ids.n; i++)
		if (i == 0 || n->ids.v[i] >> 1 != n->ids.v[i - 1] >> 1)
			*vec_add(&ids) = (struct changes_id){n->ids.v[i] >> 1, (n->ids.v[i] & 1) == 0};
	changes_pack(out, ids.v, ids.n);
	vec_done(&ids);
}

/* The end of the log: its number, 0 if it is empty, and the bytes until there. */
static uint64_t last_of(struct db *db, uint64_t *ret_total)
{
	struct query q = db_query(db, "select seq, total from changes order by seq desc limit 1");
	uint64_t seq = 0;

	*ret_total = 0;
	if (query_next(&q) == 1) {
		seq = query_get_u64(&q, 0);
		*ret_total = query_get_u64(&q, 1);
	}
	query_run(&q);
	return seq;
}

static void put_row(struct db *db, unsigned kind, struct str ids, uint64_t *total)
{
	struct query q = db_query(db, "insert into changes(at, kind, total, ids) values (?, ?, ?, ?)");

	*total += ids.len;
	query_i64(&q, os_now());
	query_u64(&q, kind);
	query_u64(&q, *total);
	query_blob(&q, ids);
	query_run(&q);
}

/* A contact is no object of its own to those who ask: his owner is. */
static void note_owners(struct watch *w, struct db *db)
{
	for (size_t i = 0; i < w->contacts.ids.n; i++) {
		struct query q = db_query(db, "select owner from contact where id = ?");
		query_u64(&q, w->contacts.ids.v[i] >> 1);
		if (query_next(&q) == 1)
			note(&w->kinds[CHANGES_OWNER], query_get_u64(&q, 0), false);
		query_run(&q);
	}
}

static void before_commit(void *arg, struct db *db)
{
	struct watch *w = arg;
	auto_buf struct buf ids = {0};
	uint64_t total = UINT64_MAX;

	note_owners(w, db);
	for (unsigned k = 1; k < CHANGES_KINDS; k++) {
		if (w->kinds[k].ids.n == 0)
			continue;
		if (total == UINT64_MAX)
			(void)last_of(db, &total);
		buf_clear(&ids);
		pack(&w->kinds[k], &ids);
		put_row(db, k, buf_str(&ids), &total);
	}
}

/* The memory of a large transaction is not kept. */
static void forget(struct noted *n)
{
	n->ids.n = 0;
	if (n->ids.cap > 65536)
		vec_done(&n->ids);
}

static void on_end(void *arg)
{
	struct watch *w = arg;

	for (unsigned k = 1; k < CHANGES_KINDS; k++)
		forget(&w->kinds[k]);
	forget(&w->contacts);
}

static void done(void *arg)
{
	struct watch *w = arg;

	for (unsigned k = 1; k < CHANGES_KINDS; k++)
		vec_done(&w->kinds[k].ids);
	vec_done(&w->contacts.ids);
	free(w);
}

void changes_watch(struct db *db)
{
	db_watch(db,
	        &(struct db_watch){.arg = mem_zero(1, sizeof(struct watch)),
	                .row = on_row,
	                .commit = before_commit,
	                .end = on_end,
	                .done = done});
}

#define PRUNE_ROWS 512

bool changes_prune(struct db *db, int64_t now)
{
	uint64_t total, last = last_of(db, &total);
	/* both rise with the numbers, so that the oldest rows alone are looked at */
	struct query q = db_query(db,
	        "delete from changes where seq in (select seq from (select seq, at, total from changes order "
	        "by seq "
	        "limit ?4) where seq < ?1 and (at < ?2 or total < ?3))");

	/* the last row stays, so that no number is given twice */
	query_u64(&q, last);
	query_i64(&q, now - CHANGES_DAYS * 24 * 3600 * (int64_t)1000000);
	query_u64(&q, total > CHANGES_BYTES ? total - CHANGES_BYTES : 0);
	query_u64(&q, PRUNE_ROWS);
	query_run(&q);
	return db_changes(db) >= PRUNE_ROWS;
}

/* ---- reading ------------------------------------------------------------------------------------- */

static uint32_t mark_of(int64_t at)
{
	return (uint32_t)((uint64_t)at ^ (uint64_t)at >> 32);
}

struct str changes_cursor_print(char ret[CHANGES_CURSOR], const struct changes_cursor *c)
{
	int len = snprintf(ret, CHANGES_CURSOR, "%llu-%08x-%u", (unsigned long long)c->seq, c->mark, c->pos);

	return str_make(ret, (size_t)len);
}

int changes_cursor_read(struct str text, struct changes_cursor *ret, struct err *e)
{
	struct str_cut seq = str_cut(text, '-'), mark = str_cut(seq.tail, '-');
	struct changes_cursor c;
	uint8_t bytes[4];
	char shown[64];

	if (!str_u64(seq.head, &c.seq) || c.seq > INT64_MAX || !mark.ok || !str_hex(mark.head, bytes, 4) ||
	        !str_u32(mark.tail, &c.pos))
		return err_set(e, ERR_USAGE, "'%s' is no cursor; take it from an answer as it stands there",
		        err_quote(shown, sizeof(shown), text).p);
	c.mark = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
	*ret = c;
	return 0;
}

int changes_head(struct db *db, struct changes_cursor *ret, struct err *e)
{
	struct query q = db_query(db, "select seq, at from changes order by seq desc limit 1");
	struct changes_cursor c = {0};

	if (query_next(&q) == 1)
		c = (struct changes_cursor){
		        .seq = query_get_u64(&q, 0), .mark = mark_of(query_get_i64(&q, 1))};
	int rc = query_done(&q, e);
	if (rc == 0)
		*ret = c;
	return rc;
}

/* A cursor of an empty log is good as long as nothing of the log is gone. */
static int check(struct db *db, const struct changes_cursor *c, struct err *e)
{
	struct query q = c->seq != 0
	        ? db_query(db, "select at from changes where seq = ?")
	        : db_query(db, "select 0 where coalesce((select min(seq) from changes), 1) = 1 and ? = 0");
	query_u64(&q, c->seq);
	bool good = query_next(&q) == 1 && mark_of(query_get_i64(&q, 0)) == c->mark;
	int rc = query_done(&q, e);
	if (rc != 0 || good)
		return rc;
	return err_set(e, ERR_MISSING,
	        "the node no longer knows what has changed since this cursor: it keeps that for %d days; "
	        "begin again without a cursor",
	        CHANGES_DAYS);
}

static int compare(const void *a, const void *b)
{
	const struct changes_id *x = a, *y = b;

	return x->id != y->id ? (x->id < y->id ? -1 : 1) : (int)y->made - (int)x->made;
}

/* In the order of numbers, each once; made if any of them says so. */
static void settle(struct changes_read *r)
{
	size_t n = 0;

	if (r->ids.n == 0)
		return;
	qsort(r->ids.v, r->ids.n, sizeof(r->ids.v[0]), compare);
	for (size_t i = 0; i < r->ids.n; i++)
		if (n == 0 || r->ids.v[i].id != r->ids.v[n - 1].id)
			r->ids.v[n++] = r->ids.v[i];
	r->ids.n = n;
}

/* The numbers of a row behind the first so many. True if some are left. */
static bool take(struct changes_read *r, struct str bytes, uint32_t *pos, size_t limit)
{
	struct changes_id one;
	uint64_t last = 0;
	size_t at = 0;

	for (uint32_t i = 0; changes_unpack(bytes, &at, &last, &one) == 1; i++) {
		if (i < *pos)
			continue;
		if (r->ids.n >= limit) {
			*pos = i;
			return true;
		}
		*vec_add(&r->ids) = one;
	}
	*pos = 0;
	return false;
}

static int read_rows(struct db *db, enum changes_kind kind, const struct changes_cursor *from, size_t limit,
        struct changes_read *r, struct err *e)
{
	struct query q = db_query(db,
	        "select seq, at, ids from changes where kind = ?1 and seq >= ?2 and seq <= ?3 order by seq");
	struct changes_cursor head = r->next;

	query_u64(&q, kind);
	query_u64(&q, from->pos != 0 ? from->seq : from->seq + 1);
	query_u64(&q, head.seq);
	while (!r->more && query_next(&q) == 1) {
		uint64_t seq = query_get_u64(&q, 0);
		uint32_t pos = seq == from->seq ? from->pos : 0;
		struct changes_cursor here = {.seq = seq, .mark = mark_of(query_get_i64(&q, 1))};
		if (r->ids.n >= limit) {
			r->more = true;
			break;
		}
		r->more = take(r, query_get_blob(&q, 2), &pos, limit);
		here.pos = pos;
		r->next = here;
	}
	if (!r->more)
		r->next = head;
	return query_done(&q, e);
}

int changes_read(struct db *db, enum changes_kind kind, const struct changes_cursor *from, size_t limit,
        struct changes_read *ret, struct err *e)
{
	int rc = check(db, from, e);

	ret->ids.n = 0;
	ret->more = false;
	if (rc == 0)
		rc = changes_head(db, &ret->next, e);
	if (rc == 0)
		rc = read_rows(db, kind, from, limit, ret, e);
	settle(ret);
	return rc;
}

void changes_read_done(struct changes_read *r)
{
	vec_done(&r->ids);
}

static void tally(struct str bytes, uint32_t pos, struct changes_tally *t)
{
	struct changes_id one;
	uint64_t last = 0;
	size_t at = 0;

	for (uint32_t i = 0; changes_unpack(bytes, &at, &last, &one) == 1; i++) {
		t->made += i >= pos && one.made;
		t->changed += i >= pos && !one.made;
	}
}

int changes_count(struct db *db, enum changes_kind kind, const struct changes_cursor *from,
        struct changes_tally *ret, struct changes_cursor *ret_next, struct err *e)
{
	struct changes_tally t = {0};
	struct changes_cursor head;
	int rc = check(db, from, e);

	if (rc == 0)
		rc = changes_head(db, &head, e);
	if (rc != 0)
		return rc;
	struct query q = db_query(
	        db, "select seq, ids from changes where kind = ?1 and seq >= ?2 and seq <= ?3 order by seq");
	query_u64(&q, kind);
	query_u64(&q, from->pos != 0 ? from->seq : from->seq + 1);
	query_u64(&q, head.seq);
	while (query_next(&q) == 1)
		tally(query_get_blob(&q, 1), query_get_u64(&q, 0) == from->seq ? from->pos : 0, &t);
	rc = query_done(&q, e);
	if (rc == 0) {
		*ret = t;
		*ret_next = head;
	}
	return rc;
}
