/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/message.h"
#include "base/os.h"
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
	bool reader, parent;
} may_say[VERB_LIMIT_END] = {
        [VERB_BATCH] = {.reader = true},
        [VERB_PART] = {.reader = true},
        [VERB_WHOLE] = {.reader = true},
        [VERB_END] = {.reader = true},
        [VERB_FAIL] = {.reader = true},
        [VERB_FREE] = {.parent = true},
        [VERB_GO] = {.parent = true},
        [VERB_NO] = {.parent = true},
        [VERB_DONE] = {.parent = true},
};

bool message_from_reader(uint32_t verb)
{
	return verb < VERB_LIMIT_END && may_say[verb].reader;
}

bool message_from_parent(uint32_t verb)
{
	return verb < VERB_LIMIT_END && may_say[verb].parent;
}

int message_send(int sock, const struct message *m, int fd, struct err *e)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {(void *)m, sizeof(*m)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	for (;;) {
		if (sendmsg(sock, &msg, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno != EINTR)
			return err_sys(e, "cannot send a message");
	}
}

static int take_fd(struct msghdr *msg)
{
	int fd = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
		        c->cmsg_len == CMSG_LEN(sizeof(int)) && fd < 0)
			memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

int message_receive(int sock, struct message *ret, int *ret_fd, bool wait, struct err *e)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {ret, sizeof(*ret)};
	struct msghdr msg = {.msg_iov = &iov,
	        .msg_iovlen = 1,
	        .msg_control = control.buf,
	        .msg_controllen = sizeof(control.buf)};
	ssize_t n;

	/* one that ended with messages of ours unread leaves a reset in front of what it said last; it is
	 * told once */
	do
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n < 0)
		return err_sys(e, "cannot receive a message");
	auto_fd int fd = take_fd(&msg);
	if (n == 0)
		return 0;
	if (n != sizeof(*ret) || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return err_set(e, ERR_FORMAT, "a message of another size");
	if (ret_fd != NULL) {
		*ret_fd = fd;
		fd = -1;
	}
	return 1;
}
