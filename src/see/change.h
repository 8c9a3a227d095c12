/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person changes by hand: one row per change. Each runs in the core inside one transaction, and leaves a row of
 * the audit with person, time, what it was and why.
 */
#pragma once

#include "see/node.h"
#include "trust/change.h"

extern const struct change_row change_table[];
extern const unsigned change_count;
/* Of this table alone; NULL: there is no such change in it. */
const struct change_row *change_find(struct str name);

/* Bytes that came with a change. */
struct change_file {
	struct str path;
	const uint8_t *sha256;
	uint64_t size;
	const uint8_t *token; /* 16 bytes of whoever asks, kept with what is done; NULL, or zeros: none */
};
/* That token was kept by a change: the core has died before it could answer, and is asked again. */
bool change_was_done(struct node *n, const uint8_t token[16]);
/* Runs the change of that name of this table. 0 and a sentence in *said, or a code and a sentence in e; then nothing was
 * changed. */
int change_run(struct node *n, struct str name, struct str params, struct str person, struct buf *said,
        struct err *e);
/* The same of any table's row. file NULL: none. */
int change_run_row(struct node *n, const struct change_row *row, struct str params, struct str person,
        const struct change_file *file, struct buf *said, struct err *e);
/* What a change knows of that node. */
struct change_here change_here(const struct node *n);
/* A row of the audit, in the transaction that is open. */
void change_audit(
        struct node *n, struct str person, const char *verb, const char *object, const char *detail);
