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

/* Puts the values of a row into the open event, each as event_put or event_extra would. Columns ascend by
 * field, those of the sender's own last, so that values need no sorting. If the record is plain
 * (record_plain), 64 bytes behind each value can be read. */
void event_fill(struct writer *w, struct event_column *columns, uint32_t n, const struct str *values,
        uint32_t nvalues);
/* Enters the names of the columns into a new batch, in their order. Before event_begin. */
void event_fill_start(struct writer *w, struct event_column *columns, uint32_t n);
