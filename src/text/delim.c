/* SPDX-License-Identifier: Apache-2.0
 *
 * The data is taken apart in chunks: one pass over some 16 KiB writes down where every field ends and where
 * every record ends, then the records are served from that list. A chunk starts with a record and what it
 * holds of its last, incomplete one is forgotten and read again with the next chunk, so nothing is carried
 * from one chunk to the next, and the window may move in between. A record that fills its chunk makes the
 * next one twice as big.
 *
 * This file holds the state machine that defines what a record is, byte by byte, and everything that is
 * rare: comments, records that are too long, quotes that never close. delim_simd.c finds the same fields in
 * blocks of 64 bytes and leaves every record it has doubts about to the state machine.
 */
#include "text/delim.h"
#include "base/utf8.h"
#include "text/delim_scan.h"

#include <assert.h>

/* A line end is two bytes at most, so a record that fits the limit ends within limit + LINE_END. */
#define LINE_END 2

bool delim_ok(char delimiter, int quote)
{
	return delimiter != '\n' && delimiter != '\r' && quote != '\n' && quote != '\r' && quote >= -1 &&
	        quote <= 255 && quote != (unsigned char)delimiter;
}

void delim_init(struct delim *d, const struct delim_options *o)
{
	assert(delim_ok(o->delimiter, o->quote));
	assert(o->comment.len <= sizeof(d->comment));
	assert(o->limit >= 1 && o->limit <= (size_t)1 << 30);
	memset(d, 0, offsetof(struct delim, found));
	d->o = *o;
	if (o->comment.len != 0)
		memcpy(d->comment, o->comment.p, o->comment.len);
	d->o.comment.p = d->comment;
	d->want = DELIM_CHUNK;
	delim_set_path(d, DELIM_BEST);
}

/* ---- the state machine -------------------------------------------------------------------------- */

enum at { AT_START, AT_TEXT, AT_QUOTED, AT_CLOSED };

struct machine {
	const struct delim *d;
	const char *p;
	size_t len;
	bool last, single;
	bool astray; /* a quote that went over line ends closes in front of text */
	uint32_t *tokens;
	uint32_t origin; /* added to every token */
	uint32_t opened; /* line feeds before the quote that is open or was closed last */
	struct delim_found *f;
	enum at at;
};

static void end_field(struct machine *m, size_t i)
{
	if (m->f->n < DELIM_FIELDS)
		m->tokens[m->f->n++] = m->origin + (uint32_t)i;
	else
		m->f->flags |= DELIM_WIDE;
	m->at = AT_START;
}

/* end: of the bytes without line end; next: of what follows. */
static bool end_record(struct machine *m, size_t end, size_t next)
{
	if (m->at == AT_QUOTED)
		m->f->flags |= DELIM_OPEN;
	if (next == end)
		m->f->flags |= DELIM_CUT;
	end_field(m, end);
	m->f->end = m->origin + (uint32_t)end;
	m->f->next = m->origin + (uint32_t)next;
	if (utf8_plain(str_make(m->p, end)))
		m->f->flags |= DELIM_PLAIN;
	return true;
}

static bool end_line(struct machine *m, size_t i)
{
	return end_record(m, i > 0 && m->p[i - 1] == '\r' ? i - 1 : i, i + 1);
}

static bool is_blank(const struct delim *d, char c)
{
	return (c == ' ' || c == '\t') && c != d->o.delimiter;
}

/* One byte that is neither delimiter nor line feed, outside of quotes. */
static enum at step_text(struct machine *m, size_t i)
{
	const struct delim *d = m->d;
	char c = m->p[i];
	bool quote = (unsigned char)c == d->o.quote;

	if (m->at == AT_START && quote) {
		m->opened = m->f->feeds;
		return AT_QUOTED;
	}
	if (m->at == AT_START && d->o.skip_blank && is_blank(d, c)) {
		m->f->flags |= DELIM_BLANKS;
		return AT_START;
	}
	if (m->at == AT_CLOSED && quote) {
		m->f->flags |= DELIM_DOUBLED;
		return AT_QUOTED;
	}
	if (m->at == AT_CLOSED) {
		if (c == '\r' && (i + 1 == m->len ? !m->last : m->p[i + 1] == '\n'))
			return AT_CLOSED;
		m->f->flags |= DELIM_ODD;
		m->astray = m->opened != m->f->feeds;
	}
	return AT_TEXT;
}

static bool comment_at(const struct delim *d, const char *p, size_t len)
{
	return d->o.comment.len != 0 && d->o.comment.len <= len &&
	        memcmp(p, d->comment, d->o.comment.len) == 0;
}

static bool take_comment(struct machine *m)
{
	const char *lf = memchr(m->p, '\n', m->len);

	m->f->flags |= DELIM_COMMENT;
	m->at = AT_TEXT;
	if (lf != NULL)
		return end_line(m, (size_t)(lf - m->p));
	return m->last && end_record(m, m->len, m->len);
}

/* The record at m->p. False if it does not end within the bytes given, or a quote of it goes astray. */
static bool take_record(struct machine *m)
{
	const struct delim *d = m->d;

	if (comment_at(d, m->p, m->len))
		return take_comment(m);
	for (size_t i = 0; i < m->len && !m->astray; i++) {
		char c = m->p[i];
		if (m->at == AT_QUOTED) {
			if ((unsigned char)c == d->o.quote)
				m->at = AT_CLOSED;
			else if (c == '\n' && m->single)
				return end_line(m, i);
			else
				m->f->feeds += c == '\n';
		} else if (c == '\n') {
			return end_line(m, i);
		} else if (c == d->o.delimiter) {
			end_field(m, i);
		} else {
			m->at = step_text(m, i);
		}
	}
	return m->last && !m->astray && end_record(m, m->len, m->len);
}

bool delim_take(struct delim *d, const char *p, uint32_t start, size_t len, bool last)
{
	struct delim_found *f = &d->found[d->nfound];
	const struct delim_found none = {.start = start, .first = d->ntokens};
	/* what lies beyond the limit must not decide, since it is not always there to be seen */
	size_t left = len - start, reach = d->o.limit + LINE_END;
	const struct machine fresh = {.d = d,
	        .p = p + start,
	        .len = left < reach ? left : reach,
	        .last = last && left <= reach,
	        .single = d->offset + start < d->single_until,
	        .tokens = d->tokens + d->ntokens,
	        .origin = start,
	        .f = f};
	struct machine m = fresh;

	*f = none;
	bool complete = take_record(&m);
	if (m.astray) {
		m = fresh;
		m.single = true;
		*f = none;
		complete = take_record(&m);
	}
	if (!complete)
		return false;
	d->ntokens += f->n;
	d->nfound++;
	return true;
}

void delim_scan_scalar(struct delim *d, const char *p, size_t len)
{
	while (d->nfound < DELIM_RECORDS && d->ntokens < DELIM_TOKENS) {
		uint32_t start = d->nfound == 0 ? 0 : d->found[d->nfound - 1].next;
		if (start == len || !delim_take(d, p, start, len, false))
			return;
	}
}

bool delim_must_take(const struct delim *d, const char *p, uint32_t start, size_t len)
{
	return d->offset + start < d->single_until || comment_at(d, p + start, len - start);
}

bool delim_set_path(struct delim *d, enum delim_path path)
{
	delim_scan *scan = delim_scan_find(path);

	if (scan != NULL)
		d->scan = scan;
	return scan != NULL;
}

/* ---- serving ------------------------------------------------------------------------------------ */

static int serve(struct delim *d, const char *p, struct delim_record *ret)
{
	const struct delim_found *f = &d->found[d->served++];

	*ret = (struct delim_record){
	        .p = p,
	        .length = f->next - f->start,
	        .total = f->end - f->start,
	        .offset = d->offset,
	        .line = d->line,
	        .n = f->n,
	        .flags = f->flags,
	        .feeds = f->feeds,
	        .ends = d->tokens + f->first,
	        .start = f->start,
	        .delimiter = d->o.delimiter,
	        .quote = d->o.quote,
	};
	d->offset += ret->length;
	d->line += f->feeds + (f->next != f->end);
	d->want = d->served < d->nfound ? f[1].next - f[1].start : DELIM_CHUNK;
	return DELIM_RECORD;
}

static int more(struct delim *d, size_t want)
{
	d->want = want;
	return DELIM_MORE;
}

/* Skips a record that is too long up to its first line feed. */
static int skip(struct delim *d, const char *p, size_t len, bool last, struct delim_record *ret)
{
	const char *lf = len == 0 ? NULL : memchr(p, '\n', len);
	size_t n = lf ? (size_t)(lf - p) + 1 : len, text = n - (lf != NULL);
	bool cr = text != 0 ? p[text - 1] == '\r' : d->skipped_cr;

	if (len == 0 && !last)
		return more(d, DELIM_CHUNK);
	*ret = (struct delim_record){.p = p, .length = n, .offset = d->offset - d->skipped, .line = d->line};
	d->skipping = lf == NULL && !last;
	d->skipped += n;
	d->skipped_cr = cr;
	d->offset += n;
	d->line += lf != NULL;
	d->want = DELIM_CHUNK;
	if (d->skipping)
		return DELIM_SKIP;
	ret->flags = DELIM_LONG | (lf ? 0 : DELIM_CUT);
	ret->total = d->skipped - (lf ? 1u + cr : 0u);
	ret->delimiter = d->o.delimiter;
	ret->quote = d->o.quote;
	d->skipped = 0;
	return DELIM_RECORD;
}

static void forget(struct delim *d)
{
	d->nfound = d->ntokens = d->served = 0;
}

/* The first record that is there, if it fits the limit. */
static bool fits(const struct delim *d)
{
	return d->nfound != 0 && d->found[0].end - d->found[0].start <= d->o.limit;
}

/* The record at p does not end properly in what can be seen of it, which is all that is left or all that the
 * limit allows. */
static int resolve(struct delim *d, const char *p, size_t len, bool last, struct delim_record *ret)
{
	size_t reach = d->o.limit + LINE_END, seen = len < reach ? len : reach;
	bool final = last && len == seen;
	const struct delim_found *f = &d->found[0];

	forget(d);
	delim_take(d, p, 0, seen, final);
	bool astray = f->feeds != 0 && (!fits(d) || (f->flags & DELIM_OPEN) != 0);
	if (astray) {
		d->single_until = d->offset + seen;
		forget(d);
		delim_take(d, p, 0, seen, final);
	}
	if (fits(d))
		return serve(d, p, ret);
	forget(d);
	return skip(d, p, len, last, ret);
}

/* Finds the records of the next chunk. False if not even the first one is complete and within the limit. */
static bool refill(struct delim *d, const char *p, size_t len)
{
	size_t reach = d->o.limit + LINE_END, most = len < reach ? len : reach;

	for (size_t n = DELIM_CHUNK;; n *= 2) {
		n = n < len ? n : len;
		forget(d);
		d->scan(d, p, n);
		for (uint32_t i = 0; i < d->nfound; i++) {
			if (d->found[i].end - d->found[i].start > d->o.limit)
				d->nfound = i;
		}
		if (d->nfound != 0 || n >= most)
			return d->nfound != 0;
	}
}

int delim_next(struct delim *d, const char *p, size_t len, bool last, struct delim_record *ret)
{
	size_t reach = d->o.limit + LINE_END;

	if (d->served < d->nfound)
		return serve(d, p, ret);
	if (d->skipping)
		return skip(d, p, len, last, ret);
	if (len == 0)
		return last ? DELIM_END : more(d, DELIM_CHUNK);
	if (refill(d, p, len))
		return serve(d, p, ret);
	if (len < reach && !last)
		return more(d, 2 * len < DELIM_CHUNK ? DELIM_CHUNK : 2 * len < reach ? 2 * len : reach);
	return resolve(d, p, len, last, ret);
}

/* ---- fields ------------------------------------------------------------------------------------- */

/* The quote in s at or after i that closes it; s.len if there is none. Sets *doubled if it passes two. */
static size_t closing(struct str s, size_t i, char quote, bool *doubled)
{
	while (i < s.len) {
		const char *q = memchr(s.p + i, quote, s.len - i);
		if (q == NULL)
			return s.len;
		i = (size_t)(q - s.p);
		if (i + 1 == s.len || s.p[i + 1] != quote)
			return i;
		*doubled = true;
		i += 2;
	}
	return s.len;
}

struct delim_field delim_field_slow(const struct delim_record *r, uint32_t i)
{
	struct str s = delim_raw(r, i);
	bool doubled = false;

	if ((r->flags & DELIM_COMMENT) != 0)
		return (struct delim_field){s, false, false};
	if ((r->flags & DELIM_BLANKS) != 0) {
		while (s.len != 0 && (*s.p == ' ' || *s.p == '\t'))
			s = str_skip(s, 1);
	}
	if (s.len == 0 || (unsigned char)*s.p != r->quote)
		return (struct delim_field){s, false, false};
	s = str_skip(s, 1);
	size_t end = closing(s, 0, (char)r->quote, &doubled);
	if (end + 1 >= s.len)
		return (struct delim_field){str_make(s.p, end), true, doubled};
	return (struct delim_field){s, true, true};
}

struct str delim_unquote(char *dst, const struct delim_record *r, const struct delim_field *f)
{
	struct str s = f->text;
	size_t n = 0, i = 0;
	bool doubled = false;

	size_t end = closing(s, 0, (char)r->quote, &doubled);
	for (; i < end; i++) {
		dst[n++] = s.p[i];
		i += s.p[i] == (char)r->quote;
	}
	for (i = end + 1; i < s.len; i++)
		dst[n++] = s.p[i];
	return str_make(dst, n);
}
