/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of a table three ways: the fast one, the same plan without its short cuts, and value by value with
 * event_put and event_extra. Whatever the plan and the values, the first two make the same batches to the byte,
 * and the third one events that say the same.
 */
#include "base/vec.h"
#include "event/fill.h"
#include "event/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COLUMNS 40
#define ROWS 200

static uint64_t dice(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static const char *const pool[] = {"192.0.2.1", "2001:db8::1", "198.51.100.7:8080", "192.0.2.0/24",
        "192.0.2.01", "0.0.0.0", " 192.0.2.9 ", "80", "0", "080", "65535", "65536", "443.0", "64500",
        "AS64500", "4294967295", "999999999", "1000000000", "tcp", "udp", "TCP", "6", "tcpx", "high", "HIGH",
        "critical", "criticality", "info", "low", "medium", "LA", "la", "NA", "L1", "LAO",
        "2026-01-05 00:11:30", "2026-01-05T00:11:30.5Z", "2026-13-05 00:00:00", "0000-00-00 00:00:00",
        "1767571890", "host.example.net", "HOST.Example.NET.", ".host.example.net", "host", "n.a.", "unknown",
        "none", "-", "?", "N/A", "null", "undef", "", "", "", "", "", " ", "x", " x", "x ",
        "Communications, Service Provider, and Hosting Service",
        "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd0123456789aaaaaaaaaabbbbbbbbbbccccccccccddd",
        "CVE-2021-26855", "cve-2021-26855", "cve-2021-26855,CVE-2020-1", "CVE-2021-123", "CVE-20210-1234",
        "CVE-2021-12345678", "http://www.example.com/a?b", "/a/b", "true", "Y",
        "d41d8cd98f00b204e9800998ecf8427e", "a@example.net", "vulnerable-system", "AMBER", "RED", "3"};
#define POOL (sizeof(pool) / sizeof(pool[0]))

static const char *const names[] = {
        "tag", "source.ip", "server", "a", "b", "http_code", "source.port", "tag"};

/* Values where 64 bytes can be read behind each. */
struct row {
	char bytes[COLUMNS][192];
	struct str values[COLUMNS];
};

/* One byte is another one, or the end is missing: what a short cut may take for what it is not. */
static size_t spoil(uint64_t *seed, char *text, size_t len)
{
	static const char other[] = "0159afzAFZ .:-/+@_,%~[]T";
	uint64_t r = dice(seed);

	if (len == 0)
		return 0;
	if (r % 4 == 0)
		return len - 1;
	text[(r >> 8) % len] = other[(r >> 40) % (sizeof(other) - 1)];
	return len;
}

static void make_row(uint64_t *seed, struct row *row)
{
	for (int i = 0; i < COLUMNS; i++) {
		const char *text = pool[dice(seed) % POOL];
		size_t len = strlen(text);
		memset(row->bytes[i], "x 0\n"[dice(seed) % 4], sizeof(row->bytes[i]));
		memcpy(row->bytes[i], text, len);
		if (dice(seed) % 8 == 0)
			len = spoil(seed, row->bytes[i], len);
		row->values[i] = str_make(row->bytes[i], len);
	}
}

/* A field that the row or the var section has; owner and what follows is the core's. Of a tame plan one that
 * takes any text, so that no bad value comes before those of the sender's own. */
static enum field any_field(uint64_t *seed, bool tame)
{
	static const enum field text[] = {FIELD_SOURCE_ACCOUNT, FIELD_COMMENT, FIELD_PRODUCT_NAME,
	        FIELD_STATUS, FIELD_SOURCE_GEO_CITY, FIELD_PROTOCOL_APPLICATION, FIELD_MALWARE_NAME};

	return tame ? text[dice(seed) % 7] : (enum field)(1 + dice(seed) % (FIELD_OWNER - 1));
}

static void add_fields(uint64_t *seed, struct event_plan *p, bool tame)
{
	for (uint32_t n = (uint32_t)(dice(seed) % (COLUMNS / 4)); n > 0; n--) {
		enum field to = any_field(seed, tame);
		bool taken = false;
		for (uint32_t i = 0; i < p->n; i++)
			taken |= p->v[i].to == to;
		/* a tame plan has no second values either */
		if (!tame || !taken)
			p->v[p->n++] =
			        (struct event_column){.at = (uint32_t)(dice(seed) % COLUMNS), .to = to};
	}
}

static struct event_plan make_plan(uint64_t *seed, struct arena *a)
{
	struct event_plan p = {.v = arena_array(a, COLUMNS, sizeof(struct event_column))};
	bool tame = dice(seed) % 2, twice = dice(seed) % 2;

	add_fields(seed, &p, tame);
	p.v[p.n++] = (struct event_column){.at = 2, .to = FIELD_SOURCE_PORT};
	while (p.n < COLUMNS - 2 && dice(seed) % 20 != 0) {
		struct str name = twice ? str_from(names[dice(seed) % 8]) : arena_printf(a, "name_%u", p.n);
		p.v[p.n++] = (struct event_column){
		        .at = (uint32_t)(dice(seed) % COLUMNS), .key = event_key(a, name)};
	}
	/* a name under which a bad value of a field may stand already, or which comes again */
	if (!twice)
		p.v[p.n++] = (struct event_column){
		        .at = 1, .key = event_key(a, dice(seed) % 2 ? STR("tag") : STR("source.port"))};
	event_plan_init(&p);
	return p;
}

struct side {
	struct writer *w;
	void *slot;
	struct buf text;   /* of the events and sentences */
	struct buf sorted; /* the same, values by name */
	struct buf bytes;  /* of the batches */
	struct batch batch;
};

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* An event as lines in the order of their text: the order of a batch's names is the writer's own. */
static void add_sorted(struct buf *out, struct str json)
{
	static struct str parts[2 * COLUMNS + FIELD_END];
	struct str_cut cut = {.tail = json};
	size_t n = 0;

	while (cut.tail.len != 0 && n < sizeof(parts) / sizeof(parts[0])) {
		size_t end = str_find_str(cut.tail, 0, STR(", \""));
		end = end == SIZE_MAX ? cut.tail.len : end + 1;
		parts[n++] = str_sub(str_trim(str_sub(cut.tail, 0, end)), 0, end);
		cut.tail = str_skip(cut.tail, end);
	}
	for (size_t i = 0; i < n; i++)
		while (parts[i].len != 0 && strchr("{},", parts[i].p[parts[i].len - 1]) != NULL)
			parts[i].len--;
	parts[0] = str_skip(parts[0], 1);
	qsort(parts, n, sizeof(parts[0]), by_text);
	for (size_t i = 0; i < n; i++) {
		buf_add(out, parts[i]);
		buf_char(out, '\n');
	}
}

static int take_batch(void *arg, const void *bytes, size_t len, void **ret_next, struct err *e)
{
	struct side *s = arg;
	struct event_text_options o = {.accuracy = -1};

	(void)ret_next;
	assert_int_equal(batch_open(bytes, len, UINT64_MAX, &s->batch, e), 0);
	buf_add(&s->bytes, str_make(bytes, len));
	for (uint32_t i = 0; i < s->batch.head->rows; i++) {
		size_t at = s->text.len;
		event_json(&s->text, &s->batch, &s->batch.rows[i], &o);
		add_sorted(&s->sorted, str_skip(buf_str(&s->text), at));
	}
	for (uint32_t i = 0; i < s->batch.head->asides; i++) {
		buf_add(&s->text, batch_aside_text(&s->batch, &s->batch.asides[i]));
		buf_char(&s->text, '\n');
	}
	return 0;
}

static void side_init(struct side *s)
{
	static const struct event_settings settings;

	s->slot = aligned_alloc(64, BATCH_SLOT);
	memset(s->slot, 0, BATCH_SLOT);
	s->w = writer_new(&settings, s->slot, take_batch, s);
}

static void side_done(struct side *s)
{
	writer_free(s->w);
	free(s->slot);
	buf_done(&s->text);
	buf_done(&s->sorted);
	buf_done(&s->bytes);
}

enum way { FAST, SLOW, SINGLE };

/* What event_fill promises to do. */
static void put_single(struct writer *w, struct event_plan *p, const struct str *values, uint32_t n)
{
	for (uint32_t i = 0; i < p->n; i++) {
		struct event_column *c = &p->v[i];
		if (c->at < n && c->to != FIELD_NONE)
			event_put(w, c->to, values[c->at]);
		else if (c->at < n)
			event_extra(w, &c->key, values[c->at]);
	}
}

static void put_row(struct side *s, struct event_plan *p, const struct row *row, uint32_t i, enum way way)
{
	uint32_t n = i % 7 == 0 ? p->width / 2 : COLUMNS;

	record_begin(s->w, i * 1000, 900, i + 1);
	record_plain(s->w, way == FAST);
	event_begin(s->w);
	if (way == SINGLE)
		put_single(s->w, p, row->values, n);
	else
		event_fill(s->w, p, row->values, n);
	if (i % 3 == 0)
		event_extra_name(s->w, STR("tag"), STR("late"));
	event_end(s->w);
	record_end(s->w);
}

static void same(const struct buf *a, const struct buf *b, const char *what)
{
	size_t n = a->len < b->len ? a->len : b->len, i = 0;

	while (i < n && a->p[i] == b->p[i])
		i++;
	if (i < n || a->len != b->len)
		fail_msg("%s: byte %zu of %zu and %zu, in the second one: %.*s", what, i, a->len, b->len, 200,
		        b->p + (i > 100 ? i - 100 : 0));
}

static uint64_t three_ways(uint64_t *seed, struct row *row)
{
	struct side sides[3] = {0};
	struct event_plan plans[3];
	uint64_t events, again;
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	for (int k = 0; k < 3; k++) {
		again = *seed;
		side_init(&sides[k]);
		plans[k] = make_plan(&again, &a);
	}
	*seed = again;
	for (uint32_t i = 0; i < ROWS; i++) {
		make_row(seed, row);
		for (int k = 0; k < 3; k++)
			put_row(&sides[k], &plans[k], row, i, (enum way)k);
	}
	for (int k = 0; k < 3; k++) {
		assert_int_equal(writer_flush(sides[k].w, NULL), 0);
		assert_int_equal(writer_counts(sides[k].w).records, ROWS);
	}
	same(&sides[FAST].text, &sides[SLOW].text, "without short cuts");
	same(&sides[FAST].bytes, &sides[SLOW].bytes, "batches without short cuts");
	same(&sides[FAST].sorted, &sides[SINGLE].sorted, "value by value");
	events = writer_counts(sides[FAST].w).events;
	for (int k = 0; k < 3; k++)
		side_done(&sides[k]);
	return events;
}

static void all_ways_agree(void **state)
{
	uint64_t seed = 7, events = 0;
	struct row *row = mem_zero(1, sizeof(*row));

	(void)state;
	for (int plan = 0; plan < 100; plan++)
		events += three_ways(&seed, row);
	assert_true(events > 1000);
	free(row);
}

/* A batch that gets full in the middle of things is handed over, and values longer than the rest of it end in
 * a sentence. */
static void full_batches(void **state)
{
	struct side s = {0};
	auto_arena struct arena a = {0};
	struct str values[3];
	struct event_plan p = {.n = 3};
	char *big = mem_zero(1, 500100);

	(void)state;
	arena_init(&a, 0);
	side_init(&s);
	memset(big, 'a', 500000);
	p.v = arena_array(&a, 3, sizeof(*p.v));
	p.v[0] = (struct event_column){.at = 0, .to = FIELD_SOURCE_IP};
	p.v[1] = (struct event_column){.at = 1, .key = event_key(&a, STR("one"))};
	p.v[2] = (struct event_column){.at = 2, .key = event_key(&a, STR("two"))};
	event_plan_init(&p);
	values[0] =
	        str_make("192.0.2.1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	                 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
	                9);
	for (uint32_t i = 0; i < 50; i++) {
		values[1] = str_make(big, (i * 6131) % 100000);
		values[2] = str_make(big, (i * 79190) % 500000);
		record_begin(s.w, i, values[1].len, i + 1);
		record_plain(s.w, true);
		event_begin(s.w);
		event_fill(s.w, &p, values, 3);
		event_end(s.w);
		record_end(s.w);
	}
	assert_int_equal(writer_flush(s.w, NULL), 0);
	struct writer_counts n = writer_counts(s.w);
	assert_int_equal(n.records, 50);
	assert_int_equal(n.records, n.with_events + n.asides);
	assert_true(n.with_events > 20 && n.asides > 0);
	side_done(&s);
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(all_ways_agree),
	        cmocka_unit_test(full_batches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
