/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of entry: bytes become lines (entry_lines.c), lines become blocks (entry_blocks.c), blocks get ids
 * (entry_marks.c) and are printed (entry.c).
 */
#pragma once

#include "agree/entry.h"

enum entry_state { MARK_NONE, MARK_PLAIN, MARK_STALE, MARK_MISSING };
struct block {
	enum clause_kind kind;
	uint8_t level;
	bool ordered;
	unsigned line;
	struct str words, table;
	struct str id, base; /* empty: none yet */
	enum entry_state state;
	bool as_is;        /* the line was a clause already; words and start stay */
	struct str source; /* of as_is */
};
struct draft {
	struct arena *a;
	const struct entry_args *args;
	struct entry *ret;
	struct block *block; /* AGREE_CLAUSES + 1 */
	unsigned n;
	bool bad; /* an ENTRY_MEND */
	/* the block that is being read is the last one */
	struct buf words, rows;
	bool blank;                /* an empty line came after it */
	bool cut;                  /* the line that is read ends it, as an empty one does */
	bool row;                  /* the line before was a row of its table */
	bool whole;                /* no empty line stands in it: lines are not joined */
	bool long_line;            /* the line before is too long to be broken by hand */
	bool full;                 /* more clauses than a text may have */
	unsigned column[4], depth; /* where items of each level began */
};

void entry_note(struct draft *d, enum entry_what what, unsigned line, struct str one, struct str two);
void entry_note_plain(struct draft *d, enum entry_what what, unsigned line);
/* Calls entry_line for each line. */
void entry_lines(struct draft *d, struct str bytes);
/* Without its line end, control characters, HTML. */
void entry_line(struct draft *d, struct str line, unsigned number);
/* Behind the last line: all blocks have their words, kinds and levels. */
void entry_blocks(struct draft *d);
/* Gives each block its id, and those of a translation a base. */
void entry_marks(struct draft *d);
/* Of a text that has all its marks: where its ids come from. */
void entry_origins(struct draft *d, const struct agree_text *text);
/* What people should look at in one clause. */
void entry_look_block(struct draft *d, const struct block *b);
/* Takes a mark, of any form, from the end of a line. False: it has none. */
bool entry_take_mark(struct draft *d, struct str *line, struct block *ret, unsigned number);
