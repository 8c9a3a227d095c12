/* SPDX-License-Identifier: Apache-2.0
 *
 * Files under every fault in turn: whatever step fails, a file is the old one or the new one, and the caller is
 * told.
 */
#include "os_fake.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define OLD "the old text"
#define NEW "the new text, which is a little longer"

static char folder[64], path[80], tmp[96];

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/weir-os-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
	snprintf(tmp, sizeof(tmp), "%s.tmp", path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(tmp);
	return rmdir(folder);
}

static bool holds(const char *text)
{
	auto_buf struct buf b = {0};
	struct err e;

	os_fake_reset(1);
	assert_int_equal(os_read_file(path, 1000, &b, &e), 0);
	return str_eq(buf_str(&b), str_from(text));
}

static void one_fault(uint64_t at, int code, size_t longest)
{
	struct err e = {0};

	os_fake_reset(1);
	assert_int_equal(os_write_file(path, STR(OLD), &e), 0);
	os_fake_reset(1);
	os_fake.fail_at = at;
	os_fake.code = code;
	os_fake.longest = longest;
	int rc = os_write_file(path, STR(NEW), &e);
	bool failed = os_fake.failed;
	assert_int_equal(rc != 0, failed);
	assert_true(!failed || str_find_str(str_from(e.text), 0, str_from(strerror(code))) != SIZE_MAX);
	assert_true(holds(NEW) || (failed && holds(OLD)));
	/* nothing is left beside it */
	assert_int_equal(access(tmp, F_OK), -1);
}

static void each_step_fails(void **state)
{
	static const int codes[] = {ENOSPC, EIO, EDQUOT};
	uint64_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		for (size_t longest = 0; longest <= 8; longest += 4) {
			os_fake.failed = true;
			for (n = 1; os_fake.failed && n < 100; n++) {
				one_fault(n, codes[i], longest);
				os_fake_reset(1);
				os_fake.longest = longest;
				struct err e;
				assert_int_equal(os_write_file(path, STR(NEW), &e), 0);
				os_fake.failed = n < os_fake.steps;
			}
			assert_true(n > (longest == 0 ? 4 : 8));
		}
}

static void reading_fails(void **state)
{
	struct err e = {0};
	auto_buf struct buf b = {0};

	(void)state;
	os_fake_reset(1);
	assert_int_equal(os_write_file(path, STR(OLD), &e), 0);
	for (uint64_t n = 1; n <= 2; n++) {
		os_fake_reset(1);
		os_fake.fail_at = n;
		os_fake.code = EIO;
		assert_int_equal(os_read_file(path, 1000, &b, &e), ERR_SYS);
		assert_int_equal(b.len, 0);
	}
}

/* A file that is renamed there would be there instead. */
static void what_is_no_file_stays(void **state)
{
	struct err e = {0};
	struct stat st;

	(void)state;
	os_fake_reset(1);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(os_write_file(path, STR(NEW), &e), ERR_VALUE);
	assert_true(lstat(path, &st) == 0 && S_ISFIFO(st.st_mode));
}

static void clock_and_dice(void **state)
{
	unsigned char a[64], b[64];

	(void)state;
	os_fake_reset(7);
	int64_t t = os_now();
	assert_int_equal(os_now(), t);
	os_fake.now += 3600 * (int64_t)1000000;
	assert_int_equal(os_now() - t, 3600 * (int64_t)1000000);
	os_random(a, sizeof(a));
	os_fake_reset(7);
	os_random(b, sizeof(b));
	assert_memory_equal(a, b, sizeof(a));
	os_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(each_step_fails, setup, teardown),
	        cmocka_unit_test_setup_teardown(reading_fails, setup, teardown),
	        cmocka_unit_test_setup_teardown(what_is_no_file_stays, setup, teardown),
	        cmocka_unit_test(clock_and_dice)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
