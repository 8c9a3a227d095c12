/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows: where they stand in the report, and that stray quotes neither hide rows nor take long to read.
 */
#include "base/vec.h"
#include "read/input.h"
#include "read/rows.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct table {
	struct reading r;
	struct arena arena;
	struct rows *rows;
};

/* skip: lines that are passed over first. */
static void table_open(struct table *t, struct str bytes, unsigned skip)
{
	const struct rows_options o = {.delimiter = STR(","), .quote = '"', .comment = STR("#")};

	*t = (struct table){0};
	arena_init(&t->arena, 0);
	t->r.arena = &t->arena;
	t->r.in = input_new_memory(bytes);
	rows_skip_lines(&t->r, skip);
	assert_int_equal(rows_open(&t->r, &o, &t->rows), 0);
}

static void table_close(struct table *t)
{
	input_free(t->r.in);
	arena_done(&t->arena);
}

static void add_run(struct buf *b, char c, size_t n)
{
	memset(buf_room(b, n), c, n);
	b->len += n;
}

/* Every row, also one that is too long, says where it begins in the report. */
static void test_places(void **state)
{
	/* bytes of rows on line 3, 4, ...; all above the window's first step and one above the limit by much */
	static const size_t lengths[] = {7, LIMIT_RECORD, LIMIT_RECORD + 1, 9, 3 * LIMIT_RECORD + 12345, 5,
	        LIMIT_RECORD + 70000, LIMIT_RECORD * 2, 1};
	const unsigned n = sizeof(lengths) / sizeof(lengths[0]);
	auto_buf struct buf b = {0};
	size_t places[sizeof(lengths) / sizeof(lengths[0])];
	struct table t;
	struct row row;

	(void)state;
	for (unsigned crlf = 0; crlf < 2; crlf++) {
		buf_clear(&b);
		buf_add(&b, STR("\xef\xbb\xbfone line\nand another\n"));
		for (unsigned i = 0; i < n; i++) {
			places[i] = b.len;
			add_run(&b, 'x', lengths[i]);
			buf_add(&b, crlf ? STR("\r\n") : STR("\n"));
		}
		table_open(&t, buf_str(&b), 2);
		for (unsigned i = 0; i < n; i++) {
			assert_int_equal(rows_next(&t.r, t.rows, &row), 1);
			assert_int_equal(row.offset, places[i]);
			assert_int_equal(row.length, lengths[i]);
			assert_int_equal(row.line, 3 + i);
			assert_int_equal((row.flags & DELIM_LONG) != 0, lengths[i] > LIMIT_RECORD);
		}
		assert_int_equal(rows_next(&t.r, t.rows, &row), 0);
		table_close(&t);
	}
}

/* The same for the last row, which no line end follows. */
static void test_last_long(void **state)
{
	auto_buf struct buf b = {0};
	struct table t;
	struct row row;

	(void)state;
	buf_add(&b, STR("a,b\n"));
	add_run(&b, 'y', 5000000);
	table_open(&t, buf_str(&b), 0);
	assert_int_equal(rows_next(&t.r, t.rows, &row), 1);
	assert_int_equal(rows_next(&t.r, t.rows, &row), 1);
	assert_int_equal(row.offset, 4);
	assert_int_equal(row.length, 5000000);
	assert_int_equal(row.flags, DELIM_LONG | DELIM_CUT);
	assert_int_equal(rows_next(&t.r, t.rows, &row), 0);
	table_close(&t);
}

/* 4 MB of rows with a stray quote here and there: each costs its own row and no other. every: rows from one
 * stray quote to the next. */
static void check_stray(struct str plain, struct str stray, unsigned every)
{
	auto_buf struct buf b = {0};
	uint64_t rows = 0, open = 0, n = 0;
	struct table t;
	struct row row;

	while (b.len < (size_t)4 << 20)
		buf_add(&b, n++ % every == 0 ? stray : plain);
	table_open(&t, buf_str(&b), 0);
	while (rows_next(&t.r, t.rows, &row) == 1) {
		assert_int_equal(row.line, rows + 1);
		assert_int_equal((row.flags & DELIM_OPEN) != 0, rows % every == 0);
		open += (row.flags & DELIM_OPEN) != 0;
		rows++;
	}
	assert_int_equal(rows, n);
	assert_int_equal(open, (n + every - 1) / every);
	table_close(&t);
}

static void test_stray_quotes(void **state)
{
	(void)state;
	check_stray(STR("a\n"), STR("\"a\n"), 1 << 30);
	check_stray(STR("192.0.2.1,scanner,\"x y\"\n"), STR("192.0.2.1,scanner,\"x y\n"), 1 << 30);
	check_stray(STR("192.0.2.1,\"scanner\",\"x\"\n"), STR("192.0.2.1,scanner,\"x\n"), 1000);
	check_stray(STR("192.0.2.1,\"scanner\",\"x\"\n"), STR("192.0.2.1,scanner,\"x\n"), 2);
	check_stray(STR("192.0.2.1,scanner,x\n"), STR("192.0.2.1,scanner,\"x\n"), 50000);
	check_stray(STR("192.0.2.1,\"\",\"\"\"\"\n"), STR("192.0.2.1,scanner,\"x\n"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_places),
	        cmocka_unit_test(test_last_long),
	        cmocka_unit_test(test_stray_quotes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
