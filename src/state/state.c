/* SPDX-License-Identifier: Apache-2.0 */
#include "state/state.h"
#include "base/digest.h"
#include "base/os.h"
#include "state/changes.h"
#include <sys/stat.h>

#define CACHE_KIB 16384
#define HEADER 100 /* bytes; https://www.sqlite.org/fileformat.html */

static const char *const schemas[] = {
#include "state/schema.inc"
};
/* What all of them make of nothing. */
static const char whole[] =
#include "state/schema_whole.inc"
        ;
#define VERSION ((unsigned)(sizeof(schemas) / sizeof(schemas[0])))

unsigned state_version(void)
{
	return VERSION;
}

static int read_version(struct db *db, uint64_t *ret, struct err *e)
{
	struct query q = db_query(db, "pragma user_version");

	if (query_next(&q) == 1)
		*ret = query_get_u64(&q, 0);
	return query_done(&q, e);
}

/* The first bytes of a file of SQLite, without opening it as one. */
static bool read_header(const char *path, uint8_t ret[HEADER])
{
	auto_fd int fd = os_open(path, NULL);

	return fd >= 0 && os_read_full(fd, (char *)ret, HEADER) == HEADER &&
	        memcmp(ret, "SQLite format 3", 16) == 0;
}

static uint64_t version_in(const uint8_t header[HEADER])
{
	return (uint64_t)header[60] << 24 | (uint64_t)header[61] << 16 | (uint64_t)header[62] << 8 |
	        header[63];
}

bool state_is_older(const char *folder)
{
	uint8_t header[HEADER];
	char path[4096];

	return snprintf(path, sizeof(path), "%s/state.db", folder) < (int)sizeof(path) &&
	        read_header(path, header) && version_in(header) > 0 && version_in(header) < VERSION;
}

uint64_t state_look(const char *folder, uint64_t *ret_size)
{
	char path[4096];
	struct stat st;
	struct db *db;
	uint64_t version = 0;

	*ret_size = 0;
	if (snprintf(path, sizeof(path), "%s/state.db", folder) >= (int)sizeof(path) ||
	        stat(path, &st) != 0 || st.st_size == 0 || db_open(path, DB_READ, CACHE_KIB, &db, NULL) != 0)
		return 0;
	*ret_size = (uint64_t)st.st_size;
	(void)read_version(db, &version, NULL);
	db_close(db);
	return version;
}

/* What a copy that was cut off leaves: room that others need, all of it where that is why it was cut off. */
static void drop_copy(const char *tmp)
{
	char journal[4096 + 16];

	snprintf(journal, sizeof(journal), "%s-journal", tmp);
	(void)os_delete(tmp, NULL);
	(void)os_delete(journal, NULL);
}

/* What the file says of itself: a node that has it open writes the time before all else, and each minute. False: it is of a version that
 * wrote no time, and nothing can be told. */
static bool mark_of(struct db *db, uint8_t ret[DIGEST_LEN])
{
	struct digest *sum = digest_new();
	bool timed = false;
	struct query q = db_query(db,
	        "select key, value from meta union all select 'audit', max(seq) from audit order by 1, 2");

	while (query_next(&q) == 1) {
		timed |= str_eq(query_get_text(&q, 0), STR("clock.last"));
		for (int i = 0; i < 2; i++) {
			digest_add(sum, query_get_blob(&q, i));
			digest_add(sum, STR("\n"));
		}
	}
	digest_done(sum, ret);
	return query_done(&q, NULL) == 0 && timed;
}

/* True if a change that was cut off has left its copy, and nothing was written since. Under its name it is whole: SQLite syncs it before
 * it is renamed. One with a WAL is not ours, and to read it would leave more files. */
static bool is_kept(struct db *db, const char *path, uint64_t version)
{
	uint8_t here[DIGEST_LEN], there[DIGEST_LEN];
	uint8_t header[HEADER];
	struct db *copy;

	if (!read_header(path, header) || header[18] != 1 || version_in(header) != version ||
	        db_open(path, DB_READ, CACHE_KIB, &copy, NULL) != 0)
		return false;
	bool same = mark_of(db, here) && mark_of(copy, there) && memcmp(here, there, DIGEST_LEN) == 0;
	db_close(copy);
	return same;
}

/* A copy of the file as it is, whole or not at all. */
static int keep_copy(struct db *db, uint64_t version, struct err *e)
{
	char to[4096], tmp[sizeof(to) + 8];

	if (snprintf(to, sizeof(to), "%s.%03u", db_path(db), (unsigned)version) >= (int)sizeof(to) - 8)
		return err_set(e, ERR_LIMIT, "the path '%s' is too long", db_path(db));
	snprintf(tmp, sizeof(tmp), "%s.tmp", to);
	drop_copy(tmp);
	if (is_kept(db, to, version))
		return 0;
	struct query q = db_query(db, "vacuum into ?");
	query_text(&q, str_from(tmp));
	while (query_next(&q) == 1) {
	}
	int rc = query_done(&q, e);
	if (rc == 0)
		rc = os_rename(tmp, to, e);
	if (rc != 0)
		drop_copy(tmp);
	return rc;
}

static int migrate(struct db *db, uint64_t from, struct err *e)
{
	char text[64];

	if (from > 0 && keep_copy(db, from, e) != 0)
		return err_add(e, "before the change to version %u a copy is needed", VERSION);
	db_begin(db);
	if (from == 0)
		(void)db_exec(db, whole, NULL);
	for (uint64_t i = from; i > 0 && i < VERSION && db_failed(db) == 0; i++)
		(void)db_exec(db, schemas[i], NULL);
	/* what failed has undone the transaction: a version that was written now would stand alone */
	snprintf(text, sizeof(text), "pragma user_version = %u", VERSION);
	if (db_failed(db) == 0)
		(void)db_exec(db, text, NULL);
	return db_commit(db, e);
}

int state_open(const char *folder, enum db_mode mode, struct db **ret, struct err *e)
{
	char path[4096];
	struct db *db;
	uint64_t version = 0;

	if (snprintf(path, sizeof(path), "%s/state.db", folder) >= (int)sizeof(path))
		return err_set(e, ERR_LIMIT, "the path '%.60s...' is too long", folder);
	int rc = db_open(path, mode, CACHE_KIB, &db, e);
	if (rc != 0)
		return rc;
	rc = read_version(db, &version, e);
	if (rc == 0 && version > VERSION)
		rc = err_set(e, ERR_VALUE,
		        "'%s' was written by a newer Weir (version %u of its tables; this program knows %u): "
		        "install that one, or restore the backup made before it",
		        path, (unsigned)version, VERSION);
	if (rc == 0 && version < VERSION)
		rc = mode == DB_WRITE
		        ? migrate(db, version, e)
		        : err_set(e, ERR_VALUE, "'%s' is of an older Weir; 'weir serve' brings it up to date",
		                  path);
	if (rc != 0) {
		db_close(db);
		return rc;
	}
	if (mode == DB_WRITE)
		changes_watch(db);
	*ret = db;
	return 0;
}

bool state_meta_find(struct db *db, const char *key, struct buf *ret)
{
	struct query q = db_query(db, "select value from meta where key = ?");
	bool there;

	query_text(&q, str_from(key));
	there = query_next(&q) == 1;
	if (there)
		buf_add(ret, query_get_blob(&q, 0));
	query_done(&q, NULL);
	return there;
}

bool state_meta_number_find(struct db *db, const char *key, int64_t *ret)
{
	struct query q = db_query(db, "select value from meta where key = ?");
	bool there;

	query_text(&q, str_from(key));
	there = query_next(&q) == 1;
	if (there)
		*ret = query_get_i64(&q, 0);
	query_done(&q, NULL);
	return there;
}

void state_meta_put(struct db *db, const char *key, struct str value)
{
	struct query q = db_query(db, "insert or replace into meta(key, value) values (?, ?)");

	query_text(&q, str_from(key));
	query_blob(&q, value);
	query_run(&q);
}

void state_meta_number(struct db *db, const char *key, int64_t value)
{
	struct query q = db_query(db, "insert or replace into meta(key, value) values (?, ?)");

	query_text(&q, str_from(key));
	query_i64(&q, value);
	query_run(&q);
}
