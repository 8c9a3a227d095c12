/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/memory.h"

#include "base/os.h"
#include <sys/mman.h>
#include <unistd.h>

int memory_of(struct str bytes, struct err *e)
{
	int fd = memfd_create("weir-bytes", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "there is no memory for a message");
	if (bytes.len > 0 && os_write_all(fd, bytes, e) != 0) {
		close(fd);
		return ERR_SYS;
	}
	return fd;
}

int memory_read(int fd, size_t limit, struct buf *ret, struct err *e)
{
	ssize_t n = 1;

	if (fd < 0)
		return err_set(e, ERR_MISSING, "a message came without its bytes");
	buf_clear(ret);
	while (n > 0 && ret->len <= limit) {
		size_t room = limit + 1 - ret->len < 65536 ? limit + 1 - ret->len : 65536;
		n = os_read_at(fd, buf_room(ret, room), room, ret->len);
		if (n > 0)
			ret->len += (size_t)n;
	}
	if (n < 0)
		return err_sys(e, "the bytes of a message cannot be read");
	return ret->len > limit ? err_set(e, ERR_LIMIT, "a message has more than %zu bytes", limit) : 0;
}
