/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include <stdarg.h>

#define ARENA_FIRST ((size_t)4096)
#define ARENA_STEP_MAX ((size_t)1 << 20)

struct arena_block {
	struct arena_block *next;
	size_t size;
	max_align_t data[];
};

static void mem_gone(size_t size)
{
	fprintf(stderr, "weir: no memory left for %zu bytes\n", size);
	abort();
}

void *mem_get(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (p == NULL)
		mem_gone(size);
	return p;
}

void *mem_zero(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (p == NULL)
		mem_gone(n * size);
	return p;
}

void *mem_resize(void *p, size_t size)
{
	p = realloc(p, size ? size : 1);
	if (p == NULL)
		mem_gone(size);
	return p;
}

void arena_init(struct arena *a, size_t limit)
{
	*a = (struct arena){.limit = limit, .step = ARENA_FIRST};
}

void arena_done(struct arena *a)
{
	if (a == NULL)
		return;
	while (a->blocks != NULL) {
		struct arena_block *b = a->blocks;
		a->blocks = b->next;
		free(b);
	}
	arena_init(a, a->limit);
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL;

	for (struct arena_block *b = a->blocks; b != NULL; b = b->next)
		if (keep == NULL || b->size > keep->size)
			keep = b;
	for (struct arena_block *b = a->blocks, *next; b != NULL; b = next) {
		next = b->next;
		if (b != keep)
			free(b);
	}
	a->blocks = keep;
	a->full = false;
	a->used = 0;
	if (keep != NULL) {
		keep->next = NULL;
		a->used = keep->size;
		a->at = (char *)keep->data;
		a->end = a->at + keep->size;
	}
}

bool arena_full(const struct arena *a)
{
	return a->full;
}

static bool arena_grow(struct arena *a, size_t size)
{
	size_t take = a->step > size ? a->step : size;

	if (a->limit != 0 && (take > a->limit || a->used > a->limit - take)) {
		take = size;
		if (take > a->limit || a->used > a->limit - take) {
			a->full = true;
			return false;
		}
	}
	struct arena_block *b = mem_get(sizeof(*b) + take);
	b->size = take;
	b->next = a->blocks;
	a->blocks = b;
	a->used += take;
	a->at = (char *)b->data;
	a->end = a->at + take;
	if (a->step < ARENA_STEP_MAX)
		a->step *= 2;
	return true;
}

void *arena_get(struct arena *a, size_t size)
{
	if (a->full)
		return NULL;
	if (size > SIZE_MAX / 4) {
		if (a->limit == 0)
			mem_gone(size);
		a->full = true;
		return NULL;
	}
	/* also nothing has a place of its own: NULL is for an arena that is full */
	size = size == 0 ? 16 : (size + 15) & ~(size_t)15;
	if (size > (size_t)(a->end - a->at) && !arena_grow(a, size))
		return NULL;
	void *p = a->at;
	a->at += size;
	return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	return arena_get(a, bytes);
}

void *arena_copy(struct arena *a, const void *from, size_t n, size_t size)
{
	void *to = arena_array(a, n + 1, size);

	if (to != NULL && n > 0)
		memcpy(to, from, n * size);
	return to;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p = arena_get(a, s.len + 1);

	if (p == NULL)
		return (struct str){0};
	if (s.len != 0)
		memcpy(p, s.p, s.len);
	return str_make(p, s.len);
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = n < 0 ? NULL : arena_get(a, (size_t)n + 1);
	if (p != NULL)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p ? str_make(p, (size_t)n) : (struct str){0};
}
