/* SPDX-License-Identifier: Apache-2.0
 *
 * Couriers as the lists have them; the pages draw the same rows.
 */
#pragma once

#include "web/route.h"

/* Columns of a row; those of the list behind the id are in this order. */
enum courier_column {
	COURIER_ID,
	COURIER_DIRECTION,
	COURIER_PARTY,
	COURIER_STATE,
	COURIER_AT,
	COURIER_PERSON,
	COURIER_NAMED,
	COURIER_STATEMENTS,
	COURIER_PARTS,
	COURIER_NEW,
	COURIER_HAD,
	COURIER_REFUSED,
	COURIER_UNKNOWN,
	COURIER_CUT,
	COURIER_WHY,
	COURIER_JUDGED,
	COURIER_SIZE,
	COURIER_SHA256
};
/* The newest first; one row more than p->limit, if there are more. */
struct query couriers_rows(struct db *db, const struct ask_page *p);
struct query couriers_row(struct db *db, uint64_t id);
/* Files of one that was packed: id, name, size, SHA-256 as hexadecimal digits, courier, when. */
struct query couriers_files(struct db *db, uint64_t id);
