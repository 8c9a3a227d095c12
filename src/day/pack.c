/* SPDX-License-Identifier: Apache-2.0 */
#include "day/pack.h"
#include <zstd.h>

struct pack {
	ZSTD_CCtx *c;
	ZSTD_DCtx *d;
	struct buf out, turned;
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
	free(p);
}

/* n records of w words become w columns of n words, or back. */
static void turn(const char *from, char *to, size_t n, size_t w)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < w; k++)
			memcpy(to + (k * n + i) * 8, from + (i * w + k) * 8, 8);
}

struct str pack_blob(struct pack *p, struct str bytes, size_t width, int level)
{
	size_t room = ZSTD_compressBound(bytes.len);

	if (width != 0 && bytes.len != 0) {
		buf_clear(&p->turned);
		turn(bytes.p, buf_room(&p->turned, bytes.len), bytes.len / width, width / 8);
		bytes.p = p->turned.p;
	}
	buf_clear(&p->out);
	ZSTD_CCtx_setParameter(p->c, ZSTD_c_compressionLevel, level);
	size_t n = ZSTD_compress2(p->c, buf_room(&p->out, room), room, bytes.p, bytes.len);
	if (ZSTD_isError(n))
		abort();
	return str_make(p->out.p, n);
}

int pack_open(struct pack *p, struct str blob, size_t width, size_t limit, struct buf *ret, struct err *e)
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
