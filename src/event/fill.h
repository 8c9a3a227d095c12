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
};

/* For qsort: the order in which event_fill wants columns. Those of the row come first, then those of the var
 * section by field, those of the sender's own last, so that values need no sorting. */
int event_column_order(const void *a, const void *b);
/* Puts the values of a row into the open event, each as event_put or event_extra would. If the record is
 * plain (record_plain), 64 bytes can be read where each value starts and behind it, also where it is empty.
 */
void event_fill(struct writer *w, struct event_column *columns, uint32_t n, const struct str *values,
        uint32_t nvalues);
/* Enters the names of the columns into a new batch, in their order. Before event_begin. */
void event_fill_start(struct writer *w, struct event_column *columns, uint32_t n);
