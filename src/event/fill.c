/* SPDX-License-Identifier: Apache-2.0
 *
 * The fast way for rows of a table: the same rules as event_put and event_extra, in one loop over a plan. It
 * only ever shortens the usual case (a value without blanks around it, that is no placeholder, of a field
 * that the event does not have yet); all else is handed to the functions that know the whole rule.
 */
#include "event/fill.h"
#include "event/writer.h"

#define COPY 32 /* bytes behind a value that may be read (record_slack) */

/* First bytes of values that need a closer look: blanks, and what placeholders begin with
 * (value_placeholder). */
static const uint8_t odd_start[256] = {[0 ... ' '] = 1,
        ['-'] = 1,
        ['?'] = 1,
        ['n'] = 1,
        ['N'] = 1,
        ['#'] = 1,
        ['('] = 1,
        ['<'] = 1,
        ['u'] = 1,
        ['U'] = 1,
        ['0'] = 1,
        ['\\'] = 1};

static inline void copy_slack(char *dst, const char *src, size_t len)
{
	memcpy(dst, src, COPY);
	for (size_t i = COPY; i < len; i += COPY)
		memcpy(dst + i, src + i, COPY);
}

/* Room for a value and what the copy writes behind it. */
static inline char *slack_room(struct writer *w, size_t len)
{
	return writer_room(w, len + 2 * COPY);
}

static inline bool has(const struct writer *w, enum field id)
{
	return w->seen[id / 64] >> (id % 64) & 1;
}

static inline bool fill_string(struct writer *w, enum field id, struct str v)
{
	char *p = slack_room(w, v.len);

	if (p == NULL || has(w, id) || (field_table[id].limit != 0 && v.len > field_table[id].limit))
		return false;
	copy_slack(p, v.p, v.len);
	w->seen[id / 64] |= (uint64_t)1 << (id % 64);
	writer_commit(w, (uint16_t)id, v.len);
	return true;
}

static inline bool fill_country(struct writer *w, enum field id, struct str v)
{
	if (v.len != 2 || v.p[0] < 'A' || v.p[0] > 'Z' || v.p[1] < 'A' || v.p[1] > 'Z')
		return false;
	return fill_string(w, id, v);
}

static void fill_field(struct writer *w, const struct event_column *c, struct str v)
{
	if (odd_start[(unsigned char)v.p[0]] || (unsigned char)v.p[v.len - 1] <= ' ') {
		event_put(w, c->to, v);
		return;
	}
	switch (field_table[c->to].type) {
	case FT_STRING:
		if (!fill_string(w, c->to, v))
			event_put_exact(w, c->to, v);
		return;
	case FT_CC:
		if (!fill_country(w, c->to, v))
			event_put_exact(w, c->to, v);
		return;
	default:
		event_put_exact(w, c->to, v);
	}
}

/* The columns of the sender's own, when the record surely fits and is plain. What is special about one goes
 * to event_extra, with the writer brought up to date before and after. */
static void fill_extras(struct writer *w, struct event_column *columns, uint32_t n, const struct str *values,
        uint32_t nvalues)
{
	char *base = w->slot + sizeof(struct batch_head) + w->var_used;
	const uint32_t epoch = w->epoch, stamp = w->stamp;
	uint32_t at = w->at, nrefs = w->nrefs, last = w->last_id, order = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct event_column *c = &columns[i];
		if (c->at >= nvalues || values[c->at].len == 0)
			continue;
		struct str v = values[c->at];
		uint32_t k = c->key.index;
		if (__builtin_expect(c->key.epoch != epoch || w->key_seen[k] == stamp, 0)) {
			w->at = at, w->nrefs = nrefs, w->last_id = (uint16_t)last, w->sorted &= order == 0;
			event_extra(w, &c->key, v);
			at = w->at, nrefs = w->nrefs, last = w->last_id;
			continue;
		}
		w->key_seen[k] = stamp;
		copy_slack(base + at, v.p, v.len);
		w->refs[nrefs++] = (struct writer_ref){(uint16_t)(FIELD_EXTRA + k), at, (uint32_t)v.len};
		at += (uint32_t)v.len;
		order |= (uint32_t)(FIELD_EXTRA + k <= last);
		last = FIELD_EXTRA + k;
	}
	w->at = at, w->nrefs = nrefs, w->last_id = (uint16_t)last, w->sorted &= order == 0;
}

/* True if all values of the record fit whatever they are, each copied with its slack. */
static bool surely_fits(const struct writer *w, uint32_t n)
{
	uint64_t used = (uint64_t)w->fixed + w->var_used + w->at + (w->nrefs + n) * sizeof(struct batch_var);

	return !w->over && used + w->rec_len + 4 * COPY < BATCH_SLOT && w->nrefs + n < BATCH_KEYS;
}

void event_fill(struct writer *w, struct event_column *columns, uint32_t n, const struct str *values,
        uint32_t nvalues)
{
	uint32_t i = 0;

	if (!w->in_event)
		return;
	for (; i < n && columns[i].to != FIELD_NONE; i++) {
		struct event_column *c = &columns[i];
		if (c->at >= nvalues || values[c->at].len == 0)
			continue;
		if (w->plain)
			fill_field(w, c, values[c->at]);
		else
			event_put(w, c->to, values[c->at]);
	}
	if (w->plain && surely_fits(w, n - i)) {
		fill_extras(w, columns + i, n - i, values, nvalues);
		return;
	}
	for (; i < n; i++)
		if (columns[i].at < nvalues)
			event_extra(w, &columns[i].key, values[columns[i].at]);
}

void event_fill_start(struct writer *w, struct event_column *columns, uint32_t n)
{
	size_t len = 0;

	if (n == 0 || columns[n - 1].to != FIELD_NONE || columns[n - 1].key.epoch == w->epoch)
		return;
	for (uint32_t i = 0; i < n; i++)
		len += columns[i].key.name.len;
	/* A table whose names alone would fill the batch gets them one by one, and sorts. */
	if (len > BATCH_SLOT / 16)
		return;
	for (uint32_t i = 0; i < n; i++)
		if (columns[i].to == FIELD_NONE && columns[i].key.epoch != w->epoch) {
			int k = writer_key(w, columns[i].key.name);
			if (k < 0)
				return;
			columns[i].key.index = (uint16_t)k;
			columns[i].key.epoch = w->epoch;
		}
}
