/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/reach.h"
#include "base/sanitized.h"
#include "base/vec.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1u << 14)
#endif

#define READS (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITES (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_MAKE_REG)
/* What a file can have; the rest is of folders. */
#define OF_FILES                                                                                             \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |         \
	        LANDLOCK_ACCESS_FS_TRUNCATE)

struct one {
	char *path; /* without links */
	unsigned rights;
};

struct reach {
	VEC(struct one) list;
	bool closed;
};

struct reach *reach_new(void)
{
	return mem_zero(1, sizeof(struct reach));
}

void reach_free(struct reach *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->list.n; i++)
		free(f->list.v[i].path);
	vec_done(&f->list);
	free(f);
}

void reach_add(struct reach *f, const char *path, unsigned rights)
{
	char *real = realpath(path, NULL);

	if (real != NULL)
		*vec_add(&f->list) = (struct one){real, rights};
}

void reach_add_system(struct reach *f)
{
	static const char *const reads[] = {
		"/usr",
		"/lib",
		"/lib64",
		"/etc",
		"/run/systemd/resolve",
		"/run/resolvconf",
		"/run/NetworkManager",
		"/dev/urandom",
		"/dev/random",
		"/sys/devices/system/cpu",
#if SANITIZED
		"/proc",
#endif
	};

	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++)
		reach_add(f, reads[i], REACH_READ);
	reach_add(f, "/dev/null", REACH_READ | REACH_WRITE);
}

void reach_add_country(struct reach *f, const struct country_paths *p)
{
	reach_add(f, WEIR_DATA, REACH_READ);
	if (p->conf != NULL)
		reach_add(f, p->conf, REACH_READ);
	if (p->sample == NULL)
		return;
	/* the defaults lie beside the sample (country_sample) */
	char defaults[PATH_MAX];
	snprintf(defaults, sizeof(defaults), "%s/../conf", p->sample);
	reach_add(f, p->sample, REACH_READ);
	reach_add(f, defaults, REACH_READ);
}

/* True if path is folder, or lies below it. */
static bool is_in(const char *folder, const char *path)
{
	size_t n = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return true;
	return strncmp(folder, path, n) == 0 && (path[n] == 0 || path[n] == '/');
}

/* The folder of a path, without links; to be freed. NULL: it is not there. */
static char *folder_of(struct str path)
{
	char text[PATH_MAX];
	struct str_cut cut = str_rcut(path, '/');
	struct str folder = !cut.ok ? STR(".") : cut.head.len == 0 ? STR("/") : cut.head;

	if (folder.len >= sizeof(text))
		return NULL;
	snprintf(text, sizeof(text), "%.*s", STR_ARG(folder));
	return realpath(text, NULL);
}

void reach_add_named(struct reach *f, struct str path, const char *state)
{
	if (path.len == 0)
		return;
	char *folder = folder_of(path), *inside = realpath(state, NULL);

	if (folder != NULL && inside != NULL && !is_in(folder, inside))
		reach_add(f, folder, REACH_READ);
	/* where it is a link, what it leads to */
	reach_add(f, path.p, REACH_READ);
	free(folder);
	free(inside);
}

bool reach_cover(const struct reach *f, struct str path)
{
	if (f == NULL || !f->closed || path.len == 0)
		return true;
	char *real = realpath(path.p, NULL);
	/* one that is not there is not refused */
	bool found = real == NULL;

	for (size_t i = 0; !found && i < f->list.n; i++)
		found = is_in(f->list.v[i].path, real);
	free(real);
	return found;
}

/* ---- the kernel ---------------------------------------------------------------------------------- */

static long version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1u /* LANDLOCK_CREATE_RULESET_VERSION */);
}

bool reach_can_close(void)
{
	return version() >= 1;
}

static int allow(int ruleset, const struct one *one, uint64_t handled)
{
	struct landlock_path_beneath_attr at = {0};
	struct stat st;
	int fd = open(one->path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return 0;
	at.allowed_access = (one->rights & REACH_READ ? READS : 0) |
	        (one->rights & REACH_WRITE ? WRITES : 0) |
	        (one->rights & REACH_REMOVE ? LANDLOCK_ACCESS_FS_REMOVE_FILE : 0);
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		at.allowed_access &= OF_FILES;
	at.allowed_access &= handled;
	at.parent_fd = fd;
	int rc = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &at, 0u);
	close(fd);
	return rc;
}

int reach_close(struct reach *f, struct err *e)
{
	struct {
		uint64_t handled_fs;
	} attr = {0};
	long abi = version();

	if (abi < 1)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(e, "cannot give up new privileges");
	attr.handled_fs = abi >= 3 ? 0x7fff : abi == 2 ? 0x3fff : 0x1fff;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0u), rc = fd < 0 ? -1 : 0;
	for (size_t i = 0; rc == 0 && i < f->list.n; i++)
		rc = allow(fd, &f->list.v[i], attr.handled_fs);
	if (rc == 0)
		rc = (int)syscall(SYS_landlock_restrict_self, fd, 0u);
	if (rc != 0)
		err_sys(e, "cannot close files off");
	if (fd >= 0)
		close(fd);
	f->closed = rc == 0;
	return rc != 0 ? ERR_SYS : 1;
}
