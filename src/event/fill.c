/* SPDX-License-Identifier: Apache-2.0
 *
 * The fast way for rows of a table: the same rules as event_put and event_extra, in one loop over a plan. It
 * only ever shortens the usual case (a value without blanks around it, that is no placeholder, of a field
 * that the event does not have yet); all else is handed to the functions that know the whole rule.
 */
#include "event/fill.h"
#include "event/writer.h"

#define COPY 32 /* bytes behind a value that may be read (record_plain) */

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

/* Kept free in the batch for what copies write behind their values. */
#define SPARE (4 * COPY)

static inline void copy_slack(char *dst, const char *src, size_t len)
{
	memcpy(dst, src, COPY);
	for (size_t i = COPY; i < len; i += COPY)
		memcpy(dst + i, src + i, COPY);
}

static inline bool has(const struct writer *w, enum field id)
{
	return w->seen[id / 64] >> (id % 64) & 1;
}

static inline void mark(struct writer *w, enum field id)
{
	w->seen[id / 64] |= (uint64_t)1 << (id % 64);
}

/* ---- a run of values that are copied as they are ---------------------------------------------------- */

/* The writer's counters while nobody else needs them. */
struct run {
	char *base;
	uint32_t at, room; /* room: what at may reach */
	uint32_t nrefs, last, order;
};

static inline struct run run_take(const struct writer *w, uint32_t n)
{
	uint64_t used = (uint64_t)w->fixed + w->var_used + (w->nrefs + n) * sizeof(struct batch_var) + SPARE;
	bool full = used > BATCH_SLOT || w->over || w->nrefs + n >= BATCH_KEYS;

	return (struct run){.base = w->slot + sizeof(struct batch_head) + w->var_used,
	        .at = w->at,
	        .room = full ? 0 : (uint32_t)(BATCH_SLOT - used),
	        .nrefs = w->nrefs,
	        .last = w->last_id};
}

static inline void run_give(struct writer *w, const struct run *r)
{
	w->at = r->at;
	w->nrefs = r->nrefs;
	w->last_id = (uint16_t)r->last;
	w->sorted &= r->order == 0;
}

static inline bool run_fits(const struct run *r, size_t len)
{
	return r->at + (uint64_t)len <= r->room;
}

/* Which columns are empty is hard to foretell, so the copy is made in any case and does not count if len is
 * 0. */
static inline void run_put(struct writer *w, struct run *r, uint32_t id, const char *p, size_t len)
{
	uint64_t ref = id | (uint64_t)len << 32; /* a struct batch_var */

	copy_slack(r->base + r->at, p, len);
	memcpy(&w->refs[r->nrefs], &ref, sizeof(ref));
	r->nrefs += len != 0;
	r->at += (uint32_t)len;
	/* of columns that do not ascend some may be empty; then values are sorted that need it not */
	r->order |= id <= r->last;
	r->last = id;
}

/* Room for a value outside of a run. */
static inline char *slack_room(struct writer *w, size_t len)
{
	return writer_room(w, len + SPARE);
}

/* ---- values of one type each; false: event_put knows ------------------------------------------ */

static inline bool fill_lower(struct writer *w, enum field id, struct str v)
{
	char *p = slack_room(w, COPY);

	if (v.len > COPY || p == NULL || has(w, id))
		return false;
	for (int i = 0; i < COPY; i++) {
		uint8_t c = (uint8_t)v.p[i];
		p[i] = (char)(c + ((uint8_t)(c - 'A') < 26 ? 32 : 0));
	}
	mark(w, id);
	writer_commit(w, (uint16_t)id, v.len);
	return true;
}

static inline bool fill_name(struct writer *w, enum field id, struct str v)
{
	char *p = slack_room(w, NAME_MAX_BYTES + 1);
	size_t len;

	if (p == NULL || has(w, id) || !value_fqdn(v, p, &len))
		return false;
	mark(w, id);
	writer_commit(w, (uint16_t)id, len);
	return true;
}

static inline bool fill_ip(struct writer *w, enum field id, struct str v)
{
	struct addr *a = id == FIELD_SOURCE_IP ? &w->row.src : &w->row.dst;
	uint32_t v4;

	if (has(w, id) || !addr_parse4(v, &v4) || v4 == 0)
		return false;
	addr_from4(v4, a);
	mark(w, id);
	return true;
}

/* Up to nine digits; false for 0, which is special. */
static inline bool digits(struct str v, uint32_t *ret)
{
	uint32_t n = 0;

	if (v.len > 9)
		return false;
	for (size_t i = 0; i < v.len; i++) {
		uint32_t d = (uint32_t)(uint8_t)v.p[i] - '0';
		if (d > 9)
			return false;
		n = n * 10 + d;
	}
	*ret = n;
	return n != 0;
}

static inline bool fill_port(struct writer *w, enum field id, struct str v)
{
	uint16_t *at = id == FIELD_SOURCE_PORT ? &w->row.src_port : &w->row.dst_port;
	uint32_t n;

	if (*at != 0 || !digits(v, &n) || n > 65535)
		return false;
	*at = (uint16_t)n;
	mark(w, id);
	return true;
}

static inline bool fill_asn(struct writer *w, enum field id, struct str v)
{
	uint32_t *at = id == FIELD_SOURCE_ASN ? &w->row.src_asn : &w->row.dst_asn;
	uint32_t n;

	if (*at != 0 || !digits(v, &n))
		return false;
	*at = n;
	mark(w, id);
	return true;
}

static inline bool fill_time(struct writer *w, enum field id, struct str v)
{
	int64_t t;

	if (id != FIELD_TIME_SOURCE || w->settings.time_format.len != 0 || has(w, id) ||
	        !value_time(v, w->settings.zone, &t))
		return false;
	w->row.time_source = t;
	mark(w, id);
	return true;
}

/* A word of up to eight letters as a number. */
static inline uint64_t word8(struct str v)
{
	uint64_t w;

	memcpy(&w, v.p, 8);
	return w & (v.len >= 8 ? UINT64_MAX : ((uint64_t)1 << 8 * v.len) - 1);
}

#define WORD(a, b, c, d, e, f, g, h)                                                                         \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 |                    \
	        (uint64_t)(e) << 32 | (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

/* The words as they are usually written. */
static inline unsigned usual_word(enum field_type type, struct str v)
{
	if (v.len > 8)
		return 0;
	switch (word8(v)) {
	case WORD('t', 'c', 'p', 0, 0, 0, 0, 0):
		return type == FT_TRANSPORT ? 6 : 0;
	case WORD('u', 'd', 'p', 0, 0, 0, 0, 0):
		return type == FT_TRANSPORT ? 17 : 0;
	case WORD('c', 'r', 'i', 't', 'i', 'c', 'a', 'l'):
		return type == FT_SEVERITY ? SEVERITY_CRITICAL : 0;
	case WORD('h', 'i', 'g', 'h', 0, 0, 0, 0):
		return type == FT_SEVERITY ? SEVERITY_HIGH : 0;
	case WORD('m', 'e', 'd', 'i', 'u', 'm', 0, 0):
		return type == FT_SEVERITY ? SEVERITY_MEDIUM : 0;
	case WORD('l', 'o', 'w', 0, 0, 0, 0, 0):
		return type == FT_SEVERITY ? SEVERITY_LOW : 0;
	case WORD('i', 'n', 'f', 'o', 0, 0, 0, 0):
		return type == FT_SEVERITY ? SEVERITY_INFO : 0;
	default:
		return 0;
	}
}

static inline bool fill_word(struct writer *w, enum field id, enum field_type type, struct str v)
{
	uint8_t *at = type == FT_SEVERITY ? &w->row.severity : &w->row.proto;
	unsigned n = usual_word(type, v);

	if (n == 0 || *at != 0)
		return false;
	*at = (uint8_t)n;
	mark(w, id);
	return true;
}

static inline bool fill_typed(struct writer *w, enum field id, struct str v)
{
	switch (field_table[id].type) {
	case FT_FQDN:
		return fill_name(w, id, v);
	case FT_IP:
		return fill_ip(w, id, v);
	case FT_PORT:
		return fill_port(w, id, v);
	case FT_ASN:
		return fill_asn(w, id, v);
	case FT_TIME:
		return fill_time(w, id, v);
	case FT_TRANSPORT:
	case FT_SEVERITY:
		return fill_word(w, id, field_table[id].type, v);
	default:
		return false;
	}
}

/* Blanks around a value, or the beginning of a placeholder. */
static inline bool is_odd(const char *p, size_t len)
{
	return odd_start[(unsigned char)p[0]] | ((unsigned char)p[len - 1] <= ' ');
}

/* ---- columns ---------------------------------------------------------------------------------------- */

static inline bool upper(char c)
{
	return (uint8_t)(c - 'A') < 26;
}

/* Text that is copied as it is. */
static inline bool is_text(enum field id, const char *p, size_t len)
{
	switch (field_table[id].type) {
	case FT_STRING:
		return field_table[id].limit == 0 && !is_odd(p, len);
	case FT_CC:
		return len == 2 && upper(p[0]) && upper(p[1]);
	default:
		return false;
	}
}

static void fill_other(struct writer *w, enum field id, struct str v)
{
	bool done = field_table[id].type == FT_LOWER ? !is_odd(v.p, v.len) && fill_lower(w, id, v)
	                                             : fill_typed(w, id, v);

	if (!done)
		event_put(w, id, v);
}

/* Columns of fields in the var section. Returns how many there were. */
static uint32_t fill_fields(struct writer *w, const struct event_column *columns, uint32_t n,
        const struct str *values, uint32_t nvalues)
{
	struct run r = run_take(w, n);
	uint32_t i;

	for (i = 0; i < n && columns[i].to != FIELD_NONE; i++) {
		uint32_t at = columns[i].at, id = columns[i].to;
		if (at >= nvalues || values[at].len == 0)
			continue;
		const char *p = values[at].p;
		size_t len = values[at].len;
		if (is_text(id, p, len) && !has(w, id) && run_fits(&r, len)) {
			mark(w, id);
			run_put(w, &r, id, p, len);
			continue;
		}
		run_give(w, &r);
		fill_other(w, id, str_make(p, len));
		r = run_take(w, n - i);
	}
	run_give(w, &r);
	return i;
}

static void fill_extras(struct writer *w, struct event_column *columns, uint32_t n, const struct str *values,
        uint32_t nvalues)
{
	const uint32_t epoch = w->epoch, stamp = w->stamp;
	struct run r = run_take(w, n);

	for (uint32_t i = 0; i < n; i++) {
		struct event_column *c = &columns[i];
		if (c->at >= nvalues)
			continue;
		const char *p = values[c->at].p;
		size_t len = values[c->at].len;
		uint32_t k = c->key.index, seen = w->key_seen[k];
		if (__builtin_expect(c->key.epoch != epoch || seen == stamp || !run_fits(&r, len), 0)) {
			run_give(w, &r);
			event_extra(w, &c->key, str_make(p, len));
			r = run_take(w, n - i);
			continue;
		}
		w->key_seen[k] = seen ^ ((seen ^ stamp) & -(uint32_t)(len != 0));
		run_put(w, &r, FIELD_EXTRA + k, p, len);
	}
	run_give(w, &r);
}

static void fill_slowly(struct writer *w, struct event_column *columns, uint32_t n, const struct str *values,
        uint32_t nvalues)
{
	for (uint32_t i = 0; i < n; i++) {
		struct event_column *c = &columns[i];
		if (c->at >= nvalues || values[c->at].len == 0)
			continue;
		if (c->to != FIELD_NONE)
			event_put(w, c->to, values[c->at]);
		else
			event_extra(w, &c->key, values[c->at]);
	}
}

void event_fill(struct writer *w, struct event_column *columns, uint32_t n, const struct str *values,
        uint32_t nvalues)
{
	uint32_t i = 0;

	if (!w->in_event)
		return;
	if (!w->plain) {
		fill_slowly(w, columns, n, values, nvalues);
		return;
	}
	for (; i < n && columns[i].to != FIELD_NONE && field_table[columns[i].to].place == PLACE_ROW; i++)
		if (columns[i].at < nvalues && values[columns[i].at].len != 0)
			if (!fill_typed(w, columns[i].to, values[columns[i].at]))
				event_put(w, columns[i].to, values[columns[i].at]);
	i += fill_fields(w, columns + i, n - i, values, nvalues);
	fill_extras(w, columns + i, n - i, values, nvalues);
}

int event_column_order(const void *a, const void *b)
{
	const struct event_column *x = a, *y = b;
	int gx = x->to == FIELD_NONE ? 2 : field_table[x->to].place != PLACE_ROW,
	    gy = y->to == FIELD_NONE ? 2 : field_table[y->to].place != PLACE_ROW;

	if (gx != gy)
		return gx < gy ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
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
