/* SPDX-License-Identifier: Apache-2.0 */
#include "see/backup.h"
#include "base/os.h"
#include "base/plural.h"
#include "day/day.h"
#include "see/deep.h"
#include "state/kept.h"
#include "state/state.h"
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_hidden(const char *name)
{
	return name[0] == '.';
}

/* 0 if the folder can be filled: made, or there and empty. */
static int make_empty(const char *to, struct err *e)
{
	DIR *dir = opendir(to);
	struct dirent *d;
	bool empty = true;

	if (dir == NULL)
		return errno == ENOENT ? os_folder(to, e) : err_sys(e, "cannot list '%s'", to);
	while ((d = readdir(dir)) != NULL)
		empty &= str_eq(str_from(d->d_name), STR(".")) || str_eq(str_from(d->d_name), STR(".."));
	closedir(dir);
	return empty ? 0 : err_set(e, ERR_VALUE, "'%s' is not empty", to);
}

static int copy_file(const char *from, const char *to, struct err *e)
{
	auto_fd int in = os_open(from, e);
	if (in < 0)
		return ERR_SYS;
	auto_fd int out = os_create(to, e);
	if (out < 0)
		return ERR_SYS;
	char *buf = mem_get(1 << 20);
	ssize_t n;
	int rc = 0;
	while (rc == 0 && (n = os_read_full(in, buf, 1 << 20)) != 0)
		rc = n < 0 ? err_sys(e, "cannot read '%s'", from)
		           : os_write_all(out, str_make(buf, (size_t)n), e);
	free(buf);
	return rc == 0 ? os_sync(out, to, e) : rc;
}

/* The files of a folder below both. A file that goes away meanwhile was done with; one that is there already stays. */
static int copy_folder(const char *folder, const char *to, const char *name, struct err *e)
{
	char from[4096], at[4096];
	struct dirent *d;
	int rc = 0;

	snprintf(at, sizeof(at), "%s/%s", to, name);
	if (os_folder(at, e) != 0)
		return ERR_SYS;
	snprintf(from, sizeof(from), "%s/%s", folder, name);
	DIR *dir = opendir(from);
	while (rc == 0 && dir != NULL && (d = readdir(dir)) != NULL) {
		struct str s = str_from(d->d_name);
		if (is_hidden(d->d_name) || str_ends(s, STR(".part")) || str_ends(s, STR(".tmp")))
			continue;
		snprintf(from, sizeof(from), "%s/%s/%s", folder, name, d->d_name);
		snprintf(at, sizeof(at), "%s/%s/%s", to, name, d->d_name);
		if (access(at, F_OK) == 0)
			continue;
		rc = copy_file(from, at, e);
		if (rc != 0 && access(from, F_OK) != 0)
			rc = 0;
	}
	if (dir != NULL)
		closedir(dir);
	return rc;
}

/* One SQLite file as it is at one instant, with what its WAL holds. */
static int copy_db(const char *from, const char *to, struct err *e)
{
	struct db *db;
	int rc = db_open(from, DB_COPY, 4096, &db, e);

	if (rc != 0)
		return rc;
	struct query q = db_query(db, "vacuum into ?");
	query_text(&q, str_from(to));
	while (query_next(&q) == 1) {
	}
	rc = query_done(&q, e);
	db_close(db);
	return rc;
}

static int copy_days(const char *folder, const char *to, struct err *e)
{
	char from[4096], at[4096];
	struct day_dates dates;
	int rc = day_dates(folder, &dates, e);

	snprintf(at, sizeof(at), "%s/day", to);
	if (rc == 0)
		rc = os_folder(at, e);
	for (size_t i = 0; rc == 0 && i < dates.n; i++) {
		uint32_t d = dates.v[i];
		snprintf(from, sizeof(from), "%s/day/%04u-%02u-%02u.db", folder, d / 10000, d / 100 % 100,
		        d % 100);
		snprintf(at, sizeof(at), "%s/day/%04u-%02u-%02u.db", to, d / 10000, d / 100 % 100, d % 100);
		rc = copy_db(from, at, e);
		/* retention has deleted it meanwhile */
		if (rc != 0 && access(from, F_OK) != 0)
			rc = 0;
	}
	vec_done(&dates);
	return rc;
}

static int copy_state(const char *folder, const char *to, struct err *e)
{
	char from[4096], at[4096];

	snprintf(from, sizeof(from), "%s/state.db", folder);
	snprintf(at, sizeof(at), "%s/state.db", to);
	return copy_db(from, at, e);
}

/* What was marked as gone after state.db was copied may be gone from the days that were copied then: the copy must say
 * so too. */
static int copy_marks(const char *folder, const char *to, struct err *e)
{
	struct db *from = NULL, *copy = NULL;
	int rc = state_open(folder, DB_READ, &from, e);

	if (rc == 0)
		rc = state_open(to, DB_WRITE, &copy, e);
	if (rc == 0) {
		struct query q = db_query(from, "select date from day");
		db_begin(copy);
		while (rc == 0 && query_next(&q) == 1) {
			struct kept k;
			rc = kept_get(from, (uint32_t)query_get_u64(&q, 0), &k, e);
			if (rc == 0)
				kept_put(copy, &k);
		}
		int bad = query_done(&q, rc == 0 ? e : NULL);
		/* a node that starts on the copy with 'mode: hold' holds what was ready here, since it may have gone */
		struct query mode = db_query(copy, "delete from meta where key = 'mail-mode'");
		query_run(&mode);
		rc = rc == 0 ? bad : rc;
		if (rc != 0)
			db_rollback(copy);
		else
			rc = db_commit(copy, e);
	}
	if (rc == 0)
		rc = db_settle(copy, e);
	db_close(copy);
	db_close(from);
	return rc;
}

static void say(struct buf *said, const char *to, const struct deep_counts *n)
{
	plural_printf(said, "%s: %llu receipts, %llu events, %llu findings, %llu letters\n", to,
	        (unsigned long long)n->receipts, (unsigned long long)n->events,
	        (unsigned long long)n->findings, (unsigned long long)n->notices);
}

/* A copy counts only once it was read. */
static int verify(const char *folder, struct buf *said, struct err *e)
{
	struct deep_counts n;
	auto_buf struct buf problems = {0};
	int rc = deep_check(folder, &problems, &n, e);

	if (rc != 0)
		return rc;
	if (n.problems != 0) {
		buf_add(said, buf_str(&problems));
		return err_set(
		        e, ERR_FORMAT, "'%s' has %llu problems", folder, (unsigned long long)n.problems);
	}
	say(said, folder, &n);
	return 0;
}

static int sum_editions(const char *folder, uint64_t *max, uint64_t *ret, struct err *e)
{
	struct db *db;
	int rc = state_open(folder, DB_READ, &db, e);

	if (rc != 0)
		return rc;
	struct query q = db_query(
	        db, "select coalesce(max(id), 0), coalesce(sum(edition), 0) from receipt where id <= ?");
	query_u64(&q, *max);
	if (query_next(&q) == 1) {
		*max = query_get_u64(&q, 0);
		*ret = query_get_u64(&q, 1);
	}
	rc = query_done(&q, e);
	db_close(db);
	return rc;
}

/* A report that was read again between the copy of the state and those of the days may have lost the events that the state
 * names. Editions only rise. */
static int check_editions(const char *folder, const char *to, struct err *e)
{
	uint64_t max = INT64_MAX, copied = 0, now = 0;
	int rc = sum_editions(to, &max, &copied, e);

	if (rc == 0)
		rc = sum_editions(folder, &max, &now, e);
	return rc != 0 || copied == now
	        ? rc
	        : err_set(e, ERR_VALUE, "a report was read again while '%s' was made: make it again", to);
}

/* Files of cases: a node that has none yet has no folder for them. Their rows may name fewer than there are, never more. */
static int copy_files(const char *folder, const char *to, struct err *e)
{
	char from[4096];

	snprintf(from, sizeof(from), "%s/blob", folder);
	return access(from, F_OK) == 0 ? copy_folder(folder, to, "blob", e) : 0;
}

static int copy_all(const char *folder, const char *to, struct err *e)
{
	int rc = copy_folder(folder, to, "spool", e);

	if (rc == 0)
		rc = copy_state(folder, to, e);
	/* what was accepted between the two */
	if (rc == 0)
		rc = copy_folder(folder, to, "spool", e);
	if (rc == 0)
		rc = copy_days(folder, to, e);
	if (rc == 0)
		rc = check_editions(folder, to, e);
	if (rc == 0)
		rc = copy_marks(folder, to, e);
	if (rc == 0)
		rc = copy_folder(folder, to, "letters", e);
	if (rc == 0)
		rc = copy_files(folder, to, e);
	return rc == 0 ? copy_folder(folder, to, "gen", e) : rc;
}

/* What is read from end to end is of this version; said before anything is made. what: to do about an older one. */
static int is_current(const char *folder, const char *what, struct err *e)
{
	uint64_t size, version = state_look(folder, &size);

	if (version == 0 || version >= state_version())
		return 0;
	return err_set(e, ERR_VALUE,
	        "'%s/state.db' is of an older Weir (version %u of its tables; this program has %u): %s",
	        folder, (unsigned)version, state_version(), what);
}

int backup_make(const char *folder, const char *to, struct buf *said, struct err *e)
{
	int rc = is_current(folder,
	        "'weir serve' brings it up to date and keeps a copy beside it; make the backup then, or now "
	        "with the older "
	        "program",
	        e);

	if (rc == 0)
		rc = make_empty(to, e);
	if (rc == 0)
		rc = copy_all(folder, to, e);
	return rc == 0 ? verify(to, said, e) : rc;
}

/* A node that has spoken with others may have said more since: it is silent until they have told, and two persons have ended it
 * (link/recover.c). A backup of an older program has no such table, and nothing was said by it. */
static int mark_silent(const char *folder, struct err *e)
{
	char path[4096];
	struct db *db;

	snprintf(path, sizeof(path), "%s/state.db", folder);
	int rc = db_open(path, DB_WRITE, 1024, &db, e);
	if (rc != 0)
		return rc;
	struct query there =
	        db_query(db, "select 1 from sqlite_master where type = 'table' and name = 'silent'");
	bool is = query_next(&there) == 1;
	rc = query_done(&there, e);
	if (rc == 0 && is) {
		db_begin(db);
		struct query q = db_query(db,
		        "insert into silent(id, since, why) select 1, ?, 'this database was opened from a "
		        "backup' "
		        "where exists (select 1 from statement) and not exists (select 1 from silent)");
		query_i64(&q, os_now());
		query_run(&q);
		rc = db_commit(db, e);
	}
	if (rc == 0)
		rc = db_settle(db, e);
	db_close(db);
	return rc;
}

int backup_restore(const char *from, const char *folder, struct buf *said, struct err *e)
{
	uint64_t size;
	if (state_look(from, &size) == 0)
		return err_set(e, ERR_MISSING,
		        "there is no backup in '%s': name the folder that 'weir backup' has made, with "
		        "state.db in it",
		        from);
	int rc = is_current(from,
	        "restore it with the program that made it, then start this one, which brings it up to date",
	        e);

	if (rc == 0)
		rc = verify(from, said, e);
	if (rc == 0)
		rc = make_empty(folder, e);
	if (rc == 0)
		rc = copy_all(from, folder, e);
	return rc == 0 ? mark_silent(folder, e) : rc;
}
