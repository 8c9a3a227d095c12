/* SPDX-License-Identifier: Apache-2.0
 *
 * state.db: what the node knows that is not an event. Made by numbered schemas (schema/NNN.sql), which only go
 * forward: a file of an older program is brought up to date after a copy of it was laid beside it
 * (state.db.NNN), a file of a newer program is refused.
 */
#pragma once

#include "state/db.h"

/* The number of the newest schema. */
unsigned state_version(void);
/* The version of folder/state.db and its size, for who will migrate it and says so before; 0 if there is none, or it cannot be read,
 * which state_open says. */
uint64_t state_look(const char *folder, uint64_t *ret_size);
/* True if its first page says that it is of an older version. The file is not opened as a database, so that nothing of it changes; a
 * change that was just made may stand in the WAL alone. */
bool state_is_older(const char *folder);
/* folder/state.db. DB_WRITE makes or migrates it; DB_READ refuses one that is not of this version. */
int state_open(const char *folder, enum db_mode mode, struct db **ret, struct err *e);

/* meta: one value per key. _find: false if it is not there; the text is valid until the next statement. */
bool state_meta_find(struct db *db, const char *key, struct buf *ret);
/* A number; false and *ret untouched if it is not there. */
bool state_meta_number_find(struct db *db, const char *key, int64_t *ret);
void state_meta_number(struct db *db, const char *key, int64_t value);
void state_meta_put(struct db *db, const char *key, struct str value);
