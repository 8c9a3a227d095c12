/* SPDX-License-Identifier: Apache-2.0
 *
 * The text of a report by its columns: what stands below each other in a table is alike, and zstd makes less of it when it
 * stands together. Of a column with few values each is kept once, and a number for each field. A wide report takes a
 * third less room so, at the quickest level.
 *
 * Any bytes can be turned and come back as they were: lines are taken as fields, each with the separator or line feed that
 * ends it, and the fields that follow so many others in their line are one column. A separator behind an odd number of
 * quotes in its field ends none; a line feed always does, so that a stray quote costs one line its columns and no more. The
 * last column has what is beyond it, and what follows the last line feed stays behind the columns.
 *
 *   len u32       bytes of the text
 *   separator u8, 0 u8, n u16
 *   {bytes u32, values u32}[n]   of each column
 *   columns       the fields; or, if there are values, these and a byte for each field
 *   rest
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#define LINES_COLUMNS 256
#define LINES_HEAD (8 + (size_t)LINES_COLUMNS * 8)

struct lines {
	char separator;
	unsigned columns;
	struct lines_column *made; /* room to work in; lines_done */
};
/* How the text, of which this is the beginning, is to be turned; false: it is no table. l begins as {0}. */
bool lines_sniff(struct lines *l, struct str beginning);
/* Adds to ret. bytes are fewer than 4 GiB. */
void lines_turn(struct lines *l, struct str bytes, struct buf *ret);
/* Bytes of what was turned up to the end of its head (i 0) or of column i - 1, all of it where i is one more than there are
 * columns; what lies between is best compressed by itself. */
size_t lines_end(struct str turned, unsigned i);
void lines_done(struct lines *l);
/* Adds the text, at most limit bytes. ERR_FORMAT if what was turned is damaged. */
int lines_back(struct str turned, size_t limit, struct buf *ret, struct err *e);
