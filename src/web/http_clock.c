/* SPDX-License-Identifier: Apache-2.0 */
#include "web/http_clock.h"

static bool waits(const struct http_clock *c)
{
	return !c->ended && (c->phase == HTTP_FIRST || c->phase == HTTP_KEPT);
}

/* All changes of phase go through here, so that those who wait are counted. */
static void enter(struct http_clocks *all, struct http_clock *c, enum http_phase phase, int64_t now)
{
	all->waiting -= waits(c);
	c->phase = phase;
	c->since = now;
	c->piece = 0;
	all->waiting += waits(c);
}

void http_clock_open(struct http_clocks *all, struct http_clock *c, int fd, int64_t now)
{
	*c = (struct http_clock){.next = all->first, .fd = fd, .phase = HTTP_FIRST, .since = now};
	if (all->first != NULL)
		all->first->prev = c;
	all->first = c;
	all->waiting++;
}

void http_clock_close(struct http_clocks *all, struct http_clock *c)
{
	all->waiting -= waits(c);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		all->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
}

enum http_fault http_clock_head(struct http_clocks *all, struct http_clock *c, bool upload, uint64_t limit,
        struct str declared, int64_t now)
{
	uint64_t n = 0;

	enter(all, c, upload ? HTTP_UPLOAD : HTTP_WHOLE, now);
	c->seen = 0;
	c->limit = limit;
	if (declared.p != NULL && !str_u64(declared, &n))
		return HTTP_LENGTH;
	return n > limit ? HTTP_LARGE : HTTP_GOOD;
}

enum http_fault http_clock_body(struct http_clock *c, size_t n, int64_t now)
{
	c->seen += n;
	c->piece += n;
	if (c->seen > c->limit)
		return HTTP_LARGE;
	if (http_clock_over(c, now))
		return HTTP_SLOW;
	if (c->phase == HTTP_UPLOAD && c->piece >= HTTP_PIECE) {
		c->since = now;
		c->piece = 0;
	}
	return HTTP_GOOD;
}

bool http_clock_hopeless(const struct http_clock *c)
{
	return c->seen > c->limit && c->seen - c->limit > HTTP_SPARE;
}

void http_clock_whole(struct http_clock *c, int64_t now)
{
	if (c->phase != HTTP_UPLOAD)
		return;
	c->phase = HTTP_WHOLE;
	c->since = now;
}

void http_clock_stream(struct http_clock *c)
{
	c->phase = HTTP_STREAM;
}

void http_clock_piece(struct http_clock *c, int64_t now)
{
	if (c->phase == HTTP_WHOLE)
		c->since = now;
}

void http_clock_kept(struct http_clocks *all, struct http_clock *c, int64_t now)
{
	enter(all, c, HTTP_KEPT, now);
}

bool http_clock_over(const struct http_clock *c, int64_t now)
{
	static const int64_t limits[] = {[HTTP_FIRST] = HTTP_HEAD_US,
	        [HTTP_KEPT] = HTTP_KEPT_US,
	        [HTTP_UPLOAD] = HTTP_PIECE_US,
	        [HTTP_WHOLE] = HTTP_WHOLE_US,
	        [HTTP_STREAM] = INT64_MAX};

	return now - c->since >= limits[c->phase];
}

struct http_clock *http_clocks_over(struct http_clocks *all, int64_t now)
{
	struct http_clock *hit = NULL, *oldest = NULL;

	for (struct http_clock *c = all->first; c != NULL; c = c->next) {
		if (c->ended)
			continue;
		if (http_clock_over(c, now))
			hit = c;
		if (waits(c) && (oldest == NULL || c->since <= oldest->since))
			oldest = c;
	}
	if (hit == NULL && all->waiting > all->limit)
		hit = oldest;
	if (hit != NULL) {
		all->waiting -= waits(hit);
		hit->ended = true;
	}
	return hit;
}
