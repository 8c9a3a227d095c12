/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of norms, conf/norms/NAME.yaml:
 *
 *   instrument: gge2015          # keys are "gge2015.a"
 *   part: norms                  # of all entries; or each has its own: law, norms, confidence, capacity
 *   source: https://...          # where the text itself is published
 *   machine: [lo, vi]            # languages that a machine has translated into, and nobody has read yet
 *   title: {en: ..., lo: ...}
 *   entries:
 *     a:
 *       evidence: [requests-answered]
 *       title: {en: ..., lo: ...}
 *       text: {en: ..., lo: ...}
 *
 * English must be there. They are read when the core starts, and stand in the state from then on.
 */
#pragma once

#include "base/conf.h"
#include "state/db.h"

#define NORM_ENTRIES 100 /* of a file */
#define NORM_KEY 63      /* bytes */

/* A word of small letters, digits, "-" and "_", and between instrument and entry one "." */
bool norm_key_good(struct str key);

/* Looks through the file, and where db is not NULL writes its rows, in the transaction that is open, behind place (which rises).
 * 0, or ERR_VALUE and "FILE:LINE:COLUMN: sentence". */
int norm_file_take(struct arena *a, const char *path, struct db *db, unsigned *place, struct err *e);
/* In the transaction that is open: what stood there before goes. */
void norm_files_begin(struct db *db);
