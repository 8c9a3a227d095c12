/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Sets errno and says true if the step is to fail. */
static bool fails(struct os_step *step)
{
	int code = os_step(step);

	if (code != 0)
		errno = code;
	return code != 0;
}

/* A descriptor that was handed over; -1 if path names none. Its place in the file is shared, so that what is
 * read once cannot be read again from another copy: each use starts from the beginning where it can. */
static int handed_over(const char *path)
{
	struct str_cut cut;
	uint32_t n;

	if (!str_starts(str_from(path), STR("fd:")))
		return -1;
	cut = str_cut(str_skip(str_from(path), 3), ':');
	if (!cut.ok || !str_u32(cut.head, &n) || n > INT32_MAX)
		return -1;
	int fd = fcntl((int)n, F_DUPFD_CLOEXEC, 3);
	if (fd >= 0)
		(void)lseek(fd, 0, SEEK_SET);
	return fd;
}

int os_open(const char *path, struct err *e)
{
	int fd = -1;

	if (!fails(&(struct os_step){.call = OS_OPEN, .path = path})) {
		fd = handed_over(path);
		if (fd < 0)
			fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	}
	return fd >= 0 ? fd : err_sys(e, "cannot open '%s'", path);
}

ssize_t os_read_full(int fd, void *buf, size_t len)
{
	size_t at = 0;

	while (at < len) {
		struct os_step step = {.call = OS_READ, .fd = fd, .len = len - at};
		ssize_t n = fails(&step) ? -1 : read(fd, (char *)buf + at, len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		at += (size_t)n;
	}
	return (ssize_t)at;
}

ssize_t os_read_at(int fd, void *buf, size_t len, uint64_t from)
{
	size_t at = 0;

	while (at < len) {
		struct os_step step = {.call = OS_READ, .fd = fd, .len = len - at, .offset = from + at};
		ssize_t n = fails(&step) ? -1 : pread(fd, (char *)buf + at, len - at, (off_t)(from + at));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		at += (size_t)n;
	}
	return (ssize_t)at;
}

int os_read_file(const char *path, size_t limit, struct buf *ret, struct err *e)
{
	auto_fd int fd = os_open(path, e);
	if (fd < 0)
		return ERR_SYS;

	auto_buf struct buf b = {0};
	for (;;) {
		ssize_t n = os_read_full(fd, buf_room(&b, 65536), 65536);
		if (n < 0)
			return err_sys(e, "cannot read '%s'", path);
		b.len += (size_t)n;
		if (b.len > limit)
			return err_set(e, ERR_LIMIT, "'%s' is longer than %zu bytes", path, limit);
		if (n < 65536)
			break;
	}
	*ret = b;
	b = (struct buf){0};
	return 0;
}

int os_write_all(int fd, struct str bytes, struct err *e)
{
	while (bytes.len > 0) {
		struct os_step step = {.call = OS_WRITE, .fd = fd, .bytes = bytes.p, .len = bytes.len};
		ssize_t n = fails(&step) ? -1 : write(fd, bytes.p, step.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "cannot write");
		bytes = str_skip(bytes, (size_t)n);
	}
	return 0;
}

int os_write_at(int fd, struct str bytes, uint64_t at, struct err *e)
{
	while (bytes.len > 0) {
		struct os_step step = {
		        .call = OS_WRITE, .fd = fd, .bytes = bytes.p, .len = bytes.len, .offset = at};
		ssize_t n = fails(&step) ? -1 : pwrite(fd, bytes.p, step.len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "cannot write");
		bytes = str_skip(bytes, (size_t)n);
		at += (uint64_t)n;
	}
	return 0;
}

static int sync_folder(const char *path, struct err *e)
{
	char copy[4096];

	if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
		return err_set(e, ERR_LIMIT, "the path '%.60s...' is too long", path);
	const char *dir = dirname(copy);
	auto_fd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct os_step step = {.call = OS_SYNC, .fd = fd, .path = dir};
	if (fd < 0 || fails(&step) || fsync(fd) != 0)
		return err_sys(e, "cannot sync the folder '%s'", dir);
	return 0;
}

int os_create(const char *path, struct err *e)
{
	struct os_step step = {.call = OS_OPEN, .path = path, .fd = -1};
	int fd = fails(&step) ? -1 : open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);

	return fd >= 0 ? fd : err_sys(e, "cannot create '%s'", path);
}

int os_open_write(const char *path, struct err *e)
{
	struct os_step step = {.call = OS_OPEN, .path = path, .fd = -1};
	int fd = fails(&step) ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	return fd >= 0 ? fd : err_sys(e, "cannot open '%s' for writing", path);
}

int os_sync(int fd, const char *path, struct err *e)
{
	struct os_step step = {.call = OS_SYNC, .path = path, .fd = fd};

	return fails(&step) || fsync(fd) != 0 ? err_sys(e, "cannot sync '%s'", path) : 0;
}

unsigned os_disk_used(const char *folder, uint64_t *ret_size)
{
	struct statvfs fs;
	uint64_t used;

	if (statvfs(folder, &fs) != 0 || fs.f_blocks == 0)
		return 0;
	if (ret_size != NULL)
		*ret_size = (uint64_t)fs.f_blocks * fs.f_frsize;
	used = fs.f_blocks - fs.f_bfree;
	/* what is kept for root counts on neither side, so that the figure is the one that df shows */
	return used + fs.f_bavail == 0 ? 100 : (unsigned)(used * 100 / (used + fs.f_bavail));
}

uint64_t os_disk_free(const char *folder, uint64_t *ret_size)
{
	struct statvfs fs;

	if (statvfs(folder, &fs) != 0 || fs.f_blocks == 0)
		return 0;
	*ret_size = (uint64_t)fs.f_blocks * fs.f_frsize;
	return (uint64_t)fs.f_bavail * fs.f_frsize;
}

void os_sync_begin(int fd, uint64_t before, uint64_t from, uint64_t to)
{
	(void)sync_file_range(fd, (off_t)from, (off_t)(to - from), SYNC_FILE_RANGE_WRITE);
	if (before < from)
		(void)sync_file_range(fd, (off_t)before, (off_t)(to - from),
		        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
}

int os_sync_all(const char *folder, struct err *e)
{
	auto_fd int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct os_step step = {.call = OS_SYNC_ALL, .path = folder, .fd = fd};

	return fd < 0 || fails(&step) || syncfs(fd) != 0 ? err_sys(e, "cannot sync '%s'", folder) : 0;
}

int os_rename(const char *from, const char *to, struct err *e)
{
	struct os_step step = {.call = OS_RENAME, .path = from, .fd = -1, .to = to};

	if (fails(&step) || rename(from, to) != 0)
		return err_sys(e, "cannot rename '%s' to '%s'", from, to);
	return sync_folder(to, e);
}

int os_delete(const char *path, struct err *e)
{
	struct os_step step = {.call = OS_DELETE, .path = path, .fd = -1};

	if (fails(&step) || (unlink(path) != 0 && errno != ENOENT))
		return err_sys(e, "cannot delete '%s'", path);
	return 0;
}

int os_folder(const char *path, struct err *e)
{
	return mkdir(path, 0750) == 0 || errno == EEXIST ? 0
	                                                 : err_sys(e, "cannot make the folder '%s'", path);
}

/* What is renamed into its place takes its place: as root that would be the end of /dev/null. */
static bool is_device(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	/* /dev/stdout */
	bool link = S_ISLNK(st.st_mode) && strncmp(path, "/dev/", 5) == 0;
	return link || S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) || S_ISFIFO(st.st_mode) ||
	        S_ISSOCK(st.st_mode);
}

int os_write_file(const char *path, struct str bytes, struct err *e)
{
	char tmp[4096];

	if (snprintf(tmp, sizeof(tmp), "%s.tmp", path) >= (int)sizeof(tmp))
		return err_set(e, ERR_LIMIT, "the path '%.60s...' is too long", path);
	if (is_device(path))
		return err_set(
		        e, ERR_VALUE, "'%s' is no file, and a file would take its place: name another", path);
	struct os_step make = {.call = OS_OPEN, .path = tmp}, sync = {.call = OS_SYNC, .path = tmp},
	               name = {.call = OS_RENAME, .path = tmp, .to = path};
	auto_fd int fd =
	        fails(&make) ? -1 : open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_sys(e, "cannot create '%s'", tmp);
	if (os_write_all(fd, bytes, e) != 0) {
		unlink(tmp);
		return err_add(e, "'%s'", tmp);
	}
	if (fails(&sync) || fsync(fd) != 0 || fails(&name) || rename(tmp, path) != 0) {
		err_sys(e, "cannot put '%s' in place", path);
		unlink(tmp);
		return ERR_SYS;
	}
	return sync_folder(path, e);
}

void os_close_fd(int *fd)
{
	if (fd != NULL && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
}
