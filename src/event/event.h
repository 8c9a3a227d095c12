/* SPDX-License-Identifier: Apache-2.0
 *
 * Making events. A reader takes records apart; for each it opens the record, puts values under fields and
 * ends the event. Normalisation is here, at the field's type, once: there is no other way into a batch.
 *
 *   record_begin(w, offset, length, line);
 *   event_begin(w);
 *   event_put(w, FIELD_SOURCE_IP, value);  event_extra(w, &key, value);
 *   event_end(w);                     as often as the record names things
 *   record_end(w);
 *
 * The rules of doubt:
 *   - A placeholder or an empty value is absent.
 *   - A value that is not of its field's type stays under extra.FIELD; the event goes on.
 *   - An address, prefix, name, URL or mail address that was disarmed ("hxxp://bad[.]example") is taken as what
 *     it was; the record's own bytes still have the disarmed form.
 *   - An address in a name's field and a name in an address's field go where they belong. A single address
 *     given as a prefix is an address.
 *   - The first value of a field stays; a later different one goes to extra.
 *   - A record whose time is there but cannot be read, or which in the end names nobody (no address, prefix,
 *     name, URL, digest, account, mail address), is set aside with a sentence.
 *   - The host of a URL goes to source.ip or source.fqdn if that is free (destination likewise).
 *
 * record_end counts the record: with events, set aside, or none by rule.
 */
#pragma once

#include "event/batch.h"
#include "event/value.h"

/* What holds for the whole report; lives as long as the writer. */
struct event_settings {
	const struct zone *zone; /* of times without one; NULL: UTC */
	struct str time_format;  /* for FIELD_TIME_SOURCE; empty: value_time */
	enum tlp tlp;            /* label that a record without one gets; TLP_NONE: none */
	enum tlp floor;          /* no record goes below it */
	enum event_type type;    /* classification.type of a record without one */
	bool keep_placeholders;  /* "-" is a value (Zeek with another mark for unset) */
	/* of a file that is appended to where it comes from */
	bool grows;
	uint64_t
	        known; /* records that end within so many bytes were read before: they make nothing, by rule */
	uint64_t whole; /* bytes up to the end of its last line: a record that ends behind is set aside */
};

/* A name of the sender's own, prepared once and used for many records. */
struct event_key {
	struct str name; /* normalised, without "extra." */
	uint32_t epoch;  /* batch in which index holds */
	uint16_t index;
};

/* Where a full batch goes: called with the finished bytes. *ret_next is where the next batch is built
 * (BATCH_SLOT bytes, 8-aligned); it holds the same place when called. 0 or a negative code, after which every
 * later call of the writer does nothing (writer_failed). */
typedef int batch_sink(void *arg, const void *bytes, size_t len, void **ret_next, struct err *e);

struct writer; /* see event.c */

/* slot: where batches are built, BATCH_SLOT bytes, 8-aligned. */
struct writer *writer_new(const struct event_settings *settings, void *slot, batch_sink *sink, void *arg);
void writer_free(struct writer *w);
/* Hands over what is left. Returns 0 or the first error of the sink. */
int writer_flush(struct writer *w, struct err *e);
bool writer_failed(const struct writer *w);
/* Stamps of the following batches. */
void writer_stamp(struct writer *w, uint64_t receipt, uint32_t part, uint32_t reader);
/* What events get at their end for fields that their records do not have; stands before the settings. 0:
 * nothing. */
void writer_defaults(struct writer *w, enum event_type type, uint8_t transport, enum severity severity);

/* records = with_events + asides + none, always; those that were known are among none. partial: records with events of which a part was set aside.
 */
struct writer_counts {
	uint64_t records, with_events, asides, none, events, partial;
};
struct writer_counts writer_counts(const struct writer *w);
/* The first of them alone. */
uint64_t writer_records(const struct writer *w);

/* raw_len: bytes of the record without its line end. A record is never split over two batches. */
void record_begin(struct writer *w, uint64_t raw_off, uint64_t raw_len, uint32_t line);
/* Tells that every byte of the record is ASCII and none is NUL, and that 64 bytes behind each of its values
 * may be read (an input's window and the scratch of rows allow that), so that values need no cleaning and are
 * copied quickly. Optional. */
void record_plain(struct writer *w, bool plain);
void record_end(struct writer *w);
/* Sets the record aside, instead of its events if there were any. field 0: none. At record_end it is counted.
 * Only the first reason of a record is kept. */
void record_aside(struct writer *w, enum aside_reason reason, enum field field, const char *fmt, ...)
        __attribute__((format(printf, 4, 5)));
bool record_is_aside(const struct writer *w);

void event_begin(struct writer *w);
enum put { PUT_OK, PUT_ABSENT, PUT_EXTRA };
/* PUT_EXTRA: the value was not of the field's type (or a second one) and went to extra. */
enum put event_put(struct writer *w, enum field id, struct str value);
/* The same for a value that is text already and must not be taken for a placeholder. */
enum put event_put_exact(struct writer *w, enum field id, struct str value);
/* A time by a pattern (value_time_format). */
enum put event_put_format(struct writer *w, enum field id, struct str value, struct str format);
/* For a number known as such. */
enum put event_put_u64(struct writer *w, enum field id, uint64_t value);
void event_put_time(struct writer *w, enum field id, int64_t t);
void event_put_addr(struct writer *w, enum field id, const struct addr *a);
/* Prepares a name: lower case, [a-z0-9_.] only, "extra." in front dropped; copied into the arena. */
struct event_key event_key(struct arena *a, struct str name);
/* An empty value is absent. */
void event_extra(struct writer *w, struct event_key *key, struct str value);
/* The same for a name met once (slower: it is prepared each time). */
void event_extra_name(struct writer *w, struct str name, struct str value);
/* True if the event has the field. */
bool event_has(const struct writer *w, enum field id);
/* Raises the label; never lowers it. */
void event_label(struct writer *w, enum tlp tlp);
/* Forgets the event since event_begin. */
void event_drop(struct writer *w);
void event_end(struct writer *w);
