/* SPDX-License-Identifier: Apache-2.0
 *
 * Between reread.c, which reads and compares, and reread_swap.c, which puts the new edition in force. Inside see/.
 */
#pragma once

#include "see/reading_in.h"
#include "see/reread.h"

/* What one edition shows of a finding. */
struct reread_side {
	uint32_t events;
	int64_t first, last;
	uint64_t first_event, last_event; /* ordinal << 8 | sub */
};
struct reread_shown {
	uint64_t id;     /* of the finding; 0: nobody knew it when it was read */
	uint8_t key[16]; /* of those without an id */
	struct reread_side was, now;
	struct verdict worst; /* of the new edition's events, the first of the worst */
	uint16_t type;
	bool fresh; /* this transaction makes it */
};
struct reread {
	struct receipt next; /* the receipt as it will be */
	bool tell;
	char note[512];
	uint32_t *places; /* position in list + 1, by id or key */
	size_t size;
	VEC(struct reread_shown) list;
	VEC(uint32_t) unknown; /* chunks with events of findings without an id */
	/* comparing: old chunks that were compared, and the new one at hand */
	uint32_t compared, at;
	struct day_view view;
	bool has_view;
	VEC(struct day_moved) moved; /* by their events */
	uint32_t moved_put;          /* rows of the day's file */
	/* what came of it */
	uint64_t found, lost, changed, untold;
};

void reread_free(struct reread *a);
void reread_attempt(struct see_reading *r);
int reread_chunk(struct see_reading *r, const struct batch *b, struct err *e);
/* One step of comparing with the old edition. 1: there is more, 0: all is compared. */
int reread_compare(struct see_reading *r, struct err *e);
int reread_finish(struct see_reading *r, const struct see_outcome *o, struct err *e);

/* ---- reread.c ---- */

/* The row of a finding, made if it is not there; key for one without id. */
struct reread_shown *reread_put(struct reread *a, uint64_t id, const uint8_t key[16]);
void reread_add(struct reread_side *s, uint32_t events, int64_t first, int64_t last, uint64_t first_event,
        uint64_t last_event);

/* ---- reread_swap.c ---- */

/* All is read and compared: one transaction. */
int reread_swap(struct see_reading *r, struct err *e);
/* All stays as it was, and the sentence says why. */
int reread_keep(struct see_reading *r, struct str sentence, struct err *e);
