/* SPDX-License-Identifier: Apache-2.0
 *
 * What the last form of a visit did, until the page after it shows it once. It never stands in an address, where it would be
 * shown again by a reload, and by a link that somebody else made. A few visits at a time: what the next ones say pushes out
 * the oldest, and a sentence that nobody fetches is gone after a minute.
 */
#pragma once

#include "base/vec.h"

#define SAID_VISITS 64
#define SAID_SECONDS 60

struct said {
	struct said_line {
		char session[80]; /* empty: free */
		char text[1024];
		int64_t until; /* microseconds, as of os_ticks */
	} line[SAID_VISITS];
	unsigned next;
};

/* Keeps the sentence for that visit, in the place of the one that it had; what is too long is cut between characters. */
void said_put(struct said *s, struct str session, struct str text, int64_t now);
/* Takes it out: adds it to ret. False if there is none, or it is too old. */
bool said_take(struct said *s, struct str session, int64_t now, struct buf *ret);
