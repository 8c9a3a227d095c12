/* SPDX-License-Identifier: Apache-2.0
 *
 * A reader over any bytes: it must come to an end, every batch must be one that the core accepts, and the
 * counts must add up.
 */
#pragma once

#include "read/input.h"
#include "read/read.h"
#include <assert.h>

struct fuzz_read {
	struct batch batch;
	struct writer_counts sum;
	uint64_t size;
};

static int fuzz_read_sink(void *arg, const void *bytes, size_t len, void **ret_next, struct err *e)
{
	struct fuzz_read *f = arg;

	(void)ret_next;
	assert(batch_open(bytes, len, f->size, &f->batch, e) == 0);
	f->sum.records += f->batch.head->records;
	f->sum.events += f->batch.head->rows;
	f->sum.none += f->batch.head->none;
	for (uint32_t i = 0; i < f->batch.head->asides; i++)
		f->sum.asides += !(f->batch.asides[i].reason & ASIDE_PARTIAL);
	return 0;
}

static int fuzz_no_part(void *arg, struct str name, struct str media_type, struct err *e)
{
	(void)arg, (void)name, (void)media_type, (void)e;
	return 1;
}

static int fuzz_part_write(void *arg, struct str bytes, struct err *e)
{
	(void)arg, (void)bytes, (void)e;
	return 0;
}

static int fuzz_part_end(void *arg, struct err *e)
{
	(void)arg, (void)e;
	return 0;
}

static void fuzz_read(
        const struct reader *reader, const uint8_t *data, size_t size, const struct read_options *options)
{
	static const struct read_options none;
	struct str bytes = str_make((const char *)data, size);
	struct sniff_view view = {.head = str_sub(bytes, 0, 65536),
	        .name = options != NULL ? options->name : (struct str){0},
	        .whole = size <= 65536};
	struct event_settings settings = {0};
	struct part_sink parts = {fuzz_no_part, fuzz_part_write, fuzz_part_end, NULL};
	auto_arena struct arena a = {0};
	/* offsets of UTF-16, with a mark or without, count the bytes that it becomes: the core's own limit (intake.c) */
	struct fuzz_read f = {.size = size + size / 2 + 4};
	void *slot = mem_zero(1, BATCH_SLOT);
	struct reading r = {.options = options ? options : &none, .parts = &parts, .arena = &a};
	int rc = 0;

	if (reader->sniff != NULL)
		(void)reader->sniff(&view);
	if (reader->settings != NULL)
		reader->settings(r.options, &settings);
	r.in = input_new_memory(bytes);
	r.w = writer_new(&settings, slot, fuzz_read_sink, &f);
	if (reader->start == NULL || reader->start(&r) == 0)
		while ((rc = reader->unpack != NULL ? reader->unpack(&r) : reader->next(&r)) == 1)
			;
	assert(rc == 0 || r.err.text[0] != 0);
	assert(writer_flush(r.w, &r.err) == 0);
	struct writer_counts n = writer_counts(r.w);
	assert(n.records == n.with_events + n.asides + n.none);
	assert(n.records == f.sum.records && n.events == f.sum.events);
	assert(n.asides == f.sum.asides && n.none == f.sum.none);
	writer_free(r.w);
	input_free(r.in);
	free(slot);
}
