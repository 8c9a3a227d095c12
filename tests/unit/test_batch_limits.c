/* SPDX-License-Identifier: Apache-2.0
 *
 * What is too much for a batch: it goes into the next one, or ends in a sentence; never is it lost silently.
 */
#include "base/vec.h"
#include "event/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct tally {
	struct writer *w;
	void *slot;
	uint32_t batches, rows, most_rows, whole, partial, known, ordinal;
	struct str sentence; /* of the last one set aside */
	char text[1024];
	size_t longest; /* value */
	struct batch batch;
};

static int tally_batch(void *arg, const void *bytes, size_t len, void **ret_next, struct err *e)
{
	struct tally *t = arg;
	struct batch *b = &t->batch;
	struct batch_value v;

	(void)ret_next;
	assert_true(len <= BATCH_SLOT);
	assert_int_equal(batch_open(bytes, len, UINT64_MAX, b, e), 0);
	t->batches++;
	t->rows += b->head->rows;
	t->known += b->head->known;
	t->ordinal = b->head->rows > 0 ? b->rows[b->head->rows - 1].ordinal : t->ordinal;
	t->most_rows = b->head->rows > t->most_rows ? b->head->rows : t->most_rows;
	for (uint32_t i = 0; i < b->head->rows; i++)
		for (struct batch_iter it = batch_vars(b, &b->rows[i]); batch_var_next(&it, &v);)
			t->longest = v.value.len > t->longest ? v.value.len : t->longest;
	for (uint32_t i = 0; i < b->head->asides; i++) {
		bool partial = b->asides[i].reason & ASIDE_PARTIAL;
		t->whole += !partial;
		t->partial += partial;
		t->sentence = batch_aside_text(b, &b->asides[i]);
		memcpy(t->text, t->sentence.p, t->sentence.len);
		t->sentence.p = t->text;
	}
	return 0;
}

static struct tally *tally_new(void)
{
	static const struct event_settings settings;
	struct tally *t = mem_zero(1, sizeof(*t));

	t->slot = aligned_alloc(64, BATCH_SLOT);
	t->w = writer_new(&settings, t->slot, tally_batch, t);
	return t;
}

static void tally_free(struct tally *t)
{
	writer_free(t->w);
	free(t->slot);
	free(t);
}

static void begin(struct tally *t, size_t len)
{
	record_begin(t->w, 0, len, 1);
	event_begin(t->w);
	event_put(t->w, FIELD_SOURCE_IP, STR("192.0.2.1"));
}

static void finish(struct tally *t)
{
	event_end(t->w);
	record_end(t->w);
}

static void test_long_records(void **state)
{
	const size_t limit = 512 << 10;
	char *bytes = mem_get(2 * limit);
	struct tally *t = tally_new();

	(void)state;
	memset(bytes, 'x', 2 * limit);
	/* a small one, then one as long as a record may be: that goes into the next batch */
	begin(t, 10);
	finish(t);
	begin(t, limit);
	event_extra_name(t->w, STR("all"), str_make(bytes, limit));
	finish(t);
	assert_int_equal(t->batches, 1);
	/* four of a quarter megabyte are one too many for a batch */
	for (int i = 0; i < 4; i++) {
		begin(t, limit / 2);
		event_put(t->w, FIELD_COMMENT, str_make(bytes, limit / 2));
		finish(t);
	}
	assert_int_equal(writer_flush(t->w, NULL), 0);
	assert_int_equal(t->rows, 6);
	assert_int_equal(t->longest, limit);
	assert_true(t->batches >= 3 && t->whole == 0);
	/* longer than any batch; as long as a batch but no UTF-8, which may grow threefold */
	begin(t, 10);
	event_extra_name(t->w, STR("all"), str_make(bytes, 2 * limit));
	finish(t);
	memset(bytes, 0xff, limit);
	begin(t, limit);
	event_extra_name(t->w, STR("all"), str_make(bytes, limit));
	finish(t);
	begin(t, 10);
	finish(t);
	assert_int_equal(writer_flush(t->w, NULL), 0);
	assert_int_equal(t->rows, 7);
	assert_int_equal(t->whole, 2);
	assert_true(str_find_str(t->sentence, 0, STR("longer than a batch")) != SIZE_MAX);
	tally_free(t);
	free(bytes);
}

/* Values under many names, and many values under one name. */
static void many_extras(struct tally *t, unsigned names, unsigned values)
{
	char name[32], value[32];

	begin(t, 100000);
	for (unsigned i = 0; i < names * values; i++) {
		int n = snprintf(name, sizeof(name), "name%u", i / values);
		int m = snprintf(value, sizeof(value), "%u", i);
		event_extra_name(t->w, str_make(name, (size_t)n), str_make(value, (size_t)m));
	}
	finish(t);
	assert_int_equal(writer_flush(t->w, NULL), 0);
}

static void test_many_values(void **state)
{
	struct tally *t = tally_new();

	(void)state;
	many_extras(t, BATCH_KEYS, 1);
	assert_int_equal(t->rows, 1);
	assert_int_equal(t->batch.rows[0].nvar, BATCH_KEYS);
	many_extras(t, 65535, 1);
	assert_int_equal(t->rows, 1);
	assert_int_equal(t->whole, 1);
	assert_true(str_find_str(t->sentence, 0, STR("more names of the sender's own")) != SIZE_MAX);
	many_extras(t, 1, 99);
	assert_int_equal(t->rows, 2);
	assert_int_equal(t->batch.rows[0].nvar, 99);
	assert_int_equal(t->partial, 0);
	many_extras(t, 1, 100);
	assert_int_equal(t->rows, 3);
	assert_int_equal(t->batch.rows[0].nvar, 99);
	assert_int_equal(t->partial, 1);
	tally_free(t);
}

static void test_many_events(void **state)
{
	struct tally *t = tally_new();

	(void)state;
	/* more events than a batch has rows, more sentences than it has room for, more of both in one record */
	for (int i = 0; i < 10000; i++) {
		begin(t, 10);
		finish(t);
	}
	assert_int_equal(writer_flush(t->w, NULL), 0);
	assert_int_equal(t->rows, 10000);
	assert_true(t->batches >= 3 && t->most_rows > 3000 && t->most_rows <= BATCH_ROWS);
	for (int i = 0; i < 10000; i++) {
		record_begin(t->w, 0, 0, 1);
		record_aside(t->w, ASIDE_SYNTAX, FIELD_NONE, "%0900d", i);
		record_end(t->w);
	}
	assert_int_equal(writer_flush(t->w, NULL), 0);
	assert_int_equal(t->whole, 10000);
	for (int i = 0; i < 40; i++) {
		record_begin(t->w, 0, 300, 1);
		for (int k = 0; k < 300; k++) {
			event_begin(t->w);
			event_put(t->w, FIELD_SOURCE_FQDN, STR("example.org"));
			event_end(t->w);
		}
		record_end(t->w);
	}
	assert_int_equal(writer_flush(t->w, NULL), 0);
	assert_int_equal(t->rows, 10000 + 40 * 255);
	assert_int_equal(t->partial, 40);
	assert_true(str_find_str(t->sentence, 0, STR("more than 255 things")) != SIZE_MAX);
	struct writer_counts n = writer_counts(t->w);
	assert_true(n.records == 20040 && n.with_events == 10040 && n.asides == 10000 && n.partial == 40);
	tally_free(t);
}

/* Of a file that has grown: known ones make nothing, whatever they are, one without an end is set aside; ordinals go on. */
static void test_known_records(void **state)
{
	const struct event_settings settings = {.grows = true, .known = 20, .whole = 40};
	struct tally *t = tally_new();
	static const struct {
		uint64_t off, len;
	} at[] = {{0, 9}, {10, 9}, {10, 11}, {20, 0}, {21, 9}, {31, 9}, {32, 9}};

	(void)state;
	writer_free(t->w);
	t->w = writer_new(&settings, t->slot, tally_batch, t);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		record_begin(t->w, at[i].off, at[i].len, 1);
		if (i == 1)
			record_aside(t->w, ASIDE_SYNTAX, FIELD_NONE, "it was set aside there too");
		event_begin(t->w);
		event_put(t->w, FIELD_SOURCE_IP, STR("192.0.2.1"));
		event_extra_name(t->w, STR("x"), STR("y"));
		finish(t);
	}
	assert_int_equal(writer_flush(t->w, NULL), 0);
	struct writer_counts n = writer_counts(t->w);
	assert_int_equal(n.records, 7);
	assert_int_equal(n.none, 3); /* to 9, to 19, and the empty one at 20 */
	assert_int_equal(n.asides, 1);
	assert_int_equal(n.with_events, 3);
	assert_int_equal(t->known, 3);
	assert_int_equal(t->rows, 3);
	assert_int_equal(t->ordinal, 5); /* of the last event */
	assert_true(str_find_str(t->sentence, 0, STR("ends within this line")) != SIZE_MAX);
	tally_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_long_records),
	        cmocka_unit_test(test_many_values),
	        cmocka_unit_test(test_many_events),
	        cmocka_unit_test(test_known_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
