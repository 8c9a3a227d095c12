/* SPDX-License-Identifier: Apache-2.0
 *
 * The window over a report: the same text in every coding gives the same lines, whatever the pieces in which a
 * pipe hands it over.
 */
#include "base/utf8.h"
#include "base/vec.h"
#include "read/input.h"
#include "read/read.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t dice(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* ---- the same text in other codings --------------------------------------------------------------- */

enum form { UTF8, UTF8_MARK, UTF16LE_MARK, UTF16BE_MARK, UTF16LE, UTF16BE, CR_ONLY, FORMS };

static void add_unit(struct buf *out, uint32_t u, bool little)
{
	buf_char(out, (char)(little ? u & 255 : u >> 8));
	buf_char(out, (char)(little ? u >> 8 : u & 255));
}

static void encode(struct str s, enum form form, struct buf *out)
{
	bool little = form == UTF16LE || form == UTF16LE_MARK;
	size_t len;

	buf_clear(out);
	if (form == UTF8_MARK)
		buf_add(out, STR("\xef\xbb\xbf"));
	if (form == UTF16LE_MARK || form == UTF16BE_MARK)
		add_unit(out, 0xfeff, little);
	for (size_t i = 0; i < s.len; i += len) {
		uint32_t c = utf8_get(s, i, &len);
		if (form == UTF8 || form == UTF8_MARK) {
			buf_add(out, str_sub(s, i, len));
		} else if (form == CR_ONLY) {
			buf_add(out, c == '\n' ? STR("\r") : str_sub(s, i, len));
		} else if (c >= 0x10000) {
			add_unit(out, 0xd800 + ((c - 0x10000) >> 10), little);
			add_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff), little);
		} else {
			add_unit(out, c, little);
		}
	}
}

/* Lines of all lengths, with characters of one to four bytes; the first four characters are ASCII. */
static void make_text(uint64_t *seed, struct buf *out)
{
	static const char *const pieces[] = {"a", "0", ",", "\xc3\xa9", "\xe0\xba\xa5", "\xf0\x9f\x90\x98"};
	unsigned lines = 1 + (unsigned)(dice(seed) % 60);

	buf_clear(out);
	buf_add(out, STR("a,b,c"));
	for (unsigned i = 0; i < lines; i++) {
		buf_char(out, '\n');
		for (uint64_t n = dice(seed) % (dice(seed) % 10 == 0 ? 30000 : 90); n > 0; n--)
			buf_add(out, str_from(pieces[dice(seed) % 6]));
	}
	if (dice(seed) % 2)
		buf_char(out, '\n');
}

/* ---- reading -------------------------------------------------------------------------------------- */

struct pour {
	struct str bytes;
	int fd;
	uint64_t seed;
};

static void *pour(void *arg)
{
	struct pour *p = arg;

	while (p->bytes.len > 0) {
		size_t n = 1 + dice(&p->seed) % 20000;
		ssize_t done = write(p->fd, p->bytes.p, n < p->bytes.len ? n : p->bytes.len);
		assert_true(done > 0);
		p->bytes = str_skip(p->bytes, (size_t)done);
	}
	close(p->fd);
	return NULL;
}

/* The lines of text, one after the other; coded: offsets count the text's bytes behind a mark of that length.
 */
static void check_lines(struct input *in, struct str text, size_t mark)
{
	struct input_line line;
	struct err e;
	size_t at = 0;
	uint32_t n = 1;

	while (input_next_line(in, &line, &e) == 1) {
		struct str_cut cut = str_cut(str_skip(text, at), '\n');
		if (!str_eq(line.text, cut.head))
			fail_msg("line %u of %zu bytes has %zu", n, cut.head.len, line.text.len);
		assert_int_equal(line.offset, at + mark);
		assert_int_equal(line.length, cut.head.len);
		assert_int_equal(line.line, n);
		assert_int_equal(line.unended, !cut.ok);
		assert_false(line.too_long);
		at += cut.head.len + cut.ok;
		n++;
	}
	assert_int_equal(at, text.len);
	assert_int_equal(input_error(in, &e), 0);
}

static void test_codings(void **state)
{
	auto_buf struct buf text = {0}, bytes = {0};
	uint64_t seed = 5;

	(void)state;
	for (int round = 0; round < 40; round++) {
		make_text(&seed, &text);
		for (int form = 0; form < FORMS; form++) {
			/* CR is only seen if no LF is there and 4 KiB have one */
			size_t mark = form == UTF8_MARK ? 3 : 0;
			encode(buf_str(&text), (enum form)form, &bytes);
			struct input *in = input_new_memory(buf_str(&bytes));
			check_lines(in, buf_str(&text), mark);
			input_free(in);
			int ends[2];
			pthread_t thread;
			assert_int_equal(pipe(ends), 0);
			struct pour p = {buf_str(&bytes), ends[1], seed};
			assert_int_equal(pthread_create(&thread, NULL, pour, &p), 0);
			in = input_new(ends[0], UINT64_MAX);
			check_lines(in, buf_str(&text), mark);
			input_free(in);
			pthread_join(thread, NULL);
			close(ends[0]);
		}
	}
}

/* What looks nearly so and is something else stays as it is. */
static void test_no_coding(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} cases[] = {{"a\0b\0c\0\1\0d\0", 10}, {"a\0b\0c\0", 6}, {"\0a\0b\0\0\0c", 8}, {"a\rb\1c", 5},
	        {"a\rb\nc\rd", 7}, {"PK\3\4\r\r\r\r", 8}, {"\x1f\x8b\r", 3}, {"\xff", 1}, {"\xef\xbb", 2}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str s = str_make(cases[i].bytes, cases[i].n);
		struct input *in = input_new_memory(s);
		assert_true(str_eq(input_peek(in, s.len + 1), s));
		input_free(in);
	}
}

/* Halves of characters and units that are cut off are marked, never lost or read past. */
static void test_broken_utf16(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *text;
	} cases[] = {{"\xff\xfe", 2, ""}, {"\xff\xfe\x61", 3, "\xef\xbf\xbd"},
	        {"\xff\xfe\x3d\xd8", 4, "\xef\xbf\xbd"},
	        {"\xff\xfe\x3d\xd8\x61\0", 6,
	                "\xef\xbf\xbd"
	                "a"},
	        {"\xff\xfe\x18\xdc\x61\0", 6,
	                "\xef\xbf\xbd"
	                "a"},
	        {"\xff\xfe\x3d\xd8\x3d\xd8\x18\xdc", 8, "\xef\xbf\xbd\xf0\x9f\x90\x98"},
	        {"\xfe\xff\xd8\x3d\xdc\x18", 6, "\xf0\x9f\x90\x98"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct input *in = input_new_memory(str_make(cases[i].bytes, cases[i].n));
		struct str got = input_peek(in, 1000);
		if (!str_eq(got, str_from(cases[i].text)))
			fail_msg("case %zu: %zu bytes", i, got.len);
		input_free(in);
	}
}

/* The first byte beyond the limit is an error of the file; what stands before is there. */
static void test_limit(void **state)
{
	int ends[2];
	char bytes[1000];
	struct err e = {0};

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	for (uint64_t limit = 999; limit <= 1000; limit++) {
		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], bytes, sizeof(bytes)), sizeof(bytes));
		close(ends[1]);
		struct input *in = input_new(ends[0], limit);
		assert_int_equal(input_peek(in, 5000).len, limit);
		assert_int_equal(input_error(in, &e) != 0, limit < 1000);
		input_free(in);
		close(ends[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_codings),
	        cmocka_unit_test(test_no_coding),
	        cmocka_unit_test(test_broken_utf16),
	        cmocka_unit_test(test_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
