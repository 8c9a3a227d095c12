/* SPDX-License-Identifier: Apache-2.0
 *
 * A batch from a reader that means harm: whatever byte of it is changed, it is refused, or everything that
 * works on a checked batch goes through it without a step outside (each copy is a block of its own, so that
 * the address sanitizer sees one).
 */
#include "base/vec.h"
#include "event/event.h"
#include "event/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t dice(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

struct sample {
	char *bytes;
	size_t len;
};

static int keep(void *arg, const void *bytes, size_t len, void **ret_next, struct err *e)
{
	struct sample *s = arg;

	(void)ret_next, (void)e;
	s->bytes = mem_get(len);
	memcpy(s->bytes, bytes, len);
	s->len = len;
	return 0;
}

static void one_record(struct writer *w, unsigned i)
{
	static const struct {
		enum field id;
		const char *text;
	} values[] = {{FIELD_TIME_SOURCE, "2026-01-05T00:11:30Z"}, {FIELD_SOURCE_IP, "192.0.2.7"},
	        {FIELD_SOURCE_PORT, "443"}, {FIELD_SOURCE_ASN, "64500"},
	        {FIELD_SOURCE_NETWORK, "2001:db8::/33"}, {FIELD_SOURCE_FQDN, "www.example.net"},
	        {FIELD_SOURCE_URL, "http://www.example.net/\xc3\xa9"}, {FIELD_SOURCE_GEO_CC, "LA"},
	        {FIELD_MALWARE_HASH_MD5, "d41d8cd98f00b204e9800998ecf8427e"},
	        {FIELD_CLASSIFICATION_TAXONOMY, "vulnerable"}, {FIELD_PROTOCOL_TRANSPORT, "tcp"},
	        {FIELD_TLP, "AMBER"}, {FIELD_PAP, "GREEN"}, {FIELD_SEVERITY, "high"},
	        {FIELD_FEED_ACCURACY, "80"}, {FIELD_COUNT, "12"}, {FIELD_DESTINATION_IP, "2001:db8::7"},
	        {FIELD_DESTINATION_PORT, "80"}, {FIELD_TIME_LAST, "2026-01-06"},
	        {FIELD_COMMENT, "two\nlines \xf0\x9f\x90\x98"}};

	record_begin(w, 1000 * i, 900, i + 2);
	if (i == 3)
		record_aside(w, ASIDE_SYNTAX, FIELD_SOURCE_IP, "nothing of it can be read");
	for (unsigned k = 0; i != 3 && i != 4 && k < 3; k++) {
		event_begin(w);
		for (unsigned v = 0; v < sizeof(values) / sizeof(values[0]); v++)
			if ((i + k) % 3 != 2 || v == 0)
				event_put(w, values[v].id, str_from(values[v].text));
		if (i % 2 == 0)
			event_put(w, FIELD_CLASSIFICATION_TYPE, STR("phishing"));
		event_extra_name(w, STR("tag"), STR("a;b"));
		event_extra_name(w, STR("x.y"), STR("\xe0\xba\xa5"));
		event_end(w);
	}
	record_end(w);
}

/* Events with much and with little, a sentence for a whole record and for part of one, one without events. */
static struct sample make_sample(void)
{
	static const struct event_settings settings;
	struct sample s = {0};
	void *slot = aligned_alloc(64, BATCH_SLOT);
	struct writer *w = writer_new(&settings, slot, keep, &s);

	for (unsigned i = 0; i < 6; i++)
		one_record(w, i);
	assert_int_equal(writer_flush(w, NULL), 0);
	struct writer_counts n = writer_counts(w);
	assert_true(n.partial > 0 && n.asides > 0 && n.none > 0 && n.events > 5);
	writer_free(w);
	free(slot);
	return s;
}

static void mend_head(char *bytes)
{
	struct batch_head *h = (void *)bytes;

	h->head_crc = crc32c(0, h, sizeof(*h) - 4);
}

static void use(const struct batch *b, struct buf *out)
{
	const struct event_text_options o = {.accuracy = -1}, old = {.accuracy = -1, .old_names = true};
	struct batch_value v;
	char buf[64];
	uint64_t sum = 0;

	buf_clear(out);
	for (uint32_t i = 0; i < b->head->rows; i++) {
		const struct batch_row *row = &b->rows[i];
		event_json(out, b, row, &o);
		event_csv(out, b, row, &old);
		for (struct batch_iter it = batch_vars(b, row); batch_var_next(&it, &v);)
			sum += str_hash(v.value) + str_hash(v.name);
		for (unsigned id = 1; id < FIELD_END; id++)
			sum += str_hash(batch_text(b, row, (enum field)id, buf));
	}
	for (uint32_t i = 0; i < b->head->asides; i++) {
		const struct batch_aside *a = &b->asides[i];
		sum += str_hash(batch_aside_text(b, a));
		sum += aside_table[a->reason & ~ASIDE_PARTIAL].name.len + field_table[a->field].name.len;
	}
	for (uint32_t i = 0; i < b->head->keys; i++)
		sum += str_hash(b->keys[i]);
	buf_printf(out, "%llu\n", (unsigned long long)sum);
}

/* True if it is taken. bytes is a block of exactly len bytes. */
static bool try_it(const char *bytes, size_t len, uint64_t raw_size, struct buf *out)
{
	struct batch *b = mem_zero(1, sizeof(*b));
	struct err e = {0};
	bool ok = batch_open(bytes, len, raw_size, b, &e) == 0;

	if (ok)
		use(b, out);
	else
		assert_true(strncmp(e.text, "damaged batch: ", 15) == 0);
	free(b);
	return ok;
}

static void test_whole(void **state)
{
	struct sample s = make_sample();
	auto_buf struct buf out = {0};

	(void)state;
	assert_true(try_it(s.bytes, s.len, UINT64_MAX, &out));
	assert_true(try_it(s.bytes, s.len, 5900, &out));
	/* the last record lies outside of a report that is one byte shorter */
	assert_false(try_it(s.bytes, s.len, 5899, &out));
	free(s.bytes);
}

/* With the sum of the body each single change is seen; without it, of the head. */
static void test_sums(void **state)
{
	struct sample s = make_sample();
	struct batch_head *h = (void *)s.bytes;
	auto_buf struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(*h); i++) {
		s.bytes[i] ^= (char)(1 << i % 8);
		assert_false(try_it(s.bytes, s.len, UINT64_MAX, &out));
		s.bytes[i] ^= (char)(1 << i % 8);
	}
	h->body_crc = crc32c(0, s.bytes + sizeof(*h), s.len - sizeof(*h));
	mend_head(s.bytes);
	assert_true(try_it(s.bytes, s.len, UINT64_MAX, &out));
	for (size_t i = 0; i < s.len; i++) {
		s.bytes[i] ^= (char)(1 << i % 8);
		assert_false(try_it(s.bytes, s.len, UINT64_MAX, &out));
		s.bytes[i] ^= (char)(1 << i % 8);
	}
	free(s.bytes);
}

static void test_cut(void **state)
{
	struct sample s = make_sample();
	auto_buf struct buf out = {0};

	(void)state;
	for (size_t len = 0; len < s.len; len++) {
		char *cut = mem_get(len ? len : 1);
		memcpy(cut, s.bytes, len);
		assert_false(try_it(cut, len, UINT64_MAX, &out));
		free(cut);
	}
	char *more = mem_zero(1, s.len + 8);
	memcpy(more, s.bytes, s.len);
	assert_false(try_it(more, s.len + 8, UINT64_MAX, &out));
	free(more);
	free(s.bytes);
}

/* Two records, or two sentences, of one number. */
static void test_order(void **state)
{
	struct sample s = make_sample();
	struct batch_head *h = (void *)s.bytes;
	struct batch_row *rows = (void *)(s.bytes + sizeof(*h) + h->var_len);
	struct batch_aside *asides = (void *)(rows + h->rows);
	auto_buf struct buf out = {0};

	(void)state;
	rows[0].ordinal += 1;
	assert_false(try_it(s.bytes, s.len, UINT64_MAX, &out));
	rows[0].ordinal -= 1;
	asides[0].ordinal = asides[1].ordinal;
	assert_false(try_it(s.bytes, s.len, UINT64_MAX, &out));
	asides[0].ordinal -= 1;
	assert_true(try_it(s.bytes, s.len, UINT64_MAX, &out));
	h->none++;
	mend_head(s.bytes);
	assert_false(try_it(s.bytes, s.len, UINT64_MAX, &out));
	free(s.bytes);
}

/* Bytes that matter, for offsets, lengths and counts of any width. */
static const uint8_t values[] = {0x00, 0x07, 0x80, 0xff};

/* Each byte by itself, the sums made right again. */
static void test_each_byte(void **state)
{
	struct sample s = make_sample();
	auto_buf struct buf out = {0};
	unsigned taken = 0, refused = 0;

	(void)state;
	for (size_t i = 0; i < s.len; i++) {
		char was = s.bytes[i];
		for (size_t k = 0; k < sizeof(values) + 1; k++) {
			s.bytes[i] = k < sizeof(values) ? (char)values[k] : (char)(was + 1);
			mend_head(s.bytes);
			bool ok = try_it(s.bytes, s.len, 5900, &out);
			taken += ok;
			refused += !ok;
		}
		s.bytes[i] = was;
		mend_head(s.bytes);
	}
	assert_true(taken > s.len && refused > s.len);
	free(s.bytes);
}

/* Several at once, in whatever stands behind the head. */
static void test_many_bytes(void **state)
{
	struct sample s = make_sample();
	auto_buf struct buf out = {0};
	char *copy = mem_get(s.len);
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		memcpy(copy, s.bytes, s.len);
		for (uint64_t n = 1 + dice(&seed) % 6; n > 0; n--) {
			uint64_t r = dice(&seed);
			size_t at = r % 4 == 0 ? 8 + (r >> 8) % 40 : (r >> 8) % s.len;
			copy[at] = r % 3 ? (char)(copy[at] ^ 1 << (r >> 40) % 8)
			                 : (char)values[(r >> 40) % sizeof(values)];
		}
		mend_head(copy);
		try_it(copy, s.len, UINT64_MAX, &out);
	}
	free(copy);
	free(s.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_whole),
	        cmocka_unit_test(test_sums),
	        cmocka_unit_test(test_cut),
	        cmocka_unit_test(test_order),
	        cmocka_unit_test(test_each_byte),
	        cmocka_unit_test(test_many_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
