/* SPDX-License-Identifier: Apache-2.0
 *
 * A job as bytes: what a reader is told is what was meant, and damaged bytes are refused.
 */
#include "proc/job.h"
#include "read/table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char mapping[] =
        "delimiter: \";\"\n"
        "quote: none\n"
        "comment: \"#\"\n"
        "skip: 2\n"
        "surplus: 2\n"
        "where: {verified: yes, kind: [c2, bot]}\n"
        "time: {format: \"%d.%m.%Y %H:%M\", zone: Asia/Vientiane}\n"
        "columns:\n"
        "  Source IP: source.ip\n"
        "  When: {field: time.source, format: \"%Y%m%d\"}\n"
        "  Threat: {field: classification.type, words: {cc: c2-server, bot: infected-system}}\n"
        "  Host: {field: source.url, prefix: \"http://\"}\n"
        "  Addresses: {field: source.ip, split: \" \"}\n"
        "  Place: [{field: source.geolocation.latitude, before: \",\"}, "
        "{field: source.geolocation.longitude, after: \",\"}]\n"
        "  Service: {field: destination.port, words: {ssh: 22, telnet: 23}, else: \"\"}\n"
        "  IOC: indicator\n"
        "  Note: extra.note\n"
        "  Junk: ignore\n"
        "constants: {classification.type: c2-server, extra.url: \"http://{Host}{Path}\"}\n";

static void full(struct arena *a, struct read_mapping *m, struct reader_job *ret)
{
	struct conf *conf;
	struct err e;

	if (conf_parse(a, STR("mapping"), str_from(mapping), &conf, &e) != 0 ||
	        map_parse(a, conf, m, &e) != 0)
		fail_msg("%s", e.text);
	*ret = (struct reader_job){.reader = &reader_csv,
	        .sure_only = true,
	        .part = 7,
	        .receipt = (uint64_t)1 << 40,
	        .options = {.name = STR("a report.csv"),
	                .timezone = STR("Asia/Vientiane"),
	                .people = true,
	                .delimiter = STR(";"),
	                .map = &m->map,
	                .publisher_map = STR("{}")},
	        .settings = {.time_format = m->time_format,
	                .tlp = TLP_GREEN,
	                .floor = TLP_AMBER,
	                .keep_placeholders = true,
	                .grows = true,
	                .known = (uint64_t)3 << 33,
	                .whole = (uint64_t)5 << 33}};
}

static void same(const struct reader_job *a, const struct reader_job *b)
{
	assert_ptr_equal(a->reader, b->reader);
	assert_int_equal(a->sure_only, b->sure_only);
	assert_int_equal(a->part, b->part);
	assert_int_equal(a->receipt, b->receipt);
	assert_true(str_eq(a->options.name, b->options.name));
	assert_true(str_eq(a->options.timezone, b->options.timezone));
	assert_int_equal(a->options.people, b->options.people);
	assert_true(str_eq(a->options.delimiter, b->options.delimiter));
	assert_true(str_eq(a->options.publisher_map, b->options.publisher_map));
	assert_true(str_eq(a->settings.time_format, b->settings.time_format));
	assert_int_equal(a->settings.tlp, b->settings.tlp);
	assert_int_equal(a->settings.floor, b->settings.floor);
	assert_int_equal(a->settings.keep_placeholders, b->settings.keep_placeholders);
	assert_int_equal(a->settings.grows, b->settings.grows);
	assert_int_equal(a->settings.known, b->settings.known);
	assert_int_equal(a->settings.whole, b->settings.whole);
}

static void same_row(const struct map_row *a, const struct map_row *b)
{
	assert_true(str_eq(a->from, b->from) && str_eq(a->extra, b->extra) && str_eq(a->format, b->format));
	assert_true(str_eq(a->prefix, b->prefix) && str_eq(a->split, b->split) && str_eq(a->other, b->other));
	assert_true(str_eq(a->after, b->after) && str_eq(a->before, b->before));
	assert_int_equal(a->to, b->to);
	assert_int_equal(a->nwords, b->nwords);
	for (uint32_t i = 0; i < a->nwords; i++)
		assert_true(
		        str_eq(a->words[i].from, b->words[i].from) && str_eq(a->words[i].to, b->words[i].to));
	assert_true(a->has_other == b->has_other && a->indicator == b->indicator && a->alone == b->alone);
}

static void same_map(const struct read_map *a, const struct read_map *b)
{
	assert_int_equal(a->nrows, b->nrows);
	assert_int_equal(a->nconsts, b->nconsts);
	assert_int_equal(a->nwhere, b->nwhere);
	for (uint32_t i = 0; i < a->nrows; i++)
		same_row(&a->rows[i], &b->rows[i]);
	for (uint32_t i = 0; i < a->nconsts; i++)
		assert_true(a->consts[i].to == b->consts[i].to &&
		        str_eq(a->consts[i].extra, b->consts[i].extra) &&
		        str_eq(a->consts[i].value, b->consts[i].value));
	for (uint32_t i = 0; i < a->nwhere; i++) {
		assert_true(str_eq(a->where[i].from, b->where[i].from));
		assert_int_equal(a->where[i].nvalues, b->where[i].nvalues);
		for (uint32_t k = 0; k < a->where[i].nvalues; k++)
			assert_true(str_eq(a->where[i].values[k], b->where[i].values[k]));
	}
	assert_true(str_eq(a->delimiter, b->delimiter) && str_eq(a->quote, b->quote) &&
	        str_eq(a->surplus, b->surplus));
	assert_true(str_eq(a->comment, b->comment) && str_eq(a->time_format, b->time_format));
	assert_int_equal(a->header, b->header);
	assert_int_equal(a->skip, b->skip);
}

static void it_is_what_was_meant(void **state)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf b = {0}, again = {0};
	struct read_mapping m = {0};
	struct reader_job job, got;
	struct err e;
	(void)state;

	arena_init(&a, 0);
	full(&a, &m, &job);
	job_pack(&job, &b);
	assert_int_equal(job_unpack(buf_str(&b), &a, &got, &e), 0);
	same(&job, &got);
	same_map(job.options.map, got.options.map);
	job_pack(&got, &again);
	assert_true(str_eq(buf_str(&b), buf_str(&again)));
}

static void nothing_stays_nothing(void **state)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf b = {0};
	struct reader_job job = {0}, got;
	struct err e;
	(void)state;

	arena_init(&a, 0);
	job_pack(&job, &b);
	assert_int_equal(job_unpack(buf_str(&b), &a, &got, &e), 0);
	assert_null(got.reader);
	assert_null(got.options.map);
	assert_null(got.options.name.p);
	job.reader = &reader_message; /* the one that the table does not have */
	buf_clear(&b);
	job_pack(&job, &b);
	assert_int_equal(job_unpack(buf_str(&b), &a, &got, &e), 0);
	assert_ptr_equal(got.reader, &reader_message);
}

static void damage_is_refused(void **state)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf b = {0};
	struct read_mapping m = {0};
	struct reader_job job, got;
	struct err e;
	(void)state;

	arena_init(&a, 0);
	full(&a, &m, &job);
	job_pack(&job, &b);
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(job_unpack(str_make(b.p, n), &a, &got, &e), ERR_FORMAT);
	buf_char(&b, 0);
	assert_int_equal(job_unpack(buf_str(&b), &a, &got, &e), ERR_FORMAT);
	b.len--;
	memset(b.p, 0xff, 8); /* the reader's number */
	assert_int_equal(job_unpack(buf_str(&b), &a, &got, &e), ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(it_is_what_was_meant),
	        cmocka_unit_test(nothing_stays_nothing),
	        cmocka_unit_test(damage_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
