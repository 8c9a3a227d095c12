/* SPDX-License-Identifier: Apache-2.0
 *
 * A problem that somebody has told of, by telephone or in a mail without a table, as a report of one record: it goes the way of
 * every report, so that owner, rules, letter and "why" are those of any other.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#define BYHAND_NAME "by-hand.ndjson"

/* What is said and the field that it fills. */
struct byhand_field {
	const char *name, *field;
	unsigned limit; /* bytes of a page's field */
};
extern const struct byhand_field byhand_fields[];
extern const unsigned byhand_count;

/* Appends the record of what find tells of each name (p NULL or empty: nothing). option: how a name is written in a sentence,
 * "--" or "". ERR_USAGE and a sentence, if it is no report. */
int byhand_record(struct str (*find)(const void *arg, const char *name), const void *arg, const char *option,
        int64_t now, struct buf *ret, struct err *e);
