/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of delimited text with their values taken out of quotes: what csv, shadowserver and abusech read from.
 */
#pragma once

#include "read/read.h"
#include "text/delim.h"

struct rows_options {
	struct str delimiter; /* one byte, or "blanks": runs of blanks and tabs, no quotes */
	int quote;            /* -1: none */
	bool skip_blank;
	struct str comment; /* empty: no comments */
};

#define ROW_SPARE 16

struct row {
	struct str *values; /* n of them, the caller's to change; behind them is room up to the width of the
	                     * widest row and ROW_SPARE more */
	uint32_t n;
	struct str comment; /* the line, if it is a comment; then n is 0 */
	bool is_comment;
	uint64_t offset, length;
	uint32_t line;  /* from 1 */
	uint32_t flags; /* enum delim_flag */
	struct str raw; /* empty for what is too long */
};

struct rows;
/* Memory of r->arena. ERR_VALUE if delimiter and quote cannot be told apart. */
int rows_open(struct reading *r, const struct rows_options *o, struct rows **ret);
/* 1, 0 at the end, negative with r->err. Empty lines are passed over. Values are valid until the next call.
 */
int rows_next(struct reading *r, struct rows *rows, struct row *ret);
/* Passes over n lines as they stand. Only before the first rows_next. */
void rows_skip_lines(struct reading *r, unsigned n);

/* Sets the open record aside if the row is too long, too wide, cut or its quote is open, or has more values
 * than width (empty ones at the end do no harm). True if it did. In *n the surplus of empty values goes. */
bool rows_refuse(struct reading *r, const struct row *row, uint32_t width, uint32_t *n);

/* The delimiter that the first lines of a report speak for: comma, semicolon, tab or bar; 0 if none does. */
char rows_guess_delimiter(struct str head);
