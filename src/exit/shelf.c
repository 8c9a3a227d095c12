/* SPDX-License-Identifier: Apache-2.0 */
#include "exit/shelf.h"
#include "base/digest.h"
#include "base/os.h"
#include <limits.h>
#include <unistd.h>

#define CACHE_KIB 256
#define ROWS 64

static const char schema[] =
        "create table if not exists item("
        " id integer primary key," /* of shelf_work: rises, and what is carried over twice is there once */
        " kind text not null,"
        " mark blob not null,"
        " clearance integer not null," /* of state.db */
        " recipient text not null,"
        " recipient_kind text not null,"
        " label text not null,"
        " until integer not null,"
        " media text not null,"
        " sha256 blob not null,"
        " bytes blob not null,"
        " unique (kind, mark)) strict;"
        "create index if not exists item_recipient on item(kind, recipient, id);"
        "create index if not exists item_until on item(until);";

int shelf_open(const char *state, enum db_mode mode, struct db **ret, bool *ret_fresh, struct err *e)
{
	char path[PATH_MAX];
	struct db *db;

	int n = snprintf(path, sizeof(path), "%s/" SHELF_FOLDER, state);
	if (n < 0 || (size_t)n + 16 > sizeof(path))
		return err_set(e, ERR_LIMIT, "the path '%.60s...' is too long", state);
	if (mode == DB_WRITE && os_folder(path, e) != 0)
		return ERR_SYS;
	snprintf(path + n, sizeof(path) - (size_t)n, "/shelf.db");
	bool fresh = mode == DB_WRITE && access(path, F_OK) != 0;
	int rc = db_open(path, mode, CACHE_KIB, &db, e);
	if (rc != 0)
		return rc;
	if (mode == DB_WRITE && db_exec(db, schema, e) != 0) {
		db_close(db);
		return ERR_SYS;
	}
	*ret = db;
	if (ret_fresh != NULL)
		*ret_fresh = fresh;
	return 0;
}

/* ---- into state.db ------------------------------------------------------------------------------- */

int shelf_put(struct db *state, const struct cleared *c, const struct shelf_place *p, struct err *e)
{
	uint8_t now[32];

	digest_of(c->bytes, now);
	if (memcmp(now, c->sha256, sizeof(now)) != 0 || !exit_holds(state, c, os_now()))
		return err_set(e, ERR_DENIED, "what goes onto the shelf was not cleared for '%.*s'",
		        STR_ARG(c->recipient));
	struct query q = db_query(state,
	        "insert into shelf_work(clearance, kind, mark, recipient, recipient_kind, label, until, "
	        "media, bytes) "
	        "values (?, ?, ?, ?, ?, ?, ?, ?, ?)");
	query_u64(&q, c->id);
	query_text(&q, str_from(p->kind));
	query_blob(&q, p->mark);
	query_text(&q, c->recipient);
	query_text(&q, exit_kind_name(c->kind));
	query_text(&q, tlp_name(c->label));
	query_i64(&q, p->until != 0 && p->until < c->until ? p->until : c->until);
	query_text(&q, str_from(p->media));
	query_blob(&q, c->bytes.len != 0 ? c->bytes : STR(""));
	query_run(&q);
	return 0;
}

void shelf_take(struct db *state, const char *kind, struct str mark)
{
	struct query q = db_query(state,
	        "insert into shelf_work(kind, mark, recipient, recipient_kind, label, until, media, bytes) "
	        "values (?, ?, "
	        "'', '', '', 0, '', x'')");

	query_text(&q, str_from(kind));
	query_blob(&q, mark);
	query_run(&q);
}

void shelf_anew(struct db *state)
{
	struct query q = db_query(state, "delete from shelf_work");

	query_run(&q);
}

/* ---- into shelf.db ------------------------------------------------------------------------------- */

static void take(struct db *shelf, const struct query *from)
{
	struct query q = db_query(shelf, "delete from item where kind = ? and mark = ?");

	query_text(&q, query_get_text(from, 2));
	query_blob(&q, query_get_blob(from, 3));
	query_run(&q);
}

static void put(struct db *shelf, const struct query *from)
{
	struct query q = db_query(shelf,
	        "insert or replace into item(id, clearance, kind, mark, recipient, recipient_kind, label, "
	        "until, media, "
	        "bytes, sha256) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	query_u64(&q, query_get_u64(from, 0));
	query_u64(&q, query_get_u64(from, 1));
	query_text(&q, query_get_text(from, 2));
	query_blob(&q, query_get_blob(from, 3));
	for (int i = 4; i < 7; i++)
		query_text(&q, query_get_text(from, i));
	query_i64(&q, query_get_i64(from, 7));
	query_text(&q, query_get_text(from, 8));
	struct str bytes = query_get_blob(from, 9);
	query_blob(&q, bytes.len != 0 ? bytes : STR(""));
	query_blob(&q, query_get_blob(from, 10));
	query_run(&q);
}

int shelf_work(struct db *state, struct db *shelf, struct err *e)
{
	struct query q = db_query(state,
	        "select w.id, w.clearance, w.kind, w.mark, w.recipient, w.recipient_kind, w.label, w.until, "
	        "w.media, "
	        "w.bytes, c.sha256 from shelf_work w left join clearance c on c.id = w.clearance order by "
	        "w.id limit ?");
	uint64_t last = 0;
	unsigned n = 0;

	query_u64(&q, ROWS);
	db_begin(shelf);
	while (query_next(&q) == 1) {
		last = query_get_u64(&q, 0);
		n++;
		if (query_is_null(&q, 1))
			take(shelf, &q);
		else
			put(shelf, &q);
	}
	int rc = query_done(&q, e);
	if (rc != 0 || n == 0) {
		db_rollback(shelf);
		return rc;
	}
	if ((rc = db_commit(shelf, e)) != 0)
		return rc;
	db_begin(state);
	struct query gone = db_query(state, "delete from shelf_work where id <= ?");
	query_u64(&gone, last);
	query_run(&gone);
	rc = db_commit(state, e);
	return rc != 0 ? rc : n == ROWS;
}

int shelf_sweep(struct db *shelf, int64_t now, struct err *e)
{
	db_begin(shelf);
	struct query q = db_query(
	        shelf, "delete from item where id in (select id from item where until <= ? limit ?)");
	query_i64(&q, now);
	query_u64(&q, ROWS);
	query_run(&q);
	uint64_t n = db_changes(shelf);
	int rc = db_commit(shelf, e);
	return rc != 0 ? rc : n == ROWS;
}

/* ---- reading ------------------------------------------------------------------------------------- */

#define COLUMNS "select id, recipient, recipient_kind, label, until, media, sha256, bytes from item where "

/* Cleared when it was put there, and again now. */
static bool may(const struct query *q, const struct shelf_reader *r, int64_t now)
{
	enum tlp label = tlp_find(query_get_text(q, 3));
	uint8_t sum[32];
	const char *rule;

	if (query_get_i64(q, 4) <= now || label == TLP_NONE || label > r->grant ||
	        !str_eq(query_get_text(q, 2), exit_kind_name(r->kind)))
		return false;
	if (r->recipient.p != NULL && !str_eq(r->recipient, query_get_text(q, 1)))
		return false;
	if ((r->kind == EXIT_OWNER || r->kind == EXIT_PUBLIC) && !exit_decide(label, r->kind, &rule))
		return false;
	digest_of(query_get_blob(q, 7), sum);
	return str_eq(query_get_blob(q, 6), str_make((const char *)sum, sizeof(sum)));
}

static void fetch(const struct query *q, struct arena *a, struct shelf_item *ret)
{
	*ret = (struct shelf_item){.id = query_get_u64(q, 0),
	        .recipient = arena_str(a, query_get_text(q, 1)),
	        .label = tlp_find(query_get_text(q, 3)),
	        .until = query_get_i64(q, 4),
	        .media = arena_str(a, query_get_text(q, 5)),
	        .bytes = arena_str(a, query_get_blob(q, 7))};
}

int shelf_find(struct db *shelf, const char *kind, struct str mark, const struct shelf_reader *r, int64_t now,
        struct arena *a, struct shelf_item *ret, struct err *e)
{
	struct query q = db_query(shelf, COLUMNS "kind = ? and mark = ?");

	query_text(&q, str_from(kind));
	query_blob(&q, mark);
	bool there = query_next(&q) == 1 && may(&q, r, now);
	if (there)
		fetch(&q, a, ret);
	int rc = query_done(&q, e);
	return rc != 0 ? rc : there;
}
