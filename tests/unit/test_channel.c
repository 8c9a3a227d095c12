/* SPDX-License-Identifier: Apache-2.0
 *
 * A message that is looked at stays until it is taken away: who ends in between leaves it to the next one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "base/err.h"
#include "proc/channel.h"
#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

static void pair(int ret[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret), 0);
}

static void say(int sock, uint64_t receipt, int fd)
{
	struct channel_message m = {.verb = CHANNEL_SENT, .receipt = receipt};

	assert_int_equal(channel_send_fd(sock, &m, fd, false, NULL), 0);
}

static void stays(void **unused)
{
	struct channel_message m;
	struct err e = {0};
	int sock[2];

	(void)unused;
	pair(sock);
	assert_int_equal(channel_peek(sock[0], &m, &e), 0);
	say(sock[1], 1, -1);
	say(sock[1], 2, -1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(channel_peek(sock[0], &m, &e), 1);
		assert_int_equal(m.receipt, 1);
	}
	channel_drop(sock[0]);
	assert_int_equal(channel_peek(sock[0], &m, &e), 1);
	assert_int_equal(m.receipt, 2);
	assert_int_equal(channel_receive(sock[0], &m, false, &e), 1);
	assert_int_equal(m.receipt, 2);
	assert_int_equal(channel_peek(sock[0], &m, &e), 0);
	channel_drop(sock[0]);
	close(sock[0]);
	close(sock[1]);
}

static void of_another_form(void **unused)
{
	struct channel_message m;
	struct err e = {0};
	int sock[2];

	(void)unused;
	pair(sock);
	assert_int_equal(send(sock[1], "short", 5, 0), 5);
	say(sock[1], 3, -1);
	assert_true(channel_peek(sock[0], &m, &e) < 0);
	channel_drop(sock[0]);
	assert_int_equal(channel_peek(sock[0], &m, &e), 1);
	assert_int_equal(m.receipt, 3);
	close(sock[0]);
	close(sock[1]);
}

/* Each look makes a descriptor of its own of one that came along. */
static void keeps_no_descriptor(void **unused)
{
	struct channel_message m;
	struct err e = {0};
	int sock[2], before, after;

	(void)unused;
	pair(sock);
	say(sock[1], 4, STDIN_FILENO);
	before = dup(sock[0]);
	close(before);
	for (int i = 0; i < 10; i++)
		assert_int_equal(channel_peek(sock[0], &m, &e), 1);
	channel_drop(sock[0]);
	after = dup(sock[0]);
	assert_int_equal(after, before);
	close(after);
	close(sock[0]);
	close(sock[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(stays), cmocka_unit_test(of_another_form),
	        cmocka_unit_test(keeps_no_descriptor)};

	return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
