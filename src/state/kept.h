/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables day and hold: what of a day's file is gone, and which days stay as they are. Days as in day_of. Changes
 * go into the transaction that is open.
 */
#pragma once

#include "state/db.h"

/* Times are 0 where it has not happened. */
struct kept {
	uint32_t date;
	int64_t sealed, events_gone, raw_gone, masked;
	bool raw_masked; /* the bytes went with the masking, not by retention */
	bool work;       /* the file may still hold what is gone */
};

/* Of a day without a row: all zero but its date. 0 or a negative code. */
int kept_get(struct db *db, uint32_t date, struct kept *ret, struct err *e);
void kept_put(struct db *db, const struct kept *k);
/* Why the bytes, or the events, are not there any more: "deleted by retention on 2026-04-05". ret has KEPT_TEXT bytes. */
#define KEPT_TEXT 64
struct str kept_raw_text(const struct kept *k, char *ret);
struct str kept_events_text(const struct kept *k, char *ret);

/* True if a hold that was not released covers the day. */
int kept_held(struct db *db, uint32_t date, bool *ret, struct err *e);
/* True if a receipt of the day is not read to its end, or is read again. */
int kept_open(struct db *db, uint32_t date, bool *ret, struct err *e);
/* True if a letter that is not sealed shows events of the day. */
int kept_due(struct db *db, uint32_t date, bool *ret, struct err *e);
/* When a receipt of the day last ended, or was last read again; 0 if there is none. */
int kept_last(struct db *db, uint32_t date, int64_t *ret, struct err *e);

/* "2026-01-05" as a day; false if it is no date. */
bool kept_date(struct str text, uint32_t *ret);
/* And back. ret has 11 bytes. */
struct str kept_date_print(char *ret, uint32_t date);
