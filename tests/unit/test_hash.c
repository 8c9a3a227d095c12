/* SPDX-License-Identifier: Apache-2.0
 *
 * Passwords beside the loop: every job that is taken comes back once and with the right answer, more than may wait are refused,
 * and it ends at any point. A build with the sanitizer for threads runs the same.
 */
#include "proc/hash.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct hash_job *wait_for(struct hash *h)
{
	for (;;) {
		struct hash_job *job = hash_done(h);
		if (job != NULL)
			return job;
		struct pollfd p = {.fd = hash_fd(h), .events = POLLIN};
		assert_int_equal(poll(&p, 1, 60000), 1);
	}
}

static void ask(struct hash *h, struct hash_job *job, const char *password)
{
	buf_add(&job->password, str_from(password));
	assert_true(hash_ask(h, job));
}

static void makes_and_checks(void **state)
{
	struct hash_job make = {.make = true}, right = {0}, wrong = {0}, none = {0};
	struct hash *h;
	struct err e;

	(void)state;
	assert_int_equal(hash_start(&h, &e), 0);
	ask(h, &make, "four plain words");
	assert_ptr_equal(wait_for(h), &make);
	assert_true(make.good);
	assert_null(make.password.p);
	memcpy(right.hash, make.hash, sizeof(right.hash));
	memcpy(wrong.hash, make.hash, sizeof(wrong.hash));
	ask(h, &right, "four plain words");
	ask(h, &wrong, "five plain words");
	ask(h, &none, "four plain words");
	for (int i = 0; i < 3; i++)
		assert_non_null(wait_for(h));
	assert_null(hash_done(h));
	assert_true(right.good);
	assert_false(wrong.good);
	assert_false(none.good);
	hash_stop(h);
}

static void bounded(void **state)
{
	struct hash_job jobs[HASH_WAITING + 4] = {0};
	unsigned taken = 0;
	struct hash *h;
	struct err e;

	(void)state;
	assert_int_equal(hash_start(&h, &e), 0);
	for (unsigned i = 0; i < HASH_WAITING + 4; i++) {
		buf_add(&jobs[i].password, STR("four plain words"));
		taken += hash_ask(h, &jobs[i]);
	}
	/* one may have been done meanwhile */
	assert_in_range(taken, HASH_WAITING, HASH_WAITING + 3);
	for (unsigned i = 0; i < taken; i++)
		assert_non_null(wait_for(h));
	assert_null(hash_done(h));
	/* there is room again; and it is ended with what waits */
	assert_true(hash_ask(h, &jobs[0]));
	hash_stop(h);
	for (unsigned i = 0; i < HASH_WAITING + 4; i++)
		buf_done(&jobs[i].password);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(makes_and_checks), cmocka_unit_test(bounded)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
