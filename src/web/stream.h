/* SPDX-License-Identifier: Apache-2.0
 *
 * A list of any length as an answer that is drawn while the socket takes it. It is put together from short lists of the same
 * route, each of which begins behind the last row of the one before (the list's own "after"), so that it neither skips nor
 * repeats a row while others come in, holds nothing of the database between two pieces, and needs memory for one piece.
 */
#pragma once

#include "web/route.h"

enum stream_form { STREAM_JSON, STREAM_LINES, STREAM_CSV };
struct stream {
	const struct route *route;
	enum stream_form form;
	struct ask ask; /* param, arg and arena live as long as the stream */
	/* The store as who asks may see it now; asked for each piece. NULL and a sentence: no more. */
	struct db *(*open)(void *arg, struct err *e);
	void *arg;
	uint64_t left; /* rows that are still wanted */
	bool begun, ended, any;
	char limit[24];
	char after[256]; /* empty: from the beginning */
	char cursor[CHANGES_CURSOR];
	struct buf part;
	size_t at;
	struct err e; /* why it broke off */
};
/* limit: rows at most. cursor: where the log of changes stood before; empty: it is not said. */
void stream_begin(struct stream *s, uint64_t limit, struct str cursor);
/* Draws the first piece: 0, or what is wrong with what was asked, while a status can still be said. */
int stream_first(struct stream *s, struct err *e);
/* The next bytes: how many, 0 at the end, -1 if it broke off (e). */
ssize_t stream_take(struct stream *s, char *to, size_t max);
void stream_done(struct stream *s);
