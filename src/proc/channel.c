/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/channel.h"
#include <errno.h>
#include <sys/socket.h>

int channel_send(int sock, const struct channel_message *m, bool wait, struct err *e)
{
	for (;;) {
		if (send(sock, m, sizeof(*m), MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT)) ==
		        (ssize_t)sizeof(*m))
			return 0;
		if (!wait && (errno == EAGAIN || errno == EWOULDBLOCK))
			return err_set(e, ERR_LIMIT, "the other process has no room for a message");
		if (errno != EINTR)
			return err_sys(e, "cannot send a message");
	}
}

static void end_text(char *text, size_t size)
{
	text[size - 1] = 0;
}

int channel_receive(int sock, struct channel_message *ret, bool wait, struct err *e)
{
	ssize_t n;

	do
		n = recv(sock, ret, sizeof(*ret), wait ? 0 : MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && !wait && (errno == EAGAIN || errno == EWOULDBLOCK)))
		return 0;
	if (n < 0)
		return err_sys(e, "cannot receive a message");
	if (n != (ssize_t)sizeof(*ret) || ret->verb == CHANNEL_NONE || ret->verb >= CHANNEL_VERBS)
		return err_set(e, ERR_FORMAT, "a message of another form");
	end_text(ret->feed, sizeof(ret->feed));
	end_text(ret->name, sizeof(ret->name));
	end_text(ret->person, sizeof(ret->person));
	end_text(ret->via, sizeof(ret->via));
	end_text(ret->text, sizeof(ret->text));
	return 1;
}

void channel_put(char *to, size_t size, struct str from)
{
	size_t n = from.len < size - 1 ? from.len : size - 1;

	memset(to, 0, size);
	if (n > 0)
		memcpy(to, from.p, n);
}
