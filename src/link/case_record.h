/* SPDX-License-Identifier: Apache-2.0
 *
 * LINK: records of cases that people have printed. A person asks (change case-record), the core writes the text as that person may see
 * the case and has it signed (proc/core_record.c), and for an hour it is there for who has asked. web/case_record.h has what it says.
 */
#pragma once

#include "base/digest.h"
#include "state/db.h"

struct case_record {
	uint64_t id, case_id;
	struct str person;
};
/* The next one that is wanted; text in the arena. False: none is. */
bool case_record_next(struct db *db, struct arena *a, struct case_record *ret);

struct case_record_made {
	struct str text;       /* p NULL: the case is not in that person's sight any more */
	struct str key;        /* fingerprint; empty: it is not signed */
	struct str why;        /* why it is not */
	const uint8_t *sha256; /* DIGEST_LEN bytes, or NULL */
};
/* It is there; in a transaction of its own. 0 or a code of the disk. */
int case_record_ready(struct db *db, uint64_t id, const struct case_record_made *m, struct err *e);
/* Texts of an hour ago are forgotten; a transaction only if there are any. 0 or a code of the disk. */
int case_record_forget(struct db *db, int64_t now, struct err *e);
