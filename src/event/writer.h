/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a writer, shared by writer.c (records and batches) and event.c (values). Nobody else includes
 * it.
 */
#pragma once

#include "event/event.h"

#define WRITER_SUBS 255
#define WRITER_KEY_SLOTS 8192 /* twice BATCH_KEYS, a power of two */

/* A value while an event is put in order. */
struct writer_ref {
	uint16_t id;
	uint32_t off, len; /* off from the start of the event's values */
};

struct writer {
	struct event_settings settings;
	batch_sink *sink;
	void *arg;
	struct err err;
	bool failed;
	struct writer_counts counts;
	uint8_t transport, severity; /* of records that have none */

	/* the batch that is being built: values go straight to their place in the slot */
	char *slot;
	uint64_t receipt;
	uint32_t part, reader, chunk;
	uint32_t nrows, nasides, nkeys, keys_len, none, known, records;
	uint32_t var_used; /* bytes of the var section */
	uint32_t fixed;    /* bytes of everything else, with some to spare */
	uint32_t epoch;    /* of the table of names, never 0 */

	/* the record */
	uint32_t rec_row, rec_aside, rec_var; /* counts at its beginning */
	uint64_t rec_off;
	uint32_t rec_len, rec_line, rec_ordinal;
	uint32_t subs; /* events begun */
	bool plain, over, is_aside;
	bool is_known; /* it stood in an earlier report */
	bool many;     /* over, by the number of names and not by bytes */

	/* the event */
	struct batch_row row;
	uint32_t nrefs, at; /* at: bytes of values so far */
	bool sorted, in_event;
	bool spilled; /* a name has had more values than are kept */
	uint16_t last_id;
	uint64_t seen[(FIELD_END + 63) / 64];
	uint32_t stamp; /* of the event, for key_seen */
	bool unsettled; /* key_seen does not know yet which names the event has: event_fill saved the work */
	enum event_type type;
	struct str disarmed;       /* while what a value was is put in its place: the value as it came */
	struct str taxonomy;       /* kept aside until the type is known */
	enum field bad_field;      /* first value that was not of its type and decides about the record */
	uint32_t bad_off, bad_len; /* where that value stands */
	uint32_t host_off[2], host_len[2]; /* host of source.url and destination.url */

	struct batch_row rows[BATCH_ROWS];
	struct batch_aside asides[BATCH_ROWS];
	struct batch_var refs[BATCH_KEYS + FIELD_END + 8]; /* values stand one behind the other */
	struct writer_ref order[BATCH_KEYS + FIELD_END + 8];
	char keys[BATCH_KEYS][BATCH_KEY_MAX];
	uint16_t key_len[BATCH_KEYS];
	uint32_t key_seen[BATCH_KEYS];
	uint32_t key_slot_epoch[WRITER_KEY_SLOTS];
	uint16_t key_slot[WRITER_KEY_SLOTS];
	char bad_text[64];
	char scratch[BATCH_SLOT];
};

/* Room for n bytes of the value that comes next; NULL and the record is over its limit if there is none. */
static inline char *writer_room(struct writer *w, size_t n)
{
	size_t used = (size_t)w->fixed + w->var_used + w->at + w->nrefs * sizeof(struct batch_var);

	if (used + n > BATCH_SLOT || w->over || w->nrefs + 8 >= sizeof(w->refs) / sizeof(w->refs[0])) {
		w->over = true;
		return NULL;
	}
	return w->slot + sizeof(struct batch_head) + w->var_used + w->at;
}

static inline void writer_commit(struct writer *w, uint16_t id, size_t len)
{
	w->refs[w->nrefs++] = (struct batch_var){.id = id, .len = (uint32_t)len};
	w->at += (uint32_t)len;
	w->sorted &= id > w->last_id;
	w->last_id = id;
}

/* Index of a name in the batch, entered if it is new; -1 if the table is full (the record is over its limit).
 */
int writer_key(struct writer *w, struct str name);
/* Copies text as valid UTF-8 into the slot, as the next value. False: no room, the record is over its limit.
 */
bool writer_text(struct writer *w, uint16_t id, struct str s);
/* The value that the open event has under an id of the var section; empty if none. */
struct str writer_value(const struct writer *w, uint16_t id);
/* What is wrong with the complete event; fills in what follows from other values (host of a URL, defaults).
 */
enum aside_reason event_judge(struct writer *w);
