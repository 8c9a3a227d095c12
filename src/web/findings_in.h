/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files that find findings: findings_find.c (what is asked, and the walk through the database) and findings_memory.c
 * (the walk through what the desk keeps in memory, sheet.h). Both give the same rows in the same order.
 */
#pragma once

#include "web/findings.h"
#include "web/sheet.h"

#define FINDINGS_KEY_MOST 160

/* In the order of findings_orders. */
enum findings_by {
	FINDINGS_BY_ID,
	FINDINGS_BY_SEVERITY,
	FINDINGS_BY_CLASS,
	FINDINGS_BY_OWNER,
	FINDINGS_BY_PLACE,
	FINDINGS_BY_FIRST,
	FINDINGS_BY_LAST,
	FINDINGS_BY_EVENTS,
	FINDINGS_BY_STATE,
	FINDINGS_BY_DUE,
	FINDINGS_BY_CRITICALITY,
	FINDINGS_BY_ASSIGNED
};

/* Where a row stands. */
struct place {
	int64_t number;
	struct str text;
	uint64_t id;
};
struct sorting {
	const struct ask *a;
	const struct findings_order *order;
	bool down;  /* as it is shown */
	bool back;  /* the page before is wanted: everything is the other way round */
	bool from;  /* there is a row to begin behind */
	bool other; /* there are rows on its other side */
	struct place at;
	/* a heap with the last row of the page at its top */
	struct place *heap;
	size_t n, room; /* room: one more than the page has */
	uint64_t counted;
	/* positions of owners by name, by their ids; even, what is between two names is odd */
	int64_t *owners;
	size_t nowners;
};
/* A row that fits, as it may stand on the page. */
void findings_offer(struct sorting *s, struct place p);
/* A text is sorted by its beginning, so that where a page begins fits into an address. */
struct str findings_beginning(struct str text);
/* For LIKE: the text anywhere, whatever it holds. */
struct str findings_anywhere(const struct ask *a, struct str text);

/* ---- findings_memory.c ---- */

/* What is asked, whose words are known to be right, for the columns in memory, which are those of now then. 1; 0: it is for the
 * database; or a negative code. */
int findings_want(const struct ask *a, struct str person, struct sheet_want *ret, struct err *e);
/* All that the person sees. The same. */
int findings_want_all(const struct ask *a, struct sheet_want *ret, struct err *e);
/* most as findings_count. */
uint64_t findings_count_memory(const struct ask *a, const struct sheet_want *w, uint64_t most);
void findings_walk_memory(struct sorting *s, const struct sheet_want *w, bool count);
