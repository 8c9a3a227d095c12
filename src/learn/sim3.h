/* SPDX-License-Identifier: Apache-2.0
 *
 * The parameters by which this team assesses itself: a file (conf/sim3.yaml), and its rows in state.db while the node runs.
 *
 *   version: "SIM3 v2 interim"
 *   categories: [{ id: O, area: team, en: "Organisation", lo: "..." }, ...]
 *   parameters: [{ id: O-1, en: "Who gave the team its task", ... }, ...]
 *
 * A key of two or three letters other than id is a language. What the team says of itself lies in sim3_level and is in no statement.
 */
#pragma once

#include "base/err.h"
#include "state/db.h"

#define SIM3_ID 8
#define SIM3_LEVELS 5
/* meta: which version the rows are of. */
#define SIM3_VERSION "now.sim3"

/* Reads the file alone: 0, or a sentence with its place. */
int sim3_check(const char *path, struct err *e);
/* Its rows in place of those before. A transaction of its own. */
int sim3_load(struct db *db, const char *path, struct err *e);
/* "t-4" is T-4. False: there is no such parameter, and a sentence says so. */
bool sim3_find(struct db *db, struct str given, char ret[SIM3_ID], struct err *e);
