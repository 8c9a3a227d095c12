/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/channel.h"
#include "base/os.h"
#include <errno.h>
#include <pwd.h>
#include <sys/socket.h>

/* Room for the descriptors of a message. */
#define FDS 2
union control {
	char buf[CMSG_SPACE(FDS * sizeof(int))];
	struct cmsghdr align;
};

static int send_fds(
        int sock, const struct channel_message *m, const int *fd, unsigned n, bool wait, struct err *e)
{
	union control control = {0};
	struct iovec iov = {(void *)(uintptr_t)m, sizeof(*m)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (n > 0) {
		msg.msg_control = control.buf;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		*c = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
		        .cmsg_type = SCM_RIGHTS,
		        .cmsg_len = CMSG_LEN(n * sizeof(int))};
		memcpy(CMSG_DATA(c), fd, n * sizeof(int));
	}
	for (;;) {
		if (sendmsg(sock, &msg, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT)) == (ssize_t)sizeof(*m))
			return 0;
		if (!wait && (errno == EAGAIN || errno == EWOULDBLOCK))
			return err_set(e, ERR_LIMIT, "the other process has no room for a message");
		if (errno != EINTR)
			return err_sys(e, "cannot send a message");
	}
}

int channel_send_fd(int sock, const struct channel_message *m, int fd, bool wait, struct err *e)
{
	return send_fds(sock, m, &fd, fd >= 0, wait, e);
}

int channel_send_two(int sock, const struct channel_message *m, const int fd[2], bool wait, struct err *e)
{
	return send_fds(sock, m, fd, 2, wait, e);
}

int channel_send(int sock, const struct channel_message *m, bool wait, struct err *e)
{
	return channel_send_fd(sock, m, -1, wait, e);
}

static void end_text(char *text, size_t size)
{
	text[size - 1] = 0;
}

/* Those that came; what there is no place for was closed by the kernel (MSG_CTRUNC). */
static void take_fds(struct msghdr *msg, int fd[FDS])
{
	unsigned n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			for (size_t i = 0; CMSG_LEN((i + 1) * sizeof(int)) <= c->cmsg_len && n < FDS; i++)
				memcpy(&fd[n++], CMSG_DATA(c) + i * sizeof(int), sizeof(int));
}

static void close_fds(int fd[FDS])
{
	for (unsigned i = 0; i < FDS; i++)
		os_close_fd(&fd[i]);
}

static int receive(int sock, struct channel_message *ret, int fd[FDS], int flags, struct err *e)
{
	union control control;
	struct iovec iov = {ret, sizeof(*ret)};
	struct msghdr msg = {.msg_iov = &iov,
	        .msg_iovlen = 1,
	        .msg_control = control.buf,
	        .msg_controllen = sizeof(control.buf)};
	ssize_t n;

	fd[0] = fd[1] = -1;
	do
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC | flags);
	while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && (flags & MSG_DONTWAIT) != 0 && (errno == EAGAIN || errno == EWOULDBLOCK)))
		return 0;
	if (n < 0)
		return err_sys(e, "cannot receive a message");
	take_fds(&msg, fd);
	if (n != (ssize_t)sizeof(*ret) || ret->verb == CHANNEL_NONE || ret->verb >= CHANNEL_VERBS) {
		close_fds(fd);
		return err_set(e, ERR_FORMAT, "a message of another form");
	}
	end_text(ret->feed, sizeof(ret->feed));
	end_text(ret->name, sizeof(ret->name));
	end_text(ret->person, sizeof(ret->person));
	end_text(ret->via, sizeof(ret->via));
	end_text(ret->text, sizeof(ret->text));
	return 1;
}

int channel_receive_two(int sock, struct channel_message *ret, int fd[2], bool wait, struct err *e)
{
	return receive(sock, ret, fd, wait ? 0 : MSG_DONTWAIT, e);
}

int channel_peek(int sock, struct channel_message *ret, struct err *e)
{
	int fd[FDS];
	int rc = receive(sock, ret, fd, MSG_DONTWAIT | MSG_PEEK, e);

	close_fds(fd);
	return rc;
}

void channel_drop(int sock)
{
	char byte;
	ssize_t n;

	do
		n = recv(sock, &byte, sizeof(byte), MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
}

int channel_receive_fd(int sock, struct channel_message *ret, int *ret_fd, bool wait, struct err *e)
{
	int fd[FDS];
	int rc = channel_receive_two(sock, ret, fd, wait, e);

	if (rc == 1 && ret_fd != NULL) {
		*ret_fd = fd[0];
		fd[0] = -1;
	}
	close_fds(fd);
	return rc;
}

int channel_receive(int sock, struct channel_message *ret, bool wait, struct err *e)
{
	return channel_receive_fd(sock, ret, NULL, wait, e);
}

void channel_put(char *to, size_t size, struct str from)
{
	size_t n = from.len < size - 1 ? from.len : size - 1;

	memset(to, 0, size);
	if (n > 0)
		memcpy(to, from.p, n);
}

void channel_name(struct channel_message *m)
{
	struct str number = str_from(m->person);
	uint32_t uid;

	if (!str_starts(number, STR(CHANNEL_UID)) ||
	        !str_u32(str_skip(number, sizeof(CHANNEL_UID) - 1), &uid))
		return;
	struct passwd *p = getpwuid(uid);
	if (p != NULL)
		channel_put(m->person, sizeof(m->person), str_from(p->pw_name));
}
