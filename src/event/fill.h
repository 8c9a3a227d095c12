/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of a table into events: where each column goes is said once, then rows follow it.
 */
#pragma once

#include "event/event.h"

struct event_column {
	uint32_t at;   /* position of the value in the row */
	enum field to; /* FIELD_NONE: extra, under the key */
	struct event_key key;
	uint8_t how;  /* set by event_plan_init */
	uint8_t memo; /* the same */
};

/* The last value of a column whose values repeat and are slow to read, and what it stands for. */
struct event_memo {
	uint8_t len, out_len;
	uint16_t number;
	struct str name;
	int64_t instant;
	char text[40], out[32];
};
#define EVENT_MEMOS 8

struct event_plan {
	struct event_column *v; /* n of them */
	uint32_t n;
	/* Set by event_plan_init: first columns with a place in the row of a batch, then those of its var
	 * section by field, then those of the sender's own in the order of the report, so that values need no
	 * sorting. */
	uint32_t nrow, nvar;
	uint32_t width; /* values that a row must have so that none is missing */
	/* The batch in which the names of the sender's own are entered, and whether in ascending order. */
	uint32_t epoch;
	bool ascending;
	uint32_t nmemos;
	struct event_memo memos[EVENT_MEMOS];
};

/* Puts the columns in order. */
void event_plan_init(struct event_plan *p);
/* Puts the values of a row into the open event, each as event_put or event_extra would. If the record is
 * plain (record_plain), 64 bytes can be read where each value starts and behind it, also where it is empty.
 */
void event_fill(struct writer *w, struct event_plan *p, const struct str *values, uint32_t nvalues);
