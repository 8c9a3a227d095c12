/* SPDX-License-Identifier: Apache-2.0
 *
 * One buffer that is reused: fresh memory would cost more than the copy of what is left over. The window is
 * grown only when a caller wants more than it has (a long record), and never beyond INPUT_WINDOW, so
 * a report without any line end costs no memory.
 */
#include "read/input.h"
#include "base/os.h"
#include "base/utf8.h"
#include "read/read.h"
#include <assert.h>

#define CHUNK ((size_t)256 << 10)
#define SLACK ((size_t)64) /* readable bytes behind the window, for copies that take more than they need */
#define LINE_HEAD ((size_t)1024)
#define START ((size_t)4096) /* bytes that are looked at before anything else */

enum coding { CODING_UNKNOWN, CODING_UTF8, CODING_CR, CODING_UTF16LE, CODING_UTF16BE };

struct input {
	int fd;            /* -1: memory */
	uint64_t left;     /* bytes that may still be read */
	struct str memory; /* what of it has not been read yet */
	enum coding coding;
	bool end;
	struct err err;

	char *buf; /* [at, len) is the window */
	size_t at, len, cap;
	uint64_t offset; /* of buf[at] */
	uint32_t line;

	unsigned char half[4]; /* UTF-16: bytes of a character that is not complete */
	size_t halves;
	char head[LINE_HEAD]; /* beginning of a line that is too long */
	struct buf all;
};

static struct input *input_make(int fd, uint64_t limit, struct str memory)
{
	struct input *in = mem_zero(1, sizeof(*in));

	*in = (struct input){.fd = fd, .left = limit, .memory = memory, .line = 1, .cap = 2 * CHUNK};
	in->buf = mem_zero(1, in->cap + SLACK);
	return in;
}

struct input *input_new(int fd, uint64_t limit)
{
	return input_make(fd, limit, (struct str){0});
}

struct input *input_new_memory(struct str bytes)
{
	return input_make(-1, UINT64_MAX, bytes);
}

void input_free(struct input *in)
{
	if (in == NULL)
		return;
	free(in->buf);
	buf_done(&in->all);
	free(in);
}

/* ---- getting more ------------------------------------------------------------------------------- */

static size_t get_raw(struct input *in, char *dst, size_t room)
{
	if (in->fd < 0) {
		struct str s = str_sub(in->memory, 0, room);
		if (s.len > 0)
			memcpy(dst, s.p, s.len);
		in->memory = str_skip(in->memory, s.len);
		in->end = in->memory.len == 0;
		return s.len;
	}
	ssize_t n = os_read_full(in->fd, dst, room);
	if (n < 0) {
		err_sys(&in->err, "cannot read the report");
		in->end = true;
		return 0;
	}
	in->end = (size_t)n < room;
	if ((uint64_t)n > in->left) {
		err_set(&in->err, ERR_LIMIT, "the report is longer than it may be");
		in->end = true;
		n = (ssize_t)in->left;
	}
	in->left -= (uint64_t)n;
	return (size_t)n;
}

static unsigned unit16(const struct input *in, const unsigned char *p)
{
	return in->coding == CODING_UTF16LE ? (unsigned)p[0] | (unsigned)p[1] << 8
	                                    : (unsigned)p[1] | (unsigned)p[0] << 8;
}

/* Turns UTF-16 into UTF-8: n bytes from raw to dst, at most 3 bytes out for 2 in. What is not complete stays
 * in half. */
static size_t from_utf16(struct input *in, const unsigned char *raw, size_t n, char *dst)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		in->half[in->halves++] = raw[i];
		if (in->halves == 2) {
			unsigned u = unit16(in, in->half);
			if (u >= 0xd800 && u < 0xdc00)
				continue; /* wait for the second unit */
			out += utf8_put(dst + out, u >= 0xdc00 && u < 0xe000 ? 0xfffd : u);
			in->halves = 0;
		} else if (in->halves == 4) {
			unsigned hi = unit16(in, in->half), lo = unit16(in, in->half + 2);
			if (lo >= 0xdc00 && lo < 0xe000) {
				out += utf8_put(dst + out, 0x10000 + ((hi & 0x3ff) << 10 | (lo & 0x3ff)));
				in->halves = 0;
			} else {
				out += utf8_put(dst + out, 0xfffd);
				memmove(in->half, in->half + 2, 2);
				in->halves = 0;
				/* the second unit starts anew */
				if (lo >= 0xd800 && lo < 0xdc00)
					in->halves = 2;
				else
					out += utf8_put(dst + out, lo);
			}
		}
	}
	if (in->end && in->halves > 0) {
		out += utf8_put(dst + out, 0xfffd);
		in->halves = 0;
	}
	return out;
}

static void get_utf16(struct input *in)
{
	unsigned char raw[16384];
	/* room for 3 bytes out per 2 in, and the rest of a character */
	size_t room = in->cap - in->len, want = room > 64 ? (room - 16) / 3 * 2 : 0;
	size_t n = get_raw(in, (char *)raw, want < sizeof(raw) ? want : sizeof(raw));

	in->len += from_utf16(in, raw, n, in->buf + in->len);
}

static bool is_text(unsigned char c)
{
	return c >= 0x20 || c == '\t' || c == '\r' || c == '\n';
}

/* Four characters of ASCII in units of two bytes; zero: where the zero of each unit stands. No text in another
 * coding and no archive begins so. */
static bool is_utf16(const unsigned char *p, size_t n, size_t zero)
{
	bool yes = n >= 8;

	for (size_t i = 0; yes && i < 8; i += 2)
		yes = p[i + zero] == 0 && p[i + !zero] < 0x7f && is_text(p[i + !zero]);
	return yes;
}

static enum coding coding_of(const unsigned char *p, size_t n, size_t *ret_mark)
{
	bool cr = false;

	*ret_mark = 2;
	if (n >= 2 && p[0] == 0xff && p[1] == 0xfe)
		return CODING_UTF16LE;
	if (n >= 2 && p[0] == 0xfe && p[1] == 0xff)
		return CODING_UTF16BE;
	*ret_mark = 0;
	if (is_utf16(p, n, 1))
		return CODING_UTF16LE;
	if (is_utf16(p, n, 0))
		return CODING_UTF16BE;
	*ret_mark = n >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf ? 3 : 0;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n' || !is_text(p[i]))
			return CODING_UTF8;
		cr |= p[i] == '\r';
	}
	return cr ? CODING_CR : CODING_UTF8;
}

static void cr_to_lf(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = p[i] == '\r' ? '\n' : p[i];
}

/* The very start decides about the coding. */
static void look_at_start(struct input *in)
{
	size_t n = get_raw(in, in->buf, START), mark;

	in->len = n;
	in->coding = coding_of((unsigned char *)in->buf, n, &mark);
	if (in->coding == CODING_UTF8 || in->coding == CODING_CR) {
		in->at = mark;
		in->offset = mark;
	} else {
		unsigned char raw[START];
		memcpy(raw, in->buf + mark, n - mark);
		in->len = from_utf16(in, raw, n - mark, in->buf);
	}
	if (in->coding == CODING_CR)
		cr_to_lf(in->buf, in->len);
}

static void get_more(struct input *in)
{
	if (in->coding == CODING_UNKNOWN) {
		look_at_start(in);
	} else if (in->coding == CODING_UTF8 || in->coding == CODING_CR) {
		size_t n = get_raw(in, in->buf + in->len, in->cap - in->len);
		if (in->coding == CODING_CR)
			cr_to_lf(in->buf + in->len, n);
		in->len += n;
	} else {
		get_utf16(in);
	}
}

bool input_changed(const struct input *in)
{
	return in->coding != CODING_UTF8;
}

struct str input_peek(struct input *in, size_t want)
{
	assert(want <= INPUT_WINDOW);
	while (in->len - in->at < want && !in->end) {
		if (in->at > 0) {
			memmove(in->buf, in->buf + in->at, in->len - in->at);
			in->len -= in->at;
			in->at = 0;
		}
		if (in->cap < want + CHUNK) {
			in->cap = want + CHUNK;
			in->buf = mem_resize(in->buf, in->cap + SLACK);
		}
		get_more(in);
	}
	return str_make(in->buf + in->at, in->len - in->at);
}

bool input_last(const struct input *in)
{
	return in->end;
}

void input_skip(struct input *in, size_t n, uint32_t lines)
{
	assert(n <= in->len - in->at);
	in->at += n;
	in->offset += n;
	in->line += lines;
}

uint64_t input_offset(const struct input *in)
{
	return in->offset;
}

uint32_t input_line_number(const struct input *in)
{
	return in->line;
}

int input_error(const struct input *in, struct err *e)
{
	if (in->err.code != 0 && e != NULL)
		*e = in->err;
	return in->err.code;
}

int input_all(struct input *in, size_t limit, struct str *ret, struct err *e)
{
	buf_clear(&in->all);
	for (;;) {
		struct str s = input_peek(in, 1);
		if (s.len == 0)
			break;
		if (in->all.len + s.len > limit)
			return err_set(e, ERR_LIMIT,
			        "a report of this format must be held whole and may have at most %zu bytes",
			        limit);
		/* exact growth: doubling would need twice the limit for a moment */
		if (in->all.cap - in->all.len < s.len) {
			in->all.cap = in->all.len + s.len + (in->all.len >> 2);
			in->all.p = mem_resize(in->all.p, in->all.cap + SLACK);
		}
		buf_add(&in->all, s);
		input_skip(in, s.len, 0);
	}
	*ret = buf_str(&in->all);
	return input_error(in, e);
}

/* ---- lines -------------------------------------------------------------------------------------- */

/* The line is longer than a record may be: keeps its beginning, throws the rest away piece by piece. */
static void skip_long_line(struct input *in, struct str window, struct input_line *ret)
{
	memcpy(in->head, window.p, LINE_HEAD);
	ret->text = str_make(in->head, LINE_HEAD);
	ret->too_long = true;
	for (;;) {
		size_t at = str_find(window, 0, '\n');
		if (at != SIZE_MAX) {
			ret->length += at;
			input_skip(in, at + 1, 1);
			return;
		}
		ret->length += window.len;
		input_skip(in, window.len, 0);
		window = input_peek(in, 1);
		if (window.len == 0) {
			ret->unended = true;
			return;
		}
	}
}

int input_next_line(struct input *in, struct input_line *ret, struct err *e)
{
	struct str s = input_peek(in, 1);
	size_t seen = 0, at;

	*ret = (struct input_line){.offset = in->offset, .line = in->line};
	if (s.len == 0)
		return input_error(in, e);
	while ((at = str_find(s, seen, '\n')) == SIZE_MAX && !in->end && s.len <= LIMIT_RECORD) {
		seen = s.len;
		s = input_peek(in, s.len + 1);
	}
	if (at == SIZE_MAX ? s.len > LIMIT_RECORD : at > LIMIT_RECORD) {
		skip_long_line(in, s, ret);
		return 1;
	}
	ret->unended = at == SIZE_MAX;
	ret->text = ret->unended ? s : str_sub(s, 0, at);
	input_skip(in, ret->text.len + !ret->unended, !ret->unended);
	if (ret->text.len > 0 && ret->text.p[ret->text.len - 1] == '\r')
		ret->text.len--;
	ret->length = ret->text.len;
	return 1;
}
