/* SPDX-License-Identifier: Apache-2.0 */
#include "state/vfs.h"
#include "base/os.h"
#include <errno.h>
#include <sqlite3.h>

/* Ours first, SQLite's own behind it. */
struct file {
	sqlite3_file base;
	const char *path; /* SQLite keeps it while the file is open; NULL: a temporary one */
};

static sqlite3_file *real(sqlite3_file *f)
{
	return (sqlite3_file *)((struct file *)f + 1);
}

static const char *path_of(sqlite3_file *f)
{
	const char *path = ((struct file *)f)->path;

	return path != NULL ? path : "";
}

static int full_or(int code, int otherwise)
{
	return code == ENOSPC || code == EDQUOT ? SQLITE_FULL : otherwise;
}

static int file_close(sqlite3_file *f)
{
	int rc = real(f)->pMethods != NULL ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;

	f->pMethods = NULL;
	return rc;
}

static int file_read(sqlite3_file *f, void *buf, int len, sqlite3_int64 at)
{
	struct os_step step = {
	        .call = OS_READ, .path = path_of(f), .fd = -1, .offset = (uint64_t)at, .len = (size_t)len};

	if (os_step(&step) != 0)
		return SQLITE_IOERR_READ;
	return real(f)->pMethods->xRead(real(f), buf, len, at);
}

/* A write that was cut is what a disk without room leaves behind. */
static int file_write(sqlite3_file *f, const void *buf, int len, sqlite3_int64 at)
{
	struct os_step step = {.call = OS_WRITE,
	        .path = path_of(f),
	        .fd = -1,
	        .offset = (uint64_t)at,
	        .bytes = buf,
	        .len = (size_t)len};
	int code = os_step(&step);

	if (code != 0)
		return full_or(code, SQLITE_IOERR_WRITE);
	if (step.len == (size_t)len)
		return real(f)->pMethods->xWrite(real(f), buf, len, at);
	int rc = real(f)->pMethods->xWrite(real(f), buf, (int)step.len, at);
	return rc != SQLITE_OK ? rc : SQLITE_FULL;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct os_step step = {.call = OS_TRUNCATE, .path = path_of(f), .fd = -1, .len = (size_t)size};

	return os_step(&step) != 0 ? SQLITE_IOERR_TRUNCATE : real(f)->pMethods->xTruncate(real(f), size);
}

static int file_sync(sqlite3_file *f, int flags)
{
	struct os_step step = {.call = OS_SYNC, .path = path_of(f), .fd = -1};

	return os_step(&step) != 0 ? SQLITE_IOERR_FSYNC : real(f)->pMethods->xSync(real(f), flags);
}

static int file_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return real(f)->pMethods->xFileSize(real(f), ret);
}

static int file_lock(sqlite3_file *f, int how)
{
	return real(f)->pMethods->xLock(real(f), how);
}

static int file_unlock(sqlite3_file *f, int how)
{
	return real(f)->pMethods->xUnlock(real(f), how);
}

static int file_reserved(sqlite3_file *f, int *ret)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), ret);
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
	return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int file_sector(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int file_traits(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int file_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	return real(f)->pMethods->xShmMap(real(f), page, size, extend, ret);
}

static int file_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *f)
{
	real(f)->pMethods->xShmBarrier(real(f));
}

static int file_shm_unmap(sqlite3_file *f, int drop)
{
	return real(f)->pMethods->xShmUnmap(real(f), drop);
}

/* Version 2: shared memory, but no mapping of the file itself, which would go around the steps. */
static const sqlite3_io_methods file_methods = {2, file_close, file_read, file_write, file_truncate,
        file_sync, file_size, file_lock, file_unlock, file_reserved, file_control, file_sector, file_traits,
        file_shm_map, file_shm_lock, file_shm_barrier, file_shm_unmap, NULL, NULL};

static sqlite3_vfs *under(sqlite3_vfs *v)
{
	return v->pAppData;
}

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
	struct os_step step = {.call = OS_OPEN, .path = name, .fd = -1};
	struct file *file = (struct file *)f;

	f->pMethods = NULL;
	file->path = name;
	if (os_step(&step) != 0)
		return SQLITE_CANTOPEN;
	int rc = under(v)->xOpen(under(v), name, real(f), flags, ret_flags);
	if (real(f)->pMethods != NULL)
		f->pMethods = &file_methods;
	return rc;
}

static int vfs_delete(sqlite3_vfs *v, const char *name, int sync)
{
	struct os_step step = {.call = OS_DELETE, .path = name, .fd = -1};

	return os_step(&step) != 0 ? SQLITE_IOERR_DELETE : under(v)->xDelete(under(v), name, sync);
}

static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *ret)
{
	return under(v)->xAccess(under(v), name, flags, ret);
}

static int vfs_full_path(sqlite3_vfs *v, const char *name, int size, char *ret)
{
	return under(v)->xFullPathname(under(v), name, size, ret);
}

static int vfs_random(sqlite3_vfs *v, int len, char *ret)
{
	(void)v;
	os_random(ret, (size_t)len);
	return len;
}

static int vfs_sleep(sqlite3_vfs *v, int micro)
{
	return under(v)->xSleep(under(v), micro);
}

/* Milliseconds since noon of the first day of the Julian period. */
static int vfs_now(sqlite3_vfs *v, sqlite3_int64 *ret)
{
	(void)v;
	*ret = 210866760000000 + os_now() / 1000;
	return SQLITE_OK;
}

static int vfs_now_days(sqlite3_vfs *v, double *ret)
{
	sqlite3_int64 ms;

	vfs_now(v, &ms);
	*ret = (double)ms / 86400000.0;
	return SQLITE_OK;
}

static int vfs_error(sqlite3_vfs *v, int len, char *ret)
{
	return under(v)->xGetLastError(under(v), len, ret);
}

int vfs_init(struct err *e)
{
	/* before the first use, else it says no: counting memory costs a lock for each piece, and nobody asks */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (sqlite3_vfs_find(VFS_NAME) != NULL)
		return 0;
	sqlite3_vfs *v = sqlite3_malloc(sizeof(*v)), *u = sqlite3_vfs_find("unix");
	if (v == NULL || u == NULL)
		return err_set(e, ERR_SYS, "SQLite has no files of Unix");
	/* no loading of libraries */
	*v = (sqlite3_vfs){.iVersion = 2,
	        .szOsFile = (int)sizeof(struct file) + u->szOsFile,
	        .mxPathname = u->mxPathname,
	        .zName = VFS_NAME,
	        .pAppData = u,
	        .xOpen = vfs_open,
	        .xDelete = vfs_delete,
	        .xAccess = vfs_access,
	        .xFullPathname = vfs_full_path,
	        .xRandomness = vfs_random,
	        .xSleep = vfs_sleep,
	        .xCurrentTime = vfs_now_days,
	        .xGetLastError = vfs_error,
	        .xCurrentTimeInt64 = vfs_now};
	if (sqlite3_vfs_register(v, 0) != SQLITE_OK)
		return err_set(e, ERR_SYS, "SQLite does not take the files of this program");
	return 0;
}
