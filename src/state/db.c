/* SPDX-License-Identifier: Apache-2.0 */
#include "state/db.h"
#include "state/has.h"
#include "state/inside.h"
#include "state/vfs.h"
#include <sqlite3.h>

#define BUSY_MS 5000
#define STATEMENTS 1024 /* 2 to the 10th; what a program has beyond these is prepared each time */

struct db {
	sqlite3 *sql;
	struct str path;
	struct err err; /* code 0: none */
	bool in_tx, dead, full;
	struct db_watch watch; /* arg NULL: nobody */
	struct {
		const char *text;
		sqlite3_stmt *stmt;
	} kept[STATEMENTS];
};

/* No room; for the index of the WAL too, which is a file of its own and fails as if it could not be read. */
static bool is_full(int rc)
{
	return (rc & 0xff) == SQLITE_FULL || rc == SQLITE_IOERR_SHMSIZE;
}

/* Codes after which nobody knows what is on the disk. */
static bool is_final(int rc)
{
	return !is_full(rc) &&
	        ((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CORRUPT ||
	                (rc & 0xff) == SQLITE_NOTADB);
}

static void latch(struct db *db, int rc)
{
	if (is_final(rc))
		db->dead = true;
	if (is_full(rc))
		db->full = true;
	if (db->err.code != 0)
		return;
	err_set(&db->err, is_full(rc) ? ERR_LIMIT : ERR_SYS, "'%.*s': %s", STR_ARG(db->path),
	        is_full(rc) ? "the disk is full" : sqlite3_errmsg(db->sql));
}

static int take_err(struct db *db, struct err *e)
{
	int code = db->err.code;

	if (code != 0 && e != NULL)
		*e = db->err;
	return code;
}

const char *db_path(const struct db *db)
{
	return db->path.p;
}

bool db_dead(const struct db *db)
{
	return db->dead;
}

bool db_full(const struct db *db)
{
	return db->full;
}

int db_failed(const struct db *db)
{
	return db->err.code;
}

uint64_t db_last_id(const struct db *db)
{
	return (uint64_t)sqlite3_last_insert_rowid(db->sql);
}

uint64_t db_changes(const struct db *db)
{
	return (uint64_t)sqlite3_changes64(db->sql);
}

int db_exec(struct db *db, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(db->sql, sql, NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		return 0;
	latch(db, rc);
	int code = take_err(db, e);
	if (!db->in_tx)
		db->err.code = 0;
	return code;
}

/* ---- opening ------------------------------------------------------------------------------------- */

static int configure(struct db *db, enum db_mode mode, unsigned cache_kib, struct err *e)
{
	char text[256];

	sqlite3_extended_result_codes(db->sql, 1);
	sqlite3_busy_timeout(db->sql, BUSY_MS);
	sqlite3_db_config(db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	snprintf(text, sizeof(text),
	        "%spragma cache_size = -%u; pragma foreign_keys = on; pragma temp_store = memory;",
	        mode == DB_WRITE ? "pragma page_size = 8192; pragma auto_vacuum = incremental; pragma "
	                           "journal_mode = wal; pragma synchronous = full;"
	                           "pragma wal_autocheckpoint = 0;"
	                : mode == DB_READ ? "pragma query_only = on;"
	                                  : "",
	        cache_kib);
	return db_exec(db, text, e);
}

int db_open(const char *path, enum db_mode mode, unsigned cache_kib, struct db **ret, struct err *e)
{
	/* a copy is written by the same connection */
	int flags = SQLITE_OPEN_NOMUTEX |
	        (mode == DB_WRITE                 ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
	                        : mode == DB_COPY ? SQLITE_OPEN_READWRITE
	                                          : SQLITE_OPEN_READONLY);
	struct db *db;

	if (vfs_init(e) != 0)
		return ERR_SYS;
	db = mem_zero(1, sizeof(*db));
	char *copy = mem_get(strlen(path) + 1);
	memcpy(copy, path, strlen(path) + 1);
	db->path = str_from(copy);
	int rc = sqlite3_open_v2(path, &db->sql, flags, VFS_NAME);
	if (rc != SQLITE_OK) {
		err_set(e, ERR_SYS, "cannot open '%s': %s", path,
		        db->sql != NULL ? sqlite3_errmsg(db->sql) : "no memory");
		db_close(db);
		return ERR_SYS;
	}
	rc = inside_add(db->sql) != SQLITE_OK || has_add(db->sql) != SQLITE_OK
	        ? ERR_SYS
	        : configure(db, mode, cache_kib, e);
	if (rc != 0) {
		db_close(db);
		return rc;
	}
	*ret = db;
	return 0;
}

void db_close(struct db *db)
{
	if (db == NULL)
		return;
	for (unsigned i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(db->kept[i].stmt);
	sqlite3_close(db->sql);
	if (db->watch.arg != NULL)
		db->watch.done(db->watch.arg);
	free((void *)(uintptr_t)db->path.p);
	free(db);
}

/* ---- transactions -------------------------------------------------------------------------------- */

void db_begin(struct db *db)
{
	db->err.code = 0;
	db->full = false;
	int rc = sqlite3_exec(db->sql, "begin immediate", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		latch(db, rc);
	db->in_tx = true;
}

static void end(struct db *db)
{
	db->in_tx = false;
	if (db->watch.arg != NULL)
		db->watch.end(db->watch.arg);
}

void db_rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(db->sql))
		sqlite3_exec(db->sql, "rollback", NULL, NULL, NULL);
	end(db);
	db->err.code = 0;
}

int db_commit(struct db *db, struct err *e)
{
	if (db->err.code == 0 && db->watch.arg != NULL)
		db->watch.commit(db->watch.arg, db);
	if (db->err.code == 0) {
		int rc = sqlite3_exec(db->sql, "commit", NULL, NULL, NULL);
		if (rc != SQLITE_OK)
			latch(db, rc);
	}
	int code = take_err(db, e);
	if (code != 0)
		db_rollback(db);
	else
		end(db);
	return code;
}

static void on_row(void *arg, int what, const char *schema, const char *table, sqlite3_int64 id)
{
	struct db *db = arg;

	if (schema[0] == 'm') /* main, not temp */
		db->watch.row(db->watch.arg, table, id, what == SQLITE_INSERT);
}

void db_watch(struct db *db, const struct db_watch *w)
{
	db->watch = *w;
	sqlite3_update_hook(db->sql, on_row, db);
}

void db_rest(struct db *db)
{
	sqlite3_db_release_memory(db->sql);
}

int db_checkpoint(struct db *db, bool truncate, struct err *e)
{
	int rc = sqlite3_wal_checkpoint_v2(
	        db->sql, NULL, truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	/* a reader that is busy is no fault: the next one will do */
	if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED)
		return 0;
	latch(db, rc);
	int code = take_err(db, e);
	db->err.code = 0;
	return code;
}

int db_settle(struct db *db, struct err *e)
{
	int rc = db_checkpoint(db, true, e);

	if (rc != 0)
		return rc;
	/* nobody is waited for */
	sqlite3_busy_timeout(db->sql, 0);
	rc = sqlite3_exec(db->sql, "pragma journal_mode = delete", NULL, NULL, NULL);
	sqlite3_busy_timeout(db->sql, BUSY_MS);
	if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED)
		return 0;
	latch(db, rc);
	int code = take_err(db, e);
	db->err.code = 0;
	return code;
}

/* ---- statements ---------------------------------------------------------------------------------- */

static sqlite3_stmt *prepare(struct db *db, struct str sql, unsigned flags)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v3(db->sql, sql.p, (int)sql.len, flags, &stmt, NULL);

	if (rc != SQLITE_OK)
		latch(db, rc);
	return stmt;
}

struct query db_query(struct db *db, const char *sql)
{
	struct query q = {.db = db};
	size_t at = ((uintptr_t)sql * 0x9e3779b97f4a7c15u) >> 54;

	if (db->err.code != 0)
		return q;
	for (unsigned i = 0; i < STATEMENTS; i++, at = (at + 1) % STATEMENTS) {
		if (db->kept[at].text == NULL) {
			db->kept[at].stmt = prepare(db, str_from(sql), SQLITE_PREPARE_PERSISTENT);
			db->kept[at].text = db->kept[at].stmt != NULL ? sql : NULL;
		}
		if (db->kept[at].text == sql || db->err.code != 0) {
			q.stmt = db->err.code == 0 ? db->kept[at].stmt : NULL;
			return q;
		}
	}
	return db_query_text(db, str_from(sql));
}

struct query db_query_text(struct db *db, struct str sql)
{
	struct query q = {.db = db, .once = true};

	if (db->err.code == 0)
		q.stmt = prepare(db, sql, 0);
	return q;
}

static void bound(struct query *q, int rc)
{
	if (rc != SQLITE_OK)
		latch(q->db, rc);
}

void query_i64(struct query *q, int64_t v)
{
	if (q->stmt != NULL)
		bound(q, sqlite3_bind_int64(q->stmt, ++q->bound, v));
}

void query_u64(struct query *q, uint64_t v)
{
	query_i64(q, (int64_t)v);
}

void query_text(struct query *q, struct str s)
{
	if (q->stmt != NULL)
		bound(q, sqlite3_bind_text64(q->stmt, ++q->bound, s.p, s.len, SQLITE_STATIC, SQLITE_UTF8));
}

void query_blob(struct query *q, struct str s)
{
	if (q->stmt != NULL)
		bound(q, sqlite3_bind_blob64(q->stmt, ++q->bound, s.p, s.len, SQLITE_STATIC));
}

void query_null(struct query *q)
{
	if (q->stmt != NULL)
		bound(q, sqlite3_bind_null(q->stmt, ++q->bound));
}

int query_next(struct query *q)
{
	if (q->stmt == NULL || q->db->err.code != 0)
		return q->db->err.code;
	int rc = sqlite3_step(q->stmt);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	latch(q->db, rc);
	return q->db->err.code;
}

int query_done(struct query *q, struct err *e)
{
	if (q->stmt != NULL) {
		sqlite3_reset(q->stmt);
		sqlite3_clear_bindings(q->stmt);
		if (q->once)
			sqlite3_finalize(q->stmt);
	}
	q->stmt = NULL;
	int code = take_err(q->db, e);
	if (!q->db->in_tx)
		q->db->err.code = 0;
	return code;
}

int query_run(struct query *q)
{
	while (query_next(q) == 1) {
	}
	/* the error stays latched for db_commit */
	if (q->stmt != NULL) {
		sqlite3_reset(q->stmt);
		if (q->once)
			sqlite3_finalize(q->stmt);
	}
	q->stmt = NULL;
	return q->db->err.code;
}

uint64_t query_get_u64(const struct query *q, int column)
{
	return (uint64_t)sqlite3_column_int64(q->stmt, column);
}

int64_t query_get_i64(const struct query *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

bool query_is_null(const struct query *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

struct str query_get_text(const struct query *q, int column)
{
	const char *p = (const char *)sqlite3_column_text(q->stmt, column);

	return str_make(p, (size_t)sqlite3_column_bytes(q->stmt, column));
}

struct str query_get_blob(const struct query *q, int column)
{
	const char *p = sqlite3_column_blob(q->stmt, column);

	return str_make(p, (size_t)sqlite3_column_bytes(q->stmt, column));
}
