/* SPDX-License-Identifier: Apache-2.0
 *
 * CSV as spreadsheets write it (RFC 4180 and its habits), for small files that are held whole: the owners
 * file. Reports go through text/, which keeps offsets and is fast.
 *
 * A mark at the start (BOM) is skipped. The delimiter is the one of ',' ';' and tab that the first row has
 * most of outside quotes. Lines end in LF, CRLF or CR. Quoted fields may hold line breaks and doubled quotes.
 * A quote inside an unquoted field is text. "sep=;" on the first line, as some programs write it, names the
 * delimiter.
 */
#pragma once

#include "base/vec.h"

#define CSV_COLUMNS 256

struct csv {
	struct str text;
	size_t at;
	char delimiter;
	unsigned line;       /* of the next row, from 1 */
	unsigned row_line;   /* of the row that csv_next gave */
	bool open_quote;     /* that row ended with the text inside quotes */
	struct arena *arena; /* of unquoted values */
	struct str cell[CSV_COLUMNS];
	struct {
		unsigned line, column; /* where the cell begins, from 1; columns are bytes */
	} cell_at[CSV_COLUMNS];
	size_t line_start; /* of the line that is being read */
	unsigned cells;
	bool too_many; /* the row had more columns than CSV_COLUMNS; the rest is lost */
};

void csv_init(struct csv *c, struct arena *arena, struct str text);
/* The next row that is not empty: 1, or 0 at the end. */
int csv_next(struct csv *c);
