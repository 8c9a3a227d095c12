/* SPDX-License-Identifier: Apache-2.0
 *
 * The workers that compress: what they give is what the packer gives, in order, whatever the length of the file and
 * whoever waits for whom; stopped at any point they end. A build with the sanitizer for threads runs the same.
 */
#include "base/os.h"
#include "day/ahead.h"
#include "day/day.h"
#include <setjmp.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* Bytes that compress, and say where they are. */
static int file_of(size_t len)
{
	int fd = memfd_create("ahead", 0);
	struct buf b = {0};

	while (b.len < len)
		buf_printf(&b, "%zu,198.51.100.%zu,open-resolver\n", b.len, b.len % 251);
	assert_true(fd >= 0 && os_write_all(fd, str_make(b.p, len), NULL) == 0);
	buf_done(&b);
	return fd;
}

static void same_bytes(size_t len, unsigned pause, bool threaded)
{
	int fd = file_of(len);
	struct ahead *a = ahead_new(fd, threaded);
	struct pack *p = pack_new();
	struct buf got = {0}, wanted = {0};
	struct err e;
	struct str z;
	size_t n, last = DAY_PIECE;
	int rc;

	while ((rc = ahead_next(a, &z, &n, &e)) == 1) {
		assert_int_equal(last, DAY_PIECE);
		last = n;
		assert_int_equal(pack_open(p, z, 0, DAY_PIECE, &got, &e), 0);
		if (pause != 0)
			usleep(pause);
	}
	assert_int_equal(rc, 0);
	assert_int_equal(ahead_next(a, &z, &n, &e), 0);
	assert_int_equal(got.len, len);
	char *room = buf_room(&wanted, len + 1);
	assert_int_equal(os_read_at(fd, room, len, 0), (ssize_t)len);
	if (len > 0)
		assert_memory_equal(got.p, room, len);
	buf_done(&got);
	buf_done(&wanted);
	pack_free(p);
	ahead_free(a);
	close(fd);
}

static void whole(void **state)
{
	static const size_t sizes[] = {
	        0, 1, DAY_PIECE - 1, DAY_PIECE, DAY_PIECE + 1, 3 * DAY_PIECE, 5 * DAY_PIECE + 7};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		same_bytes(sizes[i], 0, true);
		same_bytes(sizes[i], 300, true);
		same_bytes(sizes[i], 0, false);
	}
}

static void stopped(void **state)
{
	(void)state;
	int fd = file_of(6 * DAY_PIECE);

	for (unsigned i = 0; i < 10; i++) {
		struct ahead *a = ahead_new(fd, true);
		struct str z;
		struct err e;
		size_t n;
		for (unsigned k = 0; k < i / 2; k++)
			assert_int_equal(ahead_next(a, &z, &n, &e), 1);
		ahead_free(a);
	}
	close(fd);
}

static void unreadable(void **state)
{
	struct ahead *a = ahead_new(-1, true);
	struct str z;
	struct err e;
	size_t n;

	(void)state;
	assert_int_equal(ahead_next(a, &z, &n, &e), ERR_SYS);
	ahead_free(a);
}

static void count_call(void *arg)
{
	++*(unsigned *)arg;
}

static void one_thing(void **state)
{
	unsigned calls = 0;
	struct pack_worker *w = pack_worker_new();
	struct pack *p = pack_new();
	struct err e;

	(void)state;
	for (unsigned i = 1; i < 200; i++) {
		struct buf in = {0}, back = {0};
		for (unsigned k = 0; k < i * 8; k++)
			buf_printf(&in, "%08u", k);
		size_t width = i % 2 == 0 ? 16 : 0;
		pack_worker_start(w, buf_str(&in), width, PACK_EVENTS, count_call, &calls);
		struct str z = pack_worker_wait(w), same = pack_blob(p, buf_str(&in), width, PACK_EVENTS);
		assert_true(str_eq(z, same));
		assert_int_equal(calls, i);
		assert_int_equal(pack_open(p, z, width, in.len, &back, &e), 0);
		assert_true(str_eq(buf_str(&back), buf_str(&in)));
		buf_done(&in);
		buf_done(&back);
	}
	pack_free(p);
	pack_worker_free(w);
	/* one that was never asked */
	pack_worker_free(pack_worker_new());
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(whole), cmocka_unit_test(stopped),
	        cmocka_unit_test(unreadable), cmocka_unit_test(one_thing)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
