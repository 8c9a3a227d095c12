/* SPDX-License-Identifier: Apache-2.0
 *
 * gzip by zlib itself: libarchive's own filter does not look at the sum and the length behind the data, and a
 * report with a bit turned over would be read as if nothing had happened. Several members one after the other
 * are one stream (RFC 1952, 2.2). Zeros behind the last one are padding; other bytes there are said aloud.
 */
#include "read/input.h"
#include "read/unpack.h"
#include <zlib.h>

#define PIECE ((size_t)128 << 10)

struct gzip {
	struct unpack u;
	z_stream z;
	char *piece;
	struct str held; /* of the input, not yet given to zlib or not yet used by it */
};

/* Moves the input on by what zlib has used and gets more if nothing is left. False at the end. */
static bool gzip_fill(struct gzip *g)
{
	size_t used = g->held.len - g->z.avail_in;

	input_skip(g->u.r->in, used, 0);
	g->held = input_peek(g->u.r->in, 1);
	g->z.next_in = (Bytef *)(uintptr_t)g->held.p;
	g->z.avail_in = (uInt)g->held.len;
	return g->held.len > 0;
}

static int gzip_put(struct gzip *g)
{
	struct str made = str_make(g->piece, PIECE - g->z.avail_out);
	int rc = 0;

	if (g->u.parts == 0)
		rc = unpack_begin(&g->u, unpack_plain_name(g->u.r->options->name), (struct str){0});
	return rc < 0 ? rc : unpack_write(&g->u, made);
}

static int gzip_broken(struct gzip *g, int code)
{
	struct err *e = &g->u.r->err;

	if (code == Z_MEM_ERROR)
		return err_set(e, ERR_LIMIT, "unpacking needs more memory than a reader may use");
	if (code == Z_BUF_ERROR)
		return err_set(e, ERR_FORMAT, "the gzip stream is cut; what stands before the cut was read");
	return err_set(e, ERR_FORMAT,
	        "the gzip stream is damaged (%s); what stands before the damage was read",
	        g->z.msg != NULL ? g->z.msg : "bad data");
}

/* One member: 0 at its end. */
static int gzip_member(struct gzip *g)
{
	for (;;) {
		if (g->z.avail_in == 0 && !gzip_fill(g))
			return gzip_broken(g, Z_BUF_ERROR);
		g->z.next_out = (Bytef *)g->piece;
		g->z.avail_out = PIECE;
		int code = inflate(&g->z, Z_NO_FLUSH);
		if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
			/* zlib gives out nothing that it knows to be wrong: hand on what is good */
			int rc = g->z.avail_out < PIECE ? gzip_put(g) : 0;
			return rc < 0 ? rc : gzip_broken(g, code);
		}
		g->u.in = input_offset(g->u.r->in) + g->held.len - g->z.avail_in;
		int rc = g->z.avail_out < PIECE || code == Z_STREAM_END ? gzip_put(g) : 0;
		if (rc < 0 || code == Z_STREAM_END)
			return rc;
	}
}

/* What stands behind a member: 1 another one, 0 nothing more. */
static int gzip_more(struct gzip *g)
{
	size_t zeros = 0;

	gzip_fill(g);
	struct str s = input_peek(g->u.r->in, 2);
	while (s.len > 0) {
		for (zeros = 0; zeros < s.len && s.p[zeros] == 0; zeros++)
			;
		if (zeros < s.len)
			break;
		input_skip(g->u.r->in, zeros, 0);
		s = input_peek(g->u.r->in, 2);
	}
	g->held = s;
	g->z.next_in = (Bytef *)(uintptr_t)s.p;
	g->z.avail_in = (uInt)s.len;
	if (s.len >= 2 && memcmp(s.p, "\x1f\x8b", 2) == 0)
		return 1;
	if (s.len > 0)
		unpack_aside(&g->u, ASIDE_SYNTAX,
		        "bytes behind the end of the gzip stream are not gzip and were not read");
	return 0;
}

int gzip_unpack(struct reading *r)
{
	struct gzip g = {.piece = arena_get(r->arena, PIECE)};
	int rc;

	unpack_init(&g.u, r);
	if (inflateInit2(&g.z, 15 + 16) != Z_OK)
		return gzip_broken(&g, Z_MEM_ERROR);
	do {
		rc = gzip_member(&g);
		if (rc == 0 && (rc = gzip_more(&g)) == 1)
			inflateReset(&g.z);
	} while (rc == 1);
	inflateEnd(&g.z);
	int end = unpack_end(&g.u);
	return rc < 0 ? rc : end;
}
