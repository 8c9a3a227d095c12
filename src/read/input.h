/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of a report: a window that slides over a file, a pipe or memory. A UTF-8 mark at the start is
 * skipped. UTF-16 becomes UTF-8 on the way (offsets then count the UTF-8 bytes); it is known by its mark, or by
 * four ASCII characters at the start. Where text begins with 4 KiB in which lines end with CR alone, as on old
 * Macs, each CR counts as LF. Offsets are those of the report's first byte, lines count from 1.
 */
#pragma once

#include "base/err.h"

struct input;

/* fd is not closed. limit: total bytes that may be read, more is an error of the file. */
struct input *input_new(int fd, uint64_t limit);
/* For tests and for parts that are in memory already; bytes must stay. */
struct input *input_new_memory(struct str bytes);
void input_free(struct input *in);

/* At least want bytes at the current position, or all that is left if that is less; more if they are there.
 * Valid until the next call. want is at most INPUT_WINDOW. */
#define INPUT_WINDOW ((size_t)2 << 20)
struct str input_peek(struct input *in, size_t want);
/* True if the window now reaches the end of the report. */
bool input_last(const struct input *in);
/* True if the bytes are not those of the report: offsets are of what it became (UTF-16), or lines end in another way.
 * Only once something was looked at. */
bool input_changed(const struct input *in);
/* Moves on by n bytes, which the window must have; lines: how many line feeds are in them. */
void input_skip(struct input *in, size_t n, uint32_t lines);
uint64_t input_offset(const struct input *in);
/* Number of the line that the current position is on. */
uint32_t input_line_number(const struct input *in);
/* Reading failed (a report that ended is no failure). */
int input_error(const struct input *in, struct err *e);

/* The whole rest in one piece, which stays until the input is freed: for documents. More than limit bytes:
 * ERR_LIMIT and a sentence. The position moves to the end. */
int input_all(struct input *in, size_t limit, struct str *ret, struct err *e);

struct input_line {
	struct str text; /* without LF or CRLF; valid until the next call */
	uint64_t offset;
	uint64_t length; /* of the line in the report, without its end */
	uint32_t line;
	bool too_long; /* longer than the limit of a record: text holds only its beginning */
	bool unended;  /* the report ends without a line end behind it */
};
/* 1, 0 at the end, negative if reading failed. */
int input_next_line(struct input *in, struct input_line *ret, struct err *e);
