/* SPDX-License-Identifier: Apache-2.0
 *
 * What a report holds as far as it has come: only counted. Nothing is stored, no finding is made, no letter is thought of.
 */
#pragma once

#include "see/node.h"

#define LOOK_ASIDES 3

struct see_look {
	uint64_t records, with_events, asides, none, events;
	uint64_t owned;  /* of events: somebody of the register has the place */
	struct str type; /* classification.type of the first event; p NULL: there is none yet */
	char identifier[128];
	struct look_aside {
		uint32_t line;
		char text[256]; /* harmless on a terminal */
	} first[LOOK_ASIDES];
	bool torn; /* the last record was set aside: its end may only not be here yet */
};

/* Counts a batch, in the order of the report. feed NULL: none is known. */
void see_look(struct node *n, const struct node_feed *feed, const struct batch *b, struct see_look *l);
/* The report goes on behind what was looked at: of a last record that was set aside nothing is said. */
void see_look_torn(struct see_look *l);
