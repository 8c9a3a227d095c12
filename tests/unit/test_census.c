/* SPDX-License-Identifier: Apache-2.0
 *
 * The census is in memory that the desk has too: a desk that somebody owns writes there what it likes, and the supervisor goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "proc/census.h"
#include <cmocka.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void __attribute__((noreturn)) scribble(struct census *c)
{
	for (;;)
		memset(c, 0x7f, 2 * sizeof(struct processes));
}

static void owned(void **state)
{
	struct census *c = census_make();
	struct census_child children[] = {{getpid(), "core"}, {0, "desk"}};

	(void)state;
	pid_t pid = fork();
	if (pid == 0)
		scribble(c);
	for (int i = 0; i < 50; i++)
		census_take(c, children, 2);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	census_take(c, children, 2);
	assert_int_equal(census_last(c)->list[0].pid, getpid());
	assert_in_range(census_last(c)->n, 2, PROCESSES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(owned)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
