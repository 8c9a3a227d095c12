/* SPDX-License-Identifier: Apache-2.0
 *
 * An owner that is changed on a page: the whole register, with that one as the form has it. It goes the way of every register
 * that comes in (see/import.h): what differs is shown, then all of it is taken or nothing.
 *
 * Fields: id; name, sector, country, prefixes, asns, domains; and of each contact N from 1 to OWNER_CONTACTS emailN, languageN,
 * timezoneN, classesN, pgpN, formatsN, phoneN. Prefixes and domains of assets stay as they are. keep: the contacts stay too.
 * add: what the fields have is added to what is there, and the owner is made if he is not.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"
#include "state/db.h"

#define OWNER_CONTACTS 6

/* The owners file in CSV. ERR_VALUE: what is wrong with a value. param: as in struct ask. */
int owner_change(struct db *state, struct str (*param)(const void *arg, const char *name), const void *arg,
        struct buf *ret_csv, struct err *e);
