/* SPDX-License-Identifier: Apache-2.0
 *
 * Figures that no query tells: the disk and the files of the state. What cannot be read has no sample.
 */
#include "base/os.h"
#include "see/room.h"
#include "web/figure.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void places_program(const struct ask *a, struct figure_samples *out)
{
	char schema[16];
	int n = snprintf(schema, sizeof(schema), "%u", state_version());

	(void)a;
	figure_add(out, STR(WEIR_VERSION), str_make(schema, (size_t)n), 1);
}

/* ---- the disk ------------------------------------------------------------------------------------ */

void places_disk_used(const struct ask *a, struct figure_samples *out)
{
	uint64_t size = 0;
	unsigned used = os_disk_used(a->folder, &size);

	if (size != 0)
		figure_add(out, STR(""), STR(""), used);
}

void places_disk_size(const struct ask *a, struct figure_samples *out)
{
	uint64_t size = 0;

	(void)os_disk_used(a->folder, &size);
	if (size != 0)
		figure_add(out, STR(""), STR(""), (int64_t)size);
}

void places_disk_free(const struct ask *a, struct figure_samples *out)
{
	uint64_t size = 0, free = os_disk_free(a->folder, &size);

	if (size != 0)
		figure_add(out, STR(""), STR(""), (int64_t)free);
}

/* ---- files --------------------------------------------------------------------------------------- */

static uint64_t size_of(int folder, const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode)
	        ? (uint64_t)st.st_size
	        : 0;
}

/* Of the files of a folder whose names end so, and of the rest. */
static void sum_folder(int state, const char *name, struct str end, uint64_t *ret_those, uint64_t *ret_rest)
{
	int fd = openat(state, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	if (dir == NULL) {
		os_close_fd(&fd);
		return;
	}
	while ((d = readdir(dir)) != NULL)
		*(str_ends(str_from(d->d_name), end) ? ret_those : ret_rest) +=
		        size_of(dirfd(dir), d->d_name);
	closedir(dir);
}

static void add_folder(int state, const char *name, struct figure_samples *out)
{
	uint64_t those = 0, rest = 0;

	sum_folder(state, name, STR(""), &those, &rest);
	figure_add(out, str_from(name), STR(""), (int64_t)(those + rest));
}

void places_files(const struct ask *a, struct figure_samples *out)
{
	auto_fd int state = open(a->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t wal = 0, days = 0;

	if (state < 0)
		return;
	figure_add(out, STR("state.db"), STR(""), (int64_t)size_of(state, "state.db"));
	figure_add(out, STR("state.db-wal"), STR(""), (int64_t)size_of(state, "state.db-wal"));
	sum_folder(state, "day", STR("-wal"), &wal, &days);
	figure_add(out, STR("day"), STR(""), (int64_t)days);
	figure_add(out, STR("day-wal"), STR(""), (int64_t)wal);
	add_folder(state, "gen", out);
	add_folder(state, "letters", out);
	add_folder(state, "spool", out);
}
