/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists as people and scripts read them: aligned columns, JSON or CSV from the same rows.
 *
 *   list_begin(&l, out, LIST_TEXT, columns, n, "receipts");
 *   for each: list_text(&l, s); list_u64(&l, v); ... one call per column, in order
 *   list_end(&l);
 *
 * JSON: {"version": 1, NAME: [{column: value}, ...], "next": "R120"}; next is there if the list goes on.
 */
#pragma once

#include "base/vec.h"
#include "state/db.h"

/* The last three are for answers that are put together from many lists (stream.h): rows alone, and behind them a NUL byte and
 * where the next list begins. CSV of these is for spreadsheets: cells that one would take for a formula are made harmless. */
enum list_form { LIST_TEXT, LIST_JSON, LIST_CSV, LIST_ROWS_JSON, LIST_ROWS_LINES, LIST_ROWS_CSV };
enum list_kind { LIST_STRING, LIST_NUMBER, LIST_TIME };

struct list_column {
	const char *name; /* JSON key and CSV header */
	const char *head; /* of the text; NULL: not in the text */
	enum list_kind kind;
	const char *about;
};

struct list {
	struct buf *out;
	enum list_form form;
	const struct list_column *columns;
	unsigned ncolumns, at;
	struct arena arena;
	VEC(struct str) cells; /* p NULL: null */
	const char *name;
	struct str next;
};

void list_begin(struct list *l, struct buf *out, enum list_form form, const struct list_column *columns,
        unsigned n, const char *name);
void list_text(struct list *l, struct str s); /* p NULL: null */
void list_u64(struct list *l, uint64_t v);
/* "R12" and the like. */
void list_id(struct list *l, char letter, uint64_t id);
void list_time(struct list *l, int64_t t); /* microseconds; 0: null */
/* "R12", or null for 0. */
void list_id_or_null(struct list *l, char letter, uint64_t id);
/* Where the next page begins. */
void list_next(struct list *l, struct str after);
/* A table of state.db as a list: its rows are those of a query whose first column is their id. */
struct list_table {
	const char *name;
	const struct list_column *columns;
	unsigned ncolumns;
	char letter; /* of the ids */
	void (*put)(struct list *l, const struct query *q);
};
/* Prints the rows of q, at most limit (0: all), and ends q. The page goes on if there is one row more. */
int list_rows(struct buf *out, enum list_form form, const struct list_table *t, struct query *q,
        uint64_t limit, struct err *e);
/* Prints the number that q gives, and ends q. */
int list_count(struct buf *out, struct query *q, struct err *e);
/* The first line of CSV. */
void list_heads(struct buf *out, const struct list_table *t);
/* Prints it and gives its memory back. */
void list_end(struct list *l);
/* Gives the memory back alone. */
void list_done(struct list *l);
/* A time as text shows it: "2026-01-05 00:00:00". ret has 32 bytes. */
struct str list_when(char *ret, int64_t t);
