/* SPDX-License-Identifier: Apache-2.0
 *
 * Events as text: IntelMQ's flat JSON object a line, and CSV.
 */
#pragma once

#include "base/vec.h"
#include "event/batch.h"

struct event_text_options {
	bool old_names; /* TLP 1.0 names, extra.product.*, unauthorized-use-of-resources: for consumers of
	                   IntelMQ 3.2 and older */
	struct str feed_name, feed_provider, feed_code, feed_url,
	        feed_documentation; /* for events that name no feed; empty: none */
	int accuracy;               /* feed.accuracy for events without one; -1: none */
};

/* One object and a line feed. Keys in the order of fields.tbl, then extra.* in the order of the batch. */
void event_json(struct buf *out, const struct batch *b, const struct batch_row *row,
        const struct event_text_options *o);
/* All fields of fields.tbl as columns, then "extra" with a JSON object of the rest. */
void event_csv_header(struct buf *out);
void event_csv(struct buf *out, const struct batch *b, const struct batch_row *row,
        const struct event_text_options *o);
