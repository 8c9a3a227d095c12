/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"
#include "base/utf8.h"

void buf_done(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->p);
	*b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
	b->len = 0;
}

char *buf_room(struct buf *b, size_t n)
{
	if (n > b->cap - b->len) {
		size_t cap = b->cap ? b->cap * 2 : 256;
		while (cap - b->len < n)
			cap *= 2;
		b->p = mem_resize(b->p, cap);
		b->cap = cap;
	}
	/* nothing is asked of a buffer that has nothing: an offset to no pointer is no C */
	return b->p != NULL ? b->p + b->len : NULL;
}

void buf_add(struct buf *b, struct str s)
{
	if (s.len == 0)
		return;
	memcpy(buf_room(b, s.len), s.p, s.len);
	b->len += s.len;
}

void buf_char(struct buf *b, char c)
{
	*buf_room(b, 1) = c;
	b->len++;
}

void buf_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	buf_add(b, str_make(digits + at, sizeof(digits) - at));
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n <= 0)
		return;
	vsnprintf(buf_room(b, (size_t)n + 1), (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

static void json_escape(struct buf *b, unsigned char c)
{
	static const char names[] = "\bb\tt\nn\ff\rr\"\"\\\\";

	for (size_t i = 0; names[i] != 0; i += 2)
		if ((unsigned char)names[i] == c) {
			buf_char(b, '\\');
			buf_char(b, names[i + 1]);
			return;
		}
	buf_printf(b, "\\u%04x", c);
}

void buf_json(struct buf *b, struct str s)
{
	size_t start = 0, i = 0;

	buf_char(b, '"');
	while (i < s.len) {
		unsigned char c = (unsigned char)s.p[i];
		size_t step = c < 0x80 ? 1 : utf8_step(s, i);
		if (step != 0 && c >= 0x20 && c != '"' && c != '\\') {
			i += step;
			continue;
		}
		buf_add(b, str_make(s.p + start, i - start));
		if (step == 0)
			buf_add(b, STR("\xef\xbf\xbd"));
		else
			json_escape(b, c);
		start = ++i;
	}
	buf_add(b, str_make(s.p + start, s.len - start));
	buf_char(b, '"');
}

void buf_csv(struct buf *b, struct str s)
{
	bool quote = s.len > 0 && (s.p[0] == ' ' || s.p[s.len - 1] == ' ');

	for (size_t i = 0; i < s.len && !quote; i++)
		quote = s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\n' || s.p[i] == '\r';
	if (!quote) {
		buf_add(b, s);
		return;
	}
	buf_char(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

void buf_csv_inert(struct buf *b, struct str s)
{
	auto_buf struct buf text = {0};

	if (s.len == 0 || memchr("=+-@\t\r", s.p[0], 6) == NULL) {
		buf_csv(b, s);
		return;
	}
	buf_char(&text, '\'');
	buf_add(&text, s);
	buf_csv(b, buf_str(&text));
}

void *vec_grow(void *v, size_t *cap, size_t size)
{
	size_t bytes;

	*cap = *cap ? *cap * 2 : 8;
	if (__builtin_mul_overflow(*cap, size, &bytes))
		bytes = SIZE_MAX / 2;
	return mem_resize(v, bytes);
}
