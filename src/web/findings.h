/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of findings as somebody wants it: which, in which order, from where on. The words are those of an address
 * (?severity=critical&sort=last), of the options of "weir findings" and of the API; this is the one place that reads them.
 *
 * Pages go by key: a page ends with a row, and the next one begins behind its value and its id, wherever that is by then. Rows
 * that come in meanwhile neither move others to another page nor are shown twice.
 *
 * How: one walk through what fits, which counts and keeps the rows of the page; SQLite finds what fits by the index that
 * tells most, mostly by the copy of the columns that a report does not change (finding_list).
 */
#pragma once

#include "web/route.h"

#define FINDINGS_COUNTED 10000 /* then it is "more than" */

/* Columns that a list can be sorted by. */
struct findings_order {
	const char *name; /* in addresses */
	const char *key;  /* of the row f, in SQL */
	bool text;        /* else a number */
	bool down;        /* what comes first by itself: the largest */
};
extern const struct findings_order findings_orders[];
extern const unsigned findings_order_count;

/* Parameters, in the order in which a form shows them. */
extern const char *const findings_filters[];
extern const unsigned findings_filter_count;
/* Words of the parameter state, in the order in which a form shows them. */
extern const char *const findings_states[];
extern const unsigned findings_state_count;

struct findings_found {
	const uint64_t *ids; /* in order */
	size_t n;
	uint64_t counted; /* how many fit; FINDINGS_COUNTED + 1: more than that. Where it was asked for */
	struct str next,
	        prev;  /* where pages behind and before begin (after=, before=); p NULL: there are none */
	struct str at; /* where its first row stands; p NULL: there is none */
	const struct findings_order *order;
	bool down;
};
/* person: who "me" is; p NULL: nobody. count: how many there are is wanted. Everything lives in a->arena. */
int findings_find(
        const struct ask *a, struct str person, bool count, struct findings_found *ret, struct err *e);
/* How many there are; most: it ends with one more than that, 0: without end. */
int findings_count(const struct ask *a, struct str person, uint64_t most, uint64_t *ret, struct err *e);

/* The findings before and behind one in the list that was asked for, whatever stands there now; 0: there is none. The one itself
 * need not fit any more: it is looked for where it would stand. Its "after", "before" and "limit" do not count. */
int findings_beside(const struct ask *a, struct str person, uint64_t id, uint64_t *ret_before,
        uint64_t *ret_behind, struct err *e);

enum findings_column {
	FINDINGS_ID,
	FINDINGS_REF,
	FINDINGS_CLASS,
	FINDINGS_IDENT,
	FINDINGS_MALWARE,
	FINDINGS_PLACE,
	FINDINGS_PORT,
	FINDINGS_SEVERITY,
	FINDINGS_CRITICALITY,
	FINDINGS_LABEL,
	FINDINGS_STAGE,
	FINDINGS_DECISION,
	FINDINGS_FIRST,
	FINDINGS_LAST,
	FINDINGS_EVENTS,
	FINDINGS_RECEIPTS,
	FINDINGS_DUE,
	FINDINGS_WHY,
	FINDINGS_LETTERS,
	FINDINGS_TOLD,
	FINDINGS_NEXT,
	FINDINGS_ESCALATED,
	FINDINGS_ASSIGNED,
	FINDINGS_OWNER /* its name */
};
/* Their rows, in that order. */
struct query findings_rows(const struct ask *a, const struct findings_found *f);
