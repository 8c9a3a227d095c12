/* SPDX-License-Identifier: Apache-2.0
 *
 * What pages and lists ask about links; nothing here changes anything.
 */
#pragma once

#include "state/db.h"

/* People on both sides have answered a check since the link was confirmed: it is green. */
bool check_green(struct db *db, struct str party);
/* This database is older than what we have said: nothing is signed until two persons have ended that. */
bool recover_silent(struct db *db);
