/* SPDX-License-Identifier: Apache-2.0
 *
 * Containers: the same entries come out in one piece and byte by byte, and add up to what went in.
 */
#include "form/container.h"
#include <assert.h>

struct sum {
	uint64_t n, bytes, mark;
};

static int add(void *arg, enum container_type type, struct str payload, struct err *e)
{
	struct sum *s = arg;
	struct container_blob b;

	(void)e;
	assert(type > CONTAINER_END && type < CONTAINER_TYPES);
	s->n++;
	s->bytes += payload.len + 5;
	s->mark = s->mark * 31 + type + payload.len;
	if (type == CONTAINER_BLOB && container_blob_read(payload, &b))
		assert(b.offset + b.bytes.len <= b.total);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct container_reader whole = {0}, bits = {0};
	struct sum a = {0}, b = {0};
	struct err e;
	int rc = container_feed(&whole, str_make((const char *)data, size), add, &a, &e), rc2 = 0;

	for (size_t i = 0; i < size && rc2 == 0; i++)
		rc2 = container_feed(&bits, str_make((const char *)data + i, 1), add, &b, &e);
	assert((rc < 0) == (rc2 < 0) && a.n == b.n && a.bytes == b.bytes && a.mark == b.mark);
	assert(a.n == whole.entries && a.bytes <= size && whole.unknown == bits.unknown &&
	        whole.ended == bits.ended);
	(void)container_finish(&whole, &e);
	container_reader_done(&whole);
	container_reader_done(&bits);
	return 0;
}
