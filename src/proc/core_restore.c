/* SPDX-License-Identifier: Apache-2.0
 *
 * A reader wants a file. The bytes that the day keeps become one, whose name goes before it has any, so that nothing is
 * left of it whenever the process ends. They are given only if they are those that came, and only for reading.
 */
#include "base/digest.h"
#include "base/os.h"
#include "proc/core_in.h"
#include <errno.h>
#include <unistd.h>

#define WAKE_PIECES 16

/* *ret_to writes what the descriptor that is returned reads. */
static int open_nameless(const struct core *c, const struct receipt *r, int *ret_to, struct err *e)
{
	char path[NODE_PATH], name[NODE_PATH + 8];

	node_spool(c->node, r->token, path);
	snprintf(name, sizeof(name), "%s.again", path);
	(void)os_delete(name, NULL);
	int to = os_create(name, e);
	if (to < 0)
		return errno == ENOSPC || errno == EDQUOT ? ERR_LIMIT : ERR_SYS;
	int fd = os_open(name, e);
	(void)os_delete(name, NULL);
	if (fd < 0)
		close(to);
	else
		*ret_to = to;
	return fd;
}

/* One piece. Its length, 0 at the end, or a code. The day may have been closed for another one meanwhile. */
static int64_t copy_piece(
        struct core *c, const struct receipt *r, uint64_t at, int to, struct digest *d, struct err *e)
{
	auto_buf struct buf piece = {0};
	struct day *day;
	int rc = node_day(c->node, r->day, &day, e);

	if (rc == 0)
		rc = day_raw_get(day, r->id, at, DAY_PIECE, &piece, e);
	if (rc != 0)
		return rc;
	digest_add(d, buf_str(&piece));
	if (os_write_all(to, buf_str(&piece), e) != 0)
		return errno == ENOSPC || errno == EDQUOT ? ERR_LIMIT : ERR_SYS;
	return (int64_t)piece.len;
}

static int copy(
        struct core *c, const struct receipt *r, int to, void (*wake)(void *arg), void *arg, struct err *e)
{
	struct digest *d = digest_new();
	uint8_t sum[DIGEST_LEN];
	uint64_t at = 0;
	int64_t n = 1;

	for (unsigned i = 1; n > 0 && !core_stopping(c); i++) {
		n = copy_piece(c, r, at, to, d, e);
		at += n > 0 ? (uint64_t)n : 0;
		if (i % WAKE_PIECES == 0)
			wake(arg);
	}
	digest_done(d, sum);
	if (n < 0 || core_stopping(c))
		return n < 0 ? (int)n : err_set(e, ERR_LIMIT, "the node is stopping");
	if (at != r->size || memcmp(sum, r->sha256, sizeof(sum)) != 0)
		return err_set(e, ERR_FORMAT,
		        "the bytes that are kept of R%llu are not those that came; 'weir check --deep' says "
		        "more",
		        (unsigned long long)r->id);
	return 0;
}

int core_restore(struct core *c, const struct receipt *r, void (*wake)(void *arg), void *arg, struct err *e)
{
	struct day *day;
	int to = -1, rc = day_open(c->node->folder.p, r->day, DB_READ, &day, e);

	if (rc == ERR_MISSING)
		return err_set(e, ERR_MISSING, "the bytes of R%llu are not kept any more",
		        (unsigned long long)r->id);
	if (rc != 0)
		return rc;
	day_close(day);
	int fd = open_nameless(c, r, &to, e);
	if (fd < 0)
		return fd;
	rc = copy(c, r, to, wake, arg, e);
	close(to);
	if (rc != 0)
		close(fd);
	return rc != 0 ? rc : fd;
}
