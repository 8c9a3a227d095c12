/* SPDX-License-Identifier: Apache-2.0
 *
 * Whatever is asked of a chunk, its sieve never denies what is in it, and seldom fails to deny what is not; its columns
 * choose the very rows that a look at each of them chooses. Days made by chance, from many seeds.
 */
#include "day/look.h"
#include "event/event.h"
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#define CHUNKS 6
#define DATE 20260105

static uint64_t seed;

static unsigned dice(unsigned n)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (unsigned)((z >> 33) % n);
}

/* ---- a day --------------------------------------------------------------------------------------- */

static struct err e;
static char folder[64];
static struct day *day;
static struct verdict verdicts[BATCH_ROWS];

/* From few networks, so that what is asked for by chance is sometimes there. */
static void any_addr(struct addr *ret)
{
	static const uint8_t six[8] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0};

	if (dice(3) > 0) {
		addr_from4(dice(2) ? 0xc6330000u | dice(1u << 16) : dice(1u << 30) << 2 | dice(4), ret);
		return;
	}
	memcpy(ret->b, six, 8);
	ret->b[5] = (uint8_t)dice(3);
	ret->b[7] = (uint8_t)dice(200);
	for (unsigned i = 8; i < 16; i++)
		ret->b[i] = dice(2) ? 0 : (uint8_t)dice(256);
}

static void any_name(struct buf *ret)
{
	static const char *const tops[] = {"example", "test", "a.example", "b.a.example", "invalid"};

	buf_clear(ret);
	for (unsigned i = dice(4); i > 0; i--)
		buf_printf(ret, "h%u.", dice(2) ? dice(40) : dice(1u << 20));
	buf_add(ret, str_from(tops[dice(5)]));
}

static int keep_batch(void *arg, const void *bytes, size_t len, void **ret_next, struct err *err)
{
	struct buf *out = arg;

	(void)ret_next;
	(void)err;
	buf_clear(out);
	buf_add(out, str_make(bytes, len));
	return 0;
}

static void put_addr(struct writer *w, enum field field)
{
	char text[ADDR_TEXT];
	struct addr a;

	any_addr(&a);
	event_put(w, field, str_make(text, addr_print(text, &a)));
}

static void put_row(struct writer *w, unsigned i)
{
	auto_buf struct buf name = {0};

	record_begin(w, i * 100, 90, i + 1);
	event_begin(w);
	if (dice(4) > 0)
		put_addr(w, FIELD_SOURCE_IP);
	if (dice(6) == 0)
		put_addr(w, FIELD_DESTINATION_IP);
	any_name(&name);
	if (dice(2))
		event_put(w, FIELD_DESTINATION_FQDN, buf_str(&name));
	any_name(&name);
	event_put(w, FIELD_SOURCE_FQDN, buf_str(&name));
	event_put(w, FIELD_CLASSIFICATION_TYPE, dice(2) ? STR("scanner") : STR("spam"));
	event_end(w);
	record_end(w);
}

static void make_batch(unsigned rows, struct buf *ret, struct batch *b)
{
	static const struct event_settings settings = {.tlp = TLP_GREEN};
	void *slot = aligned_alloc(64, BATCH_SLOT);
	struct writer *w = writer_new(&settings, slot, keep_batch, ret);

	for (unsigned i = 0; i < rows; i++)
		put_row(w, i);
	assert_int_equal(writer_flush(w, &e), 0);
	writer_free(w);
	free(slot);
	assert_int_equal(batch_open(ret->p, ret->len, UINT64_MAX, b, &e), 0);
	/* a name that is none may leave a row with nothing to it */
	assert_true(b->head->rows > 0 && b->head->rows <= rows);
}

static void put_chunk(unsigned chunk, unsigned rows)
{
	auto_buf struct buf bytes = {0};
	struct batch *b = mem_zero(1, sizeof(*b));
	struct day_chunk c = {.receipt = 7, .chunk = chunk};

	make_batch(rows, &bytes, b);
	for (unsigned i = 0; i < b->head->rows; i++) {
		verdicts[i] = (struct verdict){.finding = dice(300)};
		verdicts[i].severity = (uint8_t)dice(SEVERITY_END);
	}
	db_begin(day_db(day));
	if (chunk % 2)
		day_put_begin(day, b);
	day_put(day, &c, b, verdicts);
	assert_int_equal(db_commit(day_db(day), &e), 0);
	free(b);
}

static void open_day(void)
{
	snprintf(folder, sizeof(folder), "%s/weir-sieve-XXXXXX",
	        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(day_open(folder, DATE, DB_WRITE, &day, &e), 0);
}

static void close_day(void)
{
	char path[80];

	day_close(day);
	assert_int_equal(day_delete(folder, DATE, &e), 0);
	snprintf(path, sizeof(path), "%s/day", folder);
	rmdir(path);
	rmdir(folder);
}

/* ---- asking -------------------------------------------------------------------------------------- */

static bool below(struct str name, struct str parent)
{
	return str_ieq(name, parent) ||
	        (name.len > parent.len && str_iends(name, parent) &&
	                name.p[name.len - parent.len - 1] == '.');
}

static bool row_has(const struct day_view *v, uint32_t i, const struct prefix *p, struct str name)
{
	const struct batch_row *row = &v->batch.rows[i];

	return (p == NULL || prefix_has(p, &row->src) || prefix_has(p, &row->dst)) &&
	        (name.len == 0 || below(batch_find(&v->batch, row, FIELD_SOURCE_FQDN), name) ||
	                below(batch_find(&v->batch, row, FIELD_DESTINATION_FQDN), name));
}

struct tally {
	unsigned asked, absent, in_vain;
};

/* A sieve tells of a chunk that both are in it, if in different rows. */
static void ask_chunk(const struct day_info *c, const struct day_view *v, const struct prefix *p,
        struct str name, struct tally *t)
{
	struct sieve_ask ask = sieve_ask(p, name);
	bool prefix_there = p == NULL, name_there = name.len == 0;
	int may = day_may(day, c, &ask, &e);

	assert_true(may == 0 || may == 1);
	for (uint32_t i = 0; i < c->rows; i++) {
		prefix_there |= row_has(v, i, p, (struct str){0});
		name_there |= row_has(v, i, NULL, name);
	}
	if (prefix_there && name_there)
		assert_int_equal(may, 1);
	if (ask.n == 0 || (prefix_there && name_there))
		return;
	t->absent++;
	t->in_vain += may == 1;
}

static void check_columns(const struct day_info *c, const struct day_view *v, const struct prefix *p)
{
	struct day_columns *columns = mem_zero(1, sizeof(*columns));
	uint64_t words[4];
	unsigned type = v->batch.head->rows > 0 ? v->batch.rows[0].type : 0, severity = dice(SEVERITY_END),
	         n = 0;
	struct batch_row row;

	for (unsigned i = 0; i < 4; i++)
		words[i] = (uint64_t)dice(UINT32_MAX) << 32 | dice(UINT32_MAX);
	assert_int_equal(day_columns_open(day, c, columns, &e), 0);
	assert_int_equal(day_columns_verdicts(day, c, columns, &e), 0);
	day_columns_prefix(columns, p);
	if (dice(2))
		day_columns_type(columns, type);
	else
		type = UINT32_MAX;
	day_columns_severity(columns, severity);
	day_columns_finding(columns, words, 256);
	for (uint32_t i = 0; i < c->rows; i++) {
		uint64_t f = v->verdicts[i].finding;
		bool fits = row_has(v, i, p, (struct str){0}) &&
		        (type == UINT32_MAX || v->batch.rows[i].type == type) &&
		        v->verdicts[i].severity == severity && f < 256 && (words[f / 64] >> f % 64 & 1);
		assert_int_equal(columns->fits[i], fits);
		n += fits;
		day_columns_row(columns, i, &row);
		assert_memory_equal(&row, &v->batch.rows[i], sizeof(row));
	}
	assert_int_equal(columns->left, n);
	day_columns_done(columns);
	free(columns);
}

/* An address of a row, or any; cut to any length. */
static void any_prefix(const struct day_view *v, struct prefix *ret)
{
	uint8_t len = (uint8_t)(dice(2) ? 128 : dice(4) ? 96 + dice(33) : dice(129));
	struct addr a;

	any_addr(&a);
	if (v->batch.head->rows > 0 && dice(2))
		a = v->batch.rows[dice(v->batch.head->rows)].src;
	ret->len = len;
	ret->addr = a;
	for (unsigned i = len; i < 128; i++)
		ret->addr.b[i / 8] &= (uint8_t) ~(128 >> i % 8);
}

static void ask_all(struct tally *t)
{
	auto_buf struct buf name = {0};
	uint64_t cursor = UINT64_MAX;
	struct day_info c;
	struct day_view v;
	struct prefix p;

	while (day_chunk_before(day, &cursor, &c, &e) == 1) {
		assert_int_equal(day_get(day, c.receipt, c.edition, c.chunk, &v, &e), 0);
		for (unsigned i = 0; i < 60; i++) {
			any_prefix(&v, &p);
			any_name(&name);
			if (name.len > 0 && dice(4) == 0)
				name.p[0] = (char)(name.p[0] & ~0x20);
			ask_chunk(&c, &v, &p, (struct str){0}, t);
			ask_chunk(&c, &v, NULL, buf_str(&name), t);
			ask_chunk(&c, &v, &p, buf_str(&name), t);
			t->asked += 3;
			if (i % 10 == 0)
				check_columns(&c, &v, &p);
		}
		day_view_done(&v);
	}
}

static void chance(void **state)
{
	struct tally t = {0};

	(void)state;
	for (unsigned s = 1; s <= 40; s++) {
		seed = s;
		open_day();
		for (unsigned i = 0; i < CHUNKS; i++)
			put_chunk(i, 20 + dice(s % 8 == 0 ? 2000 : 150));
		ask_all(&t);
		close_day();
	}
	print_message(
	        "%u questions, %u of what is not there, %u of them in vain\n", t.asked, t.absent, t.in_vain);
	assert_true(t.absent > 1000);
	assert_true(t.in_vain * 25 < t.absent);
}

/* ---- where there is none ------------------------------------------------------------------------- */

static int may(const char *text)
{
	struct day_info c = {.receipt = 7, .chunk = 1};
	struct prefix p;

	assert_true(prefix_parse(str_from(text), &p, NULL));
	struct sieve_ask ask = sieve_ask(&p, (struct str){0});
	return day_may(day, &c, &ask, &e);
}

static void none(void **state)
{
	(void)state;
	seed = 1;
	open_day();
	put_chunk(1, 100);
	assert_int_equal(may("203.0.113.9"), 0);
	/* what no level holds */
	assert_int_equal(may("203.0.0.0/15"), 1);
	assert_int_equal(may("0.0.0.0/8"), 1);
	assert_int_equal(may("::/0"), 1);
	/* an older Weir puts the chunk again */
	assert_int_equal(db_exec(day_db(day), "insert or replace into batch select * from batch", &e), 0);
	assert_int_equal(may("203.0.113.9"), 1);
	put_chunk(1, 100);
	assert_int_equal(may("203.0.113.9"), 0);
	/* what goes, goes with it */
	assert_int_equal(db_exec(day_db(day), "delete from batch", &e), 0);
	assert_int_equal(may("203.0.113.9"), 1);
	close_day();
}

static void older_file(void **state)
{
	(void)state;
	seed = 1;
	open_day();
	put_chunk(1, 100);
	assert_int_equal(
	        db_exec(day_db(day), "drop trigger sieve_put; drop trigger sieve_drop; drop table sieve", &e),
	        0);
	day_close(day);
	assert_int_equal(day_open(folder, DATE, DB_READ, &day, &e), 0);
	assert_int_equal(may("203.0.113.9"), 1);
	day_close(day);
	assert_int_equal(day_open(folder, DATE, DB_WRITE, &day, &e), 0);
	put_chunk(1, 100);
	assert_int_equal(may("203.0.113.9"), 0);
	close_day();
}

static void damaged(void **state)
{
	(void)state;
	seed = 1;
	open_day();
	put_chunk(1, 100);
	assert_int_equal(
	        db_exec(day_db(day),
	                "update sieve set z = cast(substr(z, 1, 50) || x'ff' || substr(z, 52) as blob)", &e),
	        0);
	assert_int_equal(may("203.0.113.9"), ERR_FORMAT);
	assert_int_equal(db_exec(day_db(day), "update sieve set z = x'00'", &e), 0);
	assert_int_equal(may("203.0.113.9"), ERR_FORMAT);
	close_day();
}

/* One that was begun and never put, as after a fault, harms nothing that comes later. */
static void given_up(void **state)
{
	auto_buf struct buf bytes = {0};
	struct batch *b = mem_zero(1, sizeof(*b));

	(void)state;
	seed = 1;
	open_day();
	make_batch(500, &bytes, b);
	for (unsigned i = 0; i < 20; i++) {
		day_put_begin(day, b);
		put_chunk(i % 2 ? 1 : 2, 100);
		assert_int_equal(may("203.0.113.9"), 1 - (i > 0));
	}
	day_put_begin(day, b);
	close_day();
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(chance), cmocka_unit_test(none),
	        cmocka_unit_test(older_file), cmocka_unit_test(damaged), cmocka_unit_test(given_up)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
