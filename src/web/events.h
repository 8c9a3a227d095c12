/* SPDX-License-Identifier: Apache-2.0
 *
 * A search for events, a chunk at a time: "weir event list" takes it to its end at once, the page of the search a little at a
 * time, between other requests. Between two steps nothing of state.db is open.
 */
#pragma once

#include "web/route.h"

extern const struct list_table events_table;
struct events;
/* An event that fits. Texts live as long as the call. */
struct events_found {
	const struct receipt *receipt;
	const struct batch *batch;
	const struct batch_row *row;
	const struct verdict *verdict;
	struct str owner; /* id in the register; empty: nobody's */
	int64_t when;
};
struct events_sink {
	void (*put)(void *arg, const struct events_found *f);
	void *arg;
};
/* The parameters of "/events", and value=TEXT: URL, hash or account of the event is that text. a and sink live as long as the
 * search; what a->state is may change from step to step, as long as it shows the same person's view. 0 or a code. */
int events_new(const struct ask *a, const struct events_sink *sink, struct events **ret, struct err *e);
/* 1: there is more to look through, 0: that was all, or as many as the limit; or a code. */
int events_step(struct events *s, struct err *e);
/* The day that is looked through: 20260105; 0: none (any more). done, all: days. */
struct events_at {
	uint32_t day;
	size_t done, all;
	uint64_t found;
	bool more; /* the limit was reached */
};
struct events_at events_at(const struct events *s);
void events_free(struct events *s);

/* ---- for pages that show all of it at once ---- */

enum events_column {
	EVENTS_ID,
	EVENTS_FINDING,
	EVENTS_OWNER,
	EVENTS_TIME,
	EVENTS_IP,
	EVENTS_PORT,
	EVENTS_FQDN,
	EVENTS_URL,
	EVENTS_CLASS,
	EVENTS_IDENT,
	EVENTS_MALWARE,
	EVENTS_DECISION,
	EVENTS_SEVERITY,
	EVENTS_TLP,
	EVENTS_LINE,
	EVENTS_FEED,
	EVENTS_COLUMNS
};
/* Cells in l->cells, EVENTS_COLUMNS of each event; l->next: where the list goes on. list_done gives the memory back, also of one
 * that has failed. */
int events_find(const struct ask *a, struct list *ret, struct err *e);

struct events_day {
	uint32_t date; /* on which they came in: 20260105 */
	uint64_t events;
};
/* How many there are on each of the days from first to last, newest first, most of them. chunks: so many may be opened, then the
 * rest is not counted, and *ret_all is false. */
int events_days(const struct ask *a, uint32_t first, uint32_t last, unsigned chunks, struct events_day *ret,
        size_t most, size_t *ret_n, bool *ret_all, struct err *e);
