/* SPDX-License-Identifier: Apache-2.0
 *
 * What lists of findings are filtered and sorted by, kept in memory: 64 bytes a finding and its place. A walk through all rows of
 * the table costs 150 to 300 ns a row, mostly for SQLite's own steps, and each commit beside it empties the cache of pages; here it
 * is some 5 ns, and the log of changes (state/changes.h) tells which rows are to be read again.
 *
 * It holds all findings, whoever asks: who sees only some of them brings his owners and what is hidden from him (struct
 * sheet_want). What it tells are numbers of rows; the rows themselves are read from the database. Lists of a node with more than
 * SHEET_MOST findings, and filters by a place or a set of ids, are the database's.
 */
#pragma once

#include "base/arena.h"
#include "base/vec.h"
#include "state/changes.h"

#define SHEET_MOST 1000000
#define SHEET_NEVER INT64_MAX

enum sheet_state { SHEET_OPEN, SHEET_TOLD, SHEET_TOLD_AGAIN, SHEET_QUIET, SHEET_CLOSED, SHEET_STATES };
/* Of enum sheet_state, as a bit each. */
#define SHEET_ACTIVE (1u << SHEET_OPEN | 1u << SHEET_TOLD | 1u << SHEET_TOLD_AGAIN)
#define SHEET_ALL ((1u << SHEET_STATES) - 1)

struct sheet_row {
	uint64_t id;
	int64_t first, last, due; /* due SHEET_NEVER: none */
	uint32_t owner, events, place, last_receipt;
	uint16_t place_len, class, assigned, malware, ident; /* but the first: places in the lists of words */
	uint8_t severity : 4, state : 4;                     /* severity: 0 critical to 4 info */
	uint8_t criticality;
	bool back : 1, escalated : 1, gone : 1; /* gone: there is no such row any more */
	bool person : 1, nobody : 1;            /* what was decided: a person decides; nobody is known */
	bool evidence : 1, word : 1;            /* closed by evidence, or by somebody's word */
};
_Static_assert(sizeof(struct sheet_row) == 64, "as the heading says");

struct sheet;
struct sheet *sheet_new(void);
void sheet_free(struct sheet *c);
/* Makes it what db holds now; db is the whole state, not what one person sees of it. 1; 0: there are too many findings; or a
 * negative code. */
int sheet_sync(struct sheet *c, struct db *db, struct err *e);

/* In the order of their ids. */
const struct sheet_row *sheet_rows(const struct sheet *c, size_t *ret_n);
/* The first one behind that id, else n. */
size_t sheet_behind(const struct sheet *c, uint64_t id);
struct str sheet_class(const struct sheet *c, const struct sheet_row *r);
struct str sheet_assigned(const struct sheet *c, const struct sheet_row *r);
struct str sheet_place(const struct sheet *c, const struct sheet_row *r);
/* "open", "seen-again", "told", ... */
struct str sheet_stage(const struct sheet_row *r);

/* What a word of a list or of a filter is; "seen-again" and "late" are open ones. No word of it: closed, info. */
enum sheet_state sheet_state_find(struct str state);
uint8_t sheet_severity(struct str severity);

/* Which words have a text in them, or with exact are it, letters of ASCII in any case: a bit each, of the list of classes, of malware
 * and of identifiers. In the arena. False: there are too many words for their lists. */
struct sheet_words {
	const uint64_t *classes, *malware, *idents;
};
bool sheet_words_find(
        const struct sheet *c, struct str text, bool exact, struct arena *a, struct sheet_words *ret);
static inline bool sheet_has(const uint64_t *bits, uint64_t i)
{
	return (bits[i / 64] >> i % 64 & 1) != 0;
}

/* Free text: a row fits if any of it does. */
struct sheet_text {
	struct sheet_words words;
	const struct sheet *sheet;
	struct str place;       /* stands in its place */
	const uint64_t *owners; /* a bit each */
	size_t nowners;         /* bits */
	const uint64_t *ids;    /* rising */
	size_t nids;
};

/* Which rows fit. All zero but states: all of them. */
struct sheet_want {
	const uint64_t *owners; /* a bit each; NULL: of all */
	size_t nowners;         /* bits */
	const uint64_t *hidden; /* rising ids that are not seen */
	size_t nhidden;
	unsigned states; /* of enum sheet_state, as a bit each */
	bool back, escalated;
	bool severe, classed, given; /* severity, class, assigned count */
	uint8_t severity;
	uint16_t class, assigned;
	int64_t since, until, due;     /* last >= since; last < until, due < due, 0: any */
	uint64_t newer, id;            /* id 0: any */
	const struct sheet_text *text; /* NULL: any */
	const struct sheet *sheet;     /* of below */
	struct str below;              /* its place is that name or of one below it; p NULL: any */
};
bool sheet_fits(const struct sheet_want *w, const struct sheet_row *r);
/* The place of a word in its list; false: no row has it. */
bool sheet_class_find(const struct sheet *c, struct str class, uint16_t *ret);
bool sheet_assigned_find(const struct sheet *c, struct str assigned, uint16_t *ret);
