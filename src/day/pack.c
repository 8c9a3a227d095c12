/* SPDX-License-Identifier: Apache-2.0 */
#include "day/pack.h"
#include "day/lines.h"
#include <zstd.h>

/* An empty frame that zstd passes over: the next one has text that was turned. */
static const char mark[8] = {0x57, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
#define SAMPLE ((size_t)1 << 16)
#define BLOCK_LEAST 1024
#define BLOCK_MORE 16 /* bytes that a block of its own may cost */

struct pack {
	ZSTD_CCtx *c;
	ZSTD_DCtx *d;
	struct buf out, turned, text;
	struct lines lines;
	bool good; /* the last text was made smaller by its columns */
};

struct pack *pack_new(void)
{
	struct pack *p = mem_zero(1, sizeof(*p));

	p->c = ZSTD_createCCtx();
	p->d = ZSTD_createDCtx();
	if (p->c == NULL || p->d == NULL)
		abort();
	ZSTD_CCtx_setParameter(p->c, ZSTD_c_checksumFlag, 1);
	return p;
}

void pack_free(struct pack *p)
{
	if (p == NULL)
		return;
	ZSTD_freeCCtx(p->c);
	ZSTD_freeDCtx(p->d);
	buf_done(&p->out);
	buf_done(&p->turned);
	buf_done(&p->text);
	lines_done(&p->lines);
	free(p);
}

/* n records of w words become w columns of n words, or back. */
static void turn(const char *from, char *to, size_t n, size_t w)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < w; k++)
			memcpy(to + (k * n + i) * 8, from + (i * w + k) * 8, 8);
}

/* Begins a frame; what comes of it stands behind room for a mark. */
static ZSTD_outBuffer begin(struct pack *p, size_t len, int level)
{
	size_t room = ZSTD_compressBound(len) + LINES_COLUMNS * BLOCK_MORE;

	buf_clear(&p->out);
	ZSTD_CCtx_reset(p->c, ZSTD_reset_session_only);
	ZSTD_CCtx_setParameter(p->c, ZSTD_c_compressionLevel, level);
	ZSTD_CCtx_setPledgedSrcSize(p->c, len);
	return (ZSTD_outBuffer){buf_room(&p->out, sizeof(mark) + room) + sizeof(mark), room, 0};
}

static void add(struct pack *p, ZSTD_outBuffer *out, struct str bytes, ZSTD_EndDirective how)
{
	ZSTD_inBuffer in = {bytes.p, bytes.len, 0};

	/* there is room for all of it, so that nothing is left */
	if (ZSTD_compressStream2(p->c, out, &in, how) != 0)
		abort();
}

static struct str pack_bytes(struct pack *p, struct str bytes, int level)
{
	ZSTD_outBuffer out = begin(p, bytes.len, level);

	add(p, &out, bytes, ZSTD_e_end);
	return str_make(out.dst, out.pos);
}

struct str pack_blob(struct pack *p, struct str bytes, size_t width, int level)
{
	if (width != 0 && bytes.len != 0) {
		buf_clear(&p->turned);
		turn(bytes.p, buf_room(&p->turned, bytes.len), bytes.len / width, width / 8);
		bytes.p = p->turned.p;
	}
	return pack_bytes(p, bytes, level);
}

/* Columns of some length are blocks of their own, since each is best told by other codes. */
static struct str pack_columns(struct pack *p, struct str bytes, int level)
{
	size_t begun = 0, end = 0;

	buf_clear(&p->turned);
	lines_turn(&p->lines, bytes, &p->turned);
	struct str turned = buf_str(&p->turned);
	ZSTD_outBuffer out = begin(p, turned.len, level);
	for (unsigned i = 0; end < turned.len; i++) {
		end = lines_end(turned, i);
		if (end - begun >= BLOCK_LEAST && end < turned.len) {
			add(p, &out, str_sub(turned, begun, end - begun), ZSTD_e_flush);
			begun = end;
		}
	}
	add(p, &out, str_skip(turned, begun), ZSTD_e_end);
	memcpy(p->out.p, mark, sizeof(mark));
	return str_make(p->out.p, out.pos + sizeof(mark));
}

struct str pack_text(struct pack *p, struct str bytes, int level)
{
	struct str sample = str_sub(bytes, 0, SAMPLE);

	if (!lines_sniff(&p->lines, sample))
		return pack_bytes(p, bytes, level);
	/* what it is good for is seen at its beginning, or was seen of the piece before */
	if (!p->good)
		p->good = pack_columns(p, sample, level).len < pack_bytes(p, sample, level).len;
	if (!p->good)
		return pack_bytes(p, bytes, level);
	struct str z = pack_columns(p, bytes, level);
	p->good = z.len * 2 < bytes.len;
	return z;
}

static int open_blob(
        struct pack *p, struct str blob, size_t width, size_t limit, struct buf *ret, struct err *e)
{
	unsigned long long size = ZSTD_getFrameContentSize(blob.p, blob.len);

	if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > limit ||
	        (width != 0 && size % width != 0))
		return err_set(e, ERR_FORMAT, "a stored block is damaged");
	char *to = buf_room(ret, (size_t)size);
	char *first = to;
	if (width != 0) {
		buf_clear(&p->turned);
		first = buf_room(&p->turned, (size_t)size);
	}
	size_t n = ZSTD_decompressDCtx(p->d, first, (size_t)size, blob.p, blob.len);
	if (ZSTD_isError(n) || n != size)
		return err_set(e, ERR_FORMAT, "a stored block is damaged (%s)",
		        ZSTD_isError(n) ? ZSTD_getErrorName(n) : "length");
	if (width != 0 && size != 0)
		turn(first, to, width / 8, (size_t)size / width);
	ret->len += (size_t)size;
	return 0;
}

int pack_open(struct pack *p, struct str blob, size_t width, size_t limit, struct buf *ret, struct err *e)
{
	if (width != 0 || blob.len < sizeof(mark) || memcmp(blob.p, mark, sizeof(mark)) != 0)
		return open_blob(p, blob, width, limit, ret, e);
	buf_clear(&p->text);
	int rc = open_blob(p, str_skip(blob, sizeof(mark)), 0, limit + LINES_HEAD, &p->text, e);
	return rc != 0 ? rc : lines_back(buf_str(&p->text), limit, ret, e);
}
