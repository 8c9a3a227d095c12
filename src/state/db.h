/* SPDX-License-Identifier: Apache-2.0
 *
 * One SQLite file: opened through the seam (vfs.h), statements prepared once, the first error kept.
 *
 *   db_begin(db);
 *   struct query q = db_query(db, "insert into t(a, b) values (?, ?)");
 *   query_u64(&q, 1); query_text(&q, STR("x"));
 *   query_run(&q);
 *   rc = db_commit(db, &e);            the first error since db_begin; then nothing of it happened
 *
 *   struct query q = db_query(db, "select a from t where b = ?");
 *   query_text(&q, s);
 *   while (query_next(&q) == 1) use(query_get_u64(&q, 0));
 *   rc = query_done(&q, &e);
 *
 * The text of a statement is a literal: statements are kept by its address. Text and blobs that are bound must
 * live until query_run or query_done.
 *
 * What the disk says is final (db_dead): a sync that failed is never tried again, since nobody knows what of
 * the writes before it is on the disk. The process ends, and its successor reads the disk afresh. A full disk
 * is another matter: the transaction is undone and can be tried again.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct db;
struct sqlite3_stmt;

enum db_mode {
	DB_WRITE, /* made if it is not there */
	DB_READ,  /* must be there; sees what a writer commits meanwhile */
	DB_COPY,  /* the same, to be copied with "vacuum into" */
};

/* Page of 8 KiB, free pages that can be given back, WAL, synchronous FULL, foreign keys. cache_kib: of pages in memory. */
int db_open(const char *path, enum db_mode mode, unsigned cache_kib, struct db **ret, struct err *e);
void db_close(struct db *db);
/* Several statements without parameters. */
int db_exec(struct db *db, const char *sql, struct err *e);
const char *db_path(const struct db *db);

void db_begin(struct db *db);
/* 0, or the first error since db_begin, and then all of it is undone. */
int db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db);
/* The first error, which latches until the transaction ends: 0 or its code. */
int db_failed(const struct db *db);
/* True after a failed read, write or sync, or when the file is damaged: the process must end. */
bool db_dead(const struct db *db);
/* True if the last transaction failed for want of room. */
bool db_full(const struct db *db);
/* Who hears of what statements do to rows of tables with a rowid, within db_begin and db_commit. SQLite does not tell of rows in
 * tables without rowid, of rows that "insert or replace" displaces, and of a delete without "where". */
struct db_watch {
	void *arg;
	/* A row was made, changed or deleted. The text of the table's name stays where it is while the database is open. */
	void (*row)(void *arg, const char *table, int64_t id, bool made);
	void (*commit)(void *arg, struct db *db); /* before it; what this writes belongs to the transaction */
	void (*end)(void *arg);                   /* the transaction has ended, either way */
	void (*done)(void *arg);                  /* the database is closed */
};
void db_watch(struct db *db, const struct db_watch *w);
/* Of the last insert. */
uint64_t db_last_id(const struct db *db);
/* Rows that the last statement changed. */
uint64_t db_changes(const struct db *db);
/* Gives back the memory of pages that are kept to be read again; the system has them as well. Between transactions. */
void db_rest(struct db *db);
/* Copies what the WAL holds into the file as far as no reader holds it up; truncate: also shortens the WAL. */
int db_checkpoint(struct db *db, bool truncate, struct err *e);
/* Before closing: all of the WAL goes into the file, which has none from then on, also not for readers, until it is opened
 * for writing again. Where a reader has it open now, it keeps its WAL; that is no fault. */
int db_settle(struct db *db, struct err *e);

struct query {
	struct db *db;
	struct sqlite3_stmt *stmt; /* NULL: an error has latched */
	int bound;
	bool once; /* not kept */
};
struct query db_query(struct db *db, const char *sql);
/* Made for this one use: text put together at run time. */
struct query db_query_text(struct db *db, struct str sql);
void query_u64(struct query *q, uint64_t v);
void query_i64(struct query *q, int64_t v);
void query_text(struct query *q, struct str s); /* p NULL: null */
void query_blob(struct query *q, struct str s); /* p NULL: null */
void query_null(struct query *q);
/* 1 row, 0 end, negative: an error, which latches. */
int query_next(struct query *q);
/* Makes it ready for the next use. 0 or the latched error; outside a transaction it unlatches. */
int query_done(struct query *q, struct err *e);
/* All rows passed over, then done. */
int query_run(struct query *q);
uint64_t query_get_u64(const struct query *q, int column);
int64_t query_get_i64(const struct query *q, int column);
bool query_is_null(const struct query *q, int column);
/* Valid until the next step; empty with p NULL if it is null. */
struct str query_get_text(const struct query *q, int column);
struct str query_get_blob(const struct query *q, int column);
