/* SPDX-License-Identifier: Apache-2.0
 *
 * Records and batches. A batch is built where it will be read: values go straight into the slot, rows and the
 * rest stand beside it and are put behind the values when the batch is handed over. A batch ends at the end
 * of a record, so that setting a record aside is moving three counters back.
 *
 * When a record begins, the batch must have room for three times its length (a value can grow by as much when
 * its bytes are cleaned or a URL is encoded); otherwise the batch goes first. A record that does not even fit
 * into an empty batch is set aside.
 */
#include "event/writer.h"
#include "base/vec.h"
#include <assert.h>

/* Kept free for a sentence, the headers of one event and its row. */
#define SPARE 4096u

struct writer *writer_new(const struct event_settings *settings, void *slot, batch_sink *sink, void *arg)
{
	struct writer *w = mem_zero(1, sizeof(*w));

	assert(((uintptr_t)slot & 7) == 0);
	w->settings = *settings;
	w->slot = slot;
	w->sink = sink;
	w->arg = arg;
	w->epoch = 1;
	w->fixed = sizeof(struct batch_head) + SPARE;
	return w;
}

void writer_free(struct writer *w)
{
	free(w);
}

bool writer_failed(const struct writer *w)
{
	return w->failed;
}

struct writer_counts writer_counts(const struct writer *w)
{
	return w->counts;
}

uint64_t writer_records(const struct writer *w)
{
	return w->counts.records;
}

void writer_stamp(struct writer *w, uint64_t receipt, uint32_t part, uint32_t reader)
{
	w->receipt = receipt;
	w->part = part;
	w->reader = reader;
}

void writer_defaults(struct writer *w, enum event_type type, uint8_t transport, enum severity severity)
{
	if (type != TYPE_NONE)
		w->settings.type = type;
	w->transport = transport;
	w->severity = (uint8_t)severity;
}

/* ---- names of the sender's own ------------------------------------------------------------------ */

int writer_key(struct writer *w, struct str name)
{
	uint32_t slot = (uint32_t)str_hash(name) & (WRITER_KEY_SLOTS - 1);

	while (w->key_slot_epoch[slot] == w->epoch) {
		uint16_t i = w->key_slot[slot];
		if (str_eq(name, str_make(w->keys[i], w->key_len[i])))
			return i;
		slot = (slot + 1) & (WRITER_KEY_SLOTS - 1);
	}
	if (w->nkeys == BATCH_KEYS || writer_room(w, name.len + 2) == NULL) {
		w->many |= w->nkeys == BATCH_KEYS && !w->over;
		w->over = true;
		return -1;
	}
	w->key_slot_epoch[slot] = w->epoch;
	w->key_slot[slot] = (uint16_t)w->nkeys;
	memcpy(w->keys[w->nkeys], name.p, name.len);
	w->key_len[w->nkeys] = (uint16_t)name.len;
	w->key_seen[w->nkeys] = 0;
	w->keys_len += 2 + (uint32_t)name.len;
	w->fixed += 2 + (uint32_t)name.len;
	return (int)w->nkeys++;
}

/* ---- handing over ------------------------------------------------------------------------------- */

static void write_keys(const struct writer *w, char *p)
{
	for (uint32_t i = 0; i < w->nkeys; i++) {
		memcpy(p, &w->key_len[i], 2);
		memcpy(p + 2, w->keys[i], w->key_len[i]);
		p += 2 + w->key_len[i];
	}
}

static size_t finish_batch(struct writer *w)
{
	struct batch_head head = {.magic = BATCH_MAGIC,
	        .version = BATCH_VERSION,
	        .head_len = sizeof(head),
	        .rows = w->nrows,
	        .asides = w->nasides,
	        .keys = w->nkeys,
	        .keys_len = w->keys_len,
	        .lock_crc = BATCH_LOCK,
	        .receipt = w->receipt,
	        .chunk = w->chunk++,
	        .part = w->part,
	        .reader = w->reader,
	        .none = w->none,
	        .known = w->known,
	        .records = w->records};
	char *p = w->slot + sizeof(head) + w->var_used;

	while (w->var_used % 8 != 0)
		*p++ = 0, w->var_used++;
	head.var_len = w->var_used;
	memcpy(p, w->rows, w->nrows * sizeof(w->rows[0]));
	p += w->nrows * sizeof(w->rows[0]);
	memcpy(p, w->asides, w->nasides * sizeof(w->asides[0]));
	p += w->nasides * sizeof(w->asides[0]);
	write_keys(w, p);
	p += w->keys_len;
	head.head_crc = crc32c(0, &head, sizeof(head) - 4);
	memcpy(w->slot, &head, sizeof(head));
	return (size_t)(p - w->slot);
}

static void start_batch(struct writer *w)
{
	w->nrows = w->nasides = w->nkeys = w->keys_len = w->none = w->known = w->records = w->var_used = 0;
	w->fixed = sizeof(struct batch_head) + SPARE;
	w->epoch++;
}

int writer_flush(struct writer *w, struct err *e)
{
	if (!w->failed && w->records > 0) {
		size_t len = finish_batch(w);
		void *next = w->slot;
		w->failed = w->sink(w->arg, w->slot, len, &next, &w->err) < 0;
		w->slot = next;
		start_batch(w);
	}
	if (w->failed && e != NULL)
		*e = w->err;
	return w->failed ? w->err.code : 0;
}

/* ---- records ------------------------------------------------------------------------------------ */

void record_begin(struct writer *w, uint64_t raw_off, uint64_t raw_len, uint32_t line)
{
	uint64_t grown = 3 * raw_len + 16384;
	uint64_t used = (uint64_t)w->fixed + w->var_used;

	if (w->nrows + WRITER_SUBS > BATCH_ROWS || w->nasides + 2 > BATCH_ROWS || w->nkeys > BATCH_KEYS / 2 ||
	        used + grown > BATCH_SLOT)
		writer_flush(w, NULL);
	w->rec_row = w->nrows;
	w->rec_aside = w->nasides;
	w->rec_var = w->var_used;
	w->rec_off = raw_off;
	w->rec_len = raw_len > UINT32_MAX ? UINT32_MAX : (uint32_t)raw_len;
	w->rec_line = line;
	w->rec_ordinal = (uint32_t)w->counts.records;
	w->subs = 0;
	w->plain = w->over = w->many = w->in_event = false;
	/* nobody looks at values of what is set aside, nor of what is known */
	w->is_aside = w->is_known = w->settings.grows && raw_off + raw_len <= w->settings.known;
}

void record_plain(struct writer *w, bool plain)
{
	w->plain = plain;
}

bool record_is_aside(const struct writer *w)
{
	return w->is_aside;
}

static void put_aside(struct writer *w, uint16_t reason, enum field field, const char *fmt, va_list ap)
{
	char raw[1024], text[1024];
	int n = vsnprintf(raw, sizeof(raw), fmt, ap);
	struct str s = err_quote(text, sizeof(text), str_make(raw, n < 0 ? 0 : strnlen(raw, sizeof(raw))));

	if (w->failed || w->nasides == BATCH_ROWS)
		return;
	/* the sentence stands where the next value would; SPARE keeps room for it */
	memcpy(w->slot + sizeof(struct batch_head) + w->var_used, s.p, s.len);
	w->asides[w->nasides++] = (struct batch_aside){.raw_off = w->rec_off,
	        .raw_len = w->rec_len,
	        .line = w->rec_line,
	        .ordinal = w->rec_ordinal,
	        .reason = reason,
	        .field = (uint16_t)field,
	        .text_off = w->var_used,
	        .text_len = (uint32_t)s.len};
	w->fixed += sizeof(struct batch_aside);
	w->var_used += (uint32_t)s.len;
	while (w->var_used % 8 != 0)
		w->slot[sizeof(struct batch_head) + w->var_used++] = 0;
}

void record_aside(struct writer *w, enum aside_reason reason, enum field field, const char *fmt, ...)
{
	va_list ap;

	if (w->is_aside)
		return;
	w->is_aside = true;
	w->fixed -= (w->nrows - w->rec_row) * (uint32_t)sizeof(struct batch_row) +
	        (w->nasides - w->rec_aside) * (uint32_t)sizeof(struct batch_aside);
	w->nrows = w->rec_row;
	w->nasides = w->rec_aside;
	w->var_used = w->rec_var;
	w->at = 0;
	w->in_event = false;
	va_start(ap, fmt);
	put_aside(w, (uint16_t)reason, field, fmt, ap);
	va_end(ap);
}

static void __attribute__((format(printf, 4, 5)))
partial_aside(struct writer *w, enum aside_reason reason, enum field field, const char *fmt, ...)
{
	va_list ap;

	/* one sentence a record is enough, and keeps the room for sentences bounded */
	if (w->nasides > w->rec_aside)
		return;
	va_start(ap, fmt);
	put_aside(w, (uint16_t)(reason | ASIDE_PARTIAL), field, fmt, ap);
	va_end(ap);
}

/* A record whose only event was no good is set aside as a whole: the partial mark goes. */
static void aside_alone(struct writer *w)
{
	w->asides[w->rec_aside].reason &= (uint16_t)~ASIDE_PARTIAL;
	w->is_aside = true;
}

static void end_known(struct writer *w)
{
	w->records++;
	w->counts.records++;
	w->counts.none++;
	w->none++;
	w->known++;
}

void record_end(struct writer *w)
{
	if (w->is_known) {
		end_known(w);
		return;
	}
	if (w->settings.grows && w->rec_off + w->rec_len > w->settings.whole)
		record_aside(w, ASIDE_CUT, FIELD_NONE,
		        "the file ends within this line; it is read when the file has grown");
	if (w->over && w->many && !w->is_aside)
		record_aside(w, ASIDE_LIMIT, FIELD_NONE,
		        "the record has more names of the sender's own than a batch has room for (%d)",
		        BATCH_KEYS);
	if (w->over && !w->is_aside)
		record_aside(w, ASIDE_LIMIT, FIELD_NONE,
		        "the record and its events are longer than a batch of %zu bytes", BATCH_SLOT);
	if (!w->is_aside && w->nrows == w->rec_row && w->nasides > w->rec_aside)
		aside_alone(w);
	w->records++;
	w->counts.records++;
	w->counts.events += w->nrows - w->rec_row;
	if (w->is_aside)
		w->counts.asides++;
	else if (w->nrows > w->rec_row)
		w->counts.with_events++, w->counts.partial += w->nasides > w->rec_aside;
	else
		w->counts.none++, w->none++;
}

/* ---- the end of an event ------------------------------------------------------------------------ */

static int ref_order(const void *a, const void *b)
{
	const struct writer_ref *x = a, *y = b;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* Values in the order of their ids: by insertion, since a record has some dozens; qsort for the rest. */
static void sort_refs(struct writer_ref *r, uint32_t n)
{
	if (n > 96) {
		qsort(r, n, sizeof(*r), ref_order);
		return;
	}
	for (uint32_t i = 1; i < n; i++) {
		struct writer_ref x = r[i];
		uint32_t j = i;
		for (; j > 0 && r[j - 1].id > x.id; j--)
			r[j] = r[j - 1];
		r[j] = x;
	}
}

static void arrange(struct writer *w, char *values)
{
	struct writer_ref *r = w->order;
	uint32_t at = 0;

	if (w->sorted)
		return;
	for (uint32_t i = 0; i < w->nrefs; i++) {
		r[i] = (struct writer_ref){w->refs[i].id, at, w->refs[i].len};
		at += r[i].len;
	}
	sort_refs(r, w->nrefs);
	memcpy(w->scratch, values, w->at);
	at = 0;
	for (uint32_t i = 0; i < w->nrefs; i++) {
		memcpy(values + at, w->scratch + r[i].off, r[i].len);
		w->refs[i] = (struct batch_var){.id = r[i].id, .len = r[i].len};
		at += r[i].len;
	}
}

static void write_event(struct writer *w)
{
	char *values = w->slot + sizeof(struct batch_head) + w->var_used;
	uint32_t len = w->at;

	arrange(w, values);
	while (len % 8 != 0)
		values[len++] = 0;
	memcpy(values + len, w->refs, w->nrefs * sizeof(w->refs[0]));
	w->row.var_off = w->var_used;
	w->row.var_len = len + w->nrefs * (uint32_t)sizeof(w->refs[0]);
	w->row.nvar = (uint16_t)w->nrefs;
	w->row.raw_off = w->rec_off;
	w->row.raw_len = w->rec_len;
	w->row.ordinal = w->rec_ordinal;
	w->row.line = w->rec_line;
	w->row.sub = (uint8_t)(w->subs - 1);
	w->var_used += w->row.var_len;
	w->fixed += sizeof(struct batch_row);
	w->rows[w->nrows++] = w->row;
}

static void reject(struct writer *w, enum aside_reason reason)
{
	struct str name = field_table[w->bad_field].name, text = str_make(w->bad_text, w->bad_len);

	if (reason == ASIDE_TIME)
		partial_aside(w, reason, FIELD_TIME_SOURCE,
		        "time.source '%.*s' cannot be read as one instant%s", STR_ARG(text),
		        w->settings.time_format.len ? " by the feed's time format" : "");
	else if (w->bad_field != FIELD_NONE)
		partial_aside(w, reason, w->bad_field,
		        "%.*s '%.*s' is no %s, and nothing else says who is meant", STR_ARG(name),
		        STR_ARG(text), field_type_name(field_table[w->bad_field].type));
	else
		partial_aside(w, reason, FIELD_NONE,
		        "no address, prefix, name, URL, digest or account says who is meant");
}

void event_end(struct writer *w)
{
	if (!w->in_event || w->is_aside || w->over || w->failed) {
		w->in_event = false;
		return;
	}
	enum aside_reason reason = event_judge(w);
	w->in_event = false;
	if (w->over)
		return;
	if (reason != ASIDE_NONE) {
		reject(w, reason);
		return;
	}
	if (w->subs > WRITER_SUBS || w->nrows == BATCH_ROWS) {
		partial_aside(w, ASIDE_LIMIT, FIELD_NONE,
		        "the record names more than %d things; the rest is left out", WRITER_SUBS);
		return;
	}
	write_event(w);
	if (w->spilled)
		partial_aside(w, ASIDE_LIMIT, FIELD_NONE,
		        "a name has more than 99 different values; the rest is left out");
}

void event_drop(struct writer *w)
{
	w->in_event = false;
	w->subs -= w->subs > 0;
}
