/* SPDX-License-Identifier: Apache-2.0
 *
 * The seam to the operating system: time, random bytes, files. Everything above asks here. What a test must own,
 * the clock, the dice and what the disk says, is in os_real.c; a test links a fake in its place
 * (tests/sim/os_fake.c). The choice is made by the linker, never by an environment variable.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/* Microseconds since 1970-01-01 UTC (CLOCK_REALTIME), for stamps. */
int64_t os_now(void);
/* Microseconds of a clock that never steps back and counts while suspended (CLOCK_BOOTTIME), for
 * time-outs. */
int64_t os_ticks(void);
/* From the kernel's generator. Ends the process if it cannot give any. */
void os_random(void *buf, size_t len);

/* What is about to be done to a disk. */
enum os_call {
	OS_OPEN,
	OS_READ,
	OS_WRITE,
	OS_SYNC,
	OS_SYNC_ALL,
	OS_TRUNCATE,
	OS_RENAME,
	OS_DELETE,
	OS_CALLS
};
struct os_step {
	enum os_call call;
	const char *path; /* NULL: fd says it */
	int fd;
	uint64_t offset;   /* OS_WRITE with a path: where */
	const void *bytes; /* OS_WRITE */
	size_t len;        /* OS_READ, OS_WRITE: bytes; OS_TRUNCATE: the new size */
	const char *to;    /* OS_RENAME */
};
/* Asked before each of them: 0, or the errno that the call is to fail with. A fake may shorten len of a write,
 * which then does no more than that. The real one always says 0. */
int os_step(struct os_step *step);

/* Opens for reading; close-on-exec. Returns a descriptor or ERR_SYS with a sentence. "fd:N:NAME" is
 * descriptor N, which the process was started with, under the name NAME (see "weir handover"). */
int os_open(const char *path, struct err *e);
/* All of a file, at most limit bytes (more is ERR_LIMIT), as new memory: ret is empty before. */
int os_read_file(const char *path, size_t limit, struct buf *ret, struct err *e);
/* Writes path.tmp, syncs it, renames it to path and syncs the folder: the old or the new file, never a
 * part. Mode 0644 less umask. */
int os_write_file(const char *path, struct str bytes, struct err *e);
/* Makes a file for writing that is not there yet; mode 0640 less umask. A descriptor, or ERR_SYS. */
int os_create(const char *path, struct err *e);
/* Opens for reading and writing, and makes the file (mode 0640 less umask) if it is not there. A descriptor, or ERR_SYS. */
int os_open_write(const char *path, struct err *e);
/* What was written to fd is on the disk when this returns 0. After a failure nobody knows: end the process. */
int os_sync(int fd, const char *path, struct err *e);
/* Bytes from..to of the file begin their way to the disk, and those of before are waited for, so that the os_sync of a large
 * file has little left to wait for. A hint: says nothing about what is on the disk. */
void os_sync_begin(int fd, uint64_t before, uint64_t from, uint64_t to);
/* All that was written to any file of that file system is on the disk when this returns 0. */
int os_sync_all(const char *folder, struct err *e);
/* How full the file system of the folder is for an ordinary user, in per cent as df(1) counts it (rounded down), and its
 * size in bytes (may be NULL). 0 if nobody knows. */
unsigned os_disk_used(const char *folder, uint64_t *ret_size);
/* Bytes of it that an ordinary user can still write; *ret_size as above, untouched if nobody knows. */
uint64_t os_disk_free(const char *folder, uint64_t *ret_size);
/* The new name is there for good when this returns 0: the folder is synced too. */
int os_rename(const char *from, const char *to, struct err *e);
/* One that is not there is deleted already. */
int os_delete(const char *path, struct err *e);
/* Makes the folder (mode 0750 less umask) unless it is there. */
int os_folder(const char *path, struct err *e);
/* All of buf, however often write must be called. */
int os_write_all(int fd, struct str bytes, struct err *e);
/* The same at a place of the file; where the next write begins stays. */
int os_write_at(int fd, struct str bytes, uint64_t at, struct err *e);
/* Up to len bytes, fewer only at the end of the file; -1 and errno on failure. */
ssize_t os_read_full(int fd, void *buf, size_t len);
/* The same from a place of the file; where the next read begins stays. */
ssize_t os_read_at(int fd, void *buf, size_t len, uint64_t at);

void os_close_fd(int *fd); /* for auto_fd; ignores -1 */
#define auto_fd __attribute__((cleanup(os_close_fd)))
