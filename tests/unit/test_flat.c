/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects taken as rows of a table against objects taken token by token: whatever the lines, and in whatever
 * order they come, the events say the same.
 */
#include "base/vec.h"
#include "event/text.h"
#include "read/flat.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define LINES 6000
#define LINE 65536

static uint64_t dice(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

struct side {
	struct writer *w;
	void *slot;
	struct buf text;
	struct batch batch;
	struct arena arena;
	struct read_options options;
	struct reading r;
	struct flat *flat;
};

static int text_cmp(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The pairs of an event in the order of their text: names get their numbers as they come. */
static void add_event(struct side *s, const struct batch_row *row)
{
	struct event_text_options o = {.accuracy = -1};
	auto_buf struct buf json = {0};
	struct str pairs[96];
	size_t n = 0;

	event_json(&json, &s->batch, row, &o);
	for (struct str rest = str_sub(buf_str(&json), 1, json.len - 3); rest.len > 0;) {
		size_t at = str_find_str(rest, 0, STR(", \"extra."));
		assert_true(n < 96);
		pairs[n++] = at == SIZE_MAX ? rest : str_sub(rest, 0, at);
		rest = at == SIZE_MAX ? (struct str){0} : str_skip(rest, at + 2);
	}
	qsort(pairs, n, sizeof(pairs[0]), text_cmp);
	for (size_t i = 0; i < n; i++)
		buf_printf(&s->text, "%.*s\n", STR_ARG(pairs[i]));
}

static int take_batch(void *arg, const void *bytes, size_t len, void **ret_next, struct err *e)
{
	struct side *s = arg;

	(void)ret_next;
	assert_int_equal(batch_open(bytes, len, UINT64_MAX, &s->batch, e), 0);
	for (uint32_t i = 0; i < s->batch.head->rows; i++)
		add_event(s, &s->batch.rows[i]);
	/* of several bad values any may be named */
	for (uint32_t i = 0; i < s->batch.head->asides; i++)
		buf_printf(&s->text, "aside %u %u\n", s->batch.asides[i].line, s->batch.asides[i].reason);
	return 0;
}

static void side_init(struct side *s)
{
	static const struct event_settings settings;

	s->slot = aligned_alloc(64, BATCH_SLOT);
	memset(s->slot, 0, BATCH_SLOT);
	s->w = writer_new(&settings, s->slot, take_batch, s);
	arena_init(&s->arena, 0);
	s->r = (struct reading){.w = s->w, .arena = &s->arena, .options = &s->options};
	s->flat = flat_new(&s->r, NULL, NULL);
}

static void side_done(struct side *s)
{
	writer_free(s->w);
	free(s->slot);
	buf_done(&s->text);
	arena_done(&s->arena);
}

static void put(struct side *s, struct str line, uint32_t i, bool row)
{
	struct err e;

	record_begin(s->w, i, line.len, i + 1);
	event_begin(s->w);
	if ((row ? flat_put_row : flat_put)(&s->r, s->flat, line, &e) != 0)
		record_aside(s->w, ASIDE_SYNTAX, FIELD_NONE, "%s", e.text);
	event_end(s->w);
	record_end(s->w);
}

/* The line is left with some more bytes behind it, which may be read. */
static void put_both(struct side *rows, struct side *tokens, struct buf *line, uint32_t i)
{
	size_t len = line->len;

	for (int k = 0; k < 64; k++)
		buf_char(line, 0);
	put(rows, str_make(line->p, len), i, true);
	put(tokens, str_make(line->p, len), i, false);
}

static void compare(struct side *rows, struct side *tokens)
{
	assert_int_equal(writer_flush(rows->w, NULL), 0);
	assert_int_equal(writer_flush(tokens->w, NULL), 0);
	buf_char(&rows->text, 0);
	buf_char(&tokens->text, 0);
	assert_string_equal(rows->text.p, tokens->text.p);
}

/* ---- lines --------------------------------------------------------------------------------------- */

/* Names of which no two are for one field: whose value comes first is not for this test. */
static const struct {
	const char *key, *value; /* as most lines have it */
} keys[] = {{"source.ip", "\"192.0.2.1\""}, {"source.port", "80"}, {"classification.type", "\"c2-server\""},
        {"feed.name", "\"feed\""}, {"time.source", "\"2026-01-05T00:12:02+00:00\""},
        {"time.observation", "\"2026-01-06T00:00:00+00:00\""},
        {"classification.taxonomy", "\"malicious-code\""}, {"source.geolocation.cc", "\"LA\""},
        {"feed.accuracy", "90"}, {"tag", "\"a b\""}, {"extra.a", "true"}, {"b", "\"a\\nb\""},
        {"extra", "{\"x\": 1}"}, {"protocol.transport", "\"tcp\""}, {"severity", "\"high\""},
        {"malware.name", "\"Mirai\""}, {"source.reverse_dns", "\"host.example.net\""}, {"comment", "null"},
        {"caf\xc3\xa9", "1"}, {"product.vulnerabilities", "\"CVE-2021-26855\""}, {"with \\\"quotes\\\"", "1"},
        {"destination.port", "443"}, {"source.asn", "64500"}};
static const char *const values[] = {"\"192.0.2.1\"", "\"2001:db8::1\"", "80", "0", "-1", "1.5", "1e3",
        "true", "null", "\"\"", "\"c2-server\"", "\"malicious-code\"", "\"2026-01-05T00:12:02+00:00\"",
        "\"tcp\"", "\"LA\"", "\"a\\nb\"", "\"\\u0000\"", "\"\\u00e9\"", "\"caf\xc3\xa9\"", "[1, 2]",
        "{\"x\": {\"y\": 1}}", "[]", "\"CVE-2021-26855\"", "\"host.example.net\"", "\"n/a\"", "\" x\"",
        "4294967296", "\"high\"", "\"\\\\\"", "01", "\"open", "}", "\"2026-13-05\""};
#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static void add_pair(struct buf *b, uint64_t *seed, size_t k, bool tame)
{
	const char *value = tame && dice(seed) % 60 ? keys[k].value : values[dice(seed) % COUNT(values)];

	buf_printf(b, "\"%s\":%s%s", keys[k].key, dice(seed) % 300 == 0 ? "  " : " ", value);
}

static void make_line(struct buf *b, uint64_t *seed)
{
	bool tame = dice(seed) % 4 != 0;
	unsigned first = 0, n = 12;

	buf_clear(b);
	buf_add(b, STR("{"));
	if (dice(seed) % 3 == 0)
		first = (unsigned)(dice(seed) % 3);
	for (unsigned i = first; i < n; i++) {
		if (tame && dice(seed) % 50 == 0)
			continue;
		buf_add(b, b->len > 1 ? STR(", ") : STR(""));
		add_pair(b, seed, tame ? i : dice(seed) % COUNT(keys), tame);
	}
	if (dice(seed) % 200 == 0) {
		buf_add(b, STR(", \"long\": \""));
		for (int i = 0; i < 20000; i++)
			buf_char(b, 'x');
		buf_char(b, '"');
	}
	buf_add(b, STR("}"));
	if (dice(seed) % 100 == 0)
		b->len -= b->len > 4 ? dice(seed) % 4 : 0;
	if (dice(seed) % 100 == 0)
		b->p[dice(seed) % b->len] = "\t,\"x:"[dice(seed) % 5];
}

static void rows_and_tokens_agree(void **state)
{
	struct side rows = {0}, tokens = {0};
	auto_buf struct buf line = {0};
	uint64_t seed = 11;
	char *copy = mem_zero(1, LINE + 64);

	(void)state;
	side_init(&rows);
	side_init(&tokens);
	for (uint32_t i = 0; i < LINES; i++) {
		make_line(&line, &seed);
		memcpy(copy, line.p, line.len);
		put(&rows, str_make(copy, line.len), i, true);
		put(&tokens, str_make(copy, line.len), i, false);
	}
	compare(&rows, &tokens);
	assert_true(writer_counts(rows.w).events > LINES / 4);
	assert_true(writer_counts(rows.w).asides > LINES / 20);
	side_done(&rows);
	side_done(&tokens);
	free(copy);
}

/* More names than a table has columns, and than are kept at all. */
static void many_names(void **state)
{
	struct side rows = {0}, tokens = {0};
	auto_buf struct buf line = {0};

	(void)state;
	side_init(&rows);
	side_init(&tokens);
	for (uint32_t i = 0; i < 1500; i++) {
		buf_clear(&line);
		buf_printf(&line, "{\"source.ip\": \"192.0.2.%u\", \"name_%u\": \"%u\", \"other_%u\": 1}",
		        i % 200 + 1, i, i, i / 3);
		put_both(&rows, &tokens, &line, i);
	}
	compare(&rows, &tokens);
	assert_int_equal(writer_counts(rows.w).events, 1500);
	side_done(&rows);
	side_done(&tokens);
}

/* Objects of about as many pairs as are kept (JSON_FLAT_GAPS) from one line to the next, alike and then not. */
static void wide_objects(void **state)
{
	struct side rows = {0}, tokens = {0};
	auto_buf struct buf line = {0};

	(void)state;
	side_init(&rows);
	side_init(&tokens);
	for (uint32_t i = 0; i < 300; i++) {
		buf_clear(&line);
		buf_printf(&line, "{\"source.ip\": \"192.0.2.%u\"", i % 200 + 1);
		for (uint32_t k = 0; k < 61 + i % 100 / 10; k++)
			buf_printf(&line, ", \"name_%u_%u\": %u", k, i % 7 == 0 ? k % 2 : 0, i);
		buf_add(&line, STR("}"));
		put_both(&rows, &tokens, &line, i);
	}
	compare(&rows, &tokens);
	assert_int_equal(writer_counts(rows.w).events, 300);
	side_done(&rows);
	side_done(&tokens);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows_and_tokens_agree),
	        cmocka_unit_test(many_names), cmocka_unit_test(wide_objects)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
