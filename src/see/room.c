/* SPDX-License-Identifier: Apache-2.0 */
#include "see/room.h"
#include "base/os.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void ballast_path(struct str folder, char *ret)
{
	snprintf(ret, NODE_PATH, "%.*s/ballast", STR_ARG(folder));
}

void room_ballast(struct node *n)
{
	char path[NODE_PATH];
	uint64_t size = 0;
	struct stat st;

	ballast_path(n->folder, path);
	if (stat(path, &st) == 0 || os_disk_used(n->folder.p, &size) >= ROOM_PULLS || size == 0)
		return;
	size = size / ROOM_BALLAST_PART < ROOM_BALLAST ? size / ROOM_BALLAST_PART : ROOM_BALLAST;
	auto_fd int fd = os_create(path, NULL);
	if (fd >= 0 && posix_fallocate(fd, 0, (off_t)size) != 0)
		(void)os_delete(path, NULL);
}

bool room_release_in(struct str folder)
{
	char path[NODE_PATH];
	struct stat st;

	ballast_path(folder, path);
	return stat(path, &st) == 0 && os_delete(path, NULL) == 0;
}

bool room_release(struct node *n)
{
	return room_release_in(n->folder);
}
