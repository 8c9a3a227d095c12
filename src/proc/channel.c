/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/channel.h"
#include "base/os.h"
#include <errno.h>
#include <sys/socket.h>

/* Room for one descriptor. */
union control {
	char buf[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int channel_send_fd(int sock, const struct channel_message *m, int fd, bool wait, struct err *e)
{
	union control control = {0};
	struct iovec iov = {(void *)(uintptr_t)m, sizeof(*m)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		*c = (struct cmsghdr){
		        .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
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

int channel_send(int sock, const struct channel_message *m, bool wait, struct err *e)
{
	return channel_send_fd(sock, m, -1, wait, e);
}

static void end_text(char *text, size_t size)
{
	text[size - 1] = 0;
}

static int take_fd(struct msghdr *msg)
{
	int fd = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
		        c->cmsg_len == CMSG_LEN(sizeof(int)))
			memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

int channel_receive_fd(int sock, struct channel_message *ret, int *ret_fd, bool wait, struct err *e)
{
	union control control;
	struct iovec iov = {ret, sizeof(*ret)};
	struct msghdr msg = {.msg_iov = &iov,
	        .msg_iovlen = 1,
	        .msg_control = control.buf,
	        .msg_controllen = sizeof(control.buf)};
	ssize_t n;

	do
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
	while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && !wait && (errno == EAGAIN || errno == EWOULDBLOCK)))
		return 0;
	if (n < 0)
		return err_sys(e, "cannot receive a message");
	auto_fd int fd = take_fd(&msg);
	if (n != (ssize_t)sizeof(*ret) || ret->verb == CHANNEL_NONE || ret->verb >= CHANNEL_VERBS)
		return err_set(e, ERR_FORMAT, "a message of another form");
	end_text(ret->feed, sizeof(ret->feed));
	end_text(ret->name, sizeof(ret->name));
	end_text(ret->person, sizeof(ret->person));
	end_text(ret->via, sizeof(ret->via));
	end_text(ret->text, sizeof(ret->text));
	if (ret_fd != NULL) {
		*ret_fd = fd;
		fd = -1;
	}
	return 1;
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
