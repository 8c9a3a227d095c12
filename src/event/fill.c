/* SPDX-License-Identifier: Apache-2.0
 *
 * The fast way for rows of a table: the same rules as event_put and event_extra, in one loop over a plan. It
 * only ever shortens the usual case (a value without blanks around it, that is no placeholder, of a field
 * that the event does not have yet); all else is handed to the functions that know the whole rule.
 *
 * Which columns of a row are empty is hard to foretell, and a wrong guess costs as much as copying a value.
 * So the values of the sender's own are all copied, 32 bytes each, and an empty one is overwritten by the
 * next.
 */
#include "event/fill.h"
#include "event/writer.h"

#define COPY 32 /* bytes behind a value that may be read (record_plain) */
/* Kept free in the batch for what copies write behind their values. */
#define SPARE (4 * COPY)

enum how {
	HOW_SLOW, /* event_put */
	HOW_IP,
	HOW_PORT,
	HOW_ASN,
	HOW_TIME,
	HOW_TRANSPORT,
	HOW_SEVERITY,
	HOW_TEXT,
	HOW_LOWER,
	HOW_COUNTRY,
	HOW_NAME,
	HOW_CVES,
	HOW_TYPE,
	HOW_TAXONOMY,
	HOW_ACCURACY,
	HOW_INSTANT,
	HOW_EXTRA,
};

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

static inline bool is_odd(struct str v)
{
	return odd_start[(unsigned char)v.p[0]] | ((unsigned char)v.p[v.len - 1] <= ' ');
}

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

/* ---- values in the row; false: event_put knows ------------------------------------------------------ */

static inline bool fill_ip(struct writer *w, enum field id, struct str v)
{
	uint32_t v4;

	if (has(w, id) || !addr_parse4(v, &v4) || v4 == 0)
		return false;
	addr_from4(v4, id == FIELD_SOURCE_IP ? &w->row.src : &w->row.dst);
	mark(w, id);
	return true;
}

#define EACH(x) (0x0101010101010101u * (x))

/* Up to eight digits at once; false for 0, which is special. */
static inline bool digits(struct str v, uint32_t *ret)
{
	uint64_t w;

	if (v.len - 1 > 7)
		return false;
	memcpy(&w, v.p, sizeof(w));
	/* the first digit is the lowest byte: zeros come in below it */
	w = v.len == 8 ? w : w << (64 - 8 * v.len) | EACH('0') >> 8 * v.len;
	if (((w & (w + EACH(6)) & EACH(0xf0)) ^ EACH(0x30)) != 0 || ((w & EACH(0xf0)) ^ EACH(0x30)) != 0)
		return false;
	w = (w & EACH(0x0f)) * 2561 >> 8;
	w = (w & 0x00ff00ff00ff00ffu) * 6553601 >> 16;
	w = (w & 0x0000ffff0000ffffu) * 42949672960001u >> 32;
	*ret = (uint32_t)w;
	return *ret != 0;
}

static inline bool fill_port(struct writer *w, enum field id, struct str v)
{
	uint16_t *at = id == FIELD_SOURCE_PORT ? &w->row.src_port : &w->row.dst_port;
	uint32_t n;

	if (*at != 0 || v.len > 5 || !digits(v, &n) || n > 65535)
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

/* A word of up to eight letters as a number. */
#define WORD(a, b, c, d, e, f, g, h)                                                                         \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 |                    \
	        (uint64_t)(e) << 32 | (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

static inline uint64_t word8(struct str v)
{
	uint64_t w;

	memcpy(&w, v.p, 8);
	return v.len > 8 ? 0 : w & UINT64_MAX >> (64 - 8 * v.len);
}

/* As they are usually written; 0: another word. */
static inline unsigned usual_transport(struct str v)
{
	uint64_t w = word8(v);

	return w == WORD('t', 'c', 'p', 0, 0, 0, 0, 0) ? 6 : w == WORD('u', 'd', 'p', 0, 0, 0, 0, 0) ? 17 : 0;
}

static inline unsigned usual_severity(struct str v)
{
	switch (word8(v)) {
	case WORD('c', 'r', 'i', 't', 'i', 'c', 'a', 'l'):
		return SEVERITY_CRITICAL;
	case WORD('h', 'i', 'g', 'h', 0, 0, 0, 0):
		return SEVERITY_HIGH;
	case WORD('m', 'e', 'd', 'i', 'u', 'm', 0, 0):
		return SEVERITY_MEDIUM;
	case WORD('l', 'o', 'w', 0, 0, 0, 0, 0):
		return SEVERITY_LOW;
	case WORD('i', 'n', 'f', 'o', 0, 0, 0, 0):
		return SEVERITY_INFO;
	default:
		return 0;
	}
}

static inline bool fill_word(struct writer *w, enum field id, uint8_t *at, unsigned n)
{
	if (n == 0 || *at != 0)
		return false;
	*at = (uint8_t)n;
	mark(w, id);
	return true;
}

/* ---- values that repeat ----------------------------------------------------------------------------- */

static inline bool memo_has(const struct event_memo *m, struct str v)
{
	return str_eq(v, str_make(m->text, m->len));
}

/* Notes the text; false if it is too long to be noted, and then the memo holds nothing. */
static bool memo_set(struct event_memo *m, struct str v)
{
	m->len = 0;
	if (v.len > sizeof(m->text))
		return false;
	memcpy(m->text, v.p, v.len);
	m->len = (uint8_t)v.len;
	return true;
}

/* Two digits below the limit; the limit itself or more if they are none. */
static inline unsigned two_digits(const char *p, unsigned limit)
{
	unsigned a = (unsigned)(unsigned char)p[0] - '0', b = (unsigned)(unsigned char)p[1] - '0';

	return a > 9 || b > 9 || a * 10 + b >= limit ? limit : a * 10 + b;
}

/* "2026-01-05 00:12:02", perhaps with T, and Z or +00:00 behind it: if the day is that of the value before,
 * only the clock is read. TIME_NONE if it is another form, another day, or a time of some other zone. */
static inline int64_t time_of_day(const struct writer *w, const struct event_memo *m, struct str v)
{
	bool utc = v.len == 25 ? memcmp(v.p + 19, "+00:00", 6) == 0 : v.len == 20 && v.p[19] == 'Z';

	if (m->len != 11 || (!utc && (v.len != 19 || w->settings.zone != NULL)) ||
	        memcmp(v.p, m->text, 11) != 0 || v.p[13] != ':' || v.p[16] != ':')
		return TIME_NONE;
	unsigned hour = two_digits(v.p + 11, 24), minute = two_digits(v.p + 14, 60),
	         second = two_digits(v.p + 17, 60);
	if (hour == 24 || minute == 60 || second == 60)
		return TIME_NONE;
	return m->instant + (int64_t)(hour * 3600 + minute * 60 + second) * 1000000;
}

/* Notes the day of a value that was read, if it is in UTC and of the form above. */
static void note_day(const struct writer *w, struct event_memo *m, struct str v)
{
	struct str midnight = STR("00:00:00Z");
	char text[20];

	m->len = 0;
	if (v.len < 19 || v.p[4] != '-' || v.p[7] != '-' || (v.p[10] != ' ' && v.p[10] != 'T'))
		return;
	memcpy(text, v.p, 11);
	memcpy(text + 11, midnight.p, midnight.len);
	if (!value_time(str_make(text, 20), w->settings.zone, &m->instant))
		return;
	memcpy(m->text, text, 11);
	m->len = 11;
}

static inline bool fill_time(struct writer *w, struct event_memo *m, struct str v)
{
	int64_t t;

	if (w->settings.time_format.len != 0 || has(w, FIELD_TIME_SOURCE))
		return false;
	t = time_of_day(w, m, v);
	if (t == TIME_NONE) {
		if (!value_time(v, w->settings.zone, &t))
			return false;
		note_day(w, m, v);
	}
	w->row.time_source = t;
	mark(w, FIELD_TIME_SOURCE);
	return true;
}

static inline bool fill_type(struct writer *w, struct event_memo *m, struct str v)
{
	unsigned type = memo_has(m, v) ? m->number : type_find(v);

	if (type == TYPE_NONE || w->row.type != 0)
		return false;
	if (!memo_has(m, v) && memo_set(m, v))
		m->number = (uint16_t)type;
	w->row.type = (uint16_t)type;
	mark(w, FIELD_CLASSIFICATION_TYPE);
	return true;
}

static inline bool fill_taxonomy(struct writer *w, struct event_memo *m, struct str v)
{
	struct str name = memo_has(m, v) ? m->name : taxonomy_find(v);

	if (name.len == 0)
		return false;
	if (!memo_has(m, v) && memo_set(m, v))
		m->name = name;
	w->taxonomy = name;
	return true;
}

static inline bool fill_accuracy(struct writer *w, struct str v)
{
	uint32_t n;

	if (w->row.accuracy != 255 || v.len > 3 || !digits(v, &n) || n > 100)
		return false;
	w->row.accuracy = (uint8_t)n;
	mark(w, FIELD_FEED_ACCURACY);
	return true;
}

static inline bool fill_in_row(
        struct writer *w, struct event_plan *p, const struct event_column *c, struct str v)
{
	enum field id = c->to;

	switch ((enum how)c->how) {
	case HOW_IP:
		return fill_ip(w, id, v);
	case HOW_PORT:
		return fill_port(w, id, v);
	case HOW_ASN:
		return fill_asn(w, id, v);
	case HOW_TIME:
		return fill_time(w, &p->memos[c->memo], v);
	case HOW_TRANSPORT:
		return fill_word(w, id, &w->row.proto, usual_transport(v));
	case HOW_SEVERITY:
		return fill_word(w, id, &w->row.severity, usual_severity(v));
	case HOW_TYPE:
		return fill_type(w, &p->memos[c->memo], v);
	case HOW_ACCURACY:
		return fill_accuracy(w, v);
	default:
		return false;
	}
}

/* ---- values in the var section; false: event_put knows ---------------------------------------------- */

static inline bool commit(struct writer *w, enum field id, size_t len)
{
	mark(w, id);
	writer_commit(w, (uint16_t)id, len);
	return true;
}

static inline bool fill_text(struct writer *w, enum field id, struct str v)
{
	char *p = writer_room(w, v.len + SPARE);

	if (p == NULL || is_odd(v) || (field_table[id].limit != 0 && v.len > field_table[id].limit))
		return false;
	copy_slack(p, v.p, v.len);
	return commit(w, id, v.len);
}

static inline bool fill_lower(struct writer *w, enum field id, struct str v)
{
	char *p = writer_room(w, SPARE);

	if (v.len > COPY || p == NULL || is_odd(v) ||
	        (field_table[id].limit != 0 && v.len > field_table[id].limit))
		return false;
	for (int i = 0; i < COPY; i++) {
		uint8_t c = (uint8_t)v.p[i];
		p[i] = (char)(c + ((uint8_t)(c - 'A') < 26 ? 32 : 0));
	}
	return commit(w, id, v.len);
}

static inline bool upper(char c)
{
	return (uint8_t)(c - 'A') < 26;
}

static inline bool fill_country(struct writer *w, enum field id, struct str v)
{
	char *p = writer_room(w, SPARE);

	if (p == NULL || v.len != 2 || !upper(v.p[0]) || !upper(v.p[1]))
		return false;
	memcpy(p, v.p, 2);
	return commit(w, id, 2);
}

static inline bool fill_name(struct writer *w, enum field id, struct str v)
{
	char *p = writer_room(w, NAME_MAX_BYTES + SPARE);
	size_t len;

	return p != NULL && value_fqdn(v, p, &len) && commit(w, id, len);
}

/* One number. */
static inline bool fill_cves(struct writer *w, enum field id, struct str v)
{
	char *p = writer_room(w, SPARE);

	if (p == NULL || v.len < 13 || v.len > 17 || !str_istarts(v, STR("CVE-")) || v.p[8] != '-')
		return false;
	for (size_t i = 4; i < v.len; i++)
		if (i != 8 && !char_digit(v.p[i]))
			return false;
	copy_slack(p, v.p, v.len);
	memcpy(p, "CVE", 3);
	return commit(w, id, v.len);
}

/* A time that stands in the var section, as text. */
static inline bool fill_instant(struct writer *w, enum field id, struct event_memo *m, struct str v)
{
	char *p = writer_room(w, SPARE);
	char text[TIME_TEXT];
	int64_t t;

	_Static_assert(sizeof(m->out) == COPY, "a memo is copied as a value is");
	if (p == NULL)
		return false;
	if (!memo_has(m, v)) {
		if (!value_time(v, w->settings.zone, &t) || !memo_set(m, v))
			return false;
		m->out_len = (uint8_t)value_time_print(text, t);
		memcpy(m->out, text, m->out_len);
	}
	memcpy(p, m->out, COPY);
	return commit(w, id, m->out_len);
}

static inline bool fill_in_var(
        struct writer *w, struct event_plan *p, const struct event_column *c, struct str v)
{
	enum field id = c->to;

	if (has(w, id))
		return false;
	switch ((enum how)c->how) {
	case HOW_TEXT:
		return fill_text(w, id, v);
	case HOW_LOWER:
		return fill_lower(w, id, v);
	case HOW_COUNTRY:
		return fill_country(w, id, v);
	case HOW_NAME:
		return fill_name(w, id, v);
	case HOW_CVES:
		return fill_cves(w, id, v);
	case HOW_TAXONOMY:
		return fill_taxonomy(w, &p->memos[c->memo], v);
	case HOW_INSTANT:
		return fill_instant(w, id, &p->memos[c->memo], v);
	default:
		return false;
	}
}

/* ---- values of the sender's own --------------------------------------------------------------------- */

/* What at may reach so that all columns fit, if none has more than COPY bytes; 0 if they may not. */
static inline size_t room_of(const struct writer *w, uint32_t n)
{
	size_t used =
	        (size_t)w->fixed + w->var_used + (w->nrefs + n) * sizeof(struct batch_var) + n * COPY + SPARE;

	return used > BATCH_SLOT || w->over || w->nrefs + n >= BATCH_KEYS ? 0 : BATCH_SLOT - used;
}

/* Copies the values, if the names stand in the batch in ascending order and no extra value is there yet; how
 * many columns it has done. */
static uint32_t copy_extras(
        struct writer *w, const struct event_column *columns, uint32_t n, const struct str *values)
{
	char *base = w->slot + sizeof(struct batch_head) + w->var_used;
	struct batch_var *ref = w->refs + w->nrefs;
	size_t at = w->at, room = room_of(w, n);
	uint32_t i;

	if (at > room || !w->sorted || w->last_id >= FIELD_EXTRA)
		return 0;
	for (i = 0; i < n; i++) {
		const char *p = values[columns[i].at].p;
		size_t len = values[columns[i].at].len;
		uint64_t pair =
		        (FIELD_EXTRA + columns[i].key.index) | (uint64_t)len << 32; /* a struct batch_var */

		memcpy(base + at, p, COPY);
		memcpy(ref, &pair, sizeof(pair));
		if (len > COPY) {
			if (at + len > room)
				break;
			copy_slack(base + at, p, len);
		}
		ref += len != 0;
		at += len;
	}
	w->at = (uint32_t)at;
	w->nrefs = (uint32_t)(ref - w->refs);
	if (i > 0)
		w->last_id = (uint16_t)(FIELD_EXTRA + columns[i - 1].key.index);
	w->unsettled = true;
	return i;
}

/* ---- plans ------------------------------------------------------------------------------------------ */

static enum how how_of(enum field to)
{
	if (to == FIELD_NONE)
		return HOW_EXTRA;
	switch (field_table[to].type) {
	case FT_IP:
		return HOW_IP;
	case FT_PORT:
		return HOW_PORT;
	case FT_ASN:
		return HOW_ASN;
	case FT_TIME:
		return to == FIELD_TIME_SOURCE ? HOW_TIME : HOW_INSTANT;
	case FT_TRANSPORT:
		return HOW_TRANSPORT;
	case FT_SEVERITY:
		return HOW_SEVERITY;
	case FT_STRING:
		return HOW_TEXT;
	case FT_LOWER:
		return HOW_LOWER;
	case FT_CC:
		return HOW_COUNTRY;
	case FT_FQDN:
		return HOW_NAME;
	case FT_CVES:
		return HOW_CVES;
	case FT_TYPE:
		return HOW_TYPE;
	case FT_TAXONOMY:
		return HOW_TAXONOMY;
	case FT_ACCURACY:
		return HOW_ACCURACY;
	default:
		return HOW_SLOW;
	}
}

static int group_of(const struct event_column *c)
{
	return c->to == FIELD_NONE ? 2 : field_table[c->to].place != PLACE_ROW;
}

static int column_order(const void *a, const void *b)
{
	const struct event_column *x = a, *y = b;

	if (group_of(x) != group_of(y))
		return group_of(x) < group_of(y) ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void give_memo(struct event_plan *p, struct event_column *c)
{
	if (p->nmemos < EVENT_MEMOS)
		c->memo = (uint8_t)p->nmemos++;
	else
		c->how = HOW_SLOW;
	p->memos[c->memo].len = 0;
}

void event_plan_init(struct event_plan *p)
{
	qsort(p->v, p->n, sizeof(p->v[0]), column_order);
	p->nrow = p->nvar = p->width = p->epoch = p->nmemos = 0;
	for (uint32_t i = 0; i < p->n; i++) {
		struct event_column *c = &p->v[i];
		c->how = (uint8_t)how_of(c->to);
		if (c->how == HOW_TIME || c->how == HOW_TYPE || c->how == HOW_TAXONOMY ||
		        c->how == HOW_INSTANT)
			give_memo(p, c);
		c->key.epoch = 0;
		p->nrow += group_of(c) == 0;
		p->nvar += group_of(c) == 1;
		if (c->at >= p->width)
			p->width = c->at + 1;
	}
}

/* Enters the names of the columns into a new batch, in their order. */
static void enter_names(struct writer *w, struct event_plan *p)
{
	size_t len = 0;
	uint32_t before = 0;

	p->epoch = w->epoch;
	p->ascending = false;
	for (uint32_t i = p->nrow + p->nvar; i < p->n; i++)
		len += p->v[i].key.name.len;
	/* A table whose names alone would fill the batch gets them one by one, and sorts. */
	if (len > BATCH_SLOT / 16)
		return;
	p->ascending = true;
	for (uint32_t i = p->nrow + p->nvar; i < p->n; i++) {
		struct event_key *key = &p->v[i].key;
		int k = writer_key(w, key->name);
		if (k < 0)
			return;
		key->index = (uint16_t)k;
		key->epoch = w->epoch;
		p->ascending &= (uint32_t)k + 1 > before;
		before = (uint32_t)k + 1;
	}
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

void event_fill(struct writer *w, struct event_plan *p, const struct str *values, uint32_t nvalues)
{
	const struct event_column *c = p->v;
	uint32_t done = p->nrow + p->nvar;

	if (!w->in_event)
		return;
	if (p->epoch != w->epoch)
		enter_names(w, p);
	if (!w->plain || nvalues < p->width) {
		fill_slowly(w, p->v, p->n, values, nvalues);
		return;
	}
	for (uint32_t i = 0; i < p->nrow; i++, c++)
		if (values[c->at].len != 0 && !fill_in_row(w, p, c, values[c->at]))
			event_put(w, c->to, values[c->at]);
	for (uint32_t i = 0; i < p->nvar; i++, c++)
		if (values[c->at].len != 0 && !fill_in_var(w, p, c, values[c->at]))
			event_put(w, c->to, values[c->at]);
	if (p->ascending)
		done += copy_extras(w, c, p->n - done, values);
	fill_slowly(w, p->v + done, p->n - done, values, nvalues);
}
