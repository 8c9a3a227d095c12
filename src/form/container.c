/* SPDX-License-Identifier: Apache-2.0 */
#include "form/container.h"

#define ENTRY_HEAD 5

static const char magic[CONTAINER_HEAD + 1] = "weir-container-1";

static void put(struct buf *out, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		buf_char(out, (char)(v >> (8 * bytes)));
}

static uint64_t get(const char *p, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | (uint8_t)p[i];
	return v;
}

/* ---- writing ------------------------------------------------------------------------------------- */

void container_begin(struct buf *out)
{
	buf_add(out, str_make(magic, CONTAINER_HEAD));
}

void container_add(struct buf *out, enum container_type type, struct str payload)
{
	put(out, type, 1);
	put(out, payload.len, 4);
	buf_add(out, payload);
}

void container_add_blob(
        struct buf *out, const uint8_t sha256[32], uint64_t total, uint64_t offset, struct str bytes)
{
	put(out, CONTAINER_BLOB, 1);
	put(out, CONTAINER_BLOB_HEAD + bytes.len, 4);
	buf_add(out, str_make((const char *)sha256, 32));
	put(out, total, 8);
	put(out, offset, 8);
	buf_add(out, bytes);
}

void container_end(struct buf *out)
{
	put(out, CONTAINER_END, ENTRY_HEAD);
}

/* ---- reading ------------------------------------------------------------------------------------- */

void container_reader_done(struct container_reader *r)
{
	buf_done(&r->part);
}

static size_t largest(uint8_t type)
{
	switch (type) {
	case CONTAINER_STATEMENT:
		return CONTAINER_STATEMENT_MAX;
	case CONTAINER_BLOB:
		return CONTAINER_BLOB_HEAD + CONTAINER_BLOB_PART;
	case CONTAINER_KEYS:
	case CONTAINER_PROOF:
		return CONTAINER_NOTE_MAX;
	default:
		return 0;
	}
}

/* What stands in part is the head of an entry. */
static void head(struct container_reader *r)
{
	uint8_t type = (uint8_t)r->part.p[0];
	uint64_t len = get(r->part.p + 1, 4);

	if (type != CONTAINER_END && type < CONTAINER_TYPES && len <= largest(type))
		return;
	r->ended = type == CONTAINER_END && len == 0;
	if (!r->ended && (type == CONTAINER_END || type >= CONTAINER_TYPES))
		r->unknown++;
	else if (!r->ended)
		r->too_large++;
	r->skip = r->ended ? 0 : len;
	buf_clear(&r->part);
}

/* Moves bytes until part has n; true when it has. */
static bool fill(struct container_reader *r, struct str *bytes, size_t n)
{
	size_t take = n > r->part.len ? n - r->part.len : 0;

	if (take > bytes->len)
		take = bytes->len;
	buf_add(&r->part, str_sub(*bytes, 0, take));
	*bytes = str_skip(*bytes, take);
	r->offset += take;
	return r->part.len >= n;
}

/* The next step; true if it could be done with the bytes that are there. */
static bool step(
        struct container_reader *r, struct str *bytes, container_sink *sink, void *arg, struct err *e)
{
	if (r->offset - r->part.len < CONTAINER_HEAD) {
		if (!fill(r, bytes, CONTAINER_HEAD))
			return false;
		if (memcmp(r->part.p, magic, CONTAINER_HEAD) != 0)
			r->failed = err_set(
			        e, ERR_FORMAT, "it does not begin with '%s': it is no container", magic);
		buf_clear(&r->part);
		return true;
	}
	if (r->skip > 0) {
		size_t n = r->skip > bytes->len ? bytes->len : (size_t)r->skip;
		*bytes = str_skip(*bytes, n);
		r->offset += n;
		r->skip -= n;
		return r->skip == 0;
	}
	if (r->part.len < ENTRY_HEAD) {
		if (!fill(r, bytes, ENTRY_HEAD))
			return false;
		head(r);
		if (r->part.len == 0)
			return true;
	}
	size_t len = (size_t)get(r->part.p + 1, 4);
	if (!fill(r, bytes, ENTRY_HEAD + len))
		return false;
	r->entries++;
	r->failed = sink(arg, (enum container_type)r->part.p[0], str_make(r->part.p + ENTRY_HEAD, len), e);
	if (r->failed > 0)
		r->failed = 0;
	buf_clear(&r->part);
	return true;
}

int container_feed(
        struct container_reader *r, struct str bytes, container_sink *sink, void *arg, struct err *e)
{
	if (r->failed < 0)
		return err_set(e, r->failed, "the container could not be read");
	while (!r->ended && r->failed == 0 && (bytes.len > 0 || r->part.len > 0))
		if (!step(r, &bytes, sink, arg, e))
			break;
	if (r->ended && bytes.len > 0 && r->failed == 0)
		r->failed = err_set(e, ERR_FORMAT, "%zu bytes stand behind its end", bytes.len);
	return r->failed;
}

int container_finish(const struct container_reader *r, struct err *e)
{
	if (r->ended)
		return 0;
	return err_set(e, ERR_FORMAT,
	        "it ends at byte %llu without its end: it was cut; %llu entries before that are whole",
	        (unsigned long long)r->offset, (unsigned long long)r->entries);
}

bool container_blob_read(struct str payload, struct container_blob *ret)
{
	struct container_blob b = {.bytes = str_skip(payload, CONTAINER_BLOB_HEAD)};

	if (payload.len < CONTAINER_BLOB_HEAD)
		return false;
	memcpy(b.sha256, payload.p, 32);
	b.total = get(payload.p + 32, 8);
	b.offset = get(payload.p + 40, 8);
	if (b.offset > b.total || b.bytes.len > b.total - b.offset || b.bytes.len > CONTAINER_BLOB_PART)
		return false;
	*ret = b;
	return true;
}
