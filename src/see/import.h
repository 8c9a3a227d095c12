/* SPDX-License-Identifier: Apache-2.0
 *
 * A register of owners into the node: what differs, which findings move, and, if it is applied, all of that in one
 * transaction, with the generation that is made of it.
 */
#pragma once

#include "see/node.h"

struct import {
	const uint8_t *token; /* 16 bytes, of this delivery: asked again, it is not done again */
	struct str source;    /* file name, for people */
	struct str person;    /* who */
	bool apply;           /* else nothing is changed */
	bool seen;            /* it was made of the register of that version, and of no other */
	uint64_t version;
};
/* path: the register as an owners file in CSV of which no value may be wrong (the command line has read whatever it came
 * as). *said: what differs, for the person. *ret_applied: the core must start again, since what it knows is of the
 * register before. ERR_VALUE: it cannot be taken; nothing was changed. */
int import_file(struct node *n, const char *path, const struct import *i, struct buf *said, bool *ret_applied,
        struct err *e);

/* ---- at the start -------------------------------------------------------------------------------- */

/* A node without a register takes the owners file of its folder. Later ones say into the country's notes if that file is
 * not what the register has, and what to type. */
int import_start(struct node *n, struct err *e);
/* The same sentence, onto *said, for a country that was read again; nothing if file and register agree. */
int import_compare(struct node *n, struct country *c, struct buf *said, struct err *e);
