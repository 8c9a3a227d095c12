/* SPDX-License-Identifier: Apache-2.0
 *
 * struct buf: bytes that grow. VEC(type): an array that grows. Both live on the process heap and
 * follow its rule (no memory: the process ends), so callers bound what they put in.
 */
#pragma once

#include "base/arena.h"
#include <stdarg.h>

struct buf {
	char *p;
	size_t len, cap;
};

void buf_done(struct buf *b);
void buf_clear(struct buf *b);
/* Room for n more bytes behind len; returns where they go. */
char *buf_room(struct buf *b, size_t n);
void buf_add(struct buf *b, struct str s);
void buf_char(struct buf *b, char c);
void buf_u64(struct buf *b, uint64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* As a JSON string with its quotes (RFC 8259). Bytes that are not UTF-8 become U+FFFD. */
void buf_json(struct buf *b, struct str s);
/* As a field of RFC 4180, quoted where it must be. */
void buf_csv(struct buf *b, struct str s);
/* The same of words, for spreadsheets: what one would run as a formula, quoted or not, gets an apostrophe before it, and is shown. */
void buf_csv_inert(struct buf *b, struct str s);
static inline struct str buf_str(const struct buf *b)
{
	return str_make(b->p, b->len);
}
#define auto_buf __attribute__((cleanup(buf_done)))

#define VEC(type)                                                                                            \
	struct {                                                                                             \
		type *v;                                                                                     \
		size_t n, cap;                                                                               \
	}
/* Appends one zeroed element and returns a pointer to it, valid until the next call. */
#define vec_add(vec)                                                                                         \
	(((vec)->n == (vec)->cap ? (void)((vec)->v = vec_grow((vec)->v, &(vec)->cap, sizeof(*(vec)->v)))     \
	                         : (void)0),                                                                 \
	        memset(&(vec)->v[(vec)->n], 0, sizeof(*(vec)->v)), &(vec)->v[(vec)->n++])
#define vec_done(vec) (free((vec)->v), (vec)->v = NULL, (vec)->n = (vec)->cap = 0)
void *vec_grow(void *v, size_t *cap, size_t size);
